//! Everything that can go wrong between wanting a server and having none left over. The neighbour `evenkeel_core::fault`
//! gives the shape in which a person reads it.

use std::path::PathBuf;
use std::time::Duration;

use evenkeel_core::fault::{Class, Trouble, Troublesome};
use thiserror::Error;

/// A failure of starting, watching, stopping or sweeping a throwaway server.
#[derive(Debug, Error)]
pub enum Fault {
    #[error("cannot {action} {path}")]
    File { action: &'static str, path: PathBuf, source: std::io::Error },
    /// The runtime root belongs to somebody else or can be written by others: anything in it could be planted.
    #[error("the scratch directory {path} is not safe: {reason}")]
    UnsafeRoot { path: PathBuf, reason: String, origin: &'static str },
    /// Running as root, and there is no unprivileged user to run the server as.
    #[error("no user to run the server as; looked for {looked_for:?}")]
    NoServerUser { looked_for: Vec<String> },
    /// The server's user may not enter a directory above its data.
    #[error("user {user} cannot enter {path}")]
    Unreachable { user: String, path: PathBuf, origin: &'static str },
    /// Unix socket addresses are short; `limit` is in bytes.
    #[error("the socket path {path} is longer than {limit} bytes")]
    SocketPathTooLong { path: PathBuf, limit: usize, origin: &'static str },
    #[error("cannot run {program}")]
    NotRunnable { program: PathBuf, source: std::io::Error },
    /// A preparing program (init, copy) failed; `tail` is the end of what it printed.
    #[error("{program} failed ({status})")]
    StepFailed { program: PathBuf, status: String, tail: String },
    #[error("{program} did not finish within {limit:?}")]
    StepTooSlow { program: PathBuf, limit: Duration, tail: String },
    #[error("{server} ended while it was starting ({status})")]
    DiedStarting { server: String, status: String, tail: String },
    #[error("{server} was not ready within {limit:?}")]
    NotReady { server: String, limit: Duration, tail: String },
    #[error("{server} is gone ({status})")]
    Died { server: String, status: String, tail: String },
    #[error("{server} could not be ended (pid {pid})")]
    Unstoppable { server: String, pid: i32 },
    /// A package upgrade or the like: the running server is no longer the program on disk.
    #[error("server binary was replaced while running: {binary}")]
    BinaryReplaced { server: String, binary: PathBuf },
    /// Somebody wants the work to end. Nothing is left of what was begun.
    #[error("interrupted")]
    Interrupted,
    /// A record that this version cannot read.
    #[error("cannot understand {path}: {reason}")]
    BadRecord { path: PathBuf, reason: String },
}

impl Fault {
    /// What makes a fault of an error with a file: `cannot {action} {path}`.
    pub fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }
}

impl Troublesome for Fault {
    fn trouble(&self) -> Trouble {
        let trouble = Trouble::new(self.class(), self.to_string());
        match self {
            Self::File { source, .. } => trouble.found(source.to_string()),
            Self::UnsafeRoot { path, origin, .. } => trouble
                .expected("a directory that is ours and that nobody else may write")
                .origin(*origin)
                .fix(format!("remove {}, or set EVENKEEL_SCRATCH_DIR to a directory of your own", path.display())),
            Self::NoServerUser { looked_for } => trouble
                .expected("an unprivileged user, because servers refuse to run as root")
                .fix(format!("useradd --system {}", looked_for.first().map_or("evenkeel", String::as_str))),
            Self::Unreachable { origin, .. } => trouble
                .origin(*origin)
                .fix("set EVENKEEL_SCRATCH_DIR to a directory that this user can enter, for example /var/tmp/evenkeel"),
            Self::SocketPathTooLong { path, limit, origin } => trouble
                .expected(format!("at most {limit} bytes"))
                .found(format!("{} bytes", path.as_os_str().len()))
                .origin(*origin)
                .fix("set EVENKEEL_SCRATCH_DIR to a short path, for example /tmp/ek"),
            Self::NotRunnable { program, source } => trouble.found(source.to_string()).fix(format!("ls -l {}", program.display())),
            Self::StepFailed { tail, .. }
            | Self::StepTooSlow { tail, .. }
            | Self::DiedStarting { tail, .. }
            | Self::NotReady { tail, .. }
            | Self::Died { tail, .. } => {
                if tail.is_empty() {
                    trouble.found("it printed nothing")
                } else {
                    trouble.found(tail.clone())
                }
            }
            Self::Unstoppable { pid, .. } => trouble.found("it outlived SIGKILL (often a hung disk)").fix(format!("kill -9 {pid}")),
            Self::BinaryReplaced { .. } => trouble
                .found("the file on disk is another one than when the server was started (a package upgrade?)")
                .fix("run the command again: it starts the server from the new files"),
            Self::Interrupted => trouble.found("no server was left running"),
            Self::BadRecord { path, .. } => trouble.fix(format!(
                "see whether a server still runs from {}, then remove that directory",
                path.parent().unwrap_or(path).display()
            )),
        }
    }
}

impl Fault {
    const fn class(&self) -> Class {
        match self {
            Self::UnsafeRoot { .. } | Self::NoServerUser { .. } | Self::Unreachable { .. } | Self::SocketPathTooLong { .. } => {
                Class::Configuration
            }
            Self::File { .. } => Class::Output,
            Self::NotRunnable { .. }
            | Self::StepFailed { .. }
            | Self::StepTooSlow { .. }
            | Self::DiedStarting { .. }
            | Self::NotReady { .. }
            | Self::Died { .. }
            | Self::Unstoppable { .. }
            | Self::BinaryReplaced { .. } => Class::Unreachable,
            Self::Interrupted => Class::Interrupted,
            Self::BadRecord { .. } => Class::CouldNotTell,
        }
    }
}

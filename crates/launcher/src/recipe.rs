//! What an engine crate hands over: who the server is and how it is prepared, started, recognised as ready and ended.
//! All of it is data but the readiness probe. The neighbour `instance` carries it out.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Who the server is: stands in its record and in messages.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The engine in words, as data: `PostgreSQL`.
    pub engine: String,
    /// The full version as the program prints it: `17.10`.
    pub version: String,
    /// Opens the name of the instance's directory; short, because socket paths are: `pg17`.
    pub label: String,
    /// The server program; a running process is recognised by it.
    pub binary: PathBuf,
    /// What the kernel runs where that is another file than `binary`: a script's loader or interpreter.
    pub executable: Option<PathBuf>,
    /// File name of the socket inside the run directory; its whole path is checked against the kernel's limit.
    pub socket: String,
    /// Users to run as when we are root, the preferred one first.
    pub users: Vec<String>,
}

impl Identity {
    /// `PostgreSQL 17.10`.
    #[must_use]
    pub fn display(&self) -> String {
        format!("{} {}", self.engine, self.version)
    }
}

/// One program to run. Its environment holds nothing but `env` and `PATH`: the caller's variables (`PGDATA`, `LANG`)
/// must not change what a throwaway server is.
#[derive(Debug, Clone)]
pub struct Program {
    pub path: PathBuf,
    pub args: Vec<OsString>,
    pub env: Vec<(OsString, OsString)>,
    /// How long it may take; ignored for the server itself.
    pub limit: Duration,
    /// It needs no network, and gets one of its own where the machine can make one.
    pub offline: bool,
}

impl Program {
    /// A program with a limit of two minutes and no environment.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), args: Vec::new(), env: Vec::new(), limit: Duration::from_secs(120), offline: false }
    }

    #[must_use]
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.args.push(argument.into());
        self
    }

    #[must_use]
    pub fn args<A: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(arguments.into_iter().map(Into::into));
        self
    }

    #[must_use]
    pub const fn offline(mut self, offline: bool) -> Self {
        self.offline = offline;
        self
    }

    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }
}

/// What the probe saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    Ready,
    NotYet,
}

/// The signals a server is ended with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopSignal {
    Interrupt,
    Terminate,
    Quit,
    Kill,
}

impl StopSignal {
    /// The name as `setpriv` and `kill` take it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Interrupt => "INT",
            Self::Terminate => "TERM",
            Self::Quit => "QUIT",
            Self::Kill => "KILL",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Interrupt, Self::Terminate, Self::Quit, Self::Kill].into_iter().find(|signal| signal.name() == name)
    }
}

/// One step of ending a server: the signal and how long to wait before the next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StopStep {
    pub signal: StopSignal,
    pub patience: Duration,
}

/// How a server is started and ended. SIGKILL always follows after the last step, so it need not be listed.
pub struct Recipe {
    /// The server itself, in the foreground (it must not fork away).
    pub start: Program,
    /// Asked every few milliseconds while the server starts.
    pub ready: Box<dyn Fn() -> Readiness + Send>,
    /// How long it may take to become ready.
    pub limit: Duration,
    /// How a server whose data nobody needs is ended.
    pub stop: Vec<StopStep>,
    /// Sent by the kernel when the owner dies (Linux), and by the sweep.
    pub on_owner_death: StopSignal,
}

impl fmt::Debug for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipe")
            .field("start", &self.start)
            .field("limit", &self.limit)
            .field("stop", &self.stop)
            .field("on_owner_death", &self.on_owner_death)
            .finish_non_exhaustive()
    }
}

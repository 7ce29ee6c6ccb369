//! What can go wrong with a scratch server. The launcher's own faults are passed through with their text.

use crate::flavor::{NEWEST, OLDEST};
use std::path::PathBuf;

use evenkeel_core::fault::{Class, Trouble, Troublesome};
use thiserror::Error;

use super::servers::ServerBinaries;
use crate::connect;

/// A failure of finding, starting or using a scratch server.
#[derive(Debug, Error)]
pub enum Fault {
    /// No server program of the wanted version; `found` are the versions that are there.
    #[error("cannot start a PostgreSQL{} server: no server program was found", major(*wanted))]
    NoServer { wanted: Option<u32>, found: Vec<String> },
    #[error(transparent)]
    Launcher(#[from] evenkeel_launcher::Fault),
    /// A setting whose name or value cannot stand in postgresql.conf.
    #[error("cannot write the setting {name:?}: {reason}")]
    BadSetting { name: String, reason: &'static str },
    /// A statement was refused; `statement` is shortened.
    #[error("{server}, database {database}: {message}")]
    Sql { server: String, database: String, statement: String, message: String, sqlstate: String },
    #[error(transparent)]
    Connect(#[from] connect::Fault),
    #[error("{}", .0.what)]
    Runtime(Box<Trouble>),
    /// Servers are there, but not with an extension that is needed.
    #[error("no PostgreSQL{} server here has the extension {extension}", major(*wanted))]
    NoExtension { extension: String, wanted: Option<u32>, found: Vec<String> },
    /// It would go on following where its log was not copied whole.
    #[error("cannot make a server with the data of {server}: it is a replica")]
    ForkOfReplica { server: String },
    /// A file-level copy cannot carry what lies outside of the data directory.
    #[error("cannot make a replica of {server}: it has a tablespace outside of its data directory")]
    Tablespace { server: String, path: PathBuf },
    #[error("the replica {name} did not begin to stream from {server} within {seconds} s")]
    NotStreaming { server: String, name: String, seconds: u64 },
}

impl Fault {
    pub(super) fn no_server(wanted: Option<u32>, servers: &[ServerBinaries]) -> Self {
        Self::NoServer { wanted, found: found(servers) }
    }

    pub(super) fn no_extension(extension: &str, wanted: Option<u32>, servers: &[ServerBinaries]) -> Self {
        Self::NoExtension { extension: extension.to_owned(), wanted, found: found(servers) }
    }
}

fn found(servers: &[ServerBinaries]) -> Vec<String> {
    servers.iter().map(|server| format!("PostgreSQL {} in {}", server.version, server.bin_dir.display())).collect()
}

fn major(wanted: Option<u32>) -> String {
    wanted.map(|major| format!(" {major}")).unwrap_or_default()
}

impl Troublesome for Fault {
    fn trouble(&self) -> Trouble {
        let class = match self {
            Self::Launcher(fault) => return fault.trouble(),
            Self::Connect(fault) => return fault.trouble(),
            Self::Runtime(trouble) => return (**trouble).clone(),
            Self::BadSetting { .. } | Self::ForkOfReplica { .. } => Class::Configuration,
            Self::NoServer { .. } | Self::NoExtension { .. } | Self::Sql { .. } | Self::Tablespace { .. } | Self::NotStreaming { .. } => {
                Class::Unreachable
            }
        };
        let trouble = Trouble::new(class, self.to_string());
        match self {
            Self::NoServer { wanted, found } => {
                let trouble = trouble
                    .expected("initdb and postgres in EVENKEEL_PG_BIN, on PATH or where packages put them")
                    .found(if found.is_empty() { "none".into() } else { found.join(", ") });
                trouble.fix(how_to_install(*wanted))
            }
            Self::NoExtension { extension, found, .. } => trouble
                .expected(format!("PostgreSQL {} or newer with {extension}", crate::flavor::OLDEST))
                .found(format!("{}, without it", found.join(", ")))
                .fix("apt-get install postgresql-contrib, or dnf install postgresql-contrib"),
            Self::Sql { statement, .. } => trouble.found(format!("after: {statement}")),
            Self::Tablespace { path, .. } => {
                trouble.found(path.display().to_string()).fix("SET allow_in_place_tablespaces = on; CREATE TABLESPACE name LOCATION ''")
            }
            Self::ForkOfReplica { .. } => trouble.fix("fork the server that it follows"),
            Self::NotStreaming { .. } | Self::BadSetting { .. } | Self::Launcher(_) | Self::Connect(_) | Self::Runtime(_) => trouble,
        }
    }
}

fn how_to_install(wanted: Option<u32>) -> String {
    if cfg!(target_os = "macos") {
        return format!("brew install postgresql@{}", wanted.unwrap_or(17));
    }
    match wanted {
        None => "apt-get install postgresql postgresql-contrib (Fedora: dnf install postgresql-server postgresql-contrib), \
                 or name the folder of initdb and postgres in EVENKEEL_PG_BIN"
            .to_owned(),
        Some(major) => {
            format!(
                "script/setup (installs PostgreSQL {OLDEST} to {NEWEST}), or where your distribution has it: apt-get install postgresql-{major}"
            )
        }
    }
}

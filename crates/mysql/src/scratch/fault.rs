//! What can go wrong with a scratch server. The launcher's own faults are passed through with their text.

use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::kind::Engine;
use thiserror::Error;

use crate::connect;

use super::servers::{BIN_VARIABLE, ServerBinaries, series};

/// A failure of finding, starting or using a scratch server.
#[derive(Debug, Error)]
pub enum Fault {
    /// No server program of the wanted vendor and series; `found` are those that are there.
    #[error("cannot start a {} server: no server program was found", wanted(*engine, *number))]
    NoServer { engine: Option<Engine>, number: Option<u16>, found: Vec<String> },
    #[error(transparent)]
    Launcher(#[from] evenkeel_launcher::Fault),
    /// A setting whose name or value cannot be an argument of the server.
    #[error("cannot pass the setting {name:?}: {reason}")]
    BadSetting { name: String, reason: &'static str },
    /// A statement was refused; `statement` is shortened, `code` is the server's error number.
    #[error("{server}, database {database}: {message}")]
    Sql { server: String, database: String, statement: String, message: String, code: u16 },
    #[error(transparent)]
    Connect(#[from] connect::Fault),
    #[error("{}", .0.what)]
    Runtime(Box<Trouble>),
    /// Replicas need a primary with a binary log and a port.
    #[error("cannot make a replica of {server}: it was not started to serve replicas")]
    ServesNoReplicas { server: String },
    /// `state` is what the replica says about its threads.
    #[error("the replica {replica} did not begin to follow {server} within {seconds} s")]
    NotFollowing { server: String, replica: String, seconds: u64, state: String },
    /// A program of the vendor's that writes databases down, or reads them again.
    #[error("a database of {server} cannot be put aside: {program} was not found")]
    NoTool { server: String, program: String },
    #[error("no random bytes for {purpose}: {message}")]
    Random { purpose: &'static str, message: String },
}

impl Fault {
    pub(super) fn no_server(engine: Option<Engine>, number: Option<u16>, servers: &[ServerBinaries]) -> Self {
        let found =
            servers.iter().map(|server| format!("{} {} in {}", server.flavor.engine.name(), server.version, server.bin_dir().display()));
        Self::NoServer { engine, number, found: found.collect() }
    }
}

fn wanted(engine: Option<Engine>, number: Option<u16>) -> String {
    match (engine, number) {
        (Some(engine), Some(number)) => series(engine, number),
        (Some(engine), None) => engine.name().to_owned(),
        (None, Some(number)) => format!("MariaDB or MySQL {}.{}", number / 100, number % 100),
        (None, None) => "MariaDB or MySQL".to_owned(),
    }
}

impl Troublesome for Fault {
    fn trouble(&self) -> Trouble {
        let class = match self {
            Self::Launcher(fault) => return fault.trouble(),
            Self::Connect(fault) => return fault.trouble(),
            Self::Runtime(trouble) => return (**trouble).clone(),
            Self::BadSetting { .. } | Self::ServesNoReplicas { .. } | Self::NoTool { .. } => Class::Configuration,
            Self::NoServer { .. } | Self::Sql { .. } | Self::NotFollowing { .. } | Self::Random { .. } => Class::Unreachable,
        };
        let trouble = Trouble::new(class, self.to_string());
        match self {
            Self::NoServer { engine, number, found } => trouble
                .expected(format!("mariadbd with mariadb-install-db, or mysqld, in {BIN_VARIABLE}, on PATH or where packages put them"))
                .found(if found.is_empty() { "none".into() } else { found.join(", ") })
                .fix(how_to_install(*engine, *number)),
            Self::Sql { statement, .. } => trouble.found(format!("after: {statement}")),
            Self::NotFollowing { state, .. } => trouble.found(state.clone()),
            Self::NoTool { program, .. } => trouble
                .expected(format!("{program} beside the server program, or on PATH"))
                .fix("install the vendor's client programs: apt-get install mariadb-client-core, or those of MySQL's archive"),
            Self::ServesNoReplicas { .. } => trouble.fix("start the primary with Options::serving_replicas()"),
            Self::BadSetting { .. } | Self::Random { .. } | Self::Launcher(_) | Self::Connect(_) | Self::Runtime(_) => trouble,
        }
    }
}

fn how_to_install(engine: Option<Engine>, number: Option<u16>) -> String {
    let mysql = engine == Some(Engine::MySql);
    if cfg!(target_os = "macos") {
        return format!("brew install {}", if mysql { "mysql" } else { "mariadb" });
    }
    let elsewhere = format!("or name the folder of the server program in {BIN_VARIABLE}");
    match (mysql, number) {
        (false, None) => format!(
            "apt-get install mariadb-server-core mariadb-client-core (Fedora: dnf install mariadb-server), or script/setup \
             --demo-engine mariadb, {elsewhere}"
        ),
        (true, None) => format!("script/setup --demo-engine mysql (on Debian and Ubuntu), {elsewhere}"),
        (_, Some(_)) => format!("script/setup (installs MariaDB 10.11, MariaDB 11.8 and MySQL 9.7), {elsewhere}"),
    }
}

//! Throwaway PostgreSQL servers, for the demo, for tests and for rehearsals: found, made, started and ended here.
//!
//! A scratch server listens on a private Unix socket only, trusts who can reach it, keeps nothing durable, and is gone
//! with the value that holds it. What a process needs for that in general is `evenkeel_launcher`; this room knows
//! PostgreSQL's side: `servers` (which are installed), `settings` and `copy` (files), `session` (blocking SQL), `confined`
//! (the same for texts of strangers), `mortal` (clients that can be killed), `replica` (streaming copies, and copies that
//! go their own way), `workshop` (all of it as the ports have it).

mod confined;
mod copy;
mod fault;
mod looker;
mod mortal;
mod replica;
mod rows;
mod servers;
mod session;
mod settings;
mod workshop;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::time::Duration;

use evenkeel_core::connection::encoded;
use evenkeel_core::port::{Recalled, Stop};
use evenkeel_launcher::{Identity, Instance, Program, Readiness, Recipe, StopSignal, StopStep, Take, sweep_once};

pub use evenkeel_launcher::Root;
pub use fault::Fault;
pub use replica::ReplicaOptions;
pub use servers::{BIN_VARIABLE, ServerBinaries, find_servers, find_servers_beside, pick};
pub use session::{Session, TextRows};
pub use workshop::PostgresWorkshop;

use crate::ident::Ident;

/// The superuser of every scratch server.
pub const SUPERUSER: &str = "postgres";
const PORT: u16 = 5432;
const START_LIMIT: Duration = Duration::from_secs(60);

/// What kind of server is wanted. The default is the newest one installed, UTF-8, locale C.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The major version; nothing means the newest installed.
    pub major: Option<u32>,
    /// Written to postgresql.conf after evenkeel's own, so these win.
    pub settings: Vec<(String, String)>,
    /// `UTF8` if not given; the names initdb knows.
    pub encoding: Option<String>,
    /// `C` if not given.
    pub locale: Option<String>,
    /// Further arguments of initdb, such as `--data-checksums`.
    pub initdb: Vec<String>,
    /// Databases to create, besides `postgres`.
    pub databases: Vec<String>,
    /// Run initdb even where a cached data directory would do. Servers from the same cached directory share a system
    /// identifier, which real servers only do with their replicas.
    pub own_identifier: bool,
    /// Words under which a state of such a server may be kept: it begins with the first that is.
    pub kept: Vec<String>,
    /// Where its files are; nothing means [`Root::open`].
    pub root: Option<Root>,
}

impl Options {
    /// A given major version with defaults.
    #[must_use]
    pub fn major(major: u32) -> Self {
        Self { major: Some(major), ..Self::default() }
    }

    #[must_use]
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    #[must_use]
    pub fn database(mut self, name: &str) -> Self {
        self.databases.push(name.to_owned());
        self
    }
}

/// A running scratch server. Dropping it ends the server and removes its files.
#[derive(Debug)]
pub struct Scratch {
    instance: Instance,
    binaries: ServerBinaries,
    root: Root,
    /// How many were asked of it by the port.
    replicas: AtomicU32,
    /// What it was asked to be like, in words: a state of one is another's only where these are the same.
    likeness: Vec<String>,
    recalled: Option<Recalled>,
    /// Of refusals nothing is told that may be in a row.
    is_discreet: AtomicBool,
}

impl Scratch {
    /// Starts a server and returns when it takes connections. The first call in a process sweeps what crashed runs
    /// left behind.
    ///
    /// # Errors
    /// [`Fault::NoServer`] when none is installed; [`Fault::Launcher`] when it cannot be made or started;
    /// [`Fault::BadSetting`]; [`Fault::Sql`] when a database cannot be created.
    pub fn start(options: &Options) -> Result<Self, Fault> {
        let servers = find_servers();
        let binaries = pick(&servers, options.major).ok_or_else(|| Fault::no_server(options.major, &servers))?;
        Self::start_with(binaries, options)
    }

    /// As [`Scratch::start`] with a server that was found before; `options.major` is not looked at.
    ///
    /// # Errors
    /// As [`Scratch::start`].
    pub fn start_with(binaries: &ServerBinaries, options: &Options) -> Result<Self, Fault> {
        Self::start_watched(binaries, options, &Stop::new())
    }

    fn start_watched(binaries: &ServerBinaries, options: &Options, stop: &Stop) -> Result<Self, Fault> {
        let root = options.root.clone().map_or_else(Root::open, Ok)?;
        sweep_once(&root);
        let mut scratch = Self::prepare(binaries, root)?;
        scratch.likeness = likeness(options);
        if !options.own_identifier {
            scratch.recalled = scratch.instance.recall(&scratch.root, &scratch.data_dir(), &scratch.likeness, &options.kept)?;
        }
        if scratch.recalled.is_none() {
            scratch.make_data_directory(options, stop)?;
        }
        let mut settings = own_settings(scratch.socket_dir());
        settings.extend(options.settings.iter().cloned());
        let written = settings::append(&scratch.data_dir().join("postgresql.conf"), &settings);
        match (written.and_then(|()| scratch.launch(stop)), &scratch.recalled) {
            (Ok(()), _) => {}
            (Err(fault), _) if stop.is_requested() => return Err(fault),
            (Err(_), Some(recalled)) => {
                scratch.instance.forget(&scratch.root, &scratch.likeness, &recalled.word)?;
                return Self::start_watched(binaries, &Options { kept: Vec::new(), ..options.clone() }, stop);
            }
            (Err(fault), None) => return Err(fault),
        }
        if scratch.recalled.is_none() && !options.databases.is_empty() {
            let session = scratch.session("postgres")?;
            // Those that initdb makes are as new ones are.
            for name in options.databases.iter().filter(|name| !["postgres", "template1"].contains(&name.as_str())) {
                session.exec(&format!("CREATE DATABASE {}", Ident(name)))?;
            }
        }
        Ok(scratch)
    }

    /// A libpq keyword string for one of its databases.
    #[must_use]
    pub fn conninfo(&self, database: &str) -> String {
        conninfo(self.socket_dir(), database)
    }

    /// A `postgres://` URL for one of its databases.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        url(self.socket_dir(), database)
    }

    /// Opens a blocking session as the superuser.
    ///
    /// # Errors
    /// [`Fault::Sql`]; or, when that is why, that the server is gone or its program was replaced.
    pub fn session(&self, database: &str) -> Result<Session, Fault> {
        let session = Session::open(&self.display(), database, &self.conninfo(database));
        session.or_else(|fault| {
            self.instance.check()?;
            Err(fault)
        })
    }

    /// The directory of its socket: the host in connection strings.
    #[must_use]
    pub fn socket_dir(&self) -> &Path {
        self.instance.run_dir()
    }

    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.instance.run_dir().join("data")
    }

    /// What the server wrote to stderr.
    #[must_use]
    pub fn log_path(&self) -> PathBuf {
        self.instance.log_path()
    }

    #[must_use]
    pub const fn binaries(&self) -> &ServerBinaries {
        &self.binaries
    }

    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.instance.pid()
    }

    /// Whether it still runs, and from the program that is on disk: asked to explain another failure.
    ///
    /// # Errors
    /// [`Fault::Launcher`].
    pub fn check(&self) -> Result<(), Fault> {
        Ok(self.instance.check()?)
    }

    /// Shuts the server down in order (a checkpoint is written) and keeps its files.
    ///
    /// # Errors
    /// [`Fault::Launcher`].
    pub fn halt(&mut self) -> Result<(), Fault> {
        let fast = StopStep { signal: StopSignal::Interrupt, patience: Duration::from_secs(30) };
        Ok(self.instance.halt_with(&[fast, quick()])?)
    }

    /// Ends the server as a crash would, and keeps its files. What was committed is in them.
    ///
    /// # Errors
    /// [`Fault::Launcher`].
    pub fn crash(&mut self) -> Result<(), Fault> {
        Ok(self.instance.crash()?)
    }

    /// Starts it again after [`Scratch::halt`] or [`Scratch::crash`], or restarts it. New settings are appended to postgresql.conf.
    ///
    /// # Errors
    /// As [`Scratch::start`].
    pub fn restart(&mut self, settings: &[(String, String)]) -> Result<(), Fault> {
        self.halt()?;
        settings::append(&self.data_dir().join("postgresql.conf"), settings)?;
        self.launch(&Stop::new())
    }

    /// Ends the server and removes its files. Dropping does the same, but cannot tell when it fails.
    ///
    /// # Errors
    /// [`Fault::Launcher`].
    pub fn stop(self) -> Result<(), Fault> {
        Ok(self.instance.stop()?)
    }

    /// Keeps everything that is committed, for servers of the same likeness. Not where a copy has fewer rows: those of unlogged tables
    /// do not come along.
    fn keep_state(&self, word: &str, beside: &str) -> Result<bool, Fault> {
        let session = self.session("postgres")?;
        let databases = session.query_text("SELECT datname FROM pg_catalog.pg_database WHERE datallowconn")?;
        for database in databases.iter().filter_map(|row| row.first()?.as_deref()) {
            let unlogged = "SELECT 1 FROM pg_catalog.pg_class WHERE relpersistence = 'u' LIMIT 1";
            if self.session(database)?.value(unlogged)?.is_some() {
                return Ok(false);
            }
        }
        self.instance.keep(&self.root, (&self.likeness, word, beside), |target| self.copied(&session, target))
    }

    fn prepare(binaries: &ServerBinaries, root: Root) -> Result<Self, Fault> {
        let identity = Identity {
            engine: "PostgreSQL".into(),
            version: binaries.version.clone(),
            label: format!("pg{}", binaries.major),
            binary: binaries.postgres(),
            executable: None,
            // Longer than the socket itself: the lock file beside it has to fit as well.
            socket: format!(".s.PGSQL.{PORT}.lock"),
            users: vec![SUPERUSER.into(), "_postgres".into()],
        };
        Ok(Self {
            instance: Instance::create(&root, identity)?,
            binaries: binaries.clone(),
            root,
            replicas: AtomicU32::new(0),
            likeness: Vec::new(),
            recalled: None,
            is_discreet: AtomicBool::new(false),
        })
    }

    fn display(&self) -> String {
        self.instance.identity().display()
    }

    fn launch(&mut self, stop: &Stop) -> Result<(), Fault> {
        let data = self.data_dir();
        let lock = data.join("postmaster.pid");
        // A killed server leaves it. None of ours runs now, and the probe below must not read the old one.
        match std::fs::remove_file(&lock) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(evenkeel_launcher::Fault::file("remove", &lock)(error).into());
            }
            _ => {}
        }
        let is_offline = !settings::listens(&data.join("postgresql.conf"));
        let recipe = Recipe {
            start: program(self.binaries.postgres()).arg("-D").arg(data).offline(is_offline),
            ready: Box::new(move || readiness(&lock)),
            limit: START_LIMIT,
            stop: vec![quick()],
            on_owner_death: StopSignal::Quit,
        };
        Ok(self.instance.start(recipe, stop)?)
    }

    fn make_data_directory(&self, options: &Options, stop: &Stop) -> Result<(), Fault> {
        let (arguments, data) = (initdb_arguments(options), self.data_dir());
        let initdb = program(self.binaries.initdb()).arg("-D").arg(&data).args(arguments.iter());
        if options.own_identifier {
            return Ok(self.instance.run(&initdb, stop)?);
        }
        Ok(self.instance.fill(&self.root, &data, &arguments, &initdb, &|_| Take::All, stop)?)
    }
}

/// Settings of every scratch server. Nobody wants these files after a crash of the machine; after one of the server they are
/// whole, because what is committed was written.
/// <https://www.postgresql.org/docs/current/non-durability.html>
fn own_settings(socket_dir: &Path) -> Vec<(String, String)> {
    let socket_dir = socket_dir.to_string_lossy();
    [
        ("listen_addresses", ""),
        ("port", "5432"),
        ("unix_socket_directories", &*socket_dir),
        ("unix_socket_permissions", "0700"),
        ("fsync", "off"),
        ("full_page_writes", "off"),
        // Shared memory is a file of its own directory: it may write nowhere else.
        ("dynamic_shared_memory_type", "mmap"),
        ("logging_collector", "off"),
        ("log_destination", "stderr"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

fn initdb_arguments(options: &Options) -> Vec<String> {
    let mut arguments = vec![
        "--auth=trust".to_owned(),
        format!("--username={SUPERUSER}"),
        "--no-sync".to_owned(),
        format!("--encoding={}", options.encoding.as_deref().unwrap_or("UTF8")),
        format!("--locale={}", options.locale.as_deref().unwrap_or("C")),
    ];
    arguments.extend(options.initdb.iter().cloned());
    arguments
}

/// All that a server was asked to be like.
fn likeness(options: &Options) -> Vec<String> {
    let mut words = initdb_arguments(options);
    words.extend(options.settings.iter().map(|(name, value)| format!("{name}={value}")));
    words.extend(options.databases.iter().map(|name| format!("database {name}")));
    words
}

/// initdb writes the time zone it finds into postgresql.conf; servers must be the same on every machine.
fn program(path: PathBuf) -> Program {
    Program::new(path).env("TZ", "UTC").env("LC_ALL", "C")
}

/// Immediate shutdown: no checkpoint, no waiting for sessions.
const fn quick() -> StopStep {
    StopStep { signal: StopSignal::Quit, patience: Duration::from_secs(10) }
}

/// The eighth line of postmaster.pid is the server's own word on its state; pg_ctl reads it the same way.
fn readiness(lock: &Path) -> Readiness {
    let ready = std::fs::read_to_string(lock).is_ok_and(|text| text.lines().nth(7).is_some_and(|state| state.trim_end() == "ready"));
    if ready { Readiness::Ready } else { Readiness::NotYet }
}

/// A libpq keyword string for a database of the scratch server with this socket directory.
#[must_use]
pub fn conninfo(socket_dir: &Path, database: &str) -> String {
    conninfo_of(socket_dir, database, SUPERUSER)
}

fn conninfo_of(socket_dir: &Path, database: &str, role: &str) -> String {
    [
        settings::conninfo_word("host", &socket_dir.to_string_lossy()),
        settings::conninfo_word("port", &PORT.to_string()),
        settings::conninfo_word("user", role),
        settings::conninfo_word("dbname", database),
    ]
    .join(" ")
}

/// A `postgres://` URL for a database of the scratch server with this socket directory.
#[must_use]
pub fn url(socket_dir: &Path, database: &str) -> String {
    let host = encoded(&socket_dir.to_string_lossy());
    format!("postgres://{SUPERUSER}@{host}:{PORT}/{}", encoded(database))
}

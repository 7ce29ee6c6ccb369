//! Throwaway servers of MySQL and MariaDB, for the demo, for tests and for rehearsals: found, made, started and ended
//! here.
//!
//! A scratch server listens on a private Unix socket only, trusts who can reach it, keeps nothing durable, and is gone
//! with the value that holds it. What a process needs for that in general is `evenkeel_launcher`; this room knows
//! MySQL's side: `servers` (which are installed), `settings` (arguments), `data` (data directories and their
//! templates), `ready` (the handshake), `session` (blocking SQL), `confined` (the same for texts of strangers), `copy` (a database put aside and brought back), `replica` (servers that follow another, and copies that
//! go their own way), `workshop` (all of it as the ports have it).

mod confined;
mod copy;
mod data;
mod fault;
mod ready;
mod replica;
mod servers;
mod session;
mod settings;
mod workshop;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use evenkeel_core::connection::encoded;
use evenkeel_core::kind::Engine;
use evenkeel_core::port::{Recalled, Stop};
use evenkeel_launcher::{Identity, Instance, Recipe, StopSignal, StopStep, sweep_once};

pub use evenkeel_launcher::Root;
pub use fault::Fault;
pub use replica::ReplicaOptions;
pub use servers::{BIN_VARIABLE, ServerBinaries, find_servers, find_servers_beside, pick, series};
pub use session::{Session, TextRows};
pub use workshop::MysqlWorkshop;

use crate::ident::Ident;

/// The superuser of every scratch server; it has no password.
pub const SUPERUSER: &str = "root";
const SOCKET: &str = "sock";
const START_LIMIT: Duration = Duration::from_secs(60);

/// What kind of server is wanted. The default is the newest MariaDB installed, or MySQL where there is none.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// MySQL or MariaDB; nothing means any.
    pub engine: Option<Engine>,
    /// The series, a number as in [`crate::flavor::Flavor`]; nothing means the newest installed.
    pub number: Option<u16>,
    /// Passed to the server after evenkeel's own, so these win. Switches have a value too: `ON`.
    pub settings: Vec<(String, String)>,
    /// Settings that hold from the making of the data directory on, such as `lower_case_table_names`.
    pub init: Vec<(String, String)>,
    /// Databases to create.
    pub databases: Vec<String>,
    /// Whether it can have replicas: a binary log with GTIDs, and a port on 127.0.0.1. Set by
    /// [`Options::serving_replicas`].
    pub serves_replicas: bool,
    /// Where its files are; nothing means [`Root::open`].
    pub root: Option<Root>,
    /// Words under which a state of such a server may be kept: it begins with the first that is.
    pub kept: Vec<String>,
}

impl Options {
    /// The newest installed server of a vendor.
    #[must_use]
    pub fn engine(engine: Engine) -> Self {
        Self { engine: Some(engine), ..Self::default() }
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

    /// A server that [`Scratch::replica`] can be asked of.
    #[must_use]
    pub fn serving_replicas(mut self) -> Self {
        self.serves_replicas = true;
        self
    }
}

/// A running scratch server. Dropping it ends the server and removes its files.
#[derive(Debug)]
pub struct Scratch {
    instance: Instance,
    binaries: ServerBinaries,
    root: Root,
    /// What it was started with, in order.
    settings: Vec<(String, String)>,
    /// Those of them that were asked for.
    asked: Vec<(String, String)>,
    /// Those of them that its data directory was made with.
    init: Vec<(String, String)>,
    serving: Option<replica::Serving>,
    /// It follows another, over the network.
    is_following: bool,
    /// What it was asked to be like, in words: a state of one is another's only where these are the same.
    likeness: Vec<String>,
    recalled: Option<Recalled>,
    /// Its sessions say nothing of refusals that may be in a row.
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
        let binaries =
            pick(&servers, options.engine, options.number).ok_or_else(|| Fault::no_server(options.engine, options.number, &servers))?;
        Self::start_with(binaries, options)
    }

    /// As [`Scratch::start`] with a server that was found before; `options.engine` and `number` are not looked at.
    ///
    /// # Errors
    /// As [`Scratch::start`].
    pub fn start_with(binaries: &ServerBinaries, options: &Options) -> Result<Self, Fault> {
        Self::start_watched(binaries, options, &Stop::new())
    }

    fn start_watched(binaries: &ServerBinaries, options: &Options, stop: &Stop) -> Result<Self, Fault> {
        let root = options.root.clone().map_or_else(Root::open, Ok)?;
        sweep_once(&root);
        let mut scratch = Self::prepare(binaries, root, &options.init)?;
        scratch.likeness = likeness(options);
        if !options.serves_replicas {
            scratch.recalled = scratch.instance.recall(&scratch.root, &scratch.data_dir(), &scratch.likeness, &options.kept)?;
        }
        if scratch.recalled.is_none() {
            scratch.make_data_directory(stop)?;
        }
        if options.serves_replicas {
            scratch.settings.extend(replica::primary_settings(binaries));
        }
        scratch.settings.extend(options.settings.iter().cloned());
        scratch.asked.clone_from(&options.settings);
        if options.serves_replicas {
            scratch.launch_on_a_port(stop)?;
        } else {
            match (scratch.launch(scratch.recalled.is_none(), stop), &scratch.recalled) {
                (Ok(()), _) => {}
                (Err(fault), _) if stop.is_requested() => return Err(fault),
                (Err(_), Some(recalled)) => {
                    scratch.instance.forget(&scratch.root, &scratch.likeness, &recalled.word)?;
                    return Self::start_watched(binaries, &Options { kept: Vec::new(), ..options.clone() }, stop);
                }
                (Err(fault), None) => return Err(fault),
            }
        }
        if scratch.recalled.is_none() && !options.databases.is_empty() {
            let session = scratch.session("")?;
            for name in &options.databases {
                session.exec(&format!("CREATE DATABASE {}", Ident(name)))?;
            }
        }
        Ok(scratch)
    }

    /// A `mysql://` or `mariadb://` URL for one of its databases.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        url(self.binaries.flavor.engine, &self.socket(), database)
    }

    /// Opens a blocking session as the superuser; an empty database chooses none.
    ///
    /// # Errors
    /// [`Fault::Sql`]; or, when that is why, that the server is gone or its program was replaced.
    pub fn session(&self, database: &str) -> Result<Session, Fault> {
        let session = Session::open(&self.display(), &self.socket(), database);
        session.or_else(|fault| {
            self.instance.check()?;
            Err(fault)
        })
    }

    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.instance.run_dir().join(SOCKET)
    }

    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.instance.run_dir().join("data")
    }

    /// Where it listens on 127.0.0.1, which only a server that serves replicas does.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.serving.as_ref().map(|serving| serving.port)
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

    /// Shuts the server down in order and keeps its files.
    ///
    /// # Errors
    /// [`Fault::Launcher`].
    pub fn halt(&mut self) -> Result<(), Fault> {
        Ok(self.instance.halt_with(&[StopStep { signal: StopSignal::Terminate, patience: Duration::from_secs(60) }])?)
    }

    /// Ends the server as a crash would, and keeps its files. What was committed is in them.
    ///
    /// # Errors
    /// [`Fault::Launcher`].
    pub fn crash(&mut self) -> Result<(), Fault> {
        Ok(self.instance.crash()?)
    }

    /// Starts it again after [`Scratch::halt`] or [`Scratch::crash`], or restarts it, with further settings.
    ///
    /// # Errors
    /// As [`Scratch::start`].
    pub fn restart(&mut self, settings: &[(String, String)]) -> Result<(), Fault> {
        self.halt()?;
        self.settings.extend(settings.iter().cloned());
        self.launch(false, &Stop::new())
    }

    /// Ends the server and removes its files. Dropping does the same, but cannot tell when it fails.
    ///
    /// # Errors
    /// [`Fault::Launcher`].
    pub fn stop(self) -> Result<(), Fault> {
        Ok(self.instance.stop()?)
    }

    /// Everything but data and the start.
    /// Keeps everything that is committed, for servers of the same likeness. Not where a copy has fewer rows: those of tables in memory
    /// do not come along.
    fn keep_state(&self, word: &str, beside: &str) -> Result<bool, Fault> {
        const IN_MEMORY: &str = "SELECT 1 FROM information_schema.tables WHERE engine = 'MEMORY' AND table_schema NOT IN ('information_schema', 'performance_schema', 'sys') LIMIT 1";
        if self.session("")?.value(IN_MEMORY)?.is_some() {
            return Ok(false);
        }
        self.instance.keep(&self.root, (&self.likeness, word, beside), |target| self.copy_data_to(target))
    }

    fn prepare(binaries: &ServerBinaries, root: Root, init: &[(String, String)]) -> Result<Self, Fault> {
        let identity = Identity {
            engine: binaries.flavor.engine.name().into(),
            version: binaries.flavor.version.clone(),
            label: label(binaries),
            binary: binaries.server.clone(),
            executable: binaries.loader(),
            // Longer than the socket itself: MySQL's lock file beside it has to fit as well.
            socket: format!("{SOCKET}.lock"),
            users: vec!["mysql".into(), "_mysql".into()],
        };
        let instance = Instance::create(&root, identity)?;
        let mut settings = settings::files(binaries);
        settings.extend(settings::server(binaries, instance.run_dir(), server_id()?));
        settings.extend(init.iter().cloned());
        Ok(Self {
            instance,
            binaries: binaries.clone(),
            root,
            settings,
            asked: Vec::new(),
            init: init.to_vec(),
            serving: None,
            is_following: false,
            likeness: Vec::new(),
            recalled: None,
            is_discreet: AtomicBool::new(false),
        })
    }

    fn display(&self) -> String {
        self.instance.identity().display()
    }

    fn launch(&mut self, first: bool, stop: &Stop) -> Result<(), Fault> {
        let socket = self.socket();
        // A killed server leaves it. None of ours runs now, and the probe below must not wait for the old one.
        match std::fs::remove_file(&socket) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(evenkeel_launcher::Fault::file("remove", &socket)(error).into());
            }
            _ => {}
        }
        let mut start = settings::program(&self.binaries.server, &self.binaries, self.instance.run_dir());
        if first && let Some(file) = self.accounts_to_remove()? {
            start = start.arg(format!("--init_file={}", file.display()));
        }
        let networking = self.settings.iter().rfind(|(name, _)| name.replace('-', "_") == "skip_networking");
        let is_offline = !self.is_following && networking.is_some_and(|(_, value)| value == "ON");
        let recipe = Recipe {
            start: start.args(settings::arguments(&self.settings)?).offline(is_offline),
            ready: ready::probe(socket),
            limit: START_LIMIT,
            // There is no quick end in order, and these files have no future.
            stop: vec![],
            on_owner_death: StopSignal::Kill,
        };
        Ok(self.instance.start(recipe, stop)?)
    }
}

/// All that a server was asked to be like.
fn likeness(options: &Options) -> Vec<String> {
    let settings = options.init.iter().chain(&options.settings).map(|(name, value)| format!("{name}={value}"));
    settings.chain(options.databases.iter().map(|name| format!("database {name}"))).collect()
}

/// `ma1011`, `my907`: short, because socket paths are.
fn label(binaries: &ServerBinaries) -> String {
    format!("{}{}", if binaries.flavor.is_mariadb() { "ma" } else { "my" }, binaries.flavor.number)
}

/// Servers of one topology need different ones.
fn server_id() -> Result<u32, Fault> {
    let number = u32::from_le_bytes(random("a server id")?);
    Ok(number.max(1))
}

fn random<const N: usize>(purpose: &'static str) -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Fault::Random { purpose, message: error.to_string() })?;
    Ok(bytes)
}

/// A `mysql://` or `mariadb://` URL for a database of the scratch server with this socket.
#[must_use]
pub fn url(engine: Engine, socket: &Path, database: &str) -> String {
    url_as(SUPERUSER, engine, socket, database)
}

fn url_as(user: &str, engine: Engine, socket: &Path, database: &str) -> String {
    let scheme = engine.name().to_ascii_lowercase();
    format!("{scheme}://{user}@localhost/{}?socket={}", encoded(database), encoded(&socket.to_string_lossy()))
}

//! Throwaway servers: which of them a machine can start, and one that runs.
//!
//! Lives here: what is asked of them, in calls that block; `testkit` holds every engine's to one set of laws. Does not live here:
//! processes and files (`launcher`), how a server is found, set and spoken to (`scratch` of each engine), what is said to one (`session`).

use super::door::Opened;
use super::session::Session;
use super::{Environment, Request, Watch};
use crate::fault::{Class, Trouble};
use crate::kind::Engine;
use crate::manifest::Manifest;
use std::path::PathBuf;

/// Makes throwaway servers of one family.
pub trait Workshop: Send + Sync {
    /// What this machine can start, in the order it was found.
    fn servers(&self) -> Vec<Installed>;

    /// The vendors and versions that evenkeel is tested with, oldest first, each as it is asked for.
    fn tested(&self) -> Vec<(Engine, u16)>;

    /// Which of them would be started: the newest that fits, of equals the first found.
    ///
    /// # Errors
    /// None fits; the message says what was found and how to get one.
    fn choose(&self, like: &Like) -> Result<Installed, Box<Trouble>>;

    /// Whether servers that talk through their socket alone are cut off from the network here; why not.
    ///
    /// # Errors
    /// What is missing on this machine, in words.
    fn cut_off(&self) -> Result<(), String>;

    /// Whether such servers can write nowhere but in their own folder here, whatever they are made to run.
    fn shut_in(&self) -> bool {
        false
    }

    /// That one of its servers was ended because it took more of this machine than it may: whatever else is said then follows from that.
    fn overrun(&self) -> Option<Box<Trouble>> {
        None
    }

    /// Starts a server and returns when it takes connections.
    ///
    /// # Errors
    /// None fits, it cannot be made or started, a setting or database is refused, or the end was asked for. Then nothing is
    /// left of it.
    fn start(&self, like: &Like, watch: &Watch<'_>) -> Result<Box<dyn Scratch>, Box<Trouble>>;
}

/// A server program on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    pub engine: Engine,
    /// As it stands in an endpoint's `server_major`: 17, 1011.
    pub major: u16,
    /// As the program prints it: `15.20 (Debian 15.20-0+deb12u1)`.
    pub version: String,
    /// The folder of its programs.
    pub place: PathBuf,
}

impl Installed {
    /// `PostgreSQL 17.10 from /usr/lib/postgresql/17/bin`.
    #[must_use]
    pub fn display(&self) -> String {
        format!("{} {} from {}", self.engine.name(), self.version, self.place.display())
    }
}

/// What a throwaway server shall be like. Whatever is not said is the engine's usual.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Like {
    /// The vendor, where a family has several.
    pub engine: Option<Engine>,
    /// The version; nothing means the newest that evenkeel reads.
    pub major: Option<u16>,
    /// The folder of the programs, where one of several equals is meant.
    pub place: Option<PathBuf>,
    /// Settings by name; they win over evenkeel's own.
    pub settings: Vec<(String, String)>,
    /// Databases to create, beside those a server comes with.
    pub databases: Vec<String>,
    /// Extensions that its databases must be able to have.
    pub extensions: Vec<String>,
    /// The encoding of its databases.
    pub encoding: Option<String>,
    /// The collation of its databases.
    pub collation: Option<String>,
    /// Whether replicas will be asked of it.
    pub serves_replicas: bool,
    /// Whether it must not be taken for a copy of another throwaway server: costs the making of data of its own.
    pub own_identity: bool,
    /// Words under which a state of such a server may be kept: it begins with the first that is ([`Scratch::recalled`]).
    pub kept: Vec<String>,
}

/// What a server began with, where it is a state that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recalled {
    pub word: String,
    /// What was kept beside it.
    pub beside: String,
}

impl Like {
    /// As an installed server.
    #[must_use]
    pub fn installed(server: &Installed) -> Self {
        Self { engine: Some(server.engine), major: Some(server.major), place: Some(server.place.clone()), ..Self::default() }
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

/// What a session for texts of strangers begins with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Confined {
    /// As whom, of those that are there, with what it owns and may: the role that migrations run as where it counts, by the name that
    /// captures have for it. It loses what would let it beyond the server. Nothing for one that owns an empty database.
    pub role: Option<String>,
    /// That role has no bounds where it counts: here it owns what the superuser owns, and is a member of all.
    pub unbounded: bool,
    /// Roles that are there for it to give things to; they may nothing.
    pub roles: Vec<String>,
    /// Settings by name.
    pub settings: Vec<(String, String)>,
    /// Schemas that are there before, because the settings name them and no text makes them.
    pub schemas: Vec<String>,
}

/// A client of a throwaway server that ends as a process does that is killed: its connection is closed, nobody says goodbye and nobody
/// hears the answer. Dropping it is that.
pub trait Mortal: Send {
    /// The server's number of its session.
    fn id(&self) -> u64;

    /// Sends a text, and waits for no answer.
    ///
    /// # Errors
    /// The connection is lost.
    fn send(&mut self, text: &str) -> Result<(), Box<Trouble>>;

    /// Opens a transaction, and waits for no answer.
    ///
    /// # Errors
    /// The connection is lost.
    fn begin(&mut self) -> Result<(), Box<Trouble>>;

    /// The answer to what was sent last, where it has come whole: what the server says against it, or nothing against it.
    ///
    /// # Errors
    /// The connection is lost.
    fn answered(&mut self) -> Result<Option<Result<(), String>>, Box<Trouble>>;
}

/// Captures a database of a throwaway server, more than once.
pub trait Looker {
    /// What is there now.
    ///
    /// # Errors
    /// As [`Environment::capture`].
    fn capture(&mut self, request: &Request, watch: &Watch<'_>) -> Result<Manifest, Box<Trouble>>;
}

/// One that begins anew each time.
struct Fresh(Box<dyn Environment>);

impl Looker for Fresh {
    fn capture(&mut self, request: &Request, watch: &Watch<'_>) -> Result<Manifest, Box<Trouble>> {
        self.0.capture(request, watch)
    }
}

/// A running throwaway server. Dropping it ends it and removes its files.
///
/// What was committed survives [`Scratch::kill`], but no crash of the machine: files are written, never forced to disk.
pub trait Scratch: Send + Sync {
    /// `PostgreSQL 17.10`.
    fn describe(&self) -> String;

    /// What it may take of this machine, each in words.
    fn bounds(&self) -> Vec<String> {
        Vec::new()
    }

    /// A URL for one of its databases, as the superuser.
    fn url(&self, database: &str) -> String;

    /// A way in for programs that know nothing of evenkeel, open until it is dropped.
    ///
    /// # Errors
    /// Why there is none, in words.
    fn opened(&self, _database: &str) -> Result<Opened, String> {
        Err("there is no way in for other programs".to_owned())
    }

    /// The state that it began with, of those that were asked for.
    fn recalled(&self) -> Option<Recalled> {
        None
    }

    /// Keeps everything that is committed under that word, with a text beside it, for servers that begin with it ([`Like::kept`]). It
    /// runs on. Whether it is kept: not where that would be large, or a copy would not be the same.
    ///
    /// # Errors
    /// The server cannot be reached, or its files not be copied.
    fn keep(&self, _word: &str, _beside: &str) -> Result<bool, Box<Trouble>> {
        Ok(false)
    }

    /// The command with which a person gets at one of its databases.
    fn client(&self, database: &str) -> String;

    /// Its directory: data, socket, log.
    fn directory(&self) -> PathBuf;

    /// One of its databases as an environment.
    ///
    /// # Errors
    /// As [`super::Engine::environment`].
    fn environment(&self, database: &str) -> Result<Box<dyn Environment>, Box<Trouble>>;

    /// What looks at one of its databases again and again.
    ///
    /// # Errors
    /// As [`Scratch::environment`].
    fn looker(&self, database: &str) -> Result<Box<dyn Looker>, Box<Trouble>> {
        Ok(Box::new(Fresh(self.environment(database)?)))
    }

    /// A session on one of its databases, as the superuser.
    ///
    /// # Errors
    /// The server cannot be reached; the message says where it is gone.
    fn session(&self, database: &str) -> Result<Box<dyn Session>, Box<Trouble>>;

    /// A session that reads and writes the rows of all tables there. What the server runs for that (checks, triggers, functions of indexes)
    /// nobody vouches for: where it would run as whoever reads or writes, that is a role with no right beyond its databases.
    ///
    /// # Errors
    /// As [`Scratch::session`].
    fn rows(&self, database: &str) -> Result<Box<dyn Session>, Box<Trouble>> {
        self.session(database)
    }

    /// A URL for the same.
    ///
    /// # Errors
    /// As [`Scratch::session`].
    fn rows_url(&self, database: &str) -> Result<String, Box<Trouble>> {
        Ok(self.url(database))
    }

    /// What the superuser owns there becomes a role's that may nothing beyond its databases, so that nothing which nobody vouches for runs
    /// as the superuser because that owns it.
    ///
    /// # Errors
    /// As [`Scratch::session`].
    fn disown(&self, _database: &str) -> Result<(), Box<Trouble>> {
        Ok(())
    }

    /// Leaves tables that got rows as those are that have been there for a while.
    ///
    /// # Errors
    /// As [`Scratch::session`].
    fn settle(&self, _database: &str) -> Result<(), Box<Trouble>> {
        Ok(())
    }

    /// A session for texts that nobody vouches for: as a role that may do everything in that database and nothing beyond it, with no
    /// way to files, programs, the network or other databases.
    ///
    /// # Errors
    /// The server cannot be reached, or has no such roles.
    fn confined(&self, database: &str, _: &Confined) -> Result<Box<dyn Session>, Box<Trouble>> {
        let trouble = Trouble::new(Class::Configuration, format!("no session on {database} that is confined to it"));
        Err(Box::new(trouble.found(format!("{}: evenkeel cannot confine one there yet", self.describe()))))
    }

    /// The same as a client that can be killed.
    ///
    /// # Errors
    /// As [`Scratch::confined`].
    fn mortal(&self, database: &str, _: &Confined) -> Result<Box<dyn Mortal>, Box<Trouble>> {
        let trouble = Trouble::new(Class::Configuration, format!("no client of {database} that can be killed"));
        Err(Box::new(trouble.found(format!("{}: evenkeel has none there yet", self.describe()))))
    }

    /// From now on sessions tell of refusals nothing that may be in a row: rows have come that nobody made up. Holds for servers that are made
    /// of this one.
    ///
    /// # Errors
    /// Such a server tells values.
    fn hush(&self) -> Result<(), Box<Trouble>> {
        let trouble = Trouble::new(Class::Configuration, "rows of an environment cannot be copied there");
        Err(Box::new(trouble.found(format!("{}: what it refuses may quote them", self.describe()))))
    }

    /// What confined sessions of no named role have made in a database becomes the superuser's, as if it had made that, until
    /// [`Scratch::disown`]; such a role is no more until the next one is opened.
    ///
    /// # Errors
    /// The server cannot be reached.
    fn take_over(&self, _database: &str) -> Result<(), Box<Trouble>> {
        Ok(())
    }

    /// How long the server's log is by now, in bytes.
    ///
    /// # Errors
    /// The file cannot be looked at.
    fn logged(&self) -> Result<u64, Box<Trouble>> {
        Ok(0)
    }

    /// Goes through the server's log from there on, line by line; of a line that is very long its beginning.
    ///
    /// # Errors
    /// The file cannot be read.
    fn log(&self, _from: u64, _line: &mut dyn FnMut(&str)) -> Result<(), Box<Trouble>> {
        Ok(())
    }

    /// Ends a session from outside, whatever it waits for.
    ///
    /// # Errors
    /// The server cannot be reached.
    fn end(&self, session: u64) -> Result<(), Box<Trouble>> {
        let trouble = Trouble::new(Class::Internal, format!("cannot end session {session}"));
        Err(Box::new(trouble.found(format!("{}: evenkeel ends none there yet", self.describe()))))
    }

    /// An empty database in which the same texts can run once more, when they ran in `database`: that one made anew, where what is in
    /// it is called by its name, else the `spare` one.
    ///
    /// # Errors
    /// The server cannot be reached.
    fn anew(&self, _database: &str, spare: &str) -> Result<String, Box<Trouble>> {
        Ok(spare.to_owned())
    }

    /// Makes another database with everything that is committed in one of them; nobody may be connected to that.
    ///
    /// # Errors
    /// The server cannot be reached, or copies none.
    fn copy(&self, database: &str, _another: &str) -> Result<(), Box<Trouble>> {
        let trouble = Trouble::new(Class::Configuration, format!("the database {database} cannot be copied"));
        Err(Box::new(trouble.found(format!("{}: evenkeel copies none there yet", self.describe()))))
    }

    /// What the server has for sessions of databases and roles beside its own settings, as one text: equal where it is the same. Asked in
    /// no session that it would be said to.
    ///
    /// # Errors
    /// The server cannot be reached.
    fn presets(&self) -> Result<String, Box<Trouble>> {
        Ok(String::new())
    }

    /// Whether it has that database: a text may have dropped the one in which it ran.
    ///
    /// # Errors
    /// As [`Scratch::session`].
    fn has(&self, _database: &str) -> Result<bool, Box<Trouble>> {
        Ok(true)
    }

    /// Removes a database, whoever is connected to it.
    ///
    /// # Errors
    /// The server cannot be reached, or removes none.
    fn remove(&self, database: &str) -> Result<(), Box<Trouble>> {
        let trouble = Trouble::new(Class::Configuration, format!("the database {database} cannot be removed"));
        Err(Box::new(trouble.found(format!("{}: evenkeel removes none there yet", self.describe()))))
    }

    /// Whether texts may call a database by its name: they mean that one wherever they run. A copy is then no database to run in, but
    /// what one is brought back from: [`Scratch::copy`] puts the one of that name aside, or brings it back.
    fn is_named_within(&self) -> bool {
        false
    }

    /// Starts a server that follows this one, with its settings, and returns when it does.
    ///
    /// # Errors
    /// It does not begin to follow; this one does not serve replicas; the end was asked for.
    fn replicate(&self, watch: &Watch<'_>) -> Result<Box<dyn Scratch>, Box<Trouble>>;

    /// Has one that follows another follow nobody any more, and returns when it takes writes.
    ///
    /// # Errors
    /// It follows nobody; it does not come to take them; evenkeel promotes none there.
    fn promote(&self, _: &Watch<'_>) -> Result<(), Box<Trouble>> {
        let trouble = Trouble::new(Class::Configuration, "a replica cannot be made a primary");
        Err(Box::new(trouble.found(format!("{}: evenkeel promotes none there yet", self.describe()))))
    }

    /// Starts a server with everything that is committed here, and its settings. From then on neither knows of the other.
    ///
    /// # Errors
    /// It cannot be copied or started; the end was asked for.
    fn fork(&self, watch: &Watch<'_>) -> Result<Box<dyn Scratch>, Box<Trouble>>;

    /// Ends the server as a crash would; its files stay.
    ///
    /// # Errors
    /// It cannot be ended.
    fn kill(&mut self) -> Result<(), Box<Trouble>>;

    /// Starts it again on its files, and returns when it takes connections.
    ///
    /// # Errors
    /// It cannot be started; the end was asked for.
    fn start_again(&mut self, watch: &Watch<'_>) -> Result<(), Box<Trouble>>;

    /// Ends the server and removes its files. Dropping does the same, but cannot tell when it fails.
    ///
    /// # Errors
    /// It cannot be ended, or a file not be removed.
    fn stop(self: Box<Self>) -> Result<(), Box<Trouble>>;
}

//! The narrow port between judgement and an engine. Every engine implements it and runs one conformance suite.
//!
//! Lives here: what the pipeline may ask of an engine, in blocking calls (an engine runs its own threads).
//! Does not live here: which engine is chosen; only the command line's wiring does that. `grants` writes the script of the
//! same name, `query` the list of `evenkeel queries`; `claim` is the way to write, behind an intention in the `journal`.

mod backfill;
mod claim;
mod console;
mod deployer;
mod door;
mod drain;
mod engine;
mod fill;
mod grants;
mod intended;
mod journal;
mod keeper;
mod lock;
mod metric;
mod observe;
pub mod origin;
mod prepare;
mod query;
mod register;
mod rolled;
mod run;
mod session;
mod shift;
mod store;
mod used;
mod watch;
mod workshop;

pub use backfill::{Backfiller, Change, Condition, KeyColumn, Range, Walked};
pub use claim::{Claim, Claimed, Orphan, Tool, Wish};
pub use console::{Console, ConsoleRow};
pub use deployer::{Became, Begun, Confirming, Deployer, Traffic};
pub use door::{Door, Opened, Reach};
pub use drain::{Drain, kept_out};
pub use engine::{Engine, Families, Named, Own, SchemaNames};
pub use fill::{Asked, Content, Filled, Filler, Posted, Rows, Shape, Wider};
pub use grants::{Step, script};
pub use intended::Intended;
pub use journal::{Act, Beat, Ended, Ending, Entry, Intention, Owner, State, Step as JournalStep, Trail};
pub use keeper::Keeper;
pub use lock::{OnTarget, ParityLock, Released, Verification};
pub use metric::Metrics;
pub use observe::{Log, LogReader, NoLog, Observer};
pub use origin::{Moments, Origins, Sought};
pub use prepare::{Answers, Heard, Inquiry, Noticed, Prepared};
pub use query::{Query, fill, listing};
pub use register::{HALT, PARITY_LOCK, REGISTERS, RUNS, Register, RegisterRow, Registered};
pub use rolled::{May, Meant, Opening, Rollback, Room, Standing};
pub use run::Run;
pub use session::{Answer, Ran, Refused, Session};
pub use shift::Shifter;
pub use store::{Halt, Kept, Pruned, Store, Written};
pub use used::{Use, Used};
pub use watch::{Event, Silent, Stop, Watch, Watcher};
pub use workshop::{Confined, Installed, Like, Looker, Mortal, Recalled, Scratch, Workshop};

use crate::fault::{Class, Trouble};
use crate::kind::Dimension;
use crate::manifest::Manifest;
use crate::reference::{Pattern, Secret};
use std::collections::BTreeMap;
use std::time::Duration;

/// What to capture and how long to wait.
#[derive(Debug, Clone)]
pub struct Request {
    /// What the user calls the environment.
    pub label: String,
    pub dimensions: Vec<Dimension>,
    /// Role names that differ by environment: neutral name to name on this server.
    pub roles: BTreeMap<String, String>,
    /// A table, `schema.table`, that records migrations and is not recognised by itself.
    pub history: Option<String>,
    /// Lookup tables whose content is read.
    pub reference: Vec<Pattern>,
    /// Under which their rows are hashed; without it they are only told as a whole.
    pub secret: Option<Secret>,
    /// Include most-common values and histogram bounds. They are users' data.
    pub values: bool,
    /// Say what needs what, from which an order of statements can be made; no digest has it.
    pub needs: bool,
    /// The longest wait for a lock.
    pub lock_timeout: Duration,
    /// The longest a single statement may run.
    pub statement_timeout: Duration,
}

impl Request {
    /// Everything, with the waits of [`Limits::default`].
    #[must_use]
    pub fn new(label: impl Into<String>) -> Self {
        let Limits { lock_timeout, statement_timeout, .. } = Limits::default();
        Self {
            label: label.into(),
            dimensions: Dimension::ALL.to_vec(),
            roles: BTreeMap::new(),
            history: None,
            reference: Vec::new(),
            secret: None,
            values: false,
            needs: true,
            lock_timeout,
            statement_timeout,
        }
    }

    /// How long its sessions may wait, for what.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits { lock_timeout: self.lock_timeout, statement_timeout: self.statement_timeout, ..Limits::default() }
    }
}

/// How long a session may wait, for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub lock_timeout: Duration,
    pub statement_timeout: Duration,
    /// How long the server keeps the session while we say nothing: a frozen evenkeel must not hold back vacuum or purge.
    pub idle_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { lock_timeout: Duration::from_secs(2), statement_timeout: Duration::from_secs(60), idle_timeout: Duration::from_secs(120) }
    }
}

/// What goes on in an environment, in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flights {
    pub seen: Vec<String>,
    /// What the role may not see, with what cures it.
    pub hidden: Vec<String>,
}

/// How the clients of a server get on. What is not visible is nothing, and is never taken for well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Vitals {
    /// Connections that are taken, and how many there may be.
    pub connections: Option<(u64, u64)>,
    /// Transactions of the database (of the server, on MySQL and MariaDB) that have ended so far: committed, rolled back.
    pub ended: Option<(u64, u64)>,
}

/// A live environment of one engine.
pub trait Environment: Send + Sync {
    /// Reads the environment. Never writes, never waits without a bound.
    ///
    /// # Errors
    /// The server cannot be reached, refuses, or goes away. What is merely not visible is a gap, not an error.
    fn capture(&self, request: &Request, watch: &Watch<'_>) -> Result<Manifest, Box<Trouble>>;

    /// The script that makes a role able to capture everything.
    ///
    /// # Errors
    /// As for `capture`.
    fn grants(&self, request: &Request, role: Option<&str>, watch: &Watch<'_>) -> Result<String, Box<Trouble>>;

    /// Has queries prepared and planned; none is run, and nothing is written.
    ///
    /// # Errors
    /// The server cannot be reached, or goes away; there is no such role; such servers are not asked yet.
    fn prepare(&self, _: &Inquiry<'_>, _: &Watch<'_>) -> Result<Answers, Box<Trouble>> {
        let trouble = Trouble::new(Class::Configuration, format!("queries cannot be prepared on {}", self.describe()));
        Err(Box::new(trouble.expected("a PostgreSQL server").found("one that this version does not ask")))
    }

    /// Queries that clients have sent, as the server's statistics keep them.
    ///
    /// # Errors
    /// The server cannot be reached, or keeps none; such servers are not asked.
    fn noticed(&self, _: &Limits, _: &Watch<'_>) -> Result<Noticed, Box<Trouble>> {
        Err(Box::new(Trouble::new(Class::Configuration, format!("what clients have asked is not asked of {}", self.describe()))))
    }

    /// How many rows a query has, or what the server says against it. It runs read only and bounded; its rows are not looked at.
    ///
    /// # Errors
    /// The server cannot be reached, or goes away; such servers are not asked yet.
    fn rows(&self, _: &str, _: &Limits, _: &Watch<'_>) -> Result<Result<usize, String>, Box<Trouble>> {
        Ok(Err("such a server is not asked".to_owned()))
    }

    /// How long a piece of work takes that is the same on every server, in computing alone: it reads no table, and takes some seconds at the
    /// most.
    ///
    /// # Errors
    /// The server cannot be reached, goes away, or takes too long; such servers are not asked yet.
    fn probe(&self, _: &Limits, _: &Watch<'_>) -> Result<std::time::Duration, Box<Trouble>> {
        Err(Box::new(Trouble::new(Class::Configuration, format!("how fast it computes is not asked of {}", self.describe()))))
    }

    /// How the server's clients get on now.
    ///
    /// # Errors
    /// The server cannot be reached, or goes away; such servers are not asked yet.
    fn vitals(&self, _: &Limits, _: &Watch<'_>) -> Result<Vitals, Box<Trouble>> {
        Err(Box::new(Trouble::new(Class::Configuration, format!("how clients get on is not asked of {}", self.describe()))))
    }

    /// The vendor of the server.
    ///
    /// # Errors
    /// The server cannot be reached.
    fn vendor(&self, watch: &Watch<'_>) -> Result<crate::kind::Engine, Box<Trouble>> {
        let request = Request { dimensions: Vec::new(), ..Request::new(self.describe()) };
        Ok(self.capture(&request, watch)?.endpoint.engine)
    }

    /// What is in flight: locks of migration tools and of evenkeel, definitions that are being changed. Sessions that are named are not;
    /// locks that are made of the name of a table are known of the usual ones, and of those that are named.
    ///
    /// # Errors
    /// The server cannot be reached, or goes away; such servers are not asked yet.
    fn flights(&self, _: &Limits, _besides: &[u64], _tables: &[Tool<'_>], _: &Watch<'_>) -> Result<Flights, Box<Trouble>> {
        let trouble = Trouble::new(Class::Configuration, format!("what is in flight cannot be seen on {}", self.describe()));
        Err(Box::new(trouble.expected("a PostgreSQL server").found("one that this version does not ask")))
    }

    /// What a deployment would meet there now: copies that are being made, long transactions, replicas, connections. Of transactions those
    /// that hold something of these tables, by schema and name; of all where none is named.
    ///
    /// # Errors
    /// The server cannot be reached, or goes away; such servers are not asked yet.
    fn traffic(&self, _tables: &[(String, String)], _: &Limits, _: &Watch<'_>) -> Result<Traffic, Box<Trouble>> {
        Err(Box::new(Trouble::new(Class::Configuration, format!("what a deployment would meet is not asked of {}", self.describe()))))
    }

    /// How far it is behind what it follows, as a replica says of itself; nothing where it does not say.
    ///
    /// # Errors
    /// The server cannot be reached, or goes away.
    fn behind(&self, _: &Limits, _: &Watch<'_>) -> Result<Option<Duration>, Box<Trouble>> {
        Ok(None)
    }

    /// The course of things that the server is on: another one once a server took its place ([`Deployer::course`]). Nothing where such a
    /// server does not say.
    ///
    /// # Errors
    /// The server cannot be reached, or goes away.
    fn course(&self, _: &Watch<'_>) -> Result<Option<String>, Box<Trouble>> {
        Ok(None)
    }

    /// How long a session waits for a lock there where nobody sets anything; nothing where that is for ever, or not told.
    ///
    /// # Errors
    /// The server cannot be reached, or goes away; such servers are not asked yet.
    fn own_bound(&self, _: &Watch<'_>) -> Result<Option<Duration>, Box<Trouble>> {
        Err(Box::new(Trouble::new(Class::Configuration, format!("how long sessions wait is not asked of {}", self.describe()))))
    }

    /// Sessions of these roles on the database, but for our own: each in words. A role that is not there is an error, and never nobody.
    ///
    /// # Errors
    /// The server cannot be reached, or goes away; there is no such role; such servers are not asked yet.
    fn sessions_of(&self, _roles: &[String], _: &Limits, _: &Watch<'_>) -> Result<Vec<String>, Box<Trouble>> {
        let trouble = Trouble::new(Class::Configuration, format!("sessions of roles are not looked for on {}", self.describe()));
        Err(Box::new(trouble.expected("a PostgreSQL server").found("one that this version does not ask")))
    }

    /// How many rows tables have, and how many values columns that are not NULL: each by schema, table and, for a column, its name. What
    /// cannot be counted in time, or may not be, says why.
    ///
    /// # Errors
    /// The server cannot be reached, or goes away; such servers are not asked yet.
    fn filled(&self, _of: &[Vec<String>], _: &Limits, _: &Watch<'_>) -> Result<Vec<Result<u64, String>>, Box<Trouble>> {
        Err(Box::new(Trouble::new(Class::Configuration, format!("how many rows tables have is not asked of {}", self.describe()))))
    }

    /// How often a table was used, by the server's own counts; why it does not count that.
    ///
    /// # Errors
    /// The server cannot be reached, or goes away.
    fn used(&self, _schema: &str, _table: &str, _: &Limits, _: &Watch<'_>) -> Result<Result<Used, String>, Box<Trouble>> {
        Ok(Err(format!("how often a table is used is not asked of {}", self.describe())))
    }

    /// How many rows a condition is true of, in one statement that reads only; what the server says against it, or why it was not counted in
    /// time. Zero where it is only to be read.
    ///
    /// # Errors
    /// The server cannot be reached, or goes away; such servers are not asked yet.
    fn meeting(&self, _of: &Condition, _: &Limits, _: &Watch<'_>) -> Result<Result<u64, String>, Box<Trouble>> {
        Err(Box::new(Trouble::new(Class::Configuration, format!("rows of a condition are not counted on {}", self.describe()))))
    }

    /// How many rows refer to one that is not there, by foreign keys, each by schema, table and its name. What cannot be counted in time, or
    /// may not be, says why.
    ///
    /// # Errors
    /// The server cannot be reached, or goes away; such servers are not asked yet.
    fn orphans(&self, _keys: &[Vec<String>], _: &Limits, _: &Watch<'_>) -> Result<Vec<Result<u64, String>>, Box<Trouble>> {
        Err(Box::new(Trouble::new(Class::Configuration, format!("references of rows are not looked at on {}", self.describe()))))
    }

    /// Copies what is in its tables into those of a throwaway server of its family, by that one's URL: read only, as of one moment, each table
    /// within the limits, with no more of it in memory than what is under way. A table whose rows cannot be read, or do not fit, stays empty
    /// and is told without a value; rows that refer to one that did not come along are left out, and counted.
    ///
    /// # Errors
    /// One of both cannot be reached, or goes away; the end was asked for; rows of such servers are not copied.
    fn pour(&self, _into: &str, _: &Limits, _: &Watch<'_>) -> Result<Vec<Filled>, Box<Trouble>> {
        let trouble = Trouble::new(Class::Configuration, format!("rows of {} are not copied", self.describe()));
        Err(Box::new(
            trouble.expected("a PostgreSQL, MySQL or MariaDB database").fix("leave --data out; or bring rows with a dump: --dump FILE"),
        ))
    }

    /// When things became as they are, and whose work that was, as far as the server can say.
    ///
    /// # Errors
    /// The server cannot be reached, or goes away.
    fn origins(&self, sought: &Sought<'_>, _: &Watch<'_>) -> Result<Origins, Box<Trouble>> {
        Ok(Origins::none(sought.spots.len()))
    }

    /// What stands in a register of the environment itself.
    ///
    /// # Errors
    /// The server cannot be reached, or goes away.
    fn registered(&self, _: &Register, _: &Limits, _: &Watch<'_>) -> Result<Registered, Box<Trouble>> {
        Ok(Registered::NotKept)
    }

    /// Statements of one transaction that write that row, in place of the one that stands where there is to be one; or take away whichever
    /// does. What they need is made where it is not.
    fn register_statements(&self, _: &Register, _is_made: bool, _: Option<&RegisterRow>) -> Vec<String> {
        Vec::new()
    }

    /// The parity lock that stands in the environment itself.
    ///
    /// # Errors
    /// The server cannot be reached, or goes away.
    fn parity(&self, limits: &Limits, watch: &Watch<'_>) -> Result<OnTarget, Box<Trouble>> {
        Ok(OnTarget::of(&self.registered(&PARITY_LOCK, limits, watch)?))
    }

    /// Claims the right to write to it.
    ///
    /// # Errors
    /// The server cannot be reached, lets nobody write, or keeps no session as it is (a pooler); nobody writes to such a server.
    fn claim<'a>(&self, _: &Wish<'a>, _: &Watch<'_>) -> Result<Claimed<'a>, Box<Trouble>> {
        let trouble = Trouble::new(Class::Configuration, format!("nothing is written to {}", self.describe()));
        Err(Box::new(trouble.expected("a PostgreSQL, MySQL or MariaDB server").found("one to which this version does not write")))
    }

    /// Where it is, without secrets.
    fn describe(&self) -> String;
}

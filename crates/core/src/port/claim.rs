//! The right to write to an environment, for as long as it is held.
//!
//! Lives here: what is asked of an engine before anything is written where it counts. A claim needs an intention that is on the disk
//! ([`Intended`]), and a session that may write is had of a claim alone. It holds evenkeel's own lock on the target, so that no two
//! evenkeels write to it, whatever store each has, and the lock of the tool that migrates it, where that has one. Does not live
//! here: when a claim is wanted, and what is looked at before (`pipeline`).

use super::Limits;
use super::intended::Intended;
use super::journal::Entry;
use super::session::Session;
use crate::fault::Trouble;
use std::time::Duration;

/// What is claimed.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    pub intended: &'a Intended<'a>,
    pub tool: Option<Tool<'a>>,
    /// For how long locks that others hold are asked for again. None is ever waited for on the server.
    pub patience: Duration,
    /// Of every session.
    pub limits: Limits,
    /// What runs took that are gone and did not give it back.
    pub orphaned: &'a [Orphan],
}

/// What a run took on the target that is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orphan {
    /// As it was told to [`Intended::takes`].
    pub what: String,
    /// What that run's sessions were called.
    pub name: String,
    /// Its process.
    pub pid: u32,
}

impl Orphan {
    /// What a run that is gone did not give back.
    #[must_use]
    pub fn of(entry: &Entry) -> Vec<Self> {
        let name = Entry::called(entry.number, &entry.letters);
        let one = |what: &String| Self { what: what.clone(), name: name.clone(), pid: entry.intention.owner.pid };
        entry.held.iter().map(one).collect()
    }
}

/// A tool, and where it records: its lock may be made of that.
#[derive(Debug, Clone, Copy)]
pub struct Tool<'a> {
    /// The migration tool.
    pub name: &'a str,
    /// The table in which it records, by schema and name.
    pub schema: &'a str,
    pub table: &'a str,
}

impl Tool<'_> {
    /// Whether it is that one: some tables are recognised as one of several tools'.
    #[must_use]
    pub fn may_be(&self, tool: &str) -> bool {
        self.name.split(" or ").any(|name| name == tool)
    }
}

/// Whether it was to be had.
pub enum Claimed<'a> {
    Held(Box<dyn Claim + 'a>),
    /// Somebody else has it: which lock, and who, in words.
    Taken(String),
}

/// It is held until it is released or dropped.
pub trait Claim: Send {
    /// What is held, each in words.
    fn holds(&self) -> Vec<String>;

    /// What the server calls the sessions that hold it.
    fn sessions(&self) -> Vec<u64>;

    /// That all of it is held still.
    ///
    /// # Errors
    /// It is not, or nobody can tell: then nothing more may be written.
    fn check(&mut self) -> Result<(), Box<Trouble>>;

    /// Opens a session that may write, which begins with these statements. Nothing in it waits longer than the wish says, in a
    /// transaction or outside of one, whatever these statements set.
    ///
    /// # Errors
    /// The server cannot be reached, lets nobody write, or refuses how the session begins.
    fn session(&mut self, opening: &[&str]) -> Result<Box<dyn Session>, Box<Trouble>>;

    /// Gives everything back.
    ///
    /// # Errors
    /// Something could not be given back: what, and how to do it.
    fn release(self: Box<Self>) -> Result<(), Box<Trouble>>;
}

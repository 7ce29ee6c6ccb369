//! Statements that run where it counts, in a transaction that is given up: what such a server says of that before, meanwhile and after.
//!
//! Lives here: what is asked. Does not live here: when and in which order (`pipeline`), how a server is asked (`rollback` of each engine),
//! looking at the session meanwhile (`observe`).

use super::{Refused, Session};
use crate::fault::Trouble;
use crate::trace::Trace;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A statement that is meant to run, as it was seen to run on a throwaway server.
#[derive(Debug, Clone, Copy)]
pub struct Meant<'a> {
    pub text: &'a str,
    /// Relations that were there before and that it locked, by their names as a person writes them.
    pub touched: &'a BTreeSet<String>,
    /// It reads or changes rows: what hangs on these runs with it.
    pub is_data: bool,
}

/// What may become of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum May {
    /// It runs, and a rollback undoes it.
    Run,
    /// The same, and where it is kept it holds for what comes after it in the session.
    Sets,
    /// It is left out, and the rest does the same without it: why.
    Skip(String),
    /// It does not run where it counts: why.
    Not(String),
}

/// A relation, as far as its room matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Room {
    /// With its indexes and large values.
    pub all: u64,
    /// Without its indexes.
    pub own: u64,
    /// What planners take for its number of rows; nothing where nobody has counted.
    pub estimate: Option<u64>,
}

/// How a session stands to its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Open,
    /// A statement was refused; it can only be given up.
    Failed,
    /// There is none.
    None,
}

/// Runs what is given up again.
pub trait Rollback: Sync {
    /// Why nothing at all may run at that place; nothing where that is not so.
    ///
    /// # Errors
    /// The session is lost, or refuses: nobody can tell.
    fn forbids(&self, session: &mut dyn Session) -> Result<Option<String>, Box<Trouble>>;

    /// What may become of each statement of one transaction, in order. What is not known to be undone may not run.
    ///
    /// # Errors
    /// As [`Rollback::forbids`].
    fn may(&self, session: &mut dyn Session, statements: &[Meant<'_>]) -> Result<Vec<May>, Box<Trouble>>;

    /// The room of relations, by their names as a person writes them; what is not there is missing. It waits for locks.
    ///
    /// # Errors
    /// As [`Rollback::forbids`].
    fn rooms(&self, session: &mut dyn Session, relations: &BTreeSet<String>) -> Result<BTreeMap<String, Room>, Box<Trouble>>;

    /// Bytes that a statement writes there at the most, its log with it, judged by what it did elsewhere and by the room of relations; why
    /// nobody can tell.
    ///
    /// # Errors
    /// It is not known.
    fn writes(&self, trace: &Trace, rooms: &BTreeMap<String, Room>) -> Result<u64, String>;

    /// Bytes that the server has written to its log so far, whoever made it.
    ///
    /// # Errors
    /// As [`Rollback::forbids`].
    fn written(&self, session: &mut dyn Session) -> Result<u64, Box<Trouble>>;

    /// Bytes of the catalog of definitions.
    ///
    /// # Errors
    /// As [`Rollback::forbids`].
    fn catalog(&self, session: &mut dyn Session) -> Result<u64, Box<Trouble>>;

    /// Where sequences stand, by name; nothing of one that the role may not see.
    ///
    /// # Errors
    /// As [`Rollback::forbids`].
    fn sequences(&self, session: &mut dyn Session) -> Result<BTreeMap<String, Option<String>>, Box<Trouble>>;

    /// What stays on a server when a transaction is given up and its session ends, each by its name: slots, prepared transactions.
    ///
    /// # Errors
    /// As [`Rollback::forbids`].
    fn lasting(&self, session: &mut dyn Session) -> Result<BTreeSet<String>, Box<Trouble>>;

    /// What the role of the session is not shown of others, with what cures it.
    ///
    /// # Errors
    /// As [`Rollback::forbids`].
    fn hidden(&self, session: &mut dyn Session) -> Result<Option<String>, Box<Trouble>>;

    /// Opens a transaction as that role, with these settings, in which nothing waits longer than that.
    ///
    /// # Errors
    /// The session is lost, or refuses.
    fn begin(&self, session: &mut dyn Session, opening: &Opening<'_>) -> Result<(), Box<Trouble>>;

    /// How the session stands to its transaction.
    ///
    /// # Errors
    /// The session is lost.
    fn standing(&self, session: &mut dyn Session) -> Result<Standing, Box<Trouble>>;

    /// Ends the statement that another session runs, or that session.
    ///
    /// # Errors
    /// As [`Rollback::forbids`].
    fn end(&self, session: &mut dyn Session, other: u64, whole: bool) -> Result<(), Box<Trouble>>;

    /// A refusal in words without anything that may be in rows: those are not made up there.
    fn said(&self, refused: &Refused) -> String;

    /// Whether a refusal of that code says that it took too long or waited too long, and nothing of the statement itself.
    fn is_bound(&self, code: &str) -> bool;
}

/// How a transaction begins.
#[derive(Debug, Clone, Copy)]
pub struct Opening<'a> {
    /// Nothing where the session has it already.
    pub role: Option<&'a str>,
    pub settings: &'a [(String, String)],
    pub lock: Duration,
    pub statement: Duration,
}

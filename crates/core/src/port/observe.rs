//! Looking at what a session does to its server, from inside and from a second one.
//!
//! Lives here: what is asked. Does not live here: what follows from it (`trace`), how a server is asked (`observe` of each engine).

use super::Session;
use crate::fault::{Class, Trouble};
use crate::statement::Statement;
use crate::trace::{Bounds, Files, Logged, Look, Map, Sample, Spilled};
use std::collections::BTreeMap;

/// Reads what a server writes into its log, line after line.
pub trait LogReader {
    /// The next line.
    fn line(&mut self, line: &str);

    /// What the lines said.
    fn read(self: Box<Self>) -> Log;
}

/// Reads nothing.
#[derive(Debug, Clone, Copy)]
pub struct NoLog;

impl LogReader for NoLog {
    fn line(&mut self, _: &str) {}

    fn read(self: Box<Self>) -> Log {
        Log::default()
    }
}

/// What a log said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    /// Waits that have ended.
    pub waits: Vec<Logged>,
    /// Temporary files that are gone.
    pub spilled: Vec<Spilled>,
    /// There was more than is kept.
    pub is_cut: bool,
}

/// Looks at sessions of one family of servers. It changes nothing, and waits for no lock that others hold.
pub trait Observer: Sync {
    /// Every relation of the database that the session is in, as it sees them.
    ///
    /// # Errors
    /// The session is lost, or refuses.
    fn map(&self, session: &mut dyn Session) -> Result<Map, Box<Trouble>>;

    /// What the session itself holds and has done.
    ///
    /// # Errors
    /// As [`Observer::map`].
    fn look(&self, session: &mut dyn Session) -> Result<Look, Box<Trouble>>;

    /// What another session, by its number, holds and waits for, as `watcher` sees it.
    ///
    /// # Errors
    /// As [`Observer::map`].
    fn sample(&self, watcher: &mut dyn Session, session: u64) -> Result<Sample, Box<Trouble>>;

    /// Who keeps another session, by its number, waiting now: their numbers and what they call themselves.
    ///
    /// # Errors
    /// As [`Observer::map`].
    fn blockers(&self, watcher: &mut dyn Session, session: u64) -> Result<Vec<(u64, String)>, Box<Trouble>>;

    /// How long the server lets the session wait.
    ///
    /// # Errors
    /// As [`Observer::map`].
    fn bounds(&self, session: &mut dyn Session) -> Result<Bounds, Box<Trouble>>;

    /// The columns of every table by the server's numbers, of table and column, with their names as a person writes them: one that was
    /// dropped and made anew has another number, one that was renamed has not.
    ///
    /// # Errors
    /// As [`Observer::map`].
    fn columns(&self, session: &mut dyn Session) -> Result<BTreeMap<(u64, u64), String>, Box<Trouble>>;

    /// Takes a lock on a relation, by its name as a person writes it, as one has who writes there; the session's transaction holds it.
    ///
    /// # Errors
    /// As [`Observer::map`].
    fn write_to(&self, session: &mut dyn Session, relation: &str) -> Result<(), Box<Trouble>>;

    /// Opens a transaction that has read those relations, or may write to them, and stays as it is: what came later is not seen in it.
    ///
    /// # Errors
    /// As [`Observer::map`].
    fn linger(&self, session: &mut dyn Session, relations: &[String], writes: bool) -> Result<(), Box<Trouble>>;

    /// Has the server write into its log how long sessions wait that are opened on that database from now on, and what they put into
    /// temporary files; or has it no more. `session` is the superuser's, on another database or on that one.
    ///
    /// # Errors
    /// As [`Observer::map`].
    fn logs(&self, session: &mut dyn Session, database: &str, logs: bool) -> Result<(), Box<Trouble>>;

    /// Whether a session's temporary files are in the log as [`Observer::logs`] has them: what its role sets for itself stands above
    /// that.
    ///
    /// # Errors
    /// As [`Observer::map`].
    fn is_logged(&self, session: &mut dyn Session) -> Result<bool, Box<Trouble>>;

    /// Has the server say of sessions on that database why a statement writes a relation anew, which [`Look::rewritten`] has then; or has
    /// it say so no more, and leaves nothing of that. Whether it can. `session` is the superuser's, on that database.
    ///
    /// # Errors
    /// As [`Observer::map`].
    fn explains(&self, _session: &mut dyn Session, _explains: bool) -> Result<bool, Box<Trouble>> {
        Ok(false)
    }

    /// Whether a statement may write relations anew for a reason that the server says, and does not look itself at what has it say so.
    fn is_explained(&self, _statement: &Statement, _text: &str) -> bool {
        false
    }

    /// How far the log of the server is that the session is on: written, or replayed where it follows another.
    ///
    /// # Errors
    /// As [`Observer::map`].
    fn position(&self, session: &mut dyn Session) -> Result<u64, Box<Trouble>> {
        let trouble = Trouble::new(Class::Internal, format!("session {} is not asked how far its log is", session.id()));
        Err(Box::new(trouble.found("an observer that does not ask that")))
    }

    /// Who reads such a server's log.
    fn reader(&self) -> Box<dyn LogReader>;

    /// The function that says where a sequence stands.
    fn moves(&self) -> &'static str;

    /// What another file of a relation means after a statement of that tag.
    fn files(&self, tag: &str) -> Files;
}

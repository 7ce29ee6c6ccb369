//! Marks of a release's end: the parity lock, and what was verified. Neighbour: `store`, which keeps them; `deployment::lock` judges.

use super::journal::Entry;
use jiff::Timestamp;

/// That an environment is to stay as it was when it was locked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParityLock {
    /// As it is configured.
    pub environment: String,
    /// Server and database, without secrets.
    pub target: String,
    /// Of its schema, column order counted; made by that version of the canonical encoding.
    pub digest: String,
    pub canonical: u32,
    /// `user@host`, or as that user wants to be called.
    pub holder: String,
    /// RFC 3339, in UTC.
    pub since: String,
    pub until: String,
    pub reason: Option<String>,
    /// Nothing as long as nobody took it away.
    pub released: Option<Released>,
}

/// That a lock was taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// RFC 3339, in UTC.
    pub at: String,
    pub by: String,
    pub reason: Option<String>,
}

impl ParityLock {
    /// Who, why and until when, as a person reads it.
    #[must_use]
    pub fn words(&self) -> String {
        let Self { environment, holder, since, until, reason, .. } = self;
        let why = reason.as_ref().map_or_else(|| "no reason is given".to_owned(), Clone::clone);
        format!("{environment} is locked by {holder} since {since} until {until}: {why}")
    }
}

/// What an environment itself says of a parity lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnTarget {
    /// None is kept in such environments.
    NotKept,
    /// None stands; whether there is a place for one.
    Free {
        is_made: bool,
    },
    Held(Box<ParityLock>),
    /// Why nobody can tell.
    Untold(String),
}

/// What somebody found who verified an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// As it is configured.
    pub environment: String,
    /// RFC 3339, in UTC.
    pub at: String,
    pub by: String,
    /// Every gate held; else one was closed. What could not be told is none.
    pub holds: bool,
    /// Of the schema that was seen, where it was.
    pub digest: Option<String>,
    /// The verdict in one line.
    pub words: String,
}

impl Verification {
    /// Whether somebody found it after that run had ended.
    #[must_use]
    pub fn is_since(&self, run: &Entry) -> bool {
        let ended = run.ended.as_ref().map(|ended| ended.at.parse::<Timestamp>());
        matches!((self.at.parse::<Timestamp>(), ended), (Ok(at), Some(Ok(ended))) if at >= ended)
    }
}

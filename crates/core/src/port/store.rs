//! What is kept between runs: marks that every gate honours, locks, the journal of what was to be done and what came of it, and evidence of what
//! was rehearsed.

use super::journal::{Ending, Entry, Intention, State, Trail};
use super::lock::{ParityLock, Released, Verification};
use crate::fault::Trouble;

/// That nothing may be done to an environment until somebody takes the mark away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halt {
    /// As it is configured.
    pub environment: String,
    /// RFC 3339, in UTC.
    pub since: String,
    pub by: String,
    pub reason: String,
}

impl Halt {
    /// As a person reads it.
    #[must_use]
    pub fn words(&self) -> String {
        format!("{} is halted since {} by {}: {}", self.environment, self.since, self.by, self.reason)
    }
}

/// Evidence of a rehearsal, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What it is meant for, as it is configured.
    pub environment: String,
    /// RFC 3339, in UTC.
    pub at: String,
    pub by: String,
    /// The envelope, whole.
    pub text: String,
}

/// Keeps marks, locks, the journal and evidence. What is written is kept when a call returns: a crash of the machine takes nothing of it.
pub trait Store: Sync {
    /// The mark of an environment.
    ///
    /// # Errors
    /// The store cannot be read: nobody can tell whether it is halted.
    fn halted(&self, environment: &str) -> Result<Option<Halt>, Box<Trouble>>;

    /// Sets it; where one stands already that one stays.
    ///
    /// # Errors
    /// The store cannot be written.
    fn halt(&self, halt: &Halt) -> Result<(), Box<Trouble>>;

    /// Takes it away; tells whether there was one.
    ///
    /// # Errors
    /// The store cannot be written.
    fn resume(&self, environment: &str) -> Result<bool, Box<Trouble>>;

    /// The last parity locks of an environment, the newest first; at most the first is not released.
    ///
    /// # Errors
    /// The store cannot be read: nobody can tell whether it is locked.
    fn locks(&self, environment: &str, most: u32) -> Result<Vec<ParityLock>, Box<Trouble>>;

    /// Locks an environment: in place of a lock that is `instead`, or where none stands. Where another does, that one is told and
    /// nothing is written.
    ///
    /// # Errors
    /// The store cannot be written.
    fn lock(&self, lock: &ParityLock, instead: Option<&ParityLock>) -> Result<Option<ParityLock>, Box<Trouble>>;

    /// Takes that lock away; tells whether it stood.
    ///
    /// # Errors
    /// The store cannot be written.
    fn unlock(&self, lock: &ParityLock, released: &Released) -> Result<bool, Box<Trouble>>;

    /// Keeps what somebody found who verified an environment.
    ///
    /// # Errors
    /// The store cannot be written.
    fn note(&self, verification: &Verification) -> Result<(), Box<Trouble>>;

    /// The last verifications of an environment, the newest first.
    ///
    /// # Errors
    /// The store cannot be read.
    fn verifications(&self, environment: &str, most: u32) -> Result<Vec<Verification>, Box<Trouble>>;

    /// Writes down what is going to be done. The environment is that run's from then on, until its end: where it is another's that has
    /// not ended and is none of `gone`, as they were read, that one is told and nothing is written.
    ///
    /// # Errors
    /// The store cannot be written: then nothing may be done.
    fn intend(&self, intention: &Intention, gone: &[&Entry]) -> Result<Written, Box<Trouble>>;

    /// Gives a sign of life of a run; whether its environment is its own still. One that nobody has become its own again.
    ///
    /// # Errors
    /// The store cannot be written.
    fn beat(&self, run: u32) -> Result<bool, Box<Trouble>>;

    /// Says how an act of a run stands. None begins (unknown, without words) where the environment is another run's by now.
    ///
    /// # Errors
    /// The store cannot be written; there is no such act; the environment is another run's.
    fn mark(&self, run: u32, act: u32, state: State, words: Option<&str>) -> Result<(), Box<Trouble>>;

    /// Says by what it can be told later what became of an act; what was said before stays where nothing is said now.
    ///
    /// # Errors
    /// The store cannot be written.
    fn trail(&self, run: u32, act: u32, trail: &Trail) -> Result<(), Box<Trouble>>;

    /// Says that something is taken on the target that has to be given back, or that it was.
    ///
    /// # Errors
    /// The store cannot be written.
    fn hold(&self, run: u32, what: &str, is_held: bool) -> Result<(), Box<Trouble>>;

    /// Says how a run ended; its environment is nobody's then.
    ///
    /// # Errors
    /// The store cannot be written.
    fn end(&self, run: u32, ending: Ending, words: &str) -> Result<(), Box<Trouble>>;

    /// The last runs, the newest first; of one environment, where it is named.
    ///
    /// # Errors
    /// The store cannot be read.
    fn runs(&self, environment: Option<&str>, most: u32) -> Result<Vec<Entry>, Box<Trouble>>;

    /// The last deployments and ways back of an environment that did something, or are at it, the newest first.
    ///
    /// # Errors
    /// The store cannot be read.
    fn releases(&self, environment: &str, most: u32) -> Result<Vec<Entry>, Box<Trouble>>;

    /// One run.
    ///
    /// # Errors
    /// The store cannot be read.
    fn run(&self, number: u32) -> Result<Option<Entry>, Box<Trouble>>;

    /// Runs behind that number, the oldest first.
    ///
    /// # Errors
    /// The store cannot be read.
    fn after(&self, number: u32, most: u32) -> Result<Vec<Entry>, Box<Trouble>>;

    /// Environments of which anything is kept, in the order of their names.
    ///
    /// # Errors
    /// The store cannot be read.
    fn environments(&self) -> Result<Vec<String>, Box<Trouble>>;

    /// Removes what is older than that moment (RFC 3339, in UTC) and that nobody will ask for: never a halt, a lock that stands, a run that
    /// did not end or holds something, the releases since the last that came to its end and that one itself, its evidence, or the newest
    /// evidence and verification of an environment.
    ///
    /// # Errors
    /// The store cannot be written.
    fn prune(&self, before: &str) -> Result<Pruned, Box<Trouble>>;

    /// Runs of an environment of which nobody said how they ended, the newest first.
    ///
    /// # Errors
    /// The store cannot be read.
    fn unfinished(&self, environment: &str) -> Result<Vec<Entry>, Box<Trouble>>;

    /// Runs of an environment that took something and did not give it back, ended or not, however long ago, the newest first.
    ///
    /// # Errors
    /// The store cannot be read.
    fn holding(&self, environment: &str) -> Result<Vec<Entry>, Box<Trouble>>;

    /// Keeps evidence.
    ///
    /// # Errors
    /// The store cannot be written.
    fn keep(&self, evidence: &Kept) -> Result<(), Box<Trouble>>;

    /// The last evidence for an environment, the newest first.
    ///
    /// # Errors
    /// The store cannot be read.
    fn kept(&self, environment: &str, most: u32) -> Result<Vec<Kept>, Box<Trouble>>;

    /// Where it is.
    fn describe(&self) -> String;

    /// Whether other machines keep theirs there too.
    fn is_shared(&self) -> bool {
        false
    }
}

/// What came of writing an intention down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// The number of the run, and letters that tell it from those of other stores.
    Run { number: u32, letters: String },
    /// Another run has the environment.
    Held(Box<Entry>),
}

/// How many of each were removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    pub runs: u64,
    pub evidence: u64,
    pub locks: u64,
    pub verifications: u64,
}

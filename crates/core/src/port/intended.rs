//! An intention that is on the disk: the one way to a claim (`claim`), and what is said of its acts. Neighbour: `journal`, the nouns.

use super::journal::{Ending, Entry, Intention, State, Trail};
use super::store::{Store, Written};
use crate::fault::Trouble;

/// An intention that is on the disk.
pub struct Intended<'a> {
    store: &'a dyn Store,
    number: u32,
    letters: String,
    pid: u32,
}

impl<'a> Intended<'a> {
    /// Writes it; the run that has the environment, where another does and is none of those that are gone.
    ///
    /// # Errors
    /// It could not be kept: then nothing may be done.
    pub fn write(store: &'a dyn Store, intention: &Intention, gone: &[&Entry]) -> Result<Result<Self, Box<Entry>>, Box<Trouble>> {
        Ok(match store.intend(intention, gone)? {
            Written::Run { number, letters } => Ok(Self { store, number, letters, pid: intention.owner.pid }),
            Written::Held(entry) => Err(entry),
        })
    }

    /// Gives a sign of life; whether the environment is this run's still.
    ///
    /// # Errors
    /// It could not be kept.
    pub fn beats(&self) -> Result<bool, Box<Trouble>> {
        self.store.beat(self.number)
    }

    #[must_use]
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// The process that does it.
    #[must_use]
    pub const fn pid(&self) -> u32 {
        self.pid
    }

    /// What its sessions are called on the server: other stores have runs of the same number.
    #[must_use]
    pub fn name(&self) -> String {
        Entry::called(self.number, &self.letters)
    }

    /// Says that an act begins.
    ///
    /// # Errors
    /// It could not be kept: then it may not begin.
    pub fn begins(&self, act: u32) -> Result<(), Box<Trouble>> {
        self.store.mark(self.number, act, State::Unknown, None)
    }

    /// Says by what it can be told later what became of an act.
    ///
    /// # Errors
    /// It could not be kept: then it may not go on.
    pub fn leaves(&self, act: u32, trail: &Trail) -> Result<(), Box<Trouble>> {
        self.store.trail(self.number, act, trail)
    }

    /// Says what became of an act.
    ///
    /// # Errors
    /// It could not be kept.
    pub fn became(&self, act: u32, state: State, words: Option<&str>) -> Result<(), Box<Trouble>> {
        self.store.mark(self.number, act, state, words)
    }

    /// Says that something is going to be taken on the target that does not go away with its session.
    ///
    /// # Errors
    /// It could not be kept: then it may not be taken.
    pub fn takes(&self, what: &str) -> Result<(), Box<Trouble>> {
        self.store.hold(self.number, what, true)
    }

    /// Says that it was given back.
    ///
    /// # Errors
    /// It could not be kept.
    pub fn gave(&self, what: &str) -> Result<(), Box<Trouble>> {
        self.store.hold(self.number, what, false)
    }

    /// Says how the run ended.
    ///
    /// # Errors
    /// It could not be kept.
    pub fn ended(&self, ending: Ending, words: &str) -> Result<(), Box<Trouble>> {
        self.store.end(self.number, ending, words)
    }
}

impl std::fmt::Debug for Intended<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Intended").field("name", &self.name()).finish_non_exhaustive()
    }
}

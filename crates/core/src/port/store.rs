//! What is kept between runs: marks that every gate honours.

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

/// Keeps marks. What is written is kept when a call returns.
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

    /// Where it is.
    fn describe(&self) -> String;
}

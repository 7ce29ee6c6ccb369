//! The admin console of a pooler that stands before a server. Neighbours: `engine`, which knows how it is spoken to; `adapters`, which say what.

use crate::fault::Trouble;
use std::collections::BTreeMap;
use std::time::Duration;

/// A row of what it answers, by the names of its columns. What is NULL is not there.
pub type ConsoleRow = BTreeMap<String, String>;

/// Speaks with one.
pub trait Console: Send + Sync {
    /// Where it is, without secrets.
    fn describe(&self) -> String;

    /// One command, in a session of its own that waits no longer than that.
    ///
    /// # Errors
    /// It cannot be reached, refuses the command, or has not answered by then: then nobody knows what becomes of it.
    fn say(&self, command: &str, within: Duration) -> Result<Vec<ConsoleRow>, Box<Trouble>>;
}

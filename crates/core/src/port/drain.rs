//! Keeping clients out for a while. Neighbours: `console`, by which a pooler is told; `journal`, in which it stands that they are kept out.

use super::journal::Entry;
use super::watch::Watch;
use crate::fault::Trouble;

/// Keeps clients away from a database.
pub trait Drain: Sync {
    /// Who does it, and of what, without secrets: as the journal has it.
    fn describe(&self) -> String;

    /// How a person lets them in again by hand.
    fn by_hand(&self) -> String;

    /// Keeps them out, and waits until none of them is at work; why not, where that took too long or somebody else keeps them out already.
    /// They are let in again then.
    ///
    /// # Errors
    /// It cannot be told, or does not answer; the end was asked for.
    fn close(&self, watch: &Watch<'_>) -> Result<Result<(), String>, Box<Trouble>>;

    /// Lets them in, where they are not, and reads back that they are.
    ///
    /// # Errors
    /// They are not, or nobody can tell.
    fn open(&self) -> Result<(), Box<Trouble>>;
}

/// Before the name of who keeps clients out, in what a run holds.
const KEPT_OUT: &str = "clients are kept out by ";

/// What a run holds while it has them kept out.
#[must_use]
pub fn kept_out(drain: &dyn Drain) -> String {
    format!("{KEPT_OUT}{}", drain.describe())
}

impl Entry {
    /// Who keeps clients out for it, of what it took and did not give back.
    pub fn keeps_out(&self) -> impl Iterator<Item = &str> {
        self.held.iter().filter_map(|held| held.strip_prefix(KEPT_OUT))
    }
}

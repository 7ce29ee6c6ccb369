//! Moving traffic. Neighbours: `deployment::breaker`, which says when; `adapters`, which know who moves it.

use crate::fault::Trouble;
use std::time::Duration;

/// Moves traffic, in hundredths, to what is new.
pub trait Shifter: Sync {
    /// Who moves it, without secrets.
    fn describe(&self) -> String;

    /// How it is spread now, in one line that [`Shifter::restore`] reads; nothing where nobody says it.
    ///
    /// # Errors
    /// Who moves it cannot be asked, or says what nobody understands.
    fn spread(&self) -> Result<Option<String>, Box<Trouble>>;

    /// The share that is moved now, in hundredths; nothing where nobody says it.
    ///
    /// # Errors
    /// Who moves it cannot be asked, or says what nobody understands.
    fn share(&self) -> Result<Option<f64>, Box<Trouble>> {
        Ok(None)
    }

    /// What is said for such a share, as a person reads it.
    fn words(&self, share: u8) -> Vec<String>;

    /// Moves that share, and reads back whether it is so where that can be read.
    ///
    /// # Errors
    /// It was not moved, or nobody can tell.
    fn shift(&self, share: u8) -> Result<(), Box<Trouble>>;

    /// Says how long the share that is moved is good from now on: after that time whoever moves traffic takes it back by itself, unless this is
    /// said again before. Nothing: for good. Whoever cannot keep such a time takes no notice.
    ///
    /// # Errors
    /// It was not said, or nobody can tell.
    fn lasts(&self, _share: u8, _time: Option<Duration>) -> Result<(), Box<Trouble>> {
        Ok(())
    }

    /// Spreads it as it was: as that line says, or none of it to what is new where there is no line.
    ///
    /// # Errors
    /// It is not so, or nobody can tell.
    fn restore(&self, spread: Option<&str>) -> Result<(), Box<Trouble>>;
}

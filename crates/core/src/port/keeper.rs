//! A database in which what is kept between runs may stand. Neighbours: `store`, which is kept there; `engine`, which knows such databases.

use super::session::Session;
use crate::fault::Trouble;

/// Opens sessions on it. What is said in one is said by [`Session::ask`], values apart from their statement.
pub trait Keeper: Send + Sync {
    /// A session under our own name, on a primary. No call of it waits without a bound, whatever the network does.
    ///
    /// # Errors
    /// It cannot be reached, or only follows another.
    fn session(&self) -> Result<Box<dyn Session>, Box<Trouble>>;

    /// Where it is, without secrets.
    fn describe(&self) -> String;

    /// Things worth a word before connecting.
    fn warnings(&self) -> Vec<String>;
}

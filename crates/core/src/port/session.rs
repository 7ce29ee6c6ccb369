//! A session that may write, and what a server answers. Neighbours: `workshop` opens them on throwaway servers, `claim` where it counts.

use super::Limits;
use crate::fault::{Class, Trouble, shortened};

/// A session that may write. Dropping it ends it, and what is not committed is gone.
pub trait Session: Send {
    /// What the server calls it: the backend's pid, the connection's id.
    fn id(&self) -> u64;

    /// Opens a transaction; until its end no statement waits longer than that.
    ///
    /// # Errors
    /// The connection is lost, or one is open already.
    fn begin(&mut self, bounds: &Limits) -> Result<(), Box<Trouble>>;

    /// Opens a transaction under the bounds that the session has by itself.
    ///
    /// # Errors
    /// The connection is lost, or one is open already.
    fn open(&mut self) -> Result<Answer, Box<Trouble>> {
        self.run("BEGIN")
    }

    /// Runs a statement, or several with `;` between them until one is refused. Outside of a transaction each is one of its own,
    /// or they are one together, as the server has it.
    ///
    /// # Errors
    /// The connection is lost: nobody knows what became of the statement.
    fn run(&mut self, statement: &str) -> Result<Answer, Box<Trouble>>;

    /// Runs one statement with values that are no part of its text, `$1` the first of them, each of them text; its rows as text,
    /// where it makes them so.
    ///
    /// # Errors
    /// The connection is lost: nobody knows what became of the statement; such a server takes none.
    fn ask(&mut self, statement: &str, _values: &[Option<&str>]) -> Result<Answer, Box<Trouble>> {
        Err(Box::new(Trouble::new(Class::Internal, "such a session takes no values beside a statement").found(shortened(statement))))
    }

    /// Runs a statement that takes rows from the client, with these rows.
    ///
    /// # Errors
    /// The connection is lost; such a server takes none.
    fn feed(&mut self, statement: &str, _rows: &str) -> Result<Answer, Box<Trouble>> {
        Err(Box::new(Trouble::new(Class::Internal, "such a server takes no rows behind a statement").found(shortened(statement))))
    }

    /// Becomes as it was when it was opened, with these settings for its time; whether it did. Where it did not it is of no use any more.
    ///
    /// # Errors
    /// The connection is lost.
    fn anew(&mut self, _settings: &[(String, String)]) -> Result<bool, Box<Trouble>> {
        Ok(false)
    }

    /// Commits, unless the server refuses; some refuse a transaction in which a statement was refused. It is then still to be
    /// rolled back.
    ///
    /// # Errors
    /// The connection is lost: nobody knows whether it is committed.
    fn commit(&mut self) -> Result<Answer, Box<Trouble>>;

    /// Gives the transaction up.
    ///
    /// # Errors
    /// The connection is lost.
    fn roll_back(&mut self) -> Result<(), Box<Trouble>>;
}

/// What a server says to a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Ran(Ran),
    Refused(Refused),
}

/// What came of a statement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ran {
    /// Its rows as text, of all statements where there were several.
    pub rows: Vec<Vec<Option<String>>>,
    /// How many rows were read or changed, by all of them.
    pub affected: u64,
}

/// Why a statement had no effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The server's: an SQLSTATE (PostgreSQL), an error number (MySQL, MariaDB).
    pub code: String,
    /// In the server's words.
    pub message: String,
    /// The character of the text at which the server points, counted from 1.
    pub position: Option<u32>,
}

impl Answer {
    /// What came of it, or nothing where it was refused.
    #[must_use]
    pub const fn ran(&self) -> Option<&Ran> {
        match self {
            Self::Ran(ran) => Some(ran),
            Self::Refused(_) => None,
        }
    }

    /// The server's code of a refusal.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Ran(_) => None,
            Self::Refused(refused) => Some(&refused.code),
        }
    }
}

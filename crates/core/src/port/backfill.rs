//! Statements that change a table part after part, in the order of a key, and what a session says to them.
//!
//! Lives here: what is asked. Does not live here: when, and how fast (`pipeline/backfill`); how a server is asked (`deploy/backfill` of each
//! engine).

use super::{Answer, Refused, Session};
use crate::fault::Trouble;
use crate::manifest::Object;

/// A column of a key, in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyColumn {
    pub name: String,
    /// As the manifest has it.
    pub of_type: String,
}

/// What is done to the rows of a part that need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// What stands behind SET.
    Set(String),
    /// A whole statement, in which [`Change::TODO`] stands for the rows.
    Statement(String),
}

impl Change {
    /// Where the condition goes that names the rows of a part that need it.
    pub const TODO: &str = "{todo}";
}

/// A table that is walked, and what is done to its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walked {
    /// Empty where names have none.
    pub schema: String,
    pub table: String,
    pub key: Vec<KeyColumn>,
    pub change: Change,
    /// Which rows need it.
    pub condition: String,
}

impl Walked {
    /// What changes the rows of which a condition is true: the table as SQL names it.
    #[must_use]
    pub fn changing(&self, table: &str, rows: &str) -> String {
        match &self.change {
            // Texts may end with a comment.
            Change::Set(set) => format!("UPDATE {table} SET {}\n WHERE {rows}", set.trim()),
            Change::Statement(text) => text.replace(Change::TODO, &format!("({rows})")),
        }
    }

    /// The same as a person reads it: of one part, by the columns of the key as SQL names them.
    #[must_use]
    pub fn shown(&self, table: &str, keys: &str) -> String {
        self.changing(table, &format!("<a part of {keys}> AND ({})", self.condition.trim()))
    }
}

/// From behind one key to another, that one included; from the beginning where there is none. Keys are texts, a value a column.
#[derive(Debug, Clone, Copy)]
pub struct Range<'a> {
    pub behind: Option<&'a [String]>,
    pub to: &'a [String],
}

/// Writes and sends such statements, for one family of servers.
pub trait Backfiller: Sync {
    /// Whether values of such a column are numbers of the database's own, which say nothing of anybody.
    ///
    /// # Errors
    /// A table cannot be walked by such a column: why.
    fn column(&self, column: &Object) -> Result<bool, String>;

    /// What a part is changed by, as a person reads it.
    fn shown(&self, walked: &Walked) -> String;

    /// Has the server look at each text, and at the whole; nothing is changed. A text that is more than what it is to be is refused.
    ///
    /// # Errors
    /// The session is lost.
    fn tried(&self, session: &mut dyn Session, walked: &Walked) -> Result<Answer, Box<Trouble>>;

    /// The last key, in the first row; no row where the table is empty.
    ///
    /// # Errors
    /// The session is lost.
    fn last(&self, session: &mut dyn Session, walked: &Walked) -> Result<Answer, Box<Trouble>>;

    /// The key with which a part of so many rows at the most ends, in the first row; no row where there are no more in that range.
    ///
    /// # Errors
    /// The session is lost.
    fn end(&self, session: &mut dyn Session, walked: &Walked, range: Range<'_>, rows: u64) -> Result<Answer, Box<Trouble>>;

    /// Changes a part, within a transaction: in the first row how many rows were changed, and of how many the server says afterwards that
    /// they need it still.
    ///
    /// # Errors
    /// The session is lost.
    fn change(&self, session: &mut dyn Session, walked: &Walked, range: Range<'_>) -> Result<Answer, Box<Trouble>>;

    /// What the server says against a part, without values of rows.
    fn said(&self, refused: &Refused) -> String;

    /// Whether rows that need it still are those that were changed, and no others that came meanwhile.
    fn knows_its_own(&self, change: &Change) -> bool;
}

/// The condition of rows that are looked for, and where they are: what is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    pub schema: String,
    pub table: String,
    pub condition: String,
    /// Nothing is counted: the server says whether it understands it.
    pub is_only_read: bool,
}

impl Condition {
    /// True of the rows of which it says neither yes nor no.
    #[must_use]
    pub fn of_null(&self) -> Self {
        Self { condition: format!("({}\n) IS NULL", self.condition), ..self.clone() }
    }
}

//! Rows for the tables of a throwaway server, and what tables hold.

use super::{Answer, Session, Stop};
use crate::fault::Trouble;
use std::collections::{BTreeMap, BTreeSet};

/// What became of a table that was to have rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// With its schema, as a person writes it.
    pub table: String,
    pub rows: u64,
    /// Why it has none.
    pub why: Option<String>,
}

/// What is in a column, as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Rows of its table.
    pub rows: u64,
    /// Those in which it is not NULL.
    pub filled: u64,
    /// A sum over its values that does not depend on their order.
    pub sum: String,
}

/// A statement as an application sends it, again and again; `{n}` is the number of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub table: String,
    pub sql: String,
    /// How many rows there are to number.
    pub rows: u64,
}

/// What a column is like where the rows come from that are to be resembled.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Shape {
    /// Part of the rows in which it is NULL, 0 to 1.
    pub nulls: f64,
    /// Average width, in bytes.
    pub width: Option<u64>,
    /// Number of distinct values.
    pub distinct: Option<f64>,
    /// How far the order of values follows that on disk, -1 to 1.
    pub correlation: Option<f64>,
}

/// Rows that are wanted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    /// Of each table, by its name as a person writes it.
    pub tables: BTreeMap<String, u64>,
    /// Of every other.
    pub otherwise: u64,
    /// What columns are to be like, by their names as a person writes them; all others are distinct and never NULL.
    pub shapes: BTreeMap<String, Shape>,
}

impl Rows {
    #[must_use]
    pub fn of(&self, table: &str) -> u64 {
        self.tables.get(table).copied().unwrap_or(self.otherwise)
    }
}

/// What rows may hold after a release that they could not hold before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wider<'r> {
    /// NULL.
    Null,
    /// As much as the type takes.
    Most,
    /// A value that was added to those of the type.
    Label(&'r str),
}

/// Rows that were written as an application writes them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Posted {
    /// How many, of each table that got some.
    pub tables: BTreeMap<String, u64>,
    /// Tables that took none, and why.
    pub refused: BTreeMap<String, String>,
}

/// Makes rows, by one family of servers; only where nobody will miss what was there.
pub trait Filler: Sync {
    /// Gives every table its rows, in a session of [`super::Scratch::rows`]; one whose rows cannot be made stays empty, and is told.
    ///
    /// # Errors
    /// The session is lost, or the end was asked for.
    fn fill(&self, session: &mut dyn Session, rows: &Rows, stop: &Stop) -> Result<Vec<Filled>, Box<Trouble>>;

    /// How many rows each table has, where rows have come that nobody made here.
    ///
    /// # Errors
    /// The session is lost.
    fn counted(&self, session: &mut dyn Session) -> Result<BTreeMap<String, u64>, Box<Trouble>>;

    /// Writes some rows more into each of those tables, and into those that they refer to, as an application would: one by one, with
    /// everything that the server does for that; and for each column, as it is shown, with new room one row that uses it. `looks` sees
    /// all rows, `writes` is of somebody who may write.
    ///
    /// # Errors
    /// A session is lost.
    fn write(
        &self,
        looks: &mut dyn Session,
        writes: &mut dyn Session,
        tables: &BTreeSet<String>,
        room: &[(String, Wider<'_>)],
    ) -> Result<Posted, Box<Trouble>>;

    /// Takes a number of every sequence that nobody gets, as what is rolled back does.
    ///
    /// # Errors
    /// The session is lost, or refuses.
    fn burn(&self, session: &mut dyn Session) -> Result<(), Box<Trouble>>;

    /// What an application does all day with tables that have a key: reads by it, reads of a range, changes by it; of those tables first,
    /// and of so many at most; `here` is how many rows they have. Columns and tables of `unused`, as they are shown, are left out.
    ///
    /// # Errors
    /// The session is lost.
    fn requests(
        &self,
        session: &mut dyn Session,
        here: &BTreeMap<String, u64>,
        first: &dyn Fn(&str) -> bool,
        most: usize,
        unused: &[String],
    ) -> Result<Vec<Asked>, Box<Trouble>>;

    /// Prepares a query of an application under a number, for as long as the session lasts.
    ///
    /// # Errors
    /// The session is lost.
    fn hold(&self, session: &mut dyn Session, number: usize, query: &str) -> Result<Answer, Box<Trouble>>;

    /// How many choices of values there are for parameters of those types, in the server's own words: of rows that are made here, of rows
    /// that are not, and mixed.
    fn choices(&self, parameters: &[String]) -> usize;

    /// Of which of those types no value is known.
    fn strange(&self, parameters: &[String]) -> Option<String>;

    /// Runs what was prepared under a number with one choice of values, and demands then what is otherwise demanded at the end of a
    /// transaction; where `null` is said, that parameter is NULL.
    ///
    /// # Errors
    /// The session is lost.
    fn execute(
        &self,
        session: &mut dyn Session,
        number: usize,
        parameters: &[String],
        choice: (usize, Option<usize>),
    ) -> Result<Answer, Box<Trouble>>;

    /// The statement that runs what was prepared under a number, with parameters of those types; `{n}` in it is the number of a row.
    fn called(&self, number: usize, parameters: &[String]) -> String;

    /// Settings of a session that waits as long as it has to.
    fn unbound(&self) -> &'static [(&'static str, &'static str)];

    /// What is in the columns of those tables, by the columns' names as a person writes them.
    ///
    /// # Errors
    /// The session is lost.
    fn contents(&self, session: &mut dyn Session, tables: &BTreeSet<String>) -> Result<BTreeMap<String, Content>, Box<Trouble>>;
}

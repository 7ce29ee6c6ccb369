//! The row in which a tool records a migration, so that one can be written where it is missing, or says what is not so.
//!
//! Lives here: what a row is made of, and how one is put in, changed and taken out. What a tool's rows hold stands in the tool's file.
//! Does not live here: quoting (`Dialect` of each engine), and whether a row should be written (`repair`).

use super::folder::Migration;
use super::verdict::Recorded;

/// A value of a row, as every engine can write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Text(String),
    Integer(i64),
    Flag(bool),
    /// Hexadecimal digits.
    Bytes(String),
    Null,
    /// The moment it is written.
    Now,
    /// That moment in UTC, written out as RFC 3339 has it.
    NowWritten,
    /// Who writes it.
    User,
    /// One that nothing else has.
    Uuid,
    /// One more than the largest that is there.
    Next,
}

/// A column and its value.
pub type Cells = Vec<(&'static str, Cell)>;

/// What is recorded of a migration.
#[derive(Debug, Clone, Copy)]
pub struct Noted<'a> {
    pub key: &'a str,
    pub name: &'a str,
    pub description: Option<&'a str>,
    pub checksum: Option<&'a str>,
    /// The tool's word for how it came there, where that is not the usual one.
    pub recorded_as: Option<&'a str>,
    /// Its first file; empty where there is none.
    pub file: &'a str,
    pub repeatable: bool,
}

impl<'a> Noted<'a> {
    /// As its tool would record it.
    #[must_use]
    pub fn of(migration: &'a Migration) -> Self {
        Self {
            key: &migration.key,
            name: &migration.name,
            description: migration.description.as_deref(),
            checksum: migration.checksum.as_deref(),
            recorded_as: None,
            file: migration.files.first().map_or("", String::as_str),
            repeatable: migration.repeatable,
        }
    }

    /// As it was recorded, of whatever the files say; `migration` where there is one of that key.
    #[must_use]
    pub fn recorded(recorded: &'a Recorded, migration: Option<&'a Migration>) -> Self {
        let base = migration.map(Self::of);
        Self {
            key: &recorded.key,
            name: base.map_or(&recorded.key, |base| base.name),
            description: recorded.description.as_deref().or(base.and_then(|base| base.description)),
            checksum: recorded.checksum.as_deref(),
            recorded_as: recorded.recorded_as.as_deref(),
            file: base.map_or("", |base| base.file),
            repeatable: base.is_some_and(|base| base.repeatable),
        }
    }

    /// Its key as a number.
    #[must_use]
    pub fn number(&self) -> Option<Cell> {
        self.key.parse().ok().map(Cell::Integer)
    }
}

/// Makes of a sum its column and value.
pub type Sum = fn(&str) -> Option<(&'static str, Cell)>;

/// How a tool's rows are written.
#[derive(Debug)]
pub struct Rows {
    /// The tool's name.
    pub tool: &'static str,
    /// The row of one that was applied; nothing where none can be told.
    pub applied: fn(&Noted<'_>) -> Option<Cells>,
    /// Which rows are of it.
    pub own: fn(&Noted<'_>) -> Option<Cells>,
    /// What the row of one that came to its end holds, where a tool also keeps rows of others.
    pub done: &'static [(&'static str, Cell)],
    /// The sum of a file, in its column.
    pub sum: Option<Sum>,
    /// There is one row: where the database stands.
    pub is_pointer: bool,
}

impl Rows {
    /// A list with a row for each migration and nothing that changes in it.
    #[must_use]
    pub const fn list(tool: &'static str, applied: fn(&Noted<'_>) -> Option<Cells>, own: fn(&Noted<'_>) -> Option<Cells>) -> Self {
        Self { tool, applied, own, done: &[], sum: None, is_pointer: false }
    }
}

/// What happens to the tool's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    Insert(Cells),
    /// Rows of the second get the first.
    Update(Cells, Cells),
    Delete(Cells),
    /// All rows go.
    Clear,
}

/// What quotes names and values.
pub trait Quoting {
    fn name(&self, name: &str) -> String;
    /// `column` is the quoted name of the column that it is for.
    fn cell(&self, cell: &Cell, column: &str) -> String;
}

/// The statement, with its `;`. `place` is the table, quoted.
#[must_use]
pub fn written(place: &str, deed: &Deed, quoting: &dyn Quoting) -> String {
    let pairs = |cells: &Cells, null: &str, between: &str| {
        let one = |(name, cell): &(&str, Cell)| {
            let name = quoting.name(name);
            match cell {
                Cell::Null => format!("{name} {null}"),
                cell => format!("{name} = {}", quoting.cell(cell, &name)),
            }
        };
        cells.iter().map(one).collect::<Vec<_>>().join(between)
    };
    match deed {
        Deed::Insert(cells) => {
            let names: Vec<String> = cells.iter().map(|(name, _)| quoting.name(name)).collect();
            let values: Vec<String> = cells.iter().zip(&names).map(|((_, cell), name)| quoting.cell(cell, name)).collect();
            let (names, values) = (names.join(", "), values.join(", "));
            match cells.iter().any(|(_, cell)| *cell == Cell::Next) {
                // Reads the table it writes to, which VALUES may not everywhere.
                true => format!("INSERT INTO {place} ({names}) SELECT {values} FROM {place};"),
                false => format!("INSERT INTO {place} ({names}) VALUES ({values});"),
            }
        }
        Deed::Update(cells, own) => {
            format!("UPDATE {place} SET {} WHERE {};", pairs(cells, "= NULL", ", "), pairs(own, "IS NULL", " AND "))
        }
        Deed::Delete(own) => format!("DELETE FROM {place} WHERE {};", pairs(own, "IS NULL", " AND ")),
        Deed::Clear => format!("DELETE FROM {place};"),
    }
}

/// Text in a column.
#[must_use]
pub fn text(value: impl Into<String>) -> Cell {
    Cell::Text(value.into())
}

/// The key in a column, as text.
#[must_use]
pub fn keyed(column: &'static str, entry: &Noted<'_>) -> Option<Cells> {
    Some(vec![(column, text(entry.key))])
}

/// The key in a column, as a number.
#[must_use]
pub fn numbered(column: &'static str, entry: &Noted<'_>) -> Option<Cells> {
    Some(vec![(column, entry.number()?)])
}

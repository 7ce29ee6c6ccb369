//! What migration tools record about themselves: how to know their tables, and what a row means.
//!
//! Lives here: the list `TOOLS`, recognition by columns, a row turned into a record, records turned into objects (`table`).
//! Engine-neutral: an engine says which families its columns belong to and hands over cells as text. Does not live here:
//! finding and reading tables (`capture/history.rs` of each engine), nor judging a record against files.

mod read;
mod table;
mod tools;

pub use table::{MOST_ROWS, Table, objects, unlike};
pub use tools::TOOLS;

/// What the values of a column look like, as far as recognition needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    Text,
    Number,
    Flag,
    Time,
    Bytes,
    /// Compound values, read as the SHA-256 of their text: recorded statements, documents.
    Compound,
}

/// One column that must be there. Names are compared in lower case.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    pub name: &'static str,
    pub family: Family,
}

/// What a table is to its tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// One row a migration.
    List,
    /// Only the version the database stands at.
    Pointer,
    /// The tool's lock: `read` yields a record when it is taken.
    Lock,
}

/// Which rows count where several have one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// The last one in the tool's order tells how it stands.
    Last,
    /// Each is an event of its own and gets a number behind its key.
    Each,
}

/// One shape of table that one tool makes (or tools that cannot be told apart).
#[derive(Debug)]
pub struct Tool {
    pub name: &'static str,
    /// The tool's usual names of the table, lower case.
    pub tables: &'static [&'static str],
    /// A column found in no other table: makes the table known under any name.
    pub anchor: Option<&'static str>,
    /// Further columns are not allowed.
    pub exact: bool,
    pub columns: &'static [Column],
    /// Columns that order the rows as applied.
    pub order: &'static [&'static str],
    pub role: Role,
    pub repeat: Repeat,
    /// Where a table of that name stands in the same schema, the tool is known for certain: (table, tool's name).
    pub beside: Option<(&'static str, &'static str)>,
    /// What a row means; `None` for rows that record no migration.
    pub read: fn(&Cells<'_>) -> Option<Record>,
}

/// How a migration stands, in words that hold for all tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Applied,
    Failed,
    InProgress,
    RolledBack,
}

impl State {
    /// The word in manifests and reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Failed => "failed",
            Self::InProgress => "in progress",
            Self::RolledBack => "rolled back",
        }
    }
}

/// One recorded migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub key: String,
    pub description: Option<String>,
    pub checksum: Option<String>,
    pub state: State,
    pub recorded_as: Option<String>,
}

/// A row of a history table: cells in the order of the tool's columns, as text; flags are `true` and `false`, bytes hexadecimal.
#[derive(Debug, Clone, Copy)]
pub struct Cells<'a> {
    pub columns: &'static [Column],
    pub values: &'a [Option<Box<str>>],
}

impl Cells<'_> {
    /// The text of a column, where it is not NULL.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let at = self.columns.iter().position(|column| column.name == name)?;
        self.values.get(at)?.as_deref()
    }

    /// Whether a flag is set.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }
}

impl Tool {
    /// Whether a table has one of its usual names, or one with a prefix before it (`app_schema_migrations`).
    #[must_use]
    pub fn is_named(&self, table: &str) -> bool {
        let table = table.to_lowercase();
        self.tables.iter().any(|usual| {
            let prefix = table.strip_suffix(usual);
            prefix.is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('_'))
        })
    }

    /// Whether that name says by itself that a table is this tool's; `migrations` does not.
    #[must_use]
    pub fn is_telling_name(&self, table: &str) -> bool {
        let table = table.to_lowercase();
        !matches!(table.as_str(), "migrations" | "changes" | "schema_version") && self.tables.contains(&table.as_str())
    }

    fn fits(&self, table: &str, columns: &[(String, Option<Family>)]) -> bool {
        let all =
            self.columns.iter().all(|wanted| columns.iter().any(|(name, family)| name == wanted.name && *family == Some(wanted.family)));
        all && (!self.exact || columns.len() == self.columns.len()) && (self.anchor.is_some() || self.is_named(table))
    }
}

/// The tool whose table this is. `columns` are lower case names with families, all of the table's. The closest
/// description wins: the one with the most columns.
#[must_use]
pub fn recognise(table: &str, columns: &[(String, Option<Family>)]) -> Option<&'static Tool> {
    TOOLS.iter().filter(|tool| tool.fits(table, columns)).max_by_key(|tool| tool.columns.len())
}

/// Records in their order of application, with unique keys and ranks from 1.
#[must_use]
pub fn records(tool: &Tool, rows: impl IntoIterator<Item = Record>) -> Vec<(i64, Record)> {
    let mut found: Vec<(i64, Record)> = Vec::new();
    let mut places: std::collections::HashMap<String, (usize, u32)> = std::collections::HashMap::new();
    for (record, rank) in rows.into_iter().zip(1..) {
        match (places.get_mut(&record.key), tool.repeat) {
            (None, _) => {
                places.insert(record.key.clone(), (found.len(), 1));
                found.push((rank, record));
            }
            (Some((at, _)), Repeat::Last) => {
                if let Some(slot) = found.get_mut(*at) {
                    *slot = (rank, record);
                }
            }
            (Some((_, count)), Repeat::Each) => {
                *count += 1;
                let key = format!("{} #{count}", record.key);
                found.push((rank, Record { key, ..record }));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;

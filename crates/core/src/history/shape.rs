//! What is said of a tool and of each table that it makes; the files of `tool` say it.

use super::record::{Cells, Column, Family, Record};

/// A migration tool (or several whose tables cannot be told apart).
#[derive(Debug)]
pub struct Tool {
    pub name: &'static str,
    /// Where its makers say what it records.
    pub manual: &'static str,
    /// The tables it makes: lists, pointers and locks.
    pub tables: &'static [Shape],
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

/// One shape of table that a tool makes.
#[derive(Debug)]
pub struct Shape {
    /// The tool's name.
    pub tool: &'static str,
    /// The tool's usual names of the table, lower case.
    pub tables: &'static [&'static str],
    /// Usual names that tables of other programs have as well: they say nothing by themselves.
    pub vague: &'static [&'static str],
    /// A column found in no other table, as the tool spells it: makes the table known under any name.
    pub anchor: Option<&'static str>,
    /// Further columns are not allowed.
    pub exact: bool,
    /// Those that every version of the tool in use makes.
    pub columns: &'static [Column],
    /// Columns that order the rows as applied.
    pub order: &'static [&'static str],
    pub role: Role,
    pub repeat: Repeat,
    /// Where a table of that name stands in the same schema, the tool is known for certain: (table, tool's name).
    pub beside: Option<(&'static str, &'static str)>,
    /// Columns that say when and by whom a row was written, where a table has them.
    pub at: Option<&'static str>,
    pub by: Option<&'static str>,
    /// Its tool makes the schema in which the table stands the current one for the files that it runs.
    pub is_current: bool,
    /// What a row means; `None` for rows that record no migration.
    pub read: fn(&Cells<'_>) -> Option<Record>,
}

impl Shape {
    /// A list of migrations that is known only under its usual names and with no further columns.
    pub const fn list(
        tool: &'static str,
        tables: &'static [&'static str],
        columns: &'static [Column],
        order: &'static [&'static str],
        read: fn(&Cells<'_>) -> Option<Record>,
    ) -> Self {
        let (role, repeat) = (Role::List, Repeat::Last);
        let (vague, anchor, exact, beside, is_current): (&[&str], _, _, _, _) = (&[], None, true, None, false);
        Self { tool, tables, vague, anchor, exact, columns, order, role, repeat, beside, at: None, by: None, is_current, read }
    }

    /// What a row says, with when and by whom; its cells are those of the columns and these two.
    #[must_use]
    pub fn record(&self, cells: &Cells<'_>) -> Option<Record> {
        let (at, by) = cells.moment();
        (self.read)(cells).map(|record| Record { at, by, ..record })
    }

    /// Whether a table has one of its usual names, or one with a prefix before it (`app_schema_migrations`).
    #[must_use]
    pub fn is_named(&self, table: &str) -> bool {
        let table = table.to_lowercase();
        self.tables.iter().chain(self.vague).any(|usual| {
            let prefix = table.strip_suffix(usual);
            prefix.is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('_'))
        })
    }

    /// Whether that name says by itself that a table is this tool's; `migrations` does not.
    #[must_use]
    pub fn is_telling_name(&self, table: &str) -> bool {
        self.tables.contains(&table.to_lowercase().as_str())
    }

    pub(super) fn fits(&self, table: &str, columns: &[(String, Option<Family>)]) -> bool {
        self.has_columns(columns) && (self.anchor.is_some() || self.is_named(table))
    }

    /// Whether a table has its columns, and no others where none are allowed.
    pub(super) fn has_columns(&self, columns: &[(String, Option<Family>)]) -> bool {
        let all =
            self.columns.iter().all(|wanted| columns.iter().any(|(name, family)| name == wanted.name && *family == Some(wanted.family)));
        all && (!self.exact || columns.len() == self.columns.len())
    }
}

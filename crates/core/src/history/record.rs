//! One recorded migration, and the row it is read from. What a row of a tool means is said in the tool's file.

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
    /// When, and by whom, as the table says it.
    pub at: Option<String>,
    pub by: Option<String>,
}

impl Record {
    /// A migration that was applied, of which no more than its key is told.
    #[must_use]
    pub const fn applied(key: String) -> Self {
        Self { key, description: None, checksum: None, state: State::Applied, recorded_as: None, at: None, by: None }
    }
}

/// The tool's own word for a record, where it is not the usual one.
pub fn unusual(word: Option<&str>, usual: &[&str]) -> Option<String> {
    word.filter(|word| !usual.contains(word)).map(str::to_owned)
}

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

pub const fn column(name: &'static str, family: Family) -> Column {
    Column { name, family }
}

/// A row of a history table: cells in the order of the shape's columns, as text; flags are `true` and `false`, bytes hexadecimal.
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

    /// When and by whom, which stand behind the columns that tell what is recorded.
    pub(super) fn moment(&self) -> (Option<String>, Option<String>) {
        let cell = |at: usize| self.values.get(self.columns.len() + at).and_then(|cell| cell.as_deref()).map(str::to_owned);
        (cell(0), cell(1))
    }

    /// Whether a flag is set.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    /// The same as [`Cells::get`], to keep.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }
}

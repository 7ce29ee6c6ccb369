//! Values out of rows, checked. Text of any encoding arrives: bytes that are no UTF-8 are shown as `\xNN`, never dropped.
//!
//! Lives here: rows and their values. Does not live here: running statements (`session`).

use std::fmt::Write as _;

use mysql_async::Value;

/// A row of an answer.
#[derive(Debug, Clone)]
pub struct Row {
    row: mysql_async::Row,
}

/// A value that is not what the reader was told to expect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column} of the answer holds {found} where {expected} was expected")]
pub struct Wrong {
    pub column: String,
    pub expected: &'static str,
    pub found: String,
}

impl Row {
    pub(super) const fn from_driver(row: mysql_async::Row) -> Self {
        Self { row }
    }

    /// The number of columns.
    #[must_use]
    pub fn len(&self) -> usize {
        self.row.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.row.len() == 0
    }

    /// The name of a column as the answer gives it.
    #[must_use]
    pub fn name(&self, index: usize) -> String {
        self.row.columns_ref().get(index).map_or_else(|| (index + 1).to_string(), |column| column.name_str().into_owned())
    }

    /// Where a column of this name is; names are compared without case, as vendors differ in it.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.row.columns_ref().iter().position(|column| column.name_str().eq_ignore_ascii_case(name))
    }

    /// Where a column of this name is.
    ///
    /// # Errors
    /// There is none.
    pub fn place(&self, name: &str) -> Result<usize, Wrong> {
        let none = || Wrong { column: name.to_owned(), expected: "a column of that name", found: "none".to_owned() };
        self.position(name).ok_or_else(none)
    }

    /// Whether all columns of the answer are among these names.
    ///
    /// # Errors
    /// One is not.
    pub fn is_read(&self, names: &[&str]) -> Result<(), Wrong> {
        let stranger =
            (0..self.len()).map(|index| self.name(index)).find(|name| !names.iter().any(|known| known.eq_ignore_ascii_case(name)));
        stranger.map_or(Ok(()), |column| Err(Wrong { column, expected: "nothing", found: "a column that nobody reads".to_owned() }))
    }

    /// Bytes as they arrived, `None` where NULL.
    ///
    /// # Errors
    /// There is no such column.
    pub fn bytes(&self, index: usize) -> Result<Option<Vec<u8>>, Wrong> {
        Ok(match self.value(index)? {
            Value::NULL => None,
            Value::Bytes(bytes) => Some(bytes.clone()),
            // Only an answer to a prepared statement holds these.
            Value::Int(number) => Some(number.to_string().into_bytes()),
            Value::UInt(number) => Some(number.to_string().into_bytes()),
            Value::Float(number) => Some(number.to_string().into_bytes()),
            Value::Double(number) => Some(number.to_string().into_bytes()),
            other => Some(other.as_sql(true).trim_matches('\'').as_bytes().to_vec()),
        })
    }

    /// Text, `None` where NULL.
    ///
    /// # Errors
    /// There is no such column.
    pub fn text(&self, index: usize) -> Result<Option<Box<str>>, Wrong> {
        match self.value(index)? {
            Value::Bytes(bytes) => Ok(Some(readable(bytes))),
            _ => Ok(self.bytes(index)?.map(|bytes| readable(&bytes))),
        }
    }

    /// A whole number, `None` where NULL.
    ///
    /// # Errors
    /// There is no such column, or it holds something else.
    pub fn integer(&self, index: usize) -> Result<Option<i64>, Wrong> {
        self.parse(index, "a whole number")
    }

    /// A whole number that may need all 64 bits (row counts, sizes), `None` where NULL.
    ///
    /// # Errors
    /// There is no such column, or it holds something else.
    pub fn unsigned(&self, index: usize) -> Result<Option<u64>, Wrong> {
        self.parse(index, "a whole number that is not negative")
    }

    /// A number, `None` where NULL.
    ///
    /// # Errors
    /// There is no such column, or it holds something else.
    pub fn number(&self, index: usize) -> Result<Option<f64>, Wrong> {
        self.parse(index, "a number")
    }

    /// `1`, `YES`, `ON`, `Y`, `TRUE` or their opposites, `None` where NULL.
    ///
    /// # Errors
    /// There is no such column, or it holds something else.
    pub fn flag(&self, index: usize) -> Result<Option<bool>, Wrong> {
        let Some(text) = self.text(index)? else { return Ok(None) };
        match text.to_ascii_uppercase().as_str() {
            "1" | "YES" | "ON" | "Y" | "TRUE" => Ok(Some(true)),
            "0" | "NO" | "OFF" | "N" | "FALSE" => Ok(Some(false)),
            _ => Err(self.wrong(index, "yes or no", &text)),
        }
    }

    fn parse<T: std::str::FromStr>(&self, index: usize, expected: &'static str) -> Result<Option<T>, Wrong> {
        let Some(text) = self.text(index)? else { return Ok(None) };
        text.trim().parse().map(Some).map_err(|_| self.wrong(index, expected, &text))
    }

    fn value(&self, index: usize) -> Result<&Value, Wrong> {
        self.row.as_ref(index).ok_or_else(|| Wrong { column: self.name(index), expected: "a value", found: "nothing".to_owned() })
    }

    fn wrong(&self, index: usize, expected: &'static str, found: &str) -> Wrong {
        let short: String = found.chars().take(40).collect();
        Wrong { column: self.name(index), expected, found: format!("{short:?}") }
    }
}

/// Definitions hold bytes of the character set a client once claimed to speak.
fn readable(raw: &[u8]) -> Box<str> {
    if let Ok(text) = std::str::from_utf8(raw) {
        return text.into();
    }
    let mut text = String::with_capacity(raw.len() + 16);
    for chunk in raw.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing into a String cannot fail.
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text.into()
}

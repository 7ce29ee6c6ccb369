//! Rows of migration tools' own tables.

use crate::ident::{Ident, Literal};
use evenkeel_core::history::row::{Cell, Deed, Quoting, written};

struct Own;

impl Quoting for Own {
    fn name(&self, name: &str) -> String {
        Ident(name).to_string()
    }

    fn cell(&self, cell: &Cell, column: &str) -> String {
        match cell {
            Cell::Text(text) => Literal(text).to_string(),
            Cell::Integer(number) => number.to_string(),
            Cell::Flag(flag) => u8::from(*flag).to_string(),
            // What is no digit cannot be written so, and would be another statement.
            Cell::Bytes(digits) if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => format!("x'{digits}'"),
            Cell::Bytes(digits) => Literal(digits).to_string(),
            Cell::Null => "NULL".to_owned(),
            Cell::Now => "current_timestamp()".to_owned(),
            Cell::NowWritten => "date_format(utc_timestamp(), '%Y-%m-%dT%H:%i:%sZ')".to_owned(),
            Cell::User => "substring_index(current_user(), '@', 1)".to_owned(),
            Cell::Uuid => "uuid()".to_owned(),
            Cell::Next => format!("coalesce(max({column}), 0) + 1"),
        }
    }
}

/// `place` is the tool's table, quoted.
pub(crate) fn row(place: &str, deed: &Deed) -> String {
    written(place, deed, &Own)
}

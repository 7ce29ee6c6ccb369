//! Rows of migration tools' own tables.

use crate::ident::{literal, qualified, quoted};
pub(super) use evenkeel_core::history::row::Deed;
use evenkeel_core::history::row::{Cell, Quoting, written};
use evenkeel_core::manifest::Object;

struct Own;

impl Quoting for Own {
    fn name(&self, name: &str) -> String {
        quoted(name)
    }

    fn cell(&self, cell: &Cell, column: &str) -> String {
        match cell {
            Cell::Text(text) => literal(text),
            Cell::Integer(number) => number.to_string(),
            Cell::Flag(flag) => flag.to_string(),
            Cell::Bytes(digits) => format!("pg_catalog.decode({}, 'hex')", literal(digits)),
            Cell::Null => "NULL".to_owned(),
            Cell::Now => "pg_catalog.now()".to_owned(),
            Cell::NowWritten => "pg_catalog.to_char(pg_catalog.now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')".to_owned(),
            Cell::User => "current_user".to_owned(),
            Cell::Uuid => "pg_catalog.gen_random_uuid()".to_owned(),
            Cell::Next => format!("coalesce(pg_catalog.max({column}), 0) + 1"),
        }
    }
}

/// `table` is the tool's, by schema and name.
pub(crate) fn row(table: &Object, deed: &Deed) -> String {
    written(&qualified(table.identity.part(0), table.identity.part(1)), deed, &Own)
}

//! The row in which Liquibase records a change set.

use super::NAME;
use crate::history::row::{Cell, Cells, Noted, Rows, text};

/// It works out the sum itself where none is there.
/// <https://docs.liquibase.com/concepts/tracking-tables/databasechangelog-table.html>
pub const ROWS: Rows = Rows { sum: Some(|sum| Some(("md5sum", text(sum)))), ..Rows::list(NAME, row, own) };

fn row(entry: &Noted<'_>) -> Option<Cells> {
    let executed = [("dateexecuted", Cell::Now), ("orderexecuted", Cell::Next), ("exectype", text("EXECUTED"))];
    let sum = ("md5sum", entry.checksum.map_or(Cell::Null, text));
    Some(own(entry)?.into_iter().chain(executed).chain([sum]).collect())
}

fn own(entry: &Noted<'_>) -> Option<Cells> {
    let (filename, rest) = entry.key.split_once("::")?;
    let (id, author) = rest.rsplit_once("::")?;
    Some(vec![("id", text(id)), ("author", text(author)), ("filename", text(filename))])
}

//! The row in which Liquibase records a change set, and the one that is its lock.

use super::NAME;
use crate::history::lock::RowLock;
use crate::history::row::{Cell, Cells, Deed, Noted, Rows, text};

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

/// <https://docs.liquibase.com/concepts/tracking-tables/databasechangeloglock-table.html>
pub const ROW_LOCK: RowLock = RowLock {
    tool: NAME,
    table: "databasechangeloglock",
    take: |holder| {
        let taken = vec![("locked", Cell::Flag(true)), ("lockgranted", Cell::Now), ("lockedby", text(holder.name))];
        Deed::Update(taken, vec![("id", Cell::Integer(1)), ("locked", Cell::Flag(false))])
    },
    give: |holder| {
        let free = vec![("locked", Cell::Flag(false)), ("lockgranted", Cell::Null), ("lockedby", Cell::Null)];
        Deed::Update(free, vec![("id", Cell::Integer(1)), ("lockedby", text(holder.name))])
    },
};

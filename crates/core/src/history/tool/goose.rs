//! goose: a row each time a migration goes up or down; the last one tells.

use crate::history::record::Family::{Flag, Number, Time};
use crate::history::record::{Cells, Record, State, column};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "goose";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://pressly.github.io/goose/", tables: &[LIST] };

const LIST: Shape = Shape {
    anchor: Some("version_id"),
    exact: false,
    ..Shape::list(
        NAME,
        &["goose_db_version"],
        &[column("id", Number), column("version_id", Number), column("is_applied", Flag), column("tstamp", Time)],
        &["id"],
        read,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let key = row.text("version_id")?;
    // The row every goose table begins with.
    if key == "0" {
        return None;
    }
    let state = if row.is("is_applied") { State::Applied } else { State::RolledBack };
    Some(Record { state, ..Record::applied(key) })
}

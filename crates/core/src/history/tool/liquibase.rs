//! Liquibase: change sets, known by file, id and author; a lock in a table of its own.

use crate::history::record::Family::{Flag, Number, Text, Time};
use crate::history::record::{Cells, Record, State, column, unusual};
use crate::history::shape::{Role, Shape, Tool};

const NAME: &str = "Liquibase";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://docs.liquibase.com/", tables: &[LIST, LOCK] };

const LIST: Shape = Shape {
    anchor: Some("orderexecuted"),
    exact: false,
    ..Shape::list(
        NAME,
        &["databasechangelog"],
        &[
            column("id", Text),
            column("author", Text),
            column("filename", Text),
            column("orderexecuted", Number),
            column("exectype", Text),
            column("md5sum", Text),
            column("description", Text),
            column("dateexecuted", Time),
        ],
        &["dateexecuted", "orderexecuted"],
        read,
    )
};

const LOCK: Shape = Shape {
    anchor: Some("lockgranted"),
    exact: false,
    role: Role::Lock,
    ..Shape::list(
        NAME,
        &["databasechangeloglock"],
        &[column("id", Number), column("locked", Flag), column("lockgranted", Time)],
        &["id"],
        lock,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let key = format!("{}::{}::{}", row.get("filename")?, row.get("id")?, row.get("author")?);
    let kind = row.get("exectype");
    let state = if kind == Some("FAILED") { State::Failed } else { State::Applied };
    let recorded_as = unusual(kind, &["EXECUTED", "RERAN", "FAILED"]);
    Some(Record { description: row.text("description"), checksum: row.text("md5sum"), state, recorded_as, ..Record::applied(key) })
}

fn lock(row: &Cells<'_>) -> Option<Record> {
    row.is("locked").then(|| Record::applied("locked".to_owned()))
}

//! Jetbase: versions, and repeated migrations that are known by their file; a lock in a table of its own.

use crate::history::record::Family::{Number, Text, Time};
use crate::history::record::{Cells, Record, column, unusual};
use crate::history::shape::{Role, Shape, Tool};

const NAME: &str = "Jetbase";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://jetbase-hq.github.io/jetbase/", tables: &[LIST, LOCK] };

const LIST: Shape = Shape {
    exact: false,
    ..Shape::list(
        NAME,
        &["jetbase_migrations"],
        &[
            column("order_executed", Number),
            column("version", Text),
            column("description", Text),
            column("filename", Text),
            column("migration_type", Text),
            column("checksum", Text),
        ],
        &["order_executed"],
        read,
    )
};

const LOCK: Shape = Shape {
    exact: false,
    role: Role::Lock,
    ..Shape::list(NAME, &["jetbase_lock"], &[column("id", Number), column("locked_at", Time), column("process_id", Text)], &["id"], lock)
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let key = row.text("version").or_else(|| row.get("filename").map(|file| format!("repeatable {file}")))?;
    let recorded_as = unusual(row.get("migration_type"), &["VERSIONED"]);
    Some(Record { description: row.text("description"), checksum: row.text("checksum"), recorded_as, ..Record::applied(key) })
}

fn lock(row: &Cells<'_>) -> Option<Record> {
    row.get("process_id").map(|_| Record::applied("locked".to_owned()))
}

//! knex-migrator (Ghost): names of files under the version they came with; a lock in a table of its own.

use crate::history::record::Family::{Flag, Number, Text, Time};
use crate::history::record::{Cells, Record, column};
use crate::history::shape::{Role, Shape, Tool};

const NAME: &str = "knex-migrator";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://github.com/TryGhost/knex-migrator", tables: &[LIST, LOCK] };

const LIST: Shape = Shape {
    vague: &["migrations"],
    anchor: Some("currentVersion"),
    ..Shape::list(
        NAME,
        &[],
        &[column("id", Number), column("name", Text), column("version", Text), column("currentversion", Text)],
        &["id"],
        read,
    )
};

const LOCK: Shape = Shape {
    vague: &["migrations_lock"],
    anchor: Some("lock_key"),
    role: Role::Lock,
    ..Shape::list(
        NAME,
        &[],
        &[column("lock_key", Text), column("locked", Flag), column("acquired_at", Time), column("released_at", Time)],
        &["lock_key"],
        lock,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let name = row.get("name")?;
    Some(Record::applied(row.get("version").map_or_else(|| name.to_owned(), |version| format!("{version}/{name}"))))
}

fn lock(row: &Cells<'_>) -> Option<Record> {
    row.is("locked").then(|| Record::applied("locked".to_owned()))
}

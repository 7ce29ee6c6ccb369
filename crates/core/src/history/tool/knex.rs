//! Knex: names of files in batches; a lock in a table of its own.

use crate::history::record::Family::{Number, Text, Time};
use crate::history::record::{Cells, Record, column};
use crate::history::shape::{Role, Shape, Tool};

const NAME: &str = "Knex";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://knexjs.org/guide/migrations.html", tables: &[LIST, LOCK] };

const LIST: Shape = Shape {
    anchor: Some("migration_time"),
    ..Shape::list(
        NAME,
        &["knex_migrations"],
        &[column("id", Number), column("name", Text), column("batch", Number), column("migration_time", Time)],
        &["id"],
        read,
    )
};

const LOCK: Shape = Shape {
    anchor: Some("is_locked"),
    role: Role::Lock,
    ..Shape::list(NAME, &["knex_migrations_lock"], &[column("index", Number), column("is_locked", Number)], &["index"], lock)
};

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("name").map(Record::applied)
}

fn lock(row: &Cells<'_>) -> Option<Record> {
    row.get("is_locked").filter(|locked| *locked != "0").map(|_| Record::applied("locked".to_owned()))
}

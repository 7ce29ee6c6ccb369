//! yoyo: names of files, or their hashes where a name was not kept; a lock in a table of its own.

use crate::history::record::Family::{Number, Text, Time};
use crate::history::record::{Cells, Record, column};
use crate::history::shape::{Role, Shape, Tool};

const NAME: &str = "yoyo";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://ollycope.com/software/yoyo/latest/", tables: &[LIST, LOCK] };

const LIST: Shape = Shape {
    anchor: Some("applied_at_utc"),
    ..Shape::list(
        NAME,
        &["_yoyo_migration"],
        &[column("migration_hash", Text), column("migration_id", Text), column("applied_at_utc", Time)],
        &["applied_at_utc", "migration_id"],
        read,
    )
};

const LOCK: Shape = Shape {
    role: Role::Lock,
    ..Shape::list(NAME, &["yoyo_lock"], &[column("locked", Number), column("ctime", Time), column("pid", Number)], &["locked"], lock)
};

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("migration_id").or_else(|| row.text("migration_hash")).map(Record::applied)
}

fn lock(row: &Cells<'_>) -> Option<Record> {
    row.get("locked").filter(|locked| *locked != "0").map(|_| Record::applied("locked".to_owned()))
}

//! Drizzle: what it calls `created_at` is the time in its journal, which names the migration.

use crate::history::record::Family::{Number, Text};
use crate::history::record::{Cells, Record, column};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "Drizzle";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://orm.drizzle.team/docs/drizzle-kit-migrate", tables: &[LIST] };

const LIST: Shape = Shape {
    exact: false,
    ..Shape::list(
        NAME,
        &["__drizzle_migrations"],
        &[column("id", Number), column("hash", Text), column("created_at", Number)],
        &["id"],
        read,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let key = row.text("created_at").or_else(|| row.text("hash"))?;
    Some(Record { checksum: row.text("hash"), ..Record::applied(key) })
}

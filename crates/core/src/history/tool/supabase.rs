//! Supabase's command line, which keeps the statements it ran.

use crate::history::record::Family::{Compound, Text};
use crate::history::record::{Cells, Record, column};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "Supabase";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://supabase.com/docs/guides/deployment/database-migrations", tables: &[LIST] };

const LIST: Shape = Shape {
    exact: false,
    ..Shape::list(
        NAME,
        &["schema_migrations"],
        &[column("version", Text), column("statements", Compound), column("name", Text)],
        &["version"],
        read,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let checksum = row.get("statements").map(|hash| format!("sha256 of the recorded statements: {hash}"));
    Some(Record { description: row.text("name"), checksum, ..Record::applied(row.text("version")?) })
}

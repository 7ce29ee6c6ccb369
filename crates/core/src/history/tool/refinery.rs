//! refinery, the Rust library with files named as Flyway's.

use crate::history::record::Family::{Number, Text};
use crate::history::record::{Cells, Record, column};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "refinery";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://docs.rs/refinery", tables: &[LIST] };

const LIST: Shape = Shape {
    anchor: Some("applied_on"),
    ..Shape::list(
        NAME,
        &["refinery_schema_history"],
        &[column("version", Number), column("name", Text), column("applied_on", Text), column("checksum", Text)],
        &["version"],
        read,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    Some(Record { description: row.text("name"), checksum: row.text("checksum"), ..Record::applied(row.text("version")?) })
}

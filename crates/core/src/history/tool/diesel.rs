//! Diesel. It records versions without the dashes of their folders' names.

use crate::history::record::Family::{Text, Time};
use crate::history::record::{Cells, Record, column};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "Diesel";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://docs.rs/diesel_migrations", tables: &[LIST] };

const LIST: Shape =
    Shape::list(NAME, &["__diesel_schema_migrations"], &[column("version", Text), column("run_on", Time)], &["version"], read);

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("version").map(Record::applied)
}

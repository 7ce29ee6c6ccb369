//! tern: one row, the number of the last migration.

use crate::history::record::Family::Number;
use crate::history::record::{Cells, Record, column};
use crate::history::shape::{Role, Shape, Tool};

const NAME: &str = "tern";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://github.com/jackc/tern", tables: &[POINTER] };

const POINTER: Shape =
    Shape { role: Role::Pointer, vague: &["schema_version"], ..Shape::list(NAME, &[], &[column("version", Number)], &["version"], read) };

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("version").map(Record::applied)
}

//! Ecto, and whatever is built on it: numbers of files, with the time they were run.

use crate::history::record::Family::{Number, Time};
use crate::history::record::{Cells, Record, column};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "Ecto";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://hexdocs.pm/ecto_sql/Ecto.Migration.html", tables: &[LIST] };

const LIST: Shape = Shape {
    at: Some("inserted_at"),
    ..Shape::list(NAME, &["schema_migrations"], &[column("version", Number), column("inserted_at", Time)], &["version"], read)
};

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("version").map(Record::applied)
}

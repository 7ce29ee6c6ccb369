//! node-pg-migrate: names of files.

use crate::history::record::Family::{Number, Text, Time};
use crate::history::record::{Cells, Record, column};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "node-pg-migrate";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://salsita.github.io/node-pg-migrate/", tables: &[LIST] };

const LIST: Shape =
    Shape::list(NAME, &["pgmigrations"], &[column("id", Number), column("name", Text), column("run_on", Time)], &["run_on", "id"], read);

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("name").map(Record::applied)
}

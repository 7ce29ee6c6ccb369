//! Laravel: names of files in batches.

use crate::history::record::Family::{Number, Text};
use crate::history::record::{Cells, Record, column};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "Laravel";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://laravel.com/docs/migrations", tables: &[LIST] };

const LIST: Shape = Shape {
    vague: &["migrations"],
    ..Shape::list(NAME, &[], &[column("id", Number), column("migration", Text), column("batch", Number)], &["id"], read)
};

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("migration").map(Record::applied)
}

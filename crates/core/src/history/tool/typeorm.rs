//! TypeORM: names of classes.

use crate::history::record::Family::{Number, Text};
use crate::history::record::{Cells, Record, column};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "TypeORM";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://typeorm.io/docs/advanced-topics/migrations", tables: &[LIST] };

const LIST: Shape = Shape {
    vague: &["migrations"],
    ..Shape::list(NAME, &[], &[column("id", Number), column("timestamp", Number), column("name", Text)], &["id"], read)
};

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("name").map(Record::applied)
}

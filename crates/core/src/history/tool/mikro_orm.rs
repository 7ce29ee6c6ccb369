//! MikroORM: names of classes or files.

use crate::history::record::Family::{Number, Text, Time};
use crate::history::record::{Cells, Record, column};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "MikroORM";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://mikro-orm.io/docs/migrations", tables: &[LIST] };

const LIST: Shape = Shape {
    at: Some("executed_at"),
    ..Shape::list(
        NAME,
        &["mikro_orm_migrations"],
        &[column("id", Number), column("name", Text), column("executed_at", Time)],
        &["id"],
        read,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("name").map(Record::applied)
}

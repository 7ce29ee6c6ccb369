//! Alembic: the revisions the database stands at, one row a branch.

use crate::history::record::Family::Text;
use crate::history::record::{Cells, Record, column};
use crate::history::shape::{Role, Shape, Tool};

const NAME: &str = "Alembic";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://alembic.sqlalchemy.org/en/latest/tutorial.html", tables: &[POINTER] };

const POINTER: Shape = Shape {
    anchor: Some("version_num"),
    role: Role::Pointer,
    ..Shape::list(NAME, &["alembic_version"], &[column("version_num", Text)], &["version_num"], read)
};

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("version_num").map(Record::applied)
}

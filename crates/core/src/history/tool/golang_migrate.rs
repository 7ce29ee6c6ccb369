//! golang-migrate: one row, the version the database stands at, and whether it was reached.

use crate::history::record::Family::{Flag, Number};
use crate::history::record::{Cells, Record, State, column};
use crate::history::shape::{Role, Shape, Tool};

const NAME: &str = "golang-migrate";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://github.com/golang-migrate/migrate", tables: &[POINTER] };

const POINTER: Shape = Shape {
    anchor: Some("dirty"),
    role: Role::Pointer,
    ..Shape::list(NAME, &["schema_migrations"], &[column("version", Number), column("dirty", Flag)], &["version"], read)
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let state = if row.is("dirty") { State::Failed } else { State::Applied };
    Some(Record { state, ..Record::applied(row.text("version")?) })
}

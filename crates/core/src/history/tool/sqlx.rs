//! sqlx, the Rust library with its command `sqlx migrate`.

use crate::history::record::Family::{Bytes, Flag, Number, Text, Time};
use crate::history::record::{Cells, Record, State, column};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "sqlx";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://docs.rs/sqlx/latest/sqlx/macro.migrate.html", tables: &[LIST] };

const LIST: Shape = Shape {
    anchor: Some("installed_on"),
    exact: false,
    ..Shape::list(
        NAME,
        &["_sqlx_migrations"],
        &[
            column("version", Number),
            column("description", Text),
            column("installed_on", Time),
            column("success", Flag),
            column("checksum", Bytes),
            column("execution_time", Number),
        ],
        &["version"],
        read,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let state = if row.is("success") { State::Applied } else { State::Failed };
    Some(Record { description: row.text("description"), checksum: row.text("checksum"), state, ..Record::applied(row.text("version")?) })
}

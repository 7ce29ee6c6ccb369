//! pgroll. A migration that is not done has both versions of the schema served: no fault, and not over.

use crate::history::record::Family::{Compound, Flag, Text, Time};
use crate::history::record::{Cells, Record, State, column};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "pgroll";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://pgroll.com/docs", tables: &[LIST] };

const LIST: Shape = Shape {
    vague: &["migrations"],
    anchor: Some("resulting_schema"),
    exact: false,
    ..Shape::list(
        NAME,
        &[],
        &[
            column("schema", Text),
            column("name", Text),
            column("migration", Compound),
            column("created_at", Time),
            column("parent", Text),
            column("done", Flag),
            column("resulting_schema", Compound),
        ],
        &["created_at"],
        read,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let state = if row.is("done") { State::Applied } else { State::InProgress };
    let checksum = row.get("migration").map(|hash| format!("sha256 of the recorded migration: {hash}"));
    Some(Record { checksum, state, ..Record::applied(format!("{}.{}", row.get("schema")?, row.get("name")?)) })
}

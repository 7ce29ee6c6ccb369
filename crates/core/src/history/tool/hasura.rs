//! Hasura. Since its second version the command line keeps what it applied in one document beside the server's own version; before
//! that in a table of numbers in Hasura's schema, which looks like golang-migrate's and is read as that.

use crate::history::record::Family::{Compound, Text, Time};
use crate::history::record::{Cells, Record, column};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "Hasura";

pub const TOOL: Tool =
    Tool { name: NAME, manual: "https://hasura.io/docs/2.0/migrations-metadata-seeds/migrations-metadata-setup/", tables: &[STATE] };

const STATE: Shape = Shape {
    anchor: Some("cli_state"),
    exact: false,
    ..Shape::list(
        NAME,
        &["hdb_version"],
        &[column("version", Text), column("upgraded_on", Time), column("cli_state", Compound)],
        &["upgraded_on"],
        read,
    )
};

/// One document holds all of them: whether two are the same can be told, which migration makes the difference cannot.
fn read(row: &Cells<'_>) -> Option<Record> {
    let description = row.text("version").map(|version| format!("catalog {version}"));
    Some(Record { checksum: row.text("cli_state"), description, ..Record::applied("applied migrations".to_owned()) })
}

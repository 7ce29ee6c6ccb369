//! Atlas: revisions, each with the number of its statements that were applied. Rows whose version begins with a dot are the
//! tool's own notes.

use crate::history::record::Family::{Compound, Number, Text};
use crate::history::record::{Cells, Record, State, column};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "Atlas";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://atlasgo.io/versioned/intro", tables: &[LIST] };

const LIST: Shape = Shape {
    anchor: Some("partial_hashes"),
    exact: false,
    ..Shape::list(
        NAME,
        &["atlas_schema_revisions"],
        &[
            column("version", Text),
            column("description", Text),
            column("applied", Number),
            column("total", Number),
            column("error", Text),
            column("hash", Text),
            column("partial_hashes", Compound),
        ],
        &["version"],
        read,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let key = row.text("version")?;
    if key.starts_with('.') {
        return None;
    }
    let failed = row.get("error").is_some_and(|text| !text.is_empty()) || row.get("applied") != row.get("total");
    let state = if failed { State::Failed } else { State::Applied };
    Some(Record { description: row.text("description"), checksum: row.text("hash"), state, ..Record::applied(key) })
}

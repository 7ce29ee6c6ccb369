//! Sqitch: changes of projects. One name may be deployed again after a tag, so each row is an event of its own.

use crate::history::record::Family::{Text, Time};
use crate::history::record::{Cells, Record, column};
use crate::history::shape::{Repeat, Shape, Tool};

const NAME: &str = "Sqitch";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://sqitch.org/docs/manual/sqitchtutorial/", tables: &[LIST] };

const LIST: Shape = Shape {
    vague: &["changes"],
    anchor: Some("change_id"),
    exact: false,
    repeat: Repeat::Each,
    ..Shape::list(
        NAME,
        &[],
        &[
            column("change_id", Text),
            column("script_hash", Text),
            column("change", Text),
            column("project", Text),
            column("note", Text),
            column("committed_at", Time),
            column("planned_at", Time),
        ],
        &["committed_at"],
        read,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let key = format!("{}:{}", row.get("project")?, row.get("change")?);
    let description = row.text("note").filter(|note| !note.is_empty());
    Some(Record { description, checksum: row.text("script_hash"), ..Record::applied(key) })
}

//! Phinx, and CakePHP's migrations, which are built on it. A migration that has no end did not finish.

use crate::history::record::Family::{Number, Text, Time};
use crate::history::record::{Cells, Record, State, column};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "Phinx";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://book.cakephp.org/phinx/0/en/migrations.html", tables: &[LIST] };

const LIST: Shape = Shape {
    // Versions since 0.6 have `breakpoint` as well.
    exact: false,
    ..Shape::list(
        NAME,
        &["phinxlog"],
        &[column("version", Number), column("migration_name", Text), column("start_time", Time), column("end_time", Time)],
        &["version"],
        read,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let state = if row.get("end_time").is_some() { State::Applied } else { State::InProgress };
    Some(Record { description: row.text("migration_name"), state, ..Record::applied(row.text("version")?) })
}

//! Doctrine Migrations: names of classes. A row whose time is missing was written by hand, and counts.

use crate::history::record::Family::{Number, Text, Time};
use crate::history::record::{Cells, Record, column};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "Doctrine";

pub const TOOL: Tool = Tool {
    name: NAME,
    manual: "https://www.doctrine-project.org/projects/doctrine-migrations/en/current/reference/configuration.html",
    tables: &[LIST, EARLIER],
};

const LIST: Shape = Shape::list(
    NAME,
    &["doctrine_migration_versions"],
    &[column("version", Text), column("executed_at", Time), column("execution_time", Number)],
    &["version"],
    read,
);

/// Before version 3.
const EARLIER: Shape = Shape {
    vague: &["migration_versions"],
    ..Shape::list(NAME, &[], &[column("version", Text), column("executed_at", Time)], &["version"], read)
};

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("version").map(Record::applied)
}

//! A table that the configuration names: a tool of one's own. Of its columns the one that names a migration is read, and nothing else.
//!
//! Not among `TOOLS`: nothing is recognised as such a table by itself.

use crate::history::record::Family::{Number, Text};
use crate::history::record::{Cells, Column, Record, column};
use crate::history::shape::Shape;

const NAME: &str = "named in the configuration";

/// Shapes of one column, those first that name a migration most surely.
pub static OWN: &[Shape] = &[
    of(&[column("version", Text)], &["version"]),
    of(&[column("version", Number)], &["version"]),
    of(&[column("migration", Text)], &["migration"]),
    of(&[column("migration_name", Text)], &["migration_name"]),
    of(&[column("name", Text)], &["name"]),
    of(&[column("filename", Text)], &["filename"]),
    of(&[column("file_name", Text)], &["file_name"]),
    of(&[column("file", Text)], &["file"]),
    of(&[column("script", Text)], &["script"]),
    of(&[column("script_name", Text)], &["script_name"]),
    of(&[column("migration_id", Text)], &["migration_id"]),
    of(&[column("migration_id", Number)], &["migration_id"]),
    of(&[column("revision", Text)], &["revision"]),
    of(&[column("id", Text)], &["id"]),
];

const fn of(columns: &'static [Column], order: &'static [&'static str]) -> Shape {
    Shape { exact: false, ..Shape::list(NAME, &[], columns, order, read) }
}

fn read(row: &Cells<'_>) -> Option<Record> {
    let name = row.columns.first()?.name;
    row.text(name).map(Record::applied)
}

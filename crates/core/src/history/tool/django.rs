//! Django: migrations are numbered in each app, so a key is both.

use crate::history::record::Family::{Number, Text, Time};
use crate::history::record::{Cells, Record, column};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "Django";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://docs.djangoproject.com/en/stable/topics/migrations/", tables: &[LIST] };

const LIST: Shape = Shape::list(
    NAME,
    &["django_migrations"],
    &[column("id", Number), column("app", Text), column("name", Text), column("applied", Time)],
    &["id"],
    read,
);

fn read(row: &Cells<'_>) -> Option<Record> {
    Some(Record::applied(format!("{}.{}", row.get("app")?, row.get("name")?)))
}

//! Alembic: the revisions the database stands at, one row a branch.

use super::{code, graph};
use crate::history::folder::{File, Fit, Grouping, Newer, Reader, Reading, Sure, Tree, Wish};
use crate::history::record::Family::Text;
use crate::history::record::{Cells, Record, column};
use crate::history::row::{Rows, keyed};
use crate::history::shape::{Role, Shape, Tool};
use crate::history::status::{Status, Told};

pub const NAME: &str = "Alembic";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://alembic.sqlalchemy.org/en/latest/tutorial.html", tables: &[POINTER] };

const POINTER: Shape = Shape {
    anchor: Some("version_num"),
    role: Role::Pointer,
    ..Shape::list(NAME, &["alembic_version"], &[column("version_num", Text)], &["version_num"], read)
};

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("version_num").map(Record::applied)
}

/// Python files that name their revision and those it comes after; one transaction for all that is pending.
/// <https://alembic.sqlalchemy.org/en/latest/tutorial.html>
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::Batch, newer: Newer::Refuses };

/// What is written behind a name on its line, up to the end of what it opens.
fn written<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let line = text.lines().find(|line| line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with([':', '='])))?;
    line.split_once('=').map(|(_, value)| value.trim())
}

/// The texts between quotes.
fn quoted(value: &str) -> Vec<String> {
    value.split(['\'', '"']).skip(1).step_by(2).map(str::to_owned).collect()
}

/// A file's revision, and those it comes after.
fn revision(file: &File) -> Option<(String, Vec<String>)> {
    let text = file.text().ok().filter(|_| file.name().ends_with(".py"))?;
    let own = quoted(written(text, "revision")?).into_iter().next()?;
    let mut after = quoted(written(text, "down_revision")?);
    after.extend(written(text, "depends_on").map(quoted).unwrap_or_default());
    Some((own, after))
}

fn fits(tree: &Tree) -> Option<Fit> {
    let file = tree.files.iter().find(|file| revision(file).is_some())?;
    Some(Fit::new(Sure::Marked, format!("{} names its revision", file.path)))
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    let mut reading = Reading::default();
    for file in &tree.files {
        let Some((own, after)) = revision(file) else { continue };
        let mut migration = code::unread(file, own, "Python");
        (migration.after, migration.by_graph) = (after, true);
        reading.migrations.push(migration);
    }
    graph::ordered(&mut reading, &|_| false);
    reading
}

/// One row a branch.
/// <https://alembic.sqlalchemy.org/en/latest/api/runtime.html>
pub const ROWS: Rows =
    Rows { is_pointer: true, ..Rows::list(NAME, |entry| keyed("version_num", entry), |entry| keyed("version_num", entry)) };

/// `current --check-heads` prints each head that is there, or says that not all are. Without the check another branch would not be seen.
/// <https://alembic.sqlalchemy.org/en/latest/cookbook.html>
pub const STATUS: Status = Status {
    tool: NAME,
    commands: &[],
    variables: &[],
    example: "alembic current --check-heads",
    read: |said| {
        if said.lines().any(|line| line.contains("Database is not on all head revisions")) {
            return Some(Told::Something);
        }
        let is_checked = said.has("--check-heads") || said.has("-c");
        let is_whole = is_checked && said.is_well() && said.out.lines().any(|line| line.trim_end().ends_with("(head)"));
        is_whole.then(|| Told::pending([] as [&str; 0]))
    },
};

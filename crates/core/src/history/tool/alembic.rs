//! Alembic: the revisions the database stands at, one row a branch.

use super::code;
use crate::history::folder::{File, Fit, Grouping, Reader, Reading, Sure, Tree, Wish};
use crate::history::record::Family::Text;
use crate::history::record::{Cells, Record, column};
use crate::history::row::{Rows, keyed};
use crate::history::shape::{Role, Shape, Tool};

const NAME: &str = "Alembic";

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
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::Batch };

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
    Some((own, quoted(written(text, "down_revision")?)))
}

fn fits(tree: &Tree) -> Option<Fit> {
    let file = tree.files.iter().find(|file| revision(file).is_some())?;
    Some(Fit::new(Sure::Marked, format!("{} names its revision", file.path)))
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    let mut reading = Reading::default();
    let mut waiting: Vec<(&File, String, Vec<String>)> =
        tree.files.iter().filter_map(|file| revision(file).map(|(own, after)| (file, own, after))).collect();
    let known: Vec<String> = waiting.iter().map(|(_, own, _)| own.clone()).collect();
    for (file, _, after) in &waiting {
        for missing in after.iter().filter(|one| !known.contains(one)) {
            reading.odd.push((file.path.clone(), format!("it comes after revision {missing}, which no file has")));
        }
    }
    while !waiting.is_empty() {
        let is_open = |(_, _, after): &(&File, String, Vec<String>)| {
            let is_done = |one: &String| !known.contains(one) || reading.migrations.iter().any(|done| done.key == *one);
            after.iter().all(is_done)
        };
        let Some(at) = waiting.iter().position(is_open) else { break };
        let (file, own, _) = waiting.remove(at);
        reading.migrations.push(code::unread(file, own, "Python"));
    }
    for (file, ..) in waiting {
        reading.odd.push((file.path.clone(), "its revisions come after each other in a circle".to_owned()));
    }
    reading
}

/// One row a branch.
/// <https://alembic.sqlalchemy.org/en/latest/api/runtime.html>
pub const ROWS: Rows =
    Rows { is_pointer: true, ..Rows::list(NAME, |entry| keyed("version_num", entry), |entry| keyed("version_num", entry)) };

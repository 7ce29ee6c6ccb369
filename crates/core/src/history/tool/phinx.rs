//! Phinx, and CakePHP's migrations, which are built on it. A migration that has no end did not finish.

use super::code::{self, Names};
use crate::history::folder::{File, Fit, Grouping, Newer, Reader, Reading, Tree, Wish};
use crate::history::record::Family::{Number, Text, Time};
use crate::history::record::{Cells, Record, State, column};
use crate::history::shape::{Shape, Tool};

pub(super) const NAME: &str = "Phinx";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://book.cakephp.org/phinx/0/en/migrations.html", tables: &[LIST] };

const LIST: Shape = Shape {
    at: Some("end_time"),
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

/// PHP files `YYYYMMDDHHMMSS_name_of_class.php`; the number and the name of the class are recorded.
/// <https://book.cakephp.org/phinx/0/en/migrations.html>
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::PerFile, newer: Newer::Unknown };

const NAMES: Names = Names { language: "PHP", key };

/// The number and the rest of a file's name.
fn named(file: &File) -> Option<(&str, &str)> {
    let (number, name) = code::numbered_with(file.name().strip_suffix(".php")?, '_')?;
    (number.len() == 14).then_some((number, name))
}

fn key(file: &File) -> Option<String> {
    named(file).map(|(number, _)| number.to_owned())
}

/// `create_orders` is the class `CreateOrders`.
fn class(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    name.split('_').map(word).collect()
}

fn fits(tree: &Tree) -> Option<Fit> {
    let names = ["robmorgan/phinx", "cakephp/migrations"];
    let marked = names.iter().find_map(|name| tree.tells("composer.json", name).map(|path| format!("{path} names {name}")));
    code::fits(tree, &NAMES, marked)
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    let mut reading = code::read(tree, &NAMES);
    for migration in &mut reading.migrations {
        let file = migration.files.first().and_then(|path| tree.find(path));
        migration.description = file.and_then(named).map(|(_, name)| class(name));
    }
    reading
}

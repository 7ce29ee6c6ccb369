//! Knex: names of files in batches; a lock in a table of its own.

use super::code::{self, Names};
use crate::history::folder::{File, Fit, Grouping, Newer, Reader, Reading, Tree, Wish};
use crate::history::lock::RowLock;
use crate::history::record::Family::{Number, Text, Time};
use crate::history::record::{Cells, Record, column};
use crate::history::row::{Cell, Deed, Rows, keyed, text};
use crate::history::shape::{Role, Shape, Tool};
use crate::history::status::{Status, Told};

const NAME: &str = "Knex";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://knexjs.org/guide/migrations.html", tables: &[LIST, LOCK] };

const LIST: Shape = Shape {
    at: Some("migration_time"),
    anchor: Some("migration_time"),
    ..Shape::list(
        NAME,
        &["knex_migrations"],
        &[column("id", Number), column("name", Text), column("batch", Number), column("migration_time", Time)],
        &["id"],
        read,
    )
};

const LOCK: Shape = Shape {
    anchor: Some("is_locked"),
    role: Role::Lock,
    ..Shape::list(NAME, &["knex_migrations_lock"], &[column("index", Number), column("is_locked", Number)], &["index"], lock)
};

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("name").map(Record::applied)
}

fn lock(row: &Cells<'_>) -> Option<Record> {
    row.get("is_locked").filter(|locked| *locked != "0").map(|_| Record::applied("locked".to_owned()))
}

/// Scripts `TIMESTAMP_name.js`; the whole name of the file is recorded.
/// <https://knexjs.org/guide/migrations.html>
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::PerFile, newer: Newer::Refuses };

const NAMES: Names = Names { language: "JavaScript", key };

fn key(file: &File) -> Option<String> {
    code::numbered_with(code::script(file.name())?, '_')?;
    Some(file.name().to_owned())
}

fn fits(tree: &Tree) -> Option<Fit> {
    code::fits(tree, &NAMES, tree.tells("package.json", "\"knex\"").map(|path| format!("{path} names Knex")))
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    code::read(tree, &NAMES)
}

/// In a batch of its own, so that a rollback takes back nothing else.
/// <https://knexjs.org/guide/migrations.html>
pub const ROWS: Rows = Rows::list(
    NAME,
    |entry| Some(vec![("name", text(entry.key)), ("batch", Cell::Next), ("migration_time", Cell::Now)]),
    |entry| keyed("name", entry),
);

/// It notes nobody.
pub const ROW_LOCK: RowLock = RowLock {
    tool: NAME,
    table: "knex_migrations_lock",
    take: |_| Deed::Update(vec![("is_locked", Cell::Integer(1))], vec![("is_locked", Cell::Integer(0))]),
    give: |_| Deed::Update(vec![("is_locked", Cell::Integer(0))], vec![("is_locked", Cell::Integer(1))]),
};

/// `migrate:list` says how many are completed and pending, with a line for each.
pub const STATUS: Status = Status {
    tool: NAME,
    commands: &[],
    variables: &[],
    example: "npx knex migrate:list",
    read: |said| {
        if !said.is_well() {
            // The names of files that are gone.
            let told = said.lines().find_map(|line| line.split_once("the following files are missing: "));
            let wrong = |name: &str| (name.trim().to_owned(), format!("{} is gone", name.trim()));
            return told.map(|(_, gone)| Told::Pending { names: Vec::new(), wrong: gone.split(',').map(wrong).collect() });
        }
        if said.out.lines().any(|line| line.trim() == "No Pending Migration files Found.") {
            return Some(Told::pending([] as [&str; 0]));
        }
        let mut lines = said.out.lines().skip_while(|line| !(line.starts_with("Found ") && line.contains(" Pending Migration file")));
        lines.next()?;
        let names: Vec<&str> = lines.map(str::trim).take_while(|line| !line.is_empty()).collect();
        (!names.is_empty()).then(|| Told::pending(names))
    },
};

//! yoyo: names of files, or their hashes where a name was not kept; a lock in a table of its own.

use super::graph;
use crate::history::folder::{Fit, Grouping, Migration, Newer, Reader, Reading, Sure, Transaction, Tree, Wish};
use crate::history::lock::{Holder, RowLock};
use crate::history::record::Family::{Number, Text, Time};
use crate::history::record::{Cells, Record, column};
use crate::history::row::{Cell, Cells as Row, Deed, Rows, keyed, text};
use crate::history::shape::{Role, Shape, Tool};

const NAME: &str = "yoyo";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://ollycope.com/software/yoyo/latest/", tables: &[LIST, LOCK] };

const LIST: Shape = Shape {
    at: Some("applied_at_utc"),
    anchor: Some("applied_at_utc"),
    ..Shape::list(
        NAME,
        &["_yoyo_migration"],
        &[column("migration_hash", Text), column("migration_id", Text), column("applied_at_utc", Time)],
        &["applied_at_utc", "migration_id"],
        read,
    )
};

const LOCK: Shape = Shape {
    role: Role::Lock,
    ..Shape::list(NAME, &["yoyo_lock"], &[column("locked", Number), column("ctime", Time), column("pid", Number)], &["locked"], lock)
};

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("migration_id").or_else(|| row.text("migration_hash")).map(Record::applied)
}

fn lock(row: &Cells<'_>) -> Option<Record> {
    row.get("locked").filter(|locked| *locked != "0").map(|_| Record::applied("locked".to_owned()))
}

/// Files `NAME.sql`, with `NAME.rollback.sql` for the way back, or in Python. The name is all that is recorded.
/// <https://ollycope.com/software/yoyo/latest/#migration-files>
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::PerFile, newer: Newer::Passes };

const BACK: &str = ".rollback.sql";

fn fits(tree: &Tree) -> Option<Fit> {
    if let Some(file) = tree.around.iter().find(|file| file.name() == "yoyo.ini") {
        return Some(Fit::new(Sure::Marked, format!("{} is there", file.path)));
    }
    let file = tree.ending(BACK).next()?;
    Some(Fit::new(Sure::Named, format!("files named NAME{BACK}, such as {}", file.path)))
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    let mut reading = Reading::default();
    for file in tree.files.iter().filter(|file| file.folder().is_empty()) {
        if let Some(name) = file.path.strip_suffix(".sql").filter(|name| !name.ends_with(".rollback")) {
            let migration = Migration::new(name, name, file);
            reading.migrations.push(match tree.find(&format!("{name}{BACK}")) {
                Some(down) => migration.with_down(down),
                None => migration,
            });
        } else if let Some(name) = file.path.strip_suffix(".py").filter(|name| !name.starts_with("__")) {
            let mut migration = Migration::new(name, name, file);
            migration.up.clear();
            migration.unreadable = Some("it is written in Python".to_owned());
            reading.migrations.push(migration);
        }
    }
    reading.migrations.sort_by(|a, b| a.key.cmp(&b.key));
    for migration in &mut reading.migrations {
        let file = migration.files.first().and_then(|path| tree.find(path));
        let text = file.and_then(|file| file.text().ok()).unwrap_or_default();
        migration.after = needed(text);
        if told(text, "transactional").is_some_and(|value| value.eq_ignore_ascii_case("false")) {
            migration.transaction = Transaction::None;
        }
    }
    graph::ordered(&mut reading, &|_| false);
    reading
}

/// What the comments before the first statement say by a word.
fn told<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let comments = text.lines().map(str::trim).take_while(|line| line.is_empty() || line.starts_with("--"));
    let mut values =
        comments.filter_map(|line| line.trim_start_matches('-').trim_start().strip_prefix(word)?.trim_start().strip_prefix(':'));
    values.next().map(str::trim)
}

/// Names of those that a migration depends on: `-- depends: A B`, or `__depends__` in Python.
fn needed(text: &str) -> Vec<String> {
    if let Some(names) = told(text, "depends") {
        return names.split_whitespace().map(str::to_owned).collect();
    }
    let list = text.split_once("__depends__").and_then(|(_, rest)| rest.split(['}', ']', ')']).next()).unwrap_or_default();
    list.split(['\'', '"']).skip(1).step_by(2).map(str::to_owned).collect()
}

/// The name, and its SHA-256.
/// <https://ollycope.com/software/yoyo/latest/>
pub const ROWS: Rows = Rows::list(
    NAME,
    |entry| {
        let hash = super::sum::sha256(entry.key.as_bytes());
        Some(vec![("migration_hash", text(hash)), ("migration_id", text(entry.key)), ("applied_at_utc", Cell::Now)])
    },
    |entry| keyed("migration_id", entry),
);

/// The row itself: its key lets nobody put in another.
pub const ROW_LOCK: RowLock = RowLock {
    tool: NAME,
    table: "yoyo_lock",
    take: |holder| {
        let mut row = own(holder);
        row.push(("ctime", Cell::Now));
        Deed::Insert(row)
    },
    give: |holder| Deed::Delete(own(holder)),
};

fn own(holder: &Holder<'_>) -> Row {
    vec![("locked", Cell::Integer(1)), ("pid", Cell::Integer(holder.pid.into()))]
}

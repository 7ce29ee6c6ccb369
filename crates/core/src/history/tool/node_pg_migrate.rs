//! node-pg-migrate: names of files.

use crate::history::folder::{File, Fit, Grouping, Migration, Newer, Part, Reader, Reading, Sure, Tree, Wish, numbered};
use crate::history::record::Family::{Number, Text, Time};
use crate::history::record::{Cells, Record, column};
use crate::history::row::{Cell, Rows, keyed, text};
use crate::history::shape::{Shape, Tool};
use crate::history::status::{Status, Told};

const NAME: &str = "node-pg-migrate";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://salsita.github.io/node-pg-migrate/", tables: &[LIST] };

const LIST: Shape = Shape {
    at: Some("run_on"),
    ..Shape::list(NAME, &["pgmigrations"], &[column("id", Number), column("name", Text), column("run_on", Time)], &["run_on", "id"], read)
};

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("name").map(Record::applied)
}

/// Files `TIMESTAMP_NAME.sql` with `-- Up Migration` and `-- Down Migration` within, or in JavaScript; all that is pending runs in one
/// transaction. The name without its ending is all that is recorded.
/// <https://salsita.github.io/node-pg-migrate/>
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::Batch, newer: Newer::Passes };

const CODE: &[&str] = &[".js", ".cjs", ".mjs", ".ts"];

fn fits(tree: &Tree) -> Option<Fit> {
    let marked = |file: &&File| file.text().is_ok_and(|text| text.lines().any(|line| section(line).is_some()));
    if let Some(file) = tree.ending(".sql").find(marked) {
        return Some(Fit::new(Sure::Marked, format!("{} has `-- Up Migration`", file.path)));
    }
    let path = tree.tells("package.json", "\"node-pg-migrate\"")?;
    Some(Fit::new(Sure::Marked, format!("{path} names node-pg-migrate")))
}

/// Whether a line begins the way there or the way back.
fn section(line: &str) -> Option<bool> {
    let words: Vec<String> = line.trim().strip_prefix("--")?.split_whitespace().map(str::to_ascii_lowercase).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["up", "migration"] => Some(true),
        ["down", "migration"] => Some(false),
        _ => None,
    }
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    let mut reading = Reading::default();
    for file in tree.files.iter().filter(|file| numbered(file.name()).is_some()) {
        let name = file.name();
        if let Some(key) = name.strip_suffix(".sql") {
            reading.migrations.push(parts(Migration::new(key, key, file), file));
        } else if let Some(key) = CODE.iter().find_map(|end| name.strip_suffix(end)) {
            let mut migration = Migration::new(key, key, file);
            migration.up.clear();
            migration.unreadable = Some("it is written in JavaScript".to_owned());
            reading.migrations.push(migration);
        }
    }
    reading.migrations.sort_by(|a, b| a.key.cmp(&b.key));
    reading
}

fn parts(mut migration: Migration, file: &File) -> Migration {
    let Ok(text) = file.text() else { return migration };
    if !text.lines().any(|line| section(line).is_some()) {
        return migration;
    }
    migration.up.clear();
    let mut now: Option<(bool, usize, String)> = None;
    let mut parts = Vec::new();
    for (at, line) in text.split_inclusive('\n').enumerate() {
        match (section(line), &mut now) {
            (Some(is_up), _) => parts.extend(now.replace((is_up, at + 1, String::new()))),
            (None, Some((.., text))) => text.push_str(line),
            (None, None) => {}
        }
    }
    parts.extend(now);
    for (is_up, from, text) in parts {
        let part = Part::lines(&file.path, text, from);
        if is_up {
            migration.up.push(part);
        } else {
            migration.down.get_or_insert_default().push(part);
        }
    }
    migration
}

/// <https://salsita.github.io/node-pg-migrate/>
pub const ROWS: Rows = Rows::list(NAME, |entry| Some(vec![("name", text(entry.key)), ("run_on", Cell::Now)]), |entry| keyed("name", entry));

/// `No migrations to run!`, or `> Migrating files:` and a line `> - 1767225600000_a` for each.
pub const STATUS: Status = Status {
    tool: "node-pg-migrate",
    commands: &[&["node-pg-migrate", "up", "-m", "{folder}", "--no-check-order", "--dry-run"]],
    variables: &[],
    example: "npx node-pg-migrate up --dry-run",
    read: |said| {
        if !said.is_well() {
            return None;
        }
        if said.lines().any(|line| line == "No migrations to run!") {
            return Some(Told::pending([] as [&str; 0]));
        }
        let mut lines = said.lines().skip_while(|line| *line != "> Migrating files:");
        lines.next()?;
        Some(Told::pending(lines.map_while(|line| line.strip_prefix("> - "))))
    },
};

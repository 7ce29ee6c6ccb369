//! goose: a row each time a migration goes up or down; the last one tells.

use crate::history::folder::{File, Fit, Grouping, Migration, Newer, Part, Reader, Reading, Sure, Transaction, Tree, Wish, numbered, rank};
use crate::history::record::Family::{Flag, Number, Time};
use crate::history::record::{Cells, Record, State, column};
use crate::history::row::{Cell, Rows, numbered as by_number};
use crate::history::shape::{Shape, Tool};
use crate::history::status::{Status, Told};

const NAME: &str = "goose";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://pressly.github.io/goose/", tables: &[LIST] };

const LIST: Shape = Shape {
    at: Some("tstamp"),
    anchor: Some("version_id"),
    exact: false,
    ..Shape::list(
        NAME,
        &["goose_db_version"],
        &[column("id", Number), column("version_id", Number), column("is_applied", Flag), column("tstamp", Time)],
        &["id"],
        read,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let key = row.text("version_id")?;
    // The row every goose table begins with.
    if key == "0" {
        return None;
    }
    let state = if row.is("is_applied") { State::Applied } else { State::RolledBack };
    Some(Record { state, ..Record::applied(key) })
}

/// Files of one folder, `VERSION_NAME.sql`, with `-- +goose Up` and `-- +goose Down` within. Nothing is summed up.
/// <https://pressly.github.io/goose/documentation/annotations/>
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::PerFile, newer: Newer::Unknown };

fn fits(tree: &Tree) -> Option<Fit> {
    let marked = tree.ending(".sql").find(|file| file.text().is_ok_and(|text| text.lines().any(|line| annotation(line) == Some("up"))))?;
    Some(Fit::new(Sure::Marked, format!("{} has `-- +goose Up`", marked.path)))
}

/// What goose is told by a line, in small letters.
fn annotation(line: &str) -> Option<&'static str> {
    const KNOWN: &[&str] = &["up", "down", "no transaction", "statementbegin", "statementend", "envsub on", "envsub off"];
    let told = line.trim().strip_prefix("--")?.trim_start().strip_prefix("+goose")?.trim().to_ascii_lowercase();
    KNOWN.iter().find(|known| **known == told).copied()
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    let mut reading = Reading::default();
    for file in tree.files.iter().filter(|file| file.folder().is_empty()) {
        let Some((version, rest)) = numbered(&file.path) else { continue };
        let Ok(number) = version.parse::<i64>() else {
            reading.odd.push((file.path.clone(), "its number is larger than goose can read".to_owned()));
            continue;
        };
        if let Some(name) = rest.strip_suffix(".sql") {
            reading.migrations.push(migration(file, number, name.trim_start_matches('_')));
        } else if rest.ends_with(".go") && !rest.ends_with("_test.go") {
            let mut migration = Migration::new(number.to_string(), rest.trim_start_matches('_'), file);
            migration.up.clear();
            migration.unreadable = Some("it is written in Go".to_owned());
            reading.migrations.push(migration);
        }
    }
    reading.migrations.sort_by_key(|migration| rank(&migration.key));
    reading
}

fn migration(file: &File, number: i64, name: &str) -> Migration {
    let mut migration = Migration::new(number.to_string(), name, file);
    let Ok(text) = file.text() else { return migration };
    migration.up.clear();
    let mut part: Option<(bool, usize, String)> = None;
    let mut parts = Vec::new();
    let mut open = 0;
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let is_marked = line.trim().strip_prefix("--").is_some_and(|rest| rest.trim_start().starts_with("+goose"));
        let told = annotation(line);
        open += i32::from(told == Some("statementbegin")) - i32::from(told == Some("statementend"));
        if is_marked && told.is_none() || !(0..=1).contains(&open) {
            migration.unreadable = Some(format!("line {} is no annotation that goose knows, or none that may stand there", at + 1));
        }
        match told {
            Some("no transaction") => migration.transaction = Transaction::None,
            Some("envsub on") => migration.unreadable = Some("it takes values of the environment (ENVSUB)".to_owned()),
            Some(word @ ("up" | "down")) => parts.extend(part.replace((word == "up", at + 1, String::new()))),
            _ => {
                if let Some((.., text)) = &mut part {
                    text.push_str(line);
                }
            }
        }
    }
    parts.extend(part);
    if open != 0 || parts.iter().filter(|(is_up, ..)| *is_up).count() != 1 {
        migration
            .unreadable
            .get_or_insert("it has no `-- +goose Up`, or several, or a statement that does not end: goose refuses it".to_owned());
    }
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

/// <https://pressly.github.io/goose/documentation/>
pub const ROWS: Rows = Rows::list(
    NAME,
    |entry| Some(vec![("version_id", entry.number()?), ("is_applied", Cell::Flag(true))]),
    |entry| by_number("version_id", entry),
);

/// A heading, and a line for each: when it was applied, or `Pending`; two dashes; the file. Other programs log a time before each line.
/// <https://pressly.github.io/goose/documentation/environment-variables/>
pub const STATUS: Status = Status {
    tool: NAME,
    commands: &[&["goose", "-dir", "{folder}", "status"]],
    variables: &[("GOOSE_DRIVER", "{driver}"), ("GOOSE_DBSTRING", "{dsn}")],
    example: "goose -dir migrations status",
    read: |said| {
        let is_whole = said.is_well() && said.lines().any(|line| line.contains("Applied At") && line.ends_with("Migration"));
        let pending = said.lines().filter_map(|line| line.split_once(" -- ")).filter(|(state, _)| state.trim_end().ends_with("Pending"));
        is_whole.then(|| Told::pending(pending.map(|(_, file)| file)))
    },
};

//! sqlx, the Rust library with its command `sqlx migrate`.

use super::sum::sha384;
use crate::history::folder::{File, Fit, Grouping, Migration, Newer, Reader, Reading, Sure, Transaction, Tree, Wish, numbered, rank};
use crate::history::record::Family::{Bytes, Flag, Number, Text, Time};
use crate::history::record::{Cells, Record, State, column};
use crate::history::row::{Cell, Noted, Rows, numbered as by_number, text};
use crate::history::shape::{Shape, Tool};
use crate::history::status::{Status, Told};

pub(super) const NAME: &str = "sqlx";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://docs.rs/sqlx/latest/sqlx/macro.migrate.html", tables: &[LIST] };

const LIST: Shape = Shape {
    at: Some("installed_on"),
    anchor: Some("installed_on"),
    exact: false,
    ..Shape::list(
        NAME,
        &["_sqlx_migrations"],
        &[
            column("version", Number),
            column("description", Text),
            column("installed_on", Time),
            column("success", Flag),
            column("checksum", Bytes),
            column("execution_time", Number),
        ],
        &["version"],
        read,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let state = if row.is("success") { State::Applied } else { State::Failed };
    Some(Record { description: row.text("description"), checksum: row.text("checksum"), state, ..Record::applied(row.text("version")?) })
}

/// Files of one folder, `VERSION_DESCRIPTION.sql`, or pairs that end in `.up.sql` and `.down.sql`. The whole text is summed up with
/// SHA-384; one that begins with `-- no-transaction` is sent without one.
/// <https://docs.rs/sqlx/latest/sqlx/macro.migrate.html>
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::PerFile, newer: Newer::Refuses };

fn fits(tree: &Tree) -> Option<Fit> {
    let file = named(tree).next()?.0;
    if tree.around.iter().any(|file| file.path.contains(".sqlx/")) {
        return Some(Fit::new(Sure::Marked, "a folder .sqlx is beside it"));
    }
    if let Some(path) = tree.tells("Cargo.toml", "sqlx") {
        return Some(Fit::new(Sure::Marked, format!("{path} names sqlx")));
    }
    if let Some((file, ..)) = named(tree).find(|(file, ..)| file.bytes.starts_with(b"-- no-transaction")) {
        return Some(Fit::new(Sure::Marked, format!("{} begins with `-- no-transaction`", file.path)));
    }
    Some(Fit::new(Sure::Perhaps, format!("files named VERSION_DESCRIPTION.sql, such as {}", file.path)))
}

/// Files with their version and the rest of their name.
fn named(tree: &Tree) -> impl Iterator<Item = (&File, &str, &str)> {
    tree.files.iter().filter_map(|file| {
        let (version, rest) = numbered(&file.path)?;
        let rest = rest.strip_prefix('_')?.strip_suffix(".sql")?;
        (!rest.contains('/')).then_some((file, version, rest))
    })
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    let mut reading = Reading::default();
    let downs: Vec<_> = named(tree).filter_map(|(file, version, rest)| Some((file, version, rest.strip_suffix(".down")?))).collect();
    for (file, version, rest) in named(tree).filter(|(.., rest)| !rest.ends_with(".down")) {
        let Ok(number) = version.parse::<i64>() else {
            reading.odd.push((file.path.clone(), "its number is larger than sqlx can read".to_owned()));
            continue;
        };
        let name = rest.strip_suffix(".up").unwrap_or(rest);
        let mut migration = Migration::new(number.to_string(), name, file);
        migration.checksum = Some(sha384(&file.bytes));
        migration.description = Some(name.replace('_', " "));
        if file.bytes.starts_with(b"-- no-transaction") {
            migration.transaction = Transaction::Whole;
        }
        let down = downs.iter().find(|(_, other, _)| *other == version);
        reading.migrations.push(match down {
            Some((file, ..)) => migration.with_down(file),
            None => migration,
        });
    }
    reading.migrations.sort_by_key(|migration| rank(&migration.key));
    reading
}

/// <https://docs.rs/sqlx/latest/sqlx/migrate/struct.Migrator.html>
pub const ROWS: Rows = Rows {
    done: &[("success", Cell::Flag(true))],
    sum: Some(|sum| Some(("checksum", Cell::Bytes(sum.to_owned())))),
    ..Rows::list(NAME, row, |entry| by_number("version", entry))
};

fn row(entry: &Noted<'_>) -> Option<Vec<(&'static str, Cell)>> {
    Some(vec![
        ("version", entry.number()?),
        ("description", text(entry.description.unwrap_or(entry.name))),
        ("success", Cell::Flag(true)),
        ("checksum", Cell::Bytes(entry.checksum?.to_owned())),
        ("execution_time", Cell::Integer(0)),
    ])
}

/// A line for each: `20260101000000/installed one`, or `pending`, or what is wrong with its sum.
pub const STATUS: Status = Status {
    tool: NAME,
    commands: &[&["sqlx", "migrate", "info", "--source", "{folder}"]],
    variables: &[],
    example: "cargo sqlx migrate info",
    read: |said| {
        let (mut names, mut wrong) = (Vec::new(), Vec::new());
        if !said.is_well() || said.out.trim().is_empty() {
            return None;
        }
        for line in said.out.lines() {
            let Some((number, rest)) = line.split_once('/').filter(|(number, _)| number.parse::<i64>().is_ok()) else {
                // The two sums, below one that differs.
                if line.starts_with("applied migration had checksum") || line.starts_with("local migration has checksum") {
                    continue;
                }
                return None;
            };
            match rest.split_once(' ').map_or(rest, |(state, _)| state) {
                "pending" => names.push(number.to_owned()),
                "installed" if rest.starts_with("installed (") => wrong.push((number.to_owned(), line.to_owned())),
                "installed" => {}
                _ => return None,
            }
        }
        Some(Told::Pending { names, wrong })
    },
};

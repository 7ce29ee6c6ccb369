//! refinery, the Rust library with files named as Flyway's.

use super::sum::sip13;
use crate::history::folder::{File, Fit, Grouping, Migration, Newer, Reader, Reading, Sure, Tree, Wish, rank};
use crate::history::record::Family::{Number, Text};
use crate::history::record::{Cells, Record, column};
use crate::history::row::{Cell, Noted, Rows, numbered as by_number, text};
use crate::history::shape::{Shape, Tool};

pub(super) const NAME: &str = "refinery";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://docs.rs/refinery", tables: &[LIST] };

const LIST: Shape = Shape {
    at: Some("applied_on"),
    anchor: Some("applied_on"),
    ..Shape::list(
        NAME,
        &["refinery_schema_history"],
        &[column("version", Number), column("name", Text), column("applied_on", Text), column("checksum", Text)],
        &["version"],
        read,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    Some(Record { description: row.text("name"), checksum: row.text("checksum"), ..Record::applied(row.text("version")?) })
}

/// Files named as Flyway's, `V1__name.sql`, with whole numbers; `U` for those that may run out of order. The sum is SipHash 1-3 of
/// name, number and text.
/// <https://docs.rs/refinery/latest/refinery/>
// Its program passes over it; one that it is built into refuses, unless that is set otherwise.
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::PerFile, newer: Newer::Unknown };

fn fits(tree: &Tree) -> Option<Fit> {
    let file = named(tree).next()?.0;
    if let Some(path) = tree.tells("Cargo.toml", "refinery") {
        return Some(Fit::new(Sure::Marked, format!("{path} names refinery")));
    }
    Some(Fit::new(Sure::Perhaps, format!("files named V1__NAME.sql, such as {}", file.path)))
}

fn named(tree: &Tree) -> impl Iterator<Item = (&File, i32, &str)> {
    tree.files.iter().filter_map(|file| {
        let rest = file.name().strip_prefix(['V', 'U'])?.strip_suffix(".sql")?;
        let (version, name) = rest.split_once("__")?;
        let is_word = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        is_word.then_some((file, version.parse().ok()?, name))
    })
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    let mut reading = Reading::default();
    for (file, version, name) in named(tree) {
        let mut migration = Migration::new(version.to_string(), name, file);
        migration.description = Some(name.to_owned());
        if let Ok(text) = std::str::from_utf8(&file.bytes) {
            migration.checksum = Some(sip13(name, version, text));
        }
        reading.migrations.push(migration);
    }
    reading.migrations.sort_by_key(|migration| rank(&migration.key));
    reading
}

/// It reads the moment back as RFC 3339.
/// <https://docs.rs/refinery/latest/refinery/>
pub const ROWS: Rows =
    Rows { sum: Some(|sum| Some(("checksum", text(sum)))), ..Rows::list(NAME, row, |entry| by_number("version", entry)) };

fn row(entry: &Noted<'_>) -> Option<Vec<(&'static str, Cell)>> {
    Some(vec![
        ("version", entry.number()?),
        ("name", text(entry.description.unwrap_or(entry.name))),
        ("applied_on", Cell::NowWritten),
        ("checksum", text(entry.checksum?)),
    ])
}

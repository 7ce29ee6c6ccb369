//! Diesel. It records versions without the dashes of their folders' names.

use crate::history::folder::{Fit, Grouping, Migration, Newer, Reader, Reading, Sure, Transaction, Tree, Wish};
use crate::history::record::Family::{Text, Time};
use crate::history::record::{Cells, Record, column};
use crate::history::row::{Rows, keyed};
use crate::history::shape::{Shape, Tool};
use crate::history::status::{Status, Told};

const NAME: &str = "Diesel";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://docs.rs/diesel_migrations", tables: &[LIST] };

const LIST: Shape = Shape {
    at: Some("run_on"),
    ..Shape::list(NAME, &["__diesel_schema_migrations"], &[column("version", Text), column("run_on", Time)], &["version"], read)
};

fn read(row: &Cells<'_>) -> Option<Record> {
    row.text("version").map(Record::applied)
}

/// Folders `VERSION_NAME` with `up.sql` and `down.sql`, in the order of their names. Nothing is summed up.
/// <https://docs.rs/diesel_migrations>
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::PerFile, newer: Newer::Passes };

fn fits(tree: &Tree) -> Option<Fit> {
    let file = tree.files.iter().find(|file| file.name() == "up.sql" && !file.folder().is_empty())?;
    Some(Fit::new(Sure::Marked, format!("folders that hold up.sql, such as {}", file.folder())))
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    let mut reading = Reading::default();
    for file in tree.files.iter().filter(|file| file.name() == "up.sql") {
        let folder = file.folder();
        let (version, name) = folder.split_once('_').unwrap_or((folder, ""));
        if folder.is_empty() || folder.contains('/') || version.is_empty() {
            reading.odd.push((file.path.clone(), "it is in no folder of its own named VERSION_NAME".to_owned()));
            continue;
        }
        let mut migration = Migration::new(version.replace('-', ""), name, file);
        if let Some(text) = tree.find(&format!("{folder}/metadata.toml")).and_then(|file| file.text().ok()) {
            let is_apart = text.lines().filter_map(|line| line.split_once('=')).any(|(key, value)| {
                let value = value.split('#').next().unwrap_or_default().trim();
                key.trim() == "run_in_transaction" && value == "false"
            });
            if is_apart {
                migration.transaction = Transaction::Whole;
            }
        }
        reading.migrations.push(match tree.find(&format!("{folder}/down.sql")) {
            Some(down) => migration.with_down(down),
            None => migration,
        });
    }
    reading.migrations.sort_by(|a, b| a.key.cmp(&b.key));
    reading
}

/// The moment is the table's default.
pub const ROWS: Rows = Rows::list(NAME, |entry| keyed("version", entry), |entry| keyed("version", entry));

/// `Migrations:`, and a line for each: `[X] 2026-01-01-000000_one`, or `[ ]`.
pub const STATUS: Status = Status {
    tool: NAME,
    commands: &[&["diesel", "migration", "list", "--migration-dir", "{folder}"]],
    variables: &[],
    example: "diesel migration list",
    read: |said| {
        let is_whole = said.is_well() && said.out.trim_start().starts_with("Migrations:");
        is_whole.then(|| Told::pending(said.lines().filter_map(|line| line.strip_prefix("[ ] "))))
    },
};

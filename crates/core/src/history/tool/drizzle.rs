//! Drizzle: what it calls `created_at` is the time in its journal, which names the migration.

use super::sum::sha256;
use crate::history::folder::{Fit, Grouping, Migration, Newer, Reader, Reading, Sure, Tree, Wish};
use crate::history::record::Family::{Number, Text};
use crate::history::record::{Cells, Record, column};
use crate::history::row::{Cell, Noted, Rows, numbered as by_number, text};
use crate::history::shape::{Shape, Tool};

const NAME: &str = "Drizzle";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://orm.drizzle.team/docs/drizzle-kit-migrate", tables: &[LIST] };

const LIST: Shape = Shape {
    exact: false,
    ..Shape::list(
        NAME,
        &["__drizzle_migrations"],
        &[column("id", Number), column("hash", Text), column("created_at", Number)],
        &["id"],
        read,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let key = row.text("created_at").or_else(|| row.text("hash"))?;
    Some(Record { checksum: row.text("hash"), ..Record::applied(key) })
}

/// A journal, `meta/_journal.json`, names the files in order; all that is pending runs in one transaction. SHA-256 of each file.
/// <https://orm.drizzle.team/docs/drizzle-kit-migrate>
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::Batch, newer: Newer::Passes };

const JOURNAL: &str = "meta/_journal.json";

/// The journal, and the folder that its files are in.
fn journal(tree: &Tree) -> Option<(&crate::history::folder::File, &str)> {
    tree.files.iter().find_map(|file| {
        let folder = file.path.strip_suffix(JOURNAL)?;
        (folder.is_empty() || folder.ends_with('/')).then_some((file, folder))
    })
}

fn fits(tree: &Tree) -> Option<Fit> {
    journal(tree).map(|(file, _)| Fit::new(Sure::Marked, format!("{} is Drizzle's journal", file.path)))
}

#[derive(serde::Deserialize)]
struct Journal {
    entries: Vec<Entry>,
}

#[derive(serde::Deserialize)]
struct Entry {
    idx: i64,
    when: i64,
    tag: String,
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    let mut reading = Reading::default();
    let Some((file, folder)) = journal(tree) else { return reading };
    let mut entries = match serde_json::from_slice::<Journal>(&file.bytes) {
        Ok(journal) => journal.entries,
        Err(error) => {
            reading.odd.push((file.path.clone(), format!("it is no journal: {error}")));
            return reading;
        }
    };
    entries.sort_by_key(|entry| entry.idx);
    let mut latest = i64::MIN;
    for Entry { when, tag, .. } in entries {
        let path = format!("{folder}{tag}.sql");
        // It runs what is newer than the newest it has recorded.
        if when <= latest {
            reading.odd.push((path.clone(), "an earlier entry of the journal has a later time: Drizzle may never run it".to_owned()));
        }
        latest = latest.max(when);
        let Some(file) = tree.find(&path) else {
            reading.odd.push((path, "the journal names it, and it is not there".to_owned()));
            continue;
        };
        let mut migration = Migration::new(when.to_string(), tag, file);
        migration.checksum = Some(sha256(&file.bytes));
        reading.migrations.push(migration);
    }
    let named = |path: &str| reading.migrations.iter().any(|migration| migration.files.iter().any(|file| file == path));
    let beside = tree.ending(".sql").filter(|file| file.folder() == folder.trim_end_matches('/') && !named(&file.path));
    let odd: Vec<_> = beside.map(|file| (file.path.clone(), "the journal does not name it: Drizzle will not run it".to_owned())).collect();
    reading.odd.extend(odd);
    reading
}

/// <https://orm.drizzle.team/docs/drizzle-kit-migrate>
pub const ROWS: Rows = Rows { sum: Some(|sum| Some(("hash", text(sum)))), ..Rows::list(NAME, row, |entry| by_number("created_at", entry)) };

fn row(entry: &Noted<'_>) -> Option<Vec<(&'static str, Cell)>> {
    Some(vec![("hash", text(entry.checksum?)), ("created_at", entry.number()?)])
}

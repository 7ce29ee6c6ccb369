//! Atlas: revisions, each with the number of its statements that were applied. Rows whose version begins with a dot are the
//! tool's own notes.

use super::sum::sha256_base64;
use crate::history::folder::{File, Fit, Grouping, Migration, Newer, Reader, Reading, Sure, Transaction, Tree, Wish};
use crate::history::record::Family::{Compound, Number, Text};
use crate::history::record::{Cells, Record, State, column};
use crate::history::shape::{Shape, Tool};

pub(super) const NAME: &str = "Atlas";

pub const TOOL: Tool = Tool { name: NAME, manual: "https://atlasgo.io/versioned/intro", tables: &[LIST] };

const LIST: Shape = Shape {
    at: Some("executed_at"),
    anchor: Some("partial_hashes"),
    exact: false,
    ..Shape::list(
        NAME,
        &["atlas_schema_revisions"],
        &[
            column("version", Text),
            column("description", Text),
            column("applied", Number),
            column("total", Number),
            column("error", Text),
            column("hash", Text),
            column("partial_hashes", Compound),
        ],
        &["version"],
        read,
    )
};

fn read(row: &Cells<'_>) -> Option<Record> {
    let key = row.text("version")?;
    if key.starts_with('.') {
        return None;
    }
    let failed = row.get("error").is_some_and(|text| !text.is_empty()) || row.get("applied") != row.get("total");
    let state = if failed { State::Failed } else { State::Applied };
    Some(Record { description: row.text("description"), checksum: row.text("hash"), state, ..Record::applied(key) })
}

/// Files `VERSION_name.sql` of one folder in the order of their names, and `atlas.sum`, which holds a sum of each with all before it.
/// <https://atlasgo.io/concepts/migration-directory-integrity>
pub const FOLDER: Reader = Reader { tool: NAME, records: &[NAME], fits, read: folder, grouping: Grouping::PerFile, newer: Newer::Unknown };

const SUMS: &str = "atlas.sum";

fn fits(tree: &Tree) -> Option<Fit> {
    tree.find(SUMS).map(|file| Fit::new(Sure::Marked, format!("{} is Atlas's", file.path)))
}

/// What a file tells Atlas by a comment.
fn told<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let mut lines = text.lines().filter_map(|line| line.trim().strip_prefix("--")?.trim_start().strip_prefix("atlas:")?.strip_prefix(word));
    lines.next().map(str::trim)
}

fn folder(tree: &Tree, _: &Wish) -> Reading {
    let mut reading = Reading::default();
    let in_folder = || tree.ending(".sql").filter(|file| file.folder().is_empty());
    // Pairs as golang-migrate has them are read so by Atlas too.
    let has_pairs = in_folder().any(|file| file.path.ends_with(".up.sql"));
    let files: Vec<&File> = in_folder().filter(|file| !has_pairs || file.path.ends_with(".up.sql")).collect();
    let sums = sums(&files);
    compared(tree, &sums, &mut reading);
    for file in files {
        let stem = file.path.strip_suffix(".sql").unwrap_or(&file.path);
        let stem = stem.strip_suffix(".up").unwrap_or(stem);
        let (version, name) = stem.split_once('_').unwrap_or((stem, ""));
        let mut migration = Migration::new(version, name, file);
        let text = file.text().unwrap_or_default();
        migration.description = Some(name.to_owned());
        migration.chained = true;
        migration.checksum = sums.iter().find(|(path, _)| *path == file.path).map(|(_, sum)| sum.clone());
        migration.baseline = told(text, "checkpoint").is_some();
        migration.transaction = if told(text, "txmode") == Some("none") { Transaction::None } else { Transaction::Own };
        if told(text, "delimiter").is_some() {
            migration.unreadable =
                Some("its statements end with a delimiter of its own (atlas:delimiter), which is not understood".to_owned());
        }
        reading.migrations.push(match tree.find(&format!("{stem}.down.sql")).filter(|_| has_pairs) {
            Some(down) => migration.with_down(down),
            None => migration,
        });
    }
    // A checkpoint stands for those before it, where a database begins with it.
    if let Some(first) = reading.migrations.first().map(|first| first.key.clone()) {
        reading.migrations.retain(|migration| !migration.baseline || migration.key == first);
    }
    reading
}

/// The sum of each file, as the tool's file has it.
fn sums(files: &[&File]) -> Vec<(String, String)> {
    let mut all: Vec<u8> = Vec::new();
    let mut sums = Vec::new();
    for file in files {
        all.extend_from_slice(file.path.as_bytes());
        // The directive leaves its text out.
        if file.text().is_ok_and(|text| text.lines().any(|line| line.contains("atlas:sum ignore"))) {
            continue;
        }
        all.extend_from_slice(&file.bytes);
        sums.push((file.path.clone(), sha256_base64(&all)));
    }
    sums
}

/// Says where the tool's own file does not fit: Atlas refuses to run then.
fn compared(tree: &Tree, sums: &[(String, String)], reading: &mut Reading) {
    let mut odd =
        |file: &str, why: &str| reading.odd.push((file.to_owned(), format!("{why}: Atlas refuses the folder until `atlas migrate hash`")));
    let Some(text) = tree.find(SUMS).and_then(|file| file.text().ok()) else {
        return odd(SUMS, "it is not there, or is no text");
    };
    let mut lines = text.lines();
    let first = lines.next().and_then(|line| line.strip_prefix("h1:")).unwrap_or_default();
    let written: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once("h1:")).map(|(name, sum)| (name.trim(), sum.trim())).collect();
    let whole: Vec<u8> = written.iter().flat_map(|(name, sum)| [name.as_bytes(), sum.as_bytes()].concat()).collect();
    if sha256_base64(&whole) != first {
        odd(SUMS, "its first line is not the sum of the others");
    }
    for (at, (path, sum)) in sums.iter().enumerate() {
        match written.get(at) {
            Some((name, written)) if name == path && written == sum => {}
            Some((name, _)) if name == path => return odd(path, "it is not the text that atlas.sum has a sum of"),
            _ if written.iter().any(|(name, _)| name == path) => return odd(SUMS, "it names a file before this one that is not there"),
            _ => return odd(path, "atlas.sum does not name it"),
        }
    }
    if let Some((name, _)) = written.get(sums.len()) {
        odd(name, "atlas.sum names it, and it is not there");
    }
}

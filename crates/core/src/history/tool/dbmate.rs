//! dbmate's folder. Its table is the one Rails makes, see `rails`.

use crate::history::folder::{File, Fit, Grouping, Migration, Newer, Part, Reader, Reading, Sure, Transaction, Tree, Wish, numbered};
use crate::history::status::{Status, Told};

/// Files of one folder, `VERSION_NAME.sql`, with `-- migrate:up` and `-- migrate:down` within, in the order of their names. Nothing is
/// summed up.
/// <https://github.com/amacneil/dbmate#creating-migrations>
pub const FOLDER: Reader =
    Reader { tool: "dbmate", records: &["Rails or dbmate", "Rails"], fits, read, grouping: Grouping::PerFile, newer: Newer::Passes };

/// Whether a line begins the way there or the way back, with what is said behind it.
fn section(line: &str) -> Option<(bool, &str)> {
    let told = line.strip_prefix("--")?.trim_start();
    let (is_up, rest) = match told.strip_prefix("migrate:up") {
        Some(rest) => (true, rest),
        None => (false, told.strip_prefix("migrate:down")?),
    };
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some((is_up, rest.trim()))
}

fn fits(tree: &Tree) -> Option<Fit> {
    let marked = |file: &&File| file.text().is_ok_and(|text| text.lines().any(|line| matches!(section(line), Some((true, _)))));
    let file = tree.ending(".sql").find(marked)?;
    Some(Fit::new(Sure::Marked, format!("{} has `-- migrate:up`", file.path)))
}

fn read(tree: &Tree, _: &Wish) -> Reading {
    let mut reading = Reading::default();
    for file in tree.files.iter().filter(|file| file.folder().is_empty()) {
        let Some((version, rest)) = numbered(&file.path) else { continue };
        let Some(name) = rest.strip_suffix(".sql") else { continue };
        let mut migration = Migration::new(version, name.trim_start_matches('_'), file);
        let Ok(text) = file.text() else {
            reading.migrations.push(migration);
            continue;
        };
        migration.up.clear();
        let mut now: Option<(bool, usize, String)> = None;
        let mut parts = Vec::new();
        for (at, line) in text.split_inclusive('\n').enumerate() {
            match (section(line), &mut now) {
                (Some((is_up, told)), _) => {
                    if is_up && told.split_whitespace().any(|word| word == "transaction:false") {
                        migration.transaction = Transaction::Whole;
                    }
                    parts.extend(now.replace((is_up, at + 1, String::new())));
                }
                (None, Some((.., text))) => text.push_str(line),
                (None, None) if line.trim().is_empty() || line.trim_start().starts_with("--") => {}
                (None, None) => {
                    migration.unreadable = Some(format!("line {} stands before `-- migrate:up`, and dbmate refuses it", at + 1));
                }
            }
        }
        parts.extend(now);
        if !parts.iter().any(|(is_up, ..)| *is_up) {
            migration.unreadable = Some("it has no line `-- migrate:up`, and dbmate refuses it".to_owned());
        }
        for (is_up, from, text) in parts {
            let part = Part::lines(&file.path, text, from);
            if is_up {
                migration.up.push(part);
            } else {
                migration.down.get_or_insert_default().push(part);
            }
        }
        reading.migrations.push(migration);
    }
    // By the names of files, which the tree is sorted by.
    reading
}

/// A line for each, `[X]` or `[ ]` before the file, and at the end how many there are.
pub const STATUS: Status = Status {
    tool: "dbmate",
    commands: &[&["dbmate", "-d", "{folder}", "--no-dump-schema", "status"]],
    variables: &[],
    example: "dbmate status",
    read: |said| {
        let is_whole = said.is_well() && said.lines().any(|line| line.starts_with("Pending:"));
        is_whole.then(|| Told::pending(said.lines().filter_map(|line| line.strip_prefix("[ ] "))))
    },
};

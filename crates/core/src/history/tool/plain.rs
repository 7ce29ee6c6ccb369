//! Files that no tool is known for: run one after the other by the server's own client. Nothing is recorded.

use crate::compare::natural;
use crate::history::folder::{Fit, Grouping, Migration, Newer, Reader, Reading, Sure, Transaction, Tree, Wish};
use crate::history::include::{self, included};

/// All `.sql` files in the order a person would sort them; words of a file itself begin and end transactions.
pub const FOLDER: Reader = Reader { tool: "plain SQL", records: &[], fits, read, grouping: Grouping::None, newer: Newer::Unknown };

/// Ends of names that are a way back.
const BACK: &[&str] = &[".down.sql", ".rollback.sql", ".undo.sql", ".revert.sql", "/down.sql"];

fn fits(tree: &Tree) -> Option<Fit> {
    let file = tree.ending(".sql").next()?;
    Some(Fit::new(Sure::Otherwise, format!("SQL files, such as {}, and nothing that tells a tool", file.path)))
}

fn read(tree: &Tree, _: &Wish) -> Reading {
    let mut reading = Reading::default();
    let within = include::named_anywhere(tree);
    for file in tree.ending(".sql").filter(|file| !within.contains(&file.path)) {
        let small = file.path.to_ascii_lowercase();
        if BACK.iter().any(|end| small.ends_with(end)) {
            continue;
        }
        let key = file.path.get(..file.path.len() - ".sql".len()).unwrap_or(&file.path);
        let key = key.strip_suffix(".up").unwrap_or(key);
        let mut migration = included(Migration::new(key, key, file), tree, file);
        migration.transaction = Transaction::PerStatement;
        let down = BACK.iter().find_map(|end| tree.find(&format!("{key}{end}")));
        reading.migrations.push(match down {
            Some(down) => migration.with_down(down),
            None => migration,
        });
    }
    reading.migrations.sort_by(|a, b| natural(&a.key, &b.key));
    reading
}

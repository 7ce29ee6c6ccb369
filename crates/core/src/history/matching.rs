//! Which record is which migration's, where a tool writes the key otherwise than its file does.

use super::folder::{Folder, Migration};
use super::tool::{is_elsewhere, is_same, is_titled};
use super::verdict::Recorded;

/// Says which descriptions are names, by which two migrations of one key are told apart.
pub fn titled(folder: &mut Folder) {
    if is_titled(folder.tool) {
        folder.migrations.iter_mut().for_each(|migration| migration.title.clone_from(&migration.description));
    }
}

/// Gives records the key of the one migration that they can be of; a record that is some file's as it stands stays.
pub fn matched(folder: &Folder, records: &mut [Recorded]) {
    let is_taken = |records: &[Recorded], migration: &Migration| records.iter().any(|record| record.key == migration.key);
    for at in 0..records.len() {
        let Some(record) = records.get(at) else { continue };
        if folder.migrations.iter().any(|migration| migration.key == record.key) {
            continue;
        }
        let same = folder.migrations.iter().filter(|migration| is_same(folder.tool, &record.key, &migration.key));
        let free: Vec<&Migration> = same.filter(|migration| !is_taken(records, migration)).collect();
        if let ([one], Some(record)) = (free.as_slice(), records.get_mut(at)) {
            record.key.clone_from(&one.key);
        }
    }
}

/// Records of other parts of the project, whose files are not in this folder.
#[must_use]
pub fn elsewhere<'r>(folder: &Folder, records: &'r [Recorded]) -> Vec<&'r Recorded> {
    let keys: Vec<&str> = folder.migrations.iter().map(|migration| migration.key.as_str()).collect();
    records.iter().filter(|record| is_elsewhere(folder.tool, &record.key, &keys)).collect()
}

/// Whether two keys are the same one to a tool.
#[must_use]
pub fn is_one(tool: &str, one: &str, other: &str) -> bool {
    one == other || is_same(tool, one, other)
}

/// Those that have to be applied before a migration, and those before them.
#[must_use]
pub fn ancestors<'m>(folder: &'m Folder, key: &'m str) -> Vec<&'m str> {
    let mut found: Vec<&str> = vec![key];
    let mut at = 0;
    while let Some(key) = found.get(at).copied() {
        let after = folder.migrations.iter().filter(|migration| migration.key == key).flat_map(|migration| &migration.after);
        for one in after {
            if !found.contains(&one.as_str()) {
                found.push(one);
            }
        }
        at += 1;
    }
    found.remove(0);
    found
}

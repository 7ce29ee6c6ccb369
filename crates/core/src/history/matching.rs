//! Which record is which migration's, where a tool writes the key otherwise than its file does.

use super::folder::{Folder, Migration};
use super::record::State;
use super::tool::{hint, is_covered, is_same, is_titled, part};
use super::verdict::Recorded;
use std::collections::{HashMap, HashSet};

/// Says which descriptions are names, by which two migrations of one key are told apart.
pub fn titled(folder: &mut Folder) {
    if is_titled(folder.tool) {
        folder.migrations.iter_mut().for_each(|migration| migration.title.clone_from(&migration.description));
    }
}

/// Gives records the key of the one migration that they can be of; a record that is some file's as it stands stays.
pub fn matched(folder: &Folder, records: &mut [Recorded]) {
    let own: HashSet<&str> = folder.migrations.iter().map(|migration| migration.key.as_str()).collect();
    let mut taken: HashSet<String> = records.iter().map(|record| record.key.clone()).collect();
    let mut alike: HashMap<String, Vec<&Migration>> = HashMap::new();
    for migration in &folder.migrations {
        let Some(hint) = hint(folder.tool, &migration.key) else { return };
        alike.entry(hint).or_default().push(migration);
    }
    for record in records.iter_mut().filter(|record| !own.contains(record.key.as_str())) {
        let same = hint(folder.tool, &record.key).and_then(|hint| alike.get(&hint)).map(Vec::as_slice).unwrap_or_default();
        let fits = |migration: &&&Migration| !taken.contains(&migration.key) && is_same(folder.tool, &record.key, &migration.key);
        if let [one] = same.iter().filter(fits).collect::<Vec<_>>().as_slice() {
            taken.insert(one.key.clone());
            record.key.clone_from(&one.key);
        }
    }
}

/// A baseline says of every file up to it that its effect is there, without a row of its own: the tool never runs these. What it says
/// itself is not about a file of that number.
pub fn baselined(folder: &Folder, records: &mut Vec<Recorded>) {
    let baselines: Vec<Recorded> =
        records.iter().filter(|record| record.is_baseline() && record.state == State::Applied).cloned().collect();
    for migration in folder.migrations.iter().filter(|migration| !migration.baseline && !migration.repeatable) {
        let own = records.iter_mut().find(|record| record.key == migration.key);
        match own.filter(|record| record.state != State::RolledBack) {
            Some(own) if own.is_baseline() => (own.description, own.checksum) = (None, None),
            Some(_) => {}
            None => {
                let covers = |baseline: &&Recorded| is_covered(folder.tool, &baseline.key, &migration.key);
                records.extend(baselines.iter().find(covers).map(|baseline| Recorded {
                    key: migration.key.clone(),
                    description: None,
                    checksum: None,
                    implied: true,
                    ..baseline.clone()
                }));
            }
        }
    }
}

/// Records of other parts of the project, whose files are not in this folder.
#[must_use]
pub fn elsewhere<'r>(folder: &Folder, records: &'r [Recorded]) -> Vec<&'r Recorded> {
    let parts: HashSet<Option<&str>> = folder.migrations.iter().map(|migration| part(folder.tool, &migration.key)).collect();
    let is_elsewhere = |record: &&Recorded| part(folder.tool, &record.key).is_some_and(|part| !parts.contains(&Some(part)));
    records.iter().filter(is_elsewhere).collect()
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

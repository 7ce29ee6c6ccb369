//! Migrations that name those they come after: their order.

use crate::history::folder::{Migration, Reading};

/// Puts migrations after those they name, and otherwise leaves them in the order they are in. Those that come after each other in a circle
/// are left out, and said; so is one that nothing here has, of which `is_elsewhere` does not know that it is another project's.
pub(super) fn ordered(reading: &mut Reading, is_elsewhere: &dyn Fn(&str) -> bool) {
    let mut waiting: Vec<Option<Migration>> = std::mem::take(&mut reading.migrations).into_iter().map(Some).collect();
    let known: std::collections::HashSet<String> = waiting.iter().flatten().map(|migration| migration.key.clone()).collect();
    for migration in waiting.iter_mut().flatten() {
        let file = migration.files.first().cloned().unwrap_or_default();
        for missing in migration.after.iter().filter(|key| !known.contains(*key) && !is_elsewhere(key)) {
            reading.odd.push((file.clone(), format!("it comes after {missing}, which no file has")));
        }
        migration.after.retain(|key| known.contains(key));
    }
    let mut done: std::collections::HashSet<String> = std::collections::HashSet::new();
    loop {
        let is_open = |migration: &Migration| migration.after.iter().all(|key| done.contains(key));
        let next = waiting.iter_mut().find(|slot| slot.as_ref().is_some_and(is_open)).and_then(Option::take);
        let Some(migration) = next else { break };
        done.insert(migration.key.clone());
        reading.migrations.push(migration);
    }
    for migration in waiting.into_iter().flatten() {
        let file = migration.files.first().cloned().unwrap_or_default();
        reading.odd.push((file, "it and others come after each other in a circle".to_owned()));
    }
}

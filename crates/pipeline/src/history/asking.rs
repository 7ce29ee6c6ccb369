//! The tool itself, asked of a throwaway server after a repair: what it would still run there. Neighbours: `trial`, which ran the repair;
//! `core/history/status`, which knows what to ask.

use super::Inquiry;
use crate::render::{LONGEST, is_on_path, printed};
use evenkeel_core::fault::Trouble;
use evenkeel_core::history::STATUSES;
use evenkeel_core::history::told::{Entry, History};
use evenkeel_core::history::verdict::Verdict;
use evenkeel_core::port::{Scratch, Stop};

/// What came of it.
pub(super) struct Asked {
    /// In words, always: also that nobody was asked.
    pub words: String,
    /// What it says against the repair.
    pub against: Vec<String>,
}

impl Inquiry<'_> {
    /// Asks the tool whose files these are, where it can be asked and is on PATH.
    pub(super) fn asked(&self, (scratch, database): (&dyn Scratch, &str), after: &History, stop: &Stop) -> Result<Asked, Box<Trouble>> {
        let tool = self.read.folder.tool;
        let not = |why: String| {
            Ok(Asked { words: format!("{tool} itself was not asked whether it has anything to run: {why}"), against: Vec::new() })
        };
        let Some(status) = STATUSES.iter().find(|status| status.tool == tool) else {
            return not("evenkeel knows no command for it".to_owned());
        };
        let Some(url) = scratch.reached(database) else { return not("it is not asked of such a server".to_owned()) };
        if !is_on_path(status.program) {
            return not(format!("`{}` is not on PATH", status.program));
        }
        let folder = match std::path::absolute(&self.read.path) {
            Ok(folder) => folder.display().to_string(),
            Err(error) => return not(error.to_string()),
        };
        let variables: Vec<(&str, &str)> = status.variable.iter().map(|name| (*name, url.as_str())).collect();
        // Where its own settings may lie nobody looks for them: the address and the folder are all that it is told.
        let place = std::env::temp_dir();
        let told = match printed(&status.words(&url, &folder), &variables, &place, LONGEST, stop)? {
            Ok((told, said)) => told + "\n" + &said,
            Err(why) => return not(why),
        };
        let Some(pending) = (status.read)(&told) else { return not("its answer was not understood".to_owned()) };
        let known: Vec<&str> =
            after.migrations.iter().filter(|entry| is_pending(entry)).flat_map(|entry| entry.files.iter()).map(|file| stem(file)).collect();
        let more = pending.iter().filter(|name| !known.contains(&stem(name)));
        let against: Vec<String> = more.map(|name| format!("{tool} itself would still run {name}")).collect();
        let words = match (against.is_empty(), pending.len()) {
            (true, 0) => format!("{tool} itself, asked there, has nothing to run"),
            (true, count) => format!("{tool} itself, asked there, has nothing to run but the {count} that are pending"),
            (false, _) => format!("{tool} itself, asked there, does not agree"),
        };
        Ok(Asked { words, against })
    }
}

fn is_pending(entry: &Entry) -> bool {
    matches!(entry.judged.verdict, Verdict::Pending | Verdict::PendingOutOfOrder | Verdict::RolledBack)
}

/// A file's name without folder and ending.
fn stem(name: &str) -> &str {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.strip_suffix(".sql").unwrap_or(name)
}

//! What was found about the migrations of one environment, whole: what reports show.
//!
//! Does not live here: how it was come to (`verdict`), whom was asked (`pipeline/history`).

use super::verdict::{Judged, Recorded, Unexplained, Verdict};
use crate::finding::Place;
use crate::kind::Severity;
use crate::manifest::Endpoint;

/// One migration, with everything that is said of it.
#[derive(Debug, Clone)]
pub struct Entry {
    pub judged: Judged,
    pub name: String,
    pub files: Vec<String>,
    pub recorded: Option<Recorded>,
    /// For each piece of evidence the statement that is about it.
    pub places: Vec<Option<Place>>,
}

/// What nobody explains, and what is known of it.
#[derive(Debug, Clone)]
pub struct Stray {
    pub unexplained: Unexplained,
    pub why: String,
    /// What the server can say about when it became so, and whose work that was.
    pub origin: Vec<String>,
}

impl Stray {
    /// Why it is one, and where it comes from.
    #[must_use]
    pub fn words(&self) -> String {
        match self.origin.as_slice() {
            [] => self.why.clone(),
            origin => format!("{} ({})", self.why, origin.join("; ")),
        }
    }
}

/// The tool's table and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// `schema.table`, as it is shown.
    pub table: String,
    /// The tool whose table it is, by its columns.
    pub tool: String,
}

/// What came out.
#[derive(Debug, Clone)]
pub struct History {
    /// What the user calls the environment.
    pub label: String,
    /// The folder whose files these are, as it was called.
    pub folder: String,
    /// What was asked.
    pub endpoint: Endpoint,
    pub tool: &'static str,
    pub why: String,
    pub ledger: Option<Ledger>,
    /// On which throwaway server the files ran.
    pub replayed_on: String,
    pub migrations: Vec<Entry>,
    pub unexplained: Vec<Stray>,
    /// Where the exceptions are written that excuse what no migration explains.
    pub excused_by: Vec<Place>,
    /// Locks that are held, in words.
    pub in_flight: Vec<String>,
    /// What could not be seen or told, in words.
    pub gaps: Vec<String>,
    /// Worth a word, and no fault.
    pub notes: Vec<String>,
    /// Others make the environment with it: what is said of it names the folder.
    pub is_one_of_several: bool,
    /// Those of the other folders that make the environment.
    pub beside: Vec<Self>,
    /// Of all of them.
    pub exit_code: u8,
}

impl History {
    /// This one, and those of the other folders.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.beside)
    }

    /// Works the exit code out: 1 where something is at or above the bar, 2 where something could not be told, else 0.
    pub fn weigh(&mut self, bar: Severity) {
        let weighs = |verdict: &Verdict| verdict.severity().is_some_and(|severity| severity >= bar && severity > Severity::Inform);
        let fails = |entry: &Entry| std::iter::once(&entry.judged.verdict).chain(&entry.judged.also).any(weighs);
        let is_open = !self.gaps.is_empty() || !self.in_flight.is_empty() || self.migrations.iter().any(|entry| entry.gap().is_some());
        let own = match (!self.unexplained.is_empty() || self.migrations.iter().any(fails), is_open) {
            (true, _) => 1,
            (false, true) => 2,
            (false, false) => 0,
        };
        let codes = || std::iter::once(own).chain(self.beside.iter().map(|other| other.exit_code));
        self.exit_code = if codes().any(|code| code == 1) { 1 } else { codes().max().unwrap_or(own) };
    }

    /// How many migrations have that verdict, the heaviest first.
    #[must_use]
    pub fn counts(&self) -> Vec<(Verdict, usize)> {
        let mut counts: std::collections::BTreeMap<Verdict, usize> = std::collections::BTreeMap::new();
        for entry in &self.migrations {
            *counts.entry(entry.judged.verdict).or_default() += 1;
        }
        counts.into_iter().collect()
    }
}

impl Entry {
    /// Why it could not be checked, where nobody has accepted that.
    #[must_use]
    pub fn gap(&self) -> Option<String> {
        let is_open = self.judged.says(Verdict::NotCheckable) && !self.judged.accepted;
        is_open.then(|| format!("{} could not be checked: {}", self.judged.key, self.judged.why.as_deref().unwrap_or("nothing tells")))
    }

    /// How much the heaviest of what is said weighs; nothing where it is a gap.
    #[must_use]
    pub const fn severity(&self) -> Option<Severity> {
        self.judged.verdict.severity()
    }
}

//! `evenkeel verify ENV --dual`: whether what is old and what is new say the same, while both are alive. Rows that disagree are counted; it
//! reads only.
//!
//! Does not live here: keeping both alive, which the application does, or views and triggers of a migration. Neighbours: `deploy`, which
//! takes nothing old away while they disagree; `backfill`, which makes rows agree.

use crate::capture::{self, Source};
use crate::migrations::Cut;
use evenkeel_core::deployment::{Gate, Verified};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::{Manifest, shown_parts};
use evenkeel_core::port::{Condition, Environment, Limits, Run};
use evenkeel_core::trace::has_word;

/// What is read of an environment for this.
pub const DIMENSIONS: [Dimension; 1] = [Dimension::Schema];
/// What its gates are called.
pub const GATE: &str = "dual";

/// What is old and new, as a project has written it down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dual {
    pub name: String,
    /// As reports show it.
    pub table: String,
    /// True of a row in which they disagree.
    pub differs: String,
    /// Columns and tables that go once nobody uses them any more, as reports show them.
    pub old: Vec<String>,
    /// Where it stands.
    pub origin: String,
}

/// Looks at all of them.
///
/// # Errors
/// The environment cannot be read.
pub fn run(source: &Source, label: &str, duals: &[&Dual], limits: &Limits, run: &Run<'_>) -> Result<Verified, Box<Trouble>> {
    let (Source::Live { environment, .. } | Source::Split { primary: environment, .. }) = source else {
        let trouble = Trouble::new(Class::Usage, format!("{} is no server that can be looked at", source.label()));
        return Err(Box::new(trouble.expected("a live environment").found("a file")));
    };
    let now = capture::manifest(source, run)?;
    let mut gates = Vec::new();
    for dual in duals {
        run.watch.stop.check()?;
        gates.push(judged(dual, &now, &**environment, limits, run)?);
    }
    Ok(Verified { label: label.to_owned(), target: environment.describe(), evidence: None, gates, is_dual: true })
}

/// Whether files may take something away, by their words: they name it, and take or rename something.
#[must_use]
pub fn may_go(old: &str, cuts: &[Cut]) -> bool {
    let parts = shown_parts(old).unwrap_or_default();
    let Some(last) = parts.last() else { return true };
    let is_taken = |text: &str| has_word(text, last) && ["drop", "rename", "change"].iter().any(|word| has_word(text, word));
    cuts.iter().flat_map(|cut| &cut.up).any(|script| is_taken(&script.part.text))
}

/// What is declared as old and may go with these files.
#[must_use]
pub fn leaving<'a>(duals: impl Iterator<Item = &'a Dual>, cuts: &[Cut]) -> Vec<String> {
    duals.flat_map(|dual| &dual.old).filter(|old| may_go(old, cuts)).cloned().collect()
}

/// Counts the rows that disagree.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub fn judged(dual: &Dual, now: &Manifest, environment: &dyn Environment, limits: &Limits, run: &Run<'_>) -> Result<Gate, Box<Trouble>> {
    let limit = format!("{}: no row of {} disagrees", dual.name, dual.table);
    let told = |holds, found: String| Ok(Gate::new(GATE, limit.clone(), holds, found).origin(&dual.origin));
    let parts = shown_parts(&dual.table).unwrap_or_default();
    let (schema, table) = match parts.as_slice() {
        [table] => ("", table.as_str()),
        [schema, table] => (schema.as_str(), table.as_str()),
        _ => return told(None, format!("{:?} is no name of a table", dual.table)),
    };
    if now.find(Kind::Table, &[schema, table]).is_none() {
        let gate: Gate = told(None, format!("there is no table {}", dual.table))?;
        return Ok(gate.fix("correct `table`; where what was old is gone, remove the lines"));
    }
    let condition = Condition { schema: schema.to_owned(), table: table.to_owned(), condition: dual.differs.clone(), is_only_read: false };
    let gate: Gate = match environment.meeting(&condition, limits, &run.watch)? {
        Ok(0) => told(Some(true), format!("{}: no row disagrees", dual.name))?,
        Ok(1) => told(Some(false), format!("{}: 1 row disagrees", dual.name))?,
        Ok(rows) => told(Some(false), format!("{}: {rows} rows disagree", dual.name))?,
        Err(why) => told(None, format!("{}: {why}", dual.name))?,
    };
    Ok(gate.fix("look who writes one of them without the other; evenkeel backfill makes rows agree"))
}

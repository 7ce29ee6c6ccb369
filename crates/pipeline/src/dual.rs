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
        gates.extend(dual.old.iter().filter(|old| !is_there(old, &now)).map(|old| {
            let limit = format!("{}: what is old is there", dual.name);
            let gate = Gate::new(GATE, limit, None, format!("there is no column and no table {old}")).origin(&dual.origin);
            gate.fix("correct `old`, or nothing keeps what is meant; where it is gone by now, remove the lines")
        }));
    }
    Ok(Verified { label: label.to_owned(), target: environment.describe(), evidence: None, gates, is_dual: true })
}

/// Whether files may take something away, by their words: they name it, and take or rename something; or they take or rename as a whole what
/// it is a part of.
#[must_use]
pub fn may_go(old: &str, cuts: &[Cut]) -> bool {
    let parts = shown_parts(old).unwrap_or_default();
    let Some((last, around)) = parts.split_last() else { return true };
    cuts.iter().flat_map(|cut| &cut.up).any(|script| is_taken(last, around, &script.part.text))
}

fn is_taken(last: &str, around: &[String], text: &str) -> bool {
    const WHOLES: [&str; 8] =
        ["drop table", "drop schema", "drop database", "drop owned", "rename to", "rename table", "rename as", "set schema"];
    if has_word(text, last) && ["drop", "rename", "change"].iter().any(|word| has_word(text, word)) {
        return true;
    }
    let words = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    let is_named = [last].into_iter().chain(around.iter().map(String::as_str)).any(|part| has_word(text, part));
    words.contains("drop owned") || is_named && WHOLES.iter().any(|whole| words.contains(whole))
}

/// What is declared as old and may go with these files.
#[must_use]
pub fn leaving<'a>(duals: impl Iterator<Item = &'a Dual>, cuts: &[Cut]) -> Vec<String> {
    duals.flat_map(|dual| &dual.old).filter(|old| may_go(old, cuts)).cloned().collect()
}

/// Whether there is such a column or table.
fn is_there(old: &str, now: &Manifest) -> bool {
    let parts = shown_parts(old).unwrap_or_default();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let bare: Vec<&str> = std::iter::once("").chain(parts.iter().copied()).collect();
    [&parts, &bare].iter().any(|parts| [Kind::Column, Kind::Table].iter().any(|kind| now.find(*kind, parts).is_some()))
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
    let gate: Gate = match counted(&condition, environment, limits, run)? {
        Ok(0) => told(Some(true), format!("{}: no row disagrees", dual.name))?,
        Ok(1) => told(Some(false), format!("{}: 1 row disagrees", dual.name))?,
        Ok(rows) => told(Some(false), format!("{}: {rows} rows disagree", dual.name))?,
        Err(why) => told(None, format!("{}: {why}", dual.name))?,
    };
    Ok(gate.fix("look who writes one of them without the other; evenkeel backfill makes rows agree"))
}

/// Of how many rows a condition is true; why nobody can tell. Where it is true of none, it must be NULL of none: those may be the very rows
/// that are looked for.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub fn counted(
    condition: &Condition,
    environment: &dyn Environment,
    limits: &Limits,
    run: &Run<'_>,
) -> Result<Result<u64, String>, Box<Trouble>> {
    let counted = environment.meeting(condition, limits, &run.watch)?;
    if counted != Ok(0) {
        return Ok(counted);
    }
    Ok(match environment.meeting(&condition.of_null(), limits, &run.watch)? {
        Ok(0) => counted,
        Ok(rows) => Err(format!(
            "of {rows} rows it says neither yes nor no (NULL): say what is meant of these, with IS NULL, IS DISTINCT FROM (<=> on MySQL \
             and MariaDB) or COALESCE(…, false)"
        )),
        Err(why) => Err(why),
    })
}

#[cfg(test)]
mod tests {
    use super::is_taken;

    #[test]
    fn a_whole_takes_its_parts_along() {
        let around = ["app".to_owned(), "t".to_owned()];
        for text in [
            "DROP TABLE app.t",
            "drop  table t",
            "drop schema app cascade",
            "alter table app.t rename to u",
            "alter table t set schema x",
            "alter table t drop a",
            "drop owned by x",
        ] {
            assert!(is_taken("a", &around, text), "{text}");
        }
        for text in ["alter table app.t drop b", "drop table other", "create index on t (a)"] {
            assert!(!is_taken("a", &around, text), "{text}");
        }
    }
}

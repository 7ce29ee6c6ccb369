//! What came of changing a table part after part: the public JSON, and how a person sees it. Keys are shown nowhere.

use super::{BAD, DIM, GOOD, Line, SCHEMA_VERSION, ToldGate, gate, json, ms, paint};
use crate::Fault;
use crate::format::Style;
use crate::format::markdown::fenced;
use crate::history::Form;
use crate::page::Page;
use anstyle::Style as Paint;
use evenkeel_core::deployment::Backfilled;
use evenkeel_core::deployment::backfilled::Outcome;
use evenkeel_core::rehearsal::time;
use schemars::JsonSchema;
use serde::Serialize;

/// What `backfill` says. Times are in milliseconds; counts are of all runs that it went on with.
#[derive(Debug, Serialize, JsonSchema)]
struct ToldBackfilled {
    schema_version: u32,
    verdict: Line,
    environment: String,
    /// Server and database.
    target: String,
    /// As it is configured.
    name: String,
    table: String,
    /// Columns of the key in whose order the table is walked.
    key: Vec<String>,
    /// What changes a part.
    statement: String,
    /// `refused` or `planned` (nothing was changed), `complete` (no row needs it any more, by a count after the last part), `incomplete`
    /// (rows need it still), `uncounted` (that could not be told), `stopped` (before the last part), `lost` (what became of a part cannot
    /// be told).
    outcome: &'static str,
    /// Why it stopped, or could not be told.
    why: Option<String>,
    /// The number under which `evenkeel runs` has it; null where nothing was begun.
    run: Option<u32>,
    /// The run that it went on with.
    resumed: Option<u32>,
    rows: u64,
    /// Rows of parts of which the server does not say whether they are in.
    unsure: u64,
    parts: u64,
    walks: u32,
    /// How many rows need it still; null where they were not counted.
    remaining: Option<u64>,
    /// Rows of the last part at the most.
    part: u64,
    ms: f64,
    /// How long it was held while something was in the way of the next part.
    held_ms: f64,
    holds: u32,
    /// What it was held for the last time.
    held_for: Option<String>,
    /// The longest that a client waited for a part.
    blocked_ms: f64,
    blocked_clients: usize,
    gates: Vec<ToldGate>,
    notes: Vec<String>,
}

/// The JSON schema of that, as published in `docs/reference`.
#[must_use]
pub fn backfilled_schema() -> (&'static str, schemars::Schema) {
    let mut schema = schemars::schema_for!(ToldBackfilled);
    schema.insert("title".to_owned(), "evenkeel backfill".into());
    ("backfill", schema)
}

/// What came of it.
///
/// # Errors
/// It cannot be written as JSON.
pub fn backfilled(filled: &Backfilled, form: Form, style: &Style) -> Result<Vec<u8>, Fault> {
    match form {
        Form::Json => json(&told(filled)),
        Form::Terminal => Ok(page(filled, style).into_bytes()),
        Form::Markdown => {
            let plain = Style { color: false, ..style.clone() };
            let lines: Vec<String> = page(filled, &plain).lines().map(str::to_owned).collect();
            Ok(fenced("text", &lines).into_bytes())
        }
    }
}

fn told(filled: &Backfilled) -> ToldBackfilled {
    let (outcome, why) = match &filled.outcome {
        Outcome::Refused => ("refused", None),
        Outcome::Planned => ("planned", None),
        Outcome::Complete => ("complete", None),
        Outcome::Incomplete => ("incomplete", None),
        Outcome::Uncounted(why) => ("uncounted", Some(why.clone())),
        Outcome::Stopped(why) => ("stopped", Some(why.clone())),
        Outcome::Lost(why) => ("lost", Some(why.clone())),
    };
    ToldBackfilled {
        schema_version: SCHEMA_VERSION,
        verdict: Line { line: filled.line(), exit_code: filled.exit_code() },
        environment: filled.label.clone(),
        target: filled.target.clone(),
        name: filled.name.clone(),
        table: filled.table.clone(),
        key: filled.key.clone(),
        statement: filled.statement.clone(),
        outcome,
        why,
        run: filled.run,
        resumed: filled.resumed,
        rows: filled.mark.rows,
        unsure: filled.mark.unsure,
        parts: filled.mark.parts,
        walks: filled.mark.walks,
        remaining: filled.remaining,
        part: filled.part,
        ms: ms(filled.took),
        held_ms: ms(filled.held),
        holds: filled.holds,
        held_for: filled.held_for.clone(),
        blocked_ms: ms(filled.seen.blocked),
        blocked_clients: filled.seen.clients,
        gates: filled.gates.iter().map(gate).collect(),
        notes: filled.notes.clone(),
    }
}

fn page(filled: &Backfilled, style: &Style) -> String {
    let mut page = Page { style, text: String::new() };
    page.wrapped(&filled.line(), "", paint(filled.exit_code()));
    page.text.push('\n');
    let is_begun = filled.run.is_some();
    // Of one that was begun, the gates have done their work.
    let shown: Vec<_> = filled.gates.iter().filter(|gate| !is_begun || gate.holds != Some(true)).cloned().collect();
    page.deployment_gates(&shown);
    if !filled.statement.is_empty() {
        for line in filled.statement.lines() {
            page.wrapped(line, "  ", DIM);
        }
    }
    if is_begun {
        let (mark, color) = if filled.exit_code() == 0 { ('✓', GOOD) } else { ('×', BAD) };
        let went_on = filled.resumed.map(|run| format!(", run {run} gone on with")).unwrap_or_default();
        let words = format!("{mark} {} in {}, up to {} rows a part{went_on}", filled.mark.words(), time(filled.took), filled.part);
        page.wrapped(&words, "  ", color);
    }
    if let Some(why) = &filled.held_for {
        let words = format!("· held {} times, {} in all; the last time for: {why}", filled.holds, time(filled.held));
        page.wrapped(&words, "  ", Paint::new());
    }
    if filled.seen.clients > 0 {
        let words = format!("· {} clients waited for a part, the longest {}", filled.seen.clients, time(filled.seen.blocked));
        page.wrapped(&words, "  ", Paint::new());
    }
    page.list("to know", &filled.notes, DIM);
    page.text.push('\n');
    let again = format!("evenkeel backfill {} {}", filled.label, filled.name);
    let next = match &filled.outcome {
        Outcome::Stopped(_) | Outcome::Lost(_) => {
            Some(format!("what is in stays in, and no row is changed twice: {again} goes on from there"))
        }
        Outcome::Incomplete => Some(format!("somebody still writes rows that need it: have them written right, then {again}")),
        Outcome::Uncounted(_) => Some(format!("give the count more time: {again} --statement-timeout 10min")),
        Outcome::Refused | Outcome::Planned | Outcome::Complete => None,
    };
    if let Some(next) = next {
        page.wrapped(&next, "  ", Paint::new());
    }
    if let Some(run) = filled.run {
        page.wrapped(&format!("evenkeel runs {run} shows it"), "  ", DIM);
    }
    page.wrapped(&format!("on {}", filled.target), "  ", DIM);
    page.text
}

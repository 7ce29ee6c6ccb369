//! What was run: the journal's entries, and what came of a repair. Their public JSON, and how a person sees them.
//!
//! Does not live here: keeping them (`store`).

use super::json::{SCHEMA_VERSION, json};
use super::{Form, Repaired};
use crate::Fault;
use crate::clean::line;
use crate::format::Style;
use crate::wrap::wrap;
use anstyle::{AnsiColor, Style as Paint};
use evenkeel_core::port::{Ending, Entry, JournalStep, State};
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt::Write as _;

/// What came of running a repair.
#[derive(Debug, Clone, Copy)]
pub struct Applied<'a> {
    /// Why nothing was run.
    pub refused: &'a [String],
    pub entry: Option<&'a Entry>,
    /// What ended it before its last act.
    pub stopped: Option<&'a str>,
    pub notes: &'a [String],
    /// What is there was judged afterwards.
    pub is_judged: bool,
    /// Statements that lose data, and those that wait for them: they were left out.
    pub left_out: usize,
    pub exit_code: u8,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Told {
    /// `nothing` was to be done, it was `refused`, or it `ran`.
    outcome: &'static str,
    exit_code: u8,
    refused: Vec<String>,
    /// As the journal has it.
    run: Option<Run>,
    /// What ended it before its last act.
    stopped: Option<String>,
    /// Statements that lose data, and those that wait for them: they were left out.
    left_out: usize,
    notes: Vec<String>,
}

pub(super) fn told(applied: &Applied<'_>) -> Told {
    let outcome = match (applied.entry, applied.refused) {
        (Some(_), _) => "ran",
        (None, []) => "nothing",
        (None, _) => "refused",
    };
    Told {
        outcome,
        exit_code: applied.exit_code,
        refused: applied.refused.to_vec(),
        run: applied.entry.map(run),
        stopped: applied.stopped.map(str::to_owned),
        left_out: applied.left_out,
        notes: applied.notes.to_vec(),
    }
}

/// What `runs` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Runs {
    schema_version: u32,
    /// The newest first.
    runs: Vec<Run>,
}

/// One run.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Run {
    number: u32,
    /// What its sessions are called on the server.
    name: String,
    verb: String,
    environment: String,
    /// Server and database.
    target: String,
    by: String,
    host: String,
    process: u32,
    reason: Option<String>,
    /// What the user called the snapshot that was taken before.
    snapshot: Option<String>,
    /// Digest of the state that it was for.
    ground: String,
    /// Digest of what was to be run.
    digest: String,
    /// RFC 3339, in UTC.
    begun: String,
    /// Null where nobody said how it ended.
    ended: Option<Ended>,
    acts: Vec<Act>,
    /// What it took on the target and did not give back.
    held: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Ended {
    /// `done`, `stopped`, `refused` or `lost`.
    how: &'static str,
    at: String,
    why: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Act {
    what: String,
    /// `intended`, `unknown` (begun, and nobody said what became of it), `done` or `failed`.
    state: &'static str,
    begun: Option<String>,
    ended: Option<String>,
    why: Option<String>,
    statements: Vec<String>,
}

pub(super) fn run(entry: &Entry) -> Run {
    let intention = &entry.intention;
    let act = |step: &JournalStep| Act {
        what: step.act.what.clone(),
        state: step.state.name(),
        begun: step.begun.clone(),
        ended: step.ended.clone(),
        why: step.words.clone(),
        statements: step.act.statements.clone(),
    };
    Run {
        number: entry.number,
        name: Entry::called(entry.number, &entry.letters),
        verb: intention.verb.clone(),
        environment: intention.environment.clone(),
        target: intention.target.clone(),
        by: intention.by.clone(),
        host: intention.owner.host.clone(),
        process: intention.owner.pid,
        reason: intention.reason.clone(),
        snapshot: intention.snapshot.clone(),
        ground: intention.ground.clone(),
        digest: intention.digest.clone(),
        begun: entry.begun.clone(),
        ended: entry.ended.as_ref().map(|ended| Ended { how: ended.ending.name(), at: ended.at.clone(), why: ended.words.clone() }),
        acts: entry.steps.iter().map(act).collect(),
        held: entry.held.clone(),
    }
}

const BAD: Paint = AnsiColor::Red.on_default().bold();
const GOOD: Paint = AnsiColor::Green.on_default().bold();
const UNKNOWN: Paint = AnsiColor::Magenta.on_default().bold();
const PLAIN: Paint = Paint::new();
const DIM: Paint = Paint::new().dimmed();

/// Runs, the newest first; one of them whole. In Markdown as on a terminal.
///
/// # Errors
/// It cannot be written as JSON.
pub fn runs(entries: &[Entry], is_whole: bool, form: Form, style: &Style) -> Result<Vec<u8>, Fault> {
    if form == Form::Json {
        return json(&Runs { schema_version: SCHEMA_VERSION, runs: entries.iter().map(run).collect() });
    }
    let mut lines = Vec::new();
    if entries.is_empty() {
        lines.push((PLAIN, "nothing was run from here".to_owned()));
    }
    for entry in entries {
        lines.push((paint(entry), run_line(entry)));
        if is_whole {
            lines.extend(whole(entry));
        }
    }
    Ok(painted(&lines, style).into_bytes())
}

/// A run in one line.
#[must_use]
pub fn run_line(entry: &Entry) -> String {
    let intention = &entry.intention;
    let how = match &entry.ended {
        Some(ended) if ended.ending == Ending::Done => format!("done {}", ended.at),
        Some(ended) => format!("{} {}: {}", ended.ending.name(), ended.at, ended.words),
        None => {
            let beat = entry.beat.as_ref().map(|beat| format!("; its last sign of life: {} s ago", beat.quiet.as_secs()));
            format!("did not end, as far as anybody said{}", beat.unwrap_or_default())
        }
    };
    let progress = if entry.steps.is_empty() { String::new() } else { format!(", {}", entry.progress()) };
    format!(
        "{}  {} of {}, by {}, begun {}: {how}{progress}",
        entry.number, intention.verb, intention.environment, intention.by, entry.begun
    )
}

fn paint(entry: &Entry) -> Paint {
    match entry.ended.as_ref().map(|ended| ended.ending) {
        Some(Ending::Done) => GOOD,
        Some(Ending::Stopped | Ending::Refused) => BAD,
        Some(Ending::Lost) | None => UNKNOWN,
    }
}

/// What is told of one that is asked for.
fn whole(entry: &Entry) -> Vec<(Paint, String)> {
    let intention = &entry.intention;
    let mut lines = vec![(DIM, format!("   on {}, as {}", intention.target, Entry::called(entry.number, &entry.letters)))];
    for (name, value) in [("reason", &intention.reason), ("snapshot", &intention.snapshot)] {
        lines.extend(value.iter().map(|value| (PLAIN, format!("   {name}: {value}"))));
    }
    lines.push((DIM, format!("   for the state {}; what was to be run: {}", intention.ground, intention.digest)));
    lines.extend(entry.held.iter().map(|held| (UNKNOWN, format!("   did not give back: {held}"))));
    for step in &entry.steps {
        lines.push(act_line(step));
        let texts = step.act.statements.iter().flat_map(|statement| statement.lines());
        lines.extend(texts.map(|text| (DIM, format!("      {text}"))));
    }
    lines
}

fn act_line(step: &JournalStep) -> (Paint, String) {
    let paint = match step.state {
        State::Done => GOOD,
        State::Failed => BAD,
        State::Unknown => UNKNOWN,
        State::Intended => PLAIN,
    };
    let why = step.words.as_ref().map(|words| format!(": {words}")).unwrap_or_default();
    (paint, format!("   {}  {}{why}", step.state.name(), step.act.what))
}

/// What came of a repair, as a person reads it.
pub(super) fn applied(label: &str, repaired: &Repaired<'_>, applied: &Applied<'_>, style: &Style) -> String {
    painted(&lines(label, repaired, applied), style)
}

pub(super) fn lines(label: &str, repaired: &Repaired<'_>, applied: &Applied<'_>) -> Vec<(Paint, String)> {
    let mut lines = Vec::new();
    match (applied.entry, applied.refused, applied.stopped) {
        (Some(entry), _, None) => {
            let count = entry.steps.len();
            let acts = if count == 1 { "its act is in".to_owned() } else { format!("all {count} acts are in") };
            lines.push((GOOD, format!("{label}: run {}: {acts}", entry.number)));
        }
        (Some(entry), _, Some(stopped)) => {
            lines.push((BAD, format!("{label}: run {} stopped: {stopped}", entry.number)));
            lines.push((PLAIN, format!("   {}", entry.progress())));
        }
        (None, [], _) => lines.push((GOOD, format!("{label}: nothing is to be repaired, and nothing was run"))),
        (None, refused, _) => {
            lines.push((BAD, format!("{label}: nothing was run")));
            lines.extend(refused.iter().map(|why| (BAD, format!("× {why}"))));
        }
    }
    for step in applied.entry.iter().flat_map(|entry| &entry.steps) {
        lines.push(act_line(step));
    }
    if applied.left_out > 0 {
        let one = if applied.left_out == 1 { "1 statement" } else { &format!("{} statements", applied.left_out) };
        lines.push((UNKNOWN, format!("! {one} left out: data would be lost, or what comes before is left out (--allow-destructive)")));
    }
    let left = repaired.left.iter().map(|one| format!("{} ({}): {}", one.key, one.verdict.name(), one.why));
    lines.extend(left.chain(repaired.strays.iter().cloned()).map(|words| (UNKNOWN, format!("! not repaired: {words}"))));
    lines.extend(applied.notes.iter().map(|note| (PLAIN, format!("· {note}"))));
    if applied.stopped.is_some() {
        lines.push((PLAIN, "what is there now is judged from the server: the same command goes on from there".to_owned()));
    }
    lines
}

fn painted(lines: &[(Paint, String)], style: &Style) -> String {
    let mut text = String::new();
    for (paint, words) in lines {
        let indent = words.len() - words.trim_start().len();
        for part in wrap(&line(words.trim_start()), style.width.saturating_sub(indent)) {
            let part = if style.color { format!("{paint}{part}{paint:#}") } else { part };
            let _ = writeln!(text, "{:indent$}{part}", "");
        }
    }
    text
}

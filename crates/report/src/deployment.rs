//! What came of a deployment: its public JSON, and how a person sees it.
//!
//! Lives here: layout and sentences. Does not live here: what is said (`core/deployment`).

mod backfilled;
mod drilled;
mod fleet;
mod locking;
mod passage;
mod rolled;
mod status;

pub use backfilled::{backfilled, backfilled_schema};
pub use drilled::{drilled, drilled_schema};
pub use fleet::{Member, fleet, fleet_schema};
pub use locking::{locking, locking_schema};
pub use passage::{passage, passage_schema};
pub use rolled::{rolled, rolled_schema};
pub use status::{status, status_schema};

use crate::Fault;
use crate::clean::line;
use crate::format::Style;
use crate::format::markdown::fenced;
use crate::history::{Form, json};
use crate::page::Page;
use crate::wrap::{width, wrap};
use anstyle::{AnsiColor, Style as Paint};
use evenkeel_core::deployment::{Deployed, Gate, Outcome, Planned, Verified};
use evenkeel_core::manifest::Deferred;
use evenkeel_core::port::{JournalStep, State};
use evenkeel_core::rehearsal::time;
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt::Write as _;
use std::time::Duration;

/// The version of the shapes below.
const SCHEMA_VERSION: u32 = 1;

/// What came of a deployment, whole. Times are in milliseconds.
#[derive(Debug, Serialize, JsonSchema)]
struct Told {
    schema_version: u32,
    verdict: Line,
    environment: String,
    /// Server and database.
    target: String,
    /// When the evidence was made, as RFC 3339 has it; null where there is none.
    evidence: Option<String>,
    /// Whether it is a way back.
    back: bool,
    /// Keys of the migrations that were pending, or to be taken back, the last first.
    pending: Vec<String>,
    gates: Vec<ToldGate>,
    /// What is put aside by it, in place of being dropped.
    deferred: Vec<ToldDeferred>,
    acts: Vec<Act>,
    /// `nothing` was to be done, it was `planned`, `refused`, or it `ran`.
    outcome: &'static str,
    /// The number under which `evenkeel runs` has it; null where nothing was run.
    run: Option<u32>,
    /// What ended it before its last act.
    stopped: Option<String>,
    notes: Vec<String>,
    /// How long a way back took that came to its end; null otherwise.
    recovery: Option<ToldRecovery>,
}

/// A table or column that has another name, keeps nobody from writing, and may be dropped later.
#[derive(Debug, Serialize, JsonSchema)]
struct ToldDeferred {
    /// `table` or `column`.
    kind: &'static str,
    /// What it is called.
    name: String,
    /// What it was called.
    was: String,
    /// The days on which it was put aside, and from which it may be dropped.
    since: String,
    due: String,
    /// The statements that make it what it was, as its comment has them; null where that has no room for them.
    back: Option<String>,
}

/// From the command to its end.
#[derive(Debug, Serialize, JsonSchema)]
struct ToldRecovery {
    ms: f64,
    limit_ms: f64,
    holds: bool,
    /// Where the limit comes from.
    origin: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Line {
    line: String,
    exit_code: u8,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ToldGate {
    name: String,
    limit: String,
    found: String,
    /// Null where it could not be told.
    holds: Option<bool>,
    /// Where the demand comes from.
    origin: String,
    fix: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Act {
    what: String,
    statements: Vec<String>,
    /// Whether it runs in a transaction.
    in_transaction: bool,
    /// `intended`, `unknown`, `done` or `failed`.
    state: &'static str,
    why: Option<String>,
    /// Null where it was not begun.
    attempts: Option<u32>,
    ms: Option<f64>,
    /// The longest that a client waited for it.
    blocked_ms: Option<f64>,
    blocked_clients: Option<usize>,
}

/// The JSON schema of it, as published in `docs/reference`.
#[must_use]
pub fn json_schema() -> (&'static str, schemars::Schema) {
    let mut schema = schemars::schema_for!(Told);
    schema.insert("title".to_owned(), "evenkeel deploy".into());
    ("deploy", schema)
}

/// What came of a deployment.
///
/// # Errors
/// It cannot be written as JSON.
pub fn deployment(deployed: &Deployed, form: Form, style: &Style) -> Result<Vec<u8>, Fault> {
    match form {
        Form::Json => json(&told(deployed)),
        Form::Terminal => Ok(terminal(deployed, style).into_bytes()),
        Form::Markdown => {
            let plain = Style { color: false, ..style.clone() };
            let lines: Vec<String> = terminal(deployed, &plain).lines().map(str::to_owned).collect();
            Ok(fenced("text", &lines).into_bytes())
        }
    }
}

/// What `verify` found.
#[derive(Debug, Serialize, JsonSchema)]
struct ToldVerified {
    schema_version: u32,
    verdict: Line,
    environment: String,
    /// Server and database.
    target: String,
    /// When the evidence was made, as RFC 3339 has it; null where there is none.
    evidence: Option<String>,
    gates: Vec<ToldGate>,
}

/// The JSON schema of that, as published in `docs/reference`.
#[must_use]
pub fn verified_schema() -> (&'static str, schemars::Schema) {
    let mut schema = schemars::schema_for!(ToldVerified);
    schema.insert("title".to_owned(), "evenkeel verify".into());
    ("verify", schema)
}

/// Whether what was deployed is as it was rehearsed.
///
/// # Errors
/// It cannot be written as JSON.
pub fn verified(verified: &Verified, form: Form, style: &Style) -> Result<Vec<u8>, Fault> {
    let page = |style: &Style| {
        let mut page = Page { style, text: String::new() };
        page.wrapped(&verified_line(verified), "", paint(verified.exit_code()));
        page.text.push('\n');
        page.deployment_gates(&verified.gates);
        page.text.push('\n');
        page.wrapped(&format!("on {}", verified.target), "  ", DIM);
        page.text
    };
    match form {
        Form::Json => json(&ToldVerified {
            schema_version: SCHEMA_VERSION,
            verdict: Line { line: verified_line(verified), exit_code: verified.exit_code() },
            environment: verified.label.clone(),
            target: verified.target.clone(),
            evidence: verified.evidence.clone(),
            gates: verified.gates.iter().map(gate).collect(),
        }),
        Form::Terminal => Ok(page(style).into_bytes()),
        Form::Markdown => {
            let plain = Style { color: false, ..style.clone() };
            let lines: Vec<String> = page(&plain).lines().map(str::to_owned).collect();
            Ok(fenced("text", &lines).into_bytes())
        }
    }
}

/// Its verdict in one line.
#[must_use]
pub fn verified_line(verified: &Verified) -> String {
    let named = |holds: Option<bool>| verified.gates.iter().filter(|gate| gate.holds == holds).map(|gate| gate.name).collect::<Vec<_>>();
    if verified.is_dual {
        let Verified { label, gates, .. } = verified;
        let count = gates.iter().filter(|gate| gate.holds == Some(false)).count();
        return match verified.exit_code() {
            0 => format!("{label}: old and new agree, of all {} that are declared", gates.len()),
            1 => format!("{label}: old and new disagree, of {count} of {}", gates.len()),
            _ => format!("{label}: whether old and new agree could not be told"),
        };
    }
    match verified.exit_code() {
        0 => format!("{}: VERIFIED: all {} gates hold", verified.label, verified.gates.len()),
        1 => format!("{}: not VERIFIED: closed: {}", verified.label, named(Some(false)).join(", ")),
        _ => format!("{}: not VERIFIED: could not tell {}", verified.label, named(None).join(", ")),
    }
}

/// The verdict in one line, as a person reads it aloud.
#[must_use]
pub fn verdict_line(deployed: &Deployed) -> String {
    let Deployed { label, pending, gates, .. } = deployed;
    let release = if pending.len() == 1 { "1 migration".to_owned() } else { format!("{} migrations", pending.len()) };
    let verb = if pending.len() == 1 { "is" } else { "are" };
    let named = |holds: Option<bool>| gates.iter().filter(|gate| gate.holds == holds).map(|gate| gate.name).collect::<Vec<_>>();
    match &deployed.outcome {
        Outcome::Nothing if gates.iter().any(|gate| gate.name == "result") => {
            format!("{label}: nothing is pending, and what was rehearsed stands as it was")
        }
        Outcome::Nothing if !deployed.is_back => format!("{label}: nothing is pending, and nothing was run"),
        Outcome::Nothing => format!("{label}: nothing is to be taken back, and nothing was run"),
        Outcome::Planned => {
            let what = if deployed.is_back { "taken back" } else { "run" };
            format!("{label}: {release} could be {what} now: all {} gates hold; nothing was run", gates.len())
        }
        Outcome::Refused => {
            let (closed, open) = (named(Some(false)), named(None));
            let mut why = Vec::new();
            if !closed.is_empty() {
                let count = if closed.len() == 1 { "1 gate is closed".to_owned() } else { format!("{} gates are closed", closed.len()) };
                why.push(format!("{count}: {}", closed.join(", ")));
            }
            if !open.is_empty() {
                why.push(format!("could not tell {}", open.join(", ")));
            }
            format!("{label}: nothing was run: {}", why.join("; "))
        }
        Outcome::Ran { entry, stopped: Some(why) } => format!("{label}: run {} stopped: {why}", entry.number),
        Outcome::Ran { entry, stopped: None } if pending.is_empty() => {
            format!("{label}: run {}: nothing was left to be run: what earlier runs began is in", entry.number)
        }
        Outcome::Ran { entry, stopped: None } => {
            let (run, is_known) = (entry.number, deployed.evidence.is_some());
            match (deployed.is_back, is_known) {
                (false, true) => {
                    format!("{label}: run {run}: {release} {verb} in, the schema as rehearsed: the application's release may follow")
                }
                (false, false) => format!("{label}: run {run}: {release} {verb} in; nobody rehearsed that"),
                (true, true) => format!("{label}: run {run}: {release} {verb} taken back, and the schema is as it was before"),
                (true, false) => format!("{label}: run {run}: {release} {verb} taken back; nobody rehearsed that"),
            }
        }
    }
}

fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 1_000_000.0).round() / 1000.0
}

fn gate(gate: &Gate) -> ToldGate {
    ToldGate {
        name: gate.name.to_owned(),
        limit: gate.limit.clone(),
        found: gate.found.clone(),
        holds: gate.holds,
        origin: gate.origin.clone(),
        fix: gate.fix.clone(),
    }
}

fn paint(code: u8) -> Paint {
    match code {
        0 => GOOD,
        2 => UNKNOWN,
        _ => BAD,
    }
}

/// An act with what the journal has of it.
fn steps(deployed: &Deployed) -> Vec<(&Planned, Option<&JournalStep>)> {
    let entry = match &deployed.outcome {
        Outcome::Ran { entry, .. } => Some(entry),
        Outcome::Nothing | Outcome::Planned | Outcome::Refused => None,
    };
    deployed.acts.iter().enumerate().map(|(at, act)| (act, entry.and_then(|entry| entry.steps.get(at)))).collect()
}

fn told(deployed: &Deployed) -> Told {
    let (outcome, run, stopped) = match &deployed.outcome {
        Outcome::Nothing => ("nothing", None, None),
        Outcome::Planned => ("planned", None, None),
        Outcome::Refused => ("refused", None, None),
        Outcome::Ran { entry, stopped } => ("ran", Some(entry.number), stopped.clone()),
    };
    let act = |(act, step): (&Planned, Option<&JournalStep>)| Act {
        what: act.what.clone(),
        statements: act.statements.clone(),
        in_transaction: !act.alone,
        state: step.map_or(State::Intended, |step| step.state).name(),
        why: step.and_then(|step| step.words.clone()),
        attempts: act.done.as_ref().map(|done| done.attempts),
        ms: act.done.as_ref().map(|done| ms(done.took)),
        blocked_ms: act.done.as_ref().map(|done| ms(done.seen.blocked)),
        blocked_clients: act.done.as_ref().map(|done| done.seen.clients),
    };
    Told {
        schema_version: SCHEMA_VERSION,
        verdict: Line { line: verdict_line(deployed), exit_code: deployed.exit_code },
        environment: deployed.label.clone(),
        target: deployed.target.clone(),
        evidence: deployed.evidence.clone(),
        back: deployed.is_back,
        pending: deployed.pending.clone(),
        gates: deployed.gates.iter().map(gate).collect(),
        deferred: deployed.deferred.iter().map(deferred).collect(),
        acts: steps(deployed).into_iter().map(act).collect(),
        outcome,
        run,
        stopped,
        notes: deployed.notes.clone(),
        recovery: deployed.recovery.as_ref().map(|recovery| ToldRecovery {
            ms: ms(recovery.took),
            limit_ms: ms(recovery.limit),
            holds: recovery.holds(),
            origin: recovery.origin.clone(),
        }),
    }
}

fn deferred(one: &Deferred) -> ToldDeferred {
    ToldDeferred {
        kind: one.kind.name(),
        name: one.display(),
        was: one.was.clone(),
        since: one.since.to_string(),
        due: one.due.to_string(),
        back: one.back.clone(),
    }
}

/// What is kept, one after the other.
fn kept(deployed: &Deployed) -> Vec<String> {
    let one = |one: &Deferred| {
        let back = if one.back.is_some() { "; its comment says how to have it back" } else { "" };
        format!("{} stays as {}, and may be dropped by a release of its own from {} on{back}", one.was, one.display(), one.due)
    };
    deployed.deferred.iter().map(one).collect()
}

const BAD: Paint = AnsiColor::Red.on_default().bold();
const GOOD: Paint = AnsiColor::Green.on_default().bold();
const UNKNOWN: Paint = AnsiColor::Magenta.on_default().bold();
const DIM: Paint = Paint::new().dimmed();

fn terminal(deployed: &Deployed, style: &Style) -> String {
    let mut page = Page { style, text: String::new() };
    if matches!(deployed.outcome, Outcome::Planned) {
        return plan(deployed, page);
    }
    let paint = paint(deployed.exit_code);
    page.wrapped(&verdict_line(deployed), "", paint);
    page.text.push('\n');
    // Of one that ran, the gates have done their work.
    let is_over = matches!(deployed.outcome, Outcome::Ran { .. });
    let shown: Vec<Gate> = deployed.gates.iter().filter(|gate| !is_over || gate.holds != Some(true)).cloned().collect();
    page.deployment_gates(&shown);
    for (act, step) in steps(deployed) {
        page.act(act, step);
    }
    if let Some(recovery) = &deployed.recovery {
        let (took, limit) = (time(recovery.took), time(recovery.limit));
        let (mark, paint, than) = if recovery.holds() { ('✓', GOOD, "of the") } else { ('×', BAD, "more than the") };
        page.wrapped(&format!("{mark} recovery took {took} {than} {limit} that it may take ({})", recovery.origin), "", paint);
    }
    if is_over {
        page.list("put aside", &kept(deployed), Paint::new());
    }
    page.list("to know", &deployed.notes, DIM);
    if let Outcome::Ran { entry, stopped } = &deployed.outcome {
        page.text.push('\n');
        if stopped.is_some() {
            let next = format!(
                "{}; what is in is known from server and journal: evenkeel {} {} --resume goes on",
                entry.progress(),
                entry.intention.verb,
                deployed.label
            );
            page.wrapped(&next, "  ", Paint::new());
        }
        page.wrapped(&format!("evenkeel runs {} shows it; on {}", entry.number, deployed.target), "  ", DIM);
    }
    page.text
}

/// What would be run, as SQL with everything else in comments.
fn plan(deployed: &Deployed, mut page: Page<'_>) -> String {
    page.wrapped(&verdict_line(deployed), "-- ", GOOD);
    for gate in &deployed.gates {
        page.wrapped(&format!("{}: {}", gate.name, gate.found), "-- ", DIM);
    }
    for note in kept(deployed).iter().chain(&deployed.notes) {
        page.wrapped(note, "-- ", DIM);
    }
    for act in &deployed.acts {
        let how = if act.alone { "by itself, in no transaction" } else { "in one transaction" };
        page.text.push('\n');
        page.wrapped(&format!("{} ({how})", act.what.trim_end_matches(';')), "-- ", DIM);
        for statement in &act.statements {
            let end = if statement.trim_end().ends_with(';') { "" } else { ";" };
            let _ = writeln!(page.text, "{}{end}", statement.lines().map(line).collect::<Vec<_>>().join("\n"));
        }
    }
    page.text
}

impl Page<'_> {
    fn deployment_gates(&mut self, gates: &[Gate]) {
        let names = gates.iter().map(|gate| width(gate.name)).max().unwrap_or_default();
        for gate in gates {
            self.deployment_gate(gate, names);
        }
    }

    fn deployment_gate(&mut self, gate: &Gate, names: usize) {
        let indent = self.verdict(gate.holds, gate.name, names, &gate.found);
        if gate.holds == Some(true) {
            return;
        }
        self.wrapped(&format!("demanded: {} ({})", gate.limit, gate.origin), &indent, DIM);
        if let Some(fix) = &gate.fix {
            self.wrapped(&format!("fix: {fix}"), &indent, Paint::new());
        }
    }

    fn act(&mut self, act: &Planned, step: Option<&JournalStep>) {
        let Some(step) = step else { return };
        let (mark, paint) = match step.state {
            State::Done => ("✓", GOOD),
            State::Failed => ("×", BAD),
            State::Unknown => ("?", UNKNOWN),
            State::Intended => ("·", DIM),
        };
        let mut words = vec![act.what.clone()];
        if let Some(done) = &act.done {
            words.push(time(done.took));
            if done.attempts > 1 {
                words.push(format!("{} attempts", done.attempts));
            }
            match done.seen.clients {
                0 => {}
                1 => words.push(format!("1 client waited, {} at most", time(done.seen.blocked))),
                clients => words.push(format!("clients waited {clients} times, {} at most", time(done.seen.blocked))),
            }
        }
        let mark = self.painted(paint, mark);
        for (at, part) in wrap(&line(&words.join(", ")), self.style.width.saturating_sub(2)).into_iter().enumerate() {
            let before = if at == 0 { mark.as_str() } else { " " };
            let _ = writeln!(self.text, "{before} {part}");
        }
    }
}

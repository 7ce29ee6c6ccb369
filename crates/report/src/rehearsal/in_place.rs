//! What became of a release in place: the public JSON of it, and its lines. Neighbours: `data`, the whole; `terminal` and `markdown`, which
//! show the lines.

use super::held::{Blocked, Lock, blocked as waits, lock as held};
use super::{blocked, did, lock, ms};
use evenkeel_core::finding;
use evenkeel_core::rehearsal::{self, After, Course, Group as Told, Rehearsal, bytes, time};
use evenkeel_core::trace::{Blocks, Sort, Trace};
use schemars::JsonSchema;
use serde::Serialize;

/// What became of it in an environment, each transaction rolled back.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct InPlace {
    environment: String,
    server: String,
    role: String,
    /// Its number in the journal (`evenkeel runs`); null where nothing was meant to run.
    run: Option<u32>,
    /// Bounds that held there.
    lock_timeout_ms: f64,
    statement_timeout_ms: f64,
    transactions: Vec<Transaction>,
    /// What stays although it was rolled back.
    left: Vec<String>,
    /// `untouched` (nothing ran), `same`, `otherwise`, `unknown`.
    after: &'static str,
    /// What is otherwise, or why that is not known.
    after_says: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Transaction {
    migrations: Vec<String>,
    file: Option<String>,
    line: Option<u32>,
    /// `ran`, `scratch` (it ran on the throwaway server alone), `bound` (it waited or took too long), `refused` or `broken`.
    outcome: &'static str,
    why: Option<String>,
    /// Bytes that it writes at the most, as was predicted before; null where that was not known.
    predicted_bytes: Option<u64>,
    /// Statements that were left out.
    skipped: Vec<Skipped>,
    /// Real clients that waited for it.
    waits: Vec<Wait>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Skipped {
    file: String,
    line: u32,
    why: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Wait {
    /// What the client calls itself, and the server's number of its session.
    client: String,
    session: u64,
    relation: String,
    wait: String,
    ms: f64,
}

/// The same of one statement.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct There {
    ms: f64,
    locks: Vec<Lock>,
    rewrites: Vec<String>,
    scans: Vec<String>,
    builds: Vec<String>,
    rows: u64,
    wal_bytes: u64,
    blocked: Vec<Blocked>,
    errors: Vec<String>,
}

pub(super) fn in_place(told: &rehearsal::InPlace) -> InPlace {
    let (after, says) = match &told.after {
        After::Untouched => ("untouched", Vec::new()),
        After::Same => ("same", Vec::new()),
        After::Otherwise(what) => ("otherwise", what.clone()),
        After::Untold(why) => ("unknown", vec![why.clone()]),
    };
    InPlace {
        environment: told.environment.clone(),
        server: told.server.clone(),
        role: told.role.clone(),
        run: told.run,
        lock_timeout_ms: ms(told.lock),
        statement_timeout_ms: ms(told.statement),
        transactions: told.groups.iter().map(transaction).collect(),
        left: told.left.clone(),
        after,
        after_says: says,
    }
}

fn transaction(group: &Told) -> Transaction {
    let (outcome, why) = course(&group.course);
    let skipped = |(place, why): &(finding::Place, String)| Skipped { file: place.file.clone(), line: place.line, why: why.clone() };
    let wait = |one: &rehearsal::Waited| Wait {
        client: one.who.clone(),
        session: one.session,
        relation: one.relation.clone(),
        wait: one.wait.clone(),
        ms: ms(one.to.saturating_sub(one.from)),
    };
    Transaction {
        migrations: group.migrations.clone(),
        file: group.place.as_ref().map(|place| place.file.clone()),
        line: group.place.as_ref().map(|place| place.line),
        outcome,
        why,
        predicted_bytes: group.bytes,
        skipped: group.skipped.iter().map(skipped).collect(),
        waits: group.waits.iter().map(wait).collect(),
    }
}

fn course(course: &Course) -> (&'static str, Option<String>) {
    let at = |place: &Option<finding::Place>, why: &String| match place {
        Some(place) => Some(format!("{place}: {why}")),
        None => Some(why.clone()),
    };
    match course {
        Course::Ran => ("ran", None),
        Course::Elsewhere(why) => ("scratch", Some(why.clone())),
        Course::Bound(place, why) => ("bound", at(place, why)),
        Course::Refused(place, why) => ("refused", at(place, why)),
        Course::Broken(why) => ("broken", Some(why.clone())),
    }
}

pub(super) fn there(trace: &Trace) -> There {
    There {
        ms: ms(trace.took),
        locks: trace.locks.iter().map(held).collect(),
        rewrites: trace.rewrites.clone(),
        scans: trace.scans.clone(),
        builds: trace.builds.clone(),
        rows: trace.rows,
        wal_bytes: trace.log_bytes,
        blocked: trace.blocked.iter().flatten().map(waits).collect(),
        errors: trace.error.iter().cloned().collect(),
    }
}

/// What there is to say, and how much it weighs: 0 nothing, 1 something, 2 bad; with how far each stands in.
pub(super) fn lines(rehearsal: &Rehearsal) -> Vec<(usize, u8, String)> {
    let Some(told) = &rehearsal.in_place else { return Vec::new() };
    let mut lines = Vec::new();
    for group in &told.groups {
        let place = group.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        let of = group.migrations.join(", ");
        match course(&group.course) {
            ("ran", _) => {
                let most = group.bytes.map(|count| format!("; predicted to write {} at the most", bytes(count))).unwrap_or_default();
                lines.push((0, 0, format!("{of}: ran in one transaction, and was rolled back{most}")));
            }
            ("scratch", why) => {
                let why = why.unwrap_or_default();
                // Most reasons begin with their place.
                let place = if place.is_empty() || why.starts_with(&place) { "" } else { &place };
                lines.push((0, 1, format!("{of}: on scratch alone: {place}{why}")));
            }
            (_, why) => lines.push((0, 2, format!("{of}: {}; rolled back", why.unwrap_or_default()))),
        }
        for trace in &group.statements {
            let mut words = vec![format!("{}  {}", trace.place, time(trace.took))];
            words.extend(did(trace));
            lines.push((1, 0, words.join("; ")));
            let strong = trace.locks.iter().filter(|lock| lock.blocks > Blocks::Ordinary && !lock.fresh);
            let tables =
                strong.filter(|lock| [Sort::Table, Sort::MaterializedView, Sort::View].iter().any(|sort| sort.name() == lock.kind));
            lines.extend(tables.map(|one| (2, u8::from(one.blocks >= Blocks::Writes), lock(one))));
            lines.extend(trace.blocked.iter().flatten().map(|one| (2, 2, blocked(one))));
        }
        for wait in &group.waits {
            let who = if wait.who.is_empty() { "a client without a name" } else { &wait.who };
            let on = if wait.relation.is_empty() { String::new() } else { format!(" of {}", wait.relation) };
            let length = time(wait.to.saturating_sub(wait.from));
            lines.push((1, 2, format!("{who} (process {}) waited {length} for the {}{on}", wait.session, wait.wait)));
        }
        lines.extend(group.skipped.iter().map(|(place, why)| (1, 0, format!("{place}: left out: {why}"))));
    }
    match &told.after {
        After::Untouched => {}
        After::Same => {
            lines.push((0, 0, format!("{} has the digests of before: schema, privileges, history, configuration", told.environment)))
        }
        After::Otherwise(what) => lines.extend(what.iter().map(|what| (0, 2, format!("otherwise than before: {what}")))),
        After::Untold(why) => lines.push((0, 2, why.clone())),
    }
    lines.extend(told.left.iter().map(|left| (0, 1, format!("stays: {left}"))));
    lines
}

/// Where and as whom.
pub(super) fn head(told: &rehearsal::InPlace) -> String {
    format!("in place on {}", told.environment)
}

/// The line below it.
pub(super) fn under(told: &rehearsal::InPlace) -> String {
    let run = told.run.map(|run| format!(", run {run}")).unwrap_or_default();
    format!(
        "{} as {}{run}; waits at most {} for a lock and {} for a statement",
        told.server,
        told.role,
        time(told.lock),
        time(told.statement)
    )
}

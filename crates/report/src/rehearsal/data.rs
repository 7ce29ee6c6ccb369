//! The public JSON. Field names are a contract.

use super::held::{Blocked, Lock, blocked, lock, measured};
use super::in_place::{InPlace, There, in_place, there};
use super::killed::{Kill, kill};
use super::met::{Compatibility, Estimate, Lag, Load, Meets, compatibility, estimate, lag, load, meets};
use super::{ms, verdict_line};
use crate::Fault;
use evenkeel_core::history::effect::{Stand, Touch};
use evenkeel_core::rehearsal::{self, Rehearsal};
use evenkeel_core::trace;
use schemars::JsonSchema;
use serde::Serialize;

/// The version of the shapes below.
const SCHEMA_VERSION: u32 = 1;

/// What a rehearsal says, whole. Times are in milliseconds.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Told {
    schema_version: u32,
    verdict: Line,
    #[serde(rename = "for")]
    target: Target,
    on: Place,
    /// What the place differs in from the target, and what was therefore not seen.
    floor: Vec<String>,
    migrations: Vec<Migration>,
    gates: Vec<Gate>,
    /// What it takes on the target's size: the whole first. Empty where that was not asked for.
    estimates: Vec<Estimate>,
    timeline: Timeline,
    /// Null where it ran on a throwaway server alone.
    in_place: Option<InPlace>,
    /// Null where no client ran beside it.
    load: Option<Load>,
    /// Null where no replica was to follow it.
    lag: Option<Lag>,
    /// Null where no queries were given.
    compatibility: Option<Compatibility>,
    /// NULLs, defaults and NOT NULL that the application of before, or the one of after, meets in columns. Empty where the effect was not
    /// looked at, or the release did not run.
    meets: Vec<Meets>,
    gaps: Vec<String>,
    notes: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Line {
    line: String,
    exit_code: u8,
    validated: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Target {
    environment: String,
    engine: String,
    server_major: u16,
    tool: Option<String>,
    /// How the runner puts migrations together: `per-file`, `batch`, `none`, `implicit-block`.
    grouping: String,
    /// Null where the role waits without a bound.
    lock_timeout_ms: Option<f64>,
    statement_timeout_ms: Option<f64>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Place {
    /// `scratch`, or the environment in which it ran too, each transaction rolled back.
    place: String,
    /// Of that place.
    server: String,
    /// The throwaway server.
    scratch_server: String,
    version_differs: bool,
    /// As whom, and how that is known.
    role: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Migration {
    key: String,
    name: String,
    transaction: String,
    statements: Vec<Statement>,
    /// Where it did not run to its end.
    stopped: Option<Stopped>,
    undo: Option<Undo>,
    rerun: Option<Rerun>,
    /// Null where it was not looked at.
    effect: Option<Vec<Effect>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Stopped {
    file: Option<String>,
    line: Option<u32>,
    why: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Statement {
    file: String,
    line: u32,
    sql: String,
    tag: String,
    ms: f64,
    locks: Vec<Lock>,
    rewrites: Vec<String>,
    /// Why each of them was written anew.
    why: Vec<Why>,
    scans: Vec<String>,
    builds: Vec<String>,
    /// Tables that were emptied, sequences that begin anew.
    emptied: Vec<String>,
    wal_bytes: u64,
    /// Bytes that it put into temporary files, by the server's own log; null where no log tells.
    temporary_bytes: Option<u64>,
    rows: u64,
    /// Clients that it made wait; null where none ran beside it.
    blocked: Option<Vec<Blocked>>,
    /// How long it was seen to wait for locks of others, which is in `ms`; null where no look fell within it.
    waited_ms: Option<f64>,
    errors: Vec<String>,
    class: &'static str,
    /// MySQL and MariaDB: the words by which it can be done so that it costs least; null where it can have none, or has its own.
    form: Option<String>,
    /// It ran outside of any transaction: locks are those that samples saw.
    sampled: bool,
    /// What was seen of it in place; null where it ran on the throwaway server alone.
    in_place: Option<There>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Why {
    relation: String,
    /// By the server's own word: `persistence`, `default-value`, `column-type`, `access-method`; `vacuum-full`, `cluster`. Empty where it
    /// did not say.
    reasons: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Undo {
    /// Null where there is no way back, or one without a statement.
    exact: Option<bool>,
    order_only: bool,
    differences: Vec<Difference>,
    data_lost: Vec<String>,
    /// Rows that were written as the new version writes them, before the way back was gone once more; null where that was not tried.
    written: Option<Vec<Rows>>,
    /// Tables into which none could be written although the way back works on rows, each with the reason.
    unwritten: Vec<String>,
    ms: Option<f64>,
    failed: Option<String>,
    again: Vec<String>,
    /// Where there is no way back, one that was worked out from the effect; null else, and where the schema is as before.
    proposed: Option<Proposed>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Rows {
    table: String,
    rows: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Proposed {
    /// Empty where there is no such way.
    statements: Vec<String>,
    /// How many of them lose what was written since.
    losing: usize,
    /// Whether it was tried and the schema is as it was before.
    exact: bool,
    why: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Difference {
    kind: &'static str,
    object: String,
    attribute: Option<&'static str>,
    expected: String,
    found: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Rerun {
    converges: Option<bool>,
    left_behind: Vec<String>,
    /// What kills leave of it; none where that was not tried.
    kills: Vec<Kill>,
    after_statement: Option<usize>,
    /// What a second whole run does: `nothing`, `refused` or `changes`.
    second: Option<&'static str>,
    second_says: Vec<String>,
    locks: Vec<Again>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Again {
    relation: String,
    mode: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Effect {
    kind: &'static str,
    object: String,
    attribute: Option<&'static str>,
    /// `made`, `removed` or `set`.
    what: &'static str,
    value: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Gate {
    name: &'static str,
    limit: String,
    found: String,
    /// Null where it could not be told.
    holds: Option<bool>,
    origin: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Timeline {
    statements: Vec<Slot>,
    /// What clients met meanwhile, on the same clock with what looking took.
    clients: Vec<Slice>,
    waits: Vec<Wait>,
}

/// Requests that ended within it.
#[derive(Debug, Serialize, JsonSchema)]
struct Slice {
    from_ms: f64,
    to_ms: f64,
    requests: usize,
    p50_ms: f64,
    p99_ms: f64,
    max_ms: f64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Wait {
    /// The server's number of the client's session.
    session: u64,
    relation: String,
    wait: String,
    from_ms: f64,
    to_ms: f64,
    /// `log` where the server's own log says so, `samples` where a second session looked now and then.
    measured: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Slot {
    migration: String,
    file: String,
    line: u32,
    /// Without what looking took.
    from_ms: f64,
    to_ms: f64,
    /// With it: beside what clients meet.
    at_ms: f64,
}

pub(super) fn json(rehearsal: &Rehearsal) -> Result<Vec<u8>, Fault> {
    crate::history::json(&of(rehearsal))
}

fn of(rehearsal: &Rehearsal) -> Told {
    let slots = rehearsal.migrations.iter().flat_map(|migration| migration.statements.iter().map(move |trace| (migration, trace)));
    let slot = |(migration, trace): (&rehearsal::Migration, &trace::Trace)| Slot {
        migration: migration.key.clone(),
        file: trace.place.file.clone(),
        line: trace.place.line,
        from_ms: ms(trace.began),
        to_ms: ms(trace.began + trace.took),
        at_ms: ms(trace.at),
    };
    let slice = |slice: &rehearsal::Slice| Slice {
        from_ms: ms(slice.from),
        to_ms: ms(slice.to),
        requests: slice.latency.requests,
        p50_ms: ms(slice.latency.p50),
        p99_ms: ms(slice.latency.p99),
        max_ms: ms(slice.latency.max),
    };
    let wait = |one: &rehearsal::Waited| Wait {
        session: one.session,
        relation: one.relation.clone(),
        wait: one.wait.clone(),
        from_ms: ms(one.from),
        to_ms: ms(one.to),
        measured: measured(one.logged),
    };
    let load_of = || rehearsal.load.iter();
    Told {
        schema_version: SCHEMA_VERSION,
        verdict: Line { line: verdict_line(rehearsal), exit_code: rehearsal.exit_code(), validated: rehearsal.is_validated() },
        target: Target {
            environment: rehearsal.target.clone(),
            engine: rehearsal.endpoint.engine.name().to_owned(),
            server_major: rehearsal.endpoint.server_major,
            tool: rehearsal.tool.clone(),
            grouping: rehearsal.grouping.to_owned(),
            lock_timeout_ms: rehearsal.bounds.lock.map(ms),
            statement_timeout_ms: rehearsal.bounds.statement.map(ms),
        },
        on: Place {
            place: rehearsal.in_place.as_ref().map_or_else(|| "scratch".to_owned(), |told| told.environment.clone()),
            server: rehearsal.in_place.as_ref().map_or_else(|| rehearsal.on.clone(), |told| told.server.clone()),
            scratch_server: rehearsal.on.clone(),
            version_differs: rehearsal.version_differs,
            role: rehearsal.role.clone(),
        },
        floor: rehearsal.floor.clone(),
        migrations: rehearsal.migrations.iter().map(|one| migration(one, rehearsal.in_place.as_ref())).collect(),
        gates: rehearsal
            .gates
            .iter()
            .map(|gate| Gate {
                name: gate.name,
                limit: gate.limit.clone(),
                found: gate.found.clone(),
                holds: gate.holds,
                origin: gate.origin.clone(),
            })
            .collect(),
        estimates: rehearsal.larger.iter().flat_map(rehearsal::Larger::all).map(estimate).collect(),
        timeline: Timeline {
            statements: slots.map(slot).collect(),
            clients: load_of().flat_map(|load| &load.slices).map(slice).collect(),
            waits: load_of().flat_map(|load| &load.waits).map(wait).collect(),
        },
        in_place: rehearsal.in_place.as_ref().map(in_place),
        load: rehearsal.load.as_ref().map(load),
        lag: rehearsal.lag.as_ref().map(lag),
        compatibility: rehearsal.asked.as_ref().map(compatibility),
        meets: rehearsal.meets.iter().map(meets).collect(),
        gaps: rehearsal.gaps.clone(),
        notes: rehearsal.notes.clone(),
    }
}

fn migration(told: &rehearsal::Migration, place: Option<&rehearsal::InPlace>) -> Migration {
    Migration {
        key: told.key.clone(),
        name: told.name.clone(),
        transaction: told.transaction.to_owned(),
        statements: told
            .statements
            .iter()
            .zip(told.forms.iter().cloned().chain(std::iter::repeat(None)))
            .map(|(trace, form)| Statement { form, ..statement(trace, place) })
            .collect(),
        stopped: told.stopped.as_ref().map(|(place, why)| Stopped {
            file: place.as_ref().map(|place| place.file.clone()),
            line: place.as_ref().map(|place| place.line),
            why: why.clone(),
        }),
        undo: told.undo.as_ref().map(undo),
        rerun: told.rerun.as_ref().map(rerun),
        effect: told.effect.as_ref().map(|touches| touches.iter().map(effect).collect()),
    }
}

fn statement(trace: &trace::Trace, place: Option<&rehearsal::InPlace>) -> Statement {
    Statement {
        file: trace.place.file.clone(),
        line: trace.place.line,
        sql: trace.sql.clone(),
        tag: trace.tag.clone(),
        ms: ms(trace.took),
        locks: trace.locks.iter().map(lock).collect(),
        rewrites: trace.rewrites.clone(),
        why: trace
            .rewrites
            .iter()
            .map(|name| Why { relation: name.clone(), reasons: trace.why.get(name).cloned().unwrap_or_default() })
            .collect(),
        scans: trace.scans.clone(),
        builds: trace.builds.clone(),
        emptied: trace.emptied.clone(),
        wal_bytes: trace.log_bytes,
        temporary_bytes: trace.temporary,
        rows: trace.rows,
        blocked: trace.blocked.as_ref().map(|all| all.iter().map(blocked).collect()),
        waited_ms: trace.waited.map(ms),
        errors: trace.error.iter().cloned().collect(),
        class: trace.class.name(),
        form: None,
        sampled: trace.is_sampled,
        in_place: place.and_then(|place| place.seen(&trace.place)).map(there),
    }
}

fn undo(undo: &rehearsal::Undo) -> Undo {
    let difference = |one: &rehearsal::Difference| Difference {
        kind: one.touch.spot.kind.name(),
        object: one.touch.spot.display(),
        attribute: one.touch.spot.attribute,
        expected: one.expected.shown(),
        found: one.touch.after.shown(),
    };
    Undo {
        exact: undo.exact,
        order_only: undo.order_only,
        differences: undo.differences.iter().map(difference).collect(),
        data_lost: undo.data_lost.clone(),
        written: undo.written.as_ref().map(|all| all.iter().map(|(table, rows)| Rows { table: table.clone(), rows: *rows }).collect()),
        unwritten: undo.unwritten.clone(),
        ms: undo.took.map(ms),
        failed: undo.failed.clone(),
        again: undo.again.clone(),
        proposed: undo.proposed.as_ref().map(|proposed| Proposed {
            statements: proposed.statements.clone(),
            losing: proposed.losing,
            exact: proposed.why.is_empty() && !proposed.statements.is_empty(),
            why: proposed.why.clone(),
        }),
    }
}

fn rerun(rerun: &rehearsal::Rerun) -> Rerun {
    let (second, says) = match &rerun.second {
        None => (None, Vec::new()),
        Some(Err(why)) => (Some("refused"), vec![why.clone()]),
        Some(Ok(odd)) if odd.is_empty() => (Some("nothing"), Vec::new()),
        Some(Ok(odd)) => (Some("changes"), odd.clone()),
    };
    Rerun {
        converges: rerun.converges,
        left_behind: rerun.left_behind.clone(),
        kills: rerun.kills.iter().map(kill).collect(),
        after_statement: rerun.after_statement,
        second,
        second_says: says,
        locks: rerun.locks.iter().map(|(relation, mode)| Again { relation: relation.clone(), mode }).collect(),
    }
}

fn effect(touch: &Touch) -> Effect {
    let (what, value) = match (&touch.after, touch.spot.attribute) {
        (Stand::Gone, _) => ("removed", None),
        (Stand::There | Stand::Faulty, None) => ("made", None),
        (after, _) => ("set", Some(after.shown())),
    };
    Effect { kind: touch.spot.kind.name(), object: touch.spot.display(), attribute: touch.spot.attribute, what, value }
}

//! What clients and applications meet, and what is estimated, as the public JSON has it. Neighbour: `data`, the whole.

use super::ms;
use evenkeel_core::estimate;
use evenkeel_core::rehearsal;
use schemars::JsonSchema;
use serde::Serialize;

/// A replica that followed the release.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Lag {
    /// Bytes of the log that it had not replayed, at the most; null where none followed.
    bytes: Option<u64>,
    /// How far it was behind, at the most.
    ms: Option<f64>,
    /// The statement that was sent last when it was so.
    file: Option<String>,
    line: Option<u32>,
    /// How long after the release it had all of it; null where it was not waited for longer.
    caught_up_ms: Option<f64>,
    /// Why none followed.
    why: Option<String>,
}

pub(super) fn lag(told: &Result<rehearsal::Lag, String>) -> Lag {
    let seen = told.as_ref().ok();
    let place = seen.and_then(|seen| seen.place.as_ref());
    Lag {
        bytes: seen.map(|seen| seen.bytes),
        ms: seen.map(|seen| ms(seen.time)),
        file: place.map(|place| place.file.clone()),
        line: place.map(|place| place.line),
        caught_up_ms: seen.and_then(|seen| seen.caught_up).map(ms),
        why: told.as_ref().err().cloned(),
    }
}

/// Clients that ran beside the release.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Load {
    clients: usize,
    tables: Vec<String>,
    before: Latency,
    during: Latency,
    after: Latency,
    refused: Vec<Refused>,
    /// Where what they ask comes from: `synthetic` follows from the schema.
    workload: Vec<String>,
    /// Queries of it that say nothing of the release: before it, they were not answered.
    says_nothing: Vec<Silent>,
    /// Transactions that were kept open beside it (`--long-transaction`), and how that ended.
    long_transaction: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Silent {
    /// File and line.
    place: String,
    sql: String,
    why: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Latency {
    requests: usize,
    p50_ms: f64,
    p99_ms: f64,
    max_ms: f64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Refused {
    /// `before`, `during` or `after` the release.
    phase: &'static str,
    code: String,
    requests: usize,
    sql: String,
    message: String,
}

/// What applications ask, before the release and after it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Compatibility {
    /// As whom they were asked, and how that is known.
    role: String,
    queries: Vec<Question>,
    /// Queries of the next application that were not seen to run before the release.
    next: Vec<Next>,
    next_asked: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Question {
    file: String,
    line: u32,
    sql: String,
    /// `same`, `breaks`, `breaks-prepared` (where it was prepared before), `otherwise`, `unknown`.
    outcome: &'static str,
    code: Option<String>,
    why: Option<String>,
    /// Its columns before and after, where they are otherwise: `*` and RETURNING * expand to others.
    columns_before: Option<Vec<String>>,
    columns_after: Option<Vec<String>>,
    /// With some of the values it met a row: else only that it runs was seen.
    met_rows: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Next {
    file: String,
    line: u32,
    why: String,
    /// The server says that something is not there; else it could not be told.
    missing: bool,
}

pub(super) fn compatibility(asked: &rehearsal::Asked) -> Compatibility {
    let question = |one: &rehearsal::Question| {
        let (outcome, code, why) = match &one.survival {
            rehearsal::Survival::Same => ("same", None, None),
            rehearsal::Survival::Breaks(code, message) => ("breaks", Some(code.clone()), Some(message.clone())),
            rehearsal::Survival::Held(code, message) => ("breaks-prepared", Some(code.clone()), Some(message.clone())),
            rehearsal::Survival::Otherwise(words) => ("otherwise", None, Some(words.clone())),
            rehearsal::Survival::Unknown(words) => ("unknown", None, Some(words.clone())),
        };
        Question {
            file: one.place.file.clone(),
            line: one.place.line,
            sql: one.sql.clone(),
            outcome,
            code,
            why,
            columns_before: one.columns.as_ref().map(|(before, _)| before.clone()),
            columns_after: one.columns.as_ref().map(|(_, after)| after.clone()),
            met_rows: one.met_rows,
        }
    };
    let next =
        |one: &rehearsal::Next| Next { file: one.place.file.clone(), line: one.place.line, why: one.why.clone(), missing: one.is_missing };
    Compatibility {
        role: asked.role.clone(),
        queries: asked.questions.iter().map(question).collect(),
        next: asked.next.iter().map(next).collect(),
        next_asked: asked.nexts,
    }
}

pub(super) fn load(load: &rehearsal::Load) -> Load {
    let latency =
        |one: rehearsal::Latency| Latency { requests: one.requests, p50_ms: ms(one.p50), p99_ms: ms(one.p99), max_ms: ms(one.max) };
    Load {
        clients: load.clients,
        tables: load.tables.iter().cloned().collect(),
        before: latency(load.before),
        during: latency(load.during),
        after: latency(load.after),
        refused: load
            .refused
            .iter()
            .map(|(phase, code, requests, sql, message)| Refused {
                phase: phase.name(),
                code: code.clone(),
                requests: *requests,
                sql: sql.clone(),
                message: message.clone(),
            })
            .collect(),
        workload: load.sources.clone(),
        says_nothing: load
            .unsaid
            .iter()
            .map(|one| Silent { place: one.place.clone(), sql: one.sql.clone(), why: one.why.clone() })
            .collect(),
        long_transaction: load.beside.clone(),
    }
}

/// Times are in milliseconds.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Estimate {
    /// `release`, `undo`, `lock`, `statement`.
    what: &'static str,
    /// The statement's place; of a lock that of the one that takes it.
    statement: Option<String>,
    /// Of a lock.
    mode: Option<&'static str>,
    /// What the lock is on; of a statement the tables that it grows with.
    relation: Option<String>,
    low_ms: f64,
    high_ms: f64,
    /// At the largest size that was tried.
    here_ms: f64,
    /// How many times larger the target is than that.
    multiplier: f64,
    /// `rows`, `bytes`, `index tuples`, `constant`.
    driver: &'static str,
    points: Vec<Point>,
    machine_factor: Machine,
    /// Whether it may open a gate.
    enough: bool,
    why: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Point {
    size: f64,
    ms: f64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Machine {
    low: f64,
    high: f64,
    measured: bool,
}

pub(super) fn estimate(one: &estimate::Estimate) -> Estimate {
    Estimate {
        what: one.what.name(),
        statement: one.statement.clone(),
        mode: one.mode,
        relation: one.relation.clone(),
        low_ms: ms(one.low),
        high_ms: ms(one.high),
        here_ms: ms(one.here),
        multiplier: one.multiplier,
        driver: one.driver.name(),
        points: one.points.iter().map(|point| Point { size: point.size, ms: ms(point.took) }).collect(),
        machine_factor: Machine { low: one.machine.low, high: one.machine.high, measured: one.machine.measured },
        enough: one.enough,
        why: one.why.clone(),
    }
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Meets {
    column: String,
    /// `old-writers`, `old-readers`, `new-readers`.
    who: &'static str,
    what: String,
}

pub(super) fn meets(told: &rehearsal::Meets) -> Meets {
    Meets { column: told.column.clone(), who: told.who.name(), what: told.what.clone() }
}

//! What is kept between runs, one JSON object a line: for whoever keeps it elsewhere, or searches it. Nothing secret is in it.
//!
//! Neighbour: `journal`, the same runs as they are listed.

use super::journal::{Run, run};
use super::json::SCHEMA_VERSION;
use crate::Fault;
use evenkeel_core::port::{Entry, Halt, Kept, Owner, ParityLock, Released, Trail, Verification};
use evenkeel_core::statement::without_secrets;
use serde::Serialize;

#[derive(Serialize)]
struct Line<T> {
    kind: &'static str,
    schema_version: u32,
    #[serde(flatten)]
    what: T,
}

#[derive(Serialize)]
struct Exported {
    #[serde(flatten)]
    run: Run,
    /// Which start of the host, and when the process was started.
    boot: String,
    started: String,
    last_sign_of_life: Option<String>,
    /// By what it can be told later what became of an act, in the order of the acts.
    trails: Vec<Left>,
}

#[derive(Serialize)]
struct Left {
    transaction: Option<String>,
    before: Option<String>,
    mark: Option<String>,
    after: Option<String>,
    migration: Option<String>,
}

#[derive(Serialize)]
struct Halted<'a> {
    environment: &'a str,
    since: &'a str,
    by: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct Locked<'a> {
    environment: &'a str,
    target: &'a str,
    digest: &'a str,
    canonical: u32,
    holder: &'a str,
    since: &'a str,
    until: &'a str,
    reason: Option<&'a str>,
    released: Option<Gone<'a>>,
}

#[derive(Serialize)]
struct Gone<'a> {
    at: &'a str,
    by: &'a str,
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct Verified<'a> {
    environment: &'a str,
    at: &'a str,
    by: &'a str,
    holds: bool,
    digest: Option<&'a str>,
    words: &'a str,
}

#[derive(Serialize)]
struct Proven<'a> {
    environment: &'a str,
    at: &'a str,
    by: &'a str,
    /// As it was written: `evenkeel evidence` reads it.
    envelope: serde_json::Value,
}

fn line<T: Serialize>(kind: &'static str, what: T) -> Result<Vec<u8>, Fault> {
    let line = Line { kind, schema_version: SCHEMA_VERSION, what };
    let mut bytes = serde_json::to_vec(&line).map_err(|source| Fault::Json { format: "json", source })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// A run, with its acts and what they leave.
///
/// # Errors
/// It cannot be written as JSON.
pub fn run_line_of(entry: &Entry) -> Result<Vec<u8>, Fault> {
    let mut clean = entry.clone();
    let cleaned = |text: &mut String| *text = without_secrets(text);
    for step in &mut clean.steps {
        cleaned(&mut step.act.what);
        step.act.statements.iter_mut().for_each(cleaned);
        step.words.iter_mut().for_each(cleaned);
    }
    clean.ended.iter_mut().for_each(|ended| cleaned(&mut ended.words));
    clean.intention.reason.iter_mut().for_each(cleaned);
    let left = |trail: Trail| Left {
        transaction: trail.transaction,
        before: trail.before,
        mark: trail.mark,
        after: trail.after,
        migration: trail.of,
    };
    let Owner { boot, started, .. } = clean.intention.owner.clone();
    let (last_sign_of_life, trails) =
        (clean.beat.as_ref().map(|beat| beat.at.clone()), clean.steps.iter().map(|step| left(step.trail.clone())).collect());
    line("run", Exported { run: run(&clean), boot, started, last_sign_of_life, trails })
}

/// A halt.
///
/// # Errors
/// As [`run_line_of`].
pub fn halt_line(halt: &Halt) -> Result<Vec<u8>, Fault> {
    let Halt { environment, since, by, reason } = halt;
    line("halt", Halted { environment, since, by, reason })
}

/// A parity lock, of now or of before.
///
/// # Errors
/// As [`run_line_of`].
pub fn lock_line(lock: &ParityLock) -> Result<Vec<u8>, Fault> {
    let ParityLock { environment, target, digest, canonical, holder, since, until, reason, released } = lock;
    let gone = released.as_ref().map(|Released { at, by, reason }| Gone { at, by, reason: reason.as_deref() });
    let locked =
        Locked { environment, target, digest, canonical: *canonical, holder, since, until, reason: reason.as_deref(), released: gone };
    line("lock", locked)
}

/// What somebody found who verified an environment.
///
/// # Errors
/// As [`run_line_of`].
pub fn verification_line(verification: &Verification) -> Result<Vec<u8>, Fault> {
    let Verification { environment, at, by, holds, digest, words } = verification;
    line("verification", Verified { environment, at, by, holds: *holds, digest: digest.as_deref(), words })
}

/// Evidence of a rehearsal, whole: what is signed is changed by nobody.
///
/// # Errors
/// As [`run_line_of`].
pub fn evidence_line(kept: &Kept) -> Result<Vec<u8>, Fault> {
    let Kept { environment, at, by, text } = kept;
    // One that cannot be read is kept as it is.
    let envelope = serde_json::from_str(text).unwrap_or_else(|_| serde_json::Value::String(text.clone()));
    line("evidence", Proven { environment, at, by, envelope })
}

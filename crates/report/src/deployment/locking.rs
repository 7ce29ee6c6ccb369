//! What came of locking: the public JSON, and how a person sees it.

use super::{Line, SCHEMA_VERSION, ToldGate, gate, json, paint};
use crate::Fault;
use crate::format::Style;
use crate::page::Page;
use evenkeel_core::deployment::Locking;
use evenkeel_core::port::ParityLock;
use schemars::JsonSchema;
use serde::Serialize;

/// What `lock` and `unlock` say. Moments are as RFC 3339 has them, in UTC.
#[derive(Debug, Serialize, JsonSchema)]
struct ToldLocking {
    schema_version: u32,
    verdict: Line,
    environment: String,
    gates: Vec<ToldGate>,
    /// The lock that stands since; null where none was set.
    lock: Option<ToldLock>,
    /// The lock that it took the place of, or that was taken away; null where there was none.
    before: Option<ToldLock>,
    /// Where locks are kept, and who sees them.
    kept: String,
}

/// A parity lock.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ToldLock {
    holder: String,
    since: String,
    until: String,
    /// Its end is over: it refuses nothing.
    expired: bool,
    reason: Option<String>,
    /// Of the schema, column order counted.
    digest: String,
    /// Server and database.
    target: String,
}

pub(super) fn told_lock(lock: &ParityLock, expired: bool) -> ToldLock {
    ToldLock {
        holder: lock.holder.clone(),
        since: lock.since.clone(),
        until: lock.until.clone(),
        expired,
        reason: lock.reason.clone(),
        digest: lock.digest.clone(),
        target: lock.target.clone(),
    }
}

/// The JSON schema of that, as published in `docs/reference`.
#[must_use]
pub fn locking_schema() -> (&'static str, schemars::Schema) {
    let mut schema = schemars::schema_for!(ToldLocking);
    schema.insert("title".to_owned(), "evenkeel lock".into());
    ("lock", schema)
}

/// What came of locking; `is_expired` says whether a lock's end is over.
///
/// # Errors
/// It cannot be written as JSON.
pub fn locking(locking: &Locking, is_expired: impl Fn(&ParityLock) -> bool, is_json: bool, style: &Style) -> Result<Vec<u8>, Fault> {
    if is_json {
        let told = |lock: &Option<ParityLock>| lock.as_ref().map(|lock| told_lock(lock, is_expired(lock)));
        return json(&ToldLocking {
            schema_version: SCHEMA_VERSION,
            verdict: Line { line: locking.line(), exit_code: locking.exit_code },
            environment: locking.label.clone(),
            gates: locking.gates.iter().map(gate).collect(),
            lock: told(&locking.lock),
            before: told(&locking.before),
            kept: locking.kept.clone(),
        });
    }
    let mut page = Page { style, text: String::new() };
    page.wrapped(&locking.line(), "", paint(locking.exit_code));
    if locking.exit_code != 0 {
        page.text.push('\n');
        page.deployment_gates(&locking.gates);
    }
    Ok(page.text.into_bytes())
}

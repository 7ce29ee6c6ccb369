//! The server's own settings: ALTER SYSTEM. Does not live here: what databases and roles set (`patch/setting`).

use crate::ident::{literal, quoted};
use evenkeel_core::compare::Case;
use evenkeel_core::kind::Rank;

/// Settings that new sessions can get without a restart and by ALTER SYSTEM alone are told; others need a person.
const RELOAD: &[&str] = &[
    "lock_timeout",
    "statement_timeout",
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
    "transaction_timeout",
    "deadlock_timeout",
    "DateStyle",
    "IntervalStyle",
    "TimeZone",
    "default_transaction_isolation",
    "check_function_bodies",
    "work_mem",
    "maintenance_work_mem",
    "random_page_cost",
    "jit",
    "synchronous_commit",
    "default_statistics_target",
    "max_parallel_maintenance_workers",
    "max_parallel_workers_per_gather",
];

pub fn setting(case: &Case<'_>) -> Option<String> {
    let (reference, name) = (case.reference?, case.reference?.identity.part(0));
    if case.attribute != Some("value") || reference.text("rank") == Some(Rank::Expected.name()) || !RELOAD.contains(&name) {
        return None;
    }
    // What a database, a role or the command line sets is stronger than ALTER SYSTEM, and an override's difference has its own fix:
    // on either side.
    if [reference, case.candidate?].iter().any(|side| !matches!(side.text("source"), Some("default" | "configuration file"))) {
        return None;
    }
    Some(format!("ALTER SYSTEM SET {} = {}; SELECT pg_reload_conf();", quoted(name), literal(reference.text("value")?)))
}

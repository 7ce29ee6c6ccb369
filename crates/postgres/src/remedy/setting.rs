//! Settings: ALTER ROLE and ALTER DATABASE for overrides, ALTER SYSTEM for the server's own.

use super::PostgresRemedies;
use crate::ident::{dotted, literal, quoted};
use crate::knowledge::settings;
use evenkeel_core::compare::Case;
use evenkeel_core::kind::Rank;
use evenkeel_core::setting::{SET, UNSET};

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

const READ_ONLY: &str = "default_transaction_read_only";

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

pub fn overriding(remedies: &PostgresRemedies, case: &Case<'_>) -> Option<String> {
    let object = case.reference.or(case.candidate)?;
    let (role, scope, name) = (object.identity.part(0), object.identity.part(1), object.identity.part(2));
    let database = quoted(&remedies.database);
    let who = match (role, scope) {
        ("every role", "this database") => format!("DATABASE {database}"),
        ("every role", _) => "ROLE ALL".to_owned(),
        (role, "this database") => format!("ROLE {} IN DATABASE {database}", remedies.role(role)?),
        (role, _) => format!("ROLE {}", remedies.role(role)?),
    };
    let Some(reference) = case.reference else { return Some(format!("ALTER {who} RESET {};", dotted(name))) };
    // What may not be shown is not known either.
    // A database that is read-only by default refuses whatever is to be mended in it after this.
    if name.contains('.') || !settings::is_printed(name, Some("integer")) || !remedies.around.has_setting(name) || name == READ_ONLY {
        return None;
    }
    let value = reference.text("value")?;
    if matches!(value, SET | UNSET) {
        return None;
    }
    // An empty list is one empty name in the catalog, and no name that SQL takes.
    let value = match (settings::LISTS.contains(&name), value) {
        (true, "\"\"") => literal(""),
        (true, list) => list.to_owned(),
        (false, value) => literal(value),
    };
    Some(format!("ALTER {who} SET {} = {value};", dotted(name)))
}

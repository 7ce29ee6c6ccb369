//! The server's own settings: ALTER SYSTEM, or where a managed server has them set. Does not live here: what databases and roles set (`patch/setting`).

use crate::flavor;
use crate::ident::{literal, quoted};
use evenkeel_core::compare::Case;
use evenkeel_core::finding::Remedy;
use evenkeel_core::kind::{Kind, Rank};
use evenkeel_core::manifest::Manifest;

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

/// Where a server has its settings set that refuses ALTER SYSTEM; `None` where nothing tells that it does.
pub fn elsewhere(candidate: &Manifest) -> Option<&'static str> {
    let is_off = |one: &&(&str, &str, &str)| {
        candidate.of_kind(Kind::Setting).iter().any(|setting| setting.identity.part(0).starts_with(one.0))
            || candidate.find(Kind::Role, &[one.1]).is_some()
    };
    let managed = flavor::MANAGED.iter().find(is_off).map(|(_, _, place)| *place);
    let refused = candidate.find(Kind::Setting, &["allow_alter_system"]).is_some_and(|setting| setting.text("value") == Some("off"));
    managed.or_else(|| refused.then_some("its configuration file, for allow_alter_system is off"))
}

pub fn setting(case: &Case<'_>, elsewhere: Option<&str>) -> Option<Remedy> {
    let (reference, name) = (case.reference?, case.reference?.identity.part(0));
    if case.attribute != Some("value") || reference.text("rank") == Some(Rank::Expected.name()) || !RELOAD.contains(&name) {
        return None;
    }
    // What a database, a role or the command line sets is stronger than ALTER SYSTEM, and an override's difference has its own fix:
    // on either side.
    if [reference, case.candidate?].iter().any(|side| !matches!(side.text("source"), Some("default" | "configuration file"))) {
        return None;
    }
    let value = reference.text("value")?;
    Some(match elsewhere {
        Some(place) => Remedy::Step(format!("set {name} to {value} in {place}: the server refuses ALTER SYSTEM")),
        None => Remedy::Statements(format!("ALTER SYSTEM SET {} = {}; SELECT pg_reload_conf();", quoted(name), literal(value))),
    })
}

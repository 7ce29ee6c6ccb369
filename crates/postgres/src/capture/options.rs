//! Option lists of the catalogs: storage parameters in full, options of foreign objects without what may be secret.

use super::spelling;
use evenkeel_core::kind::Value;

/// Options of foreign objects whose values are known to be no secrets: they say what is read, not how one gets in.
const PUBLIC: &[&str] = &[
    "async_capable",
    "batch_size",
    "column_name",
    "delimiter",
    "encoding",
    "escape",
    "extensions",
    "fdw_startup_cost",
    "fdw_tuple_cost",
    "fetch_size",
    "force_not_null",
    "force_null",
    "format",
    "header",
    "keep_connections",
    "null",
    "parallel_abort",
    "parallel_commit",
    "quote",
    "schema_name",
    "table_name",
    "truncatable",
    "updatable",
    "use_remote_estimate",
    "analyze_sampling",
];

/// Options that say where a foreign server is.
const PLACES: &[&str] = &["database", "dbname", "dbserver", "host", "hostaddr", "port", "servername"];

/// Whether it says where a foreign server is.
pub fn is_place(option: &str) -> bool {
    option.split_once('=').is_some_and(|(name, _)| PLACES.contains(&name))
}

/// Each `name=value`, sorted: the catalog keeps them in the order they were set.
#[must_use]
pub fn sorted(options: &[Box<str>]) -> Value {
    let mut options: Vec<Box<str>> = options.iter().map(|option| spelling::option(option)).collect();
    options.sort_unstable();
    Value::List(options.into())
}

/// Options of a column. Some builds keep a counter of their own among them (`pg_attver`, seen in Debian's 15.20); it
/// differs from table to table and after every restore, and no user can set it.
#[must_use]
pub fn of_column(options: &[Box<str>]) -> Vec<Box<str>> {
    let of_users = options.iter().filter(|option| !option.starts_with("pg_attver="));
    let mut kept: Vec<Box<str>> = of_users.map(|option| spelling::option(option)).collect();
    kept.sort_unstable();
    kept
}

/// Sorted, with values only where they cannot be secret; any other is `name (set)`.
#[must_use]
pub fn public(options: &[Box<str>]) -> Value {
    let shown = options.iter().map(|option| {
        let name = option.split('=').next().unwrap_or_default();
        if PUBLIC.contains(&name) { option.clone() } else { format!("{name} (set)").into() }
    });
    let mut shown: Vec<Box<str>> = shown.collect();
    shown.sort_unstable();
    Value::List(shown.into())
}

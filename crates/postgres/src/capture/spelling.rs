//! One spelling for values that the server keeps as they were typed: storage parameters, options of views and columns, settings of
//! functions. `true`, `on` and `1` of a switch are one value, and so are `64MB` and `65536kB`.
//!
//! The types are the server's own: of storage parameters by the list here
//! (<https://www.postgresql.org/docs/18/sql-createtable.html#SQL-CREATETABLE-STORAGE-PARAMETERS>), of settings by `pg_settings`.
//! What no type is known of stays as it is. Neighbours: `knowledge::typed` writes values of settings, `locale` those of ICU.

use super::reader::{Found, Read, Reader};
use super::{rows, statements};
use crate::knowledge::{typed, types};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::Object;
use evenkeel_core::setting::switch;
use std::collections::HashMap;

/// What a value is to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Switch,
    Integer,
    Real,
    /// Words in any case, some of which say the same as a switch.
    Words,
}

const SWITCHES: &[&str] = &[
    "autosummarize",
    "autovacuum_enabled",
    "deduplicate_items",
    "fastupdate",
    "security_barrier",
    "security_invoker",
    "user_catalog_table",
    "vacuum_truncate",
];
const INTEGERS: &[&str] = &[
    "autovacuum_analyze_threshold",
    "autovacuum_freeze_max_age",
    "autovacuum_freeze_min_age",
    "autovacuum_freeze_table_age",
    "autovacuum_multixact_freeze_max_age",
    "autovacuum_multixact_freeze_min_age",
    "autovacuum_multixact_freeze_table_age",
    "autovacuum_vacuum_cost_limit",
    "autovacuum_vacuum_insert_threshold",
    "autovacuum_vacuum_max_threshold",
    "autovacuum_vacuum_threshold",
    "effective_io_concurrency",
    "fillfactor",
    "gin_pending_list_limit",
    "log_autovacuum_min_duration",
    "maintenance_io_concurrency",
    "pages_per_range",
    "parallel_workers",
    "toast_tuple_target",
];
const REALS: &[&str] = &[
    "autovacuum_analyze_scale_factor",
    "autovacuum_vacuum_cost_delay",
    "autovacuum_vacuum_insert_scale_factor",
    "autovacuum_vacuum_scale_factor",
    "n_distinct",
    "n_distinct_inherited",
    "random_page_cost",
    "seq_page_cost",
    "vacuum_cleanup_index_scale_factor",
    "vacuum_max_eager_freeze_failure_rate",
];
const WORDS: &[&str] = &["buffering", "check_option", "vacuum_index_cleanup"];

fn type_of(option: &str) -> Option<Type> {
    [(SWITCHES, Type::Switch), (INTEGERS, Type::Integer), (REALS, Type::Real), (WORDS, Type::Words)]
        .into_iter()
        .find_map(|(names, of)| names.contains(&option).then_some(of))
}

/// `name=value` of a storage parameter, an option of a view, an index, a tablespace or a column.
#[must_use]
pub fn option(option: &str) -> Box<str> {
    let Some((name, value)) = option.split_once('=') else { return option.into() };
    let bare = name.strip_prefix("toast.").unwrap_or(name);
    let written = match type_of(bare) {
        Some(Type::Switch) => typed::abbreviated(value).map(str::to_owned),
        Some(Type::Integer) => typed::integer(value).map(|number| number.to_string()),
        Some(Type::Real) => typed::real(value),
        Some(Type::Words) => Some(switch(value).map_or_else(|| value.to_ascii_lowercase(), str::to_owned)),
        None => None,
    };
    written.map_or_else(|| option.into(), |value| format!("{name}={value}").into())
}

/// Properties that are lists of such options.
const OPTIONS: &[&str] = &["options", "toast_options"];

/// Writes again what a manifest of an earlier evenkeel holds as it was typed.
pub fn renew(object: &mut Object) {
    if matches!(object.kind, Kind::ForeignDataWrapper | Kind::ForeignServer) {
        return;
    }
    for name in OPTIONS {
        if object.kind.spec().index_of(name).is_some()
            && let Some(Value::List(options)) = object.get(name).cloned()
        {
            let mut written: Vec<Box<str>> = options.iter().map(|one| option(one)).collect();
            written.sort_unstable();
            object.set(name, Value::List(written.into()));
        }
    }
    let strings: &[&str] = match object.kind {
        Kind::Setting => &["value", "effective"],
        Kind::Override => &["value"],
        _ => &[],
    };
    let setting = object.identity.parts().next_back().unwrap_or_default().to_owned();
    for name in strings {
        if typed::is_written_apart(&setting)
            && let Some(value) = object.text(name).map(|value| typed::written(&setting, value, None, Some("string")))
        {
            object.set(name, Value::text(value));
        }
    }
    super::locale::renew(object);
}

/// Writes again what a manifest of an earlier evenkeel holds of settings that functions, roles and databases set: units, switches
/// and choices were as they were typed. No server is there to say types.
pub fn renew_typed(object: &mut Object) {
    match object.kind {
        Kind::Function | Kind::Procedure => write_configuration(object, types::written_as_known),
        Kind::Override => {
            let setting = object.identity.parts().next_back().unwrap_or_default().to_owned();
            if types::known_type(&setting).is_some()
                && let Some(value) = object.text("value").map(|value| types::written_as_known(&setting, value))
            {
                object.set("value", Value::text(value));
            }
        }
        _ => {}
    }
}

/// What functions set, entry by entry.
const CONFIGURATION: &str = "configuration";

fn write_configuration(object: &mut Object, write: impl Fn(&str, &str) -> String) {
    let Some(Value::List(entries)) = object.get(CONFIGURATION).cloned() else { return };
    let written = entries.iter().map(|entry| {
        let (name, value) = entry.split_once('=').unwrap_or((entry, ""));
        format!("{name}={}", write(name, value)).into()
    });
    let mut written: Vec<Box<str>> = written.collect();
    written.sort_unstable();
    object.set(CONFIGURATION, Value::List(written.into()));
}

rows::columns!(At { name, unit, vartype });

/// Writes settings of functions and procedures, where there are any, as their types say.
pub async fn of_routines(reader: &Reader<'_>, found: &mut [Found]) -> Read<()> {
    let is_set = |object: &Object| matches!(object.kind, Kind::Function | Kind::Procedure) && object.get(CONFIGURATION).is_some();
    if !found.iter().any(|found| is_set(&found.object)) {
        return Ok(());
    }
    let rows = reader.rows(statements::SETTING_TYPE, "pg_settings").await?;
    let mut seen = HashMap::new();
    for (row, at) in rows::each::<At>(&rows)? {
        let unit = rows::get::<rows::Text>(row, at.unit)?.map(|text| text.0);
        seen.insert(rows::text(row, at.name)?.to_ascii_lowercase(), (unit, rows::text(row, at.vartype)?));
    }
    for object in found.iter_mut().map(|found| &mut found.object).filter(|object| is_set(object)) {
        write_configuration(object, |name, value| match seen.get(&name.to_ascii_lowercase()) {
            Some((unit, vartype)) => typed::written(name, value, unit.as_deref(), Some(vartype)),
            // Hidden from this role.
            None => types::written_as_known(name, value),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::option;

    #[test]
    fn an_option_has_one_spelling() {
        for (typed, expected) in [
            ("autovacuum_enabled=false", "autovacuum_enabled=off"),
            ("autovacuum_enabled=OFF", "autovacuum_enabled=off"),
            ("autovacuum_enabled=f", "autovacuum_enabled=off"),
            ("autovacuum_enabled=tru", "autovacuum_enabled=on"),
            ("security_invoker=1", "security_invoker=on"),
            ("security_invoker=o", "security_invoker=o"),
            ("fillfactor=0106", "fillfactor=70"),
            ("fillfactor=0x46", "fillfactor=70"),
            ("fillfactor=70", "fillfactor=70"),
            ("autovacuum_vacuum_scale_factor=0.10", "autovacuum_vacuum_scale_factor=0.1"),
            ("autovacuum_vacuum_scale_factor=.1", "autovacuum_vacuum_scale_factor=0.1"),
            ("autovacuum_vacuum_scale_factor=1e-1", "autovacuum_vacuum_scale_factor=0.1"),
            ("n_distinct=-0.50", "n_distinct=-0.5"),
            ("vacuum_index_cleanup=AUTO", "vacuum_index_cleanup=auto"),
            ("vacuum_index_cleanup=true", "vacuum_index_cleanup=on"),
            ("check_option=LOCAL", "check_option=local"),
            ("random_page_cost=4.0", "random_page_cost=4"),
            ("lists=TRUE", "lists=TRUE"),
            ("fillfactor=many", "fillfactor=many"),
        ] {
            assert_eq!(&*option(typed), expected, "{typed}");
        }
    }
}

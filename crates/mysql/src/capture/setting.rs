//! Kind `setting`: the global values of server variables, which new sessions begin with. Our own session's are pinned and
//! say nothing.

use super::reader::{Places, Read, Reader, columns};
use super::setting_value::{self, Form};
use super::statements;
use crate::connect::rows::{Row, Wrong};
use crate::knowledge::settings;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Identity, Object};
use std::collections::BTreeMap;

/// What a variable of the server holds.
struct Raw {
    value: Option<Box<str>>,
    form: Form,
    origin: Option<Box<str>>,
    path: Option<Box<str>>,
    /// What the next start begins with, where something was persisted.
    persisted: Option<Box<str>>,
}

columns!(At { name, value, form, origin, path, persisted });

/// Reads settings.
pub async fn read(reader: &Reader<'_>) -> Read<Vec<Object>> {
    let mut all: BTreeMap<Box<str>, Raw> = BTreeMap::new();
    let mut places = Places::<At>::unknown();
    reader
        .each(statements::SETTING, Kind::Setting, |row| {
            let at = places.of(&row)?;
            let name = row.text(at.name)?.unwrap_or_default();
            if !is_no_setting(&name) {
                all.insert(name, raw(&row, at)?);
            }
            Ok(())
        })
        .await?;
    let found: Vec<Object> = all
        .iter()
        .filter(|(name, _)| !newer_names(name).any(|newer| all.contains_key(&*newer)))
        .map(|(name, raw)| build(name, raw))
        .collect();
    reader.tell(Kind::Setting, found.len());
    Ok(found)
}

fn raw(row: &Row, at: At) -> Result<Raw, Wrong> {
    let form = match row.text(at.form)?.as_deref() {
        Some("switch") => Form::Switch,
        Some("number") => Form::Number,
        Some("words") => Form::Words,
        _ => Form::Text,
    };
    Ok(Raw {
        value: row.text(at.value)?,
        form,
        origin: row.text(at.origin)?,
        path: row.text(at.path)?.filter(|path| !path.is_empty()),
        persisted: row.text(at.persisted)?,
    })
}

fn build(name: &str, raw: &Raw) -> Object {
    let mut object = Object::new(Kind::Setting, Identity::new([name]));
    let shown = |value: Option<&str>| setting_value::shown(name, value, raw.form);
    object.set("value", shown(raw.value.as_deref()));
    object.set("pending_restart", raw.persisted.is_some() && shown(raw.persisted.as_deref()) != shown(raw.value.as_deref()));
    object.set_some("source", raw.origin.as_deref().map(|origin| source(origin, raw.path.as_deref())));
    object.set("rank", settings::rank(name).name());
    object
}

/// In one vocabulary for both vendors.
/// <https://dev.mysql.com/doc/refman/en/performance-schema-variables-info-table.html>,
/// <https://mariadb.com/kb/en/information-schema-system_variables-table/>
fn source(origin: &str, path: Option<&str>) -> String {
    let word = match origin {
        "compiled" | "compile-time" => "default",
        "command_line" | "command-line" => "command line",
        // MySQL notes SET SESSION here too, our own as well.
        "dynamic" => "SET statement",
        "persisted" => "SET PERSIST",
        "auto" => "computed by the server",
        "environment" => "environment variable",
        "login" => "login path",
        "config" | "global" | "server" | "explicit" | "extra" | "user" => "option file",
        other => other,
    };
    path.map_or_else(|| word.to_owned(), |path| format!("{word} {path}"))
}

/// Values of the moment, and facts that other kinds hold: positions in the log, names that are given at installation.
fn is_no_setting(name: &str) -> bool {
    const NONE: &[&str] = &[
        "gtid_binlog_pos",
        "gtid_binlog_state",
        "gtid_current_pos",
        "gtid_executed",
        "gtid_owned",
        "gtid_purged",
        "gtid_slave_pos",
        "innodb_buffer_pool_dump_now",
        "innodb_buffer_pool_load_abort",
        "innodb_buffer_pool_load_now",
        "innodb_log_checkpoint_now",
        "innodb_stats_modified_counter",
        "replica_skip_counter",
        "server_uid",
        "server_uuid",
        "sql_replica_skip_counter",
        "sql_slave_skip_counter",
        "wsrep_start_position",
    ];
    NONE.contains(&name)
}

/// Names under which the same variable may stand again: the newer one is kept where a server has both.
fn newer_names(name: &str) -> impl Iterator<Item = String> {
    const RENAMED: &[(&str, &str)] = &[
        ("expire_logs_days", "binlog_expire_logs_seconds"),
        ("log_slow_min_examined_row_limit", "min_examined_row_limit"),
        ("log_slow_query", "slow_query_log"),
        ("log_slow_query_file", "slow_query_log_file"),
        ("log_slow_query_time", "long_query_time"),
        ("slave_parallel_workers", "slave_parallel_threads"),
        ("storage_engine", "default_storage_engine"),
        ("tx_isolation", "transaction_isolation"),
        ("tx_read_only", "transaction_read_only"),
    ];
    let listed = RENAMED.iter().find(|(old, _)| *old == name).map(|(_, newer)| (*newer).to_owned());
    let replica = name.replace("slave", "replica").replace("master", "source");
    listed.into_iter().chain((replica != name).then_some(replica))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_with_two_names_is_told_once() {
        let newer = |name| newer_names(name).collect::<Vec<_>>();
        assert_eq!(newer("slave_parallel_workers"), ["slave_parallel_threads", "replica_parallel_workers"]);
        assert_eq!(newer("log_slave_updates"), ["log_replica_updates"]);
        assert_eq!(newer("tx_isolation"), ["transaction_isolation"]);
        assert!(newer("sql_mode").is_empty());
    }

    #[test]
    fn sources_are_named_alike() {
        assert_eq!(source("compiled", None), source("compile-time", None));
        assert_eq!(source("config", Some("/etc/my.cnf")), "option file /etc/my.cnf");
        assert_eq!(source("global", Some("/etc/my.cnf")), "option file /etc/my.cnf");
    }
}

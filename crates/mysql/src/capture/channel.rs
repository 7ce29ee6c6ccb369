//! Kind `channel`: what a replica receives. `SHOW REPLICA STATUS` names the source's address and user too: these are not kept.

use super::reader::{Read, Reader};
use super::refused;
use super::statements;
use crate::connect::rows::{Row, Wrong};
use crate::ident::Ident;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Gap, Identity, Object, Reason};
use std::collections::BTreeMap;

/// Switches of replication by name in lower case.
pub type Variables = BTreeMap<String, Box<str>>;

/// Reads channels; `None` where they are hidden.
pub async fn read(reader: &Reader<'_>, variables: &Variables) -> Read<Option<Vec<Object>>> {
    let rows = match reader.attempt(&reader.rendered(statements::REPLICA_STATUS), "reading replication channels").await? {
        Ok(rows) => rows,
        Err(fault) => {
            let grant = if reader.flavor.is_mariadb() { "SLAVE MONITOR ON *.*" } else { "REPLICATION CLIENT ON *.*" };
            refused::gap(reader, Kind::Channel, None, "replication channels cannot be read", &[grant], &fault);
            refused::gap(reader, Kind::Node, Some("role"), "whether it replays another server's log cannot be read", &[grant], &fault);
            return Ok(None);
        }
    };
    let beats = if rows.is_empty() { Vec::new() } else { heartbeats(reader).await? };
    let names = ["replica_parallel_workers", "slave_parallel_threads", "slave_parallel_workers"];
    let workers: Option<i64> = names.iter().find_map(|name| variables.get(*name)?.parse().ok());
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        found.push(channel(reader, row, workers, &beats)?);
    }
    reader.tell(Kind::Channel, found.len());
    Ok(Some(found))
}

/// The first of the columns that the answer has: vendors and versions name them otherwise.
fn column(row: &Row, names: &[&str]) -> Result<Option<Box<str>>, Wrong> {
    names.iter().find_map(|name| row.position(name)).map_or(Ok(None), |at| row.text(at))
}

fn channel(reader: &Reader<'_>, row: &Row, workers: Option<i64>, beats: &[Beat]) -> Read<Object> {
    let name = column(row, &["Channel_Name", "Connection_name"])?.filter(|name| !name.is_empty());
    let mut object = Object::new(Kind::Channel, Identity::new([name.as_deref().unwrap_or("default")]));
    let runs = |names| Ok::<_, Wrong>(column(row, names)?.unwrap_or_default());
    let (receives, applies) = (runs(&["Replica_IO_Running", "Slave_IO_Running"])?, runs(&["Replica_SQL_Running", "Slave_SQL_Running"])?);
    let failed = |names| Ok::<_, Wrong>(column(row, names)?.is_some_and(|code| &*code != "0"));
    let is_broken = failed(&["Last_IO_Errno"])? || failed(&["Last_SQL_Errno"])?;
    object.set("state", state(&receives, &applies, is_broken));
    let by_gtid = match column(row, &["Auto_Position", "Using_Gtid"])?.as_deref() {
        None | Some("0" | "No") => false,
        Some(_) => true,
    };
    object.set("positioning", if by_gtid { "gtid" } else { "file" });
    let number = |names| Ok::<_, Wrong>(column(row, names)?.and_then(|text| text.parse::<i64>().ok()));
    object.set_some("delay_seconds", number(&["SQL_Delay"])?);
    object.set_some("workers", workers);
    object.set_some("lag_seconds", number(&["Seconds_Behind_Source", "Seconds_Behind_Master"])?);
    object.set("filters", filters(reader, row)?);
    let source = number(&["Source_Server_Id", "Master_Server_Id"])?;
    object.set_some("heartbeat_lag_seconds", lag(beats, source));
    Ok(object)
}

fn state(receives: &str, applies: &str, is_broken: bool) -> &'static str {
    match (receives, applies) {
        _ if is_broken => "broken",
        ("Yes", "Yes") => "running",
        // It tries to reach its source, and has not failed yet.
        ("Connecting" | "Preparing", "Yes") => "broken",
        _ => "stopped",
    }
}

fn filters(reader: &Reader<'_>, row: &Row) -> Result<Value, Wrong> {
    const RULES: &[(&str, &str)] = &[
        ("do database", "Replicate_Do_DB"),
        ("ignore database", "Replicate_Ignore_DB"),
        ("do table", "Replicate_Do_Table"),
        ("ignore table", "Replicate_Ignore_Table"),
        ("do tables like", "Replicate_Wild_Do_Table"),
        ("ignore tables like", "Replicate_Wild_Ignore_Table"),
        ("rewrite database", "Replicate_Rewrite_DB"),
        ("do domain", "Replicate_Do_Domain_Ids"),
        ("ignore domain", "Replicate_Ignore_Domain_Ids"),
    ];
    let mut found = Vec::new();
    for (rule, name) in RULES {
        let values = column(row, &[name])?.unwrap_or_default();
        found.extend(values.split(',').filter(|value| !value.is_empty()).map(|value| {
            let shown = if rule.ends_with(" database") { database(reader, value) } else { value };
            format!("{rule}: {shown}")
        }));
    }
    found.sort_unstable();
    Ok(Value::list(found))
}

/// A database's name as a rule shows it: the captured one may be called otherwise elsewhere.
pub fn database<'a>(reader: &Reader<'_>, name: &'a str) -> &'a str {
    if reader.scope.one() == Some(name) { "(database)" } else { name }
}

/// A row of the heartbeat table: who wrote it, and how many seconds ago.
struct Beat {
    server: Option<i64>,
    seconds: f64,
}

/// The beat of the source that is followed, else the newest: behind several servers the first one writes.
fn lag(beats: &[Beat], source: Option<i64>) -> Option<f64> {
    let own = beats.iter().find(|beat| beat.server.is_some() && beat.server == source).map(|beat| beat.seconds);
    own.or_else(|| beats.iter().map(|beat| beat.seconds).min_by(f64::total_cmp)).map(|seconds| seconds.max(0.0))
}

/// Rows of the table that was named, in pt-heartbeat's layout. It is a handful of rows; more than a hundred are not read.
async fn heartbeats(reader: &Reader<'_>) -> Read<Vec<Beat>> {
    let Some((database, table)) = reader.heartbeat.and_then(|name| name.split_once('.')) else { return Ok(Vec::new()) };
    let (database, table) = (Ident(database), Ident(table));
    // Our transaction may have begun a while ago, and would show the beat of then.
    let renewed = reader.attempt(&reader.rendered(statements::HEARTBEAT_OPENING), "opening a read-only transaction").await?;
    let statement = statements::HEARTBEAT.fill(&[&format!("{database}.{table}")]);
    let outcome = match renewed {
        Ok(_) => reader.attempt(&statement, "reading the heartbeat table").await?,
        Err(fault) => Err(fault),
    };
    let rows = match outcome {
        Ok(rows) => rows,
        Err(fault) => {
            let what = format!("the heartbeat table {database}.{table} cannot be read");
            let grant = format!("SELECT ON {database}.{table}");
            refused::gap(reader, Kind::Channel, Some("heartbeat_lag_seconds"), &what, &[&grant], &fault);
            return Ok(Vec::new());
        }
    };
    let mut beats = Vec::with_capacity(rows.len());
    for row in &rows {
        if let Some(seconds) = row.number(1)? {
            beats.push(Beat { server: row.integer(0)?, seconds });
        }
    }
    if beats.is_empty() {
        let detail = format!("the heartbeat table {database}.{table} holds no time");
        let gap = Gap::kind(Kind::Channel, Reason::NotConfigured, detail).attribute("heartbeat_lag_seconds");
        reader.gap(gap.cure("start the process that writes it, on the source"));
    }
    Ok(beats)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beat_of_the_source_counts() {
        let beats = [Beat { server: Some(1), seconds: 30.0 }, Beat { server: Some(2), seconds: 2.0 }];
        assert_eq!(lag(&beats, Some(1)), Some(30.0));
        assert_eq!(lag(&beats, Some(7)), Some(2.0));
        assert_eq!(lag(&[], Some(1)), None);
        assert_eq!(lag(&[Beat { server: None, seconds: -0.2 }], None), Some(0.0));
    }

    #[test]
    fn a_channel_runs_stands_or_is_broken() {
        assert_eq!(state("Yes", "Yes", false), "running");
        assert_eq!(state("No", "No", false), "stopped");
        assert_eq!(state("Yes", "No", true), "broken");
        assert_eq!(state("Connecting", "Yes", false), "broken");
    }
}

//! Kinds `node` and `replica`: what the server is among others, and who follows it. Neighbour: `channel`, what it follows.

use super::channel::{self, Variables};
use super::reader::{Read, Reader};
use super::refused;
use super::statements;
use crate::connect::rows::Row;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Identity, Object};

/// Reads nodes, replicas and channels. These are few and quick, one after the other.
pub async fn read(reader: &Reader<'_>) -> Read<Vec<Object>> {
    let variables = variables(reader).await?;
    let channels = channel::read(reader, &variables).await?;
    let replicas = replicas(reader).await?;
    let mut found = Vec::new();
    for (mut node, row) in reader.plain(Kind::Node, statements::NODE).await? {
        if let Some(channels) = &channels {
            node.set("role", if channels.is_empty() { "primary" } else { "standby" });
        }
        let count = replicas.as_ref().and_then(|replicas| i64::try_from(replicas.len()).ok());
        node.set_some("replicas", count);
        node.set_some("semi_sync", semi_sync(&variables));
        if let Some(executed) = row.position("_executed") {
            node.set("gtid_gaps", holes(&row.text(executed)?.unwrap_or_default()));
        }
        cluster(reader, &variables, &mut node).await?;
        node.set_some("binlog_filters", filters(reader).await?);
        found.push(node);
    }
    found.extend(replicas.into_iter().flatten());
    found.extend(channels.into_iter().flatten());
    Ok(found)
}

async fn variables(reader: &Reader<'_>) -> Read<Variables> {
    let rows = reader.rows(statements::REPLICATION_VARIABLES, Kind::Node).await?;
    rows.iter().map(|row| Ok((row.text(0)?.unwrap_or_default().to_lowercase(), row.text(1)?.unwrap_or_default()))).collect()
}

fn is_on(variables: &Variables, names: [&str; 2]) -> bool {
    names.iter().filter_map(|name| variables.get(*name)).any(|value| value.eq_ignore_ascii_case("on") || &**value == "1")
}

fn semi_sync(variables: &Variables) -> Option<&'static str> {
    let source = is_on(variables, ["rpl_semi_sync_source_enabled", "rpl_semi_sync_master_enabled"]);
    let replica = is_on(variables, ["rpl_semi_sync_replica_enabled", "rpl_semi_sync_slave_enabled"]);
    match (source, replica) {
        (true, true) => Some("both"),
        (true, false) => Some("source"),
        (false, true) => Some("replica"),
        (false, false) => None,
    }
}

/// One object a thread that sends the log; `None` where these are hidden. Which machine is behind it is not kept: names and
/// addresses differ where environments are alike.
async fn replicas(reader: &Reader<'_>) -> Read<Option<Vec<Object>>> {
    let rows = match reader.allowed(statements::REPLICA, Kind::Replica).await? {
        Ok(rows) => rows,
        Err(fault) => {
            refused::gap(reader, Kind::Replica, None, "connected replicas cannot be read", &["PROCESS ON *.*"], &fault);
            return Ok(None);
        }
    };
    // Threads of other accounts are left out in silence; that the privilege is missing is noted already.
    if !reader.access.on_server("PROCESS") {
        return Ok(None);
    }
    let build = |(at, row): (usize, &Row)| {
        let mut object = Object::new(Kind::Replica, Identity::new([format!("replica {}", at + 1)]));
        object.set("connected", true);
        object.set_some("state", row.text(0)?.map(|state| sending(&state)));
        Ok(object)
    };
    let found: Vec<Object> = rows.iter().enumerate().map(build).collect::<Read<_>>()?;
    reader.tell(Kind::Replica, found.len());
    Ok(Some(found))
}

/// What the thread says it does, in the words of the declaration.
/// <https://dev.mysql.com/doc/refman/en/source-thread-states.html>
fn sending(state: &str) -> &'static str {
    let state = state.to_ascii_lowercase();
    if state.contains("has sent all binlog") {
        "streaming"
    } else if state.contains("sending") || state.contains("finished reading") {
        "catchup"
    } else {
        "startup"
    }
}

/// Group replication of MySQL, Galera of MariaDB.
async fn cluster(reader: &Reader<'_>, variables: &Variables, node: &mut Object) -> Read<()> {
    if is_on(variables, ["wsrep_on", "wsrep_on"]) {
        node.set("cluster", "galera");
        let rows = reader.rows(statements::GALERA, Kind::Node).await?;
        let Some(row) = rows.first() else { return Ok(()) };
        node.set_some("cluster_members", row.integer(1)?);
    } else if reader.flavor.has_group_replication() {
        match reader.allowed(statements::GROUP_MEMBER, Kind::Node).await? {
            Ok(rows) => {
                let members = rows.first().map(|row| row.integer(0)).transpose()?.flatten().filter(|members| *members > 0);
                node.set_some("cluster", members.map(|_| "group replication"));
                node.set_some("cluster_members", members);
            }
            Err(fault) => {
                let what = "whether it is in a replication group cannot be read";
                let grants = ["SELECT ON performance_schema.replication_group_members"];
                refused::gap(reader, Kind::Node, Some("cluster"), what, &grants, &fault);
            }
        }
    }
    Ok(())
}

/// What the binary log leaves out; `None` where that is hidden.
async fn filters(reader: &Reader<'_>) -> Read<Option<Value>> {
    match reader.attempt(&reader.rendered(statements::LOG_STATUS), "reading the state of the binary log").await? {
        Ok(rows) => {
            let mut found = Vec::new();
            for row in &rows {
                for (rule, column) in [("do", "Binlog_Do_DB"), ("ignore", "Binlog_Ignore_DB")] {
                    let names = row.position(column).map(|at| row.text(at)).transpose()?.flatten().unwrap_or_default();
                    found.extend(
                        names.split(',').filter(|name| !name.is_empty()).map(|name| format!("{rule}: {}", channel::database(reader, name))),
                    );
                }
            }
            found.sort_unstable();
            Ok(Some(Value::list(found)))
        }
        Err(fault) => {
            let grant = if reader.flavor.is_mariadb() { "BINLOG MONITOR ON *.*" } else { "REPLICATION CLIENT ON *.*" };
            let what = "what the binary log leaves out cannot be read";
            refused::gap(reader, Kind::Node, Some("binlog_filters"), what, &[grant], &fault);
            Ok(None)
        }
    }
}

/// Holes in a GTID set of MySQL: `uuid:1-5:7-9,uuid:tag:1-3:5` has two. Each source, and each tag of it, counts by itself.
/// <https://dev.mysql.com/doc/refman/en/replication-gtids-concepts.html>
fn holes(set: &str) -> i64 {
    let mut holes = 0;
    for source in set.split(',') {
        let mut is_first = true;
        for part in source.trim().split(':').skip(1) {
            let is_interval = part.starts_with(|c: char| c.is_ascii_digit());
            holes += i64::from(is_interval && !is_first);
            is_first = !is_interval;
        }
    }
    holes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_between_intervals_of_one_source() {
        for (set, expected) in [
            ("", 0),
            ("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5", 0),
            ("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5:7-9:11", 2),
            ("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5,\n4e11fa47-71ca-11e1-9e33-c80aa9429562:1-3", 0),
            ("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5:nightly:1-3:5:weekly:1", 1),
        ] {
            assert_eq!(holes(set), expected, "{set}");
        }
    }

    #[test]
    fn threads_say_what_they_do() {
        assert_eq!(sending("Source has sent all binlog to replica; waiting for more updates"), "streaming");
        assert_eq!(sending("Master has sent all binlog to slave; waiting for more updates"), "streaming");
        assert_eq!(sending("Sending binlog event to slave"), "catchup");
    }

    #[test]
    fn semi_sync_goes_by_old_names_and_new() {
        let of = |pairs: &[(&str, &str)]| semi_sync(&pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect());
        assert_eq!(of(&[("rpl_semi_sync_source_enabled", "ON")]), Some("source"));
        assert_eq!(of(&[("rpl_semi_sync_master_enabled", "ON"), ("rpl_semi_sync_slave_enabled", "ON")]), Some("both"));
        assert_eq!(of(&[("rpl_semi_sync_master_enabled", "OFF")]), None);
    }
}

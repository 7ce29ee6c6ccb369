//! Kinds `node`, `replica` and `slot`: what hangs on the node that was asked, and how far it is behind.

use super::names::Names;
use super::reader::{Found, Read, Reader};
use super::{rows, statements};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Gap, Reason};

rows::columns!(SeenAt { sees, me });

/// Reads all three.
pub async fn read(reader: &Reader<'_>, names: &Names) -> Read<Vec<Found>> {
    let (nodes, replicas, slots, seen) = tokio::try_join!(
        reader.plain(Kind::Node, statements::NODE, names),
        reader.plain(Kind::Replica, statements::REPLICA, names),
        reader.plain(Kind::Slot, statements::SLOT, names),
        reader.rows(statements::STATISTICS_SEEN, "pg_roles"),
    )?;
    let Some((row, at)) = rows::each::<SeenAt>(&seen)?.next() else { return Ok(Vec::new()) };
    // Where nothing streams, nothing is hidden.
    let streaming = nodes.iter().any(|node| matches!(node.object.get("replicas"), Some(Value::Integer(count)) if *count > 0));
    if streaming && !rows::flag(row, at.sees)? {
        let detail = "names, states and lag of replicas are hidden".to_owned();
        reader.gap(Gap::kind(Kind::Replica, Reason::Privilege, detail).cure(format!("GRANT pg_monitor TO {};", rows::text(row, at.me)?)));
    }
    Ok(nodes.into_iter().chain(replicas).chain(slots).collect())
}

//! Kind `event`: scheduled events.

use super::lossy;
use super::reader::{Read, Reader};
use super::stored;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Gap, Object, Reason};

/// Reads events and their definers.
pub async fn read(reader: &Reader<'_>, is_replica: Option<bool>) -> Read<Vec<Object>> {
    let mut found = Vec::new();
    let rows = reader.plain(Kind::Event, include_str!("event.sql")).await?;
    let bodies = lossy::bodies(reader, &rows, "EVENT", 3).await?;
    for (at, (mut object, row)) in rows.into_iter().enumerate() {
        match status(&stored::named(&row, "_status")?.unwrap_or_default(), is_replica) {
            Some(status) => {
                object.set("status", status);
            }
            None => {
                let detail = "it waits on replicas only, and the account may not know whether this server is one".to_owned();
                let cure = if reader.flavor.is_mariadb() { "GRANT SLAVE MONITOR ON *.*" } else { "GRANT REPLICATION CLIENT ON *.*" };
                let cure = format!("{cure} to the account evenkeel uses");
                reader.gap(Gap::object(&object, Reason::Privilege, detail).attribute("status").cure(cure));
            }
        }
        let cure = "GRANT EVENT on the database to the account evenkeel uses";
        stored::body_or_gap(reader, &mut object, "body", &row, bodies.get(&at), cure)?;
        found.extend(stored::finish(&mut object, &row)?);
        found.push(object);
    }
    Ok(found)
}

/// An event that came by replication does not run on the replica; it is enabled where it came from. `None` where that
/// cannot be told.
/// <https://dev.mysql.com/doc/refman/en/replication-features-invoked.html>
fn status(word: &str, is_replica: Option<bool>) -> Option<&'static str> {
    match (word, is_replica) {
        ("ENABLED", _) => Some("enabled"),
        ("DISABLED", _) => Some("disabled"),
        (_, Some(true)) => Some("enabled"),
        (_, Some(false)) => Some("replica side disabled"),
        (_, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::status;

    #[test]
    fn an_event_that_waits_on_a_replica_is_enabled() {
        for word in ["SLAVESIDE_DISABLED", "REPLICA_SIDE_DISABLED"] {
            assert_eq!(status(word, Some(true)), Some("enabled"));
            assert_eq!(status(word, Some(false)), Some("replica side disabled"));
            assert_eq!(status(word, None), None);
        }
        assert_eq!(status("DISABLED", Some(true)), Some("disabled"));
        assert_eq!(status("ENABLED", None), Some("enabled"));
    }
}

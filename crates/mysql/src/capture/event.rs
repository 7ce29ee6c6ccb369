//! Kind `event`: scheduled events.

use super::lossy;
use super::reader::{Read, Reader};
use super::statements;
use super::stored;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Gap, Object, Reason};

/// Reads events and their definers.
pub async fn read(reader: &Reader<'_>, is_replica: Option<bool>) -> Read<Vec<Object>> {
    let mut found = Vec::new();
    let rows = reader.plain(Kind::Event, statements::EVENT).await?;
    let bodies = lossy::bodies(reader, &rows, statements::SHOW_EVENT, 3).await?;
    for (at, (mut object, row)) in rows.into_iter().enumerate() {
        match status(&stored::named(&row, "_status")?.unwrap_or_default(), is_replica) {
            Some(status) => {
                object.set("status", status);
            }
            None if is_replica == Some(true) => {
                let detail = "a replica does not say whether the event runs at its source: there it stands still either way".to_owned();
                let gap = Gap::object(&object, Reason::Version, detail).attribute("status");
                reader.gap(gap.cure("read the schema of the source instead"));
            }
            None => {
                let detail = "it waits on replicas only, and the account may not know whether this server is one".to_owned();
                let cure = if reader.flavor.is_mariadb() { "GRANT SLAVE MONITOR ON *.*" } else { "GRANT REPLICATION CLIENT ON *.*" };
                let cure = format!("{cure} TO {};", reader.access.account);
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

/// An event that came by replication does not run on the replica, whether it runs where it came from or is disabled there
/// (measured on MariaDB 10.11). `None` where its state there cannot be told.
/// <https://dev.mysql.com/doc/refman/en/replication-features-invoked.html>
fn status(word: &str, is_replica: Option<bool>) -> Option<&'static str> {
    match (word, is_replica) {
        ("ENABLED", _) => Some("enabled"),
        ("DISABLED", _) => Some("disabled"),
        (_, Some(false)) => Some("replica side disabled"),
        (_, Some(true) | None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::status;

    #[test]
    fn what_an_event_that_waits_on_a_replica_is_elsewhere_is_not_known() {
        for word in ["SLAVESIDE_DISABLED", "REPLICA_SIDE_DISABLED"] {
            assert_eq!(status(word, Some(true)), None);
            assert_eq!(status(word, Some(false)), Some("replica side disabled"));
            assert_eq!(status(word, None), None);
        }
        assert_eq!(status("DISABLED", Some(true)), Some("disabled"));
        assert_eq!(status("ENABLED", None), Some("enabled"));
    }
}

//! What a deployment would meet on a server. Neighbour: `flight`, what is in flight.

use crate::claim::writable;
use crate::connect::{Fault, Limits, Session, Target, connect};
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::port::Traffic;
use std::time::Duration;
use tokio_postgres::types::Type;

/// What the role lacks that does not see how old transactions are, or how far replicas are behind.
const UNSEEN: &str = "how long transactions of other roles are open, and how far replicas are behind, is not seen: GRANT pg_read_all_stats";

/// A replica that is there tells within this how far it is; so often, and with that pause, it is asked once more.
const AGAIN: u32 = 3;
const PAUSE: Duration = Duration::from_millis(100);

/// Looks at everything at the same time; once more where a replica has not told yet how far it is.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn look(target: &Target, tables: &[(String, String)], limits: &Limits) -> Result<Traffic, Box<Trouble>> {
    let words = |fault: Fault| Box::new(fault.trouble());
    let session = connect(target).await.map_err(words)?;
    writable(&session, target)?;
    session.begin_read_only(limits, None).await.map_err(words)?;
    let (schemas, names): (Vec<&str>, Vec<&str>) = tables.iter().map(|(schema, name)| (schema.as_str(), name.as_str())).unzip();
    let mut left = AGAIN;
    let traffic = loop {
        let (traffic, is_told) = once(&session, &schemas, &names).await.map_err(words)?;
        if is_told || left == 0 {
            break traffic;
        }
        left -= 1;
        tokio::time::sleep(PAUSE).await;
    };
    session.end_well().await.map_err(words)?;
    Ok(traffic)
}

/// What is there now, and whether all replicas have told how far they are.
async fn once(session: &Session, schemas: &[&str], names: &[&str]) -> Result<(Traffic, bool), Fault> {
    let doing = "looking what a deployment would meet";
    let rows = session
        .client
        .query_typed(include_str!("traffic.sql"), &[(&schemas, Type::TEXT_ARRAY), (&names, Type::TEXT_ARRAY)])
        .await
        .map_err(|error| session.fault(&error, doing))?;
    let mut traffic = Traffic::default();
    let (mut is_told, mut is_hidden) = (true, false);
    for row in &rows {
        let told = || -> Result<_, tokio_postgres::Error> {
            Ok((row.try_get::<_, String>("what")?, row.try_get::<_, Option<String>>("who")?, row.try_get::<_, Option<f64>>("seconds")?))
        };
        let (what, who, seconds) = told().map_err(|error| session.fault(&error, doing))?;
        let most = row.try_get::<_, Option<i64>>("most").ok().flatten().and_then(|most| u64::try_from(most).ok());
        let who = who.unwrap_or_default();
        let time = seconds.map(|seconds| Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX));
        match (what.as_str(), most) {
            ("copy", _) => traffic.copies.push(who),
            ("blocked", _) => traffic.blocked.push((time, who)),
            ("transaction", _) => {
                is_hidden |= time.is_none();
                traffic.transactions.push((time, who));
            }
            ("replica", Some(bytes)) => {
                is_told = false;
                traffic.replicas.push((time, format!("{who}, {bytes} bytes behind")));
            }
            ("replica", None) => {
                is_hidden |= time.is_none();
                traffic.replicas.push((time, who));
            }
            // A number of sessions.
            _ => traffic.connections = time.map(|time| time.as_secs()).zip(most),
        }
    }
    if is_hidden {
        traffic.hidden.push(UNSEEN.to_owned());
    }
    Ok((traffic, is_told))
}

/// How long a session waits for a lock where nobody sets anything but the server, the database or the role; nothing where that is for ever,
/// or the connection text says it.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn own_bound(target: &Target) -> Result<Option<Duration>, Box<Trouble>> {
    const QUERY: &str =
        "SELECT CASE WHEN source <> 'client' THEN setting::pg_catalog.int8 END FROM pg_catalog.pg_settings WHERE name = 'lock_timeout'";
    let words = |fault: Fault| Box::new(fault.trouble());
    let session = connect(target).await.map_err(words)?;
    let rows = session.client.query_typed(QUERY, &[]).await;
    let rows = rows.map_err(|error| words(session.fault(&error, "asking how long sessions wait")))?;
    let ms = rows.first().and_then(|row| row.try_get::<_, Option<i64>>(0).ok().flatten()).and_then(|ms| u64::try_from(ms).ok());
    Ok(ms.filter(|ms| *ms > 0).map(Duration::from_millis))
}

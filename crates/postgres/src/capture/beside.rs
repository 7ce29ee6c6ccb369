//! The second session: whether there can be one, whether it is on the same server, and how it gets on the first one's snapshot.
//!
//! Does not live here: what is read through it (`mod`).

use super::{CaptureFault, reader, rows};
use crate::connect::{Limits, Session};
use evenkeel_core::manifest::Instance;
use evenkeel_core::port::Request;
use std::time::Duration;

/// How long a second session is waited for.
const SECOND_SESSION: Duration = Duration::from_secs(1);

/// The second session, if it can have a transaction while the first has one. A pooler with a single connection to give
/// would let it wait for ever; it is closed then.
///
/// # Errors
/// The address led it to another server.
pub async fn apart(session: &Session, beside: Session, request: &Request) -> Result<Option<Session>, CaptureFault> {
    let limits = request.limits();
    session.begin_read_only(&limits, None).await?;
    let begun = tokio::time::timeout(SECOND_SESSION, beside.begin_read_only(&limits, None)).await;
    let servers = match begun {
        Ok(Ok(())) => tokio::join!(which(session), which(&beside)),
        Ok(Err(_)) | Err(_) => (None, None),
    };
    session.end().await?;
    if !matches!(begun, Ok(Ok(()))) || beside.end().await.is_err() {
        return Ok(None);
    }
    match servers {
        (Some(one), Some(other)) if one.cluster != other.cluster => Err(CaptureFault::TwoServers {
            place: session.context().place().to_owned(),
            servers: [(session, one), (&beside, other)]
                .map(|(session, instance)| format!("PostgreSQL {} with the system identifier {}", session.server_version, instance.server)),
        }),
        // A primary and its standby, or two standbys: what the first session reads is one of them.
        (Some(one), Some(other)) if one.started != other.started => Ok(None),
        _ => Ok(Some(beside)),
    }
}

/// Puts the second session on the first one's snapshot. Where the server or a pooler does not allow that, one session
/// reads everything: slower, and the same.
pub async fn share<'a>(session: &Session, beside: Option<&'a Session>, limits: &Limits) -> Option<&'a Session> {
    let beside = beside?;
    let Some(name) = reader::export(session).await else {
        // The refusal ended the transaction; nothing was read in it yet.
        let _ = session.end().await;
        let _ = session.begin_read_only(limits, None).await;
        return None;
    };
    if beside.begin_read_only(limits, Some(&name)).await.is_err() {
        // It is needed once more, for the check at the end.
        let _ = beside.end().await;
        return None;
    }
    Some(beside)
}

/// Which running server this is; `None` where it does not say. A refusal ends the transaction, in which nothing else is asked.
async fn which(session: &Session) -> Option<Instance> {
    instance_of(&reader::instance(session).await?).ok().flatten()
}

rows::columns!(InstanceAt { server, started, database });

/// What the server said of itself.
pub fn instance_of(rows: &[tokio_postgres::Row]) -> reader::Read<Option<Instance>> {
    let mut instance = None;
    for (row, at) in rows::each::<InstanceAt>(rows)? {
        let server: String = rows::text(row, at.server)?.into();
        instance = Some(Instance {
            cluster: Some(server.clone()),
            server,
            started: row.try_get(at.started)?,
            slack: 0,
            database: rows::text(row, at.database)?.into(),
        });
    }
    Ok(instance)
}

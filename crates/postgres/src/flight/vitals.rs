//! How the clients of a server get on, in two looks. Neighbour: `flight`, what is in flight.

use crate::connect::{Target, connect};
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::port::{Limits, Vitals};
use std::time::Duration;

const QUERY: &str = include_str!("vitals.sql");

struct Look {
    connections: Option<(u64, u64)>,
    ended: Option<(u64, u64)>,
}

/// Watches for so long.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn watch(target: &Target, over: Duration, limits: &Limits) -> Result<Vitals, Box<Trouble>> {
    let before = look(target, limits).await?;
    tokio::time::sleep(over).await;
    let after = look(target, limits).await?;
    let since = |(now, then): (u64, u64)| now.checked_sub(then);
    let ended = before.ended.zip(after.ended).and_then(|(then, now)| Some((since((now.0, then.0))?, since((now.1, then.1))?)));
    Ok(Vitals { connections: after.connections, ended })
}

/// Each in a session of its own: within one, what was read once stays.
async fn look(target: &Target, limits: &Limits) -> Result<Look, Box<Trouble>> {
    let words = |fault: crate::connect::Fault| Box::new(fault.trouble());
    let session = connect(target).await.map_err(words)?;
    session.begin_read_only(limits, None).await.map_err(words)?;
    let doing = "asking how clients get on";
    let rows = session.client.query_typed(QUERY, &[]).await.map_err(|error| words(session.fault(&error, doing)))?;
    let Some(row) = rows.first() else { return Ok(Look { connections: None, ended: None }) };
    let number = |name: &str| row.try_get::<_, Option<i64>>(name).ok().flatten().and_then(|number| u64::try_from(number).ok());
    Ok(Look { connections: number("connections").zip(number("most")), ended: number("committed").zip(number("rolled_back")) })
}

//! How the clients of a server get on. Neighbour: `flight`, what is in flight.

use crate::capture::render;
use crate::connect::{Target, connect};
use crate::flavor::major_of;
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::port::{Limits, Vitals};

const QUERY: &str = include_str!("vitals.sql");

/// In a session of its own: within one, what was read once stays.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn look(target: &Target, limits: &Limits) -> Result<Vitals, Box<Trouble>> {
    let words = |fault: crate::connect::Fault| Box::new(fault.trouble());
    let session = connect(target).await.map_err(words)?;
    session.begin_read_only(limits, None).await.map_err(words)?;
    let doing = "asking how clients get on";
    let rows = session
        .client
        .query_typed(&render(QUERY, major_of(session.server_version_num)), &[])
        .await
        .map_err(|error| words(session.fault(&error, doing)))?;
    session.end_well().await.map_err(words)?;
    let Some(row) = rows.first() else { return Ok(Vitals::default()) };
    let number = |name: &str| row.try_get::<_, Option<i64>>(name).ok().flatten().and_then(|number| u64::try_from(number).ok());
    Ok(Vitals { connections: number("connections").zip(number("most")), ended: number("committed").zip(number("rolled_back")) })
}

//! How the clients of a server get on. Neighbour: `flight`, what is in flight.

use crate::connect::{Fault, Target, connect};
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::port::{Limits, Vitals};
use std::collections::HashMap;

/// What the storage engines committed and rolled back, single statements included.
const QUERY: &str = "SHOW GLOBAL STATUS WHERE Variable_name IN ('Threads_connected', 'Handler_commit', 'Handler_rollback')";
const MOST: &str = "SELECT @@GLOBAL.max_connections";
const DOING: &str = "asking how clients get on";

/// One look.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn look(target: &Target, limits: &Limits) -> Result<Vitals, Box<Trouble>> {
    let words = |fault: Fault| Box::new(fault.trouble());
    let mut session = connect(target).await.map_err(words)?;
    session.begin_read_only(limits).await.map_err(words)?;
    let mut found = HashMap::new();
    for row in session.rows(QUERY, DOING).await.map_err(words)? {
        let (name, value) = (row.text(0).ok().flatten(), row.text(1).ok().flatten());
        let number = value.and_then(|value| value.parse::<u64>().ok());
        found.extend(name.map(|name| name.to_ascii_lowercase()).zip(number));
    }
    let most = session.rows(MOST, DOING).await.map_err(words)?;
    let most = most.first().and_then(|row| row.text(0).ok().flatten()).and_then(|most| most.parse::<u64>().ok());
    session.end_well().await.map_err(words)?;
    session.close().await;
    let number = |name: &str| found.get(name).copied();
    Ok(Vitals { connections: number("threads_connected").zip(most), ended: number("handler_commit").zip(number("handler_rollback")) })
}

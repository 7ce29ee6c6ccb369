//! How far a replica is behind what it follows, asked of the replica itself: its source does not say. Neighbour: `traffic`.

use crate::connect::{Fault, Limits, Target, connect};
use evenkeel_core::fault::{Trouble, Troublesome};
use std::time::Duration;

/// The most that any of its channels is behind; nothing where one does not say, because it is broken or follows nobody.
///
/// # Errors
/// The server cannot be reached, refuses, or goes away.
pub async fn look(target: &Target, limits: &Limits) -> Result<Option<Duration>, Box<Trouble>> {
    const DOING: &str = "asking a replica how far it is behind";
    let words = |fault: Fault| Box::new(fault.trouble());
    let mut session = connect(target).await.map_err(words)?;
    session.begin_read_only(limits).await.map_err(words)?;
    let text = if session.flavor.is_mariadb() { "SHOW ALL SLAVES STATUS" } else { "SHOW REPLICA STATUS" };
    let rows = session.rows(text, DOING).await.map_err(words)?;
    session.end_well().await.map_err(words)?;
    session.close().await;
    let seconds = |row: &crate::connect::rows::Row| {
        let at = row.position("Seconds_Behind_Master").or_else(|| row.position("Seconds_Behind_Source"))?;
        row.text(at).ok().flatten()?.parse::<u64>().ok()
    };
    let all: Option<Vec<u64>> = rows.iter().map(seconds).collect();
    Ok(all.and_then(|all| all.into_iter().max()).map(Duration::from_secs))
}

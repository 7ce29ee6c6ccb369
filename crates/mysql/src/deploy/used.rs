//! How often a table was used, by the server's own counts. Neighbour: `core/port/used`, what that says.

use crate::connect::{Fault, Limits, Target, connect};
use crate::ident::Literal;
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::port::Used;

const DOING: &str = "asking how often a table is used";

/// What it counts of a table; why it does not.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn look(target: &Target, table: &str, limits: &Limits) -> Result<Result<Used, String>, Box<Trouble>> {
    let words = |fault: Fault| Box::new(fault.trouble());
    let mut session = connect(target).await.map_err(words)?;
    session.begin_read_only(limits).await.map_err(words)?;
    let asked = session.rows(&include_str!("used.sql").replace("{table}", &Literal(table).to_string()), DOING).await;
    session.end_well().await.map_err(words)?;
    session.close().await;
    let rows = match asked {
        Ok(rows) => rows,
        Err(Fault::Server { message, code, .. }) => return Ok(Err(format!("{message} ({code})"))),
        Err(fault) => return Err(words(fault)),
    };
    let Some(row) = rows.first() else {
        return Ok(Err("performance_schema counts nothing of it: it is off, or holds too few tables".to_owned()));
    };
    let text = |at: usize| row.text(at).ok().flatten().map(|text| text.to_string());
    let number = |at: usize| text(at).and_then(|text| text.parse::<u64>().ok());
    Ok(match (number(0), number(1), text(2).as_deref()) {
        (Some(reads), Some(writes), Some("1" | "ON")) => Ok(Used { reads, writes, since: text(3), last_read: None, keeps_last: false }),
        _ => Err("performance_schema is off".to_owned()),
    })
}

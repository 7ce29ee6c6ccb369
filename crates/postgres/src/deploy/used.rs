//! How often a table was used, by the server's own counts. Neighbour: `core/port/used`, what that says.

use crate::capture::render;
use crate::connect::{Limits, Target, connect};
use crate::flavor::{LAST_USE, major_of};
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::port::Used;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

/// What it counts of a table; why it does not.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn look(target: &Target, (schema, table): (&str, &str), limits: &Limits) -> Result<Result<Used, String>, Box<Trouble>> {
    let words = |fault: crate::connect::Fault| Box::new(fault.trouble());
    let session = connect(target).await.map_err(words)?;
    session.begin_read_only(limits, None).await.map_err(words)?;
    let major = major_of(session.server_version_num);
    let values: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 2] = [(&schema, Type::TEXT), (&table, Type::TEXT)];
    let rows = session.client.query_typed(&render(include_str!("used.sql"), major), &values).await;
    let rows = rows.map_err(|error| words(session.fault(&error, "asking how often a table is used")))?;
    session.end().await.map_err(words)?;
    Ok(match rows.first() {
        None => Err("the server counts nothing of it".to_owned()),
        Some(row) => told(row, major).unwrap_or_else(|error| Err(error.to_string())),
    })
}

fn told(row: &Row, major: u16) -> Result<Result<Used, String>, tokio_postgres::Error> {
    if !row.try_get::<_, bool>("counts")? {
        return Ok(Err("track_counts is off".to_owned()));
    }
    let number = |name: &str| row.try_get::<_, i64>(name).map(|number| u64::try_from(number).unwrap_or_default());
    let (since, last_read) = (row.try_get("since")?, row.try_get("last_read")?);
    Ok(Ok(Used { reads: number("reads")?, writes: number("writes")?, since, last_read, keeps_last: major >= LAST_USE }))
}

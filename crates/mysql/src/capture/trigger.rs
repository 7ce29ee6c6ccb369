//! Kind `trigger`: triggers of tables, each with its place among those of the same moment.

use super::lossy;
use super::reader::{Read, Reader};
use super::stored;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;

/// Reads triggers and their definers.
pub async fn read(reader: &Reader<'_>) -> Read<Vec<Object>> {
    let mut found = Vec::new();
    let rows = reader.plain(Kind::Trigger, include_str!("trigger.sql")).await?;
    let bodies = lossy::bodies(reader, &rows, "TRIGGER", 2).await?;
    for (at, (mut object, row)) in rows.into_iter().enumerate() {
        let cure = "GRANT TRIGGER on the table to the account evenkeel uses";
        stored::body_or_gap(reader, &mut object, "body", &row, bodies.get(&at), cure)?;
        found.extend(stored::finish(&mut object, &row)?);
        found.push(object);
    }
    Ok(found)
}

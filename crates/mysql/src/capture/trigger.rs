//! Kind `trigger`: triggers of tables, each with its place among those of the same moment.

use super::reader::{Read, Reader};
use super::stored;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;

/// Reads triggers and their definers.
pub async fn read(reader: &Reader<'_>) -> Read<Vec<Object>> {
    let mut found = Vec::new();
    for (mut object, row) in reader.plain(Kind::Trigger, include_str!("trigger.sql")).await? {
        let body = stored::body(reader, &row)?;
        stored::text_or_gap(reader, &mut object, "body", body, "GRANT TRIGGER on the table to the account evenkeel uses");
        found.extend(stored::finish(&mut object, &row)?);
        found.push(object);
    }
    Ok(found)
}

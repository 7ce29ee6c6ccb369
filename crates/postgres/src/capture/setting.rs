//! Kind `setting`: values as new sessions get them, with what they weigh.

use super::names::Names;
use super::reader::{Found, Read, Reader};
use super::rows;
use evenkeel_core::kind::Kind;

/// Reads `pg_settings`.
pub async fn read(reader: &Reader<'_>, names: &Names) -> Read<Vec<Found>> {
    let rows = reader.rows(include_str!("setting.sql"), "pg_settings").await?;
    let mut found = reader.found(Kind::Setting, &rows, names)?;
    for (found, row) in found.iter_mut().zip(&rows) {
        // Units stand beside the number: 8192 of 8kB.
        if let (Some(unit), Some(value)) = (rows::get::<rows::Text>(row, 4)?, found.object.text("value").map(str::to_owned)) {
            found.object.set("value", format!("{value} × {}", unit.0));
        }
    }
    Ok(found)
}

//! Whose table a table is, told by its name and its columns.

use super::record::Family;
use super::shape::Shape;
use super::tool::{OWN, TOOLS};
use crate::kind::Kind;
use crate::manifest::Manifest;

/// Every table that every tool makes.
pub fn shapes() -> impl Iterator<Item = &'static Shape> {
    TOOLS.iter().flat_map(|tool| tool.tables)
}

/// What this table is to which tool. `columns` are lower case names with families, all of the table's. The closest
/// description wins: the one with the most columns.
#[must_use]
pub fn recognise(table: &str, columns: &[(String, Option<Family>)]) -> Option<&'static Shape> {
    shapes().filter(|shape| shape.fits(table, columns)).max_by_key(|shape| shape.columns.len())
}

/// The schema that the tool of an environment makes the current one for the files that it runs: where it records. Nothing where several
/// record, or the one that does leaves that to the session.
#[must_use]
pub fn current_schema(manifest: &Manifest) -> Option<&str> {
    let [table] = manifest.of_kind(Kind::HistoryTable) else { return None };
    let is_current = |tool: &str| shapes().any(|shape| shape.tool == tool && shape.is_current);
    table.text("tool").filter(|tool| is_current(tool))?;
    Some(table.identity.part(0)).filter(|schema| !schema.is_empty())
}

/// Parts of columns' names that say how a migration ended.
const ENDS: &[&str] = &["success", "status", "state", "fail", "error", "dirty", "rolled", "revert", "undone", "deleted"];

/// What a table is that the configuration names as the record of migrations: the closest of the known tools' by its columns alone,
/// else one whose column names a migration. Nothing where no column does.
#[must_use]
pub fn recognise_named(table: &str, columns: &[(String, Option<Family>)]) -> Option<&'static Shape> {
    let by_columns = || shapes().filter(|shape| shape.has_columns(columns)).max_by_key(|shape| shape.columns.len());
    // How a row of it ended is not known: what failed or was taken back would read as applied.
    let tells_ends = || columns.iter().any(|(name, _)| ENDS.iter().any(|end| name.contains(end)));
    let own = || OWN.iter().find(|shape| shape.has_columns(columns)).filter(|_| !tells_ends());
    recognise(table, columns).or_else(by_columns).or_else(own)
}

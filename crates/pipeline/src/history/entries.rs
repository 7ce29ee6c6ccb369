//! The statements by which a tool's table gets the record of what was run for it. Neighbour: `repair`, which mends records.

use super::{Inquiry, Wanted};
use crate::migrations::Migrations;
use evenkeel_core::history::repair::Book;
use evenkeel_core::history::row::{Deed, Noted};
use evenkeel_core::kind::Severity;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::patch::Dialect;

/// The table in which a folder's tool records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    pub tool: String,
    pub schema: String,
    pub table: String,
    /// Of each migration that was asked about, in that order, the statements that record it.
    pub statements: Vec<Vec<String>>,
}

/// Whether migrations are put into force or taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    There,
    Back,
}

/// The statements that record these migrations of a folder, in their order; nothing where its tool records nothing.
///
/// # Errors
/// Why they cannot be recorded.
pub fn entries(
    manifest: &Manifest,
    label: &str,
    read: &Migrations,
    dialect: &dyn Dialect,
    (keys, way): (&[&str], Way),
) -> Result<Option<Recording>, String> {
    let wanted = Wanted { folders: Vec::new(), judged: None, committed: None, accepted: &[], nowhere: false, bar: Severity::Block };
    let mut inquiry = Inquiry::new(manifest, read, (&wanted, &[]), label);
    inquiry.records();
    let rows = match inquiry.book() {
        Book::None => return Ok(None),
        Book::Missing => {
            return Err(format!(
                "{} has no table of {} yet: let the tool make it, by its first run or its own baseline",
                label, read.folder.tool
            ));
        }
        Book::Foreign => return Err(format!("how {} writes its rows is not known here", read.folder.tool)),
        Book::There { pointers: 2.., .. } => return Err(format!("{} stands at several revisions", read.folder.tool)),
        Book::There { rows, .. } => rows,
    };
    let (Some(table), Some(ledger)) = (inquiry.table, &inquiry.ledger) else { return Ok(None) };
    let mut statements = Vec::with_capacity(keys.len());
    for key in keys {
        let Some(cut) = read.cuts.iter().find(|cut| cut.migration.key == *key) else {
            return Err(format!("{key} is in no file"));
        };
        let migration = &cut.migration;
        let row = Noted::of(migration);
        let untold = || format!("what the row of {key} would hold cannot be told from its file");
        let recorded = inquiry.record(migration);
        let deeds = match (way, recorded, rows.sum) {
            (Way::There, ..) if rows.is_pointer => vec![Deed::Clear, Deed::Insert((rows.applied)(&row).ok_or_else(untold)?)],
            // It ran before, with another text.
            (Way::There, Some(recorded), Some(sum)) if migration.repeatable => {
                let cell = migration.checksum.as_deref().and_then(sum).ok_or_else(untold)?;
                let own = (rows.own)(&Noted::recorded(recorded, Some(migration))).ok_or_else(untold)?;
                vec![Deed::Update(vec![cell], own)]
            }
            (Way::There, ..) => vec![Deed::Insert((rows.applied)(&row).ok_or_else(untold)?)],
            // Where it stood before.
            (Way::Back, ..) if rows.is_pointer => {
                let before = read.cuts.iter().take_while(|cut| cut.migration.key != *key).last();
                let before = before.map(|cut| (rows.applied)(&Noted::of(&cut.migration)).ok_or_else(untold)).transpose()?;
                std::iter::once(Deed::Clear).chain(before.map(Deed::Insert)).collect()
            }
            (Way::Back, Some(recorded), _) => {
                vec![Deed::Delete((rows.own)(&Noted::recorded(recorded, Some(migration))).ok_or_else(untold)?)]
            }
            (Way::Back, None, _) => return Err(format!("{key} is not recorded")),
        };
        statements.push(deeds.iter().map(|deed| dialect.recorded(table, deed)).collect::<Result<_, _>>()?);
    }
    let (schema, name) = (table.identity.part(0).to_owned(), table.identity.part(1).to_owned());
    Ok(Some(Recording { tool: ledger.tool.clone(), schema, table: name, statements }))
}

//! What tools recorded, as the environment's manifest has it.

use evenkeel_core::history::State;
use evenkeel_core::history::told::Ledger;
use evenkeel_core::history::verdict::Recorded;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Manifest, Object};
use evenkeel_core::port::Tool;

/// The tables that record migrations, and whose they are.
pub(super) fn ledgers(manifest: &Manifest) -> Vec<(&Object, Ledger)> {
    let tables = manifest.of_kind(Kind::HistoryTable).iter();
    tables.map(|table| (table, Ledger { table: table.display(), tool: table.text("tool").unwrap_or_default().to_owned() })).collect()
}

/// The same, as their locks are made of them.
pub(crate) fn places(manifest: &Manifest) -> Vec<Tool<'_>> {
    let tables = manifest.of_kind(Kind::HistoryTable).iter();
    tables
        .map(|table| Tool { name: table.text("tool").unwrap_or_default(), schema: table.identity.part(0), table: table.identity.part(1) })
        .collect()
}

/// One row.
pub(super) fn recorded(row: &Object) -> Recorded {
    let state = match row.text("state") {
        Some("failed") => State::Failed,
        Some("in progress") => State::InProgress,
        Some("rolled back") => State::RolledBack,
        _ => State::Applied,
    };
    let text = |name| row.text(name).map(str::to_owned);
    Recorded {
        key: row.identity.part(2).to_owned(),
        state,
        checksum: text("checksum"),
        description: text("description"),
        recorded_as: text("recorded_as"),
        at: text("at"),
        by: text("by"),
        implied: false,
    }
}

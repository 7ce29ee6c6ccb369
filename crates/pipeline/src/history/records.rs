//! What the tool's own table says of the files: which record is which file's, and what stands before the one that a pointer names.
//!
//! Neighbour: `ledger`, which finds the tables and their rows.

use super::ledger::{ledgers, recorded};
use super::{Inquiry, Wanted};
use crate::migrations::{Cut, Migrations};
use evenkeel_core::history::matching::{self, baselined, matched};
use evenkeel_core::history::told::Ledger;
use evenkeel_core::history::verdict::Recorded;
use evenkeel_core::history::{READERS, State};
use evenkeel_core::kind::{Dimension, Kind, Severity};
use evenkeel_core::manifest::{Manifest, Object};
use std::collections::BTreeSet;

/// What of a folder has not run on a target, by its record.
#[derive(Debug, Clone, Default)]
pub struct Left {
    /// Places in the folder's order.
    pub at: Vec<usize>,
    pub gaps: Vec<String>,
    pub notes: Vec<String>,
    /// Why nobody can tell what is pending.
    pub unknown: Option<String>,
}

/// Tools whose tables a manifest has.
#[must_use]
pub fn tools(manifest: &Manifest) -> Vec<String> {
    ledgers(manifest).into_iter().map(|(_, ledger)| ledger.tool).collect()
}

/// What is still to run, by the record alone.
#[must_use]
pub fn pending(manifest: &Manifest, label: &str, read: &Migrations) -> Left {
    let wanted = Wanted { folders: Vec::new(), judged: None, committed: None, accepted: &[], nowhere: false, bar: Severity::Block };
    let mut inquiry = Inquiry::new(manifest, read, (&wanted, &[]), label);
    inquiry.records();
    let unknown = match (manifest.covers(Dimension::History), inquiry.is_blind, inquiry.by_effect) {
        (false, ..) => Some("its manifest was captured without the history".to_owned()),
        (_, true, _) => Some(inquiry.gaps.last().cloned().unwrap_or_else(|| "its record was not seen whole".to_owned())),
        (_, _, true) => Some(format!("{} records nothing", read.folder.tool)),
        _ => None,
    };
    let mut left = Left { unknown, ..Left::default() };
    for (at, cut) in read.cuts.iter().enumerate() {
        let migration = &cut.migration;
        match inquiry.record(migration) {
            None if migration.baseline || migration.squashed => {
                left.notes.push(format!("{} stands for those before it, and was left out", migration.key));
            }
            None => left.at.push(at),
            Some(record) => match record.state {
                State::RolledBack => left.at.push(at),
                State::Failed | State::InProgress => {
                    left.gaps.push(format!(
                        "{} is recorded as {}: what of it is in is not known (evenkeel history)",
                        migration.key,
                        record.state.name()
                    ));
                }
                State::Applied => {
                    let sum = record.checksum.as_deref();
                    if migration.repeatable && sum.is_some_and(|sum| migration.is_summed(sum) == Some(false)) {
                        left.at.push(at);
                    }
                }
            },
        }
    }
    let conditional =
        left.at.iter().filter_map(|at| read.cuts.get(*at)).filter_map(|cut| Some((&cut.migration.key, cut.migration.condition.as_ref()?)));
    left.gaps.extend(conditional.map(|(key, why)| format!("{key} may be left out there ({why}): it was rehearsed as if not")));
    left.notes.extend(inquiry.notes);
    left
}

impl Inquiry<'_> {
    /// What the tool's own table says.
    pub(super) fn records(&mut self) {
        let reader = READERS.iter().find(|reader| reader.tool == self.read.folder.tool);
        let is_own =
            |ledger: &Ledger| reader.is_some_and(|reader| reader.tool == ledger.tool || reader.records.contains(&ledger.tool.as_str()));
        if self.wanted.nowhere {
            self.by_effect = true;
            self.is_blind = !self.manifest.covers(Dimension::Schema);
            return;
        }
        let all = ledgers(self.manifest);
        for (table, ledger) in &all {
            if table.get("locked").is_some_and(|value| value.shown() == "yes") {
                self.in_flight.push(taken(ledger));
            }
        }
        let own: Vec<&(&Object, Ledger)> = all.iter().filter(|(_, ledger)| is_own(ledger)).collect();
        let others = all.iter().filter(|(_, ledger)| !is_own(ledger) && !self.is_beside(ledger));
        let others: Vec<String> = others
            .map(|(_, ledger)| format!("{} records migrations of {}, whose files these are not", ledger.table, ledger.tool))
            .collect();
        self.notes.extend(others);
        if let [_, other, ..] = own.as_slice() {
            self.gaps.push(format!(
                "{} records migrations of {} too: nobody can tell which of its tables these files are recorded in",
                other.1.table, other.1.tool
            ));
        }
        let unread = self.manifest.gaps.iter().any(|gap| gap.dimension == Dimension::History);
        self.is_blind = unread || own.len() > 1 || !self.manifest.covers(Dimension::Schema);
        let Some((table, ledger)) = own.first() else {
            self.by_effect = reader.is_none_or(|reader| reader.records.is_empty());
            if !self.by_effect {
                let (label, tool) = (self.label, self.read.folder.tool);
                self.notes.push(match unread {
                    true => format!("no table of {tool} was seen on {label}, and one may be hidden: what is recorded is not known"),
                    false => format!("{label} has no table of {tool}: nothing is recorded there"),
                });
            }
            return;
        };
        self.ledger = Some(ledger.clone());
        self.table = Some(*table);
        let parts: Vec<&str> = table.identity.parts().collect();
        let rows = self.manifest.of_kind(Kind::Migration).iter();
        self.records = rows.filter(|row| row.identity.parts().take(2).eq(parts.iter().copied())).map(recorded).collect();
        matched(&self.read.folder, &mut self.records);
        let baselines = self.records.iter().filter(|record| record.is_baseline());
        self.notes.extend(
            baselines.map(|record| {
                format!("{} began with a baseline at {}: the tool never runs what stands up to it", ledger.table, record.key)
            }),
        );
        baselined(&self.read.folder, &mut self.records);
        let elsewhere: BTreeSet<String> =
            matching::elsewhere(&self.read.folder, &self.records).into_iter().map(|record| record.key.clone()).collect();
        if let Some(first) = elsewhere.first() {
            let count = elsewhere.len();
            self.notes.push(format!("{count} records are of parts whose files are not in the folder, such as {first}: not judged"));
            self.records.retain(|record| !elsewhere.contains(&record.key));
        }
        if self.read.cuts.iter().any(Cut::has_rights) {
            self.notes.push("rights, owners and settings that the files give were not looked at".to_owned());
        }
        let is_unknown = |cut: &&Cut| {
            let sum = self.record(&cut.migration).and_then(|record| record.checksum.as_ref());
            sum.is_some_and(|sum| cut.migration.is_summed(sum).is_none())
        };
        let unknown: Vec<&str> = self.read.cuts.iter().filter(is_unknown).map(|cut| cut.migration.key.as_str()).collect();
        if let [first, others @ ..] = unknown.as_slice() {
            let more = if others.is_empty() { String::new() } else { format!(" and of {} more", others.len()) };
            self.notes.push(format!(
                "the sum that {} recorded of {first}{more} was not worked out: an edit of it is told by its effect alone",
                ledger.tool
            ));
        }
        if let Some(evenkeel_core::kind::Value::List(current)) = table.get("current") {
            self.pointed(current.iter().map(|version| version.to_string()).collect(), table);
        }
    }

    /// Whether another folder's files are recorded there.
    fn is_beside(&self, ledger: &Ledger) -> bool {
        let mut readers = READERS.iter().filter(|reader| self.beside.tools.contains(&reader.tool));
        readers.any(|reader| reader.tool == ledger.tool || reader.records.contains(&ledger.tool.as_str()))
    }

    /// A tool that keeps where it stands: everything up to there is in force.
    fn pointed(&mut self, current: Vec<String>, table: &Object) {
        let is_dirty = table.get("dirty").is_some_and(|value| value.shown() == "yes");
        let is_here = |version: &String| self.read.cuts.iter().any(|cut| cut.migration.key == *version);
        if is_dirty && !current.iter().any(is_here) {
            let at = current.join(", ");
            self.gaps.push(format!("it is marked dirty at {at}, which no file is: the tool runs nothing until that is mended"));
        }
        let one = |key: &str, state| Recorded::of(key, state);
        // golang-migrate's word for none.
        for version in current.into_iter().filter(|version| !version.starts_with('-')) {
            let last = if is_dirty { State::Failed } else { State::Applied };
            // Those that stand before it; of one that no file has, those with a smaller number.
            let place = self.read.cuts.iter().position(|cut| cut.migration.key == version);
            let ancestors = matching::ancestors(&self.read.folder, &version);
            let is_graph = self.read.cuts.iter().any(|cut| cut.migration.by_graph);
            let is_before = |at: usize, key: &str| match place {
                _ if is_graph => ancestors.contains(&key),
                Some(place) => at < place,
                None => version.chars().all(|c| c.is_ascii_digit()) && evenkeel_core::compare::natural(key, &version).is_lt(),
            };
            let keys = self.read.cuts.iter().enumerate().map(|(at, cut)| (at, cut.migration.key.as_str()));
            let before: Vec<Recorded> = keys.filter(|(at, key)| is_before(*at, key)).map(|(_, key)| one(key, State::Applied)).collect();
            for record in before {
                if !self.records.iter().any(|known| known.key == record.key) {
                    self.records.push(record);
                }
            }
            self.records.push(one(&version, last));
        }
    }
}

/// That the lock of a tool's table is taken.
pub(super) fn taken(ledger: &Ledger) -> String {
    format!("the lock of {} ({}) is taken: a deploy is in flight, or one died", ledger.tool, ledger.table)
}

//! Triggers on partitions that copy the partitioned table's. A capture lists one only where it is enabled differently from
//! what it copies: where a side has none in its list and the table is a partition there, it is as what it would copy.
//!
//! Lives here: what stands for a copy that is not listed. Does not live here: which copies are listed (the engine's capture).

use super::{Case, Change, Difference, Lone, Side, Walk, Which};
use crate::finding::{Finding, Thing};
use crate::kind::{Kind, Value};
use crate::manifest::{Manifest, Object};
use std::collections::HashMap;

/// Bounds the way up, which a manifest that was tampered with could make endless.
const DEEPEST: usize = 64;

/// Partitions of a side by what they are called, and its triggers by their table and name.
struct Above<'a> {
    partition_of: HashMap<String, &'a str>,
    triggers: HashMap<(String, &'a str), &'a Object>,
}

impl<'a> Above<'a> {
    fn of(manifest: &'a Manifest) -> Self {
        let tables = manifest.of_kind(Kind::Table).iter();
        let triggers = manifest.of_kind(Kind::Trigger).iter();
        Self {
            partition_of: tables.filter_map(|table| Some((table.display(), table.text("partition_of")?))).collect(),
            triggers: triggers.filter_map(|one| Some(((super::relation(one)?, one.identity.part(2)), one))).collect(),
        }
    }

    /// The nearest trigger above that a copy of this name on this table follows.
    fn copied_by(&self, copy: &Object) -> Option<&'a Object> {
        let mut table = super::relation(copy)?;
        for _ in 0..DEEPEST {
            let above = *self.partition_of.get(&table)?;
            if let Some(found) = self.triggers.get(&(above.to_owned(), copy.identity.part(2))) {
                return Some(found);
            }
            above.clone_into(&mut table);
        }
        None
    }
}

fn is_copy(lone: &Lone<'_>) -> bool {
    lone.object.kind == Kind::Trigger && matches!(lone.object.get("copied"), Some(Value::Flag(true)))
}

impl<'a> Walk<'a> {
    /// Takes out of the objects that only one side lists the copies that are on the other side too.
    pub(super) fn settle_copies(&mut self) {
        let lone = std::mem::take(&mut self.lone);
        if !lone.iter().any(is_copy) {
            self.lone = lone;
            return;
        }
        let above = |side: Side<'a>| Above::of(side.manifest);
        let (of_reference, of_candidate) = (above(self.reference), above(self.candidate));
        for lone in lone {
            let other = if lone.change == Change::Missing { &of_candidate } else { &of_reference };
            match is_copy(&lone).then(|| other.copied_by(lone.object)).flatten() {
                Some(copied) if copied.text("enabled") == lone.object.text("enabled") => {}
                Some(copied) => self.enabled_differently(lone, copied),
                None => self.lone.push(lone),
            }
        }
    }

    fn enabled_differently(&mut self, copy: Lone<'a>, copied: &'a Object) {
        const ENABLED: &str = "enabled";
        let Some(property) = copy.object.kind.spec().properties.iter().find(|property| property.name == ENABLED) else { return };
        let (reference, candidate) = if copy.change == Change::Missing { (copy.object, copied) } else { (copied, copy.object) };
        // The fix is about the copy on the candidate's side, whichever side lists it.
        let fixed = (copy.change == Change::Extra).then_some(candidate);
        let case = Case {
            kind: copy.object.kind,
            attribute: Some(ENABLED),
            reference: Some(reference),
            candidate: fixed,
            change: Change::Changed,
        };
        let plain = self.difference(copy.object, Change::Changed, ENABLED);
        let shown = |object: &Object| object.get(ENABLED).map(Value::shown).or_else(|| property.neutral.shown());
        let finding = Finding {
            subject: Thing { attribute: Some(ENABLED), ..plain.finding.subject },
            expected: shown(reference),
            found: shown(candidate),
            severity: property.weight(),
            why: property.why.to_owned(),
            remedy: self.remedies.fix(&case),
            ..plain.finding
        };
        self.differences.push(Difference { finding, which: Which::Both, ..plain });
    }
}

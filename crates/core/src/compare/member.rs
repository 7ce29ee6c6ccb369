//! Objects that belong to an extension on one side only: they are there on both, and what differs is whose they are.
//!
//! Lives here: the difference. Does not live here: what belongs to an extension, which its capture lists.

use super::{Case, Change, Difference, Walk, Which};
use crate::finding::{Finding, Thing};
use crate::kind::{Dimension, Engine, Kind, Severity, Value};
use crate::manifest::Object;
use std::collections::{BTreeMap, HashMap};

/// What such a difference is about.
pub const MEMBERSHIP: &str = "extension";
/// Why it matters.
pub const MEMBERSHIP_WHY: &str =
    "A dump leaves out what belongs to an extension, and DROP EXTENSION takes it along; what is free is dumped and stays.";
const FREE: &str = "of no extension";

/// Whether objects of the kind can belong to an extension.
#[must_use]
pub fn may_be_member(kind: Kind) -> bool {
    let spec = kind.spec();
    spec.dimension == Dimension::Schema && spec.engines.since(Engine::PostgreSql).is_some() && kind != Kind::Extension
}

/// By kind and name of a member: its extension.
pub(super) type Members<'a> = HashMap<(&'a str, &'a str), &'a str>;

impl<'a> Walk<'a> {
    /// What belongs to extensions on the side that has no such object of its own.
    pub(super) fn members_beside(&self, change: Change) -> Members<'a> {
        let side = if change == Change::Missing { self.candidate } else { self.reference };
        let mut members = HashMap::new();
        for extension in side.manifest.of_kind(Kind::Extension) {
            let Some(Value::List(listed)) = extension.get("members") else { continue };
            for member in listed.iter().filter_map(|member| member.split_once(' ')) {
                members.insert(member, extension.identity.part(0));
            }
        }
        members
    }

    /// `object` is free on its side and belongs to that extension on the other.
    pub(super) fn member_elsewhere(&mut self, object: &'a Object, change: Change, extension: &str, parts: &BTreeMap<Kind, usize>) {
        let member = format!("member of {extension}");
        let (expected, found) = if change == Change::Missing { (FREE.to_owned(), member) } else { (member, FREE.to_owned()) };
        let (reference, candidate) = if change == Change::Missing { (Some(object), None) } else { (None, Some(object)) };
        let case = Case { kind: object.kind, attribute: Some(MEMBERSHIP), reference, candidate, change: Change::Changed };
        let plain = self.difference(object, Change::Changed, MEMBERSHIP);
        let finding = Finding {
            subject: Thing { attribute: Some(MEMBERSHIP), ..plain.finding.subject },
            expected: Some(expected),
            found: Some(found),
            severity: Severity::Block,
            why: MEMBERSHIP_WHY.to_owned(),
            remedy: self.remedies.fix(&case),
            ..plain.finding
        };
        let with = parts.iter().map(|(kind, count)| (*kind, *count)).collect();
        self.differences.push(Difference { finding, which: Which::Both, with, ..plain });
    }
}

//! Objects that belong to an extension on one side only: they are there on both, and what differs is whose they are.
//!
//! Lives here: the difference. Does not live here: what belongs to an extension, which its capture lists.

use super::{Case, Change, Difference, Walk, Which};
use crate::finding::{Finding, Thing};
use crate::kind::{Dimension, Kind, Severity, Value};
use crate::manifest::{Identity, Object, shown_parts};
use std::collections::{BTreeMap, HashMap};

/// What such a difference is about.
pub const MEMBERSHIP: &str = "extension";
/// Why it matters.
pub const MEMBERSHIP_WHY: &str =
    "A dump leaves out what belongs to an extension, and DROP EXTENSION takes it along; what is free is dumped and stays.";
const FREE: &str = "of no extension";
/// What is added where a side does not say what belongs to its extensions.
pub(super) const UNTOLD: &str =
    "It may belong to an extension there, which a manifest of an earlier evenkeel does not tell: capture it again.";

/// Whether objects of the kind can belong to an extension.
#[must_use]
pub fn may_be_member(kind: Kind) -> bool {
    let spec = kind.spec();
    spec.dimension == Dimension::Schema && spec.engines.meets(&Kind::Extension.spec().engines) && kind != Kind::Extension
}

/// By kind and name of a member: its extension.
pub(super) type Members<'a> = HashMap<(&'a str, &'a str), &'a str>;

/// By kind and name, what somebody owns or may do something with; the relation where it is a part of one.
pub(super) fn holders(object: &Object) -> Vec<(&str, String)> {
    if !matches!(object.kind, Kind::Owner | Kind::Grant) {
        return Vec::new();
    }
    let (kind, shown) = (object.identity.part(0), object.identity.part(1));
    if !PARTS.contains(&kind) {
        return vec![(kind, shown.to_owned())];
    }
    let Some(parts) = shown_parts(shown).filter(|parts| parts.len() > 1) else { return Vec::new() };
    let relation = Object::new(Kind::Table, Identity::new(parts.into_iter().take(2))).display();
    RELATIONS.iter().map(|kind| (kind.name(), relation.clone())).collect()
}

/// What is told with its relation's name, by what rights call it.
const PARTS: &[&str] = &["column", "identity-sequence"];
const RELATIONS: &[Kind] = &[Kind::Table, Kind::View, Kind::MaterializedView];

impl<'a> Walk<'a> {
    /// What belongs to extensions on the side that has no such object of its own.
    pub(super) fn members_beside(&self, change: Change) -> Members<'a> {
        let side = if change == Change::Missing { self.candidate } else { self.reference };
        let mut members = HashMap::new();
        let of_schema = side.manifest.of_kind(Kind::Extension).iter().map(|extension| (extension, extension.identity.part(0)));
        // Where the schema was not captured, whoever owns the extension has the list.
        let owned = side.manifest.of_kind(Kind::Owner).iter().filter(|owner| owner.identity.part(0) == Kind::Extension.name());
        for (object, extension) in of_schema.chain(owned.map(|owner| (owner, owner.identity.part(1)))) {
            let Some(Value::List(listed)) = object.get("members") else { continue };
            for member in listed.iter().filter_map(|member| member.split_once(' ')) {
                members.insert(member, extension);
            }
        }
        members
    }

    /// Whether the side without the object may have it as an extension's, and does not say.
    pub(super) fn may_be_member_beside(&self, object: &Object, change: Change) -> bool {
        let side = if change == Change::Missing { self.candidate } else { self.reference };
        let is_of_one =
            matches!(object.kind, Kind::Owner | Kind::Grant) && Kind::from_name(object.identity.part(0)).is_some_and(may_be_member);
        !side.manifest.members_told && (may_be_member(object.kind) || is_of_one)
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

//! Constraints that nobody named: the server made their names up, by rules of its own, and an online copy of a table makes up
//! others. The same constraint of the same table is the same under any such name.
//!
//! Lives here: which of two tables' constraints are each other's. What a name means otherwise is `fold`'s (a rename) and the
//! walk's.

use super::{Change, Lone, Walk};
use crate::digest;
use crate::manifest::{Object, Space};
use std::collections::HashMap;

type Alike<'a> = HashMap<*const Object, &'a Object>;

/// Objects of the reference and of the candidate.
type Sides<'a> = (Vec<&'a Object>, Vec<&'a Object>);

/// Objects of the two sides that are alike but for their names, of which one at least was made up; each by the other.
pub(super) fn alike<'a>(left: &'a [Object], right: &'a [Object]) -> Alike<'a> {
    let mut found = Alike::new();
    if !left.iter().chain(right).any(Object::has_generated_name) {
        return found;
    }
    let mut others: HashMap<(&str, &str), &'a [Object]> = HashMap::new();
    for chunk in right.chunk_by(same_table) {
        if let Some(first) = chunk.first() {
            others.insert(table(first), chunk);
        }
    }
    for chunk in left.chunk_by(same_table) {
        let Some(other) = chunk.first().and_then(|first| others.get(&table(first))) else { continue };
        if !chunk.iter().chain(*other).any(Object::has_generated_name) {
            continue;
        }
        let is_there = |object: &Object, among: &[Object]| {
            among.iter().any(|other| object.key() == other.key() && digest::body(object) == digest::body(other))
        };
        let mut groups: HashMap<(Space, digest::Digest), Sides<'a>> = HashMap::new();
        for object in chunk.iter().filter(|object| !is_there(object, other)) {
            groups.entry((object.space(), digest::body(object))).or_default().0.push(object);
        }
        for object in other.iter().filter(|object| !is_there(object, chunk)) {
            groups.entry((object.space(), digest::body(object))).or_default().1.push(object);
        }
        for (ours, theirs) in groups.into_values() {
            if let ([a], [b]) = (ours.as_slice(), theirs.as_slice())
                && (a.has_generated_name() || b.has_generated_name())
            {
                found.insert(std::ptr::from_ref(*a), *b);
                found.insert(std::ptr::from_ref(*b), *a);
            }
        }
    }
    found
}

fn table(object: &Object) -> (&str, &str) {
    (object.identity.part(0), object.identity.part(1))
}

fn same_table(a: &Object, b: &Object) -> bool {
    table(a) == table(b)
}

impl<'a> Walk<'a> {
    /// Two of them: nothing differs where neither was named. Where one was, or the vendors have other rules, that is said.
    pub(super) fn alike(&mut self, reference: &'a Object, candidate: &'a Object) {
        let same_vendor = self.reference.manifest.endpoint.engine == self.candidate.manifest.endpoint.engine;
        if same_vendor && reference.has_generated_name() && candidate.has_generated_name() {
            self.pair(reference, candidate);
            if reference.identity != candidate.identity {
                self.otherwise_called(
                    reference,
                    candidate,
                    "Nobody chose the name, and it says nothing; a migration that drops the constraint by it works on one side only.",
                );
            }
        } else {
            self.lone.push(Lone { object: reference, change: Change::Missing });
            self.lone.push(Lone { object: candidate, change: Change::Extra });
        }
    }
}

//! Names that differ in their case alone, where both servers ignore it: one object, and a cosmetic difference.
//!
//! Which names these are is `manifest`'s knowledge; a name that was made up is `unnamed`'s.

use super::{Change, Difference, Walk};
use crate::finding::{Finding, Thing};
use crate::kind::Severity;
use crate::manifest::Object;
use std::collections::{HashMap, HashSet};

/// Objects of the two sides that are found under one name and spelled in two ways, each by the other.
pub(super) fn pairs<'a>(
    left: &'a [Object],
    right: &'a [Object],
    taken: &HashMap<*const Object, &'a Object>,
) -> HashMap<*const Object, &'a Object> {
    // Each is another's once: what is paired already is left alone.
    let free = |object: &&'a Object| !taken.contains_key(&std::ptr::from_ref::<Object>(object));
    let mut found = HashMap::new();
    if !left.iter().chain(right).any(Object::is_folded) {
        return found;
    }
    let name = |object: &'a Object| (object.found_under().collect::<Vec<_>>(), object.space());
    let exact: HashSet<_> = left.iter().map(Object::key).collect();
    let twins: HashSet<_> = right.iter().map(Object::key).filter(|key| exact.contains(key)).collect();
    let mut others: HashMap<_, &'a Object> =
        right.iter().filter(free).filter(|object| !twins.contains(&object.key())).map(|object| (name(object), object)).collect();
    for object in left.iter().filter(free).filter(|object| !twins.contains(&object.key())) {
        if let Some(other) = others.remove(&name(object)).filter(|other| other.is_folded() || object.is_folded()) {
            found.insert(std::ptr::from_ref(object), other);
            found.insert(std::ptr::from_ref(other), object);
        }
    }
    found
}

impl<'a> Walk<'a> {
    /// That they are spelled in two ways.
    pub(super) fn spelled(&mut self, reference: &'a Object, candidate: &'a Object) {
        self.otherwise_called(
            reference,
            candidate,
            "Both servers ignore the case of such names; clients that read them from a result see another one.",
        );
    }

    /// The same object under another name, which does not matter to the server.
    pub(super) fn otherwise_called(&mut self, reference: &'a Object, candidate: &'a Object, why: &str) {
        let plain = self.difference(reference, Change::Changed, "name");
        let finding = Finding {
            subject: Thing { attribute: Some("name"), ..plain.finding.subject },
            severity: Severity::Inform,
            expected: Some(reference.display()),
            found: Some(candidate.display()),
            why: why.to_owned(),
            ..plain.finding
        };
        self.differences.push(Difference { finding, ..plain });
    }
}

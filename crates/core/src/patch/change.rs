//! What differs between two states of an object that a statement could make equal.

use super::Dialect;
use crate::compare::same_key;
use crate::kind::{Class, Kind};
use crate::manifest::{Manifest, Object};

/// Names of the properties in which two objects differ, in declared order: those that statements set, where both servers have them.
/// What cannot be compared across versions is no difference here.
#[must_use]
pub fn differing(from: &Object, to: &Object, sides: (&Manifest, &Manifest)) -> Vec<&'static str> {
    if from.values() == to.values() {
        return Vec::new();
    }
    let (a, b) = (&sides.0.endpoint, &sides.1.endpoint);
    let spec = to.kind.spec();
    let mut places: Vec<u8> = from.values().iter().chain(to.values()).map(|(at, _)| *at).collect();
    places.sort_unstable();
    places.dedup();
    let differs = |at: &u8| {
        let Some(property) = spec.property(*at) else { return false };
        let is_had = property.engines.has(a.engine, a.server_major) && property.engines.has(b.engine, b.server_major);
        let is_marked = from.marks.iter().chain(&to.marks).filter(|mark| mark.property == *at).any(|mark| {
            (mark.boundary == 0 || (a.server_major < mark.boundary) != (b.server_major < mark.boundary)) && same_key(to, from, mark)
        });
        is_had && !is_marked && matches!(property.class, Class::Semantic | Class::Cosmetic) && !from.agrees_at(to, *at)
    };
    places.into_iter().filter(differs).filter_map(|at| spec.property(at)).map(|property| property.name).collect()
}

/// What there is to do between two manifests, by place.
#[derive(Debug, Default)]
pub struct Changes {
    /// Only the reference has them: places there.
    pub created: Vec<usize>,
    /// Only the candidate has them: places there.
    pub dropped: Vec<usize>,
    /// Place in the candidate, place in the reference, what differs.
    pub altered: Vec<(usize, usize, Vec<&'static str>)>,
}

impl Changes {
    /// Both are sorted alike, so one walk finds them.
    pub fn between(from: &Manifest, to: &Manifest, dialect: &dyn Dialect) -> Self {
        let mut changes = Self::default();
        // What one of them did not look at is unknown there, not missing.
        let covers = |kind: Kind| dialect.covers(kind) && from.covers(kind.spec().dimension) && to.covers(kind.spec().dimension);
        let (mut a, mut b) = (from.objects().iter().enumerate().peekable(), to.objects().iter().enumerate().peekable());
        loop {
            let order = match (a.peek(), b.peek()) {
                (None, None) => return changes,
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some((_, left)), Some((_, right))) => left.key().cmp(&right.key()),
            };
            let left = if order.is_le() { a.next() } else { None };
            let right = if order.is_ge() { b.next() } else { None };
            match (left, right) {
                (Some((at, object)), None) if covers(object.kind) => changes.dropped.push(at),
                (None, Some((at, object))) if covers(object.kind) => changes.created.push(at),
                (Some((at, object)), Some((there, other))) if covers(object.kind) => {
                    let mut attributes = differing(object, other, (from, to));
                    attributes.retain(|attribute| dialect.sets(object.kind, attribute));
                    if !attributes.is_empty() {
                        changes.altered.push((at, there, attributes));
                    }
                }
                _ => {}
            }
        }
    }
}

//! What differs between two states of an object that a statement could make equal.

use super::{Dialect, World};
use crate::compare::same_key;
use crate::kind::{Class, Kind, Value};
use crate::manifest::{Manifest, Object};
use std::collections::{BTreeMap, HashMap};

/// What an extension has, by which a change of it is called.
pub const MEMBERS: &str = "members";

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
    /// By place of an extension in the candidate: how many objects belong to it on one side and are free on the other.
    pub moved: BTreeMap<usize, usize>,
}

/// By kind and name: which extension has it, by its place.
fn members<'m>(world: &World<'m>) -> HashMap<&'m str, usize> {
    let mut members = HashMap::new();
    for extension in world.manifest.of_kind(Kind::Extension) {
        if let (Some(Value::List(listed)), Some(place)) = (extension.get(MEMBERS), world.place(extension)) {
            members.extend(listed.iter().map(|member| (&**member, place)));
        }
    }
    members
}

impl Changes {
    /// What differs. What belongs to an extension on one side only is there on both, with all that hangs on it: the extension is altered.
    pub fn of((from, to): (&World<'_>, &World<'_>), dialect: &dyn Dialect) -> Self {
        let mut changes = Self::between(from.manifest, to.manifest, dialect);
        let (dropped, created) = (std::mem::take(&mut changes.dropped), std::mem::take(&mut changes.created));
        changes.dropped = changes.kept(dropped, (from, to), (from, to));
        changes.created = changes.kept(created, (to, from), (from, to));
        changes
    }

    /// Those of one side that are not an extension's on the other.
    fn kept(&mut self, places: Vec<usize>, (own, other): (&World<'_>, &World<'_>), (from, to): (&World<'_>, &World<'_>)) -> Vec<usize> {
        let members = members(other);
        if members.is_empty() {
            return places;
        }
        // Where only one side has the extension, that comes or goes as a whole.
        let extension = |object: &Object| {
            let extension = other.at(*members.get(&*World::name_of(object))?)?;
            own.same(extension).and_then(|extension| Some((from.place(extension)?, to.place(extension)?)))
        };
        let mut kept = Vec::with_capacity(places.len());
        for place in places {
            let Some(object) = own.at(place) else { continue };
            if let Some((at, there)) = extension(object) {
                *self.moved.entry(at).or_default() += 1;
                match self.altered.iter_mut().find(|(one, ..)| *one == at) {
                    Some((_, _, attributes)) if attributes.contains(&MEMBERS) => {}
                    Some((_, _, attributes)) => attributes.push(MEMBERS),
                    None => self.altered.push((at, there, vec![MEMBERS])),
                }
                continue;
            }
            let mut above = own.parent(object);
            let mut steps = 0;
            while let Some(parent) = above.filter(|parent| steps < 5 && extension(parent).is_none()) {
                above = own.parent(parent);
                steps += 1;
            }
            if above.is_none() {
                kept.push(place);
            }
        }
        kept
    }

    /// Both are sorted alike, so one walk finds them.
    fn between(from: &Manifest, to: &Manifest, dialect: &dyn Dialect) -> Self {
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

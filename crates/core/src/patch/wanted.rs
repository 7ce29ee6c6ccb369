//! What a patch is to reach: the reference, but as the candidate is wherever that is excused, out of scope, or was not seen.
//!
//! What was not seen on either side is no difference that a statement may mend: it stays as it is, and is refused by name.

use super::change::differing;
use super::spelled::as_spelled;
use super::{Dialect, Refusal, World};
use crate::kind::{Dimension, Kind};
use crate::manifest::{Manifest, Object};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// So far it is looked for what follows from what is left alone.
const DEEP: usize = 64;

/// A difference that somebody wants to stay.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Excused {
    pub kind: Kind,
    /// As it is shown.
    pub object: String,
    /// Nothing: that the object is there at all, or is not.
    pub attribute: Option<&'static str>,
}

/// What is left alone.
#[derive(Default)]
struct Alone<'a> {
    kinds: BTreeSet<&'a str>,
    objects: BTreeMap<&'a str, BTreeSet<String>>,
    attributes: BTreeMap<&'a str, BTreeSet<&'a str>>,
    parts: BTreeMap<(&'a str, &'a str), BTreeSet<&'a str>>,
}

/// The manifest that a patch is to reach, and what it cannot tell.
#[must_use]
pub fn wanted(
    reference: &World<'_>,
    candidate: &World<'_>,
    dimensions: &[Dimension],
    excused: &[Excused],
    dialect: &dyn Dialect,
) -> (Manifest, Vec<Refusal>) {
    if let Some(spelled) = as_spelled(reference.manifest, candidate.manifest) {
        return wanted(&World::of(&spelled), candidate, dimensions, excused, dialect);
    }
    let mut alone = Alone::default();
    let mut refused = Vec::new();
    for one in excused {
        match one.attribute {
            None => alone.add(one.kind, one.object.clone()),
            Some(attribute) => drop(alone.parts.entry((one.kind.name(), &one.object)).or_default().insert(attribute)),
        }
    }
    for (side, manifest) in [("reference", reference.manifest), ("candidate", candidate.manifest)] {
        for gap in &manifest.gaps {
            let Some(kind) = gap.kind.as_deref().and_then(Kind::from_name).filter(|kind| dialect.covers(*kind)) else { continue };
            if !dimensions.contains(&gap.dimension) {
                continue;
            }
            match (gap.object.as_deref(), gap.attribute.as_deref()) {
                (None, None) => drop(alone.kinds.insert(kind.name())),
                (Some(object), None) => alone.add(kind, object.to_owned()),
                (None, Some(attribute)) => drop(alone.attributes.entry(kind.name()).or_default().insert(attribute)),
                (Some(object), Some(attribute)) => drop(alone.parts.entry((kind.name(), object)).or_default().insert(attribute)),
            }
            let object = gap.object.clone().unwrap_or_else(|| format!("(every {})", kind.name()));
            let attribute = gap.attribute.as_deref().map(|attribute| format!("its {attribute} ")).unwrap_or_default();
            refused.push(Refusal { kind, object, reason: format!("{attribute}could not be read on the {side}: {}", gap.detail) });
        }
    }
    let is_told = |kind: Kind| {
        let dimension = kind.spec().dimension;
        dimensions.contains(&dimension) && reference.manifest.covers(dimension) && candidate.manifest.covers(dimension)
    };
    let mut manifest = mix((reference, candidate), &alone, &is_told);
    if !alone.objects.is_empty() {
        for _ in 0..DEEP {
            let more = followers((reference, candidate), &World::of(&manifest), &alone, (&is_told, dialect));
            if more.is_empty() {
                break;
            }
            for one in more {
                alone.add(one.kind, one.object.clone());
                // What is like it already is no less so.
                let is_like = |object: &Object| {
                    let there = candidate.same(object);
                    there.is_some_and(|there| differing(there, object, (candidate.manifest, reference.manifest)).is_empty())
                };
                let is_there = reference.shown(one.kind.name(), &one.object).is_some_and(is_like);
                refused.extend(Some(one).filter(|_| !is_there));
            }
            manifest = mix((reference, candidate), &alone, &is_told);
        }
    }
    refused.sort();
    refused.dedup();
    (manifest, refused)
}

/// The reference, with what is left alone as the candidate has it: so it comes back with what has to be made anew.
fn mix((reference, candidate): (&World<'_>, &World<'_>), alone: &Alone<'_>, is_told: &dyn Fn(Kind) -> bool) -> Manifest {
    let mut objects: Vec<Object> = Vec::new();
    let (mut theirs, mut ours) = (reference.manifest.objects().iter().peekable(), candidate.manifest.objects().iter().peekable());
    loop {
        let order = match (theirs.peek(), ours.peek()) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(a), Some(b)) => a.key().cmp(&b.key()),
        };
        let wanted = if order.is_le() { theirs.next() } else { None };
        let there = if order.is_ge() { ours.next() } else { None };
        let Some(either) = wanted.or(there) else { break };
        let worlds = (wanted.map(|object| (object, reference)), there.map(|object| (object, candidate)));
        let is_left = !is_told(either.kind)
            || alone.has(either)
            || [worlds.0, worlds.1].into_iter().flatten().any(|(object, world)| alone.has_whole_of(object, world));
        // What hangs on something that goes is not kept for itself: the owner of a table, where only tables are compared.
        let goes_along = |object: &Object| {
            std::iter::successors(candidate.parent(object), |parent| candidate.parent(parent))
                .any(|parent| is_told(parent.kind) && reference.same(parent).is_none() && !alone.has(parent))
        };
        match (wanted, there) {
            (_, Some(there)) if is_left && !is_told(there.kind) && goes_along(there) => {}
            (_, there) if is_left => objects.extend(there.cloned()),
            (Some(wanted), Some(there)) => objects.push(alone.mixed(wanted, there)),
            (Some(wanted), None) => objects.push(wanted.clone()),
            (None, _) => {}
        }
    }
    Manifest::new(reference.manifest.endpoint.clone(), candidate.manifest.dimensions.clone(), objects, Vec::new())
}

/// What cannot be as the reference has it because of what is left alone: what that needs stays, what needs something of the reference's
/// that is not made is not made either, and a name that stays taken is not taken again.
fn followers(
    (reference, candidate): (&World<'_>, &World<'_>),
    goal: &World<'_>,
    alone: &Alone<'_>,
    (is_told, dialect): (&dyn Fn(Kind) -> bool, &dyn Dialect),
) -> Vec<Refusal> {
    let mut found: BTreeMap<(Kind, String), String> = BTreeMap::new();
    let is_ours = |object: &Object| is_told(object.kind) && dialect.covers(object.kind);
    let mut add = |object: &Object, reason: String| {
        found.entry((object.kind, object.display())).or_insert(reason);
    };
    let is_left = |object: &Object, world: &World<'_>| alone.has(object) || alone.has_whole_of(object, world);
    for kept in candidate.manifest.objects().iter().filter(|object| is_left(object, candidate)) {
        for needed in candidate.told_needs(kept).filter(|needed| is_ours(needed) && goal.same(needed).is_none()) {
            add(needed, format!("{}, which is left as it is, needs it", World::name_of(kept)));
        }
    }
    let name = |object: &Object| {
        let space = dialect.name_space(object.kind)?;
        Some((space, object.identity.part(0).to_owned(), object.identity.part(1).to_owned()))
    };
    let kept = candidate.manifest.objects().iter().filter(|object| is_left(object, candidate));
    let taken: BTreeMap<_, &Object> = kept.filter_map(|object| Some((name(object)?, object))).collect();
    for made in reference.manifest.objects().iter().filter(|object| is_ours(object) && !is_left(object, reference)) {
        if let Some(lacking) = reference.told_needs(made).find(|needed| is_left(needed, reference) && goal.same(needed).is_none()) {
            add(made, format!("it follows from {}, which is refused", World::name_of(lacking)));
        }
        if let Some(holder) = name(made).and_then(|name| taken.get(&name)).filter(|holder| holder.key() != made.key()) {
            add(made, format!("its name is that of {}, which is left as it is", World::name_of(holder)));
        }
    }
    found.into_iter().map(|((kind, object), reason)| Refusal { kind, object, reason }).collect()
}

impl Alone<'_> {
    fn add(&mut self, kind: Kind, object: String) {
        self.objects.entry(kind.name()).or_default().insert(object);
    }

    fn is_named(&self, object: &Object) -> bool {
        self.objects.get(object.kind.name()).is_some_and(|objects| objects.contains(&*object.display()))
    }

    fn has(&self, object: &Object) -> bool {
        self.kinds.contains(object.kind.name()) || self.is_named(object)
    }

    /// Whether what it hangs on is left as it is, and it with that.
    fn has_whole_of(&self, object: &Object, world: &World<'_>) -> bool {
        let mut above = world.parent(object);
        for _ in 0..4 {
            let Some(parent) = above.filter(|parent| parent.kind != Kind::Schema) else { return false };
            if self.is_named(parent) {
                return true;
            }
            above = world.parent(parent);
        }
        false
    }

    /// The reference's object with the candidate's values of what is left alone.
    fn mixed(&self, wanted: &Object, there: &Object) -> Object {
        let kind = wanted.kind.name();
        let of_kind = self.attributes.get(kind);
        let shown = if self.parts.is_empty() { String::new() } else { wanted.display() };
        let own = self.parts.get(&(kind, &*shown));
        if of_kind.is_none() && own.is_none() {
            return wanted.clone();
        }
        let spec = wanted.kind.spec();
        let is_left = |at: u8| {
            let name = spec.property(at).map_or("", |property| property.name);
            of_kind.is_some_and(|names| names.contains(name)) || own.is_some_and(|names| names.contains(name))
        };
        let mut mixed = Object::new(wanted.kind, wanted.identity.clone());
        for (object, takes) in [(wanted, false), (there, true)] {
            for (at, value) in object.values().iter().filter(|(at, _)| is_left(*at) == takes) {
                mixed.set_at(*at, value.clone());
            }
            for (at, normal) in object.normals().iter().filter(|(at, _)| is_left(*at) == takes) {
                mixed.set_normal_at(*at, Some(normal.clone()));
            }
            mixed.marks.extend(object.marks.iter().filter(|mark| is_left(mark.property) == takes).cloned());
        }
        mixed
    }
}

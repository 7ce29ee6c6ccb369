//! What a migration did, and whether it is there: two captures set side by side, thing by thing.
//!
//! Lives here: the smallest things that are made, set or removed ([`Touch`]) and where an environment has them. What that says about a
//! migration is `verdict`'s. Does not live here: running anything (`pipeline/replay`).

use crate::finding::Thing;
use crate::kind::{Class, Dimension, Kind, Property};
use crate::manifest::{Identity, Manifest, Object};
use std::cmp::Ordering;

/// What is looked at: definitions. Rows, rights and settings are no effect of a migration that a schema shows.
pub const LOOKED_AT: Dimension = Dimension::Schema;

/// An object, or one property of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Spot {
    pub kind: Kind,
    pub identity: Identity,
    /// Nothing for the object as a whole: whether it is there.
    pub attribute: Option<&'static str>,
}

/// How a spot stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stand {
    /// The object is not there.
    Gone,
    /// The object is there.
    There,
    /// It is there, and of no use: an index that is not valid, a constraint that was never validated, a trigger that is disabled.
    Faulty,
    /// The property has that value: as it is compared, and as a person reads it.
    Is { compared: Option<String>, shown: Option<String> },
}

impl Stand {
    /// A property that has no value, or whose object is not there.
    pub const UNSET: Self = Self::Is { compared: None, shown: None };

    /// As a person reads it.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Gone => "not there".to_owned(),
            Self::There => "there".to_owned(),
            Self::Faulty => "there, and not valid or not enabled".to_owned(),
            Self::Is { shown, .. } => shown.clone().unwrap_or_else(|| "none".to_owned()),
        }
    }
}

/// One thing that was made, set or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    pub spot: Spot,
    pub after: Stand,
}

/// Everything that differs between two captures of one place, in the order of objects.
#[must_use]
pub fn effect(before: &Manifest, after: &Manifest) -> Vec<Touch> {
    let mut touches = Vec::new();
    let (mut left, mut right) = (of(before).peekable(), of(after).peekable());
    loop {
        let order = match (left.peek(), right.peek()) {
            (None, None) => return touches,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(one), Some(other)) => one.key().cmp(&other.key()),
        };
        let one = if order.is_le() { left.next() } else { None };
        let other = if order.is_ge() { right.next() } else { None };
        match (one, other) {
            (Some(one), Some(other)) => changed(one, other, &mut touches),
            (Some(gone), None) => {
                touches.push(Touch { spot: Spot::whole(gone), after: Stand::Gone });
                changed(gone, &Object::new(gone.kind, gone.identity.clone()), &mut touches);
            }
            (None, Some(made)) => {
                touches.push(Touch { spot: Spot::whole(made), after: whole(made) });
                changed(&Object::new(made.kind, made.identity.clone()), made, &mut touches);
            }
            (None, None) => {}
        }
    }
}

/// How an object as a whole stands.
fn whole(object: &Object) -> Stand {
    let spec = object.kind.spec();
    let is_faulty = spec
        .all_properties()
        .zip(0..)
        .any(|(property, at)| property.sound.is_some_and(|sound| object.get_at(at).is_some_and(|value| !sound.is(value))));
    if is_faulty { Stand::Faulty } else { Stand::There }
}

/// What differs between two states of one object.
fn changed(one: &Object, other: &Object, touches: &mut Vec<Touch>) {
    if one.values() == other.values() && one.normals() == other.normals() {
        return;
    }
    // Made or gone, it has its own touch.
    if !one.values().is_empty() && !other.values().is_empty() && whole(one) != whole(other) {
        touches.push(Touch { spot: Spot::whole(other), after: whole(other) });
    }
    for (attribute, index) in properties(other.kind) {
        let after = stand(other, index);
        if stand(one, index) != after {
            touches.push(Touch { spot: Spot::of(other, attribute), after });
        }
    }
}

/// Whether siblings stand in another order, of objects that both have.
#[must_use]
pub fn is_reordered(before: &Manifest, after: &Manifest) -> bool {
    of(before).any(|object| {
        let parts: Vec<&str> = object.identity.parts().collect();
        let ranks = object.kind.spec().all_properties().zip(0..).filter(|(property, _)| property.class == Class::Order);
        let other = after.find(object.kind, &parts);
        other.is_some_and(|other| ranks.into_iter().any(|(_, at)| object.get_at(at) != other.get_at(at)))
    })
}

/// How a spot stands in an environment.
#[must_use]
pub fn found(spot: &Spot, manifest: &Manifest) -> Stand {
    let parts: Vec<&str> = spot.identity.parts().collect();
    match (manifest.find(spot.kind, &parts), spot.attribute) {
        (None, None) => Stand::Gone,
        // Made anew without it, an object has none either.
        (None, Some(_)) => Stand::UNSET,
        (Some(object), None) => whole(object),
        (Some(object), Some(attribute)) => match object.kind.spec().index_of(attribute) {
            Some(index) => stand(object, index),
            None => Stand::UNSET,
        },
    }
}

/// Objects that are looked at, in order.
fn of(manifest: &Manifest) -> impl Iterator<Item = &Object> {
    manifest.objects().iter().filter(|object| object.kind.spec().dimension == LOOKED_AT)
}

/// What a migration may set that is compared nowhere, and yet is all that it does.
const COMMENT: &str = "comment";

/// Properties that a migration can set and a capture tells, with their places.
pub fn properties(kind: Kind) -> impl Iterator<Item = (&'static str, u8)> {
    // Whether it is of use, the object as a whole tells.
    let is_told = |property: &Property| property.sound.is_none() && (property.class == Class::Semantic || property.name == COMMENT);
    kind.spec().all_properties().zip(0..).filter_map(move |(property, at)| is_told(property).then_some((property.name, at)))
}

fn stand(object: &Object, index: u8) -> Stand {
    let shown = object.get_at(index).map(crate::kind::Value::shown);
    let compared = object.normal_at(index).map(str::to_owned).or_else(|| shown.clone());
    Stand::Is { compared, shown }
}

impl Spot {
    #[must_use]
    pub fn whole(object: &Object) -> Self {
        Self { kind: object.kind, identity: object.identity.clone(), attribute: None }
    }

    fn of(object: &Object, attribute: &'static str) -> Self {
        Self { attribute: Some(attribute), ..Self::whole(object) }
    }

    /// The object as a person writes it.
    #[must_use]
    pub fn display(&self) -> String {
        crate::manifest::display(self.kind, &self.identity)
    }

    /// As a finding names it.
    #[must_use]
    pub fn thing(&self) -> Thing {
        let spec = self.kind.spec();
        Thing {
            dimension: spec.dimension,
            kind: self.kind,
            object: self.display(),
            identity: spec.identity.iter().copied().zip(self.identity.parts().map(str::to_owned)).collect(),
            attribute: self.attribute,
        }
    }

    /// Whether a difference of it counts: a comment that reads otherwise is reported and is no fault.
    #[must_use]
    pub fn is_semantic(&self) -> bool {
        let spec = self.kind.spec();
        let property = self.attribute.and_then(|name| spec.index_of(name)).and_then(|at| spec.property(at));
        property.is_none_or(|property| property.class == Class::Semantic)
    }
}

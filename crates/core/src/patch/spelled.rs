//! Names that differ in case alone, where servers ignore it: one object, which no statement makes, drops or renames for that.

use crate::kind::Kind;
use crate::manifest::{Identity, Manifest, Object, Space};
use std::collections::HashMap;

/// What an object is found under.
type Found = (Kind, Space, Vec<String>);

fn found_under(object: &Object) -> Found {
    (object.kind, object.space(), object.found_under().map(str::to_owned).collect())
}

/// What is to be reached with the names that are there already; `None` where they are the same.
#[must_use]
pub fn as_spelled(to: &Manifest, from: &Manifest) -> Option<Manifest> {
    if !to.objects().iter().chain(from.objects()).any(Object::is_folded) {
        return None;
    }
    let is_apart = |object: &Object, other: &Manifest| {
        let there = other.of_kind(object.kind).binary_search_by(|one| one.key().cmp(&object.key()));
        there.is_err()
    };
    let ours: HashMap<Found, &Identity> =
        from.objects().iter().filter(|object| is_apart(object, to)).map(|object| (found_under(object), &object.identity)).collect();
    let mut is_changed = false;
    let objects = to.objects().iter().map(|object| {
        let own = if is_apart(object, from) { ours.get(&found_under(object)) } else { None };
        match own {
            Some(identity) => {
                is_changed = true;
                let mut object = object.clone();
                object.identity = (*identity).clone();
                object
            }
            None => object.clone(),
        }
    });
    let objects: Vec<Object> = objects.collect();
    is_changed.then(|| {
        let mut spelled = Manifest::new(to.endpoint.clone(), to.dimensions.clone(), objects, to.gaps.clone());
        (spelled.members_told, spelled.canonical) = (to.members_told, to.canonical);
        spelled
    })
}

/// Objects of the one whose names the other spells otherwise, as both are shown.
#[must_use]
pub fn spelled_otherwise(to: &Manifest, from: &Manifest) -> Vec<(String, String)> {
    let Some(spelled) = as_spelled(to, from) else { return Vec::new() };
    let own: HashMap<Found, String> = spelled.objects().iter().map(|object| (found_under(object), object.display())).collect();
    let pairs = to.objects().iter().filter_map(|object| Some((object.display(), own.get(&found_under(object))?.clone())));
    pairs.filter(|(wanted, found)| wanted != found).collect()
}

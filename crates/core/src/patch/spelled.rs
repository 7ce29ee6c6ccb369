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
    // By kind and name in the reference: how what is there is shown.
    let mut shown: HashMap<(&str, String), String> = HashMap::new();
    let spelled = |object: &Object| ours.get(&found_under(object)).filter(|_| is_apart(object, from)).map(|identity| (*identity).clone());
    let mut objects: Vec<Object> = to.objects().to_vec();
    for (object, wanted) in objects.iter_mut().zip(to.objects()) {
        if let Some(identity) = spelled(wanted) {
            object.identity = identity;
            shown.insert((wanted.kind.name(), wanted.display()), object.display());
        }
    }
    let is_changed = !shown.is_empty();
    // What is about one of them, and is there on one side alone.
    for object in objects.iter_mut().filter(|object| matches!(object.kind, Kind::Grant | Kind::Definer)) {
        let (kind, name) = (object.identity.part(0), object.identity.part(1));
        if let Some(there) = shown.get(&(kind, name.to_owned())) {
            let parts: Vec<String> =
                object.identity.parts().enumerate().map(|(at, part)| if at == 1 { there.clone() } else { part.to_owned() }).collect();
            object.identity = Identity::new(parts);
        }
    }
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

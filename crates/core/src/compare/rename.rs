//! Renames: an object that only one side has and one that only the other has, with the same body, in the same place.
//!
//! A guess that is wrong hides a missing and an extra object, so everything else has to be equal: what no digest holds too, and of a
//! column its place and its neighbours. Does not live here: what is made of a rename (`fold`).

use super::{Change, Lone, Walk, Which};
use crate::digest::{self, Digest};
use crate::kind::{Class, Dimension, Kind, Parent, Value};
use crate::manifest::Object;
use std::collections::HashMap;

/// What both have in common: kind, parent, rank of a column, body.
type Key<'a> = (Kind, Vec<&'a str>, Option<i64>, Digest);

/// By object: the one on the other side.
pub(super) type Renames<'a> = HashMap<*const Object, &'a Object>;

impl<'a> Walk<'a> {
    /// Missing and extra objects that are each other's only match.
    pub(super) fn renames(&self, lone: &[Lone<'a>]) -> Renames<'a> {
        let mut groups: HashMap<Key<'a>, (Vec<&'a Object>, Vec<&'a Object>)> = HashMap::new();
        for lone in lone.iter().filter(|lone| may_be_renamed(lone.object)) {
            let parts: Vec<&str> = match lone.object.kind.spec().parent {
                Parent::Relation => lone.object.identity.parts().take(2).collect(),
                _ => lone.object.identity.parts().take(1).collect(),
            };
            let group = groups.entry((lone.object.kind, parts, position(lone.object), digest::body(lone.object))).or_default();
            if lone.change == Change::Missing { group.0.push(lone.object) } else { group.1.push(lone.object) }
        }
        let mut found = Renames::new();
        for (missing, extra) in groups.into_values() {
            if let ([reference], [candidate]) = (missing.as_slice(), extra.as_slice())
                && says_the_same(reference, candidate)
            {
                found.insert(std::ptr::from_ref(*reference), *candidate);
                found.insert(std::ptr::from_ref(*candidate), *reference);
            }
        }
        self.keep_neighbours(&mut found);
        found
    }

    /// Takes out columns that stand beside others: until nothing changes, for a neighbour may have been renamed too.
    fn keep_neighbours(&self, found: &mut Renames<'a>) {
        let columns: Vec<&'a Object> = found.values().copied().filter(|object| object.kind == Kind::Column).collect();
        if columns.is_empty() {
            return;
        }
        let beside = [Which::Reference, Which::Candidate].map(|which| self.places(which, &columns));
        loop {
            let is_apart = |column: &&&'a Object| {
                let Some(other) = found.get(&std::ptr::from_ref(**column)) else { return false };
                let sides = [*column, other].map(|one| beside.iter().find_map(|side| side.get(&std::ptr::from_ref(*one))));
                let [Some(own), Some(theirs)] = sides else { return true };
                let same = |one: Option<&Object>, another: Option<&Object>| match (one, another) {
                    (None, None) => true,
                    (Some(one), Some(another)) => {
                        let renamed = found.get(&std::ptr::from_ref(one)).is_some_and(|renamed| std::ptr::eq(*renamed, another));
                        one.identity == another.identity || renamed
                    }
                    _ => false,
                };
                !(same(own.before, theirs.before) && same(own.after, theirs.after) && own.gap == theirs.gap)
            };
            let apart: Vec<&Object> = columns.iter().filter(is_apart).copied().collect();
            if apart.is_empty() {
                return;
            }
            for column in apart {
                if let Some(other) = found.remove(&std::ptr::from_ref(column)) {
                    found.remove(&std::ptr::from_ref(other));
                }
            }
        }
    }

    /// Where columns of a side stand, for the tables of these columns.
    fn places(&self, which: Which, wanted: &[&'a Object]) -> HashMap<*const Object, Beside<'a>> {
        let side = if which == Which::Reference { self.reference } else { self.candidate };
        let table = |column: &'a Object| (column.identity.part(0), column.identity.part(1));
        let tables: std::collections::HashSet<(&str, &str)> = wanted.iter().map(|column| table(column)).collect();
        let mut places = HashMap::new();
        for columns in side.manifest.of_kind(Kind::Column).chunk_by(|a, b| table_of(a) == table_of(b)) {
            if columns.first().is_none_or(|first| !tables.contains(&table(first))) {
                continue;
            }
            let mut ranked: Vec<&'a Object> = columns.iter().collect();
            ranked.sort_by_key(|column| position(column));
            for (at, column) in ranked.iter().enumerate() {
                let before = at.checked_sub(1).and_then(|at| ranked.get(at)).copied();
                let gap = number(column) - before.map_or(0, number);
                places.insert(std::ptr::from_ref(*column), Beside { before, after: ranked.get(at + 1).copied(), gap });
            }
        }
        places
    }
}

/// What a column stands between, and how far its number is from the one before: more than one where columns were dropped between.
struct Beside<'a> {
    before: Option<&'a Object>,
    after: Option<&'a Object>,
    gap: i64,
}

fn table_of(column: &Object) -> (&str, &str) {
    (column.identity.part(0), column.identity.part(1))
}

fn integer(object: &Object, name: &str) -> Option<i64> {
    match object.get(name) {
        Some(Value::Integer(number)) => Some(*number),
        _ => None,
    }
}

/// The rank of a column.
fn position(object: &Object) -> Option<i64> {
    (object.kind == Kind::Column).then(|| integer(object, "position")).flatten()
}

/// The number of a column: its rank, where nothing before it was dropped.
fn number(column: &Object) -> i64 {
    integer(column, "number").or_else(|| position(column)).unwrap_or_default()
}

/// Objects without a body of their own (a schema, a table whose columns are other objects) all look alike. So do recorded migrations,
/// whose key is all there is to them. A sequence is known by its column.
fn may_be_renamed(object: &Object) -> bool {
    let spec = object.kind.spec();
    let is_part = matches!(spec.parent, Parent::Relation | Parent::Property(_));
    let is_owned = object.kind == Kind::Sequence && object.get("owned_by").is_some();
    (is_part || is_owned) && !object.values().is_empty() && spec.dimension != Dimension::History
}

/// Whether all else is equal, comments included. Whether the server made up a name is a property of the name.
fn says_the_same(reference: &Object, candidate: &Object) -> bool {
    let spec = reference.kind.spec();
    spec.all_properties().filter(|property| property.class != Class::Volatile && property.name != "generated_name").all(|property| {
        let Some(index) = spec.index_of(property.name) else { return true };
        matches!(property.class, Class::Measured(_)) || reference.agrees_at(candidate, index)
    })
}

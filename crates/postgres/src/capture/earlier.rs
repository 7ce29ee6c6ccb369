//! Manifests that an earlier evenkeel wrote, brought to today's texts and names when they are read. No server is at hand: what cannot
//! be told without one is a gap.
//!
//! Neighbours: `spelling` writes values, `canonical` the normal forms of printed texts.

use super::privilege::IDENTITY_SEQUENCE;
use super::{canonical, spelling};
use evenkeel_core::kind::{Dimension, Kind, Value};
use evenkeel_core::manifest::{CANONICAL, Gap, Identity, Manifest, Object, Reason};
use std::collections::{HashMap, HashSet};

/// Brings a manifest that an earlier version of evenkeel wrote to what this one would have written, version by version.
pub fn renew(manifest: &mut Manifest) {
    if manifest.canonical < 2 {
        to_second(manifest);
    }
    to_third(manifest);
    manifest.canonical = CANONICAL;
}

/// Rights on the database were called by what else was captured, a table of an extension by its number, and a role had an end that never
/// comes.
fn to_third(manifest: &mut Manifest) {
    let mut gaps = manifest.gaps.clone();
    let mut objects = Vec::with_capacity(manifest.objects().len());
    for object in manifest.objects() {
        let mut object = object.clone();
        match object.kind {
            Kind::Grant if object.identity.part(0) == Kind::Server.name() => {
                object.identity = Identity::new(["database", "(this database)", object.identity.part(2)]);
            }
            Kind::Constraint if object.text("references").is_some_and(is_number) => {
                gaps.push(Gap::object(&object, Reason::Version, REFERENCES.to_owned()).attribute("references").cure("capture it again"));
            }
            Kind::Role if object.text("valid_until") == Some("infinity") => object.unset("valid_until"),
            _ => {}
        }
        objects.push(object);
    }
    let told = manifest.members_told;
    *manifest = Manifest::new(manifest.endpoint.clone(), manifest.dimensions.clone(), objects, gaps);
    manifest.members_told = told;
}

const REFERENCES: &str = "an earlier evenkeel told a table that belongs to an extension by its number, which is another in every database";

/// `relation 16402`.
fn is_number(shown: &str) -> bool {
    shown.strip_prefix("relation ").is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Normal forms; canonical texts are the same as in the first version.
fn to_second(manifest: &mut Manifest) {
    identity_sequences(manifest);
    manifest.members_told = !has_members(manifest);
    let major = manifest.endpoint.server_major;
    let mut objects: Vec<&mut Object> = manifest.objects_mut().iter_mut().collect();
    for object in objects.iter_mut().filter(|object| object.kind == Kind::Index) {
        if let Some(Value::List(items)) = object.get("keys")
            && let Some(keys) = canonical::renewed_keys(items)
        {
            object.set("keys", keys);
        }
    }
    objects.iter_mut().for_each(|object| {
        spelling::renew(object);
        spelling::renew_typed(object);
    });
    canonical::normal(&mut objects);
    canonical::typed(&mut objects, major);
}

/// Whether anything may belong to an extension: an earlier manifest does not list what. The one that every database has holds
/// nothing that a kind of ours stands for.
fn has_members(manifest: &Manifest) -> bool {
    let extensions = manifest.of_kind(Kind::Extension).iter().map(|extension| extension.identity.part(0));
    let owned = manifest.of_kind(Kind::Owner).iter().filter(|owner| owner.identity.part(0) == Kind::Extension.name());
    extensions.chain(owned.map(|owner| owner.identity.part(1))).any(|name| name != "plpgsql")
}

const SEQUENCE_RIGHTS: &str = "an earlier evenkeel told the rights on the sequence behind an identity column by the sequence's name, \
    which does not say which column has it";

/// Rights on the sequence behind an identity column are told by the column. An earlier manifest has the sequence's name only: one
/// that the server made up says which column it is.
fn identity_sequences(manifest: &mut Manifest) {
    let sequences: HashSet<String> = manifest.of_kind(Kind::Sequence).iter().map(Object::display).collect();
    let is_behind = |grant: &Object| grant.identity.part(0) == Kind::Sequence.name() && !sequences.contains(grant.identity.part(1));
    if !manifest.of_kind(Kind::Grant).iter().any(is_behind) {
        return;
    }
    let mut columns: HashMap<String, Vec<String>> = HashMap::new();
    for column in manifest.of_kind(Kind::Column).iter().filter(|column| column.get("identity").is_some()) {
        let [schema, table, name] = [0, 1, 2].map(|at| column.identity.part(at));
        let sequence = Object::new(Kind::Sequence, Identity::new([schema, &made_up(table, name)]));
        columns.entry(sequence.display()).or_default().push(column.display());
    }
    let rights: HashSet<&str> =
        manifest.of_kind(Kind::Grant).iter().filter(|grant| is_behind(grant)).map(|grant| grant.identity.part(1)).collect();
    // Columns whose sequence is called otherwise, or none of whose rights was ever touched.
    let is_open = !manifest.covers(Dimension::Schema) || columns.iter().any(|(sequence, _)| !rights.contains(&**sequence));
    let mut gaps = manifest.gaps.clone();
    let mut objects = Vec::with_capacity(manifest.objects().len());
    for object in manifest.objects() {
        let mut object = object.clone();
        if object.kind == Kind::Grant && is_behind(&object) {
            match columns.get(object.identity.part(1)).map(Vec::as_slice) {
                Some([column]) => object.identity = Identity::new([IDENTITY_SEQUENCE, column, object.identity.part(2)]),
                // Not of an identity column, but of an extension: it is called so today.
                None if !is_open => {}
                _ => {
                    let gap = Gap::kind(Kind::Grant, Reason::Version, SEQUENCE_RIGHTS.to_owned());
                    gaps.push(gap.cure("capture it again"));
                    continue;
                }
            }
        }
        objects.push(object);
    }
    *manifest = Manifest::new(manifest.endpoint.clone(), manifest.dimensions.clone(), objects, gaps);
}

/// The longest name. <https://www.postgresql.org/docs/18/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS>
const LONGEST: usize = 63;

/// The name that the server gives the sequence behind a column, where it is free: the longer part gives way first.
fn made_up(table: &str, column: &str) -> String {
    let (mut table, mut column) = (table, column);
    while table.len() + column.len() + "__seq".len() > LONGEST {
        let longer = if table.len() > column.len() { &mut table } else { &mut column };
        let end = longer.char_indices().next_back().map_or(0, |(at, _)| at);
        *longer = longer.get(..end).unwrap_or_default();
    }
    format!("{table}_{column}_seq")
}

#[cfg(test)]
mod tests {
    use super::made_up;

    #[test]
    fn made_up_names_are_cut_as_the_server_cuts_them() {
        assert_eq!(made_up("t", "id"), "t_id_seq");
        assert_eq!(made_up(&"t".repeat(60), "id"), format!("{}_id_seq", "t".repeat(56)));
        assert_eq!(made_up(&"t".repeat(60), &"c".repeat(60)), format!("{}_{}_seq", "t".repeat(29), "c".repeat(29)));
        assert_eq!(made_up(&"ü".repeat(40), "id").len(), 63);
    }
}

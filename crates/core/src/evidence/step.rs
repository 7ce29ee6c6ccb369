//! What each migration did to the schema where it was rehearsed, so that whoever runs it later can tell whether it did the same.

use super::sha256;
use crate::history::effect::{Spot, Stand, Touch, effect, found};
use crate::kind;
use crate::manifest::{Identity, Manifest};
use crate::rehearsal::Rehearsal;
use crate::trace::Sort;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub key: String,
    /// Null where it was not looked at.
    pub effect: Option<Vec<Made>>,
    /// The digest of the schema after it; null where the place was not as the target is.
    pub result: Option<String>,
    /// The same after each of its statements, where each is a commit of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Option<String>>,
    /// Words by which each of them was done, where a server has such: it is to be done so, or not at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<Option<String>>,
    /// The digests of its way back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub back: Vec<Option<String>>,
}

/// One thing that was made, set or removed, and how it stands then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    pub kind: String,
    pub identity: Vec<String>,
    /// Null for the object as a whole.
    pub attribute: Option<String>,
    /// `there`, `gone`, `faulty`, `unset`, or the SHA-256 of what is compared.
    pub stands: String,
}

/// What is set side by side.
type Key = (String, Vec<String>, Option<String>);

impl Made {
    fn of(touch: &Touch) -> Self {
        let (kind, identity, attribute) = key(&touch.spot);
        Self { kind, identity, attribute, stands: stands(&touch.after) }
    }

    fn key(&self) -> Key {
        (self.kind.clone(), self.identity.clone(), self.attribute.clone())
    }

    /// As this evenkeel knows it; nothing where it does not.
    fn spot(&self) -> Option<Spot> {
        let kind = kind::ALL.iter().copied().find(|kind| kind.name() == self.kind)?;
        let spec = kind.spec();
        let attribute = match &self.attribute {
            None => None,
            Some(name) => Some(spec.property(spec.index_of(name)?)?.name),
        };
        Some(Spot { kind, identity: Identity::new(self.identity.iter().map(String::as_str)), attribute })
    }
}

fn key(spot: &Spot) -> Key {
    (spot.kind.name().to_owned(), spot.identity.parts().map(str::to_owned).collect(), spot.attribute.map(str::to_owned))
}

fn stands(stand: &Stand) -> String {
    match stand {
        Stand::Gone => "gone".to_owned(),
        Stand::There => "there".to_owned(),
        Stand::Faulty => "faulty".to_owned(),
        Stand::Is { compared: None, .. } => "unset".to_owned(),
        Stand::Is { compared: Some(text), .. } => sha256(text.as_bytes()),
    }
}

/// Of everything that was rehearsed.
pub(super) fn of(rehearsal: &Rehearsal) -> Vec<Step> {
    let is_alike = rehearsal.began.is_some() && rehearsal.began == rehearsal.baseline;
    let one = |migration: &crate::rehearsal::Migration| Step {
        key: migration.key.clone(),
        effect: migration.effect.as_ref().map(|effect| effect.iter().map(Made::of).collect()),
        result: migration.result.clone().filter(|_| is_alike),
        after: if is_alike { migration.after.clone() } else { Vec::new() },
        forms: migration.forms.clone(),
        back: migration.undo.as_ref().filter(|_| is_alike).map(|undo| undo.after.clone()).unwrap_or_default(),
    };
    rehearsal.migrations.iter().map(one).collect()
}

/// Tables and materialized views that were there before and were locked, in whatever mode.
pub(super) fn locked(rehearsal: &Rehearsal) -> Vec<String> {
    let locks = rehearsal.statements().flat_map(|trace| &trace.locks);
    let tables = locks.filter(|lock| !lock.fresh && [Sort::Table.name(), Sort::MaterializedView.name()].contains(&lock.kind.as_str()));
    let mut names: Vec<String> = tables.map(|lock| lock.relation.clone()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What is not as it was when these migrations were rehearsed one after the other, of what lies between two captures; in words.
///
/// # Errors
/// Why that cannot be told.
pub fn unlike(steps: &[&Step], before: &Manifest, after: &Manifest) -> Result<Vec<String>, String> {
    let expected = expected(steps)?;
    let mut unlike = not_as(&expected, after)?;
    let more = effect(before, after).into_iter().map(|touch| touch.spot).filter(|spot| !expected.contains_key(&key(spot)));
    unlike.extend(more.map(|spot| {
        let words = format!("{}: it changed, and did not when it was rehearsed", words(&spot));
        (spot, words)
    }));
    Ok(told(unlike))
}

/// What of these migrations does not stand as it was rehearsed, whatever else there is; in words.
///
/// # Errors
/// Why that cannot be told.
pub fn stands_as(steps: &[&Step], now: &Manifest) -> Result<Vec<String>, String> {
    Ok(told(not_as(&expected(steps)?, now)?))
}

/// The last word on everything that they touch.
fn expected<'s>(steps: &[&'s Step]) -> Result<BTreeMap<Key, &'s Made>, String> {
    let mut expected = BTreeMap::new();
    for step in steps {
        let Some(effect) = &step.effect else { return Err(format!("what {} does was not looked at when it was rehearsed", step.key)) };
        expected.extend(effect.iter().map(|made| (made.key(), made)));
    }
    Ok(expected)
}

fn not_as(expected: &BTreeMap<Key, &Made>, now: &Manifest) -> Result<Vec<(Spot, String)>, String> {
    let mut unlike = Vec::new();
    for made in expected.values() {
        let Some(spot) = made.spot() else {
            return Err(format!("{} {} is nothing that this version of evenkeel knows", made.kind, made.identity.join(".")));
        };
        let stand = found(&spot, now);
        if stands(&stand) != made.stands {
            let wanted = match made.stands.as_str() {
                "there" => "there",
                "gone" => "not there",
                "faulty" => "there, and not valid or not enabled",
                "unset" => "none",
                _ => "another value",
            };
            let words = format!("{}: {}, and {wanted} when it was rehearsed", words(&spot), stand.shown());
            unlike.push((spot, words));
        }
    }
    Ok(unlike)
}

/// In words: of an object that is otherwise as a whole, its properties and its parts say no more.
fn told(mut unlike: Vec<(Spot, String)>) -> Vec<String> {
    unlike.sort_by(|(one, _), (other, _)| (one.attribute.is_some(), one).cmp(&(other.attribute.is_some(), other)));
    let wholes: Vec<Vec<String>> = unlike.iter().filter(|(spot, _)| spot.attribute.is_none()).map(|(spot, _)| key(spot).1).collect();
    let is_said = |spot: &Spot| {
        let parts = key(spot).1;
        wholes.iter().any(|whole| parts.starts_with(whole) && (parts.len() > whole.len() || spot.attribute.is_some()))
    };
    unlike.into_iter().filter(|(spot, _)| !is_said(spot)).map(|(_, words)| words).collect()
}

/// `column public.t.x`, `type of column public.t.x`.
fn words(spot: &Spot) -> String {
    match spot.attribute {
        None => format!("{} {}", spot.kind.name(), spot.display()),
        Some(attribute) => format!("{} of {} {}", attribute.replace('_', " "), spot.kind.name(), spot.display()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::kind::{Dimension, Engine, Kind};
    use crate::manifest::{Endpoint, NodeRole, Object, Whose};

    fn manifest(objects: Vec<Object>) -> Manifest {
        let endpoint = Endpoint {
            engine: Engine::PostgreSql,
            server_version: "17.1".to_owned(),
            server_major: 17,
            database: "d".to_owned(),
            role: "r".to_owned(),
            node: "n".to_owned(),
            node_role: NodeRole::Primary,
            captured_at: String::new(),
            roles: BTreeMap::new(),
            whose: Whose::File,
        };
        Manifest::new(endpoint, vec![Dimension::Schema], objects, Vec::new())
    }

    fn column(name: &str, kind: &str) -> Object {
        let mut object = Object::new(Kind::Column, Identity::new(["public", "t", name]));
        object.set("type", kind);
        object
    }

    fn step(key: &str, before: &Manifest, after: &Manifest) -> Step {
        Step {
            key: key.to_owned(),
            effect: Some(effect(before, after).iter().map(Made::of).collect()),
            result: None,
            after: Vec::new(),
            forms: Vec::new(),
            back: Vec::new(),
        }
    }

    #[test]
    fn the_same_is_alike_and_whatever_is_otherwise_is_named() {
        let (empty, one, two) =
            (manifest(Vec::new()), manifest(vec![column("a", "integer")]), manifest(vec![column("a", "bigint"), column("b", "text")]));
        let (first, second) = (step("1", &empty, &one), step("2", &one, &two));
        assert_eq!(unlike(&[&first], &empty, &one), Ok(Vec::new()));
        assert_eq!(unlike(&[&first, &second], &empty, &two), Ok(Vec::new()), "the last word counts");
        assert_eq!(stands_as(&[&first, &second], &two), Ok(Vec::new()));
        let told = unlike(&[&first], &empty, &two).unwrap();
        assert!(told.len() == 2 && told.iter().any(|one| one.contains("type of column public.t.a: bigint, and another value")), "{told:?}");
        assert!(told.iter().any(|one| one.contains("column public.t.b: it changed, and did not")), "{told:?}");
        assert!(!stands_as(&[&second], &one).unwrap().is_empty());
        assert!(unlike(&[&Step { effect: None, ..first.clone() }], &empty, &one).is_err());
        let unknown = Made { kind: "gadget".to_owned(), ..first.effect.clone().unwrap().remove(0) };
        assert!(unlike(&[&Step { effect: Some(vec![unknown]), ..first }], &empty, &one).is_err());
    }
}

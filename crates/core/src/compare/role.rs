//! A role that is called otherwise on the other side: everything that is said of it there is the same, but for its name.
//!
//! Lives here: the suspicion, as a finding that proposes the map of `roles`. Names of roles differ by environment as a matter of
//! course, and each grant of such a role is a difference of its own. Nothing is excused by it.

use super::{Side, Walk, Which, captured, identity};
use crate::finding::{Finding, ROLE_NAME, Remedy, Subject, Thing};
use crate::kind::{ALL, Dimension, Kind, Severity, Value};
use crate::manifest::Object;
use std::collections::BTreeMap;

impl Walk<'_> {
    /// Roles that only one side has and that are each other's only match.
    pub(super) fn mapped_roles(&self) -> Vec<Finding> {
        let (here, there) = (lone(self.reference, self.candidate), lone(self.candidate, self.reference));
        if here.is_empty() || there.is_empty() {
            return Vec::new();
        }
        let (here, there) = (by_what_is_said(self.reference, &here), by_what_is_said(self.candidate, &there));
        let pairs = here.iter().filter_map(|(said, roles)| match (roles.as_slice(), there.get(said)?.as_slice()) {
            ([reference], [candidate]) => Some((*reference, *candidate)),
            _ => None,
        });
        let mut pairs: Vec<_> = pairs.collect();
        pairs.sort_by_key(|(reference, _)| reference.identity.part(0));
        pairs.into_iter().map(|(reference, candidate)| self.mapped(reference, candidate)).collect()
    }

    fn mapped(&self, reference: &Object, candidate: &Object) -> Finding {
        let (name, other) = (reference.identity.part(0), candidate.identity.part(0));
        Finding {
            id: ROLE_NAME.to_owned(),
            severity: Severity::Warn,
            subject: Subject::Object(Thing {
                dimension: Dimension::Privileges,
                kind: Kind::Role,
                object: reference.display(),
                identity: identity(Kind::Role, &reference.identity),
                attribute: Some("name"),
            }),
            expected: Some(name.to_owned()),
            found: Some(other.to_owned()),
            origin: captured(Which::Reference, None),
            why: "Attributes, memberships, grants and what it owns are the same under the other name: it may be one role, called after its environment."
                .to_owned(),
            manual: None,
            remedy: Some(Remedy::Step(format!(
                "if it is, say so in the environment of {} in evenkeel.toml: roles = {{ {} = {} }}",
                self.candidate.label,
                toml(name),
                toml(other)
            ))),
        }
    }
}

/// A text as TOML writes it.
fn toml(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Roles of that side which the other has not.
fn lone<'a>(side: Side<'a>, other: Side<'a>) -> Vec<&'a Object> {
    let parts = |object: &Object| object.identity.parts().map(str::to_owned).collect::<Vec<_>>();
    let is_there = |role: &Object| {
        let parts = parts(role);
        other.manifest.find(Kind::Role, &parts.iter().map(String::as_str).collect::<Vec<_>>()).is_some()
    };
    side.manifest.of_kind(Kind::Role).iter().filter(|role| !is_there(role)).collect()
}

/// The roles under all that is said of them, with their own names left out.
fn by_what_is_said<'a>(side: Side<'a>, roles: &[&'a Object]) -> BTreeMap<Vec<String>, Vec<&'a Object>> {
    let mut said: BTreeMap<&str, Vec<String>> = roles.iter().map(|role| (role.identity.part(0), Vec::new())).collect();
    let kinds = ALL.iter().copied().filter(|kind| kind.spec().dimension == Dimension::Privileges);
    for object in kinds.flat_map(|kind| side.manifest.of_kind(kind)) {
        let mut named: Vec<&str> = words(object).filter(|word| said.contains_key(word)).collect();
        named.sort_unstable();
        named.dedup();
        for name in named {
            let text = without(object, name);
            if let Some(said) = said.get_mut(name) {
                said.push(text);
            }
        }
    }
    let mut found: BTreeMap<Vec<String>, Vec<&Object>> = BTreeMap::new();
    for role in roles {
        let Some(mut said) = said.remove(role.identity.part(0)) else { continue };
        said.sort_unstable();
        // Of a role nothing but its being there is known: that is no likeness.
        if said.len() > 1 || role.values().iter().len() > 0 {
            found.entry(said).or_default().push(role);
        }
    }
    found
}

/// Every word of an object that may be a name.
fn words(object: &Object) -> impl Iterator<Item = &str> {
    let values = object.values().iter().flat_map(|(_, value)| match value {
        Value::Text(text) => vec![&**text],
        Value::List(items) => items.iter().map(|item| &**item).collect(),
        Value::Flag(_) | Value::Integer(_) | Value::Number(_) => Vec::new(),
    });
    object.identity.parts().chain(values)
}

/// The object as a text, without that name.
fn without(object: &Object, name: &str) -> String {
    let of = |word: &str| if word == name { "\u{0}".to_owned() } else { format!("{word:?}") };
    let parts: Vec<String> = object.identity.parts().map(of).collect();
    let values = object.values().iter().map(|(index, value)| match value {
        Value::Text(text) => format!("{index}={}", of(text)),
        Value::List(items) => {
            let mut items: Vec<String> = items.iter().map(|item| of(item)).collect();
            items.sort_unstable();
            format!("{index}=[{}]", items.join(","))
        }
        other => format!("{index}={other:?}"),
    });
    format!("{} {} {}", object.kind.name(), parts.join(" "), values.collect::<Vec<_>>().join(" "))
}

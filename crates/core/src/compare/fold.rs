//! Objects that only one side has: parts of a missing parent become one difference, same body under another name a rename.

use super::judge::by_rank;
use super::member::{UNTOLD, holders as holders_of};
use super::{Across, Case, Change, Difference, Lone, SideGap, Walk, Which};
use crate::finding::{Finding, Thing};
use crate::kind::{Dimension, Kind, Parent, Value};
use crate::manifest::{Gap, Identity, Object, Reason};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What a lone object may hang on, apart for the recorded history and for reference data: their verdict stands by itself, so a
/// history table that is missing is a difference of history too, and never part of the missing table or schema.
type Place<'a> = (bool, Holder<'a>);

#[derive(PartialEq, Eq, Hash, Clone, Copy)]
enum Holder<'a> {
    Schema(&'a str),
    Relation(&'a str, &'a str),
    Object(&'a str, &'a str),
    Constraint(&'a str, &'a str, &'a str),
    Twin(Kind, &'a Identity),
}

impl<'a> Walk<'a> {
    /// Turns the collected lone objects into differences.
    pub(super) fn settle_lone(&mut self) {
        let lone = std::mem::take(&mut self.lone);
        let renames = self.renames(&lone);
        // What a rename was told of; an extra object whose partner was told otherwise is told by itself.
        let mut told = HashSet::new();
        for change in [Change::Missing, Change::Extra] {
            self.fold(lone.iter().filter(|lone| lone.change == change).copied().collect(), change, &renames, &mut told);
        }
    }

    fn fold(
        &mut self,
        lone: Vec<Lone<'a>>,
        change: Change,
        renames: &HashMap<*const Object, &'a Object>,
        told: &mut HashSet<*const Object>,
    ) {
        let displays: Vec<String> = lone.iter().map(|lone| lone.object.display()).collect();
        let mut holders: HashMap<Place<'_>, usize> = HashMap::new();
        for (at, lone) in lone.iter().enumerate() {
            let apart = stands_apart(lone.object);
            holders.insert((apart, Holder::Twin(lone.object.kind, &lone.object.identity)), at);
            if let Some(display) = displays.get(at) {
                holders.insert((apart, Holder::Object(lone.object.kind.name(), display)), at);
            }
            if lone.object.kind == Kind::Constraint {
                let [schema, table, name] = [0, 1, 2].map(|at| lone.object.identity.part(at));
                holders.insert((apart, Holder::Constraint(schema, table, name)), at);
            }
            match lone.object.kind.spec().parent {
                _ if lone.object.kind == Kind::Schema => {
                    holders.insert((apart, Holder::Schema(lone.object.identity.part(0))), at);
                }
                Parent::Schema
                    if apart
                        || matches!(
                            lone.object.kind,
                            Kind::Table | Kind::View | Kind::MaterializedView | Kind::Domain | Kind::ReferenceTable
                        ) =>
                {
                    holders.insert((apart, Holder::Relation(lone.object.identity.part(0), lone.object.identity.part(1))), at);
                }
                _ => {}
            }
        }
        let members = if lone.is_empty() { HashMap::new() } else { self.members_beside(change) };
        // Where the schema is not compared: who owns something, and who may do what with it, by what an extension has there.
        let places: Vec<Vec<(&str, String)>> = lone.iter().map(|lone| holders_of(lone.object)).collect();
        let mut first_of: HashMap<(&str, &str), usize> = HashMap::new();
        let mut rights: Vec<Option<(usize, &str)>> = Vec::with_capacity(lone.len());
        for (at, places) in places.iter().enumerate() {
            let mut places = places.iter().map(|(kind, shown)| (*kind, &**shown));
            let place = places.find_map(|place| Some((place, *members.get(&place)?)));
            // An owner comes before the rights: its kind does.
            rights.push(place.map(|(place, extension)| (*first_of.entry(place).or_insert(at), extension)));
        }
        let top = |at: usize| -> usize {
            let mut at = at;
            // Statistics hang on an index, an index on its constraint, that on a relation, a relation on a schema: never deeper,
            // and a bound keeps it so.
            for _ in 0..5 {
                let behind = |lone: &Lone<'a>| constraint(lone.object).and_then(|holder| holders.get(&holder));
                let above = |lone: &Lone<'a>| behind(lone).or_else(|| holders.get(&holder(lone.object)?)).copied();
                let beside = || rights.get(at).copied().flatten().map(|(first, _)| first);
                match lone.get(at).and_then(above).or_else(beside) {
                    Some(parent) if parent != at => at = parent,
                    _ => break,
                }
            }
            at
        };
        let mut parts: BTreeMap<usize, BTreeMap<Kind, usize>> = BTreeMap::new();
        for (at, lone) in lone.iter().enumerate() {
            let holder = top(at);
            let parts = parts.entry(holder).or_default();
            if holder != at {
                *parts.entry(lone.object.kind).or_default() += 1;
            }
        }
        for (at, parts) in parts {
            let Some(lone) = lone.get(at) else { continue };
            let has = displays.get(at).and_then(|display| members.get(&(lone.object.kind.name(), &**display)));
            let has = has.copied().or_else(|| rights.get(at).copied().flatten().map(|(_, extension)| extension));
            if let Some(extension) = has {
                self.member_elsewhere(lone.object, change, extension, &parts);
                continue;
            }
            match renames.get(&std::ptr::from_ref(lone.object)) {
                Some(other) if change == Change::Missing => {
                    told.insert(std::ptr::from_ref(*other));
                    if self.are_unnamed(lone.object, other) {
                        self.unnamed(lone.object);
                    } else {
                        self.renamed(lone.object, other);
                    }
                }
                Some(_) if told.contains(&std::ptr::from_ref(lone.object)) => {}
                _ => self.missing(lone.object, change, &parts),
            }
        }
    }

    fn missing(&mut self, object: &'a Object, change: Change, parts: &BTreeMap<Kind, usize>) {
        let (reference, candidate) = if change == Change::Missing { (Some(object), None) } else { (None, Some(object)) };
        let case = Case { kind: object.kind, attribute: None, reference, candidate, change };
        let summary = summary(object);
        // An override of a setting that must match weighs what the setting does. A setting that only one version has does not.
        let rank = if object.kind == Kind::Override { by_rank(object) } else { None };
        let reasoning = self.remedies.reasoning(&case);
        let may_be_member = self.may_be_member_beside(object, change);
        let plain = self.difference(object, change, if change == Change::Missing { "missing" } else { "extra" });
        let finding = Finding {
            expected: (change == Change::Missing).then(|| summary.clone()),
            found: (change == Change::Extra).then_some(summary),
            severity: rank.unwrap_or(plain.severity),
            manual: reasoning.as_ref().map(|reasoning| reasoning.source.clone()),
            why: match reasoning.map_or_else(|| plain.why.clone(), |reasoning| reasoning.why) {
                why if may_be_member => format!("{why} {UNTOLD}"),
                why => why,
            },
            remedy: if may_be_member { None } else { self.remedies.fix(&case) },
            ..plain.finding
        };
        let which = if change == Change::Missing { Which::Reference } else { Which::Candidate };
        let with = parts.iter().map(|(kind, count)| (*kind, *count)).collect();
        self.differences.push(Difference { finding, which, with, ..plain });
    }

    /// Whether each side's server chose the name by rules of its own: nobody said that it is called so.
    fn are_unnamed(&self, reference: &Object, candidate: &Object) -> bool {
        self.reference.manifest.endpoint.engine != self.candidate.manifest.endpoint.engine
            && reference.has_generated_name()
            && candidate.has_generated_name()
    }

    fn unnamed(&mut self, reference: &'a Object) {
        // The same words for all of them: a report says it once.
        let detail = "its name was chosen by the server, by rules of its vendor; the rest is the same";
        let gap = Gap::object(reference, Reason::NotComparable, detail.to_owned()).attribute("name");
        let gap = gap.cure("give it a name of its own where it is made");
        self.gaps.push(SideGap { which: Which::Both, gap, across: Some(Across::Flavours) });
    }

    fn renamed(&mut self, reference: &'a Object, candidate: &'a Object) {
        let case =
            Case { kind: reference.kind, attribute: None, reference: Some(reference), candidate: Some(candidate), change: Change::Renamed };
        let plain = self.difference(reference, Change::Renamed, "name");
        let finding = Finding {
            subject: Thing { attribute: Some("name"), ..plain.finding.subject },
            expected: Some(reference.display()),
            found: Some(candidate.display()),
            why: "Statements that use the name work in one environment only.".to_owned(),
            remedy: self.remedies.fix(&case),
            ..plain.finding
        };
        self.differences.push(Difference { finding, ..plain });
    }
}

fn stands_apart(object: &Object) -> bool {
    object.kind.spec().dimension == Dimension::History || matches!(object.kind, Kind::ReferenceTable | Kind::ReferenceRow)
}

/// The constraint that an index stands behind: it is counted there.
fn constraint(index: &Object) -> Option<Place<'_>> {
    let (Kind::Index, Some(name), Some(Value::List(table))) = (index.kind, index.text("constraint"), index.get("table")) else {
        return None;
    };
    Some((false, Holder::Constraint(table.first()?, table.get(1)?, name)))
}

/// What the object hangs on.
fn holder(object: &Object) -> Option<Place<'_>> {
    let spec = object.kind.spec();
    if let Parent::Twin(kind) = spec.parent {
        return Some((stands_apart(object), Holder::Twin(kind, &object.identity)));
    }
    let holder = match spec.parent {
        Parent::None | Parent::Twin(_) => None,
        Parent::Schema => Some(Holder::Schema(object.identity.part(0))),
        Parent::Relation => Some(Holder::Relation(object.identity.part(0), object.identity.part(1))),
        Parent::Property(name) => match object.get(name) {
            Some(Value::List(parts)) => Some(Holder::Relation(parts.first()?, parts.get(1)?)),
            _ => None,
        },
        // Its rights are the column's.
        Parent::Object if object.identity.part(0) == "identity-sequence" => {
            Some(Holder::Object(Kind::Column.name(), object.identity.part(1)))
        }
        Parent::Object => Some(Holder::Object(object.identity.part(0), object.identity.part(1))),
    };
    holder.map(|holder| (stands_apart(object), holder))
}

/// The object in one line: its summary properties, or just that it is there.
fn summary(object: &Object) -> String {
    let spec = object.kind.spec();
    let mut parts = Vec::new();
    for name in spec.summary {
        let Some(value) = object.get(name) else { continue };
        match value {
            Value::Flag(true) => parts.push(name.replace('_', " ")),
            Value::Flag(false) => parts.push(format!("not {}", name.replace('_', " "))),
            // Schema and name; the schema is empty where one database of a server is captured.
            Value::List(items) if *name == "table" => parts.push(format!("on {}", items.join(".").trim_start_matches('.'))),
            Value::List(items) => parts.push(format!("({})", items.join(", "))),
            value if *name == "type" || *name == "version" => parts.push(value.shown()),
            value => parts.push(format!("{} {}", name.replace('_', " "), value.shown())),
        }
    }
    if parts.is_empty() { spec.name.replace('-', " ") } else { parts.join(", ") }
}

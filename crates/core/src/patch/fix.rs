//! What to do about one difference: the statements of the plan that are about its object, as a whole or not at all.
//!
//! Lives here: which of them belong together, and when they are a part of something larger, so that words say it. Each is planned
//! between the same two worlds as the whole is, from this one change; nobody has tried it. Does not live here: the plan (`plan`, `spread`).

use super::change::{Changes, MEMBERS};
use super::plan::of_fates;
use super::spelled::as_spelled;
use super::spread::{Fates, fates};
use super::{Dialect, Form, Hazard, One, Plan, World, tells_needs, wanted};
use crate::compare::{Case, Change, MEMBERSHIP, Reasoning, Remedies};
use crate::finding::Remedy;
use crate::kind::{Dimension, Kind, Value};
use crate::manifest::{Manifest, Object};
use std::cell::{Cell, OnceCell};
use std::collections::{BTreeMap, BTreeSet};

/// So many others come back with what has to be made anew, and are shown with it.
const ALONG: usize = 12;
/// So many objects are looked through for fixes in all, before only words are given where something takes others along.
const ROOM: usize = 500_000;

/// What is taken back where the reference does not have it: nothing is gone with it but itself.
const TAKEN_BACK: &[Kind] = &[Kind::Grant, Kind::DefaultPrivilege, Kind::Membership, Kind::Override];

/// What is to be reached, worked out when first asked for; nothing where that is the reference as it is.
#[derive(Default)]
pub struct Goal(OnceCell<Option<Manifest>>);

/// Fixes of the differences between two manifests.
pub struct Fixes<'a> {
    reference: &'a Manifest,
    candidate: &'a Manifest,
    dimensions: &'a [Dimension],
    dialect: &'a dyn Dialect,
    /// What no statement of a plan does.
    rest: &'a dyn Remedies,
    goal: &'a Goal,
    sides: OnceCell<Sides<'a>>,
    room: Cell<usize>,
}

/// Both worlds, and what differs in them.
struct Sides<'a> {
    from: World<'a>,
    to: World<'a>,
    needed_by: BTreeMap<usize, Vec<usize>>,
    /// By place in the candidate: the place in the reference, and what differs.
    altered: BTreeMap<usize, (usize, Vec<&'static str>)>,
    /// By place of an extension: how many objects come to it or leave it.
    moved: BTreeMap<usize, usize>,
    created: Branches,
    dropped: Branches,
    /// What only the candidate has, by the name that it keeps others from taking.
    holders: BTreeMap<(u8, String, String), usize>,
    /// Both manifests say what needs what.
    is_told: bool,
}

/// What only one side has, and what of it hangs on each.
struct Branches {
    places: BTreeSet<usize>,
    parts: BTreeMap<usize, Vec<usize>>,
}

impl Branches {
    fn of(places: Vec<usize>, world: &World<'_>, dialect: &dyn Dialect) -> Self {
        let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for at in places.iter().copied() {
            let Some(object) = world.at(at) else { continue };
            let above = [world.parent(object), dialect.made_with(object, world), dialect.goes_with(object, world)];
            for whole in above.into_iter().flatten().filter_map(|whole| world.place(whole)).filter(|whole| *whole != at) {
                parts.entry(whole).or_default().push(at);
            }
        }
        Self { places: places.into_iter().collect(), parts }
    }

    /// The object with all that hangs on it.
    fn with_parts(&self, place: usize) -> Vec<usize> {
        let (mut waiting, mut found) = (vec![place], BTreeSet::new());
        while let Some(at) = waiting.pop() {
            if self.places.contains(&at) && found.insert(at) {
                waiting.extend(self.parts.get(&at).into_iter().flatten());
            }
        }
        found.into_iter().collect()
    }
}

impl<'a> Fixes<'a> {
    /// `rest` is asked first, for what no plan does.
    #[must_use]
    pub const fn new(
        (reference, candidate): (&'a Manifest, &'a Manifest),
        dimensions: &'a [Dimension],
        dialect: &'a dyn Dialect,
        rest: &'a dyn Remedies,
        goal: &'a Goal,
    ) -> Self {
        Self { reference, candidate, dimensions, dialect, rest, goal, sides: OnceCell::new(), room: Cell::new(ROOM) }
    }

    fn sides(&self) -> &Sides<'a> {
        self.sides.get_or_init(|| {
            let (from, dialect) = (World::of(self.candidate), self.dialect);
            let goal = self.goal.0.get_or_init(|| {
                let is_all = self.is_all_told();
                match is_all {
                    true => as_spelled(self.reference, self.candidate),
                    false => Some(wanted(&World::of(self.reference), &from, self.dimensions, &[], dialect).0),
                }
            });
            let goal = goal.as_ref().unwrap_or(self.reference);
            let to = World::of(goal);
            let needed_by = from.needed_by(&|object| dialect.needs(object, &from));
            let changes = Changes::of((&from, &to), dialect);
            let moved = changes.moved;
            let altered = changes.altered.into_iter().map(|(at, there, attributes)| (at, (there, attributes))).collect();
            let created = Branches::of(changes.created, &to, dialect);
            let dropped = Branches::of(changes.dropped, &from, dialect);
            let is_told = tells_needs(self.reference) && tells_needs(self.candidate);
            let name = |at: &usize| from.at(*at).and_then(|object| taken(object, dialect)).map(|name| (name, *at));
            let holders = dropped.places.iter().filter_map(name).collect();
            Sides { needed_by, altered, moved, created, dropped, holders, is_told, from, to }
        })
    }

    /// Whether both sides were seen whole, in everything that is asked for, and nothing else was.
    fn is_all_told(&self) -> bool {
        let (reference, candidate) = (self.reference, self.candidate);
        let is_asked = |dimension: &Dimension| self.dimensions.contains(dimension) || !reference.dimensions.contains(dimension);
        reference.gaps.is_empty()
            && candidate.gaps.is_empty()
            && reference.dimensions == candidate.dimensions
            && self.dialect.dimensions().iter().all(is_asked)
    }

    fn planned(&self, case: &Case<'_>) -> Option<Remedy> {
        if !self.dialect.covers(case.kind) {
            return None;
        }
        let sides = self.sides();
        let changes = sides.changes(case)?;
        let shown = case.reference.or(case.candidate)?;
        let is_taken_along = changes.altered.first().is_some_and(|(at, ..)| sides.needed_by.contains_key(at));
        if self.room.get() == 0 && is_taken_along {
            return Some(larger("others may have to go and come back with it"));
        }
        let attributes = changes.altered.first().map_or(&[][..], |(_, _, attributes)| attributes);
        let one = One::new(case.candidate, case.reference, attributes);
        if let Some(why) = one.and_then(|one| self.dialect.leans_on(&one, (&sides.from, &sides.to))) {
            return Some(larger(&why));
        }
        let own = Own::of(&changes);
        let fates = fates(changes, (&sides.from, &sides.to), &sides.needed_by, self.dialect);
        self.room.set(self.room.get().saturating_sub(fates.gone.len() + fates.made.len()));
        if let Some(refusal) = fates.refused.first() {
            return Some(Remedy::Step(format!("no statement does it: {}", refusal.reason)));
        }
        if let Some(why) = sides.is_part(&fates, &own, self.dialect) {
            return Some(larger(&why));
        }
        let plan = of_fates(fates, (&sides.from, &sides.to), &sides.needed_by, (self.dialect, Form::default()));
        self.written(&plan, shown)
    }

    fn written(&self, plan: &Plan, shown: &Object) -> Option<Remedy> {
        if let Some(refusal) = plan.refused.first() {
            let whose = if refusal.kind == shown.kind { String::new() } else { format!("{} {}: ", refusal.kind.name(), refusal.object) };
            return Some(Remedy::Step(format!("no statement does it: {whose}{}", refusal.reason)));
        }
        // What loses data is a person's decision.
        if plan.statements().any(super::Statement::is_destructive) {
            return None;
        }
        let mut lines: Vec<String> = Vec::new();
        if plan.statements().any(|statement| self.dialect.needs_opening(statement)) {
            lines.extend(self.dialect.opening().iter().map(|line| (*line).to_owned()));
        }
        for statement in plan.statements() {
            let told = statement.hazards.iter().filter(|hazard| !matches!(hazard, Hazard::Locks { .. } | Hazard::Scans(_)));
            lines.extend(told.map(|hazard| format!("-- {}", super::script::one(&hazard.words()))));
            lines.push(self.dialect.for_client(&statement.sql));
        }
        (!lines.is_empty()).then(|| Remedy::Statements(lines.join("\n")))
    }
}

impl Remedies for Fixes<'_> {
    fn fix(&self, case: &Case<'_>) -> Option<Remedy> {
        self.rest.fix(case).or_else(|| self.planned(case))
    }

    fn reasoning(&self, case: &Case<'_>) -> Option<Reasoning> {
        self.rest.reasoning(case)
    }
}

/// What is said where a part by itself would fail, or leave something out.
fn larger(why: &str) -> Remedy {
    Remedy::Step(format!("compare with --patch, which writes it whole: {why}"))
}

/// What the difference is about: places in the reference, and in the candidate.
struct Own {
    to: BTreeSet<usize>,
    from: BTreeSet<usize>,
}

impl Own {
    fn of(changes: &Changes) -> Self {
        let altered = || changes.altered.iter();
        Self {
            to: changes.created.iter().copied().chain(altered().map(|(_, there, _)| *there)).collect(),
            from: changes.dropped.iter().copied().chain(altered().map(|(at, ..)| *at)).collect(),
        }
    }
}

/// The name that an object keeps others from taking.
fn taken(object: &Object, dialect: &dyn Dialect) -> Option<(u8, String, String)> {
    let space = dialect.name_space(object.kind)?;
    Some((space, object.identity.part(0).to_owned(), object.identity.part(1).to_owned()))
}

/// Whether a value that it gets may name the other.
fn is_named(other: &Object, object: &Object, attributes: &[&'static str]) -> bool {
    let Some(name) = other.identity.parts().last() else { return false };
    attributes.iter().filter_map(|attribute| object.get(attribute)).flat_map(Value::texts).any(|text| text.contains(name))
}

impl Sides<'_> {
    /// What the difference is in the plan; nothing where it is none there.
    fn changes(&self, case: &Case<'_>) -> Option<Changes> {
        let mut changes = Changes::default();
        match case.change {
            Change::Missing => changes.created = self.created.with_parts(self.to.place(case.reference?)?),
            Change::Extra if TAKEN_BACK.contains(&case.kind) => {
                changes.dropped = self.dropped.with_parts(self.from.place(case.candidate?)?)
            }
            Change::Changed if case.attribute == Some(MEMBERSHIP) => {
                let at = self.membership(case)?;
                let (there, _) = self.altered.get(&at)?;
                changes.altered.push((at, *there, vec![MEMBERS]));
            }
            // One side does not list what both have, for it is as what it copies is: a trigger of a partition.
            Change::Changed if case.candidate.is_none() => {
                let there = self.to.place(case.reference?).filter(|there| self.created.places.contains(there))?;
                changes.created = self.created.with_parts(there);
            }
            Change::Changed => {
                let at = self.from.place(case.candidate?)?;
                if self.dropped.places.contains(&at) {
                    changes.dropped = self.dropped.with_parts(at);
                    return Some(changes);
                }
                let (there, attributes) = self.altered.get(&at)?;
                let is_meant =
                    self.to.place(case.reference?) == Some(*there) && case.attribute.is_some_and(|one| attributes.contains(&one));
                changes.altered.extend(is_meant.then(|| (at, *there, attributes.clone())));
            }
            // What else only the candidate has is dropped by a person's decision.
            Change::Extra | Change::Renamed | Change::Unsound => {}
        }
        let is_any = !changes.created.is_empty() || !changes.dropped.is_empty() || !changes.altered.is_empty();
        is_any.then_some(changes)
    }

    /// The extension that the object belongs to on one side, where nothing else comes to it or leaves it: its statement is about all.
    fn membership(&self, case: &Case<'_>) -> Option<usize> {
        let name = World::name_of(case.reference.or(case.candidate)?);
        let has =
            |extension: &Object| matches!(extension.get(MEMBERS), Some(Value::List(listed)) if listed.contains(&name.as_str().into()));
        let mut moved = self.moved.iter().filter(|(_, count)| **count == 1).map(|(at, _)| *at);
        moved.find(|at| self.from.at(*at).is_some_and(|own| has(own) || self.to.same(own).is_some_and(has)))
    }

    /// Why these statements alone would be a half, or would not run.
    fn is_part(&self, fates: &Fates, own: &Own, dialect: &dyn Dialect) -> Option<String> {
        let takes_along = !fates.gone.is_empty() || !fates.made.is_empty();
        if takes_along && !self.is_told {
            return Some("a manifest of an earlier evenkeel does not say what needs what, so capture it again first".to_owned());
        }
        let along: BTreeSet<usize> = fates.gone.union(&fates.loosened).copied().filter(|at| !own.from.contains(at)).collect();
        for object in along.iter().filter_map(|at| self.from.at(*at)) {
            if self.differs(object) {
                return Some(format!("{} goes with it, and differs too", World::name_of(object)));
            }
        }
        if along.len() > ALONG {
            return Some(format!("{} others go and come back with it", along.len()));
        }
        let altered = fates.altered.values().map(|(there, attributes)| (*there, attributes.as_slice()));
        for (place, attributes) in fates.made.iter().map(|place| (*place, [].as_slice())).chain(altered) {
            let Some(object) = self.to.at(place) else { continue };
            let holder = taken(object, dialect).filter(|_| attributes.is_empty()).and_then(|name| self.holders.get(&name));
            if let Some(other) = holder.filter(|at| !fates.gone.contains(at)).and_then(|at| self.from.at(*at)) {
                return Some(format!("{} has its name, and goes first", World::name_of(other)));
            }
            let parent = self.to.parent(object);
            let needs = self.to.told_needs(object).chain(dialect.needs(object, &self.to));
            // What is altered does not need all that its making would: what its new values name.
            let finish = dialect.finish_needs(object, &self.to).into_iter().flatten();
            let finish = finish.filter(|needed| attributes.is_empty() || is_named(needed, object, attributes));
            let needs = needs.chain(finish).chain(dialect.mentions(object, attributes, &self.to)).chain(parent);
            let mut needs =
                needs.filter(|needed| self.to.place(needed).is_some_and(|at| !own.to.contains(&at) && !fates.made.contains(&at)));
            let lacking = needs.find_map(|needed| match self.from.place(needed) {
                None => Some(format!("it needs {}, which is not there", World::name_of(needed))),
                Some(at) if parent.is_some_and(|parent| parent.key() == needed.key()) || !self.is_another(at) => None,
                Some(_) => Some(format!("it needs {}, which differs too", World::name_of(needed))),
            });
            if lacking.is_some() {
                return lacking;
            }
        }
        None
    }

    /// Whether an object of the candidate is another, or none, in the reference.
    fn differs(&self, object: &Object) -> bool {
        self.from.place(object).is_some_and(|at| self.altered.contains_key(&at) || self.dropped.places.contains(&at))
    }

    /// Whether what stands on it may not stand on what is there.
    fn is_another(&self, at: usize) -> bool {
        let Some((_, attributes)) = self.altered.get(&at) else { return false };
        let is_column = self.from.at(at).is_some_and(|object| object.kind == Kind::Column);
        // Nothing hangs on a column's default.
        let kept: &[&str] =
            if is_column { &["comment", "default", "statistics_target", "storage", "compression", "not_null_name"] } else { &["comment"] };
        attributes.iter().any(|attribute| !kept.contains(attribute))
    }
}

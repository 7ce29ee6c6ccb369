//! Acts as statements, in their order. What cannot be written is refused, and with it whatever needs it.

use super::{Part, Planning, lapse};
use crate::kind::{Dimension, Kind, Parent};
use crate::manifest::Object;
use crate::patch::join::joined;
use crate::patch::{Act, Change, Form, Hazard, Making, Piece, Plan, Refusal, Statement, Step, World};
use std::collections::{BTreeSet, HashMap};

impl<'m> Planning<'_, 'm> {
    pub(super) fn write(mut self, order: &[usize], form: Form) -> Plan {
        let names = |world: &World<'_>, places: &BTreeSet<usize>| -> BTreeSet<String> {
            places.iter().filter_map(|place| world.at(*place)).map(World::name_of).collect()
        };
        let relations = self.fates.made.iter().filter_map(|place| self.to.at(*place));
        let new: BTreeSet<String> = relations
            .filter(|object| matches!(object.kind, Kind::Table | Kind::View | Kind::MaterializedView))
            .map(Object::display)
            .collect();
        let (bare, loosened) = (names(self.to, &self.bare), names(self.from, &self.fates.loosened));
        let made = names(self.to, &self.fates.made);
        let aside = names(self.from, &self.fates.aside);
        let making = Making { from: self.from, to: self.to, form, new: &new, made: &made, bare: &bare, loosened: &loosened, aside: &aside };
        let mut failed: BTreeSet<usize> = self.fates.left.clone();
        let mut plan = Plan { form, ..Plan::default() };
        // Acts that lose data, or wait for one that does.
        let mut held: BTreeSet<usize> = BTreeSet::new();
        // Acts with a statement that stands alone, or that wait for one: they come after all that one transaction holds, so that
        // nothing is open, unguarded or gone while they run.
        let mut late: BTreeSet<usize> = BTreeSet::new();
        // Those of them of which nothing comes late but what makes sure of something.
        let mut settling: BTreeSet<usize> = BTreeSet::new();
        let mut ahead: Vec<(usize, Step)> = Vec::new();
        let mut first: Vec<(usize, Step)> = Vec::new();
        let mut later: Vec<(usize, Step)> = Vec::new();
        for act in order {
            // What goes apart goes only for the sake of what loses data.
            let waits = self.apart.contains(act) || self.graph.waits_for(*act).any(|other| held.contains(&other));
            self.write_act(*act, &making, &mut failed, &mut plan);
            let mut new = apart(std::mem::take(&mut plan.steps));
            if waits || new.iter().flat_map(|step| &step.statements).any(Statement::is_destructive) {
                held.insert(*act);
            }
            for step in &mut new {
                step.held |= waits;
                let (before, rest) = std::mem::take(&mut step.statements).into_iter().partition(|statement| statement.ahead);
                step.statements = rest;
                ahead.push((*act, Step { statements: before, object: step.object.clone(), ..*step }));
            }
            ahead.retain(|(_, step)| !step.statements.is_empty());
            new.retain(|step| !step.statements.is_empty());
            let rests = self.rests_on_all(*act);
            let is_late = self.graph.waits_for(*act).any(|other| late.contains(&other) && (rests || !settling.contains(&other)));
            let mut settles = !is_late;
            for mut step in new {
                let cut = if is_late { Some(0) } else { step.statements.iter().position(|statement| statement.alone) };
                let Some(cut) = cut else {
                    first.push((*act, step));
                    continue;
                };
                late.insert(*act);
                let rest = step.statements.split_off(cut);
                settles &= rest.iter().all(|statement| statement.settles);
                later.push((*act, Step { statements: rest, object: step.object.clone(), ..step }));
                if !step.statements.is_empty() {
                    first.push((*act, step));
                }
            }
            if is_late {
                late.insert(*act);
            } else if settles {
                settling.insert(*act);
            }
        }
        let forced = self.held_too(&held);
        let steps = ahead.into_iter().chain(first).chain(later).map(|(act, mut step)| {
            step.held |= forced.contains(&act);
            step
        });
        let mut steps: Vec<Step> = steps.collect();
        if !form.offline && !form.throwaway {
            lapse::tell(&mut steps, self.to, &self.taken_along(), self.dialect.transaction().is_some());
        }
        plan.steps = joined(steps);
        plan.refused = self.refused;
        plan.refused.sort();
        plan.refused.dedup();
        plan
    }

    /// Whether it waits for what only makes sure of something, too.
    fn rests_on_all(&self, act: usize) -> bool {
        match self.acts.get(act) {
            Some((Part::Make, place)) => self.to.at(*place).is_none_or(|object| self.dialect.rests_on_all(object)),
            // What it lets go of for a while. A table is attached, or told apart by an index, when its columns are what they shall be.
            Some((Part::Finish, place)) => self.to.at(*place).is_none_or(|object| object.kind == Kind::Table),
            _ => true,
        }
    }

    /// What goes with another and comes back, each by kind and name: what takes it along.
    fn taken_along(&self) -> HashMap<(Kind, String), (Kind, String)> {
        let named = |object: &Object| (object.kind, object.display());
        let comes_back = |object: &Object| self.to.place(object).is_some_and(|there| self.fates.made.contains(&there));
        let whole = |place: usize| match self.dropped_by(place).and_then(|act| self.acts.get(act)) {
            Some((Part::Drop, other)) if *other != place => self.from.at(*other),
            _ => None,
        };
        let gone = self.fates.gone.iter().filter_map(|place| Some((*place, self.from.at(*place).filter(|object| comes_back(object))?)));
        // What its table's statement brings goes with that too: a partition's key with the key of the whole.
        let needed = |object: &Object| {
            let mut needs = self.from.told_needs(object);
            needs.find(|needed| needed.kind == object.kind && self.from.place(needed).is_some_and(|place| self.fates.gone.contains(&place)))
        };
        gone.filter_map(|(place, object)| Some((named(object), named(whole(place).or_else(|| needed(object))?)))).collect()
    }

    /// What must not run where those are left out, beyond what waits for them: what goes only to come back after them, is put aside,
    /// or lets go for a while, and whatever waits for that.
    fn held_too(&self, held: &BTreeSet<usize>) -> BTreeSet<usize> {
        let (mut all, mut forced) = (held.clone(), BTreeSet::new());
        loop {
            let mut more: BTreeSet<usize> = BTreeSet::new();
            for act in &all {
                let Some((part, place)) = self.acts.get(*act).copied() else { continue };
                let before = self.to.at(place).and_then(|object| self.from.place(object));
                match (part, before) {
                    (Part::Make, Some(before)) => more.extend(self.free_by(before)),
                    // What is taken away for a while is taken by these.
                    (Part::Finish, Some(before)) => {
                        more.extend([Part::Loosen, Part::Alter].into_iter().filter_map(|part| self.by.get(&(part, before))));
                    }
                    (Part::Alter, _) => more.extend(self.by.get(&(Part::Loosen, place))),
                    (Part::Drop, _) => more.extend(self.by.get(&(Part::Aside, place))),
                    _ => {}
                }
            }
            // What is taken from something that stays: a right on it.
            more.extend(self.acts.iter().enumerate().filter_map(|(act, (part, place))| {
                let object =
                    self.from.at(*place).filter(|object| *part == Part::Drop && self.dialect.is_dropped_apart(object, self.from))?;
                let whole = self.from.parent(object)?;
                let gone = self.dropped_by(self.from.place(whole)?)?;
                (gone != act && all.contains(&gone)).then_some(act)
            }));
            more.extend((0..self.acts.len()).filter(|act| self.graph.waits_for(*act).any(|other| all.contains(&other))));
            more.retain(|act| !all.contains(act));
            if more.is_empty() {
                return forced;
            }
            forced.extend(&more);
            all.extend(more);
        }
    }

    pub(super) fn write_act(&mut self, act: usize, making: &Making<'_>, failed: &mut BTreeSet<usize>, plan: &mut Plan) {
        let Some((part, place)) = self.acts.get(act).copied() else { return };
        if let Some(parts) = self.together.get(&act).cloned() {
            self.write_together(place, &parts, making, failed, plan);
            return;
        }
        if let Some(stands) = self.in_the_way(act) {
            self.give_up((part, place), act, &format!("{stands} is in the way, and stays"), failed);
            return;
        }
        let is_later = matches!(part, Part::Make | Part::Finish);
        let Some(object) = (if is_later { self.to.at(place) } else { self.from.at(place) }) else { return };
        if is_later && let Some(reason) = self.hopeless(object, place, failed) {
            if part == Part::Make || !failed.contains(&place) {
                self.refuse_members(object, place);
                self.refused.push(Refusal { kind: object.kind, object: object.display(), reason });
            }
            failed.insert(place);
            return;
        }
        let number = act;
        let (act, written) = match part {
            Part::Drop if self.taken.contains(&act) => return,
            Part::Loosen => (Act::Alter, self.dialect.loosen(object, making)),
            Part::Aside => (Act::Alter, self.dialect.put_aside(object, making).map(|statements| self.with_rights(object, statements))),
            Part::Drop if making.is_aside(object) => (Act::Drop, self.dialect.drop(object, making)),
            Part::Drop => (Act::Drop, self.dialect.drop(object, making).map(|statements| self.with_rights(object, statements))),
            Part::Make => (Act::Create, self.dialect.create(object, making)),
            Part::Finish => (Act::Alter, self.dialect.finish(object, making)),
            Part::Alter => {
                let Some((there, attributes)) = self.fates.altered.get(&place) else { return };
                let Some(to) = self.to.at(*there) else { return };
                if let Some(reason) = self.names_failed(to, attributes, failed) {
                    self.refused.push(Refusal { kind: to.kind, object: to.display(), reason });
                    return;
                }
                (Act::Alter, self.dialect.alter(&Change { from: object, to, attributes }, making))
            }
        };
        match written {
            Ok(statements) => push(plan, act, object, statements),
            Err(reason) => {
                if part == Part::Make {
                    self.refuse_members(object, place);
                }
                self.refused.push(Refusal { kind: object.kind, object: object.display(), reason });
                if is_later {
                    failed.insert(place);
                }
                if part == Part::Drop {
                    self.stays_on(number, place);
                }
            }
        }
    }

    /// Of what is made anew, owner and rights come back only where they were looked at.
    fn with_rights(&self, object: &Object, mut statements: Vec<Statement>) -> Vec<Statement> {
        let comes_back = self.to.place(object).is_some_and(|there| self.fates.made.contains(&there));
        let has_rights = object.kind.spec().parent == Parent::Schema;
        if comes_back && has_rights && !self.from.manifest.covers(Dimension::Privileges) {
            let what = format!("the owner and the rights of {}, which were not looked at", object.display());
            statements = statements.into_iter().map(|statement| statement.hazard(Hazard::Loses(what.clone()))).collect();
        }
        statements
    }

    /// What would have been made by the statement of another is named as well.
    pub(super) fn refuse_members(&mut self, whole: &Object, place: usize) {
        let members = self.members.get(&place).into_iter().flatten().filter_map(|member| self.to.at(*member));
        let reason = format!("it needs {}, which cannot be made", World::name_of(whole));
        let refused = members.map(|member| Refusal { kind: member.kind, object: member.display(), reason: reason.clone() });
        self.refused.extend(refused.collect::<Vec<_>>());
    }

    /// One act for several parts of an object.
    pub(super) fn write_together(
        &mut self,
        whole: usize,
        parts: &[(Part, usize)],
        making: &Making<'_>,
        failed: &mut BTreeSet<usize>,
        plan: &mut Plan,
    ) {
        let Some(object) = self.from.at(whole).and_then(|object| self.to.same(object)) else { return };
        let mut refused: Vec<Refusal> = Vec::new();
        // What cannot be made takes along what is about it, and is named by nothing else: so the rest is written once more without it.
        let statements = loop {
            let pieces = loop {
                let known = failed.len();
                let pieces = self.pieces(parts, &mut refused, failed);
                if failed.len() == known {
                    break pieces;
                }
            };
            let missing = parts.iter().filter(|(part, place)| *part == Part::Make && failed.contains(place));
            let missing: BTreeSet<String> = missing.filter_map(|(_, place)| self.to.at(*place)).map(World::name_of).collect();
            // All that is made is many names, and hardly ever is one of them missing.
            let made = (!missing.is_empty()).then(|| making.made.difference(&missing).cloned().collect());
            let making = Making { made: made.as_ref().unwrap_or(making.made), ..*making };
            let (statements, more) = self.dialect.alter_together(object, &pieces, &making);
            let more: Vec<_> = more.into_iter().filter_map(|(at, reason)| Some((pieces.get(at)?.object(), reason))).collect();
            let places = more.iter().filter_map(|(object, _)| self.to.place(object));
            let news: Vec<usize> = places.filter(|place| self.is_new(*place) && !failed.contains(place)).collect();
            refused.extend(more.into_iter().map(|(object, reason)| refusal(object, reason)));
            if news.is_empty() {
                break statements;
            }
            failed.extend(news);
        };
        self.refused.extend(refused);
        push(plan, Act::Alter, object, statements);
    }

    /// What is done to parts of an object, but to those that are refused, or cannot be made for that.
    fn pieces(&self, parts: &[(Part, usize)], refused: &mut Vec<Refusal>, failed: &mut BTreeSet<usize>) -> Vec<Piece<'_>> {
        let is_in =
            |object: &Object, refused: &[Refusal]| refused.iter().any(|one| one.kind == object.kind && one.object == object.display());
        let mut pieces = Vec::new();
        for (part, place) in parts {
            match part {
                Part::Make => {
                    let Some(made) = self.to.at(*place) else { continue };
                    if is_in(made, refused) {
                        continue;
                    }
                    match self.hopeless(made, *place, failed) {
                        Some(reason) => {
                            refused.push(refusal(made, reason));
                            failed.insert(*place);
                        }
                        None => pieces.push(Piece::Made(made)),
                    }
                }
                Part::Alter => {
                    let Some((there, attributes)) = self.fates.altered.get(place) else { continue };
                    if let (Some(from), Some(to)) = (self.from.at(*place), self.to.at(*there)) {
                        if is_in(to, refused) {
                            continue;
                        }
                        if let Some(reason) = self.names_failed(to, attributes, failed) {
                            refused.push(refusal(to, reason));
                            continue;
                        }
                        pieces.push(Piece::Altered(Change { from, to, attributes }));
                    }
                }
                Part::Drop => pieces.extend(self.from.at(*place).map(Piece::Dropped)),
                Part::Loosen | Part::Aside | Part::Finish => {}
            }
        }
        pieces
    }

    /// Why it cannot be made: something that it needs could not.
    pub(super) fn hopeless(&self, object: &'m Object, place: usize, failed: &BTreeSet<usize>) -> Option<String> {
        if failed.is_empty() {
            return None;
        }
        if failed.contains(&place) {
            return Some("it could not be made".to_owned());
        }
        let members = self.members.get(&place).into_iter().flatten().filter_map(|member| self.to.at(*member));
        std::iter::once(object).chain(members).find_map(|member| {
            let needs = self.to.told_needs(member).chain(self.to.parent(member)).chain(self.dialect.needs(member, self.to));
            let needs = needs.chain(self.dialect.mentions(member, &[], self.to));
            let mut missing = needs.filter(|needed| {
                !self.dialect.stands_without(member, needed)
                    && self.to.place(needed).is_some_and(|needed| failed.contains(&needed) && self.is_new(needed))
            });
            missing.next().map(|needed| format!("it needs {}, which cannot be made", World::name_of(needed)))
        })
    }

    /// Why what it becomes cannot be said: that names something that could not be made.
    fn names_failed(&self, object: &'m Object, attributes: &[&'static str], failed: &BTreeSet<usize>) -> Option<String> {
        let named = if failed.is_empty() { Vec::new() } else { self.dialect.mentions(object, attributes, self.to) };
        let is_failed = |named: &&Object| self.to.place(named).is_some_and(|place| failed.contains(&place) && self.is_new(place));
        named.into_iter().find(is_failed).map(|needed| format!("it needs {}, which cannot be made", World::name_of(needed)))
    }

    pub(super) fn is_new(&self, place: usize) -> bool {
        self.fates.made.contains(&place)
    }
}

fn refusal(object: &Object, reason: String) -> Refusal {
    Refusal { kind: object.kind, object: object.display(), reason }
}

/// What stands in a step with a statement that loses data, and means something else without that, waits with it.
fn apart(steps: Vec<Step>) -> Vec<Step> {
    let mut parts: Vec<Step> = Vec::new();
    for step in steps {
        if !step.statements.iter().any(Statement::is_destructive) {
            parts.push(step);
            continue;
        }
        let one = Step { statements: Vec::new(), object: step.object.clone(), ..step };
        for statement in step.statements {
            let held = !statement.independent || statement.is_destructive();
            match parts.last_mut().filter(|last| last.held == held && last.object == one.object && last.kind == one.kind) {
                Some(last) => last.statements.push(statement),
                None => parts.push(Step { statements: vec![statement], object: one.object.clone(), held, ..one }),
            }
        }
    }
    parts
}

/// Adds what is left to do; nothing where nothing is.
fn push(plan: &mut Plan, act: Act, object: &Object, statements: Vec<Statement>) {
    if !statements.is_empty() {
        plan.steps.push(Step { act, kind: object.kind, object: object.display(), statements, held: false });
    }
}

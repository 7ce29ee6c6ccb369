//! The order of acts, and what is done where some wait for each other: one drop takes the others along, one object is made bare first.

use super::{MAKING, Part, Planning};
use crate::manifest::Object;
use crate::patch::World;
use std::collections::BTreeSet;

impl<'m> Planning<'_, 'm> {
    /// The order; circles are cut where something can be made bare first.
    pub(super) fn order(&mut self) -> Vec<usize> {
        loop {
            let (order, circle) = self.graph.sorted();
            if circle.is_empty() {
                return order;
            }
            if !self.soften(&circle) && !self.take_along(&circle) && !self.drop_apart(&circle) && !self.cut(&circle) {
                self.refuse_circle(&circle, &order);
                return order;
            }
        }
    }

    /// What would only be better in that order gives way.
    pub(super) fn soften(&mut self, circle: &BTreeSet<usize>) -> bool {
        let (within, rest): (Vec<_>, Vec<_>) = self.soft.iter().partition(|(act, gone)| circle.contains(act) && circle.contains(gone));
        self.soft = rest;
        for (act, gone) in &within {
            self.graph.release(*act, &BTreeSet::from([*gone]));
        }
        !within.is_empty()
    }

    /// Of things that need each other and go, one takes the others along.
    pub(super) fn take_along(&mut self, circle: &BTreeSet<usize>) -> bool {
        let is_dropped = |act: &&usize| matches!(self.acts.get(**act), Some((Part::Drop, _)));
        let gone: BTreeSet<usize> = circle.iter().filter(is_dropped).copied().collect();
        let first = gone.iter().copied().find(|act| {
            let object = self.acts.get(*act).and_then(|(_, place)| self.from.at(*place));
            object.is_some_and(|object| self.dialect.takes_along(object))
        });
        let Some(first) = first.filter(|first| self.graph.waits_for(*first).any(|other| gone.contains(&other))) else { return false };
        self.graph.release(first, &gone);
        for other in gone.iter().copied().filter(|other| *other != first) {
            if self.graph.waits_for(other).any(|waited| waited == first) {
                self.taken.insert(other);
            }
        }
        true
    }

    /// Of things that go and need each other through a part of theirs, that part goes first.
    pub(super) fn drop_apart(&mut self, circle: &BTreeSet<usize>) -> bool {
        let dropped: BTreeSet<usize> = circle.iter().copied().filter(|act| matches!(self.acts.get(*act), Some((Part::Drop, _)))).collect();
        let parts: Vec<usize> = self
            .fates
            .gone
            .iter()
            .copied()
            .filter(|place| !self.by.contains_key(&(Part::Drop, *place)))
            .filter(|place| self.from.at(*place).is_some_and(|object| self.dialect.can_be_dropped_apart(object)))
            .filter(|place| self.dropped_by(*place).is_some_and(|act| dropped.contains(&act)))
            .collect();
        if parts.is_empty() {
            return false;
        }
        for place in parts {
            let whole = self.dropped_by(place);
            let act = self.add(Part::Drop, place, 0);
            self.apart.insert(act);
            if let Some(whole) = whole {
                self.graph.after(whole, act);
            }
        }
        for act in &dropped {
            self.graph.release(*act, &dropped);
        }
        self.connect_drops();
        true
    }

    /// Makes one member of the circle bare: what it needs of the circle, its finishing waits for.
    pub(super) fn cut(&mut self, circle: &BTreeSet<usize>) -> bool {
        for act in circle {
            let Some((Part::Make, place)) = self.acts.get(*act).copied() else { continue };
            let members: Vec<usize> = std::iter::once(place).chain(self.members.get(&place).into_iter().flatten().copied()).collect();
            let bare: Vec<usize> = members
                .into_iter()
                .filter(|member| !self.bare.contains(member))
                .filter(|member| {
                    self.to.at(*member).is_some_and(|object| self.dialect.can_be_bare(object) && self.needs_of(object, circle))
                })
                .collect();
            if bare.is_empty() {
                continue;
            }
            // What the others still need keeps its place.
            self.bare.extend(&bare);
            let waits: BTreeSet<usize> = self.graph.waits_for(*act).filter(|other| circle.contains(other)).collect();
            let released = self.graph.release(*act, &waits);
            let kept: Vec<usize> = std::iter::once(place)
                .chain(self.members.get(&place).into_iter().flatten().copied())
                .filter(|member| !self.bare.contains(member))
                .collect();
            for member in kept {
                self.after_needs(*act, member);
            }
            for member in bare {
                let finish = match self.by.get(&(Part::Finish, member)) {
                    Some(finish) => *finish,
                    None => self.add(Part::Finish, member, 2 * MAKING + u32::from(self.rank(self.to, member))),
                };
                self.graph.after(finish, *act);
                self.after_needs(finish, member);
                // Whoever stands outside of the circle wants the whole of it.
                for other in (0..self.acts.len()).filter(|other| *other != finish && !circle.contains(other)) {
                    if self.graph.waits_for(other).any(|waited| waited == *act) {
                        self.graph.after(other, finish);
                    }
                }
            }
            if released {
                return true;
            }
        }
        false
    }

    pub(super) fn needs_of(&self, object: &'m Object, circle: &BTreeSet<usize>) -> bool {
        let needs = self.to.told_needs(object).chain(self.dialect.needs(object, self.to));
        needs.filter_map(|needed| self.to.place(needed)).filter_map(|needed| self.made_by(needed)).any(|act| circle.contains(&act))
    }

    /// What stands in the circle is refused, and what waits for it.
    pub(super) fn refuse_circle(&mut self, circle: &BTreeSet<usize>, order: &[usize]) {
        let object = |(part, place): (Part, usize)| {
            if matches!(part, Part::Make | Part::Finish) { self.to.at(place) } else { self.from.at(place) }
        };
        let names: Vec<String> =
            circle.iter().filter_map(|act| self.acts.get(*act)).filter_map(|act| object(*act)).map(World::name_of).collect();
        let within = format!("these need each other and cannot be made one by one: {}", names.join(", "));
        let waiting = format!("it waits for what cannot be made one by one: {}", names.join(", "));
        let ordered: BTreeSet<usize> = order.iter().copied().collect();
        for act in (0..self.acts.len()).filter(|act| !ordered.contains(act)) {
            let reason = if circle.contains(&act) { &within } else { &waiting };
            let parts = self.together.get(&act).cloned().unwrap_or_else(|| self.acts.get(act).copied().into_iter().collect());
            for part in parts {
                self.give_up(part, act, reason, &mut BTreeSet::new());
            }
        }
    }
}

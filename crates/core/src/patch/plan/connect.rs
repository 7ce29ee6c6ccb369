//! What each act waits for: what it needs, what is in its way, and the name that it takes.

use super::{Part, Planning};
use crate::kind::Kind;
use crate::manifest::Object;
use std::collections::{BTreeSet, HashMap};

impl<'m> Planning<'_, 'm> {
    pub(super) fn connect(&mut self) {
        let tasks = (0..self.acts.len()).flat_map(|act| {
            let parts = self.together.get(&act).cloned();
            parts
                .unwrap_or_else(|| self.acts.get(act).copied().into_iter().collect())
                .into_iter()
                .map(move |(part, place)| (act, part, place))
        });
        for (act, part, place) in tasks.collect::<Vec<_>>() {
            match part {
                Part::Make => {
                    let members: Vec<usize> =
                        std::iter::once(place).chain(self.members.get(&place).into_iter().flatten().copied()).collect();
                    for member in members {
                        self.after_needs(act, member);
                    }
                    let before = self.to.at(place).and_then(|object| self.from.place(object));
                    if let Some(free) = before.and_then(|before| self.free_by(before)) {
                        self.graph.after(act, free);
                    }
                }
                Part::Alter => {
                    if let Some((there, _)) = self.fates.altered.get(&place) {
                        self.after_needs(act, *there);
                    }
                    if let Some(loosen) = self.by.get(&(Part::Loosen, place)) {
                        self.graph.after(act, *loosen);
                    }
                }
                Part::Finish => {
                    if let Some(made) = self.made_by(place) {
                        self.graph.after(act, made);
                    }
                    let Some(object) = self.to.at(place) else { continue };
                    self.after_needs(act, place);
                    for needed in self.dialect.finish_needs(object, self.to).unwrap_or_default() {
                        let Some(needed) = self.to.place(needed) else { continue };
                        let others = [self.made_by(needed), self.by.get(&(Part::Finish, needed)).copied()];
                        for other in others.into_iter().flatten() {
                            self.graph.after(act, other);
                        }
                    }
                }
                Part::Drop => {
                    if let Some(other) = self.dropped_after(place) {
                        self.graph.after(act, other);
                    }
                }
                Part::Loosen | Part::Aside => {}
            }
        }
        self.connect_drops();
        self.spare_columns();
        self.connect_names();
    }

    pub(super) fn after_needs(&mut self, act: usize, place: usize) {
        let Some(object) = self.to.at(place) else { return };
        let needs: Vec<&Object> =
            self.to.told_needs(object).chain(self.to.parent(object)).chain(self.dialect.needs(object, self.to)).collect();
        let needs = needs.into_iter().chain(self.dialect.comes_after(object, self.from, self.to));
        let made: Vec<usize> = needs.filter_map(|needed| self.to.place(needed)).filter_map(|needed| self.made_by(needed)).collect();
        for other in made {
            self.graph.after(act, other);
        }
        // What hangs on a relation may name any column of it that is added or altered.
        if object.kind != Kind::Column
            && let Some(parent) = self.to.parent(object).filter(|parent| parent.kind == Kind::Table)
        {
            let columns = self.to.parts_of_kind(parent.identity.part(0), parent.identity.part(1), Kind::Column);
            let made: Vec<usize> = columns.filter_map(|column| self.to.place(column)).filter_map(|column| self.made_by(column)).collect();
            for other in made {
                self.graph.after(act, other);
            }
        }
    }

    /// What needs something goes, lets go or becomes another before that goes.
    pub(super) fn connect_drops(&mut self) {
        let needed_by = self.needed_by;
        // Only these may go or become others.
        let acted_on = self.by.keys().filter(|(part, _)| matches!(part, Part::Drop | Part::Alter)).map(|(_, place)| *place);
        let touched: BTreeSet<usize> = self.fates.gone.iter().copied().chain(acted_on).collect();
        for needed in touched {
            let Some(users) = needed_by.get(&needed) else { continue };
            let Some(gone) = self.dropped_by(needed) else {
                self.clear_before_alter(needed, users);
                continue;
            };
            let aside = self.by.get(&(Part::Aside, needed)).copied();
            for user in users.iter().copied() {
                let loosened = self.by.get(&(Part::Loosen, user)).copied();
                let altered = self.by.get(&(Part::Alter, user)).copied().filter(|_| loosened.is_none());
                if let Some(aside) = aside {
                    self.clear_before_aside((aside, gone), user);
                }
                let is_replaced = aside.is_none()
                    && self.fates.made.contains(&self.from.at(needed).and_then(|object| self.to.place(object)).unwrap_or(usize::MAX));
                // What lets go of it does so before it goes; what needs the new one waits for that.
                let altered = altered.filter(|_| !is_replaced || !self.needs_still(user, needed));
                for other in [self.dropped_by(user), loosened, altered].into_iter().flatten() {
                    self.graph.after(gone, other);
                }
            }
        }
    }

    /// Whether what needs it in the candidate needs it in the reference, too.
    fn needs_still(&self, user: usize, needed: usize) -> bool {
        let (Some(user), Some(needed)) = (self.from.at(user).and_then(|user| self.to.same(user)), self.from.at(needed)) else {
            return false;
        };
        self.to.told_needs(user).chain(self.dialect.needs(user, self.to)).any(|one| one.key() == needed.key())
    }

    /// What names the thing that is put aside goes while that has its name; what holds data goes over before that is dropped.
    fn clear_before_aside(&mut self, (aside, gone): (usize, usize), user: usize) {
        if let Some(alter) = self.by.get(&(Part::Alter, user)).copied() {
            self.graph.after(gone, alter);
        }
        let holds_data = self.from.at(user).is_some_and(|object| matches!(object.kind, Kind::Column | Kind::Table));
        let dropped = self.dropped_by(user).filter(|dropped| !holds_data && !self.is_of_aside(*dropped));
        if let Some(dropped) = dropped {
            self.graph.after(aside, dropped);
        }
    }

    /// Whether an act drops what was put aside before.
    fn is_of_aside(&self, act: usize) -> bool {
        matches!(self.acts.get(act), Some((Part::Drop, place)) if self.fates.aside.contains(place))
    }

    /// After which act the name of an object that goes is free.
    pub(super) fn free_by(&self, place: usize) -> Option<usize> {
        self.by.get(&(Part::Aside, place)).copied().or_else(|| self.dropped_by(place).filter(|act| !self.is_of_aside(*act)))
    }

    /// What stands in the way of an alteration goes before it.
    pub(super) fn clear_before_alter(&mut self, needed: usize, users: &[usize]) {
        let Some(alter) = self.by.get(&(Part::Alter, needed)).copied() else { return };
        let users = users.iter().filter(|user| self.dropped_after(**user).is_none());
        // Code may stay meanwhile: it is another one after that.
        let gone: Vec<usize> = users.filter_map(|user| self.dropped_by(*user)).filter(|act| !self.is_swapped(*act)).collect();
        for other in gone {
            self.graph.after(alter, other);
        }
    }

    /// A name is free before it is taken.
    pub(super) fn connect_names(&mut self) {
        let mut held: HashMap<(u8, &str, &str), Vec<usize>> = HashMap::new();
        for place in &self.fates.gone {
            let Some(object) = self.from.at(*place) else { continue };
            if let (Some(space), Some(act)) = (self.dialect.name_space(object.kind), self.free_by(*place)) {
                held.entry((space, object.identity.part(0), object.identity.part(1))).or_default().push(act);
            }
        }
        let mut called: HashMap<String, Vec<usize>> = HashMap::new();
        for place in &self.fates.gone {
            let name = self.from.at(*place).and_then(|object| self.dialect.called_as(object));
            if let (Some(name), Some(act)) = (name, self.dropped_by(*place)) {
                called.entry(name).or_default().push(act);
            }
        }
        for place in self.fates.made.iter().filter(|_| !called.is_empty()) {
            let name = self.to.at(*place).and_then(|object| self.dialect.called_as(object));
            if let (Some(name), Some(act)) = (name, self.made_by(*place)) {
                self.soft.extend(called.get(&name).into_iter().flatten().map(|gone| (act, *gone)));
            }
        }
        let mut edges = Vec::new();
        for place in &self.fates.made {
            let Some(object) = self.to.at(*place) else { continue };
            let (Some(space), Some(act)) = (self.dialect.name_space(object.kind), self.made_by(*place)) else { continue };
            for gone in held.get(&(space, object.identity.part(0), object.identity.part(1))).into_iter().flatten() {
                edges.push((act, *gone));
            }
        }
        for (act, gone) in edges {
            self.graph.after(act, gone);
        }
        let graph = &mut self.graph;
        self.soft.retain(|(act, gone)| act != gone && !graph.waits_for(*act).any(|other| other == *gone));
        for (act, gone) in &self.soft {
            graph.after(*act, *gone);
        }
    }
}

//! What goes along: an object that is dropped or made anew takes with it whatever needs it.

use super::change::Changes;
use super::{Change, Dialect, Over, Refusal, Way, World};
use crate::kind::Kind;
use crate::manifest::Object;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that happens, by place; what only the candidate has is meant by its place there, all else by the reference's.
#[derive(Debug, Default)]
pub struct Fates {
    /// Places in the reference: made, for the first time or anew.
    pub made: BTreeSet<usize>,
    /// Places in the candidate: dropped, for good or to be made anew.
    pub gone: BTreeSet<usize>,
    /// Places in both: altered in place, with what differs.
    pub altered: BTreeMap<usize, (usize, Vec<&'static str>)>,
    /// Places in the candidate: they let go of what goes, and stay.
    pub loosened: BTreeSet<usize>,
    /// Places in the candidate, as of those that go: another takes their place before, and what holds data goes over to that.
    pub aside: BTreeSet<usize>,
    pub refused: Vec<Refusal>,
    /// Places in the reference of what is refused.
    pub left: BTreeSet<usize>,
}

/// Works out what happens to each object.
pub fn fates(
    changes: Changes,
    (from, to): (&World<'_>, &World<'_>),
    needed_by: &BTreeMap<usize, Vec<usize>>,
    dialect: &dyn Dialect,
) -> Fates {
    let is_more = |attributes: &[&'static str]| attributes.iter().any(|attribute| *attribute != "comment");
    let changed = changes.altered.iter().filter(|(_, _, attributes)| is_more(attributes)).map(|(at, _, _)| *at).collect();
    let mut spread = Spread { from, to, dialect, needed_by, changed, over: BTreeMap::new(), fates: Fates::default() };
    spread.fates.made.extend(changes.created);
    for (at, there, attributes) in changes.altered {
        spread.altered(at, there, attributes);
    }
    for at in changes.dropped {
        spread.gone(at);
    }
    spread.fates
}

struct Spread<'w, 'm> {
    from: &'w World<'m>,
    to: &'w World<'m>,
    dialect: &'w dyn Dialect,
    needed_by: &'w BTreeMap<usize, Vec<usize>>,
    /// Places in the candidate of what differs in more than a comment.
    changed: BTreeSet<usize>,
    /// Places in the candidate of what goes over, and by which property.
    over: BTreeMap<usize, &'static str>,
    fates: Fates,
}

impl Spread<'_, '_> {
    fn users(&self, at: usize) -> Vec<usize> {
        let users = self.needed_by.get(&at).cloned().unwrap_or_default();
        let lets_go = |user: usize| {
            let (Some(other), Some(needed)) = (self.from.at(user), self.from.at(at)) else { return false };
            self.dialect.can_loosen(other, self.from, needed)
        };
        // Its own columns go with a view by themselves.
        let whole = |user: usize| if lets_go(user) { user } else { Some(self.holder(user)).filter(|holder| *holder != at).unwrap_or(user) };
        let mut users: Vec<usize> = users.into_iter().map(whole).filter(|user| *user != at).collect();
        users.dedup();
        users
    }

    /// What a view shows is no data of its own: its columns go with it.
    fn holder(&self, at: usize) -> usize {
        let column = self.from.at(at).filter(|object| object.kind == Kind::Column);
        let relation = column.and_then(|column| self.from.parent(column));
        let view = relation.filter(|relation| matches!(relation.kind, Kind::View | Kind::MaterializedView));
        view.and_then(|view| self.from.place(view)).unwrap_or(at)
    }

    fn altered(&mut self, at: usize, there: usize, mut attributes: Vec<&'static str>) {
        let (Some(from), Some(to)) = (self.from.at(at), self.to.at(there)) else { return };
        if let Some(attribute) = self.over.get(&at).filter(|attribute| !attributes.contains(attribute)) {
            attributes.push(attribute);
        }
        if self.fates.gone.contains(&at) {
            return;
        }
        let change = Change { from, to, attributes: &attributes };
        match self.dialect.way(&change, self.from, self.to) {
            Way::InPlace => {
                self.fates.altered.insert(at, (there, attributes));
            }
            Way::Cleared => {
                let users = self.users(at);
                let standing: Vec<usize> = users
                    .into_iter()
                    .filter(|user| self.from.at(*user).is_some_and(|other| self.dialect.is_in_the_way(other, &change)))
                    .collect();
                self.fates.altered.insert(at, (there, attributes));
                for user in standing {
                    self.gone(user);
                }
            }
            Way::Replace => match self.kept_by(at) {
                None => self.gone(at),
                Some(user) => {
                    if let Err(why) = self.put_aside(at) {
                        let reason = format!("it would have to be made anew, and {user} needs it and holds data: {why}");
                        self.refuse(to, there, reason);
                    }
                }
            },
            Way::Refuse(reason) => self.refuse(to, there, reason),
        }
    }

    fn refuse(&mut self, object: &Object, there: usize, reason: String) {
        self.fates.refused.push(Refusal { kind: object.kind, object: object.display(), reason });
        self.fates.left.insert(there);
    }

    /// It goes, and what needs it goes before; where the reference has it, it comes back.
    fn gone(&mut self, at: usize) {
        let mut waiting = vec![at];
        while let Some(at) = waiting.pop() {
            let Some(object) = self.from.at(at) else { continue };
            if !self.dialect.covers(object.kind) || !self.fates.gone.insert(at) {
                continue;
            }
            self.fates.altered.remove(&at);
            if let Some(there) = self.to.place(object) {
                self.fates.made.insert(there);
            }
            for user in self.users(at) {
                let Some(other) = self.from.at(user) else { continue };
                if self.to.same(other).is_some_and(|after| self.dialect.outlives(after, self.to) || self.dialect.stays_behind(after)) {
                    continue;
                }
                if self.dialect.can_loosen(other, self.from, object) {
                    self.fates.loosened.insert(user);
                } else if self.stands_on(user, at) && !(is_kept(other, object) && self.to.same(other).is_some()) {
                    waiting.push(user);
                }
            }
        }
    }

    /// Another takes its place, and what needs it and holds data goes over to that before it is dropped.
    fn put_aside(&mut self, at: usize) -> Result<(), String> {
        let (mut waiting, mut aside) = (vec![at], BTreeSet::new());
        let (mut over, mut anew, mut loosened) = (Vec::new(), Vec::new(), Vec::new());
        while let Some(at) = waiting.pop() {
            let Some(object) = self.from.at(at) else { continue };
            let Some(there) = self.to.same(object) else { continue };
            if !aside.insert(at) {
                continue;
            }
            self.dialect.can_be_put_aside(&Change { from: object, to: there, attributes: &[] })?;
            for user in self.users(at) {
                let Some(other) = self.from.at(user).filter(|_| self.stands_on(user, at)) else { continue };
                if self.to.same(other).is_none() {
                    continue;
                }
                match self.dialect.goes_over(other, object, self.from, self.to)? {
                    Over::Altered { attribute, loosened } => over.push((user, attribute, loosened)),
                    Over::Loosened => loosened.push(user),
                    Over::Aside if self.kept_by(user).is_some() => waiting.push(user),
                    Over::Aside | Over::Anew => anew.push(user),
                }
            }
        }
        for at in aside {
            self.fates.altered.remove(&at);
            self.fates.made.extend(self.from.at(at).and_then(|object| self.to.place(object)));
            self.fates.gone.insert(at);
            self.fates.aside.insert(at);
        }
        self.fates.loosened.extend(loosened);
        for user in anew {
            self.gone(user);
        }
        for (user, attribute, loosened) in over {
            self.go_over(user, attribute, loosened);
        }
        Ok(())
    }

    fn go_over(&mut self, at: usize, attribute: &'static str, loosened: bool) {
        let Some(from) = self.from.at(at).filter(|_| !self.fates.gone.contains(&at)) else { return };
        let (Some(to), Some(there)) = (self.to.same(from), self.to.place(from)) else { return };
        self.over.insert(at, attribute);
        let (_, attributes) = self.fates.altered.entry(at).or_insert_with(|| (there, Vec::new()));
        if !attributes.contains(&attribute) {
            attributes.push(attribute);
        }
        if loosened {
            self.fates.loosened.insert(at);
        }
        let change = Change { from, to, attributes: &[attribute] };
        // A key of the same table does not say that it needs the column.
        let beside = self.from.parts_of_kind(from.identity.part(0), from.identity.part(1), Kind::Constraint);
        let beside: Vec<usize> = beside.filter_map(|part| self.from.place(part)).collect();
        for user in self.users(at).into_iter().chain(beside) {
            if self.from.at(user).is_some_and(|other| self.dialect.is_in_the_way(other, &change)) {
                self.gone(user);
            }
        }
    }

    /// Whether what needs it has to go with it: not where it is altered and needs it no more, for then it is altered before. What reads
    /// the same and needs something else (another function of that name) has to be made anew.
    fn stands_on(&self, user: usize, at: usize) -> bool {
        let (Some(other), Some(needed)) = (self.from.at(user), self.from.at(at)) else { return false };
        let Some(after) = self.to.same(other).filter(|_| self.changed.contains(&user)) else { return true };
        // What a view needs, its columns may say.
        let shown = match other.kind {
            Kind::View | Kind::MaterializedView => self.to.columns(after.identity.part(0), after.identity.part(1)),
            _ => Vec::new(),
        };
        if shown.iter().any(|column| self.to.told_needs(column).any(|one| one.key() == needed.key())) {
            return true;
        }
        let hangs = self.from.parent(other).is_some_and(|parent| parent.key() == needed.key());
        let mut needs = self.to.told_needs(after).chain(self.dialect.needs(after, self.to)).chain(self.to.parent(after));
        hangs || self.dialect.goes_with(other, self.from).is_some() || needs.any(|other| other.key() == needed.key())
    }

    /// What holds data and would have to go where this one goes to be made anew, in words.
    fn kept_by(&self, at: usize) -> Option<String> {
        let (mut waiting, mut seen) = (vec![at], BTreeSet::new());
        while let Some(at) = waiting.pop() {
            let object = self.from.at(at)?;
            if !seen.insert(at) {
                continue;
            }
            for user in self.users(at) {
                let Some(other) = self.from.at(user) else { continue };
                if self.dialect.can_loosen(other, self.from, object) || !self.stands_on(user, at) {
                    continue;
                }
                if is_kept(other, object) && self.to.same(other).is_some() {
                    return Some(World::name_of(other));
                }
                waiting.push(user);
            }
        }
        None
    }
}

/// Whether it holds data that would be gone with it, and is no part of what goes.
fn is_kept(other: &Object, gone: &Object) -> bool {
    let is_part = other.identity.part(0) == gone.identity.part(0) && other.identity.part(1) == gone.identity.part(1);
    match other.kind {
        Kind::Table => true,
        Kind::Column => !is_part,
        _ => false,
    }
}

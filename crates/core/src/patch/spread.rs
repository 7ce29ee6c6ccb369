//! What goes along: an object that is dropped or made anew takes with it whatever needs it.

use super::change::Changes;
use super::{Change, Dialect, Refusal, Way, World};
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
    pub refused: Vec<Refusal>,
    /// Places in the reference of what is refused.
    pub left: BTreeSet<usize>,
}

/// Works out what happens to each object.
pub fn fates(changes: Changes, from: &World<'_>, to: &World<'_>, dialect: &dyn Dialect) -> Fates {
    let needed_by = from.needed_by(&|object| dialect.needs(object, from));
    let mut spread = Spread { from, to, dialect, needed_by, fates: Fates::default() };
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
    needed_by: BTreeMap<usize, Vec<usize>>,
    fates: Fates,
}

impl Spread<'_, '_> {
    fn users(&self, at: usize) -> Vec<usize> {
        self.needed_by.get(&at).cloned().unwrap_or_default()
    }

    fn altered(&mut self, at: usize, there: usize, attributes: Vec<&'static str>) {
        let (Some(from), Some(to)) = (self.from.at(at), self.to.at(there)) else { return };
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
            Way::Replace => self.gone(at),
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
                if self.dialect.can_loosen(other, self.from, object) {
                    self.fates.loosened.insert(user);
                } else if is_kept(other, object) && self.to.same(other).is_some() {
                    let reason =
                        format!("it holds data and needs {} {}, which would have to be made anew", object.kind.name(), object.display());
                    if let Some(there) = self.to.place(other) {
                        self.refuse(other, there, reason);
                    }
                } else {
                    waiting.push(user);
                }
            }
        }
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

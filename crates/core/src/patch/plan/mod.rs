//! From two manifests to statements in order.

mod circle;
mod connect;
mod lapse;
mod stays;
mod swap;
mod write;

use super::change::Changes;
use super::order::Graph;
use super::spelled::as_spelled;
use super::spread::{Fates, fates};
use super::{Act, Dialect, Form, Plan, Refusal, World};
use crate::kind::Parent;
use crate::manifest::Object;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What an act does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Part {
    /// Lets go of what is dropped. A place in the candidate, as of those that go.
    Loosen,
    Drop,
    /// Gives another name to what is dropped after what needs it went over. A place in the candidate.
    Aside,
    /// A place in the reference.
    Make,
    /// A place in the candidate.
    Alter,
    /// A place in the reference.
    Finish,
}

/// Before what is dropped, and after all that is made early.
const MAKING: u32 = 100_000;
const LATEST: u16 = u16::MAX;

/// What makes `from` like `to`.
#[must_use]
pub fn plan(from: &World<'_>, to: &World<'_>, dialect: &dyn Dialect, form: Form) -> Plan {
    if let Some(spelled) = as_spelled(to.manifest, from.manifest) {
        return plan(from, &World::of(&spelled), dialect, form);
    }
    let changes = Changes::of((from, to), dialect);
    let needed_by = from.needed_by(&|object| dialect.needs(object, from));
    let fates = fates(changes, (from, to), &needed_by, dialect);
    of_fates(fates, (from, to), &needed_by, (dialect, form))
}

/// The statements that make what was worked out come about.
pub(super) fn of_fates(
    fates: Fates,
    (from, to): (&World<'_>, &World<'_>),
    needed_by: &BTreeMap<usize, Vec<usize>>,
    (dialect, form): (&dyn Dialect, Form),
) -> Plan {
    let mut planning = Planning::new((from, to), needed_by, dialect, fates);
    planning.add_acts();
    planning.connect();
    let order = planning.order();
    let order = planning.late_drops(order);
    planning.write(&order, form)
}

struct Planning<'w, 'm> {
    from: &'w World<'m>,
    to: &'w World<'m>,
    dialect: &'w dyn Dialect,
    /// Who needs each object of the candidate, by places.
    needed_by: &'w BTreeMap<usize, Vec<usize>>,
    fates: Fates,
    graph: Graph,
    /// By act: what it does, and to which place.
    acts: Vec<(Part, usize)>,
    by: HashMap<(Part, usize), usize>,
    /// Places in the reference that are made by the act of another.
    with: BTreeMap<usize, usize>,
    /// By act of making: those it makes, itself first.
    members: BTreeMap<usize, Vec<usize>>,
    /// By act: what one statement does to several parts of an object that stays, where the dialect puts them together.
    together: BTreeMap<usize, Vec<(Part, usize)>>,
    bare: BTreeSet<usize>,
    /// Acts that come after another if they can.
    soft: Vec<(usize, usize)>,
    /// Acts that drop what would go with another, because that is in a circle.
    apart: BTreeSet<usize>,
    /// Acts of dropping that another's statement does too.
    taken: BTreeSet<usize>,
    /// Acts of dropping that cannot be done, and what stays for that.
    stays: BTreeMap<usize, String>,
    refused: Vec<Refusal>,
}

impl<'w, 'm> Planning<'w, 'm> {
    fn new(
        (from, to): (&'w World<'m>, &'w World<'m>),
        needed_by: &'w BTreeMap<usize, Vec<usize>>,
        dialect: &'w dyn Dialect,
        mut fates: Fates,
    ) -> Self {
        let refused = std::mem::take(&mut fates.refused);
        Self {
            from,
            to,
            dialect,
            needed_by,
            fates,
            graph: Graph::default(),
            acts: Vec::new(),
            by: HashMap::new(),
            with: BTreeMap::new(),
            members: BTreeMap::new(),
            together: BTreeMap::new(),
            bare: BTreeSet::new(),
            soft: Vec::new(),
            apart: BTreeSet::new(),
            taken: BTreeSet::new(),
            stays: BTreeMap::new(),
            refused,
        }
    }

    fn add(&mut self, part: Part, place: usize, rank: u32) -> usize {
        if let Some(whole) = self.altered_with(part, place) {
            let act = self.by.get(&(Part::Alter, whole)).copied();
            let act = act.unwrap_or_else(|| {
                let act = self.graph.add(MAKING + u32::from(self.rank(self.from, whole)));
                self.acts.push((Part::Alter, whole));
                self.by.insert((Part::Alter, whole), act);
                act
            });
            self.by.insert((part, place), act);
            self.together.entry(act).or_default().push((part, place));
            return act;
        }
        let act = self.graph.add(rank);
        self.acts.push((part, place));
        self.by.insert((part, place), act);
        act
    }

    /// The place in the candidate of the object that stays and whose one act this is a part of.
    fn altered_with(&self, part: Part, place: usize) -> Option<usize> {
        let (act, world, other) = match part {
            Part::Make => (Act::Create, self.to, self.from),
            Part::Drop => (Act::Drop, self.from, self.to),
            Part::Alter => (Act::Alter, self.from, self.to),
            Part::Loosen | Part::Aside | Part::Finish => return None,
        };
        let whole = self.dialect.altered_with(world.at(place)?, act, (world, other))?;
        let (before, after) = (self.from.place(whole)?, self.to.place(whole)?);
        let stays = !self.fates.gone.contains(&before) && !self.fates.made.contains(&after) && !self.fates.left.contains(&after);
        stays.then_some(before)
    }

    /// The act that does all else to what this is a part of, where its dropping is apart from that, and comes after it.
    fn dropped_after(&self, place: usize) -> Option<usize> {
        let whole =
            self.dialect.altered_with(self.from.at(place)?, Act::Alter, (self.from, self.to)).and_then(|whole| self.from.place(whole))?;
        let act = self.by.get(&(Part::Alter, whole)).copied()?;
        self.by.get(&(Part::Drop, place)).is_some_and(|own| *own != act).then_some(act)
    }

    fn rank(&self, world: &World<'_>, place: usize) -> u16 {
        world.at(place).map_or(0, |object| self.dialect.rank(object.kind))
    }

    fn add_acts(&mut self) {
        let loosened: Vec<usize> = self.fates.loosened.iter().copied().filter(|place| !self.fates.gone.contains(place)).collect();
        for place in loosened.iter().copied() {
            self.add(Part::Loosen, place, 0);
        }
        for place in self.fates.gone.clone() {
            if self.goes_with(place).is_none() {
                let rank = u32::from(LATEST - self.rank(self.from, place));
                self.add(Part::Drop, place, rank);
            }
        }
        for place in self.fates.aside.clone() {
            self.add(Part::Aside, place, MAKING - 1);
        }
        for place in self.fates.made.clone() {
            if self.fates.left.contains(&place) {
                continue;
            }
            let Some(object) = self.to.at(place) else { continue };
            match self.whole(object).filter(|whole| self.fates.made.contains(whole)) {
                Some(whole) => {
                    self.with.insert(place, whole);
                }
                None => {
                    self.add(Part::Make, place, MAKING + u32::from(self.rank(self.to, place)));
                }
            }
            if self.dialect.finish_needs(object, self.to).is_some() {
                self.add(Part::Finish, place, 2 * MAKING + u32::from(self.rank(self.to, place)));
            }
        }
        for (place, whole) in self.with.clone() {
            let top = self.top(whole);
            self.members.entry(top).or_default().push(place);
        }
        for place in self.fates.altered.keys().copied().collect::<Vec<_>>() {
            self.add(Part::Alter, place, MAKING + u32::from(self.rank(self.from, place)));
            let there = self.fates.altered.get(&place).map(|(there, _)| *there);
            if let Some((there, object)) = there.and_then(|there| Some((there, self.to.at(there)?)))
                && self.dialect.finish_needs(object, self.to).is_some()
            {
                self.add(Part::Finish, there, 2 * MAKING + u32::from(self.rank(self.to, there)));
            }
        }
        for place in loosened {
            let finish = self.from.at(place).and_then(|object| self.to.place(object));
            if let Some(there) = finish.filter(|there| !self.by.contains_key(&(Part::Finish, *there)) && !self.fates.made.contains(there)) {
                self.add(Part::Finish, there, 2 * MAKING + u32::from(self.rank(self.to, there)));
            }
        }
    }

    /// The place of the object with which it is made.
    fn whole(&self, object: &'m Object) -> Option<usize> {
        let whole = self.dialect.made_with(object, self.to)?;
        self.to.place(whole)
    }

    /// The one whose act makes it in the end.
    fn top(&self, mut place: usize) -> usize {
        let mut steps = 0;
        while let Some(whole) = self.with.get(&place).filter(|_| steps < 16) {
            place = *whole;
            steps += 1;
        }
        place
    }

    /// What goes and takes it along: its relation, its table, what it is a right on.
    fn goes_with(&self, place: usize) -> Option<usize> {
        let object = self.from.at(place)?;
        if self.dialect.is_dropped_apart(object, self.from) {
            return None;
        }
        let place_of = |whole: Option<&Object>| whole.and_then(|whole| self.from.place(whole));
        let parent = self.from.parent(object).filter(|_| object.kind.spec().parent != Parent::Schema);
        // Its own relation first: another one's part, with which it would go, may go with a table that waits for this one.
        let with = [parent, self.dialect.made_with(object, self.from), self.dialect.goes_with(object, self.from)];
        with.into_iter().filter_map(place_of).find(|other| self.fates.gone.contains(other))
    }

    /// The act after which an object of the reference is there as it shall be; `None` where it is already.
    fn made_by(&self, place: usize) -> Option<usize> {
        if let Some(act) = self.by.get(&(Part::Make, self.top(place))) {
            return Some(*act);
        }
        let before = self.to.at(place).and_then(|object| self.from.place(object))?;
        self.by.get(&(Part::Alter, before)).copied()
    }

    fn dropped_by(&self, mut place: usize) -> Option<usize> {
        for _ in 0..16 {
            if let Some(act) = self.by.get(&(Part::Drop, place)) {
                return Some(*act);
            }
            place = self.goes_with(place)?;
        }
        None
    }
}

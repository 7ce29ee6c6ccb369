//! From two manifests to statements in order.

use super::change::Changes;
use super::order::Graph;
use super::spread::{Fates, fates};
use super::{Act, Change, Dialect, Form, Making, Piece, Plan, Refusal, Statement, Step, World};
use crate::kind::Kind;
use crate::manifest::Object;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What an act does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Part {
    /// Lets go of what is dropped. A place in the candidate, as of those that go.
    Loosen,
    Drop,
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
    let changes = Changes::between(from.manifest, to.manifest, dialect);
    let fates = fates(changes, from, to, dialect);
    let mut planning = Planning::new(from, to, dialect, fates);
    planning.add_acts();
    planning.connect();
    let order = planning.order();
    planning.write(&order, form)
}

struct Planning<'w, 'm> {
    from: &'w World<'m>,
    to: &'w World<'m>,
    dialect: &'w dyn Dialect,
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
    refused: Vec<Refusal>,
}

impl<'w, 'm> Planning<'w, 'm> {
    fn new(from: &'w World<'m>, to: &'w World<'m>, dialect: &'w dyn Dialect, mut fates: Fates) -> Self {
        let refused = std::mem::take(&mut fates.refused);
        Self {
            from,
            to,
            dialect,
            fates,
            graph: Graph::default(),
            acts: Vec::new(),
            by: HashMap::new(),
            with: BTreeMap::new(),
            members: BTreeMap::new(),
            together: BTreeMap::new(),
            bare: BTreeSet::new(),
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
        let world = match part {
            Part::Make => self.to,
            Part::Drop | Part::Alter => self.from,
            Part::Loosen | Part::Finish => return None,
        };
        let whole = self.dialect.altered_with(world.at(place)?, world)?;
        let (before, after) = (self.from.place(whole)?, self.to.place(whole)?);
        let stays = !self.fates.gone.contains(&before) && !self.fates.made.contains(&after) && !self.fates.left.contains(&after);
        stays.then_some(before)
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
        let whole = self.dialect.made_with(object, self.from).and_then(|whole| self.from.place(whole));
        let parent = self.from.parent(object).filter(|parent| parent.kind != Kind::Schema).and_then(|parent| self.from.place(parent));
        whole.into_iter().chain(parent).find(|other| self.fates.gone.contains(other))
    }

    /// The act after which an object of the reference is there as it shall be; `None` where it is already.
    fn made_by(&self, place: usize) -> Option<usize> {
        if let Some(act) = self.by.get(&(Part::Make, self.top(place))) {
            return Some(*act);
        }
        let before = self.to.at(place).and_then(|object| self.from.place(object))?;
        self.by.get(&(Part::Alter, before)).copied()
    }

    fn connect(&mut self) {
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
                    if let Some(gone) =
                        self.to.at(place).and_then(|object| self.from.place(object)).and_then(|before| self.dropped_by(before))
                    {
                        self.graph.after(act, gone);
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
                Part::Loosen | Part::Drop => {}
            }
        }
        self.connect_drops();
        self.connect_names();
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

    fn after_needs(&mut self, act: usize, place: usize) {
        let Some(object) = self.to.at(place) else { return };
        let needs: Vec<&Object> =
            self.to.told_needs(object).chain(self.to.parent(object)).chain(self.dialect.needs(object, self.to)).collect();
        let made: Vec<usize> =
            needs.into_iter().filter_map(|needed| self.to.place(needed)).filter_map(|needed| self.made_by(needed)).collect();
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
    fn connect_drops(&mut self) {
        let needed_by = self.from.needed_by(&|object| self.dialect.needs(object, self.from));
        for (needed, users) in needed_by {
            let Some(gone) = self.dropped_by(needed) else {
                self.clear_before_alter(needed, &users);
                continue;
            };
            for user in users {
                let loosened = self.by.get(&(Part::Loosen, user)).copied();
                let altered = self.by.get(&(Part::Alter, user)).copied().filter(|_| loosened.is_none());
                let is_replaced =
                    self.fates.made.contains(&self.from.at(needed).and_then(|object| self.to.place(object)).unwrap_or(usize::MAX));
                for other in [self.dropped_by(user), loosened, altered.filter(|_| !is_replaced)].into_iter().flatten() {
                    self.graph.after(gone, other);
                }
            }
        }
    }

    /// What stands in the way of an alteration goes before it.
    fn clear_before_alter(&mut self, needed: usize, users: &[usize]) {
        let Some(alter) = self.by.get(&(Part::Alter, needed)).copied() else { return };
        let gone: Vec<usize> = users.iter().filter_map(|user| self.dropped_by(*user)).collect();
        for other in gone {
            self.graph.after(alter, other);
        }
    }

    /// A name is free before it is taken.
    fn connect_names(&mut self) {
        let mut held: HashMap<(u8, &str, &str), Vec<usize>> = HashMap::new();
        for place in &self.fates.gone {
            let Some(object) = self.from.at(*place) else { continue };
            if let (Some(space), Some(act)) = (self.dialect.name_space(object.kind), self.dropped_by(*place)) {
                held.entry((space, object.identity.part(0), object.identity.part(1))).or_default().push(act);
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
    }

    /// The order; circles are cut where something can be made bare first.
    fn order(&mut self) -> Vec<usize> {
        loop {
            let (order, circle) = self.graph.sorted();
            if circle.is_empty() {
                return order;
            }
            if !self.cut(&circle) {
                self.refuse_circle(&circle);
                return order;
            }
        }
    }

    /// Makes one member of the circle bare: what it needs of the circle, its finishing waits for.
    fn cut(&mut self, circle: &BTreeSet<usize>) -> bool {
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

    fn needs_of(&self, object: &'m Object, circle: &BTreeSet<usize>) -> bool {
        let needs = self.to.told_needs(object).chain(self.dialect.needs(object, self.to));
        needs.filter_map(|needed| self.to.place(needed)).filter_map(|needed| self.made_by(needed)).any(|act| circle.contains(&act))
    }

    fn refuse_circle(&mut self, circle: &BTreeSet<usize>) {
        let objects: Vec<&Object> = circle
            .iter()
            .filter_map(|act| self.acts.get(*act))
            .filter_map(|(part, place)| if matches!(part, Part::Make | Part::Finish) { self.to.at(*place) } else { self.from.at(*place) })
            .collect();
        let names: Vec<String> = objects.iter().map(|object| World::name_of(object)).collect();
        for object in objects {
            let reason = format!("these need each other and cannot be made one by one: {}", names.join(", "));
            self.refused.push(Refusal { kind: object.kind, object: object.display(), reason });
        }
    }

    fn write(mut self, order: &[usize], form: Form) -> Plan {
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
        let making = Making { from: self.from, to: self.to, form, new: &new, made: &made, bare: &bare, loosened: &loosened };
        let mut failed: BTreeSet<usize> = self.fates.left.clone();
        let mut plan = Plan::default();
        for act in order {
            let Some((part, place)) = self.acts.get(*act).copied() else { continue };
            if let Some(parts) = self.together.get(act).cloned() {
                self.write_together(place, &parts, &making, &mut failed, &mut plan);
                continue;
            }
            let is_later = matches!(part, Part::Make | Part::Finish);
            let Some(object) = (if is_later { self.to.at(place) } else { self.from.at(place) }) else { continue };
            if is_later && let Some(reason) = self.hopeless(object, place, &failed) {
                if part == Part::Make || !failed.contains(&place) {
                    self.refuse_members(object, place);
                    self.refused.push(Refusal { kind: object.kind, object: object.display(), reason });
                }
                failed.insert(place);
                continue;
            }
            let (act, written) = match part {
                Part::Loosen => (Act::Alter, self.dialect.loosen(object, &making)),
                Part::Drop => (Act::Drop, self.dialect.drop(object, &making)),
                Part::Make => (Act::Create, self.dialect.create(object, &making)),
                Part::Finish => (Act::Alter, self.dialect.finish(object, &making)),
                Part::Alter => {
                    let Some((there, attributes)) = self.fates.altered.get(&place) else { continue };
                    let Some(to) = self.to.at(*there) else { continue };
                    (Act::Alter, self.dialect.alter(&Change { from: object, to, attributes }, &making))
                }
            };
            match written {
                Ok(statements) => push(&mut plan, act, object, statements),
                Err(reason) => {
                    if part == Part::Make {
                        self.refuse_members(object, place);
                    }
                    self.refused.push(Refusal { kind: object.kind, object: object.display(), reason });
                    if is_later {
                        failed.insert(place);
                    }
                }
            }
        }
        plan.refused = self.refused;
        plan.refused.sort();
        plan.refused.dedup();
        plan
    }

    /// What would have been made by the statement of another is named as well.
    fn refuse_members(&mut self, whole: &Object, place: usize) {
        let members = self.members.get(&place).into_iter().flatten().filter_map(|member| self.to.at(*member));
        let reason = format!("it needs {}, which cannot be made", World::name_of(whole));
        let refused = members.map(|member| Refusal { kind: member.kind, object: member.display(), reason: reason.clone() });
        self.refused.extend(refused.collect::<Vec<_>>());
    }

    /// One act for several parts of an object.
    fn write_together(
        &mut self,
        whole: usize,
        parts: &[(Part, usize)],
        making: &Making<'_>,
        failed: &mut BTreeSet<usize>,
        plan: &mut Plan,
    ) {
        let Some(object) = self.from.at(whole).and_then(|object| self.to.same(object)) else { return };
        let (mut pieces, mut refused) = (Vec::new(), Vec::new());
        for (part, place) in parts {
            match part {
                Part::Make => {
                    let Some(made) = self.to.at(*place) else { continue };
                    match self.hopeless(made, *place, failed) {
                        Some(reason) => refused.push((made, reason)),
                        None => pieces.push(Piece::Made(made)),
                    }
                }
                Part::Alter => {
                    let Some((there, attributes)) = self.fates.altered.get(place) else { continue };
                    if let (Some(from), Some(to)) = (self.from.at(*place), self.to.at(*there)) {
                        pieces.push(Piece::Altered(Change { from, to, attributes }));
                    }
                }
                Part::Drop => pieces.extend(self.from.at(*place).map(Piece::Dropped)),
                Part::Loosen | Part::Finish => {}
            }
        }
        let (statements, more) = self.dialect.alter_together(object, &pieces, making);
        refused.extend(more.into_iter().filter_map(|(at, reason)| pieces.get(at).map(|piece| (piece.object(), reason))));
        failed.extend(refused.iter().filter_map(|(object, _)| self.to.place(object)).filter(|place| self.fates.made.contains(place)));
        let refused = refused.into_iter().map(|(object, reason)| Refusal { kind: object.kind, object: object.display(), reason });
        self.refused.extend(refused.collect::<Vec<_>>());
        push(plan, Act::Alter, object, statements);
    }

    /// Why it cannot be made: something that it needs could not.
    fn hopeless(&self, object: &'m Object, place: usize, failed: &BTreeSet<usize>) -> Option<String> {
        if failed.is_empty() {
            return None;
        }
        if failed.contains(&place) {
            return Some("it could not be made".to_owned());
        }
        let members = self.members.get(&place).into_iter().flatten().filter_map(|member| self.to.at(*member));
        std::iter::once(object).chain(members).find_map(|member| {
            let needs = self.to.told_needs(member).chain(self.to.parent(member)).chain(self.dialect.needs(member, self.to));
            let missing =
                needs.filter(|needed| self.to.place(needed).is_some_and(|needed| failed.contains(&needed) && self.is_new(needed)));
            missing.map(|needed| format!("it needs {}, which cannot be made", World::name_of(needed))).next()
        })
    }

    fn is_new(&self, place: usize) -> bool {
        self.fates.made.contains(&place)
    }
}

/// Adds what is left to do; nothing where nothing is.
fn push(plan: &mut Plan, act: Act, object: &Object, statements: Vec<Statement>) {
    if !statements.is_empty() {
        plan.steps.push(Step { act, kind: object.kind, object: object.display(), statements });
    }
}

//! Code that goes and comes back, where no transaction holds both: nothing else stands between, so that it is gone as short as can be.

use super::{Part, Planning};
use crate::kind::Kind;
use std::collections::{BTreeMap, BTreeSet};

/// What does something by itself or when it is called, and holds no rows.
const CODE: &[Kind] = &[Kind::Trigger, Kind::Event, Kind::Function, Kind::Procedure, Kind::Package];

impl Planning<'_, '_> {
    /// The place in the reference of code that goes and comes back, by the act that drops it.
    fn swapped(&self, act: usize) -> Option<usize> {
        let Some((Part::Drop, place)) = self.acts.get(act).copied() else { return None };
        let object = self.from.at(place).filter(|object| CODE.contains(&object.kind))?;
        self.to.place(object).filter(|there| self.fates.made.contains(there))
    }

    /// Whether an act drops code that comes back, and no transaction holds both.
    pub(super) fn is_swapped(&self, act: usize) -> bool {
        self.dialect.transaction().is_none() && self.swapped(act).is_some()
    }

    /// Columns that code reads until another takes its place go after that, if they can.
    pub(super) fn spare_columns(&mut self) {
        if self.dialect.transaction().is_some() {
            return;
        }
        for act in 0..self.acts.len() {
            let Some((there, (_, place))) = self.swapped(act).zip(self.acts.get(act).copied()) else { continue };
            let (Some(object), Some(made)) = (self.from.at(place), self.made_by(there)) else { continue };
            let read = self.dialect.mentions(object, &[], self.from);
            let gone = read.into_iter().filter_map(|column| self.by.get(&(Part::Drop, self.from.place(column)?)).copied());
            self.soft.extend(gone.filter(|gone| !self.together.contains_key(gone)).map(|gone| (gone, made)));
        }
    }

    /// The same order, but each such drop stands right before the first that waits for it.
    pub(super) fn late_drops(&self, order: Vec<usize>) -> Vec<usize> {
        if self.dialect.transaction().is_some() {
            return order;
        }
        let swapped: BTreeSet<usize> = order.iter().copied().filter(|act| self.swapped(*act).is_some()).collect();
        let mut first: BTreeMap<usize, usize> = BTreeMap::new();
        for (at, act) in order.iter().enumerate() {
            for waited in self.graph.waits_for(*act).filter(|waited| swapped.contains(waited)) {
                first.entry(waited).or_insert(at);
            }
        }
        // Between the places of two others.
        let place = |at: usize, act: usize| first.get(&act).map_or((at, 1), |first| (*first, 0));
        let mut placed: Vec<((usize, u8), usize)> = order.into_iter().enumerate().map(|(at, act)| (place(at, act), act)).collect();
        placed.sort_by_key(|(place, _)| *place);
        placed.into_iter().map(|(_, act)| act).collect()
    }
}

//! What stays because it cannot be dropped: what is part of it stays too, and so does whatever would have to wait for its end. All of it is
//! refused by name, for nothing is left out in silence.
//!
//! Neighbours: `write` asks before each act, `circle` where no order is found.

use super::{Part, Planning};
use crate::kind::Dimension;
use crate::patch::{Refusal, World};
use std::collections::BTreeSet;

impl Planning<'_, '_> {
    /// What stays in the way of that act.
    pub(super) fn in_the_way(&self, act: usize) -> Option<String> {
        if self.stays.is_empty() || self.together.contains_key(&act) {
            return None;
        }
        let is_soft = |other: usize| self.soft.contains(&(act, other));
        self.graph.waits_for(act).filter(|other| !is_soft(*other)).find_map(|other| self.stays.get(&other)).cloned()
    }

    /// Refuses an act, and with it what it would have done to others.
    pub(super) fn give_up(&mut self, (part, place): (Part, usize), act: usize, reason: &str, failed: &mut BTreeSet<usize>) {
        let is_later = matches!(part, Part::Make | Part::Finish);
        let Some(object) = (if is_later { self.to.at(place) } else { self.from.at(place) }) else { return };
        if part == Part::Make {
            self.refuse_members(object, place);
        }
        if is_later {
            failed.insert(place);
        }
        self.refused.push(Refusal { kind: object.kind, object: object.display(), reason: reason.to_owned() });
        if matches!(part, Part::Drop | Part::Aside) {
            self.stays_on(act, place);
        }
    }

    /// Notes that it stays; what would have gone with it is named as well.
    pub(super) fn stays_on(&mut self, act: usize, place: usize) {
        let Some(object) = self.from.at(place) else { return };
        // A right that stays is in nobody's way.
        if object.kind.spec().dimension == Dimension::Schema {
            self.stays.insert(act, World::name_of(object));
        }
        let reason = format!("it stays with {}", World::name_of(object));
        let with = self.fates.gone.iter().filter(|other| **other != place && self.dropped_by(**other) == Some(act));
        let refused = with.filter_map(|other| self.from.at(*other)).filter(|other| self.dialect.covers(other.kind));
        let refused = refused.map(|other| Refusal { kind: other.kind, object: other.display(), reason: reason.clone() });
        self.refused.extend(refused.collect::<Vec<_>>());
    }
}

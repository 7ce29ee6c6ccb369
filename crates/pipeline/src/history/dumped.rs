//! Migrations of which only a dump tells, that holds what they make together. Neighbour: the room's own file, which judges.

use super::Inquiry;
use evenkeel_core::history::verdict::{Judged, Verdict};

impl Inquiry<'_> {
    /// Of those that are known only together nothing is said that is not true of all.
    pub(super) fn known_together(&self, judged: &mut [Judged]) {
        let is_one = |at: usize| self.cuts.get(at).is_some_and(|cut| cut.migration.together.is_some());
        let Some(last) = (0..judged.len()).rev().find(|at| is_one(*at) && self.cuts.get(*at).is_some_and(|cut| !cut.is_empty())) else {
            return;
        };
        let Some(whole) = judged.get_mut(last) else { return };
        let file = self.cuts.get(last).and_then(|cut| cut.migration.together.clone()).unwrap_or_default();
        let is_well = matches!(whole.verdict, Verdict::Applied | Verdict::Superseded) && whole.also.is_empty();
        let key = whole.key.clone();
        if is_well {
            // All that they make together is there; what one of them does, to rows above all, nobody has read.
            for (_, one) in judged.iter_mut().enumerate().filter(|(at, _)| is_one(*at)) {
                one.verdict = Verdict::NotCheckable;
                one.also.clear();
                one.evidence.clear();
                one.why = Some(format!("what it does was not read; all of {file}, which holds what it and others make together, is there"));
            }
            return;
        }
        let why = format!("of {file}, which holds what it and others make together; which of them nothing tells");
        whole.why = Some(whole.why.take().map_or_else(|| why.clone(), |earlier| format!("{earlier}; {why}")));
        for (_, one) in judged.iter_mut().enumerate().filter(|(at, _)| is_one(*at) && *at != last) {
            one.verdict = Verdict::NotCheckable;
            one.also.clear();
            one.accepted = false;
            one.why = Some(format!("it is known only together with others, by {file}, and not all of that is there: see {key}"));
        }
    }
}

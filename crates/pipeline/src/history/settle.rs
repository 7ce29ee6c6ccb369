//! Running the files: once, and again where something is in dispute.

use super::Inquiry;
use super::looks::{Looks, mentions, name, whole};
use crate::migrations::Cut;
use crate::replay::{Replay, Series, Stage, Target};
use evenkeel_core::fault::Trouble;
use evenkeel_core::history::State;
use evenkeel_core::history::effect::{Spot, Stand, Touch, found};
use evenkeel_core::history::verdict::Recorded;
use evenkeel_core::manifest::Manifest;
use std::collections::{BTreeMap, BTreeSet};

impl<'a> Inquiry<'a> {
    /// Runs the files: once where everything agrees, and again with looks in between where something does not.
    ///
    /// Says on what, and which were left out.
    pub(super) fn settle(&mut self, stage: Stage<'_>, target: &Target) -> Result<(String, BTreeMap<String, String>), Box<Trouble>> {
        let (series, looks) = self.series();
        let replay = Replay::start(stage, target, series)?;
        if replay.known() > 0 {
            let (known, all) = (replay.known(), self.cuts.len());
            self.notes.push(format!("the first {known} of {all} migrations ran today already, on this machine: their state was kept"));
        }
        self.settled(&replay, looks)?;
        Ok((replay.describe(), replay.left_out()))
    }

    /// What is run first, and when it is looked at.
    fn series(&self) -> (Series<'a>, Looks) {
        let cuts: Vec<&Cut> = self.in_force().map(|(_, cut)| cut).collect();
        let mut looks = self.looks();
        for (place, cut) in cuts.iter().enumerate().filter(|(_, cut)| cut.may_define()) {
            looks.around(place);
            debug_assert!(!cut.defines());
        }
        looks.points.extend([0, cuts.len()]);
        (Series { cuts, points: looks.points.clone(), is_forgiving: true, accepted: self.accepted_by_name() }, looks)
    }

    fn settled(&mut self, replay: &Replay<'_>, mut looks: Looks) -> Result<(), Box<Trouble>> {
        let in_force: Vec<(usize, &Cut)> = self.in_force().collect();
        let is_plain = self.records.iter().all(|record| record.state == State::Applied) && self.edits.is_empty();
        let cuts: Vec<&Cut> = in_force.iter().map(|(_, cut)| *cut).collect();
        let stopped = replay.first(&mut |ran, look| looks.see(ran, look))?;
        let unread = self.cuts.iter().find(|cut| cut.migration.unreadable.is_some()).map(|cut| cut.migration.key.clone());
        if let Some(key) = unread.filter(|_| self.by_effect) {
            self.gaps.push(format!("nothing records migrations there, and {key} could not be run: whether it is applied cannot be told"));
        }
        let disputed = looks.end(cuts.len()).map(|end| self.differing(end));
        let words = looks.end(cuts.len()).and_then(|end| self.unsaid.words(end, self.manifest));
        self.notes.extend(words);
        if stopped.is_none() && is_plain && disputed.as_ref().is_some_and(Vec::is_empty) {
            for (place, effect) in looks.effects {
                if let Some(slot) = in_force.get(place).and_then(|(at, _)| self.effects.get_mut(*at)) {
                    *slot = Some(effect);
                }
            }
            self.initial = looks.initial;
            self.disputed = Some(Vec::new());
            return Ok(());
        }
        if stopped.is_none() && in_force.len() == self.cuts.len() {
            // The same files in the same order: what was seen need not be looked at again.
            for (at, effect) in std::mem::take(&mut looks.effects) {
                if let Some(slot) = self.effects.get_mut(at) {
                    *slot = Some(effect);
                }
            }
        }
        // One that is in force may need one that is not recorded: then they run in the order of the files.
        self.expected = looks.last.map(|(_, end)| end).filter(|_| stopped.is_none());
        let disputed = if self.by_effect { None } else { disputed };
        self.step_by_step(disputed.as_deref(), replay)
    }

    /// Runs all files, and looks at the state before and after those that what is disputed may be of; all of them, where nobody knows
    /// what is.
    fn step_by_step(&mut self, disputed: Option<&[Touch]>, replay: &Replay<'_>) -> Result<(), Box<Trouble>> {
        let all: Vec<&Cut> = self.cuts.clone();
        let wholes: Option<BTreeSet<Spot>> = disputed.map(|touches| touches.iter().map(|touch| whole(&touch.spot)).collect());
        let mut looks = Looks { wholes: wholes.clone(), ..self.looks() };
        match &wholes {
            None => looks.points.extend(0..=all.len()),
            Some(wholes) => {
                let names: BTreeSet<String> = wholes.iter().filter_map(name).collect();
                for (at, cut) in all.iter().enumerate() {
                    let record = self.record_at(at);
                    let is_odd = record.is_some_and(|record| record.state != State::Applied) || self.edits.contains_key(&cut.migration.key);
                    let is_seen = self.effects.get(at).is_some_and(Option::is_some);
                    if !is_seen && (is_odd || cut.may_define() || mentions(cut, &names)) {
                        looks.around(at);
                    }
                }
                let step = all.len().isqrt().max(1);
                looks.points.extend((0..=all.len()).step_by(step).chain([all.len()]));
            }
        }
        let mut alike = None;
        let mut stopped = replay.again(1, &all, &mut |ran, look| {
            looks.see(ran, look)?;
            let now = looks.last.as_ref().filter(|(at, _)| *at == ran);
            if alike.is_none() && now.is_some_and(|(_, now)| self.differing(now).is_empty()) {
                alike = Some(ran);
            }
            Ok(())
        })?;
        if !looks.unclear.is_empty() && stopped.is_none() {
            // What is disputed became another somewhere between two looks.
            let mut again = Looks { wholes, ..self.looks() };
            for (from, to) in std::mem::take(&mut looks.unclear) {
                again.points.extend(from..=to);
            }
            stopped = replay.again(2, &all, &mut |ran, look| again.see(ran, look))?;
            looks.effects.extend(again.effects);
        }
        for (at, effect) in looks.effects {
            if let Some(slot) = self.effects.get_mut(at) {
                *slot = Some(effect);
            }
        }
        self.initial = looks.initial;
        if self.expected.is_none() && stopped.is_none() {
            // What no file ever sets is there as it is after all of them.
            self.expected = looks.last.map(|(_, end)| end);
        }
        self.disputed = disputed.map(<[Touch]>::to_vec);
        if let Some(stopped) = stopped {
            self.gaps.push(format!("on a throwaway {} the files run only so far: {}", replay.describe(), stopped.words()));
            self.stopped = Some(stopped);
        }
        if self.by_effect {
            self.reached(alike);
        }
        Ok(())
    }

    /// Where nothing is recorded: what is there says how far it came.
    pub(super) fn reached(&mut self, alike: Option<usize>) {
        // Those of the folder among all that run; where all is alike that comes after them, they are in.
        let own = self.place(0)..self.place(self.read.cuts.len());
        let there = |effect: &Option<Vec<Touch>>| {
            let touches = effect.iter().flatten().filter(|touch| touch.spot.attribute.is_none());
            touches.filter(|touch| touch.after != Stand::Gone).any(|touch| found(&touch.spot, self.manifest) != Stand::Gone)
        };
        let last = || own.clone().rev().find(|at| self.effects.get(*at).is_some_and(there));
        let mut count = alike.unwrap_or_else(|| last().map_or(own.start, |last| last + 1)).clamp(own.start, own.end);
        // What only takes away leaves nothing, nor does an empty file: those that come next are in force while all is as they leave it.
        for (at, (cut, effect)) in self.cuts.iter().zip(&self.effects).enumerate().take(own.end).skip(count) {
            match effect.as_deref() {
                _ if cut.is_empty() => count = at + 1,
                Some([]) => {}
                Some(touches) if touches.iter().all(|touch| found(&touch.spot, self.manifest) == touch.after) => count = at + 1,
                _ => break,
            }
        }
        self.by_effect = false;
        self.was_by_effect = true;
        let count = count.saturating_sub(self.beside.before.len());
        let keys = self.read.cuts.iter().take(count).map(|cut| cut.migration.key.clone());
        let one = |key: String| Recorded::of(key, State::Applied);
        self.records = keys.map(one).collect();
        self.notes.push("nothing records migrations there: what is applied is told by what is there alone".to_owned());
    }

    fn looks(&self) -> Looks {
        Looks { unsaid: self.unsaid.clone(), ..Looks::default() }
    }

    /// What of a state is not so in the environment.
    pub(super) fn differing(&self, state: &Manifest) -> Vec<Touch> {
        let mut touches = self.unsaid.effect(state, self.manifest);
        touches.retain(|touch| !self.explained.is(&touch.spot, self.manifest));
        touches
    }
}

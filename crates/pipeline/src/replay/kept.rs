//! What an earlier run of the same files left: the state of its server after so many of them, and what it looked at on the way. A run
//! goes on from the longest beginning that is kept. States are of one day, one program of ours and one of the server's:
//! what a text makes of the moment, a second run would make of another.

use crate::migrations::Cut;
use evenkeel_core::digest::of_texts;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::file::{self, Part};
use evenkeel_core::history::effect::effect;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::Recalled;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A run that took less is no slower than a copy.
pub(super) const WORTH: Duration = Duration::from_secs(1);
/// So many looks at most are kept beside a state, with so many objects in all of them, and so many bytes.
const LOOKS: usize = 64;
const OBJECTS: usize = 100_000;
const BYTES: usize = 64 << 20;

/// A run, by words: after so many of its migrations.
pub(super) struct Words(Vec<String>);

impl Words {
    /// `place` is all else that decides what comes of texts.
    pub fn of(place: &str, cuts: &[&Cut]) -> Self {
        let mut words = vec![of_texts("evenkeel 2026-11-30 state of a replay", std::iter::once(place)).hex()];
        for cut in cuts {
            let migration = &cut.migration;
            let how = format!("{:?} {:?} {:?}", migration.transaction, migration.condition, migration.unreadable);
            let texts = cut.up.iter().flat_map(|script| [script.part.file.as_str(), script.part.text.as_str()]);
            let before = words.last().map_or("", String::as_str);
            let all = [before, migration.key.as_str(), how.as_str()].into_iter().chain(texts);
            words.push(of_texts("evenkeel 2026-11-30 state of a replay", all).hex());
        }
        Self(words)
    }

    /// Those of states to begin with, the longest first. None is kept of an empty database.
    pub fn beginnings(&self) -> Vec<String> {
        self.0.iter().skip(1).rev().cloned().collect()
    }

    pub fn whole(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }
}

/// What stands beside a state.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Beside {
    /// Migrations that their tool may leave out, by their key, and what the server said.
    left_out: BTreeMap<String, String>,
    /// What was there after so many, as a manifest's file.
    looks: BTreeMap<usize, String>,
}

/// Where a run begins that goes on with an earlier one.
pub(super) struct Known {
    pub ran: usize,
    pub left_out: BTreeMap<String, String>,
    looks: BTreeMap<usize, Manifest>,
}

impl Known {
    /// Nothing where what will be looked at on the way was not looked at then: before its end; there anybody can look.
    pub fn of(recalled: &Recalled, words: &Words, points: &BTreeSet<usize>) -> Option<Self> {
        let ran = words.0.iter().position(|word| *word == recalled.word)?;
        let beside: Beside = serde_json::from_str(&recalled.beside).ok()?;
        let mut looks = BTreeMap::new();
        for point in points.iter().copied().filter(|point| *point < ran) {
            looks.insert(point, file::read(beside.looks.get(&point)?.as_bytes(), None).ok()?);
        }
        Some(Self { ran, left_out: beside.left_out, looks })
    }

    /// # Errors
    /// Nobody looked there, which is a fault of ours: [`Known::of`] had to say that somebody will.
    pub fn look(&self, ran: usize) -> Result<Manifest, Box<Trouble>> {
        let trouble = || Box::new(Trouble::new(Class::Internal, format!("what {ran} migrations make was not kept")));
        self.looks.get(&ran).cloned().ok_or_else(trouble)
    }
}

/// What was looked at, for whoever keeps the next state. Of what would be too much nothing stays in memory.
#[derive(Default)]
pub(super) struct Gathered {
    looks: BTreeMap<usize, Manifest>,
    objects: usize,
    is_too_much: bool,
}

impl Gathered {
    pub fn of(known: Option<&Known>) -> Self {
        let mut own = Self::default();
        known.iter().flat_map(|known| &known.looks).for_each(|(ran, look)| own.add(*ran, look));
        own
    }

    pub fn add(&mut self, ran: usize, look: &Manifest) {
        self.objects = self.objects.saturating_add(look.objects().len());
        self.is_too_much |= self.looks.len() >= LOOKS || self.objects > OBJECTS;
        if self.is_too_much {
            self.looks.clear();
        } else {
            self.looks.insert(ran, look.clone());
        }
    }
}

/// The text beside a state; nothing where that would be large, or would not say what was seen.
pub(super) fn beside(left_out: BTreeMap<String, String>, seen: &Gathered) -> Option<String> {
    if seen.is_too_much {
        return None;
    }
    let mut looks = BTreeMap::new();
    for (ran, look) in &seen.looks {
        let text = file::write(look, Part::Stable).ok()?;
        let again = file::read(&text, None).ok()?;
        if !effect(look, &again).is_empty() || !effect(&again, look).is_empty() {
            return None;
        }
        looks.insert(*ran, String::from_utf8(text).ok()?);
    }
    let text = serde_json::to_string(&Beside { left_out, looks }).ok()?;
    Some(text).filter(|text| text.len() <= BYTES)
}

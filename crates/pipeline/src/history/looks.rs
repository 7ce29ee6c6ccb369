//! When to look while files run: a look costs more than most migrations, and few of them are in dispute.

use super::unsaid::Unsaid;
use crate::migrations::Cut;
use crate::replay::Look;
use evenkeel_core::fault::Trouble;
use evenkeel_core::history::effect::{Spot, Touch};
use evenkeel_core::manifest::Manifest;
use std::collections::{BTreeMap, BTreeSet};

/// States between migrations: which are looked at, and what came out.
#[derive(Default)]
pub(super) struct Looks {
    /// After so many migrations.
    pub points: BTreeSet<usize>,
    /// Objects that are disputed; nothing where all count.
    pub wholes: Option<BTreeSet<Spot>>,
    pub initial: Option<Manifest>,
    /// The last that was looked at, and after how many.
    pub last: Option<(usize, Manifest)>,
    /// What single migrations did.
    pub effects: BTreeMap<usize, Vec<Touch>>,
    /// Between these something disputed became another.
    pub unclear: Vec<(usize, usize)>,
    /// What is no effect of files.
    pub unsaid: Unsaid,
}

impl Looks {
    /// Before and after the migration at that place.
    pub fn around(&mut self, at: usize) {
        self.points.extend([at, at + 1]);
    }

    pub fn see(&mut self, ran: usize, look: Look<'_>) -> Result<(), Box<Trouble>> {
        if !self.points.contains(&ran) {
            return Ok(());
        }
        let now = look()?;
        if ran == 0 {
            self.initial = Some(now.clone());
        }
        if let Some((at, before)) = &self.last {
            let did = self.unsaid.effect(before, &now);
            let is_disputed = |touch: &Touch| self.wholes.as_ref().is_none_or(|wholes| wholes.contains(&whole(&touch.spot)));
            if at + 1 == ran {
                self.effects.insert(*at, did);
            } else if did.iter().any(is_disputed) {
                self.unclear.push((*at, ran));
            }
        }
        self.last = Some((ran, now));
        Ok(())
    }

    /// The state after so many, where it was looked at.
    pub fn end(&self, ran: usize) -> Option<&Manifest> {
        self.last.as_ref().filter(|(at, _)| *at == ran).map(|(_, end)| end)
    }
}

/// The object that a spot is of.
pub(super) fn whole(spot: &Spot) -> Spot {
    Spot { attribute: None, ..spot.clone() }
}

/// The object's own name: a text that makes it, or a part of it, has that word, unless the server made the name up. What it makes
/// without the word shows between two looks.
pub(super) fn name(spot: &Spot) -> Option<String> {
    let own = spot.identity.parts().next_back()?;
    Some(own.split('(').next().unwrap_or_default().to_lowercase()).filter(|name| !name.is_empty())
}

/// Whether a text of it has one of these words.
pub(super) fn mentions(cut: &Cut, names: &BTreeSet<String>) -> bool {
    let is_of_name = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    cut.up.iter().any(|script| {
        let text = script.part.text.to_lowercase();
        text.split(|c| !is_of_name(c)).any(|word| names.contains(word))
            || names.iter().any(|name| !name.chars().all(is_of_name) && text.contains(name.as_str()))
    })
}

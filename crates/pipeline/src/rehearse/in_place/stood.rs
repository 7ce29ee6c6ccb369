//! Whether a place is as before, and what stays there although everything was given up.
//!
//! Does not live here: how a server is asked (the port's `Rollback`), what runs between (`turn`).

use super::UNTOUCHED;
use crate::digest::tree;
use evenkeel_core::digest::Tree;
use evenkeel_core::fault::Trouble;
use evenkeel_core::history::effect::{Touch, effect};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{Rollback, Room, Session};
use evenkeel_core::rehearsal::{After, bytes};
use std::collections::{BTreeMap, BTreeSet};

/// What is looked at before and after, beside what a capture has.
pub struct Stood {
    pub rooms: BTreeMap<String, Room>,
    catalog: u64,
    sequences: BTreeMap<String, Option<String>>,
    lasting: BTreeSet<String>,
}

impl Stood {
    /// Asks a server, for the room of these relations.
    pub fn of(rollback: &dyn Rollback, asking: &mut dyn Session, touched: &BTreeSet<String>) -> Result<Self, Box<Trouble>> {
        Ok(Self {
            rooms: rollback.rooms(asking, touched)?,
            catalog: rollback.catalog(asking)?,
            sequences: rollback.sequences(asking)?,
            lasting: rollback.lasting(asking)?,
        })
    }
}

/// Whether the place is as before; `left` gets what stays of what the release has `drawn` on, `gaps` what was not seen.
pub fn after(
    name: &str,
    (before, was): (&Manifest, &Stood),
    looked: Result<(Manifest, Stood), Box<Trouble>>,
    drawn: &BTreeSet<String>,
    (left, gaps): (&mut Vec<String>, &mut Vec<String>),
) -> After {
    let (now, stood) = match looked {
        Ok(looked) => looked,
        Err(trouble) => return After::Untold(format!("whether {name} is as before was not seen: {trouble}")),
    };
    left.extend(remains(was, &stood, drawn));
    let hidden = stood.sequences.iter().filter(|(name, stands)| stands.is_none() && drawn.contains(*name));
    gaps.extend(hidden.map(|(name, _)| format!("whether the sequence {name} moved was not seen: this role may not read it")));
    let touches = effect(before, &now);
    let wholes: Vec<&Touch> = touches.iter().filter(|touch| touch.spot.attribute.is_none()).collect();
    let is_part = |touch: &&Touch| {
        touch.spot.attribute.is_some()
            && !wholes.iter().any(|whole| whole.spot.kind == touch.spot.kind && whole.spot.identity == touch.spot.identity)
    };
    let mut what: Vec<String> = wholes.iter().copied().chain(touches.iter().filter(is_part)).map(touched_words).collect();
    what.extend(stood.lasting.difference(&was.lasting).map(|one| format!("{one} was not there before")));
    let (one, other) = (tree(before), tree(&now));
    let digest = |tree: &Tree, dimension| tree.branch(dimension).map(|branch| branch.digest);
    what.extend(
        UNTOUCHED
            .into_iter()
            .filter(|dimension| digest(&one, *dimension) != digest(&other, *dimension))
            .map(|dimension| format!("the digest of its {} is another than before", dimension.name())),
    );
    if !what.is_empty() {
        return After::Otherwise(what);
    }
    let gap = before.gaps.iter().chain(&now.gaps).find(|gap| UNTOUCHED.contains(&gap.dimension));
    gap.map_or(After::Same, |gap| {
        let cure = gap.cure.as_ref().map(|cure| format!(" ({cure})")).unwrap_or_default();
        After::Untold(format!("{name} is as before as far as it was seen: {}{cure}", gap.detail))
    })
}

fn touched_words(touch: &Touch) -> String {
    let attribute = touch.spot.attribute.map(|attribute| format!("{} of ", attribute.replace('_', " "))).unwrap_or_default();
    format!("{attribute}{} {}: now {}", touch.spot.kind.name(), touch.spot.display(), touch.after.shown())
}

/// What no rollback takes back.
fn remains(was: &Stood, now: &Stood, drawn: &BTreeSet<String>) -> Vec<String> {
    let mut left = Vec::new();
    for (name, stands) in now.sequences.iter().filter(|(name, _)| drawn.contains(*name)) {
        if let (Some(Some(before)), Some(after)) = (was.sequences.get(name), stands)
            && before != after
        {
            left.push(format!("the sequence {name} stands at {after}, and stood at {before} before"));
        }
    }
    for (name, room) in &now.rooms {
        let Some(before) = was.rooms.get(name) else { continue };
        if room.all > before.all {
            left.push(format!("{name} is {} larger than before, until it is vacuumed", bytes(room.all - before.all)));
        }
        if room.estimate != before.estimate {
            left.push(format!("planners take another number of rows for {name} than before"));
        }
    }
    if now.catalog > was.catalog {
        left.push(format!("the catalog is {} larger than before, until it is vacuumed", bytes(now.catalog - was.catalog)));
    }
    left
}

//! What an object keeps of the session that made it, where no file says it: the client of a tool sets that, and files run here without
//! that client. It is nobody's fault, and no migration's effect; it is said.
//!
//! Which properties these are stands in their declarations (`core/kind/property`).

use crate::migrations::Cut;
use evenkeel_core::history::effect::{Spot, Touch, effect};
use evenkeel_core::kind::ALL;
use evenkeel_core::manifest::Manifest;
use std::collections::BTreeSet;

/// Which settings of a session the files name.
#[derive(Debug, Clone, Default)]
pub(super) struct Unsaid {
    said: BTreeSet<&'static str>,
}

/// So many objects are named.
const NAMED: usize = 3;

impl Unsaid {
    pub fn of<'a>(cuts: impl Iterator<Item = &'a Cut>) -> Self {
        let texts = cuts.flat_map(|cut| &cut.up).map(|script| script.part.text.to_lowercase());
        let settings: BTreeSet<&'static str> =
            ALL.iter().flat_map(|kind| kind.spec().all_properties()).filter_map(|one| one.session).collect();
        let mut said = BTreeSet::new();
        for text in texts {
            said.extend(settings.iter().filter(|setting| text.contains(**setting)));
        }
        Self { said }
    }

    /// Whether a spot is such a property, and no file says it.
    fn is(&self, spot: &Spot) -> bool {
        let setting = spot.attribute.and_then(|name| {
            let spec = spot.kind.spec();
            spec.property(spec.index_of(name)?)?.session
        });
        setting.is_some_and(|setting| !self.said.contains(setting))
    }

    /// What differs between two captures, and files can have made.
    pub fn effect(&self, before: &Manifest, after: &Manifest) -> Vec<Touch> {
        let mut touches = effect(before, after);
        touches.retain(|touch| !self.is(&touch.spot));
        touches
    }

    /// That something there was made under other settings than here.
    pub fn words(&self, expected: &Manifest, there: &Manifest) -> Option<String> {
        let has_both = |spot: &Spot| {
            let parts: Vec<&str> = spot.identity.parts().collect();
            expected.find(spot.kind, &parts).is_some() && there.find(spot.kind, &parts).is_some()
        };
        let other: Vec<Spot> =
            effect(expected, there).into_iter().map(|touch| touch.spot).filter(|spot| self.is(spot) && has_both(spot)).collect();
        let first = other.first()?;
        let attribute = first.attribute.unwrap_or_default();
        let named: Vec<String> = other.iter().take(NAMED).map(|spot| format!("{} {}", spot.kind.name(), spot.display())).collect();
        let more = other.len().saturating_sub(NAMED);
        let more = if more == 0 { String::new() } else { format!(" and of {more} more") };
        Some(format!(
            "{attribute} of {}{more} is another than the files make it here: it is kept of the session that made it, no file says it, and so \
             it was not judged",
            named.join(", ")
        ))
    }
}

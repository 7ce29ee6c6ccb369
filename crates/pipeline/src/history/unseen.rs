//! What is missing where not all could be seen, or what is there beside migrations that nobody has read: nobody can tell whose it is.
//! Neighbour: the room's own file, which judges.

use super::Inquiry;
use crate::migrations::Cut;
use evenkeel_core::history::effect::Spot;
use evenkeel_core::history::verdict::{Judged, Unexplained, Verdict};
use evenkeel_core::kind::Dimension;
use evenkeel_core::manifest::Gap;

/// So many things are named.
const NAMED: usize = 5;

impl Inquiry<'_> {
    /// The last that is in force and that nobody has read.
    pub(super) fn last_unread(&self) -> Option<(usize, &str)> {
        let is_unread = |(at, cut): &(usize, &&Cut)| cut.migration.unreadable.is_some() && self.is_in_force(*at);
        self.cuts.iter().enumerate().rfind(is_unread).map(|(at, cut)| (at, cut.migration.key.as_str()))
    }

    /// What no migration explains that was read: where one is in force that was not, it may be of that one, and is named.
    pub(super) fn unread(&mut self, strays: Vec<Unexplained>) -> Vec<Unexplained> {
        let Some(key) = self.last_unread().map(|(_, key)| key.to_owned()) else { return strays };
        let mut words = format!("what no migration explains was not looked for: {key} could not be run");
        if !strays.is_empty() {
            let named: Vec<String> =
                strays.iter().take(NAMED).map(|one| format!("{} {}", one.spot.kind.name(), one.spot.display())).collect();
            let more = strays.len().saturating_sub(NAMED);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            words = format!("{words}; it may have made {}{more}", named.join(", "));
        }
        self.notes.push(words);
        Vec::new()
    }

    /// What is missing may be there where it could not be seen.
    pub(super) fn unseen(&self, judged: &mut [Judged]) {
        let of_schema: Vec<&Gap> = self.manifest.gaps.iter().filter(|gap| gap.dimension == Dimension::Schema).collect();
        let hides = |spot: &Spot| {
            of_schema.iter().find(|gap| {
                let is_kind = gap.kind.as_deref().is_none_or(|kind| kind == spot.kind.name());
                let is_object = gap.object.as_deref().is_none_or(|object| object == spot.display());
                is_kind && is_object && gap.attribute.as_deref().is_none_or(|attribute| Some(attribute) == spot.attribute)
            })
        };
        for one in judged {
            let is_missing = |verdict: &Verdict| matches!(verdict, Verdict::RecordedNotPresent | Verdict::PartlyPresent);
            let said: Vec<Verdict> = std::iter::once(one.verdict).chain(one.also.iter().copied()).collect();
            if !said.iter().any(is_missing) || one.evidence.is_empty() {
                continue;
            }
            let hidden: Option<Vec<&&Gap>> = one.evidence.iter().map(|evidence| hides(&evidence.spot)).collect();
            let Some(gap) = hidden.as_deref().and_then(<[_]>::first) else { continue };
            let why = format!("what of it is not there may be where it was not seen: {}", gap.detail);
            one.why = Some(one.why.take().map_or_else(|| why.clone(), |earlier| format!("{why}; {earlier}")));
            let mut said: Vec<Verdict> = said.into_iter().filter(|one| !is_missing(one)).collect();
            said.push(Verdict::NotCheckable);
            said.sort_unstable();
            one.verdict = said.remove(0);
            one.also = said;
            one.accepted = false;
        }
    }
}

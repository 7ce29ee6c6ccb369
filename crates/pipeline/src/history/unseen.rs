//! What is missing where not all could be seen: nobody can tell whether it is there. Neighbour: the room's own file, which judges.

use super::Inquiry;
use evenkeel_core::history::effect::Spot;
use evenkeel_core::history::verdict::{Judged, Verdict};
use evenkeel_core::kind::Dimension;
use evenkeel_core::manifest::Gap;

impl Inquiry<'_> {
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

//! The sentences of the document: the verdict line and the note on a dimension.
//!
//! Lives here: wording from numbers. Neighbour: `document/build`, which has the numbers.

use super::{Dimension, DimensionResult, Outcome, Severity, Verdict};
use crate::document::Data;
use crate::number::{counted, percent, thousands};

/// What the verdict line is made of.
pub(super) struct Facts<'a> {
    pub reference: &'a str,
    pub candidate: &'a str,
    pub bar: Severity,
    pub dimensions: &'a [DimensionResult],
    /// Exceptions that have run out: they count among what blocks, and are no difference.
    pub expired: usize,
}

/// The verdict in one line: `staging ≠ production: 4 differences block a migration, 2 warnings, 1 not visible`.
pub(super) fn verdict(facts: &Facts<'_>, verdict: &Verdict) -> String {
    let Verdict { block, warn, inform, gaps, not_comparable, .. } = *verdict;
    let not_visible = gaps.saturating_sub(not_comparable);
    let mut parts = Vec::new();
    let sign = match verdict.outcome {
        Outcome::Differs => {
            let differ = beyond(facts.bar, verdict).saturating_sub(facts.expired);
            match block.saturating_sub(facts.expired) {
                0 if differ == 0 => {}
                0 => parts.push(counted(differ, "difference", "differences") + " at or above the bar"),
                1 => parts.push("1 difference blocks a migration".to_owned()),
                block => parts.push(format!("{} differences block a migration", thousands(block))),
            }
            if facts.expired > 0 {
                parts.push(counted(facts.expired, "exception has run out", "exceptions have run out"));
            }
            if differ == 0 { '≈' } else { '≠' }
        }
        Outcome::CouldNotTell => {
            match (gaps, facts.dimensions.iter().any(|dimension| dimension.compared)) {
                (_, false) => parts.push("could not tell, nothing was compared".to_owned()),
                (0, true) => parts.push("could not tell, not every demanded dimension was compared".to_owned()),
                _ => {
                    let unseen = [(not_visible, "not visible"), (not_comparable, "not comparable")];
                    let mut unseen = unseen.into_iter().filter(|(number, _)| *number > 0);
                    let first = unseen.next().map(|(number, word)| format!("{} {word}", counted(number, "thing was", "things were")));
                    parts.push(format!("could not tell, {}", first.unwrap_or_default()));
                    parts.extend(unseen.map(|(number, word)| format!("{} {word}", thousands(number))));
                }
            }
            '?'
        }
        Outcome::Equal if block + warn + inform == 0 => {
            let equal = facts.dimensions.iter().filter(|dimension| dimension.verdict == Outcome::Equal).count();
            parts.push(format!("equal in {}", counted(equal, "dimension", "dimensions")));
            '='
        }
        Outcome::Equal => {
            parts.push(if block == 0 { "nothing blocks a migration" } else { "nothing at or above the bar" }.to_owned());
            '≈'
        }
    };
    if warn > 0 && !(block == 0 && verdict.outcome == Outcome::Differs && facts.bar == Severity::Warn) {
        parts.push(counted(warn, "warning", "warnings"));
    }
    if inform > 0 {
        parts.push(format!("{} expected or cosmetic", thousands(inform)));
    }
    if verdict.outcome != Outcome::CouldNotTell {
        parts.extend(unseen(gaps, not_comparable));
    }
    format!("{} {sign} {}: {}", facts.reference, facts.candidate, parts.join(", "))
}

/// `2 not visible`, `15 not comparable`: what could not be told, by why.
pub(crate) fn unseen(gaps: usize, not_comparable: usize) -> impl Iterator<Item = String> {
    let numbers = [(gaps.saturating_sub(not_comparable), "not visible"), (not_comparable, "not comparable")];
    numbers.into_iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{} {word}", thousands(number)))
}

/// Differences at or above the bar.
const fn beyond(bar: Severity, verdict: &Verdict) -> usize {
    match bar {
        Severity::Block => verdict.block,
        Severity::Warn => verdict.block + verdict.warn,
        Severity::Inform => verdict.block + verdict.warn + verdict.inform,
    }
}

/// How much of the other's volume the smaller environment holds: `staging holds 0.2 % of the volume`.
pub(super) fn volume(dimension: Dimension, data: &Data, reference: &str, candidate: &str) -> Option<String> {
    if dimension != Dimension::Data {
        return None;
    }
    let (expected, found) = data.volume()?;
    let (small, large, holder) = if expected <= found { (expected, found, reference) } else { (found, expected, candidate) };
    if large <= 0.0 || small / large > 0.95 {
        return None;
    }
    Some(format!("{holder} holds {} of the volume", percent(small / large)))
}

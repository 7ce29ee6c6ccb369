//! The sentences of the document: the verdict line and the note on a dimension.
//!
//! Lives here: wording from numbers. Neighbour: `document/build`, which has the numbers.

use super::{Dimension, DimensionResult, Outcome, PerSeverity, Readiness, Severity, State, Verdict};
use crate::document::Data;
use crate::number::{counted, percent, thousands};
use evenkeel_core::compare::{self, Sameness};
use evenkeel_core::gate;

/// What the verdict line is made of.
pub(super) struct Facts<'a> {
    pub reference: &'a str,
    pub candidate: &'a str,
    pub bar: Severity,
    pub dimensions: &'a [DimensionResult],
    /// Differences alone, by severity, and how many are at or above the bar: findings are none.
    pub per: PerSeverity,
    pub differing: usize,
    /// Findings of all sorts.
    pub findings: usize,
    /// Exceptions that have run out.
    pub expired: usize,
    /// Other findings at or above the bar.
    pub others: usize,
    /// Shared faults that close the gate, by a weight somebody gave them.
    pub weighing: usize,
    pub sameness: Sameness,
}

/// The verdict in one line: `staging ≠ production: 4 differences block a migration, 2 warnings, 1 not visible`.
pub(super) fn verdict(facts: &Facts<'_>, verdict: &Verdict) -> String {
    let Verdict { gaps, not_comparable, shared, ignored, .. } = *verdict;
    let PerSeverity { block, warn, inform } = facts.per;
    let not_visible = gaps.saturating_sub(not_comparable);
    let mut parts = Vec::new();
    let sign = match verdict.outcome {
        Outcome::Differs => {
            let differ = facts.differing;
            match block {
                0 if differ == 0 => {}
                0 => parts.push(counted(differ, "difference", "differences") + " at or above the bar"),
                1 => parts.push("1 difference blocks a migration".to_owned()),
                block => parts.push(format!("{} differences block a migration", thousands(block))),
            }
            if facts.expired > 0 {
                parts.push(counted(facts.expired, "exception has run out", "exceptions have run out"));
            }
            if facts.others > 0 {
                parts.push(counted(facts.others, "finding", "findings") + " at or above the bar");
            }
            if facts.weighing > 0 {
                parts.push(counted(facts.weighing, "shared fault", "shared faults") + " at or above the bar");
            }
            if differ == 0 || facts.sameness != Sameness::Apart { '≈' } else { '≠' }
        }
        Outcome::CouldNotTell if facts.sameness.tells_nothing() => {
            let are = if facts.sameness == Sameness::One { "both are the same database" } else { "both may be the same database" };
            parts.push(format!("{are}, so nothing can be told (--same compares it with itself)"));
            '?'
        }
        Outcome::CouldNotTell | Outcome::Empty => {
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
        Outcome::Equal if block + warn + inform + ignored == 0 => {
            let equal = facts.dimensions.iter().filter(|dimension| dimension.verdict == Outcome::Equal).count();
            parts.push(format!("equal in {}", counted(equal, "dimension", "dimensions")));
            '='
        }
        // What is excused is not equal.
        Outcome::Equal if block + warn + inform == 0 => {
            parts.push(format!("alike but for {} excused", thousands(ignored)));
            '≈'
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
    if ignored > 0 && block + warn + inform > 0 {
        parts.push(format!("{} excused", thousands(ignored)));
    }
    let weighed = if verdict.outcome == Outcome::Differs { facts.weighing } else { 0 };
    if shared > weighed {
        parts.push(format!("{} on both sides", counted(shared - weighed, "fault", "faults")));
    }
    if facts.sameness == Sameness::AsAsked {
        parts.push("both are the same database".to_owned());
    }
    let told = if verdict.outcome == Outcome::Differs { facts.expired + facts.others } else { 0 };
    if facts.findings > told {
        parts.push(counted(facts.findings - told, "finding", "findings"));
    }
    let readiness = verdict.readiness.as_ref().map(|readiness| format!("; {}", readiness.words)).unwrap_or_default();
    format!("{} {sign} {}: {}{readiness}", facts.reference, facts.candidate, parts.join(", "))
}

/// What the environment may do, in the only words for it. That of a state stands where all that the tier demands was compared, and is
/// as it was committed.
pub(super) fn readiness(judged: &gate::Readiness, excused: usize) -> Readiness {
    let but = if excused > 0 { format!(", but for {} excused", thousands(excused)) } else { String::new() };
    let (state, words) = match judged {
        gate::Readiness::ReadyForMigration { without } => {
            let nowhere: Vec<&str> = without.iter().copied().map(evenkeel_core::kind::Dimension::name).collect();
            let without = if nowhere.is_empty() { String::new() } else { format!(", without {}", nowhere.join(", ")) };
            (State::ReadyForMigration, format!("READY_FOR_MIGRATION{but}{without}"))
        }
        gate::Readiness::Matches { not_covered } => {
            let open: Vec<&str> = not_covered.iter().copied().map(evenkeel_core::kind::Dimension::name).collect();
            let words = format!("matches its manifest in what was asked for{but}; not covered: {}", open.join(", "));
            (State::MatchesItsManifest, words)
        }
        gate::Readiness::Deviates { differences } => {
            let words = format!("nothing blocks, but it is not as its manifest has it: {}", counted(*differences, "warning", "warnings"));
            (State::Deviates, words)
        }
        gate::Readiness::NotReady => (State::NotReady, "not ready for a migration".to_owned()),
    };
    Readiness { state, words }
}

/// `2 not visible`, `15 not comparable`: what could not be told, by why.
pub(crate) fn unseen(gaps: usize, not_comparable: usize) -> impl Iterator<Item = String> {
    let numbers = [(gaps.saturating_sub(not_comparable), "not visible"), (not_comparable, "not comparable")];
    numbers.into_iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{} {word}", thousands(number)))
}

/// What else is worth knowing of a dimension.
pub(super) fn note(
    dimension: Dimension,
    outcome: &compare::Outcome,
    data: &Data,
    sameness: Sameness,
    (reference, candidate): (&str, &str),
) -> Option<String> {
    match sameness {
        Sameness::One => return Some("the same database on both sides".to_owned()),
        Sameness::Unknown => return Some("perhaps the same database on both sides".to_owned()),
        Sameness::Apart | Sameness::AsAsked => {}
    }
    if outcome.compared && outcome.counts.is_empty() {
        let nothing = if dimension == Dimension::History { "no migration tool recognised" } else { "nothing there on either side" };
        return Some(nothing.to_owned());
    }
    volume(dimension, data, reference, candidate)
}

/// How much of the other's volume the smaller environment holds: `staging holds 0.2 % of the volume`.
fn volume(dimension: Dimension, data: &Data, reference: &str, candidate: &str) -> Option<String> {
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

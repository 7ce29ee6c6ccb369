//! What a comparison amounts to: the verdict, the parity floor, the exit code.

use crate::compare::Comparison;
use crate::kind::{Dimension, Severity};
use serde::{Deserialize, Serialize};

/// What an environment is for; decides which dimensions must be on the floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    Dev,
    Staging,
    Production,
}

impl Tier {
    /// The dimensions that must be equal for that tier.
    #[must_use]
    pub const fn demands(self) -> &'static [Dimension] {
        match self {
            Self::Dev => &[Dimension::Schema, Dimension::History],
            Self::Staging => &Dimension::ALL,
            Self::Production => &[Dimension::Schema, Dimension::Configuration, Dimension::History],
        }
    }

    /// The word users type and read.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }
}

/// What can be said of a dimension, or of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Equal,
    Differs,
    CouldNotTell,
}

/// Whether a dimension is on the parity floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    Met,
    NotMet,
    CouldNotTell,
    NotDemanded,
}

/// Everything a comparison amounts to: decided here once, for every report and every exit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    pub verdict: Verdict,
    pub exit_code: u8,
    /// The dimensions that were asked for.
    pub dimensions: Vec<(Dimension, Verdict)>,
    /// All dimensions.
    pub floor: Vec<(Dimension, Standing)>,
}

/// What an environment is ready for, by its committed manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// It matches, nothing that its tier demands is unknown, and the floor is met: a migration may begin.
    ReadyForMigration,
    /// It matches in what was asked for, which is not all that its tier demands.
    Matches { not_covered: Vec<Dimension> },
    /// It differs, or could not be told.
    NotReady,
}

/// Judges a comparison by the dimensions that are demanded and the least severity that counts.
#[must_use]
pub fn judge(comparison: &Comparison, demanded: &[Dimension], bar: Severity) -> Judgement {
    let dimensions: Vec<_> =
        comparison.outcomes.iter().map(|outcome| (outcome.dimension, verdict(comparison, outcome.dimension, bar))).collect();
    let floor = Dimension::ALL.into_iter().map(|dimension| (dimension, standing(comparison, dimension, demanded, bar))).collect();
    let exit_code = exit_code(comparison, demanded, bar);
    let verdict = match exit_code {
        0 => Verdict::Equal,
        1 => Verdict::Differs,
        _ => Verdict::CouldNotTell,
    };
    Judgement { verdict, exit_code, dimensions, floor }
}

impl Judgement {
    /// What the environment may do, given its tier; without one everything is demanded.
    #[must_use]
    pub fn readiness(&self, tier: Option<Tier>) -> Readiness {
        if self.exit_code != 0 {
            return Readiness::NotReady;
        }
        let demands = tier.map_or(&Dimension::ALL[..], Tier::demands);
        let is_open = |wanted: &Dimension| !self.dimensions.contains(&(*wanted, Verdict::Equal));
        let not_covered: Vec<Dimension> = demands.iter().copied().filter(is_open).collect();
        if not_covered.is_empty() { Readiness::ReadyForMigration } else { Readiness::Matches { not_covered } }
    }
}

/// The exit code of several environments. What differs is known, whatever else could not be told or reached: the known one
/// decides. Nothing looked at opens no gate.
#[must_use]
pub fn exit_code_of_all(codes: &[u8]) -> u8 {
    if codes.contains(&1) { 1 } else { codes.iter().copied().max().unwrap_or(2) }
}

/// The verdict on one dimension: any difference at or above the bar, else any gap, else equal.
#[must_use]
pub fn verdict(comparison: &Comparison, dimension: Dimension, bar: Severity) -> Verdict {
    let differs = comparison.differences.iter().any(|difference| difference.subject.dimension == dimension && difference.severity >= bar);
    if differs {
        return Verdict::Differs;
    }
    let compared = comparison.outcomes.iter().any(|outcome| outcome.dimension == dimension && outcome.compared);
    let gap = comparison.gaps.iter().any(|gap| gap.gap.dimension == dimension);
    if gap || !compared { Verdict::CouldNotTell } else { Verdict::Equal }
}

/// Whether a dimension is on the floor, where it is demanded.
#[must_use]
pub fn standing(comparison: &Comparison, dimension: Dimension, demanded: &[Dimension], bar: Severity) -> Standing {
    if !demanded.contains(&dimension) {
        return Standing::NotDemanded;
    }
    match verdict(comparison, dimension, bar) {
        Verdict::Equal => Standing::Met,
        Verdict::Differs => Standing::NotMet,
        Verdict::CouldNotTell => Standing::CouldNotTell,
    }
}

/// 0: nothing at or above the bar and no gap that was demanded to be closed; 1: a difference or another finding; 2: could not
/// tell, or nothing was looked at, whatever was demanded.
#[must_use]
pub fn exit_code(comparison: &Comparison, demanded: &[Dimension], bar: Severity) -> u8 {
    let differs = comparison.differences.iter().any(|difference| difference.severity >= bar);
    if differs || comparison.findings.iter().any(|finding| finding.severity >= bar) {
        return 1;
    }
    let looked = comparison.outcomes.iter().any(|outcome| outcome.compared);
    let told = demanded.iter().all(|dimension| verdict(comparison, *dimension, bar) != Verdict::CouldNotTell);
    if told && looked { 0 } else { 2 }
}

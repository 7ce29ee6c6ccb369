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

/// The verdict on one dimension: any difference at or above the bar, else any gap, else equal.
#[must_use]
pub fn verdict(comparison: &Comparison, dimension: Dimension, bar: Severity) -> Verdict {
    let differs = comparison.differences.iter().any(|difference| difference.dimension == dimension && difference.severity >= bar);
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

/// 0: nothing at or above the bar and no gap that was demanded to be closed; 1: a difference; 2: could not tell.
#[must_use]
pub fn exit_code(comparison: &Comparison, demanded: &[Dimension], bar: Severity) -> u8 {
    if comparison.differences.iter().any(|difference| difference.severity >= bar) {
        return 1;
    }
    let told = demanded.iter().all(|dimension| verdict(comparison, *dimension, bar) != Verdict::CouldNotTell);
    if told { 0 } else { 2 }
}

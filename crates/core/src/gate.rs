//! What a comparison amounts to: the verdict, the parity floor, the exit code.

use crate::compare::{Comparison, Outcome, SideGap, Which};
use crate::kind::{Dimension, Kind, Severity};
use crate::manifest::{Gap, Manifest, Reason};
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
    /// Neither side has anything of it: that is neither equal nor a reason to stop.
    Empty,
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
    /// Differences and findings that are more than expected or cosmetic.
    pub weighty: usize,
}

/// What an environment is ready for, by its committed manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// It matches, nothing that its tier demands is unknown, and the floor is met: a migration may begin.
    ReadyForMigration {
        /// What its tier demands, and the configuration says is nowhere.
        without: Vec<Dimension>,
    },
    /// It matches in what was asked for, which is not all that its tier demands.
    Matches { not_covered: Vec<Dimension> },
    /// Nothing blocks, and it is not what was committed: so many differences weigh less than the bar.
    Deviates { differences: usize },
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
    let weights = comparison.differences.iter().map(|difference| difference.severity);
    let weights = weights.chain(comparison.findings.iter().map(|finding| finding.severity));
    let weighty = weights.filter(|severity| *severity > Severity::Inform).count();
    Judgement { verdict, exit_code, dimensions, floor, weighty }
}

/// Where somebody insists on a dimension that neither side has anything of: that is no agreement but something that could not be seen.
pub fn insist(comparison: &mut Comparison, demanded: &[Dimension]) {
    for outcome in comparison.outcomes.iter().filter(|outcome| is_empty(outcome) && demanded.contains(&outcome.dimension)) {
        let dimension = outcome.dimension;
        if comparison.gaps.iter().any(|gap| gap.gap.dimension == dimension) {
            continue;
        }
        let (detail, cure) = match dimension {
            Dimension::History => (
                "no migration tool was recognised on either side",
                "name the table that records migrations: history = \"schema.table\" in [environments.NAME]; or history = false, where nothing does",
            ),
            _ => ("neither side has anything of it", "look whether the databases that were named are those that were meant"),
        };
        let gap = Gap::dimension(dimension, Reason::NotCaptured, detail.to_owned()).cure(cure);
        comparison.gaps.push(SideGap { which: Which::Both, gap, across: None });
    }
}

/// Both sides were captured in it and have nothing of it.
fn is_empty(outcome: &Outcome) -> bool {
    outcome.compared && outcome.counts.is_empty()
}

impl Judgement {
    /// What the environment may do, given its tier; without one everything is demanded. What is `nowhere`, by somebody's own word, is
    /// not, and goes with the word.
    #[must_use]
    pub fn readiness(&self, tier: Option<Tier>, nowhere: &[Dimension]) -> Readiness {
        if self.exit_code != 0 {
            return Readiness::NotReady;
        }
        let demands = tier.map_or(&Dimension::ALL[..], Tier::demands);
        let has = |wanted: &Dimension, verdict| self.dimensions.contains(&(*wanted, verdict));
        // Without a tier what is demanded is what is there.
        let is_open = |wanted: &Dimension| !(has(wanted, Verdict::Equal) || tier.is_none() && has(wanted, Verdict::Empty));
        let (without, demands): (Vec<Dimension>, Vec<Dimension>) = demands.iter().partition(|dimension| nowhere.contains(dimension));
        let not_covered: Vec<Dimension> = demands.into_iter().filter(is_open).collect();
        match self.weighty {
            0 if not_covered.is_empty() => Readiness::ReadyForMigration { without },
            0 => Readiness::Matches { not_covered },
            differences => Readiness::Deviates { differences },
        }
    }
}

/// How like a reference one of several is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Likeness {
    /// In everything that was compared.
    Equal,
    /// No difference is at or above the bar; something is different, excused, or could not be seen where that is not demanded, or
    /// something else closes the gate.
    Alike,
    Differs,
    CouldNotTell,
}

/// How like its reference the candidate is, after so many differences were excused. An exception that has run out closes the gate and
/// makes no difference.
#[must_use]
pub fn likeness(comparison: &Comparison, judgement: &Judgement, excused: usize, bar: Severity) -> Likeness {
    let differs = comparison.differences.iter().any(|difference| difference.severity >= bar);
    match judgement.exit_code {
        1 if differs => Likeness::Differs,
        0 if comparison.differences.is_empty() && comparison.gaps.is_empty() && excused == 0 => Likeness::Equal,
        0 | 1 => Likeness::Alike,
        _ => Likeness::CouldNotTell,
    }
}

/// Whether a schema has anything that another could be like: a schema alone is no evidence.
#[must_use]
pub fn is_empty_schema(schema: &Manifest) -> bool {
    schema.objects().iter().all(|object| object.kind == Kind::Schema || object.kind.spec().dimension != Dimension::Schema)
}

/// The exit code of several environments. What differs is known, whatever else could not be told or reached: the known one
/// decides. Nothing looked at opens no gate.
#[must_use]
pub fn exit_code_of_all(codes: &[u8]) -> u8 {
    if codes.contains(&1) { 1 } else { codes.iter().copied().max().unwrap_or(2) }
}

/// The verdict on one dimension: any difference at or above the bar, else any gap, else equal. Of one database beside itself
/// nothing can be told. What nobody has anything of is no agreement.
#[must_use]
pub fn verdict(comparison: &Comparison, dimension: Dimension, bar: Severity) -> Verdict {
    if comparison.sameness.tells_nothing() {
        return Verdict::CouldNotTell;
    }
    let differs = comparison.differences.iter().any(|difference| difference.subject.dimension == dimension && difference.severity >= bar);
    let is_found = comparison.findings.iter().any(|finding| finding.dimension() == Some(dimension) && finding.severity >= bar);
    if differs || is_found {
        return Verdict::Differs;
    }
    let outcome = comparison.outcomes.iter().find(|outcome| outcome.dimension == dimension && outcome.compared);
    let gap = comparison.gaps.iter().any(|gap| gap.gap.dimension == dimension);
    match outcome {
        None => Verdict::CouldNotTell,
        Some(_) if gap => Verdict::CouldNotTell,
        Some(outcome) if is_empty(outcome) => Verdict::Empty,
        Some(_) => Verdict::Equal,
    }
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
        // What everybody demands who names nothing is what is there.
        Verdict::Empty => Standing::NotDemanded,
    }
}

/// 0: nothing at or above the bar and no gap that was demanded to be closed; 1: a difference or another finding; 2: could not
/// tell, nothing was looked at, whatever was demanded, or both sides are one database and nobody asked for that.
#[must_use]
pub fn exit_code(comparison: &Comparison, demanded: &[Dimension], bar: Severity) -> u8 {
    if comparison.sameness.tells_nothing() {
        return 2;
    }
    let differs = comparison.differences.iter().any(|difference| difference.severity >= bar);
    let weighs = comparison.shared_weigh && comparison.shared.iter().any(|fault| fault.severity >= bar);
    if differs || weighs || comparison.findings.iter().any(|finding| finding.severity >= bar) {
        return 1;
    }
    let empty = |outcome: &Outcome| verdict(comparison, outcome.dimension, bar) == Verdict::Empty;
    let looked = comparison.outcomes.iter().any(|outcome| outcome.compared && !empty(outcome));
    let told = demanded.iter().all(|dimension| verdict(comparison, *dimension, bar) != Verdict::CouldNotTell);
    if told && looked { 0 } else { 2 }
}

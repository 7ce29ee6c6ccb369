//! From a comparison to the document: pure, every word and number of every format is decided here.
//!
//! Lives here: turning `core`'s structs into the public ones. Does not live here: judgement (`core::gate`), wording of
//! the verdict (`document/line`).

use super::{
    Count, Data, Difference, DimensionResult, Document, Endpoint, Floor, Gap, Ignored, Object, Outcome, PerSeverity, SCHEMA_VERSION,
    Severity, Tool, Verdict, line,
};
use evenkeel_core::compare::{self, Comparison, Side};
use evenkeel_core::digest;
use evenkeel_core::gate::{self, Tier};
use evenkeel_core::kind::{self, Kind, Parent, Value};
use evenkeel_core::{manifest, policy};
use std::time::Duration;

/// Everything a report is made of.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// What is left after the policy was applied.
    pub comparison: &'a Comparison,
    /// What the policy excuses.
    pub ignored: &'a [policy::Ignored],
    pub reference: Side<'a>,
    pub candidate: Side<'a>,
    /// The dimensions the exit code depends on.
    pub demanded: &'a [kind::Dimension],
    /// Why they are demanded; `None` without a configuration file.
    pub tier: Option<Tier>,
    pub fail_on: kind::Severity,
    pub elapsed: Duration,
    /// Of evenkeel.
    pub version: &'a str,
    /// The command line that reproduces it, without secrets.
    pub command: &'a str,
}

impl Document {
    /// Writes down what a comparison found.
    #[must_use]
    pub fn build(input: &Input<'_>) -> Self {
        let comparison = input.comparison;
        let (reference, candidate) = (input.reference.label, input.candidate.label);
        let data = Data::of(input.reference.manifest, input.candidate.manifest);
        let dimensions: Vec<DimensionResult> = comparison.outcomes.iter().map(|outcome| dimension(input, outcome, &data)).collect();
        let verdict = verdict(input, &dimensions);
        Self {
            schema_version: SCHEMA_VERSION.to_owned(),
            tool: Tool { name: "evenkeel".to_owned(), version: input.version.to_owned() },
            verdict,
            reference: endpoint(reference, &comparison.reference),
            candidate: endpoint(candidate, &comparison.candidate),
            fail_on: input.fail_on.into(),
            floor: floor(input),
            dimensions,
            differences: comparison.differences.iter().map(|found| difference(input, found)).collect(),
            ignored: input.ignored.iter().map(|found| ignored(input, found)).collect(),
            gaps: comparison.gaps.iter().map(gap).collect(),
            data,
            elapsed_ms: u64::try_from(input.elapsed.as_millis()).unwrap_or(u64::MAX),
            read_only: true,
            command: input.command.to_owned(),
        }
    }
}

fn verdict(input: &Input<'_>, dimensions: &[DimensionResult]) -> Verdict {
    let per = per_severity(input.comparison.differences.iter());
    let exit_code = match gate::exit_code(input.comparison, input.demanded, input.fail_on) {
        // Nothing was looked at: no gate opens on that, whatever was demanded.
        0 if !dimensions.iter().any(|dimension| dimension.compared) => 2,
        code => code,
    };
    let outcome = match exit_code {
        0 => Outcome::Equal,
        1 => Outcome::Differs,
        _ => Outcome::CouldNotTell,
    };
    let verdict = Verdict {
        outcome,
        line: String::new(),
        exit_code,
        block: per.block,
        warn: per.warn,
        inform: per.inform,
        gaps: input.comparison.gaps.len(),
        not_comparable: input.comparison.gaps.iter().filter(not_comparable).count(),
    };
    let facts = line::Facts { reference: input.reference.label, candidate: input.candidate.label, bar: input.fail_on.into(), dimensions };
    Verdict { line: line::verdict(&facts, &verdict), ..verdict }
}

fn dimension(input: &Input<'_>, outcome: &compare::Outcome, data: &Data) -> DimensionResult {
    let comparison = input.comparison;
    let dimension = outcome.dimension;
    let name = dimension.into();
    DimensionResult {
        name,
        compared: outcome.compared,
        verdict: gate::verdict(comparison, dimension, input.fail_on).into(),
        demanded: input.demanded.contains(&dimension),
        reference_digest: outcome.reference_digest.clone(),
        candidate_digest: outcome.candidate_digest.clone(),
        counts: outcome.counts.iter().map(|(kind, counts)| count(*kind, *counts)).collect(),
        differences: per_severity(comparison.differences.iter().filter(|difference| difference.dimension == dimension)),
        gaps: comparison.gaps.iter().filter(|gap| gap.gap.dimension == dimension).count(),
        not_comparable: comparison.gaps.iter().filter(|gap| gap.gap.dimension == dimension).filter(not_comparable).count(),
        note: line::volume(name, data, input.reference.label, input.candidate.label),
    }
}

fn not_comparable(gap: &&compare::SideGap) -> bool {
    gap.gap.reason == manifest::Reason::NotComparable
}

fn count(kind: Kind, (reference, candidate): (usize, usize)) -> Count {
    let spec = kind.spec();
    Count { kind: spec.name.to_owned(), plural: spec.plural.to_owned(), reference, candidate }
}

fn per_severity<'a>(differences: impl Iterator<Item = &'a compare::Difference>) -> PerSeverity {
    let mut per = PerSeverity::default();
    for difference in differences {
        match difference.severity {
            kind::Severity::Block => per.block += 1,
            kind::Severity::Warn => per.warn += 1,
            kind::Severity::Inform => per.inform += 1,
        }
    }
    per
}

fn floor(input: &Input<'_>) -> Vec<Floor> {
    let floor = |dimension: kind::Dimension| Floor {
        dimension: dimension.into(),
        standing: gate::standing(input.comparison, dimension, input.demanded, input.fail_on).into(),
        tier: input.tier.map(|tier| tier.name().to_owned()),
    };
    kind::Dimension::ALL.into_iter().map(floor).collect()
}

fn endpoint(label: &str, endpoint: &manifest::Endpoint) -> Endpoint {
    Endpoint {
        label: label.to_owned(),
        engine: endpoint.engine.name().to_owned(),
        server_version: endpoint.server_version.clone(),
        database: endpoint.database.clone(),
        role: endpoint.role.clone(),
        node: endpoint.node.clone(),
        node_role: endpoint.node_role.into(),
        captured_at: endpoint.captured_at.clone(),
    }
}

fn difference(input: &Input<'_>, found: &compare::Difference) -> Difference {
    let part = |name: &str| found.identity.iter().find(|(part, _)| *part == name).map(|(_, value)| value.clone());
    let severity: Severity = found.severity.into();
    Difference {
        id: found.id.clone(),
        dimension: found.dimension.into(),
        kind: found.kind.to_owned(),
        object: Object { display: found.object.clone(), schema: part("schema"), table: table(input, found) },
        identity: found.identity.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        attribute: found.attribute.map(str::to_owned),
        change: found.change.into(),
        side: found.which.into(),
        expected: found.expected.clone(),
        found: found.found.clone(),
        detail: found.detail.iter().cloned().collect(),
        severity,
        origin: found.origin.clone(),
        why: found.why.clone(),
        fix: found.fix.clone(),
        fingerprint: fingerprint(found),
    }
}

/// The table a column, constraint or index belongs to.
fn table(input: &Input<'_>, found: &compare::Difference) -> Option<String> {
    let kind = Kind::from_name(found.kind)?;
    let spec = kind.spec();
    let identity: Vec<&str> = found.identity.iter().map(|(_, value)| value.as_str()).collect();
    let parts: Vec<&str> = match spec.parent {
        Parent::Relation => identity.get(..2)?.to_vec(),
        Parent::Property(name) => {
            let object = [input.reference, input.candidate].into_iter().find_map(|side| side.manifest.find(kind, &identity))?;
            match object.get(name)? {
                Value::List(parts) => parts.iter().map(AsRef::as_ref).collect(),
                _ => return None,
            }
        }
        // The twin has the same identity; where it is named within a table, the table stands before it.
        Parent::Twin(_) if found.identity.iter().any(|(part, _)| *part == "table") => identity.get(..2)?.to_vec(),
        Parent::None | Parent::Schema | Parent::Object | Parent::Twin(_) => return None,
    };
    Some(manifest::Object::new(Kind::Table, manifest::Identity::new(parts)).display())
}

/// The same from run to run: depends on what is wrong with what, not on the values, the labels or the time.
fn fingerprint(found: &compare::Difference) -> String {
    let head = [found.id.as_str(), found.object.as_str(), found.attribute.unwrap_or_default()].join("\0");
    let mut hex = digest::chain("finding", &head, std::iter::empty()).hex();
    hex.truncate(32);
    hex
}

fn ignored(input: &Input<'_>, found: &policy::Ignored) -> Ignored {
    Ignored {
        difference: difference(input, &found.difference),
        reason: found.waiver.reason.clone(),
        owner: found.waiver.owner.clone(),
        until: found.waiver.until.to_string(),
        origin: found.waiver.origin.clone(),
    }
}

fn gap(found: &compare::SideGap) -> Gap {
    Gap {
        side: found.which.into(),
        dimension: found.gap.dimension.into(),
        kind: found.gap.kind.clone(),
        object: found.gap.object.clone(),
        attribute: found.gap.attribute.clone(),
        reason: found.gap.reason.into(),
        detail: found.gap.detail.clone(),
        cure: found.gap.cure.clone(),
    }
}

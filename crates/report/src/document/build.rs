//! From a comparison to the document: pure, every word and number of every format is decided here.
//!
//! Lives here: turning `core`'s structs into the public ones. Does not live here: judgement (`core::gate`), wording of
//! the verdict (`document/line`).

use super::{
    Count, Data, Difference, DimensionResult, Document, Endpoint, Finding, Floor, Frame, Gap, Gate, Ignored, Object, PerSeverity, Place,
    SCHEMA_VERSION, Subject, Tool, Verdict, line, origin,
};
use evenkeel_core::compare::{self, Comparison, Side};
use evenkeel_core::digest;
use evenkeel_core::finding::{self, Remedy};
use evenkeel_core::gate::{self, Judgement, Tier};
use evenkeel_core::kind::{self, Kind, Parent, Value};
use evenkeel_core::{manifest, policy};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

/// Everything a report is made of. What it amounts to was judged before.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// What is left after the policy was applied.
    pub comparison: &'a Comparison,
    pub judgement: &'a Judgement,
    /// What the policy excuses.
    pub ignored: &'a [policy::Ignored],
    pub reference: Side<'a>,
    pub candidate: Side<'a>,
    /// The dimensions the exit code depends on.
    pub demanded: &'a [kind::Dimension],
    /// Why they are demanded; `None` without a configuration file.
    pub tier: Option<Tier>,
    /// The file each side was read from, reference first, where it was one.
    pub files: [Option<&'a str>; 2],
    /// Where the candidate is configured.
    pub configured: Option<&'a finding::Place>,
    /// What the candidate is ready for, where it was checked against its manifest.
    pub readiness: Option<&'a gate::Readiness>,
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
        let frame = Frame {
            schema_version: SCHEMA_VERSION.to_owned(),
            tool: Tool { name: "evenkeel".to_owned(), version: input.version.to_owned() },
            verdict: verdict(input, &dimensions),
            fail_on: input.fail_on.into(),
            gates: gates(&input.judgement.floor, input.tier).into_iter().chain([bar(input)]).collect(),
            findings: comparison.findings.iter().map(Finding::from).collect(),
            gaps: comparison.gaps.iter().map(gap).collect(),
            elapsed_ms: u64::try_from(input.elapsed.as_millis()).unwrap_or(u64::MAX),
            read_only: true,
            command: input.command.to_owned(),
        };
        let places = Places::of(input);
        let difference = |found: &compare::Difference| Difference { place: places.find(&found.subject), ..difference(input, found) };
        let section = super::Comparison {
            reference: endpoint(reference, &comparison.reference),
            candidate: endpoint(candidate, &comparison.candidate),
            floor: floor(input),
            dimensions,
            differences: comparison.differences.iter().map(difference).collect(),
            shared: comparison.shared.iter().map(difference).collect(),
            same_database: comparison.sameness != compare::Sameness::Apart,
            ignored: input.ignored.iter().map(|found| ignored(input, found)).collect(),
            data,
            patch: None,
        };
        Self { frame, comparison: Some(section), schemas: None }
    }
}

/// The parity floor as gates: each dimension that is demanded.
pub(super) fn gates(floor: &[(kind::Dimension, gate::Standing)], tier: Option<Tier>) -> Vec<Gate> {
    let origin = tier.map_or_else(|| "asked for".to_owned(), |tier| format!("tier {}", tier.name()));
    let demanded = floor.iter().filter(|(_, standing)| *standing != gate::Standing::NotDemanded);
    let gate = |(dimension, standing): &(kind::Dimension, gate::Standing)| Gate {
        name: format!("parity floor: {}", dimension.name()),
        limit: "equal".to_owned(),
        found: match standing {
            gate::Standing::Met => "equal",
            gate::Standing::NotMet => "differs",
            gate::Standing::CouldNotTell | gate::Standing::NotDemanded => "could not tell",
        }
        .to_owned(),
        holds: *standing == gate::Standing::Met,
        origin: origin.clone(),
    };
    demanded.map(gate).collect()
}

/// What must not be there at all.
fn bar(input: &Input<'_>) -> Gate {
    let weights = input.comparison.differences.iter().map(|difference| difference.severity);
    let weights = weights.chain(input.comparison.findings.iter().map(|finding| finding.severity));
    let over = weights.filter(|severity| *severity >= input.fail_on).count() + weighing(input);
    Gate {
        name: "findings".to_owned(),
        limit: format!("none at or above {}", input.fail_on.name()),
        found: over.to_string(),
        holds: over == 0,
        origin: "fail_on".to_owned(),
    }
}

/// Shared faults that close the gate: somebody has given them a weight.
fn weighing(input: &Input<'_>) -> usize {
    let comparison = input.comparison;
    if !comparison.shared_weigh {
        return 0;
    }
    comparison.shared.iter().filter(|fault| fault.severity >= input.fail_on).count()
}

impl From<&finding::Finding> for Finding {
    fn from(found: &finding::Finding) -> Self {
        let (subject, name) = match &found.subject {
            finding::Subject::Object(thing) => {
                let (kind, object) = (thing.kind.name().to_owned(), thing.object.clone());
                let name = format!("{kind} {object} {}", thing.attribute.unwrap_or_default());
                (Subject::Object { kind, object, attribute: thing.attribute.map(str::to_owned) }, name)
            }
            finding::Subject::Place(at) => (Subject::Statement(place(at)), at.to_string()),
            finding::Subject::Migration { tool, key } => {
                (Subject::Migration { tool: tool.clone(), key: key.clone() }, format!("{tool} {key}"))
            }
            finding::Subject::Environment { name } => (Subject::Environment { name: name.clone() }, name.clone()),
            finding::Subject::Waiver { pattern, .. } => (Subject::Waiver { pattern: pattern.clone() }, pattern.clone()),
        };
        let (origin, place) = match &found.origin {
            finding::Origin::Captured { side, set_by } => {
                let side = super::Side::from(*side).name();
                (set_by.as_ref().map_or_else(|| side.to_owned(), |set_by| format!("{side}, set by {set_by}")), None)
            }
            finding::Origin::Written(at) => (at.to_string(), Some(place(at))),
            finding::Origin::Manual(address) => ((*address).to_owned(), None),
        };
        Self {
            id: found.id.clone(),
            severity: found.severity.into(),
            subject,
            expected: found.expected.clone(),
            found: found.found.clone(),
            origin,
            place,
            why: found.why.clone(),
            fix: found.remedy.as_ref().and_then(Remedy::statements).map(str::to_owned),
            step: found.remedy.as_ref().and_then(Remedy::step).map(str::to_owned),
            fingerprint: fingerprint(&found.id, &name, None),
        }
    }
}

fn place(at: &finding::Place) -> Place {
    Place { file: at.file.clone(), line: at.line, column: at.column }
}

fn verdict(input: &Input<'_>, dimensions: &[DimensionResult]) -> Verdict {
    let (differences, findings) = (&input.comparison.differences, &input.comparison.findings);
    let weights = differences.iter().map(|difference| difference.severity).chain(findings.iter().map(|finding| finding.severity));
    let per = per_severity(weights);
    let verdict = Verdict {
        outcome: input.judgement.verdict.into(),
        line: String::new(),
        exit_code: input.judgement.exit_code,
        block: per.block,
        warn: per.warn,
        inform: per.inform,
        gaps: input.comparison.gaps.len(),
        not_comparable: input.comparison.gaps.iter().filter(not_comparable).count(),
        shared: input.comparison.shared.len(),
        ignored: input.ignored.len(),
        readiness: input.readiness.map(|readiness| line::readiness(readiness, input.ignored.len())),
    };
    let expired = findings.iter().filter(|finding| finding.id == finding::WAIVER_EXPIRED).count();
    let others = findings.iter().filter(|finding| finding.id != finding::WAIVER_EXPIRED && finding.severity >= input.fail_on).count();
    let (reference, candidate) = (input.reference.label, input.candidate.label);
    let own = per_severity(differences.iter().map(|difference| difference.severity));
    let differing = differences.iter().filter(|difference| difference.severity >= input.fail_on).count();
    let facts = line::Facts {
        reference,
        candidate,
        bar: input.fail_on.into(),
        dimensions,
        per: own,
        findings: findings.len(),
        differing,
        expired,
        others,
        weighing: weighing(input),
        sameness: input.comparison.sameness,
    };
    Verdict { line: line::verdict(&facts, &verdict), ..verdict }
}

fn dimension(input: &Input<'_>, outcome: &compare::Outcome, data: &Data) -> DimensionResult {
    let comparison = input.comparison;
    let dimension = outcome.dimension;
    let name = dimension.into();
    let in_it = comparison.differences.iter().filter(|difference| difference.subject.dimension == dimension);
    DimensionResult {
        name,
        compared: outcome.compared,
        verdict: judged(input, dimension).into(),
        demanded: input.demanded.contains(&dimension),
        reference_digest: outcome.reference_digest.clone(),
        candidate_digest: outcome.candidate_digest.clone(),
        counts: outcome.counts.iter().map(|(kind, counts)| count(*kind, *counts)).collect(),
        differences: per_severity(in_it.map(|difference| difference.severity)),
        gaps: comparison.gaps.iter().filter(|gap| gap.gap.dimension == dimension).count(),
        not_comparable: comparison.gaps.iter().filter(|gap| gap.gap.dimension == dimension).filter(not_comparable).count(),
        shared: comparison.shared.iter().filter(|fault| fault.subject.dimension == dimension).count(),
        ignored: input.ignored.iter().filter(|ignored| ignored.difference.subject.dimension == dimension).count(),
        note: line::note(name, outcome, data, comparison.sameness, (input.reference.label, input.candidate.label)),
    }
}

/// A dimension that nobody judged was not looked at.
fn judged(input: &Input<'_>, dimension: kind::Dimension) -> gate::Verdict {
    let mut dimensions = input.judgement.dimensions.iter();
    dimensions.find(|(name, _)| *name == dimension).map_or(gate::Verdict::CouldNotTell, |(_, verdict)| *verdict)
}

fn not_comparable(gap: &&compare::SideGap) -> bool {
    gap.gap.reason == manifest::Reason::NotComparable
}

fn count(kind: Kind, (reference, candidate): (usize, usize)) -> Count {
    let spec = kind.spec();
    Count { kind: spec.name.to_owned(), plural: spec.plural.to_owned(), reference, candidate }
}

fn per_severity(weights: impl Iterator<Item = kind::Severity>) -> PerSeverity {
    let mut per = PerSeverity::default();
    for weight in weights {
        match weight {
            kind::Severity::Block => per.block += 1,
            kind::Severity::Warn => per.warn += 1,
            kind::Severity::Inform => per.inform += 1,
        }
    }
    per
}

fn floor(input: &Input<'_>) -> Vec<Floor> {
    let floor = |(dimension, standing): &(kind::Dimension, gate::Standing)| Floor {
        dimension: (*dimension).into(),
        standing: (*standing).into(),
        tier: input.tier.map(|tier| tier.name().to_owned()),
    };
    input.judgement.floor.iter().map(floor).collect()
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
    let about = &found.subject;
    let part = |name: &str| about.identity.iter().find(|(part, _)| *part == name).map(|(_, value)| value.clone());
    let own = |side| origin::set_by(side, about).filter(|_| found.change == compare::Change::Changed);
    let (origin, set_by) = match (&found.origin, own(input.reference)) {
        (finding::Origin::Captured { side, .. }, set_by @ Some(_)) => origin_of(input, &finding::Origin::Captured { side: *side, set_by }),
        _ => origin_of(input, &found.origin),
    };
    let found_set_by = own(input.candidate).map(|set_by| format!("set by {set_by}"));
    Difference {
        id: found.id.clone(),
        dimension: about.dimension.into(),
        kind: about.kind.name().to_owned(),
        object: Object { display: about.object.clone(), schema: part("schema"), table: table(input, about) },
        identity: about.identity.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        attribute: about.attribute.map(str::to_owned),
        change: found.change.into(),
        side: found.which.into(),
        expected: found.expected.clone(),
        found: found.found.clone(),
        detail: detail(found),
        severity: found.severity.into(),
        origin,
        set_by,
        found_set_by,
        place: None,
        why: found.why.clone(),
        fix: found.remedy.as_ref().and_then(Remedy::statements).map(str::to_owned),
        step: found.remedy.as_ref().and_then(Remedy::step).map(str::to_owned),
        fingerprint: fingerprint(&found.id, &about.object, about.attribute),
    }
}

/// Where a difference stands in a file that a person can open: the object's line in a manifest, else where the environment is
/// configured.
struct Places<'a> {
    lines: HashMap<(Kind, Vec<&'a str>), Place>,
    otherwise: Option<Place>,
}

impl<'a> Places<'a> {
    fn of(input: &Input<'a>) -> Self {
        let comparison = input.comparison;
        let subjects = comparison.differences.iter().chain(&comparison.shared).map(|difference| &difference.subject);
        let wanted: HashSet<_> = subjects.map(key).collect();
        let mut lines = HashMap::new();
        let sides = [(input.files[1], input.candidate), (input.files[0], input.reference)];
        for (file, side) in sides.into_iter().filter_map(|(file, side)| Some((file?, side))) {
            // The header is the first line; what is measured stands in another file.
            let stable = side.manifest.objects().iter().filter(|object| !object.is_measured());
            for (object, line) in stable.zip(2u32..) {
                let own = (object.kind, object.identity.parts().collect::<Vec<_>>());
                if wanted.contains(&own) {
                    lines.insert(own, Place { file: file.to_owned(), line, column: None });
                }
            }
        }
        let head = input.files.into_iter().flatten().next().map(|file| Place { file: file.to_owned(), line: 1, column: None });
        Self { lines, otherwise: head.or_else(|| input.configured.map(place)) }
    }

    fn find(&self, subject: &finding::Thing) -> Option<Place> {
        self.lines.get(&key(subject)).or(self.otherwise.as_ref()).cloned()
    }
}

fn key(subject: &finding::Thing) -> (Kind, Vec<&str>) {
    (subject.kind, subject.identity.iter().map(|(_, value)| value.as_str()).collect())
}

/// What only a comparison knows of a difference, in words.
fn detail(found: &compare::Difference) -> BTreeMap<String, String> {
    let part =
        |(kind, count): &(Kind, usize)| format!("{count} {}", if *count == 1 { kind.name() } else { kind.spec().plural }.replace('-', " "));
    let with: Vec<String> = found.with.iter().map(part).collect();
    let renamed = found.change == compare::Change::Renamed;
    let told = [
        ("ratio", found.ratio.clone()),
        ("with", (!with.is_empty()).then(|| with.join(", "))),
        ("rename", renamed.then(|| "suspected: same body under another name".to_owned())),
        ("manual", found.manual.clone()),
    ];
    told.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?))).collect()
}

/// Where an expectation comes from, whole; and what of it goes beyond what is known of the side anyway.
fn origin_of(input: &Input<'_>, origin: &finding::Origin) -> (String, Option<String>) {
    match origin {
        finding::Origin::Captured { side, set_by } => {
            let side = if *side == finding::Which::Candidate { input.candidate } else { input.reference };
            let endpoint = &side.manifest.endpoint;
            let set_by = set_by.as_ref().map(|set_by| format!("set by {set_by}"));
            let read = format!(
                "{}: {} {}, database {}, read {}",
                side.label,
                endpoint.engine.name(),
                endpoint.server_version,
                endpoint.database,
                endpoint.captured_at
            );
            (set_by.as_ref().map_or_else(|| read.clone(), |set_by| format!("{read}, {set_by}")), set_by)
        }
        finding::Origin::Written(place) => (place.to_string(), Some(place.to_string())),
        finding::Origin::Manual(address) => ((*address).to_owned(), Some((*address).to_owned())),
    }
}

/// The table a column, constraint or index belongs to.
fn table(input: &Input<'_>, about: &finding::Thing) -> Option<String> {
    let (kind, spec) = (about.kind, about.kind.spec());
    let identity: Vec<&str> = about.identity.iter().map(|(_, value)| value.as_str()).collect();
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
        Parent::Twin(_) if about.identity.iter().any(|(part, _)| *part == "table") => identity.get(..2)?.to_vec(),
        Parent::None | Parent::Schema | Parent::Object | Parent::Twin(_) => return None,
    };
    Some(manifest::Object::new(Kind::Table, manifest::Identity::new(parts)).display())
}

/// The same from run to run: depends on what is wrong with what, not on the values, the labels or the time.
fn fingerprint(id: &str, object: &str, attribute: Option<&str>) -> String {
    let head = [id, object, attribute.unwrap_or_default()].join("\0");
    // Not the version of today's digests: a service that keeps track of findings must know them again.
    let mut hex = digest::chain_of(1, "finding", &head, std::iter::empty()).hex();
    hex.truncate(32);
    hex
}

fn ignored(input: &Input<'_>, found: &policy::Ignored) -> Ignored {
    Ignored {
        difference: difference(input, &found.difference),
        reason: found.waiver.reason.clone(),
        owner: found.waiver.owner.clone(),
        until: found.waiver.until.to_string(),
        origin: found.waiver.place.to_string(),
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
        across: found.across.map(Into::into),
        detail: found.gap.detail.clone(),
        cure: found.gap.cure.clone(),
    }
}

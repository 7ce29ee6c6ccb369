//! The document of a comparison that did not come about: an environment or its manifest could not be read.
//!
//! Lives here: what is said where nothing is known, so that whoever reads only the report sees that environment too.
//! Neighbour: `document/build`, for a comparison that did.

use super::{
    Comparison, Data, DimensionResult, Document, Endpoint, Floor, Frame, Gap, NodeRole, Outcome, PerSeverity, Reason, SCHEMA_VERSION, Side,
    Tool, Verdict, build, line,
};
use evenkeel_core::compare::Sameness;
use evenkeel_core::gate::{Standing, Tier};
use evenkeel_core::kind;
use std::time::Duration;

/// Everything such a report is made of.
#[derive(Debug, Clone, Copy)]
pub struct Unread<'a> {
    /// What the two sides are called.
    pub reference: &'a str,
    pub candidate: &'a str,
    /// The dimensions that were asked for.
    pub dimensions: &'a [kind::Dimension],
    /// Those of them the exit code depends on.
    pub demanded: &'a [kind::Dimension],
    pub tier: Option<Tier>,
    pub fail_on: kind::Severity,
    pub elapsed: Duration,
    /// Of evenkeel.
    pub version: &'a str,
    /// The command line that reproduces it, without secrets.
    pub command: &'a str,
    /// What failed, expected and found, without secrets.
    pub detail: &'a str,
    pub fix: Option<&'a str>,
    /// Nothing was given that could be read, rather than that reading failed.
    pub is_configuration: bool,
    /// Of the process, were this all it did.
    pub exit_code: u8,
}

impl Document {
    /// Writes down that nothing could be told, and why: as a gap in every dimension that was asked for.
    #[must_use]
    pub fn unread(input: &Unread<'_>) -> Self {
        let dimensions: Vec<DimensionResult> = input.dimensions.iter().map(|dimension| result(input, *dimension)).collect();
        let gap = |dimension: &kind::Dimension| Gap {
            side: Side::Candidate,
            dimension: (*dimension).into(),
            kind: None,
            object: None,
            attribute: None,
            across: None,
            reason: if input.is_configuration { Reason::NotConfigured } else { Reason::Failed },
            detail: input.detail.to_owned(),
            cure: input.fix.map(str::to_owned),
        };
        let verdict = Verdict {
            outcome: Outcome::CouldNotTell,
            line: String::new(),
            exit_code: input.exit_code,
            block: 0,
            warn: 0,
            inform: 0,
            gaps: input.dimensions.len(),
            not_comparable: 0,
            shared: 0,
            ignored: 0,
            readiness: None,
        };
        let facts = line::Facts {
            reference: input.reference,
            candidate: input.candidate,
            bar: input.fail_on.into(),
            dimensions: &dimensions,
            per: PerSeverity::default(),
            findings: 0,
            differing: 0,
            expired: 0,
            others: 0,
            weighing: 0,
            sameness: Sameness::Apart,
        };
        let line = line::verdict(&facts, &verdict);
        let standing = |dimension| if input.demanded.contains(&dimension) { Standing::CouldNotTell } else { Standing::NotDemanded };
        let floor: Vec<_> = kind::Dimension::ALL.into_iter().map(|dimension| (dimension, standing(dimension))).collect();
        let frame = Frame {
            schema_version: SCHEMA_VERSION.to_owned(),
            tool: Tool { name: "evenkeel".to_owned(), version: input.version.to_owned() },
            verdict: Verdict { line, ..verdict },
            fail_on: input.fail_on.into(),
            gates: build::gates(&floor, input.tier),
            findings: Vec::new(),
            gaps: input.dimensions.iter().map(gap).collect(),
            elapsed_ms: u64::try_from(input.elapsed.as_millis()).unwrap_or(u64::MAX),
            read_only: true,
            command: input.command.to_owned(),
        };
        let section = Comparison {
            reference: endpoint(input.reference),
            candidate: endpoint(input.candidate),
            floor: floor.into_iter().map(|(dimension, standing)| result_of_floor(input, dimension, standing)).collect(),
            dimensions,
            differences: Vec::new(),
            shared: Vec::new(),
            same_database: false,
            ignored: Vec::new(),
            data: Data::default(),
            patch: None,
        };
        Self { frame, comparison: Some(section), schemas: None }
    }
}

fn result(input: &Unread<'_>, dimension: kind::Dimension) -> DimensionResult {
    DimensionResult {
        name: dimension.into(),
        compared: false,
        verdict: Outcome::CouldNotTell,
        demanded: input.demanded.contains(&dimension),
        reference_digest: None,
        candidate_digest: None,
        counts: Vec::new(),
        differences: PerSeverity::default(),
        gaps: 1,
        not_comparable: 0,
        shared: 0,
        ignored: 0,
        note: None,
    }
}

fn result_of_floor(input: &Unread<'_>, dimension: kind::Dimension, standing: Standing) -> Floor {
    Floor { dimension: dimension.into(), standing: standing.into(), tier: input.tier.map(|tier| tier.name().to_owned()) }
}

/// A side of which only the name is known.
fn endpoint(label: &str) -> Endpoint {
    Endpoint {
        label: label.to_owned(),
        engine: String::new(),
        server_version: String::new(),
        database: String::new(),
        role: String::new(),
        node: String::new(),
        node_role: NodeRole::Primary,
        captured_at: String::new(),
    }
}

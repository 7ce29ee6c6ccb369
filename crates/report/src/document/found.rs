//! The document of a verb that has findings and compares nothing: a history, what a build lacks.
//!
//! Neighbours: `document/build` for a comparison, `history` for the JSON that these verbs have of their own.

use super::{Document, Finding, Frame, Gap, Gate, Outcome, Reason, SCHEMA_VERSION, Side, Tool, Verdict};
use evenkeel_core::{finding, kind};
use std::time::Duration;

/// Everything such a report is made of.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The answer in one line.
    pub line: &'a str,
    pub exit_code: u8,
    pub findings: &'a [finding::Finding],
    /// What could not be told, in words.
    pub open: &'a [String],
    /// The dimension that this is about.
    pub dimension: kind::Dimension,
    pub fail_on: kind::Severity,
    pub elapsed: Duration,
    /// Of evenkeel.
    pub version: &'a str,
    /// The command line that reproduces it, without secrets.
    pub command: &'a str,
}

impl Document {
    /// Writes down what was found.
    #[must_use]
    pub fn found(input: &Found<'_>) -> Self {
        let count = |severity| input.findings.iter().filter(|finding| finding.severity == severity).count();
        let over =
            input.findings.iter().filter(|finding| finding.severity >= input.fail_on && finding.severity > kind::Severity::Inform).count();
        let verdict = Verdict {
            outcome: match input.exit_code {
                0 => Outcome::Equal,
                1 => Outcome::Differs,
                _ => Outcome::CouldNotTell,
            },
            line: input.line.to_owned(),
            exit_code: input.exit_code,
            block: count(kind::Severity::Block),
            warn: count(kind::Severity::Warn),
            inform: count(kind::Severity::Inform),
            gaps: input.open.len(),
            not_comparable: 0,
            shared: 0,
            ignored: 0,
            readiness: None,
        };
        let gate = Gate {
            name: "findings".to_owned(),
            limit: format!("none at or above {}", input.fail_on.name()),
            found: over.to_string(),
            holds: over == 0,
            origin: "fail_on".to_owned(),
        };
        let gap = |detail: &String| Gap {
            side: Side::Candidate,
            dimension: input.dimension.into(),
            kind: None,
            object: None,
            attribute: None,
            across: None,
            reason: Reason::Failed,
            detail: detail.clone(),
            cure: None,
        };
        let frame = Frame {
            schema_version: SCHEMA_VERSION.to_owned(),
            tool: Tool { name: "evenkeel".to_owned(), version: input.version.to_owned() },
            verdict,
            fail_on: input.fail_on.into(),
            gates: vec![gate],
            findings: input.findings.iter().map(Finding::from).collect(),
            gaps: input.open.iter().map(gap).collect(),
            elapsed_ms: u64::try_from(input.elapsed.as_millis()).unwrap_or(u64::MAX),
            read_only: true,
            command: input.command.to_owned(),
        };
        Self { frame, comparison: None, schemas: None }
    }
}

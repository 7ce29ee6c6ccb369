//! The public document: what a comparison says, in types of its own, apart from the internal structs of `core`.
//!
//! Lives here: the types that become JSON and its published schema; every format is painted from nothing else.
//! Does not live here: filling it (`document/build`), the sentences in it (`document/line`), the charts' numbers
//! (`document/data`), a comparison that did not come about (`document/unread`), painting (`format`).

mod build;
mod data;
mod line;
mod unread;
mod word;

pub use build::Input;
pub use data::{ColumnData, Data, Strip, TableData, Volume};
pub(crate) use line::unseen;
pub use unread::Unread;
pub use word::{Change, Dimension, NodeRole, Outcome, Reason, Severity, Side, Standing};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of this shape. A field that changes its meaning or goes away makes a new one; a new field does not.
pub const SCHEMA_VERSION: &str = "1";

/// One comparison of a candidate with a reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    /// The version of this shape: `1`.
    pub schema_version: String,
    pub tool: Tool,
    pub verdict: Verdict,
    pub reference: Endpoint,
    pub candidate: Endpoint,
    /// The least severity that makes the exit code 1.
    pub fail_on: Severity,
    /// One entry for each dimension that was asked for, in the order reports show them.
    pub dimensions: Vec<DimensionResult>,
    /// Which dimensions must be equal, and whether they are.
    pub floor: Vec<Floor>,
    /// Heaviest first; complete, nothing is cut.
    pub differences: Vec<Difference>,
    /// Differences that a policy excuses; they count nowhere else.
    pub ignored: Vec<Ignored>,
    /// What could not be seen.
    pub gaps: Vec<Gap>,
    /// Volumes and distributions of both sides, where they were captured.
    #[serde(default)]
    pub data: Data,
    /// Wall-clock time from start to verdict, in milliseconds.
    pub elapsed_ms: u64,
    /// Always true: a comparison never writes.
    pub read_only: bool,
    /// The command line that reproduces it, without secrets.
    pub command: String,
}

/// What wrote the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    pub name: String,
    pub version: String,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    pub outcome: Outcome,
    /// The answer in one line that can be read aloud.
    pub line: String,
    /// 0: nothing at or above `fail_on` and no gap in a demanded dimension; 1: a difference; 2: could not tell. Where the
    /// environment could not be read, the process' code for that, such as 69 or 78.
    pub exit_code: u8,
    /// Differences of severity `block`.
    pub block: usize,
    /// Differences of severity `warn`.
    pub warn: usize,
    /// Differences of severity `inform`.
    pub inform: usize,
    /// Things that were not visible, or not comparable.
    pub gaps: usize,
    /// How many of them were seen and are not comparable.
    #[serde(default)]
    pub not_comparable: usize,
}

/// Where a side was read. No secrets. Where it was not read only the label is known: the other texts are empty and the role
/// of the node means nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Endpoint {
    /// What the user calls it: `staging`, `parity/production.jsonl`.
    pub label: String,
    /// The vendor's spelling: `PostgreSQL`.
    pub engine: String,
    /// As the server tells it: `15.8`.
    pub server_version: String,
    pub database: String,
    /// The role that read it.
    pub role: String,
    /// Host and port, or socket folder.
    pub node: String,
    pub node_role: NodeRole,
    /// When it was read, RFC 3339 in UTC.
    pub captured_at: String,
}

/// What one dimension amounts to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DimensionResult {
    pub name: Dimension,
    /// Both sides were captured in it.
    pub compared: bool,
    pub verdict: Outcome,
    /// The exit code depends on it.
    pub demanded: bool,
    /// 64 hexadecimal digits; null where the dimension has no semantic objects.
    pub reference_digest: Option<String>,
    pub candidate_digest: Option<String>,
    /// Objects per kind on both sides.
    pub counts: Vec<Count>,
    pub differences: PerSeverity,
    /// Things in it that were not visible, or not comparable.
    pub gaps: usize,
    /// How many of them were seen and are not comparable.
    #[serde(default)]
    pub not_comparable: usize,
    /// What else is worth knowing: `staging holds 0.2 % of the volume`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Objects of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Count {
    pub kind: String,
    pub plural: String,
    pub reference: usize,
    pub candidate: usize,
}

/// Differences per severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PerSeverity {
    pub block: usize,
    pub warn: usize,
    pub inform: usize,
}

/// Whether a dimension is on the parity floor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Floor {
    pub dimension: Dimension,
    pub standing: Standing,
    /// The tier that demands it: `staging`; null where no tier is configured.
    pub tier: Option<String>,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Difference {
    /// Stable, never reused: `EK-column-type`. `evenkeel explain ID` says what it means.
    pub id: String,
    pub dimension: Dimension,
    pub kind: String,
    pub object: Object,
    /// Name and value of each part that names the object.
    pub identity: BTreeMap<String, String>,
    /// The property that differs; null where the whole object does.
    pub attribute: Option<String>,
    pub change: Change,
    /// The side that has the object, or the fault.
    pub side: Side,
    /// The reference's value as a person reads it; null where there is none.
    pub expected: Option<String>,
    /// The candidate's.
    pub found: Option<String>,
    /// More about it: `ratio` of measured values, `with` for the parts of a missing table.
    pub detail: BTreeMap<String, String>,
    pub severity: Severity,
    /// Where the expectation comes from.
    pub origin: String,
    /// Why it matters for a migration.
    pub why: String,
    /// A statement or step that makes the candidate like the reference; null where none is known to be right.
    pub fix: Option<String>,
    /// Stays the same from run to run as long as id, object and attribute do: 32 hexadecimal digits.
    pub fingerprint: String,
}

/// The object a difference is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Object {
    /// As a person writes it: `app.orders.id`.
    pub display: String,
    /// The schema it lives in; null where it lives in none.
    pub schema: Option<String>,
    /// The table it belongs to, with its schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
}

/// A difference that is excused, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ignored {
    pub difference: Difference,
    pub reason: String,
    pub owner: String,
    /// The last day the exception holds: `2026-12-31`.
    pub until: String,
    /// Where it is written: `evenkeel.toml:14`.
    pub origin: String,
}

/// One thing that could not be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// Where it could not be seen.
    pub side: Side,
    pub dimension: Dimension,
    /// The kind that is not complete; null for the whole dimension.
    pub kind: Option<String>,
    /// The one object it is about; null for the whole kind.
    pub object: Option<String>,
    /// The one property it is about; null for the whole object.
    pub attribute: Option<String>,
    pub reason: Reason,
    pub detail: String,
    /// A statement or step that cures it.
    pub cure: Option<String>,
}

impl Document {
    /// The label of a side.
    #[must_use]
    pub fn label(&self, side: Side) -> String {
        match side {
            Side::Reference => self.reference.label.clone(),
            Side::Candidate => self.candidate.label.clone(),
            Side::Both => format!("{} and {}", self.reference.label, self.candidate.label),
        }
    }

    /// What the origin of a difference adds to what is known about the whole side anyway: `set by …`, a file, a link.
    #[must_use]
    pub fn particular_origin<'a>(&self, difference: &'a Difference) -> Option<&'a str> {
        let rest = [&self.reference, &self.candidate]
            .into_iter()
            .find_map(|endpoint| difference.origin.strip_prefix(&endpoint.origin()))
            .unwrap_or(&difference.origin);
        let rest = rest.trim_start_matches([',', ' ']);
        (!rest.is_empty()).then_some(rest)
    }
}

impl Endpoint {
    /// Whether anything but its name is known.
    #[must_use]
    pub const fn is_read(&self) -> bool {
        !self.engine.is_empty()
    }

    /// The beginning of every origin that `core::compare` writes for this side.
    fn origin(&self) -> String {
        format!("{}: {} {}, database {}, read {}", self.label, self.engine, self.server_version, self.database, self.captured_at)
    }
}

/// The JSON schema of [`Document`], as published in `docs/reference/report.schema.json`.
#[must_use]
pub fn json_schema() -> schemars::Schema {
    let mut schema = schemars::schema_for!(Document);
    schema.insert("title".to_owned(), "evenkeel report".into());
    schema
}

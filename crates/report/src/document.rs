//! The public document: what a verb says, in types of its own, apart from the internal structs of `core`.
//!
//! Lives here: the types that become JSON and its published schema; every format is painted from nothing else.
//! Does not live here: filling it (`document/build`), the sentences in it (`document/line`), the charts' numbers
//! (`document/data`), a comparison that did not come about (`document/unread`), findings without one (`document/found`), many schemas at a glance (`document/schemas`),
//! the SQL that makes both alike (`document/patch`), painting (`format`).

mod build;
mod data;
mod found;
mod line;
mod origin;
mod patch;
mod schemas;
mod unread;
mod word;

pub use build::Input;
pub use data::{ColumnData, Data, Strip, TableData, Volume};
pub use found::Found;
pub(crate) use line::unseen;
pub use patch::{Patch, PatchProof, PatchRefusal, PatchState, PatchStatement, Written};
pub use schemas::{OneSchema, Overview, Schemas};
pub use unread::Unread;
pub use word::{Across, Act, Change, Dimension, Likeness, NodeRole, Outcome, Reason, Severity, Side, Standing, State};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Deref;

/// The version of this shape. A field that changes its meaning or goes away makes a new one; a new field does not.
pub const SCHEMA_VERSION: &str = "1";

/// What a run of any verb says: a frame that every format knows, and a section for what only some verbs have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    #[serde(flatten)]
    pub frame: Frame,
    /// Where two sides were compared: these, dimension by dimension.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// Where many schemas were compared with one: these, in one line each. What each comparison found stands in a document of its own,
    /// behind this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schemas: Option<Schemas>,
}

/// What every document has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Frame {
    /// The version of this shape: `1`.
    pub schema_version: String,
    pub tool: Tool,
    pub verdict: Verdict,
    /// The least severity that makes the exit code 1.
    pub fail_on: Severity,
    /// What had to hold, and whether it does.
    #[serde(default)]
    pub gates: Vec<Gate>,
    /// What was found beside differences: an exception that has run out.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// What could not be seen.
    pub gaps: Vec<Gap>,
    /// Wall-clock time from start to verdict, in milliseconds.
    pub elapsed_ms: u64,
    /// Always true: a comparison never writes.
    pub read_only: bool,
    /// The command line that reproduces it, without secrets.
    pub command: String,
}

/// The section of a comparison: a candidate set beside a reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    pub reference: Endpoint,
    pub candidate: Endpoint,
    /// One entry for each dimension that was asked for, in the order reports show them.
    pub dimensions: Vec<DimensionResult>,
    /// Which dimensions must be equal, and whether they are.
    pub floor: Vec<Floor>,
    /// Heaviest first; complete, nothing is cut.
    pub differences: Vec<Difference>,
    /// Faults that both sides have alike, heaviest first: worth a word, and no differences.
    #[serde(default)]
    pub shared: Vec<Difference>,
    /// Differences and shared faults that a policy excuses; they count nowhere else.
    pub ignored: Vec<Ignored>,
    /// Both sides were read from one database of one running server.
    #[serde(default)]
    pub same_database: bool,
    /// Volumes and distributions of both sides, where they were captured.
    #[serde(default)]
    pub data: Data,
    /// SQL that makes the candidate like the reference, where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<Patch>,
}

impl Deref for Document {
    type Target = Frame;

    fn deref(&self) -> &Frame {
        &self.frame
    }
}

/// Something that had to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gate {
    /// `parity floor: schema`.
    pub name: String,
    /// What must be: `equal`.
    pub limit: String,
    /// What is.
    pub found: String,
    pub holds: bool,
    /// Why it is demanded: a tier, a flag.
    pub origin: String,
}

/// Something found that is no difference of two sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Stable, never reused: `EK-waiver-expired`. `evenkeel explain ID` says what it means.
    pub id: String,
    pub severity: Severity,
    pub subject: Subject,
    pub expected: Option<String>,
    pub found: Option<String>,
    /// Where the expectation comes from, in words.
    pub origin: String,
    /// The same as a place in a file, where it is one.
    pub place: Option<Place>,
    /// Why it matters.
    pub why: String,
    /// SQL that runs as it stands; null where there is none.
    pub fix: Option<String>,
    /// What to do, in words; null where there is SQL or nothing to say.
    pub step: Option<String>,
    /// Stays the same from run to run as long as id and subject do: 32 hexadecimal digits.
    pub fingerprint: String,
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// An object, as a person writes it, of a kind, and perhaps one property of it.
    Object { kind: String, object: String, attribute: Option<String> },
    /// A statement, or a line of a file.
    Statement(Place),
    /// What a migration tool records as one unit.
    Migration { tool: String, key: String },
    /// An environment, as the user calls it.
    Environment { name: String },
    /// An exception that a team has agreed on: the pattern of what it excuses.
    Waiver { pattern: String },
}

/// A place in a file. Lines and columns begin with 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    pub file: String,
    pub line: u32,
    pub column: Option<u32>,
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
    /// Differences and findings of severity `block`.
    pub block: usize,
    /// Differences and findings of severity `warn`.
    pub warn: usize,
    /// Differences and findings of severity `inform`.
    pub inform: usize,
    /// Things that were not visible, or not comparable.
    pub gaps: usize,
    /// How many of them were seen and are not comparable.
    #[serde(default)]
    pub not_comparable: usize,
    /// Faults that both sides have alike. They are no differences.
    #[serde(default)]
    pub shared: usize,
    /// Differences and shared faults that a policy excuses.
    #[serde(default)]
    pub ignored: usize,
    /// What an environment is ready for that was checked against its manifest; null for other comparisons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readiness: Option<Readiness>,
}

/// What an environment is ready for that was checked against its manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Readiness {
    pub state: State,
    /// The same in words: `READY_FOR_MIGRATION`, `matches its manifest in what was asked for; not covered: history`.
    pub words: String,
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
    /// Faults in it that both sides have alike.
    #[serde(default)]
    pub shared: usize,
    /// Differences in it that a policy excuses.
    #[serde(default)]
    pub ignored: usize,
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
    /// Where the expectation comes from, in words.
    pub origin: String,
    /// What that says beyond the side it was read on: who set the value there, a manual's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_by: Option<String>,
    /// Who set what was found, where the candidate tells that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found_set_by: Option<String>,
    /// A line of a file that it can be looked up in: of a manifest, or where the environment is configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Why it matters for a migration.
    pub why: String,
    /// SQL that makes the candidate like the reference and runs as it stands; null where none is known to be right.
    pub fix: Option<String>,
    /// The same in words, where it is no SQL.
    #[serde(default)]
    pub step: Option<String>,
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
    /// Where it is not comparable: between what, versions of a server or vendors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub across: Option<Across>,
    pub detail: String,
    /// A statement or step that cures it.
    pub cure: Option<String>,
}

impl Document {
    /// The label of a side; empty where nothing was compared.
    #[must_use]
    pub fn label(&self, side: Side) -> String {
        let Some(Comparison { reference, candidate, .. }) = &self.comparison else { return String::new() };
        match side {
            Side::Reference => reference.label.clone(),
            Side::Candidate => candidate.label.clone(),
            Side::Both => format!("{} and {}", reference.label, candidate.label),
        }
    }

    /// What both sides differ in.
    #[must_use]
    pub fn differences(&self) -> &[Difference] {
        self.comparison.as_ref().map_or(&[], |comparison| &comparison.differences)
    }

    /// Differences and shared faults: all that is told object by object.
    pub(crate) fn told(&self) -> impl Iterator<Item = &Difference> {
        self.comparison.iter().flat_map(|comparison| comparison.differences.iter().chain(&comparison.shared))
    }

    /// The dimensions that were asked for.
    #[must_use]
    pub fn dimensions(&self) -> &[DimensionResult] {
        self.comparison.as_ref().map_or(&[], |comparison| &comparison.dimensions)
    }

    /// Differences that a policy excuses.
    #[must_use]
    pub fn ignored(&self) -> &[Ignored] {
        self.comparison.as_ref().map_or(&[], |comparison| &comparison.ignored)
    }

    /// Every place that was looked at, or should have been.
    #[must_use]
    pub fn looked_at(&self) -> Vec<(&'static str, &Endpoint)> {
        let sides = self.comparison.iter();
        sides.flat_map(|comparison| [("reference", &comparison.reference), ("candidate", &comparison.candidate)]).collect()
    }

    /// Whether anything was read.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.comparison.is_none() || self.looked_at().iter().any(|(_, endpoint)| endpoint.is_read())
    }
}

impl DimensionResult {
    /// The side that alone has anything of it, where that is no difference: its tables are missing, and told in another dimension.
    pub(crate) fn alone(&self) -> Option<Side> {
        let per = self.differences;
        let sum = |side: fn(&Count) -> usize| self.counts.iter().map(side).sum::<usize>();
        if !self.compared || self.verdict != Outcome::Equal || per.block + per.warn + per.inform + self.ignored > 0 {
            return None;
        }
        match (sum(|count| count.reference), sum(|count| count.candidate)) {
            (0, 1..) => Some(Side::Candidate),
            (1.., 0) => Some(Side::Reference),
            _ => None,
        }
    }
}

impl Endpoint {
    /// Whether anything but its name is known.
    #[must_use]
    pub const fn is_read(&self) -> bool {
        !self.engine.is_empty()
    }
}

/// The JSON schema of [`Document`], as published in `docs/reference/report.schema.json`.
#[must_use]
pub fn json_schema() -> schemars::Schema {
    let mut schema = schemars::schema_for!(Document);
    schema.insert("title".to_owned(), "evenkeel report".into());
    schema
}

//! Two manifests side by side: every difference with what was expected, what was found and why it matters.
//!
//! Lives here: the walk over both sides and the differences it yields, once for all kinds and engines. `fold` turns a
//! missing table's parts into one difference, `leftover` knows the names interrupted online changes leave behind.
//! What a difference means for an exit code is `gate`'s business, which are excused is `policy`'s.

mod fold;
mod judge;
mod leftover;
mod order;
mod remedy;

pub use leftover::LEFTOVERS;
pub use remedy::{Case, NoRemedies, Reasoning, Remedies};

use crate::digest::{Order, Tree};
use crate::kind::{ALL, Dimension, Kind, Parent, Property, Severity};
use crate::manifest::{Endpoint, Gap, Identity, Manifest, Object, Reason};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Ranks a setting may carry in its `rank` property; they decide what a difference weighs.
pub mod rank {
    pub const MUST_MATCH: &str = "must match";
    pub const SHOULD_MATCH: &str = "should match";
    pub const EXPECTED: &str = "expected to differ";
}

/// One side of a comparison.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// What the user calls it: `staging`, `production.jsonl`.
    pub label: &'a str,
    pub manifest: &'a Manifest,
    pub tree: &'a Tree,
}

impl Side<'_> {
    /// Whether that server has the property.
    fn has(&self, property: &Property) -> bool {
        property.engines.has(self.manifest.endpoint.engine, self.manifest.endpoint.server_major)
    }
}

/// Which side something is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Which {
    Reference,
    Candidate,
    Both,
}

/// What kind of difference it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Only the reference has the object.
    Missing,
    /// Only the candidate has the object.
    Extra,
    /// Both have it; a property differs.
    Changed,
    /// Both have the same body under different names.
    Renamed,
    /// A state that is a fault even where both sides share it.
    Unsound,
}

/// One difference.
#[derive(Debug, Clone)]
pub struct Difference {
    /// Stable, never reused: `EK-column-type`, `EK-index-missing`.
    pub id: String,
    pub dimension: Dimension,
    /// Name of the kind.
    pub kind: &'static str,
    /// As a person writes it: `app.orders.id`.
    pub object: String,
    /// Name and value of each identity part.
    pub identity: Vec<(&'static str, String)>,
    pub attribute: Option<&'static str>,
    pub change: Change,
    /// The side that has the fault, for `Unsound`.
    pub which: Which,
    pub expected: Option<String>,
    pub found: Option<String>,
    /// Parts that share the fate of a missing object, counted per kind; ratio of measured values; and the like.
    pub detail: Vec<(String, String)>,
    pub severity: Severity,
    /// Where the expectation comes from.
    pub origin: String,
    pub why: String,
    pub fix: Option<String>,
}

/// A gap with the side it is on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SideGap {
    pub which: Which,
    pub gap: Gap,
}

/// What one dimension amounts to.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub dimension: Dimension,
    /// Both sides were captured in it.
    pub compared: bool,
    /// Objects per kind on both sides.
    pub counts: BTreeMap<Kind, (usize, usize)>,
    pub reference_digest: Option<String>,
    pub candidate_digest: Option<String>,
}

/// The result: nothing is dropped, only sorted.
#[derive(Debug, Clone)]
pub struct Comparison {
    pub reference: Endpoint,
    pub candidate: Endpoint,
    pub outcomes: Vec<Outcome>,
    /// Heaviest first, then by dimension, kind and object.
    pub differences: Vec<Difference>,
    pub gaps: Vec<SideGap>,
}

/// What the user may ask of a comparison.
#[derive(Debug, Clone)]
pub struct Scope {
    pub dimensions: Vec<Dimension>,
    pub column_order: Order,
    /// Weight of a column order that differs.
    pub order_weight: Severity,
}

impl Default for Scope {
    fn default() -> Self {
        Self { dimensions: Dimension::ALL.to_vec(), column_order: Order::Ignored, order_weight: Severity::Inform }
    }
}

/// Sets two manifests side by side.
#[must_use]
pub fn compare(reference: Side<'_>, candidate: Side<'_>, scope: &Scope, remedies: &dyn Remedies) -> Comparison {
    let mut walk =
        Walk { reference, candidate, remedies, differences: Vec::new(), lone: Vec::new(), gaps: gaps(reference, candidate, scope) };
    let mut outcomes = Vec::new();
    for dimension in Dimension::ALL.into_iter().filter(|dimension| scope.dimensions.contains(dimension)) {
        let compared = reference.manifest.covers(dimension) && candidate.manifest.covers(dimension);
        let mut counts = BTreeMap::new();
        if compared {
            for kind in ALL.iter().copied().filter(|kind| kind.spec().dimension == dimension) {
                let count = walk.kind(kind);
                if count != (0, 0) {
                    counts.insert(kind, count);
                }
            }
        }
        let digest = |side: Side<'_>| side.tree.branch(dimension).map(|branch| branch.under(scope.column_order).hex());
        outcomes.push(Outcome { dimension, compared, counts, reference_digest: digest(reference), candidate_digest: digest(candidate) });
    }
    walk.settle_lone();
    if scope.dimensions.contains(&Dimension::Schema) {
        order::columns(&mut walk, scope);
    }
    let Walk { mut differences, mut gaps, .. } = walk;
    differences.sort_by(|a, b| {
        (b.severity, a.dimension, a.kind, &a.object, a.attribute).cmp(&(a.severity, b.dimension, b.kind, &b.object, b.attribute))
    });
    gaps.sort();
    gaps.dedup();
    Comparison {
        reference: reference.manifest.endpoint.clone(),
        candidate: candidate.manifest.endpoint.clone(),
        outcomes,
        differences,
        gaps,
    }
}

fn gaps(reference: Side<'_>, candidate: Side<'_>, scope: &Scope) -> Vec<SideGap> {
    let of = |which, side: Side<'_>| {
        let gaps = side.manifest.gaps.iter().filter(|gap| scope.dimensions.contains(&gap.dimension));
        gaps.map(move |gap| SideGap { which, gap: gap.clone() }).collect::<Vec<_>>()
    };
    let mut gaps = of(Which::Reference, reference);
    gaps.extend(of(Which::Candidate, candidate));
    gaps
}

/// An object that only one side has, until it is known whether its parent, or a rename, explains it.
#[derive(Debug, Clone, Copy)]
struct Lone<'a> {
    object: &'a Object,
    change: Change,
}

struct Walk<'a> {
    reference: Side<'a>,
    candidate: Side<'a>,
    remedies: &'a dyn Remedies,
    differences: Vec<Difference>,
    lone: Vec<Lone<'a>>,
    gaps: Vec<SideGap>,
}

impl<'a> Walk<'a> {
    /// Merges the sorted objects of one kind. Returns how many there are on each side.
    fn kind(&mut self, kind: Kind) -> (usize, usize) {
        let (left, right) = (self.reference.manifest.of_kind(kind), self.candidate.manifest.of_kind(kind));
        let (mut at, mut to) = (0, 0);
        loop {
            match (left.get(at), right.get(to)) {
                (None, None) => break,
                (Some(object), None) => {
                    self.only(object, Change::Missing);
                    at += 1;
                }
                (None, Some(object)) => {
                    self.only(object, Change::Extra);
                    to += 1;
                }
                (Some(a), Some(b)) => match a.identity.cmp(&b.identity) {
                    Ordering::Less => {
                        self.only(a, Change::Missing);
                        at += 1;
                    }
                    Ordering::Greater => {
                        self.only(b, Change::Extra);
                        to += 1;
                    }
                    Ordering::Equal => {
                        self.pair(a, b);
                        at += 1;
                        to += 1;
                    }
                },
            }
        }
        (left.len(), right.len())
    }

    fn only(&mut self, object: &'a Object, change: Change) {
        let (blind, which) = match change {
            Change::Missing => (self.candidate, Which::Reference),
            _ => (self.reference, Which::Candidate),
        };
        self.unsound_alone(object, which);
        let Endpoint { engine, server_major, .. } = blind.manifest.endpoint;
        let spec = object.kind.spec();
        if !spec.engines.has(engine, server_major) {
            let gap = Gap::kind(
                object.kind,
                Reason::NotComparable,
                format!("not comparable across flavours: {} has no {}", engine.name(), spec.plural),
            );
            self.gaps.push(SideGap { which: if change == Change::Missing { Which::Candidate } else { Which::Reference }, gap });
            return;
        }
        // The side without it could not see all objects of the kind: absence is no evidence.
        if is_blind(blind.manifest, object) {
            return;
        }
        self.lone.push(Lone { object, change });
    }

    fn label(&self, which: Which) -> String {
        match which {
            Which::Reference => self.reference.label.to_owned(),
            Which::Candidate => self.candidate.label.to_owned(),
            Which::Both => format!("{} and {}", self.reference.label, self.candidate.label),
        }
    }

    /// A difference with everything but the judgement filled in.
    fn difference(&self, object: &Object, change: Change, rule: &str) -> Difference {
        let spec = object.kind.spec();
        Difference {
            id: id(spec.name, rule),
            dimension: spec.dimension,
            kind: spec.name,
            object: object.display(),
            identity: identity(object.kind, &object.identity),
            attribute: None,
            change,
            which: Which::Both,
            expected: None,
            found: None,
            detail: Vec::new(),
            severity: spec.missing,
            origin: origin(self.reference, Some(object)),
            why: spec.why.to_owned(),
            fix: None,
        }
    }
}

/// Whether a gap on that side covers the object, so that its absence there says nothing.
fn is_blind(manifest: &Manifest, object: &Object) -> bool {
    let spec = object.kind.spec();
    manifest.gaps.iter().any(|gap| {
        gap.dimension == spec.dimension
            && gap.attribute.is_none()
            && gap.kind.as_deref().is_none_or(|kind| kind == spec.name)
            && gap
                .object
                .as_deref()
                .is_none_or(|name| name == object.display() || relation(object).is_some_and(|relation| relation == name))
    })
}

/// The relation a part belongs to: a gap may be about all of its parts.
fn relation(object: &Object) -> Option<String> {
    let parts = matches!(object.kind.spec().parent, Parent::Relation).then(|| object.identity.parts().take(2))?;
    Some(Object::new(object.kind, Identity::new(parts.map(str::to_owned))).display())
}

/// The stable id of a finding.
#[must_use]
pub fn id(kind: &str, rule: &str) -> String {
    format!("EK-{kind}-{}", rule.replace('_', "-"))
}

fn identity(kind: Kind, identity: &Identity) -> Vec<(&'static str, String)> {
    kind.spec().identity_of(identity.parts().len()).unwrap_or_default().iter().copied().zip(identity.parts().map(str::to_owned)).collect()
}

/// Where the reference's value comes from: the place it was set, where the object knows it, and the capture.
fn origin(reference: Side<'_>, object: Option<&Object>) -> String {
    let endpoint = &reference.manifest.endpoint;
    let set = object.and_then(|object| object.text("source")).map(|source| format!(", set by {source}")).unwrap_or_default();
    format!(
        "{}: {} {}, database {}, read {}{set}",
        reference.label,
        endpoint.engine.name(),
        endpoint.server_version,
        endpoint.database,
        endpoint.captured_at
    )
}

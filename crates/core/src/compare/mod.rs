//! Two manifests side by side: every difference with what was expected, what was found and why it matters.
//!
//! Lives here: the walk over both sides and the differences it yields, once for all kinds and engines. `fold` turns a
//! missing table's parts into one difference, `copied` knows what stands for a trigger's copy, `member` what
//! belongs to an extension on one side, `leftover` the names interrupted online changes leave behind.
//! What a difference means for an exit code is `gate`'s business, which are excused is `policy`'s.

mod called;
mod copied;
mod fold;
mod judge;
mod leftover;
mod member;
mod order;
mod remedy;
mod rename;
mod role;
mod row;
mod spelling;
mod unnamed;

pub use crate::finding::Which;
pub(crate) use judge::same_key;
pub use leftover::{LEFTOVERS, Leftover, leftover_of};
pub use member::{MEMBERSHIP, MEMBERSHIP_WHY, may_be_member};
pub use remedy::{Case, NoRemedies, Reasoning, Remedies};

use crate::digest::{Order, Tree};
use crate::finding::{Finding, Origin, Thing, id};
use crate::kind::{ALL, CONSTRAINT_SPACES, Dimension, Kind, Parent, Property, Severity};
use crate::manifest::{Endpoint, Gap, Identity, Manifest, Object, Reason};
use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;
use std::ops::Deref;

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

/// One difference: a finding about an object, and what only a comparison knows of it. Its finding's parts are its own.
#[derive(Debug, Clone)]
pub struct Difference {
    pub finding: Finding<Thing>,
    pub change: Change,
    /// The side that has the object, or the fault.
    pub which: Which,
    /// How far apart two measured values lie: `×92`, `+0.250`.
    pub ratio: Option<String>,
    /// Parts that share the fate of a missing object, counted per kind.
    pub with: Vec<(Kind, usize)>,
}

impl Deref for Difference {
    type Target = Finding<Thing>;

    fn deref(&self) -> &Finding<Thing> {
        &self.finding
    }
}

/// A gap with the side it is on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SideGap {
    pub which: Which,
    pub gap: Gap,
    /// Where the reason is that it is not comparable: between what.
    pub across: Option<Across>,
}

/// Between what values cannot be set beside each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Across {
    /// Major versions of one server.
    Versions,
    /// Servers of different vendors.
    Flavours,
}

impl SideGap {
    /// Something one or both sides could not see.
    const fn unseen(which: Which, gap: Gap) -> Self {
        Self { which, gap, across: None }
    }
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
    /// Faults that both sides have alike: worth a word, and no difference.
    pub shared: Vec<Difference>,
    /// Somebody has given them a weight of their own: then they may close the gate, as findings do.
    pub shared_weigh: bool,
    /// What is no difference and has to be said: an exception that has run out.
    pub findings: Vec<Finding>,
    pub gaps: Vec<SideGap>,
    pub sameness: Sameness,
}

/// Whether both sides were read from one database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sameness {
    /// They are two; a manifest is nobody's server.
    #[default]
    Apart,
    /// They are one, and nobody asked for that: a database is always equal to itself, so nothing can be told.
    One,
    /// They may be one: a server does not say which it is.
    Unknown,
    /// They are one, or may be, and that was asked for.
    AsAsked,
}

impl Sameness {
    /// Whether that keeps anything from being told.
    #[must_use]
    pub const fn tells_nothing(self) -> bool {
        matches!(self, Self::One | Self::Unknown)
    }
}

/// What the user may ask of a comparison.
#[derive(Debug, Clone)]
pub struct Scope {
    pub dimensions: Vec<Dimension>,
    pub column_order: Order,
    /// Weight of a column order that differs.
    pub order_weight: Severity,
    /// Weight of faults that both sides share, where somebody has given them one; else they are worth a word.
    pub shared_weight: Option<Severity>,
}

impl Default for Scope {
    fn default() -> Self {
        Self { dimensions: Dimension::ALL.to_vec(), column_order: Order::Ignored, order_weight: Severity::Inform, shared_weight: None }
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
    walk.settle_rows();
    walk.settle_copies();
    walk.settle_lone();
    if scope.dimensions.contains(&Dimension::Schema) {
        order::columns(&mut walk, scope);
    }
    let findings = if scope.dimensions.contains(&Dimension::Privileges) { walk.mapped_roles() } else { Vec::new() };
    let Walk { differences, mut gaps, .. } = walk;
    let is_shared = |difference: &Difference| difference.change == Change::Unsound && difference.which == Which::Both;
    let (mut shared, mut differences): (Vec<_>, Vec<_>) = differences.into_iter().partition(is_shared);
    let order = |difference: &Difference| {
        let Thing { dimension, kind, .. } = difference.subject;
        // In the order of the kinds: a table before its parts.
        (Reverse(difference.severity), dimension, kind)
    };
    let name = |a: &Difference, b: &Difference| {
        natural(&a.subject.object, &b.subject.object).then_with(|| a.subject.attribute.cmp(&b.subject.attribute))
    };
    for fault in &mut shared {
        fault.finding.severity = scope.shared_weight.unwrap_or(Severity::Warn);
    }
    for list in [&mut differences, &mut shared] {
        list.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| name(a, b)));
    }
    gaps.sort();
    gaps.dedup();
    Comparison {
        reference: reference.manifest.endpoint.clone(),
        candidate: candidate.manifest.endpoint.clone(),
        outcomes,
        differences,
        shared,
        shared_weigh: scope.shared_weight.is_some(),
        findings,
        gaps,
        sameness: match reference.manifest.endpoint.is_same_database(&candidate.manifest.endpoint) {
            Some(true) => Sameness::One,
            Some(false) => Sameness::Apart,
            None => Sameness::Unknown,
        },
    }
}

/// Names as a person sorts them: `t2` before `t10`. Equal only where the texts are.
#[must_use]
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (Some(one), Some(other)) = (left.chars().next(), right.chars().next()) else {
            return left.len().cmp(&right.len()).then_with(|| a.cmp(b));
        };
        let number = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (digits, others) = (number(left), number(right));
        if digits > 0 && others > 0 {
            let (own, rest) = left.split_at(digits);
            let (their, their_rest) = right.split_at(others);
            let (own, their) = (own.trim_start_matches('0'), their.trim_start_matches('0'));
            match own.len().cmp(&their.len()).then_with(|| own.cmp(their)) {
                Ordering::Equal => (left, right) = (rest, their_rest),
                decided => return decided,
            }
        } else if one == other {
            (left, right) = (left.get(one.len_utf8()..).unwrap_or_default(), right.get(other.len_utf8()..).unwrap_or_default());
        } else {
            return one.cmp(&other);
        }
    }
}

fn gaps(reference: Side<'_>, candidate: Side<'_>, scope: &Scope) -> Vec<SideGap> {
    let of = |which, side: Side<'_>| {
        let gaps = side.manifest.gaps.iter().filter(|gap| scope.dimensions.contains(&gap.dimension));
        gaps.map(move |gap| SideGap::unseen(which, gap.clone())).collect::<Vec<_>>()
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
        let unnamed = unnamed::alike(left, right);
        let spelled = spelling::pairs(left, right, &unnamed);
        loop {
            match (left.get(at), right.get(to)) {
                (None, None) => break,
                (Some(object), _) if let Some(other) = unnamed.get(&std::ptr::from_ref(object)) => {
                    self.alike(object, other);
                    at += 1;
                }
                (_, Some(object)) if unnamed.contains_key(&std::ptr::from_ref(object)) => to += 1,
                (Some(object), _) if let Some(other) = spelled.get(&std::ptr::from_ref(object)) => {
                    self.pair(object, other);
                    // What it is about says so itself.
                    if !object.is_about_another() {
                        self.spelled(object, other);
                    }
                    at += 1;
                }
                (_, Some(object)) if spelled.contains_key(&std::ptr::from_ref(object)) => to += 1,
                (Some(object), None) => {
                    self.only(object, Change::Missing);
                    at += 1;
                }
                (None, Some(object)) => {
                    self.only(object, Change::Extra);
                    to += 1;
                }
                (Some(a), Some(b)) => match a.identity.cmp(&b.identity).then_with(|| self.spaces(a, b)) {
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

    /// The order of two objects with the same name: another one where that is the name of something else.
    fn spaces(&self, reference: &Object, candidate: &Object) -> Ordering {
        let apart = |side: Side<'_>| CONSTRAINT_SPACES.has(side.manifest.endpoint.engine, side.manifest.endpoint.server_major);
        if apart(self.reference) && apart(self.candidate) { reference.space().cmp(&candidate.space()) } else { Ordering::Equal }
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
            let gap = Gap::kind(object.kind, Reason::NotComparable, format!("{} has no {}", engine.name(), spec.plural));
            let which = if change == Change::Missing { Which::Candidate } else { Which::Reference };
            self.gaps.push(SideGap { which, gap, across: Some(Across::Flavours) });
            return;
        }
        // The side without it could not see all objects of the kind: absence is no evidence.
        if is_blind(blind.manifest, object) {
            return;
        }
        match object.kind {
            Kind::ReferenceTable => {
                self.unread_reference(object, if change == Change::Missing { Which::Candidate } else { Which::Reference });
                return;
            }
            Kind::ReferenceRow if !self.tells_rows(object) => return,
            _ => {}
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
        let subject = Thing {
            dimension: spec.dimension,
            kind: object.kind,
            object: object.display(),
            identity: identity(object.kind, &object.identity),
            attribute: None,
        };
        let finding = Finding {
            id: id(spec.name, rule),
            severity: spec.missing,
            subject,
            expected: None,
            found: None,
            origin: captured(Which::Reference, Some(object)),
            why: spec.why.to_owned(),
            manual: None,
            remedy: None,
        };
        Difference { finding, change, which: Which::Both, ratio: None, with: Vec::new() }
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

fn identity(kind: Kind, identity: &Identity) -> Vec<(&'static str, String)> {
    kind.spec().identity_of(identity.parts().len()).unwrap_or_default().iter().copied().zip(identity.parts().map(str::to_owned)).collect()
}

/// A value comes from the capture of a side; where the object knows it, from whoever set it there.
fn captured(side: Which, object: Option<&Object>) -> Origin {
    Origin::Captured { side, set_by: object.and_then(|object| object.text("source")).map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use super::natural;
    use std::cmp::Ordering;

    #[test]
    fn names_are_sorted_as_a_person_sorts_them() {
        let sorted = ["", "a", "a1", "a01", "a2", "a10", "a10b", "ab", "b2c9", "b2c10", "ä"];
        for (at, left) in sorted.iter().enumerate() {
            for (to, right) in sorted.iter().enumerate() {
                // Equal numbers: by the text itself.
                let expected =
                    if (*left, *right) == ("a1", "a01") || (*left, *right) == ("a01", "a1") { natural(left, right) } else { at.cmp(&to) };
                assert_eq!(natural(left, right), expected, "{left:?} {right:?}");
                assert_eq!(natural(left, right) == Ordering::Equal, left == right);
                assert_eq!(natural(left, right), natural(right, left).reverse());
            }
        }
    }
}

//! What a capture yields: objects with their values, gaps where something could not be seen, and where it was read.
//!
//! Lives here: the nouns and their order. Neighbours: `file` writes and reads them as JSON Lines, `digest` hashes them,
//! `compare` sets two of them side by side.

pub mod deferred;
mod endpoint;
mod gap;
mod object;
mod part;
mod word;

pub use deferred::Deferred;
pub use endpoint::{ALL_DATABASES, Endpoint, Instance, NodeRole, Whose};
pub use gap::{Gap, Reason};
pub use object::{AS_TEXT, ITEM_END, Identity, Mark, Object, Space, display, first_shown_part, shown_parts};
pub use part::{Parts, Patterns, Texts, dimensions_of_schemas, lives_in_schemas};
pub use word::has_word;

use crate::kind::{Dimension, Engines, Kind};

/// The version of canonical texts and normal forms that this build makes.
pub const CANONICAL: u32 = 3;

/// Servers that ignore the case of some names, whatever their file system does.
/// <https://dev.mysql.com/doc/refman/en/identifier-case-sensitivity.html>
const CASELESS: Engines = Engines::MYSQL_FAMILY;

/// The kinds whose names these are. Those of tables and triggers are theirs as they are spelled.
const IGNORING: &[Kind] = &[
    Kind::Column,
    Kind::Index,
    Kind::Constraint,
    Kind::Partition,
    Kind::Function,
    Kind::Procedure,
    Kind::Package,
    Kind::Library,
    Kind::Event,
    Kind::IndexStatistics,
    Kind::ColumnStatistics,
];

/// An environment as it was captured. Objects are sorted by kind and identity, each at most once.
#[derive(Debug, Clone)]
pub struct Manifest {
    pub endpoint: Endpoint,
    /// The dimensions that were looked at; any other is unknown, not empty.
    pub dimensions: Vec<Dimension>,
    objects: Vec<Object>,
    /// What was put aside in place of being dropped, and what hangs on it, in the same order. It is no part of what is hashed and compared.
    deferred: Vec<Object>,
    pub gaps: Vec<Gap>,
    /// The version of the canonical texts and normal forms; an older one than [`CANONICAL`] came from a file, and its
    /// texts are to be made anew before anything is compared with it.
    pub canonical: u32,
    /// It lists what belongs to extensions, so that what is not listed belongs to none. A manifest of an earlier evenkeel does not.
    pub members_told: bool,
}

impl Manifest {
    /// Sorts the objects. Two objects of one kind with the same identity cannot be told apart: that is a gap.
    #[must_use]
    pub fn new(endpoint: Endpoint, mut dimensions: Vec<Dimension>, mut objects: Vec<Object>, mut gaps: Vec<Gap>) -> Self {
        // The stable sort, because it makes use of what is in order already, which most objects are.
        objects.sort_by(|a, b| a.key().cmp(&b.key()));
        objects.dedup_by(|later, earlier| {
            let same = later.key() == earlier.key();
            if same {
                gaps.push(Gap::object(earlier, Reason::Ambiguous, "two objects share this identity".to_owned()));
            }
            same
        });
        for object in &mut objects {
            let is_caseless = CASELESS.has(endpoint.engine, endpoint.server_major);
            // A right, or a definer, is known by the kind and name of what it is on.
            let known = Some(object.kind).filter(|kind| !matches!(kind, Kind::Grant | Kind::Definer));
            let known = known.or_else(|| Kind::from_name(object.identity.part(0)));
            if is_caseless && known.is_some_and(|kind| IGNORING.contains(&kind)) {
                object.fold();
            }
        }
        dimensions.sort_unstable();
        dimensions.dedup();
        gaps.sort();
        gaps.dedup();
        let deferred = deferred::apart(&mut objects);
        Self { endpoint, dimensions, objects, deferred, gaps, canonical: CANONICAL, members_told: true }
    }

    /// The same with what was put aside among the rest, as it is on the server.
    #[must_use]
    pub fn whole(&self) -> Self {
        let mut whole = self.clone();
        let apart = std::mem::take(&mut whole.deferred);
        if !apart.is_empty() {
            deferred::together(&mut whole.objects, apart);
        }
        whole
    }

    /// What was put aside in place of being dropped, and what hangs on it.
    #[must_use]
    pub fn apart(&self) -> &[Object] {
        &self.deferred
    }

    /// The tables and columns that were put aside in place of being dropped.
    pub fn deferred(&self) -> impl Iterator<Item = Deferred> {
        self.deferred.iter().filter_map(Deferred::of)
    }

    /// The same with texts of another version of the canonical forms.
    #[must_use]
    pub const fn written_as(mut self, canonical: u32) -> Self {
        self.canonical = canonical;
        self
    }

    /// The same with one more thing that could not be seen.
    #[must_use]
    pub fn with_gap(mut self, gap: Gap) -> Self {
        self.gaps.push(gap);
        self.gaps.sort();
        self.gaps.dedup();
        self
    }

    /// The same without those dimensions, each of them a gap: what was read of them may be parts of several states, and
    /// nothing may be compared with it.
    #[must_use]
    pub fn torn(self, dimensions: &[Dimension], how: &str) -> Self {
        let (torn, kept): (Vec<Dimension>, Vec<Dimension>) = self.dimensions.iter().partition(|dimension| dimensions.contains(dimension));
        let objects =
            self.objects.into_iter().chain(self.deferred).filter(|object| !torn.contains(&object.kind.spec().dimension)).collect();
        let mut gaps = self.gaps;
        gaps.extend(torn.into_iter().map(|dimension| {
            let detail = format!("{} changed while it was read, {how}", dimension.name());
            Gap::dimension(dimension, Reason::Changed, detail).cure("run it again when no migration is running")
        }));
        Self::new(self.endpoint, kept, objects, gaps)
    }

    /// All objects, to give their values other texts or normal forms; identities stay.
    pub fn objects_mut(&mut self) -> &mut [Object] {
        &mut self.objects
    }

    /// All objects, sorted by kind and identity.
    #[must_use]
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// The objects of one kind, sorted by identity.
    #[must_use]
    pub fn of_kind(&self, kind: Kind) -> &[Object] {
        let start = self.objects.partition_point(|object| object.kind < kind);
        let end = self.objects.partition_point(|object| object.kind <= kind);
        self.objects.get(start..end).unwrap_or_default()
    }

    /// The object of that kind and identity.
    #[must_use]
    pub fn find(&self, kind: Kind, identity: &[&str]) -> Option<&Object> {
        let objects = self.of_kind(kind);
        let at = objects.binary_search_by(|object| object.identity.parts().cmp(identity.iter().copied())).ok()?;
        objects.get(at)
    }

    /// Whether that dimension was captured.
    #[must_use]
    pub fn covers(&self, dimension: Dimension) -> bool {
        self.dimensions.contains(&dimension)
    }
}

//! What is there by itself: tables in which tools record.

use evenkeel_core::history::TOOLS;
use evenkeel_core::history::effect::{LOOKED_AT, Spot};
use evenkeel_core::kind::{Kind, Parent, Value};
use evenkeel_core::manifest::{Manifest, Object};
use std::collections::BTreeSet;

/// Tables that tools make beside those in which they record, by the tool's name.
const BESIDE: &[(&str, &[&str])] = &[
    ("Rails", &["ar_internal_metadata"]),
    ("Rails or dbmate", &["ar_internal_metadata"]),
    ("yoyo", &["_yoyo_log", "_yoyo_version"]),
    ("Sqitch", &["dependencies", "events", "projects", "releases", "tags"]),
    ("Django", &["django_content_type"]),
];
/// Relations that need no migration, as schema and name, and schemas that hold nothing else.
#[derive(Debug, Clone, Default)]
pub(crate) struct Explained {
    relations: BTreeSet<(String, String)>,
    schemas: BTreeSet<String>,
}

impl Explained {
    pub(crate) fn of(manifest: &Manifest) -> Self {
        let mut explained = Self::default();
        for table in manifest.of_kind(Kind::HistoryTable) {
            let (schema, name) = (table.identity.part(0), table.identity.part(1));
            let tool = table.text("tool").unwrap_or_default();
            let known = TOOLS.iter().filter(|known| known.name == tool).flat_map(|known| known.tables);
            let locks = known.flat_map(|shape| shape.tables.iter().chain(shape.vague));
            let beside = BESIDE.iter().filter(|(name, _)| *name == tool).flat_map(|(_, tables)| tables.iter());
            let mut own: Vec<String> = locks.chain(beside).map(|name| (*name).to_owned()).collect();
            own.push(name.to_owned());
            // A table may be called otherwise than usual only where it was recognised.
            let there = manifest.of_kind(Kind::Table).iter().map(|table| (table.identity.part(0), table.identity.part(1)));
            let there = there.filter(|(place, name)| *place == schema && own.iter().any(|known| known.eq_ignore_ascii_case(name)));
            explained.relations.extend(there.map(|(schema, name)| (schema.to_owned(), name.to_owned())));
        }
        let schemas: BTreeSet<&str> = explained.relations.iter().map(|(schema, _)| schema.as_str()).collect();
        let is_alone = |schema: &&str| {
            manifest
                .of_kind(Kind::Table)
                .iter()
                .filter(|table| table.identity.part(0) == *schema)
                .all(|table| explained.relations.contains(&((*schema).to_owned(), table.identity.part(1).to_owned())))
        };
        explained.schemas = schemas.into_iter().filter(is_alone).map(str::to_owned).collect();
        explained
    }

    /// Whether a spot needs no migration.
    pub(crate) fn is(&self, spot: &Spot, manifest: &Manifest) -> bool {
        if spot.kind == Kind::Schema {
            return self.schemas.contains(spot.identity.part(0));
        }
        let own = (spot.identity.part(0).to_owned(), spot.identity.part(1).to_owned());
        if self.relations.contains(&own) && matches!(spot.kind, Kind::Table | Kind::Column | Kind::Constraint) {
            return true;
        }
        // A trigger, a rule or a policy on it is somebody's.
        if !matches!(spot.kind, Kind::Index | Kind::Sequence) {
            return false;
        }
        relation(spot, manifest).is_some_and(|relation| self.relations.contains(&relation))
    }

    /// The names of those relations.
    pub(crate) fn tables(&self) -> impl Iterator<Item = &str> {
        self.relations.iter().map(|(_, name)| name.as_str())
    }

    /// The manifest without them.
    pub(crate) fn without(&self, manifest: Manifest) -> Manifest {
        let is_own = |object: &Object| object.kind.spec().dimension == LOOKED_AT && self.is(&Spot::whole(object), &manifest);
        let kept: Vec<Object> = manifest.objects().iter().chain(manifest.apart()).filter(|object| !is_own(object)).cloned().collect();
        let (canonical, told) = (manifest.canonical, manifest.members_told);
        let mut manifest = Manifest::new(manifest.endpoint, manifest.dimensions, kept, manifest.gaps).written_as(canonical);
        manifest.members_told = told;
        manifest
    }
}

/// The manifest without what tools record for themselves: files of migrations do not make it.
pub(crate) fn without(manifest: Manifest) -> Manifest {
    Explained::of(&manifest).without(manifest)
}

/// The relation that an object goes with, where its identity does not say it: an index, a sequence of a column.
fn relation(spot: &Spot, manifest: &Manifest) -> Option<(String, String)> {
    let parts: Vec<&str> = spot.identity.parts().collect();
    let object: &Object = manifest.find(spot.kind, &parts)?;
    if let Parent::Property(name) = spot.kind.spec().parent
        && let Some(Value::List(parts)) = object.get(name)
    {
        let [schema, name, ..] = &**parts else { return None };
        return Some((schema.to_string(), name.to_string()));
    }
    let owned = evenkeel_core::manifest::shown_parts(object.text("owned_by")?)?;
    match owned.as_slice() {
        [schema, name, _] => Some((schema.clone(), name.clone())),
        _ => None,
    }
}

/// Whether an object goes with another, so that only that has to be named.
pub(crate) fn is_part(spot: &Spot, whole: &Spot, manifest: &Manifest) -> bool {
    if spot == whole {
        return false;
    }
    let (schema, name) = (whole.identity.part(0), whole.identity.part(1));
    if whole.kind == Kind::Schema {
        return spot.kind != Kind::Schema && spot.kind.spec().in_schema() && spot.identity.part(0) == schema;
    }
    if !matches!(whole.kind, Kind::Table | Kind::View | Kind::MaterializedView) {
        return false;
    }
    let is_within = spot.kind.spec().parent == Parent::Relation && (spot.identity.part(0), spot.identity.part(1)) == (schema, name);
    is_within || relation(spot, manifest).is_some_and(|(place, relation)| (place.as_str(), relation.as_str()) == (schema, name))
}

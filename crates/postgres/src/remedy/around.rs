//! What stands around an object on the candidate: a statement about one may touch, or fail on, another.
//!
//! Lives here: what a manifest tells of it, gathered once. Who writes a statement asks first.

use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Manifest, Object, shown_parts};
use std::collections::{BTreeMap, BTreeSet};

/// Neighbours of the candidate's objects.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// Tables that others are partitions or children of: schema and name.
    parents: BTreeSet<(String, String)>,
    /// Partitions and children.
    children: BTreeSet<(String, String)>,
    /// Columns of primary keys: schema, table, column.
    keys: BTreeSet<(String, String, String)>,
    /// Unique indexes that a replica identity may use: schema and name.
    unique: BTreeSet<(String, String)>,
    /// Materialized views that hold nothing yet.
    empty_views: usize,
    /// By object, as kind and name: who holds what there, and whether any of it may be passed on.
    grants: BTreeMap<(String, String), Vec<(String, bool)>>,
    /// Schema and name of tables, and who holds rights on single columns of them.
    on_columns: BTreeSet<(String, String, String)>,
    /// Versions that CREATE EXTENSION would install.
    available: BTreeMap<String, String>,
}

fn list<'a>(object: &'a Object, property: &str) -> &'a [Box<str>] {
    match object.get(property) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

/// Schema and name of a relation, or of the one that a column belongs to, from how it is shown.
fn relation(shown: &str) -> Option<(String, String)> {
    let mut parts = shown_parts(shown)?.into_iter();
    Some((parts.next()?, parts.next()?))
}

impl Around {
    pub fn of(candidate: &Manifest) -> Self {
        let mut around = Self::default();
        for table in candidate.of_kind(Kind::Table) {
            let above = table.text("partition_of").into_iter().chain(list(table, "inherits").iter().map(AsRef::as_ref));
            let above: Vec<_> = above.filter_map(relation).collect();
            if !above.is_empty() {
                around.children.insert((table.identity.part(0).to_owned(), table.identity.part(1).to_owned()));
            }
            around.parents.extend(above);
        }
        for key in candidate.of_kind(Kind::Constraint).iter().filter(|one| one.text("type") == Some("primary key")) {
            let part = |index| key.identity.part(index).to_owned();
            around.keys.extend(list(key, "columns").iter().map(|column| (part(0), part(1), column.to_string())));
        }
        let indexes = candidate.of_kind(Kind::Index).iter();
        let unique = indexes.filter(|index| index.get("unique").is_some() || index.text("constraint").is_some());
        around.unique.extend(unique.map(|index| (index.identity.part(0).to_owned(), index.identity.part(1).to_owned())));
        around.empty_views = candidate.of_kind(Kind::MaterializedView).iter().filter(|view| view.get("populated").is_some()).count();
        for grant in candidate.of_kind(Kind::Grant) {
            let (kind, object, grantee) = (grant.identity.part(0), grant.identity.part(1), grant.identity.part(2));
            let passes_on = !list(grant, "grantable").is_empty() || grant.get("maintain_grantable").is_some();
            around.grants.entry((kind.to_owned(), object.to_owned())).or_default().push((grantee.to_owned(), passes_on));
            if kind == "column"
                && let Some((schema, table)) = relation(object)
            {
                around.on_columns.insert((schema, table, grantee.to_owned()));
            }
        }
        let versions = candidate.of_kind(Kind::ExtensionVersion).iter();
        let told = versions.filter_map(|one| Some((one.identity.part(0).to_owned(), one.text("default_version")?.to_owned())));
        around.available.extend(told);
        around
    }

    /// Whether others are partitions or children of this table.
    pub fn is_parent(&self, schema: &str, table: &str) -> bool {
        self.parents.contains(&(schema.to_owned(), table.to_owned()))
    }

    /// Whether this table is a partition or a child of another.
    pub fn is_child(&self, schema: &str, table: &str) -> bool {
        self.children.contains(&(schema.to_owned(), table.to_owned()))
    }

    pub fn is_in_key(&self, column: &Object) -> bool {
        let part = |index| column.identity.part(index).to_owned();
        self.keys.contains(&(part(0), part(1), part(2)))
    }

    pub fn is_unique(&self, schema: &str, index: &str) -> bool {
        self.unique.contains(&(schema.to_owned(), index.to_owned()))
    }

    /// Whether one materialized view alone holds nothing: of several, one may read another.
    pub const fn is_one_view_empty(&self) -> bool {
        self.empty_views < 2
    }

    /// Whether the version is what the candidate's server has to offer.
    pub fn offers(&self, extension: &str, version: &str) -> bool {
        self.available.get(extension).is_some_and(|offered| offered == version)
    }

    /// Whether what somebody holds may come from a grantor other than the owner, or others may hold theirs from him. The manifest does
    /// not say who granted what: REVOKE would then do nothing, or fail.
    pub fn is_entangled(&self, kind: &str, object: &str, grantee: &str) -> bool {
        let held = self.grants.get(&(kind.to_owned(), object.to_owned())).map_or(&[][..], Vec::as_slice);
        let others = held.iter().filter(|(other, _)| other != grantee).count();
        held.iter().any(|(other, passes_on)| *passes_on && (other != grantee || others > 0))
    }

    /// Whether rights on columns would go with those on their table.
    pub fn has_columns(&self, shown: &str, grantee: &str) -> bool {
        relation(shown).is_some_and(|(schema, table)| self.on_columns.contains(&(schema, table, grantee.to_owned())))
    }
}

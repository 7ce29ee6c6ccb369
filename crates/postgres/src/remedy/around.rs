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
    /// Indexes that a replica identity may use: schema, table and name.
    identifying: BTreeSet<(String, String, String)>,
    /// Indexes that a table may be clustered on, likewise.
    ordering: BTreeSet<(String, String, String)>,
    /// Who owns what, by kind and name.
    owners: BTreeMap<(String, String), String>,
    /// Sequences that belong to a column, as they are shown: they go with its table.
    owned: BTreeSet<String>,
    /// Roles of the server, where they were captured.
    roles: BTreeSet<String>,
    /// Settings of the server, where they were captured.
    settings: BTreeSet<String>,
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
        let columns = candidate.of_kind(Kind::Column).iter().filter(|column| column.get("not_null").is_some());
        let refusing: BTreeSet<[&str; 3]> = columns.map(|column| [0, 1, 2].map(|at| column.identity.part(at))).collect();
        for index in candidate.of_kind(Kind::Index) {
            let [schema, table] = list(index, "table") else { continue };
            let place = (schema.to_string(), table.to_string(), index.identity.part(1).to_owned());
            // One behind a key carries nothing but its state.
            if index.text("constraint").is_some() && index.get("valid").is_none() {
                around.ordering.insert(place);
                continue;
            }
            let keys = list(index, "keys");
            let is_plain = index.text("predicate").is_none() && index.get("valid").is_none() && !keys.is_empty();
            if is_plain && index.text("method").is_none() && keys.iter().all(|key| refusing.contains(&[&**schema, &**table, &**key])) {
                around.ordering.insert(place.clone());
                if index.get("unique").is_some() {
                    around.identifying.insert(place);
                }
            } else if is_plain && index.text("method").is_none() {
                around.ordering.insert(place);
            }
        }
        for owner in candidate.of_kind(Kind::Owner) {
            let key = (owner.identity.part(0).to_owned(), owner.identity.part(1).to_owned());
            around.owners.extend(owner.text("owner").map(|role| (key, role.to_owned())));
        }
        let sequences = candidate.of_kind(Kind::Sequence).iter().filter(|sequence| sequence.get("owned_by").is_some());
        around.owned.extend(sequences.map(Object::display));
        around.roles.extend(candidate.of_kind(Kind::Role).iter().map(|role| role.identity.part(0).to_owned()));
        around.settings.extend(candidate.of_kind(Kind::Setting).iter().map(|setting| setting.identity.part(0).to_ascii_lowercase()));
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

    /// Whether rows of the table may be identified by that index: unique, of its own, over columns that refuse NULL.
    pub fn identifies(&self, schema: &str, table: &str, index: &str) -> bool {
        self.identifying.contains(&(schema.to_owned(), table.to_owned(), index.to_owned()))
    }

    pub fn orders(&self, schema: &str, table: &str, index: &str) -> bool {
        self.ordering.contains(&(schema.to_owned(), table.to_owned(), index.to_owned()))
    }

    /// Whether somebody holds rights on it that becoming, or being, its owner would swallow.
    pub fn owns_or_holds(&self, kind: &str, object: &str, role: &str) -> bool {
        let key = (kind.to_owned(), object.to_owned());
        let holds = self.grants.get(&key).is_some_and(|held| held.iter().any(|(grantee, _)| grantee == role));
        holds || self.is_owner(kind, object, role)
    }

    pub fn is_owner(&self, kind: &str, object: &str, role: &str) -> bool {
        self.owners.get(&(kind.to_owned(), object.to_owned())).is_some_and(|owner| owner == role)
    }

    /// Whether a sequence's owner is its table's.
    pub fn is_owned_sequence(&self, kind: &str, object: &str) -> bool {
        kind == "sequence" && self.owned.contains(object)
    }

    /// Whether the server has such a role, as far as that is known; built-in ones are listed nowhere.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.is_empty() || role.starts_with("pg_") || self.roles.contains(role)
    }

    /// Whether the server has such a setting, as far as that is known.
    pub fn has_setting(&self, name: &str) -> bool {
        self.settings.is_empty() || self.settings.contains(&name.to_ascii_lowercase())
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

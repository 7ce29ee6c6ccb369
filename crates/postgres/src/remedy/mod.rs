//! What to do about a difference on PostgreSQL that no statement of a patch is about: faults of single objects, versions, settings of
//! the server, what was not measured.
//!
//! Lives here: which fix for which difference; `setting` knows where settings are set. Each is proven in `tests/measures/fix.rs`:
//! applied, captured, compared. Does not live here: whatever one state of an object is made another by (`patch`).

mod setting;

use crate::flavor;
use crate::ident::{literal, qualified, quoted};
use crate::knowledge::settings;
use evenkeel_core::compare::{Case, Change, Reasoning, Remedies};
use evenkeel_core::finding::Remedy;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Manifest, Object};
use std::collections::{BTreeMap, BTreeSet};

/// Remedies for one candidate.
#[derive(Debug, Clone, Default)]
pub struct PostgresRemedies {
    database: String,
    major: u16,
    /// Partitioned indexes cannot be rebuilt by REINDEX: tables that are partitioned, by schema and name.
    partitioned: BTreeSet<(String, String)>,
    /// Materialized views that hold nothing yet.
    empty_views: usize,
    /// Versions that CREATE EXTENSION would install.
    available: BTreeMap<String, String>,
    /// Where the server's own settings are set, if not by a statement.
    elsewhere: Option<&'static str>,
}

impl PostgresRemedies {
    /// For the candidate that was captured.
    #[must_use]
    pub fn new(candidate: &Manifest) -> Self {
        let partitioned = candidate.of_kind(Kind::Table).iter().filter(|table| table.text("partition_by").is_some());
        let versions = candidate.of_kind(Kind::ExtensionVersion).iter();
        Self {
            database: candidate.endpoint.database.clone(),
            major: candidate.endpoint.server_major,
            partitioned: partitioned.map(|table| (table.identity.part(0).to_owned(), table.identity.part(1).to_owned())).collect(),
            empty_views: candidate.of_kind(Kind::MaterializedView).iter().filter(|view| view.get("populated").is_some()).count(),
            available: versions
                .filter_map(|one| Some((one.identity.part(0).to_owned(), one.text("default_version")?.to_owned())))
                .collect(),
            elsewhere: setting::elsewhere(candidate),
        }
    }

    fn is_on_partitioned(&self, index: &Object) -> Option<bool> {
        let Some(Value::List(table)) = index.get("table") else { return None };
        let [schema, table] = &**table else { return None };
        Some(self.partitioned.contains(&(schema.to_string(), table.to_string())))
    }

    /// What is known to be right, as SQL.
    fn statements(&self, case: &Case<'_>) -> Option<String> {
        let any = case.candidate.or(case.reference)?;
        match (case.change, case.kind, case.attribute?) {
            // The server refuses to validate what it does not enforce.
            (Change::Unsound, Kind::Constraint, _) if [case.reference, case.candidate].into_iter().flatten().any(unenforced) => None,
            (Change::Unsound, _, attribute) => self.unsound(any, attribute),
            // Extensions have update paths upwards, to what is there.
            (Change::Changed, Kind::ExtensionVersion, "version") => {
                let (name, version) = (any.identity.part(0), case.reference?.text("version")?);
                let is_offered = self.available.get(name).is_some_and(|offered| offered == version);
                let is_upwards = is_offered && is_older(any.text("version")?, version);
                is_upwards.then(|| format!("ALTER EXTENSION {} UPDATE TO {};", quoted(name), literal(version)))
            }
            (Change::Changed, Kind::TableStatistics, "never_analyzed") if case.reference?.get("never_analyzed").is_none() => {
                Some(format!("ANALYZE {};", whole(any)))
            }
            _ => None,
        }
    }

    /// States that are a fault of their own; the fix belongs to the side that has it.
    fn unsound(&self, object: &Object, attribute: &str) -> Option<String> {
        let name = whole(object);
        match (object.kind, attribute) {
            (Kind::Index, "leftover") => (!self.is_on_partitioned(object)?).then(|| format!("DROP INDEX CONCURRENTLY {name};")),
            (Kind::Index, "valid" | "ready") => (!self.is_on_partitioned(object)?).then(|| format!("REINDEX INDEX CONCURRENTLY {name};")),
            (Kind::Constraint, "validated") => Some(format!("ALTER TABLE {name} VALIDATE CONSTRAINT {};", quoted(object.identity.part(2)))),
            (Kind::TableStatistics, "sequence_behind") => {
                let Some(Value::List(columns)) = object.get("behind") else { return None };
                let set = columns.iter().map(|column| {
                    let (table, shown) = (literal(&name), literal(column));
                    format!(
                        "SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence({table}, {shown}), max({})) FROM {name};",
                        quoted(column)
                    )
                });
                Some(set.collect::<Vec<_>>().join(" "))
            }
            // Of several, one may read another.
            (Kind::MaterializedView, "populated") => (self.empty_views < 2).then(|| format!("REFRESH MATERIALIZED VIEW {name};")),
            (Kind::CollationVersion, "outdated") => {
                Some(format!("REINDEX DATABASE {}; ALTER COLLATION {name} REFRESH VERSION;", quoted(&self.database)))
            }
            (Kind::Server, "collation_outdated") => {
                let database = quoted(&self.database);
                (self.major >= flavor::DATABASE_COLLATION_VERSION)
                    .then(|| format!("REINDEX DATABASE {database}; ALTER DATABASE {database} REFRESH COLLATION VERSION;"))
            }
            _ => None,
        }
    }
}

impl Remedies for PostgresRemedies {
    fn fix(&self, case: &Case<'_>) -> Option<Remedy> {
        if case.kind == Kind::Setting && case.change == Change::Changed {
            return setting::setting(case, self.elsewhere);
        }
        self.statements(case).map(Remedy::Statements)
    }

    fn reasoning(&self, case: &Case<'_>) -> Option<Reasoning> {
        let object = case.reference.or(case.candidate)?;
        let name = match case.kind {
            // That a version has a setting at all, or waits for a restart, is not what the table is about.
            Kind::Setting if matches!(case.attribute, Some("value" | "effective")) => object.identity.part(0),
            Kind::Override => object.identity.part(2),
            _ => return None,
        };
        settings::known(name).map(|known| Reasoning { why: known.why.to_owned(), source: settings::source(known) })
    }
}

/// `schema.name` of an object whose identity begins so.
fn whole(object: &Object) -> String {
    qualified(object.identity.part(0), object.identity.part(1))
}

/// Whether the first version is older: `1.9` than `1.10`. Nothing is known about what is no number.
pub fn is_older(version: &str, than: &str) -> bool {
    let parts = |text: &str| text.split('.').map(str::parse::<u32>).collect::<Result<Vec<_>, _>>().ok();
    matches!((parts(version), parts(than)), (Some(version), Some(than)) if version < than)
}

/// Whether the capture says so; what is enforced has no such property.
fn unenforced(object: &Object) -> bool {
    object.get("enforced").is_some()
}

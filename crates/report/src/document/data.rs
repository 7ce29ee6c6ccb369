//! The numbers behind the charts: volumes per table and distributions per column, on both sides.
//!
//! Lives here: looking them up among what was measured. Does not live here: which of them lie too far apart; that is a
//! difference, and `core::compare` has judged it.

use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Manifest, Object};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const TABLE_KIND: &str = "table-statistics";
const COLUMN_KIND: &str = "column-statistics";

/// Volumes and distributions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Data {
    /// Largest first.
    pub tables: Vec<TableData>,
    /// In order of their names.
    pub columns: Vec<ColumnData>,
}

/// One table on both sides; a side is null where it lacks the table or its numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TableData {
    /// As a person writes it: `app.orders`.
    pub table: String,
    pub reference: Option<Volume>,
    pub candidate: Option<Volume>,
}

/// How much there is of a table. The server's estimates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Volume {
    pub rows: Option<f64>,
    pub table_bytes: Option<f64>,
    pub index_bytes: Option<f64>,
    pub toast_bytes: Option<f64>,
}

/// One column on both sides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ColumnData {
    /// As a person writes it: `app.orders.status`.
    pub column: String,
    pub reference: Option<Strip>,
    pub candidate: Option<Strip>,
}

/// The shape of a column's values, without the values.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Strip {
    /// Share of rows that are NULL, 0 to 1.
    pub null_fraction: Option<f64>,
    /// Distinct values: a count, or a share of the rows where negative.
    pub distinct: Option<f64>,
    /// How far physical order follows the values' order, −1 to 1.
    pub correlation: Option<f64>,
    /// Average width in bytes.
    pub width: Option<f64>,
    /// Shares of the most common values, largest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub common: Vec<f64>,
}

impl Volume {
    /// Table, indexes and TOAST together, where anything is known.
    #[must_use]
    pub fn bytes(&self) -> Option<f64> {
        let parts = [self.table_bytes, self.index_bytes, self.toast_bytes];
        parts.iter().any(Option::is_some).then(|| parts.iter().flatten().sum())
    }
}

impl Data {
    /// What both manifests know.
    pub(super) fn of(reference: &Manifest, candidate: &Manifest) -> Self {
        let pair = joined(reference, candidate, TABLE_KIND, |object| Volume {
            rows: number(object, "rows"),
            table_bytes: number(object, "table_bytes"),
            index_bytes: number(object, "index_bytes"),
            toast_bytes: number(object, "toast_bytes"),
        });
        let mut tables: Vec<TableData> =
            pair.into_iter().map(|(table, (reference, candidate))| TableData { table, reference, candidate }).collect();
        tables.sort_by(|a, b| b.largest().total_cmp(&a.largest()).then_with(|| a.table.cmp(&b.table)));
        let pair = joined(reference, candidate, COLUMN_KIND, |object| Strip {
            null_fraction: number(object, "null_fraction"),
            distinct: number(object, "distinct"),
            correlation: number(object, "correlation"),
            width: number(object, "width"),
            common: numbers(object, "common_frequencies"),
        });
        let columns = pair.into_iter().map(|(column, (reference, candidate))| ColumnData { column, reference, candidate }).collect();
        Self { tables, columns }
    }

    /// Bytes of all tables on both sides, where both are known.
    #[must_use]
    pub fn volume(&self) -> Option<(f64, f64)> {
        let sum = |side: fn(&TableData) -> Option<Volume>| {
            let known: Vec<f64> = self.tables.iter().filter_map(|table| side(table)?.bytes()).collect();
            (!known.is_empty()).then(|| known.iter().sum::<f64>())
        };
        Some((sum(|table| table.reference)?, sum(|table| table.candidate)?))
    }

    /// Whether there is nothing to draw.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.columns.is_empty()
    }
}

impl TableData {
    fn largest(&self) -> f64 {
        let of = |side: Option<Volume>| side.and_then(|volume| volume.bytes().or(volume.rows)).unwrap_or(0.0);
        of(self.reference).max(of(self.candidate))
    }
}

type Pairs<T> = BTreeMap<String, (Option<T>, Option<T>)>;

/// The objects of the kind with that name on both sides, by what a person calls them. Empty where there is no such kind.
fn joined<T>(reference: &Manifest, candidate: &Manifest, kind: &str, read: impl Fn(&Object) -> T) -> Pairs<T> {
    let mut pairs = Pairs::new();
    let Some(kind) = Kind::from_name(kind) else { return pairs };
    for object in reference.of_kind(kind) {
        pairs.entry(object.display()).or_insert((None, None)).0 = Some(read(object));
    }
    for object in candidate.of_kind(kind) {
        pairs.entry(object.display()).or_insert((None, None)).1 = Some(read(object));
    }
    pairs
}

fn number(object: &Object, property: &str) -> Option<f64> {
    object.get(property).and_then(Value::as_number)
}

fn numbers(object: &Object, property: &str) -> Vec<f64> {
    match object.get(property) {
        Some(Value::List(items)) => items.iter().filter_map(|item| item.parse().ok()).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use evenkeel_core::kind::{Dimension, Engine};
    use evenkeel_core::manifest::{Endpoint, Identity, NodeRole};

    fn manifest(functions: &[(&str, f64)]) -> Manifest {
        let objects = functions.iter().map(|(name, rows)| {
            let mut object = Object::new(Kind::Function, Identity::new(["app", *name]));
            object.set("rows", *rows);
            object
        });
        let endpoint = Endpoint {
            engine: Engine::PostgreSql,
            server_version: "15.8".to_owned(),
            server_major: 15,
            database: "app".to_owned(),
            role: "reader".to_owned(),
            node: "/tmp".to_owned(),
            node_role: NodeRole::Primary,
            captured_at: "2026-11-21T07:00:00Z".to_owned(),
            roles: std::collections::BTreeMap::new(),
            whose: evenkeel_core::manifest::Whose::File,
        };
        Manifest::new(endpoint, vec![Dimension::Schema], objects.collect(), Vec::new())
    }

    /// The lookup goes by names alone; `function` stands in for a kind of statistics, its `rows` for theirs.
    #[test]
    fn both_sides_meet_by_name() {
        let pairs =
            joined(&manifest(&[("f()", 10.0), ("g()", 20.0)]), &manifest(&[("g()", 2.0)]), "function", |object| number(object, "rows"));
        let shown: Vec<_> = pairs.into_iter().collect();
        assert_eq!(shown, [("app.f()".to_owned(), (Some(Some(10.0)), None)), ("app.g()".to_owned(), (Some(Some(20.0)), Some(Some(2.0))))]);
    }

    #[test]
    fn an_unknown_kind_yields_nothing() {
        assert!(joined(&manifest(&[("f()", 1.0)]), &manifest(&[]), "no-such-kind", |_| ()).is_empty());
    }

    #[test]
    fn volume_needs_both_sides() {
        let volume = |bytes| Some(Volume { table_bytes: Some(bytes), index_bytes: Some(1.0), ..Volume::default() });
        let table = |reference, candidate| TableData { table: "app.orders".to_owned(), reference, candidate };
        let data = |tables| Data { tables, columns: Vec::new() };
        assert_eq!(data(vec![table(volume(9.0), volume(99.0))]).volume(), Some((10.0, 100.0)));
        assert_eq!(data(vec![table(volume(9.0), None)]).volume(), None);
    }
}

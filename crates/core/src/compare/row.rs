//! Rows of reference tables: where they can be told from each other, and how a changed one is shown.
//!
//! Lives here: what is particular about them. They are walked, folded and weighed as all objects are.

use super::{Difference, Side, SideGap, Walk, Which};
use crate::kind::{Kind, Value};
use crate::manifest::{Gap, Manifest, Object, Reason};
use std::collections::BTreeMap;

/// Rows of a table that are told one by one; where more differ the table is told alone.
const MOST_TOLD: usize = 1_000;

impl Walk<'_> {
    /// Whether rows of that table can be told from each other: both sides hashed them under one secret.
    pub(super) fn tells_rows(&self, row: &Object) -> bool {
        let secret = |side: Side<'_>| table_of(side.manifest, row).and_then(|table| table.text("secret").map(str::to_owned));
        secret(self.reference).is_some_and(|own| secret(self.candidate) == Some(own))
    }

    /// Rows that differ say what the hash of their table and their number say as a whole. Where too many do, the table says it.
    pub(super) fn settle_rows(&mut self) {
        let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
        for lone in self.lone.iter().filter(|lone| lone.object.kind == Kind::ReferenceRow) {
            *counts.entry((lone.object.identity.part(0).to_owned(), lone.object.identity.part(1).to_owned())).or_default() += 1;
        }
        for difference in self.differences.iter().filter(|difference| difference.subject.kind == Kind::ReferenceRow) {
            *counts.entry(table(difference)).or_default() += 1;
        }
        if counts.is_empty() {
            return;
        }
        let told = |table: &(String, String)| counts.get(table).is_some_and(|count| *count <= MOST_TOLD);
        self.lone.retain(|lone| {
            let own = || (lone.object.identity.part(0).to_owned(), lone.object.identity.part(1).to_owned());
            lone.object.kind != Kind::ReferenceRow || told(&own())
        });
        self.differences.retain(|difference| match difference.subject.kind {
            Kind::ReferenceRow => told(&table(difference)),
            Kind::ReferenceTable => !(matches!(difference.subject.attribute, Some("content" | "rows")) && told(&table(difference))),
            _ => true,
        });
    }

    /// A table whose content only one side has read: that is no evidence about the other.
    pub(super) fn unread_reference(&mut self, object: &Object, blind: Which) {
        let detail = format!("its content was not read in {}", self.label(blind));
        let gap = Gap::object(object, Reason::NotCaptured, detail);
        let gap = gap.cure("name the table in `reference` of both environments, or of the project; a manifest is captured again");
        self.gaps.push(SideGap { which: blind, gap, across: None });
    }
}

/// Schema and name of the table that a difference is about.
fn table(difference: &Difference) -> (String, String) {
    let part = |at: usize| difference.subject.identity.get(at).map(|(_, value)| value.clone()).unwrap_or_default();
    (part(0), part(1))
}

fn table_of<'a>(manifest: &'a Manifest, row: &Object) -> Option<&'a Object> {
    manifest.find(Kind::ReferenceTable, &[row.identity.part(0), row.identity.part(1)])
}

/// Expected and found of a changed row: the columns that differ, with their values where both sides were asked for them.
pub(super) fn changed(reference: &Object, candidate: &Object) -> (String, String) {
    let (left, right) = (cells(reference, "columns"), cells(candidate, "columns"));
    let (own, theirs) = (cells(reference, "values"), cells(candidate, "values"));
    let names = left.keys().chain(right.keys()).collect::<std::collections::BTreeSet<_>>();
    let (mut expected, mut found) = (Vec::new(), Vec::new());
    for name in names.into_iter().filter(|name| left.get(*name) != right.get(*name)) {
        let side = |values: &BTreeMap<String, String>, is_there: bool, word: &str| match (values.get(name), is_there) {
            (_, false) => format!("no {name}"),
            (Some(value), true) => format!("{name} = {value}"),
            (None, true) => format!("{word} {name}"),
        };
        expected.push(side(&own, left.contains_key(name), "the reference's"));
        found.push(side(&theirs, right.contains_key(name), "another"));
    }
    (expected.join(", "), found.join(", "))
}

/// Cells by their columns. A name may hold `=`, a hash holds none, and a value may: the column list tells which names there are.
fn cells(row: &Object, property: &str) -> BTreeMap<String, String> {
    let Some(Value::List(items)) = row.get(property) else { return BTreeMap::new() };
    let names: Vec<&str> = match row.get("columns") {
        Some(Value::List(columns)) => columns.iter().filter_map(|cell| Some(cell.rsplit_once('=')?.0)).collect(),
        _ => Vec::new(),
    };
    let cell = |item: &str| {
        // The longest name that fits: `a=b` before `a`.
        let name = names
            .iter()
            .filter(|name| item.strip_prefix(**name).is_some_and(|rest| rest.starts_with('=')))
            .max_by_key(|name| name.len())?;
        Some(((*name).to_owned(), item.get(name.len() + 1..)?.to_owned()))
    };
    items.iter().filter_map(|item| cell(item)).collect()
}

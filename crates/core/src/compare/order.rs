//! Column order: one difference a table, about the columns both sides have.

use super::{Change, Difference, Scope, Walk};
use crate::finding::{Finding, Thing};
use crate::kind::{Kind, Value};
use crate::manifest::Object;

pub(super) fn columns(walk: &mut Walk<'_>, scope: &Scope) {
    let (reference, candidate) = (walk.reference.manifest.of_kind(Kind::Column), walk.candidate.manifest.of_kind(Kind::Column));
    let mut others = candidate.chunk_by(same_table).peekable();
    for columns in reference.chunk_by(same_table) {
        let Some(table) = columns.first().map(table) else { continue };
        while others.next_if(|others| others.first().is_some_and(|column| self::table(column) < table)).is_some() {}
        let Some(others) = others.next_if(|others| others.first().is_some_and(|column| self::table(column) == table)) else { continue };
        let (expected, found) = (in_order(columns, others), in_order(others, columns));
        if expected == found {
            continue;
        }
        let object = [Kind::Table, Kind::View, Kind::MaterializedView]
            .into_iter()
            .find_map(|kind| walk.reference.manifest.find(kind, &[table.0, table.1]));
        let Some(object) = object else { continue };
        let plain = walk.difference(object, Change::Changed, "column-order");
        let finding = Finding {
            subject: Thing { attribute: Some("column_order"), ..plain.finding.subject },
            expected: Some(expected.join(", ")),
            found: Some(found.join(", ")),
            severity: scope.order_weight,
            why: "INSERT without a column list, COPY and SELECT * depend on it.".to_owned(),
            ..plain.finding
        };
        walk.differences.push(Difference { finding, ..plain });
    }
}

fn table(column: &Object) -> (&str, &str) {
    (column.identity.part(0), column.identity.part(1))
}

fn same_table(a: &Object, b: &Object) -> bool {
    table(a) == table(b)
}

/// The names of the columns that the other side has too, by position.
fn in_order<'a>(columns: &'a [Object], others: &[Object]) -> Vec<&'a str> {
    let mut ranked: Vec<(i64, &str)> = columns
        .iter()
        .filter(|column| others.binary_search_by(|other| other.identity.part(2).cmp(column.identity.part(2))).is_ok())
        .filter_map(|column| match column.get("position") {
            Some(Value::Integer(position)) => Some((*position, column.identity.part(2))),
            _ => None,
        })
        .collect();
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, name)| name).collect()
}

//! Tables that may be one under two names: a plan drops the one with all its rows and makes the other empty, so a person is asked. Does
//! not live here: what hangs on a table that stays (`compare/rename`).

use super::World;
use crate::compare::{Change, Difference};
use crate::kind::Kind;
use crate::manifest::Object;
use std::collections::BTreeMap;

/// With a single column, two tables are too easily alike.
const LEAST: usize = 2;

/// A table's columns, as far as these say what its rows are.
type Form<'m> = Vec<[&'m str; 2]>;

fn form<'m>(table: &'m Object, world: &World<'m>) -> Option<Form<'m>> {
    // A partition goes and comes with the times.
    if table.get("partition_of").is_some() {
        return None;
    }
    let columns = world.columns(table.identity.part(0), table.identity.part(1));
    let columns: Vec<_> = columns.iter().map(|column| [column.identity.part(2), column.text("type").unwrap_or_default()]).collect();
    (columns.len() >= LEAST).then_some(columns)
}

/// Each table of the candidate that the reference lacks, with the one of the reference that has the same columns and is not there, in the
/// same schema or under the same name: where no other comes into question.
#[must_use]
pub fn renamed_tables<'m>(differences: &[Difference], from: &World<'m>, to: &World<'m>) -> Vec<(&'m Object, &'m Object)> {
    let mut found: BTreeMap<Form<'m>, (Vec<&Object>, Vec<&Object>)> = BTreeMap::new();
    for difference in differences.iter().filter(|difference| matches!(difference.subject.kind, Kind::Table | Kind::Schema)) {
        let world = match difference.change {
            Change::Extra => from,
            Change::Missing => to,
            _ => continue,
        };
        let Some(object) = world.shown(difference.subject.kind.name(), &difference.subject.object) else { continue };
        // What goes or comes with its schema is not told of by itself.
        let tables: Vec<&Object> = match object.kind {
            Kind::Table => vec![object],
            _ => world.manifest.of_kind(Kind::Table).iter().filter(|table| table.identity.part(0) == object.identity.part(0)).collect(),
        };
        for table in tables {
            let Some(form) = form(table, world) else { continue };
            let (extra, missing) = found.entry(form).or_default();
            let side = if difference.change == Change::Extra { extra } else { missing };
            if !side.iter().any(|known| std::ptr::eq(*known, table)) {
                side.push(table);
            }
        }
    }
    let mut pairs = Vec::new();
    for (mut extra, mut missing) in found.into_values() {
        // First what stays in its schema, then what goes to another.
        for part in [0, 1] {
            let alike = |one: &Object, other: &Object| one.identity.part(part) == other.identity.part(part);
            let alone: Vec<(&Object, &Object)> = extra
                .iter()
                .filter_map(|one| {
                    let mut there = missing.iter().filter(|other| alike(one, other));
                    let only = there.next().filter(|_| there.next().is_none())?;
                    (extra.iter().filter(|other| alike(other, only)).count() == 1).then_some((*one, *only))
                })
                .collect();
            extra.retain(|one| !alone.iter().any(|(taken, _)| std::ptr::eq(*taken, *one)));
            missing.retain(|one| !alone.iter().any(|(_, taken)| std::ptr::eq(*taken, *one)));
            pairs.extend(alone);
        }
    }
    pairs
}

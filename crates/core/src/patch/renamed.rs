//! Tables that may be one under two names: a plan drops the one with all its rows and makes the other empty, so a person is asked. Does
//! not live here: what hangs on a table that stays (`compare/rename`).

use super::World;
use crate::compare::{Change, Difference};
use crate::kind::Kind;
use crate::manifest::Object;
use std::collections::BTreeMap;

/// With a single column, two tables are too easily alike.
const LEAST: usize = 2;

/// A table's schema and its columns, as far as these say what its rows are.
type Form<'m> = (&'m str, Vec<[&'m str; 2]>);

fn form<'m>(table: &'m Object, world: &World<'m>) -> Option<Form<'m>> {
    // A partition goes and comes with the times.
    if table.get("partition_of").is_some() {
        return None;
    }
    let columns = world.columns(table.identity.part(0), table.identity.part(1));
    let columns: Vec<_> = columns.iter().map(|column| [column.identity.part(2), column.text("type").unwrap_or_default()]).collect();
    (columns.len() >= LEAST).then(|| (table.identity.part(0), columns))
}

/// Each table of the candidate that the reference lacks, with the one of the reference that has the same columns and is not there:
/// where no other comes into question.
#[must_use]
pub fn renamed_tables<'m>(differences: &[Difference], from: &World<'m>, to: &World<'m>) -> Vec<(&'m Object, &'m Object)> {
    let mut found: BTreeMap<Form<'m>, (Vec<&Object>, Vec<&Object>)> = BTreeMap::new();
    for difference in differences.iter().filter(|difference| difference.subject.kind == Kind::Table) {
        let world = match difference.change {
            Change::Extra => from,
            Change::Missing => to,
            _ => continue,
        };
        let Some(table) = world.shown(Kind::Table.name(), &difference.subject.object) else { continue };
        let Some(form) = form(table, world) else { continue };
        let (extra, missing) = found.entry(form).or_default();
        if difference.change == Change::Extra { extra.push(table) } else { missing.push(table) }
    }
    let pairs = found.into_values().filter_map(|pair| match (pair.0.as_slice(), pair.1.as_slice()) {
        ([extra], [missing]) => Some((*extra, *missing)),
        _ => None,
    });
    pairs.collect()
}

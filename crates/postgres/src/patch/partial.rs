//! Indexes of partitioned tables that are not valid, for a partition has nothing of them: they are made of the table alone.
//!
//! Neighbours: `index` makes them, `table` attaches partitions before.

use super::{is_not, list};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::World;

/// The partitions of its table.
pub fn partitions<'w>(index: &Object, world: &World<'w>) -> Vec<&'w Object> {
    let whole = match list(index, "table") {
        [schema, table] => world.find(Kind::Table, &[schema, table]),
        _ => None,
    };
    let Some(shown) = whole.filter(|table| table.get("partition_by").is_some()).map(Object::display) else { return Vec::new() };
    world.manifest.of_kind(Kind::Table).iter().filter(|table| table.text("partition_of") == Some(&shown)).collect()
}

/// Whether it is a partitioned table's, and not valid for a partition that has none of it: then it is made of that table alone.
pub fn is_partial(index: &Object, world: &World<'_>) -> bool {
    let shown = index.display();
    let has_it = |table: &&Object| {
        let mut own = world.parts_of_kind(table.identity.part(0), table.identity.part(1), Kind::Index);
        own.any(|own| own.text("attached_to") == Some(&shown))
    };
    is_not(index, "valid") && !is_not(index, "ready") && !partitions(index, world).iter().all(has_it)
}

/// Why a table that is there has no place for parts, or keeps those that it has: it would have to be partitioned in another way.
pub fn takes_no_parts(shown: &str, (from, to): (&World<'_>, &World<'_>)) -> Option<String> {
    let (before, after) = (from.shown("table", shown)?, to.shown("table", shown)?);
    (before.get("partition_by") != after.get("partition_by"))
        .then(|| format!("partition_by of table {shown} cannot be altered, so that its parts stay as they are"))
}

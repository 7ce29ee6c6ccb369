//! Columns that tables have from those that they inherit from: whose statement alters them. Does not live here: partitions (`table`).

use super::list;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::World;

/// Why no statement gives it another type: a table below has it from two above, and each of these is altered by itself.
pub fn torn(column: &Object, from: &World<'_>) -> Option<String> {
    let name = column.identity.part(2);
    let table = from.find(Kind::Table, &[column.identity.part(0), column.identity.part(1)])?;
    let has_it = |table: &&Object| from.find(Kind::Column, &[table.identity.part(0), table.identity.part(1), name]).is_some();
    let above = |table: &Object| -> Vec<&Object> {
        list(table, "inherits").iter().filter_map(|shown| from.shown("table", shown)).filter(has_it).collect()
    };
    let below = |table: &Object| -> Vec<&Object> {
        let shown = table.display();
        let is_child = |user: &&Object| user.kind == Kind::Table && list(user, "inherits").iter().any(|one| **one == *shown);
        from.told_users(table).into_iter().filter(is_child).collect()
    };
    // All that are joined with it, up and down.
    let (mut found, mut waiting): (Vec<&Object>, Vec<&Object>) = (Vec::new(), vec![table]);
    while let Some(table) = waiting.pop() {
        if !found.iter().any(|one| one.key() == table.key()) {
            found.push(table);
            waiting.extend(above(table).into_iter().chain(below(table)));
        }
    }
    let mut tops = found.iter().filter(|table| above(table).is_empty());
    let (one, other) = (tops.next()?, tops.next()?);
    Some(format!(
        "tables below {} and {} have it from both, and the server alters it in neither: take these out with NO INHERIT before",
        one.display(),
        other.display()
    ))
}

/// Whether a table that its own inherits from has it, too: that one's statement alters it here.
pub fn is_inherited(column: &Object, world: &World<'_>) -> bool {
    let table = world.find(Kind::Table, &[column.identity.part(0), column.identity.part(1)]);
    let mut above = table.into_iter().flat_map(|table| list(table, "inherits")).filter_map(|shown| world.shown("table", shown));
    above.any(|table| world.find(Kind::Column, &[table.identity.part(0), table.identity.part(1), column.identity.part(2)]).is_some())
}

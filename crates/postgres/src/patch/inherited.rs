//! Columns that tables have from those that they inherit from: whose statement alters them. Does not live here: partitions (`table`).

use super::{is_not, list};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Making, World};

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

/// Whether a table that one inherits from already is to stand behind another one: what is new comes last, and what goes to come back leaves
/// its columns as the child's own.
pub fn is_reordered(was: &[Box<str>], is: &[Box<str>]) -> bool {
    let kept: Vec<_> = was.iter().filter(|parent| is.contains(parent)).collect();
    !is.iter().take(kept.len()).eq(kept)
}

/// A column that a table has from those alone from which it is to inherit, and did not before.
pub fn only_from_new(change: &Change<'_>, (from, to): (&World<'_>, &World<'_>)) -> Option<String> {
    let columns = to.columns(change.to.identity.part(0), change.to.identity.part(1));
    let mut new = columns.into_iter().filter(|column| is_only_from_new(column, (from, to)));
    new.next().map(|column| column.identity.part(2).to_owned())
}

/// Whether it is such a column, of a table that is there.
pub fn is_only_from_new(column: &Object, (from, to): (&World<'_>, &World<'_>)) -> bool {
    let Some(table) = from.find(Kind::Table, &[column.identity.part(0), column.identity.part(1)]) else { return false };
    if !is_not(column, "local") || from.same(column).is_some() || table.get("partition_of").is_some() {
        return false;
    }
    let before = list(table, "inherits");
    let table_of = |above: &Object| to.find(Kind::Table, &[above.identity.part(0), above.identity.part(1)]).map(Object::display);
    let is_old = |above: &Object| table_of(above).is_some_and(|shown| before.iter().any(|one| **one == *shown));
    let above = above(column, to);
    !above.is_empty() && !above.into_iter().any(is_old)
}

/// Columns of the same name that the tables have from which a column's table inherits.
pub fn above<'w>(column: &Object, world: &World<'w>) -> Vec<&'w Object> {
    let (schema, table, name) = (column.identity.part(0), column.identity.part(1), column.identity.part(2));
    let shown = world.find(Kind::Table, &[schema, table]).map(|table| list(table, "inherits")).unwrap_or_default();
    let tables = shown.iter().filter_map(|shown| world.shown("table", shown));
    tables.filter_map(|table| world.find(Kind::Column, &[table.identity.part(0), table.identity.part(1), name])).collect()
}

/// The type that a column's table takes its columns from.
pub fn type_of_table<'w>(column: &Object, world: &World<'w>) -> Option<&'w Object> {
    let table = world.find(Kind::Table, &[column.identity.part(0), column.identity.part(1)])?;
    world.shown("composite-type", table.text("of_type")?)
}

/// Columns that tables below have from this one.
pub fn below<'w>(column: &Object, world: &World<'w>) -> Vec<&'w Object> {
    let (schema, table, name) = (column.identity.part(0), column.identity.part(1), column.identity.part(2));
    let Some(table) = world.find(Kind::Table, &[schema, table]) else { return Vec::new() };
    let shown = table.display();
    let is_child = |user: &&Object| user.kind == Kind::Table && list(user, "inherits").iter().any(|one| **one == *shown);
    let children = world.told_users(table).into_iter().filter(is_child);
    children.filter_map(|child| world.find(Kind::Column, &[child.identity.part(0), child.identity.part(1), name])).collect()
}

/// What becomes of a column below when the one above it is dropped.
pub enum Left {
    /// It goes along, or is its own already.
    Alone,
    /// It stays, and is its own from then on.
    Own,
    /// Nothing makes it so.
    Torn(String),
}

/// What is to become of what tables below have from a column that goes.
pub fn left(column: &Object, from: &World<'_>, to: &World<'_>) -> Left {
    // What is made anew comes back below, too.
    if to.same(column).is_some() {
        return Left::Alone;
    }
    let (mut own, mut goes) = (None, None);
    for child in below(column, from).into_iter().filter(|child| is_not(child, "local")) {
        match to.same(child) {
            None => goes = Some(child),
            Some(after) if !is_not(after, "local") => own = Some(child),
            // Another one above keeps it there.
            Some(_) if above(child, from).len() > 1 => {}
            Some(_) => {
                return Left::Torn(format!(
                    "{} is to have it from another table, and goes with this one: let its table inherit from the other before",
                    child.display()
                ));
            }
        }
    }
    match (own, goes) {
        (Some(own), Some(goes)) => {
            Left::Torn(format!("{} goes with it, and {} is to stay: drop it by hand", goes.display(), own.display()))
        }
        (Some(_), None) => Left::Own,
        (None, _) => Left::Alone,
    }
}

/// Whether a child's column is its own after those above it were dropped there alone.
pub fn becomes_own(column: &Object, from: &World<'_>, to: &World<'_>) -> bool {
    let above = above(column, from);
    let (was, is) = (from.same(column), to.same(column));
    was.zip(is).is_some_and(|(was, is)| is_not(was, "local") && !is_not(is, "local"))
        && !above.is_empty()
        && above.iter().all(|above| to.same(above).is_none() && matches!(left(above, from, to), Left::Own))
}

/// Whether its table stays below the same tables.
pub fn stays_below(column: &Object, (from, to): (&World<'_>, &World<'_>)) -> bool {
    let of = |world: &World<'_>| {
        let table = world.find(Kind::Table, &[column.identity.part(0), column.identity.part(1)])?;
        Some(["inherits", "partition_of"].map(|one| table.get(one).cloned()))
    };
    of(from) == of(to)
}

/// Whether a table that its own inherits from has it, too: that one's statement alters it here.
pub fn is_inherited(column: &Object, world: &World<'_>) -> bool {
    let table = world.find(Kind::Table, &[column.identity.part(0), column.identity.part(1)]);
    let mut above = table.into_iter().flat_map(|table| list(table, "inherits")).filter_map(|shown| world.shown("table", shown));
    above.any(|table| world.find(Kind::Column, &[table.identity.part(0), table.identity.part(1), column.identity.part(2)]).is_some())
}

/// Whether a table above gives what keeps NULL out another name, which its partitions and children follow.
pub fn is_named_above(column: &Object, (from, to): (&World<'_>, &World<'_>)) -> bool {
    let Some(table) = to.find(Kind::Table, &[column.identity.part(0), column.identity.part(1)]) else { return true };
    let parents = table.text("partition_of").into_iter().chain(list(table, "inherits").iter().map(AsRef::as_ref));
    let mut above = parents.filter_map(|parent| to.shown("table", parent)).peekable();
    let of = |world: &World<'_>, above: &Object| {
        world.find(Kind::Column, &[above.identity.part(0), above.identity.part(1), column.identity.part(2)])?.get("not_null_name").cloned()
    };
    above.peek().is_none() || above.any(|above| of(from, above) != of(to, above))
}

/// Whether it comes and goes with what the type of its table has, which is the same type on both sides.
pub fn is_of_type(column: &Object, making: &Making<'_>) -> bool {
    let of = |world: &World<'_>| {
        world.find(Kind::Table, &[column.identity.part(0), column.identity.part(1)])?.text("of_type").map(str::to_owned)
    };
    let typ = of(making.to);
    typ.is_some() && typ == of(making.from)
}

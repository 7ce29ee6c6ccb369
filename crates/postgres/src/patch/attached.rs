//! Partitions that are attached while a patch runs, and what holds them: keys by which their table is partitioned, foreign keys to it.
//! Does not live here: the statements (`table`), what a table inherits from others (`inherited`).

use super::{Target, is_foreign_key};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::World;

/// Whether a table that is there is attached to a partitioned one, for the first time or anew: its indexes become parts with it, and until
/// then what is said of that table does not reach it.
pub fn is_attached(schema: &str, name: &str, to: &Target<'_>) -> bool {
    let Some(table) = to.making.to.find(Kind::Table, &[schema, name]).filter(|table| table.get("partition_of").is_some()) else {
        return false;
    };
    let differs = |before: &Object| ["partition_of", "partition_bound"].iter().any(|one| before.get(one) != table.get(one));
    to.before(table).is_some_and(differs)
}

/// Partitions of the table that it is of which are attached anew: they are detached before it is made or altered, and would have what
/// reaches them before from that table once more.
pub fn anew<'w>(object: &'w Object, from: &World<'_>, world: &World<'w>) -> Vec<&'w Object> {
    let reaches = matches!(object.kind, Kind::Constraint | Kind::Column | Kind::Index | Kind::Trigger);
    let is_partitioned = |table: &Object| table.get("partition_by").is_some();
    let table = world.parent(object).filter(|table| reaches && is_partitioned(table) && from.same(table).is_some_and(is_partitioned));
    let Some(table) = table else { return Vec::new() };
    let shown = table.display();
    let is_anew = |part: &&Object| {
        let before = from.same(part).filter(|before| before.text("partition_of") == Some(&shown));
        part.text("partition_of") == Some(&shown) && before.is_some_and(|before| before.get("partition_bound") != part.get("partition_bound"))
    };
    world.told_users(table).into_iter().filter(|user| user.kind == Kind::Table).filter(is_anew).collect()
}

/// Tables that are to be partitioned otherwise, which no statement does, and what goes over them: the tables that they are partitions of,
/// with all others of these (what is said of one of them reaches the others); foreign keys to any of them.
pub fn left_alone<'w>(from: &World<'w>, to: &World<'w>) -> Vec<(&'w Object, String)> {
    let is_turned = |table: &&Object| to.same(table).is_some_and(|after| after.get("partition_by") != table.get("partition_by"));
    let mut found: Vec<(&Object, String)> = Vec::new();
    for table in from.manifest.of_kind(Kind::Table).iter().filter(is_turned) {
        let why = "partition_by of a table cannot be altered: it would have to be made anew, with its rows; it is left as it is, with all \
                   that hangs on it";
        found.push((table, why.to_owned()));
        let why = format!("table {}, which it goes over, cannot be partitioned otherwise", table.display());
        for world in [from, to] {
            let tree = tree(table, world);
            let shown: Vec<String> = tree.iter().map(|table| table.display()).collect();
            found.extend(tree.into_iter().filter(|one| one.key() != table.key()).map(|one| (one, why.clone())));
            let refers = |key: &&Object| key.text("references").is_some_and(|table| shown.iter().any(|one| one == table));
            let keys = world.manifest.of_kind(Kind::Constraint).iter().filter(|key| is_foreign_key(key)).filter(refers);
            found.extend(keys.map(|key| (key, why.clone())));
        }
    }
    found
}

/// A table with those that it is a partition of, and all partitions of the uppermost.
fn tree<'w>(table: &Object, world: &World<'w>) -> Vec<&'w Object> {
    let Some(mut top) = world.same(table) else { return Vec::new() };
    for _ in 0..16 {
        let Some(above) = top.text("partition_of").and_then(|shown| world.shown("table", shown)) else { break };
        top = above;
    }
    let (mut found, mut at) = (vec![top], 0);
    while let Some(table) = found.get(at) {
        let shown = table.display();
        let parts =
            world.told_users(table).into_iter().filter(|user| user.kind == Kind::Table && user.text("partition_of") == Some(&shown));
        let more: Vec<&Object> = parts.filter(|part| !found.iter().any(|known| known.key() == part.key())).collect();
        found.extend(more);
        at += 1;
    }
    found
}

/// Foreign keys to a partitioned table, which hold its partitions: as they are shown.
pub fn held_by(parent: &str, from: &World<'_>, to: &World<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let mut shown = Some(parent.to_owned());
    for _ in 0..16 {
        let Some(table) = shown.take().and_then(|shown| from.shown("table", &shown)) else { break };
        let own = table.display();
        let keys = from.manifest.of_kind(Kind::Constraint).iter();
        let keys = keys.filter(|key| super::is_foreign_key(key) && key.text("references") == Some(&own) && to.same(key).is_some());
        found.extend(keys.map(Object::display));
        shown = table.text("partition_of").map(str::to_owned);
    }
    found
}

/// Columns by which a table is partitioned and whose type or collation is another.
pub fn retyped_keys(shown: &str, from: &World<'_>, to: &World<'_>) -> Vec<String> {
    let (Some(before), Some(after)) = (from.shown("table", shown), to.shown("table", shown)) else { return Vec::new() };
    let (Some(key), Some(_)) = (before.text("partition_by"), after.text("partition_by")) else { return Vec::new() };
    let columns = from.columns(before.identity.part(0), before.identity.part(1));
    let differs =
        |column: &&&Object| to.same(column).is_some_and(|other| ["type", "collation"].iter().any(|one| other.get(one) != column.get(one)));
    let named = columns.iter().filter(differs).filter(|column| super::aside::names(key, column.identity.part(2)));
    named.map(|column| column.identity.part(2).to_owned()).collect()
}

/// Why a column's type stays: a table is partitioned by it, or the table that it is a part of.
pub fn keyed_by(column: &Object, from: &World<'_>, to: &World<'_>) -> Option<String> {
    let mut shown = from.find(Kind::Table, &[column.identity.part(0), column.identity.part(1)])?.display();
    for _ in 0..16 {
        if retyped_keys(&shown, from, to).iter().any(|name| name == column.identity.part(2)) {
            return Some(format!(
                "table {shown} is partitioned by it, and the type of such a column cannot be altered: the table would have to be made anew, with its rows"
            ));
        }
        shown = from.shown("table", &shown)?.text("partition_of")?.to_owned();
    }
    None
}

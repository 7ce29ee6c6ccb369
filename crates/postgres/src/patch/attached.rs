//! Partitions that are attached while a patch runs, and what holds them: keys by which their table is partitioned, foreign keys to it.
//! Does not live here: the statements (`table`), what a table inherits from others (`inherited`).

use super::Target;
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

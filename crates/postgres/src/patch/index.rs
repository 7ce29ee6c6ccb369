//! Indexes of their own; those behind a constraint come with it.

use super::partial::{is_partial, partitions};
use super::text::{last, parameters, relation, whole};
use super::{Maker, Target, flag, is_not, list};
use crate::ident::{passing, qualified, quoted};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Object, first_shown_part};
use evenkeel_core::patch::{Change, Hazard, Statement, Way, World, Written, differing};

pub struct Indexes;

fn table_of(index: &Object) -> Result<(&str, &str), String> {
    match list(index, "table") {
        [schema, name] => Ok((schema, name)),
        _ => Err("its table is not known".to_owned()),
    }
}

/// A key part as SQL: where it begins with a column's name, that is quoted as SQL wants it.
fn key(shown: &str, columns: &[&Object]) -> String {
    let is_column = |name: &str| columns.iter().any(|column| column.identity.part(2) == name);
    if shown.starts_with('"') {
        if let Some((name, rest)) = first_shown_part(shown).filter(|(name, _)| is_column(name)) {
            return format!("{}{rest}", quoted(&name));
        }
        return shown.to_owned();
    }
    let (name, rest) = shown.split_at(shown.find(' ').unwrap_or(shown.len()));
    if is_column(name) { format!("{}{rest}", quoted(name)) } else { shown.to_owned() }
}

fn attached_to<'w>(index: &'w Object, world: &World<'w>) -> Option<&'w Object> {
    world.shown("index", index.text("attached_to")?)
}

/// Why the index that it is to be a part of will have none.
pub fn parent_takes_no_parts(index: &Object, (from, to): (&World<'_>, &World<'_>)) -> Option<String> {
    let (schema, table) = table_of(attached_to(index, to)?).ok()?;
    super::partial::takes_no_parts(&to.find(Kind::Table, &[schema, table])?.display(), (from, to))
}

/// The index that is attached in its place to the same whole, which stays, and of which nothing is ever detached.
fn taken<'w>(index: &Object, (own, other): (&World<'w>, &World<'w>)) -> Option<&'w Object> {
    let whole = index.text("attached_to")?;
    let (here, there) = (own.shown("index", whole)?, other.shown("index", whole)?);
    let is_kept = here.get("constraint").is_none() && there.get("constraint").is_none();
    let mut others = other.manifest.of_kind(Kind::Index).iter().filter(|_| is_kept);
    others
        .find(|one| one.text("attached_to") == Some(whole) && list(one, "table") == list(index, "table") && one.identity != index.identity)
}

/// What a relation that stays says of the index by its name, which was gone with the one before: how its rows are identified, and in what
/// order they are. Of one that is partitioned the next round tells, when its parts are attached.
pub fn named(index: &Object, to: &Target<'_>) -> Written {
    let (schema, name) = table_of(index)?;
    let (from, world) = (to.making.from, to.making.to);
    let Some(relation) = world.relation(schema, name).filter(|relation| relation.get("partition_by").is_none()) else {
        return Ok(Vec::new());
    };
    // Where that is another than before, or there was no such index, the relation's own statements say it.
    let Some(before) = to.before(relation).filter(|_| from.same(index).is_some()) else { return Ok(Vec::new()) };
    let stays = |property: &str| relation.get(property).is_some() && relation.get(property) == before.get(property);
    let mut statements = Vec::new();
    if stays("cluster_on") && relation.text("cluster_on") == Some(index.identity.part(1)) {
        let word = if relation.kind == Kind::Table { "TABLE" } else { "MATERIALIZED VIEW" };
        statements.push(Statement::new(format!("ALTER {word} {} CLUSTER ON {};", whole(relation), last(index))));
    }
    if stays("replica_identity") && super::table::identity_index(relation).as_deref() == Some(index.identity.part(1)) {
        statements.extend(super::table::replica_identity(relation, relation.text("replica_identity").unwrap_or_default())?);
    }
    Ok(statements)
}

/// Whether it can become another one in a moment, the new one being built before: nothing but foreign keys stands on it, and what it is
/// made of is there and stays.
fn swaps(change: &Change<'_>, from: &World<'_>, to: &World<'_>) -> bool {
    let Ok((schema, name)) = table_of(change.to) else { return false };
    let is_plain = |index: &Object| index.get("constraint").is_none() && index.get("attached_to").is_none();
    let is_whole = |world: &World<'_>| world.relation(schema, name).is_some_and(|relation| relation.get("partition_by").is_none());
    let is_sound = !is_not(change.to, "valid") && !is_not(change.to, "ready");
    let text = [list(change.to, "keys"), list(change.to, "include")].concat().join(" ");
    let predicate = change.to.text("predicate").unwrap_or_default();
    let same = |column: &&Object, other: &World<'_>| {
        other.same(column).is_some_and(|other| ["type", "collation", "generated"].iter().all(|one| other.get(one) == column.get(one)))
    };
    let (before, after) = (from.columns(schema, name), to.columns(schema, name));
    let is_meant = |column: &&&Object| [&*text, predicate].iter().any(|text| text.contains(column.identity.part(2)));
    let stays = before.iter().all(|column| same(column, to)) && after.iter().filter(is_meant).all(|column| same(column, from));
    let is_there = |needed: &Object| from.same(needed).is_some_and(|own| differing(own, needed, (from.manifest, to.manifest)).is_empty());
    let is_needed = from.told_users(change.from).into_iter().any(|user| !super::is_foreign_key(user));
    is_plain(change.from)
        && is_plain(change.to)
        && change.from.get("table") == change.to.get("table")
        && [from, to].into_iter().all(is_whole)
        && is_sound
        && stays
        && to.told_needs(change.to).all(is_there)
        && !is_needed
}

/// The new one in place of the old one.
fn swap(object: &Object, to: &Target<'_>) -> Written {
    let (schema, table) = table_of(object)?;
    let drop = Statement::new(format!("DROP INDEX {};", whole(object)));
    let mut statements = Vec::new();
    if to.is_in_use(schema, table) {
        let built = quoted(&passing(object.identity.part(1), "beside"));
        statements.push(definition(object, &built, to)?.ahead());
        statements.push(drop.hazard(super::locks("ACCESS EXCLUSIVE", schema, table)));
        let place = qualified(schema, &passing(object.identity.part(1), "beside"));
        statements.push(Statement::new(format!("ALTER INDEX {place} RENAME TO {};", last(object))));
    } else {
        statements.extend([drop, definition(object, &last(object), to)?]);
    }
    statements.extend(after(object)?);
    statements.extend(named(object, to)?);
    statements.extend(super::named::remarks(object)?);
    Ok(statements)
}

/// What CREATE INDEX cannot say; of one behind a constraint, its comment too.
pub fn after(index: &Object) -> Written {
    let mut statements = targets(index)?;
    if index.get("constraint").is_some() {
        statements.extend(super::named::remarks(index)?);
    }
    Ok(statements)
}

fn targets(index: &Object) -> Written {
    let mut statements = Vec::new();
    for target in list(index, "statistics_targets") {
        let (column, target) = target.split_once('=').ok_or("a statistics target is not as it should be")?;
        statements.push(Statement::new(format!("ALTER INDEX {} ALTER COLUMN {column} SET STATISTICS {target};", whole(index))));
    }
    Ok(statements)
}

/// The index of the same partition with the same keys that is a part of a partitioned one. Of several the server takes the first for
/// that when the table is attached.
fn twin<'w>(index: &Object, world: &World<'w>) -> Option<&'w Object> {
    let (schema, table) = table_of(index).ok()?;
    let is_partition = world.find(Kind::Table, &[schema, table])?.get("partition_of").is_some();
    if !is_partition || ["attached_to", "constraint", "comment"].iter().any(|property| index.get(property).is_some()) {
        return None;
    }
    let is_first = |other: &&Object| other.get("attached_to").is_some() && list(other, "keys") == list(index, "keys");
    world.parts_of_kind(schema, table, Kind::Index).find(is_first)
}

/// Whether it is made after its table was attached, or the partitions of its table were.
fn is_later(index: &Object, to: &Target<'_>) -> bool {
    let is_new = table_of(index).is_ok_and(|(schema, table)| to.is_new(schema, table));
    let world = to.making.to;
    is_new && to.making.made.contains(&World::name_of(index)) && (twin(index, world).is_some() || is_partial(index, world))
}

/// What an interrupted build left behind, for a throwaway server: whoever owns that may say so in its catalog.
fn left_behind(index: &Object) -> Statement {
    let ready = if is_not(index, "ready") { ", indisready = false" } else { "" };
    let name = crate::ident::literal(&whole(index));
    Statement::new(format!("UPDATE pg_catalog.pg_index SET indisvalid = false{ready} WHERE indexrelid = {name}::pg_catalog.regclass;"))
}

fn made(object: &Object, to: &Target<'_>) -> Written {
    let (schema, table) = table_of(object)?;
    if object.get("constraint").is_some() {
        return after(object);
    }
    let world = to.making.to;
    let is_left_behind = (is_not(object, "valid") || is_not(object, "ready")) && !is_partial(object, world);
    if is_left_behind && !(to.making.form.throwaway && partitions(object, world).is_empty() && object.get("attached_to").is_none()) {
        return Err("it is not valid, which no statement makes".to_owned());
    }
    if let Some(why) = parent_takes_no_parts(object, (to.making.from, world)) {
        return Err(why);
    }
    let whole_stays = attached_to(object, world).is_some_and(|parent| !to.making.made.contains(&World::name_of(parent)));
    if let Some(other) = taken(object, (world, to.making.from)).filter(|_| whole_stays && !to.is_new(schema, table)) {
        return Err(format!(
            "{} has its place in {}, and nothing can be detached from that: rename it, or make the whole anew",
            other.display(),
            object.text("attached_to").unwrap_or_default()
        ));
    }
    let mut statements = vec![definition(object, &last(object), to)?];
    statements.extend(after(object)?);
    statements.extend(named(object, to)?);
    // One on a table that is a partition already is attached by hand.
    let is_by_hand = !to.is_new(schema, table) && !super::attached::is_attached(schema, table, to);
    if let Some(parent) = object.text("attached_to").filter(|_| is_by_hand) {
        statements.push(Statement::new(format!("ALTER INDEX {} ATTACH PARTITION {};", relation(parent)?, whole(object))));
    }
    statements.extend(is_left_behind.then(|| left_behind(object)));
    Ok(statements)
}

/// CREATE INDEX, under that name.
fn definition(object: &Object, name: &str, to: &Target<'_>) -> Result<Statement, String> {
    let (schema, table) = table_of(object)?;
    let columns = to.making.to.columns(schema, table);
    let relation_of = to.making.to.find(Kind::Table, &[schema, table]);
    let is_partitioned = relation_of.is_some_and(|table| table.get("partition_by").is_some());
    let is_concurrent = to.is_in_use(schema, table) && !is_partitioned;
    let unique = if flag(object, "unique") { "UNIQUE " } else { "" };
    let concurrently = if is_concurrent { "CONCURRENTLY " } else { "" };
    // What its partitions have is attached one by one, under the names that they have.
    let is_alone = !to.is_new(schema, table) || is_partial(object, to.making.to);
    let only = if is_partitioned && is_alone { "ONLY " } else { "" };
    let mut sql = format!("CREATE {unique}INDEX {concurrently}{name} ON {only}{}", qualified(schema, table));
    if let Some(method) = object.text("method") {
        sql.push_str(&format!(" USING {}", quoted(method)));
    }
    let keys: Vec<String> = list(object, "keys").iter().map(|shown| key(shown, &columns)).collect();
    if keys.is_empty() {
        return Err("its keys are not known".to_owned());
    }
    sql.push_str(&format!(" ({})", keys.join(", ")));
    let include: Vec<String> = list(object, "include").iter().map(|shown| key(shown, &columns)).collect();
    if !include.is_empty() {
        sql.push_str(&format!(" INCLUDE ({})", include.join(", ")));
    }
    if flag(object, "nulls_not_distinct") {
        sql.push_str(" NULLS NOT DISTINCT");
    }
    let options = parameters(list(object, "options"), "");
    if !options.is_empty() {
        sql.push_str(&format!(" WITH ({})", options.join(", ")));
    }
    if let Some(space) = object.text("tablespace") {
        sql.push_str(&format!(" TABLESPACE {}", quoted(space)));
    }
    if let Some(predicate) = object.text("predicate") {
        sql.push_str(&format!(" WHERE {predicate}"));
    }
    let mut statement = Statement::new(format!("{sql};"));
    if to.is_in_use(schema, table) {
        statement = statement.hazard(Hazard::Scans(qualified(schema, table)));
        if !is_concurrent {
            statement = statement.hazard(super::locks("SHARE", schema, table));
        }
    }
    if flag(object, "unique") && !to.is_new(schema, table) {
        statement = statement.hazard(Hazard::FailsIf(format!("two rows of {} have the same keys", qualified(schema, table))));
    }
    Ok(if is_concurrent { statement.alone() } else { statement })
}

impl Maker for Indexes {
    fn made_with<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<&'w Object> {
        let constraint = object.text("constraint")?;
        let (schema, table) = table_of(object).ok()?;
        world.find(Kind::Constraint, &[schema, table, constraint])
    }

    fn goes_with<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<&'w Object> {
        attached_to(object, world)
    }

    fn finish_needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<Vec<&'w Object>> {
        if is_partial(object, world) {
            return Some(partitions(object, world));
        }
        twin(object, world).map(|twin| vec![twin])
    }

    fn finish(&self, object: &Object, to: &Target<'_>) -> Written {
        if is_later(object, to) { made(object, to) } else { Ok(Vec::new()) }
    }

    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        if is_later(object, to) { Ok(Vec::new()) } else { made(object, to) }
    }

    fn way(&self, change: &Change<'_>, from: &World<'_>, to: &World<'_>) -> Way {
        if change.only(&["options", "tablespace", "statistics_targets", "comment"]) {
            return Way::InPlace;
        }
        if let Some(why) = parent_takes_no_parts(change.to, (from, to)) {
            return Way::Refuse(why);
        }
        if change.only(&["attached_to"]) && change.to.get("attached_to").is_some() && change.from.get("attached_to").is_none() {
            return Way::InPlace;
        }
        if change.touches("attached_to") && attached_to(change.from, from).is_some_and(|parent| to.same(parent).is_some()) {
            return Way::Refuse("an index cannot be detached from the partitioned one it belongs to".to_owned());
        }
        // What stands behind a constraint is its.
        if change.to.get("constraint").is_some() && change.from.get("constraint").is_some() {
            return Way::InPlace;
        }
        if change.only(&["valid", "ready"]) {
            return if is_not(change.to, "valid") || is_not(change.to, "ready") {
                Way::Refuse("the reference's is not valid, which no statement makes".to_owned())
            } else if table_of(change.to).is_ok_and(|(schema, table)| {
                to.find(Kind::Table, &[schema, table]).is_some_and(|table| table.get("partition_by").is_some())
            }) {
                // REINDEX rebuilds what partitions have, and says nothing of the whole.
                Way::Replace
            } else {
                Way::InPlace
            };
        }
        if swaps(change, from, to) { Way::Cleared } else { Way::Replace }
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        let object = change.to;
        let name = whole(object);
        let is_told = change.only(&["options", "tablespace", "statistics_targets", "attached_to", "valid", "ready"]);
        if !is_told && object.get("constraint").is_none() {
            return swap(object, to);
        }
        let mut statements =
            super::parameter::changes((change.from, object), "options", "", &|what| Statement::new(format!("ALTER INDEX {name} {what};")));
        if change.touches("valid") || change.touches("ready") {
            let concurrently = if to.making.form.offline { "" } else { "CONCURRENTLY " };
            let statement = Statement::new(format!("REINDEX INDEX {concurrently}{name};"));
            statements.push(if to.making.form.offline { statement } else { statement.alone() });
        }
        if change.touches("tablespace") {
            let space = object.text("tablespace").unwrap_or("pg_default");
            statements.push(
                Statement::new(format!("ALTER INDEX {name} SET TABLESPACE {};", quoted(space))).hazard(Hazard::Rewrites(name.clone())),
            );
        }
        if change.touches("statistics_targets") {
            let column = |target: &str| target.split('=').next().unwrap_or_default().to_owned();
            let kept: Vec<String> = list(object, "statistics_targets").iter().map(|target| column(target)).collect();
            for gone in list(change.from, "statistics_targets").iter().map(|target| column(target)).filter(|one| !kept.contains(one)) {
                statements.push(Statement::new(format!("ALTER INDEX {name} ALTER COLUMN {gone} SET STATISTICS -1;")));
            }
            statements.extend(targets(object)?);
        }
        if change.touches("attached_to")
            && let Some(parent) = object.text("attached_to").filter(|_| object.get("constraint").is_none())
            && !table_of(object).is_ok_and(|(schema, table)| super::attached::is_attached(schema, table, to))
        {
            statements.push(Statement::new(format!("ALTER INDEX {} ATTACH PARTITION {name};", relation(parent)?)));
        }
        Ok(statements)
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        let (schema, table) = table_of(object)?;
        let stays = |one: &Object| to.making.to.same(one).is_some_and(|one| !to.making.made.contains(&World::name_of(one)));
        let is_of_table = to.making.from.find(Kind::Table, &[schema, table]).is_some_and(stays);
        if let Some(parent) = attached_to(object, to.making.from).filter(|parent| is_of_table && stays(parent)) {
            return Err(format!("it is a part of {}, which stays, and cannot be detached from that", parent.display()));
        }
        let is_partitioned = to.making.from.find(Kind::Table, &[schema, table]).is_some_and(|table| table.get("partition_by").is_some());
        // One that is made anew for the sake of something else goes within its transaction: what that is waits for it.
        let comes_back = to.making.made.contains(&World::name_of(object));
        // Nor one whose columns go or become others, which takes the table for itself all the same, and would take the index along.
        let (from, wanted) = (to.making.from, to.making.to);
        let is_at_rest = from.columns(schema, table).iter().all(|column| {
            wanted.same(column).is_some_and(|other| ["type", "collation", "generated"].iter().all(|one| other.get(one) == column.get(one)))
        });
        if to.is_in_use(schema, table) && !is_partitioned && !comes_back && is_at_rest {
            return Ok(vec![Statement::new(format!("DROP INDEX CONCURRENTLY {};", whole(object))).alone()]);
        }
        let statement = Statement::new(format!("DROP INDEX {};", whole(object)));
        let is_in_use = to.is_in_use(schema, table);
        Ok(vec![if is_in_use { statement.hazard(super::locks("ACCESS EXCLUSIVE", schema, table)) } else { statement }])
    }
}

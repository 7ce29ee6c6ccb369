//! What statements about one object touch, or trip over, beside it: where nothing else of a plan is run with them, they would fail, or
//! do more or less than they say. Does not live here: what the server records as needed (`needs`), which the plan knows.

use super::{flag, list};
use crate::capture::OWNER;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Object, first_shown_part, shown_parts};
use evenkeel_core::patch::{One, World};
use evenkeel_core::trace::has_word;

/// Why they do not stand by themselves.
pub fn leans_on(one: &One<'_>, from: &World<'_>) -> Option<String> {
    match one.object().kind {
        Kind::Grant => grant(one, from),
        Kind::Owner => owner(one, from),
        Kind::Column => column(one, from),
        Kind::Table if one.touches("inherits") => Some("columns become its own, or the parent's, with it".to_owned()),
        Kind::Index if [one.before, one.after].into_iter().flatten().any(|index| index.get("constraint").is_some()) => {
            Some("it stands behind a constraint".to_owned())
        }
        // A copy is there with what it copies, and is enabled by itself.
        Kind::Trigger if flag(one.object(), "copied") => {
            is_parent(one.object(), from).then(|| "it reaches the copies on partitions".to_owned())
        }
        Kind::Constraint | Kind::Index | Kind::Trigger if one.before.is_none() => part(one.object(), from),
        // Said of a partitioned table it reaches the copies on its partitions too, which may differ.
        Kind::Trigger if one.touches("enabled") && is_parent(one.object(), from) => Some("it reaches the copies on partitions".to_owned()),
        _ => None,
    }
}

/// The table that something hangs on.
fn table_of<'w>(object: &Object, from: &World<'w>) -> Option<&'w Object> {
    match object.kind {
        Kind::Index => from.relation(list(object, "table").first()?, list(object, "table").get(1)?),
        _ => from.relation(object.identity.part(0), object.identity.part(1)),
    }
}

fn is_child_of(table: &Object, parent: &str) -> bool {
    table.text("partition_of") == Some(parent) || list(table, "inherits").iter().any(|one| &**one == parent)
}

fn is_parent(object: &Object, from: &World<'_>) -> bool {
    table_of(object, from).is_some_and(|table| from.told_users(table).iter().any(|user| is_child_of(user, &table.display())))
}

fn is_child(object: &Object, from: &World<'_>) -> bool {
    table_of(object, from).is_some_and(|table| table.text("partition_of").is_some() || !list(table, "inherits").is_empty())
}

/// Whether the column of a table above lets go of NOT NULL, and this one's with it.
pub fn is_lifted_above(column: &Object, from: &World<'_>, to: &World<'_>) -> bool {
    let (Some(before), Some(after)) = (table_of(column, from), table_of(column, to)) else { return false };
    let mut columns = above(column, from);
    before.get("partition_bound") == after.get("partition_bound")
        && columns.any(|above| flag(above, "not_null") && to.same(above).is_some_and(|after| !flag(after, "not_null")))
}

/// Whether the column of a table above, which this one's stays below, begins to refuse NULL, and this one with it.
pub fn is_set_above(column: &Object, from: &World<'_>, to: &World<'_>) -> bool {
    let (Some(before), Some(after)) = (table_of(column, from), table_of(column, to)) else { return false };
    let stays = ["partition_of", "partition_bound", "inherits"].iter().all(|one| before.get(one) == after.get(one));
    let mut columns = above(column, from);
    stays && columns.any(|above| !flag(above, "not_null") && to.same(above).is_some_and(|after| flag(after, "not_null")))
}

/// The columns of that name in the tables right above.
fn above<'w>(column: &Object, world: &World<'w>) -> impl Iterator<Item = &'w Object> {
    let table = table_of(column, world);
    let partitioned = table.and_then(|table| table.text("partition_of"));
    let inherits = table.map(|table| list(table, "inherits")).unwrap_or_default();
    let found: Vec<&Object> = partitioned
        .into_iter()
        .chain(inherits.iter().map(AsRef::as_ref))
        .filter_map(|parent| {
            let parts = shown_parts(parent)?;
            world.find(Kind::Column, &[parts.first()?, parts.get(1)?, column.identity.part(2)])
        })
        .collect();
    found.into_iter()
}

/// What is added to a table is added to those below it, and what those have comes from above.
fn part(object: &Object, from: &World<'_>) -> Option<String> {
    (is_parent(object, from) || is_child(object, from)).then(|| "partitions and children of a table have their parts from it".to_owned())
}

fn column(one: &One<'_>, from: &World<'_>) -> Option<String> {
    let object = one.object();
    let (is_parent, is_child) = (is_parent(object, from), is_child(object, from));
    let is_typed = table_of(object, from).is_some_and(|table| table.get("of_type").is_some());
    if is_typed && (one.before.is_none() || one.after.is_none()) {
        return Some("its table takes its columns from a type".to_owned());
    }
    let why = if one.before.is_none() || one.touches("type") || one.touches("generated") { part(object, from) } else { None };
    if why.is_some() || one.before.is_none() || !one.touches("not_null") {
        return why;
    }
    let is_lifted = one.after.is_some_and(|after| !flag(after, "not_null"));
    if is_parent || is_lifted && is_child {
        return Some("partitions and children of a table refuse NULL where it does".to_owned());
    }
    let (schema, table, name) = (object.identity.part(0), object.identity.part(1), object.identity.part(2));
    let mut constraints = from.parts_of_kind(schema, table, Kind::Constraint);
    let is_key = |constraint: &Object| constraint.text("type") == Some("primary key");
    let key = constraints.find(|one| is_key(one) && list(one, "columns").iter().any(|column| &**column == name));
    key.filter(|_| is_lifted).map(|key| format!("it is in the key {}", key.display()))
}

/// Rights on one object as the candidate has them.
fn on<'w>(kind: &'w str, shown: &'w str, from: &World<'w>) -> impl Iterator<Item = &'w Object> {
    let grants = from.manifest.of_kind(Kind::Grant);
    // They are sorted by what they are on.
    let first = grants.partition_point(|grant| (grant.identity.part(0), grant.identity.part(1)) < (kind, shown));
    let grants = grants.get(first..).unwrap_or_default().iter();
    grants.take_while(move |grant| (grant.identity.part(0), grant.identity.part(1)) == (kind, shown))
}

/// Privileges as the catalog names them, and those that may be passed on.
fn held(grant: &Object) -> (Vec<&str>, Vec<&str>) {
    let named = |property, maintain| {
        let more = Some("MAINTAIN").filter(|_| flag(grant, maintain));
        list(grant, property).iter().map(AsRef::as_ref).chain(more).collect::<Vec<_>>()
    };
    (named("privileges", "maintain"), named("grantable", "maintain_grantable"))
}

/// Why taking rights might do nothing, or fail: a manifest does not say who granted what, and REVOKE takes only what the owner granted,
/// and nothing that others hold from whom it is taken from.
pub fn entangled(before: &Object, after: Option<&Object>, from: &World<'_>) -> Option<String> {
    let (kind, shown, grantee) = (before.identity.part(0), before.identity.part(1), before.identity.part(2));
    let ((held_before, passed_before), (stay, pass)) = (held(before), after.map(held).unwrap_or_default());
    let lost = held_before.iter().filter(|privilege| !stay.contains(*privilege));
    let taken: Vec<&str> = lost.chain(passed_before.iter().filter(|privilege| !pass.contains(*privilege))).copied().collect();
    let is_other = |grant: &&Object| ![grantee, OWNER].contains(&grant.identity.part(2));
    let other = on(kind, shown, from).filter(is_other).find(|grant| {
        let (has, may) = held(grant);
        taken.iter().any(|privilege| may.contains(privilege) || passed_before.contains(privilege) && has.contains(privilege))
    })?;
    let other = other.identity.part(2);
    Some(format!("who granted it is in no manifest, and {other} may hold it from {grantee} or have passed it on: revoke it as whoever did"))
}

fn grant(one: &One<'_>, from: &World<'_>) -> Option<String> {
    let object = one.object();
    let (kind, shown, grantee) = (object.identity.part(0), object.identity.part(1), object.identity.part(2));
    let owner = from.find(Kind::Owner, &[kind, shown]).and_then(|owner| owner.text("owner"));
    if owner == Some(grantee) {
        return Some("it is the owner's there".to_owned());
    }
    let held = |side: Option<&Object>, property: &str| side.map_or_else(Vec::new, |grant| list(grant, property).to_vec());
    let takes = |property: &str| {
        let after = held(one.after, property);
        held(one.before, property).iter().any(|privilege| !after.contains(privilege))
    };
    let is_on = |side: Option<&Object>, property: &str| side.is_some_and(|grant| flag(grant, property));
    let takes_maintain = ["maintain", "maintain_grantable"].iter().any(|one_of| is_on(one.before, one_of) && !is_on(one.after, one_of));
    // What everybody may do with a new function is taken where the reference tells of nobody.
    let is_built_in = one.before.is_none() && one.after.is_some_and(|after| list(after, "privileges").is_empty());
    if !takes("privileges") && !takes("grantable") && !takes_maintain && !is_built_in {
        return None;
    }
    let parts = shown_parts(shown).filter(|_| kind != "column")?;
    let [schema, table] = parts.as_slice() else { return None };
    let columns = from.parts_of_kind(schema, table, Kind::Column).map(Object::display).collect::<Vec<_>>();
    let on_column = |column: &String| on("column", column, from).any(|grant| grant.identity.part(2) == grantee);
    let is_told = columns.iter().any(on_column);
    // Where rights alone were captured there are no columns to go by.
    let prefix = format!("{shown}.");
    let is_shown = |grant: &&Object| grant.identity.part(0) == "column" && grant.identity.part(1).starts_with(&prefix);
    let is_any = columns.is_empty()
        && first_shown_part(shown).is_some()
        && from.manifest.of_kind(Kind::Grant).iter().filter(is_shown).any(|grant| grant.identity.part(2) == grantee);
    (is_told || is_any).then(|| "rights on its columns go with those on it".to_owned())
}

fn owner(one: &One<'_>, from: &World<'_>) -> Option<String> {
    let (object, after) = (one.object(), one.after?);
    let (kind, shown, owner) = (object.identity.part(0), object.identity.part(1), after.text("owner")?);
    if on(kind, shown, from).any(|grant| grant.identity.part(2) == owner) {
        return Some(format!("{owner} holds rights there, which become the owner's"));
    }
    let is_owned = kind == "sequence" && from.shown(kind, shown).is_some_and(|sequence| sequence.get("owned_by").is_some());
    is_owned.then(|| "a sequence of a column has its table's owner".to_owned())
}

/// Whether the table of a part becomes a partition, or one no more: whose its parts are follows from that.
pub(super) fn is_attached(part: &Object, (from, to): (&World<'_>, &World<'_>)) -> bool {
    let of = |world: &World<'_>| {
        let table = world.relation(part.identity.part(0), part.identity.part(1));
        table.and_then(|table| table.text("partition_of")).map(str::to_owned)
    };
    let (was, is) = (of(from), of(to));
    let is_kept = |parent: &String| super::partial::takes_no_parts(parent, (from, to)).is_some();
    was != is && !was.iter().chain(&is).any(is_kept)
}

/// What of such things names columns.
const NAMING: &[&str] = &["keys", "include", "predicate", "columns", "using", "check", "condition", "expressions", "expression", "action"];

/// Columns of its table that something on it names: the server tells only of the table.
pub fn mentions<'w>(object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
    let is_part = matches!(object.kind, Kind::Index | Kind::Constraint | Kind::Trigger | Kind::Policy | Kind::Statistics | Kind::Rule);
    let of = match object.kind {
        Kind::Index | Kind::Statistics => list(object, "table"),
        _ => &[],
    };
    let (schema, table) = match of {
        [schema, table] => (&**schema, &**table),
        _ => (object.identity.part(0), object.identity.part(1)),
    };
    if !is_part {
        return Vec::new();
    }
    let texts: Vec<&str> = NAMING.iter().filter_map(|property| object.get(property)).flat_map(Value::texts).collect();
    let named = |column: &&Object| {
        let name = column.identity.part(2);
        texts.iter().any(|text| has_word(text, name) || name.contains('"') && text.contains(&crate::ident::quoted(name)))
    };
    world.parts_of_kind(schema, table, Kind::Column).filter(named).collect()
}

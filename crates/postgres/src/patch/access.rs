//! Owners, rights on objects, and rights that new objects will have.

use super::alone;
use super::named::{granted, named, shown};
use super::text::relation;
use super::{Maker, Target, flag, list};
use crate::capture::{NOTHING, OWNER};
use crate::ident::quoted;
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::{Object, shown_parts};
use evenkeel_core::patch::{Change, Hazard, Statement, Way, World, Written};
use std::collections::BTreeMap;

pub struct Owners;
pub struct Grants;
pub struct Defaults;

const DATABASE: &str = "database";

impl Maker for Owners {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let owner = object.text("owner").ok_or("the owner is not known")?;
        // What the bootstrap superuser makes is its.
        // That one's name is in no manifest.
        let is_bootstrap = owner.starts_with('(');
        let is_there = to.making.from.shown(object.identity.part(0), object.identity.part(1)).is_some();
        if is_bootstrap && to.making.form.throwaway && !is_there {
            return Ok(Vec::new());
        }
        let role = if is_bootstrap { "CURRENT_USER".to_owned() } else { to.role(owner)? };
        let statement = |sql: String| {
            let statement = Statement::new(sql);
            if is_bootstrap { statement.hazard(Hazard::RunBy(format!("the {}", owner.trim_matches(['(', ')'])))) } else { statement }
        };
        if object.identity.part(0) == DATABASE {
            return Ok(vec![statement(format!("ALTER DATABASE {} OWNER TO {role};", quoted(&to.dialect.database)))]);
        }
        if !to.making.to.manifest.covers(Dimension::Schema) {
            let named = shown(object.identity.part(0), object.identity.part(1), &to.dialect.database);
            let named = named.filter(|named| !named.alter.is_empty()).ok_or("there is no statement for such an owner")?;
            return Ok(vec![statement(format!("ALTER {} {} OWNER TO {role};", named.alter, named.name))]);
        }
        let owned = to.making.to.shown(object.identity.part(0), object.identity.part(1)).ok_or("what it is the owner of is not there")?;
        // It is made by whoever will own it, and cannot be given away.
        if owned.kind == Kind::Extension {
            return if to.making.form.throwaway {
                Ok(Vec::new())
            } else {
                Err("an extension is whose who makes it, and cannot be given away".to_owned())
            };
        }
        // The server keeps it with the table whose column it stands behind.
        let is_linked = |sequence: &Object| sequence.get("owned_by").is_some() && sequence.get("owned_by") == owned.get("owned_by");
        if owned.kind == Kind::Sequence && to.before(owned).is_some_and(is_linked) {
            return Ok(Vec::new());
        }
        let named = named(owned).ok_or("there is no statement for such an owner")?;
        Ok(vec![statement(format!("ALTER {named} OWNER TO {role};"))])
    }

    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        object.text("owner").and_then(|owner| world.find(Kind::Role, &[owner])).into_iter().collect()
    }

    fn way(&self, _: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        Way::InPlace
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        self.create(change.to, to)
    }

    fn drop(&self, _: &Object, _: &Target<'_>) -> Written {
        Ok(Vec::new())
    }
}

/// Privileges and whether each may be passed on.
type Held = BTreeMap<String, bool>;

fn held(object: &Object) -> Held {
    let passing = list(object, "grantable");
    let mut held: Held = list(object, "privileges").iter().map(|name| (name.to_string(), passing.contains(name))).collect();
    if flag(object, "maintain") {
        held.insert("MAINTAIN".to_owned(), flag(object, "maintain_grantable"));
    }
    held
}

/// What a new object grants. Source: <https://www.postgresql.org/docs/current/ddl-priv.html#PRIVILEGES-SUMMARY-TABLE>.
fn untouched(kind: &str, grantee: &str, major: u16) -> Held {
    let names: &[&str] = match (kind, grantee) {
        ("function" | "procedure" | "aggregate", _) if grantee == "PUBLIC" || grantee == OWNER => &["EXECUTE"],
        (DATABASE, "PUBLIC") => &["CONNECT", "TEMPORARY"],
        (DATABASE, OWNER) => &["CONNECT", "CREATE", "TEMPORARY"],
        ("language" | "enum" | "domain" | "composite-type" | "range-type" | "base-type", _) if grantee == "PUBLIC" || grantee == OWNER => {
            &["USAGE"]
        }
        ("table" | "view" | "materialized-view", OWNER) if major >= crate::flavor::MAINTAIN => {
            &["DELETE", "INSERT", "MAINTAIN", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"]
        }
        ("table" | "view" | "materialized-view", OWNER) => &["DELETE", "INSERT", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"],
        ("sequence" | "identity-sequence", OWNER) => &["SELECT", "UPDATE", "USAGE"],
        ("schema", OWNER) => &["CREATE", "USAGE"],
        ("foreign-data-wrapper" | "foreign-server", OWNER) => &["USAGE"],
        _ => &[],
    };
    names.iter().map(|name| ((*name).to_owned(), false)).collect()
}

/// What the candidate's default privileges would give on a new object, taken back to what the server gives by itself: whose defaults
/// hold depends on who runs it, and no trial can know that.
pub fn as_built_in(object: &Object, to: &Target<'_>) -> Vec<Statement> {
    let objects = match object.kind {
        Kind::Table | Kind::View | Kind::MaterializedView => "tables",
        Kind::Sequence => "sequences",
        Kind::Function | Kind::Procedure | Kind::Aggregate => "functions",
        Kind::Enum | Kind::CompositeType | Kind::RangeType | Kind::BaseType | Kind::Domain => "types",
        Kind::Schema => "schemas",
        _ => return Vec::new(),
    };
    let Some(on) = granted(object).filter(|_| !to.making.form.throwaway) else { return Vec::new() };
    let mut statements = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for default in to.making.from.manifest.of_kind(Kind::DefaultPrivilege) {
        let (schema, kind, grantee) = (default.identity.part(1), default.identity.part(2), default.identity.part(3));
        let holds = kind == objects && (schema.is_empty() || schema == object.identity.part(0)) && grantee != OWNER;
        let Some(role) = Some(grantee).filter(|_| holds && !seen.contains(&grantee)).and_then(|grantee| to.role(grantee).ok()) else {
            continue;
        };
        seen.push(grantee);
        statements.push(Statement::new(format!("REVOKE ALL ON {on} FROM {role};")));
        let given: Vec<String> = untouched(object.kind.name(), grantee, to.dialect.major).into_keys().collect();
        if !given.is_empty() {
            statements.push(Statement::new(format!("GRANT {} ON {on} TO {role};", given.join(", "))));
        }
    }
    statements
}

/// What GRANT and REVOKE name: `ON …`, and the column.
fn target(object: &Object, world: &World<'_>, database: &str) -> Result<(String, Option<String>), String> {
    let (kind, shown) = (object.identity.part(0), object.identity.part(1));
    match kind {
        DATABASE => return Ok((format!("DATABASE {}", quoted(database)), None)),
        "identity-sequence" => {
            let column = world.shown("column", shown).and_then(|column| column.text("identity_sequence"));
            return Ok((format!("SEQUENCE {}", relation(column.ok_or("its sequence is not known")?)?), None));
        }
        "column" | "table column" => {
            let parts = shown_parts(shown).ok_or("its name is not known")?;
            let [schema, table, column] = parts.as_slice() else { return Err("its name is not known".to_owned()) };
            return Ok((format!("TABLE {}", crate::ident::qualified(schema, table)), Some(quoted(column))));
        }
        _ => {}
    }
    if !world.manifest.covers(Dimension::Schema) {
        let target = super::named::shown(kind, shown, database).ok_or("GRANT knows no such thing")?;
        return Ok((format!("{} {}", target.grant, target.name), None));
    }
    let target = world.shown(kind, shown).and_then(granted).or_else(|| {
        // What belongs to an extension or to the server is no object of its own, and known by its name.
        super::named::shown(kind, shown, database).map(|target| format!("{} {}", target.grant, target.name))
    });
    Ok((target.ok_or("it belongs to an extension or the server, and its name alone does not tell what GRANT takes for it")?, None))
}

/// Whether the object is an extension's or the server's, which granted from the start what stands in no manifest.
fn is_of_others(object: &Object, world: &World<'_>) -> bool {
    let (kind, shown) = (object.identity.part(0), object.identity.part(1));
    let is_apart = [DATABASE, "identity-sequence"].contains(&kind);
    !is_apart && world.manifest.covers(Dimension::Schema) && world.shown(kind, shown).is_none()
}

/// What the grantee had from the start, where the manifest says so: one of an earlier evenkeel does not.
fn initial(object: &Object) -> Option<Held> {
    let text = object.text("initial")?;
    let items = text.split(", ").filter(|item| *item != NOTHING);
    Some(items.map(|item| (item.trim_end_matches('*').to_owned(), item.ends_with('*'))).collect())
}

/// From what is held to what shall be.
fn between(object: &Object, was: &Held, is: &Held, to: &Target<'_>) -> Written {
    let mut worlds = [to.making.to, to.making.from];
    // The sequence of an identity column that stays keeps the name it has.
    let column = to.making.from.shown("column", object.identity.part(1)).filter(|_| object.identity.part(0) == "identity-sequence");
    if column.is_some_and(|column| column.text("identity_sequence").is_some() && !to.making.made.contains(&World::name_of(column))) {
        worlds.reverse();
    }
    let [first, second] = worlds;
    let (on, column) = target(object, first, &to.dialect.database).or_else(|_| target(object, second, &to.dialect.database))?;
    let grantee = object.identity.part(2);
    let role = match grantee {
        OWNER => owner_of(object, to)?,
        // Whoever runs it on a throwaway server is the bootstrap superuser, who has no name in a manifest.
        _ if grantee.starts_with('(') && to.making.form.throwaway => "CURRENT_USER".to_owned(),
        _ => to.role(grantee)?,
    };
    let column = column.map(|column| format!(" ({column})")).unwrap_or_default();
    let mut statements = Vec::new();
    let mut push = |verb: &str, names: Vec<&String>, whom: &str| {
        // Before 17 owners may maintain, and no word says so.
        let is_known = |name: &&String| name.as_str() != "MAINTAIN" || to.dialect.major >= crate::flavor::MAINTAIN;
        let names: Vec<&String> = names.into_iter().filter(is_known).collect();
        if !names.is_empty() {
            let names: Vec<String> = names.into_iter().map(|name| format!("{name}{column}")).collect();
            let statement = Statement::new(format!("{verb} {} ON {on} {whom};", names.join(", ")));
            statements.push(if grantee == "PUBLIC" && verb == "GRANT" {
                statement.hazard(Hazard::Opens(format!("{} on {on} to everybody", names.join(", "))))
            } else {
                statement
            });
        }
    };
    push("REVOKE", was.keys().filter(|name| !is.contains_key(*name)).collect(), &format!("FROM {role}"));
    let no_longer = was.iter().filter(|(name, may)| **may && is.get(*name) == Some(&false)).map(|(name, _)| name);
    push("REVOKE GRANT OPTION FOR", no_longer.collect(), &format!("FROM {role}"));
    push(
        "GRANT",
        is.iter().filter(|(name, may)| !**may && !was.contains_key(*name)).map(|(name, _)| name).collect(),
        &format!("TO {role}"),
    );
    let passing = is.iter().filter(|(name, may)| **may && was.get(*name) != Some(&true)).map(|(name, _)| name);
    push("GRANT", passing.collect(), &format!("TO {role} WITH GRANT OPTION"));
    Ok(statements)
}

/// What is granted on an object at the moment when it comes to belong to an extension counts as that's from then on: so it is taken back
/// before, and what stays is given again.
pub fn around(object: &Object, to: &Target<'_>) -> Result<(Vec<Statement>, Vec<Statement>), String> {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let (kind, shown) = (object.kind.name(), object.display());
    let is_part = |grant: &Object| {
        let parts = shown_parts(grant.identity.part(1)).unwrap_or_default();
        grant.identity.part(0) == "column" && parts.len() == 3 && object.identity.parts().eq(parts.iter().take(2).map(String::as_str))
    };
    let is_on = |grant: &&Object| grant.identity.part(0) == kind && grant.identity.part(1) == shown || is_part(grant);
    let granted = to.making.from.manifest.of_kind(Kind::Grant).iter().filter(is_on);
    for grant in granted.filter(|grant| grant.identity.part(2) != OWNER) {
        before.extend(between(grant, &held(grant), &untouched(kind, grant.identity.part(2), to.dialect.major), to)?);
        if let Some(wanted) = to.making.to.same(grant) {
            after.extend(between(wanted, &Held::new(), &held(wanted), to)?);
        }
    }
    Ok((before, after))
}

fn owner_of(object: &Object, to: &Target<'_>) -> Result<String, String> {
    let (kind, shown) = (object.identity.part(0), object.identity.part(1));
    let of = |kind: &str, shown: &str| to.making.to.find(Kind::Owner, &[kind, shown]).and_then(|owner| owner.text("owner"));
    let table = |shown: &str| {
        let parts = shown_parts(shown)?;
        let relation = to.making.to.relation(parts.first()?, parts.get(1)?)?;
        of(relation.kind.name(), &relation.display())
    };
    let owner = of(kind, shown).or_else(|| table(shown)).ok_or("its owner is not known")?;
    // Whoever runs it on a throwaway server is that one.
    if owner.starts_with('(') {
        return Ok("CURRENT_USER".to_owned());
    }
    to.role(owner)
}

/// On a throwaway server the owner granted all.
fn entangled(before: &Object, after: Option<&Object>, to: &Target<'_>) -> Result<(), String> {
    if to.making.form.throwaway { Ok(()) } else { alone::entangled(before, after, to.making.from).map_or(Ok(()), Err) }
}

impl Maker for Grants {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        // What is held is known, and what was not: so all is taken back first.
        if is_of_others(object, to.making.to) {
            let (on, column) = target(object, to.making.to, &to.dialect.database)?;
            let column = column.map(|column| format!(" ({column})")).unwrap_or_default();
            let role = match object.identity.part(2) {
                OWNER => return Err("its owner is an extension's or the server's matter".to_owned()),
                grantee => to.role(grantee)?,
            };
            let mut statements = vec![Statement::new(format!("REVOKE ALL{column} ON {on} FROM {role};"))];
            statements.extend(between(object, &Held::new(), &held(object), to)?);
            return Ok(statements);
        }
        between(object, &untouched(object.identity.part(0), object.identity.part(2), to.dialect.major), &held(object), to)
    }

    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        let role = world.find(Kind::Role, &[object.identity.part(2)]);
        // The owner grants, and what he is not yet, he cannot.
        let owner = world.find(Kind::Owner, &[object.identity.part(0), object.identity.part(1)]);
        let column = (object.identity.part(0) == "identity-sequence").then(|| world.shown("column", object.identity.part(1))).flatten();
        let member = Some(format!("{} {}", object.identity.part(0), object.identity.part(1))).filter(|_| is_of_others(object, world));
        let has = |extension: &&Object, member: &str| list(extension, "members").iter().any(|one| &**one == member);
        let extension = member.and_then(|member| world.manifest.of_kind(Kind::Extension).iter().find(|extension| has(extension, &member)));
        role.into_iter().chain(owner).chain(column).chain(extension).collect()
    }

    fn way(&self, _: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        Way::InPlace
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        entangled(change.from, Some(change.to), to)?;
        between(change.to, &held(change.from), &held(change.to), to)
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        entangled(object, None, to)?;
        if is_of_others(object, to.making.from) {
            if let Some(initial) = initial(object).filter(|_| object.identity.part(2) != OWNER) {
                return between(object, &held(object), &initial, to);
            }
            return Err(format!(
                "what {} granted from the start stands in no manifest, so that nothing says what to go back to: a person's work",
                if object.identity.part(1).starts_with("pg_catalog.") { "the server" } else { "its extension" }
            ));
        }
        between(object, &held(object), &untouched(object.identity.part(0), object.identity.part(2), to.dialect.major), to)
    }
}

impl Maker for Defaults {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        defaults(object, &Held::new(), &held(object), to)
    }

    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        let roles = [0, 3].into_iter().filter_map(|at| world.find(Kind::Role, &[object.identity.part(at)]));
        roles.chain(world.find(Kind::Schema, &[object.identity.part(1)])).collect()
    }

    fn way(&self, _: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        Way::InPlace
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        defaults(change.to, &held(change.from), &held(change.to), to)
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        defaults(object, &held(object), &Held::new(), to)
    }
}

/// What the server grants on new objects where nothing was said: only lists for all schemas replace it.
fn built_in(object: &Object, major: u16) -> Held {
    let (schema, objects, grantee) = (object.identity.part(1), object.identity.part(2), object.identity.part(3));
    if !schema.is_empty() {
        return Held::new();
    }
    let kind = match objects {
        "tables" => "table",
        "sequences" => "sequence",
        "functions" => "function",
        "types" => "enum",
        "schemas" => "schema",
        _ => "",
    };
    untouched(kind, grantee, major)
}

fn defaults(object: &Object, was: &Held, is: &Held, to: &Target<'_>) -> Written {
    let (creator, schema, objects, grantee) =
        (object.identity.part(0), object.identity.part(1), object.identity.part(2), object.identity.part(3));
    // That one's name is in no manifest.
    let bootstrap = Some(creator).filter(|creator| creator.starts_with('('));
    let creator = if bootstrap.is_some() { "CURRENT_USER".to_owned() } else { to.role(creator)? };
    let grantee = if grantee == OWNER { creator.clone() } else { to.role(grantee)? };
    let place = if schema.is_empty() { String::new() } else { format!(" IN SCHEMA {}", quoted(schema)) };
    let head = format!("ALTER DEFAULT PRIVILEGES FOR ROLE {creator}{place}");
    let objects = objects.to_ascii_uppercase();
    // An object that is not there means the built-in list.
    let built_in = built_in(object, to.dialect.major);
    let was = if was.is_empty() && !is_told(object, to.making.from) { &built_in } else { was };
    let is = if is.is_empty() && !is_told(object, to.making.to) { &built_in } else { is };
    let mut statements = Vec::new();
    let mut push = |verb: &str, names: Vec<&String>, whom: &str| {
        if !names.is_empty() {
            let names: Vec<&str> = names.into_iter().map(String::as_str).collect();
            let mut statement = Statement::new(format!("{head} {verb} {} ON {objects} {whom};", names.join(", ")));
            if whom.starts_with("TO PUBLIC") {
                statement =
                    statement.hazard(Hazard::Opens(format!("{} on {objects} that are made from then on to everybody", names.join(", "))));
            }
            let who = bootstrap.map(|creator| Hazard::RunBy(format!("the {}", creator.trim_matches(['(', ')']))));
            statements.push(who.into_iter().fold(statement, Statement::hazard));
        }
    };
    push(
        "REVOKE",
        was.iter().filter(|(name, may)| !is.contains_key(*name) || **may && is.get(*name) == Some(&false)).map(|(name, _)| name).collect(),
        &format!("FROM {grantee}"),
    );
    let plain = is.iter().filter(|(name, may)| !**may && was.get(*name) != Some(&false)).map(|(name, _)| name);
    push("GRANT", plain.collect(), &format!("TO {grantee}"));
    let passing = is.iter().filter(|(name, may)| **may && was.get(*name) != Some(&true)).map(|(name, _)| name);
    push("GRANT", passing.collect(), &format!("TO {grantee} WITH GRANT OPTION"));
    Ok(statements)
}

fn is_told(object: &Object, world: &World<'_>) -> bool {
    world.same(object).is_some()
}

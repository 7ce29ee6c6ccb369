//! Constraints of tables. On a table in use, checks and foreign keys are added first and validated after, and keys stand on an index
//! that was built beside the work of others.

use super::text::{callable, columns, last, parameters, relation, upper, whole};
use super::{Maker, Target, flag, is_foreign_key, is_not, list, locks};
use crate::ident::{literal, passing, quoted};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Hazard, Statement, Way, World, Written};

pub struct Constraints;

fn place(object: &Object) -> (&str, &str) {
    (object.identity.part(0), object.identity.part(1))
}

/// What partitions have of the key that a foreign key refers to: before that is attached, the key is not valid.
pub fn comes_after<'w>(object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
    if !is_foreign_key(object) {
        return Vec::new();
    }
    let index_of = |key: &'w Object| match key.kind {
        Kind::Index => Some(key),
        Kind::Constraint => world.find(Kind::Index, &[key.identity.part(0), key.identity.part(2)]),
        _ => None,
    };
    let mut waiting: Vec<&Object> = world.told_needs(object).collect();
    let mut found: Vec<&Object> = Vec::new();
    while let Some(key) = waiting.pop() {
        let Some(index) = index_of(key) else { continue };
        let shown = index.display();
        for part in world.told_users(key).into_iter().chain(world.told_users(index)) {
            let is_part = index_of(part).is_some_and(|own| own.text("attached_to") == Some(&shown));
            if is_part && !found.iter().any(|other| other.key() == part.key()) {
                found.push(part);
                waiting.push(part);
            }
        }
    }
    found
}

/// Its parent table's constraint of that name, which brings it along.
fn inherited<'w>(object: &'w Object, world: &World<'w>) -> Option<&'w Object> {
    let (schema, table) = place(object);
    let table = world.find(Kind::Table, &[schema, table])?;
    // A partition's own come first and are attached.
    if !is_not(object, "local") || table.get("partition_of").is_some() {
        return None;
    }
    list(table, "inherits").iter().find_map(|parent| {
        let parent = world.shown("table", parent)?;
        world.find(Kind::Constraint, &[parent.identity.part(0), parent.identity.part(1), object.identity.part(2)])
    })
}

/// Whether this plan makes the constraint of that name of the table that it is a partition of.
fn inherits_new(object: &Object, to: &Target<'_>) -> bool {
    let world = to.making.to;
    let (schema, table) = place(object);
    let parent = world.find(Kind::Table, &[schema, table]).and_then(|table| world.shown("table", table.text("partition_of")?));
    let above = parent
        .and_then(|parent| world.find(Kind::Constraint, &[parent.identity.part(0), parent.identity.part(1), object.identity.part(2)]));
    above.is_some_and(|above| to.making.made.contains(&World::name_of(above)))
}

/// What follows ADD CONSTRAINT and its name.
fn definition(object: &Object) -> Result<String, String> {
    let key = |period: &str| {
        let names = list(object, "columns");
        let is_temporal = flag(object, "temporal");
        let named: Vec<String> = names
            .iter()
            .enumerate()
            .map(|(at, name)| match (is_temporal && at + 1 == names.len(), period) {
                (true, "PERIOD") => format!("PERIOD {}", quoted(name)),
                (true, period) => format!("{} {period}", quoted(name)),
                (false, _) => quoted(name),
            })
            .collect();
        format!("({})", named.join(", "))
    };
    let mut sql = match object.text("type") {
        Some("primary key") => format!("PRIMARY KEY {}", key("WITHOUT OVERLAPS")),
        Some("unique") => {
            let nulls = if flag(object, "nulls_not_distinct") { " NULLS NOT DISTINCT" } else { "" };
            format!("UNIQUE{nulls} {}", key("WITHOUT OVERLAPS"))
        }
        Some("check") => format!("CHECK ({})", object.text("expression").ok_or("its condition is not known")?),
        Some("exclusion") => {
            let method = object.text("index_method").unwrap_or("btree");
            let elements = object.text("expression").ok_or("its elements are not known")?;
            let (elements, filter) = split_filter(elements);
            // The server prints an operator with the types it takes.
            let elements = list(object, "operators").iter().fold(elements.to_owned(), |text, operator| {
                text.replace(&format!(" WITH {operator}"), &format!(" WITH OPERATOR({})", callable(operator)))
            });
            let after = behind(object);
            return Ok(format!("EXCLUDE USING {} ({elements}){after}{filter}{}", quoted(method), deferral(object)));
        }
        Some("foreign key") => return foreign_key(object, &key("PERIOD")),
        other => return Err(format!("{} is no type of constraint that is known", other.unwrap_or("nothing"))),
    };
    if object.text("type") != Some("check") {
        sql.push_str(&behind(object));
    }
    if flag(object, "no_inherit") {
        sql.push_str(" NO INHERIT");
    }
    sql.push_str(&deferral(object));
    Ok(sql)
}

/// What the index behind a key has.
fn behind(object: &Object) -> String {
    let mut sql = String::new();
    if !list(object, "include").is_empty() {
        sql.push_str(&format!(" INCLUDE {}", columns(list(object, "include"))));
    }
    let options = parameters(list(object, "index_options"), "");
    if !options.is_empty() {
        sql.push_str(&format!(" WITH ({})", options.join(", ")));
    }
    if let Some(space) = object.text("index_tablespace") {
        sql.push_str(&format!(" USING INDEX TABLESPACE {}", quoted(space)));
    }
    sql
}

/// The elements of an exclusion constraint and its predicate, which stands apart.
fn split_filter(elements: &str) -> (&str, String) {
    match elements.rfind(" WHERE (") {
        Some(at) if elements.ends_with(')') => {
            let (elements, filter) = elements.split_at(at);
            (elements, filter.to_owned())
        }
        _ => (elements, String::new()),
    }
}

fn deferral(object: &Object) -> String {
    match (flag(object, "deferrable"), flag(object, "initially_deferred")) {
        (_, true) => " DEFERRABLE INITIALLY DEFERRED".to_owned(),
        (true, false) => " DEFERRABLE".to_owned(),
        (false, false) => String::new(),
    }
}

fn foreign_key(object: &Object, key: &str) -> Result<String, String> {
    let table = relation(object.text("references").ok_or("the table it references is not known")?)?;
    let names = list(object, "referenced_columns");
    let referenced = if flag(object, "temporal") {
        let last = names.len().saturating_sub(1);
        let named = names.iter().enumerate().map(|(at, name)| if at == last { format!("PERIOD {}", quoted(name)) } else { quoted(name) });
        format!("({})", named.collect::<Vec<_>>().join(", "))
    } else {
        columns(names)
    };
    let mut sql = format!("FOREIGN KEY {key} REFERENCES {table} {referenced}");
    if object.text("match") == Some("full") {
        sql.push_str(" MATCH FULL");
    }
    for (property, word) in [("on_update", "UPDATE"), ("on_delete", "DELETE")] {
        if let Some(action) = object.text(property) {
            sql.push_str(&format!(" ON {word} {}", upper(action)));
        }
    }
    if !list(object, "on_delete_columns").is_empty() {
        sql.push_str(&format!(" {}", columns(list(object, "on_delete_columns"))));
    }
    sql.push_str(&deferral(object));
    Ok(sql)
}

impl Maker for Constraints {
    fn made_with<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<&'w Object> {
        inherited(object, world)
    }

    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let (schema, table) = place(object);
        let world = to.making.to;
        let is_foreign = world.find(Kind::Table, &[schema, table]).is_some_and(|table| table.get("server").is_some());
        let is_partition = world.find(Kind::Table, &[schema, table]).is_some_and(|table| table.get("partition_of").is_some());
        let is_key = matches!(object.text("type"), Some("primary key" | "unique"));
        // Its partitioned table's statement brings it.
        if is_partition
            && !is_key
            && is_not(object, "local")
            && !to.is_new(schema, table)
            && inherits_new(object, to)
            && !super::attached::is_attached(schema, table, to)
        {
            return Ok(Vec::new());
        }
        let stands_alone = is_key
            && !to.is_new(schema, table)
            && world.find(Kind::Table, &[schema, table]).is_some_and(|table| table.get("partition_by").is_some());
        let word = match (is_foreign, stands_alone) {
            (true, _) => "FOREIGN TABLE",
            // The keys of its partitions are attached one by one, under the names that they have.
            (false, true) => "TABLE ONLY",
            (false, false) => "TABLE",
        };
        let head = format!("ALTER {word} {} ADD CONSTRAINT {} ", whole(object), last(object));
        let mut definition = definition(object)?;
        let kind = object.text("type").unwrap_or_default();
        let mut statements = Vec::new();
        let is_enforced = !is_not(object, "enforced");
        let is_valid = !is_not(object, "validated");
        if !is_enforced {
            definition.push_str(" NOT ENFORCED");
        } else if !is_valid {
            definition.push_str(" NOT VALID");
        }
        let is_in_use = to.is_in_use(schema, table);
        let is_partitioned = world.find(Kind::Table, &[schema, table]).is_some_and(|table| table.get("partition_by").is_some());
        // A table is not attached with a check that is not validated, and with such a foreign key it gets another one.
        let can_wait = !super::attached::is_attached(schema, table, to);
        match kind {
            "check" | "foreign key" if is_in_use && is_valid && is_enforced && can_wait && !(is_partitioned && kind == "foreign key") => {
                let mode = if kind == "check" { "ACCESS EXCLUSIVE" } else { "SHARE ROW EXCLUSIVE" };
                statements.push(Statement::new(format!("{head}{definition} NOT VALID;")).hazard(locks(mode, schema, table)));
                let validate = format!("ALTER {word} {} VALIDATE CONSTRAINT {};", whole(object), last(object));
                statements
                    .push(Statement::new(validate).alone().hazard(Hazard::Scans(whole(object))).hazard(Hazard::FailsIf(fails(object, to))));
            }
            "primary key" | "unique" if is_in_use && !is_partitioned && !flag(object, "temporal") => {
                statements.extend(beside(object));
            }
            _ => {
                let mut statement = Statement::new(format!("{head}{definition};"));
                if is_in_use {
                    statement = statement.hazard(locks("ACCESS EXCLUSIVE", schema, table));
                    if is_valid && is_enforced {
                        statement = statement.hazard(Hazard::Scans(whole(object)));
                    }
                }
                if is_valid && is_enforced && !to.is_new(schema, table) {
                    statement = statement.hazard(Hazard::FailsIf(fails(object, to)));
                }
                statements.push(statement);
            }
        }
        // The index behind it has a comment and statistics of its own.
        if let Some(index) = world.find(Kind::Index, &[schema, object.identity.part(2)]).filter(|index| index.get("constraint").is_some()) {
            statements.extend(super::index::after(index)?);
            statements.extend(super::index::named(index, to)?);
            if let Some(parent) = index
                .text("attached_to")
                .filter(|_| is_partition && !to.is_new(schema, table) && !super::attached::is_attached(schema, table, to))
            {
                if let Some(why) = super::index::parent_takes_no_parts(index, (to.making.from, world)) {
                    return Err(why);
                }
                statements.push(Statement::new(format!("ALTER INDEX {} ATTACH PARTITION {};", relation(parent)?, whole(index))));
            }
        }
        if is_not(object, "triggers_enabled") {
            statements.push(triggers(object));
        }
        Ok(statements)
    }

    fn way(&self, change: &Change<'_>, from: &World<'_>, to: &World<'_>) -> Way {
        if change.only(&["local"]) && super::alone::is_attached(change.to, (from, to)) {
            return Way::InPlace;
        }
        if change.only(&["local"]) {
            return Way::Refuse("whether it is a child's own follows from how the child was made: no statement sets it".to_owned());
        }
        if change.only(&["validated"]) && !is_not(change.to, "validated") {
            return Way::InPlace;
        }
        if change.only(&["deferrable", "initially_deferred"]) && change.to.text("type") == Some("foreign key") {
            return Way::InPlace;
        }
        if change.only(&["triggers_enabled"]) {
            return Way::InPlace;
        }
        if change.only(&["index_options"])
            && from.find(Kind::Index, &[change.from.identity.part(0), change.from.identity.part(2)]).is_some()
        {
            return Way::InPlace;
        }
        // What refers to it goes for a moment.
        if swaps(change, from, to) { Way::Cleared } else { Way::Replace }
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        let object = change.to;
        if !change.only(&["index_options"]) && swaps(change, to.making.from, to.making.to) {
            return swap(object, to);
        }
        let mut statements = Vec::new();
        if change.touches("validated") {
            let sql = format!("ALTER TABLE {} VALIDATE CONSTRAINT {};", whole(object), last(object));
            let fails = Hazard::FailsIf(fails(object, to));
            statements.push(Statement::new(sql).alone().hazard(Hazard::Scans(whole(object))).hazard(fails));
        }
        if change.touches("deferrable") || change.touches("initially_deferred") {
            let words = match (flag(object, "deferrable"), flag(object, "initially_deferred")) {
                (_, true) => "DEFERRABLE INITIALLY DEFERRED",
                (true, false) => "DEFERRABLE INITIALLY IMMEDIATE",
                (false, false) => "NOT DEFERRABLE",
            };
            statements.push(Statement::new(format!("ALTER TABLE {} ALTER CONSTRAINT {} {words};", whole(object), last(object))));
        }
        if change.touches("triggers_enabled") {
            statements.push(triggers(object));
        }
        if change.touches("index_options") {
            let index = crate::ident::qualified(object.identity.part(0), object.identity.part(2));
            statements.extend(super::parameter::changes((change.from, object), "index_options", "", &|what| {
                Statement::new(format!("ALTER INDEX {index} {what};"))
            }));
        }
        Ok(statements)
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        let (schema, table) = place(object);
        // A child's copy goes with its parent's.
        if is_not(object, "local") {
            return Ok(Vec::new());
        }
        let is_foreign = to.making.from.find(Kind::Table, &[schema, table]).is_some_and(|table| table.get("server").is_some());
        let word = if is_foreign { "FOREIGN TABLE" } else { "TABLE" };
        let sql = format!("ALTER {word} {} DROP CONSTRAINT {};", whole(object), last(object));
        Ok(vec![Statement::new(sql).hazard(locks("ACCESS EXCLUSIVE", schema, table))])
    }
}

/// Whether a key can become another one in one statement, so that it is never gone: nothing but foreign keys stands on it, and its columns stay.
fn swaps(change: &Change<'_>, from: &World<'_>, to: &World<'_>) -> bool {
    let (before, object) = (change.from, change.to);
    let (schema, table) = place(object);
    let is_key = |object: &Object| matches!(object.text("type"), Some("primary key" | "unique")) && !flag(object, "temporal");
    let is_plain = |world: &World<'_>| {
        let index = world.find(Kind::Index, &[schema, object.identity.part(2)]);
        let table = world.find(Kind::Table, &[schema, table]);
        let is_alone = index.is_some_and(|index| index.get("attached_to").is_none() && index.get("valid").is_none());
        is_alone && table.is_some_and(|table| table.get("partition_by").is_none() && list(table, "inherits").is_empty())
    };
    let stay = list(before, "columns").iter().chain(list(before, "include")).all(|name| {
        let column = |world: &World<'_>| {
            let column = world.find(Kind::Column, &[schema, table, name])?;
            Some(["type", "collation", "generated", "not_null"].map(|property| column.get(property).cloned()))
        };
        column(from).is_some() && column(from) == column(to)
    });
    // Its index is built before anything else is done.
    let is_there = list(object, "columns").iter().chain(list(object, "include")).all(|name| {
        let column = |world: &World<'_>| {
            let column = world.find(Kind::Column, &[schema, table, name])?;
            Some(["type", "collation", "generated"].map(|property| column.get(property).cloned()))
        };
        column(from).is_some() && column(from) == column(to)
    });
    let index = from.find(Kind::Index, &[schema, before.identity.part(2)]);
    let mut users = from.told_users(before).into_iter().chain(index.map(|index| from.told_users(index)).unwrap_or_default());
    let is_needed = users.any(|user| !is_foreign_key(user));
    is_key(before)
        && is_key(object)
        && before.get("type") == object.get("type")
        && is_plain(from)
        && is_plain(to)
        && stay
        && is_there
        && !is_needed
}

/// The new key in place of the old one: its index is built before, while others work.
fn swap(object: &Object, to: &Target<'_>) -> Written {
    let (schema, table) = place(object);
    let (name, whole) = (last(object), whole(object));
    let drop = format!("ALTER TABLE {whole} DROP CONSTRAINT {name}");
    let fails = Hazard::FailsIf(format!("two rows of {whole} have the same values"));
    let mut statements = Vec::new();
    if to.is_in_use(schema, table) {
        let built = quoted(&passing(object.identity.part(2), "beside"));
        statements.push(Statement::new(index(object, &built)).ahead().hazard(Hazard::Scans(whole.clone())).hazard(fails));
        let add = format!("ADD CONSTRAINT {name} {} USING INDEX {built}{};", kind_of_key(object), deferral(object));
        statements.push(Statement::new(format!("{drop},\n    {add}")).hazard(locks("ACCESS EXCLUSIVE", schema, table)));
    } else {
        let sql = format!("{drop},\n    ADD CONSTRAINT {name} {};", definition(object)?);
        statements.push(Statement::new(sql).hazard(Hazard::Scans(whole)).hazard(fails));
    }
    if let Some(index) = to.making.to.find(Kind::Index, &[schema, object.identity.part(2)]) {
        statements.extend(super::index::after(index)?);
        statements.extend(super::index::named(index, to)?);
    }
    statements.extend(super::named::remarks(object)?);
    Ok(statements)
}

fn kind_of_key(object: &Object) -> &'static str {
    if object.text("type") == Some("primary key") { "PRIMARY KEY" } else { "UNIQUE" }
}

/// The index of a key, built while others work.
fn index(object: &Object, name: &str) -> String {
    let nulls = if flag(object, "nulls_not_distinct") { " NULLS NOT DISTINCT" } else { "" };
    let include = if list(object, "include").is_empty() { String::new() } else { format!(" INCLUDE {}", columns(list(object, "include"))) };
    let options = parameters(list(object, "index_options"), "");
    let with = if options.is_empty() { String::new() } else { format!(" WITH ({})", options.join(", ")) };
    let space = object.text("index_tablespace").map(|space| format!(" TABLESPACE {}", quoted(space))).unwrap_or_default();
    let keys = columns(list(object, "columns"));
    format!("CREATE UNIQUE INDEX CONCURRENTLY {name} ON {} {keys}{include}{nulls}{with}{space};", whole(object))
}

/// A key on an index that is built while others work.
fn beside(object: &Object) -> Vec<Statement> {
    let (schema, table) = place(object);
    let (name, word) = (last(object), kind_of_key(object));
    let add = format!("ALTER TABLE {} ADD CONSTRAINT {name} {word} USING INDEX {name}{};", whole(object), deferral(object));
    vec![
        Statement::new(index(object, &name))
            .alone()
            .hazard(Hazard::Scans(whole(object)))
            .hazard(Hazard::FailsIf(format!("two rows of {} have the same values", whole(object)))),
        Statement::new(add).hazard(locks("ACCESS EXCLUSIVE", schema, table)),
    ]
}

/// Turns the triggers that enforce it on or off: they are called by numbers, so the server is asked for their names where it is run.
fn triggers(object: &Object) -> Statement {
    let is_on = !is_not(object, "triggers_enabled");
    let (word, which) = if is_on { ("ENABLE", "g.tgenabled in ('D', 'R')") } else { ("DISABLE", "g.tgrelid = c.conrelid") };
    let name = object.identity.part(2);
    let body = format!(
        "declare
  t record;
begin
  for t in
    with recursive c as (
      select oid, conrelid from pg_catalog.pg_constraint where conrelid = {}::pg_catalog.regclass and conname = {}
      union all
      select p.oid, p.conrelid from c join pg_catalog.pg_constraint p on p.conparentid = c.oid
    )
    select g.tgrelid::pg_catalog.regclass as relation, g.tgname as name
    from c join pg_catalog.pg_trigger g on g.tgconstraint = c.oid and g.tgisinternal and {which}
  loop
    execute pg_catalog.format('ALTER TABLE %s {word} TRIGGER %I', t.relation, t.name);
  end loop;
end",
        literal(&whole(object)),
        literal(name)
    );
    let statement = Statement::new(format!("DO {};", literal(&body))).hazard(Hazard::RunBy("a superuser".to_owned()));
    if is_on { statement } else { statement.hazard(Hazard::Opens(format!("{} to rows that {} would refuse", whole(object), last(object)))) }
}

/// What rows make it fail: the code that it calls runs on each, and nothing is known of what it does there.
fn fails(object: &Object, to: &Target<'_>) -> String {
    let called = to.making.to.told_needs(object).filter(|needed| needed.kind == Kind::Function);
    let called: Vec<String> = called.map(|function| format!(", or {} fails on one", function.display())).collect();
    format!("a row of {} does not meet it{}", whole(object), called.concat())
}

//! Columns: within CREATE TABLE, added, and altered property by property. What a table has set by itself is set on it alone: each
//! child says its own.

use super::text::{last, option_changes, parameters, whole};
use super::{Maker, Target, alter_column as alter, flag, integer, is_not, list, locks};
use super::{identity, inherited, retype};
use crate::flavor;
use crate::ident::{passing, quoted, shortened};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Hazard, Statement, Turn, Way, World, Written};

pub struct Columns;

/// The line of CREATE TABLE.
pub fn definition(column: &Object, to: &Target<'_>) -> Result<String, String> {
    let mut line = format!("{} {}", last(column), column.text("type").ok_or("its type is not known")?);
    let options = to.foreign_options(list(column, "foreign_options"))?;
    if !options.is_empty() {
        line.push_str(&format!(" OPTIONS ({})", options.join(", ")));
    }
    if let Some(collation) = column.text("collation") {
        line.push_str(&format!(" COLLATE {collation}"));
    }
    line.push_str(&clauses(column, to));
    Ok(line)
}

/// The line of CREATE TABLE … OF, where the type does not say all.
pub fn of_type(column: &Object, to: &Target<'_>) -> Result<Option<String>, String> {
    let clauses = clauses(column, to);
    Ok((!clauses.is_empty()).then(|| format!("{} WITH OPTIONS{clauses}", last(column))))
}

fn clauses(column: &Object, to: &Target<'_>) -> String {
    let mut line = String::new();
    // One that is not yet valid is added afterwards.
    if flag(column, "not_null") && !is_not(column, "not_null_valid") {
        if let Some(name) = column.text("not_null_name").filter(|name| !is_taken(name, column, to)) {
            line.push_str(&format!(" CONSTRAINT {}", quoted(name)));
        }
        line.push_str(" NOT NULL");
        if flag(column, "not_null_no_inherit") {
            line.push_str(" NO INHERIT");
        }
    }
    if let Some(expression) = column.text("generated") {
        let kind = column.text("generated_kind").unwrap_or("stored").to_ascii_uppercase();
        line.push_str(&format!(" GENERATED ALWAYS AS ({expression}) {kind}"));
    } else if let Some(default) = column.text("default").filter(|_| !to.making.is_bare(column)) {
        line.push_str(&format!(" DEFAULT {default}"));
    }
    // What a partitioned table numbers, its partitions have with it, when they are attached.
    let world = to.making.to;
    let is_whole =
        || world.find(Kind::Table, &[column.identity.part(0), column.identity.part(1)]).is_some_and(|it| it.get("partition_of").is_none());
    if let Some(identity) = column.text("identity").filter(|_| to.dialect.major < flavor::PARTITIONED_IDENTITY || is_whole()) {
        line.push_str(&format!(" GENERATED {} AS IDENTITY ({})", identity.to_ascii_uppercase(), identity::options(column, true)));
    }
    line
}

/// What CREATE TABLE cannot say of a column.
pub fn after(column: &Object, to: &Target<'_>) -> Written {
    let mut statements = settings(column, to);
    statements.extend(super::named::remarks(column)?);
    Ok(statements)
}

pub fn settings(column: &Object, to: &Target<'_>) -> Vec<Statement> {
    let mut statements = Vec::new();
    if flag(column, "not_null") && is_not(column, "not_null_valid") {
        let name = column.text("not_null_name").map_or_else(|| generated_not_null(column), str::to_owned);
        let sql = format!("ALTER TABLE {} ADD CONSTRAINT {} NOT NULL {} NOT VALID;", whole(column), quoted(&name), last(column));
        statements.push(Statement::new(sql));
    }
    if let Some(storage) = column.text("storage") {
        statements.push(alter(column, &format!("SET STORAGE {}", storage.to_ascii_uppercase())));
    }
    if let Some(compression) = column.text("compression") {
        statements.push(alter(column, &format!("SET COMPRESSION {compression}")));
    }
    if let Some(target) = integer(column, "statistics_target") {
        statements.push(alter(column, &format!("SET STATISTICS {target}")));
    }
    let options = parameters(list(column, "options"), "");
    if !options.is_empty() {
        statements.push(alter(column, &format!("SET ({})", options.join(", "))));
    }
    statements.extend(identity::of_another_type(column));
    // What a child has otherwise than its parent.
    if is_not(column, "local")
        && let Some(default) = column.text("default").filter(|_| !to.making.is_bare(column) && column.get("generated").is_none())
    {
        statements.push(set_default(column, Some(default)));
    }
    statements
}

/// Whether what keeps NULL out of another column of the table has that name until it gets its own: the next round gives it then.
fn is_taken(name: &str, column: &Object, to: &Target<'_>) -> bool {
    let (schema, table) = (column.identity.part(0), column.identity.part(1));
    let mut others = to.making.from.parts_of_kind(schema, table, Kind::Column).filter(|other| other.identity != column.identity);
    let has = |other: &Object| match other.text("not_null_name") {
        Some(own) => own == name,
        None => generated_not_null(other) == name,
    };
    !to.is_new(schema, table) && others.any(|other| flag(other, "not_null") && has(other))
}

/// As the server names it.
fn generated_not_null(column: &Object) -> String {
    shortened(&[column.identity.part(1), column.identity.part(2)], "not_null")
}

/// Before and after another type, which may be one statement with those of other columns.
pub fn set_default(column: &Object, default: Option<&str>) -> Statement {
    let (what, turn) = match default {
        Some(default) => (format!("SET DEFAULT {default}"), Turn::After),
        None => ("DROP DEFAULT".to_owned(), Turn::Before),
    };
    alter(column, &what).clause(format!("ALTER TABLE {}", whole(column)), what, turn)
}

/// Whether the server refuses to alter a column's type while that is there.
pub fn is_in_the_way(other: &Object, change: &Change<'_>) -> bool {
    match other.kind {
        Kind::View
        | Kind::MaterializedView
        | Kind::Rule
        | Kind::Policy
        | Kind::Trigger
        | Kind::PublicationTable
        | Kind::Function
        | Kind::Procedure => true,
        Kind::Column => other.get("generated").is_some() && other.identity.part(2) != change.to.identity.part(2),
        // Of two columns that it joins one is of the new type for a while, and the other of the old one.
        Kind::Constraint => !stays_comparable(change) && joins(other, change.to),
        _ => false,
    }
}

/// Whether the server compares values of both types in a foreign key.
fn stays_comparable(change: &Change<'_>) -> bool {
    let typ = |column: &Object| super::cast::bare(column.text("type").unwrap_or_default());
    let (was, is) = (typ(change.from), typ(change.to));
    let family = |name: &str| match name {
        "smallint" | "integer" | "bigint" => 1,
        "text" | "character varying" => 2,
        _ => 0,
    };
    let is_collated = change.from.get("collation") != change.to.get("collation");
    // One that goes over to another type of that name is another all the same.
    !is_collated && family(&was) > 0 && family(&was) == family(&is) || was == is && change.from.get("type") != change.to.get("type")
}

/// Whether it is a foreign key from or to that column.
fn joins(constraint: &Object, column: &Object) -> bool {
    let (name, own) = (column.identity.part(2), constraint.identity.parts().take(2).eq(column.identity.parts().take(2)));
    let is_listed = |property: &str| list(constraint, property).iter().any(|one| &**one == name);
    let is_referenced = constraint.text("references").is_some_and(|shown| {
        evenkeel_core::manifest::shown_parts(shown)
            .is_some_and(|parts| parts.iter().map(String::as_str).eq(column.identity.parts().take(2)))
    });
    constraint.text("type") == Some("foreign key") && (own && is_listed("columns") || is_referenced && is_listed("referenced_columns"))
}

/// The domain that the column is of, where it does not take everything.
fn checked_domain(column: &Object, to: &Target<'_>) -> Option<String> {
    let world = to.making.to;
    let mut domains = world.told_needs(column).filter(|needed| needed.kind == Kind::Domain);
    let is_checked = |domain: &&Object| flag(domain, "not_null") || !checks(domain, world).is_empty();
    domains.find(is_checked).map(whole)
}

fn checks<'w>(domain: &Object, world: &World<'w>) -> Vec<&'w Object> {
    world.parts_of_kind(domain.identity.part(0), domain.identity.part(1), Kind::DomainConstraint).collect()
}

/// Defaults that give each row a value of its own: the table is written anew.
fn is_volatile(default: &str) -> bool {
    ["nextval(", "random(", "gen_random_uuid(", "clock_timestamp(", "uuid_generate", "uuidv7(", "timeofday("]
        .iter()
        .any(|call| default.contains(call))
}

impl Maker for Columns {
    fn made_with<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<&'w Object> {
        world.relation(object.identity.part(0), object.identity.part(1))
    }

    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let (schema, table) = (object.identity.part(0), object.identity.part(1));
        let relation = to.making.to.relation(schema, table).ok_or("its relation is not there")?;
        // A view's statement brings its columns; their defaults are set by hand.
        if relation.kind != Kind::Table {
            return Ok(object.get("default").map(|_| view_default(object)).into_iter().collect());
        }
        // Its parent's statement adds it.
        if is_not(object, "local") && !super::attached::is_attached(schema, table, to) {
            if inherited::is_only_from_new(object, (to.making.from, to.making.to)) {
                return Err("its table is to have it from one that it does not inherit from yet, and that is refused".to_owned());
            }
            return Ok(settings(object, to));
        }
        // Its type's statement adds it.
        if inherited::is_of_type(object, to.making) {
            super::types::gives_attributes(object, to)?;
            let default = object.text("default").map(|default| set_default(object, Some(default)));
            let kept = if flag(object, "not_null") { not_null(object, to) } else { Vec::new() };
            return Ok(default.into_iter().chain(kept).chain(settings(object, to)).collect());
        }
        let mut statement = Statement::new(format!("ALTER TABLE {} ADD COLUMN {};", whole(object), definition(object, to)?));
        if to.is_in_use(schema, table) {
            statement = statement.hazard(locks("ACCESS EXCLUSIVE", schema, table));
            let is_stored = object.get("generated").is_some() && object.text("generated_kind") != Some("virtual");
            if is_stored || object.get("identity").is_some() || object.text("default").is_some_and(is_volatile) {
                statement = statement.hazard(Hazard::Rewrites(whole(object)));
            }
        }
        if !to.is_new(schema, table) {
            let has_value = ["default", "generated", "identity"].iter().any(|property| object.get(property).is_some());
            if let Some(domain) = checked_domain(object, to) {
                let fails = format!("{} has rows, and domain {domain} refuses what stands in the column then", whole(object));
                statement = statement.hazard(Hazard::Rewrites(whole(object))).hazard(Hazard::FailsIf(fails));
            }
            if flag(object, "not_null") && !has_value {
                statement = statement.hazard(Hazard::FailsIf(format!("{} has rows", whole(object))));
            }
        }
        let mut statements = vec![statement];
        statements.extend(settings(object, to));
        Ok(statements)
    }

    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        inherited::type_of_table(object, world).into_iter().collect()
    }

    fn finish_needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<Vec<&'w Object>> {
        // Its parent's statement brings another type.
        object.get("default").filter(|_| is_not(object, "local"))?;
        let table = world.find(Kind::Table, &[object.identity.part(0), object.identity.part(1)])?;
        let above = table.text("partition_of").into_iter().chain(list(table, "inherits").iter().map(AsRef::as_ref));
        let above = above.filter_map(|shown| world.shown("table", shown));
        Some(
            above
                .filter_map(|table| world.find(Kind::Column, &[table.identity.part(0), table.identity.part(1), object.identity.part(2)]))
                .collect(),
        )
    }

    fn finish(&self, object: &Object, to: &Target<'_>) -> Written {
        let waits = to.making.is_bare(object) || to.making.is_loosened(object);
        Ok(object.text("default").filter(|_| waits).map(|default| set_default(object, Some(default))).into_iter().collect())
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        if is_not(object, "local") || inherited::is_of_type(object, to.making) {
            return Ok(Vec::new());
        }
        let only = match inherited::left(object, to.making.from, to.making.to) {
            inherited::Left::Alone => "",
            inherited::Left::Own => "ONLY ",
            inherited::Left::Torn(why) => return Err(why),
        };
        let statement = Statement::new(format!("ALTER TABLE {only}{} DROP COLUMN {};", whole(object), last(object)));
        let statement = statement.hazard(locks("ACCESS EXCLUSIVE", object.identity.part(0), object.identity.part(1)));
        // Values that are computed come back by themselves, unless the column that comes back computes none.
        let comes_back_plain = to.making.to.same(object).is_some_and(|column| column.get("generated").is_none());
        let is_derived = object.get("generated").is_some() && !comes_back_plain;
        let mut statements = super::sequence::let_go(object, to);
        statements.push(if is_derived {
            statement
        } else {
            statement.hazard(Hazard::Loses(format!("all values of {}", object.display())))
        });
        Ok(statements)
    }

    fn way(&self, change: &Change<'_>, from: &World<'_>, to: &World<'_>) -> Way {
        let is_generated = |column: &Object| column.get("generated").is_some();
        let is_of_table =
            to.relation(change.to.identity.part(0), change.to.identity.part(1)).is_some_and(|relation| relation.kind == Kind::Table);
        // The view's own statement brings its columns.
        if !is_of_table {
            return Way::InPlace;
        }
        if change.touches("generated") || change.touches("generated_kind") {
            let same_kind = !change.touches("generated_kind");
            let sets = u32::from(to.manifest.endpoint.server_major) >= u32::from(flavor::SET_EXPRESSION);
            if is_generated(change.from) && is_generated(change.to) && same_kind && sets {
                return Way::InPlace;
            }
            let is_dropped = is_generated(change.from) && !is_generated(change.to) && change.from.text("generated_kind") != Some("virtual");
            return if is_dropped { Way::InPlace } else { Way::Replace };
        }
        if change.touches("type") || change.touches("collation") {
            let why = super::attached::keyed_by(change.from, from, to).or_else(|| inherited::torn(change.from, from));
            return why.map_or(Way::Cleared, Way::Refuse);
        }
        if change.only(&["local"]) && super::alone::is_attached(change.to, (from, to)) {
            return Way::InPlace;
        }
        if change.touches("local") && inherited::becomes_own(change.to, from, to) {
            return Way::InPlace;
        }
        if change.only(&["local"]) || change.touches("local") && inherited::stays_below(change.to, (from, to)) {
            return Way::Refuse("whether it is a child's own follows from how the child was made: no statement sets it".to_owned());
        }
        if change.only(&["not_null_name"]) && is_not(change.to, "local") && !inherited::is_named_above(change.to, (from, to)) {
            return Way::Refuse("what keeps NULL out of it is the table's above, and the server renames it only there".to_owned());
        }
        Way::InPlace
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        let (object, before) = (change.to, change.from);
        let (schema, table) = (object.identity.part(0), object.identity.part(1));
        let relation = to.making.to.relation(schema, table).map(|relation| relation.kind);
        if relation == Some(Kind::View) {
            return Ok(change.touches("default").then(|| view_default(object)).into_iter().collect());
        }
        let mut statements = Vec::new();
        let is_own =
            !is_not(object, "local") && !inherited::is_inherited(object, to.making.from) || super::attached::is_attached(schema, table, to);
        // Those of a materialized view are what its query makes them; how they are kept is set.
        let retyped = relation == Some(Kind::Table) && (change.touches("type") || change.touches("collation"));
        let loosened = to.making.is_loosened(before);
        if retyped && before.get("default").is_some() && !loosened {
            statements.push(set_default(before, None));
        }
        if change.touches("generated") && object.get("generated").is_none() {
            // Children let go of it with their parent.
            if is_own {
                let sql = format!("ALTER TABLE {} ALTER COLUMN {} DROP EXPRESSION;", whole(object), last(object));
                statements.push(Statement::new(sql));
            }
        }
        if before.get("identity").is_some() && object.get("identity").is_none() {
            statements.extend(identity::drop(object, to));
        }
        let before_type = statements.len();
        if retyped && is_own {
            statements.push(retype::unique(retype::retype(change, to)?, change, to));
        }
        // What it let go of before, `finish` says.
        if (change.touches("default") || retyped) && object.get("generated").is_none() && !loosened {
            match object.text("default") {
                Some(default) => statements.push(set_default(object, Some(default))),
                None if before.get("default").is_some() && !retyped => statements.push(set_default(object, None)),
                None => {}
            }
        }
        for attribute in change.attributes {
            match *attribute {
                "type" | "collation" | "default" | "local" | "generated_kind" => {}
                "generated" => {
                    statements.extend(object.text("generated").map(|expression| {
                        alter(object, &format!("SET EXPRESSION AS ({expression})")).hazard(Hazard::Rewrites(whole(object)))
                    }))
                }
                // The table above says it for those below; where partitions have names for it, each says it by its own.
                "not_null"
                    if (to.dialect.major < flavor::NAMED_NOT_NULL || !has_family(object, to))
                        && super::alone::is_set_above(object, to.making.from, to.making.to) => {}
                "not_null" if flag(object, "not_null") => statements.extend(not_null(object, to)),
                // Said of the table above it reaches this one.
                "not_null" if super::alone::is_lifted_above(object, to.making.from, to.making.to) => {}
                "not_null" => {
                    statements.push(Statement::new(format!("ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL;", whole(object), last(object))))
                }
                "not_null_name" if !change.touches("not_null") && flag(object, "not_null") => {
                    let name = |column: &Object| column.text("not_null_name").map_or_else(|| generated_not_null(column), str::to_owned);
                    let sql =
                        format!("ALTER TABLE {} RENAME CONSTRAINT {} TO {};", whole(object), quoted(&name(before)), quoted(&name(object)));
                    if object.get("local").is_none() {
                        statements.push(Statement::new(sql));
                    }
                }
                "not_null_valid" if !is_not(object, "not_null_valid") && !change.touches("not_null") => {
                    let name = before.text("not_null_name").map_or_else(|| generated_not_null(before), str::to_owned);
                    let sql = format!("ALTER TABLE {} VALIDATE CONSTRAINT {};", whole(object), quoted(&name));
                    let fails = Hazard::FailsIf(format!("{} holds NULL", object.display()));
                    statements.push(Statement::new(sql).alone().settles().hazard(Hazard::Scans(whole(object))).hazard(fails));
                }
                "not_null_valid" if !change.touches("not_null") => {
                    statements.push(Statement::new(format!("ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL;", whole(object), last(object))));
                    statements.extend(not_null(object, to));
                }
                "not_null_no_inherit" if !change.touches("not_null") => {
                    let name = object.text("not_null_name").map_or_else(|| generated_not_null(object), str::to_owned);
                    let words = if flag(object, "not_null_no_inherit") { "NO INHERIT" } else { "INHERIT" };
                    statements.push(Statement::new(format!("ALTER TABLE {} ALTER CONSTRAINT {} {words};", whole(object), quoted(&name))));
                }
                "not_null_name" | "not_null_valid" | "not_null_no_inherit" => {}
                "identity" => statements.extend(identity::changes(change, to)),
                "identity_options" if before.get("identity").is_some() && object.get("identity").is_some() => {
                    statements.extend(identity::counts(change, to));
                }
                "identity_options" => {}
                "storage" => {
                    let storage = match object.text("storage") {
                        Some(storage) => storage.to_ascii_uppercase(),
                        None if to.dialect.major >= flavor::STORAGE_DEFAULT => "DEFAULT".to_owned(),
                        None => return Err("before PostgreSQL 16 there is no word for a type's own storage".to_owned()),
                    };
                    statements.push(alter(object, &format!("SET STORAGE {storage}")));
                }
                "compression" => {
                    statements.push(alter(object, &format!("SET COMPRESSION {}", object.text("compression").unwrap_or("default"))));
                }
                "statistics_target" => {
                    statements.push(alter(object, &format!("SET STATISTICS {}", integer(object, "statistics_target").unwrap_or(-1))));
                }
                "options" => {
                    statements.extend(super::parameter::changes((before, object), "options", "", &|what| alter(object, &what)));
                }
                "foreign_options" => {
                    let changes = option_changes(list(before, "foreign_options"), list(object, "foreign_options"))?;
                    let sql = format!("ALTER FOREIGN TABLE {} ALTER COLUMN {} OPTIONS ({changes});", whole(object), last(object));
                    statements.push(Statement::new(sql));
                }
                other => return Err(format!("there is no statement for its {other}")),
            }
        }
        // An identity needs that no NULL is let in; all else need not wait for rows to be read.
        if !change.touches("identity") {
            statements.sort_by_key(|statement| statement.settles);
        }
        // Another type may be said with those of other columns: nothing else of this one needs to stand between.
        for (at, statement) in statements.iter_mut().enumerate().filter(|(_, statement)| statement.clause.is_none() && !statement.alone) {
            let turn = if at < before_type { Turn::Before } else { Turn::After };
            *statement = std::mem::take(statement).clause(format!("ALTER TABLE {}", whole(object)), "", turn);
        }
        Ok(statements)
    }
}

/// Whether its table is partitioned, or a partition.
fn has_family(object: &Object, to: &Target<'_>) -> bool {
    let table = to.making.to.find(Kind::Table, &[object.identity.part(0), object.identity.part(1)]);
    table.is_some_and(|table| table.get("partition_by").is_some() || table.get("partition_of").is_some())
}

/// Online: a check that is validated under a weak lock is what SET NOT NULL believes.
/// <https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL>
fn not_null(object: &Object, to: &Target<'_>) -> Vec<Statement> {
    let (schema, table) = (object.identity.part(0), object.identity.part(1));
    let (name, column) = (whole(object), last(object));
    let no_inherit = if flag(object, "not_null_no_inherit") { " NO INHERIT" } else { "" };
    if to.dialect.major >= flavor::NAMED_NOT_NULL
        && (object.get("not_null_name").is_some() || is_not(object, "not_null_valid") || !no_inherit.is_empty() || has_family(object, to))
    {
        // By its name: the server would number one that a partition has already.
        let constraint = object.text("not_null_name").map_or_else(|| generated_not_null(object), str::to_owned);
        let is_free = !is_taken(&constraint, object, to);
        let constraint = if is_free { constraint } else { passing(object.identity.part(2), "not_null") };
        let is_in_use = to.is_in_use(schema, table);
        let stays_invalid = is_not(object, "not_null_valid");
        let valid = if stays_invalid || is_in_use { " NOT VALID" } else { "" };
        let add = format!("ALTER TABLE {name} ADD CONSTRAINT {} NOT NULL {column}{no_inherit}{valid};", quoted(&constraint));
        let fails = Hazard::FailsIf(format!("{} holds NULL", object.display()));
        let mut statements = vec![Statement::new(add)];
        if is_in_use && !stays_invalid {
            let validate = format!("ALTER TABLE {name} VALIDATE CONSTRAINT {};", quoted(&constraint));
            statements.push(Statement::new(validate).alone().settles().hazard(Hazard::Scans(name)).hazard(fails));
        } else if !stays_invalid {
            statements = statements.into_iter().map(|statement| statement.hazard(fails.clone())).collect();
        }
        return statements;
    }
    let set = Statement::new(format!("ALTER TABLE {name} ALTER COLUMN {column} SET NOT NULL;"));
    let fails = Hazard::FailsIf(format!("{} holds NULL", object.display()));
    if !to.is_in_use(schema, table) {
        return vec![set.hazard(fails)];
    }
    let proof = quoted(&passing(object.identity.part(2), "is_not_null"));
    vec![
        Statement::new(format!("ALTER TABLE {name} ADD CONSTRAINT {proof} CHECK ({column} IS NOT NULL) NOT VALID;")).hazard(locks(
            "ACCESS EXCLUSIVE",
            schema,
            table,
        )),
        Statement::new(format!("ALTER TABLE {name} VALIDATE CONSTRAINT {proof};"))
            .alone()
            .settles()
            .hazard(Hazard::Scans(name.clone()))
            .hazard(fails),
        set.settles().hazard(locks("ACCESS EXCLUSIVE", schema, table)),
        Statement::new(format!("ALTER TABLE {name} DROP CONSTRAINT {proof};")).settles(),
    ]
}

fn view_default(object: &Object) -> Statement {
    Statement::new(match object.text("default") {
        Some(default) => format!("ALTER VIEW {} ALTER COLUMN {} SET DEFAULT {default};", whole(object), last(object)),
        None => format!("ALTER VIEW {} ALTER COLUMN {} DROP DEFAULT;", whole(object), last(object)),
    })
}

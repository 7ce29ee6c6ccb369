//! Primary keys and checks, which are written into the statement of their table, and foreign keys, which come after all tables.

use super::text::{names, runnable};
use super::{Maker, MysqlDialect, Target, index, is_foreign_key, is_not, list, table_of};
use crate::ident::{Ident, Quoted};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Hazard, Statement, Way, World, Written};

pub struct Constraints;

impl Maker for Constraints {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        if !is_foreign_key(object) {
            return Err("its table is not known".to_owned());
        }
        let sql = format!("ALTER TABLE {} ADD {};", to.whole(object), foreign_key(object, to)?);
        let mut statement = Statement::new(sql);
        if !to.is_new(object.identity.part(0), object.identity.part(1)) {
            let relation = object.identity.part(1).to_owned();
            statement = statement
                .hazard(Hazard::FailsIf(format!("a row of {relation} refers to none")))
                .hazard(Hazard::Scans(relation.clone()))
                .hazard(Hazard::Locks { mode: "SHARED", relation });
        }
        // What is no key by itself is referred to by those servers alone that are told so.
        if to.flavor().asks_for_keys_to_refer_to() && !refers_to_key(object, to.making.to) {
            let set = |word: &str| Statement::new(format!("SET SESSION restrict_fk_on_non_standard_key = {word};"));
            return Ok(vec![set("OFF"), statement, set("ON")]);
        }
        Ok(vec![statement])
    }

    fn way(&self, change: &Change<'_>, _: (&World<'_>, &World<'_>), _: &MysqlDialect) -> Way {
        if is_foreign_key(change.to) { Way::Replace } else { Way::InPlace }
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        if !is_foreign_key(object) {
            return Err("its table cannot be altered".to_owned());
        }
        Ok(vec![Statement::new(format!("ALTER TABLE {} DROP FOREIGN KEY {};", to.whole(object), Ident(object.identity.part(2))))])
    }

    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        if !is_foreign_key(object) {
            return Vec::new();
        }
        let mut needs: Vec<&Object> = Vec::new();
        let own = (object.identity.part(0), object.identity.part(1));
        let column = |(schema, table): (&str, &str), name: &str| world.find(Kind::Column, &[schema, table, name]);
        needs.extend(list(object, "columns").iter().filter_map(|name| column(own, name)));
        needs.extend(world.find(Kind::Table, &[own.0, own.1]));
        if let Some(other) = object.text("references").and_then(|shown| world.shown("table", shown)) {
            let there = (other.identity.part(0), other.identity.part(1));
            needs.extend(list(object, "referenced_columns").iter().filter_map(|name| column(there, name)));
            needs.push(other);
        }
        needs
    }

    fn made_with<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<&'w Object> {
        table_of(object, world)
    }
}

/// Whether the columns it refers to are a key, and all of it.
fn refers_to_key(object: &Object, world: &World<'_>) -> bool {
    let Some(other) = object.text("references").and_then(|shown| world.shown("table", shown)) else { return false };
    let wanted = list(object, "referenced_columns");
    world.parts_of(other.identity.part(0), other.identity.part(1)).any(|part| match part.kind {
        Kind::Constraint => part.text("type") == Some("primary key") && list(part, "columns") == wanted,
        Kind::Index => part.get("unique").is_some() && list(part, "keys") == wanted,
        _ => false,
    })
}

fn foreign_key(object: &Object, to: &Target<'_>) -> Result<String, String> {
    let quoted = |property| list(object, property).iter().map(|name| Ident(name).to_string()).collect::<Vec<_>>().join(", ");
    let shown = object.text("references").ok_or("what it refers to is not known")?;
    let parts = evenkeel_core::manifest::shown_parts(shown).ok_or("what it refers to has a name that cannot be read")?;
    let other = match parts.as_slice() {
        [name] => to.dialect.place.qualified("", name),
        [schema, name] => to.dialect.place.qualified(schema, name),
        _ => return Err("what it refers to has a name that cannot be read".to_owned()),
    };
    let mut sql = format!(
        "CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {other} ({})",
        Ident(object.identity.part(2)),
        quoted("columns"),
        quoted("referenced_columns")
    );
    for (property, words) in [("on_delete", "ON DELETE"), ("on_update", "ON UPDATE")] {
        if let Some(action) = object.text(property) {
            sql.push_str(&format!(" {words} {}", action.to_ascii_uppercase()));
        }
    }
    Ok(sql)
}

pub fn is_primary(object: &Object) -> bool {
    object.kind == Kind::Constraint && object.text("type") == Some("primary key")
}

pub fn is_check(object: &Object) -> bool {
    object.kind == Kind::Constraint && object.text("type") == Some("check")
}

/// The condition that stands in the definition of the column: MariaDB calls such a check like the column.
pub fn of_column(column: &Object, world: &World<'_>) -> Option<String> {
    let (schema, table, name) = (column.identity.part(0), column.identity.part(1), column.identity.part(2));
    let checks = world.parts_of_kind(schema, table, Kind::Constraint);
    let check = checks.filter(|check| is_of_column(check, world)).find(|check| check.identity.part(2) == name)?;
    check.text("expression").map(|text| runnable(text).unwrap_or_else(|_| text.to_owned()))
}

/// Whether a check belongs to the definition of a column.
pub fn is_of_column(check: &Object, world: &World<'_>) -> bool {
    let name = check.identity.part(2);
    let is_numbered = name.strip_prefix("CONSTRAINT_").is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    is_check(check)
        && world.manifest.endpoint.engine == evenkeel_core::kind::Engine::MariaDb
        && super::flag(check, "generated_name")
        && !is_numbered
        && world.find(Kind::Column, &[check.identity.part(0), check.identity.part(1), name]).is_some()
}

/// As it stands among the columns; `None` for what a column's definition says.
pub fn clause(object: &Object, to: &Target<'_>) -> Result<Option<String>, String> {
    if is_primary(object) {
        return primary(object, to).map(Some);
    }
    if is_of_column(object, to.making.to) {
        return Ok(None);
    }
    let expression = runnable(object.text("expression").ok_or("its condition is not known")?)?;
    let enforced = if is_not(object, "enforced") { " NOT ENFORCED" } else { "" };
    Ok(Some(format!("CONSTRAINT {} CHECK ({expression}){enforced}", Ident(object.identity.part(2)))))
}

fn primary(object: &Object, to: &Target<'_>) -> Result<String, String> {
    let world = to.making.to;
    // The end of a row's time is added by the server.
    let is_end = |name: &str| {
        let column = world.find(Kind::Column, &[object.identity.part(0), object.identity.part(1), name]);
        column.is_some_and(|column| column.text("row_period") == Some("end"))
    };
    let parts = list(object, "columns").iter().filter(|part| !is_end(part));
    let parts = parts.map(|part| index::part(object, part, world)).collect::<Result<Vec<_>, _>>()?;
    let method = index::using(object, object.text("index_method"), world);
    let comment = object.text("comment").map(|comment| format!(" COMMENT {}", Quoted::of(comment))).unwrap_or_default();
    Ok(format!("PRIMARY KEY ({}){method}{comment}", parts.join(", ")))
}

/// Names of columns that stand in a list.
pub fn columns_of(object: &Object, text: &str, world: &World<'_>) -> Result<Vec<String>, String> {
    let columns = world.columns(object.identity.part(0), object.identity.part(1));
    let known: Vec<&str> = columns.iter().map(|column| column.identity.part(2)).collect();
    names(text, &known)
}

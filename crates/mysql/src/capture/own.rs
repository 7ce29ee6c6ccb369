//! What evenkeel itself keeps in a database: tables of known names and shapes. They are in no capture, so that no digest, no effect and no
//! comparison speaks of them.
//!
//! Does not live here: what is in those tables (`port`'s `Register`), reading and writing them (`deploy/register`). A table of such a name
//! that is made otherwise is somebody's, and so is one with a trigger or another index.

use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Gap, Object};
use evenkeel_core::port::{REGISTERS, Register};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What rows are numbered by: there are servers that take no table without a primary key.
pub const KEY: &str = "number";
const PRIMARY: &str = "PRIMARY";

/// What a register's table is called.
#[must_use]
pub fn own_table(register: &Register) -> String {
    format!("evenkeel_{}", register.name)
}

/// How it is made, a text a column: name, type, key, what else there is, whether it may be NULL, default.
#[must_use]
pub fn made_as(register: &Register) -> Vec<String> {
    let key = format!("{KEY} bigint unsigned PRI auto_increment NO NULL");
    std::iter::once(key).chain(register.columns.iter().map(|name| format!("{name} text   YES NULL"))).collect()
}

/// Takes them out, each where it is as it is made.
pub fn without(objects: Vec<Object>, gaps: &mut Vec<Gap>) -> Vec<Object> {
    let databases: BTreeSet<Arc<str>> = objects
        .iter()
        .filter(|object| matches!(object.kind, Kind::Table | Kind::TableStatistics | Kind::ColumnStatistics | Kind::IndexStatistics))
        .filter(|object| REGISTERS.iter().any(|register| own_table(register) == object.identity.part(1)))
        .map(|object| Arc::from(object.identity.part(0)))
        .collect();
    let mut objects = objects;
    for (database, register) in databases.iter().flat_map(|database| REGISTERS.iter().map(move |register| (database, *register))) {
        let table = own_table(register);
        let shown = if database.is_empty() { table.clone() } else { format!("{database}.{table}") };
        let is_within = |object: &Object| is_within(object, database, &table, &shown);
        if !objects.iter().filter(|object| is_within(object)).all(|object| is_ours(object, register))
            || !is_whole(&objects, database, register)
        {
            continue;
        }
        let is_about = |object: &String| *object == shown || object.starts_with(&format!("{shown}."));
        gaps.retain(|gap| !gap.object.as_ref().is_some_and(is_about));
        objects.retain(|object| !is_within(object));
    }
    objects
}

/// Whether it is the table, or a part of it, or says who may do what with it.
fn is_within(object: &Object, database: &str, table: &str, shown: &str) -> bool {
    match object.kind {
        Kind::Grant => {
            let rest = object.identity.part(1).strip_prefix(shown);
            matches!(object.identity.part(0), "table" | "column") && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        }
        Kind::Table
        | Kind::TableStatistics
        | Kind::Column
        | Kind::ColumnStatistics
        | Kind::Constraint
        | Kind::Index
        | Kind::IndexStatistics
        | Kind::Trigger
        | Kind::Partition => object.identity.part(0) == database && object.identity.part(1) == table,
        _ => false,
    }
}

/// Whether it is one of the things that there are.
fn is_ours(object: &Object, register: &Register) -> bool {
    let name = object.identity.part(2);
    let is_column = || name == KEY || register.columns.contains(&name);
    match object.kind {
        Kind::Table | Kind::TableStatistics | Kind::Grant => true,
        Kind::Column => is_column() && is_plain(object, name),
        Kind::ColumnStatistics => is_column(),
        Kind::Constraint | Kind::Index | Kind::IndexStatistics => name == PRIMARY,
        _ => false,
    }
}

fn is_plain(column: &Object, name: &str) -> bool {
    let is_key = name == KEY;
    let is_set = |name: &str| column.get(name).is_some_and(|value| !matches!(value, Value::Flag(false)));
    let as_made = is_set("not_null") == is_key && is_set("auto_increment") == is_key;
    let is_odd = ["generated", "invisible", "on_update", "comment"].iter().any(|name| is_set(name));
    as_made && !is_odd && column.text("type") == Some(if is_key { "bigint unsigned" } else { "text" })
}

/// Whether the table has all of its columns; where tables were not read, nobody says that it has not.
fn is_whole(objects: &[Object], database: &str, register: &Register) -> bool {
    let table = own_table(register);
    let of = |kind: Kind| {
        let is = |object: &&Object| object.kind == kind && object.identity.part(0) == database && object.identity.part(1) == table;
        objects.iter().filter(is).count()
    };
    let is_read = objects.iter().any(|object| object.kind == Kind::Table);
    !is_read || of(Kind::Table) == 1 && of(Kind::Column) == register.columns.len() + 1
}

//! The table that is meant, and a key in whose order it is walked.

use super::Backfill;
use evenkeel_core::deployment::Gate;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Manifest, Object, shown_parts};
use evenkeel_core::port::{Backfiller, Change, Engine, KeyColumn, Walked};
use evenkeel_core::trace::has_word;

/// What was found.
pub struct Found {
    pub walked: Walked,
    /// Values of its key say nothing of anybody: they may be kept.
    pub is_plain: bool,
}

impl Found {
    /// The names of its key's columns.
    pub fn key(&self) -> Vec<String> {
        self.walked.key.iter().map(|column| column.name.clone()).collect()
    }
}

const LIMIT: &str = "there is a table of that name, and a key by which it can be walked";

/// As a gate.
pub fn gate(found: &Result<Found, String>, backfill: &Backfill) -> Gate {
    match found {
        Ok(found) => {
            let kept = if found.is_plain { "" } else { "; its values are not kept: whoever goes on looks at all parts again" };
            Gate::new("table", LIMIT, Some(true), format!("{} by {}{kept}", backfill.table, found.key().join(", ")))
        }
        Err(why) => Gate::new("table", LIMIT, Some(false), why.clone()).fix("correct table and key"),
    }
    .origin(&backfill.origin)
}

/// Schema and name; the schema is empty where names have none.
pub fn parts(shown: &str) -> Option<(String, String)> {
    match shown_parts(shown)?.as_slice() {
        [table] => Some((String::new(), table.clone())),
        [schema, table] => Some((schema.clone(), table.clone())),
        _ => None,
    }
}

/// Looks for it; why it is not to be had.
pub fn found(target: &Manifest, backfill: &Backfill, (engine, backfiller): (&dyn Engine, &dyn Backfiller)) -> Result<Found, String> {
    let (schema, name) = parts(&backfill.table).ok_or_else(|| format!("{:?} is no name of a table", backfill.table))?;
    let Some(table) = target.find(Kind::Table, &[&schema, &name]) else {
        let like: Vec<String> = target
            .of_kind(Kind::Table)
            .iter()
            .filter(|other| other.identity.parts().last() == Some(name.as_str()))
            .map(Object::display)
            .collect();
        let like = if like.is_empty() { String::new() } else { format!("; there is {}", like.join(", ")) };
        return Err(format!("there is no table {}{like}", backfill.table));
    };
    let (schema, name) = (table.identity.part(0), table.identity.part(1));
    let names = key(target, (schema, name), &backfill.key)?;
    let mut is_plain = true;
    let mut columns = Vec::new();
    for name in names {
        let column = target
            .find(Kind::Column, &[schema, table.identity.part(1), &name])
            .ok_or_else(|| format!("{} has no column {name}", backfill.table))?;
        if !matches!(column.get("not_null"), Some(Value::Flag(true))) {
            return Err(format!("{}.{name} may be NULL: rows that have no key would not be met", backfill.table));
        }
        is_plain &= backfiller.column(column).map_err(|why| format!("{}.{name}: {why}", backfill.table))?;
        columns.push(KeyColumn { name, of_type: column.text("type").unwrap_or_default().to_owned() });
    }
    let text = match &backfill.change {
        Change::Statement(text) => Some(text),
        Change::Set(_) => None,
    };
    // A part that is rolled back has to be gone: of the table, and of any that a statement may change.
    let is_meant = |other: &&Object| other.identity == table.identity || text.is_some_and(|text| has_word(text, other.identity.part(1)));
    if let Some(stays) = target.of_kind(Kind::Table).iter().filter(is_meant).find(|table| engine.takes_back(table) != Some(true)) {
        return Err(format!(
            "what is changed in {} stays, whatever becomes of the transaction: its storage engine keeps none",
            stays.display()
        ));
    }
    let walked = Walked {
        schema: schema.to_owned(),
        table: name.to_owned(),
        key: columns,
        change: backfill.change.clone(),
        condition: backfill.condition.clone(),
    };
    Ok(Found { walked, is_plain })
}

/// The columns of a key that is there: the primary key, or the one that is wanted.
fn key(target: &Manifest, (schema, table): (&str, &str), wanted: &[String]) -> Result<Vec<String>, String> {
    let is_of = |object: &&Object| object.identity.part(0) == schema && object.identity.part(1) == table;
    let keys = target.of_kind(Kind::Constraint).iter().filter(is_of);
    if wanted.is_empty() {
        let primary = keys.filter(|key| key.text("type") == Some("primary key")).find_map(|key| list(key, "columns"));
        // A column of it may count down, which is no part of its name.
        let named = primary.map(|names| names.iter().map(|name| name.strip_suffix(" desc").unwrap_or(name).to_owned()).collect());
        return named.ok_or_else(|| "it has no primary key: name the columns of a unique key, `key = […]`".to_owned());
    }
    let is_wanted = |columns: Option<Vec<String>>| columns.is_some_and(|columns| columns == wanted);
    let by_constraint = |key: &Object| {
        matches!(key.text("type"), Some("primary key" | "unique"))
            && !matches!(key.get("deferrable"), Some(Value::Flag(true)))
            && is_wanted(list(key, "columns"))
    };
    let of_table = |index: &Object| {
        list(index, "table")
            .is_some_and(|parts| parts.last().is_some_and(|last| last == table) && parts.first().is_some_and(|first| first == schema))
    };
    let by_index = |index: &Object| {
        of_table(index)
            && matches!(index.get("unique"), Some(Value::Flag(true)))
            && index.text("predicate").is_none()
            && index.text("constraint").is_none()
            && !matches!(index.get("valid"), Some(Value::Flag(false)))
            && is_wanted(list(index, "keys"))
    };
    let is_there = keys.into_iter().any(by_constraint) || target.of_kind(Kind::Index).iter().any(by_index);
    if is_there {
        return Ok(wanted.to_vec());
    }
    Err(format!("no primary key, unique constraint or unique index has exactly the columns {}, in that order", wanted.join(", ")))
}

fn list(object: &Object, property: &str) -> Option<Vec<String>> {
    match object.get(property)? {
        Value::List(items) => Some(items.iter().map(ToString::to_string).collect()),
        _ => None,
    }
}

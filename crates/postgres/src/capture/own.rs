//! What evenkeel itself keeps in a database: a table of a known shape in a schema of its own. It is in no capture, so that no digest, no
//! effect and no comparison speaks of it.
//!
//! Does not live here: what is in that table (`deploy/parity`). A schema of that name that holds anything else is somebody's, whole.

use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Gap, Object};

pub const SCHEMA: &str = "evenkeel";
pub const TABLE: &str = "parity_lock";
/// All of them texts that may be NULL: what a row means is judged where it is read.
pub const COLUMNS: [&str; 8] = ["environment", "target", "digest", "canonical", "holder", "since", "until", "reason"];

/// Takes it out, where it is all that the schema holds.
pub fn without(objects: Vec<Object>, gaps: &mut Vec<Gap>) -> Vec<Object> {
    if !objects.iter().any(is_within) || !objects.iter().filter(|object| is_within(object)).all(is_ours) || !is_whole(&objects) {
        return objects;
    }
    let (schema, table) = (SCHEMA.to_owned(), format!("{SCHEMA}.{TABLE}"));
    let is_about = |object: &String| *object == schema || *object == table || object.starts_with(&format!("{table}."));
    gaps.retain(|gap| !gap.object.as_ref().is_some_and(is_about));
    objects.into_iter().filter(|object| !is_within(object)).collect()
}

/// Whether it is the schema, or stands in it, or says who may do what with either.
fn is_within(object: &Object) -> bool {
    let of = |text: &str| text == SCHEMA || text.strip_prefix(SCHEMA).is_some_and(|rest| rest.starts_with('.'));
    match object.kind {
        Kind::Owner | Kind::Grant => matches!(object.identity.part(0), "schema" | "table" | "column") && of(object.identity.part(1)),
        kind => kind.spec().in_schema() && object.identity.part(0) == SCHEMA,
    }
}

/// Whether it is one of the things that there are, by its name.
fn is_ours(object: &Object) -> bool {
    let table = object.identity.part(1) == TABLE;
    match object.kind {
        Kind::Schema => true,
        Kind::Owner | Kind::Grant => {
            let rest = object.identity.part(1).strip_prefix(SCHEMA);
            rest.is_some_and(|rest| rest.is_empty() || rest.strip_prefix('.') == Some(TABLE))
        }
        Kind::Table => table && object.identity.part(0) == SCHEMA,
        Kind::TableStatistics => table,
        Kind::Column => table && COLUMNS.contains(&object.identity.part(2)) && object.text("type") == Some("text"),
        Kind::ColumnStatistics => table && COLUMNS.contains(&object.identity.part(2)),
        _ => false,
    }
}

/// Whether the table has all of its columns, and none that is made otherwise; where it was not read, nobody says that it has not.
fn is_whole(objects: &[Object]) -> bool {
    let is_table = |object: &&Object| object.kind == Kind::Table && object.identity.part(0) == SCHEMA;
    if !objects.iter().any(|object| is_table(&object)) {
        return !objects.iter().any(|object| object.kind == Kind::Schema && object.identity.part(0) == SCHEMA);
    }
    let plain = |object: &&Object| {
        let is_set = |name: &str| object.get(name).is_some_and(|value| !matches!(value, evenkeel_core::kind::Value::Flag(false)));
        ["default", "generated", "identity", "not_null", "collation"].iter().all(|name| !is_set(name))
    };
    let columns = objects.iter().filter(|object| object.kind == Kind::Column && object.identity.part(0) == SCHEMA);
    columns.filter(plain).count() == COLUMNS.len()
}

//! What evenkeel itself keeps in a database: tables of known shapes in a schema of its own. They are in no capture, so that no digest, no
//! effect and no comparison speaks of them.
//!
//! Does not live here: what is in those tables (`port`'s `Register`), reading and writing them (`deploy/register`). A schema of that name that holds anything else is somebody's, whole.

use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Gap, Object};
use evenkeel_core::port::{REGISTERS, Register};

pub const SCHEMA: &str = "evenkeel";
/// Takes them out, where they are all that the schema holds.
pub fn without(objects: Vec<Object>, gaps: &mut Vec<Gap>) -> Vec<Object> {
    if !objects.iter().any(is_within) || !objects.iter().filter(|object| is_within(object)).all(is_ours) || !is_whole(&objects) {
        return objects;
    }
    let tables = REGISTERS.map(|register| format!("{SCHEMA}.{}", register.name));
    let is_part = |object: &String| tables.iter().any(|table| object == table || object.starts_with(&format!("{table}.")));
    let is_about = |object: &String| *object == SCHEMA || is_part(object);
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

/// The register whose table is called so.
fn register(name: &str) -> Option<&'static Register> {
    REGISTERS.into_iter().find(|register| register.name == name)
}

/// Whether it is one of the things that there are, by its name.
fn is_ours(object: &Object) -> bool {
    let table = register(object.identity.part(1));
    let has = |column: &str| table.is_some_and(|register| register.columns.contains(&column));
    match object.kind {
        Kind::Schema => true,
        Kind::Owner | Kind::Grant => {
            let rest = object.identity.part(1).strip_prefix(SCHEMA);
            rest.is_some_and(|rest| rest.is_empty() || rest.strip_prefix('.').is_some_and(|name| register(name).is_some()))
        }
        Kind::Table => table.is_some() && object.identity.part(0) == SCHEMA,
        Kind::TableStatistics => table.is_some(),
        Kind::Column => has(object.identity.part(2)) && object.text("type") == Some("text"),
        Kind::ColumnStatistics => has(object.identity.part(2)),
        _ => false,
    }
}

/// Whether each table has all of its columns, and none that is made otherwise; where none was read, nobody says that it has not.
fn is_whole(objects: &[Object]) -> bool {
    let within = |kind: Kind| objects.iter().filter(move |object| object.kind == kind && object.identity.part(0) == SCHEMA);
    let mut tables = within(Kind::Table).peekable();
    if tables.peek().is_none() {
        return within(Kind::Schema).next().is_none();
    }
    let plain = |object: &&Object| {
        let is_set = |name: &str| object.get(name).is_some_and(|value| !matches!(value, evenkeel_core::kind::Value::Flag(false)));
        ["default", "generated", "identity", "not_null", "collation"].iter().all(|name| !is_set(name))
    };
    tables.all(|table| {
        let name = table.identity.part(1);
        let columns = within(Kind::Column).filter(|column| column.identity.part(1) == name).filter(plain).count();
        register(name).is_some_and(|register| columns == register.columns.len())
    })
}

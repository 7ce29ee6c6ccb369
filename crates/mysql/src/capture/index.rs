//! Kinds `index` and, for primary keys, `constraint`: both come out of one list of index parts.

use super::canonical::{self, Context};
use super::reader::{Places, Read, Reader, columns};
use super::statements;
use super::table::{Place, Tables};
use crate::connect::rows::{Row, Wrong};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Identity, Object};
use std::collections::HashMap;
use std::sync::Arc;

/// Database, table and name as the server spells them.
type Key = (Box<str>, Box<str>, Box<str>);

/// Parts of one index, in any order.
struct Parts {
    object: Object,
    keys: Vec<(i64, Box<str>)>,
}

columns!(At { schema, table, name, position, column, prefix, order, non_unique, method, state, comment, expression, visible });

/// Reads indexes and primary keys.
pub async fn read(reader: &Reader<'_>, tables: &Tables) -> Read<Vec<Object>> {
    let mut all: HashMap<Key, Parts> = HashMap::new();
    let mut places = Places::<At>::unknown();
    reader
        .each(statements::INDEX, Kind::Index, |row| {
            let at = places.of(&row)?;
            let text = |index| Ok::<_, Wrong>(row.text(index)?.unwrap_or_default());
            let (schema, table, name) = (text(at.schema)?, text(at.table)?, text(at.name)?);
            let Some(facts) = tables.get(&schema, &table) else { return Ok(()) };
            let place = facts.place.clone();
            let key = (schema, table, name);
            let parts = match all.get_mut(&key) {
                Some(parts) => parts,
                None => {
                    let object = start(&row, at, &place, &key.2)?;
                    all.entry(key).or_insert(Parts { object, keys: Vec::new() })
                }
            };
            parts.keys.push((row.integer(at.position)?.unwrap_or(0), part(reader, &row, at)?));
            Ok(())
        })
        .await?;
    let mut found = Vec::with_capacity(all.len());
    for Parts { mut object, mut keys } in all.into_values() {
        keys.sort_unstable_by_key(|(place, _)| *place);
        let property = if object.kind == Kind::Index { "keys" } else { "columns" };
        object.set(property, Value::list(keys.into_iter().map(|(_, key)| key)));
        found.push(object);
    }
    reader.tell(Kind::Index, found.iter().filter(|object| object.kind == Kind::Index).count());
    Ok(found)
}

fn start(row: &Row, at: At, place: &Place, name: &str) -> Result<Object, Wrong> {
    let method = row.text(at.method)?.unwrap_or_default().to_ascii_lowercase();
    let comment = row.text(at.comment)?.filter(|text| !text.is_empty()).map(Value::Text);
    let identity = Identity::new([Arc::clone(&place.0), Arc::clone(&place.1), Arc::from(name)]);
    if name == "PRIMARY" {
        let mut object = Object::new(Kind::Constraint, identity);
        object.set("type", "primary key");
        object.set("index_method", method);
        object.set_some("comment", comment);
        return Ok(object);
    }
    let mut object = Object::new(Kind::Index, identity);
    object.set("table", Value::list([&*place.0, &*place.1]));
    object.set("method", method);
    object.set("unique", row.text(at.non_unique)?.as_deref() == Some("0"));
    object.set("enabled", row.text(at.state)?.as_deref() != Some("disabled"));
    object.set_some("visible", row.flag(at.visible)?);
    object.set_some("comment", comment);
    Ok(object)
}

/// `name`, `name(5)`, `name desc`, `(expression)`.
fn part(reader: &Reader<'_>, row: &Row, at: At) -> Result<Box<str>, Wrong> {
    let is_spatial = row.text(at.method)?.is_some_and(|method| method.eq_ignore_ascii_case("spatial"));
    let mut shown = match (row.text(at.column)?, row.text(at.expression)?) {
        (_, Some(expression)) => {
            let context = Context { flavor: reader.flavor, scope: reader.scope };
            format!("({})", canonical::exact(&expression, context))
        }
        (name, None) => name.unwrap_or_default().into_string(),
    };
    // Of a spatial key the server stores 32 bytes of the bounding box, always.
    if let Some(prefix) = row.integer(at.prefix)?.filter(|_| !is_spatial) {
        shown.push_str(&format!("({prefix})"));
    }
    if row.text(at.order)?.as_deref() == Some("D") {
        shown.push_str(" desc");
    }
    Ok(shown.into())
}

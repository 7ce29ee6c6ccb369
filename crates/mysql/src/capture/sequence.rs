//! Kind `sequence`: sequences of MariaDB, each a table with one row. Its place in the row is never read.

use super::reader::{Read, Reader};
use super::special;
use super::statements::{self, Filled};
use super::stored::named;
use super::table::{Facts, Tables};
use crate::ident::Ident;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Gap, Identity, Object, Reason};
use std::collections::HashMap;
use std::sync::Arc;

/// The version from which sequences have types, and a list that says which.
const TYPED: u16 = 1105;

/// Columns of the one row, and the property each is.
const COLUMNS: &[(&str, &str)] = &[
    ("start_value", "start"),
    ("increment", "increment"),
    ("minimum_value", "minimum"),
    ("maximum_value", "maximum"),
    ("cache_size", "cache"),
];

/// Reads sequences.
pub async fn read(reader: &Reader<'_>, tables: &Tables) -> Read<Vec<Object>> {
    let sequences: Vec<(&str, &str, &Facts)> = tables.iter().filter(|(.., facts)| facts.is_sequence).collect();
    if sequences.is_empty() {
        return Ok(Vec::new());
    }
    let types = types(reader).await?;
    let places: Vec<String> = sequences.iter().map(|(schema, name, _)| format!("{}.{}", Ident(schema), Ident(name))).collect();
    let rows: Vec<Filled> = places.iter().map(|place| statements::SEQUENCE_ROW.fill(&[place])).collect();
    let answers = special::ask(reader, &rows, "reading sequences").await?;
    // Reading a sequence locks it against ALTER until the transaction ends.
    reader.renew().await?;
    let mut found = Vec::with_capacity(sequences.len());
    for (((schema, name, facts), place), answer) in sequences.into_iter().zip(places).zip(answers) {
        let identity = Identity::new([Arc::clone(&facts.place.0), Arc::clone(&facts.place.1)]);
        let mut object = Object::new(Kind::Sequence, identity);
        object.set_some("engine", facts.engine.clone().map(Value::Text));
        object.set_some("comment", facts.comment.clone().map(Value::Text));
        if let Some(data_type) = types.get(&(schema.into(), name.into())) {
            object.set("type", &**data_type);
        }
        match answer {
            Ok(row) => {
                for (column, property) in COLUMNS {
                    match row.place(column).and_then(|at| row.integer(at)) {
                        Ok(number) => object.set_some(property, number),
                        Err(_) => {
                            let detail = "it is above what evenkeel can hold (2^63 - 1)".to_owned();
                            reader.gap(Gap::object(&object, Reason::NotCaptured, detail).attribute(property));
                        }
                    }
                }
                object.set("cycle", row.flag(row.place("cycle_option")?)?.unwrap_or(false));
            }
            // Property by property, so that what one gap of the kind stands for still says which values are unknown.
            Err(unread) => {
                let gap = unread.gap(&object, &format!("GRANT SELECT ON {place} TO {};", reader.access.account));
                if unread.reason == Reason::Privilege {
                    for property in COLUMNS.iter().map(|(_, property)| *property).chain(["cycle"]) {
                        reader.gap(gap.clone().attribute(property));
                    }
                } else {
                    reader.gap(gap);
                }
            }
        }
        found.push(object);
    }
    reader.tell(Kind::Sequence, found.len());
    Ok(found)
}

async fn types(reader: &Reader<'_>) -> Read<HashMap<(Box<str>, Box<str>), Box<str>>> {
    let mut types = HashMap::new();
    if reader.flavor.number >= TYPED {
        for row in reader.rows(statements::SEQUENCE, Kind::Sequence).await? {
            let text = |column| named(&row, column).map(Option::unwrap_or_default);
            types.insert((text("_schema")?, text("_name")?), text("_type")?);
        }
    }
    Ok(types)
}

//! Kind `table`: options as the server lists them, in one form for both vendors.

use super::canonical;
use super::reader::{Places, Read, Reader, columns};
use super::statements;
use crate::grammar::token::{self, Sort};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Gap, Identity, Object, Reason};
use std::collections::HashMap;
use std::sync::Arc;

/// A table's name, shared by everything that hangs on it. Compared by content.
pub type Place = (Arc<str>, Arc<str>);

/// What other kinds need to know of a table.
#[derive(Debug, Clone)]
pub struct Facts {
    pub place: Place,
    pub is_sequence: bool,
    pub is_system_versioned: bool,
    pub is_partitioned: bool,
    pub engine: Option<Box<str>>,
    /// Of a sequence, whose own kind tells it.
    pub comment: Option<Box<str>>,
}

impl Facts {
    /// Whether comments hold passwords: Spider takes its connections from them, and `printed` says that there is one.
    /// <https://mariadb.com/docs/server/server-usage/storage-engines/spider/spider-table-parameters>
    #[must_use]
    pub fn hides_secrets(&self) -> bool {
        self.engine.as_deref().is_some_and(|engine| engine.eq_ignore_ascii_case("spider"))
    }
}

/// Tables by database and name as the server spells them.
#[derive(Debug, Default)]
pub struct Tables(HashMap<Box<str>, HashMap<Box<str>, Facts>>);

impl Tables {
    /// The table of that name; `None` for a view, or one that is gone.
    #[must_use]
    pub fn get(&self, schema: &str, name: &str) -> Option<&Facts> {
        self.0.get(schema)?.get(name)
    }

    /// All of them, each with its database and name as the server spells them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &Facts)> {
        self.0.iter().flat_map(|(schema, tables)| tables.iter().map(|(name, facts)| (&**schema, &**name, facts)))
    }
}

columns!(At { schema, name, kind, engine, row_format, collation, options, comment });

/// Reads tables; sequences are only noted, their own kind reads them.
pub async fn read(reader: &Reader<'_>) -> Read<(Tables, Vec<Object>)> {
    let (mut tables, mut found) = (Tables::default(), Vec::new());
    let mut shown: HashMap<Box<str>, Arc<str>> = HashMap::new();
    let mut places = Places::<At>::unknown();
    reader
        .each(statements::TABLE, Kind::Table, |row| {
            let at = places.of(&row)?;
            let text = |index| row.text(index);
            let (schema, name) = (text(at.schema)?.unwrap_or_default(), text(at.name)?.unwrap_or_default());
            let place: Place = (Arc::clone(shown.entry(schema.clone()).or_insert_with(|| reader.scope.shown(&schema))), Arc::from(&*name));
            let kind = text(at.kind)?.unwrap_or_default();
            let options_text = text(at.options)?.unwrap_or_default();
            let comment = text(at.comment)?.filter(|comment| !comment.is_empty());
            let facts = Facts {
                place: place.clone(),
                is_partitioned: split(&options_text).iter().any(|(name, _)| name == "partitioned"),
                comment: comment.clone().filter(|_| &*kind == "SEQUENCE"),
                is_sequence: &*kind == "SEQUENCE",
                is_system_versioned: &*kind == "SYSTEM VERSIONED",
                engine: text(at.engine)?,
            };
            if !facts.is_sequence {
                let mut object = Object::new(Kind::Table, Identity::new([place.0, place.1]));
                let collation = text(at.collation)?;
                // Without its engine, a table has the name of that engine and nothing else.
                if let Some(engine) = facts.engine.clone().filter(|_| collation.is_some()) {
                    // The one name that vendors spell differently.
                    let engine = if &*engine == "MRG_MYISAM" { "MRG_MyISAM".into() } else { engine };
                    object.set("engine", Value::Text(engine));
                    object.set_some("row_format", text(at.row_format)?.map(|format| format.to_ascii_lowercase()));
                    object.set_some("collation", collation.map(|collation| canonical::charset(&collation)));
                    object.set("system_versioned", facts.is_system_versioned);
                    options(&mut object, &options_text);
                    object.set_some("comment", comment.filter(|_| !facts.hides_secrets()).map(Value::Text));
                } else if !comment.as_deref().unwrap_or_default().contains(SKIPPED) {
                    // What the server says in the comment is why it could not open the table.
                    let detail = format!("the server cannot open the table: {}", comment.unwrap_or_default());
                    for kind in [Kind::Column, Kind::Constraint, Kind::Index, Kind::Trigger, Kind::Partition] {
                        let gap = Gap { object: Some(object.display()), ..Gap::kind(kind, Reason::Failed, detail.clone()) };
                        reader.gap(gap.cure(CURE));
                    }
                    reader.gap(Gap::object(&object, Reason::Failed, detail).cure(CURE));
                }
                found.push(object);
            }
            tables.0.entry(schema).or_default().insert(name, facts);
            Ok(())
        })
        .await?;
    reader.tell(Kind::Table, found.len());
    Ok((tables, found))
}

/// Of a table whose definition is being changed, which the reader has a gap of already.
const SKIPPED: &str = "was skipped since its definition is being modified";
const CURE: &str = "load the storage engine it needs, or repair or drop the table; CHECK TABLE says more";

/// `CREATE_OPTIONS`: words and `name=value` with a space between, values and names quoted or not.
fn options(object: &mut Object, text: &str) {
    let mut rest: Vec<Box<str>> = Vec::new();
    for (name, value) in split(text) {
        match (&*name, value) {
            // The format in force is a property of its own; partitions are objects.
            ("partitioned" | "row_format", _) => {}
            ("encryption" | "encrypted", Some(value)) => {
                object.set("encrypted", matches!(&*value.to_ascii_lowercase(), "y" | "yes" | "1" | "on"));
            }
            ("compression", Some(value)) => {
                object.set_some("compression", Some(value.to_ascii_lowercase()).filter(|value| value != "none"));
            }
            ("page_compressed", Some(value)) if matches!(&*value.to_ascii_lowercase(), "1" | "on" | "yes") => {
                object.set("compression", "page compressed");
            }
            ("page_compressed", Some(_)) => {}
            // Aria's default, which a dump spells out.
            ("page_checksum", Some(value)) if value == "1" => {}
            // It holds a password.
            ("connection" | "option_list", Some(_)) => {
                object.set("connection", "set");
            }
            (_, None) => rest.push(name.into()),
            (_, Some(value)) => rest.push(format!("{name}={value}").into()),
        }
    }
    rest.sort_unstable();
    object.set("options", Value::List(rest.into()));
}

/// Names in lower case, each with its value where it has one, quotes taken off.
fn split(text: &str) -> Vec<(String, Option<String>)> {
    let mut found: Vec<(String, Option<String>)> = Vec::new();
    let mut is_open = false;
    for token in token::tokens(text) {
        match (token.sort, found.last_mut()) {
            // The two options with a blank inside.
            (Sort::Space, Some((name, None))) if ["data", "index"].iter().any(|first| name.eq_ignore_ascii_case(first)) => name.push(' '),
            (Sort::Space, _) => is_open = false,
            (Sort::Sign, Some((name, value @ None))) if token.text == "=" && is_open && !name.is_empty() => *value = Some(String::new()),
            (sort, last) => {
                let part = match sort {
                    Sort::Name | Sort::Text => token.unquoted(),
                    Sort::Sign if token.text == "=" => continue,
                    _ => token.text.to_owned(),
                };
                match last.filter(|(name, _)| is_open || name.ends_with(' ')) {
                    Some((_, Some(value))) => value.push_str(&part),
                    Some((name, None)) => name.push_str(&part),
                    None => found.push((part, None)),
                }
                is_open = true;
            }
        }
    }
    // `index` without `directory` behind is an option by itself, and what follows is the next one.
    let mut options = Vec::with_capacity(found.len());
    for (name, value) in found {
        let name = name.to_ascii_lowercase();
        match name.split_once(' ').filter(|(first, rest)| matches!(*first, "data" | "index") && *rest != "directory") {
            Some((first, rest)) => {
                options.push((first.to_owned(), None));
                options.extend((!rest.is_empty()).then(|| (rest.to_owned(), value)));
            }
            None => options.push((name, value)),
        }
    }
    options
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn options_are_read_as_both_vendors_write_them() {
        let shown = |text| {
            let words = split(text).into_iter().map(|(name, value)| value.map_or(name.clone(), |value| format!("{name}={value}")));
            words.collect::<Vec<_>>().join("|")
        };
        assert_eq!(
            shown("row_format=COMPRESSED key_block_size=8 stats_persistent=0 partitioned"),
            "row_format=COMPRESSED|key_block_size=8|stats_persistent=0|partitioned"
        );
        assert_eq!(shown("`PAGE_COMPRESSED`=1 `weird``one`='it''s a b'"), "page_compressed=1|weird`one=it's a b");
        assert_eq!(shown("ENCRYPTION=\"Y\" TABLESPACE=`ts 1`"), "encryption=Y|tablespace=ts 1");
        assert_eq!(shown("DATA DIRECTORY='/a b/' INDEX DIRECTORY='/c/' index=1"), "data directory=/a b/|index directory=/c/|index=1");
        assert_eq!(shown("="), "");
        assert_eq!(shown(""), "");
    }
}

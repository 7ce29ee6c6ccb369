//! Kind `column`: raw attributes first, then names of types and expressions for those that need any.

use super::names::{Names, PG_CLASS};
use super::reader::{Address, Found, Read, Reader};
use super::{batch, options, rows};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Gap, Identity, Object, Reason};
use futures_util::{StreamExt, pin_mut};
use std::collections::HashMap;
use std::sync::Arc;
use tokio_postgres::types::Type;

/// A column as it is stored.
pub struct Raw {
    pub relation: u32,
    pub number: i16,
    pub name: Arc<str>,
    pub typ: u32,
    modifier: i32,
    collation: u32,
    not_null: bool,
    identity: char,
    generated: char,
    storage: char,
    compression: char,
    target: Option<i32>,
    options: Vec<Box<str>>,
    local: bool,
    foreign: Vec<Box<str>>,
}

impl Raw {
    /// The number of its collation, 0 where its type has none.
    #[must_use]
    pub const fn collation(&self) -> u32 {
        self.collation
    }
}

/// The columns of all relations, sorted by relation and number.
pub struct Columns(Vec<Raw>);

impl Columns {
    /// Reads `pg_attribute`.
    pub async fn read(reader: &Reader<'_>) -> Read<Self> {
        let stream = reader.stream(include_str!("column.sql"), "pg_attribute").await?;
        pin_mut!(stream);
        let mut columns = Vec::new();
        while let Some(row) = stream.next().await {
            let row = row.map_err(|error| reader.fault(&error, "pg_attribute"))?;
            columns.push(Raw {
                relation: rows::oid(&row, 0)?,
                number: rows::get::<i16>(&row, 1)?.unwrap_or(0),
                name: rows::text(&row, 2)?.into(),
                typ: rows::oid(&row, 3)?,
                modifier: rows::get::<i32>(&row, 4)?.unwrap_or(-1),
                collation: rows::oid(&row, 5)?,
                not_null: rows::flag(&row, 6)?,
                identity: rows::letter(&row, 7)?,
                generated: rows::letter(&row, 8)?,
                storage: rows::letter(&row, 9)?,
                compression: rows::letter(&row, 10)?,
                target: rows::get::<i32>(&row, 11)?,
                options: options::of_column(&rows::texts(&row, 12)?),
                local: rows::flag(&row, 13)?,
                foreign: rows::texts(&row, 14)?,
            });
        }
        columns.sort_unstable_by_key(|column| (column.relation, column.number));
        Ok(Self(columns))
    }

    /// The column of that relation and number.
    #[must_use]
    pub fn get(&self, relation: u32, number: i16) -> Option<&Raw> {
        let at = self.0.binary_search_by_key(&(relation, number), |column| (column.relation, column.number)).ok()?;
        self.0.get(at)
    }

    /// The name of that column; its number where it is gone.
    #[must_use]
    pub fn name(&self, relation: u32, number: i16) -> Box<str> {
        self.get(relation, number).map_or_else(|| format!("column {number}").into(), |column| Box::from(&*column.name))
    }
}

/// A type with a modifier: its name, storage and collation.
struct TypeName {
    name: Box<str>,
    storage: char,
    collation: u32,
}

/// What columns need beyond their own rows.
pub struct Extras {
    types: HashMap<(u32, i32), TypeName>,
    defaults: ByColumn<Box<str>>,
    identities: ByColumn<String>,
    generated: ByColumn<Box<str>>,
    not_null: ByColumn<(Option<Box<str>>, bool, bool)>,
}

impl Extras {
    /// Reads types, defaults, identity sequences and generation expressions.
    pub async fn read(reader: &Reader<'_>, names: &Names, columns: &Columns) -> Read<Self> {
        let (types, (defaults, places), identities, not_null) =
            tokio::try_join!(types(reader, columns), defaults(reader), identities(reader), not_null(reader))?;
        let generated = generated(reader, names, columns, &places).await?;
        Ok(Self { types, defaults, identities, generated, not_null })
    }
}

/// Builds the columns.
pub fn build(reader: &Reader<'_>, names: &Names, columns: &Columns, extras: &Extras) -> Vec<Found> {
    let Extras { types, defaults, identities, generated, not_null } = extras;
    let mut found = Vec::with_capacity(columns.0.len());
    let (mut last, mut rank) = (0, 0);
    for column in &columns.0 {
        rank = if column.relation == last { rank + 1 } else { 1 };
        last = column.relation;
        let Some(relation) = names.relations.get(&column.relation) else { continue };
        let key = (column.relation, column.number);
        let mut object =
            Object::new(Kind::Column, Identity::new([Arc::clone(&relation.schema), Arc::clone(&relation.name), Arc::clone(&column.name)]));
        object.set("position", i64::from(rank));
        let typ = types.get(&(column.typ, column.modifier));
        object.set("type", typ.map_or_else(|| format!("type {}", column.typ), |typ| typ.name.to_string()));
        if typ.is_some_and(|typ| typ.collation != column.collation) && column.collation != 0 {
            object.set_some("collation", names.collations.get(&column.collation).map(|name| &**name));
        }
        object.set("not_null", column.not_null);
        if let Some((name, no_inherit, valid)) = not_null.get(&key) {
            object.set_some("not_null_name", name.clone().map(Value::Text));
            object.set("not_null_no_inherit", *no_inherit);
            object.set("not_null_valid", *valid);
        }
        match column.generated {
            's' | 'v' => {
                object.set("generated_kind", if column.generated == 's' { "stored" } else { "virtual" });
                if let Some(text) = generated.get(&key) {
                    object.set("generated", Value::Text(text.clone()));
                }
            }
            _ => {
                if let Some(text) = defaults.get(&key) {
                    object.set("default", Value::Text(text.clone()));
                }
            }
        }
        if matches!(column.identity, 'a' | 'd') {
            object.set("identity", if column.identity == 'a' { "always" } else { "by default" });
            object.set_some("identity_options", identities.get(&key).map(String::as_str));
        }
        if typ.is_some_and(|typ| typ.storage != column.storage) {
            object.set("storage", storage(column.storage));
        }
        object.set_some("compression", compression(column.compression));
        object.set_some("statistics_target", column.target.filter(|target| *target >= 0).map(i64::from));
        object.set("options", Value::List(column.options.clone().into()));
        object.set("local", column.local);
        object.set("foreign_options", options::public(&column.foreign));
        found.push(Found { object, address: Address { class: PG_CLASS, oid: column.relation, column: i32::from(column.number) } });
    }
    reader.progress.read(&reader.request.label, Kind::Column, found.len());
    found
}

async fn types(reader: &Reader<'_>, columns: &Columns) -> Read<HashMap<(u32, i32), TypeName>> {
    let mut wanted: Vec<(u32, i32)> = columns.0.iter().map(|column| (column.typ, column.modifier)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let (types, modifiers): (Vec<u32>, Vec<i32>) = wanted.into_iter().unzip();
    let rows =
        reader.rows_with(include_str!("type_name.sql"), &[(&types, Type::OID_ARRAY), (&modifiers, Type::INT4_ARRAY)], "pg_type").await?;
    rows.iter()
        .map(|row| {
            let name = TypeName { name: rows::text(row, 2)?, storage: rows::letter(row, 3)?, collation: rows::oid(row, 4)? };
            Ok(((rows::oid(row, 0)?, rows::get::<i32>(row, 1)?.unwrap_or(-1)), name))
        })
        .collect()
}

type ByColumn<T> = HashMap<(u32, i16), T>;

/// Defaults, and the numbers of the rows that hold generation expressions.
async fn defaults(reader: &Reader<'_>) -> Read<(ByColumn<Box<str>>, HashMap<u32, (u32, i16)>)> {
    let stream = reader.stream(include_str!("default.sql"), "pg_attrdef").await?;
    pin_mut!(stream);
    let (mut defaults, mut generated) = (HashMap::new(), HashMap::new());
    while let Some(row) = stream.next().await {
        let row = row.map_err(|error| reader.fault(&error, "pg_attrdef"))?;
        let place = (rows::oid(&row, 0)?, rows::get::<i16>(&row, 1)?.unwrap_or(0));
        match rows::get::<rows::Text>(&row, 3)? {
            Some(text) => drop(defaults.insert(place, text.0)),
            None => drop(generated.insert(rows::oid(&row, 2)?, place)),
        }
    }
    Ok((defaults, generated))
}

async fn identities(reader: &Reader<'_>) -> Read<ByColumn<String>> {
    let rows = reader.rows(include_str!("identity.sql"), "pg_sequence").await?;
    rows.iter()
        .map(|row| {
            let number = |index| Ok::<_, tokio_postgres::Error>(rows::get::<i64>(row, index)?.unwrap_or(0));
            let cycle = if rows::flag(row, 8)? { " CYCLE" } else { "" };
            let text = format!(
                "AS {} START {} INCREMENT {} MINVALUE {} MAXVALUE {} CACHE {}{cycle}",
                rows::text(row, 2)?,
                number(3)?,
                number(4)?,
                number(5)?,
                number(6)?,
                number(7)?
            );
            let column = i16::try_from(rows::get::<i32>(row, 1)?.unwrap_or(0)).unwrap_or(0);
            Ok(((rows::oid(row, 0)?, column), text))
        })
        .collect()
}

async fn generated(reader: &Reader<'_>, names: &Names, columns: &Columns, places: &HashMap<u32, (u32, i16)>) -> Read<ByColumn<Box<str>>> {
    let ours = places.iter().filter(|(_, (relation, _))| names.relations.contains_key(relation));
    let mut keys: Vec<u32> = ours.map(|(oid, _)| *oid).collect();
    keys.sort_unstable();
    let (found, failed) = batch::read(reader, include_str!("generated.sql"), &keys, "pg_attrdef").await?;
    for (oid, reason) in failed {
        let shown = places.get(&oid).map(|(relation, number)| {
            let column = columns.name(*relation, *number);
            format!("{}.{}", names.relation(*relation), super::names::quoted(&column))
        });
        reader.gap(Gap { object: shown, ..Gap::kind(Kind::Column, Reason::Locked, reason) }.attribute("generated"));
    }
    let mut expressions = HashMap::new();
    for row in &found {
        if let Some(place) = places.get(&rows::oid(row, 0)?) {
            expressions.insert(*place, rows::text(row, 1)?);
        }
    }
    Ok(expressions)
}

async fn not_null(reader: &Reader<'_>) -> Read<ByColumn<(Option<Box<str>>, bool, bool)>> {
    // UNTIL(pg18): before, NOT NULL was only a flag of the column.
    if reader.major < 18 {
        return Ok(HashMap::new());
    }
    let rows = reader.rows(include_str!("not_null.sql"), "pg_constraint").await?;
    rows.iter()
        .map(|row| {
            let key = (rows::oid(row, 0)?, rows::get::<i16>(row, 1)?.unwrap_or(0));
            let name = rows::get::<rows::Text>(row, 2)?.map(|text| text.0);
            Ok((key, (name, rows::flag(row, 3)?, rows::flag(row, 4)?)))
        })
        .collect()
}

const fn storage(letter: char) -> &'static str {
    match letter {
        'p' => "plain",
        'e' => "external",
        'm' => "main",
        _ => "extended",
    }
}

const fn compression(letter: char) -> Option<&'static str> {
    match letter {
        'p' => Some("pglz"),
        'l' => Some("lz4"),
        _ => None,
    }
}

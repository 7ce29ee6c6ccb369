//! Kind `column`: raw attributes first, then names of types and expressions for those that need any.

use super::names::{Names, PG_CLASS, Relation};
use super::number::{ByNumber, Numbers};
use super::reader::{Address, Found, Read, Reader};
use super::{batch, options, rows, statements};
use crate::flavor;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Gap, Identity, Object, Reason};
use futures_util::{StreamExt, pin_mut};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

/// A column as it is stored.
pub struct Raw {
    relation: u32,
    number: i16,
    pub name: Arc<str>,
    pub typ: u32,
    modifier: i32,
    collation: u32,
    not_null: bool,
    storage: char,
    local: bool,
    /// What few columns have.
    rare: Option<Box<Rare>>,
}

struct Rare {
    identity: char,
    generated: char,
    compression: char,
    target: Option<i32>,
    options: Vec<Box<str>>,
    foreign: Vec<Box<str>>,
}

impl Raw {
    /// The number of its collation, 0 where its type has none.
    #[must_use]
    pub const fn collation(&self) -> u32 {
        self.collation
    }

    fn is_generated(&self) -> bool {
        self.rare.as_ref().is_some_and(|rare| rare.generated != ' ')
    }
}

/// The columns of all relations.
pub struct Columns {
    /// Sorted by relation and number.
    all: Vec<Raw>,
    /// Where those of a relation stand.
    places: ByNumber<u32, Range<usize>>,
}

rows::columns!(At {
    relation,
    number,
    name,
    typ,
    modifier,
    collation,
    not_null,
    identity,
    generated,
    storage,
    compression,
    target,
    options,
    local,
    foreign
});

impl Columns {
    /// Reads `pg_attribute`.
    pub async fn read(reader: &Reader<'_>) -> Read<Self> {
        let stream = reader.stream(statements::COLUMN, "pg_attribute").await?;
        pin_mut!(stream);
        let mut all = Vec::new();
        // Most names occur in many tables.
        let mut known: HashSet<Arc<str>> = HashSet::new();
        let mut places = rows::Places::<At>::unknown();
        while let Some(row) = stream.next().await {
            let row = row.map_err(|error| reader.fault(&error, "pg_attribute"))?;
            let at = places.of(&row)?;
            let name = rows::seen(&row, at.name)?;
            let name = known.get(&*name).cloned().unwrap_or_else(|| {
                let name: Arc<str> = name.into();
                known.insert(Arc::clone(&name));
                name
            });
            all.push(Raw {
                relation: rows::oid(&row, at.relation)?,
                number: rows::get::<i16>(&row, at.number)?.unwrap_or(0),
                name,
                typ: rows::oid(&row, at.typ)?,
                modifier: rows::get::<i32>(&row, at.modifier)?.unwrap_or(-1),
                collation: rows::oid(&row, at.collation)?,
                not_null: rows::flag(&row, at.not_null)?,
                storage: rows::letter_or(&row, at.storage, 'p')?,
                local: rows::usual(&row, at.local)?,
                rare: rare(&row, at)?,
            });
        }
        all.sort_unstable_by_key(|column| (column.relation, column.number));
        let mut places = ByNumber::default();
        let mut start = 0;
        for columns in all.chunk_by(|a, b| a.relation == b.relation) {
            let end = start + columns.len();
            places.extend(columns.first().map(|column| (column.relation, start..end)));
            start = end;
        }
        Ok(Self { all, places })
    }

    /// The columns of that relation, by number.
    fn of(&self, relation: u32) -> &[Raw] {
        self.places.get(&relation).and_then(|place| self.all.get(place.clone())).unwrap_or_default()
    }

    /// The column of that relation and number.
    #[must_use]
    pub fn get(&self, relation: u32, number: i16) -> Option<&Raw> {
        let columns = self.of(relation);
        // Where none was dropped, a column's number is its place.
        let near = usize::try_from(number).ok().and_then(|number| columns.get(number.checked_sub(1)?));
        near.filter(|column| column.number == number).or_else(|| {
            let at = columns.binary_search_by_key(&number, |column| column.number).ok()?;
            columns.get(at)
        })
    }

    /// The name of that column; its number where it is gone.
    #[must_use]
    pub fn name(&self, relation: u32, number: i16) -> Box<str> {
        self.get(relation, number).map_or_else(|| format!("column {number}").into(), |column| Box::from(&*column.name))
    }

    fn any_rare(&self, test: impl Fn(&Rare) -> bool) -> bool {
        self.all.iter().filter_map(|column| column.rare.as_deref()).any(test)
    }
}

fn rare(row: &Row, at: At) -> Read<Option<Box<Rare>>> {
    let rare = Rare {
        identity: rows::letter(row, at.identity)?,
        generated: rows::letter(row, at.generated)?,
        compression: rows::letter(row, at.compression)?,
        target: rows::get::<i32>(row, at.target)?.filter(|target| *target >= 0),
        options: options::of_column(&rows::texts(row, at.options)?),
        foreign: rows::texts(row, at.foreign)?,
    };
    let letters = [rare.identity, rare.generated, rare.compression];
    let usual = letters == [' '; 3] && rare.target.is_none() && rare.options.is_empty() && rare.foreign.is_empty();
    Ok((!usual).then(|| Box::new(rare)))
}

/// A type with a modifier: its name, storage and collation.
struct TypeName {
    name: Box<str>,
    storage: char,
    collation: u32,
}

type ByColumn<T> = ByNumber<(u32, i16), T>;

/// Defaults, and the numbers of the rows that hold other expressions.
pub struct Defaults {
    texts: ByNumber<u32, Vec<(i16, Box<str>)>>,
    rest: ByNumber<u32, (u32, i16)>,
}

rows::columns!(DefaultAt { relation, number, oid, expression });

impl Defaults {
    /// Reads `pg_attrdef`.
    pub async fn read(reader: &Reader<'_>) -> Read<Self> {
        let stream = reader.stream(statements::DEFAULT, "pg_attrdef").await?;
        pin_mut!(stream);
        let mut defaults = Self { texts: ByNumber::default(), rest: ByNumber::default() };
        let mut places = rows::Places::<DefaultAt>::unknown();
        while let Some(row) = stream.next().await {
            let row = row.map_err(|error| reader.fault(&error, "pg_attrdef"))?;
            let at = places.of(&row)?;
            let place = (rows::oid(&row, at.relation)?, rows::get::<i16>(&row, at.number)?.unwrap_or(0));
            match rows::get::<rows::Text>(&row, at.expression)? {
                Some(text) => defaults.texts.entry(place.0).or_default().push((place.1, text.0)),
                None => drop(defaults.rest.insert(rows::oid(&row, at.oid)?, place)),
            }
        }
        Ok(defaults)
    }
}

/// What columns need beyond their own rows.
pub struct Extras {
    types: ByNumber<(u32, i32), TypeName>,
    /// Of defaults and generated columns, by relation.
    expressions: ByNumber<u32, Vec<(i16, Box<str>)>>,
    /// The options of identity sequences, and what they are called.
    identities: ByColumn<(String, String)>,
    not_null: ByColumn<(Option<Box<str>>, bool, bool)>,
}

impl Extras {
    /// Reads types, identity sequences and the expressions that `defaults` lacks.
    pub async fn read(reader: &Reader<'_>, names: &Names, columns: &Columns, defaults: Defaults) -> Read<Self> {
        let (types, identities, not_null) = tokio::try_join!(types(reader, columns), identities(reader, names, columns), not_null(reader))?;
        let mut expressions = defaults.texts;
        for ((relation, number), text) in rest(reader, names, columns, &defaults.rest).await? {
            expressions.entry(relation).or_default().push((number, text));
        }
        Ok(Self { types, expressions, identities, not_null })
    }
}

/// Builds the columns of the relations, in their order.
pub fn build(names: &Names, relations: &[&Relation], columns: &Columns, mut extras: Extras) -> Vec<Found> {
    let mut found = Vec::with_capacity(columns.all.len());
    for relation in relations {
        // Names of its own: those of the relations are counted by another thread meanwhile.
        let (schema, table): (Arc<str>, Arc<str>) = (Arc::from(&*relation.schema), Arc::from(&*relation.name));
        let mut expressions = extras.expressions.remove(&relation.oid).unwrap_or_default();
        let mut ranked: Vec<(i64, &Raw)> = (1..).zip(columns.of(relation.oid)).collect();
        ranked.sort_unstable_by(|(_, a), (_, b)| a.name.cmp(&b.name));
        for (rank, column) in ranked {
            let identity = Identity::new([Arc::clone(&schema), Arc::clone(&table), Arc::clone(&column.name)]);
            let mut object = Object::new(Kind::Column, identity);
            object.set("position", rank);
            if i64::from(column.number) != rank {
                object.set("number", i64::from(column.number));
            }
            fill(&mut object, column, names, &mut extras);
            if let Some(at) = expressions.iter().position(|(number, _)| *number == column.number) {
                let property = if column.is_generated() { "generated" } else { "default" };
                object.set(property, Value::Text(expressions.swap_remove(at).1));
            }
            found.push(Found { object, address: Address { class: PG_CLASS, oid: column.relation, column: i32::from(column.number) } });
        }
    }
    found
}

/// What the column says.
fn fill(object: &mut Object, column: &Raw, names: &Names, extras: &mut Extras) {
    let key = (column.relation, column.number);
    let typ = extras.types.get(&(column.typ, column.modifier));
    object.set("type", typ.map_or_else(|| Value::from(format!("type {}", column.typ)), |typ| Value::Text(typ.name.clone())));
    if typ.is_some_and(|typ| typ.collation != column.collation) && column.collation != 0 {
        object.set_some("collation", names.collations.get(&column.collation).map(|name| &**name));
    }
    if column.not_null {
        object.set("not_null", true);
    }
    if let Some((name, no_inherit, valid)) = extras.not_null.remove(&key) {
        object.set_some("not_null_name", name.map(Value::Text));
        object.set("not_null_no_inherit", no_inherit);
        object.set("not_null_valid", valid);
    }
    if typ.is_some_and(|typ| typ.storage != column.storage) {
        object.set("storage", storage(column.storage));
    }
    if !column.local {
        object.set("local", false);
    }
    let Some(rare) = &column.rare else { return };
    if column.is_generated() {
        object.set("generated_kind", if rare.generated == 's' { "stored" } else { "virtual" });
    }
    if matches!(rare.identity, 'a' | 'd') {
        object.set("identity", if rare.identity == 'a' { "always" } else { "by default" });
        if let Some((options, sequence)) = extras.identities.remove(&key) {
            object.set("identity_options", options);
            object.set("identity_sequence", sequence);
        }
    }
    object.set_some("compression", compression(rare.compression));
    object.set_some("statistics_target", rare.target.map(i64::from));
    object.set("options", Value::List(rare.options.clone().into()));
    object.set("foreign_options", options::public(&rare.foreign));
}

rows::columns!(TypeAt { typ, modifier, name, storage, collation });

async fn types(reader: &Reader<'_>, columns: &Columns) -> Read<ByNumber<(u32, i32), TypeName>> {
    let wanted: Numbers<(u32, i32)> = columns.all.iter().map(|column| (column.typ, column.modifier)).collect();
    let (types, modifiers): (Vec<u32>, Vec<i32>) = wanted.into_iter().unzip();
    let rows = reader.rows_with(statements::TYPE_NAME, &[(&types, Type::OID_ARRAY), (&modifiers, Type::INT4_ARRAY)], "pg_type").await?;
    rows::each::<TypeAt>(&rows)?
        .map(|(row, at)| {
            let (name, storage) = (rows::text(row, at.name)?, rows::letter(row, at.storage)?);
            let name = TypeName { name, storage, collation: rows::oid(row, at.collation)? };
            Ok(((rows::oid(row, at.typ)?, rows::get::<i32>(row, at.modifier)?.unwrap_or(-1)), name))
        })
        .collect()
}

rows::columns!(IdentityAt { sequence, relation, number, typ, start, increment, minimum, maximum, cache, cycle });

async fn identities(reader: &Reader<'_>, names: &Names, columns: &Columns) -> Read<ByColumn<(String, String)>> {
    if !columns.any_rare(|rare| rare.identity != ' ') {
        return Ok(ByNumber::default());
    }
    let rows = reader.rows(statements::IDENTITY, "pg_sequence").await?;
    rows::each::<IdentityAt>(&rows)?
        .map(|(row, at)| {
            let number = |index| Ok::<_, tokio_postgres::Error>(rows::get::<i64>(row, index)?.unwrap_or(0));
            let cycle = if rows::flag(row, at.cycle)? { " CYCLE" } else { "" };
            let text = format!(
                "AS {} START {} INCREMENT {} MINVALUE {} MAXVALUE {} CACHE {}{cycle}",
                rows::text(row, at.typ)?,
                number(at.start)?,
                number(at.increment)?,
                number(at.minimum)?,
                number(at.maximum)?,
                number(at.cache)?
            );
            let column = i16::try_from(rows::get::<i32>(row, at.number)?.unwrap_or(0)).unwrap_or(0);
            Ok(((rows::oid(row, at.relation)?, column), (text, names.relation(rows::oid(row, at.sequence)?))))
        })
        .collect()
}

/// Expressions that name columns.
async fn rest(
    reader: &Reader<'_>,
    names: &Names,
    columns: &Columns,
    places: &ByNumber<u32, (u32, i16)>,
) -> Read<Vec<((u32, i16), Box<str>)>> {
    let ours = places.iter().filter(|(_, (relation, _))| names.relations.contains_key(relation));
    let mut keys: Vec<u32> = ours.map(|(oid, _)| *oid).collect();
    keys.sort_unstable();
    let (found, failed) = batch::read(reader, statements::GENERATED, &keys, "pg_attrdef").await?;
    for (oid, reason) in failed {
        let shown = places.get(&oid).map(|(relation, number)| {
            let column = columns.name(*relation, *number);
            format!("{}.{}", names.relation(*relation), super::names::quoted(&column))
        });
        reader.gap(Gap { object: shown, ..Gap::kind(Kind::Column, Reason::Locked, reason) }.attribute("generated"));
    }
    let mut expressions = Vec::with_capacity(found.len());
    for (row, at) in rows::each::<rows::Printed>(&found)? {
        if let Some(place) = places.get(&rows::oid(row, at.oid)?) {
            expressions.push((*place, rows::text(row, at.printed)?));
        }
    }
    Ok(expressions)
}

rows::columns!(NotNullAt { relation, number, name, no_inherit, valid });

async fn not_null(reader: &Reader<'_>) -> Read<ByColumn<(Option<Box<str>>, bool, bool)>> {
    if reader.major < flavor::NAMED_NOT_NULL {
        return Ok(ByNumber::default());
    }
    let rows = reader.rows(statements::NOT_NULL, "pg_constraint").await?;
    rows::each::<NotNullAt>(&rows)?
        .map(|(row, at)| {
            let key = (rows::oid(row, at.relation)?, rows::get::<i16>(row, at.number)?.unwrap_or(0));
            let name = rows::get::<rows::Text>(row, at.name)?.map(|text| text.0);
            Ok((key, (name, rows::flag(row, at.no_inherit)?, rows::flag(row, at.valid)?)))
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

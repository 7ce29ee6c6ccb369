//! Values out of rows. Text of any encoding arrives: bytes that are no UTF-8 are shown as `\xNN`, never dropped.

use super::reader::{Read, Stop, class_number};
use evenkeel_core::kind::{Shape, Spec, Value};
use std::borrow::Cow;
use std::error::Error;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Kind as TypeKind, Type};

/// Text of any catalog type, whatever the database's encoding lets through.
#[derive(Debug, Clone)]
pub struct Text(pub Box<str>);

impl FromSql<'_> for Text {
    fn from_sql(_: &Type, raw: &[u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(readable(raw).into()))
    }

    fn accepts(ty: &Type) -> bool {
        is_text(ty)
    }
}

/// The same where it stands, for texts that are looked at and not kept.
struct Seen<'a>(Cow<'a, str>);

impl<'a> FromSql<'a> for Seen<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(readable(raw)))
    }

    fn accepts(ty: &Type) -> bool {
        is_text(ty)
    }
}

/// Catalog columns of these types travel as plain text in binary format too.
const fn is_text(ty: &Type) -> bool {
    matches!(*ty, Type::TEXT | Type::NAME | Type::VARCHAR | Type::BPCHAR | Type::UNKNOWN)
}

/// SQL_ASCII databases hand out bytes as they were stored.
fn readable(raw: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(raw) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(raw.len() + 16);
    for chunk in raw.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    Cow::Owned(text)
}

/// Where the columns of one statement's answer stand.
pub trait Columns: Copy {
    /// Looks them up by their names. A name that is not there, or that nobody reads, is the statement's fault.
    fn of(row: &Row) -> Read<Self>;
}

/// A type for the columns of one statement: `columns!(At { oid, name })` is read as `at.oid`.
macro_rules! columns {
    ($name:ident { $($column:ident),+ $(,)? }) => {
        #[derive(Debug, Clone, Copy)]
        struct $name {
            $($column: usize),+
        }

        impl $crate::capture::rows::Columns for $name {
            fn of(row: &tokio_postgres::Row) -> $crate::capture::reader::Read<Self> {
                let [$($column),+] = $crate::capture::rows::places(row, [$(stringify!($column)),+])?;
                Ok(Self { $($column),+ })
            }
        }
    };
}
pub(super) use columns;

/// The columns of an answer that prints one text an object.
#[derive(Debug, Clone, Copy)]
pub struct Printed {
    pub oid: usize,
    pub printed: usize,
}

impl Columns for Printed {
    fn of(row: &Row) -> Read<Self> {
        let [oid, printed] = places(row, ["oid", "printed"])?;
        Ok(Self { oid, printed })
    }
}

/// Where these columns stand; there are no others.
pub fn places<const N: usize>(row: &Row, names: [&str; N]) -> Read<[usize; N]> {
    let there: Vec<&str> = row.columns().iter().map(tokio_postgres::Column::name).collect();
    if let Some(unread) = there.iter().find(|name| !names.contains(name)) {
        return Err(Stop::Declaration(format!("nothing reads the column {unread:?} of an answer")));
    }
    some_places(row, names)
}

/// Where these columns stand among others.
pub fn some_places<const N: usize>(row: &Row, names: [&str; N]) -> Read<[usize; N]> {
    let mut places = [0; N];
    for (place, name) in places.iter_mut().zip(names) {
        let lacks = || Stop::Declaration(format!("an answer has no column {name:?}"));
        *place = row.columns().iter().position(|column| column.name() == name).ok_or_else(lacks)?;
    }
    Ok(places)
}

/// The rows, each with where its columns stand: looked up once.
pub fn each<C: Columns>(rows: &[Row]) -> Read<impl Iterator<Item = (&Row, C)>> {
    let at = rows.first().map(C::of).transpose()?;
    Ok(rows.iter().filter_map(move |row| at.map(|at| (row, at))))
}

/// The same for rows that come one by one.
pub struct Places<C>(Option<C>);

impl<C: Columns> Places<C> {
    #[must_use]
    pub const fn unknown() -> Self {
        Self(None)
    }

    /// Where the columns of this row stand, and of all after it.
    pub fn of(&mut self, row: &Row) -> Read<C> {
        match self.0 {
            Some(at) => Ok(at),
            None => Ok(*self.0.insert(C::of(row)?)),
        }
    }
}

/// A column of a row, `None` where it is NULL.
pub fn get<'a, T: FromSql<'a>>(row: &'a Row, index: usize) -> Result<Option<T>, tokio_postgres::Error> {
    row.try_get::<_, Option<T>>(index)
}

/// Text, empty where it is NULL.
pub fn text(row: &Row, index: usize) -> Result<Box<str>, tokio_postgres::Error> {
    Ok(get::<Text>(row, index)?.map(|text| text.0).unwrap_or_default())
}

/// Text where it stands, empty where it is NULL.
pub fn seen(row: &Row, index: usize) -> Result<Cow<'_, str>, tokio_postgres::Error> {
    Ok(get::<Seen<'_>>(row, index)?.map(|text| text.0).unwrap_or_default())
}

/// An oid, 0 where it is NULL.
pub fn oid(row: &Row, index: usize) -> Result<u32, tokio_postgres::Error> {
    Ok(get::<u32>(row, index)?.unwrap_or(0))
}

/// A flag, no where it is NULL.
pub fn flag(row: &Row, index: usize) -> Result<bool, tokio_postgres::Error> {
    Ok(get::<bool>(row, index)?.unwrap_or(false))
}

/// A flag that nearly all have, yes where it is NULL.
pub fn usual(row: &Row, index: usize) -> Result<bool, tokio_postgres::Error> {
    Ok(get::<bool>(row, index)?.unwrap_or(true))
}

/// A catalog `"char"`, a space where it is NULL.
pub fn letter(row: &Row, index: usize) -> Result<char, tokio_postgres::Error> {
    letter_or(row, index, ' ')
}

/// A catalog `"char"`, the usual one where it is NULL.
pub fn letter_or(row: &Row, index: usize, usual: char) -> Result<char, tokio_postgres::Error> {
    Ok(get::<i8>(row, index)?.map_or(usual, |byte| char::from(byte.cast_unsigned())))
}

/// A list of texts, empty where it is NULL. An element is NULL where the server was to print something that was dropped
/// after our snapshot; it becomes an empty text here, and the check at the end of a capture finds the drop.
pub fn texts(row: &Row, index: usize) -> Result<Vec<Box<str>>, tokio_postgres::Error> {
    let texts = get::<Vec<Option<Text>>>(row, index)?.unwrap_or_default();
    Ok(texts.into_iter().map(|text| text.map(|text| text.0).unwrap_or_default()).collect())
}

/// A list of small numbers (`int2vector`, `int2[]`), empty where it is NULL.
pub fn shorts(row: &Row, index: usize) -> Result<Vec<i16>, tokio_postgres::Error> {
    Ok(get::<Vec<i16>>(row, index)?.unwrap_or_default())
}

/// A list of numbers (`int4[]`), empty where it is NULL.
pub fn numbers(row: &Row, index: usize) -> Result<Vec<i32>, tokio_postgres::Error> {
    Ok(get::<Vec<i32>>(row, index)?.unwrap_or_default())
}

/// A list of oids (`oidvector`, `oid[]`), empty where it is NULL.
pub fn oids(row: &Row, index: usize) -> Result<Vec<u32>, tokio_postgres::Error> {
    Ok(get::<Vec<u32>>(row, index)?.unwrap_or_default())
}

/// What a column of a result means to the kind it describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// This part of the identity.
    Identity(usize),
    /// This property.
    Property(u8, Shape),
    /// `_classid`, `_oid`, `_subid`: where comments, labels and extension membership hang.
    Class,
    Oid,
    /// `_relation`, `_type`: what the object is part of; a part of an extension's member is the extension's business too.
    Holder(u32),
    /// Any other name that begins with an underscore: read by the kind itself.
    Own,
}

/// Maps the columns of a result to the kind's declaration. `Err` names a column that is declared nowhere.
pub fn roles(row: &Row, spec: &Spec) -> Result<Vec<Role>, String> {
    row.columns()
        .iter()
        .map(|column| match column.name() {
            "_classid" => Ok(Role::Class),
            "_oid" => Ok(Role::Oid),
            "_relation" => Ok(Role::Holder(class_number("pg_class"))),
            "_type" => Ok(Role::Holder(class_number("pg_type"))),
            name if name.starts_with('_') => Ok(Role::Own),
            name => match (spec.identity.iter().position(|part| *part == name), spec.index_of(name)) {
                (Some(part), _) => Ok(Role::Identity(part)),
                (None, Some(index)) => Ok(Role::Property(index, spec.property(index).map_or(Shape::Text, |property| property.shape))),
                (None, None) => Err(format!("{} declares no {name:?}", spec.name)),
            },
        })
        .collect()
}

/// A property's value from a column, by the shape it was declared with and the type that arrived.
pub fn value(row: &Row, index: usize, shape: Shape) -> Result<Option<Value>, tokio_postgres::Error> {
    let ty = row.columns().get(index).map_or(Type::TEXT, |column| column.type_().clone());
    Ok(match shape {
        Shape::Flag => get::<bool>(row, index)?.map(Value::Flag),
        Shape::Integer => integer(row, index, &ty)?.map(Value::Integer),
        Shape::Number => match ty {
            Type::FLOAT4 => get::<f32>(row, index)?.map(|number| Value::Number(shortest(number))),
            Type::FLOAT8 => get::<f64>(row, index)?.map(Value::Number),
            #[expect(clippy::cast_precision_loss, reason = "a measured number")]
            _ => integer(row, index, &ty)?.map(|number| Value::Number(number as f64)),
        },
        Shape::Text | Shape::Definition => get::<Text>(row, index)?.map(|text| Value::Text(text.0)),
        Shape::List if matches!(ty.kind(), TypeKind::Array(_)) => get::<Vec<Option<Text>>>(row, index)?
            .map(|items| Value::list(items.into_iter().map(|item| item.map_or_else(|| "NULL".into(), |text| text.0)))),
        Shape::List => get::<Text>(row, index)?.map(|text| Value::list([text.0])),
    })
}

fn integer(row: &Row, index: usize, ty: &Type) -> Result<Option<i64>, tokio_postgres::Error> {
    Ok(match *ty {
        Type::INT2 => get::<i16>(row, index)?.map(i64::from),
        Type::INT4 => get::<i32>(row, index)?.map(i64::from),
        Type::OID => get::<u32>(row, index)?.map(i64::from),
        _ => get::<i64>(row, index)?,
    })
}

/// The double that prints like the single: 0.1 stays 0.1.
fn shortest(number: f32) -> f64 {
    number.to_string().parse().unwrap_or_else(|_| f64::from(number))
}

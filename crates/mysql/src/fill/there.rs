//! Tables of a throwaway server, their columns, and how values of those are written. Neighbours: `mod`, which reads them where they come
//! from; `put`, which writes them.

use super::DOING;
use crate::connect::rows::Row;
use crate::connect::{Fault, Session};
use crate::ident::Ident;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Plain,
    /// It keeps rows that held earlier.
    Versioned,
    Sequence,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    pub sort: Sort,
    /// Those that somebody writes.
    pub columns: Vec<Column>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    pub of_type: String,
    /// Nothing where that is not known of its type.
    pub form: Option<Form>,
}

/// How a value is written so that the same one is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Number,
    /// A number of which the server shows six digits, where it is not asked for more.
    Float,
    Text,
    Bytes,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub table: String,
    pub name: String,
    pub other: String,
    /// Its columns, each with the one that it refers to.
    pub pairs: Vec<(String, String)>,
}

const NUMBERS: [&str; 8] = ["tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "double", "year"];
const TEXTS: [&str; 8] = ["date", "time", "datetime", "timestamp", "json", "uuid", "inet4", "inet6"];
const BYTES: [&str; 17] = [
    "binary",
    "varbinary",
    "tinyblob",
    "blob",
    "mediumblob",
    "longblob",
    "bit",
    "vector",
    "geometry",
    "point",
    "linestring",
    "polygon",
    "multipoint",
    "multilinestring",
    "multipolygon",
    "geometrycollection",
    "geomcollection",
];

impl Form {
    fn of(of_type: &str, has_letters: bool) -> Option<Self> {
        Some(match of_type {
            _ if has_letters => Self::Text,
            "float" => Self::Float,
            of_type if NUMBERS.contains(&of_type) => Self::Number,
            of_type if TEXTS.contains(&of_type) => Self::Text,
            of_type if BYTES.contains(&of_type) => Self::Bytes,
            _ => return None,
        })
    }
}

impl Column {
    /// As it is asked for.
    pub fn read(&self) -> String {
        match self.form {
            Some(Form::Float) => format!("{} + 0e0", Ident(&self.name)),
            _ => Ident(&self.name).to_string(),
        }
    }
}

pub async fn tables(own: &mut Session) -> Result<Vec<Table>, Fault> {
    let mut tables = Vec::new();
    for row in own.rows(include_str!("tables.sql"), DOING).await? {
        let sort = match text(own, &row, 1)?.as_str() {
            "SEQUENCE" => Sort::Sequence,
            "SYSTEM VERSIONED" => Sort::Versioned,
            _ => Sort::Plain,
        };
        // What such a one shows are rows of other tables.
        if text(own, &row, 2)?.eq_ignore_ascii_case("MRG_MyISAM") {
            continue;
        }
        tables.push(Table { name: text(own, &row, 0)?, sort, columns: Vec::new() });
    }
    for row in own.rows(include_str!("columns.sql"), DOING).await? {
        let name = text(own, &row, 0)?;
        let (column, of_type) = (text(own, &row, 1)?, text(own, &row, 2)?.to_ascii_lowercase());
        let form = Form::of(&of_type, !text(own, &row, 3)?.is_empty());
        if let Some(table) = tables.iter_mut().find(|table| table.name == name) {
            table.columns.push(Column { name: column, of_type, form });
        }
    }
    Ok(tables)
}

pub async fn keys(own: &mut Session) -> Result<Vec<Key>, Fault> {
    let mut keys: Vec<Key> = Vec::new();
    for row in own.rows(include_str!("keys.sql"), DOING).await? {
        let (table, name, other) = (text(own, &row, 0)?, text(own, &row, 1)?, text(own, &row, 3)?);
        let pair = (text(own, &row, 2)?, text(own, &row, 4)?);
        match keys.last_mut().filter(|last| last.table == table && last.name == name) {
            Some(last) => last.pairs.push(pair),
            None => keys.push(Key { table, name, other, pairs: vec![pair] }),
        }
    }
    Ok(keys)
}

pub fn text(own: &Session, row: &Row, at: usize) -> Result<String, Fault> {
    row.text(at).map(|text| text.map(str::into_string).unwrap_or_default()).map_err(|wrong| own.wrong(&wrong, DOING))
}

//! What the tables of migration tools say, as objects and gaps.
//!
//! Does not live here: finding the tables and reading their rows (`capture/history.rs` of each engine).

use super::recognise::shapes;
use super::record::{Record, State};
use super::shape::{Repeat, Role, Shape};
use crate::kind::{Kind, Value};
use crate::manifest::{Gap, Identity, Object, Reason, shown_parts};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Rows read of one table; a list that is longer is no list of migrations.
pub const MOST_ROWS: usize = 100_000;

/// A tool's table and what it records; nothing where its rows could not be read.
#[derive(Debug)]
pub struct Table {
    pub shape: &'static Shape,
    pub schema: Arc<str>,
    pub name: Arc<str>,
    pub records: Vec<Record>,
}

/// Tables and migrations. A lock that is taken marks the tool's tables in that schema. `is_there` says whether a schema
/// has a table of that lower-case name, however it is written there.
#[must_use]
pub fn objects(tables: Vec<Table>, is_there: impl Fn(&str, &str) -> bool) -> Vec<Object> {
    let (locks, tables): (Vec<Table>, Vec<Table>) = tables.into_iter().partition(|table| table.shape.role == Role::Lock);
    let locked: HashSet<(&str, &str)> =
        locks.iter().filter(|lock| !lock.records.is_empty()).map(|lock| (&*lock.schema, lock.shape.tool)).collect();
    let mut found = Vec::new();
    for Table { shape, schema, name, records: recorded } in tables {
        let mut table = Object::new(Kind::HistoryTable, Identity::new([Arc::clone(&schema), Arc::clone(&name)]));
        let certain = shape.beside.filter(|(beside, _)| is_there(&schema, beside));
        table.set("tool", certain.map_or(shape.tool, |(_, certain)| certain));
        table.set("locked", locked.contains(&(&*schema, shape.tool)));
        if shape.role == Role::Pointer {
            table.set("dirty", recorded.iter().any(|record| record.state == State::Failed));
            let mut versions: Vec<Box<str>> = recorded.into_iter().map(|record| record.key.into()).collect();
            versions.sort_unstable();
            table.set("current", Value::List(versions.into()));
            found.push(table);
            continue;
        }
        found.push(table);
        for (position, record) in records(shape, recorded) {
            let key: Arc<str> = record.key.into();
            let mut object = Object::new(Kind::Migration, Identity::new([Arc::clone(&schema), Arc::clone(&name), key]));
            object.set("state", record.state.name());
            object.set_some("checksum", record.checksum);
            object.set_some("description", record.description);
            object.set_some("recorded_as", record.recorded_as);
            object.set_some("at", record.at);
            object.set_some("by", record.by);
            object.set("position", position);
            found.push(object);
        }
    }
    found
}

/// Records in their order of application, with unique keys and ranks from 1.
pub(super) fn records(shape: &Shape, rows: impl IntoIterator<Item = Record>) -> Vec<(i64, Record)> {
    let mut found: Vec<(i64, Record)> = Vec::new();
    let mut places: HashMap<String, (usize, u32)> = HashMap::new();
    for (record, rank) in rows.into_iter().zip(1..) {
        match (places.get_mut(&record.key), shape.repeat) {
            (None, _) => {
                places.insert(record.key.clone(), (found.len(), 1));
                found.push((rank, record));
            }
            (Some((at, _)), Repeat::Last) => {
                if let Some(slot) = found.get_mut(*at) {
                    *slot = (rank, record);
                }
            }
            (Some((_, count)), Repeat::Each) => {
                *count += 1;
                let key = format!("{} #{count}", record.key);
                found.push((rank, Record { key, ..record }));
            }
        }
    }
    found
}

impl Shape {
    /// The gaps that stand for what the rows of a table would have told; `shown` is the table.
    #[must_use]
    pub fn unread(&self, shown: &str, reason: Reason, detail: &str, cure: Option<&str>) -> Vec<Gap> {
        let (kind, attributes): (Kind, &[Option<&str>]) = match self.role {
            Role::List => (Kind::Migration, &[None]),
            Role::Pointer => (Kind::HistoryTable, &[Some("current"), Some("dirty")]),
            Role::Lock => (Kind::HistoryTable, &[Some("locked")]),
        };
        // The lock is a property of the tool's tables in that schema, whatever they are called.
        let object = (self.role != Role::Lock).then(|| shown.to_owned());
        let gap = |attribute: &Option<&str>| Gap {
            object: object.clone(),
            attribute: attribute.map(str::to_owned),
            cure: cure.map(str::to_owned),
            ..Gap::kind(kind, reason, format!("{shown} ({}): {detail}", self.tool))
        };
        attributes.iter().map(gap).collect()
    }

    /// The gaps of a table of more than [`MOST_ROWS`] rows.
    #[must_use]
    pub fn too_long(&self, shown: &str) -> Vec<Gap> {
        self.unread(shown, Reason::Failed, &format!("it has more than {MOST_ROWS} rows, which no list of migrations has"), None)
    }
}

/// The gap of a table that is named like a tool's and was not recognised as one.
#[must_use]
pub fn unlike(table: &str, shown: &str) -> Option<Gap> {
    let shape = shapes().find(|shape| shape.is_telling_name(table))?;
    let detail = format!("named like a table of {}, with columns of no migration tool evenkeel knows", shape.tool);
    Some(Gap { object: Some(shown.to_owned()), ..Gap::kind(Kind::HistoryTable, Reason::NotCaptured, detail) })
}

/// Schema and name of a table as the configuration spells it.
#[must_use]
pub fn named(text: &str) -> Option<(String, String)> {
    match <[String; 2]>::try_from(shown_parts(text)?) {
        Ok([schema, name]) => Some((schema, name)),
        Err(_) => None,
    }
}

/// The gap of a table that the configuration names and that cannot be read as a record of migrations; `found` says why not.
#[must_use]
pub fn not_a_record(named: &str, found: &str) -> Gap {
    let detail = format!("{named} is named in the configuration as the record of migrations: {found}");
    let cure = "correct history = \"schema.table\" in [environments.NAME], or history = false, where nothing records migrations";
    Gap::kind(Kind::Migration, Reason::NotCaptured, detail).cure(cure)
}

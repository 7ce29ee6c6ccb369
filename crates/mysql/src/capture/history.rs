//! Kinds `history-table` and `migration`: what migration tools recorded. Their tables are known by their columns, which were
//! read before; rows are read up to a bound, many tables a packet, and a table that is locked or hidden is a gap.
//!
//! Neighbours: `core::history` (the tools, what a row means and what becomes of it), `special` (asking).

use super::reader::{Read, Reader};
use super::special::{self, Unread};
use super::statements::{self, Filled};
use super::table::{Place, Tables};
use crate::connect::rows::Row;
use crate::ident::Ident;
use evenkeel_core::history::{self, Cells, Family, MOST_ROWS, Record, Shape, Table};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Gap, Identity, Object, Reason, display};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// A column of a table that may be a history table: its name as compared and as the server spells it.
struct Column {
    lower: String,
    name: String,
    family: Option<Family>,
}

/// A table that is one.
struct Ledger {
    shape: &'static Shape,
    place: Place,
    /// Quoted, with its database.
    table: String,
    columns: Vec<Column>,
}

/// Reads them all; `columns` are all columns that could be read.
pub async fn read(reader: &Reader<'_>, tables: &Tables, columns: &[Object]) -> Read<Vec<Object>> {
    let known: HashMap<Place, (&str, &str)> =
        tables.iter().filter(|(.., facts)| !facts.is_sequence).map(|(schema, name, facts)| (facts.place.clone(), (schema, name))).collect();
    let mut ledgers = Vec::new();
    let own = own(reader, &known);
    for (place, columns) in candidates(reader, &known, own.as_ref(), columns) {
        let Some((schema, name)) = known.get(&place) else { continue };
        let families: Vec<_> = columns.iter().map(|column| (column.lower.clone(), column.family)).collect();
        let is_own = own.as_ref() == Some(&place);
        let shape = if is_own { history::recognise_named(name, &families) } else { history::recognise(name, &families) };
        if let Some(shape) = shape {
            let table = format!("{}.{}", Ident(schema), Ident(name));
            ledgers.push(Ledger { shape, place, table, columns });
        } else if is_own {
            reader.gap(history::not_a_record(&shown(&place), "none of its columns names a migration"));
        } else if let Some(gap) = history::unlike(name, &shown(&place)) {
            reader.gap(gap);
        }
    }
    let mut records = records(reader, &ledgers).await?;
    let found = objects(&ledgers, &known, &mut records);
    for kind in [Kind::HistoryTable, Kind::Migration] {
        reader.tell(kind, found.iter().filter(|object| object.kind == kind).count());
    }
    Ok(found)
}

/// The table that the configuration names, with its database. Where there is none of that name, that is a gap.
fn own(reader: &Reader<'_>, known: &HashMap<Place, (&str, &str)>) -> Option<Place> {
    let text = reader.request.history.as_deref()?;
    let own = history::named(text).and_then(|(schema, name)| {
        let is = |place: &Place, (database, spelled): &(&str, &str)| {
            (*database == schema || place.0.is_empty() && reader.scope.one() == Some(schema.as_str())) && *spelled == name
        };
        known.iter().find(|(place, spelled)| is(place, spelled)).map(|(place, _)| place.clone())
    });
    if own.is_none() {
        reader.gap(history::not_a_record(text, "there is no such table"));
    }
    own
}

fn shown(place: &Place) -> String {
    display(Kind::HistoryTable, &Identity::new([Arc::clone(&place.0), Arc::clone(&place.1)]))
}

/// Columns of tables that have a name or a column of a migration tool's. A table whose columns the server did not show may
/// be one under any name: a gap.
fn candidates(
    reader: &Reader<'_>,
    known: &HashMap<Place, (&str, &str)>,
    own: Option<&Place>,
    columns: &[Object],
) -> BTreeMap<Place, Vec<Column>> {
    let anchors: HashSet<String> = history::shapes().filter_map(|shape| shape.anchor).map(str::to_lowercase).collect();
    let compound: HashSet<&str> = history::shapes()
        .flat_map(|shape| shape.columns)
        .filter(|column| column.family == Family::Compound)
        .map(|column| column.name)
        .collect();
    let mut unseen: HashSet<&Place> = known.keys().collect();
    let mut found: BTreeMap<Place, Vec<Column>> = known
        .keys()
        .filter(|place| Some(*place) == own || history::shapes().any(|shape| shape.is_named(&place.1)))
        .map(|place| (place.clone(), Vec::new()))
        .collect();
    let place = |column: &Object| -> Place { (column.identity.part(0).into(), column.identity.part(1).into()) };
    for column in columns {
        let place = place(column);
        unseen.remove(&place);
        if anchors.contains(&column.identity.part(2).to_lowercase()) && known.contains_key(&place) {
            found.entry(place).or_default();
        }
    }
    for column in columns {
        if let Some(of_table) = found.get_mut(&place(column)) {
            let name = column.identity.part(2).to_owned();
            let lower = name.to_lowercase();
            let family = family(column.text("type").unwrap_or_default(), compound.contains(&*lower));
            of_table.push(Column { lower, name, family });
        }
    }
    for place in unseen {
        let detail = "its columns could not be read: it may be the table of a migration tool".to_owned();
        let gap = Gap { object: Some(shown(place)), ..Gap::kind(Kind::HistoryTable, Reason::Failed, detail) };
        reader.gap(gap.cure("look why the server does not show them: a lock, a missing privilege, a table that cannot be opened"));
    }
    found
}

/// What a type is to a migration tool. A document is text on MariaDB, so the column's name decides there.
fn family(column_type: &str, is_document: bool) -> Option<Family> {
    let base = column_type.split(['(', ' ']).next().unwrap_or_default();
    match base {
        "tinyint" if column_type.starts_with("tinyint(1)") => Some(Family::Flag),
        "bit" => Some(Family::Flag),
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "decimal" | "float" | "double" => Some(Family::Number),
        "json" => Some(Family::Compound),
        "longtext" if is_document => Some(Family::Compound),
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "enum" | "uuid" => Some(Family::Text),
        "date" | "datetime" | "timestamp" | "time" => Some(Family::Time),
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => Some(Family::Bytes),
        _ => None,
    }
}

impl Ledger {
    /// Notes a gap about what its rows would have told.
    fn gap(&self, reader: &Reader<'_>, reason: Reason, detail: &str, cure: Option<&str>) {
        self.shape.unread(&shown(&self.place), reason, detail, cure).into_iter().for_each(|gap| reader.gap(gap));
    }

    /// Its rows in the tool's order, as texts.
    fn select(&self) -> Filled {
        let name = |wanted: &str| {
            let column = self.columns.iter().find(|column| column.lower == wanted);
            column.map_or_else(|| "NULL".to_owned(), |column| Ident(&column.name).to_string())
        };
        let cells = self.shape.columns.iter().map(|column| {
            let name = name(column.name);
            match column.family {
                Family::Flag => format!("CASE WHEN {name} IS NULL THEN NULL WHEN {name} <> 0 THEN 'true' ELSE 'false' END"),
                Family::Bytes => format!("LOWER(HEX({name}))"),
                Family::Compound => format!("SHA2({name}, 256)"),
                Family::Text => name,
                Family::Number | Family::Time => format!("CAST({name} AS CHAR)"),
            }
        });
        // When and by whom stand behind them, as texts.
        let moment = [self.shape.at, self.shape.by]
            .map(|column| column.map_or_else(|| "NULL".to_owned(), |column| format!("CAST({} AS CHAR)", name(column))));
        let cells: Vec<String> = cells.chain(moment).collect();
        let order: Vec<String> = self.shape.order.iter().map(|column| name(column)).collect();
        let bound = (MOST_ROWS + 1).to_string();
        statements::HISTORY_ROWS.fill(&[&cells.join(", "), &self.table, &order.join(", "), &bound])
    }

    fn read(&self, rows: &[Row]) -> Result<Vec<Record>, crate::connect::rows::Wrong> {
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let values: Vec<Option<Box<str>>> = (0..self.shape.columns.len() + 2).map(|at| row.text(at)).collect::<Result<_, _>>()?;
            found.extend(self.shape.record(&Cells { columns: self.shape.columns, values: &values }));
        }
        Ok(found)
    }
}

const LOCKED: &str = "another session holds its lock, as a running migration does: a deploy may be in flight";

/// The records of each table that could be read.
async fn records(reader: &Reader<'_>, ledgers: &[Ledger]) -> Read<HashMap<Place, Vec<Record>>> {
    let mut found = HashMap::new();
    if ledgers.is_empty() {
        return Ok(found);
    }
    // Rows as they are now, and no lock on these tables for longer than it takes to read them.
    reader.renew().await?;
    let selects: Vec<Filled> = ledgers.iter().map(Ledger::select).collect();
    let answers = special::ask_all(reader, &selects, "reading the migration tools' tables").await?;
    reader.renew().await?;
    for (ledger, answer) in ledgers.iter().zip(answers) {
        match answer {
            Ok(rows) if rows.len() > MOST_ROWS => {
                ledger.shape.too_long(&shown(&ledger.place)).into_iter().for_each(|gap| reader.gap(gap));
            }
            Ok(rows) => {
                found.insert(ledger.place.clone(), ledger.read(&rows)?);
            }
            Err(Unread { reason: Reason::Locked, .. }) => {
                ledger.gap(reader, Reason::Locked, LOCKED, Some("run it again when no deploy is running"));
            }
            Err(Unread { reason: Reason::Privilege, .. }) => {
                let cure = format!("GRANT SELECT ON {} TO {};", ledger.table, reader.access.account);
                ledger.gap(reader, Reason::Privilege, "the account may not read it", Some(&cure));
            }
            Err(Unread { reason, detail }) => ledger.gap(reader, reason, &format!("the server could not read it: {detail}"), None),
        }
    }
    Ok(found)
}

fn objects(ledgers: &[Ledger], known: &HashMap<Place, (&str, &str)>, records: &mut HashMap<Place, Vec<Record>>) -> Vec<Object> {
    let table = |ledger: &Ledger| {
        let (schema, name) = ledger.place.clone();
        Table { shape: ledger.shape, schema, name, records: records.remove(&ledger.place).unwrap_or_default() }
    };
    let is_there = |schema: &str, wanted: &str| known.keys().any(|(other, table)| **other == *schema && table.eq_ignore_ascii_case(wanted));
    history::objects(ledgers.iter().map(table).collect(), is_there)
}

#[cfg(test)]
mod tests {
    use super::{Family, family};

    #[test]
    fn families_follow_the_types_of_both_vendors() {
        for (column_type, expected) in [
            ("tinyint(1)", Some(Family::Flag)),
            ("bit(1)", Some(Family::Flag)),
            ("tinyint", Some(Family::Number)),
            ("bigint unsigned", Some(Family::Number)),
            ("varchar(50)", Some(Family::Text)),
            ("datetime(3)", Some(Family::Time)),
            ("varbinary(32)", Some(Family::Bytes)),
            ("json", Some(Family::Compound)),
            ("longtext", Some(Family::Text)),
            ("geometry", None),
        ] {
            assert_eq!(family(column_type, false), expected, "{column_type}");
        }
        assert_eq!(family("longtext", true), Some(Family::Compound));
    }
}

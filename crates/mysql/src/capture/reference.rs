//! Kinds `reference-table` and `reference-row`: the content of lookup tables that the configuration names. The server hashes each value,
//! one statement a table, through a bound; a table that is hidden, locked or too large is a gap.
//!
//! Neighbours: `core::reference` (what is read, and what becomes of it), `special` (asking for one object), `history` (the tables of
//! migration tools, read much alike).

use super::reader::{Places, Read, Reader, columns};
use super::statements::Filled;
use super::{special, statements};
use crate::ident::Ident;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Identity, Object, Reason, display};
use evenkeel_core::reference::{self, Column, Content, Pattern, Plan, Row, most_rows};
use std::collections::BTreeMap;
use std::sync::Arc;

columns!(At { schema, table, name, typ, place });

/// A table that is meant, under the names its objects have.
struct Lookup<'a> {
    schema: Arc<str>,
    name: Arc<str>,
    shown: String,
    /// Quoted, with its database.
    table: String,
    wanted: &'a Pattern,
    columns: Vec<Column>,
    types: Vec<String>,
}

/// Reads them all.
pub async fn read(reader: &Reader<'_>) -> Read<Vec<Object>> {
    let asked = &reader.request.reference;
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let lookups = lookups(reader).await?;
    let met = |wanted: &Pattern| lookups.values().any(|lookup| *lookup.wanted == *wanted);
    reference::unmet(asked, met).into_iter().for_each(|gap| reader.gap(gap));
    let mut plans = Vec::new();
    for lookup in lookups.values() {
        match lookup.wanted.plan(&lookup.columns) {
            Ok(plan) => plans.push((lookup, plan)),
            Err(why) => {
                let cure = "name what tells its rows apart: reference = [{ table = \"…\", key = [\"…\"] }]";
                lookup.gap(reader, Reason::NotCaptured, &why, Some(cure));
            }
        }
    }
    if plans.is_empty() {
        return Ok(Vec::new());
    }
    // Rows as they are now, and no lock on these tables for longer than it takes to read them.
    reader.renew().await?;
    let selects: Vec<Filled> = plans.iter().map(|(lookup, plan)| lookup.select(plan, reader.request.values)).collect();
    let answers = special::ask_all(reader, &selects, "reading reference tables").await?;
    reader.renew().await?;
    let mut found = Vec::new();
    for ((lookup, plan), answer) in plans.into_iter().zip(answers) {
        let most = most_rows(plan.columns.len());
        match answer {
            Ok(rows) if rows.len() > most => {
                let detail = format!("it has more than {most} rows: that is no lookup table");
                lookup.gap(reader, Reason::NotCaptured, &detail, Some("narrow `columns`, or leave it out of `reference`"));
            }
            Ok(rows) => {
                let content = lookup.content(plan, &rows, reader.request.values)?;
                let (objects, gaps) = reference::objects(&content, reader.request.secret.as_ref());
                found.extend(objects);
                gaps.into_iter().for_each(|gap| reader.gap(gap));
            }
            Err(special::Unread { reason: Reason::Privilege, .. }) => {
                let cure = format!("GRANT SELECT ON {} to the account evenkeel uses", lookup.table);
                lookup.gap(reader, Reason::Privilege, "the account may not read it", Some(&cure));
            }
            Err(special::Unread { reason: Reason::Locked, .. }) => {
                let detail = "another session holds its lock, as a running migration does";
                lookup.gap(reader, Reason::Locked, detail, Some("run it again when no deploy is running"));
            }
            Err(special::Unread { reason, detail }) => {
                lookup.gap(reader, reason, &format!("the server could not read it: {detail}"), None);
            }
        }
    }
    for kind in [Kind::ReferenceTable, Kind::ReferenceRow] {
        reader.tell(kind, found.iter().filter(|object| object.kind == kind).count());
    }
    Ok(found)
}

async fn lookups<'a>(reader: &'a Reader<'_>) -> Read<BTreeMap<(String, String), Lookup<'a>>> {
    let mut found: BTreeMap<(String, String), Lookup<'a>> = BTreeMap::new();
    let mut places = Places::<At>::unknown();
    let own = reader.scope.one();
    for row in reader.rows(statements::REFERENCE_COLUMN, Kind::ReferenceTable).await? {
        let at = places.of(&row)?;
        let text = |index| row.text(index).map(Option::unwrap_or_default);
        let (database, table) = (text(at.schema)?, text(at.table)?);
        // Objects of the one database that is captured are named without it.
        let schema: Arc<str> = if own.is_some() { "".into() } else { Arc::from(&*database) };
        let name: Arc<str> = Arc::from(&*table);
        let key = (database.to_string(), table.to_string());
        if !found.contains_key(&key) {
            let shown = display(Kind::ReferenceTable, &Identity::new([Arc::clone(&schema), Arc::clone(&name)]));
            let Some(wanted) = reference::meant(&reader.request.reference, &shown, own) else { continue };
            let table = format!("{}.{}", Ident(&database), Ident(&table));
            let lookup = Lookup { schema, name, shown, table, wanted, columns: Vec::new(), types: Vec::new() };
            found.insert(key.clone(), lookup);
        }
        if let Some(lookup) = found.get_mut(&key) {
            let place = row.integer(at.place)?.and_then(|place| usize::try_from(place).ok());
            lookup.columns.push(Column { name: text(at.name)?.into(), key: place });
            lookup.types.push(text(at.typ)?.to_lowercase());
        }
    }
    Ok(found)
}

impl Lookup<'_> {
    fn gap(&self, reader: &Reader<'_>, reason: Reason, detail: &str, cure: Option<&str>) {
        reference::unread(&self.shown, reason, detail, cure).into_iter().for_each(|gap| reader.gap(gap));
    }

    /// Its rows as hashes and, where values were asked for, as texts behind them. Names are quoted by `ident`.
    fn select(&self, plan: &Plan, values: bool) -> Filled {
        let texts: Vec<String> =
            plan.columns.iter().filter_map(|at| Some(text_of(self.types.get(*at)?, &self.columns.get(*at)?.name))).collect();
        let mut cells: Vec<String> = texts.iter().map(|text| format!("LEFT(SHA2({text}, 256), 32)")).collect();
        if values {
            cells.extend(texts);
        }
        let bound = (most_rows(plan.columns.len()) + 1).to_string();
        statements::REFERENCE_ROWS.fill(&[&cells.join(", "), &self.table, &bound])
    }

    fn content(&self, plan: Plan, rows: &[crate::connect::rows::Row], values: bool) -> Result<Content, crate::connect::rows::Wrong> {
        let count = plan.columns.len();
        let mut read = Vec::with_capacity(rows.len());
        for row in rows {
            let hashes = (0..count).map(|at| row.text(at)).collect::<Result<_, _>>()?;
            let values = values.then(|| (count..count * 2).map(|at| row.text(at)).collect::<Result<_, _>>()).transpose()?;
            read.push(Row { hashes, values });
        }
        Ok(Content {
            schema: Arc::clone(&self.schema),
            name: Arc::clone(&self.name),
            columns: plan.columns.iter().filter_map(|at| self.columns.get(*at)).map(|column| column.name.clone()).collect(),
            key: plan.key,
            rows: read,
        })
    }
}

/// A value as a text that says all of it, whatever the session and the table are set to.
fn text_of(data_type: &str, name: &str) -> String {
    let name = Ident(name);
    match data_type {
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "enum" | "set" | "json" => {
            format!("CONVERT({name} USING utf8mb4)")
        }
        // Printed as it is, it has six digits.
        "float" => format!("CAST(CAST({name} AS DOUBLE) AS CHAR)"),
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "decimal" | "double" | "date" | "datetime" | "timestamp" | "time"
        | "year" | "uuid" | "inet4" | "inet6" => format!("CAST({name} AS CHAR)"),
        _ => format!("HEX({name})"),
    }
}

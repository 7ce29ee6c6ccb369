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
use evenkeel_core::reference::{self, Budget, Column, Content, MOST_TABLES, Pattern, Plan, Row};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

columns!(At { schema, table, name, typ, charset, place });

/// A table that is meant, under the names its objects have.
struct Lookup {
    schema: Arc<str>,
    name: Arc<str>,
    shown: String,
    /// Quoted, with its database.
    table: String,
    wanted: Pattern,
    columns: Vec<Column>,
    types: Vec<Typed>,
}

/// Reads them all.
pub async fn read(reader: &Reader<'_>) -> Read<Vec<Object>> {
    let asked = &reader.request.reference;
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let lookups = lookups(reader).await?;
    if lookups.len() > MOST_TABLES {
        reader.gap(reference::too_many(lookups.len()));
        return Ok(Vec::new());
    }
    let met = |wanted: &Pattern| lookups.values().any(|lookup| wanted.is(&lookup.shown, reader.scope.one()) == Ok(true));
    reference::unmet(asked, met).into_iter().for_each(|gap| reader.gap(gap));
    let mut plans = Vec::new();
    for ((database, table), lookup) in &lookups {
        // Columns that the account may not see are not listed: what is compared would be less than what is there.
        if !reader.access.on_table(database, table, "SELECT") {
            let cure = format!("GRANT SELECT ON {} TO {};", lookup.table, reader.access.account);
            lookup.gap(reader, Reason::Privilege, "the account may not read all of it", Some(&cure));
            continue;
        }
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
    let (mut found, mut waits, mut budget) = (Vec::new(), 0, Budget::default());
    for (lookup, plan) in plans {
        // One at a time: the content of one is in memory, and no more.
        let columns = plan.columns.len();
        let most = budget.rows(columns);
        let select = lookup.select(&plan, most, reader.request.values);
        let unread = |reason, detail: &str| Err(special::Unread { reason, detail: detail.to_owned() });
        let answer = if waits == special::WAITS {
            unread(Reason::Locked, "not asked: other sessions hold locks, which was waited for often enough")
        } else {
            let answer = special::ask_all(reader, &[select], "reading reference tables").await?.into_iter().next();
            answer.unwrap_or_else(|| unread(Reason::Failed, "the server answered nothing"))
        };
        waits += usize::from(matches!(answer, Err(special::Unread { reason: Reason::Locked, .. })) && waits < special::WAITS);
        match answer {
            Ok(rows) if rows.len() > most => {
                let detail = budget.refusal(columns);
                lookup.gap(reader, Reason::NotCaptured, &detail, Some("narrow `columns`, or leave it out of `reference`"));
            }
            Ok(rows) => {
                budget.take(rows.len(), columns);
                let content = lookup.content(plan, &rows, reader.request.values)?;
                if content.rows.iter().flat_map(|row| &row.hashes).any(|hash| hash.as_deref() == Some(UNREAD)) {
                    let detail = "a value is longer than the server may send (max_allowed_packet)";
                    lookup.gap(
                        reader,
                        Reason::Failed,
                        detail,
                        Some("leave the column out: reference = [{ table = \"…\", columns = […] }]"),
                    );
                    continue;
                }
                let (objects, gaps) = reference::objects(&content, reader.request.secret.as_ref());
                found.extend(objects);
                gaps.into_iter().for_each(|gap| reader.gap(gap));
            }
            Err(special::Unread { reason: Reason::Privilege, .. }) => {
                let cure = format!("GRANT SELECT ON {} TO {};", lookup.table, reader.access.account);
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
    reader.renew().await?;
    for kind in [Kind::ReferenceTable, Kind::ReferenceRow] {
        reader.tell(kind, found.iter().filter(|object| object.kind == kind).count());
    }
    Ok(found)
}

async fn lookups(reader: &Reader<'_>) -> Read<BTreeMap<(String, String), Lookup>> {
    let mut found: BTreeMap<(String, String), Lookup> = BTreeMap::new();
    // Asked once a table, not once a column.
    let mut others = HashSet::new();
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
            if !others.is_empty() && others.contains(&key) {
                continue;
            }
            let shown = display(Kind::ReferenceTable, &Identity::new([Arc::clone(&schema), Arc::clone(&name)]));
            let Some(wanted) = reference::meant(&reader.request.reference, &shown, own) else {
                others.insert(key);
                continue;
            };
            let table = format!("{}.{}", Ident(&database), Ident(&table));
            let lookup = Lookup { schema, name, shown, table, wanted, columns: Vec::new(), types: Vec::new() };
            found.insert(key.clone(), lookup);
        }
        if let Some(lookup) = found.get_mut(&key) {
            let place = row.integer(at.place)?.and_then(|place| usize::try_from(place).ok());
            lookup.columns.push(Column { name: text(at.name)?.into(), key: place });
            lookup.types.push(Typed { data_type: text(at.typ)?.to_lowercase(), charset: text(at.charset)?.to_lowercase() });
        }
    }
    Ok(found)
}

/// Stands for the hash of a value that the server could not make.
const UNREAD: &str = "unread";

impl Lookup {
    fn gap(&self, reader: &Reader<'_>, reason: Reason, detail: &str, cure: Option<&str>) {
        reference::unread(&self.shown, reason, detail, cure).into_iter().for_each(|gap| reader.gap(gap));
    }

    /// Its rows as hashes and, where values were asked for, as texts behind them. Names are quoted by `ident`.
    fn select(&self, plan: &Plan, most: usize, values: bool) -> Filled {
        let texts: Vec<String> =
            plan.columns.iter().filter_map(|at| Some(text_of(self.types.get(*at)?, &self.columns.get(*at)?.name))).collect();
        // A text too long for the server to build is NULL with a warning: that is no NULL of the table's.
        let is_null = plan.columns.iter().filter_map(|at| self.columns.get(*at)).map(|column| Ident(&column.name).to_string());
        let hash = |(text, name): (&String, String)| format!("IF({name} IS NULL, NULL, COALESCE(LEFT(SHA2({text}, 256), 32), '{UNREAD}'))");
        let mut cells: Vec<String> = texts.iter().zip(is_null).map(hash).collect();
        if values {
            cells.extend(texts);
        }
        let bound = (most + 1).to_string();
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

/// What decides how a value is said whole.
struct Typed {
    data_type: String,
    charset: String,
}

/// Character sets of which each text has one of its own in UTF-8. In others some bytes stand for nothing, and all of these would be `?`.
const WHOLE: &[&str] = &["utf8mb4", "utf8mb3", "utf8", "latin1", "ascii", "ucs2", "utf16", "utf16le", "utf32"];

/// A value as a text that says all of it, whatever the session and the table are set to.
fn text_of(typed: &Typed, name: &str) -> String {
    let name = Ident(name);
    match typed.data_type.as_str() {
        // The empty text is a member's, or no member at all.
        "enum" => format!("IF({name} = '', CONCAT('member ', {name} + 0), CONVERT({name} USING utf8mb4))"),
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "set" if !WHOLE.contains(&typed.charset.as_str()) => {
            format!("HEX({name})")
        }
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "set" | "json" => format!("CONVERT({name} USING utf8mb4)"),
        // Printed as it is, it has six digits.
        "float" => format!("CAST(CAST({name} AS DOUBLE) AS CHAR)"),
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "decimal" | "double" | "date" | "datetime" | "timestamp" | "time"
        | "year" | "uuid" | "inet4" | "inet6" => format!("CAST({name} AS CHAR)"),
        _ => format!("HEX({name})"),
    }
}

//! Kinds `reference-table` and `reference-row`: the content of lookup tables that the configuration names. The server hashes each value,
//! one statement a table, through a bound; a table that is hidden, filtered, locked or too large is a gap.
//!
//! Neighbours: `core::reference` (what is read, and what becomes of it), `batch` (the savepoint around each statement), `history`
//! (the tables of migration tools, read much alike).

use super::names::{Names, Relation};
use super::reader::{Address, Found, Read, Reader};
use super::statements::{self, Filled};
use super::{batch, rows, sql};
use crate::ident;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Reason;
use evenkeel_core::reference::{self, Budget, Column, Content, MOST_TABLES, Pattern, Plan, Row};
use std::collections::BTreeMap;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};

rows::columns!(At { relation, name, place, readable, usable, filtered, role });

/// A table that is meant.
struct Lookup<'a> {
    relation: &'a Relation,
    shown: String,
    wanted: Pattern,
    columns: Vec<Column>,
    /// Whether each may be read.
    readable: Vec<bool>,
    usable: bool,
    filtered: bool,
    role: String,
}

/// Reads them all.
pub async fn read(reader: &Reader<'_>, names: &Names) -> Read<Vec<Found>> {
    if reader.request.reference.is_empty() {
        return Ok(Vec::new());
    }
    let Some(lookups) = lookups(reader, names).await? else { return Ok(Vec::new()) };
    let met = |wanted: &Pattern| lookups.values().any(|lookup| wanted.is(&lookup.shown, None) == Ok(true));
    reference::unmet(&reader.request.reference, met).into_iter().for_each(|gap| reader.gap(gap));
    // By name: what is too much is the same on every server.
    let mut lookups: Vec<Lookup<'_>> = lookups.into_values().collect();
    lookups.sort_by(|one, other| one.shown.cmp(&other.shown));
    let (mut found, mut budget) = (Vec::new(), Budget::default());
    for lookup in lookups {
        if let Some(content) = lookup.content(reader, &mut budget).await? {
            let (objects, gaps) = reference::objects(&content, reader.request.secret.as_ref());
            found.extend(objects);
            gaps.into_iter().for_each(|gap| reader.gap(gap));
        }
    }
    for kind in [Kind::ReferenceTable, Kind::ReferenceRow] {
        reader.tell(kind, found.iter().filter(|object| object.kind == kind).count());
    }
    Ok(found.into_iter().map(|object| Found { object, address: Address::default() }).collect())
}

async fn lookups<'a>(reader: &'a Reader<'_>, names: &'a Names) -> Read<Option<BTreeMap<u32, Lookup<'a>>>> {
    let mut meant: BTreeMap<u32, (&Relation, Pattern)> = BTreeMap::new();
    for relation in names.relations.values().filter(|relation| matches!(relation.kind, 'r' | 'p' | 'f' | 'm' | 'v')) {
        if let Some(wanted) = reference::meant(&reader.request.reference, &names.relation(relation.oid), None) {
            meant.insert(relation.oid, (relation, wanted));
        }
    }
    if meant.len() > MOST_TABLES {
        reader.gap(reference::too_many(meant.len()));
        return Ok(None);
    }
    let numbers: Vec<u32> = meant.keys().copied().collect();
    let parameters: [(&(dyn ToSql + Sync), Type); 1] = [(&numbers, Type::OID_ARRAY)];
    let rows = reader.rows_with(statements::REFERENCE, &parameters, "pg_attribute").await?;
    let mut found: BTreeMap<u32, Lookup<'a>> = BTreeMap::new();
    for (row, at) in rows::each::<At>(&rows)? {
        let oid = rows::oid(row, at.relation)?;
        let Some((relation, wanted)) = meant.get(&oid) else { continue };
        let lookup = match found.entry(oid) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => entry.insert(Lookup {
                relation,
                shown: names.relation(oid),
                wanted: wanted.clone(),
                columns: Vec::new(),
                readable: Vec::new(),
                usable: rows::flag(row, at.usable)?,
                filtered: rows::flag(row, at.filtered)?,
                role: ident::quoted(&rows::text(row, at.role)?),
            }),
        };
        // `indkey` is counted from 0.
        let key = rows::get::<i32>(row, at.place)?.and_then(|place| usize::try_from(place).ok());
        lookup.columns.push(Column { name: rows::text(row, at.name)?.into(), key });
        lookup.readable.push(rows::flag(row, at.readable)?);
    }
    Ok(Some(found))
}

/// Whether nothing more can be read in this transaction.
fn is_ending(code: &SqlState) -> bool {
    [&SqlState::T_R_SERIALIZATION_FAILURE, &SqlState::ADMIN_SHUTDOWN, &SqlState::CRASH_SHUTDOWN, &SqlState::DATABASE_DROPPED]
        .contains(&code)
}

impl Lookup<'_> {
    async fn content(&self, reader: &Reader<'_>, budget: &mut Budget) -> Read<Option<Content>> {
        let shown = &self.shown;
        let table = ident::qualified(&self.relation.schema, &self.relation.name);
        let gap = |reason, detail: &str, cure: Option<&str>| {
            reference::unread(shown, reason, detail, cure).into_iter().for_each(|gap| reader.gap(gap));
        };
        if !matches!(self.relation.kind, 'r' | 'p') {
            gap(Reason::NotCaptured, "it is no table: only tables' content is compared", Some("name the tables it reads"));
            return Ok(None);
        }
        let plan = match self.wanted.plan(&self.columns) {
            Ok(plan) => plan,
            Err(why) => {
                gap(Reason::NotCaptured, &why, Some("name what tells its rows apart: reference = [{ table = \"…\", key = [\"…\"] }]"));
                return Ok(None);
            }
        };
        let role = &self.role;
        if !self.usable || !plan.columns.iter().all(|at| self.readable.get(*at) == Some(&true)) {
            let usage = format!("GRANT USAGE ON SCHEMA {} TO {role}; ", ident::quoted(&self.relation.schema));
            let usage = if self.usable { "" } else { &usage };
            gap(Reason::Privilege, "the role may not read it", Some(&format!("{usage}GRANT SELECT ON {table} TO {role};")));
            return Ok(None);
        }
        if self.filtered {
            let cure = format!("ALTER ROLE {role} BYPASSRLS;");
            gap(Reason::Privilege, "row-level security may hide some of its rows from the role", Some(&cure));
            return Ok(None);
        }
        let most = budget.rows(plan.columns.len());
        let rows = match batch::patient(reader, &self.select(&plan, &table, most + 1, reader.request.values), &[], true).await {
            Ok(rows) => rows,
            Err(error) if batch::is_wait(&error) => {
                let detail = "another session holds it in ACCESS EXCLUSIVE mode, as a running migration does";
                gap(Reason::Locked, detail, Some("run it again when no deploy is running"));
                return Ok(None);
            }
            Err(error) if error.code() == Some(&SqlState::QUERY_CANCELED) => {
                gap(Reason::Failed, "reading it took longer than a statement may", Some("run it again with a longer --statement-timeout"));
                return Ok(None);
            }
            // One value that cannot be printed is that table's gap.
            Err(error) if error.as_db_error().is_some_and(|error| !is_ending(error.code())) => {
                let words = error.as_db_error().map(|error| error.message().to_owned()).unwrap_or_default();
                gap(Reason::Failed, &format!("the server could not read it: {words}"), None);
                return Ok(None);
            }
            Err(error) => return Err(reader.fault(&error, shown)),
        };
        if rows.len() > most {
            gap(Reason::NotCaptured, &budget.refusal(plan.columns.len()), Some("narrow `columns`, or leave it out of `reference`"));
            return Ok(None);
        }
        budget.take(rows.len(), plan.columns.len());
        let mut content = Content {
            schema: self.relation.schema.clone(),
            name: self.relation.name.clone(),
            columns: plan.columns.iter().filter_map(|at| self.columns.get(*at)).map(|column| column.name.clone()).collect(),
            key: plan.key,
            rows: Vec::with_capacity(rows.len()),
        };
        rows::columns!(RowAt { hashes, cells });
        for (row, at) in rows::each::<RowAt>(&rows)? {
            let cells = |index| -> Read<Vec<Option<Box<str>>>> {
                let cells = rows::get::<Vec<Option<rows::Text>>>(row, index)?.unwrap_or_default();
                Ok(cells.into_iter().map(|cell| cell.map(|text| text.0)).collect())
            };
            let values = if reader.request.values { Some(cells(at.cells)?) } else { None };
            content.rows.push(Row { hashes: cells(at.hashes)?, values });
        }
        Ok(Some(content))
    }

    /// Its rows as hashes, and as texts where they were asked for. Names are quoted by `ident`; nothing else in the text varies.
    fn select(&self, plan: &Plan, table: &str, bound: usize, values: bool) -> Filled {
        let each = |write: &dyn Fn(usize, &str) -> String| {
            let columns = plan.columns.iter().filter_map(|at| self.columns.get(*at)).enumerate();
            columns.map(|(at, column)| write(at, &ident::quoted(&column.name))).collect::<Vec<_>>().join(", ")
        };
        let printed = |at: usize| sql::printed(&format!("s.c{at}"));
        let hashes = each(&|at, _| {
            let text = printed(at);
            format!("pg_catalog.substr(pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to({text}, 'UTF8')), 'hex'), 1, 32)")
        });
        let cells = if values { each(&|at, _| printed(at)) } else { String::new() };
        let columns = each(&|at, name| format!("t.{name} as c{at}"));
        statements::REFERENCE_ROWS.fill(&[&hashes, &cells, &columns, table, &bound.to_string()])
    }
}

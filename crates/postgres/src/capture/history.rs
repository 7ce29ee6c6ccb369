//! Kinds `history-table` and `migration`: what migration tools recorded. Their tables are known by their columns; rows
//! are read through a bound, many tables a statement, and a table that is locked, hidden or filtered is a gap.
//!
//! Neighbours: `core::history` (the tools, what a row means and what becomes of it), `batch` (the savepoint around each statement).

use super::names::{Names, Relation};
use super::reader::{Address, Found, Read, Reader};
use super::statements::{self, Filled};
use super::{batch, rows, sql};
use crate::ident;
use evenkeel_core::history::{self, Cells, Family, MOST_ROWS, Record, Shape, Table};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Reason;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};

/// Tables a statement, and so locks held at a time.
const SIZE: usize = 100;

/// A column of a table that may be a history table.
struct Column {
    name: String,
    family: Option<Family>,
    quoted: String,
    readable: bool,
}

/// A table that may be a history table. `schema`, `table` (with its schema) and `role` are quoted.
struct Candidate<'a> {
    relation: &'a Relation,
    columns: Vec<Column>,
    usable: bool,
    filtered: bool,
    schema: String,
    table: String,
    role: String,
}

/// A table that is one.
struct Ledger<'a> {
    shape: &'static Shape,
    candidate: Candidate<'a>,
}

/// Reads them all.
pub async fn read(reader: &Reader<'_>, names: &Names) -> Read<Vec<Found>> {
    let mut ledgers = Vec::new();
    let own = own(reader, names);
    for candidate in candidates(reader, names, own).await? {
        let columns: Vec<_> = candidate.columns.iter().map(|column| (column.name.clone(), column.family)).collect();
        if own.is_some_and(|own| own.oid == candidate.relation.oid) {
            match history::recognise_named(&candidate.relation.name, &columns) {
                Some(shape) => ledgers.push(Ledger { shape, candidate }),
                None => reader.gap(history::not_a_record(&candidate.shown(names), "none of its columns names a migration")),
            }
        } else if let Some(shape) = history::recognise(&candidate.relation.name, &columns) {
            ledgers.push(Ledger { shape, candidate });
        } else if let Some(gap) = history::unlike(&candidate.relation.name, &candidate.shown(names)) {
            reader.gap(gap);
        }
    }
    ledgers.sort_by(|a, b| {
        (&a.candidate.relation.schema, &a.candidate.relation.name).cmp(&(&b.candidate.relation.schema, &b.candidate.relation.name))
    });
    let readable: Vec<&Ledger<'_>> = ledgers.iter().filter(|ledger| ledger.may_be_read(reader, names)).collect();
    let mut records = rows_of(reader, names, readable).await?;
    let found = objects(&ledgers, names, &mut records);
    for kind in [Kind::HistoryTable, Kind::Migration] {
        reader.tell(kind, found.iter().filter(|found| found.object.kind == kind).count());
    }
    Ok(found)
}

rows::columns!(At { relation, name, lowered, family, readable, usable, filtered, role });

/// The table that the configuration names. Where there is none of that name, that is a gap.
fn own<'a>(reader: &Reader<'_>, names: &'a Names) -> Option<&'a Relation> {
    let text = reader.request.history.as_deref()?;
    let own = history::named(text).and_then(|(schema, name)| {
        names
            .relations
            .values()
            .find(|relation| matches!(relation.kind, 'r' | 'p') && *relation.schema == *schema && *relation.name == *name)
    });
    if own.is_none() {
        reader.gap(history::not_a_record(text, "there is no such table"));
    }
    own
}

async fn candidates<'a>(reader: &Reader<'_>, names: &'a Names, own: Option<&Relation>) -> Read<Vec<Candidate<'a>>> {
    let named: Vec<u32> = names
        .relations
        .values()
        .filter(|relation| matches!(relation.kind, 'r' | 'p') && history::shapes().any(|shape| shape.is_named(&relation.name)))
        .chain(own)
        .map(|relation| relation.oid)
        .collect();
    let spellings = |name: &str| [name.to_owned(), name.to_lowercase(), name.to_uppercase()];
    let anchors: Vec<String> = history::shapes().filter_map(|shape| shape.anchor).flat_map(spellings).collect();
    let parameters: [(&(dyn ToSql + Sync), Type); 2] = [(&named, Type::OID_ARRAY), (&anchors, Type::NAME_ARRAY)];
    let rows = reader.rows_with(statements::HISTORY, &parameters, "pg_attribute").await?;
    let mut found: BTreeMap<u32, Candidate<'a>> = BTreeMap::new();
    for (row, at) in rows::each::<At>(&rows)? {
        let Some(relation) = names.relations.get(&rows::oid(row, at.relation)?) else { continue };
        let column = Column {
            name: rows::text(row, at.lowered)?.into(),
            family: family(&rows::text(row, at.family)?),
            readable: rows::flag(row, at.readable)?,
            quoted: ident::quoted(&rows::text(row, at.name)?),
        };
        if let Some(candidate) = found.get_mut(&relation.oid) {
            candidate.columns.push(column);
            continue;
        }
        let candidate = Candidate {
            relation,
            columns: vec![column],
            usable: rows::flag(row, at.usable)?,
            filtered: rows::flag(row, at.filtered)?,
            schema: ident::quoted(&relation.schema),
            table: ident::qualified(&relation.schema, &relation.name),
            role: ident::quoted(&rows::text(row, at.role)?),
        };
        found.insert(relation.oid, candidate);
    }
    Ok(found.into_values().collect())
}

/// `pg_type.typcategory`, as far as history tables go.
fn family(category: &str) -> Option<Family> {
    match category {
        "S" => Some(Family::Text),
        "N" => Some(Family::Number),
        "B" => Some(Family::Flag),
        "D" => Some(Family::Time),
        "b" => Some(Family::Bytes),
        "A" | "U" => Some(Family::Compound),
        _ => None,
    }
}

impl Candidate<'_> {
    fn shown(&self, names: &Names) -> String {
        names.relation(self.relation.oid)
    }

    fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

impl Ledger<'_> {
    /// Notes a gap about what its rows would have told.
    fn gap(&self, reader: &Reader<'_>, names: &Names, reason: Reason, detail: &str, cure: Option<&str>) {
        self.shape.unread(&self.candidate.shown(names), reason, detail, cure).into_iter().for_each(|gap| reader.gap(gap));
    }

    /// Whether its rows may be read, all of them; a gap says why not.
    fn may_be_read(&self, reader: &Reader<'_>, names: &Names) -> bool {
        let Candidate { usable, filtered, schema, table, role, .. } = &self.candidate;
        let readable = self.shape.columns.iter().all(|column| self.candidate.column(column.name).is_some_and(|column| column.readable));
        if !usable || !readable {
            let usage = if *usable { String::new() } else { format!("GRANT USAGE ON SCHEMA {schema} TO {role}; ") };
            let cure = format!("{usage}GRANT SELECT ON {table} TO {role};");
            self.gap(reader, names, Reason::Privilege, "the role may not read it", Some(&cure));
            return false;
        }
        if *filtered {
            let detail = "row-level security may hide some of its rows from the role";
            self.gap(reader, names, Reason::Privilege, detail, Some(&format!("ALTER ROLE {role} BYPASSRLS;")));
            return false;
        }
        true
    }

    /// Its rows as number, rank, cells. Names are quoted by `ident`; nothing else in the text varies.
    fn select(&self, number: usize) -> Filled {
        let only = if self.candidate.relation.kind == 'r' { "only " } else { "" };
        let (mut columns, mut cells) = (String::new(), String::new());
        for (at, column) in self.shape.columns.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            let name = self.candidate.column(column.name).map_or("null", |column| &column.quoted);
            let _ = write!(columns, "{comma}t.{name} as c{at}");
            let _ = match column.family {
                Family::Bytes => write!(cells, "{comma}encode(s.c{at}, 'hex')"),
                Family::Flag => write!(cells, "{comma}case when s.c{at} then 'true' when not s.c{at} then 'false' end"),
                Family::Compound => {
                    write!(cells, "{comma}encode(sha256(convert_to({}, 'UTF8')), 'hex')", sql::printed(&format!("s.c{at}")))
                }
                _ => write!(cells, "{comma}{}", sql::printed(&format!("s.c{at}"))),
            };
        }
        // When and by whom stand behind them, where the table has them and the role may read them.
        for (at, moment) in [self.shape.at, self.shape.by].into_iter().enumerate() {
            let column = moment.and_then(|name| self.candidate.column(name)).filter(|column| column.readable);
            let number = self.shape.columns.len() + at;
            if let Some(column) = column {
                let _ = write!(columns, ", t.{} as c{number}", column.quoted);
                let _ = write!(cells, ", {}", sql::printed(&format!("s.c{number}")));
            } else {
                let _ = write!(cells, ", null::text");
            }
        }
        let place = |name: &&str| self.shape.columns.iter().position(|column| column.name == *name);
        let order: Vec<String> = self.shape.order.iter().filter_map(place).map(|at| format!("s.c{at}")).collect();
        let (number, bound, table) = (number.to_string(), (MOST_ROWS + 1).to_string(), format!("{only}{}", self.candidate.table));
        statements::HISTORY_ROWS.fill(&[&number, &order.join(", "), &cells, &columns, &table, &bound])
    }
}

type Records = HashMap<u32, Vec<Record>>;

/// The records of each table that could be read, by its number.
async fn rows_of(reader: &Reader<'_>, names: &Names, ledgers: Vec<&Ledger<'_>>) -> Read<Records> {
    let mut records = Records::new();
    let mut pending: Vec<Vec<&Ledger<'_>>> = ledgers.chunks(SIZE).map(<[_]>::to_vec).collect();
    let mut held: Option<HashSet<u32>> = None;
    while let Some(mut batch) = pending.pop() {
        if let Some(held) = &held {
            // The full wait was spent once; what is still held is said at once.
            batch.retain(|ledger| {
                let free = !held.contains(&ledger.candidate.relation.oid);
                if !free {
                    ledger.gap(reader, names, Reason::Locked, LOCKED, Some(WAIT));
                }
                free
            });
        }
        if batch.is_empty() {
            continue;
        }
        let statement = Filled::union(batch.iter().enumerate().map(|(number, ledger)| ledger.select(number)).collect());
        let error = match batch::patient(reader, &statement, &[], true).await {
            Ok(rows) => {
                sort_in(reader, names, &batch, &rows, &mut records)?;
                continue;
            }
            Err(error) if is_about_tables(&error) => error,
            Err(error) => return Err(reader.fault(&error, "the migration tools' tables")),
        };
        let locked = batch::is_wait(&error);
        if let [ledger] = batch.as_slice() {
            if locked {
                ledger.gap(reader, names, Reason::Locked, LOCKED, Some(WAIT));
            } else {
                let words = error.as_db_error().map_or_else(String::new, |error| error.message().to_owned());
                ledger.gap(reader, names, Reason::Failed, &format!("the server could not read it: {words}"), None);
            }
        } else if locked && held.is_none() {
            held = Some(batch::locked(reader).await?);
            pending.push(batch);
        } else {
            let (left, right) = batch.split_at(batch.len() / 2);
            pending.push(right.to_vec());
            pending.push(left.to_vec());
        }
    }
    Ok(records)
}

/// Whether the rest of a batch may still be read: the server answered, and neither it nor a standby's replay ended the
/// transaction.
fn is_about_tables(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| {
        let ends =
            [&SqlState::T_R_SERIALIZATION_FAILURE, &SqlState::ADMIN_SHUTDOWN, &SqlState::CRASH_SHUTDOWN, &SqlState::DATABASE_DROPPED];
        !ends.contains(&code)
    })
}

const LOCKED: &str = "another session holds it in ACCESS EXCLUSIVE mode, as a running migration does: a deploy may be in flight";
const WAIT: &str = "run it again when no deploy is running";

/// A row's rank in the tool's order, and its cells.
type Ranked = (i64, Vec<Option<Box<str>>>);

rows::columns!(RowAt { number, rank, cells });

/// Turns the rows of a statement into records of their tables.
fn sort_in(reader: &Reader<'_>, names: &Names, batch: &[&Ledger<'_>], rows: &[tokio_postgres::Row], records: &mut Records) -> Read<()> {
    let mut found: Vec<Vec<Ranked>> = batch.iter().map(|_| Vec::new()).collect();
    for (row, at) in rows::each::<RowAt>(rows)? {
        let number = usize::try_from(rows::get::<i32>(row, at.number)?.unwrap_or(0)).unwrap_or(0);
        let cells = rows::get::<Vec<Option<rows::Text>>>(row, at.cells)?.unwrap_or_default();
        if let Some(found) = found.get_mut(number) {
            found.push((rows::get::<i64>(row, at.rank)?.unwrap_or(0), cells.into_iter().map(|cell| cell.map(|text| text.0)).collect()));
        }
    }
    for (ledger, mut rows) in batch.iter().zip(found) {
        if rows.len() > MOST_ROWS {
            ledger.shape.too_long(&ledger.candidate.shown(names)).into_iter().for_each(|gap| reader.gap(gap));
            continue;
        }
        rows.sort_unstable_by_key(|(rank, _)| *rank);
        let read = rows.iter().filter_map(|(_, values)| ledger.shape.record(&Cells { columns: ledger.shape.columns, values }));
        records.insert(ledger.candidate.relation.oid, read.collect());
    }
    Ok(())
}

fn objects(ledgers: &[Ledger<'_>], names: &Names, records: &mut Records) -> Vec<Found> {
    let table = |ledger: &Ledger<'_>| {
        let Relation { oid, schema, name, .. } = ledger.candidate.relation;
        Table { shape: ledger.shape, schema: schema.clone(), name: name.clone(), records: records.remove(oid).unwrap_or_default() }
    };
    let is_there = |schema: &str, wanted: &str| {
        names.relations.values().any(|relation| *relation.schema == *schema && relation.name.eq_ignore_ascii_case(wanted))
    };
    let found = history::objects(ledgers.iter().map(table).collect(), is_there);
    // Comments and owners are the table's, in the dimension schema.
    found.into_iter().map(|object| Found { object, address: Address::default() }).collect()
}

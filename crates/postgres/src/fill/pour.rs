//! Rows of an environment, copied into the tables of a throwaway server: read only, as of one moment, table after table, with no more of
//! them in memory than what is under way. What is told of them holds no value. Neighbour: `mod`, which makes rows up.

use super::{Reference, Table, UNBOUND, advance, asked, constraints, must, tables};
use crate::connect::{Fault, Session, Target, connect};
use crate::ident::{Ident, literal};
use bytes::Bytes;
use evenkeel_core::connection::Blank;
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::port::{Event, Filled, Limits, Watch};
use evenkeel_runtime::{Blocking, Driver, interruptible};
use futures_util::{SinkExt, TryStreamExt};
use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use tokio_postgres::error::Severity;

/// How values are written by one and read by the other, whatever either is set to: as pg_dump has it.
const FORM: &[(&str, &str)] = &[("DateStyle", "ISO"), ("IntervalStyle", "postgres"), ("extra_float_digits", "3"), ("bytea_output", "hex")];
/// What became of a table: its rows, or why there are none.
type Copied = Result<u64, String>;

/// Copies what is in the tables that are there, by a throwaway server's URL for whoever writes rows ([`Scratch::rows_url`]): triggers of users
/// do not run for rows that were there, nor are references looked at one by one.
///
/// [`Scratch::rows_url`]: evenkeel_core::port::Scratch::rows_url
///
/// # Errors
/// One of both cannot be reached, or goes away; the end was asked for.
pub fn pour(from: &Target, into: &str, limits: &Limits, watch: &Watch<'_>) -> Result<Vec<Filled>, Box<Trouble>> {
    let here = Target::parse(into, &Blank).map_err(words)?;
    let mut own = Blocking::open(async || connect(&here).await.map_err(words), |trouble| trouble)?;
    for line in UNBOUND {
        must(&mut own, line)?;
    }
    let mut tables = tables(&mut own)?;
    let references = constraints(&mut own, &mut tables)?;
    let work = async { copied(from, &here, &tables, (limits, watch)).await };
    let copied = Driver::start()?.run(interruptible(watch.stop, async {}, work))?;
    let left = orphans(&mut own, (&tables, &references), &copied)?;
    for (oid, table) in &tables {
        if copied.get(oid).is_some_and(|copied| copied.as_ref().is_ok_and(|rows| *rows > 0)) {
            advance(&mut own, table)?;
        }
    }
    let told = tables.iter().filter_map(|(oid, table)| {
        let gone = left.get(oid).copied().unwrap_or_default();
        let (rows, mut why) = match copied.get(oid)? {
            Ok(rows) => (rows.saturating_sub(gone), None),
            Err(why) => (0, Some(why.clone())),
        };
        if gone > 0 {
            why = Some(format!("{gone} rows were left out: what they refer to is not there"));
        }
        Some(Filled { table: table.shown(), rows, why })
    });
    Ok(told.collect())
}

async fn copied(
    from: &Target,
    here: &Target,
    tables: &BTreeMap<u64, Table>,
    (limits, watch): (&Limits, &Watch<'_>),
) -> Result<BTreeMap<u64, Copied>, Box<Trouble>> {
    let doing = "copying rows";
    let there = connect(from).await.map_err(words)?;
    let own = connect(here).await.map_err(words)?;
    let form = |how: &str| FORM.iter().map(|(name, value)| format!("{how} {name} = '{value}';")).collect::<String>();
    own.client.batch_execute(&(UNBOUND.join(";") + ";" + &form("SET"))).await.map_err(|error| words(own.fault(&error, doing)))?;
    there.begin_read_only(limits, None).await.map_err(words)?;
    // Rows that a policy hides are no reason for fewer of them: then the table is told.
    let opening = format!("SET LOCAL row_security = off;{NO_VIEWS};{}", form("SET LOCAL"));
    there.client.batch_execute(&opening).await.map_err(|error| words(there.fault(&error, doing)))?;
    let mut done = BTreeMap::new();
    for (oid, table) in tables {
        watch.stop.check()?;
        watch.see(Event::Step { what: &format!("rows of {}", table.shown()) });
        let mark = async |sql: &str| there.client.batch_execute(sql).await.map_err(|error| words(there.fault(&error, doing)));
        mark("SAVEPOINT evenkeel_rows").await?;
        let copied = one(&there, &own, table).await?;
        mark(if copied.is_ok() { "RELEASE SAVEPOINT evenkeel_rows" } else { "ROLLBACK TO SAVEPOINT evenkeel_rows" }).await?;
        done.insert(*oid, copied);
    }
    there.end().await.map_err(words)?;
    Ok(done)
}

/// All of a table, as it comes.
async fn one(there: &Session, own: &Session, table: &Table) -> Result<Copied, Box<Trouble>> {
    let columns: Vec<String> = table.columns.values().map(|column| Ident(&column.name).to_string()).collect();
    let (columns, name) = (columns.join(", "), table.sql());
    // Of a table that others inherit, its own rows: theirs come with them. A view in a table's place would have its owner's code run as
    // whoever reads it: it is no table, and the server says so where a table is named; in place of a partitioned one we look.
    let query = if table.is_partitioned {
        let looks = format!(
            "LOCK TABLE {name} IN ACCESS SHARE MODE; SELECT 1 OPERATOR(pg_catalog./) pg_catalog.count(*) FROM pg_catalog.pg_class \
             WHERE oid OPERATOR(pg_catalog.=) {}::pg_catalog.regclass AND relkind OPERATOR(pg_catalog.=) 'p'",
            literal(&name)
        );
        if let Err(error) = there.client.batch_execute(&looks).await {
            return refused(there, &error, UNREAD);
        }
        format!("COPY (SELECT {columns} FROM {name}) TO STDOUT")
    } else {
        format!("COPY {name} ({columns}) TO STDOUT")
    };
    let stream = match there.client.copy_out(&query).await {
        Ok(stream) => stream,
        Err(error) => return refused(there, &error, UNREAD),
    };
    let sink = match own.client.copy_in::<_, Bytes>(&format!("COPY {name} ({columns}) FROM STDIN")).await {
        Ok(sink) => sink,
        Err(error) => return refused(own, &error, UNFIT),
    };
    let (mut stream, mut sink) = (pin!(stream), pin!(sink));
    loop {
        match stream.try_next().await {
            Ok(Some(rows)) => {
                if sink.send(rows).await.is_err() {
                    break;
                }
            }
            Ok(None) => break,
            // What was sent by then is given up with the sink.
            Err(error) => return refused(there, &error, UNREAD),
        }
    }
    match sink.finish().await {
        Ok(rows) => Ok(Ok(rows)),
        Err(error) => refused(own, &error, UNFIT),
    }
}

/// Nothing is read through views, and of no other server, where this one can say so.
/// <https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-RESTRICT-NONSYSTEM-RELATION-KIND>
const NO_VIEWS: &str = "SELECT pg_catalog.set_config(name, 'view, foreign-table', true) FROM pg_catalog.pg_settings \
                        WHERE name OPERATOR(pg_catalog.=) 'restrict_nonsystem_relation_kind'";

const UNREAD: &str = "its rows could not be read there";
const UNFIT: &str = "its rows do not fit here";

/// Why a table stays empty, without the server's words, which may hold a value; or that a server is gone.
fn refused(session: &Session, error: &tokio_postgres::Error, what: &str) -> Result<Copied, Box<Trouble>> {
    let is_over = |said: &&tokio_postgres::error::DbError| matches!(said.parsed_severity(), Some(Severity::Fatal | Severity::Panic));
    match error.as_db_error().filter(|said| !is_over(said)) {
        Some(said) => {
            let code = said.code().code();
            let why = match code {
                "42501" => ": the role may not",
                "42P01" | "3F000" => ": there is no such table",
                "42809" | "22012" => ": it is no such table there",
                "42703" => ": one of its columns is not there",
                "57014" => ": it took too long (--statement-timeout)",
                "55P03" => ": somebody else has locked it (--lock-timeout)",
                _ => "",
            };
            Ok(Err(format!("{what}{why} ({code})")))
        }
        None => Err(words(session.fault(error, "copying rows"))),
    }
}

/// Takes rows away that refer to one that did not come along; how many, by table.
fn orphans(
    session: &mut Blocking<Session>,
    (tables, references): (&BTreeMap<u64, Table>, &[Reference]),
    copied: &BTreeMap<u64, Copied>,
) -> Result<BTreeMap<u64, u64>, Box<Trouble>> {
    let mut left: BTreeMap<u64, u64> = BTreeMap::new();
    let mut thinned: BTreeSet<u64> = copied.iter().filter(|(_, copied)| copied.is_err()).map(|(oid, _)| *oid).collect();
    // Every key that vouches for its rows once; then again what lost something.
    let mut open: Vec<&Reference> = references.iter().filter(|one| one.vouches || thinned.contains(&one.other)).collect();
    while let Some(one) = open.pop() {
        let (Some(table), Some(other)) = (tables.get(&one.table), tables.get(&one.other)) else { continue };
        let name = |of: &Table, at: &u64| of.columns.get(at).map(|column| Ident(&column.name).to_string());
        let pairs = one.columns.iter().zip(&one.others).map(|(at, other_at)| Some((name(table, at)?, name(other, other_at)?)));
        let Some(pairs) = pairs.collect::<Option<Vec<_>>>() else { continue };
        let is_set: Vec<String> = pairs.iter().map(|(own, _)| format!("c.{own} IS NOT NULL")).collect();
        let meets: Vec<String> = pairs.iter().map(|(own, theirs)| format!("p.{theirs} = c.{own}")).collect();
        let sql = format!(
            "WITH gone AS (DELETE FROM {} AS c WHERE {} AND NOT EXISTS (SELECT FROM {} AS p WHERE {}) RETURNING 1) SELECT count(*)::text FROM gone",
            table.sql(),
            is_set.join(" AND "),
            other.sql(),
            meets.join(" AND ")
        );
        let rows = asked(session, &sql)?;
        let gone: u64 = rows.first().and_then(|row| row.first()?.as_ref()?.parse().ok()).unwrap_or_default();
        if gone > 0 {
            *left.entry(one.table).or_default() += gone;
            thinned.insert(one.table);
            open.extend(references.iter().filter(|next| next.other == one.table));
        }
    }
    Ok(left)
}

fn words(fault: Fault) -> Box<Trouble> {
    Box::new(fault.trouble())
}

//! Rows of an environment, copied into the tables of a throwaway server: read only, as of one moment, table after table, with no more of
//! them in memory than what is under way. What is told of them holds no value.
//!
//! Lives here: the order of things, and the reading. Neighbours: `there` (tables, columns, keys), `put` (writing), `aside` (triggers, which
//! have no part in this).

mod aside;
mod put;
mod there;

use crate::connect::{Fault, Session, Target, connect};
use crate::ident::{Ident, Literal};
use evenkeel_core::connection::Blank;
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::port::{Event, Filled, Limits, Watch};
use evenkeel_runtime::{Driver, interruptible};
use put::Writer;
use std::collections::{BTreeMap, BTreeSet};
use there::{Key, Sort, Table};

const DOING: &str = "copying rows";
/// What became of a table: its rows, and what is to be said of them.
type Copied = Result<(u64, Option<String>), String>;

/// Engines that hold their rows themselves; what others read may be anywhere.
const OWN: [&str; 9] = ["innodb", "myisam", "aria", "memory", "archive", "csv", "rocksdb", "tokudb", "ndbcluster"];
/// Those of them whose rows can be read as they were when a transaction began.
/// <https://dev.mysql.com/doc/refman/en/commit.html>
const AS_OF_THEN: [&str; 3] = ["innodb", "rocksdb", "tokudb"];

/// Copies what is in the tables that are there, by a throwaway server's URL for whoever may do everything: triggers of users do not run
/// for rows that were there, nor are references looked at one by one.
///
/// # Errors
/// One of both cannot be reached, or goes away; the end was asked for.
pub fn pour(from: &Target, into: &str, limits: &Limits, watch: &Watch<'_>) -> Result<Vec<Filled>, Box<Trouble>> {
    if from.describe().database.value.is_empty() {
        let trouble = Trouble::new(Class::Usage, "rows are copied of one database").expected("a URL that names it");
        return Err(Box::new(trouble.found(from.describe().display.clone()).fix("mysql://USER@HOST/DATABASE")));
    }
    let here = Target::parse(into, &Blank).map_err(words)?;
    let work = async { poured(from, &here, limits, watch).await };
    Driver::start()?.run(interruptible(watch.stop, async {}, work))
}

async fn poured(from: &Target, here: &Target, limits: &Limits, watch: &Watch<'_>) -> Result<Vec<Filled>, Box<Trouble>> {
    let mut own = Writer::open(here).await.map_err(words)?;
    let tables = there::tables(own.session()).await.map_err(words)?;
    let keys = there::keys(own.session()).await.map_err(words)?;
    let (aside, kept) = aside::put_aside(own.session()).await?;
    let copied = copied(from, (&mut own, &tables, &kept), limits, watch).await;
    let copied = match copied {
        Ok(copied) => {
            let left = orphans(own.session(), &keys, &copied).await.map_err(words)?;
            Ok((copied, left))
        }
        Err(trouble) => Err(trouble),
    };
    aside.bring_back(own.session()).await?;
    own.close().await.map_err(words)?;
    let (copied, left) = copied?;
    let told = copied.into_iter().map(|(table, copied)| {
        let gone = left.get(&table).copied().unwrap_or_default();
        let (rows, mut why) = match copied {
            Ok((rows, said)) => (rows.saturating_sub(gone), said),
            Err(why) => (0, Some(why)),
        };
        if gone > 0 {
            why = Some(format!("{gone} rows were left out: what they refer to is not there"));
        }
        Filled { table, rows, why }
    });
    Ok(told.collect())
}

async fn copied(
    from: &Target,
    (own, tables, kept): (&mut Writer, &[Table], &BTreeSet<String>),
    limits: &Limits,
    watch: &Watch<'_>,
) -> Result<BTreeMap<String, Copied>, Box<Trouble>> {
    let mut there = connect(from).await.map_err(words)?;
    there.begin_read_only(limits).await.map_err(words)?;
    let mut done = BTreeMap::new();
    for table in tables {
        watch.stop.check()?;
        if table.sort == Sort::Sequence {
            sequence(&mut there, own, &table.name).await.map_err(words)?;
            continue;
        }
        watch.see(Event::Step { what: &format!("rows of {}", table.name) });
        let copied = if kept.contains(&table.name) {
            Err("its triggers cannot be put aside: their text is in another character set".to_owned())
        } else {
            // What is locked for a table is given back with it; the moment as of which is read stays.
            there.run("SAVEPOINT evenkeel_rows", DOING).await.map_err(words)?;
            let copied = one(&mut there, own, table).await.map_err(words)?;
            there.run("ROLLBACK TO SAVEPOINT evenkeel_rows", DOING).await.map_err(words)?;
            copied
        };
        done.insert(table.name.clone(), copied);
    }
    there.end().await.map_err(words)?;
    there.close().await;
    Ok(done)
}

/// All rows of a table, as they come.
async fn one(there: &mut Session, own: &mut Writer, table: &Table) -> Result<Copied, Fault> {
    if let Some(strange) = table.columns.iter().find(|column| column.form.is_none()) {
        return Ok(Err(format!("how values of type {} are written is not known", strange.of_type)));
    }
    if table.columns.is_empty() {
        return Ok(Err("it has no column that anybody writes".to_owned()));
    }
    // A view in a table's place would have its owner's code run as whoever reads it. What is a table is locked by the first look, which reads
    // no row: from then on it is none else, so that is asked again.
    if let Some(why) = strange(there, &table.name).await? {
        return Ok(Err(why));
    }
    let columns: Vec<String> = table.columns.iter().map(there::Column::read).collect();
    let query = format!("SELECT {} FROM {}", columns.join(", "), Ident(&table.name));
    if let Err(fault) = there.rows(&format!("{query} LIMIT 0"), DOING).await {
        return unread(fault);
    }
    if let Some(why) = strange(there, &table.name).await? {
        return Ok(Err(why));
    }
    let engine = engine(there, &table.name).await?.unwrap_or_default();
    if let Err(why) = own.begin(table).await? {
        return Ok(Err(why));
    }
    let mut refused = None;
    let read = there
        .flow(&query, DOING, async |row| {
            match own.put(&row).await {
                Ok(Ok(())) => {}
                Ok(Err(why)) => refused = Some(Ok(why)),
                Err(fault) => refused = Some(Err(fault)),
            }
            refused.is_none()
        })
        .await;
    match (refused, read) {
        (Some(Err(fault)), _) => Err(fault),
        (Some(Ok(why)), _) => {
            own.give_up(table).await?;
            Ok(Err(why))
        }
        (None, Err(fault)) => {
            own.give_up(table).await?;
            unread(fault)
        }
        (None, Ok(())) => Ok(match own.end(table).await? {
            Ok(rows) => Ok((rows, said(table, &engine))),
            Err(why) => Err(why),
        }),
    }
}

/// What is to be known of rows that came.
fn said(table: &Table, engine: &str) -> Option<String> {
    let mut said = Vec::new();
    if !AS_OF_THEN.contains(&engine.to_ascii_lowercase().as_str()) {
        said.push(format!("its rows are those of when they were read, and not of the moment of all others: {engine} keeps none of before"));
    }
    if table.sort == Sort::Versioned {
        said.push("rows that held earlier, which it keeps too, were not copied".to_owned());
    }
    (!said.is_empty()).then(|| said.join("; "))
}

async fn engine(there: &mut Session, table: &str) -> Result<Option<String>, Fault> {
    let sql = format!(
        "SELECT engine FROM information_schema.tables WHERE table_schema = database() AND table_name = {} \
         AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')",
        Literal(table)
    );
    let rows = there.rows(&sql, DOING).await?;
    let engine = rows.first().map(|row| row.text(0).map(Option::unwrap_or_default).map(str::into_string)).transpose();
    engine.map_err(|wrong| there.wrong(&wrong, DOING))
}

/// Why it is not read there: it is not there, is no table, or one whose rows are elsewhere.
async fn strange(there: &mut Session, table: &str) -> Result<Option<String>, Fault> {
    Ok(match engine(there, table).await? {
        None => Some(format!("{UNREAD}: there is no such table, or it may not be seen")),
        Some(engine) if !OWN.contains(&engine.to_ascii_lowercase().as_str()) => {
            Some(format!("{UNREAD}: its engine there, {engine}, may have them from elsewhere"))
        }
        Some(_) => None,
    })
}

const UNREAD: &str = "its rows could not be read there";
const UNFIT: &str = "its rows do not fit here";

/// Why a table stays empty, without the server's words, which may hold a value; or that a server is gone.
fn unread(fault: Fault) -> Result<Copied, Fault> {
    let why = match &fault {
        Fault::LockTimeout { .. } => ": somebody else has locked it (--lock-timeout)".to_owned(),
        Fault::StatementTimeout { .. } | Fault::Cancelled { .. } => ": it took too long (--statement-timeout)".to_owned(),
        Fault::Server { code, .. } => match code {
            1142 | 1143 => format!(": the account may not ({code})"),
            1146 => format!(": there is no such table ({code})"),
            1054 => format!(": one of its columns is not there ({code})"),
            1412 => format!(": it was changed meanwhile ({code})"),
            code => format!(" ({code})"),
        },
        _ => return Err(fault),
    };
    Ok(Err(format!("{UNREAD}{why}")))
}

/// Numbers that a sequence would give next, so that what comes of it does not come twice.
async fn sequence(there: &mut Session, own: &mut Writer, name: &str) -> Result<(), Fault> {
    let sql = format!(
        "SELECT 1 FROM information_schema.tables WHERE table_schema = database() AND table_name = {} AND table_type = 'SEQUENCE'",
        Literal(name)
    );
    if there.rows(&sql, DOING).await?.is_empty() {
        return Ok(());
    }
    let next = match there.rows(&format!("SELECT next_not_cached_value FROM {}", Ident(name)), DOING).await {
        Ok(rows) => rows.first().and_then(|row| row.integer(0).ok().flatten()),
        Err(Fault::Server { .. } | Fault::LockTimeout { .. } | Fault::StatementTimeout { .. }) => None,
        Err(fault) => return Err(fault),
    };
    match next {
        Some(next) => own.session().run(&format!("DO SETVAL({}, {next}, 0)", Ident(name)), DOING).await,
        None => Ok(()),
    }
}

/// Takes rows away that refer to one that did not come along; how many, by table. No key of such servers vouches for its rows: those that
/// refer to nothing where they come from are as they are there.
async fn orphans(own: &mut Session, keys: &[Key], copied: &BTreeMap<String, Copied>) -> Result<BTreeMap<String, u64>, Fault> {
    let mut left: BTreeMap<String, u64> = BTreeMap::new();
    let is_empty = |name: &String| copied.get(name).is_some_and(Result::is_err);
    let mut open: Vec<&Key> = keys.iter().filter(|key| is_empty(&key.other) && !is_empty(&key.table)).collect();
    while let Some(key) = open.pop() {
        let meets: Vec<String> = key.pairs.iter().map(|(own, theirs)| format!("p.{} = c.{}", Ident(theirs), Ident(own))).collect();
        let is_set: Vec<String> = key.pairs.iter().map(|(own, _)| format!("c.{} IS NOT NULL", Ident(own))).collect();
        let Some((_, first)) = key.pairs.first() else { continue };
        let sql = format!(
            "DELETE c FROM {} AS c LEFT JOIN {} AS p ON {} WHERE {} AND p.{} IS NULL",
            Ident(&key.table),
            Ident(&key.other),
            meets.join(" AND "),
            is_set.join(" AND "),
            Ident(first)
        );
        own.run(&sql, DOING).await?;
        let gone = own.rows("SELECT row_count()", DOING).await?;
        let gone = gone.first().and_then(|row| row.unsigned(0).ok().flatten()).unwrap_or_default();
        if gone > 0 {
            *left.entry(key.table.clone()).or_default() += gone;
            open.extend(keys.iter().filter(|next| next.other == key.table));
        }
    }
    Ok(left)
}

fn words(fault: Fault) -> Box<Trouble> {
    Box::new(fault.trouble())
}

//! Looking at a session of a server: the locks it holds, files and counters of its relations, what a second session sees of it.
//!
//! Every question reads catalogs, counters and the lock table, and nothing of a user's relation: a size, or a printed definition, would
//! wait behind the lock that is looked at. Does not live here: what follows from the answers (`core/trace`).

mod log;

use crate::ident::quoted;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Identity, display, shown_parts};
use evenkeel_core::port::{Answer, LogReader, Observer, Session};
use evenkeel_core::statement::{Nature, Statement};
use evenkeel_core::trace::{Blocks, Bounds, Files, Held, Look, Map, On, Relation, Sample, Sort, Waiter, has_word};
use std::collections::BTreeMap;
use std::time::Duration;

/// The server's numbers below this are its own.
/// <https://www.postgresql.org/docs/18/system-catalog-initial-data.html#SYSTEM-CATALOG-OID-ASSIGNMENT>
const FIRST_OF_USERS: u64 = 16_384;

/// PostgreSQL's.
#[derive(Debug, Clone, Copy)]
pub struct PostgresObserver;

type Row = Vec<Option<String>>;

impl Observer for PostgresObserver {
    fn map(&self, session: &mut dyn Session) -> Result<Map, Box<Trouble>> {
        let rows = asked(session, include_str!("map.sql"))?;
        Ok(rows.iter().filter_map(|row| Some((number(row, 0)?, relation(row.get(1..)?)?))).collect())
    }

    fn look(&self, session: &mut dyn Session) -> Result<Look, Box<Trouble>> {
        let mut look = Look::default();
        for row in &asked(session, include_str!("look.sql"))? {
            if text(row, 0) == "log" {
                look.log = number(row, 2).unwrap_or_default();
                look.rewritten = text(row, 1).split_whitespace().filter_map(rewritten).collect();
                continue;
            }
            if text(row, 0) == "virtualxid" {
                look.transaction = Some(text(row, 2).to_owned());
                continue;
            }
            let Some(held) = held(row) else { continue };
            if let (On::Relation(oid), Some(relation)) = (&held.on, row.get(3..).and_then(relation)) {
                look.relations.insert(*oid, relation);
            }
            look.held.insert(held);
        }
        Ok(look)
    }

    fn sample(&self, watcher: &mut dyn Session, session: u64) -> Result<Sample, Box<Trouble>> {
        let sql = include_str!("sample.sql").replace("{session}", &session.to_string());
        let rows = asked(watcher, &sql)?;
        let mut sample = Sample::default();
        for row in &rows {
            if let Some(wait) = text(row, 0).strip_prefix("waiter ") {
                let on = match text(row, 2).parse() {
                    Ok(relation) => On::Relation(relation),
                    Err(_) => On::Other(wait.to_owned(), text(row, 2).to_owned()),
                };
                let since = text(row, 3).parse::<f64>().ok().filter(|ms| *ms >= 0.0).map(|ms| Duration::from_secs_f64(ms / 1000.0));
                let session = number(row, 1).unwrap_or_default();
                sample.waiters.push(Waiter { session, on, wait: wait.to_owned(), since, who: text(row, 4).to_owned() });
                continue;
            }
            if text(row, 0) == "rewriting" {
                sample.rewriting = number(row, 2).filter(|_| !text(row, 1).is_empty()).map(|oid| (oid, text(row, 1).to_owned()));
                continue;
            }
            let Some(held) = held(row) else { continue };
            if text(row, 3) == "true" { sample.held.push(held) } else { sample.waited_for.push(held) }
        }
        Ok(sample)
    }

    fn blockers(&self, watcher: &mut dyn Session, session: u64) -> Result<Vec<(u64, String)>, Box<Trouble>> {
        let rows = asked(watcher, &include_str!("blockers.sql").replace("{session}", &session.to_string()))?;
        Ok(rows.iter().filter_map(|row| Some((number(row, 0)?, text(row, 1).to_owned()))).collect())
    }

    fn bounds(&self, session: &mut dyn Session) -> Result<Bounds, Box<Trouble>> {
        const ALL: &str = "SELECT name, setting FROM pg_catalog.pg_settings \
                           WHERE name IN ('lock_timeout', 'statement_timeout', 'client_connection_check_interval')";
        let rows = asked(session, ALL)?;
        // Each is kept in milliseconds, and 0 means for ever, or never; before 14 nobody looks after clients.
        let of = |name: &str| rows.iter().find(|row| text(row, 0) == name);
        let bound = |name: &str| of(name).and_then(|row| number(row, 1)).filter(|ms| *ms > 0).map(Duration::from_millis);
        let client = bound("client_connection_check_interval");
        Ok(Bounds { lock: bound("lock_timeout"), statement: bound("statement_timeout"), client })
    }

    fn columns(&self, session: &mut dyn Session) -> Result<BTreeMap<(u64, u64), String>, Box<Trouble>> {
        let rows = asked(session, include_str!("columns.sql"))?;
        let name = |row: &Row| display(Kind::Column, &Identity::new([text(row, 2), text(row, 3), text(row, 4)]));
        Ok(rows.iter().filter_map(|row| Some(((number(row, 0)?, number(row, 1)?), name(row)))).collect())
    }

    fn write_to(&self, session: &mut dyn Session, relation: &str) -> Result<(), Box<Trouble>> {
        asked(session, &format!("LOCK TABLE {} IN ROW EXCLUSIVE MODE", name(relation))).map(drop)
    }

    fn linger(&self, session: &mut dyn Session, relations: &[String], writes: bool) -> Result<(), Box<Trouble>> {
        // The first keeps a snapshot, the second a number of its own: what runs beside others waits for both.
        asked(session, if writes { "BEGIN" } else { "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" })?;
        for relation in relations {
            let name = name(relation);
            let sql = if writes { format!("LOCK TABLE {name} IN ROW EXCLUSIVE MODE") } else { format!("SELECT 1 FROM {name} LIMIT 1") };
            asked(session, &sql)?;
        }
        asked(session, if writes { "SELECT pg_catalog.txid_current()" } else { "SELECT 1" }).map(drop)
    }

    fn logs(&self, session: &mut dyn Session, database: &str, logs: bool) -> Result<(), Box<Trouble>> {
        // It says so of waits that last longer than a deadlock is waited for, in the language of the target otherwise.
        for (name, value) in [("log_lock_waits", "on"), ("deadlock_timeout", "10ms"), ("log_temp_files", "0"), ("lc_messages", "C")] {
            let what = if logs { format!("SET {name} = '{value}'") } else { format!("RESET {name}") };
            asked(session, &format!("ALTER DATABASE {} {what}", quoted(database)))?;
        }
        Ok(())
    }

    fn is_logged(&self, session: &mut dyn Session) -> Result<bool, Box<Trouble>> {
        let sql = "SELECT (current_setting('log_temp_files') = '0' AND current_setting('lc_messages') = 'C')::text";
        Ok(asked(session, sql)?.first().is_some_and(|row| text(row, 0) == "true"))
    }

    fn explains(&self, session: &mut dyn Session, explains: bool) -> Result<bool, Box<Trouble>> {
        let sql = if explains { include_str!("explain.sql") } else { include_str!("silent.sql") };
        // Nobody is waited for: a database without the language that it is written in has no such functions.
        Ok(session.run(&format!("SET lock_timeout = '1s';\n{sql}"))?.ran().is_some())
    }

    fn is_explained(&self, statement: &Statement, text: &str) -> bool {
        let is_altering =
            matches!(statement.tag.as_str(), "ALTER TABLE" | "ALTER MATERIALIZED VIEW" | "ALTER TYPE" | "ALTER FOREIGN TABLE");
        let is_code = matches!(statement.nature, Nature::Code | Nature::Unknown) && !statement.alone;
        is_altering || is_code && !["pg_event_trigger", "event"].iter().any(|word| has_word(text, word))
    }

    fn position(&self, session: &mut dyn Session) -> Result<u64, Box<Trouble>> {
        const FAR: &str = "SELECT pg_catalog.pg_wal_lsn_diff(CASE WHEN pg_catalog.pg_is_in_recovery() \
             THEN pg_catalog.pg_last_wal_replay_lsn() ELSE pg_catalog.pg_current_wal_lsn() END, '0/0')::text";
        let rows = asked(session, FAR)?;
        rows.first().and_then(|row| number(row, 0)).ok_or_else(|| {
            let trouble = Trouble::new(Class::CouldNotTell, "a server does not say how far its log is");
            Box::new(trouble.expected("a place in it").found("none"))
        })
    }

    fn reader(&self) -> Box<dyn LogReader> {
        Box::new(log::Reader::default())
    }

    fn moves(&self) -> &'static str {
        "setval"
    }

    fn files(&self, tag: &str) -> Files {
        match tag {
            "TRUNCATE" | "TRUNCATE TABLE" => Files::Emptied,
            "REINDEX" => Files::Rebuilt,
            _ => Files::Written,
        }
    }
}

/// In SQL, from the name that a person writes.
fn name(relation: &str) -> String {
    shown_parts(relation).unwrap_or_default().iter().map(|part| quoted(part)).collect::<Vec<_>>().join(".")
}

fn asked(session: &mut dyn Session, sql: &str) -> Result<Vec<Row>, Box<Trouble>> {
    match session.run(sql)? {
        Answer::Ran(ran) => Ok(ran.rows),
        Answer::Refused(refused) => {
            let trouble = Trouble::new(Class::CouldNotTell, "the session that is looked at cannot be asked what it holds");
            Err(Box::new(trouble.found(format!("{} ({})", refused.message, refused.code))))
        }
    }
}

/// `16384:6`: the number of a relation, and why the server writes it anew, a bit a reason.
/// 13 and 14 know the first three, 15 and later all four (`src/include/commands/event_trigger.h`); the manual leaves them to that file.
/// <https://www.postgresql.org/docs/18/functions-event-triggers.html#PG-EVENT-TRIGGER-TABLE-REWRITE-FUNCTIONS>
fn rewritten(entry: &str) -> Option<(u64, Vec<String>)> {
    const BITS: [(u32, &str); 4] = [(1, "persistence"), (2, "default-value"), (4, "column-type"), (8, "access-method")];
    let (relation, bits) = entry.split_once(':')?;
    let (relation, bits) = (relation.parse().ok()?, bits.parse::<u32>().ok()?);
    let mut why: Vec<String> = BITS.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, word)| (*word).to_owned()).collect();
    let rest = BITS.iter().fold(bits, |rest, (bit, _)| rest & !bit);
    why.extend((rest != 0).then(|| format!("reason {rest}, which evenkeel does not know")));
    Some((relation, why))
}

fn text(row: &[Option<String>], at: usize) -> &str {
    row.get(at).and_then(Option::as_deref).unwrap_or_default()
}

fn number(row: &[Option<String>], at: usize) -> Option<u64> {
    text(row, at).parse().ok()
}

/// From the columns of `map.sql` behind the number.
fn relation(row: &[Option<String>]) -> Option<Relation> {
    let name = row.get(1)?.as_deref()?;
    let sort = match text(row, 2) {
        "r" | "p" | "f" => Sort::Table,
        "m" => Sort::MaterializedView,
        "i" | "I" => Sort::Index,
        "S" => Sort::Sequence,
        "v" => Sort::View,
        "t" => Sort::Overflow,
        _ => Sort::Other,
    };
    let sort = if text(row, 0) == "pg_toast" { Sort::Overflow } else { sort };
    Some(Relation {
        name: display(Kind::Table, &Identity::new([text(row, 0), name])),
        sort,
        storage: number(row, 3),
        space: number(row, 4).unwrap_or_default(),
        of: number(row, 5),
        scans: number(row, 6).unwrap_or_default(),
        unique: text(row, 7) == "true",
        elsewhere: text(row, 2) == "f",
    })
}

/// From the columns sort of lock, mode, number or name; the server's own relations are left out.
fn held(row: &[Option<String>]) -> Option<Held> {
    let (mode, blocks) = mode(text(row, 1))?;
    Some(match text(row, 0) {
        "relation" => Held { on: On::Relation(number(row, 2).filter(|oid| *oid >= FIRST_OF_USERS)?), mode, blocks },
        // Who reads and writes takes no locks on types, schemas or constraints that another could be in the way of.
        other => Held { on: On::Other(other.to_owned(), text(row, 2).to_owned()), mode, blocks: blocks.min(Blocks::Definitions) },
    })
}

/// The modes as the manual writes them.
/// <https://www.postgresql.org/docs/18/explicit-locking.html#LOCKING-TABLES>
fn mode(name: &str) -> Option<(&'static str, Blocks)> {
    Some(match name {
        "AccessShareLock" => ("ACCESS SHARE", Blocks::Ordinary),
        "RowShareLock" => ("ROW SHARE", Blocks::Ordinary),
        "RowExclusiveLock" => ("ROW EXCLUSIVE", Blocks::Ordinary),
        "ShareUpdateExclusiveLock" => ("SHARE UPDATE EXCLUSIVE", Blocks::Definitions),
        "ShareLock" => ("SHARE", Blocks::Writes),
        "ShareRowExclusiveLock" => ("SHARE ROW EXCLUSIVE", Blocks::Writes),
        "ExclusiveLock" => ("EXCLUSIVE", Blocks::Writes),
        "AccessExclusiveLock" => ("ACCESS EXCLUSIVE", Blocks::Everything),
        _ => return None,
    })
}

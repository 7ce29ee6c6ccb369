//! Sessions that write where it counts: their bounds, who they are, ending what they run. What became of a transaction neither vendor says
//! later; each definition is a commit of its own, and what it did is told by the schema.
//!
//! Neighbours: `claim`, which opens them; `backfill`, tables part after part; `behind`, how far a replica is; `traffic`, what they would meet; `filled`, what would be lost; `orphans`, what refers to
//! nothing.

pub mod backfill;
pub mod behind;
pub mod filled;
pub mod orphans;
pub mod register;
pub mod traffic;
pub mod used;

use crate::flight::name;
use crate::ident::Ident;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Answer, Became, Begun, Deployer, Limits, Ran, Session};
use evenkeel_core::trace::{On, Waiter};
use std::collections::BTreeSet;
use std::time::Duration;

/// MySQL's and MariaDB's.
#[derive(Debug, Clone, Copy)]
pub struct MysqlDeployer;

/// <https://dev.mysql.com/doc/mysql-errors/9.0/en/server-error-reference.html>: a wait for a lock that was too long, a deadlock.
const PASSING: [&str; 2] = ["1205", "1213"];
/// Interrupted; MySQL's and MariaDB's own bounds of a statement.
const CANCELLED: [&str; 3] = ["1317", "3024", "1969"];
/// States of a session that waits for what another has: of tables, of named locks no client knows.
const WAITING: &str = "Waiting for ";
const DEFINITION: &str = "metadata lock";
/// Who waits for rows of a session, of MariaDB and of MySQL.
const ROW_WAITS: [&str; 2] = [include_str!("row_waits_mariadb.sql"), include_str!("row_waits_mysql.sql")];

impl Deployer for MysqlDeployer {
    fn keeps_numbers(&self) -> bool {
        false
    }

    fn number(&self, _: &mut dyn Session) -> Result<Answer, Box<Trouble>> {
        Ok(Answer::Ran(Ran::default()))
    }

    fn became(&self, _: &mut dyn Session, _: &str) -> Result<Became, Box<Trouble>> {
        Ok(Became::Untold)
    }

    fn is_there(&self, session: &mut dyn Session, other: u64) -> Result<bool, Box<Trouble>> {
        // An account sees its own sessions without any right.
        let rows = asked(session, "SHOW PROCESSLIST")?;
        Ok(rows.iter().any(|row| number(row, 0) == Some(other)))
    }

    fn called(&self, session: &mut dyn Session, called: &str) -> Result<Vec<u64>, Box<Trouble>> {
        let own = session.id();
        Ok(holders(session, |slot| name::of_run(called, slot))?.into_iter().filter(|id| *id != own).collect())
    }

    fn strangers(&self, session: &mut dyn Session) -> Result<Vec<String>, Box<Trouble>> {
        let own = match asked(session, "SELECT @evenkeel")?.into_iter().next().and_then(|row| row.into_iter().next().flatten()) {
            Some(own) => own,
            None => return Err(untold("the session has forgotten its name")),
        };
        let ours = holders(session, |slot| name::of_run(&own, slot))?;
        let all = holders(session, name::of_writer)?;
        Ok(all.into_iter().filter(|id| !ours.contains(id)).map(|id| format!("connection {id}")).collect())
    }

    fn waiters(&self, watcher: &mut dyn Session, session: u64) -> Result<Vec<Waiter>, Box<Trouble>> {
        let rows = asked(watcher, "SHOW PROCESSLIST")?;
        let text = |row: &[Option<String>], at: usize| row.get(at).cloned().flatten().unwrap_or_default();
        let Some(database) = rows.iter().find(|row| number(row, 0) == Some(session)).map(|row| text(row, 3)) else { return Ok(Vec::new()) };
        let own = watcher.id();
        let is_waiting = |row: &&Vec<Option<String>>| {
            let state = text(row, 6);
            let id = number(row, 0);
            // A client may name the database in its statement alone.
            let is_here = text(row, 3) == database || text(row, 3).is_empty() || evenkeel_core::trace::has_word(&text(row, 7), &database);
            id != Some(session) && id != Some(own) && is_here && state.starts_with(WAITING) && state.ends_with(DEFINITION)
        };
        // Whom each waits for not every server says: whoever waits for a definition in this database is taken to wait for what runs.
        let waiter = |row: &Vec<Option<String>>| Waiter {
            session: number(row, 0).unwrap_or_default(),
            on: On::Other("metadata".to_owned(), String::new()),
            wait: "metadata".to_owned(),
            since: text(row, 5).parse().ok().map(Duration::from_secs),
            who: text(row, 1),
        };
        let mut waiting: Vec<Waiter> = rows.iter().filter(is_waiting).map(waiter).collect();
        for text in ROW_WAITS {
            // Each is one vendor's, and asks for rights; who has none sees what is above.
            let Answer::Ran(ran) = watcher.run(&text.replace("{session}", &session.to_string()))? else { continue };
            waiting.extend(ran.rows.iter().filter_map(|row| {
                let who = number(row, 0)?;
                Some(Waiter {
                    session: who,
                    on: On::Other("row".to_owned(), String::new()),
                    wait: "tuple".to_owned(),
                    since: number(row, 1).map(Duration::from_secs),
                    who: row.get(2).cloned().flatten().unwrap_or_default(),
                })
            }));
            break;
        }
        Ok(waiting)
    }

    fn held(&self, session: &mut dyn Session, of: &[Vec<String>]) -> Result<Answer, Box<Trouble>> {
        let tables: BTreeSet<&String> = of.iter().filter_map(|name| name.get(1)).collect();
        let locks: Vec<String> = tables.iter().map(|table| format!("{} WRITE", Ident(table))).collect();
        let mut sql = format!("LOCK TABLES {}", locks.join(", "));
        for name in of {
            match name.as_slice() {
                [_, table] => sql.push_str(&format!("; SELECT count(*) FROM {}", Ident(table))),
                [_, table, column] => sql.push_str(&format!("; SELECT count({}) FROM {}", Ident(column), Ident(table))),
                _ => {}
            }
        }
        session.run(&sql)
    }

    fn holds_alone(&self) -> bool {
        true
    }

    fn hold_to(&self, session: &mut dyn Session, bounds: &Limits) -> Result<Answer, Box<Trouble>> {
        let seconds = bounds.lock_timeout.as_millis().div_ceil(1000).clamp(1, 31_536_000);
        // How long a statement may take is kept from here: MySQL has a bound for SELECT alone.
        session.run(&format!(
            "SET SESSION lock_wait_timeout = CAST(LEAST(@@SESSION.lock_wait_timeout, {seconds}) AS UNSIGNED), \
             SESSION innodb_lock_wait_timeout = CAST(LEAST(@@SESSION.innodb_lock_wait_timeout, {seconds}) AS UNSIGNED)"
        ))
    }

    fn cancel(&self, beside: &mut dyn Session, session: u64) -> Result<(), Box<Trouble>> {
        const NO_SUCH: &str = "1094";
        match beside.run(&format!("KILL QUERY {session}"))? {
            Answer::Ran(_) => Ok(()),
            Answer::Refused(refused) if refused.code == NO_SUCH => Ok(()),
            Answer::Refused(refused) => Err(untold(&format!("{} ({})", refused.message, refused.code))),
        }
    }

    /// Connections are numbered in the order in which they begin.
    fn moment(&self, session: &mut dyn Session) -> Result<String, Box<Trouble>> {
        Ok(session.id().to_string())
    }

    fn since(&self, session: &mut dyn Session, moment: &str) -> Result<Vec<Begun>, Box<Trouble>> {
        let rows = asked(session, "SHOW PROCESSLIST")?;
        let text = |row: &[Option<String>], at: usize| row.get(at).cloned().flatten().unwrap_or_default();
        let own = session.id();
        let Some(ours) = rows.iter().find(|row| number(row, 0) == Some(own)).map(|row| (text(row, 1), text(row, 3))) else {
            return Err(untold("the session does not see itself"));
        };
        let first: u64 = moment.parse().unwrap_or(u64::MAX);
        let is_it = |row: &&Vec<Option<String>>| number(row, 0).is_some_and(|id| id > first) && (text(row, 1), text(row, 3)) == ours;
        let one = |row: &Vec<Option<String>>| Some(Begun { id: number(row, 0)?, name: String::new(), is_named: false, account: None });
        Ok(rows.iter().filter(is_it).filter_map(one).collect())
    }

    /// None that all clients read.
    fn variables(&self, _: &str, _: &Limits) -> Vec<(String, String)> {
        Vec::new()
    }

    fn bound_by(&self) -> &'static str {
        "lock_wait_timeout and innodb_lock_wait_timeout (of the server, no account has its own)"
    }

    fn passes(&self, code: &str) -> bool {
        PASSING.contains(&code)
    }

    fn is_unfit(&self, code: &str) -> bool {
        crate::grammar::form::is_unfit(code)
    }

    fn is_cancelled(&self, code: &str) -> bool {
        CANCELLED.contains(&code)
    }
}

/// Who holds the named locks by which sessions of ours are told.
fn holders(session: &mut dyn Session, name: impl Fn(u32) -> String) -> Result<BTreeSet<u64>, Box<Trouble>> {
    let all: Vec<String> = (0..name::SLOTS).map(|slot| format!("is_used_lock({})", name(slot))).collect();
    let rows = asked(session, &format!("SELECT {}", all.join(", ")))?;
    Ok(rows.iter().flatten().flatten().filter_map(|id| id.parse().ok()).collect())
}

fn asked(session: &mut dyn Session, sql: &str) -> Result<Vec<Vec<Option<String>>>, Box<Trouble>> {
    match session.run(sql)? {
        Answer::Ran(ran) => Ok(ran.rows),
        Answer::Refused(refused) => Err(untold(&format!("{} ({})", refused.message, refused.code))),
    }
}

fn number(row: &[Option<String>], at: usize) -> Option<u64> {
    row.get(at)?.as_deref()?.parse().ok()
}

fn untold(found: &str) -> Box<Trouble> {
    Box::new(Trouble::new(Class::CouldNotTell, "the server does not say what becomes of a session that writes").found(found))
}

//! Sessions that write where it counts: their transactions' numbers and what became of those, their bounds, ending what they run.
//!
//! Neighbours: `claim`, which opens them; `backfill`, tables part after part; `traffic`, what they would meet; `filled`, what would be lost; `orphans`, what refers to
//! nothing; `register`, what evenkeel keeps there itself.

pub mod backfill;
pub mod filled;
pub mod orphans;
pub mod register;
pub mod traffic;
pub mod used;

use crate::ident::{literal, qualified, quoted};
use crate::observe::PostgresObserver;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Answer, Became, Begun, Deployer, Limits, Observer, Session};
use evenkeel_core::trace::Waiter;
use std::time::Duration;

/// PostgreSQL's.
#[derive(Debug, Clone, Copy)]
pub struct PostgresDeployer;

/// <https://www.postgresql.org/docs/18/errcodes-appendix.html>: lock not available, deadlock detected, serialization failure.
const PASSING: [&str; 3] = ["55P03", "40P01", "40001"];
const CANCELLED: &str = "57014";
/// What `pg_xact_status` says of a number that was not given out yet.
const NEVER_GIVEN: &str = "22023";
/// Whose numbers of transactions are given out.
const WHOSE: &str = include_str!("whose.sql");

impl Deployer for PostgresDeployer {
    fn number(&self, session: &mut dyn Session) -> Result<Answer, Box<Trouble>> {
        session.run(&format!("SELECT pg_catalog.pg_current_xact_id() || ' ' || (\n{WHOSE})"))
    }

    /// <https://www.postgresql.org/docs/18/functions-info.html#FUNCTIONS-PG-SNAPSHOT>
    fn became(&self, session: &mut dyn Session, number: &str) -> Result<Became, Box<Trouble>> {
        // The number of a server that crashed is given out again, and so is that of a database that was brought back: where anything but
        // the number itself is otherwise, it is another transaction's.
        let is_same = value(session, WHOSE)?;
        let Some((number, whose)) = number.split_once(' ') else { return Ok(Became::Untold) };
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) || is_same.as_deref() != Some(whose) {
            return Ok(Became::Untold);
        }
        // One that was never given out is refused: another server answers, or one that was brought back from before.
        let said = match session.run(&format!("SELECT pg_catalog.pg_xact_status('{number}'::pg_catalog.xid8)"))? {
            Answer::Ran(ran) => ran.rows.into_iter().next().and_then(|row| row.into_iter().next().flatten()),
            Answer::Refused(_) => None,
        };
        Ok(match said.as_deref() {
            Some("committed") => Became::Committed,
            Some("aborted") => Became::RolledBack,
            Some("in progress") => Became::Open,
            _ => Became::Untold,
        })
    }

    fn course(&self, session: &mut dyn Session) -> Result<Option<String>, Box<Trouble>> {
        match session.run(include_str!("course.sql"))? {
            Answer::Ran(ran) => Ok(ran.rows.into_iter().next().and_then(|row| row.into_iter().next().flatten())),
            Answer::Refused(_) => Ok(None),
        }
    }

    fn lacks(&self, session: &mut dyn Session, number: &str, (then, now): (&str, &str)) -> Result<bool, Box<Trouble>> {
        let whose = |course: &str| course.rsplit_once('/').map(|(whose, _)| whose.to_owned());
        let number = number.split(' ').next().unwrap_or_default();
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number || whose(then).is_none() || whose(then) != whose(now) {
            return Ok(false);
        }
        // A number is given out again only where nothing is left of what had it; so only what is committed may be either's.
        Ok(match session.run(&format!("SELECT pg_catalog.pg_xact_status('{number}'::pg_catalog.xid8)"))? {
            Answer::Ran(ran) => {
                let said = ran.rows.into_iter().next().and_then(|row| row.into_iter().next().flatten());
                matches!(said.as_deref(), Some("aborted" | "in progress"))
            }
            Answer::Refused(refused) => refused.code == NEVER_GIVEN,
        })
    }

    fn is_there(&self, session: &mut dyn Session, other: u64) -> Result<bool, Box<Trouble>> {
        let count = value(session, &format!("SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity WHERE pid = {other}"))?;
        count.map(|count| count != "0").ok_or_else(|| untold("the server does not say whether a session is there"))
    }

    fn called(&self, session: &mut dyn Session, name: &str) -> Result<Vec<u64>, Box<Trouble>> {
        let sql = format!(
            "SELECT pid FROM pg_catalog.pg_stat_activity WHERE application_name = {} AND pid <> pg_catalog.pg_backend_pid()",
            literal(name)
        );
        match session.run(&sql)? {
            Answer::Ran(ran) => Ok(ran.rows.into_iter().filter_map(|row| row.into_iter().next().flatten()?.parse().ok()).collect()),
            Answer::Refused(refused) => Err(untold(&format!("{} ({})", refused.message, refused.code))),
        }
    }

    fn strangers(&self, session: &mut dyn Session) -> Result<Vec<String>, Box<Trouble>> {
        match session.run(include_str!("strangers.sql"))? {
            Answer::Ran(ran) => Ok(ran.rows.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect()),
            Answer::Refused(refused) => Err(untold(&format!("{} ({})", refused.message, refused.code))),
        }
    }

    fn waiters(&self, watcher: &mut dyn Session, session: u64) -> Result<Vec<Waiter>, Box<Trouble>> {
        Ok(PostgresObserver.sample(watcher, session)?.waiters)
    }

    fn held(&self, session: &mut dyn Session, of: &[Vec<String>]) -> Result<Answer, Box<Trouble>> {
        let mut sql = String::new();
        let mut tables: Vec<String> = of.iter().filter_map(|name| Some(qualified(name.first()?, name.get(1)?))).collect();
        tables.sort_unstable();
        tables.dedup();
        for table in &tables {
            sql.push_str(&format!("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE;"));
        }
        for name in of {
            match name.as_slice() {
                [schema, table] => sql.push_str(&format!("SELECT pg_catalog.count(*) FROM {};", qualified(schema, table))),
                [schema, table, column] => {
                    sql.push_str(&format!("SELECT pg_catalog.count({}) FROM {};", quoted(column), qualified(schema, table)));
                }
                _ => {}
            }
        }
        session.run(&sql)
    }

    fn hold_to(&self, session: &mut dyn Session, bounds: &Limits) -> Result<Answer, Box<Trouble>> {
        let ms = |time: Duration| time.as_millis().clamp(1, 2_147_483_647);
        let (lock, statement, idle) = (ms(bounds.lock_timeout), ms(bounds.statement_timeout), ms(bounds.idle_timeout));
        let sql = include_str!("hold_to.sql")
            .replace("{lock}", &lock.to_string())
            .replace("{statement}", &statement.to_string())
            .replace("{idle}", &idle.to_string());
        session.run(&sql)
    }

    fn cancel(&self, beside: &mut dyn Session, session: u64) -> Result<(), Box<Trouble>> {
        value(beside, &format!("SELECT pg_catalog.pg_cancel_backend({session})")).map(drop)
    }

    fn moment(&self, session: &mut dyn Session) -> Result<String, Box<Trouble>> {
        value(session, "SELECT pg_catalog.clock_timestamp()::pg_catalog.text")?
            .ok_or_else(|| untold("the server does not say what time it is"))
    }

    fn since(&self, session: &mut dyn Session, moment: &str) -> Result<Vec<Begun>, Box<Trouble>> {
        let sql = include_str!("since.sql").replace("{moment}", &literal(moment));
        let rows = match session.run(&sql)? {
            Answer::Ran(ran) => ran.rows,
            Answer::Refused(refused) => return Err(untold(&format!("{} ({})", refused.message, refused.code))),
        };
        let text = |row: &[Option<String>], at: usize| row.get(at).cloned().flatten();
        let one = |row: &Vec<Option<String>>| {
            let id = text(row, 0)?.parse().ok()?;
            let name = text(row, 1).unwrap_or_default();
            Some(Begun { id, name, is_named: text(row, 2).as_deref() == Some("t"), account: text(row, 3) })
        };
        Ok(rows.iter().filter_map(one).collect())
    }

    /// What libpq reads, and what speaks its language; others read none of it.
    fn variables(&self, name: &str, bounds: &Limits) -> Vec<(String, String)> {
        let ms = |time: Duration| time.as_millis().clamp(1, 2_147_483_647);
        let before = std::env::var("PGOPTIONS").unwrap_or_default();
        // A space within a value is written with a stroke before it.
        let called = name.replace(' ', "\\ ");
        let options = format!(
            "{before} -c lock_timeout={} -c statement_timeout={} -c application_name={called}",
            ms(bounds.lock_timeout),
            ms(bounds.statement_timeout)
        );
        vec![("PGOPTIONS".to_owned(), options.trim_start().to_owned()), ("PGAPPNAME".to_owned(), name.to_owned())]
    }

    fn bound_by(&self) -> &'static str {
        "lock_timeout (ALTER ROLE … SET)"
    }

    fn passes(&self, code: &str) -> bool {
        PASSING.contains(&code)
    }

    fn is_cancelled(&self, code: &str) -> bool {
        code == CANCELLED
    }
}

/// The first value of the first row.
fn value(session: &mut dyn Session, sql: &str) -> Result<Option<String>, Box<Trouble>> {
    match session.run(sql)? {
        Answer::Ran(ran) => Ok(ran.rows.into_iter().next().and_then(|row| row.into_iter().next().flatten())),
        Answer::Refused(refused) => Err(untold(&format!("{} ({})", refused.message, refused.code))),
    }
}

fn untold(found: &str) -> Box<Trouble> {
    Box::new(Trouble::new(Class::CouldNotTell, "the server does not say what becomes of a session that writes").found(found))
}

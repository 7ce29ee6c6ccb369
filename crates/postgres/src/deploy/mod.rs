//! Sessions that write where it counts: their transactions' numbers and what became of those, their bounds, ending what they run.
//!
//! Neighbours: `claim`, which opens them; `traffic`, what they would meet; `filled`, what would be lost; `orphans`, what refers to
//! nothing.

pub mod filled;
pub mod orphans;
pub mod traffic;

use crate::ident::literal;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Answer, Became, Deployer, Limits, Session};
use std::time::Duration;

/// PostgreSQL's.
#[derive(Debug, Clone, Copy)]
pub struct PostgresDeployer;

/// <https://www.postgresql.org/docs/18/errcodes-appendix.html>: lock not available, deadlock detected, serialization failure.
const PASSING: [&str; 3] = ["55P03", "40P01", "40001"];
const CANCELLED: &str = "57014";

impl Deployer for PostgresDeployer {
    fn number(&self, session: &mut dyn Session) -> Result<Answer, Box<Trouble>> {
        session.run("SELECT pg_catalog.pg_current_xact_id()::pg_catalog.text")
    }

    /// <https://www.postgresql.org/docs/18/functions-info.html#FUNCTIONS-PG-SNAPSHOT>
    fn became(&self, session: &mut dyn Session, number: &str) -> Result<Became, Box<Trouble>> {
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
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

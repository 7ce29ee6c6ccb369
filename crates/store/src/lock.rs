//! Tables of parity locks, and of what was verified. A lock that was taken away stays as what it was.
//!
//! Lives here: their statements. Does not live here: opening the file (`sqlite`), what a lock means (`core`).

use evenkeel_core::port::{ParityLock, Released, Verification};
use rusqlite::{Connection, OptionalExtension, Result, Row, TransactionBehavior, params};

pub const TABLES: &str = "
    CREATE TABLE lock (
        number INTEGER PRIMARY KEY AUTOINCREMENT, environment TEXT NOT NULL, target TEXT NOT NULL, digest TEXT NOT NULL, canonical INTEGER NOT NULL,
        holder TEXT NOT NULL, since TEXT NOT NULL, until TEXT NOT NULL, reason TEXT, released TEXT, released_by TEXT, released_why TEXT) STRICT;
    CREATE UNIQUE INDEX lock_stands ON lock (environment) WHERE released IS NULL;
    CREATE TABLE verification (
        number INTEGER PRIMARY KEY AUTOINCREMENT, environment TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL, holds INTEGER NOT NULL,
        digest TEXT, words TEXT NOT NULL) STRICT;";

const COLUMNS: &str = "environment, target, digest, canonical, holder, since, until, reason, released, released_by, released_why";

pub fn locks(connection: &Connection, environment: &str, most: u32) -> Result<Vec<ParityLock>> {
    let query = format!("SELECT {COLUMNS} FROM lock WHERE environment = ?1 ORDER BY number DESC LIMIT ?2");
    connection.prepare(&query)?.query_map(params![environment, most], one)?.collect()
}

fn one(row: &Row<'_>) -> Result<ParityLock> {
    let released = match (row.get::<_, Option<String>>(8)?, row.get::<_, Option<String>>(9)?) {
        (Some(at), by) => Some(Released { at, by: by.unwrap_or_default(), reason: row.get(10)? }),
        (None, _) => None,
    };
    Ok(ParityLock {
        environment: row.get(0)?,
        target: row.get(1)?,
        digest: row.get(2)?,
        canonical: row.get(3)?,
        holder: row.get(4)?,
        since: row.get(5)?,
        until: row.get(6)?,
        reason: row.get(7)?,
        released,
    })
}

/// The one that stands, where it is in the way.
pub fn lock(connection: &mut Connection, lock: &ParityLock, instead: Option<&ParityLock>) -> Result<Option<ParityLock>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let query = format!("SELECT {COLUMNS} FROM lock WHERE environment = ?1 AND released IS NULL");
    let standing = transaction.query_row(&query, [&lock.environment], one).optional()?;
    if let Some(standing) = standing {
        if Some(&standing) != instead {
            return Ok(Some(standing));
        }
        let released = Released { at: lock.since.clone(), by: lock.holder.clone(), reason: None };
        release(&transaction, &standing, &released)?;
    }
    let insert =
        "INSERT INTO lock (environment, target, digest, canonical, holder, since, until, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let values = params![lock.environment, lock.target, lock.digest, lock.canonical, lock.holder, lock.since, lock.until, lock.reason];
    transaction.execute(insert, values)?;
    transaction.commit().map(|()| None)
}

/// Tells whether it stood.
pub fn unlock(connection: &mut Connection, lock: &ParityLock, released: &Released) -> Result<bool> {
    release(connection, lock, released)
}

fn release(connection: &Connection, lock: &ParityLock, released: &Released) -> Result<bool> {
    let update = "UPDATE lock SET released = ?1, released_by = ?2, released_why = ?3
                  WHERE environment = ?4 AND holder = ?5 AND since = ?6 AND until = ?7 AND digest = ?8 AND released IS NULL";
    let values = params![released.at, released.by, released.reason, lock.environment, lock.holder, lock.since, lock.until, lock.digest];
    connection.execute(update, values).map(|count| count == 1)
}

pub fn note(connection: &mut Connection, verification: &Verification) -> Result<()> {
    let Verification { environment, at, by, holds, digest, words } = verification;
    let insert = "INSERT INTO verification (environment, at, by, holds, digest, words) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    connection.execute(insert, params![environment, at, by, holds, digest, words]).map(drop)
}

pub fn verifications(connection: &Connection, environment: &str, most: u32) -> Result<Vec<Verification>> {
    let query = "SELECT at, by, holds, digest, words FROM verification WHERE environment = ?1 ORDER BY number DESC LIMIT ?2";
    let one = |row: &Row<'_>| {
        Ok(Verification {
            environment: environment.to_owned(),
            at: row.get(0)?,
            by: row.get(1)?,
            holds: row.get(2)?,
            digest: row.get(3)?,
            words: row.get(4)?,
        })
    };
    connection.prepare(query)?.query_map(params![environment, most], one)?.collect()
}

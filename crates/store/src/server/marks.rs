//! Halts, parity locks, what was verified, evidence, on a server; and what is old of all. Neighbours: `crate::lock` and `crate::prune`, the same in a file.

use super::journal::alone;
use super::turn::{Row, Turn};
use crate::Fault;
use evenkeel_core::port::{Halt, Kept, ParityLock, Pruned, Released, Verification};

pub fn halted(turn: &mut Turn<'_>, environment: &str) -> Result<Option<Halt>, Fault> {
    let rows = turn.rows("SELECT since, by, reason FROM evenkeel_store.halt WHERE environment = $1", &[Some(environment)])?;
    let one = |mut row: Row| Ok(Halt { environment: environment.to_owned(), since: row.text()?, by: row.text()?, reason: row.text()? });
    rows.into_iter().next().map(one).transpose()
}

pub fn halt(turn: &mut Turn<'_>, halt: &Halt) -> Result<(), Fault> {
    let insert =
        "INSERT INTO evenkeel_store.halt (environment, since, by, reason) VALUES ($1, $2, $3, $4) ON CONFLICT (environment) DO NOTHING";
    turn.change(insert, &[Some(&halt.environment), Some(&halt.since), Some(&halt.by), Some(&halt.reason)]).map(drop)
}

pub fn resume(turn: &mut Turn<'_>, environment: &str) -> Result<bool, Fault> {
    turn.change("DELETE FROM evenkeel_store.halt WHERE environment = $1", &[Some(environment)]).map(|count| count > 0)
}

const COLUMNS: &str = "environment, target, digest, canonical::text, holder, since, until, reason, released, released_by, released_why";

fn parity(mut row: Row) -> Result<ParityLock, Fault> {
    Ok(ParityLock {
        environment: row.text()?,
        target: row.text()?,
        digest: row.text()?,
        canonical: row.number()?,
        holder: row.text()?,
        since: row.text()?,
        until: row.text()?,
        reason: row.maybe(),
        released: match (row.maybe(), row.maybe(), row.maybe()) {
            (Some(at), by, reason) => Some(Released { at, by: by.unwrap_or_default(), reason }),
            (None, ..) => None,
        },
    })
}

pub fn locks(turn: &mut Turn<'_>, environment: &str, most: u32) -> Result<Vec<ParityLock>, Fault> {
    let query = format!("SELECT {COLUMNS} FROM evenkeel_store.lock WHERE environment = $1 ORDER BY number DESC LIMIT $2::bigint");
    turn.rows(&query, &[Some(environment), Some(&most.to_string())])?.into_iter().map(parity).collect()
}

/// The one that stands, where it is in the way.
pub fn lock(turn: &mut Turn<'_>, lock: &ParityLock, instead: Option<&ParityLock>) -> Result<Option<ParityLock>, Fault> {
    alone(turn, &lock.environment)?;
    let query = format!("SELECT {COLUMNS} FROM evenkeel_store.lock WHERE environment = $1 AND released IS NULL");
    let standing = turn.rows(&query, &[Some(&lock.environment)])?.into_iter().next().map(parity).transpose()?;
    if let Some(standing) = standing {
        if Some(&standing) != instead {
            return Ok(Some(standing));
        }
        release(turn, &standing, &Released { at: lock.since.clone(), by: lock.holder.clone(), reason: None })?;
    }
    let insert = "INSERT INTO evenkeel_store.lock (environment, target, digest, canonical, holder, since, until, reason)
                  VALUES ($1, $2, $3, $4::bigint, $5, $6, $7, $8)";
    let canonical = lock.canonical.to_string();
    let values = [
        Some(lock.environment.as_str()),
        Some(&lock.target),
        Some(&lock.digest),
        Some(&canonical),
        Some(&lock.holder),
        Some(&lock.since),
        Some(&lock.until),
        lock.reason.as_deref(),
    ];
    turn.change(insert, &values).map(|_| None)
}

/// Tells whether it stood.
pub fn release(turn: &mut Turn<'_>, lock: &ParityLock, released: &Released) -> Result<bool, Fault> {
    let update = "UPDATE evenkeel_store.lock SET released = $1, released_by = $2, released_why = $3
                  WHERE environment = $4 AND holder = $5 AND since = $6 AND until = $7 AND digest = $8 AND released IS NULL";
    let values = [
        Some(released.at.as_str()),
        Some(&released.by),
        released.reason.as_deref(),
        Some(&lock.environment),
        Some(&lock.holder),
        Some(&lock.since),
        Some(&lock.until),
        Some(&lock.digest),
    ];
    turn.change(update, &values).map(|count| count == 1)
}

pub fn note(turn: &mut Turn<'_>, verification: &Verification) -> Result<(), Fault> {
    let Verification { environment, at, by, holds, digest, words } = verification;
    let insert =
        "INSERT INTO evenkeel_store.verification (environment, at, by, holds, digest, words) VALUES ($1, $2, $3, $4::boolean, $5, $6)";
    let holds = if *holds { "true" } else { "false" };
    turn.change(insert, &[Some(environment), Some(at), Some(by), Some(holds), digest.as_deref(), Some(words)]).map(drop)
}

pub fn verifications(turn: &mut Turn<'_>, environment: &str, most: u32) -> Result<Vec<Verification>, Fault> {
    let query = "SELECT at, by, holds::text, digest, words FROM evenkeel_store.verification WHERE environment = $1 ORDER BY number DESC LIMIT $2::bigint";
    let one = |mut row: Row| {
        Ok(Verification {
            environment: environment.to_owned(),
            at: row.text()?,
            by: row.text()?,
            holds: row.text()? == "true",
            digest: row.maybe(),
            words: row.text()?,
        })
    };
    turn.rows(query, &[Some(environment), Some(&most.to_string())])?.into_iter().map(one).collect()
}

pub fn keep(turn: &mut Turn<'_>, evidence: &Kept) -> Result<(), Fault> {
    let insert = "INSERT INTO evenkeel_store.evidence (environment, at, by, text) VALUES ($1, $2, $3, $4)";
    turn.change(insert, &[Some(&evidence.environment), Some(&evidence.at), Some(&evidence.by), Some(&evidence.text)]).map(drop)
}

pub fn kept(turn: &mut Turn<'_>, environment: &str, most: u32) -> Result<Vec<Kept>, Fault> {
    let query = "SELECT at, by, text FROM evenkeel_store.evidence WHERE environment = $1 ORDER BY number DESC LIMIT $2::bigint";
    let one = |mut row: Row| Ok(Kept { environment: environment.to_owned(), at: row.text()?, by: row.text()?, text: row.text()? });
    turn.rows(query, &[Some(environment), Some(&most.to_string())])?.into_iter().map(one).collect()
}

pub fn environments(turn: &mut Turn<'_>) -> Result<Vec<String>, Fault> {
    let query = "SELECT environment FROM (SELECT environment FROM evenkeel_store.halt UNION SELECT environment FROM evenkeel_store.run
                     UNION SELECT environment FROM evenkeel_store.evidence UNION SELECT environment FROM evenkeel_store.lock
                     UNION SELECT environment FROM evenkeel_store.verification) AS kept ORDER BY environment COLLATE \"C\"";
    turn.rows(query, &[])?.into_iter().map(|mut row| row.text()).collect()
}

pub fn prune(turn: &mut Turn<'_>, before: &str) -> Result<Pruned, Fault> {
    let before = [Some(before)];
    // Before runs: what evidence a deployment had is told by them.
    let evidence = turn.change(include_str!("prune_evidence.sql"), &before)?;
    let verifications = turn.change(include_str!("prune_verifications.sql"), &before)?;
    let locks = turn.change("DELETE FROM evenkeel_store.lock WHERE released COLLATE \"C\" < $1", &before)?;
    let runs = turn.change(include_str!("prune_runs.sql"), &before)?;
    Ok(Pruned { runs, evidence, locks, verifications })
}

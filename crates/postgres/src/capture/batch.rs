//! Statements that print definitions, in batches behind a savepoint.
//!
//! They wait for whoever holds a table exclusively, and some keep locks on everything they name. Rolling back to a
//! savepoint frees those locks and keeps the snapshot, so the number of locks held does not depend on the number of
//! objects. A batch that runs into the lock timeout is split: what the server knows to be held apart from the rest, the
//! rest in halves until the one object is found; that one is a gap.
//!
//! The full lock timeout is spent once a capture (see `Patience`), and only on what the server knows to be held. Every other
//! wait is short and their number is bounded, so that a capture beside a long migration ends in seconds, however many
//! objects it blocks. The full wait is spent in short attempts too, with no lock held between them: whoever waits for what
//! a waiting batch holds looks for a deadlock after a second, and would lose a transaction to us.

use super::reader::{Read, Reader};
use super::rows;
use super::statements::{self, Filled, Statement};
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};

/// Objects a batch; one batch of views holds at most the locks of this many views.
const SIZE: usize = 400;
/// A short wait, and the rest between two of them. Far less than `deadlock_timeout`, which is a second.
const SHORT: Duration = Duration::from_millis(100);
/// Short waits a capture may spend: together five seconds.
const SHORT_WAITS: u32 = 50;

/// How much waiting for locks a capture has left. Shared by its sessions.
#[derive(Debug, Default)]
pub struct Patience {
    waits: AtomicU32,
    is_spent: AtomicBool,
}

impl Patience {
    /// Whether the full wait was spent.
    fn is_spent(&self) -> bool {
        self.is_spent.load(Ordering::Relaxed)
    }

    fn is_exhausted(&self) -> bool {
        self.waits.load(Ordering::Relaxed) > SHORT_WAITS
    }

    /// Notes a wait that ran out.
    fn waited(&self, is_full: bool) {
        self.waits.fetch_add(1, Ordering::Relaxed);
        if is_full {
            self.is_spent.store(true, Ordering::Relaxed);
        }
    }
}

/// Keys to be printed together.
struct Batch {
    keys: Vec<u32>,
    /// The server said that all of them are held, or name something that is.
    held: bool,
}

/// Rows of all keys that could be read, and the keys that could not, with the reason.
pub async fn read(reader: &Reader<'_>, statement: &Statement, keys: &[u32], reading: &str) -> Read<(Vec<Row>, Vec<(u32, String)>)> {
    if reader.refused.has(statement) {
        return Ok((Vec::new(), keys.iter().map(|key| (*key, "the server refuses what prints it".to_owned())).collect()));
    }
    let statement = statement.rendered(reader.major);
    let (mut found, mut failed) = (Vec::with_capacity(keys.len()), Vec::new());
    let mut pending: Vec<Batch> = keys.chunks(SIZE).rev().map(|keys| Batch { keys: keys.to_vec(), held: false }).collect();
    while let Some(batch) = pending.pop() {
        let is_last = batch.keys.len() < 2 || batch.held;
        let error = match patient(reader, &statement, &[(&batch.keys, Type::OID_ARRAY)], is_last).await {
            Ok(rows) => {
                found.extend(rows);
                continue;
            }
            Err(error) if is_about_objects(&error) => error,
            Err(error) => return Err(reader.fault(&error, reading)),
        };
        let waited = is_wait(&error);
        if is_last || waited && reader.patience.is_exhausted() {
            failed.extend(batch.keys.iter().map(|key| (*key, reason(&error))));
            continue;
        }
        let held = if waited { locked(reader).await? } else { HashSet::new() };
        let (blocked, free): (Vec<u32>, Vec<u32>) = batch.keys.iter().partition(|key| held.contains(key));
        if blocked.is_empty() {
            let (first, second) = free.split_at(free.len() / 2);
            pending.push(Batch { keys: second.to_vec(), held: false });
            pending.push(Batch { keys: first.to_vec(), held: false });
            continue;
        }
        pending.push(Batch { keys: blocked, held: true });
        if !free.is_empty() {
            pending.push(Batch { keys: free, held: false });
        }
    }
    Ok((found, failed))
}

/// The rows of one statement, asked again and again while what it names is held: until the full wait is spent where that is
/// wanted and was not yet, else once.
pub async fn patient(
    reader: &Reader<'_>,
    statement: &Filled,
    parameters: &[(&(dyn ToSql + Sync), Type)],
    is_full: bool,
) -> Result<Vec<Row>, tokio_postgres::Error> {
    let wait = if is_full && !reader.patience.is_spent() { reader.request.lock_timeout } else { Duration::ZERO };
    let begun = Instant::now();
    loop {
        match bracketed(reader, statement, parameters).await {
            Err(error) if is_wait(&error) && begun.elapsed() < wait => tokio::time::sleep(SHORT).await,
            Err(error) if is_wait(&error) => {
                reader.patience.waited(is_full);
                return Err(error);
            }
            answer => return answer,
        }
    }
}

/// The rows of one statement between a savepoint and the way back to it, waiting a `SHORT` time for a lock.
async fn bracketed(
    reader: &Reader<'_>,
    statement: &Filled,
    parameters: &[(&(dyn ToSql + Sync), Type)],
) -> Result<Vec<Row>, tokio_postgres::Error> {
    let wait = reader.request.lock_timeout.min(SHORT).as_millis().max(1).to_string();
    let (opening, closing) = (statements::BATCH_OPENING.fill(&[&wait]), statements::BATCH_CLOSING.fill(&[]));
    reader.between(&opening, statement, parameters, &closing).await
}

/// Numbers of relations that someone holds, or waits for, exclusively.
pub async fn locked(reader: &Reader<'_>) -> Read<HashSet<u32>> {
    let rows = reader.rows(statements::LOCKED, "pg_locks").await?;
    rows.iter().map(|row| Ok(rows::oid(row, 0)?)).collect::<Read<_>>()
}

/// Whether somebody holds what the statement names.
pub fn is_wait(error: &tokio_postgres::Error) -> bool {
    matches!(error.code(), Some(&SqlState::LOCK_NOT_AVAILABLE | &SqlState::T_R_DEADLOCK_DETECTED))
}

/// Another batch, or the rest of this one, may still be printed.
fn is_about_objects(error: &tokio_postgres::Error) -> bool {
    is_wait(error)
        || matches!(
            error.code(),
            Some(
                // A definition whose parts were dropped meanwhile fails with an internal error; it is that object's gap alone.
                &SqlState::INTERNAL_ERROR
                    | &SqlState::UNDEFINED_TABLE
                    | &SqlState::UNDEFINED_OBJECT
                    | &SqlState::UNDEFINED_COLUMN
                    | &SqlState::UNDEFINED_FUNCTION
                    // The server's lock table is full: views that read hundreds of tables need smaller batches.
                    | &SqlState::OUT_OF_MEMORY
            )
        )
}

fn reason(error: &tokio_postgres::Error) -> String {
    if is_wait(error) {
        return "another session holds it, or something it names, in ACCESS EXCLUSIVE mode; --lock-timeout waits longer".to_owned();
    }
    let message = error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned());
    format!("the server could not print it: {message}")
}

//! Statements that print definitions, in batches behind a savepoint.
//!
//! They wait for whoever holds a table exclusively, and some keep locks on everything they name. Rolling back to a
//! savepoint frees those locks and keeps the snapshot, so the number of locks held does not depend on the number of
//! objects. A batch that runs into the lock timeout is halved until the one object is found; that one is a gap.

use super::reader::{Read, Reader};
use super::{rows, sql};
use std::collections::HashSet;
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};

/// Objects a batch; one batch of views holds at most the locks of this many views.
const SIZE: usize = 400;

/// Rows of all keys that could be read, and the keys that could not, with the reason.
pub async fn read(reader: &Reader<'_>, text: &str, keys: &[u32], reading: &str) -> Read<(Vec<Row>, Vec<(u32, String)>)> {
    let statement = sql::render(text, reader.major);
    let (mut found, mut failed) = (Vec::with_capacity(keys.len()), Vec::new());
    let mut pending: Vec<Vec<u32>> = keys.chunks(SIZE).rev().map(<[u32]>::to_vec).collect();
    let mut impatient = false;
    while let Some(batch) = pending.pop() {
        match attempt(reader, &statement, &batch, impatient).await {
            Ok(rows) => found.extend(rows),
            Err(error) if is_wait(&error) => {
                if let [key] = batch.as_slice() {
                    failed.push((*key, reason(&error)));
                    continue;
                }
                if !impatient {
                    // The full wait was spent once. Whoever holds a lock is known to the server: set those aside at once.
                    impatient = true;
                    let held = locked(reader).await?;
                    let (held, free): (Vec<u32>, Vec<u32>) = batch.iter().partition(|key| held.contains(key));
                    pending.extend(held.iter().map(|key| vec![*key]));
                    pending.push(free);
                    continue;
                }
                let (left, right) = batch.split_at(batch.len() / 2);
                pending.push(right.to_vec());
                pending.push(left.to_vec());
            }
            Err(error) => return Err(reader.fault(&error, reading)),
        }
    }
    Ok((found, failed))
}

async fn attempt(reader: &Reader<'_>, statement: &str, keys: &[u32], impatient: bool) -> Result<Vec<Row>, tokio_postgres::Error> {
    bracketed(reader, statement, &[(&keys, Type::OID_ARRAY)], impatient).await
}

/// The rows of one statement between a savepoint and the way back to it. An impatient one waits 100 ms for a lock.
pub async fn bracketed(
    reader: &Reader<'_>,
    statement: &str,
    parameters: &[(&(dyn ToSql + Sync), Type)],
    impatient: bool,
) -> Result<Vec<Row>, tokio_postgres::Error> {
    let client = &reader.session.client;
    let opening = if impatient { "SAVEPOINT evenkeel; SET LOCAL lock_timeout = '100ms'" } else { "SAVEPOINT evenkeel" };
    // Sent together: one round trip. After an error the rest is answered too, so the order holds.
    let (opened, rows, closed) = tokio::join!(
        biased;
        client.batch_execute(opening),
        client.query_typed(statement, parameters),
        client.batch_execute("ROLLBACK TO SAVEPOINT evenkeel; RELEASE SAVEPOINT evenkeel"),
    );
    opened?;
    closed?;
    rows
}

/// Numbers of relations that someone holds, or waits for, exclusively.
pub async fn locked(reader: &Reader<'_>) -> Read<HashSet<u32>> {
    let rows = reader.rows(include_str!("locked.sql"), "pg_locks").await?;
    rows.iter().map(|row| Ok(rows::oid(row, 0)?)).collect::<Read<_>>()
}

fn is_wait(error: &tokio_postgres::Error) -> bool {
    // A definition whose parts were dropped meanwhile fails with an internal error; it is that object's gap alone.
    matches!(
        error.code(),
        Some(
            &SqlState::LOCK_NOT_AVAILABLE
                | &SqlState::T_R_DEADLOCK_DETECTED
                | &SqlState::INTERNAL_ERROR
                | &SqlState::UNDEFINED_TABLE
                | &SqlState::UNDEFINED_OBJECT
                | &SqlState::UNDEFINED_COLUMN
                | &SqlState::UNDEFINED_FUNCTION
        )
    )
}

fn reason(error: &tokio_postgres::Error) -> String {
    match error.code() {
        Some(&SqlState::LOCK_NOT_AVAILABLE) => "another session holds it, or something it names, in ACCESS EXCLUSIVE mode".to_owned(),
        _ => format!(
            "the server could not print it: {}",
            error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned())
        ),
    }
}

//! The parity lock as it stands in the database that it locks: one row of one table in a schema of evenkeel's own, which every role may
//! read.
//!
//! Lives here: reading it, and the statements that write it. Does not live here: who runs them (`pipeline/lock`, under a claim), that no
//! capture sees the table (`capture/own`).

use crate::capture::{COLUMNS, SCHEMA, TABLE, render};
use crate::connect::{Limits, Target, connect};
use crate::flavor::major_of;
use crate::ident::{literal, qualified, quoted};
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::port::{OnTarget, ParityLock};
use tokio_postgres::types::Type;
use tokio_postgres::{Row, SimpleQueryMessage};

/// What stands there.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn look(target: &Target, limits: &Limits) -> Result<OnTarget, Box<Trouble>> {
    let words = |fault: crate::connect::Fault| Box::new(fault.trouble());
    let session = connect(target).await.map_err(words)?;
    session.begin_read_only(limits, None).await.map_err(words)?;
    let values: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 2] = [(&SCHEMA, Type::TEXT), (&TABLE, Type::TEXT)];
    let found = session.client.query_typed(&render(include_str!("parity.sql"), major_of(session.server_version_num)), &values).await;
    let found = found.map_err(|error| words(session.fault(&error, "looking for a parity lock")))?;
    let told = match found.first().map(made) {
        None => OnTarget::Free { is_made: false },
        Some(Err(why)) => OnTarget::Untold(why),
        Some(Ok(())) => {
            let columns = COLUMNS.map(quoted).join(", ");
            let query = format!("SELECT {columns} FROM {} LIMIT 2", qualified(SCHEMA, TABLE));
            match session.client.simple_query(&query).await {
                Ok(messages) => read(&messages),
                Err(error) => match error.as_db_error() {
                    Some(said) => OnTarget::Untold(format!("{SCHEMA}.{TABLE} cannot be read: {}", said.message())),
                    None => return Err(words(session.fault(&error, "reading a parity lock"))),
                },
            }
        }
    };
    session.end().await.map_err(words)?;
    Ok(told)
}

/// Whether the table is as it is made, and may be read.
fn made(row: &Row) -> Result<(), String> {
    let text = |error: tokio_postgres::Error| error.to_string();
    let (kind, is_odd): (&str, bool) = (row.try_get("kind").map_err(text)?, row.try_get("is_odd").map_err(text)?);
    let (columns, count): (Vec<String>, i32) = (row.try_get("columns").map_err(text)?, row.try_get("count").map_err(text)?);
    if kind != "r" || is_odd || columns != COLUMNS || usize::try_from(count) != Ok(COLUMNS.len()) {
        return Err(format!("{SCHEMA}.{TABLE} is there, and is not as evenkeel makes it: look whose it is"));
    }
    match row.try_get("may").map_err(text)? {
        true => Ok(()),
        false => Err(format!(
            "the role may not read {SCHEMA}.{TABLE}: GRANT USAGE ON SCHEMA {SCHEMA} TO PUBLIC; GRANT SELECT ON {SCHEMA}.{TABLE} TO PUBLIC;"
        )),
    }
}

/// The row, where there is one.
fn read(messages: &[SimpleQueryMessage]) -> OnTarget {
    let rows: Vec<_> = messages
        .iter()
        .filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        })
        .collect();
    let row = match rows.as_slice() {
        [] => return OnTarget::Free { is_made: true },
        [row] => row,
        _ => return OnTarget::Untold(format!("{SCHEMA}.{TABLE} has several rows, and evenkeel writes one: look whose they are")),
    };
    let text = |at: usize| row.try_get(at).ok().flatten().unwrap_or_default().to_owned();
    OnTarget::Held(Box::new(ParityLock {
        environment: text(0),
        target: text(1),
        digest: text(2),
        // Of what cannot be read nobody can tell whether it is as it was.
        canonical: text(3).parse().unwrap_or_default(),
        holder: text(4),
        since: text(5),
        until: text(6),
        reason: row.try_get(7).ok().flatten().map(str::to_owned),
        released: None,
    }))
}

/// What makes that lock the one that stands, or takes away whichever does; the table is made where it is not there.
#[must_use]
pub fn statements(is_made: bool, lock: Option<&ParityLock>) -> Vec<String> {
    let (schema, table) = (quoted(SCHEMA), qualified(SCHEMA, TABLE));
    let mut all = Vec::new();
    if !is_made {
        let columns = COLUMNS.map(|name| format!("{} text", quoted(name))).join(", ");
        all.extend([
            format!("CREATE SCHEMA IF NOT EXISTS {schema}"),
            format!("CREATE TABLE {table} ({columns})"),
            format!("GRANT USAGE ON SCHEMA {schema} TO PUBLIC"),
            format!("GRANT SELECT ON {table} TO PUBLIC"),
        ]);
    }
    all.push(format!("DELETE FROM {table}"));
    all.extend(lock.map(|lock| {
        let canonical = lock.canonical.to_string();
        let texts = [&lock.environment, &lock.target, &lock.digest, &canonical, &lock.holder, &lock.since, &lock.until];
        let reason = lock.reason.as_ref().map_or_else(|| "NULL".to_owned(), |reason| literal(reason));
        format!("INSERT INTO {table} VALUES ({}, {reason})", texts.map(|text| literal(text)).join(", "))
    }));
    all
}

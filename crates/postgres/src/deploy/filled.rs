//! How much is in tables and columns. Every row is looked at, within the time that a statement may take. Neighbour: `traffic`.

use crate::connect::{Limits, Session, Target, connect};
use crate::ident::{qualified, quoted};
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::port::Condition;
use tokio_postgres::SimpleQueryMessage;

/// Counts, one after the other, each in a transaction of its own: one that takes too long ends that alone.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn count(target: &Target, of: &[Vec<String>], limits: &Limits) -> Result<Vec<Result<u64, String>>, Box<Trouble>> {
    let words = |fault: crate::connect::Fault| Box::new(fault.trouble());
    let session = connect(target).await.map_err(words)?;
    let mut counted = Vec::with_capacity(of.len());
    for name in of {
        let query = match name.as_slice() {
            [schema, table] => format!("SELECT pg_catalog.count(*) FROM {}", qualified(schema, table)),
            [schema, table, column] => format!("SELECT pg_catalog.count({}) FROM {}", quoted(column), qualified(schema, table)),
            _ => {
                counted.push(Err("it is no table and no column".to_owned()));
                continue;
            }
        };
        session.begin_read_only(limits, None).await.map_err(words)?;
        counted.push(number(&session, &query).await?);
        session.end().await.map_err(words)?;
    }
    Ok(counted)
}

/// Counts rows that meet a condition.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn meeting(target: &Target, of: &Condition, limits: &Limits) -> Result<Result<u64, String>, Box<Trouble>> {
    let words = |fault: crate::connect::Fault| Box::new(fault.trouble());
    let session = connect(target).await.map_err(words)?;
    session.begin_read_only(limits, None).await.map_err(words)?;
    // The text ends with a line of its own, should its last be a comment; the extended protocol takes no second statement.
    let table = qualified(&of.schema, &of.table);
    let texts = [
        format!("EXPLAIN SELECT {}\n AS one FROM {table}", of.condition),
        format!("SELECT pg_catalog.count(*)::pg_catalog.int8 FROM {table} WHERE ({}\n)", of.condition),
    ];
    let mut counted = Err("the server gives no number".to_owned());
    for text in texts.iter().take(if of.is_only_read { 1 } else { 2 }) {
        counted = match session.client.query_typed(text, &[]).await {
            Ok(rows) => {
                let number = rows.first().and_then(|row| row.try_get::<_, i64>(0).ok()).and_then(|number| u64::try_from(number).ok());
                number.ok_or_else(|| "the server gives no number".to_owned())
            }
            Err(error) => match error.as_db_error() {
                Some(said) => {
                    drop(session.end().await);
                    return Ok(Err(super::backfill::said(said.code().code(), said.message())));
                }
                None => return Err(Box::new(session.fault(&error, "counting rows").trouble())),
            },
        };
    }
    session.end().await.map_err(words)?;
    Ok(if of.is_only_read { Ok(0) } else { counted })
}

/// The one number that a query gives, or what the server says against it.
pub(super) async fn number(session: &Session, query: &str) -> Result<Result<u64, String>, Box<Trouble>> {
    match session.client.simple_query(query).await {
        Ok(messages) => {
            let number = messages.iter().find_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(0)?.parse().ok(),
                _ => None,
            });
            Ok(number.ok_or_else(|| "the server gives no number".to_owned()))
        }
        Err(error) => match error.as_db_error() {
            Some(said) => Ok(Err(format!("{} ({})", said.message(), said.code().code()))),
            None => Err(Box::new(session.fault(&error, "counting rows").trouble())),
        },
    }
}

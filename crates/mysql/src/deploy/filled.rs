//! How much is in tables and columns, by the parts of their names, of which the first is the schema and empty here. Every row is looked at, within the time that a statement may take. Neighbour: `traffic`.

use super::backfill::{name, read, said, several};
use crate::connect::{Fault, Limits, Session, Target, connect};
use crate::ident::Ident;
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::port::Condition;

/// Counts, one after the other; one that takes too long ends that alone.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn count(target: &Target, of: &[Vec<String>], limits: &Limits) -> Result<Vec<Result<u64, String>>, Box<Trouble>> {
    let words = |fault: Fault| Box::new(fault.trouble());
    let mut session = connect(target).await.map_err(words)?;
    session.begin_read_only(limits).await.map_err(words)?;
    let mut counted = Vec::with_capacity(of.len());
    for name in of {
        let query = match name.as_slice() {
            [_, table] => format!("SELECT count(*) FROM {}", Ident(table)),
            [_, table, column] => format!("SELECT count({}) FROM {}", Ident(column), Ident(table)),
            _ => {
                counted.push(Err("it is no table and no column".to_owned()));
                continue;
            }
        };
        counted.push(number(&mut session, &query).await?);
    }
    session.close().await;
    Ok(counted)
}

/// Counts rows that meet a condition.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn meeting(target: &Target, of: &Condition, limits: &Limits) -> Result<Result<u64, String>, Box<Trouble>> {
    if let Some(refused) = several(&of.condition) {
        return Ok(Err(refused.message));
    }
    let words = |fault: Fault| Box::new(fault.trouble());
    let mut session = connect(target).await.map_err(words)?;
    session.begin_read_only(limits).await.map_err(words)?;
    let table = name(&of.schema, &of.table);
    let counted = match session.rows(&read(&table, &of.condition), "counting rows").await {
        Err(Fault::Server { code, message, .. }) => Err(said(&code.to_string(), &message)),
        Err(fault) => return Err(words(fault)),
        Ok(_) if of.is_only_read => Ok(0),
        Ok(_) => number(&mut session, &format!("SELECT count(*) FROM {table} WHERE ({}\n)", of.condition)).await?,
    };
    session.close().await;
    Ok(counted)
}

/// The one number that a query gives, or what the server says against it.
pub(super) async fn number(session: &mut Session, query: &str) -> Result<Result<u64, String>, Box<Trouble>> {
    match session.rows(query, "counting rows").await {
        Ok(rows) => {
            let number = rows.first().and_then(|row| row.integer(0).ok().flatten()).and_then(|number| u64::try_from(number).ok());
            Ok(number.ok_or_else(|| "the server gives no number".to_owned()))
        }
        Err(Fault::Server { code, message, .. }) => Ok(Err(said(&code.to_string(), &message))),
        Err(fault) => Err(Box::new(fault.trouble())),
    }
}

//! Rows that refer to one that is not there, of foreign keys that do not vouch for it. Neighbour: `filled`, how much is in tables.

use super::filled::number;
use crate::connect::{Limits, Target, connect};
use evenkeel_core::fault::{Trouble, Troublesome};
use tokio_postgres::types::Type;

/// Counts, one key after the other, each in a transaction of its own.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn count(target: &Target, keys: &[Vec<String>], limits: &Limits) -> Result<Vec<Result<u64, String>>, Box<Trouble>> {
    let words = |fault: crate::connect::Fault| Box::new(fault.trouble());
    let session = connect(target).await.map_err(words)?;
    let mut counted = Vec::with_capacity(keys.len());
    for key in keys {
        let [schema, table, name] = key.as_slice() else {
            counted.push(Err("it is no constraint".to_owned()));
            continue;
        };
        session.begin_read_only(limits, None).await.map_err(words)?;
        let values: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 3] =
            [(schema, Type::TEXT), (table, Type::TEXT), (name, Type::TEXT)];
        let found = session.client.query_typed(include_str!("orphans.sql"), &values).await;
        let found = found.map_err(|error| words(session.fault(&error, "reading a foreign key")))?;
        let query = found.first().and_then(|row| row.try_get::<_, Option<String>>(0).ok().flatten());
        counted.push(match query {
            Some(query) => number(&session, &query).await?,
            None => Err("it is not there any more".to_owned()),
        });
        session.end().await.map_err(words)?;
    }
    Ok(counted)
}

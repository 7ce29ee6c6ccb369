//! Rows that refer to one that is not there: no key vouches for it, since `foreign_key_checks = 0` lets any row in. Neighbour: `filled`.

use crate::connect::{Fault, Limits, Target, connect};
use crate::ident::{Ident, Literal};
use evenkeel_core::fault::{Trouble, Troublesome};

const DOING: &str = "reading a foreign key";

/// Counts, one key after the other, within the time that a statement may take.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn count(target: &Target, keys: &[Vec<String>], limits: &Limits) -> Result<Vec<Result<u64, String>>, Box<Trouble>> {
    let words = |fault: Fault| Box::new(fault.trouble());
    let mut session = connect(target).await.map_err(words)?;
    session.begin_read_only(limits).await.map_err(words)?;
    let mut counted = Vec::with_capacity(keys.len());
    for key in keys {
        let [_, table, name] = key.as_slice() else {
            counted.push(Err("it is no constraint".to_owned()));
            continue;
        };
        let find =
            include_str!("orphans.sql").replace("{table}", &Literal(table).to_string()).replace("{name}", &Literal(name).to_string());
        let columns = session.rows(&find, DOING).await.map_err(words)?;
        let text = |row: &crate::connect::rows::Row, at: usize| row.text(at).ok().flatten().map(str::into_string).unwrap_or_default();
        let Some(first) = columns.first() else {
            counted.push(Err("it is not there any more".to_owned()));
            continue;
        };
        let parent = format!("{}.{}", Ident(&text(first, 1)), Ident(&text(first, 2)));
        let both = |row| format!("parent.{} = child.{}", Ident(&text(row, 3)), Ident(&text(row, 0)));
        let filled: Vec<String> = columns.iter().map(|row| format!("child.{} IS NOT NULL", Ident(&text(row, 0)))).collect();
        let same: Vec<String> = columns.iter().map(both).collect();
        let query = format!(
            "SELECT count(*) FROM {} AS child WHERE {} AND NOT EXISTS (SELECT 1 FROM {parent} AS parent WHERE {})",
            Ident(table),
            filled.join(" AND "),
            same.join(" AND ")
        );
        counted.push(super::filled::number(&mut session, &query).await?);
    }
    session.close().await;
    Ok(counted)
}

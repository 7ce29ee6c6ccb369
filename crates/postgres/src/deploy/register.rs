//! Tables of evenkeel's own in the database that it works on, in a schema of their own, which every role may read.
//!
//! Lives here: reading them, and the statements that write them. Does not live here: who runs them (`pipeline/register`, under a claim), what
//! their rows mean (`port`'s `Register`), that no capture sees them (`capture/own`).

use crate::capture::{SCHEMA, render};
use crate::connect::{Limits, Target, connect};
use crate::flavor::major_of;
use crate::ident::{literal, qualified, quoted};
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::port::{Register, RegisterRow, Registered};
use tokio_postgres::types::Type;
use tokio_postgres::{Row, SimpleQueryMessage};

/// So many rows are read, where there may be more than one.
const MOST: u32 = 1000;

/// What stands there.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn look(target: &Target, register: &Register, limits: &Limits) -> Result<Registered, Box<Trouble>> {
    let words = |fault: crate::connect::Fault| Box::new(fault.trouble());
    let session = connect(target).await.map_err(words)?;
    session.begin_read_only(limits, None).await.map_err(words)?;
    let values: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 2] = [(&SCHEMA, Type::TEXT), (&register.name, Type::TEXT)];
    let found = session.client.query_typed(&render(include_str!("register.sql"), major_of(session.server_version_num)), &values).await;
    let found = found.map_err(|error| words(session.fault(&error, "looking for a table of evenkeel's own")))?;
    let told = match found.first().map(|row| made(row, register)) {
        None => Registered::Rows { is_made: false, rows: Vec::new() },
        Some(Err(why)) => Registered::Untold(why),
        Some(Ok(())) => {
            let columns = register.columns.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
            let most = if register.is_one { 2 } else { MOST };
            let query = format!("SELECT {columns} FROM {} LIMIT {most}", qualified(SCHEMA, register.name));
            match session.client.simple_query(&query).await {
                Ok(messages) => Registered::Rows { is_made: true, rows: read(&messages, register) },
                Err(error) => match error.as_db_error() {
                    Some(said) => Registered::Untold(format!("{SCHEMA}.{} cannot be read: {}", register.name, said.message())),
                    None => return Err(words(session.fault(&error, "reading a table of evenkeel's own"))),
                },
            }
        }
    };
    session.end().await.map_err(words)?;
    Ok(told)
}

/// Whether the table is as it is made, and may be read.
fn made(row: &Row, register: &Register) -> Result<(), String> {
    let text = |error: tokio_postgres::Error| error.to_string();
    let (kind, is_odd): (&str, bool) = (row.try_get("kind").map_err(text)?, row.try_get("is_odd").map_err(text)?);
    let (columns, count): (Vec<String>, i32) = (row.try_get("columns").map_err(text)?, row.try_get("count").map_err(text)?);
    let name = register.name;
    if kind != "r" || is_odd || columns != register.columns || usize::try_from(count) != Ok(register.columns.len()) {
        return Err(format!("{SCHEMA}.{name} is there, and is not as evenkeel makes it: look whose it is"));
    }
    match row.try_get("may").map_err(text)? {
        true => Ok(()),
        false => Err(format!(
            "the role may not read {SCHEMA}.{name}: GRANT USAGE ON SCHEMA {SCHEMA} TO PUBLIC; GRANT SELECT ON {SCHEMA}.{name} TO PUBLIC;"
        )),
    }
}

fn read(messages: &[SimpleQueryMessage], register: &Register) -> Vec<RegisterRow> {
    let texts = |row: &tokio_postgres::SimpleQueryRow| {
        (0..register.columns.len()).map(|at| row.try_get(at).ok().flatten().map(str::to_owned)).collect::<RegisterRow>()
    };
    let rows = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(texts(row)),
        _ => None,
    });
    rows.collect()
}

/// What writes that row, in place of whichever stands where there is to be one; or takes away what stands. The table is made where it is
/// not there.
#[must_use]
pub fn statements(register: &Register, is_made: bool, row: Option<&RegisterRow>) -> Vec<String> {
    let (schema, table) = (quoted(SCHEMA), qualified(SCHEMA, register.name));
    let mut all = Vec::new();
    if !is_made {
        let columns = register.columns.iter().map(|name| format!("{} text", quoted(name))).collect::<Vec<_>>().join(", ");
        all.extend([
            format!("CREATE SCHEMA IF NOT EXISTS {schema}"),
            format!("CREATE TABLE {table} ({columns})"),
            format!("GRANT USAGE ON SCHEMA {schema} TO PUBLIC"),
            format!("GRANT SELECT ON {table} TO PUBLIC"),
        ]);
    }
    if register.is_one || row.is_none() {
        all.push(format!("DELETE FROM {table}"));
    }
    all.extend(row.map(|row| {
        let values = row.iter().map(|value| value.as_ref().map_or_else(|| "NULL".to_owned(), |text| literal(text)));
        format!("INSERT INTO {table} VALUES ({})", values.collect::<Vec<_>>().join(", "))
    }));
    all
}

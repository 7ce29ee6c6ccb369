//! Tables of evenkeel's own in the database that it works on: as they are made, each called evenkeel_ and its register. Whoever may
//! read the database's tables reads them; a database beside it, for all of a server, needs rights that roles of one database do not have.
//!
//! Lives here: reading them, and the statements that write them. Does not live here: who runs them (`pipeline/register`, under a claim), what
//! their rows mean (`port`'s `Register`), that no capture sees them (`capture/own`).

use crate::capture::{KEY, made_as, own_table};
use crate::connect::rows::Row;
use crate::connect::{Fault, Limits, Session, Target, connect};
use crate::ident::{Ident, Literal};
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::port::{Register, RegisterRow, Registered};

/// So many rows are read, where there may be more than one.
const MOST: u32 = 1000;
/// <https://dev.mysql.com/doc/mysql-errors/9.0/en/server-error-reference.html>: there is no such table.
const NO_TABLE: u16 = 1146;
const DOING: &str = "looking for a table of evenkeel's own";

/// What stands there.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub async fn look(target: &Target, register: &Register, limits: &Limits) -> Result<Registered, Box<Trouble>> {
    let words = |fault: Fault| Box::new(fault.trouble());
    if target.describe().database.value.is_empty() {
        // Of all databases of a server none is the one.
        return Ok(Registered::NotKept);
    }
    let mut session = match connect(target).await {
        Ok(session) => session,
        // Whoever may not enter is told of that where it is read.
        Err(Fault::DatabaseForbidden { .. }) => return Ok(Registered::Untold("the account may not open the database".to_owned())),
        Err(fault) => return Err(words(fault)),
    };
    session.begin_read_only(limits).await.map_err(words)?;
    let told = told(&mut session, register).await;
    // Whoever only reads ends nothing.
    session.close().await;
    told.map_err(words)
}

async fn told(session: &mut Session, register: &Register) -> Result<Registered, Fault> {
    let table = own_table(register);
    let columns = register.columns.iter().map(|name| Ident(name).to_string()).collect::<Vec<_>>().join(", ");
    let most = if register.is_one { 2 } else { MOST };
    let rows = match session.rows(&format!("SELECT {columns} FROM {} ORDER BY {} LIMIT {most}", Ident(&table), Ident(KEY)), DOING).await {
        Ok(rows) => rows,
        Err(Fault::Server { code, .. }) if code == NO_TABLE => return Ok(Registered::Rows { is_made: false, rows: Vec::new() }),
        Err(Fault::Server { message, code, .. }) => {
            return Ok(Registered::Untold(format!(
                "{table} cannot be read: {message} ({code}): GRANT SELECT on the database to the account"
            )));
        }
        Err(fault) => return Err(fault),
    };
    // Somebody else's may have such columns, too.
    let shape = session.rows(&include_str!("register.sql").replace("{table}", &Literal(&table).to_string()), DOING).await?;
    let shown: Vec<String> = shape.iter().map(|row| text(row, 0).unwrap_or_default()).collect();
    if shown != made_as(register) {
        return Ok(Registered::Untold(format!("{table} is there, and is not as evenkeel makes it: look whose it is")));
    }
    let texts = |row: &Row| (0..register.columns.len()).map(|at| text(row, at)).collect();
    Ok(Registered::Rows { is_made: true, rows: rows.iter().map(texts).collect() })
}

fn text(row: &Row, at: usize) -> Option<String> {
    row.text(at).ok().flatten().map(|text| text.to_string())
}

/// What writes that row, in place of whichever stands where there is to be one; or takes away what stands. The table is made where it is
/// not there, which commits by itself.
#[must_use]
pub fn statements(register: &Register, is_made: bool, row: Option<&RegisterRow>) -> Vec<String> {
    let (name, key) = (own_table(register), Ident(KEY));
    let table = Ident(&name);
    let mut all = Vec::new();
    if !is_made {
        let columns = register.columns.iter().map(|name| format!("{} text", Ident(name))).collect::<Vec<_>>().join(", ");
        all.push(format!(
            "CREATE TABLE {table} ({key} bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, {columns}) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 \
             COLLATE utf8mb4_bin"
        ));
    }
    if register.is_one || row.is_none() {
        all.push(format!("DELETE FROM {table}"));
    }
    all.extend(row.map(|row| {
        let columns = register.columns.iter().map(|name| Ident(name).to_string()).collect::<Vec<_>>().join(", ");
        let values = row.iter().map(|value| value.as_ref().map_or_else(|| "NULL".to_owned(), |text| Literal(text).to_string()));
        format!("INSERT INTO {table} ({columns}) VALUES ({})", values.collect::<Vec<_>>().join(", "))
    }));
    all
}

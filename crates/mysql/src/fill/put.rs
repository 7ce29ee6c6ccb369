//! Rows, written into a table of a throwaway server: many in a statement, each table in one transaction. Neighbour: `mod`, which reads them.

use super::there::{Column, Form, Table};
use super::{DOING, UNFIT};
use crate::connect::rows::Row;
use crate::connect::{Fault, Session, Target, connect};
use crate::ident::Ident;
use std::fmt::Write as _;
use std::time::Duration;

/// So much is sent in one statement, or a row that is longer.
const PART: usize = 1 << 20;
/// The most that any server takes in one.
/// <https://dev.mysql.com/doc/refman/en/server-system-variables.html#sysvar_max_allowed_packet>
const MOST: usize = 1 << 30;
/// What goes around a statement in its packet.
const ROOM: usize = 64;
/// Nobody else waits for it.
const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

/// Nothing is altered to fit, what was 0 stays 0, days that no calendar has stay those, and references are not looked at one by one.
const SETTINGS: &str = "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES', SESSION foreign_key_checks = 0, \
                        SESSION time_zone = '+00:00', SESSION autocommit = 1, SESSION completion_type = 'NO_CHAIN'";

/// A session that writes them.
pub struct Writer {
    session: Session,
    /// How much the server took at once before.
    packet: String,
    /// Words that each statement begins with, and the forms of its columns.
    head: String,
    forms: Vec<Form>,
    /// What is not sent yet, and how many rows are.
    text: String,
    rows: u64,
}

impl Writer {
    pub async fn open(here: &Target) -> Result<Self, Fault> {
        let mut first = connect(here).await?;
        let rows = first.rows("SELECT @@global.max_allowed_packet", DOING).await?;
        let packet = rows.first().and_then(|row| row.unsigned(0).ok().flatten()).unwrap_or(1 << 24).to_string();
        first.run(&format!("SET GLOBAL max_allowed_packet = {MOST}"), DOING).await?;
        first.close().await;
        let mut session = connect(here).await?;
        session.patience = PATIENCE;
        session.run(SETTINGS, DOING).await?;
        Ok(Self { session, packet, head: String::new(), forms: Vec::new(), text: String::new(), rows: 0 })
    }

    pub const fn session(&mut self) -> &mut Session {
        &mut self.session
    }

    /// Leaves the server as it was.
    pub async fn close(mut self) -> Result<(), Fault> {
        self.session.run(&format!("SET GLOBAL max_allowed_packet = {}", self.packet), DOING).await?;
        self.session.close().await;
        Ok(())
    }

    /// Begins with a table.
    pub async fn begin(&mut self, table: &Table) -> Result<Result<(), String>, Fault> {
        let columns: Vec<String> = table.columns.iter().map(|column| Ident(&column.name).to_string()).collect();
        self.head = format!("INSERT INTO {} ({}) VALUES ", Ident(&table.name), columns.join(", "));
        self.forms = table.columns.iter().filter_map(|column: &Column| column.form).collect();
        (self.text, self.rows) = (String::new(), 0);
        fits(self.session.run("START TRANSACTION", DOING).await)
    }

    /// One row.
    pub async fn put(&mut self, row: &Row) -> Result<Result<(), String>, Fault> {
        let mut values = String::from("(");
        for (at, form) in self.forms.iter().enumerate() {
            if at > 0 {
                values.push(',');
            }
            let bytes = row.bytes(at).map_err(|wrong| self.session.wrong(&wrong, DOING))?;
            match bytes {
                None => values.push_str("NULL"),
                Some(bytes) => {
                    if !literal(&mut values, *form, &bytes) {
                        return Ok(Err(format!("{UNFIT}: a number that is written as none")));
                    }
                }
            }
        }
        values.push(')');
        if self.head.len() + values.len() + ROOM > MOST {
            return Ok(Err(format!("{UNFIT}: a row is longer than a server takes at once")));
        }
        if !self.text.is_empty()
            && self.text.len() + values.len() > PART
            && let Err(why) = self.send().await?
        {
            return Ok(Err(why));
        }
        self.text.push_str(if self.text.is_empty() { &self.head } else { "," });
        self.text.push_str(&values);
        self.rows += 1;
        Ok(Ok(()))
    }

    async fn send(&mut self) -> Result<Result<(), String>, Fault> {
        let text = std::mem::take(&mut self.text);
        fits(self.session.run(&text, DOING).await)
    }

    /// Ends with a table: how many rows it has.
    pub async fn end(&mut self, table: &Table) -> Result<Result<u64, String>, Fault> {
        let mut sent = Ok(());
        if !self.text.is_empty() {
            sent = self.send().await?;
        }
        if sent.is_ok() {
            sent = fits(self.session.run("COMMIT", DOING).await)?;
        }
        match sent {
            Ok(()) => Ok(Ok(self.rows)),
            Err(why) => {
                self.give_up(table).await?;
                Ok(Err(why))
            }
        }
    }

    /// Leaves it as it was: empty. Not all engines give up by themselves what they were given.
    pub async fn give_up(&mut self, table: &Table) -> Result<(), Fault> {
        self.text.clear();
        self.session.run("ROLLBACK", DOING).await?;
        self.session.run(&format!("DELETE FROM {}", Ident(&table.name)), DOING).await
    }
}

/// Adds a value; whether that could be.
fn literal(to: &mut String, form: Form, bytes: &[u8]) -> bool {
    match form {
        Form::Number | Form::Float => {
            let is_number = !bytes.is_empty() && bytes.iter().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte));
            if is_number {
                to.extend(bytes.iter().map(|byte| char::from(*byte)));
            }
            return is_number;
        }
        _ if bytes.is_empty() => {
            to.push_str("''");
            return true;
        }
        Form::Text => to.push_str("_utf8mb4 0x"),
        Form::Bytes => to.push_str("0x"),
    }
    to.reserve(bytes.len() * 2);
    for byte in bytes {
        // Writing into a String cannot fail.
        let _ = write!(to, "{byte:02x}");
    }
    true
}

/// Why rows are not taken, without the server's words, which hold values.
fn fits(done: Result<(), Fault>) -> Result<Result<(), String>, Fault> {
    let code = match done {
        Ok(()) => return Ok(Ok(())),
        Err(Fault::Server { code, .. }) => code,
        Err(fault) => return Err(fault),
    };
    let why = match code {
        1022 | 1062 | 1169 => ": two of them have the same key",
        1048 => ": a value is missing",
        3819 | 4025 => ": a check refuses one",
        1264 | 1265 | 1366 | 1406 | 1526 => ": there is no room for a value",
        _ => "",
    };
    Ok(Err(format!("{UNFIT}{why} ({code})")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_no_sql() {
        let written = |form, bytes: &[u8]| {
            let mut text = String::new();
            literal(&mut text, form, bytes).then_some(text)
        };
        assert_eq!(written(Form::Number, b"-1.5e-3").as_deref(), Some("-1.5e-3"));
        for odd in [&b""[..], b"1; drop table t", b"nan", b"0x1", b"1/**/"] {
            assert_eq!(written(Form::Number, odd), None, "{odd:?}");
        }
        assert_eq!(written(Form::Text, b"it's").as_deref(), Some("_utf8mb4 0x69742773"));
        assert_eq!(written(Form::Bytes, b"\0'\xff").as_deref(), Some("0x0027ff"));
        assert_eq!(written(Form::Bytes, b"").as_deref(), Some("''"));
    }

    #[test]
    fn what_is_refused_is_told_by_its_number_alone() {
        let fault = |code| Fault::Server {
            place: String::new(),
            doing: String::new(),
            code,
            sqlstate: String::new(),
            message: "Duplicate entry 'ann' for key".to_owned(),
        };
        for code in [1062, 3819, 9999] {
            let why = fits(Err(fault(code))).ok().and_then(Result::err).unwrap_or_default();
            assert!(why.ends_with(&format!("({code})")) && !why.contains("ann"), "{why}");
        }
    }
}

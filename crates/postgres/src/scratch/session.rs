//! A blocking session on a scratch server's own socket, as its superuser: what tests and the making of a server say to it.
//! Only for servers evenkeel has made. Neighbours: `connect`, which speaks; `runtime`, which blocks.

use std::time::Duration;

use evenkeel_core::connection::Blank;
use evenkeel_core::fault::shortened;
use evenkeel_core::port::{Answer, Ran};
use evenkeel_runtime::Blocking;

use super::fault::Fault;
use crate::connect::{self, Target, connect};

/// Rows as text, the way the simple protocol sends them.
pub type TextRows = Vec<Vec<Option<String>>>;

/// Told apart from sessions that capture.
const NAME: &str = "evenkeel scratch";
/// A server that has much to do may take its time.
const CONNECT_LIMIT: Duration = Duration::from_secs(60);

/// One open connection.
#[derive(Debug)]
pub struct Session {
    talk: Blocking<connect::Session>,
    server: String,
    database: String,
}

impl Session {
    /// Connects by a URL or libpq keyword string that needs no password.
    ///
    /// # Errors
    /// [`Fault::Connect`].
    pub fn open(server: &str, database: &str, conninfo: &str) -> Result<Self, Fault> {
        let target = Target::parse(conninfo, &Blank)?.for_purpose(NAME, CONNECT_LIMIT);
        let talk = Blocking::open(async || Ok(connect(&target).await?), Fault::Runtime)?;
        Ok(Self { talk, server: server.into(), database: database.into() })
    }

    /// As the port has it.
    pub(super) fn into_port(self) -> Blocking<connect::Session> {
        self.talk
    }

    /// Runs statements, any number, separated by `;`, as psql -c would (one implicit transaction).
    ///
    /// # Errors
    /// [`Fault::Sql`] with the server's message and SQLSTATE; [`Fault::Connect`].
    pub fn exec(&self, sql: &str) -> Result<(), Fault> {
        self.query_text(sql).map(drop)
    }

    /// Runs statements and gives the rows of all of them as text.
    ///
    /// # Errors
    /// As [`Session::exec`].
    pub fn query_text(&self, sql: &str) -> Result<TextRows, Fault> {
        match self.talk.answer(sql)? {
            Answer::Ran(Ran { rows, .. }) => Ok(rows),
            Answer::Refused(refused) => Err(Fault::Sql {
                server: self.server.clone(),
                database: self.database.clone(),
                statement: shortened(sql),
                message: refused.message,
                sqlstate: refused.code,
            }),
        }
    }

    /// The first column of the first row.
    ///
    /// # Errors
    /// As [`Session::exec`].
    pub fn value(&self, sql: &str) -> Result<Option<String>, Fault> {
        Ok(self.query_text(sql)?.into_iter().next().and_then(|row| row.into_iter().next().flatten()))
    }
}

//! A blocking session on a scratch server's own socket, as its superuser: what tests and the making of a server say to it.
//! Only for servers evenkeel has made. Neighbours: `connect`, which speaks; `runtime`, which blocks.

use std::path::Path;
use std::time::Duration;

use evenkeel_core::connection::Blank;
use evenkeel_core::fault::shortened;
use evenkeel_core::kind::Engine;
use evenkeel_core::port::{Answer, Ran};
use evenkeel_runtime::Blocking;

use super::fault::Fault;
use crate::connect::{self, Target, connect};

/// Rows as text, the way the text protocol sends them.
pub type TextRows = Vec<Vec<Option<String>>>;

/// A server that has much to do may take its time.
const CONNECT_TIMEOUT: &str = "connect-timeout=60";
/// Loading data may take long, and nobody else waits for it.
const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);
/// The collation that all versions of both vendors have: what is made here shows the same everywhere.
const COLLATION: &str = "SET NAMES utf8mb4 COLLATE utf8mb4_general_ci";

/// One open connection.
#[derive(Debug)]
pub struct Session {
    talk: Blocking<connect::Session>,
    server: String,
    database: String,
}

impl Session {
    /// Connects through a socket as a superuser without password. An empty `database` chooses none.
    ///
    /// # Errors
    /// [`Fault::Connect`].
    pub fn open(server: &str, socket: &Path, database: &str) -> Result<Self, Fault> {
        Self::open_as(super::SUPERUSER, server, socket, database)
    }

    /// As [`Session::open`], as another account without password.
    pub(super) fn open_as(user: &str, server: &str, socket: &Path, database: &str) -> Result<Self, Fault> {
        // Either vendor's scheme will do: they differ in what the machine adds, and this one adds nothing.
        let url = format!("{}&{CONNECT_TIMEOUT}", super::url_as(user, Engine::MySql, socket, database));
        let target = Target::parse(&url, &Blank)?;
        let opened = async || {
            let mut session = connect(&target).await?;
            session.patience = PATIENCE;
            session.run(COLLATION, "setting the collation").await?;
            Ok(session)
        };
        Ok(Self { talk: Blocking::open(opened, Fault::Runtime)?, server: server.to_owned(), database: database.to_owned() })
    }

    /// As the port has it.
    pub(super) fn into_port(self) -> Blocking<connect::Session> {
        self.talk
    }

    /// Runs statements, any number, separated by `;`, until one fails.
    ///
    /// # Errors
    /// [`Fault::Sql`] with the server's message and error number; [`Fault::Connect`].
    pub fn exec(&self, sql: &str) -> Result<(), Fault> {
        self.query_text(sql).map(drop)
    }

    /// Runs statements and gives the rows of all of them as text.
    ///
    /// # Errors
    /// As [`Session::exec`].
    pub fn query_text(&self, sql: &str) -> Result<TextRows, Fault> {
        Ok(self.ran(sql, sql)?.rows)
    }

    fn ran(&self, sql: &str, shown: &str) -> Result<Ran, Fault> {
        match self.talk.answer(sql)? {
            Answer::Ran(ran) => Ok(ran),
            Answer::Refused(refused) => Err(Fault::Sql {
                server: self.server.clone(),
                database: self.database.clone(),
                statement: shortened(shown),
                message: refused.message,
                code: refused.code.parse().unwrap_or_default(),
            }),
        }
    }

    /// As [`Session::exec`] with a statement that no message may show; `label` stands for it.
    pub(super) fn exec_secret(&self, label: &str, sql: &str) -> Result<(), Fault> {
        self.ran(sql, label).map(drop).map_err(|fault| match fault {
            // The server quotes from what it does not understand.
            Fault::Sql { server, database, statement, code, .. } => {
                Fault::Sql { server, database, statement, message: format!("server error {code}"), code }
            }
            other => other,
        })
    }

    /// The first column of the first row.
    ///
    /// # Errors
    /// As [`Session::exec`].
    pub fn value(&self, sql: &str) -> Result<Option<String>, Fault> {
        Ok(self.query_text(sql)?.into_iter().next().and_then(|row| row.into_iter().next().flatten()))
    }

    /// The first row with its columns' names, for statements such as SHOW whose columns differ between vendors. Empty
    /// where there is no row.
    ///
    /// # Errors
    /// As [`Session::exec`].
    pub fn record(&self, sql: &str) -> Result<Vec<(String, Option<String>)>, Fault> {
        let rows = self.talk.with(async |session| session.rows(sql, "running a statement").await).unwrap_or_else(|| Ok(Vec::new()))?;
        let named = |row: &connect::rows::Row| {
            (0..row.len()).map(|index| (row.name(index), row.text(index).ok().flatten().map(str::into_string))).collect()
        };
        Ok(rows.first().map(named).unwrap_or_default())
    }
}

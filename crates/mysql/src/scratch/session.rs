//! A blocking SQL session on a scratch server's own socket, as its superuser. Only for servers evenkeel has made:
//! connections to anybody's environment are made in `connect`.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use evenkeel_core::fault::shortened;
use evenkeel_runtime::elsewhere;
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, OptsBuilder, Row, Value};
use tokio::runtime::{Builder, Runtime};

use super::SUPERUSER;
use super::fault::Fault;

/// Rows as text, the way the text protocol sends them; bytes that are no UTF-8 are replaced.
pub type TextRows = Vec<Vec<Option<String>>>;

const CONNECT_LIMIT: Duration = Duration::from_secs(30);
const GOODBYE_LIMIT: Duration = Duration::from_secs(2);

/// One open connection. Every call blocks; that is safe inside an async runtime too, since the work is done on a
/// thread of its own.
#[derive(Debug)]
pub struct Session {
    /// Both nothing only while dropping.
    runtime: Option<Runtime>,
    connection: Mutex<Option<Conn>>,
    server: String,
    database: String,
}

impl Session {
    /// Connects through a socket as a superuser without password. An empty `database` chooses none.
    ///
    /// # Errors
    /// [`Fault::Sql`].
    pub fn open(server: &str, socket: &Path, database: &str) -> Result<Self, Fault> {
        let fault = |message: String, code| Fault::Sql {
            server: server.to_owned(),
            database: database.to_owned(),
            statement: "connecting".into(),
            message,
            code,
        };
        let Some(socket) = socket.to_str() else {
            return Err(fault(format!("the socket path {} is no UTF-8", socket.display()), None));
        };
        let options = OptsBuilder::default()
            .socket(Some(socket))
            .user(Some(SUPERUSER))
            .db_name(Some(database).filter(|name| !name.is_empty()))
            // Given, so that the driver does not ask for them.
            .max_allowed_packet(Some(64 << 20))
            .wait_timeout(Some(28_800));
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| fault(error.to_string(), None))?;
        let connection = elsewhere(|| runtime.block_on(async { tokio::time::timeout(CONNECT_LIMIT, Conn::new(options)).await }))
            .map_err(|_| fault(format!("no answer within {CONNECT_LIMIT:?}"), None))?
            .map_err(|error| {
                let (message, code) = explain(&error);
                fault(message, code)
            })?;
        Ok(Self {
            runtime: Some(runtime),
            connection: Mutex::new(Some(connection)),
            server: server.to_owned(),
            database: database.to_owned(),
        })
    }

    /// Runs statements, any number, separated by `;`, until one fails.
    ///
    /// # Errors
    /// [`Fault::Sql`] with the server's message and error number.
    pub fn exec(&self, sql: &str) -> Result<(), Fault> {
        self.query_text(sql).map(drop)
    }

    /// Runs statements and gives the rows of all of them as text.
    ///
    /// # Errors
    /// As [`Session::exec`].
    pub fn query_text(&self, sql: &str) -> Result<TextRows, Fault> {
        Ok(self.rows(sql, sql)?.into_iter().map(|row| row.unwrap_raw().into_iter().map(|value| value.and_then(text)).collect()).collect())
    }

    fn rows(&self, sql: &str, shown: &str) -> Result<Vec<Row>, Fault> {
        let mut guard = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let (Some(runtime), Some(connection)) = (&self.runtime, guard.as_mut()) else {
            return Ok(Vec::new());
        };
        elsewhere(|| runtime.block_on(all_rows(connection, sql))).map_err(|error| {
            let (message, code) = explain(&error);
            Fault::Sql { server: self.server.clone(), database: self.database.clone(), statement: shortened(shown), message, code }
        })
    }

    /// The first row with its columns' names, for statements such as SHOW whose columns differ between vendors. Empty
    /// where there is no row.
    ///
    /// # Errors
    /// As [`Session::exec`].
    pub fn record(&self, sql: &str) -> Result<Vec<(String, Option<String>)>, Fault> {
        Ok(self.rows(sql, sql)?.into_iter().next().map(named).unwrap_or_default())
    }

    /// As [`Session::exec`] with a statement that no message may show; `label` stands for it.
    pub(super) fn exec_secret(&self, label: &str, sql: &str) -> Result<(), Fault> {
        self.rows(sql, label).map(drop).map_err(|fault| match fault {
            // The server quotes from what it does not understand.
            Fault::Sql { server, database, statement, code: code @ Some(number), .. } => {
                Fault::Sql { server, database, statement, message: format!("server error {number}"), code }
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
}

impl Drop for Session {
    fn drop(&mut self) {
        let connection = self.connection.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((runtime, connection)) = self.runtime.take().zip(connection) {
            // A server that is gone or busy gets no goodbye; it notices the closed socket.
            elsewhere(|| drop(runtime.block_on(async { tokio::time::timeout(GOODBYE_LIMIT, connection.disconnect()).await })));
            // An ordinary drop of a runtime waits and is forbidden inside another runtime.
            runtime.shutdown_background();
        }
    }
}

async fn all_rows(connection: &mut Conn, sql: &str) -> Result<Vec<Row>, mysql_async::Error> {
    let mut result = connection.query_iter(sql).await?;
    let mut rows = Vec::new();
    // One turn for each statement's result.
    while !result.is_empty() {
        rows.extend(result.collect::<Row>().await?);
    }
    // A statement that fails after another one leaves a result that looks empty; here it says so.
    result.drop_result().await?;
    Ok(rows)
}

fn named(row: Row) -> Vec<(String, Option<String>)> {
    let names: Vec<String> = row.columns_ref().iter().map(|column| column.name_str().into_owned()).collect();
    names.into_iter().zip(row.unwrap_raw().into_iter().map(|value| value.and_then(text))).collect()
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::NULL => None,
        Value::Bytes(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        // The text protocol sends nothing else.
        other => Some(other.as_sql(true)),
    }
}

fn explain(error: &mysql_async::Error) -> (String, Option<u16>) {
    match error {
        mysql_async::Error::Server(server) => (server.message.clone(), Some(server.code)),
        other => (other.to_string(), None),
    }
}

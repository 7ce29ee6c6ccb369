//! A blocking SQL session on a scratch server's own socket, as its superuser. Only for servers evenkeel has made:
//! connections to anybody's environment are made in `connect`.

use evenkeel_core::fault::shortened;
use evenkeel_runtime::elsewhere;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

use super::fault::Fault;

/// Rows as text, the way the simple protocol sends them.
pub type TextRows = Vec<Vec<Option<String>>>;

/// One open connection. Every call blocks; that is safe inside an async runtime too, since the work is done on a
/// thread of its own.
#[derive(Debug)]
pub struct Session {
    /// Nothing only while dropping.
    runtime: Option<Runtime>,
    client: Client,
    server: String,
    database: String,
}

impl Session {
    /// Connects by a libpq keyword string that needs no password.
    ///
    /// # Errors
    /// [`Fault::Sql`].
    pub fn open(server: &str, database: &str, conninfo: &str) -> Result<Self, Fault> {
        let fault = |message: String| Fault::Sql {
            server: server.to_owned(),
            database: database.to_owned(),
            statement: "connecting".into(),
            message,
            sqlstate: None,
        };
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| fault(error.to_string()))?;
        let client = elsewhere(|| {
            runtime.block_on(async {
                let (client, connection) = tokio_postgres::connect(conninfo, NoTls).await?;
                // Its end shows as an error of the client's next statement.
                tokio::spawn(async move { drop(connection.await) });
                Ok(client)
            })
        })
        .map_err(|error| fault(explain(&error).0))?;
        Ok(Self { runtime: Some(runtime), client, server: server.into(), database: database.into() })
    }

    /// Runs statements, any number, separated by `;`, as psql -c would (one implicit transaction).
    ///
    /// # Errors
    /// [`Fault::Sql`] with the server's message and SQLSTATE.
    pub fn exec(&self, sql: &str) -> Result<(), Fault> {
        self.query_text(sql).map(drop)
    }

    /// Runs statements and gives the rows of all of them as text.
    ///
    /// # Errors
    /// As [`Session::exec`].
    pub fn query_text(&self, sql: &str) -> Result<TextRows, Fault> {
        let Some(runtime) = &self.runtime else {
            return Ok(Vec::new());
        };
        let messages = elsewhere(|| runtime.block_on(self.client.simple_query(sql))).map_err(|error| {
            let (message, sqlstate) = explain(&error);
            Fault::Sql { server: self.server.clone(), database: self.database.clone(), statement: shortened(sql), message, sqlstate }
        })?;
        Ok(messages
            .iter()
            .filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => Some((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect()),
                _ => None,
            })
            .collect())
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
        // An ordinary drop of a runtime waits and is forbidden inside another runtime.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn explain(error: &tokio_postgres::Error) -> (String, Option<String>) {
    match error.as_db_error() {
        Some(server) => {
            let detail = server.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
            (format!("{}{detail}", server.message()), Some(server.code().code().to_owned()))
        }
        None => {
            let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
            (format!("{error}{cause}"), None)
        }
    }
}

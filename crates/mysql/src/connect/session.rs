//! An open session: what the server said about itself, statements with a deadline, and the read-only transaction.
//!
//! Lives here: everything after the login. Does not live here: getting there (`attempt`), what is pinned (`pins`).

use std::pin::pin;
use std::time::Duration;

use evenkeel_core::port::Limits;
use mysql_async::consts::ColumnType;
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, ServerError};

use super::attempt::Canceller;
use super::fault::Fault;
use super::pins;
use super::rows::{Row, Wrong};
use super::translate::{Context, fault_from};
use crate::flavor::Flavor;

/// What opens the transaction every capture reads in.
pub(crate) const OPENING: &str = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";
/// What ends it and opens the next one.
const RENEWAL: &str = "ROLLBACK; START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";
const WARNINGS: &str = "SHOW WARNINGS";

/// What sessions say by themselves, in this order: name, text and, where it is not always said, when.
pub(crate) fn sent(limits: &Limits) -> Vec<(&'static str, String, Option<&'static str>)> {
    let mut all = vec![
        ("limits", "SELECT @@max_allowed_packet,@@wait_timeout".to_owned(), Some("by the driver, when it logs in")),
        ("character set", super::greeting::FIRST.to_owned(), None),
        ("greeting", super::greeting::GREETING.to_owned(), None),
    ];
    all.extend(pins::sent(limits));
    all.extend([
        ("opening", OPENING.to_owned(), None),
        ("opening again", RENEWAL.to_owned(), None),
        ("warnings", WARNINGS.to_owned(), Some("where the server warned")),
    ]);
    all
}

/// How long we wait for a statement ourselves: a living server has ended it before.
pub(super) fn patience(limits: &Limits) -> Duration {
    limits.statement_timeout.saturating_add(limits.lock_timeout).saturating_add(Duration::from_secs(3))
}

/// A server that keeps a bound itself is given this much more than that.
const MARGIN: Duration = Duration::from_millis(200);
/// How long a statement that was told to end may take to do so.
const FAREWELL: Duration = Duration::from_secs(10);

/// A line of `SHOW WARNINGS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub level: String,
    pub code: u16,
    pub message: String,
}

/// What a server is among its likes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// It replays another server's log. `None` where the account may not know; `hidden` then says why.
    pub is_replica: Option<bool>,
    pub hidden: Option<String>,
    /// `read_only` (or `super_read_only`) is on.
    pub is_read_only: bool,
    pub is_super_read_only: bool,
}

/// A session of ours on a server. Dropping it closes the connection; a statement that was running is ended.
pub struct Session {
    pub(super) conn: Conn,
    pub flavor: Flavor,
    /// `version()`, e.g. `10.11.14-MariaDB-0+deb12u2`.
    pub version: String,
    pub version_comment: String,
    /// The server's own `sql_mode`; that of a reading session is pinned.
    pub server_sql_mode: String,
    pub is_read_only: bool,
    pub is_super_read_only: bool,
    /// The connection is encrypted.
    pub is_tls: bool,
    /// Things worth a word that did not stop us: an untested server version, an option file that was not read.
    pub warnings: Vec<String>,
    /// How long a statement may take before we give the session up.
    pub patience: Duration,
    pub(super) canceller: Canceller,
    /// How long a statement may run before we ask the server to end it.
    pub(super) bound: Option<Duration>,
    /// What holds outside of transactions, where that was said.
    pub(super) standing: Option<Limits>,
    /// Nothing that may be in a row is said of refusals to whoever runs statements by the port.
    pub(crate) is_discreet: bool,
    /// Why no further statement can be sent.
    pub(super) broken: Option<String>,
    pub(super) context: Context,
}

impl Session {
    /// A driver error of this session in words; `doing` e.g. `reading columns`.
    #[must_use]
    pub fn fault(&self, error: &mysql_async::Error, doing: &str) -> Fault {
        fault_from(error, &self.context, doing)
    }

    /// A value that is not what it should be, in words.
    #[must_use]
    pub fn wrong(&self, wrong: &Wrong, doing: &str) -> Fault {
        Fault::Driver { place: self.context.place.clone(), doing: doing.to_owned(), message: wrong.to_string() }
    }

    /// Where this session is: `host db1 port 3306 database app user reader`.
    #[must_use]
    pub const fn context(&self) -> &Context {
        &self.context
    }

    /// The server's number of this session.
    #[must_use]
    pub fn connection_id(&self) -> u32 {
        self.conn.id()
    }

    /// A handle that asks the server to end the running statement; usable from another task.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        self.canceller.clone()
    }

    /// Runs one statement (or several, separated by semicolons) without an answer.
    ///
    /// # Errors
    /// What the server says, or that it said nothing in time.
    pub async fn run(&mut self, sql: &str, doing: &str) -> Result<(), Fault> {
        self.enter(doing)?;
        let running = Running::new(&self.canceller);
        let outcome = tokio::time::timeout(self.patience, self.conn.query_drop(sql)).await;
        self.settle(outcome, running, doing).await
    }

    /// All rows of one statement.
    ///
    /// # Errors
    /// What the server says, or that it said nothing in time.
    pub async fn rows(&mut self, sql: &str, doing: &str) -> Result<Vec<Row>, Fault> {
        let mut rows = Vec::new();
        self.each(sql, doing, |row| {
            rows.push(row);
            Ok(())
        })
        .await?;
        Ok(rows)
    }

    /// Has a statement prepared, and lets go of it: the names and types of its columns, and how many parameters it has. It is not run.
    ///
    /// # Errors
    /// What the server says, or that it said nothing in time.
    pub async fn described(&mut self, sql: &str, doing: &str) -> Result<(Vec<(String, ColumnType)>, u16), Fault> {
        self.enter(doing)?;
        let running = Running::new(&self.canceller);
        let conn = &mut self.conn;
        let work = async {
            let statement = conn.prep(sql).await?;
            let columns = statement.columns().iter().map(|column| (column.name_str().into_owned(), column.column_type())).collect();
            let parameters = statement.num_params();
            conn.close(statement).await?;
            Ok((columns, parameters))
        };
        let outcome = tokio::time::timeout(self.patience, work).await;
        self.settle(outcome, running, doing).await
    }

    /// Hands the rows of one statement to `take`, one at a time as they arrive. Returns the number of warnings: an
    /// answer with warnings may be incomplete (`Session::notices`).
    ///
    /// # Errors
    /// What the server says, that it said nothing in time, or the first fault of `take`.
    pub async fn each(&mut self, sql: &str, doing: &str, mut take: impl FnMut(Row) -> Result<(), Fault>) -> Result<u16, Fault> {
        self.enter(doing)?;
        let running = Running::new(&self.canceller);
        let conn = &mut self.conn;
        let work = async {
            let mut result = conn.query_iter(sql).await?;
            let mut taken = Ok(());
            while let Some(row) = result.next().await? {
                taken = take(Row::from_driver(row));
                if taken.is_err() {
                    break;
                }
            }
            let warnings = result.warnings();
            result.drop_result().await?;
            Ok(taken.map(|()| warnings))
        };
        let outcome = tokio::time::timeout(self.patience, work).await;
        self.settle(outcome, running, doing).await?
    }

    /// Hands the rows of one statement to `take`, one at a time, and waits for it in between: the server is not read further meanwhile. Once
    /// `take` wants no more, the statement is ended.
    ///
    /// # Errors
    /// What the server says, or that it said nothing in time.
    pub async fn flow(&mut self, sql: &str, doing: &str, mut take: impl AsyncFnMut(Row) -> bool) -> Result<(), Fault> {
        self.enter(doing)?;
        let running = Running::new(&self.canceller);
        let (conn, canceller) = (&mut self.conn, self.canceller.clone());
        let mut is_enough = false;
        let outcome = {
            let is_enough = &mut is_enough;
            let work = async {
                let mut result = conn.query_iter(sql).await?;
                while let Some(row) = result.next().await? {
                    if !take(Row::from_driver(row)).await {
                        *is_enough = true;
                        // Where it is not heard, what comes yet is passed over.
                        drop(canceller.cancel().await);
                        break;
                    }
                }
                result.drop_result().await
            };
            tokio::time::timeout(self.patience, work).await
        };
        match self.settle(outcome, running, doing).await {
            Err(Fault::Cancelled { .. }) if is_enough => Ok(()),
            other => other,
        }
    }

    /// The rows of each of several statements that are sent as one packet. The first one that the server refuses ends it:
    /// then the answers before, and the refusal; what follows was not run.
    ///
    /// # Errors
    /// The session is lost, or the server said nothing in time.
    pub async fn several(&mut self, statements: &[String], doing: &str) -> Result<(Vec<Vec<Row>>, Option<Fault>), Fault> {
        self.enter(doing)?;
        let running = Running::new(&self.canceller);
        let mut answers = Vec::with_capacity(statements.len());
        let conn = &mut self.conn;
        let work = async {
            let mut result = conn.query_iter(statements.join(";\n")).await?;
            while !result.is_empty() {
                let rows: Vec<mysql_async::Row> = result.collect().await?;
                answers.push(rows.into_iter().map(Row::from_driver).collect());
            }
            Ok(())
        };
        let outcome = tokio::time::timeout(self.patience, work).await;
        match self.settle(outcome, running, doing).await {
            Ok(()) => Ok((answers, None)),
            Err(fault @ (Fault::Server { .. } | Fault::LockTimeout { .. })) if self.broken.is_none() => Ok((answers, Some(fault))),
            Err(fault) => Err(fault),
        }
    }

    /// Rows of all statements of a text, the number of rows read or changed, and what the server said to the first that it
    /// refused. One that runs longer than [`Session::bound`] is ended on the server, which then refuses it.
    ///
    /// # Errors
    /// The session is lost, or the server said nothing in time.
    pub(super) async fn answer(&mut self, text: &str, doing: &str) -> Result<(Vec<Row>, u64, Option<ServerError>), Fault> {
        self.enter(doing)?;
        let running = Running::new(&self.canceller);
        let (mut rows, mut affected) = (Vec::new(), 0);
        let (bound, patience, canceller) = (self.bound, self.patience, self.canceller.clone());
        let outcome = {
            let conn = &mut self.conn;
            let mut work = pin!(async {
                let mut result = conn.query_iter(text).await?;
                // One turn for each statement's result.
                while !result.is_empty() {
                    let changed = if result.columns_ref().is_empty() { result.affected_rows() } else { 0 };
                    let read: Vec<mysql_async::Row> = result.collect().await?;
                    affected += changed + read.len() as u64;
                    rows.extend(read.into_iter().map(Row::from_driver));
                }
                // The last statement, where it has no rows, takes no turn.
                affected += result.affected_rows();
                // A statement that fails after another one leaves a result that looks empty; here it says so.
                result.drop_result().await
            });
            match tokio::time::timeout(bound.map_or(patience, |bound| bound.saturating_add(MARGIN)), &mut work).await {
                Err(_) if bound.is_some() => {
                    // Where the server does not hear it, it does not answer either.
                    drop(canceller.cancel().await);
                    tokio::time::timeout(FAREWELL, work).await
                }
                done => done,
            }
        };
        if let Ok(Err(Error::Server(said))) = &outcome
            && !matches!(self.fault(&Error::Server(said.clone()), doing), Fault::Gone { .. })
        {
            running.ended();
            self.broken = None;
            return Ok((rows, affected, Some(said.clone())));
        }
        self.settle(outcome, running, doing).await?;
        Ok((rows, affected, None))
    }

    /// What the server had to say about the statement before.
    ///
    /// # Errors
    /// As `rows`.
    pub async fn notices(&mut self) -> Result<Vec<Notice>, Fault> {
        let doing = "reading warnings";
        let rows = self.rows(WARNINGS, doing).await?;
        let read = |row: &Row| -> Result<Notice, Wrong> {
            let text = |index: usize| Ok(row.text(index)?.unwrap_or_default().into_string());
            let code = u16::try_from(row.integer(1)?.unwrap_or_default()).unwrap_or_default();
            Ok(Notice { level: text(0)?, code, message: text(2)? })
        };
        rows.iter().map(|row| read(row).map_err(|wrong| self.wrong(&wrong, doing))).collect()
    }

    /// Makes the session one that only reads, with bounded waits and all settings pinned that change what the server
    /// prints, and opens the transaction every capture reads in. All of it stays until the session ends.
    ///
    /// # Errors
    /// What the server says, e.g. that it does not let this account set something that must be set.
    pub async fn begin_read_only(&mut self, limits: &Limits) -> Result<(), Fault> {
        let refused = pins::apply(self, limits).await?;
        self.warnings.extend(refused);
        self.patience = patience(limits);
        self.run(OPENING, "opening a read-only transaction").await
    }

    /// Ends the transaction of a reading session and opens the next one.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn renew(&mut self) -> Result<(), Fault> {
        self.run(RENEWAL, "opening a read-only transaction").await
    }

    /// Ends the transaction. It read only, so there is nothing to commit.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn end(&mut self) -> Result<(), Fault> {
        self.run("ROLLBACK", "ending a transaction").await
    }

    /// Ends one that was read only so that the server counts it among those that went well: whoever counts the others looks again and again.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn end_well(&mut self) -> Result<(), Fault> {
        self.run("COMMIT", "ending a transaction").await
    }

    /// Says goodbye, so that the server counts no aborted client.
    pub async fn close(self) {
        if self.broken.is_none() {
            drop(tokio::time::timeout(Duration::from_secs(2), self.conn.disconnect()).await);
        }
    }

    /// Whether the server replays another one's log.
    ///
    /// # Errors
    /// As `rows`; that the account may not know is no error.
    pub async fn role(&mut self) -> Result<Role, Fault> {
        let (is_replica, hidden) = match self.rows(self.flavor.replica_status(), "reading the replica's state").await {
            Ok(rows) => (Some(!rows.is_empty()), None),
            Err(Fault::Server { code: 1227, message, .. }) => (None, Some(message)),
            Err(fault) => return Err(fault),
        };
        Ok(Role { is_replica, hidden, is_read_only: self.is_read_only, is_super_read_only: self.is_super_read_only })
    }

    /// Until a statement has been answered in full the session is of no use: whoever sent another one after a statement
    /// that was given up would read the answer to the first.
    fn enter(&mut self, doing: &str) -> Result<(), Fault> {
        match self.broken.replace("an earlier statement was given up".to_owned()) {
            None => Ok(()),
            Some(why) => {
                self.broken = Some(why.clone());
                Err(Fault::Gone { place: self.context.place.clone(), doing: doing.to_owned(), message: why })
            }
        }
    }

    async fn settle<T>(
        &mut self,
        outcome: Result<Result<T, mysql_async::Error>, tokio::time::error::Elapsed>,
        running: Running,
        doing: &str,
    ) -> Result<T, Fault> {
        match outcome {
            Ok(result) => {
                running.ended();
                let is_lost = result.as_ref().is_err_and(mysql_async::Error::is_fatal);
                self.broken = is_lost.then(|| "the connection was lost before".to_owned());
                result.map_err(|error| self.fault(&error, doing))
            }
            Err(_) => {
                running.ended();
                self.broken = Some("the server did not answer an earlier statement".to_owned());
                // Where the server is silent to this too, there is nothing left to do.
                drop(self.canceller.cancel().await);
                Err(Fault::Silent { place: self.context.place.clone(), doing: doing.to_owned(), seconds: self.patience.as_secs() })
            }
        }
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("place", &self.context.place()).field("version", &self.version).finish_non_exhaustive()
    }
}

/// A statement on its way. Given up before its end (an interrupted task), it is ended on the server too: a server
/// notices only at the next packet that its client is gone.
struct Running(Option<Canceller>);

impl Running {
    fn new(canceller: &Canceller) -> Self {
        Self(Some(canceller.clone()))
    }

    fn ended(mut self) {
        self.0 = None;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let (Some(canceller), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move { canceller.cancel().await });
        }
    }
}

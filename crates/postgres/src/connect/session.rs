//! An open session: the client, what the server said about itself, its notices, and the read-only transaction.
//!
//! Lives here: everything after the login. Does not live here: getting there (`attempt`).

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use evenkeel_core::port::Limits;
use futures_util::future::poll_fn;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::error::SqlState;
use tokio_postgres::{AsyncMessage, Client, Connection};

use super::attempt::Canceller;
use super::fault::Fault;
use super::translate::{Context, fault_from};
use crate::flavor;
use crate::ident::Literal;

/// Something the server told us beside an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub severity: String,
    pub sqlstate: String,
    pub message: String,
}

/// What the server sends without being asked.
#[derive(Default)]
pub(super) struct Mail {
    /// The last ones; bounded, because a chatty server must not fill our memory.
    notices: Mutex<VecDeque<Notice>>,
    /// Why the server ended the connection. The statement that was running only learns that it is closed.
    ending: Mutex<Option<String>>,
    /// What ended the transaction. The statements after it only learn that it is over.
    first: Mutex<Option<Fault>>,
    /// When the connection last moved: bytes came, or something was sent.
    moved: Mutex<Option<Instant>>,
}

impl Mail {
    fn touch(&self) {
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
}

const NOTICES_KEPT: usize = 200;
/// The transaction is over. <https://www.postgresql.org/docs/18/errcodes-appendix.html>
pub(crate) const OVER: &str = "25P02";
/// How often a statement is tried again that a limit of the role ended before ours held.
pub(super) const HURRIED: usize = 5;

/// A session of ours on a server. Dropping it closes the connection.
pub struct Session {
    pub client: Client,
    /// `server_version_num`, e.g. 150018.
    pub server_version_num: i32,
    /// `server_version`, e.g. `15.18 (Debian 15.18-0+deb12u1)`.
    pub server_version: String,
    /// The server replays another one's log (`pg_is_in_recovery()`).
    pub is_standby: bool,
    /// The session's transactions are read-only unless they ask otherwise (always so on a standby).
    pub is_read_only: bool,
    /// The database holds bytes of any encoding.
    pub(super) is_ascii: bool,
    /// The host that answered, as the user wrote it, and its port.
    pub host: String,
    pub port: u16,
    /// The server's number of this session, or of the one that a pooler gave us at first.
    pub(super) backend: u64,
    /// Of refusals nothing is told that may be in a row.
    pub is_discreet: bool,
    /// The connection is encrypted.
    pub is_tls: bool,
    /// Things worth a word that did not stop us: an untested server version, an unused password file.
    pub warnings: Vec<String>,
    /// How long a commit may take.
    pub(super) commit: Duration,
    pub(super) canceller: Canceller,
    pub(super) mail: Arc<Mail>,
    pub(super) context: Context,
}

impl Session {
    /// A driver error of this session in words; `doing` e.g. `reading pg_class`.
    #[must_use]
    pub fn fault(&self, error: &tokio_postgres::Error, doing: &str) -> Fault {
        let fault = self.first(fault_from(error, &self.context, doing));
        let ending = self.mail.ending.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match (fault, ending) {
            (Fault::Gone { place, doing, .. }, Some(ending)) if error.as_db_error().is_none() => {
                Fault::Gone { place, doing, message: self.context.scrub(&ending) }
            }
            (fault, _) => fault,
        }
    }

    /// What ended the transaction, in place of what the statements after it are told.
    fn first(&self, fault: Fault) -> Fault {
        let mut first = self.mail.first.lock().unwrap_or_else(PoisonError::into_inner);
        if fault.sqlstate() == Some(OVER) {
            return first.clone().unwrap_or(fault);
        }
        first.get_or_insert_with(|| fault.clone());
        fault
    }

    /// Where this session is: `host db1 port 5432 database app user reader`.
    #[must_use]
    pub const fn context(&self) -> &Context {
        &self.context
    }

    /// How long nothing has moved on this connection. A server that was stopped or a network that swallows packets is
    /// silent for longer than the statement timeout, which only a living server can keep.
    #[must_use]
    pub fn quiet_for(&self) -> Duration {
        self.mail.moved.lock().unwrap_or_else(PoisonError::into_inner).map_or(Duration::ZERO, |moved| moved.elapsed())
    }

    /// A handle that asks the server to end the running statement; usable from another task.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        self.canceller.clone()
    }

    /// The notices since the last call (the newest 200), oldest first.
    #[must_use]
    pub fn take_notices(&self) -> Vec<Notice> {
        self.mail.notices.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
    }

    /// Opens the transaction every capture reads in: repeatable read, read only, bounded waits, and all settings
    /// pinned that change how the server prints a definition. One round trip; all settings end with the transaction.
    ///
    /// `snapshot` is the name another session's `pg_export_snapshot()` returned.
    ///
    /// # Errors
    /// What the server says, e.g. that the snapshot is gone.
    pub async fn begin_read_only(&self, limits: &Limits, snapshot: Option<&str>) -> Result<(), Fault> {
        let doing = "opening a read-only transaction";
        if let Some(name) = snapshot.filter(|name| !is_snapshot_name(name)) {
            return Err(Fault::Driver {
                place: self.context.place.clone(),
                doing: doing.to_owned(),
                message: format!("\"{name}\" is no name of an exported snapshot"),
            });
        }
        let opening = opening(limits, snapshot, self.major(), self.is_ascii);
        *self.mail.first.lock().unwrap_or_else(PoisonError::into_inner) = None;
        for _ in 0..HURRIED {
            match self.client.batch_execute(&opening).await {
                // A role may be given less time than it takes to ask for more; the next attempt may be quicker.
                Err(error) if error.code() == Some(&SqlState::QUERY_CANCELED) => self.end().await?,
                result => return result.map_err(|error| self.fault(&error, doing)),
            }
        }
        self.client.batch_execute(&opening).await.map_err(|error| self.fault(&error, doing))
    }

    fn major(&self) -> u16 {
        flavor::major_of(self.server_version_num)
    }

    /// Ends the transaction. It read only, so there is nothing to commit.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn end(&self) -> Result<(), Fault> {
        self.client.batch_execute(CLOSING).await.map_err(|error| self.fault(&error, "ending a transaction"))
    }

    /// Ends one that was read only so that the server counts it among those that went well: whoever counts the others looks again and again.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn end_well(&self) -> Result<(), Fault> {
        self.client.batch_execute("COMMIT").await.map_err(|error| self.fault(&error, "ending a transaction"))
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("place", &self.context.place())
            .field("server_version", &self.server_version)
            .field("is_standby", &self.is_standby)
            .finish_non_exhaustive()
    }
}

/// `00000003-0000001B-1`. Another answer than that is told as what it is.
fn is_snapshot_name(name: &str) -> bool {
    !name.is_empty() && name.len() < 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// Settings that change the text of `pg_get_*` functions or of values, and which any role may set.
///
/// `search_path` is empty so that every name but those of `pg_catalog` is printed with its schema. `row_security` is
/// off so that a table whose rows are hidden from us answers with an error instead of with fewer rows. `lc_messages`
/// is not here: only a superuser may set it.
const PINNED: &[(&str, &str)] = &[
    ("search_path", "''"),
    ("datestyle", "'ISO, YMD'"),
    ("intervalstyle", "'postgres'"),
    ("timezone", "'UTC'"),
    ("extra_float_digits", "3"),
    ("bytea_output", "'hex'"),
    ("quote_all_identifiers", "off"),
    ("standard_conforming_strings", "on"),
    ("xmlbinary", "'base64'"),
    ("xmloption", "'content'"),
    ("lc_monetary", "'C'"),
    ("lc_numeric", "'C'"),
    ("lc_time", "'C'"),
    ("row_security", "off"),
    // Compiling plans for catalog queries costs more than it gives.
    ("jit", "off"),
];

/// What ends it.
pub(crate) const CLOSING: &str = "ROLLBACK";

/// What opens the transaction every capture reads in.
pub(crate) fn opening(limits: &Limits, snapshot: Option<&str>, major: u16, is_ascii: bool) -> String {
    let mut sql = String::from("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;");
    // Writing into a String cannot fail.
    if let Some(name) = snapshot {
        let _ = write!(sql, "SET TRANSACTION SNAPSHOT {};", Literal(name));
    }
    sql.push_str(&bounded(limits));
    if flavor::has_transaction_timeout(major) {
        // Its statements are bounded, and so is their number.
        sql.push_str("SET LOCAL transaction_timeout=0;");
    }
    for (name, value) in PINNED {
        let _ = write!(sql, "SET LOCAL {name}={value};");
    }
    // Such a database holds bytes of any encoding. Asked for UTF-8, the server would refuse to send those that are none.
    // A trigger on `login` may have set another one.
    let encoding = if is_ascii { "SQL_ASCII" } else { "UTF8" };
    let _ = write!(sql, "SET LOCAL client_encoding='{encoding}';");
    sql
}

/// Nothing in the transaction waits longer than that.
pub(super) fn bounded(limits: &Limits) -> String {
    [
        // First the one that may end the next statement.
        ("statement_timeout", limits.statement_timeout),
        ("lock_timeout", limits.lock_timeout),
        ("idle_in_transaction_session_timeout", limits.idle_timeout),
    ]
    // Zero would switch the limit off, and the server takes 31 bits of milliseconds.
    .map(|(name, value)| format!("SET LOCAL {name}={};", value.as_millis().clamp(1, 2_147_483_647)))
    .concat()
}

/// A statement whose client is gone ends by itself; servers on some systems refuse it. From 14 on.
pub(crate) const NOTICING: &str = "SET client_connection_check_interval=1000";

/// What a session that writes sets for as long as it lasts: nothing in it waits longer than that, inside of a transaction or outside.
/// One that only holds locks may be silent for as long as it likes.
pub(crate) fn standing(limits: &Limits, server_version_num: i32, is_holder: bool) -> String {
    let mut sql = bounded(limits).replace("SET LOCAL ", "SET ");
    let major = flavor::major_of(server_version_num);
    if flavor::has_transaction_timeout(major) {
        sql.push_str("SET transaction_timeout=0;");
    }
    if flavor::notices_lost_clients(major) {
        sql.push_str(if is_holder { "SET idle_session_timeout=0;" } else { "" });
    }
    sql
}

/// Runs the connection until the client is dropped or the server leaves, keeping its notices.
pub(super) fn drive<S, T>(mut connection: Connection<S, T>, mail: Arc<Mail>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    tokio::spawn(async move {
        let next = |cx: &mut std::task::Context<'_>| {
            mail.touch();
            connection.poll_message(cx)
        };
        let mut next = next;
        while let Some(message) = poll_fn(&mut next).await {
            match message {
                Ok(AsyncMessage::Notice(notice)) => {
                    let mut kept = mail.notices.lock().unwrap_or_else(PoisonError::into_inner);
                    if kept.len() == NOTICES_KEPT {
                        kept.pop_front();
                    }
                    kept.push_back(Notice {
                        severity: notice.severity().to_owned(),
                        sqlstate: notice.code().code().to_owned(),
                        message: notice.message().to_owned(),
                    });
                }
                Ok(_) => {}
                // Whoever waits for an answer gets an error of its own.
                Err(error) => {
                    let words = super::translate::chain(&error);
                    *mail.ending.lock().unwrap_or_else(PoisonError::into_inner) = Some(words);
                    break;
                }
            }
        }
    });
}

//! Errors of the driver and of the server, turned into faults.
//!
//! Lives here: what an SQLSTATE means for a person, and the secrets to keep out of foreign texts. Does not live here: the
//! faults (`fault`), and errors of TLS (`tls`).

use std::error::Error as _;
use std::sync::Arc;

use evenkeel_core::connection;
use secrecy::{ExposeSecret, SecretString};
use tokio_postgres::error::{DbError, SqlState};

use super::fault::Fault;

/// What is needed to say where a driver error happened, and to keep secrets out of it.
#[derive(Clone)]
pub struct Context {
    pub(super) place: String,
    pub(super) dbname: String,
    pub(super) dbname_origin: String,
    pub(super) user: String,
    pub(super) user_origin: String,
    pub(super) host: String,
    pub(super) sslmode_origin: String,
    pub(super) roots: String,
    pub(super) channel_binding_origin: String,
    pub(super) password_origin: Option<String>,
    pub(super) looked: Vec<String>,
    pub(super) secrets: Arc<[SecretString]>,
}

impl Context {
    /// `host db1 port 5432 database app user reader`.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }

    /// `text` with every known secret replaced.
    #[must_use]
    pub fn scrub(&self, text: &str) -> String {
        scrub(text, &self.secrets)
    }
}

pub(super) fn scrub(text: &str, secrets: &[SecretString]) -> String {
    connection::scrub(text, secrets.iter().map(ExposeSecret::expose_secret))
}

/// A driver error in words: `doing` says what we were at, e.g. `reading pg_class` or `connecting`.
#[must_use]
pub fn fault_from(error: &tokio_postgres::Error, context: &Context, doing: &str) -> Fault {
    let place = context.place.clone();
    let doing = doing.to_owned();
    if let Some(error) = error.as_db_error() {
        return from_server(error, context, doing);
    }
    if let Some(fault) = super::tls::fault_of(error, context) {
        return fault;
    }
    let message = context.scrub(&chain(error));
    // The driver has no public kinds; its own words for these cases are fixed.
    if message.contains("password missing") {
        return Fault::PasswordMissing { place, looked: context.looked.clone() };
    }
    if error.is_closed() || io_kind(error).is_some_and(is_disconnect) {
        return Fault::Gone { place, doing, message: format!("the connection was closed ({message})") };
    }
    Fault::Driver { place, doing, message }
}

fn from_server(error: &DbError, context: &Context, doing: String) -> Fault {
    let place = context.place.clone();
    let message = context.scrub(&words(error));
    let code = error.code();
    if *code == SqlState::INVALID_PASSWORD {
        return match &context.password_origin {
            Some(origin) => Fault::PasswordRejected { place, origin: origin.clone(), message },
            None => Fault::PasswordMissing { place, looked: context.looked.clone() },
        };
    }
    if *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION {
        // The routine is not translated, the message is.
        return if error.routine() == Some("InitializeSessionUserId") {
            Fault::NoSuchRole { place, user: context.user.clone(), origin: context.user_origin.clone(), message }
        } else {
            Fault::LoginRefused { place, message }
        };
    }
    if *code == SqlState::INVALID_CATALOG_NAME {
        let (dbname, origin) = (context.dbname.clone(), context.dbname_origin.clone());
        return Fault::NoSuchDatabase { place, dbname, origin, message };
    }
    // Before a session is open nothing of the database's own runs but triggers on `login`, of 17 and newer.
    if let Some(ran) = error.where_().filter(|_| doing == super::CONNECTING) {
        let ran = context.scrub(ran.lines().last().unwrap_or(ran));
        return Fault::LoginTrigger { place, dbname: context.dbname.clone(), ran, message };
    }
    if *code == SqlState::INSUFFICIENT_PRIVILEGE && doing == super::CONNECTING {
        let (dbname, user) = (context.dbname.clone(), context.user.clone());
        return Fault::DatabaseForbidden { place, dbname, user, message };
    }
    if *code == SqlState::TOO_MANY_CONNECTIONS {
        return Fault::TooManyConnections { place, message };
    }
    if *code == SqlState::CANNOT_CONNECT_NOW {
        return Fault::StartingUp { place, message };
    }
    if *code == SqlState::QUERY_CANCELED {
        return Fault::Cancelled { place, doing, message };
    }
    if *code == SqlState::LOCK_NOT_AVAILABLE {
        return Fault::LockTimeout { place, doing, message };
    }
    // Shutdown, crash, dropped database, idle timeouts, connection exceptions: the session is over.
    if code.code().starts_with("57P") || code.code().starts_with("08") || code.code() == "25P03" {
        return Fault::Gone { place, doing, message };
    }
    Fault::Server { place, doing, sqlstate: code.code().to_owned(), message }
}

/// Message, detail and hint as the server gave them.
fn words(error: &DbError) -> String {
    let mut text = error.message().to_owned();
    for more in [error.detail(), error.hint()].into_iter().flatten() {
        text.push_str(" (");
        text.push_str(more);
        text.push(')');
    }
    text
}

/// The innermost cause says most; the driver's own first words ("error connecting to server") say nothing.
pub(super) fn chain(error: &tokio_postgres::Error) -> String {
    match error.source() {
        Some(mut cause) => {
            while let Some(inner) = cause.source() {
                cause = inner;
            }
            cause.to_string()
        }
        None => error.to_string(),
    }
}

pub(super) fn io_kind(error: &tokio_postgres::Error) -> Option<std::io::ErrorKind> {
    error.source().and_then(|cause| cause.downcast_ref::<std::io::Error>()).map(std::io::Error::kind)
}

const fn is_disconnect(kind: std::io::ErrorKind) -> bool {
    use std::io::ErrorKind;
    matches!(kind, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::UnexpectedEof | ErrorKind::ConnectionAborted)
}

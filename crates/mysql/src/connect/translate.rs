//! Errors of the driver and of the server, turned into faults.
//!
//! Lives here: what an error number means for a person, and the secrets to keep out of foreign texts. Does not live here: the
//! faults (`fault`), and errors of TLS (`tls`).
//!
//! <https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html>,
//! <https://mariadb.com/docs/server/reference/error-codes/mariadb-error-code-reference>

use std::sync::Arc;

use evenkeel_core::connection::{self, Known};
use mysql_async::{DriverError, Error, IoError, ServerError};
use secrecy::{ExposeSecret, SecretString};

use super::CONNECTING;
use super::fault::Fault;

/// What is needed to say where a driver error happened, and to keep secrets out of it.
#[derive(Clone)]
pub struct Context {
    pub(super) place: String,
    pub(super) database: Known,
    pub(super) user: Known,
    /// The host TLS verifies, or the path of the socket.
    pub(super) host: String,
    pub(super) ssl_mode_origin: String,
    pub(super) roots: String,
    pub(super) password_origin: Option<String>,
    pub(super) looked: Vec<String>,
    pub(super) secrets: Arc<[SecretString]>,
}

impl Context {
    /// `host db1 port 3306 database app user reader`.
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

/// A driver error in words: `doing` says what we were at, e.g. `reading columns` or `connecting`.
#[must_use]
pub fn fault_from(error: &Error, context: &Context, doing: &str) -> Fault {
    if let Some(fault) = super::tls::fault_of(error, context) {
        return fault;
    }
    let (place, doing) = (context.place.clone(), doing.to_owned());
    match error {
        Error::Server(error) => from_server(error, context, doing),
        Error::Io(IoError::Io(error)) => from_io(error, context, doing),
        Error::Driver(error) => from_driver(error, context, doing),
        other => Fault::Driver { place, doing, message: context.scrub(&other.to_string()) },
    }
}

fn from_io(error: &std::io::Error, context: &Context, doing: String) -> Fault {
    use std::io::ErrorKind;
    let place = context.place.clone();
    let message = context.scrub(&error.to_string());
    match error.kind() {
        // The driver's word for a packet that is none: another protocol.
        ErrorKind::Other | ErrorKind::InvalidData | ErrorKind::UnexpectedEof if doing == CONNECTING => {
            Fault::NotMySql { place, found: format!("an answer in another protocol ({message})") }
        }
        _ if doing == CONNECTING => Fault::Unreachable { place, problem: message },
        _ => Fault::Gone { place, doing, message: format!("the connection was closed ({message})") },
    }
}

/// The driver's variants may hold packets and rows: only what is named here is shown.
fn from_driver(error: &DriverError, context: &Context, doing: String) -> Fault {
    let place = context.place.clone();
    match error {
        DriverError::ConnectionClosed => Fault::Gone { place, doing, message: "the connection was closed".to_owned() },
        DriverError::NoClientSslFlagFromServer => {
            Fault::TlsUnavailable { place, message: "the server offers no TLS".to_owned(), origin: context.ssl_mode_origin.clone() }
        }
        DriverError::UnknownAuthPlugin { name } => {
            Fault::UnknownPlugin { place, message: context.scrub(&format!("the server asks for a login by {name}")) }
        }
        DriverError::MysqlOldPasswordDisabled => {
            Fault::UnknownPlugin { place, message: "the server asks for a login by mysql_old_password, which is broken".to_owned() }
        }
        DriverError::CleartextPluginDisabled => {
            Fault::UnknownPlugin { place, message: "the server asks for the password in clear text (PAM, LDAP)".to_owned() }
        }
        DriverError::UnexpectedPacket { .. } | DriverError::PacketOutOfOrder | DriverError::CantParseServerVersion { .. }
            if doing == CONNECTING =>
        {
            Fault::NotMySql { place, found: "an answer in another protocol".to_owned() }
        }
        other => Fault::Driver { place, doing, message: context.scrub(&other.to_string()) },
    }
}

fn from_server(error: &ServerError, context: &Context, doing: String) -> Fault {
    let place = context.place.clone();
    let message = context.scrub(&error.message);
    let is_connecting = doing == CONNECTING;
    match error.code {
        // Wrong password, no such account from this host, or TLS required by the account: one answer for all.
        1045 if is_connecting => match &context.password_origin {
            Some(origin) => Fault::PasswordRejected { place, origin: origin.clone(), message },
            None => Fault::PasswordMissing { place, looked: context.looked.clone(), message },
        },
        1698 => Fault::LoginRefused {
            place,
            message,
            fix: Some(
                "the account lets the operating system's user of the same name in, over the socket only: run as that user, or use an account with a password",
            ),
        },
        1044 if is_connecting => {
            let (database, user) = (context.database.value.clone(), context.user.value.clone());
            Fault::DatabaseForbidden { place, database, user, message }
        }
        1049 if is_connecting => {
            let Known { value: database, origin } = context.database.clone();
            Fault::NoSuchDatabase { place, database, origin, message }
        }
        1040 | 1203 | 1226 => Fault::TooManyConnections { place, message },
        1129 => Fault::HostRefused { place, message, fix: "FLUSH HOSTS (or TRUNCATE performance_schema.host_cache) on the server" },
        1130 => Fault::HostRefused { place, message, fix: "create an account on the server whose host part allows this address" },
        1251 | 1524 => Fault::UnknownPlugin { place, message },
        1820 | 1862 | 3118 | 4151 => {
            Fault::LoginRefused { place, message, fix: Some("unlock the account or renew its password with ALTER USER") }
        }
        3159 => Fault::TlsRequired { place, message, origin: context.ssl_mode_origin.clone() },
        1205 | 3572 => Fault::LockTimeout { place, doing, message },
        1969 | 3024 if !is_connecting => Fault::StatementTimeout { place, doing, message },
        1317 | 1969 | 3024 | 4024 => Fault::Cancelled { place, doing, message },
        1053 | 1077 | 1079 | 1152 | 1153 | 1158 | 1159 | 1160 | 1161 | 1184 | 1927 | 4031 => Fault::Gone { place, doing, message },
        code => Fault::Server { place, doing, code, sqlstate: error.state.clone(), message },
    }
}

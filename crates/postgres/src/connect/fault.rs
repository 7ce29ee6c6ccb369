//! What can go wrong between a connection text and a session, and what a person is told about it.
//!
//! Lives here: the failures as data and their painting as `Trouble`. Does not live here: the translation of driver errors
//! (`translate`), deciding whether to try another host (`attempt`).
//!
//! Every text of a server or driver passes `Context::scrub` before it gets into a variant: no variant holds a secret.

use super::CONNECTING;
use crate::flavor;
use crate::ident::quoted;
use evenkeel_core::fault::{Class, Trouble, Troublesome};

/// One address that was tried, and why it is not the one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub place: String,
    pub problem: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    // ---- the text and what it points to: class Configuration --------------------------------------------------
    #[error("cannot read the {syntax}")]
    Malformed { syntax: &'static str, problem: String, fix: Option<String> },
    #[error("unknown connection keyword")]
    UnknownKeyword {
        /// `None` when it may be the tail of an unquoted password.
        keyword: Option<String>,
        near: Option<&'static str>,
        origin: String,
    },
    #[error("wrong value for {keyword}")]
    InvalidValue { keyword: &'static str, found: String, expected: String, origin: String },
    #[error("{keyword} is not supported")]
    Unsupported { keyword: &'static str, why: String, origin: String },
    #[error("cannot use {kind} {path}")]
    File { kind: &'static str, path: String, problem: String },
    #[error("no service \"{service}\"")]
    ServiceNotFound { service: String, looked: Vec<String>, origin: String },
    #[error("no user name")]
    NoUser,

    // ---- on the way to a session: class Unreachable -----------------------------------------------------------
    #[error("cannot connect to {place}")]
    Unreachable { place: String, attempts: Vec<Failure> },
    #[error("cannot log in to {place}")]
    PasswordMissing { place: String, looked: Vec<String> },
    #[error("cannot log in to {place}")]
    PasswordRejected {
        place: String,
        /// Where the rejected password came from.
        origin: String,
        message: String,
    },
    #[error("cannot log in to {place}")]
    NoSuchRole { place: String, user: String, origin: String, message: String },
    #[error("cannot log in to {place}")]
    LoginRefused { place: String, message: String },
    #[error("cannot open database \"{dbname}\" on {place}")]
    NoSuchDatabase { place: String, dbname: String, origin: String, message: String },
    #[error("may not open database \"{dbname}\" on {place}")]
    DatabaseForbidden { place: String, dbname: String, user: String, message: String },
    #[error("an event trigger of database \"{dbname}\" on {place} ended the login")]
    LoginTrigger { place: String, dbname: String, ran: String, message: String },
    #[error("no TLS connection to {place}")]
    TlsUnavailable { place: String, message: String, origin: String },
    #[error("the certificate of {place} is for another name")]
    CertificateName { place: String, expected: String, found: Vec<String>, origin: String },
    #[error("the certificate of {place} is not trusted")]
    CertificateUnknown { place: String, message: String, roots: String },
    #[error("the TLS handshake with {place} failed")]
    TlsHandshake { place: String, message: String },
    #[error("the login to {place} is not bound to its TLS connection")]
    NoChannelBinding { place: String, message: String, origin: String },
    #[error("{place} has no free connection")]
    TooManyConnections { place: String, message: String },
    #[error("{place} does not take connections now")]
    StartingUp { place: String, message: String },
    #[error("{place} is not the kind of server asked for")]
    WrongKind { place: String, expected: &'static str, found: &'static str, origin: String },
    #[error("{place} is too old")]
    TooOld { place: String, version: String },
    #[error("{place} did not answer in time")]
    ConnectTimeout { place: String, seconds: u64, origin: String },

    // ---- in a session: class Unreachable ----------------------------------------------------------------------
    #[error("{doing} on {place} was ended by the server")]
    Gone { place: String, doing: String, message: String },
    #[error("{doing} on {place} was cancelled")]
    Cancelled { place: String, doing: String, message: String },
    #[error("{doing} on {place} waited too long for a lock")]
    LockTimeout { place: String, doing: String, message: String },
    #[error("{doing} on {place} failed")]
    Server { place: String, doing: String, sqlstate: String, message: String },
    #[error("{doing} on {place} failed")]
    Driver { place: String, doing: String, message: String },
}

impl Fault {
    /// The server's five-character error code, where a server gave one that has no variant of its own.
    #[must_use]
    pub fn sqlstate(&self) -> Option<&str> {
        match self {
            Self::Server { sqlstate, .. } => Some(sqlstate),
            Self::Cancelled { .. } => Some("57014"),
            Self::LockTimeout { .. } => Some("55P03"),
            _ => None,
        }
    }

    /// One line for a list of attempts: the found part without the place.
    pub(super) fn short(&self) -> String {
        let trouble = self.trouble();
        trouble.found.unwrap_or(trouble.what)
    }
}

impl Troublesome for Fault {
    fn trouble(&self) -> Trouble {
        let configuration = || Trouble::new(Class::Configuration, self.to_string());
        let unreachable = || Trouble::new(Class::Unreachable, self.to_string());
        match self {
            Self::Malformed { problem, fix, .. } => {
                let trouble = configuration().found(problem);
                match fix {
                    Some(fix) => trouble.fix(fix),
                    None => trouble,
                }
            }
            Self::UnknownKeyword { keyword: Some(keyword), near, origin } => {
                let trouble = configuration().found(format!("\"{keyword}\"")).origin(origin);
                match near {
                    Some(near) => trouble.fix(format!("did you mean \"{near}\"?")),
                    None => trouble.fix("use the keywords of libpq: host, port, dbname, user, sslmode, …"),
                }
            }
            Self::UnknownKeyword { keyword: None, origin, .. } => configuration()
                .found("a word that may be part of a password is no keyword")
                .origin(origin)
                .fix("put a password that holds blanks in single quotes; in a URL write it percent-encoded"),
            Self::InvalidValue { found, expected, origin, .. } => configuration().expected(expected).found(found).origin(origin),
            Self::Unsupported { why, origin, keyword } => configuration().found(why).origin(origin).fix(format!("leave {keyword} out")),
            Self::File { problem, .. } => configuration().found(problem),
            Self::ServiceNotFound { looked, origin, service } => configuration()
                .found(format!("looked in {}", looked.join("; ")))
                .origin(origin)
                .fix(format!("add a section [{service}] to ~/.pg_service.conf")),
            Self::NoUser => configuration()
                .found("the operating system has no name for our user id")
                .fix("say user=… in the connection string, or set PGUSER"),
            Self::Unreachable { attempts, .. } => unreachable()
                .found(attempts.iter().map(|attempt| format!("{}: {}", attempt.place, attempt.problem)).collect::<Vec<_>>().join("; "))
                .fix("check that the server runs and that host, port and firewall let us through"),
            Self::PasswordMissing { looked, .. } => unreachable()
                .expected("a password, which the server asks for")
                .found(format!("no password in {}", looked.join(", ")))
                .fix("set PGPASSWORD, or add a line host:port:database:user:password to ~/.pgpass (chmod 0600)"),
            Self::PasswordRejected { message, origin, .. } => unreachable()
                .found(message)
                .origin(format!("the password comes from {origin}"))
                .fix("check user and password; for an unknown user the server says the same"),
            Self::NoSuchRole { message, origin, .. } => unreachable().found(message).origin(format!("the user comes from {origin}")),
            Self::LoginRefused { message, .. } => {
                unreachable().found(message).fix("let pg_hba.conf on the server allow this user, database, address and TLS mode")
            }
            Self::NoSuchDatabase { message, origin, .. } => {
                unreachable().found(message).origin(format!("the database comes from {origin}"))
            }
            Self::LoginTrigger { message, ran, .. } => unreachable()
                .expected("a login")
                .found(format!("{message}, in {ran}"))
                .fix("let the trigger's function pass this role, or be SECURITY DEFINER if it wants rights that the role has not"),
            Self::DatabaseForbidden { message, dbname, user, .. } => {
                unreachable().found(message).fix(format!("GRANT CONNECT ON DATABASE {} TO {};", quoted(dbname), quoted(user)))
            }
            Self::TlsUnavailable { message, origin, .. } => unreachable()
                .expected("a TLS connection")
                .found(message)
                .origin(origin)
                .fix("set ssl = on on the server, or connect with sslmode=prefer; a MySQL or MariaDB server is named by a mysql:// or mariadb:// URL"),
            Self::CertificateName { expected, found, origin, .. } => unreachable()
                .expected(expected)
                .found(if found.is_empty() { "a certificate without subject alternative names".to_owned() } else { found.join(", ") })
                .origin(origin)
                .fix("connect by a name the certificate has (hostaddr=… keeps the address), or use sslmode=verify-ca"),
            Self::CertificateUnknown { message, roots, .. } => unreachable()
                .found(message)
                .origin(format!("trusted roots: {roots}"))
                .fix("set sslrootcert to the file with the certificate authority of this server"),
            Self::TlsHandshake { message, .. } => unreachable().found(message),
            Self::NoChannelBinding { message, origin, .. } => unreachable()
                .expected("SCRAM with channel binding")
                .found(message)
                .origin(origin)
                .fix("use TLS and scram-sha-256 in pg_hba.conf, or channel_binding=prefer"),
            Self::TooManyConnections { message, .. } => {
                unreachable().found(message).fix("wait, raise max_connections, or connect through a pooler")
            }
            Self::StartingUp { message, .. } => unreachable().found(message).fix("try again in a moment"),
            Self::WrongKind { expected, found, origin, .. } => unreachable().expected(*expected).found(*found).origin(origin),
            Self::TooOld { version, .. } => unreachable()
                .expected(format!("PostgreSQL {} or newer", flavor::OLDEST))
                .found(format!("PostgreSQL {version}"))
                .fix(format!("upgrade the server: versions before {} have been out of support for years", flavor::OLDEST)),
            Self::ConnectTimeout { seconds, origin, .. } => unreachable()
                .expected(format!("an answer within {seconds} s"))
                .found("no answer")
                .origin(origin)
                .fix("check host, port and firewall, or raise connect_timeout"),
            Self::Gone { message, .. } => unreachable().found(message).fix("look at the server's log and run again"),
            Self::Cancelled { message, .. } if message.contains("user request") => unreachable().found(message),
            Self::Cancelled { message, .. } => {
                unreachable().found(message).fix("allow a statement more time with --statement-timeout; if it takes longer every time, see what the server is busy with")
            }
            Self::LockTimeout { message, .. } => unreachable().found(message).fix("run again when the lock is released, or wait longer with --lock-timeout"),
            Self::Server { sqlstate, message, .. } => unreachable().found(format!("{message} (SQLSTATE {sqlstate})")),
            // What answers there does not speak our protocol, whatever it says.
            Self::Driver { doing, message, .. } if doing == CONNECTING => unreachable()
                .expected("a PostgreSQL server or pooler")
                .found(format!("an answer that is none of PostgreSQL's: {message}"))
                .fix("check host and port; a MySQL or MariaDB server is named by a mysql:// or mariadb:// URL"),
            Self::Driver { message, .. } => unreachable().found(message),
        }
    }
}

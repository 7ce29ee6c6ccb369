//! What can go wrong between a URL and a session, and what a person is told about it.
//!
//! Lives here: the failures as data and their painting as `Trouble`. Does not live here: the translation of driver errors
//! (`translate`), deciding whether to try without TLS (`attempt`).
//!
//! Every text of a server or driver passes `Context::scrub` before it gets into a variant: no variant holds a secret.

use evenkeel_core::fault::{Class, Trouble, Troublesome};

use super::parameter::PARAMETERS;
use crate::ident::Ident;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    // ---- the text and what it points to: class Configuration --------------------------------------------------
    #[error("cannot read the {syntax}")]
    Malformed { syntax: &'static str, problem: String, fix: Option<String> },
    #[error("unknown connection parameter")]
    UnknownKeyword {
        /// `None` when it may be the tail of a password.
        keyword: Option<String>,
        near: Option<&'static str>,
        origin: String,
    },
    #[error("wrong value for {keyword}")]
    InvalidValue { keyword: &'static str, found: String, expected: String, origin: String },
    #[error("{keyword} is not supported")]
    Unsupported { keyword: &'static str, why: String, origin: String, fix: String },
    #[error("cannot use {kind} {path}")]
    File { kind: &'static str, path: String, problem: String },
    #[error("no user name")]
    NoUser,

    // ---- on the way to a session: class Unreachable -----------------------------------------------------------
    #[error("cannot connect to {place}")]
    Unreachable { place: String, problem: String },
    #[error("cannot log in to {place}")]
    PasswordMissing { place: String, looked: Vec<String>, message: String },
    #[error("cannot log in to {place}")]
    PasswordRejected {
        place: String,
        /// Where the rejected password came from.
        origin: String,
        message: String,
    },
    #[error("cannot log in to {place}")]
    LoginRefused { place: String, message: String, fix: Option<&'static str> },
    #[error("cannot log in to {place}")]
    UnknownPlugin { place: String, message: String },
    #[error("{place} takes no connections from here")]
    HostRefused { place: String, message: String, fix: &'static str },
    #[error("cannot open database \"{database}\" on {place}")]
    NoSuchDatabase { place: String, database: String, origin: String, message: String },
    #[error("may not open database \"{database}\" on {place}")]
    DatabaseForbidden { place: String, database: String, user: String, message: String },
    #[error("no TLS connection to {place}")]
    TlsUnavailable { place: String, message: String, origin: String },
    #[error("{place} takes encrypted connections only")]
    TlsRequired { place: String, message: String, origin: String },
    #[error("the certificate of {place} is for another name")]
    CertificateName { place: String, expected: String, found: Vec<String>, origin: String },
    #[error("the certificate of {place} is not trusted")]
    CertificateUnknown { place: String, message: String, roots: String },
    #[error("the TLS handshake with {place} failed")]
    TlsHandshake { place: String, message: String },
    #[error("{place} has no free connection")]
    TooManyConnections { place: String, message: String },
    #[error("{place} is no MySQL or MariaDB server")]
    NotMySql { place: String, found: String },
    #[error("{place} is too old")]
    TooOld { place: String, found: String, expected: &'static str },
    #[error("{place} did not answer in time")]
    ConnectTimeout { place: String, seconds: u64, origin: String },

    // ---- in a session: class Unreachable ----------------------------------------------------------------------
    #[error("{doing} on {place} was ended by the server")]
    Gone { place: String, doing: String, message: String },
    #[error("{doing} on {place} was cancelled")]
    Cancelled { place: String, doing: String, message: String },
    #[error("{doing} on {place} took longer than it may")]
    StatementTimeout { place: String, doing: String, message: String },
    #[error("{doing} on {place} took too long")]
    Silent { place: String, doing: String, seconds: u64 },
    #[error("{doing} on {place} waited too long for a lock")]
    LockTimeout { place: String, doing: String, message: String },
    #[error("{doing} on {place} failed")]
    Server { place: String, doing: String, code: u16, sqlstate: String, message: String },
    #[error("{doing} on {place} failed")]
    Driver { place: String, doing: String, message: String },
}

impl Fault {
    /// The server's error number, where the server gave one that has no variant of its own.
    #[must_use]
    pub const fn code(&self) -> Option<u16> {
        match self {
            Self::Server { code, .. } => Some(*code),
            _ => None,
        }
    }
}

/// What has a place of its own in a URL, and is no parameter.
fn own_place(keyword: &str) -> Option<&'static str> {
    Some(match keyword {
        "password" | "passwd" | "pwd" | "pass" => {
            "write it behind the user and a colon, percent-encoded; or set MYSQL_PWD; or put it under [client] in ~/.my.cnf (chmod 0600)"
        }
        "user" | "username" => "write it in front of the host: mysql://USER@HOST/DATABASE",
        "host" | "hostname" | "port" => "write it behind the user: mysql://USER@HOST:PORT/DATABASE",
        "database" | "db" | "dbname" => "write it behind the host: mysql://USER@HOST/DATABASE",
        _ => return None,
    })
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
            Self::UnknownKeyword { keyword, near, origin } => {
                let found = keyword.as_ref().map_or_else(
                    || "a name that may be a part of a password (write &, ? and = of a password percent-encoded)".to_owned(),
                    |keyword| format!("\"{keyword}\""),
                );
                let trouble = configuration().found(found).expected(format!("one of {}", PARAMETERS.join(", "))).origin(origin);
                let place = keyword.as_deref().and_then(own_place);
                match near {
                    _ if place.is_some() => trouble.fix(place.unwrap_or_default()),
                    Some(near) => trouble.fix(format!("did you mean \"{near}\"?")),
                    None => trouble.fix("leave it out; server settings are no business of a connection"),
                }
            }
            Self::InvalidValue { found, expected, origin, .. } => configuration().expected(expected).found(found).origin(origin),
            Self::Unsupported { why, origin, fix, .. } => configuration().found(why).origin(origin).fix(fix),
            Self::File { problem, .. } => configuration().found(problem),
            Self::NoUser => {
                configuration().found("the operating system has no name for our user id").fix("say the user in the URL: mysql://user@host")
            }
            Self::Unreachable { problem, .. } => {
                unreachable().found(problem).fix("check that the server runs and that host, port (or socket) and firewall let us through")
            }
            Self::PasswordMissing { looked, message, .. } => unreachable()
                .expected("a password, or an account that needs none")
                .found(format!("{message}; no password in {}", looked.join(", ")))
                .fix("put password=… under [client] in ~/.my.cnf (chmod 0600), or set MYSQL_PWD"),
            Self::PasswordRejected { message, origin, .. } => unreachable()
                .found(message)
                .origin(format!("the password comes from {origin}"))
                .fix("check user, password and the host part of the account; an account that requires TLS is refused with the same words"),
            Self::LoginRefused { message, fix, .. } => {
                let trouble = unreachable().found(message);
                match fix {
                    Some(fix) => trouble.fix(*fix),
                    None => trouble,
                }
            }
            Self::UnknownPlugin { message, .. } => unreachable()
                .expected("an account with caching_sha2_password, mysql_native_password, ed25519, parsec or unix_socket")
                .found(message)
                .fix("give evenkeel an account of its own with one of these"),
            Self::HostRefused { message, fix, .. } => unreachable().found(message).fix(*fix),
            Self::NoSuchDatabase { message, origin, .. } => unreachable()
                .found(message)
                .origin(format!("the database comes from {origin}"))
                .fix("check its name; SHOW DATABASES lists those the user may see"),
            Self::DatabaseForbidden { message, database, user, .. } => {
                unreachable().found(message).fix(format!("GRANT SELECT, SHOW VIEW ON {}.* TO the account of {user}", Ident(database)))
            }
            Self::TlsUnavailable { message, origin, .. } => unreachable()
                .expected("a TLS connection")
                .found(message)
                .origin(origin)
                .fix("set up ssl_cert and ssl_key on the server, or connect with ssl-mode=PREFERRED"),
            Self::TlsRequired { message, origin, .. } => unreachable().found(message).origin(origin).fix("connect with ssl-mode=REQUIRED"),
            Self::CertificateName { expected, found, origin, .. } => unreachable()
                .expected(expected)
                .found(if found.is_empty() { "a certificate without subject alternative names".to_owned() } else { found.join(", ") })
                .origin(origin)
                .fix("connect by a name the certificate has, or use ssl-mode=VERIFY_CA"),
            Self::CertificateUnknown { message, roots, .. } => unreachable()
                .found(message)
                .origin(format!("trusted roots: {roots}"))
                .fix("set ssl-ca to the file with the certificate authority of this server"),
            Self::TlsHandshake { message, .. } => unreachable()
                .expected("TLS 1.2 or 1.3")
                .found(message)
                .fix("repair the server's TLS, or connect with ssl-mode=DISABLED where the network is safe"),
            Self::TooManyConnections { message, .. } => {
                unreachable().found(message).fix("wait, raise max_connections (or the account's limit), or close idle connections")
            }
            Self::NotMySql { found, .. } => {
                unreachable().expected("a server that greets in MySQL's protocol").found(found).fix("check host and port")
            }
            Self::TooOld { found, expected, .. } => {
                unreachable().expected(*expected).found(found).fix("upgrade the server: this version has been out of support for years")
            }
            Self::ConnectTimeout { seconds, origin, .. } => unreachable()
                .expected(format!("an answer within {seconds} s"))
                .found("no answer")
                .origin(origin)
                .fix("check host, port and firewall, or raise connect-timeout"),
            Self::Gone { message, .. } => unreachable().found(message).fix("look at the server's log and run again"),
            Self::Cancelled { message, .. } => unreachable().found(message),
            Self::Silent { seconds, .. } => unreachable()
                .expected(format!("an answer within {seconds} s"))
                .found("the server is silent, or the network swallows its answers")
                .fix("look whether the server hangs, and run again; --statement-timeout is how long a statement may take"),
            Self::StatementTimeout { message, .. } => unreachable()
                .expected("every statement ends within the time of --statement-timeout, which our sessions set")
                .found(message)
                .fix("give it more, such as --statement-timeout 5min, or run again when the server has less to do"),
            Self::LockTimeout { message, .. } => unreachable()
                .expected("locks are had within the time of --lock-timeout, which our sessions set")
                .found(message)
                .fix("run again when the lock is released, or wait longer, such as --lock-timeout 30s"),
            Self::Server { code, sqlstate, message, .. } => unreachable().found(format!("{message} (error {code}, SQLSTATE {sqlstate})")),
            Self::Driver { message, .. } => unreachable().found(message),
        }
    }
}

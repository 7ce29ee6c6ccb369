//! From a URL and the environment to everything a connection needs, each value with its origin.
//!
//! Lives here: defaults and the meaning of the values, and the description without secrets. Does not live here:
//! precedence (`settings`), TLS files (`tls`), connecting (`attempt`).

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use evenkeel_core::connection::{Known, Machine};
use secrecy::SecretString;

use super::fault::Fault;
use super::settings::Settings;
use super::tls::Tls;
use super::translate::{Context, scrub};

/// When nothing says otherwise, a server has this long to let us in.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const PORT: u16 = 3306;
/// Where Debian, MySQL's own packages, Red Hat and plain builds put the socket.
const SOCKETS: &[&str] = &["/run/mysqld/mysqld.sock", "/var/run/mysqld/mysqld.sock", "/var/lib/mysql/mysql.sock", "/tmp/mysql.sock"];

/// What may be said about a target: no secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// A host's name, or the path of a socket.
    pub host: Known,
    /// Empty for a socket.
    pub port: Known,
    /// Empty where none was asked for.
    pub database: Known,
    pub user: Known,
    /// `host db1 port 3306 database app user reader`.
    pub display: String,
}

/// Where a connection goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Socket(String),
    Tcp { host: String, port: u16 },
}

/// A place to connect to, ready to use: all files are read, all values checked.
#[derive(Clone)]
pub struct Target {
    pub(super) place: Place,
    pub(super) tls: Tls,
    /// As they go to the server; what is shown is in `described`.
    pub(super) user: String,
    pub(super) database: Option<String>,
    pub(super) password: Option<SecretString>,
    password_origin: Option<String>,
    looked: Vec<String>,
    /// What its sessions are called.
    pub(super) program: String,
    pub(super) connect_timeout: Duration,
    pub(super) connect_timeout_origin: String,
    secrets: Arc<[SecretString]>,
    described: Described,
    warnings: Vec<String>,
}

impl Target {
    /// Reads a `mysql://` or `mariadb://` URL and what `machine` adds to it: `MYSQL_*` variables and option files.
    ///
    /// # Errors
    /// Everything of class Configuration: text, parameters, values, option files, certificate and key files.
    pub fn parse(text: &str, machine: &dyn Machine) -> Result<Self, Fault> {
        let settings = Settings::gather(text, machine)?;
        build(&settings, machine).map_err(|fault| settings.clean(fault))
    }

    /// The same server without a database: an account that may not enter the one asked for still sees settings.
    #[must_use]
    pub fn outside(&self) -> Self {
        Self { database: None, ..self.clone() }
    }

    /// The same place for sessions under that name.
    #[must_use]
    pub(crate) fn called(self, program: &str) -> Self {
        Self { program: program.to_owned(), ..self }
    }

    /// Who and where, each with its origin.
    #[must_use]
    pub const fn describe(&self) -> &Described {
        &self.described
    }

    /// Things worth a word before connecting, e.g. an option file that everyone can write to and that was not read.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// `text` without any password of this target.
    #[must_use]
    pub fn scrub(&self, text: &str) -> String {
        scrub(text, &self.secrets)
    }

    pub(super) fn context(&self) -> Context {
        let described = &self.described;
        Context {
            place: described.display.clone(),
            database: described.database.clone(),
            user: described.user.clone(),
            host: match &self.place {
                Place::Socket(path) => path.clone(),
                Place::Tcp { host, .. } => host.clone(),
            },
            ssl_mode_origin: self.tls.origin.clone(),
            roots: self.tls.roots.clone(),
            password_origin: self.password_origin.clone(),
            looked: self.looked.clone(),
            secrets: Arc::clone(&self.secrets),
        }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("described", &self.described).finish_non_exhaustive()
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.described.display)
    }
}

// ---- meaning --------------------------------------------------------------------------------------------------

fn build(settings: &Settings, machine: &dyn Machine) -> Result<Target, Fault> {
    let user = match settings.known("user") {
        Some(user) => user,
        None => Known { value: machine.user_name().ok_or(Fault::NoUser)?, origin: "the operating system's user".to_owned() },
    };
    let secrets = settings.secrets.clone();

    let (place, host, port) = place(settings, machine)?;
    let tls = Tls::read(settings, matches!(place, Place::Tcp { .. }), machine)?;
    let database = settings.known("database").unwrap_or_else(|| Known { value: String::new(), origin: "default".to_owned() });
    let (login_user, login_database) = (user.value.clone(), Some(database.value.clone()).filter(|name| !name.is_empty()));
    let clean = |known: Known| Known { value: scrub(&known.value, &secrets), origin: known.origin };
    let (host, database, user) = (clean(host), clean(database), clean(user));
    let mut display = match &place {
        Place::Socket(_) => format!("socket {}", host.value),
        Place::Tcp { .. } => format!("host {} port {}", host.value, port.value),
    };
    if !database.value.is_empty() {
        display.push_str(&format!(" database {}", database.value));
    }
    display.push_str(&format!(" user {}", user.value));
    let timeout = settings.number("connect-timeout")?.filter(|seconds| *seconds > 0);
    Ok(Target {
        place,
        tls,
        user: login_user,
        database: login_database,
        password: settings.password.as_ref().filter(|_| settings.has_password()).map(|(password, _)| password.clone()),
        password_origin: settings.password.as_ref().filter(|_| settings.has_password()).map(|(_, origin)| origin.clone()),
        looked: settings.looked.clone(),
        program: "evenkeel".to_owned(),
        // Zero means "for ever" to the clients; we never wait without a bound.
        connect_timeout: timeout.map_or(CONNECT_TIMEOUT, |seconds| Duration::from_secs(u64::from(seconds))),
        connect_timeout_origin: match timeout {
            Some(_) => format!("connect-timeout from {}", settings.origin("connect-timeout")),
            None => "default of connect-timeout".to_owned(),
        },
        secrets: secrets.into(),
        described: Described { host, port, database, user, display },
        warnings: settings.warnings.clone(),
    })
}

/// Socket or TCP, as the clients choose: `localhost` is the socket, unless a port or protocol says otherwise.
/// <https://dev.mysql.com/doc/refman/en/transport-protocols.html>
fn place(settings: &Settings, machine: &dyn Machine) -> Result<(Place, Known, Known), Fault> {
    let by_default = |value: &str| Known { value: value.to_owned(), origin: "default".to_owned() };
    let is_tcp = settings.choose("protocol", &[("tcp", true), ("socket", false)])?;
    let host = settings.known("host").unwrap_or_else(|| by_default("localhost"));
    let is_path = host.value.starts_with('/');
    let is_local = is_path || host.value.eq_ignore_ascii_case("localhost");
    let socket = settings.known("socket");
    if settings.is_from_url("socket") && !is_local && settings.is_from_url("host") {
        return Err(settings.invalid("socket", "no socket beside a host that is not localhost"));
    }
    if is_tcp == Some(false) && !is_local && !settings.is_from_url("socket") {
        return Err(settings.invalid("protocol", "TCP for a host that is not localhost"));
    }
    let wants_socket = match is_tcp {
        Some(tcp) => !tcp,
        None => settings.is_from_url("socket") || is_path || (is_local && !settings.is_from_url("port")),
    };
    let none = by_default("");
    if wants_socket {
        let found = match socket {
            _ if is_path => Some(host.clone()),
            Some(known) => Some(known),
            None => {
                SOCKETS.iter().find(|path| machine.facts(Path::new(path)).is_ok_and(|facts| facts.is_socket)).map(|path| by_default(path))
            }
        };
        match found {
            Some(path) => return Ok((Place::Socket(path.value.clone()), path, none)),
            // Asked for by name: the error then says which file is missing.
            None if is_tcp == Some(false) => {
                let path = by_default(SOCKETS.first().copied().unwrap_or_default());
                return Ok((Place::Socket(path.value.clone()), path, none));
            }
            None => {}
        }
    }
    let port = match settings.number("port")? {
        None => PORT,
        Some(number) => {
            u16::try_from(number).ok().filter(|port| *port > 0).ok_or_else(|| settings.invalid("port", "a number from 1 to 65535"))?
        }
    };
    let known_port = settings.known("port").unwrap_or_else(|| by_default(&port.to_string()));
    Ok((Place::Tcp { host: host.value.clone(), port }, host, known_port))
}

#[cfg(test)]
#[path = "target_tests.rs"]
mod tests;

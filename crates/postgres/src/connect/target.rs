//! From a connection text and the environment to everything a connection needs, each value with its origin.
//!
//! Lives here: defaults and the meaning of the values, where a password is looked for, and the description without
//! secrets. Does not live here: precedence (`settings`), TLS files (`tls`), connecting (`attempt`).

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use evenkeel_core::connection::{Known, Machine};
use secrecy::{ExposeSecret, SecretString};

use super::auth;
use super::fault::Fault;
use super::pgpass::{self, Lookup, Wanted};
use super::settings::Settings;
use super::tls::Tls;
use super::translate::{Context, scrub};

/// When nothing says otherwise, a host has this long to let us in.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const APPLICATION_NAME: &str = "evenkeel";
/// Where distributions (Debian, Red Hat) and plain builds put the socket.
const SOCKET_FOLDERS: &[&str] = &["/var/run/postgresql", "/run/postgresql", "/tmp"];

/// What may be said about a target: no secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// One or several hosts, comma separated; a socket folder for a local connection.
    pub host: Known,
    /// One or several ports, comma separated.
    pub port: Known,
    pub dbname: Known,
    pub user: Known,
    /// `host db1 port 5432 database app user reader`.
    pub display: String,
}

/// One host to try.
#[derive(Clone)]
pub(super) struct Host {
    /// As written; for a socket its folder.
    pub name: String,
    /// `hostaddr`: connect here instead of asking the resolver for `name`.
    pub address: Option<IpAddr>,
    pub port: u16,
    pub password: Option<SecretString>,
    pub password_origin: Option<String>,
    /// Where a password was looked for, for the message when the server asks for one.
    pub looked: Vec<String>,
}

impl Host {
    pub fn is_socket(&self) -> bool {
        self.name.starts_with('/') && self.address.is_none()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attributes {
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    PreferStandby,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Keepalives {
    pub on: bool,
    pub idle: Option<Duration>,
    pub interval: Option<Duration>,
    pub count: Option<u32>,
    pub user_timeout: Option<Duration>,
}

/// A place to connect to, ready to use: all files are read, all values checked.
#[derive(Clone)]
pub struct Target {
    pub(super) hosts: Vec<Host>,
    pub(super) tls: Tls,
    pub(super) attributes: Attributes,
    pub(super) attributes_origin: String,
    pub(super) shuffle: bool,
    pub(super) channel_binding: tokio_postgres::config::ChannelBinding,
    channel_binding_origin: String,
    pub(super) connect_timeout: Duration,
    pub(super) connect_timeout_origin: String,
    pub(super) application_name: String,
    /// A pooler itself answers there, and no server.
    pub(super) is_pooler: bool,
    pub(super) options: Option<String>,
    pub(super) keepalives: Keepalives,
    secrets: Arc<[SecretString]>,
    described: Described,
    warnings: Vec<String>,
}

impl Target {
    /// Reads a `postgres://` URL or a libpq keyword string, and what `machine` adds to it. The empty text is valid: the
    /// `PG*` variables and defaults alone then say where to.
    ///
    /// # Errors
    /// Everything of class Configuration: text, keywords, values, service file, certificate and key files.
    pub fn parse(text: &str, machine: &dyn Machine) -> Result<Self, Fault> {
        let settings = Settings::gather(text, machine)?;
        build(&settings, machine).map_err(|fault| settings.clean(fault))
    }

    /// The same place for sessions of another purpose: under a name of their own, and with more time to get there.
    #[must_use]
    pub(crate) fn for_purpose(self, application_name: &str, connect_timeout: Duration) -> Self {
        Self { application_name: application_name.to_owned(), connect_timeout, ..self }
    }

    /// The same place for sessions under that name.
    #[must_use]
    pub(crate) fn called(self, application_name: &str) -> Self {
        Self { application_name: application_name.to_owned(), ..self }
    }

    /// The same place, at which a pooler itself answers.
    #[must_use]
    pub(crate) fn of_pooler(self) -> Self {
        Self { is_pooler: true, ..self }
    }

    /// Who and where, each with its origin.
    #[must_use]
    pub const fn describe(&self) -> &Described {
        &self.described
    }

    /// Things worth a word before connecting, e.g. a password file that others can read and that was not used.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// `text` without any password of this target.
    #[must_use]
    pub fn scrub(&self, text: &str) -> String {
        scrub(text, &self.secrets)
    }

    pub(super) fn context(&self, host: &Host) -> Context {
        let described = &self.described;
        Context {
            place: place(&host.name, &host.port.to_string(), &described.dbname.value, &described.user.value),
            dbname: described.dbname.value.clone(),
            dbname_origin: described.dbname.origin.clone(),
            user: described.user.value.clone(),
            user_origin: described.user.origin.clone(),
            host: host.name.clone(),
            sslmode_origin: self.tls.origin.clone(),
            roots: self.tls.roots.clone(),
            channel_binding_origin: self.channel_binding_origin.clone(),
            password_origin: host.password_origin.clone(),
            looked: host.looked.clone(),
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

fn place(host: &str, port: &str, dbname: &str, user: &str) -> String {
    format!("host {host} port {port} database {dbname} user {user}")
}

// ---- meaning --------------------------------------------------------------------------------------------------

fn build(settings: &Settings, machine: &dyn Machine) -> Result<Target, Fault> {
    let by_default = |value: String| Known { value, origin: "default".to_owned() };
    let user = match settings.known("user") {
        Some(user) => user,
        None => Known { value: machine.user_name().ok_or(Fault::NoUser)?, origin: "the operating system's user".to_owned() },
    };
    let dbname =
        settings.known("dbname").unwrap_or_else(|| Known { value: user.value.clone(), origin: "default (the user name)".to_owned() });

    let mut hosts = hosts(settings, machine)?;
    let mut warnings = settings.notes.clone();
    let mut secrets = settings.secrets.clone();
    for host in &mut hosts {
        find_password(host, settings, &dbname.value, &user.value, machine, &mut warnings);
        secrets.extend(host.password.clone());
    }

    check_gss(settings)?;
    auth::check(settings)?;
    let any_tcp = hosts.iter().any(|host| !host.is_socket());
    let tls = Tls::read(settings, any_tcp, machine)?;
    let join = |values: Vec<String>| values.join(",");
    let names = join(hosts.iter().map(|host| host.name.clone()).collect());
    let ports = join(hosts.iter().map(|host| host.port.to_string()).collect());
    let host_origin = settings.get("host").or_else(|| settings.get("hostaddr")).map(|(_, origin)| origin.to_owned());
    let described = Described {
        display: scrub(&place(&names, &ports, &dbname.value, &user.value), &secrets),
        host: match host_origin {
            Some(origin) => Known { value: names, origin },
            None => by_default(names),
        },
        port: match settings.get("port") {
            Some((_, origin)) => Known { value: ports, origin: origin.to_owned() },
            None => by_default(ports),
        },
        dbname,
        user,
    };
    let timeout = settings.positive("connect_timeout")?;
    Ok(Target {
        tls,
        attributes: attributes(settings)?,
        attributes_origin: origin(settings, "target_session_attrs"),
        shuffle: settings.choose("load_balance_hosts", &[("disable", false), ("random", true)])?.unwrap_or_default(),
        channel_binding: channel_binding(settings)?,
        channel_binding_origin: format!("channel_binding from {}", origin(settings, "channel_binding")),
        // Zero means "for ever" to libpq; we never wait without a bound.
        connect_timeout: timeout.map_or(CONNECT_TIMEOUT, Duration::from_secs),
        connect_timeout_origin: if timeout.is_some() {
            format!("connect_timeout from {}", origin(settings, "connect_timeout"))
        } else {
            "default of connect_timeout".to_owned()
        },
        is_pooler: false,
        application_name: settings
            .get("application_name")
            .or_else(|| settings.get("fallback_application_name"))
            .map_or(APPLICATION_NAME, |(name, _)| name)
            .to_owned(),
        options: settings.get("options").map(|(options, _)| options.to_owned()),
        keepalives: keepalives(settings)?,
        hosts,
        secrets: secrets.into(),
        described,
        warnings,
    })
}

fn origin(settings: &Settings, keyword: &str) -> String {
    settings.get(keyword).map_or("default", |(_, origin)| origin).to_owned()
}

fn hosts(settings: &Settings, machine: &dyn Machine) -> Result<Vec<Host>, Fault> {
    let list = |keyword: &str| -> Vec<String> {
        settings.get(keyword).map_or_else(Vec::new, |(value, _)| value.split(',').map(str::to_owned).collect())
    };
    let (names, addresses, ports) = (list("host"), list("hostaddr"), list("port"));
    let count = names.len().max(addresses.len()).max(1);
    if !names.is_empty() && !addresses.is_empty() && names.len() != addresses.len() {
        return Err(settings.invalid("hostaddr", &format!("as many addresses as hosts: {}", names.len())));
    }
    if ports.len() > 1 && ports.len() != count {
        return Err(settings.invalid("port", &format!("one port, or as many as hosts: {count}")));
    }
    let mut hosts = Vec::new();
    for index in 0..count {
        let port = match ports.get(index).or_else(|| ports.first()).map(|port| port.trim()) {
            None | Some("") => 5432,
            Some(text) => {
                text.parse::<u16>().ok().filter(|port| *port > 0).ok_or_else(|| settings.invalid("port", "port numbers from 1 to 65535"))?
            }
        };
        let address = match addresses.get(index).map(String::as_str) {
            None | Some("") => None,
            Some(text) => Some(text.trim().parse::<IpAddr>().map_err(|_| settings.invalid("hostaddr", "numeric IP addresses"))?),
        };
        let name = match (names.get(index).filter(|name| !name.is_empty()), address) {
            (Some(name), _) => name.clone(),
            (None, Some(address)) => address.to_string(),
            (None, None) => socket_folder(port, machine).display().to_string(),
        };
        if name.starts_with('@') {
            let fault = settings.invalid("host", "a host name or the folder of a socket (abstract sockets are not supported)");
            return Err(fault);
        }
        hosts.push(Host { name, address, port, password: None, password_origin: None, looked: Vec::new() });
    }
    Ok(hosts)
}

/// libpq has one folder built in; we do not know which, so the one with a socket for this port wins.
fn socket_folder(port: u16, machine: &dyn Machine) -> PathBuf {
    let folders = || SOCKET_FOLDERS.iter().map(PathBuf::from);
    folders()
        .find(|folder| machine.facts(&folder.join(format!(".s.PGSQL.{port}"))).is_ok())
        .or_else(|| folders().find(|folder| machine.facts(folder).is_ok_and(|facts| facts.is_directory)))
        .unwrap_or_else(|| PathBuf::from("/tmp"))
}

fn find_password(host: &mut Host, settings: &Settings, dbname: &str, user: &str, machine: &dyn Machine, warnings: &mut Vec<String>) {
    if let Some((password, origin)) = settings.password.as_ref().filter(|(password, _)| !password.expose_secret().is_empty()) {
        host.password = Some(password.clone());
        host.password_origin = Some(origin.clone());
        return;
    }
    host.looked = vec!["the connection string".to_owned(), "PGPASSWORD".to_owned()];
    let path = match settings.get("passfile") {
        Some((path, _)) => PathBuf::from(path),
        None => match machine.home() {
            Some(home) => home.join(".pgpass"),
            None => return,
        },
    };
    let is_default_socket = SOCKET_FOLDERS.iter().any(|folder| Path::new(&host.name) == Path::new(folder));
    let wanted = Wanted { host: if is_default_socket { "localhost" } else { &host.name }, port: host.port, dbname, user };
    match pgpass::look_up(&path, &wanted, machine) {
        Lookup::Found(password) => {
            host.password = Some(password);
            host.password_origin = Some(format!("password file {}", path.display()));
        }
        Lookup::Nothing(why) => host.looked.push(why),
        Lookup::Unsafe(warning) => {
            host.looked.push(format!("{} (not used: others can read it)", path.display()));
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
    }
}

fn check_gss(settings: &Settings) -> Result<(), Fault> {
    let required = settings.choose("gssencmode", &[("disable", false), ("prefer", false), ("require", true)])?.unwrap_or_default();
    if required {
        return Err(Fault::Unsupported {
            keyword: "gssencmode",
            why: "evenkeel cannot encrypt with GSSAPI; sslmode=verify-full gives an encrypted connection".to_owned(),
            origin: origin(settings, "gssencmode"),
        });
    }
    Ok(())
}

fn attributes(settings: &Settings) -> Result<Attributes, Fault> {
    let words = [
        ("any", Attributes::Any),
        ("read-write", Attributes::ReadWrite),
        ("read-only", Attributes::ReadOnly),
        ("primary", Attributes::Primary),
        ("standby", Attributes::Standby),
        ("prefer-standby", Attributes::PreferStandby),
    ];
    Ok(settings.choose("target_session_attrs", &words)?.unwrap_or(Attributes::Any))
}

fn channel_binding(settings: &Settings) -> Result<tokio_postgres::config::ChannelBinding, Fault> {
    use tokio_postgres::config::ChannelBinding;
    let words = [("disable", ChannelBinding::Disable), ("prefer", ChannelBinding::Prefer), ("require", ChannelBinding::Require)];
    Ok(settings.choose("channel_binding", &words)?.unwrap_or(ChannelBinding::Prefer))
}

fn keepalives(settings: &Settings) -> Result<Keepalives, Fault> {
    Ok(Keepalives {
        on: settings.number("keepalives")?.is_none_or(|number| number != 0),
        idle: settings.positive("keepalives_idle")?.map(Duration::from_secs),
        interval: settings.positive("keepalives_interval")?.map(Duration::from_secs),
        count: settings.positive("keepalives_count")?.and_then(|count| u32::try_from(count).ok()),
        user_timeout: settings.positive("tcp_user_timeout")?.map(Duration::from_millis),
    })
}

#[cfg(test)]
#[path = "target_tests.rs"]
mod tests;

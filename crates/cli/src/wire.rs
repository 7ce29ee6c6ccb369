//! The only file that chooses an engine: from what the user typed to something that can be captured, and what else differs by
//! engine (the statements of a capture, the script of `grants`, the demo's part).
//!
//! An endpoint is a name from `evenkeel.toml`, a URL or connection string, or a manifest file, tried in that order.

use crate::args::Common;
use crate::command::demo;
use crate::paint::shell;
use crate::settings::{Environment as Configured, Settings};
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::kind::{Dimension, Engine};
use evenkeel_core::port::{Engines, Environment, Request, Run, Watch, Watcher};
use evenkeel_mysql::connect as mysql;
use evenkeel_mysql::environment::MysqlEnvironment;
use evenkeel_mysql::flavor::Flavor;
use evenkeel_pipeline::capture::Source;
use evenkeel_postgres::connect::{ProcessEnvironment, Target};
use evenkeel_postgres::environment::PostgresEnvironment;
use secrecy::ExposeSecret;
use std::path::Path;

/// What every stage is handed.
pub fn run<'a>(watcher: &'a dyn Watcher, settings: &'a Settings) -> Run<'a> {
    Run { engines: &Built, watch: Watch { watcher, ..Watch::none() }, today: jiff::Zoned::now().date(), waivers: &settings.policy.ignore }
}

/// What the user typed, understood.
pub struct Endpoint<'a> {
    pub source: Source,
    /// Set where it is a name from the configuration.
    pub configured: Option<&'a Configured>,
    /// How it may be typed again in a shell: the name, the path, or the URL without its password.
    pub shown: String,
    /// Things worth a word before reading.
    pub warnings: Vec<String>,
}

/// Understands an endpoint.
///
/// # Errors
/// It is none of a configured name, a connection, a file.
pub fn endpoint<'a>(text: &str, settings: &'a Settings, common: &Common, dimensions: &[Dimension]) -> Result<Endpoint<'a>, Box<Trouble>> {
    if let Some(configured) = settings.environments.get(text) {
        return named(text, configured, common, dimensions);
    }
    if is_connection(text) {
        let Connection { environment, label, warnings, typed, .. } = connection(text)?;
        let request = request(&label, common, dimensions);
        return Ok(Endpoint { source: Source::live(environment, request), configured: None, shown: typed, warnings });
    }
    if Path::new(text).is_file() {
        let source = Source::File { label: text.to_owned(), path: text.into() };
        return Ok(Endpoint { source, configured: None, shown: shell::quoted(text), warnings: Vec::new() });
    }
    Err(Box::new(unknown(text, settings)))
}

/// Several words that may name the same live environment: name or connection, but no file.
///
/// # Errors
/// As `endpoint`, and where it is a file.
pub fn live<'a>(text: &str, settings: &'a Settings, common: &Common, dimensions: &[Dimension]) -> Result<Endpoint<'a>, Box<Trouble>> {
    let endpoint = endpoint(text, settings, common, dimensions)?;
    if matches!(endpoint.source, Source::File { .. }) {
        let trouble = Trouble::new(Class::Usage, format!("{text} is a manifest file"));
        return Err(Box::new(trouble.expected("a live environment: a name from evenkeel.toml or a URL").found("a file")));
    }
    Ok(endpoint)
}

/// Every engine that is built in.
pub struct Built;

impl Engines for Built {
    fn of(&self, engine: Engine) -> &dyn evenkeel_core::port::Engine {
        match engine {
            Engine::PostgreSql => &evenkeel_postgres::engine::Postgres,
            Engine::MySql | Engine::MariaDb => &evenkeel_mysql::engine::Mysql,
        }
    }
}

/// Every statement a capture of these dimensions sends to a server of that vendor and version.
///
/// # Errors
/// No such vendor, or no such version.
pub fn statements(engine: &str, version: Option<&str>, dimensions: &[Dimension]) -> Result<String, Box<Trouble>> {
    let wrong = |what: &str, expected: &str, found: &str| {
        let trouble =
            Trouble::new(Class::Usage, format!("no statements for that {what}")).expected(expected).found(crate::paint::scrub(found));
        Box::new(trouble.fix("evenkeel queries --engine mariadb --major 10.11"))
    };
    let family = |text: &str| {
        let flavor = Flavor::parse(&if engine == "mariadb" { format!("{text}.0-MariaDB") } else { format!("{text}.0") });
        let flavor = flavor.filter(|flavor| flavor.oldest_if_too_old().is_none());
        flavor
            .map(|flavor| evenkeel_mysql::capture::statements(&flavor, dimensions))
            .ok_or_else(|| wrong("version", "such as 9.7 or 10.11", text))
    };
    match engine {
        "postgresql" => {
            let text = version.unwrap_or("18");
            let major = text.parse().ok().filter(|major| (13..=99).contains(major)).ok_or_else(|| wrong("version", "13 or newer", text))?;
            Ok(evenkeel_postgres::capture::statements(major, dimensions))
        }
        "mysql" => family(version.unwrap_or("9.7")),
        "mariadb" => family(version.unwrap_or("11.8")),
        other => Err(wrong("engine", "postgresql, mysql or mariadb", other)),
    }
}

/// Who plays the demo.
///
/// # Errors
/// No server of that engine is installed; the message says how to get one.
pub fn demo(engine: Engine) -> Result<Box<dyn demo::estate::Part>, Box<Trouble>> {
    match engine {
        Engine::PostgreSql => demo::postgres::find(),
        Engine::MySql | Engine::MariaDb => demo::mysql::find(engine),
    }
}

fn named<'a>(name: &str, configured: &'a Configured, common: &Common, dimensions: &[Dimension]) -> Result<Endpoint<'a>, Box<Trouble>> {
    let in_place = |trouble: Box<Trouble>| {
        let origin = trouble.origin.clone().map_or_else(|| configured.origin.clone(), |origin| format!("{origin} ({})", configured.origin));
        // Nobody typed it: the file is wrong, not the command line.
        let class = if trouble.class == Class::Usage { Class::Configuration } else { trouble.class };
        Box::new(Trouble { class, what: format!("environment {name}: {}", trouble.what), origin: Some(origin), ..*trouble })
    };
    let reach = configured.reach.as_ref().map_err(|trouble| in_place(trouble.clone()))?;
    let primary = connection(reach.connection.expose_secret()).map_err(in_place)?;
    let mut warnings = primary.warnings;
    for (key, is_set) in [(MIGRATION_ROLE, reach.migration_role.is_some()), (HEARTBEAT, reach.heartbeat.is_some())] {
        if let Some(why) = primary.without.iter().find(|(without, _)| is_set && *without == key).map(|(_, why)| *why) {
            let trouble =
                Trouble::new(Class::Configuration, format!("{key} means nothing here")).expected(why).found(format!("{key} is set"));
            return Err(in_place(Box::new(trouble.fix(format!("remove {key} from [environments.{name}]")))));
        }
    }
    let mut request = request(name, common, dimensions);
    request.migration_role.clone_from(&reach.migration_role);
    request.roles.clone_from(&configured.roles);
    request.heartbeat.clone_from(&reach.heartbeat);
    let source = match reach.replicas.first().filter(|_| reach.read_from_replica) {
        None => Source::live(primary.environment, request),
        Some(url) => {
            let replica = connection(url.expose_secret()).map_err(in_place)?;
            warnings.extend(replica.warnings);
            Source::Split { primary: primary.environment, replica: replica.environment, request }
        }
    };
    Ok(Endpoint { source, configured: Some(configured), shown: shell::quoted(name), warnings })
}

fn request(label: &str, common: &Common, dimensions: &[Dimension]) -> Request {
    Request {
        dimensions: dimensions.to_vec(),
        lock_timeout: common.lock_timeout,
        statement_timeout: common.statement_timeout,
        ..Request::new(label)
    }
}

/// Looks like a URL or a `keyword=value` string.
fn is_connection(text: &str) -> bool {
    scheme(text).is_some()
        || text
            .split_once('=')
            .map(|(keyword, value)| (keyword.trim(), value))
            .is_some_and(|(keyword, _)| !keyword.is_empty() && keyword.chars().all(|c| c.is_ascii_alphabetic() || c == '_'))
}

fn scheme(text: &str) -> Option<&str> {
    text.split_once("://").map(|(scheme, _)| scheme)
}

/// Keys of an environment that only one family of servers knows.
const MIGRATION_ROLE: &str = "migration_role";
const HEARTBEAT: &str = "heartbeat";

/// A connection, understood but not opened.
struct Connection {
    environment: Box<dyn Environment>,
    /// `database@host:port`.
    label: String,
    warnings: Vec<String>,
    /// As it may be typed again, without a password.
    typed: String,
    /// Keys that mean nothing to such a server, and why.
    without: &'static [(&'static str, &'static str)],
}

fn connection(text: &str) -> Result<Connection, Box<Trouble>> {
    // A scheme may be written in any case (RFC 3986, 3.1); libpq's rules know small letters.
    let small = scheme(text).map(str::to_ascii_lowercase);
    let normal = small.as_deref().zip(text.split_once("://")).map(|(scheme, (_, rest))| format!("{scheme}://{rest}"));
    let text = normal.as_deref().unwrap_or(text);
    match small.as_deref() {
        None | Some("postgres" | "postgresql") => {
            let target = Target::parse(text, &ProcessEnvironment).map_err(|fault| Box::new(fault.trouble()))?;
            let described = target.describe();
            let label = format!("{}@{}:{}", described.dbname.value, described.host.value, described.port.value);
            Ok(Connection {
                label,
                warnings: target.warnings().to_vec(),
                typed: shell::connection(text, &|text| target.scrub(text)),
                environment: Box::new(PostgresEnvironment::new(target)),
                without: &[(HEARTBEAT, "the server tells the lag of its replicas by itself: PostgreSQL needs no such table")],
            })
        }
        Some("mysql" | "mariadb") => {
            let target = mysql::Target::parse(text, &mysql::ProcessEnvironment).map_err(|fault| Box::new(fault.trouble()))?;
            let described = target.describe();
            let place = if described.port.value.is_empty() {
                described.host.value.clone()
            } else {
                format!("{}:{}", described.host.value, described.port.value)
            };
            let label = format!("{}@{place}", described.database.value);
            Ok(Connection {
                label,
                warnings: target.warnings().to_vec(),
                typed: shell::connection(text, &|text| target.scrub(text)),
                environment: Box::new(MysqlEnvironment::new(target)),
                without: &[(MIGRATION_ROLE, "settings are the server's for every account: MySQL and MariaDB keep none for a role")],
            })
        }
        Some(other) => Err(Box::new(
            Trouble::new(Class::Usage, "cannot tell which database system is meant")
                .expected("a URL that begins with postgres://, postgresql://, mysql:// or mariadb://")
                .found(format!("{}://…", crate::paint::scrub(other)))
                .fix("write postgres://USER@HOST/DATABASE or mysql://USER@HOST/DATABASE"),
        )),
    }
}

fn unknown(text: &str, settings: &Settings) -> Trouble {
    let names: Vec<&str> = settings.environments.keys().map(String::as_str).collect();
    let known = if names.is_empty() { "none are configured".to_owned() } else { format!("configured: {}", names.join(", ")) };
    // A mistyped URL lands here, password and all.
    let shown = if text.to_ascii_lowercase().contains("passw") { "…".to_owned() } else { crate::paint::scrub(text) };
    Trouble::new(Class::Usage, format!("{shown:?} names no environment"))
        .expected(format!("an environment from evenkeel.toml ({known}), a URL such as postgres://host/database or mysql://host/database, or a manifest file"))
        .found("no such name and no such file")
        .fix("write the URL, or add the environment to evenkeel.toml: [environments.NAME] url = \"…\"")
}

//! The only file that chooses an engine: from what the user typed to something that can be captured, and what else differs by
//! engine (the statements of a capture, the script of `grants`, the demo's part).
//!
//! An endpoint is a name from `evenkeel.toml`, a URL or connection string, `replay:` and a folder of migrations, or a manifest file, tried in
//! that order.

use crate::args::Common;
use crate::command::demo::{self, play::Play};
use crate::folder;
use crate::paint::shell;
use crate::settings::{Environment as Configured, History, Settings};
use crate::signals;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::{self, Dimension};
use evenkeel_core::port::{Console, Engine, Environment, Families, Keeper, Limits, Named, Own, Request, Run, Watch, Watcher, Workshop};
use evenkeel_core::statement::Grammar;
use evenkeel_pipeline::capture::{Replayed, Source};
use secrecy::ExposeSecret;

/// What every stage is handed.
pub fn run<'a>(watcher: &'a dyn Watcher, settings: &'a Settings) -> Run<'a> {
    Run {
        engines: &Built,
        watch: Watch { watcher, stop: signals::stop() },
        today: jiff::Zoned::now().date(),
        waivers: &settings.policy.ignore,
    }
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
        return named(text, configured, settings, common, dimensions);
    }
    if is_connection(text) {
        let Named { environment, label, warnings, typed } = connection(text, &Own::default())?;
        let request = request(&label, common, dimensions);
        let shown = shell::connection(typed.as_deref());
        return Ok(Endpoint { source: Source::live(environment, request), configured: None, shown, warnings });
    }
    if text.trim().is_empty() {
        return Err(Box::new(
            Trouble::new(Class::Configuration, "an environment's name is empty")
                .expected("a name from evenkeel.toml, a URL or a manifest file")
                .found("an empty text, as of a variable that is not set")
                .fix("look where the variable was to come from; with `set -u` a shell refuses one that is not set"),
        ));
    }
    if let Some(typed) = text.strip_prefix(REPLAY) {
        return replayed(text, typed, settings, common);
    }
    let text = if text == "-" { "/dev/stdin" } else { text };
    // A pipe is as good as a file: `<(…)`, /dev/stdin.
    if std::fs::metadata(text).is_ok_and(|facts| !facts.is_dir()) {
        let source = Source::File { label: text.to_owned(), path: text.into() };
        return Ok(Endpoint { source, configured: None, shown: shell::quoted(text), warnings: Vec::new() });
    }
    Err(Box::new(unknown(text, settings)))
}

/// Begins an endpoint that is files of migrations.
const REPLAY: &str = "replay:";

/// Whether a word can be nothing but an environment: a configured name, or a connection.
pub fn is_environment(text: &str, settings: &Settings) -> bool {
    settings.environments.contains_key(text) || is_connection(text)
}

/// Whether an endpoint is files of migrations.
pub fn is_replay(text: &str) -> bool {
    text.starts_with(REPLAY)
}

/// `DIR` or `DIR@KEY`: a folder whose name has an `@` is one where it is there.
fn replayed<'a>(text: &str, typed: &str, settings: &'a Settings, common: &Common) -> Result<Endpoint<'a>, Box<Trouble>> {
    let (path, upto) = match typed.rsplit_once('@') {
        Some((folder, key)) if !std::path::Path::new(typed).is_dir() => (folder, Some(key.to_owned())),
        _ => (typed, None),
    };
    let reading = crate::args::Reading::default();
    let named = (!path.is_empty()).then(|| std::path::Path::new(path));
    let wanted = folder::wanted(named, &reading, None, settings)?;
    let limits = Limits { statement_timeout: common.statement_timeout, lock_timeout: common.lock_timeout, ..Limits::default() };
    let replayed = Replayed { label: text.to_owned(), wanted, upto, folders: settings.scratch.clone(), limits, like: None, role: None };
    Ok(Endpoint { source: Source::Replay(replayed), configured: None, shown: shell::quoted(text), warnings: Vec::new() })
}

/// As [`live`], or files of migrations.
///
/// # Errors
/// As `live`.
pub fn live_or_replay<'a>(
    text: &str,
    settings: &'a Settings,
    common: &Common,
    dimensions: &[Dimension],
) -> Result<Endpoint<'a>, Box<Trouble>> {
    if is_replay(text) { endpoint(text, settings, common, dimensions) } else { live(text, settings, common, dimensions) }
}

/// Says on whose engine and version files are to run: those of the environment that is named.
///
/// # Errors
/// It is none, or cannot be read; nothing is to be run.
pub fn like(source: &mut Source, named: Option<&str>, (settings, common): (&Settings, &Common), run: &Run<'_>) -> Result<(), Box<Trouble>> {
    let Some(named) = named else { return Ok(()) };
    let Source::Replay(replayed) = source else {
        let trouble = Trouble::new(Class::Usage, "--like means nothing here").expected("files of migrations: replay:DIR");
        return Err(Box::new(trouble.found("an environment, which has an engine and a version").fix("leave --like out")));
    };
    let other = endpoint(named, settings, common, &[])?;
    replayed.like = Some(Box::new(evenkeel_pipeline::capture::manifest(&other.source, run)?.endpoint));
    Ok(())
}

/// Several words that may name the same live environment: name or connection, but no file.
///
/// # Errors
/// As `endpoint`, and where it is a file.
pub fn live<'a>(text: &str, settings: &'a Settings, common: &Common, dimensions: &[Dimension]) -> Result<Endpoint<'a>, Box<Trouble>> {
    let endpoint = endpoint(text, settings, common, dimensions)?;
    if matches!(endpoint.source, Source::Replay(_)) {
        let trouble = Trouble::new(Class::Usage, format!("{text} is files of migrations"));
        return Err(Box::new(trouble.expected("a live environment: a name from evenkeel.toml or a URL").found("files")));
    }
    if matches!(endpoint.source, Source::File { .. }) {
        let trouble = Trouble::new(Class::Usage, format!("{text} is a manifest file"));
        return Err(Box::new(trouble.expected("a live environment: a name from evenkeel.toml or a URL").found("a file")));
    }
    Ok(endpoint)
}

/// Everything that is there of a vendor: the family it belongs to, and what is played of it in the demo. The one place that
/// chooses.
fn built_in(vendor: kind::Engine) -> (&'static dyn Engine, fn() -> Play) {
    match vendor {
        kind::Engine::PostgreSql => (&evenkeel_postgres::engine::Postgres, demo::postgres::play),
        kind::Engine::MySql => (&evenkeel_mysql::engine::Mysql, demo::mysql::mysql),
        kind::Engine::MariaDb => (&evenkeel_mysql::engine::Mysql, demo::mysql::mariadb),
    }
}

/// Every engine that is built in.
pub struct Built;

impl Families for Built {
    fn of(&self, vendor: kind::Engine) -> &dyn Engine {
        built_in(vendor).0
    }
}

/// The family of a vendor.
pub fn engine(vendor: kind::Engine) -> &'static dyn Engine {
    built_in(vendor).0
}

/// Cuts files of which nobody says whose they are.
///
/// # Errors
/// None is built in.
pub fn usual_grammar() -> Result<&'static dyn Grammar, Box<Trouble>> {
    engine(USUAL).grammar()
}

/// Who plays the demo, and what.
pub fn demo(vendor: kind::Engine, settings: &Settings) -> (Box<dyn Workshop>, Play) {
    let (engine, play) = built_in(vendor);
    (engine.workshop(&settings.scratch), play())
}

/// Throwaway servers of every family.
pub fn workshops(settings: &Settings) -> Vec<Box<dyn Workshop>> {
    let mut families: Vec<kind::Engine> = Vec::new();
    for vendor in kind::Engine::ALL {
        if !families.iter().any(|family| family.comparable(vendor)) {
            families.push(vendor);
        }
    }
    families.into_iter().map(|vendor| built_in(vendor).0.workshop(&settings.scratch)).collect()
}

/// Whose a text is that names no engine: a libpq keyword string.
const USUAL: kind::Engine = kind::Engine::PostgreSql;

/// Every statement a capture of these dimensions sends to a server of that vendor and version.
///
/// # Errors
/// No such vendor, or no such version.
pub fn statements(engine: &str, version: Option<&str>, dimensions: &[Dimension]) -> Result<String, Box<Trouble>> {
    let vendors = kind::Engine::ALL.map(|vendor| (vendor, vendor.name().to_ascii_lowercase()));
    match vendors.iter().find(|(_, name)| name == engine) {
        Some((vendor, _)) => Built.of(*vendor).queries(*vendor, version, dimensions),
        None => {
            let trouble = Trouble::new(Class::Usage, "no statements for that engine");
            let trouble = trouble.expected(either(vendors.iter().map(|(_, name)| name.clone()))).found(crate::paint::scrub(engine));
            Err(Box::new(trouble.fix("evenkeel queries --engine mariadb --major 10.11")))
        }
    }
}

fn named<'a>(
    name: &str,
    configured: &'a Configured,
    settings: &Settings,
    common: &Common,
    dimensions: &[Dimension],
) -> Result<Endpoint<'a>, Box<Trouble>> {
    let in_place = |trouble: Box<Trouble>| {
        // A place in the same file says more than where the environment begins.
        let origin = match trouble.origin.clone() {
            Some(origin) if origin.starts_with(&configured.place.file) => origin,
            Some(origin) => format!("{origin} ({})", configured.origin),
            None => configured.origin.clone(),
        };
        // Nobody typed it: the file is wrong, not the command line.
        let class = if trouble.class == Class::Usage { Class::Configuration } else { trouble.class };
        Box::new(Trouble { class, what: format!("environment {name}: {}", trouble.what), origin: Some(origin), ..*trouble })
    };
    let reach = configured.reach.as_ref().map_err(|trouble| in_place(trouble.clone()))?;
    let keys = [("migration_role", &reach.migration_role), ("heartbeat", &reach.heartbeat)];
    let options: Vec<(&str, &str)> = keys.iter().filter_map(|(key, value)| Some((*key, value.as_deref()?))).collect();
    let own = Own { options: &options, place: &format!("[environments.{name}]") };
    let primary = connection(reach.connection.expose_secret(), &own).map_err(in_place)?;
    let mut warnings = primary.warnings;
    let mut request = request(name, common, dimensions);
    request.roles.clone_from(&configured.roles);
    request.reference = configured.reference.iter().chain(&settings.reference).cloned().collect();
    if !request.reference.is_empty() && dimensions.contains(&Dimension::Data) {
        request.secret = settings.secret.clone().map_err(in_place)?;
    }
    request.history = match &configured.history {
        History::In(table) => Some(table.clone()),
        History::Recognised | History::Nowhere => None,
    };
    let source = match reach.replicas.first().filter(|_| reach.read_from_replica) {
        None => Source::live(primary.environment, request),
        Some(url) => {
            let replica = connection(url.expose_secret(), &own).map_err(in_place)?;
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
    let keyword = |keyword: &str| !keyword.is_empty() && keyword.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
    text.contains("://") || text.split_once('=').is_some_and(|(word, _)| keyword(word.trim()))
}

/// Replicas that are named, none of which is opened yet.
///
/// # Errors
/// An address cannot be read.
pub fn replicas(name: &str, configured: &Configured) -> Result<Vec<Box<dyn Environment>>, Box<Trouble>> {
    let Ok(reach) = &configured.reach else { return Ok(Vec::new()) };
    let own = Own { options: &[], place: &format!("[environments.{name}]") };
    reach.replicas.iter().map(|url| Ok(connection(url.expose_secret(), &own)?.environment)).collect()
}

/// Asks the engine whose scheme it has.
fn connection(text: &str, own: &Own<'_>) -> Result<Named, Box<Trouble>> {
    if !text.contains("://") {
        return Built.of(USUAL).environment(text, own);
    }
    by_scheme(text, |engine, text| engine.environment(text, own))
}

/// Asks the engine whose scheme a URL has.
fn by_scheme<T>(text: &str, ask: impl FnOnce(&dyn Engine, &str) -> Result<T, Box<Trouble>>) -> Result<T, Box<Trouble>> {
    let (scheme, rest) = text.split_once("://").unwrap_or_default();
    // A scheme may be written in any case (RFC 3986, 3.1); clients' rules know small letters.
    let small = scheme.to_ascii_lowercase();
    let mut engines = kind::Engine::ALL.into_iter().map(|vendor| Built.of(vendor));
    match engines.find(|engine| engine.schemes().contains(&small.as_str())) {
        Some(engine) => ask(engine, &format!("{small}://{rest}")),
        None => Err(Box::new(
            Trouble::new(Class::Usage, "cannot tell which database system is meant")
                .expected(format!("a URL that begins with {}", either(schemes().into_iter().map(|scheme| format!("{scheme}://")))))
                .found(format!("{}://…", crate::paint::scrub(&small)))
                .fix("write postgres://USER@HOST/DATABASE or mysql://USER@HOST/DATABASE"),
        )),
    }
}

/// A database in which the store stands, by its URL.
///
/// # Errors
/// The scheme is none that is known; no store is kept on such a server; the URL cannot be read.
pub fn keeper(url: &str) -> Result<Box<dyn Keeper>, Box<Trouble>> {
    by_scheme(url, |engine, url| engine.keeper(url))
}

/// The admin console of a pooler, by its URL.
///
/// # Errors
/// The scheme is none that is known; it is no console; the URL cannot be read.
pub fn console(url: &str) -> Result<Box<dyn Console>, Box<Trouble>> {
    by_scheme(url, |engine, url| engine.console(url))
}

/// What URLs may begin with.
pub fn schemes() -> Vec<&'static str> {
    let mut schemes = Vec::new();
    for scheme in kind::Engine::ALL.into_iter().flat_map(|vendor| Built.of(vendor).schemes()) {
        if !schemes.contains(scheme) {
            schemes.push(*scheme);
        }
    }
    schemes
}

/// `a, b or c`.
fn either(words: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> = words.collect();
    match words.pop() {
        Some(last) if !words.is_empty() => format!("{} or {last}", words.join(", ")),
        last => last.unwrap_or_default(),
    }
}

/// An environment that is written to: by the name under which it is configured, never by what leads to it.
///
/// # Errors
/// There is none of that name.
pub fn by_name<'a>(typed: &str, settings: &'a Settings, fix: &str) -> Result<(&'a str, &'a Configured), Box<Trouble>> {
    let found = settings.environments.get_key_value(typed);
    found.map(|(name, configured)| (name.as_str(), configured)).ok_or_else(|| {
        let trouble = Trouble::new(Class::Usage, format!("{:?} is not the name of an environment", crate::paint::scrub(typed)));
        let expected = format!("the name of what is written to, as it is configured ({})", known(settings));
        Box::new(trouble.expected(expected).found("something else").fix(fix))
    })
}

/// The names that are configured, the first of many.
pub fn known(settings: &Settings) -> String {
    const NAMED: usize = 12;
    let mut names: Vec<String> = settings.in_order().into_iter().take(NAMED).map(|(name, _)| name.to_owned()).collect();
    let more = settings.environments.len().saturating_sub(NAMED);
    names.extend((more > 0).then(|| format!("{more} more")));
    names.join(", ")
}

fn unknown(text: &str, settings: &Settings) -> Trouble {
    let known = known(settings);
    let known = if known.is_empty() { "none are configured".to_owned() } else { format!("configured: {known}") };
    // A mistyped URL lands here, password and all.
    let shown = if text.to_ascii_lowercase().contains("passw") { "…".to_owned() } else { crate::paint::scrub(text) };
    Trouble::new(Class::Usage, format!("{shown:?} names no environment"))
        .expected(format!("an environment from evenkeel.toml ({known}), a URL such as postgres://host/database or mysql://host/database, or a manifest file"))
        .found("no such name and no such file")
        .fix("write the URL, or add the environment to evenkeel.toml:\n[environments.NAME]\nurl = \"…\"")
}

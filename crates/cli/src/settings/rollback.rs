//! What is done around a way back, as it is written: clients that are kept out while it runs. Neighbours: `adapters`, which keep them out,
//! `pipeline/deploy/drained`, which says when.

use super::raw::{RawDrain, RawPaused, RawRollback};
use super::variable::named;
use crate::args::duration;
use evenkeel_adapters::{Command, Paused};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Console, Drain};
use secrecy::{ExposeSecret, SecretString};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Spanned;

/// What is done around a way back.
#[derive(Debug, Clone, Default)]
pub struct Rollback {
    /// Nothing where nobody is kept out.
    pub drain: Option<Draining>,
    /// What is run once it is taken back.
    pub after: Option<After>,
}

/// A command that is run after a way back.
#[derive(Debug, Clone)]
pub struct After {
    run: Vec<String>,
    within: Duration,
    folder: PathBuf,
    origin: String,
}

impl After {
    /// Runs it for that environment; what came of it, in words. Nothing of it changes what is in.
    pub fn told(&self, environment: &str) -> String {
        let Self { run, within, folder, origin } = self.clone();
        let shown = run.join(" ");
        let command = Command { run, read: None, limit: None, within, folder, environment: environment.to_owned() };
        match command.once() {
            Ok(_) => format!("{shown} ({origin}) ran afterwards"),
            Err(trouble) => {
                let expected = trouble.expected.as_ref().map(|expected| format!("; expected: {expected}")).unwrap_or_default();
                format!("{shown} ({origin}) was to run afterwards, and failed: {trouble}{expected}; what is in stays so")
            }
        }
    }
}

/// How clients are kept out.
#[derive(Debug, Clone)]
pub struct Draining {
    /// Who keeps them out, or what is wrong with that: it is told to whoever would ask, and to nobody else. Nobody does where it is waited only.
    pub pooler: Option<Result<Pooler, Box<Trouble>>>,
    /// Roles that have to have no session.
    pub roles: Vec<String>,
    /// For how long it is waited until they have none.
    pub within: Duration,
}

/// A PgBouncer whose databases are paused.
#[derive(Debug, Clone)]
pub struct Pooler {
    url: SecretString,
    databases: Vec<String>,
    origin: String,
}

/// Opens the admin console at a URL.
pub type Consoles<'a> = &'a dyn Fn(&str) -> Result<Box<dyn Console>, Box<Trouble>>;

impl Draining {
    /// Who keeps clients out; nothing where it is waited only.
    ///
    /// # Errors
    /// It cannot be: its address was not handed out, or is none.
    pub fn drain(&self, consoles: Consoles<'_>) -> Result<Option<Box<dyn Drain>>, Box<Trouble>> {
        let Some(pooler) = &self.pooler else { return Ok(None) };
        let Pooler { url, databases, origin } = pooler.clone()?;
        let paused = Paused::new(consoles(url.expose_secret())?, databases, self.within);
        paused
            .map(|paused| -> Option<Box<dyn Drain>> { Some(Box::new(paused)) })
            .map_err(|found| wrong("databases", "names of entries under [databases] of PgBouncer", found, origin, "databases = [\"shop\"]"))
    }
}

/// How long clients have.
const WITHIN: Duration = Duration::from_secs(30);

/// What is written, and the usual where nothing is.
///
/// # Errors
/// A value that is none; what does not go together.
pub fn demands(
    raw: RawRollback,
    path: &Path,
    variable: &dyn Fn(&str) -> Option<String>,
    place: &dyn Fn(Range<usize>) -> String,
) -> Result<Rollback, Box<Trouble>> {
    let time = |key: &str, text: &Option<Spanned<String>>| match text {
        None => Ok(WITHIN),
        Some(text) => duration(text.get_ref())
            .map_err(|why| wrong(key, "a length of time such as 30s", why, place(text.span()), &format!("{key} = \"30s\""))),
    };
    let after = match &raw.after {
        None if raw.after_timeout.is_some() => {
            let (expected, origin) = ("after beside it", "after_timeout under [rollback]".to_owned());
            return Err(wrong("after_timeout", expected, "none".to_owned(), origin, "after = [\"./after-rollback\"]"));
        }
        None => None,
        Some(run) if run.get_ref().first().is_none_or(|word| word.trim().is_empty()) => {
            let (expected, origin) = ("a program, and its arguments", place(run.span()));
            return Err(wrong("after", expected, "no program".to_owned(), origin, "after = [\"./after-rollback\"]"));
        }
        Some(run) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
            let within = time("after_timeout", &raw.after_timeout)?;
            Some(After { run: run.get_ref().clone(), within, folder, origin: place(run.span()) })
        }
    };
    let within = time("within", &raw.within)?;
    let Some(drain) = raw.drain else {
        let origin =
            raw.pgbouncer.as_ref().map(|pooler| place(pooler.span())).or_else(|| raw.within.as_ref().map(|within| place(within.span())));
        if let Some(origin) =
            origin.or_else(|| (!raw.application_roles.is_empty()).then(|| "application_roles under [rollback]".to_owned()))
        {
            let expected = "drain, by which the rest has a meaning";
            return Err(wrong("drain", expected, "none".to_owned(), origin, "drain = \"pgbouncer\", or drain = \"wait\""));
        }
        return Ok(Rollback { drain: None, after });
    };
    let origin = place(drain.span());
    let roles = raw.application_roles;
    let pooler = match (drain.into_inner(), raw.pgbouncer) {
        (RawDrain::Pgbouncer, Some(raw)) => Some(pooler(raw, variable, place)),
        (RawDrain::Pgbouncer, None) => {
            let fix = "[rollback.pgbouncer]\nadmin_env = \"PGBOUNCER\"\ndatabases = [\"shop\"]";
            return Err(wrong("drain", "[rollback.pgbouncer] beside it", "none".to_owned(), origin, fix));
        }
        (RawDrain::Wait, None) if !roles.is_empty() => None,
        (RawDrain::Wait, Some(raw)) => {
            return Err(wrong(
                "pgbouncer",
                "drain = \"pgbouncer\"",
                "drain = \"wait\"".to_owned(),
                place(raw.span()),
                "drain = \"pgbouncer\"",
            ));
        }
        (RawDrain::Wait, None) => {
            let expected = "roles whose sessions are waited for";
            return Err(wrong("application_roles", expected, "none".to_owned(), origin, "application_roles = [\"app\"]"));
        }
    };
    Ok(Rollback { drain: Some(Draining { pooler, roles, within }), after })
}

fn pooler(
    raw: Spanned<RawPaused>,
    variable: &dyn Fn(&str) -> Option<String>,
    place: &dyn Fn(Range<usize>) -> String,
) -> Result<Pooler, Box<Trouble>> {
    let origin = place(raw.span());
    let RawPaused { admin_env, databases } = raw.into_inner();
    Ok(Pooler { url: named(&admin_env, ("admin_env", "[rollback.pgbouncer]"), variable, place)?, databases, origin })
}

fn wrong(key: &str, expected: &str, found: String, origin: String, fix: &str) -> Box<Trouble> {
    let trouble = Trouble::new(Class::Configuration, format!("cannot read {key} under [rollback]"));
    Box::new(trouble.expected(expected).found(found).origin(origin).fix(fix))
}

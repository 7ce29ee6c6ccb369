//! How traffic moves, as it is written. Neighbours: `adapters`, which move it, `pipeline/rollout`, which says when.

use super::raw::{RawCommand, RawFlag, RawHaproxy, RawPgbouncer, RawRollout};
use super::rollback::Consoles;
use super::variable::named;
use crate::args::duration;
use evenkeel_adapters::{Command, Entry, Flag, Haproxy, Pgbouncer, Servers, Several};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::Shifter;
use secrecy::{ExposeSecret, SecretString};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Spanned;

/// How traffic moves.
#[derive(Debug)]
pub struct Rollout {
    /// In hundredths, each more than the one before, the last all of it.
    pub stages: Vec<u8>,
    /// For how long each is watched at the least.
    pub watch: Duration,
    /// How long a share is good that nobody tells again, by those who can keep such a time.
    pub limit: Option<Duration>,
    /// Who moves it, or what is wrong with that: it is told to whoever would move it, and to nobody else.
    pub movers: Result<Vec<Mover>, Box<Trouble>>,
}

impl Rollout {
    /// Who moves it, for that environment.
    ///
    /// # Errors
    /// One cannot: its address or its secret was not handed out, or is none.
    pub fn shifter(&self, environment: &str, consoles: Consoles<'_>) -> Result<Box<dyn Shifter>, Box<Trouble>> {
        let movers = self.movers.clone()?;
        let mut all: Vec<Box<dyn Shifter>> = movers.iter().map(|mover| mover.of(environment, consoles)).collect::<Result<_, _>>()?;
        match all.pop() {
            Some(one) if all.is_empty() => Ok(one),
            last => Ok(Box::new(Several::new(all.into_iter().chain(last).collect()))),
        }
    }
}

/// Who moves it.
#[derive(Debug, Clone)]
pub enum Mover {
    Haproxy(Haproxy),
    Pgbouncer { url: SecretString, entry: Entry },
    Command { run: Vec<String>, read: Option<Vec<String>>, limit: Option<(Vec<String>, Duration)>, within: Duration, folder: PathBuf },
    Flag { url: SecretString, secret: Option<SecretString>, limit: Option<Duration>, origin: String },
}

impl Mover {
    /// For that environment.
    ///
    /// # Errors
    /// The address of a flag is none.
    fn of(&self, environment: &str, consoles: Consoles<'_>) -> Result<Box<dyn Shifter>, Box<Trouble>> {
        match self.clone() {
            Self::Haproxy(haproxy) => Ok(Box::new(haproxy)),
            Self::Pgbouncer { url, entry } => Ok(Box::new(Pgbouncer::new(consoles(url.expose_secret())?, entry))),
            Self::Command { run, read, limit, within, folder } => {
                Ok(Box::new(Command { run, read, limit, within, folder, environment: environment.to_owned() }))
            }
            Self::Flag { url, secret, limit, origin } => match Flag::new(url, secret, environment) {
                Ok(flag) => Ok(Box::new(flag.limited(limit))),
                Err(found) => {
                    let trouble = Trouble::new(Class::Configuration, "the webhook under [rollout.webhook] cannot be used").found(found);
                    Err(Box::new(trouble.expected("an address of http or https").origin(origin).fix("look at the address and the secret")))
                }
            },
        }
    }
}

const STAGES: [u8; 4] = [5, 25, 50, 100];
const WATCH: Duration = Duration::from_secs(5 * 60);
/// How long a command may take.
const WITHIN: Duration = Duration::from_secs(30);
/// Nobody can tell a share again more often than that.
const SHORTEST: Duration = Duration::from_secs(3);

/// What is written, and the usual where nothing is.
///
/// # Errors
/// A value that is none; nobody, or more than one, who moves traffic.
pub fn demands(
    raw: Spanned<RawRollout>,
    path: &Path,
    variable: &dyn Fn(&str) -> Option<String>,
    place: &dyn Fn(Range<usize>) -> String,
) -> Result<Rollout, Box<Trouble>> {
    let origin = place(raw.span());
    let raw = raw.into_inner();
    let stages = match &raw.stages {
        None => STAGES.to_vec(),
        Some(stages) => {
            let all = stages.get_ref();
            let is_right =
                all.is_sorted_by(|one, other| one < other) && all.first().is_some_and(|first| *first > 0) && all.last() == Some(&100);
            if !is_right {
                let expected = "shares from 1 to 100, each more than the one before, the last 100";
                return Err(wrong("stages", expected, format!("{all:?}"), place(stages.span()), "stages = [5, 25, 50, 100]"));
            }
            all.clone()
        }
    };
    let time = |key: &str, text: &Option<Spanned<String>>, usual: Duration| {
        let Some(text) = text else { return Ok(usual) };
        let expected = "a length of time such as 5min";
        duration(text.get_ref()).map_err(|why| wrong(key, expected, why, place(text.span()), &format!("{key} = \"5min\"")))
    };
    let watch = time("watch", &raw.watch, WATCH)?;
    let limit = raw.limit.as_ref().map(|_| time("limit", &raw.limit, WATCH)).transpose()?;
    if let (Some(written), Some(_)) = (&raw.limit, limit.filter(|limit| *limit < SHORTEST)) {
        let expected = format!("{} s at the least", SHORTEST.as_secs());
        return Err(wrong("limit", &expected, written.get_ref().clone(), place(written.span()), "limit = \"2min\""));
    }
    let keeps_time = raw.webhook.is_some() || raw.command.as_ref().is_some_and(|command| command.get_ref().limit.is_some());
    if let (Some(written), false) = (&raw.limit, keeps_time) {
        let expected = "a webhook, or a command with limit: nobody else can keep a time";
        return Err(wrong("limit", expected, "neither".to_owned(), place(written.span()), "[rollout.command]\nlimit = [\"./limit\"]"));
    }
    let mut movers = Vec::new();
    if let Some(raw) = raw.haproxy {
        movers.push(Ok(haproxy(raw, place)?));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
    if let Some(raw) = raw.pgbouncer {
        movers.push(pgbouncer(raw, &folder, variable, place)?);
    }
    if let Some(raw) = raw.command {
        let (origin, RawCommand { run, read, limit: words, timeout }) = (place(raw.span()), raw.into_inner());
        let is_empty = |words: &Vec<String>| words.first().is_none_or(|word| word.trim().is_empty());
        if is_empty(&run) || read.as_ref().is_some_and(is_empty) || words.as_ref().is_some_and(is_empty) {
            return Err(wrong("command", "a program, and its arguments", "no program".to_owned(), origin, "run = [\"./shift-traffic\"]"));
        }
        let within = time("timeout", &timeout, WITHIN)?;
        if words.is_some() && limit.is_none_or(|limit| limit <= within) {
            let found = limit.map_or_else(|| "none".to_owned(), |limit| format!("{} s", limit.as_secs_f64()));
            let expected = format!("limit under [rollout] beside it, of more than its timeout, {} s", within.as_secs_f64());
            return Err(wrong("limit of the command", &expected, found, origin, "[rollout]\nlimit = \"2min\""));
        }
        movers.push(Ok(Mover::Command { run, read, limit: words.zip(limit), within, folder }));
    }
    movers.extend(raw.webhook.map(|raw| flag(raw, limit, variable, place)));
    if movers.is_empty() {
        let expected = "haproxy, pgbouncer, command or webhook, or several of them";
        return Err(wrong(
            "who moves traffic",
            expected,
            "none of them".to_owned(),
            origin,
            "[rollout.command]\nrun = [\"./shift-traffic\"]",
        ));
    }
    Ok(Rollout { stages, watch, limit, movers: movers.into_iter().collect() })
}

fn haproxy(raw: Spanned<RawHaproxy>, place: &dyn Fn(Range<usize>) -> String) -> Result<Mover, Box<Trouble>> {
    let origin = place(raw.span());
    let RawHaproxy { socket, backend, old, new } = raw.into_inner();
    Haproxy::new(&socket, Servers { backend, old, new }).map(Mover::Haproxy).map_err(|found| {
        let expected = "a socket, a backend, and names of servers on both sides, each once";
        wrong("haproxy", expected, found, origin, "socket = \"/run/haproxy/admin.sock\", backend = \"read\", old = [\"a\"], new = [\"b\"]")
    })
}

/// Nobody is told of a secret that was not handed out who would not ask.
type Told = Result<Mover, Box<Trouble>>;

fn pgbouncer(
    raw: Spanned<RawPgbouncer>,
    folder: &Path,
    variable: &dyn Fn(&str) -> Option<String>,
    place: &dyn Fn(Range<usize>) -> String,
) -> Result<Told, Box<Trouble>> {
    let origin = place(raw.span());
    let RawPgbouncer { admin_env, database, file, old, new, options } = raw.into_inner();
    let entry = Entry { database, file: folder.join(file), old, new, options };
    if let Some(found) = entry.fault() {
        let expected = "a database entry, a file, and hosts on both sides, each once";
        let fix = "database = \"read\", file = \"/etc/pgbouncer/rollout.ini\", old = [\"10.0.0.1\"], new = [\"10.0.0.2\"], options = \"port=5432 dbname=shop\"";
        return Err(wrong("pgbouncer", expected, found, origin, fix));
    }
    let url = named(&admin_env, ("admin_env", "[rollout.pgbouncer]"), variable, place);
    Ok(url.map(|url| Mover::Pgbouncer { url, entry }))
}

fn flag(
    raw: Spanned<RawFlag>,
    limit: Option<Duration>,
    variable: &dyn Fn(&str) -> Option<String>,
    place: &dyn Fn(Range<usize>) -> String,
) -> Result<Mover, Box<Trouble>> {
    let origin = place(raw.span());
    let raw = raw.into_inner();
    let named = |key: &str, name: &Spanned<String>| named(name, (key, "[rollout.webhook]"), variable, place);
    let secret = raw.secret_env.as_ref().map(|name| named("secret_env", name)).transpose()?;
    Ok(Mover::Flag { url: named("url_env", &raw.url_env)?, secret, limit, origin })
}

fn wrong(key: &str, expected: &str, found: String, origin: String, fix: &str) -> Box<Trouble> {
    let trouble = Trouble::new(Class::Configuration, format!("cannot read {key} under [rollout]"));
    Box::new(trouble.expected(expected).found(found).origin(origin).fix(fix))
}

//! Runs the command that a person named for migrations in a programming language: what it prints is their SQL.
//!
//! No shell, no input, a bound of time and of bytes; what a command could not do is why the migration was not read.
//! Neighbours: `core/history/render`, which knows what to ask; `migrations`, whose reading this completes.

use evenkeel_core::connection::scrub;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::history::folder::{Folder, Migration};
use evenkeel_core::history::render;
use evenkeel_core::port::Stop;
use std::collections::HashMap;
use std::io::Read;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How long one command may take.
const LONGEST: Duration = Duration::from_secs(60);
/// What one may print.
const MOST: u64 = 64 << 20;
/// Lines of what it says on standard error that are shown.
const SHOWN: usize = 3;
/// A project's own file is looked for so many folders up.
const UP: usize = 5;
/// Commands side by side.
const SIDE_BY_SIDE: usize = 4;

/// A command, and where it is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renderer {
    pub command: String,
    pub folder: PathBuf,
}

/// The tool's own way of printing its migrations, where its program is on PATH and its project can be found.
#[must_use]
pub fn usual(read: &Folder, folder: &Path, server: &str) -> Option<Renderer> {
    let usual = render::USUAL.iter().find(|usual| usual.tool == read.tool && is_on_path(usual.program))?;
    let folder = std::path::absolute(folder).ok()?;
    let root = read.root.as_deref().unwrap_or_default();
    let beside = usual.beside.unwrap_or(root);
    // What would end a quote, or be put in, is for a person to write.
    if beside.is_empty() || root.contains(['"', '{', '\n']) {
        return None;
    }
    let place = folder.ancestors().take(UP).find(|place| place.join(beside).is_file())?;
    let [of_root, of_server] = render::TOLD;
    Some(Renderer { command: usual.command.replace(of_root, root).replace(of_server, server), folder: place.to_owned() })
}

/// Whether a program is found there.
pub(crate) fn is_on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Has what could not be read rendered.
///
/// # Errors
/// The command cannot be understood, or the end was asked for. That it fails is why a migration was not read.
pub fn complete(folder: &mut Folder, renderer: &Renderer, stop: &Stop) -> Result<(), Box<Trouble>> {
    if renderer.command.trim() == render::NOTHING {
        return Ok(());
    }
    let words = render::words(&renderer.command).map_err(|why| misread(&renderer.command, &why))?;
    // The folder of a file that is named without one.
    let at = if renderer.folder.as_os_str().is_empty() { Path::new(".") } else { renderer.folder.as_path() };
    if !render::is_for_each(&words) {
        return whole(folder, &words, at, stop);
    }
    if let Some(plan) = render::plan(folder, &words) {
        match run(&plan, at, stop)? {
            Ok((told, _)) => render::planned(folder, &told),
            Err(why) => folder.odd.push((plan.join(" "), format!("the order of what is installed elsewhere was not told: {why}"))),
        }
    }
    let mut waiting: Vec<&mut Migration> = folder.migrations.iter_mut().filter(|migration| migration.unreadable.is_some()).collect();
    let asked: Vec<Vec<String>> = waiting.iter().map(|migration| render::asked(&words, migration)).collect();
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|threads| {
        for _ in 0..SIDE_BY_SIDE.min(asked.len()) {
            threads.spawn(|| {
                while let Some(words) = asked.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let told = run(words, at, stop);
                    let is_over = told.is_err();
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((words, told));
                    if is_over {
                        break;
                    }
                }
            });
        }
    });
    let mut told: HashMap<&Vec<String>, Result<Printed, String>> = HashMap::new();
    for (words, outcome) in done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
        told.insert(words, outcome?);
    }
    for (migration, words) in waiting.iter_mut().zip(&asked) {
        match told.get(words) {
            Some(Ok((text, said))) => render::rendered(migration, text, said),
            Some(Err(why)) => migration.unreadable = Some(format!("it was not rendered: {why}")),
            None => {}
        }
    }
    Ok(())
}

/// One command for everything, which names what it prints.
fn whole(folder: &mut Folder, words: &[String], at: &Path, stop: &Stop) -> Result<(), Box<Trouble>> {
    let own = words.iter().any(|word| word.contains(render::TEMPORARY)).then(Temporary::make).transpose()?;
    let shown = own.as_ref().map(|own| own.0.display().to_string()).unwrap_or_default();
    let filled: Vec<String> = words.iter().map(|word| word.replace(render::TEMPORARY, &shown)).collect();
    let told = match run(&filled, at, stop)? {
        Ok((told, _)) => told,
        Err(why) => {
            for migration in folder.migrations.iter_mut().filter(|migration| migration.unreadable.is_some()) {
                migration.unreadable = Some(format!("it was not rendered: {why}"));
            }
            return Ok(());
        }
    };
    let texts = render::cut(folder, &told).ok_or_else(|| {
        let why =
            format!("it names none of {}, and what {} prints for everything is not understood", render::NAMES.join(", "), folder.tool);
        misread(&words.join(" "), &why)
    })?;
    for migration in folder.migrations.iter_mut().filter(|migration| migration.unreadable.is_some()) {
        match texts.get(&migration.key) {
            Some(Err(why)) => migration.unreadable = Some(format!("it was not rendered: {why}")),
            Some(Ok(printed)) => {
                render::rendered(migration, &printed.text, "");
                migration.checksum = migration.checksum.take().or_else(|| printed.checksum.clone());
            }
            None => migration.unreadable = Some("it was not rendered: what was printed does not name it".to_owned()),
        }
    }
    Ok(())
}

/// A folder for one command.
pub(crate) struct Temporary(PathBuf);

impl Temporary {
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn make() -> Result<Self, Box<Trouble>> {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("evenkeel-tool-{}-{number}", std::process::id()));
        let failed = |error: std::io::Error| {
            let trouble = Trouble::new(Class::Configuration, format!("cannot make {} for a command of a migration tool", path.display()));
            Box::new(trouble.found(error.to_string()).fix("set TMPDIR to a folder that may be written to"))
        };
        std::fs::DirBuilder::new().mode(0o700).create(&path).map_err(failed)?;
        Ok(Self(path))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // What stays is empty of anybody's data, and nobody waits for it.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn misread(command: &str, why: &str) -> Box<Trouble> {
    let trouble = Trouble::new(Class::Configuration, "cannot understand the command that renders migrations");
    let trouble = trouble.expected("a program and its arguments, with {key} for the migration").found(format!("{command:?}: {why}"));
    Box::new(trouble.fix("correct --render, or render = \"…\" under [project]: python manage.py sqlmigrate {app} {migration}"))
}

/// What a command prints, and what it says beside it.
type Printed = (String, String);

/// What a command prints, or why it did not: that the end was asked for is an error.
fn run(words: &[String], at: &Path, stop: &Stop) -> Result<Result<Printed, String>, Box<Trouble>> {
    Ok(match ran(words, (&[], &[]), at, stop)? {
        Ok(Ran { code: Some(0), out, err, .. }) => Ok((out, err)),
        Ok(Ran { ended, err, .. }) => {
            Err(format!("{} ended with {ended}: {}", words.first().map_or("it", String::as_str), shown(err.as_bytes())))
        }
        Err(why) => Err(why),
    })
}

/// How a command ended, and what it said.
pub(crate) struct Ran {
    pub code: Option<i32>,
    /// In words.
    pub ended: String,
    pub out: String,
    pub err: String,
}

/// Runs a command, with some variables set and others taken away.
pub(crate) fn ran(
    words: &[String],
    (variables, without): (&[(&str, String)], &[&str]),
    at: &Path,
    stop: &Stop,
) -> Result<Result<Ran, String>, Box<Trouble>> {
    let longest = LONGEST;
    stop.check()?;
    let [program, arguments @ ..] = words else { return Ok(Err("no program is named".to_owned())) };
    let mut command = Command::new(program);
    // A group of its own, so that what it starts ends with it.
    without.iter().for_each(|name| _ = command.env_remove(name));
    command.envs(variables.iter().map(|(name, value)| (*name, value.as_str())));
    command.args(arguments).current_dir(at).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Ok(Err(format!("{program} cannot be started: {error}"))),
    };
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let outcome = std::thread::scope(|threads| {
        let out = threads.spawn(move || out.map(all).unwrap_or_default());
        let err = threads.spawn(move || err.map(all).unwrap_or_default());
        let ended = waited(&mut child, longest, stop);
        let text = |bytes: std::thread::Result<Vec<u8>>| bytes.unwrap_or_default();
        (ended, text(out.join()), text(err.join()))
    });
    let (ended, out, err) = outcome;
    stop.check()?;
    let status = match ended {
        Ok(status) => status,
        Err(why) => return Ok(Err(format!("{program}: {why}"))),
    };
    if out.len() as u64 > MOST {
        return Ok(Err(format!("{program} printed more than {MOST} bytes")));
    }
    let err = String::from_utf8_lossy(&err).into_owned();
    Ok(match String::from_utf8(out) {
        Ok(out) => Ok(Ran { code: status.code(), ended: status.to_string(), out, err }),
        Err(error) => Err(format!("{program} printed what is no UTF-8, from byte {} on", error.utf8_error().valid_up_to() + 1)),
    })
}

/// All that is printed, up to a bound; the rest is read and thrown away, so that nobody waits.
pub(crate) fn all(mut from: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = from.by_ref().take(MOST + 1).read_to_end(&mut bytes);
    let _ = std::io::copy(&mut from, &mut std::io::sink());
    bytes
}

/// Waits for its end, and ends it where that takes too long.
fn waited(child: &mut Child, longest: Duration, stop: &Stop) -> Result<std::process::ExitStatus, String> {
    let begun = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => {
                // What it left behind would hold its output open.
                end(child);
                return Ok(status);
            }
            Ok(None) => {}
            Err(error) => return Err(error.to_string()),
        }
        if stop.check().is_err() || begun.elapsed() > longest {
            end(child);
            let _ = child.wait();
            return Err(format!("it took longer than {} s, and was ended", longest.as_secs()));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn end(child: &Child) {
    signalled(child, rustix::process::Signal::KILL);
}

/// Signals a command and what it started.
pub(crate) fn signalled(child: &Child, signal: rustix::process::Signal) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, signal);
    }
}

/// The last of what it said, without what may be a secret.
pub(crate) fn shown(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let is_secret = |name: &str| ["PASS", "PWD", "SECRET", "TOKEN", "KEY"].iter().any(|word| name.to_ascii_uppercase().contains(word));
    let mut secrets: Vec<String> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, value)| is_secret(name) && value.len() > 3 && !value.starts_with('/'))
        .map(|(_, value)| value)
        .collect();
    // Passwords in URLs, wherever they come from.
    for (_, rest) in said.match_indices("://").map(|(at, sign)| said.split_at(at + sign.len())) {
        let authority = rest.split(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'')).next().unwrap_or_default();
        let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
        secrets.extend(user.split_once(':').map(|(_, password)| password.to_owned()));
    }
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let last = lines.iter().skip(lines.len().saturating_sub(SHOWN)).copied().collect::<Vec<_>>().join(" · ");
    let last: String = scrub(&last, secrets.iter().map(String::as_str)).chars().filter(|c| !c.is_control()).take(600).collect();
    if last.is_empty() { "it said nothing".to_owned() } else { last }
}

//! A release that its own tool runs: guarded before, watched while it runs, judged afterwards by the record and the schema. What the tool
//! says of itself, its exit code too, is no evidence.
//!
//! Neighbours: `course`, which runs acts itself; `beside`, which watches one session of ours.

use super::course::Work;
use super::deeds::Deed;
use crate::capture;
use crate::history;
use crate::migrations::Cut;
use crate::rehearse::Release;
use crate::remains::PROCESS;
use crate::render::{self, Renderer};
use evenkeel_core::deployment::{Deployed, Done, Gate};
use evenkeel_core::evidence::schema;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::history::folder::Transaction;
use evenkeel_core::history::render::words;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{Act, Claim, Engine, Event, Intended, Limits, Session, State, Trail};
use evenkeel_core::statement::{Nature, Statement};
use rustix::process::Signal;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(50);
/// A tool that is asked to end is given this long before it is told to, and before it is ended.
const FAREWELL: [(Duration, Signal); 3] =
    [(Duration::ZERO, Signal::INT), (Duration::from_secs(10), Signal::TERM), (Duration::from_secs(20), Signal::KILL)];
/// How long what it said is waited for after its end.
const SPOKEN: Duration = Duration::from_secs(2);
/// How long its sessions may take to end after it.
const PATIENCE: Duration = Duration::from_secs(15);

/// The one act: the tool's.
pub fn deed(with: &Renderer, release: &Release, engine: &dyn Engine) -> Deed {
    let keys: Vec<&str> = release.cuts.iter().map(|cut| cut.migration.key.as_str()).collect();
    let act = Act { what: format!("{}: {}", keys.join(", "), program(&with.command)), statements: Vec::new() };
    let of = keys.iter().map(|key| (*key).to_owned()).collect();
    let (lines, prelude) = (Vec::new(), Vec::new());
    Deed {
        act,
        lines,
        prelude,
        alone: true,
        of,
        completes: true,
        unrecorded: false,
        stepwise: false,
        due: None,
        form: None,
        loose: release.cuts.iter().any(|cut| leaves(cut, engine)),
    }
}

/// Whether a migration that the tool did not bring to its end may have changed rows of which neither record nor schema says anything: what
/// is recorded in the same transaction has not.
fn leaves(cut: &Cut, engine: &dyn Engine) -> bool {
    let is_plain = |one: &Statement| matches!(one.nature, Nature::Definition | Nature::Session | Nature::Transaction(_));
    let is_one = matches!(cut.migration.transaction, Transaction::Own | Transaction::Fitting) && engine.undoes_definitions();
    cut.migration.unreadable.is_some() || !is_one && !cut.statements().all(is_plain)
}

/// The program of a command: what else stands there may be a secret.
fn program(command: &str) -> String {
    let words = words(command).unwrap_or_default();
    let named = words.into_iter().find(|word| !word.contains('=') && word != "env").unwrap_or_default();
    format!("run by {}", Path::new(&named).file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()))
}

/// That nothing the tool does waits for a lock without a bound: what is set for its sessions may not reach it.
pub fn bounded(own: Option<Duration>, (limits, setting): (&Limits, &str), environment: &str) -> Gate {
    let limit = format!("a session of its own waits for a lock at most {}", super::work::time(limits.lock_timeout));
    let found = own.map_or_else(|| "as long as it takes".to_owned(), super::work::time);
    Gate::new("bounds", limit, Some(own.is_some_and(|own| own <= limits.lock_timeout)), format!("{found}, where nobody sets anything"))
        .fix(format!("set {setting} for the account that migrates {environment} to as much or less, or give a longer --lock-timeout"))
}

/// Who waited for the tool's sessions.
#[derive(Default)]
struct Watched {
    done: Done,
    /// A session of it was told by the name that was given to it.
    by_name: bool,
    seen: bool,
    /// Sessions that may be its own, and whether they say so.
    sessions: BTreeMap<u64, bool>,
    /// Accounts of its sessions, where they are not ours.
    others: Vec<String>,
}

/// Waits by session and what for: since when, and whether it was there at the last look.
type Waits = BTreeMap<(u64, String), (Instant, bool)>;

/// Reads all of what is said, beside everything else.
fn read(from: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        // Nobody may wait for it any more.
        drop(sender.send(from.map(render::all).unwrap_or_default()));
    });
    receiver
}

impl Work<'_> {
    /// Has the tool run, and looks what is in; why it stopped, and the code that says so.
    pub(super) fn with_tool(
        &self,
        with: &Renderer,
        claim: &mut dyn Claim,
        (intended, deed): (&Intended<'_>, &Deed),
        before: Manifest,
        deployed: &mut Deployed,
    ) -> Result<Option<(String, u8)>, Box<Trouble>> {
        let order = self.order;
        claim.check()?;
        self.run.watch.see(Event::Step { what: &deed.act.what });
        intended.leaves(0, &Trail { before: schema(&before), ..Trail::default() })?;
        intended.begins(0)?;
        let mut watcher = claim.session(&[])?;
        let since = self.deployer.moment(&mut *watcher)?;
        let name = intended.name();
        let begun = Instant::now();
        let child = match self.spawned(with, &name) {
            Ok(child) => child,
            Err(trouble) => {
                intended.became(0, State::Failed, Some(&trouble.to_string()))?;
                return Ok(Some((trouble.to_string(), 1)));
            }
        };
        // Should we be killed, whoever goes on can tell whether it is at work still.
        let process = format!("{PROCESS}{}", child.id());
        let kept = intended.takes(&process);
        let ran = self.watched(child, &mut *watcher, &since);
        kept?;
        let (status, said, mut watched) = match ran {
            Ok(ran) => ran,
            Err(trouble) => {
                let why = format!("{trouble}: what it did was not looked at");
                intended.became(0, State::Unknown, Some(&why))?;
                return Ok(Some((why, 2)));
            }
        };
        intended.gave(&process)?;
        watched.done.took = begun.elapsed();
        watched.done.attempts = 1;
        let until = Instant::now() + PATIENCE;
        // Those that were seen, and those that began between two looks and say whose they are.
        let mut left: BTreeSet<u64> = watched.sessions.keys().copied().collect();
        loop {
            left.extend(self.deployer.since(&mut *watcher, &since)?.into_iter().filter(|one| one.is_named).map(|one| one.id));
            let mut still = BTreeSet::new();
            for id in left {
                if self.deployer.is_there(&mut *watcher, id)? {
                    still.insert(id);
                }
            }
            left = still;
            if left.is_empty() || Instant::now() >= until {
                break;
            }
            std::thread::sleep(PAUSE);
        }
        let now = capture::manifest(self.source, self.run)?;
        intended.leaves(0, &Trail { after: schema(&now), ..Trail::default() })?;
        let pending = history::pending(&now, self.source.label(), self.read);
        let keys: Vec<&str> = pending.at.iter().filter_map(|at| self.read.cuts.get(*at)).map(|cut| cut.migration.key.as_str()).collect();
        let still: Vec<&str> = deed.of.iter().map(String::as_str).filter(|key| keys.contains(key)).collect();
        if !watched.seen {
            deployed
                .notes
                .push("no session of the tool was seen: who waited for it is not known, nor whether it spoke to this server".to_owned());
        } else if !watched.by_name {
            deployed
                .notes
                .push("its sessions were told by account and start alone: the bounds that were handed to it did not reach it".to_owned());
        }
        if !watched.others.is_empty() {
            deployed.notes.push(format!("it connected as {}, whose bounds were not looked at", watched.others.join(", ")));
        }
        if watched.done.seen.is_aborted {
            deployed.notes.push(format!("it was ended: others waited {} for it", super::work::time(watched.done.seen.blocked)));
        }
        let ended = match status.code() {
            Some(0) => "the tool ended with 0".to_owned(),
            Some(code) => format!("the tool ended with {code} ({said})"),
            None => format!("the tool was ended by a signal ({said})"),
        };
        if let Some(planned) = deployed.acts.first_mut() {
            planned.done = Some(watched.done);
        }
        let unknown = |why: String| -> Result<Option<(String, u8)>, Box<Trouble>> {
            intended.became(0, State::Unknown, Some(&why))?;
            Ok(Some((why, 2)))
        };
        if !left.is_empty() {
            let all: Vec<String> = left.iter().map(ToString::to_string).collect();
            return unknown(format!(
                "{ended}, and sessions that may be its own are on the server still ({}): what is in can change",
                all.join(", ")
            ));
        }
        if let Some(why) = pending.unknown {
            return unknown(format!("{ended}, and what is in is not known: {why}"));
        }
        let is_untouched = still.len() == deed.of.len() && schema(&now) == schema(&before);
        if is_untouched && deed.loose {
            return unknown(format!(
                "{ended}: neither record nor schema shows anything of it, and rows, which it may change too, were not looked at"
            ));
        }
        if is_untouched {
            let why = format!("{ended}: nothing of it is in, by record and schema");
            intended.became(0, State::Failed, Some(&why))?;
            return Ok(Some((why, 1)));
        }
        if !still.is_empty() {
            let why = format!("{ended}: {} of {} are pending still: {}", still.len(), deed.of.len(), still.join(", "));
            intended.became(0, State::Unknown, Some(&why))?;
            return Ok(Some((format!("{why}; evenkeel deploy {} --resume --with goes on", order.environment), 1)));
        }
        intended.became(0, State::Done, None)?;
        if status.code() != Some(0) {
            deployed.notes.push(format!("{ended}, and everything is in, by record and schema"));
        }
        Ok(self.as_rehearsed(deed, Some(&before), &now))
    }

    fn spawned(&self, with: &Renderer, name: &str) -> Result<Child, Box<Trouble>> {
        let refused = |found: String| {
            let trouble =
                Trouble::new(Class::Usage, "the command that runs the release cannot be started").expected("a program and its arguments");
            Box::new(trouble.found(found).origin("flag --with"))
        };
        let words = words(&with.command).map_err(&refused)?;
        let [program, arguments @ ..] = words.as_slice() else { return Err(refused("no program is named".to_owned())) };
        let at = if with.folder.as_os_str().is_empty() { Path::new(".") } else { with.folder.as_path() };
        let mut command = Command::new(program);
        command.args(arguments).envs(self.deployer.variables(name, &self.order.bounds.limits)).current_dir(at);
        // A group of its own, so that what it starts ends with it.
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        command.spawn().map_err(|error| refused(format!("{program}: {error}")))
    }

    /// Looks on until it has ended.
    fn watched(&self, mut child: Child, watcher: &mut dyn Session, since: &str) -> Result<(ExitStatus, String, Watched), Box<Trouble>> {
        // A daemon that it leaves may hold its output open for ever: nobody waits for that.
        let (out, err) = (read(child.stdout.take()), read(child.stderr.take()));
        let mut watched = Watched::default();
        let mut waits = Waits::new();
        let mut asked: Option<Instant> = None;
        let mut told = 0;
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break Ok(status),
                Ok(None) => {}
                Err(error) => {
                    break Err(Box::new(Trouble::new(Class::CouldNotTell, "the tool's end cannot be waited for").found(error.to_string())));
                }
            }
            let is_late = match self.look(watcher, since, (&mut watched, &mut waits)) {
                Ok(is_late) => is_late,
                Err(trouble) => {
                    watched.done.seen.broken.get_or_insert(trouble.to_string());
                    false
                }
            };
            if (is_late || self.run.watch.stop.is_requested()) && asked.is_none() {
                asked = Some(Instant::now());
            }
            if let (Some(since), Some((pause, signal))) = (asked, FAREWELL.get(told))
                && since.elapsed() >= *pause
            {
                told += 1;
                render::signalled(&child, *signal);
            }
            std::thread::sleep(PAUSE);
        };
        // What it left behind would hold its output open.
        render::signalled(&child, Signal::KILL);
        let [out, err] = [out, err].map(|said| said.recv_timeout(SPOKEN).unwrap_or_default());
        let said = if err.is_empty() { render::shown(&out) } else { render::shown(&err) };
        Ok((status?, said, watched))
    }

    /// Whether anybody waits for one of its sessions longer than the bound: then what that runs is ended.
    fn look(&self, watcher: &mut dyn Session, since: &str, (watched, waits): (&mut Watched, &mut Waits)) -> Result<bool, Box<Trouble>> {
        let sessions = self.deployer.since(watcher, since)?;
        let watched = &mut *watched;
        waits.values_mut().for_each(|(_, is_now)| *is_now = false);
        let mut is_late = false;
        // Where the tool takes the name that it is given, others of its account are none of its own.
        watched.by_name |= sessions.iter().any(|session| session.is_named);
        if watched.by_name {
            watched.sessions.retain(|_, is_named| *is_named);
        }
        for session in sessions.iter().filter(|session| session.is_named || !watched.by_name) {
            watched.seen = true;
            watched.sessions.insert(session.id, session.is_named);
            if let Some(account) = session.account.as_ref().filter(|account| !watched.others.contains(account)) {
                watched.others.push(account.clone());
            }
            let mut longest = Duration::ZERO;
            for waiter in self.deployer.waiters(watcher, session.id)? {
                let key = (waiter.session, waiter.wait.clone());
                let is_new = !waits.contains_key(&key);
                let (first, is_now) = waits.entry(key).or_insert((Instant::now(), true));
                *is_now = true;
                watched.done.seen.clients += usize::from(is_new);
                longest = longest.max(waiter.since.unwrap_or_default().max(first.elapsed()));
            }
            watched.done.seen.blocked = watched.done.seen.blocked.max(longest);
            if longest >= self.order.bounds.blocked {
                is_late = true;
                watched.done.seen.is_aborted = true;
                if session.is_named {
                    self.deployer.cancel(watcher, session.id)?;
                }
            }
        }
        waits.retain(|_, (_, is_now)| *is_now);
        Ok(is_late)
    }
}

//! `evenkeel lock ENV` and `evenkeel unlock ENV`. Neighbour: `pipeline/lock`, which does it; here is what is asked of whoever types it.

use super::notify::Told;
use super::{Outcome, apply, migrations, output};
use crate::args::{Common, ListFormat, Lock, Unlock, duration};
use crate::paint::{self, progress::Line};
use crate::settings::{self, Settings};
use crate::{store, wire};
use evenkeel_core::deployment::lock::Asked;
use evenkeel_core::deployment::{Locking, Windows};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::gate::Tier;
use evenkeel_core::port::{Ending, Entry, Limits, ParityLock, Run, Store};
use evenkeel_pipeline::capture::Source;
use evenkeel_pipeline::lock::{self as stage, DIMENSIONS, Order};
use evenkeel_report::deployment as report;
use jiff::Timestamp;
use std::time::Duration;

pub fn run(arguments: &Lock, common: &Common) -> Outcome {
    let loaded = settings::load(common.config.as_deref())?;
    let settings = &loaded.settings;
    let (name, store) = meant(&arguments.environment, arguments.yes, settings, common)?;
    let now = store::now();
    let until = until(arguments.until.as_deref(), name, now, (&*store, settings.windows))?.to_string();
    done("lock", name, (now, arguments.reason.as_deref(), arguments.format), (settings, &*store), common, |source, order, run| {
        stage::lock(source, order, &until, arguments.unverified, run)
    })
}

pub fn unlock(arguments: &Unlock, common: &Common) -> Outcome {
    let loaded = settings::load(common.config.as_deref())?;
    let settings = &loaded.settings;
    let (name, store) = meant(&arguments.environment, arguments.yes, settings, common)?;
    let typed = (store::now(), arguments.reason.as_deref(), arguments.format);
    done("unlock", name, typed, (settings, &*store), common, |source, order, run| {
        stage::unlock(source, order, arguments.held_by.as_deref(), run)
    })
}

/// Does it, and tells what came of it.
fn done(
    verb: &'static str,
    name: &str,
    (now, reason, format): (Timestamp, Option<&str>, ListFormat),
    (settings, store): (&Settings, &dyn Store),
    common: &Common,
    work: impl FnOnce(&Source, &Order<'_>, &Run<'_>) -> Result<Locking, Box<Trouble>>,
) -> Outcome {
    let hooks = Told::of(verb, name, settings)?;
    let endpoint = wire::endpoint(name, settings, common, &DIMENSIONS)?;
    paint::notes(settings.notes.iter().chain(&endpoint.warnings), common.quiet);
    let source = endpoint.source.on_primary();
    let progress = Line::new(common.quiet);
    let run = wire::run(&progress, settings);
    // In one line: it stands in other verbs' sentences.
    let reason = reason.map(|reason| reason.split_whitespace().collect::<Vec<_>>().join(" "));
    let (by, holder, owner) = (store::user(), store::holder(), store::owner());
    let order = Order {
        store,
        environment: name,
        by: &by,
        holder: &holder,
        owner: &owner,
        is_there: &store::is_there,
        now: &now.to_string(),
        reason: reason.as_deref(),
        asking: &store::asking(store, name)?,
        limits: Limits { statement_timeout: common.statement_timeout, lock_timeout: common.lock_timeout, ..Limits::default() },
    };
    let locking = work(&source, &order, &run);
    drop(progress);
    told(locking, now, format, &hooks, common)
}

/// The environment that is meant by its name in full, once somebody said yes; and the store.
fn meant<'a>(typed: &str, yes: bool, settings: &'a Settings, common: &'a Common) -> Result<(&'a str, Box<dyn Store + 'a>), Box<Trouble>> {
    let (name, configured) = wire::by_name(typed, settings, "add it to evenkeel.toml, and type its name")?;
    if configured.tier == Some(Tier::Production) && !yes {
        apply::confirmed(name, &configured.origin, "add --yes")?;
    }
    Ok((name, store::seen(settings, common)?))
}

fn told(locking: Result<Locking, Box<Trouble>>, now: Timestamp, format: ListFormat, hooks: &Told, common: &Common) -> Outcome {
    let locking = locking.map_err(|trouble| hooks.failed(trouble))?;
    let is_expired =
        |lock: &ParityLock| Asked { lock: lock.clone(), asker: String::new(), now: now.to_string(), kept: String::new() }.is_expired();
    let bytes = report::locking(&locking, is_expired, matches!(format, ListFormat::Json), &migrations::style(common, true));
    let written = output::told(&bytes.map_err(|fault| Box::new(migrations::fault_words(&fault)))?, None);
    hooks.tell(&locking.line(), locking.exit_code, None);
    written?;
    Ok(locking.exit_code)
}

/// How many runs back the last deployment is looked for.
const BACK: u32 = 50;

/// When the lock ends: as it is typed, else with the last window after the last deployment, else so long from now.
fn until(
    typed: Option<&str>,
    name: &str,
    now: Timestamp,
    (store, Windows([.., last])): (&dyn Store, Windows),
) -> Result<Timestamp, Box<Trouble>> {
    let Some(typed) = typed else {
        let runs = store.releases(name, BACK)?;
        let ended = Entry::last_release(&runs).and_then(|entry| entry.ended.as_ref()).filter(|ended| ended.ending == Ending::Done);
        let end = ended.and_then(|ended| ended.at.parse::<Timestamp>().ok()).and_then(|at| at.checked_add(last).ok());
        return end.filter(|end| *end > now).map_or_else(|| later(now, last), Ok);
    };
    let wrong = |found: String| {
        let trouble = Trouble::new(Class::Usage, "cannot read when the lock ends").origin("flag --until");
        let trouble = trouble.expected("a length of time such as 72h, or a moment to come such as 2026-12-06T08:00:00Z");
        Box::new(trouble.found(found).fix("--until 72h"))
    };
    let until = match (typed.parse::<Timestamp>(), duration(typed)) {
        (Ok(moment), _) => moment,
        (Err(_), Ok(time)) => later(now, time)?,
        (Err(_), Err(_)) => return Err(wrong(format!("{typed:?}"))),
    };
    let until = Timestamp::from_second(until.as_second()).unwrap_or(until);
    if until <= now { Err(wrong(format!("{until}, and now it is {now}"))) } else { Ok(until) }
}

fn later(now: Timestamp, time: Duration) -> Result<Timestamp, Box<Trouble>> {
    now.checked_add(time).map_err(|_| {
        let trouble = Trouble::new(Class::Usage, "the lock would end later than any calendar goes").origin("flag --until");
        Box::new(trouble.expected("a length of time such as 72h").fix("--until 72h"))
    })
}

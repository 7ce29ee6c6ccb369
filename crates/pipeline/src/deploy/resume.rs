//! What became of deployments whose process is gone, or that stopped: the server says it, and the journal what was meant.
//!
//! Neighbour: `work`, which never leaves an act unknown where the server can say what became of it.

use super::alone::{Left, Mark};
use super::deeds::Deed;
use crate::remains::{PATIENCE, PAUSE};
use evenkeel_core::fault::Trouble;
use evenkeel_core::port::{Became, Deployer, Entry, JournalStep, Session, State, Store, Trail};
use std::time::Instant;

/// What earlier runs of this environment's deployment did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// Acts that are in, and are not recorded by the tool yet.
    pub done: Vec<JournalStep>,
    /// The digest of the schema as the last of them left it; nothing where nobody wrote that down.
    pub left: Option<String>,
    /// An act of which nobody can tell whether it is in: why.
    pub unknown: Vec<String>,
}

/// Says what is left of something that runs in no transaction, and clears it away.
pub type Clearing<'c> = dyn FnMut(&Mark) -> Result<Left, Box<Trouble>> + 'c;

/// Has the server say what became of acts that were begun by runs that are gone. What it says is written down.
///
/// # Errors
/// The server cannot be asked, or the journal not be written.
pub fn settled(
    begun: &[&Entry],
    (store, deployer): (&dyn Store, &dyn Deployer),
    (session, alone): (&mut dyn Session, &mut Clearing<'_>),
    (digest, unknown, deeds): (Option<String>, Option<bool>, &[Deed]),
) -> Result<Vec<Entry>, Box<Trouble>> {
    let course = deployer.course(session)?;
    let (mut entries, mut answer, mut is_later_in) = (Vec::new(), unknown, false);
    for entry in begun {
        let mut entry = (*entry).clone();
        // The last first: what came before one that is in is in as well.
        let count = u32::try_from(entry.steps.len()).unwrap_or(u32::MAX);
        for (at, step) in (0..count).zip(&mut entry.steps).rev() {
            let is_doubted = is_doubted(step, deeds, course.as_deref());
            if step.state != State::Unknown && !is_doubted {
                continue;
            }
            let trail = &step.trail;
            let deed = deeds.iter().find(|deed| deed.act == step.act);
            let is_due = deed.is_some();
            let is_loose = deed.is_some_and(|deed| deed.loose);
            let mark = trail.mark.as_deref().and_then(Mark::read);
            let number = trail.transaction.as_deref().map(parted);
            let (state, words) = match (number, &mark) {
                _ if is_loose => (State::Unknown, "rows that it changed may have stayed, and neither record nor schema says so"),
                // The tool's row is written in the same transaction.
                _ if trail.of.is_none() && is_due => (State::Failed, "the tool's record says that it is not in"),
                // A tool may have brought a part of what was pending.
                _ if trail.of.is_none() && step.act.statements.is_empty() => (State::Done, "the tool's record says what of it is in"),
                _ if trail.of.is_none() => (State::Done, "the tool's record says that it is in"),
                (Some(_), _) if !deployer.keeps_numbers() => {
                    (State::Unknown, "it was being committed, and such a server does not say later whether that came to its end")
                }
                (Some((number, then)), _) => match over(deployer, session, number)? {
                    Became::Committed => (State::Done, "the server says that it is committed"),
                    Became::RolledBack => (State::Failed, "the server says that it was rolled back"),
                    Became::Open => (State::Unknown, "its transaction is open still"),
                    Became::Untold => {
                        let courses = then.zip(course.as_deref());
                        match courses.map(|courses| deployer.lacks(session, number, courses)).transpose()? {
                            Some(true) => (State::Failed, "the server was started again or took another's place, and does not have it"),
                            _ => (
                                State::Unknown,
                                "the server was started again since, or is another one, and does not know its transaction any more",
                            ),
                        }
                    }
                },
                (None, Some(mark)) => match alone(mark)? {
                    Left::Again(_) => (State::Failed, "nothing of it is left"),
                    Left::Done => (State::Done, "the server finished it"),
                    Left::Same => (State::Unknown, "the schema is as it was before it, and nothing in it would say whether it ran"),
                    Left::Unknown => (
                        State::Unknown,
                        "it runs in no transaction, and the schema is not as it was before it, or an index of no use cannot be dropped yet",
                    ),
                },
                // It had no transaction yet.
                (None, None) if trail.before.is_some() && trail.before == digest => (State::Failed, "the schema is as it was before it"),
                (None, None) => (State::Unknown, "the schema is not as it was before it"),
            };
            let (state, words) = match state {
                State::Unknown if is_later_in => (State::Done, "what came after it is in"),
                // Whoever looks says it of one.
                State::Unknown => match answer.take() {
                    Some(true) => (State::Done, "somebody has looked, and says that it is in (--unknown-is in)"),
                    Some(false) => (State::Failed, "somebody has looked, and says that it is not in (--unknown-is out)"),
                    None => (State::Unknown, words),
                },
                known => (known, words),
            };
            is_later_in |= state == State::Done;
            (step.state, step.words) = (state, Some(words.to_owned()));
            if state == State::Done {
                let is_new = step.trail.mark.is_some() && step.trail.after.is_none();
                let known = Trail {
                    // The schema is as it left it.
                    after: digest.clone().filter(|_| is_new),
                    // It is known of the server as it is now.
                    transaction: step.trail.transaction.as_deref().map(|number| on(parted(number).0, course.as_deref())),
                    mark: mark.and_then(|mark| mark.on(course.as_deref()).text()),
                    ..Trail::default()
                };
                store.trail(entry.number, at, &known)?;
                step.trail.after = step.trail.after.take().or(known.after);
                step.trail.transaction = known.transaction.or_else(|| step.trail.transaction.take());
                step.trail.mark = known.mark.or_else(|| step.trail.mark.take());
            }
            store.mark(entry.number, at, state, Some(words))?;
        }
        entries.push(entry);
    }
    Ok(entries)
}

/// What stands between the number of a transaction and the course of things that it belongs to.
const COURSE: &str = " @";

/// A transaction's number with the course of things that the server was on.
pub fn on(number: &str, course: Option<&str>) -> String {
    course.map_or_else(|| number.to_owned(), |course| format!("{number}{COURSE}{course}"))
}

fn parted(number: &str) -> (&str, Option<&str>) {
    number.split_once(COURSE).map_or((number, None), |(number, course)| (number, Some(course)))
}

/// The course of things that the server was on when it was done, where it said that.
fn course_of(step: &JournalStep) -> Option<String> {
    let mark = step.trail.mark.as_deref().and_then(Mark::read).and_then(|mark| mark.course().map(str::to_owned));
    step.trail.transaction.as_deref().and_then(|number| parted(number).1.map(str::to_owned)).or(mark)
}

/// Whether it is known on which course the server was then: another one may lack it.
pub fn has_course(step: &JournalStep) -> bool {
    course_of(step).is_some()
}

/// Whether a server took the place of the one on which it was done, which may not have it, and no record says so.
fn is_doubted(step: &JournalStep, deeds: &[Deed], now: Option<&str>) -> bool {
    let then = course_of(step);
    let is_needed = deeds.iter().any(|deed| deed.unrecorded && deed.act == step.act);
    step.state == State::Done && step.trail.of.is_some() && is_needed && then.is_some_and(|then| Some(then.as_str()) != now)
}

/// What became of a transaction, which is given some time to end.
fn over(deployer: &dyn Deployer, session: &mut dyn Session, number: &str) -> Result<Became, Box<Trouble>> {
    let until = Instant::now() + PATIENCE;
    loop {
        match deployer.became(session, number)? {
            Became::Open if Instant::now() < until => std::thread::sleep(PAUSE),
            became => return Ok(became),
        }
    }
}

/// What of it matters for what is to be run now: `entries` are the runs, the newest first, `deeds` is what is pending by the record.
#[must_use]
pub fn past(entries: &[Entry], deeds: &[Deed]) -> Past {
    let mut past = Past::default();
    let begun = |step: &&JournalStep| step.state != State::Intended;
    // The last word on the schema is the newest run's.
    let last = entries.iter().find_map(|entry| {
        let mut all = entry.steps.iter().rev().filter(begun);
        let mut last = all.next()?;
        // Of several that are not in after all, the schema is as before the first.
        while let Some(before) = all.next().filter(|before| last.state == State::Failed && before.state == State::Failed) {
            last = before;
        }
        Some(last)
    });
    past.left = last.and_then(|step| match step.state {
        State::Done => step.trail.after.clone().or_else(|| due(step, deeds)),
        _ => step.trail.before.clone(),
    });
    for entry in entries {
        for step in &entry.steps {
            match step.state {
                State::Done if deeds.iter().any(|deed| deed.unrecorded && deed.act == step.act) => past.done.push(step.clone()),
                State::Unknown => {
                    let why = step.words.clone().unwrap_or_else(|| "nobody said what became of it".to_owned());
                    past.unknown.push(format!("run {}: {}: {why}", entry.number, step.act.what));
                }
                _ => {}
            }
        }
    }
    past
}

/// The digest after an act of which nobody wrote it down: what was rehearsed, or, of a change of rows, the one before it.
fn due(step: &JournalStep, deeds: &[Deed]) -> Option<String> {
    let deed = deeds.iter().find(|deed| deed.stepwise && deed.act == step.act)?;
    if deed.alone { deed.due.clone() } else { step.trail.before.clone() }
}

/// Why what was begun is not what is to be gone on with: its text is another one now.
#[must_use]
pub fn changed(entries: &[Entry], deeds: &[Deed], keys: &[&str]) -> Option<String> {
    let steps = entries.iter().flat_map(|entry| entry.steps.iter().map(move |step| (entry, step)));
    let mut begun = steps.filter(|(_, step)| matches!(step.state, State::Done | State::Unknown));
    begun.find_map(|(entry, step)| {
        let key = step.trail.of.as_deref().filter(|key| keys.contains(key))?;
        let is_there = deeds.iter().any(|deed| deed.unrecorded && deed.act == step.act);
        (!is_there).then(|| {
            format!(
                "{key} was begun with another text: run {} has run \"{}\", which its files do not say at that place any more; bring that \
                 text back, or take what is in back by hand and name it with evenkeel history",
                entry.number, step.act.what
            )
        })
    })
}

/// How many acts are in: only the first ones of the first migration can be.
#[must_use]
pub fn skipped(deeds: &[Deed], past: &Past) -> usize {
    let is_in = |deed: &&Deed| deed.unrecorded && past.done.iter().any(|step| step.act == deed.act);
    deeds.iter().take_while(is_in).count()
}

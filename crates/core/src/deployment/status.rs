//! How an environment stands by what was done from here, what may happen now, what is due, and what is overdue.
//!
//! Lives here: the judgement. Does not live here: what is kept (`port`), the clock (whoever asks brings the moment).

use super::drilled::{Due, Schedule};
use super::lock::Asked;
use super::rolled::left;
use super::standing::Standing;
use crate::evidence::says_validated;
use crate::port::{Ending, Entry, Halt, Kept, ParityLock, Verification};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use std::time::Duration;

/// What is known of an environment.
pub struct Known<'a> {
    pub environment: &'a str,
    pub halt: Option<&'a Halt>,
    /// Runs, locks and verifications: the newest first.
    pub runs: &'a [Entry],
    /// Runs that move traffic, or have left it elsewhere.
    pub rollouts: &'a [Entry],
    /// Runs that keep clients out, or have left them so.
    pub keeping_out: &'a [Entry],
    /// Runs of every verb, the newest first.
    pub all: &'a [Entry],
    pub locks: &'a [ParityLock],
    pub verifications: &'a [Verification],
    /// The last evidence.
    pub kept: Option<&'a Kept>,
    pub now: Timestamp,
    /// Who asks, as locks call their holders.
    pub asker: &'a str,
    /// Where locks are kept, and who sees them.
    pub locked_where: &'a str,
    /// How often it is drilled; nothing where it is not.
    pub drill: Option<Schedule<'a>>,
    /// The ends of the windows after a deployment; nothing where nobody watches.
    pub windows: Option<&'a Windows>,
}

/// How long after a deployment each window ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows(pub [Duration; 3]);

impl Default for Windows {
    fn default() -> Self {
        Self([2, 72, 168].map(|hours| Duration::from_secs(hours * 60 * 60)))
    }
}

impl Windows {
    /// The day from which what is kept for the way back may go, of what was put aside on a day.
    #[must_use]
    pub fn kept_until(&self, day: Date) -> Date {
        let [.., last] = self.0;
        let days = last.as_secs().div_ceil(24 * 60 * 60);
        i64::try_from(days).ok().and_then(|days| day.checked_add(days.days()).ok()).unwrap_or(Date::MAX)
    }
}

/// How an environment stands, by what was done from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    pub environment: String,
    /// `HALTED`, `LOCKED`, `VALIDATED`, `VERIFIED`, `ROLLED_BACK`, `ROLLING_OUT`, or a word in small letters for what has none of its own:
    /// `rehearsed` (locks and time were not measured), `deployed`, `stopped`, `at work`, `unwatched` (traffic is where a run that is gone
    /// has left it), `nothing known`.
    pub state: &'static str,
    /// RFC 3339, in UTC; nothing where nothing is known.
    pub since: Option<String>,
    pub words: String,
    /// The parity lock that was not taken away, expired or not.
    pub lock: Option<Asked>,
    /// Backfills that were begun and are not complete.
    pub backfills: Vec<Standing>,
    /// The window after the last deployment that it is in.
    pub window: Option<Window>,
    pub due: Vec<Due>,
    /// What should be done now.
    pub overdue: Option<String>,
    /// Why nobody can tell what is due.
    pub untold: Option<String>,
}

/// A time after a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    pub name: String,
    /// RFC 3339, in UTC; nothing where it has no end.
    pub until: Option<String>,
    /// What may happen in it.
    pub may: &'static str,
}

/// Clocks of one machine differ by so much from what they wrote.
const SLACK: SignedDuration = SignedDuration::from_secs(2);

const MAY: [&str; 4] = [
    "the application's release may follow once it is VERIFIED; it may be taken back by the way that was rehearsed; nothing else is brought there",
    "the application runs on it and is watched; it may be taken back, and what was written since is counted before; the next release may be rehearsed",
    "it may be taken back still; what the application of before needs stays: what drops it may be rehearsed, and is not deployed",
    "what was kept for the way back may go, by a release of its own; the next release may be deployed",
];

impl Status {
    /// By what is known of it; `is_there` says whether a run's process is there still.
    #[must_use]
    pub fn of(known: &Known<'_>, is_there: impl Fn(&Entry) -> Option<bool>) -> Self {
        let moving = moving(known, &is_there);
        let is_left = |entry: &&Entry| entry.ended.is_some() || is_there(entry) == Some(false);
        let kept_out = known.keeping_out.iter().filter(is_left).find_map(|entry| Some((entry, entry.keeps_out().next()?)));
        let backfills = Standing::all(known.environment, known.all, &is_there);
        let mut status = state(known, is_there);
        if let Some(moving) = moving {
            // A halt stands, and says what it is about.
            let state = if known.halt.is_some() { status.state } else { moving.state };
            let words = if known.halt.is_some() { format!("{}; {}", status.words, moving.words) } else { moving.words };
            let since = if known.halt.is_some() { status.since } else { moving.since };
            status = Self { state, words, since, overdue: moving.overdue.or(status.overdue), ..status };
        }
        // What stopped by itself is gone on with; of what may be at work nobody says it.
        let stopped = backfills.iter().find(|one| one.is_there == Some(false));
        let next = |one: &Standing| one.next.as_ref().map(|next| format!("{next} goes on where it stopped"));
        status.overdue = status.overdue.take().or_else(|| stopped.and_then(next));
        status.backfills = backfills;
        // Clients wait for that: it is said before anything else.
        if let Some((entry, who)) = kept_out {
            status.words = format!("clients are kept out by {who} since run {}; {}", entry.number, status.words);
            status.overdue =
                Some(format!("evenkeel {} {} lets them in again, whatever else it does", entry.intention.verb, known.environment));
        }
        let standing = known.locks.first().filter(|lock| lock.released.is_none());
        status.lock = standing.map(|lock| known.asked(lock));
        if let Some(moment) = known.future() {
            status.untold = Some(format!("the store speaks of {moment}, and here it is {}: a clock was set", known.now));
            return status;
        }
        let expired = status.lock.as_ref().filter(|asked| asked.is_expired());
        status.due.extend(expired.map(|asked| Due {
            what: format!("evenkeel unlock {0} says that it was looked at, evenkeel lock {0} locks it anew", known.environment),
            by: asked.lock.until.clone(),
            is_overdue: true,
        }));
        if let (Some(windows), Some((deployed, at))) = (known.windows, known.deployed().filter(|_| known.halt.is_none())) {
            status.window = Some(window(windows, at, known.now));
            status.due.extend(known.due(windows, deployed, at));
        }
        status.due.extend(known.drill.map(|schedule| schedule.due(known.environment, known.now)));
        status.due.sort_by(|one, other| one.by.cmp(&other.by));
        let overdue = || status.due.iter().find(|due| due.is_overdue).map(|due| format!("{}, due {}", due.what, due.by));
        status.overdue = status.overdue.take().or_else(overdue);
        status
    }
}

impl Known<'_> {
    fn asked(&self, lock: &ParityLock) -> Asked {
        let now = self.now.to_string();
        Asked { lock: lock.clone(), asker: self.asker.to_owned(), now, kept: self.locked_where.to_owned() }
    }

    /// A moment in the store that has not come yet.
    fn future(&self) -> Option<String> {
        let last = Entry::last_release(self.runs);
        let ended = last.map(|entry| entry.ended.as_ref().map_or(&entry.begun, |ended| &ended.at));
        let moments = ended.into_iter().chain(self.locks.first().map(|lock| &lock.since));
        let moments = moments.chain(self.verifications.first().map(|one| &one.at));
        let is_future = |at: &&String| at.parse::<Timestamp>().is_ok_and(|at| at.duration_since(self.now) > SLACK);
        moments.into_iter().find(is_future).cloned()
    }

    /// The last deployment, where it is in and was not taken back, and when it was done.
    fn deployed(&self) -> Option<(&Entry, Timestamp)> {
        let entry = Entry::last_release(self.runs).filter(|entry| entry.intention.verb == "deploy")?;
        let ended = entry.ended.as_ref().filter(|ended| ended.ending == Ending::Done)?;
        Some((entry, ended.at.parse().ok()?))
    }

    /// What has to be done after it.
    fn due(&self, Windows([first, second, _]): &Windows, deployed: &Entry, at: Timestamp) -> Vec<Due> {
        let name = self.environment;
        let due = |what: String, after: Duration| {
            let by = after_of(at, after);
            Due { what, by: by.to_string(), is_overdue: by < self.now }
        };
        let mut all = Vec::new();
        match self.verifications.first().filter(|one| one.is_since(deployed)) {
            None => all.push(due(format!("evenkeel verify {name}"), *first)),
            Some(one) if !one.holds => {
                all.push(Due { what: format!("mend what evenkeel verify {name} found"), by: one.at.clone(), is_overdue: true });
            }
            Some(_) => {}
        }
        let is_since = |lock: &ParityLock| lock.since.parse::<Timestamp>().is_ok_and(|since| since >= at);
        if !self.locks.iter().any(is_since) {
            all.push(due(format!("evenkeel lock {name}, once it is VERIFIED"), *second));
        }
        all
    }
}

fn after_of(at: Timestamp, after: Duration) -> Timestamp {
    at.checked_add(after).unwrap_or(Timestamp::MAX)
}

fn window(Windows(ends): &Windows, at: Timestamp, now: Timestamp) -> Window {
    let ended = ends.iter().take_while(|end| after_of(at, **end) <= now).count();
    let shown = |end: &Duration| match end.as_secs() {
        secs if secs > 0 && secs % 3600 == 0 => format!("T+{} h", secs / 3600),
        secs if secs > 0 && secs % 60 == 0 => format!("T+{} min", secs / 60),
        _ => format!("T+{} s", end.as_secs_f64()),
    };
    let (since, until) = (ended.checked_sub(1).and_then(|at| ends.get(at)), ends.get(ended));
    let name = match (since, until) {
        (None, Some(until)) => format!("until {}", shown(until)),
        (Some(since), Some(until)) => format!("{} to {}", shown(since), shown(until)),
        (since, None) => format!("after {}", since.map(shown).unwrap_or_default()),
    };
    let may = MAY.get(ended).copied().unwrap_or_default();
    Window { name, until: until.map(|end| after_of(at, *end).to_string()), may }
}

/// What a run that moves traffic makes of it.
struct Moving {
    state: &'static str,
    since: Option<String>,
    words: String,
    overdue: Option<String>,
}

/// The newest run that moves traffic; else the newest that has left it elsewhere.
fn moving(known: &Known<'_>, is_there: impl Fn(&Entry) -> Option<bool>) -> Option<Moving> {
    let open = known.rollouts.iter().find(|entry| entry.ended.is_none() && is_there(entry) == Some(true));
    let entry = open.or_else(|| left(known.rollouts.iter()).next())?;
    let step = entry.steps.iter().rev().find(|step| step.begun.is_some());
    let at = step.map_or_else(|| "no stage was begun".to_owned(), |step| step.act.what.clone());
    let run = format!("run {} by {}", entry.number, entry.intention.by);
    if open.is_some() {
        let since = step.and_then(|step| step.begun.clone()).or_else(|| Some(entry.begun.clone()));
        return Some(Moving { state: "ROLLING_OUT", since, words: format!("{at}; {run}"), overdue: None });
    }
    let ended = entry.ended.as_ref().map(|ended| ended.at.clone());
    let since =
        ended.or_else(|| step.and_then(|step| step.ended.clone().or_else(|| step.begun.clone()))).or_else(|| Some(entry.begun.clone()));
    let words = format!("{at}, unwatched since {}: {run} did not give it back", since.as_deref().unwrap_or_default());
    let overdue = Some(format!("evenkeel rollout {} --back", known.environment));
    Some(Moving { state: "unwatched", since, words, overdue })
}

/// The state alone.
fn state(known: &Known<'_>, is_there: impl Fn(&Entry) -> Option<bool>) -> Status {
    let environment = known.environment;
    let status = |state, since: Option<String>, words: String, overdue| Status {
        environment: environment.to_owned(),
        state,
        since,
        words,
        lock: None,
        backfills: Vec::new(),
        window: None,
        due: Vec::new(),
        overdue,
        untold: None,
    };
    if let Some(halt) = known.halt {
        let resume = format!("evenkeel history {environment} --resume, once it may go on");
        return status("HALTED", Some(halt.since.clone()), format!("by {}: {}", halt.by, halt.reason), Some(resume));
    }
    let last = Entry::last_release(known.runs);
    let ended = last.and_then(|entry| entry.ended.as_ref());
    let run = last.map(|entry| format!("{}, run {} by {}", entry.intention.verb, entry.number, entry.intention.by));
    if let Some((entry, run)) = last.zip(run.as_ref()) {
        let resume = Some(format!("evenkeel {} {environment} --resume", entry.intention.verb));
        match ended {
            None if is_there(entry) == Some(true) => {
                return status("at work", Some(entry.begun.clone()), format!("{run}: {}", entry.progress()), None);
            }
            None => {
                return status("stopped", Some(entry.begun.clone()), format!("{run}: its process is gone: {}", entry.progress()), resume);
            }
            Some(ended) if ended.ending != Ending::Done => {
                return status("stopped", Some(ended.at.clone()), format!("{run}: {}", ended.words), resume);
            }
            Some(_) => {}
        }
    }
    let before = run.as_ref().map(|run| format!("; before: {run}")).unwrap_or_default();
    let held = known.locks.first().filter(|lock| lock.released.is_none()).map(|lock| known.asked(lock)).filter(|asked| !asked.is_expired());
    if let Some(asked) = held {
        return status("LOCKED", Some(asked.lock.since.clone()), format!("{}; {}{before}", asked.lock.words(), asked.kept), None);
    }
    let newer = known.kept.filter(|kept| last.is_none_or(|entry| kept.at > *ended.map_or(&entry.begun, |ended| &ended.at)));
    if let Some(kept) = newer {
        let state = if says_validated(&kept.text) { "VALIDATED" } else { "rehearsed" };
        return status(state, Some(kept.at.clone()), format!("by {}{before}", kept.by), None);
    }
    let (Some(entry), Some(ended), Some(run)) = (last, ended, run) else {
        return status("nothing known", None, "no release was rehearsed for it, or run on it, from here".to_owned(), None);
    };
    if entry.intention.verb == "rollback" {
        return status("ROLLED_BACK", Some(ended.at.clone()), run, None);
    }
    match known.verifications.first().filter(|one| one.is_since(entry)) {
        Some(one) if one.holds => status("VERIFIED", Some(one.at.clone()), format!("by {}; before: {run}", one.by), None),
        Some(one) => status("deployed", Some(ended.at.clone()), format!("{run}; {}", one.words), None),
        None => status("deployed", Some(ended.at.clone()), run, None),
    }
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;

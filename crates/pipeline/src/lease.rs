//! That no two runs work on one environment at the same time: who is at work there, who is gone, and signs of life while one is at work.
//!
//! Lives here: waiting and beating. Does not live here: whose an environment is, which the store says in the same breath in which a run is
//! written down (`Store::intend`); locks on the target, which hold between stores too (`Claim`).

use evenkeel_core::deployment::Gate;
use evenkeel_core::fault::Trouble;
use evenkeel_core::port::{Beat, Ending, Entry, Intended, Owner, Run, Store};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

/// Between two looks at runs that may be gone.
const PAUSE: Duration = Duration::from_millis(500);

/// Runs of an environment of which nobody said how they ended, the newest first. One whose process cannot be seen from here, and that gave a
/// sign of life not long ago, is waited for: until it gives another, or is gone.
///
/// # Errors
/// The store cannot be read; the end was asked for.
pub fn unfinished(
    store: &dyn Store,
    environment: &str,
    is_there: &dyn Fn(&Owner) -> Option<bool>,
    run: &Run<'_>,
) -> Result<Vec<Entry>, Box<Trouble>> {
    let is_unseen = |entry: &Entry| is_there(&entry.intention.owner).is_none() && entry.is_there(is_there) == Some(true);
    let first = store.unfinished(environment)?;
    let begun = Instant::now();
    let mut now = first.clone();
    loop {
        let before = |entry: &Entry| first.iter().find(|one| one.number == entry.number).and_then(|one| one.beat.as_ref());
        // A clock that was set back makes none of them live longer.
        let is_over = begun.elapsed() > Beat::LASTS + Beat::EVERY;
        let is_still =
            |entry: &&mut Entry| is_unseen(entry) && before(entry).map(|beat| &beat.at) == entry.beat.as_ref().map(|beat| &beat.at);
        let mut still = now.iter_mut().filter(is_still).peekable();
        if still.peek().is_none() {
            return Ok(now);
        }
        if is_over {
            for beat in still.filter_map(|entry| entry.beat.as_mut()) {
                beat.quiet = beat.quiet.max(begun.elapsed());
            }
            return Ok(now);
        }
        run.watch.stop.check()?;
        std::thread::sleep(PAUSE);
        now = store.unfinished(environment)?;
    }
}

/// Does the work while signs of life are given. That one could not be kept is no reason to end: no act begins where the environment is
/// another's by then.
pub fn beating<T>(intended: &Intended<'_>, work: impl FnOnce() -> T) -> T {
    let (ends, ended) = mpsc::channel::<()>();
    std::thread::scope(|threads| {
        threads.spawn(move || {
            while ended.recv_timeout(Beat::EVERY) == Err(RecvTimeoutError::Timeout) {
                // The next one may be kept.
                drop(intended.beats());
            }
        });
        let done = work();
        drop(ends);
        done
    })
}

/// What the journal has to say before something is done there.
pub const QUIET: &str = "no run is at work there, or stopped in the middle";

/// That no run is at work there, and none stopped in the middle; `unfinished` are runs of others.
pub fn quiet(environment: &str, unfinished: &[Entry], is_there: &dyn Fn(&Owner) -> Option<bool>, releases: &[Entry]) -> Gate {
    let there = |is: Option<bool>| unfinished.iter().filter(move |entry| entry.is_there(is_there) == is).map(Entry::unfinished);
    let stopped = Entry::last_release(releases).filter(|entry| entry.ended.as_ref().is_some_and(|ended| ended.ending != Ending::Done));
    let stopped = stopped.map(|entry| format!("run {} ({}) stopped in the middle", entry.number, entry.intention.verb));
    let releases = || unfinished.iter().filter(|entry| entry.is_release());
    let gone = releases().filter(|entry| entry.is_there(is_there) == Some(false)).map(Entry::unfinished);
    let is_release = stopped.is_some() || releases().next().is_some();
    let against: Vec<String> = there(Some(true)).chain(gone).chain(stopped).collect();
    let untold: Vec<String> = there(None).collect();
    let gate = Gate::none("journal", QUIET, &against, &untold, "none");
    gate.fix(match is_release {
        true => format!("wait until it has ended, or go on with it: evenkeel deploy {environment} --resume"),
        false => "wait until it has ended: evenkeel runs".to_owned(),
    })
}

/// That another run has the environment, as a person reads it.
#[must_use]
pub fn held(entry: &Entry) -> String {
    let Entry { number, begun, intention, .. } = entry;
    format!(
        "run {number} ({} of {}, by {}, since {begun}) is at work: {}",
        intention.verb,
        intention.environment,
        intention.by,
        entry.whereabouts()
    )
}

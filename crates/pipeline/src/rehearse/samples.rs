//! What a second session sees meanwhile: locks of the one that is watched, and who waits for it. Neighbour: `eyes`.

use evenkeel_core::fault::Trouble;
use evenkeel_core::port::{Event, Observer, Session, Watch};
use evenkeel_core::rehearsal::Waited;
use evenkeel_core::trace::{Held, On, Sample, Waiter};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Between two words to whoever watches.
const TELLING: Duration = Duration::from_millis(100);
/// Between two samples where nobody else is.
pub const PAUSE: Duration = Duration::from_millis(1);

/// How long a lock was seen by the second session.
#[derive(Debug, Clone)]
pub struct Seen {
    pub held: Held,
    pub first: Instant,
    pub last: Instant,
    /// The first sample without it.
    pub gone: Option<Instant>,
    /// The last sample before it was there.
    pub before: Instant,
}

/// How long a client was seen to wait.
#[derive(Debug, Clone)]
pub struct Wait {
    session: u64,
    who: String,
    pub on: On,
    pub wait: String,
    /// Since when it waits: by the server's word, or the first sample.
    pub first: Instant,
    pub last: Instant,
    /// The first sample in which it did not.
    pub over: Option<Instant>,
}

impl Wait {
    /// Half-way between the last sample with it and the first without.
    pub fn length(&self) -> Duration {
        let end = self.over.map_or(self.last, |over| self.last + over.saturating_duration_since(self.last) / 2);
        end.saturating_duration_since(self.first)
    }
}

/// What the second session has seen so far.
#[derive(Debug, Default)]
pub struct Samples {
    seen: Mutex<Vec<Seen>>,
    waits: Mutex<Vec<Wait>>,
    is_over: AtomicBool,
    /// The statement that runs, and since when.
    running: Mutex<Option<(String, Instant)>>,
    /// Whoever it waits for is asked for by name.
    names: bool,
    /// Who they were, of the last statement that waited.
    blockers: Mutex<Vec<(u64, String)>>,
    /// Why it sees nothing any more.
    broken: Mutex<Option<String>>,
}

impl Samples {
    /// Such samples that ask by name for whoever is waited for.
    pub fn naming() -> Self {
        Self { names: true, ..Self::default() }
    }

    /// Samples until it is finished, from a session of its own; on a thread of its own.
    pub fn watch(
        &self,
        observer: &dyn Observer,
        opened: Result<Box<dyn Session>, Box<Trouble>>,
        session: u64,
        pause: Duration,
        watch: Watch<'_>,
    ) {
        let sampled = opened.and_then(|mut own| {
            let mut before = Instant::now();
            let mut told = before;
            while !self.is_over.load(Ordering::SeqCst) && !watch.stop.is_requested() {
                let sample = observer.sample(&mut *own, session)?;
                let now = Instant::now();
                self.put(sample.held.clone(), before, now);
                self.wait(&sample.waiters, now);
                if self.names && !sample.waited_for.is_empty() {
                    let blockers = observer.blockers(&mut *own, session)?;
                    // It may just have gone on.
                    if !blockers.is_empty() {
                        *self.blockers.lock().unwrap_or_else(PoisonError::into_inner) = blockers;
                    }
                }
                before = now;
                if now.duration_since(told) >= TELLING {
                    told = now;
                    self.tell(&sample, now, watch);
                }
                std::thread::sleep(pause);
            }
            Ok(())
        });
        if let Err(trouble) = sampled {
            *self.broken.lock().unwrap_or_else(PoisonError::into_inner) = Some(trouble.to_string());
        }
    }

    /// A statement is about to run, or has.
    pub fn runs(&self, statement: Option<String>) {
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = statement.map(|statement| (statement, Instant::now()));
    }

    fn tell(&self, sample: &Sample, now: Instant, watch: Watch<'_>) {
        match &*self.running.lock().unwrap_or_else(PoisonError::into_inner) {
            Some((statement, since)) => watch.see(Event::Running {
                statement,
                since: now.saturating_duration_since(*since),
                locks: sample.held.len(),
                waiting: sample.waiters.len(),
            }),
            None => watch.see(Event::Ran),
        }
    }

    fn put(&self, held: Vec<Held>, before: Instant, now: Instant) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for one in seen.iter_mut().filter(|one| one.gone.is_none()) {
            if held.contains(&one.held) { one.last = now } else { one.gone = Some(now) }
        }
        for held in held {
            if !seen.iter().any(|one| one.gone.is_none() && one.held == held) {
                seen.push(Seen { held, first: now, last: now, gone: None, before });
            }
        }
    }

    fn wait(&self, waiters: &[Waiter], now: Instant) {
        let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        for one in waits.iter_mut().filter(|one| one.over.is_none()) {
            let is_there = waiters.iter().any(|waiter| waiter.session == one.session && waiter.on == one.on && waiter.wait == one.wait);
            if is_there { one.last = now } else { one.over = Some(now) }
        }
        for waiter in waiters {
            let is_known =
                |one: &Wait| one.over.is_none() && one.session == waiter.session && one.on == waiter.on && one.wait == waiter.wait;
            if !waits.iter().any(is_known) {
                let first = waiter.since.and_then(|since| now.checked_sub(since)).unwrap_or(now);
                waits.push(Wait {
                    session: waiter.session,
                    who: waiter.who.clone(),
                    on: waiter.on.clone(),
                    wait: waiter.wait.clone(),
                    first,
                    last: now,
                    over: None,
                });
            }
        }
    }

    pub fn finish(&self) {
        self.is_over.store(true, Ordering::SeqCst);
    }

    /// Who was waited for at last.
    pub fn blockers(&self) -> Vec<(u64, String)> {
        self.blockers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn broken(&self) -> Option<String> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was seen between two moments, and forgets what is older.
    pub fn between(&self, from: Instant, to: Instant) -> Vec<Seen> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|one| one.gone.is_none_or(|gone| gone >= from));
        seen.iter().filter(|one| one.first <= to && one.last >= from).cloned().collect()
    }

    /// Everybody's waits.
    pub fn waits(&self) -> Vec<Wait> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Wait {
    /// As a report draws it: since a moment, of a relation of that name.
    pub fn told(&self, begin: Instant, relation: String) -> Waited {
        let since = |moment: Instant| moment.saturating_duration_since(begin);
        Waited {
            session: self.session,
            who: self.who.clone(),
            relation,
            wait: self.wait.clone(),
            from: since(self.first),
            to: since(self.first) + self.length(),
        }
    }
}

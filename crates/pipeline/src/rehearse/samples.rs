//! What a second session sees meanwhile: locks of the one that is watched, and who waits for it. Neighbour: `eyes`.

use evenkeel_core::fault::Trouble;
use evenkeel_core::port::{Event, Observer, Session, Watch};
use evenkeel_core::rehearsal::Waited;
use evenkeel_core::trace::{Held, On, Sample, Waiter};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Between two words to whoever watches.
const TELLING: Duration = Duration::from_millis(100);
/// Between two samples where nobody else is.
pub const PAUSE: Duration = Duration::from_millis(1);

/// How long a lock was seen by the second session, while one statement ran.
#[derive(Debug, Clone)]
pub struct Seen {
    pub held: Held,
    /// When the first sample with it was answered: it was there by then.
    pub first: Instant,
    /// When the last sample with it was asked for: it was there still.
    pub last: Instant,
    /// When the first sample without it was answered.
    pub gone: Option<Instant>,
    /// When the last sample before it was asked for, or the statement began.
    pub before: Instant,
}

/// What was seen of the statement that runs, or ran last. A sample shows some moment between its question and its answer, so it is told of
/// a statement only where both lie within it: a slow one would else show locks of the statement before, or of the one behind.
#[derive(Debug, Default)]
struct Current {
    /// Which it is, and since when; nothing between statements.
    running: Option<(String, Instant)>,
    /// How many have begun.
    number: u64,
    seen: Vec<Seen>,
    /// When the last sample of it was asked for.
    asked: Option<Instant>,
    /// How long it was seen to wait, and for what it was seen to wait at last, when that was asked.
    waited: Duration,
    pending: Vec<(Held, Instant)>,
    /// What it was seen to write anew, and what for.
    rewriting: BTreeSet<(u64, String)>,
}

/// How long a client was seen to wait.
#[derive(Debug, Clone)]
pub struct Wait {
    pub session: u64,
    pub who: String,
    pub on: On,
    pub wait: String,
    /// Since when it waits: by the server's word, or the first sample.
    pub first: Instant,
    pub last: Instant,
    /// The first sample in which it did not.
    pub over: Option<Instant>,
    /// The server's log says when it began and ended.
    pub logged: bool,
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
    current: Mutex<Current>,
    waits: Mutex<Vec<Wait>>,
    is_over: AtomicBool,
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
            let mut told = Instant::now();
            while !self.is_over.load(Ordering::SeqCst) && !watch.stop.is_requested() {
                let number = self.current().number;
                let asked = Instant::now();
                let sample = observer.sample(&mut *own, session)?;
                let now = Instant::now();
                self.put(number, &sample, asked, now);
                self.wait(&sample.waiters, now);
                if self.names && !sample.waited_for.is_empty() {
                    let blockers = observer.blockers(&mut *own, session)?;
                    // It may just have gone on.
                    if !blockers.is_empty() {
                        *self.blockers.lock().unwrap_or_else(PoisonError::into_inner) = blockers;
                    }
                }
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
        let mut current = self.current();
        match statement {
            Some(statement) => {
                let number = current.number + 1;
                *current = Current { running: Some((statement, Instant::now())), number, ..Current::default() };
            }
            None => current.running = None,
        }
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, sample: &Sample, now: Instant, watch: Watch<'_>) {
        match &self.current().running {
            Some((statement, since)) => watch.see(Event::Running {
                statement,
                since: now.saturating_duration_since(*since),
                locks: sample.held.len(),
                waiting: sample.waiters.len(),
            }),
            None => watch.see(Event::Ran),
        }
    }

    /// Of a sample that was asked for while the statement of that number ran, or before any did.
    fn put(&self, number: u64, sample: &Sample, asked: Instant, now: Instant) {
        let mut current = self.current();
        let Some(since) = current.running.as_ref().map(|(_, since)| *since).filter(|_| current.number == number) else { return };
        let held = &sample.held;
        let before = current.asked.replace(asked).unwrap_or(since);
        if !sample.waited_for.is_empty() {
            current.waited += asked.saturating_duration_since(before);
        }
        current.rewriting.extend(sample.rewriting.clone());
        for waited in &sample.waited_for {
            current.pending.retain(|(known, _)| known != waited);
            current.pending.push((waited.clone(), asked));
        }
        for one in current.seen.iter_mut().filter(|one| one.gone.is_none()) {
            if held.contains(&one.held) { one.last = asked } else { one.gone = Some(now) }
        }
        for held in held {
            if !current.seen.iter().any(|one| one.gone.is_none() && one.held == *held) {
                current.seen.push(Seen { held: held.clone(), first: now, last: asked, gone: None, before });
            }
        }
    }

    fn wait(&self, waiters: &[Waiter], now: Instant) {
        let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        for one in waits.iter_mut().filter(|one| one.over.is_none()) {
            match waiters.iter().find(|waiter| waiter.session == one.session && waiter.on == one.on && waiter.wait == one.wait) {
                Some(waiter) => {
                    one.last = now;
                    // Each answer comes somewhat late: the earliest is the nearest.
                    if let Some(since) = waiter.since.and_then(|since| now.checked_sub(since)) {
                        one.first = one.first.min(since);
                    }
                }
                None => one.over = Some(now),
            }
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
                    logged: false,
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

    /// What was seen of the statement that ran last.
    pub fn seen(&self) -> Vec<Seen> {
        self.current().seen.clone()
    }

    /// How long the statement that ran last was seen to wait; nothing where nobody looked while it ran.
    pub fn waited(&self) -> Option<Duration> {
        let current = self.current();
        current.asked.map(|_| current.waited)
    }

    /// What the statement that ran last was seen to write anew, and what for.
    pub fn rewriting(&self) -> BTreeSet<(u64, String)> {
        self.current().rewriting.clone()
    }

    /// What the statement that ran last was seen to wait for.
    pub fn pending(&self) -> Vec<Held> {
        self.current().pending.iter().map(|(held, _)| held.clone()).collect()
    }

    /// When the statement that ran last was last seen to wait for a lock: it had none before.
    pub fn lacked(&self, held: &Held) -> Option<Instant> {
        self.current().pending.iter().find(|(known, _)| known == held).map(|(_, asked)| *asked)
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
            logged: self.logged,
        }
    }
}

#[cfg(test)]
impl Wait {
    /// Of a session, of which all else is made up.
    pub fn of(session: u64) -> Self {
        let now = Instant::now();
        let on = On::Other(String::new(), String::new());
        Self { session, who: String::new(), on, wait: String::new(), first: now, last: now, over: None, logged: false }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use evenkeel_core::port::{Answer, Limits, LogReader, NoLog, Ran, Silent, Stop};
    use evenkeel_core::trace::{Blocks, Bounds, Files, Look, Map};
    use std::collections::BTreeMap;
    use std::sync::mpsc::{Receiver, Sender, channel};

    struct Nobody;

    impl Session for Nobody {
        fn id(&self) -> u64 {
            1
        }
        fn begin(&mut self, _: &Limits) -> Result<(), Box<Trouble>> {
            Ok(())
        }
        fn run(&mut self, _: &str) -> Result<Answer, Box<Trouble>> {
            Ok(Answer::Ran(Ran::default()))
        }
        fn commit(&mut self) -> Result<Answer, Box<Trouble>> {
            Ok(Answer::Ran(Ran::default()))
        }
        fn roll_back(&mut self) -> Result<(), Box<Trouble>> {
            Ok(())
        }
    }

    /// Says that it was asked, and answers when it is told to: with the lock that is held by then.
    struct Slow {
        asked: Sender<()>,
        answers: Mutex<Receiver<Held>>,
    }

    impl Observer for Slow {
        fn map(&self, _: &mut dyn Session) -> Result<Map, Box<Trouble>> {
            Ok(Map::new())
        }
        fn look(&self, _: &mut dyn Session) -> Result<Look, Box<Trouble>> {
            Ok(Look::default())
        }
        fn sample(&self, _: &mut dyn Session, _: u64) -> Result<Sample, Box<Trouble>> {
            self.asked.send(()).unwrap();
            let held = self.answers.lock().unwrap().recv().into_iter().collect();
            Ok(Sample { held, ..Sample::default() })
        }
        fn blockers(&self, _: &mut dyn Session, _: u64) -> Result<Vec<(u64, String)>, Box<Trouble>> {
            Ok(Vec::new())
        }
        fn bounds(&self, _: &mut dyn Session) -> Result<Bounds, Box<Trouble>> {
            Ok(Bounds::default())
        }
        fn columns(&self, _: &mut dyn Session) -> Result<BTreeMap<(u64, u64), String>, Box<Trouble>> {
            Ok(BTreeMap::new())
        }
        fn write_to(&self, _: &mut dyn Session, _: &str) -> Result<(), Box<Trouble>> {
            Ok(())
        }
        fn linger(&self, _: &mut dyn Session, _: &[String], _: bool) -> Result<(), Box<Trouble>> {
            Ok(())
        }
        fn is_logged(&self, _: &mut dyn Session) -> Result<bool, Box<Trouble>> {
            Ok(false)
        }
        fn logs(&self, _: &mut dyn Session, _: &str, _: bool) -> Result<(), Box<Trouble>> {
            Ok(())
        }
        fn reader(&self) -> Box<dyn LogReader> {
            Box::new(NoLog)
        }
        fn moves(&self) -> &'static str {
            "setval"
        }
        fn files(&self, _: &str) -> Files {
            Files::Written
        }
    }

    #[test]
    fn a_sample_that_comes_late_is_told_of_no_statement_that_it_was_not_asked_for_in() {
        let held = |mode, blocks| Held { on: On::Relation(20_000), mode, blocks };
        let strong = || held("ACCESS EXCLUSIVE", Blocks::Everything);
        let weaker = || held("SHARE", Blocks::Writes);
        let (asked, was_asked) = channel();
        let (answer, answers) = channel();
        let slow = Slow { asked, answers: Mutex::new(answers) };
        let samples = Samples::default();
        let stop = Stop::default();
        std::thread::scope(|threads| {
            samples.runs(Some("first".to_owned()));
            threads.spawn(|| samples.watch(&slow, Ok(Box::new(Nobody)), 1, PAUSE, Watch { watcher: &Silent, stop: &stop }));
            // Asked for in the first, answered in the second, with what the first held.
            was_asked.recv().unwrap();
            samples.runs(None);
            samples.runs(Some("second".to_owned()));
            answer.send(strong()).unwrap();
            was_asked.recv().unwrap();
            assert!(samples.seen().is_empty(), "{:?}", samples.seen());
            answer.send(weaker()).unwrap();
            was_asked.recv().unwrap();
            let seen: Vec<&str> = samples.seen().iter().map(|seen| seen.held.mode).collect();
            assert_eq!(seen, ["SHARE"]);
            // Asked for in the second, answered when it is over.
            samples.runs(None);
            answer.send(strong()).unwrap();
            was_asked.recv().unwrap();
            let seen: Vec<&str> = samples.seen().iter().map(|seen| seen.held.mode).collect();
            assert_eq!(seen, ["SHARE"]);
            samples.finish();
            answer.send(strong()).unwrap();
        });
    }
}

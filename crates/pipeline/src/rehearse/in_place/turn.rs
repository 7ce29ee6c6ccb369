//! One transaction, in place: its statements, a light look after each, a second session that watches, a third that ends what takes too
//! long; then it is given up and its session closed.
//!
//! Neighbours: `plan`, which says what is in it; `eyes` and `samples`, which see.

use super::plan::Line;
use crate::rehearse::eyes::Eyes;
use crate::rehearse::samples::Samples;
use crate::runner::{Onlooker, Spoken};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Answer, Claim, LogReader, NoLog, Observer, Opening, Rollback, Session, Standing, Watch};
use evenkeel_core::rehearsal::{Course, Waited, bytes};
use evenkeel_core::trace::{Bounds, Files, Look, Map, Sample, Trace};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Between two samples where others are at work.
const PAUSE: Duration = Duration::from_millis(10);
/// Beyond the server's own bound, which tells more; and between asking a statement to end and ending its session.
const GRACE: Duration = Duration::from_secs(2);

/// What it takes.
#[derive(Clone, Copy)]
pub struct Turn<'a> {
    pub rollback: &'a dyn Rollback,
    pub observer: &'a dyn Observer,
    pub opening: Opening<'a>,
    /// What the tool that records there sets for its sessions.
    pub entering: Option<&'a str>,
    /// What earlier transactions have set for the session.
    pub carried: &'a [&'a str],
    /// Bytes of log beyond which it is ended.
    pub bytes: u64,
    pub watch: Watch<'a>,
}

/// What came of it.
pub struct Came {
    pub course: Course,
    pub statements: Vec<Trace>,
    pub waits: Vec<Waited>,
    /// Not everything was seen: why.
    pub broken: Option<String>,
}

impl Turn<'_> {
    /// Runs it. What the server does about it is no error of ours.
    ///
    /// # Errors
    /// No session can be had, or the end was asked for.
    pub fn run(&self, claim: &mut dyn Claim, lines: &[&Line<'_>]) -> Result<Came, Box<Trouble>> {
        let mut session = claim.session(self.entering.as_slice())?;
        let watcher = claim.session(&[])?;
        let mut ender = claim.session(&[])?;
        let id = session.id();
        // Everything that is asked of the whole catalog is asked before the first lock.
        let light = Light::new(self.observer, self.observer.map(&mut *session)?);
        let samples = Samples::naming();
        let mut eyes = Eyes::new(&light, &samples).knowing(light.map.keys().copied().collect());
        let warden = Warden::default();
        let unread = Mutex::new(None::<String>);
        let course = std::thread::scope(|threads| {
            threads.spawn(|| samples.watch(self.observer, Ok(watcher), id, PAUSE, self.watch));
            threads.spawn(|| {
                let missed = |trouble: &Trouble| _ = unread.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(lost(trouble));
                let begun = self.rollback.written(&mut *ender).inspect_err(|trouble| missed(trouble));
                warden.watch(self.watch, |asked| match asked {
                    Asked::End { whole } => self.rollback.end(&mut *ender, id, whole).map(|()| false),
                    // Of others too: nobody can tell whose it is.
                    Asked::IsTooMuch => match &begun {
                        Ok(begun) => {
                            let now = self.rollback.written(&mut *ender).inspect_err(|trouble| missed(trouble))?;
                            Ok(now.saturating_sub(*begun) > self.bytes)
                        }
                        Err(_) => Ok(false),
                    },
                });
            });
            let course = self.statements(&mut *session, lines, &light, &mut eyes, &warden);
            warden.begin(GRACE);
            let given_up = session.roll_back();
            warden.end();
            eyes.ended();
            // Whatever became of it: its session is over.
            drop(session);
            warden.finish();
            samples.finish();
            match (course, given_up) {
                (Ok(Course::Ran), Err(trouble)) => Ok(Course::Broken(format!("it could not be given up: {trouble}"))),
                (course, _) => course,
            }
        });
        self.watch.stop.check()?;
        let course = match course.unwrap_or_else(|trouble| Course::Broken(lost(&trouble))) {
            Course::Bound(place, why) => Course::Bound(place, format!("{why}{}", behind(&samples.blockers()))),
            other => other,
        };
        let waits = eyes.blocked(samples.waits());
        let unread = unread.into_inner().unwrap_or_else(PoisonError::into_inner);
        let unread = unread.map(|why| format!("how much it wrote to the log was not seen, so that nothing would have ended it: {why}"));
        let broken = samples.broken().map(|why| format!("who waited for it was not seen: {why}")).or(unread);
        Ok(Came { course, statements: eyes.traces(), waits, broken })
    }

    fn statements(
        &self,
        session: &mut dyn Session,
        lines: &[&Line<'_>],
        light: &Light<'_>,
        eyes: &mut Eyes<'_>,
        warden: &Warden,
    ) -> Result<Course, Box<Trouble>> {
        self.rollback.begin(session, &self.opening)?;
        for text in self.carried {
            if let Answer::Refused(refused) = session.run(text)? {
                return Ok(Course::Broken(format!("what is set before it was refused: {}", self.rollback.said(&refused))));
            }
        }
        let mut own: Option<String> = None;
        for line in lines {
            self.watch.stop.check()?;
            let spoken = Spoken { statement: line.statement, text: line.text, place: line.place.clone(), substitute: None };
            light.before();
            eyes.before(session, &spoken)?;
            let first = own.get_or_insert(light.transaction()).clone();
            warden.begin(self.opening.statement + GRACE);
            let answer = match line.rows {
                Some(rows) => session.feed(line.text, rows),
                None => session.run(line.text),
            };
            let was_ended = warden.end();
            light.after();
            match answer {
                Ok(Answer::Ran(ran)) => {
                    eyes.after(session, &spoken, Ok(ran.affected))?;
                    if light.transaction() != first {
                        return Ok(Course::Broken(over(line)));
                    }
                }
                Ok(Answer::Refused(refused)) => {
                    let why = self.rollback.said(&refused);
                    eyes.after(session, &spoken, Err(&why))?;
                    if self.rollback.standing(session)? != Standing::Failed {
                        return Ok(Course::Broken(over(line)));
                    }
                    let place = Some(line.place.clone());
                    if warden.was_too_much() {
                        let why = format!("the server wrote more than {} to its log while it ran (in_place_bytes)", bytes(self.bytes));
                        return Ok(Course::Bound(place, why));
                    }
                    let is_bound = was_ended || self.rollback.is_bound(&refused.code);
                    return Ok(if is_bound { Course::Bound(place, why) } else { Course::Refused(place, why) });
                }
                Err(trouble) if was_ended => {
                    return Ok(Course::Bound(Some(line.place.clone()), format!("its session was ended: {}", lost(&trouble))));
                }
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(Course::Ran)
    }
}

/// Who was waited for.
fn behind(blockers: &[(u64, String)]) -> String {
    let named =
        |(session, who): &(u64, String)| format!("{} (process {session})", if who.is_empty() { "a client without a name" } else { who });
    let all: Vec<String> = blockers.iter().map(named).collect();
    if all.is_empty() { String::new() } else { format!("; it waited for {}", all.join(", ")) }
}

fn over(line: &Line<'_>) -> String {
    format!("{}: its transaction is not the one any more that was opened: what stands before it may be kept", line.place)
}

fn lost(trouble: &Trouble) -> String {
    let found = trouble.found.as_ref().map(|found| format!(": {found}")).unwrap_or_default();
    format!("{}{found}", trouble.what)
}

/// An observer that asks once a statement: what was seen after one stands before the next.
struct Light<'o> {
    observer: &'o dyn Observer,
    map: Map,
    last: Mutex<Option<Look>>,
    is_before: AtomicBool,
}

impl<'o> Light<'o> {
    const fn new(observer: &'o dyn Observer, map: Map) -> Self {
        Self { observer, map, last: Mutex::new(None), is_before: AtomicBool::new(true) }
    }

    fn before(&self) {
        self.is_before.store(true, Ordering::SeqCst);
    }

    fn after(&self) {
        self.is_before.store(false, Ordering::SeqCst);
    }

    /// Of the last look, as the server calls it.
    fn transaction(&self) -> String {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().and_then(|look| look.transaction.clone()).unwrap_or_default()
    }
}

impl Observer for Light<'_> {
    fn map(&self, _: &mut dyn Session) -> Result<Map, Box<Trouble>> {
        Ok(self.map.clone())
    }

    fn look(&self, session: &mut dyn Session) -> Result<Look, Box<Trouble>> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(look) = last.as_ref().filter(|_| self.is_before.load(Ordering::SeqCst)) {
            return Ok(look.clone());
        }
        let look = self.observer.look(session)?;
        *last = Some(look.clone());
        Ok(look)
    }

    fn sample(&self, watcher: &mut dyn Session, session: u64) -> Result<Sample, Box<Trouble>> {
        self.observer.sample(watcher, session)
    }

    fn blockers(&self, watcher: &mut dyn Session, session: u64) -> Result<Vec<(u64, String)>, Box<Trouble>> {
        self.observer.blockers(watcher, session)
    }

    fn bounds(&self, session: &mut dyn Session) -> Result<Bounds, Box<Trouble>> {
        self.observer.bounds(session)
    }

    fn columns(&self, session: &mut dyn Session) -> Result<BTreeMap<(u64, u64), String>, Box<Trouble>> {
        self.observer.columns(session)
    }

    fn write_to(&self, _: &mut dyn Session, relation: &str) -> Result<(), Box<Trouble>> {
        Err(Box::new(Trouble::new(Class::Internal, format!("nobody writes to {relation} in place"))))
    }

    fn linger(&self, _: &mut dyn Session, _: &[String], _: bool) -> Result<(), Box<Trouble>> {
        Err(Box::new(Trouble::new(Class::Internal, "no transaction of ours lingers in place")))
    }

    fn logs(&self, _: &mut dyn Session, _: &str, _: bool) -> Result<(), Box<Trouble>> {
        Err(Box::new(Trouble::new(Class::Internal, "what a server logs in place is its own affair")))
    }

    fn is_logged(&self, _: &mut dyn Session) -> Result<bool, Box<Trouble>> {
        Ok(false)
    }

    fn reader(&self) -> Box<dyn LogReader> {
        Box::new(NoLog)
    }
    fn moves(&self) -> &'static str {
        self.observer.moves()
    }

    fn files(&self, tag: &str) -> Files {
        self.observer.files(tag)
    }
}

/// Ends what takes too long: first the statement, then the session.
#[derive(Default)]
struct Warden {
    state: Mutex<State>,
    told: Condvar,
}

#[derive(Default)]
struct State {
    deadline: Option<Instant>,
    /// How often something was ended since the last beginning.
    ended: u8,
    /// That was because of what it writes.
    is_too_much: bool,
    is_over: bool,
}

/// What a warden asks of the server.
enum Asked {
    End {
        whole: bool,
    },
    /// Whether more was written than may be.
    IsTooMuch,
}

/// How often somebody's wish to stop is looked for.
const LOOK: Duration = Duration::from_millis(100);

impl Warden {
    fn set<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let told = change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.told.notify_all();
        told
    }

    fn begin(&self, limit: Duration) {
        self.set(|state| (state.deadline, state.ended) = (Some(Instant::now() + limit), 0));
    }

    /// Whether anything was ended from here.
    fn end(&self) -> bool {
        self.set(|state| {
            state.deadline = None;
            state.ended > 0
        })
    }

    /// Whether something was ended because of what it writes.
    fn was_too_much(&self) -> bool {
        self.set(|state| state.is_too_much)
    }

    fn finish(&self) {
        self.set(|state| state.is_over = true);
    }

    fn watch(&self, watch: Watch<'_>, mut ask: impl FnMut(Asked) -> Result<bool, Box<Trouble>>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while !state.is_over {
            let now = Instant::now();
            let mut is_late = state.deadline.is_some_and(|deadline| now >= deadline);
            if state.deadline.is_some() && state.ended == 0 && !is_late {
                drop(state);
                let is_too_much = ask(Asked::IsTooMuch).unwrap_or_default();
                state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                // It may have ended meanwhile.
                if is_too_much && state.deadline.is_some() {
                    (is_late, state.is_too_much) = (true, true);
                }
            }
            if is_late || state.deadline.is_some() && state.ended == 0 && watch.stop.is_requested() {
                let whole = state.ended > 0;
                (state.deadline, state.ended) = (Some(now + GRACE), state.ended.saturating_add(1));
                drop(state);
                // Where the server does not even take that, its own bounds end it.
                ask(Asked::End { whole }).ok();
                state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            state = self.told.wait_timeout(state, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

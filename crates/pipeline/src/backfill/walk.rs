//! The walk: part after part, each looked at from beside, as large as its time allows, written down before it is committed.

use super::hold::Hold;
use super::stopped::Stopped;
use super::table::Found;
use super::{Backfill, Order, Place, refusal, remaining};
use crate::deploy::{Beside, time};
use evenkeel_core::deployment::backfilled::{Mark, Open, Outcome};
use evenkeel_core::deployment::{Backfilled, Seen};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{
    Answer, Backfiller, Became, Claim, Deployer, Ending, Entry, Event, Intended, Range, Refused, Run, Session, State, Trail,
};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The first part has so many rows at the most.
const FIRST: u64 = 500;
/// Walks from the first key to the last, while rows need it still.
const WALKS: u32 = 3;
/// A part of which nothing had to be changed is written down once in so many.
const SELDOM: u32 = 50;
/// Between two looks from beside, and between two attempts.
const LOOK: Duration = Duration::from_millis(50);
const REST: Duration = Duration::from_millis(200);
/// How often a part is looked at again whose rows may be others' that came meanwhile.
const OTHERS: u32 = 4;
/// How long the server may take to end a session that we lost.
const FAREWELL: Duration = Duration::from_secs(30);
/// What the journal's act is.
const ACT: u32 = 0;

/// How one attempt at a part ended.
enum Part {
    /// It is in, or there was nothing to change.
    Done { changed: u64 },
    /// There are no more rows in this walk.
    Over,
    /// It had no effect, and may pass: smaller, or later. What the server said.
    Again(String),
}

/// A walk.
pub struct Course<'a> {
    place: &'a Place<'a>,
    backfill: &'a Backfill,
    found: &'a Found,
    order: &'a Order<'a>,
    intended: &'a Intended<'a>,
    run: &'a Run<'a>,
    filled: Backfilled,
    /// Sessions that are open: one that writes, one that looks on.
    open: Option<(Box<dyn Session>, Box<dyn Session>)>,
    /// Rows of the next part.
    size: u64,
    /// Parts since the mark was written.
    unwritten: u32,
}

impl<'a> Course<'a> {
    pub fn new(
        place: &'a Place<'a>,
        (backfill, found): (&'a Backfill, &'a Found),
        order: &'a Order<'a>,
        intended: &'a Intended<'a>,
        run: &'a Run<'a>,
        filled: Backfilled,
    ) -> Self {
        let size = FIRST.min(backfill.most);
        Self { place, backfill, found, order, intended, run, filled, open: None, size, unwritten: 0 }
    }

    fn parts(&self) -> Result<(&'a dyn Backfiller, &'a dyn Deployer), Box<Trouble>> {
        Ok((self.place.engine.backfiller()?, self.place.engine.deployer()?))
    }

    /// Goes on where an earlier run stopped, and has the server look at the statement.
    ///
    /// # Errors
    /// It is to stop: why.
    pub fn begin(&mut self, claim: &mut dyn Claim, past: Option<&Entry>) -> Result<(), Stopped> {
        let (backfiller, deployer) = self.parts()?;
        let mut session = claim.session(&[])?;
        if let Some((entry, mark)) = past.and_then(|entry| Some((entry, mark_of(entry)?))) {
            let is_in = match mark.open.as_ref().and_then(|open| open.transaction.as_deref()) {
                Some(number) => match deployer.became(&mut *session, number)? {
                    Became::Committed => Some(true),
                    Became::RolledBack => Some(false),
                    Became::Open | Became::Untold => None,
                },
                None => None,
            };
            self.filled.mark = mark.settled(is_in);
            self.filled.resumed = Some(entry.number);
        }
        session.begin(&self.order.limits)?;
        let tried = backfiller.tried(&mut *session, &self.found.walked)?;
        session.roll_back()?;
        if let Some(why) = refusal(&tried) {
            return Err(Stopped::For(format!("the server does not take what is to be done: {why}")));
        }
        self.written(None)
    }

    /// Walks until no row needs it any more, or it has walked often enough.
    pub fn all(&mut self, claim: &mut dyn Claim) -> Outcome {
        let mut walks = 0;
        loop {
            if let Err(stopped) = self.walk(claim) {
                return stopped.outcome();
            }
            walks += 1;
            self.filled.mark.walks += 1;
            (self.filled.mark.behind, self.filled.mark.to) = (None, None);
            if let Err(stopped) = self.written(None) {
                return stopped.outcome();
            }
            match remaining(self.place.environment, self.found, self.order, self.run) {
                Ok(Ok(0)) => {
                    self.filled.remaining = Some(0);
                    return Outcome::Complete;
                }
                Ok(Ok(rows)) => {
                    self.filled.remaining = Some(rows);
                    if walks >= WALKS {
                        return Outcome::Incomplete;
                    }
                }
                Ok(Err(why)) => return Outcome::Uncounted(why),
                Err(trouble) => {
                    let stopped = Stopped::from(trouble);
                    return if let Stopped::For(why) = stopped { Outcome::Uncounted(why) } else { stopped.outcome() };
                }
            }
        }
    }

    /// From where it stands to the key that was the last when it began.
    fn walk(&mut self, claim: &mut dyn Claim) -> Result<(), Stopped> {
        let hold = Hold { environment: self.place.environment, backfill: self.backfill, order: self.order, run: self.run };
        let mut tried = Instant::now();
        let mut attempts: u32 = 0;
        loop {
            hold.until_clear(&mut self.filled)?;
            claim.check()?;
            self.intended.begins(ACT)?;
            let begun = Instant::now();
            match self.part(claim)? {
                Part::Over => return Ok(()),
                Part::Done { changed } => {
                    self.adapt(begun.elapsed());
                    let what = format!("{}: {}", self.backfill.name, self.filled.mark.words());
                    self.run.watch.see(Event::Step { what: &what });
                    (tried, attempts) = (Instant::now(), 0);
                    if changed > 0 {
                        self.rest(self.backfill.pause);
                    }
                }
                Part::Again(why) => {
                    attempts += 1;
                    self.size = (self.size / 2).max(1);
                    let is_over = tried.elapsed() >= self.order.retry_for;
                    if is_over {
                        return Err(Stopped::For(format!("{why}; {attempts} attempts in {}", time(tried.elapsed()))));
                    }
                    self.rest(REST);
                }
            }
        }
    }

    /// Larger where it was quick, smaller where it was slow.
    fn adapt(&mut self, took: Duration) {
        let (took, target) = (took.as_secs_f64().max(0.001), self.backfill.target.as_secs_f64());
        let factor = (target / took).clamp(0.5, 2.0);
        self.filled.part = self.size;
        // A part is never so large that its size is not a number.
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let size = (self.size as f64 * factor).round() as u64;
        self.size = size.clamp(1, self.backfill.most);
    }

    /// The next part, in a transaction of its own.
    fn part(&mut self, claim: &mut dyn Claim) -> Result<Part, Stopped> {
        let (backfiller, deployer) = self.parts()?;
        let (mut session, mut watcher) = match self.open.take() {
            Some(open) => open,
            None => (claim.session(&[])?, claim.session(&[])?),
        };
        let seen = Mutex::new(Seen::default());
        let is_over = AtomicBool::new(false);
        let beside = Beside {
            deployer,
            session: session.id(),
            bound: self.backfill.blocked,
            pause: LOOK,
            stop: self.run.watch.stop,
            is_over: &is_over,
            seen: &seen,
        };
        let sent = std::thread::scope(|threads| {
            threads.spawn(|| beside.watch(&mut *watcher));
            let sent = self.sent(&mut *session, backfiller, deployer);
            is_over.store(true, Ordering::SeqCst);
            sent
        });
        let seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        let is_aborted = seen.is_aborted;
        let all = &mut self.filled.seen;
        all.blocked = all.blocked.max(seen.blocked);
        all.clients += seen.clients;
        all.is_aborted |= is_aborted;
        // Who cannot look on any more is opened anew, and so is who writes.
        let is_broken = seen.broken.is_some();
        match sent {
            Ok(Sent::Part(part)) => {
                self.open = (!is_broken).then_some((session, watcher));
                Ok(part)
            }
            Ok(Sent::Endless(why)) => Err(Stopped::For(why)),
            Ok(Sent::Refused(code, message)) => {
                self.open = (!is_broken).then_some((session, watcher));
                let words = self.place.engine.backfiller()?.said(&Refused { code: code.clone(), message, position: None });
                let is_ours = deployer.is_cancelled(&code);
                if self.run.watch.stop.is_requested() {
                    return Err(Stopped::asked());
                }
                match (is_ours, is_aborted) {
                    (true, true) => Ok(Part::Again(format!("it was ended: others waited {} for it", time(seen.blocked)))),
                    // It took longer than a statement may: a smaller one may not.
                    (true, false) if self.size > 1 => Ok(Part::Again(words)),
                    _ if deployer.passes(&code) => Ok(Part::Again(words)),
                    _ => Err(Stopped::For(words)),
                }
            }
            Err(lost) => {
                let id = session.id();
                drop((session, watcher));
                self.settle(claim, id, &lost)
            }
        }
    }

    /// A session is lost: what became of its part the server says, once it is gone.
    fn settle(&mut self, claim: &mut dyn Claim, session: u64, lost: &Trouble) -> Result<Part, Stopped> {
        let (_, deployer) = self.parts()?;
        let Some(open) = self.filled.mark.open.clone() else { return Ok(Part::Again(lost.to_string())) };
        let until = Instant::now() + FAREWELL;
        let untold = |why: &str| Stopped::Lost(format!("{lost}; {why}"));
        let mut asker = loop {
            if let Ok(mut asker) = claim.session(&[])
                && !deployer.is_there(&mut *asker, session).unwrap_or(true)
            {
                break asker;
            }
            if Instant::now() >= until {
                return Err(untold("whether its session is gone the server does not say"));
            }
            std::thread::sleep(REST);
        };
        let is_in = match open.transaction.as_deref().map(|number| deployer.became(&mut *asker, number)).transpose()? {
            Some(Became::Committed) => Some(true),
            Some(Became::RolledBack) => Some(false),
            Some(Became::Open | Became::Untold) | None => None,
        };
        // Rows that are changed already do not need it: the same part may be walked again.
        self.filled.mark = std::mem::take(&mut self.filled.mark).settled(is_in);
        self.written(None)?;
        Ok(match is_in {
            Some(true) => Part::Done { changed: open.rows },
            Some(false) | None => Part::Again(lost.to_string()),
        })
    }

    /// Sends it, and what the server says.
    fn sent(&mut self, session: &mut dyn Session, backfiller: &dyn Backfiller, deployer: &dyn Deployer) -> Result<Sent, Box<Trouble>> {
        let walked = &self.found.walked;
        // What is looked up first stands in no transaction: a snapshot of it would not fit what is changed.
        if self.filled.mark.to.is_none() {
            match backfiller.last(session, walked)? {
                Answer::Ran(ran) => self.filled.mark.to = key(ran.rows),
                Answer::Refused(refused) => return Ok(Sent::Refused(refused.code, refused.message)),
            }
        }
        let Some(to) = self.filled.mark.to.clone() else { return Ok(Sent::Part(Part::Over)) };
        let behind = self.filled.mark.behind.clone();
        let end = match backfiller.end(session, walked, Range { behind: behind.as_deref(), to: &to }, self.size)? {
            Answer::Ran(ran) => key(ran.rows),
            Answer::Refused(refused) => return Ok(Sent::Refused(refused.code, refused.message)),
        };
        let Some(end) = end else { return Ok(Sent::Part(Part::Over)) };
        if behind.as_ref() == Some(&end) {
            let why = "the server writes a key as another than it is: name other columns, `key = […]`";
            return Ok(Sent::Endless(why.to_owned()));
        }
        let range = Range { behind: behind.as_deref(), to: &end };
        session.begin(&self.order.limits)?;
        let mut others = 0;
        let (changed, still) = loop {
            match backfiller.change(session, walked, range)? {
                Answer::Refused(refused) => return given_up(session, refused.code, refused.message),
                Answer::Ran(ran) => {
                    let numbers: Vec<Option<u64>> =
                        ran.rows.first().map(|row| row.iter().map(|cell| cell.as_deref()?.parse().ok()).collect()).unwrap_or_default();
                    let [Some(changed), Some(still)] = numbers.as_slice() else {
                        session.roll_back()?;
                        let trouble = Trouble::new(Class::CouldNotTell, "the server does not say how many rows a part changed");
                        return Err(Box::new(trouble));
                    };
                    if *still == 0 {
                        break (*changed, *still);
                    }
                    // Rows that came meanwhile are others'; those of our own need it again and again.
                    others += 1;
                    if backfiller.knows_its_own(&walked.change) || others >= OTHERS {
                        break (*changed, *still);
                    }
                    session.roll_back()?;
                    session.begin(&self.order.limits)?;
                }
            }
        };
        if still > 0 {
            session.roll_back()?;
            let why = format!(
                "of {changed} rows that were changed {still} need it still, so that they would be changed again and again: nothing of the \
                 part was kept; `where` has to be false of a row that was changed"
            );
            return Ok(Sent::Endless(why));
        }
        self.commit(session, deployer, (changed, end))
    }

    /// Commits a part, after it was written down.
    fn commit(
        &mut self,
        session: &mut dyn Session,
        deployer: &dyn Deployer,
        (changed, end): (u64, Vec<String>),
    ) -> Result<Sent, Box<Trouble>> {
        if changed == 0 {
            session.roll_back()?;
            self.filled.mark.behind = Some(end);
            self.unwritten += 1;
            if self.unwritten >= SELDOM {
                self.kept(None)?;
            }
            return Ok(Sent::Part(Part::Done { changed }));
        }
        let number = match deployer.keeps_numbers() {
            true => match deployer.number(session)? {
                Answer::Ran(ran) => ran.rows.into_iter().next().and_then(|row| row.into_iter().next().flatten()),
                Answer::Refused(refused) => return given_up(session, refused.code, refused.message),
            },
            false => None,
        };
        // It is on the disk before it can be in.
        let open = Open { transaction: number, rows: changed, behind: Some(end) };
        self.kept(Some(open.clone()))?;
        self.filled.mark.open = Some(open);
        match session.commit()? {
            Answer::Ran(_) => {
                self.filled.mark = std::mem::take(&mut self.filled.mark).settled(Some(true));
                Ok(Sent::Part(Part::Done { changed }))
            }
            Answer::Refused(refused) => {
                let answer = given_up(session, refused.code, refused.message)?;
                // A refusal of a commit has no effect, where the server keeps to that.
                self.filled.mark = std::mem::take(&mut self.filled.mark).settled(deployer.keeps_numbers().then_some(false));
                Ok(answer)
            }
        }
    }

    fn written(&mut self, open: Option<Open>) -> Result<(), Stopped> {
        Ok(self.kept(open)?)
    }

    /// Writes down how far it came. Keys that may say something of somebody stay here.
    fn kept(&mut self, open: Option<Open>) -> Result<(), Box<Trouble>> {
        let mut mark = Mark { open, ..self.filled.mark.clone() };
        if !self.found.is_plain {
            (mark.behind, mark.to) = (None, None);
            if let Some(open) = &mut mark.open {
                open.behind = None;
            }
        }
        self.unwritten = 0;
        self.intended.leaves(ACT, &Trail { mark: Some(mark.text()), ..Trail::default() })
    }

    fn rest(&self, pause: Duration) {
        let until = Instant::now() + pause;
        while Instant::now() < until && !self.run.watch.stop.is_requested() {
            std::thread::sleep(LOOK.min(until.saturating_duration_since(Instant::now())));
        }
    }

    /// Says in the journal what came of it.
    pub fn ended(mut self, outcome: Outcome) -> Backfilled {
        self.filled.outcome = outcome;
        let line = self.filled.line();
        let (state, ending) = match &self.filled.outcome {
            Outcome::Complete => (Some(State::Done), Ending::Done),
            // It may be gone on with: what is in is in.
            Outcome::Lost(_) => (None, Ending::Stopped),
            _ => (Some(State::Intended), Ending::Stopped),
        };
        let open = self.filled.mark.open.clone();
        let kept = self.kept(open).and_then(|()| match state {
            Some(state) => self.intended.became(ACT, state, Some(&self.filled.mark.words())),
            None => Ok(()),
        });
        if let Err(trouble) = kept.and_then(|()| self.intended.ended(ending, &line)) {
            self.filled.notes.push(format!("the journal could not be written: {trouble}"));
        }
        self.filled
    }
}

/// What came of sending a part.
enum Sent {
    Part(Part),
    /// The server's code, and its words.
    Refused(String, String),
    /// Rows would be changed again and again.
    Endless(String),
}

/// The mark that a run left.
pub fn mark_of(entry: &Entry) -> Option<Mark> {
    entry.steps.iter().find_map(|step| Mark::read(step.trail.mark.as_deref()?))
}

fn given_up(session: &mut dyn Session, code: String, message: String) -> Result<Sent, Box<Trouble>> {
    session.roll_back()?;
    Ok(Sent::Refused(code, message))
}

/// A key of the first row; nothing where there is none.
fn key(rows: Vec<Vec<Option<String>>>) -> Option<Vec<String>> {
    rows.into_iter().next()?.into_iter().collect()
}

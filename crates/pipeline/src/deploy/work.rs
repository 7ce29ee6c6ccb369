//! An act, run where it counts: bounded, watched from beside, tried again where what was in its way passes, and never left unknown where
//! the server can say what became of it.
//!
//! Neighbours: `deeds`, what an act is made of; `beside`, who watches; `resume`, what became of acts of a run that is gone.

use super::alone::Left;
use super::back::Taking;
use super::beside::Beside;
use super::deeds::Deed;
use super::resume::on;
use evenkeel_core::deployment::{Done, Seen};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Answer, Became, Claim, Deployer, Intended, Limits, Session, Stop, Trail};
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Between two attempts: the first pause and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));
/// Between two looks from beside.
const LOOK: Duration = Duration::from_millis(10);
/// How long the server may take to end a session that we lost.
const FAREWELL: Duration = Duration::from_secs(30);

/// How acts are run.
#[derive(Clone, Copy)]
pub struct Bounds {
    pub limits: Limits,
    /// All attempts of an act together.
    pub retry_for: Duration,
    /// How long others may wait for an act.
    pub blocked: Duration,
    /// Files may loosen the limits.
    pub own_timeouts: bool,
}

/// How an act ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    Done,
    /// It had no effect: why.
    Failed(String),
    /// Nobody can tell: why.
    Unknown(String),
}

/// What is known of an act whose session is lost.
enum Lost {
    Told(End),
    /// The session is gone, and only a look at the schema tells.
    Gone(String),
}

/// How something ended that runs in no transaction, by what is left of it; whether the server refused it.
fn left(left: Left, why: String, is_refused: bool) -> End {
    match left {
        Left::Again(_) => End::Failed(why),
        // What is refused has no effect; of what was lost nothing says it.
        Left::Same if is_refused => End::Failed(why),
        Left::Same => End::Unknown(format!("{why}; nothing in the schema says whether it ran")),
        Left::Done => End::Done,
        Left::Unknown => End::Unknown(format!("{why}; the schema is not as it was before it")),
    }
}

/// What a transaction changed in tables that take nothing back stays.
fn unsure(end: End, deed: &Deed) -> End {
    match end {
        End::Failed(why) if deed.loose => {
            End::Unknown(format!("{why}; what it changed in tables that take nothing back, if it did, stays"))
        }
        end => end,
    }
}

/// What stands in the place of a number while a transaction is being committed whose server gives none.
pub const COMMITTING: &str = "committing";

/// Who runs acts.
#[derive(Clone, Copy)]
pub struct Hands<'a> {
    pub deployer: &'a dyn Deployer,
    pub bounds: Bounds,
    pub stop: &'a Stop,
    /// What goes with what is taken back.
    pub taking: Option<&'a Taking>,
    /// The course of things that the server is on.
    pub course: Option<&'a str>,
    /// What the tool that records there sets for its sessions.
    pub entering: Option<&'a str>,
}

/// How one attempt ended.
enum Tried {
    Done,
    /// The server's code, and its words.
    Refused(String, String),
    Stopped,
    /// Its end was refused in these words, by a server that does not say later what became of it.
    Unsaid(String),
    /// More is in what it takes back than may be lost; nothing where that could not be counted.
    Lossy(Option<u64>),
    /// The session is lost: its number, and that of its transaction.
    Lost {
        session: u64,
        transaction: Option<String>,
        why: String,
    },
}

/// Says what is left of something that runs in no transaction, after an index of no use was cleared away.
pub type Looked<'l> = dyn FnMut(&mut dyn Claim) -> Result<Left, Box<Trouble>> + 'l;

impl Hands<'_> {
    /// Runs an act until it is in, refused for good, or the time is over. `looked` says, after a refusal of what runs in no transaction,
    /// whether it had no effect after all and can be tried again.
    ///
    /// # Errors
    /// The journal cannot be written, or nothing can be opened on the server.
    pub fn run(
        &self,
        claim: &mut dyn Claim,
        (intended, at): (&Intended<'_>, u32),
        deed: &Deed,
        looked: &mut Looked<'_>,
    ) -> Result<(End, Done), Box<Trouble>> {
        let begun = Instant::now();
        let mut done = Done::default();
        loop {
            done.attempts += 1;
            let seen = Mutex::new(Seen::default());
            let tried = self.attempt(claim, (intended, at), deed, &seen)?;
            let seen = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
            let is_aborted = seen.is_aborted;
            done.seen.blocked = done.seen.blocked.max(seen.blocked);
            done.seen.clients += seen.clients;
            done.seen.is_aborted |= is_aborted;
            done.seen.broken = done.seen.broken.take().or(seen.broken);
            done.took = begun.elapsed();
            let (why, passes) = match tried {
                Tried::Done => return Ok((End::Done, done)),
                Tried::Unsaid(why) => return Ok((End::Unknown(format!("{why}: whether it is committed is not known")), done)),
                Tried::Stopped => ("somebody asked for the end".to_owned(), false),
                Tried::Lossy(Some(count)) => {
                    (format!("{count} rows and values are in what it takes, written since they were counted: nothing was taken"), false)
                }
                Tried::Lossy(None) => ("what is in what it takes could not be counted: nothing was taken".to_owned(), false),
                Tried::Refused(code, words) => {
                    let is_ours = self.deployer.is_cancelled(&code);
                    let why = match (is_ours, is_aborted, self.stop.is_requested()) {
                        (true, _, true) => "somebody asked for the end".to_owned(),
                        (true, true, _) => format!("it was ended: others waited {} for it", time(done.seen.blocked)),
                        (true, false, false) => {
                            let bound = time(self.bounds.limits.statement_timeout);
                            format!("{words} ({code}); --statement-timeout gives each statement {bound}")
                        }
                        _ => match deed.form.as_ref().filter(|_| self.deployer.is_unfit(&code)) {
                            Some(form) => format!(
                                "{words} ({code}); it was rehearsed with {form}, and is done so or not at all: build the table anew while nobody waits, or have the file say how, and rehearse it again"
                            ),
                            None => format!("{words} ({code})"),
                        },
                    };
                    (why, (self.deployer.passes(&code) || is_ours && is_aborted) && !self.stop.is_requested())
                }
                Tried::Lost { session, transaction, why } => {
                    let end = match self.lost(claim, session, transaction.as_deref(), why)? {
                        Lost::Told(end) => end,
                        // Without a number nothing of its transaction was sent.
                        Lost::Gone(why) if !deed.alone => unsure(End::Failed(why), deed),
                        Lost::Gone(why) => left(looked(claim)?, why, false),
                    };
                    return Ok((end, done));
                }
            };
            let is_over = begun.elapsed() >= self.bounds.retry_for;
            let why = if passes && is_over { format!("{why}; {} attempts in {}", done.attempts, time(begun.elapsed())) } else { why };
            let end = match deed.alone.then(|| looked(claim)).transpose()? {
                // One statement that the server refused and that is in all the same was not one alone.
                Some(Left::Done) if deed.stepwise => End::Unknown(format!("{why}; and yet the schema is as after it")),
                Some(what) => left(what, why, true),
                None => End::Failed(why),
            };
            let end = unsure(end, deed);
            if !passes || is_over || !matches!(end, End::Failed(_)) {
                return Ok((end, done));
            }
            self.rest(done.attempts);
        }
    }

    fn attempt(
        &self,
        claim: &mut dyn Claim,
        (intended, at): (&Intended<'_>, u32),
        deed: &Deed,
        seen: &Mutex<Seen>,
    ) -> Result<Tried, Box<Trouble>> {
        let mut session = claim.session(self.entering.as_slice())?;
        let mut watcher = claim.session(&[])?;
        let is_over = AtomicBool::new(false);
        let (session_id, bound) = (session.id(), self.bounds.blocked);
        let beside = Beside { deployer: self.deployer, session: session_id, bound, pause: LOOK, stop: self.stop, is_over: &is_over, seen };
        std::thread::scope(|threads| {
            threads.spawn(|| beside.watch(&mut *watcher));
            let tried = self.sent(&mut *session, (intended, at), deed);
            is_over.store(true, Ordering::SeqCst);
            tried
        })
    }

    /// Sends it, and what the server says.
    fn sent(&self, session: &mut dyn Session, (intended, at): (&Intended<'_>, u32), deed: &Deed) -> Result<Tried, Box<Trouble>> {
        let id = session.id();
        let mut transaction: Option<String> = None;
        let lost = |trouble: &Trouble, transaction: &Option<String>| Tried::Lost {
            session: id,
            transaction: transaction.clone(),
            why: trouble.to_string(),
        };
        for text in &deed.prelude {
            match session.run(text) {
                Ok(Answer::Ran(_)) => {}
                Ok(Answer::Refused(refused)) => return Ok(Tried::Refused(refused.code, refused.message)),
                Err(trouble) => return Ok(lost(&trouble, &transaction)),
            }
        }
        if !deed.alone {
            if let Err(trouble) = session.begin(&self.bounds.limits) {
                return Ok(lost(&trouble, &transaction));
            }
            for line in deed.lines.iter().take_while(|line| line.opens) {
                match session.run(&line.text) {
                    Ok(Answer::Ran(_)) => {}
                    Ok(Answer::Refused(refused)) => return Ok(Tried::Refused(refused.code, refused.message)),
                    Err(trouble) => return Ok(lost(&trouble, &transaction)),
                }
            }
        }
        if !deed.alone && self.deployer.keeps_numbers() {
            // It is on the disk before anything of it can be in.
            let number = match self.deployer.number(session) {
                Ok(Answer::Ran(ran)) => ran.rows.into_iter().next().and_then(|row| row.into_iter().next().flatten()),
                Ok(Answer::Refused(refused)) => return Ok(Tried::Refused(refused.code, refused.message)),
                Err(trouble) => return Ok(lost(&trouble, &transaction)),
            };
            let Some(number) = number else {
                let trouble =
                    Trouble::new(Class::CouldNotTell, "the server gives a transaction no number, so that nothing could be asked later");
                return Err(Box::new(trouble));
            };
            intended.leaves(at, &Trail { transaction: Some(on(&number, self.course)), ..Trail::default() })?;
            transaction = Some(number);
        }
        let gone = self
            .taking
            .map(|taking| (taking, taking.goes_with(deed)))
            .filter(|(_, gone)| !gone.is_empty() && (deed.alone || !deed.stepwise));
        let mut counted = 0;
        if let Some((taking, gone)) = &gone {
            match self.deployer.held(session, gone) {
                Ok(Answer::Ran(ran)) => {
                    let numbers: Vec<u64> = ran.rows.iter().filter_map(|row| row.first()?.as_deref()?.parse().ok()).collect();
                    counted = numbers.iter().sum();
                    let is_told = numbers.len() == gone.len();
                    if !is_told || counted > taking.may() {
                        drop(session.roll_back());
                        return Ok(Tried::Lossy(is_told.then_some(counted)));
                    }
                }
                Ok(Answer::Refused(refused)) => {
                    drop(session.roll_back());
                    return Ok(Tried::Refused(refused.code, refused.message));
                }
                Err(trouble) => return Ok(lost(&trouble, &transaction)),
            }
        }
        for line in deed.lines.iter().skip_while(|line| line.opens && !deed.alone) {
            if self.stop.is_requested() {
                drop(if deed.alone { Ok(()) } else { session.roll_back() });
                return Ok(Tried::Stopped);
            }
            if !self.bounds.own_timeouts {
                match self.deployer.hold_to(session, &self.bounds.limits) {
                    Ok(Answer::Ran(_)) => {}
                    Ok(Answer::Refused(refused)) => {
                        drop(if deed.alone { Ok(()) } else { session.roll_back() });
                        return Ok(Tried::Refused(refused.code, refused.message));
                    }
                    Err(trouble) => return Ok(lost(&trouble, &transaction)),
                }
            }
            let answer = match &line.rows {
                Some(rows) => session.feed(&line.text, rows),
                None => session.run(&line.text),
            };
            match answer {
                Ok(Answer::Ran(_)) => {}
                Ok(Answer::Refused(refused)) => {
                    drop(if deed.alone { Ok(()) } else { session.roll_back() });
                    let place = line.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
                    return Ok(Tried::Refused(refused.code, format!("{place}{}", refused.message)));
                }
                Err(trouble) => return Ok(lost(&trouble, &transaction)),
            }
        }
        if deed.alone {
            if let Some((taking, _)) = gone {
                taking.took(counted);
            }
            return Ok(Tried::Done);
        }
        if !self.deployer.keeps_numbers() {
            // From here on nobody can tell, should the answer be lost.
            intended.leaves(at, &Trail { transaction: Some(COMMITTING.to_owned()), ..Trail::default() })?;
            transaction = Some(COMMITTING.to_owned());
        }
        match session.commit() {
            Ok(Answer::Ran(_)) => {
                if let Some((taking, _)) = gone {
                    taking.took(counted);
                }
                Ok(Tried::Done)
            }
            Ok(Answer::Refused(refused)) => {
                drop(session.roll_back());
                if !self.deployer.keeps_numbers() && !self.deployer.passes(&refused.code) {
                    // It may be in all the same, for instance where a replica was waited for.
                    return Ok(Tried::Unsaid(format!("{} ({})", refused.message, refused.code)));
                }
                Ok(Tried::Refused(refused.code, refused.message))
            }
            Err(trouble) => Ok(lost(&trouble, &transaction)),
        }
    }

    /// What became of an act whose session is lost: nobody knows until the server says that it is gone.
    fn lost(&self, claim: &mut dyn Claim, session: u64, transaction: Option<&str>, why: String) -> Result<Lost, Box<Trouble>> {
        let Ok(mut asker) = claim.session(&[]) else { return Ok(Lost::Told(End::Unknown(why))) };
        let until = Instant::now() + FAREWELL;
        while self.deployer.is_there(&mut *asker, session).unwrap_or(true) {
            if Instant::now() >= until {
                return Ok(Lost::Told(End::Unknown(format!("{why}; its session {session} is on the server still"))));
            }
            if self.stop.is_requested() {
                drop(self.deployer.cancel(&mut *asker, session));
            }
            std::thread::sleep(PAUSES.0);
        }
        let Some(number) = transaction else { return Ok(Lost::Gone(why)) };
        Ok(Lost::Told(match self.deployer.became(&mut *asker, number) {
            Ok(Became::Committed) => End::Done,
            Ok(Became::RolledBack) => End::Failed(why),
            Ok(Became::Open | Became::Untold) | Err(_) => End::Unknown(why),
        }))
    }

    /// Waits, longer each time and never twice the same, unless somebody asks for the end.
    fn rest(&self, attempts: u32) {
        let pause = PAUSES.0.saturating_mul(1 << attempts.min(8)).min(PAUSES.1);
        let part = RandomState::new().hash_one(attempts) % 1000;
        let pause = pause.mul_f64(0.5 + f64::from(u32::try_from(part).unwrap_or_default()) / 1000.0);
        let until = Instant::now() + pause;
        while Instant::now() < until && !self.stop.is_requested() {
            std::thread::sleep(PAUSES.0.min(until.saturating_duration_since(Instant::now())));
        }
    }
}

/// A time as a person reads it.
pub fn time(time: Duration) -> String {
    evenkeel_core::rehearsal::time(time)
}

//! The store of a team: tables in schema `evenkeel_store` of a PostgreSQL database. Each call is one transaction, so that a pooler may stand
//! before it. What is written is on the server's disk when a call returns, and on that of a replica for which the server waits.
//!
//! Lives here: the port's calls, and sessions that are used again. Does not live here: how a server is reached (`Keeper` of the engine).
//!
//! Rooms, each importing only rooms to its left: `turn  journal  marks`.

mod journal;
mod marks;
mod turn;

use crate::Fault;
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::port::{
    Ending, Entry, Halt, Intention, Keeper, Kept, ParityLock, Pruned, Released, Session, State, Store, Trail, Verification, Written,
};
use journal::Run;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use turn::Turn;

/// For so long it is not asked again whether it can be reached, where something is read.
const AWAY: Duration = Duration::from_secs(3);

type Done<T> = Result<T, Box<Trouble>>;

/// A database that others write to as well.
pub struct Server {
    keeper: Box<dyn Keeper>,
    place: String,
    /// Sessions that nobody uses at the moment.
    idle: Mutex<Vec<Box<dyn Session>>>,
    /// Why it could not be reached the last time, and when that was: who reads of many environments does not wait for each.
    away: Mutex<Option<(Instant, Box<Trouble>)>>,
    /// What the runs that were written from here are called beside their number.
    letters: Mutex<BTreeMap<u32, String>>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Server {
    #[must_use]
    pub fn new(keeper: Box<dyn Keeper>) -> Self {
        let place = keeper.describe();
        Self { keeper, place, idle: Mutex::default(), away: Mutex::default(), letters: Mutex::default() }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Box<dyn Session>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn opened(&self, is_writing: bool) -> Result<Box<dyn Session>, Fault> {
        let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        let known = away.as_ref().filter(|(when, _)| !is_writing && when.elapsed() < AWAY);
        let opened = match known {
            Some((_, trouble)) => Err(trouble.clone()),
            None => self.keeper.session().inspect_err(|trouble| *away = Some((Instant::now(), trouble.clone()))),
        };
        opened.map_err(|trouble| Fault::Away { store: self.place.clone(), trouble })
    }

    /// Does the work in one transaction. A session that was lost while nobody used it is no fault: nothing was said in it yet.
    fn turn<T>(&self, is_writing: bool, work: impl FnOnce(&mut Turn<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        let kept = self.idle().pop();
        let kept = kept.and_then(|mut session| Turn::begin(&mut *session, &self.place, is_writing).is_ok().then_some(session));
        let mut session = match kept {
            Some(session) => session,
            None => {
                let mut session = self.opened(is_writing)?;
                Turn::begin(&mut *session, &self.place, is_writing)?;
                session
            }
        };
        let mut turn = Turn::over(&mut *session, &self.place);
        let done = work(&mut turn)?;
        turn.keep()?;
        // One that failed is not used again, and what it had said is gone with it.
        self.idle().push(session);
        Ok(done)
    }

    /// What is read; the usual where nothing was ever written.
    fn told<T: Default>(&self, read: impl FnOnce(&mut Turn<'_>) -> Result<T, Fault>) -> Done<T> {
        let told = self.turn(false, |turn| match turn.version()? {
            Some(_) => read(turn),
            None => Ok(T::default()),
        });
        told.map_err(words)
    }

    fn change<T>(&self, write: impl FnOnce(&mut Turn<'_>) -> Result<T, Fault>) -> Done<T> {
        let changed = self.turn(true, |turn| {
            turn.make()?;
            write(turn)
        });
        changed.map_err(words)
    }

    fn named(&self, run: u32) -> Run {
        Run::new(run, self.letters.lock().unwrap_or_else(PoisonError::into_inner).get(&run).cloned())
    }

    /// That what is spoken of is there.
    fn there(&self, is_there: bool, run: u32) -> Done<()> {
        if is_there { Ok(()) } else { Err(words(Fault::Unknown { store: self.place.clone(), run })) }
    }
}

fn words(fault: Fault) -> Box<Trouble> {
    Box::new(fault.trouble())
}

impl Store for Server {
    fn halted(&self, environment: &str) -> Done<Option<Halt>> {
        self.told(|turn| marks::halted(turn, environment))
    }

    fn halt(&self, halt: &Halt) -> Done<()> {
        self.change(|turn| marks::halt(turn, halt))
    }

    fn resume(&self, environment: &str) -> Done<bool> {
        self.change(|turn| marks::resume(turn, environment))
    }

    fn locks(&self, environment: &str, most: u32) -> Done<Vec<ParityLock>> {
        self.told(|turn| marks::locks(turn, environment, most))
    }

    fn lock(&self, lock: &ParityLock, instead: Option<&ParityLock>) -> Done<Option<ParityLock>> {
        self.change(|turn| marks::lock(turn, lock, instead))
    }

    fn unlock(&self, lock: &ParityLock, released: &Released) -> Done<bool> {
        self.change(|turn| marks::release(turn, lock, released))
    }

    fn note(&self, verification: &Verification) -> Done<()> {
        self.change(|turn| marks::note(turn, verification))
    }

    fn verifications(&self, environment: &str, most: u32) -> Done<Vec<Verification>> {
        self.told(|turn| marks::verifications(turn, environment, most))
    }

    fn intend(&self, intention: &Intention, gone: &[&Entry]) -> Done<Written> {
        let written = self.change(|turn| journal::intend(turn, intention, gone))?;
        if let Written::Run { number, letters } = &written {
            self.letters.lock().unwrap_or_else(PoisonError::into_inner).insert(*number, letters.clone());
        }
        Ok(written)
    }

    fn beat(&self, run: u32) -> Done<bool> {
        let named = self.named(run);
        self.change(|turn| journal::beat(turn, &named))
    }

    fn mark(&self, run: u32, act: u32, state: State, words: Option<&str>) -> Done<()> {
        let named = self.named(run);
        match self.change(|turn| journal::mark(turn, &named, act, state, words))? {
            Ok(is_there) => self.there(is_there, run),
            Err(by) => Err(self::words(Fault::Lost { store: self.place.clone(), run, by })),
        }
    }

    fn trail(&self, run: u32, act: u32, trail: &Trail) -> Done<()> {
        let named = self.named(run);
        let is_there = self.change(|turn| journal::trail(turn, &named, act, trail))?;
        self.there(is_there, run)
    }

    fn hold(&self, run: u32, what: &str, is_held: bool) -> Done<()> {
        let named = self.named(run);
        let is_there = self.change(|turn| journal::hold(turn, &named, what, is_held))?;
        self.there(is_there, run)
    }

    fn end(&self, run: u32, ending: Ending, words: &str) -> Done<()> {
        let named = self.named(run);
        let is_it = self.change(|turn| journal::end(turn, &named, ending, words))?;
        self.there(is_it, run)
    }

    fn runs(&self, environment: Option<&str>, most: u32) -> Done<Vec<Entry>> {
        let most = most.to_string();
        let which = "$1::text IS NULL OR environment = $1 ORDER BY number DESC LIMIT $2::bigint";
        self.told(|turn| journal::listed(turn, which, &[environment, Some(&most)]))
    }

    fn releases(&self, environment: &str, most: u32) -> Done<Vec<Entry>> {
        let most = most.to_string();
        let which = "environment = $1 AND verb IN ('deploy', 'rollback') AND (ending IS NULL OR ending <> 'refused') \
                     ORDER BY number DESC LIMIT $2::bigint";
        self.told(|turn| journal::listed(turn, which, &[Some(environment), Some(&most)]))
    }

    fn run(&self, number: u32) -> Done<Option<Entry>> {
        let number = number.to_string();
        self.told(|turn| Ok(journal::listed(turn, "number = $1::bigint", &[Some(&number)])?.pop()))
    }

    fn after(&self, number: u32, most: u32) -> Done<Vec<Entry>> {
        let (number, most) = (number.to_string(), most.to_string());
        let which = "number > $1::bigint ORDER BY number LIMIT $2::bigint";
        self.told(|turn| journal::listed(turn, which, &[Some(&number), Some(&most)]))
    }

    fn environments(&self) -> Done<Vec<String>> {
        self.told(marks::environments)
    }

    fn prune(&self, before: &str) -> Done<Pruned> {
        self.change(|turn| marks::prune(turn, before))
    }

    fn unfinished(&self, environment: &str) -> Done<Vec<Entry>> {
        let which = "environment = $1 AND ending IS NULL ORDER BY number DESC";
        self.told(|turn| journal::listed(turn, which, &[Some(environment)]))
    }

    fn holding(&self, environment: &str) -> Done<Vec<Entry>> {
        let which = "environment = $1 AND number IN (SELECT run FROM evenkeel_store.held) ORDER BY number DESC";
        self.told(|turn| journal::listed(turn, which, &[Some(environment)]))
    }

    fn keep(&self, evidence: &Kept) -> Done<()> {
        self.change(|turn| marks::keep(turn, evidence))
    }

    fn kept(&self, environment: &str, most: u32) -> Done<Vec<Kept>> {
        self.told(|turn| marks::kept(turn, environment, most))
    }

    fn describe(&self) -> String {
        self.place.clone()
    }

    fn is_shared(&self) -> bool {
        true
    }
}

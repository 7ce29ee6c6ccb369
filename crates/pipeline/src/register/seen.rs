//! A store whose word on halts is the environment's own as well: what another machine wrote there holds here.

use evenkeel_core::fault::Trouble;
use evenkeel_core::port::{Ending, Entry, Halt, Intention, Kept, ParityLock, Pruned, Released, State, Store, Trail, Verification, Written};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// For so long what was seen of an environment is taken to be so: gates ask often.
const FRESH: Duration = Duration::from_secs(2);

/// The halt that stands in an environment itself, by its name.
pub type Look<'a> = Box<dyn Fn(&str) -> Told<Option<Halt>> + Send + Sync + 'a>;
type Told<T> = Result<T, Box<Trouble>>;

/// A store, and where else a halt may stand.
pub struct Seen<'a> {
    store: Box<dyn Store>,
    look: Look<'a>,
    seen: Mutex<BTreeMap<String, (Instant, Option<Halt>)>>,
}

impl<'a> Seen<'a> {
    #[must_use]
    pub fn new(store: Box<dyn Store>, look: Look<'a>) -> Self {
        Self { store, look, seen: Mutex::default() }
    }
}

impl Store for Seen<'_> {
    fn halted(&self, environment: &str) -> Told<Option<Halt>> {
        if let Some(halt) = self.store.halted(environment)? {
            return Ok(Some(halt));
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, halt)) = seen.get(environment).filter(|(at, _)| at.elapsed() < FRESH) {
            return Ok(halt.clone());
        }
        let halt = (self.look)(environment)?;
        seen.insert(environment.to_owned(), (Instant::now(), halt.clone()));
        Ok(halt)
    }

    fn halt(&self, halt: &Halt) -> Told<()> {
        self.store.halt(halt)
    }

    fn resume(&self, environment: &str) -> Told<bool> {
        self.store.resume(environment)
    }

    fn locks(&self, environment: &str, most: u32) -> Told<Vec<ParityLock>> {
        self.store.locks(environment, most)
    }

    fn lock(&self, lock: &ParityLock, instead: Option<&ParityLock>) -> Told<Option<ParityLock>> {
        self.store.lock(lock, instead)
    }

    fn unlock(&self, lock: &ParityLock, released: &Released) -> Told<bool> {
        self.store.unlock(lock, released)
    }

    fn note(&self, verification: &Verification) -> Told<()> {
        self.store.note(verification)
    }

    fn verifications(&self, environment: &str, most: u32) -> Told<Vec<Verification>> {
        self.store.verifications(environment, most)
    }

    fn intend(&self, intention: &Intention, gone: &[&Entry]) -> Told<Written> {
        self.store.intend(intention, gone)
    }

    fn beat(&self, run: u32) -> Told<bool> {
        self.store.beat(run)
    }

    fn mark(&self, run: u32, act: u32, state: State, words: Option<&str>) -> Told<()> {
        self.store.mark(run, act, state, words)
    }

    fn trail(&self, run: u32, act: u32, trail: &Trail) -> Told<()> {
        self.store.trail(run, act, trail)
    }

    fn hold(&self, run: u32, what: &str, is_held: bool) -> Told<()> {
        self.store.hold(run, what, is_held)
    }

    fn end(&self, run: u32, ending: Ending, words: &str) -> Told<()> {
        self.store.end(run, ending, words)
    }

    fn runs(&self, environment: Option<&str>, most: u32) -> Told<Vec<Entry>> {
        self.store.runs(environment, most)
    }

    fn releases(&self, environment: &str, most: u32) -> Told<Vec<Entry>> {
        self.store.releases(environment, most)
    }

    fn run(&self, number: u32) -> Told<Option<Entry>> {
        self.store.run(number)
    }

    fn after(&self, number: u32, most: u32) -> Told<Vec<Entry>> {
        self.store.after(number, most)
    }

    fn environments(&self) -> Told<Vec<String>> {
        self.store.environments()
    }

    fn prune(&self, before: &str) -> Told<Pruned> {
        self.store.prune(before)
    }

    fn unfinished(&self, environment: &str) -> Told<Vec<Entry>> {
        self.store.unfinished(environment)
    }

    fn holding(&self, environment: &str) -> Told<Vec<Entry>> {
        self.store.holding(environment)
    }

    fn keep(&self, evidence: &Kept) -> Told<()> {
        self.store.keep(evidence)
    }

    fn kept(&self, environment: &str, most: u32) -> Told<Vec<Kept>> {
        self.store.kept(environment, most)
    }

    fn describe(&self) -> String {
        self.store.describe()
    }

    fn is_shared(&self) -> bool {
        self.store.is_shared()
    }
}

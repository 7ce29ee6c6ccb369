//! A store without a file: what is written is kept for as long as it lives. Neighbour: `fake`, the doubles of other ports.

use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{
    Beat, Ended, Ending, Entry, Halt, Intention, JournalStep, Kept, Owner, ParityLock, Pruned, Released, State, Store, Trail, Verification,
    Written,
};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

/// It keeps marks, the journal and evidence.
#[derive(Debug, Default)]
pub struct Memory {
    halts: Mutex<Vec<Halt>>,
    entries: Mutex<Vec<Entry>>,
    evidence: Mutex<Vec<Kept>>,
    locks: Mutex<Vec<ParityLock>>,
    verifications: Mutex<Vec<Verification>>,
    /// Whose each environment is.
    leases: Mutex<BTreeMap<String, u32>>,
}

/// An intention of that many acts, of this process.
#[must_use]
pub fn intention(acts: usize) -> Intention {
    let act = |at| evenkeel_core::port::Act { what: format!("act {at}"), statements: vec![format!("SELECT {at}")] };
    Intention {
        verb: "repair".to_owned(),
        environment: "law".to_owned(),
        target: "a server".to_owned(),
        by: "the laws".to_owned(),
        owner: Owner { host: String::new(), boot: String::new(), pid: std::process::id(), started: String::new() },
        reason: None,
        snapshot: None,
        ground: String::new(),
        digest: String::new(),
        artifact: None,
        rewritten: None,
        acts: (0..acts).map(act).collect(),
    }
}

const NOW: &str = "2026-11-29T00:00:00Z";

impl Memory {
    /// Forgets the signs of life of a run, as of one that a store of before has.
    pub fn quiet(&self, run: u32) {
        self.change(run, |entry| entry.beat = None).unwrap();
    }

    fn change<T>(&self, run: u32, work: impl FnOnce(&mut Entry) -> T) -> Result<T, Box<Trouble>> {
        let mut entries = self.entries.lock().unwrap();
        let found = entries.iter_mut().find(|entry| entry.number == run);
        found.map(work).ok_or_else(|| Box::new(Trouble::new(Class::CouldNotTell, format!("there is no run {run}"))))
    }
}

impl Store for Memory {
    fn halted(&self, environment: &str) -> Result<Option<Halt>, Box<Trouble>> {
        Ok(self.halts.lock().unwrap().iter().find(|halt| halt.environment == environment).cloned())
    }

    fn halt(&self, halt: &Halt) -> Result<(), Box<Trouble>> {
        if self.halted(&halt.environment)?.is_none() {
            self.halts.lock().unwrap().push(halt.clone());
        }
        Ok(())
    }

    fn resume(&self, environment: &str) -> Result<bool, Box<Trouble>> {
        let mut halts = self.halts.lock().unwrap();
        let before = halts.len();
        halts.retain(|halt| halt.environment != environment);
        Ok(halts.len() < before)
    }

    fn locks(&self, environment: &str, most: u32) -> Result<Vec<ParityLock>, Box<Trouble>> {
        let all = self.locks.lock().unwrap();
        Ok(all.iter().rev().filter(|lock| lock.environment == environment).take(most as usize).cloned().collect())
    }

    fn lock(&self, lock: &ParityLock, instead: Option<&ParityLock>) -> Result<Option<ParityLock>, Box<Trouble>> {
        let mut all = self.locks.lock().unwrap();
        let standing = all.iter_mut().find(|one| one.environment == lock.environment && one.released.is_none());
        match standing {
            None => {}
            Some(standing) if Some(&*standing) == instead => {
                standing.released = Some(Released { at: lock.since.clone(), by: lock.holder.clone(), reason: None });
            }
            Some(standing) => return Ok(Some(standing.clone())),
        }
        all.push(lock.clone());
        Ok(None)
    }

    fn unlock(&self, lock: &ParityLock, released: &Released) -> Result<bool, Box<Trouble>> {
        let mut all = self.locks.lock().unwrap();
        let standing = all.iter_mut().find(|one| *one == lock && one.released.is_none());
        Ok(standing.map(|one| one.released = Some(released.clone())).is_some())
    }

    fn note(&self, verification: &Verification) -> Result<(), Box<Trouble>> {
        self.verifications.lock().unwrap().push(verification.clone());
        Ok(())
    }

    fn verifications(&self, environment: &str, most: u32) -> Result<Vec<Verification>, Box<Trouble>> {
        let all = self.verifications.lock().unwrap();
        Ok(all.iter().rev().filter(|one| one.environment == environment).take(most as usize).cloned().collect())
    }

    fn intend(&self, intention: &Intention, gone: &[&Entry]) -> Result<Written, Box<Trouble>> {
        let mut leases = self.leases.lock().unwrap();
        let mut entries = self.entries.lock().unwrap();
        if let Some(holder) = leases.get(&intention.environment).and_then(|run| entries.iter().find(|entry| entry.number == *run)) {
            let is_gone = |one: &&Entry| {
                one.number == holder.number && one.beat.as_ref().map(|beat| &beat.at) == holder.beat.as_ref().map(|beat| &beat.at)
            };
            if holder.ended.is_none() && !gone.iter().any(is_gone) {
                return Ok(Written::Held(Box::new(holder.clone())));
            }
        }
        let number = u32::try_from(entries.len()).unwrap() + 1;
        let step = |act: &evenkeel_core::port::Act| JournalStep {
            act: act.clone(),
            state: State::Intended,
            trail: Trail::default(),
            begun: None,
            ended: None,
            words: None,
        };
        let letters = format!("{:08x}", std::process::id());
        entries.push(Entry {
            number,
            letters: letters.clone(),
            steps: intention.acts.iter().map(step).collect(),
            intention: Intention { acts: Vec::new(), ..intention.clone() },
            begun: NOW.to_owned(),
            ended: None,
            beat: Some(Beat { at: "0".to_owned(), quiet: Duration::ZERO }),
            held: Vec::new(),
        });
        leases.insert(intention.environment.clone(), number);
        Ok(Written::Run { number, letters })
    }

    fn beat(&self, run: u32) -> Result<bool, Box<Trouble>> {
        let mut leases = self.leases.lock().unwrap();
        let mut entries = self.entries.lock().unwrap();
        let Some(entry) = entries.iter_mut().find(|entry| entry.number == run && entry.ended.is_none()) else { return Ok(false) };
        let is_own = *leases.entry(entry.intention.environment.clone()).or_insert(run) == run;
        if is_own {
            let count = entry.beat.as_ref().and_then(|beat| beat.at.parse::<u64>().ok()).unwrap_or_default() + 1;
            entry.beat = Some(Beat { at: count.to_string(), quiet: Duration::ZERO });
        }
        Ok(is_own)
    }

    fn after(&self, number: u32, most: u32) -> Result<Vec<Entry>, Box<Trouble>> {
        let all = self.entries.lock().unwrap();
        Ok(all.iter().filter(|entry| entry.number > number).take(most as usize).cloned().collect())
    }

    fn environments(&self) -> Result<Vec<String>, Box<Trouble>> {
        let mut names: Vec<String> = self.entries.lock().unwrap().iter().map(|entry| entry.intention.environment.clone()).collect();
        names.sort();
        names.dedup();
        Ok(names)
    }

    fn prune(&self, _: &str) -> Result<Pruned, Box<Trouble>> {
        Ok(Pruned::default())
    }

    fn mark(&self, run: u32, act: u32, state: State, words: Option<&str>) -> Result<(), Box<Trouble>> {
        if state == State::Unknown && words.is_none() && !self.beat(run)? {
            return Err(Box::new(Trouble::new(Class::CouldNotTell, format!("run {run} may begin nothing more"))));
        }
        self.change(run, |entry| {
            let step = &mut entry.steps[act as usize];
            (step.state, step.words) = (state, words.map(str::to_owned));
        })
    }

    fn trail(&self, run: u32, act: u32, trail: &Trail) -> Result<(), Box<Trouble>> {
        self.change(run, |entry| {
            let known = &mut entry.steps[act as usize].trail;
            known.transaction = trail.transaction.clone().or(known.transaction.take());
            known.before = trail.before.clone().or(known.before.take());
            known.mark = trail.mark.clone().or(known.mark.take());
            known.of = trail.of.clone().or(known.of.take());
            known.after = trail.after.clone().or(known.after.take());
        })
    }

    fn hold(&self, run: u32, what: &str, is_held: bool) -> Result<(), Box<Trouble>> {
        self.change(run, |entry| {
            entry.held.retain(|held| held != what);
            entry.held.extend(is_held.then(|| what.to_owned()));
        })
    }

    fn end(&self, run: u32, ending: Ending, words: &str) -> Result<(), Box<Trouble>> {
        self.leases.lock().unwrap().retain(|_, of| *of != run);
        self.change(run, |entry| entry.ended = Some(Ended { ending, at: NOW.to_owned(), words: words.to_owned() }))
    }

    fn releases(&self, environment: &str, most: u32) -> Result<Vec<Entry>, Box<Trouble>> {
        let did = |entry: &Entry| entry.ended.as_ref().is_none_or(|ended| ended.ending != Ending::Refused);
        let all = self.runs(Some(environment), u32::MAX)?.into_iter().filter(|entry| entry.is_release() && did(entry));
        Ok(all.take(usize::try_from(most).unwrap_or(usize::MAX)).collect())
    }

    fn runs(&self, environment: Option<&str>, most: u32) -> Result<Vec<Entry>, Box<Trouble>> {
        let entries = self.entries.lock().unwrap();
        let is_of = |entry: &&Entry| environment.is_none_or(|name| entry.intention.environment == name);
        Ok(entries.iter().rev().filter(is_of).take(most as usize).cloned().collect())
    }

    fn run(&self, number: u32) -> Result<Option<Entry>, Box<Trouble>> {
        Ok(self.entries.lock().unwrap().iter().find(|entry| entry.number == number).cloned())
    }

    fn unfinished(&self, environment: &str) -> Result<Vec<Entry>, Box<Trouble>> {
        Ok(self.runs(Some(environment), u32::MAX)?.into_iter().filter(|entry| entry.ended.is_none()).collect())
    }

    fn holding(&self, environment: &str) -> Result<Vec<Entry>, Box<Trouble>> {
        Ok(self.runs(Some(environment), u32::MAX)?.into_iter().filter(|entry| !entry.held.is_empty()).collect())
    }

    fn keep(&self, evidence: &Kept) -> Result<(), Box<Trouble>> {
        self.evidence.lock().unwrap().push(evidence.clone());
        Ok(())
    }

    fn kept(&self, environment: &str, most: u32) -> Result<Vec<Kept>, Box<Trouble>> {
        let all = self.evidence.lock().unwrap();
        let own = all.iter().rev().filter(|kept| kept.environment == environment);
        Ok(own.take(most as usize).cloned().collect())
    }

    fn describe(&self) -> String {
        "a store in memory".to_owned()
    }
}

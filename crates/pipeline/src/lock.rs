//! `evenkeel lock` and `unlock`: that an environment stays as it is now, until an end that is said. It reads the server, and writes to the
//! store alone.
//!
//! Lives here: what must be so before, and the order of things. Does not live here: what a lock closes (`core/deployment/lock`), where it
//! is kept (`Store`). Neighbours: `verify`, which comes before; `deploy`, which is refused meanwhile.

use crate::capture::{self, Source};
use evenkeel_core::deployment::lock::{self, Asked, Parity};
use evenkeel_core::deployment::{Gate, Locking, code};
use evenkeel_core::evidence::schema;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::Dimension;
use evenkeel_core::manifest::{CANONICAL, Manifest};
use evenkeel_core::port::{Act, Ending, Entry, Intended, Intention, Owner, ParityLock, Released, Run, State, Store, Verification};

/// What is read of an environment for this.
pub const DIMENSIONS: [Dimension; 1] = [Dimension::Schema];
/// How many runs back the last one that did something is looked for.
const BACK: u32 = 50;

/// Who wants it, and under which conditions.
pub struct Order<'a> {
    pub store: &'a dyn Store,
    /// As it is configured.
    pub environment: &'a str,
    /// Who types it, and who that is for a lock.
    pub by: &'a str,
    pub holder: &'a str,
    pub owner: &'a Owner,
    /// Whether the process of a run is there still; nothing where that cannot be told.
    pub is_there: &'a dyn Fn(&Owner) -> Option<bool>,
    /// RFC 3339, in UTC.
    pub now: &'a str,
    pub reason: Option<&'a str>,
    /// Where locks are kept, and who sees them.
    pub kept: &'a str,
}

/// Locks it.
///
/// # Errors
/// The environment cannot be read, the store not be read or written.
pub fn lock(source: &Source, order: &Order<'_>, until: &str, unverified: bool, run: &Run<'_>) -> Result<Locking, Box<Trouble>> {
    let (Source::Live { environment, .. } | Source::Split { primary: environment, .. }) = source else {
        let trouble = Trouble::new(Class::Usage, format!("{} is no server that can be locked", source.label()));
        return Err(Box::new(trouble.expected("a live environment").found("a file")));
    };
    let now = capture::manifest(source, run)?;
    let digest = schema(&now).unwrap_or_default();
    let new = ParityLock {
        environment: order.environment.to_owned(),
        target: environment.describe(),
        digest,
        canonical: CANONICAL,
        holder: order.holder.to_owned(),
        since: order.now.to_owned(),
        until: until.to_owned(),
        reason: order.reason.map(str::to_owned),
        released: None,
    };
    let intended = order.intend("lock", &new)?;
    let settled = locked(&now, new, order, unverified, &intended);
    order.end(&intended, settled)
}

/// What came of it, before anybody says so in the journal.
fn locked(now: &Manifest, new: ParityLock, order: &Order<'_>, unverified: bool, own: &Intended<'_>) -> Result<Locking, Box<Trouble>> {
    let runs = order.store.runs(Some(order.environment), BACK)?;
    let standing = order.standing()?;
    let mut gates = vec![order.halt()?, order.journal(own, &runs)?, seen(now), verified(now, order, unverified, &runs)?];
    gates.push(free(standing.as_ref(), now));
    let mut locking = order.locking(new.target.clone(), gates);
    if locking.exit_code != 0 {
        return Ok(locking);
    }
    let instead = standing.map(|asked| asked.lock);
    if let Some(other) = order.store.lock(&new, instead.as_ref())? {
        let other = Asked { lock: other, asker: order.holder.to_owned(), now: order.now.to_owned(), kept: order.kept.to_owned() };
        locking.gates.pop();
        locking.gates.push(Gate::new(lock::GATE, FREE, Some(false), other.lock.words()).fix(other.remedy()));
        locking.exit_code = code(&locking.gates);
        return Ok(locking);
    }
    locking.before = instead;
    locking.lock = Some(new);
    Ok(locking)
}

/// Takes its lock away.
///
/// # Errors
/// The store cannot be read or written.
pub fn unlock(order: &Order<'_>, held_by: Option<&str>) -> Result<Locking, Box<Trouble>> {
    let Some(standing) = order.standing()? else {
        let mut locking = order.locking(String::new(), Vec::new());
        locking.exit_code = 0;
        return Ok(locking);
    };
    let intended = order.intend("unlock", &standing.lock)?;
    let settled = unlocked(standing, order, held_by);
    order.end(&intended, settled)
}

fn unlocked(standing: Asked, order: &Order<'_>, held_by: Option<&str>) -> Result<Locking, Box<Trouble>> {
    const LIMIT: &str = "the lock is yours, or has expired, or its holder is named";
    let may = match held_by {
        Some(named) => named == standing.lock.holder,
        None => standing.is_own() || standing.is_expired(),
    };
    let found = format!("{}; you are {}", standing.lock.words(), order.holder);
    let gate = Gate::new("holder", LIMIT, Some(may), found).fix(standing.remedy());
    let mut locking = order.locking(standing.lock.target.clone(), vec![gate]);
    if may {
        let released = Released { at: order.now.to_owned(), by: order.holder.to_owned(), reason: order.reason.map(str::to_owned) };
        if !order.store.unlock(&standing.lock, &released)? {
            let trouble = Trouble::new(Class::CouldNotTell, format!("the lock of {} is not as it was a moment ago", order.environment));
            return Err(Box::new(trouble.expected(standing.lock.words()).found("another, or none").fix("look at it: evenkeel status")));
        }
        locking.before = Some(standing.lock);
    }
    Ok(locking)
}

const FREE: &str = "nobody else holds a lock, and your own is of the schema as it is";

/// That no other lock is in the way; one's own is made longer, where nothing has changed since.
fn free(standing: Option<&Asked>, now: &Manifest) -> Gate {
    let Some(asked) = standing else { return Gate::new(lock::GATE, FREE, Some(true), "there is none") };
    if asked.is_expired() {
        return Gate::new(lock::GATE, FREE, Some(true), asked.expired());
    }
    let parity = asked.parity(now);
    let holds = match parity {
        _ if !asked.is_own() => Some(false),
        Parity::Kept => Some(true),
        Parity::Away(_) => Some(false),
        Parity::Untold(_) => None,
    };
    Gate::new(lock::GATE, FREE, holds, asked.words(&parity)).fix(asked.remedy())
}

/// That all of its schema was seen: what is hidden may change.
fn seen(now: &Manifest) -> Gate {
    const LIMIT: &str = "nothing of its schema is hidden";
    let gaps: Vec<String> = now.gaps.iter().filter(|gap| gap.dimension == Dimension::Schema).map(|gap| gap.detail.clone()).collect();
    let gaps = if schema(now).is_none() { vec!["it was not read".to_owned()] } else { gaps };
    let cure = now.gaps.iter().find_map(|gap| gap.cure.clone()).unwrap_or_else(|| "evenkeel grants prints what the role needs".to_owned());
    Gate::none("seen", LIMIT, &[], &gaps, "nothing is").fix(cure)
}

/// That what was deployed last is verified, and as it was then.
fn verified(now: &Manifest, order: &Order<'_>, unverified: bool, runs: &[Entry]) -> Result<Gate, Box<Trouble>> {
    const LIMIT: &str = "what was deployed last is VERIFIED, and is as it was then";
    let Some(deployed) = Entry::last_release(runs).filter(|entry| entry.intention.verb == "deploy") else {
        return Ok(Gate::new("verified", LIMIT, Some(true), "nothing was deployed from here since it was last taken back"));
    };
    if unverified {
        let gate = Gate::new("verified", "it is not asked for", Some(true), "--unverified: nobody has to have verified it");
        return Ok(gate.origin("flag --unverified"));
    }
    let last = order.store.verifications(order.environment, 1)?.pop();
    let (holds, found) = match last.filter(|one| one.is_since(deployed)) {
        None => (false, format!("run {} is not verified", deployed.number)),
        Some(Verification { holds: false, words, at, .. }) => (false, format!("{at}: {words}")),
        Some(Verification { digest, at, .. }) if digest == schema(now) => (true, format!("it was, {at}")),
        Some(Verification { at, .. }) => (false, format!("its schema is not what it was when it was verified, {at}")),
    };
    let fix = format!("evenkeel verify {}; or --unverified, where it is to stay as it is all the same", order.environment);
    Ok(Gate::new("verified", LIMIT, Some(holds), found).fix(fix))
}

impl Order<'_> {
    /// The lock that stands.
    fn standing(&self) -> Result<Option<Asked>, Box<Trouble>> {
        let last = self.store.locks(self.environment, 1)?.pop().filter(|lock| lock.released.is_none());
        let (asker, now, kept) = (self.holder.to_owned(), self.now.to_owned(), self.kept.to_owned());
        Ok(last.map(|lock| Asked { lock, asker, now, kept }))
    }

    fn locking(&self, target: String, gates: Vec<Gate>) -> Locking {
        let exit_code = code(&gates);
        Locking { label: self.environment.to_owned(), target, gates, lock: None, before: None, kept: self.kept.to_owned(), exit_code }
    }

    fn halt(&self) -> Result<Gate, Box<Trouble>> {
        let halted = self.store.halted(self.environment)?;
        let found = halted.as_ref().map_or("nobody has".to_owned(), |halt| halt.words());
        let gate = Gate::new("halt", "nobody has halted it", Some(halted.is_none()), found);
        Ok(gate.fix(format!("evenkeel history {} --resume, once it may go on", self.environment)))
    }

    /// That no run is at work there, and none stopped in the middle.
    fn journal(&self, own: &Intended<'_>, runs: &[Entry]) -> Result<Gate, Box<Trouble>> {
        let unfinished = self.store.unfinished(self.environment)?;
        let others = || unfinished.iter().filter(|entry| entry.number != own.number());
        let there = |is: Option<bool>| others().filter(move |entry| (self.is_there)(&entry.intention.owner) == is).map(Entry::unfinished);
        let stopped = Entry::last_release(runs).filter(|entry| entry.ended.as_ref().is_some_and(|ended| ended.ending != Ending::Done));
        let stopped = stopped.map(|entry| format!("run {} ({}) stopped in the middle", entry.number, entry.intention.verb));
        let gone = others().filter(|entry| matches!(entry.intention.verb.as_str(), "deploy" | "rollback"));
        let gone = gone.filter(|entry| (self.is_there)(&entry.intention.owner) == Some(false)).map(Entry::unfinished);
        let against: Vec<String> = there(Some(true)).chain(gone).chain(stopped).collect();
        let untold: Vec<String> = there(None).collect();
        let gate = Gate::none("journal", "no run is at work there, or stopped in the middle", &against, &untold, "none");
        Ok(gate.fix(format!("wait until it has ended, or go on with it: evenkeel deploy {} --resume", self.environment)))
    }

    /// Writes down what is going to be done.
    fn intend(&self, verb: &str, lock: &ParityLock) -> Result<Intended<'_>, Box<Trouble>> {
        let act = Act { what: format!("{verb} {} at {}", self.environment, lock.digest), statements: Vec::new() };
        let intention = Intention {
            verb: verb.to_owned(),
            environment: self.environment.to_owned(),
            target: lock.target.clone(),
            by: self.by.to_owned(),
            owner: self.owner.clone(),
            reason: self.reason.map(str::to_owned),
            snapshot: None,
            ground: lock.digest.clone(),
            digest: Intention::digest_of(std::slice::from_ref(&act)),
            acts: vec![act],
        };
        Intended::write(self.store, &intention)
    }

    /// Says in the journal what came of it.
    fn end(&self, intended: &Intended<'_>, settled: Result<Locking, Box<Trouble>>) -> Result<Locking, Box<Trouble>> {
        match settled {
            Ok(locking) if locking.exit_code == 0 => {
                intended.became(0, State::Done, None)?;
                intended.ended(Ending::Done, &locking.line())?;
                Ok(locking)
            }
            Ok(locking) => {
                intended.ended(Ending::Refused, &locking.line())?;
                Ok(locking)
            }
            Err(trouble) => {
                intended.ended(Ending::Refused, &trouble.to_string())?;
                Err(trouble)
            }
        }
    }
}

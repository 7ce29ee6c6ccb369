//! `evenkeel lock` and `unlock`: that an environment stays as it is now, until an end that is said. It stands in the
//! store, and where the server lets us in the environment itself, where every machine sees it.
//!
//! Lives here: what must be so before, and the order of things. Does not live here: what a lock closes (`core/deployment/lock`), where it
//! is kept (`Store`). Neighbours: `verify`, which comes before; `deploy`, which is refused meanwhile.

use crate::capture::{self, Source};
use crate::lease;
use crate::register::{self, Written};
use evenkeel_core::deployment::lock::{self, Asked, Asking, Parity};
use evenkeel_core::deployment::{Gate, Locking, code};
use evenkeel_core::evidence::schema;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::Dimension;
use evenkeel_core::manifest::{CANONICAL, Manifest};
use evenkeel_core::port::{
    Act, Ending, Entry, Environment, Intended, Intention, Limits, OnTarget, Owner, PARITY_LOCK, ParityLock, RUNS, Registered, Released,
    Run, State, Store, Verification, Wish,
};

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
    /// What the store knows of a lock.
    pub asking: &'a Asking,
    /// Of every session; locks of others are asked for as long as one may be waited for.
    pub limits: Limits,
}

/// Locks it.
///
/// # Errors
/// The environment cannot be read, the store not be read or written.
pub fn lock(source: &Source, order: &Order<'_>, until: &str, unverified: bool, run: &Run<'_>) -> Result<Locking, Box<Trouble>> {
    let environment = live(source)?;
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
    let intended = match order.intend("lock", &new, run)? {
        Ok(intended) => intended,
        Err(gate) => return Ok(order.locking(new.target, order.asking.kept(&OnTarget::NotKept), vec![gate])),
    };
    lease::beating(&intended, || {
        let settled = locked(environment, &now, new, order, unverified, (&intended, run));
        order.end(&intended, settled)
    })
}

/// What came of it, before anybody says so in the journal.
fn locked(
    environment: &dyn Environment,
    now: &Manifest,
    new: ParityLock,
    order: &Order<'_>,
    unverified: bool,
    (own, run): (&Intended<'_>, &Run<'_>),
) -> Result<Locking, Box<Trouble>> {
    let runs = order.store.releases(order.environment, BACK)?;
    let there = environment.registered(&PARITY_LOCK, &order.limits, &run.watch)?;
    let target = OnTarget::of(&there);
    let mut gates = vec![order.halt()?, order.journal(own, &runs)?, seen(now), verified(now, order, unverified, &runs)?];
    let standing = order.asking.with(&target);
    gates.push(free(&standing, now));
    let mut locking = order.locking(new.target.clone(), order.asking.kept(&target), gates);
    if locking.exit_code != 0 {
        return Ok(locking);
    }
    // First where it is nearest: whoever is killed in between has locked too much, not too little.
    let instead = order.asking.lock.as_ref();
    if let Some(other) = order.store.lock(&new, instead)? {
        let other = Asking { lock: Some(other), ..order.asking.clone() };
        locking.gates.pop();
        locking.gates.push(free(&other.with(&target), now));
        locking.exit_code = code(&locking.gates).max(1);
        return Ok(locking);
    }
    // Whoever deploys looks for a lock after it has said so in the journal, and whoever locks looks there after that.
    let again = order.journal(own, &order.store.releases(order.environment, BACK)?)?;
    if again.holds != Some(true) {
        order.take_back(&new, instead, &again.found)?;
        locking.gates.push(again);
        locking.exit_code = code(&locking.gates);
        return Ok(locking);
    }
    locking.before = standing.ok().flatten().map(|asked| asked.lock);
    let stands = |trouble: Box<Trouble>| {
        let fix = format!("it is locked in {} all the same: evenkeel status, and unlock where it is not to be", order.asking.store);
        Box::new(trouble.fix(fix))
    };
    let written = write(environment, (own, order, run), &there, Some(&new)).map_err(stands)?;
    locking.lock = Some(new);
    match written {
        Written::There => {
            locking.kept = order.asking.kept(&environment.parity(&order.limits, &run.watch)?);
            if let Some(why) = tracked(environment, (own, order, run), locking.lock.as_ref(), &runs)? {
                locking.kept = format!("{}; what was locked is not in the tracking table: {why}", locking.kept);
            }
        }
        Written::Nowhere => locking.kept = Asking { lock: locking.lock.clone(), ..order.asking.clone() }.kept(&OnTarget::NotKept),
        Written::Not(why) => {
            let kept = Asking { lock: locking.lock.clone(), ..order.asking.clone() }.kept(&OnTarget::NotKept);
            locking.kept = format!("{kept}; it could not be kept in the database itself: {why}");
        }
        // Somebody was quicker: what was written here is taken back.
        Written::Refused(gate) => {
            if let Some(lock) = locking.lock.take() {
                order.take_back(&lock, instead, &gate.found)?;
            }
            locking.gates.push(gate);
            locking.exit_code = code(&locking.gates);
        }
    }
    Ok(locking)
}

/// Takes its lock away.
///
/// # Errors
/// The environment cannot be asked, the store not be read or written.
pub fn unlock(source: &Source, order: &Order<'_>, held_by: Option<&str>, run: &Run<'_>) -> Result<Locking, Box<Trouble>> {
    let environment = live(source)?;
    let there = environment.registered(&PARITY_LOCK, &order.limits, &run.watch)?;
    let target = OnTarget::of(&there);
    let standing = match order.asking.with(&target) {
        Ok(Some(standing)) => standing,
        Ok(None) => {
            let mut locking = order.locking(environment.describe(), order.asking.kept(&target), Vec::new());
            locking.exit_code = 0;
            return Ok(locking);
        }
        Err(why) => {
            let gate =
                Gate::new(lock::GATE, "whether it is locked is known", None, why).fix("let the role read it, or look whose table that is");
            return Ok(order.locking(environment.describe(), order.asking.kept(&target), vec![gate]));
        }
    };
    let intended = match order.intend("unlock", &standing.lock, run)? {
        Ok(intended) => intended,
        Err(gate) => return Ok(order.locking(standing.lock.target.clone(), standing.kept.clone(), vec![gate])),
    };
    lease::beating(&intended, || {
        let settled = unlocked(environment, standing, held_by, (&there, &target), (&intended, order, run));
        order.end(&intended, settled)
    })
}

fn unlocked(
    environment: &dyn Environment,
    standing: Asked,
    held_by: Option<&str>,
    (there, target): (&Registered, &OnTarget),
    (own, order, run): (&Intended<'_>, &Order<'_>, &Run<'_>),
) -> Result<Locking, Box<Trouble>> {
    const LIMIT: &str = "the lock is yours, or has expired, or its holder is named";
    let may = |asked: &Asked| match held_by {
        Some(named) => named == asked.lock.holder,
        None => asked.is_own() || asked.is_expired(),
    };
    let found = format!("{}; you are {}", standing.lock.words(), order.holder);
    let gate = Gate::new("holder", LIMIT, Some(may(&standing)), found).fix(standing.remedy());
    let mut locking = order.locking(standing.lock.target.clone(), standing.kept.clone(), vec![gate]);
    if locking.exit_code != 0 {
        return Ok(locking);
    }
    if matches!(target, OnTarget::Held(_)) {
        match write(environment, (own, order, run), there, None)? {
            Written::There | Written::Nowhere => {}
            Written::Refused(gate) => locking.gates.push(gate),
            Written::Not(why) => {
                let gate = Gate::new("database", "it can be taken away in the database itself", None, why);
                let statements = environment.register_statements(&PARITY_LOCK, true, None).join("; ");
                locking.gates.push(gate.fix(format!("as a role that may write there: {statements};")));
            }
        }
        locking.exit_code = code(&locking.gates);
        if locking.exit_code != 0 {
            return Ok(locking);
        }
    }
    // What stands here goes as well, unless it is another's than was meant.
    let here = order.asking.with(&OnTarget::NotKept).ok().flatten();
    if let Some(here) = here.filter(|here| may(here) || here.lock == standing.lock) {
        let released = Released { at: order.now.to_owned(), by: order.holder.to_owned(), reason: order.reason.map(str::to_owned) };
        if !order.store.unlock(&here.lock, &released)? {
            let trouble = Trouble::new(Class::CouldNotTell, format!("the lock of {} is not as it was a moment ago", order.environment));
            return Err(Box::new(trouble.expected(here.lock.words()).found("another, or none").fix("look at it: evenkeel status")));
        }
    }
    locking.kept = match target {
        OnTarget::Held(_) => "it is gone from the database itself, for every machine".to_owned(),
        OnTarget::Untold(why) => {
            format!("it is gone from {}; whether one stands in the database itself is not known: {why}", order.asking.store)
        }
        OnTarget::NotKept | OnTarget::Free { .. } => format!("it is gone from {}, where it stood alone", order.asking.store),
    };
    locking.before = Some(standing.lock);
    Ok(locking)
}

/// Writes down in the environment itself what was locked when, by whom; why it could not be.
fn tracked(
    environment: &dyn Environment,
    (own, order, run): (&Intended<'_>, &Order<'_>, &Run<'_>),
    lock: Option<&ParityLock>,
    runs: &[Entry],
) -> Result<Option<String>, Box<Trouble>> {
    let Some(lock) = lock else { return Ok(None) };
    let before = environment.registered(&RUNS, &order.limits, &run.watch)?;
    if let Registered::Untold(why) = &before {
        return Ok(Some(why.clone()));
    }
    let last = Entry::last_release(runs).filter(|entry| entry.intention.verb == "deploy");
    let release = last.map(|entry| entry.steps.iter().map(|step| step.act.what.as_str()).collect::<Vec<_>>().join("; "));
    let ParityLock { environment: name, since, holder, digest, until, .. } = lock.clone();
    let called = last.map(|entry| Entry::called(entry.number, &entry.letters));
    let row = vec![Some(name), Some(since), Some(holder), Some("LOCKED".to_owned()), called, release, Some(digest), Some(until)];
    let wish = Wish { intended: own, tool: None, patience: order.limits.lock_timeout, limits: order.limits, orphaned: &[] };
    Ok(match register::write(environment, (&RUNS, &before), &wish, Some(&row), run)? {
        Written::There | Written::Nowhere => None,
        Written::Not(why) => Some(why),
        Written::Refused(gate) => Some(gate.found),
    })
}

/// Makes that lock the one that stands in the environment itself, or takes away the one that does.
fn write(
    environment: &dyn Environment,
    (own, order, run): (&Intended<'_>, &Order<'_>, &Run<'_>),
    before: &Registered,
    lock: Option<&ParityLock>,
) -> Result<Written, Box<Trouble>> {
    let wish = Wish { intended: own, tool: None, patience: order.limits.lock_timeout, limits: order.limits, orphaned: &[] };
    register::write(environment, (&PARITY_LOCK, before), &wish, lock.map(ParityLock::row).as_ref(), run)
}

fn live(source: &Source) -> Result<&dyn Environment, Box<Trouble>> {
    match source {
        Source::Live { environment, .. } | Source::Split { primary: environment, .. } => Ok(&**environment),
        Source::File { .. } | Source::Replay(_) => {
            let trouble = Trouble::new(Class::Usage, format!("{} is no server that can be locked", source.label()));
            Err(Box::new(trouble.expected("a live environment").found("a file")))
        }
    }
}

const FREE: &str = "nobody else holds a lock, and your own is of the schema as it is";

/// That no other lock is in the way; one's own is made longer, where nothing has changed since.
fn free(standing: &Result<Option<Asked>, String>, now: &Manifest) -> Gate {
    let asked = match standing {
        Ok(None) => return Gate::new(lock::GATE, FREE, Some(true), "there is none"),
        Err(why) => return Gate::new(lock::GATE, FREE, None, why.clone()).fix("let the role read it, or look whose table that is"),
        Ok(Some(asked)) => asked,
    };
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
    Gate::none("seen", LIMIT, &[], &gaps, "nothing is hidden").fix(cure)
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
    fn locking(&self, target: String, kept: String, gates: Vec<Gate>) -> Locking {
        let exit_code = code(&gates);
        Locking { label: self.environment.to_owned(), target, gates, lock: None, before: None, kept, exit_code }
    }

    /// A lock that was set a moment ago is none after all: the one stands again that it took the place of.
    fn take_back(&self, lock: &ParityLock, instead: Option<&ParityLock>, why: &str) -> Result<(), Box<Trouble>> {
        if let Some(instead) = instead {
            return self.store.lock(instead, Some(lock)).map(drop);
        }
        let released = Released { at: self.now.to_owned(), by: self.holder.to_owned(), reason: Some(why.to_owned()) };
        self.store.unlock(lock, &released).map(drop)
    }

    fn halt(&self) -> Result<Gate, Box<Trouble>> {
        let halted = self.store.halted(self.environment)?;
        let found = halted.as_ref().map_or("nobody has halted it".to_owned(), |halt| halt.words());
        let gate = Gate::new("halt", "nobody has halted it", Some(halted.is_none()), found);
        Ok(gate.fix(format!("evenkeel history {} --resume, once it may go on", self.environment)))
    }

    /// That no run is at work there, and none stopped in the middle.
    fn journal(&self, own: &Intended<'_>, runs: &[Entry]) -> Result<Gate, Box<Trouble>> {
        let mut others = self.store.unfinished(self.environment)?;
        others.retain(|entry| entry.number != own.number());
        Ok(lease::quiet(self.environment, &others, self.is_there, runs))
    }

    /// Writes down what is going to be done; the gate that is closed where another run is at work.
    fn intend(&self, verb: &str, lock: &ParityLock, run: &Run<'_>) -> Result<Result<Intended<'_>, Gate>, Box<Trouble>> {
        let unfinished = lease::unfinished(self.store, self.environment, self.is_there, run)?;
        let gone: Vec<&Entry> = unfinished.iter().filter(|entry| entry.is_there(self.is_there) == Some(false)).collect();
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
            artifact: None,
            rewritten: None,
            acts: vec![act],
        };
        let written = Intended::write(self.store, &intention, &gone)?;
        Ok(written.map_err(|other| {
            let gate = Gate::new("journal", lease::QUIET, Some(false), lease::held(&other));
            gate.fix("wait until it has ended: evenkeel runs")
        }))
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

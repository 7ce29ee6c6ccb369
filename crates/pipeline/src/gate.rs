//! `evenkeel gate ENV`: whether the next stage of traffic may go on. It reads, and writes nowhere.
//!
//! Lives here: what is asked, and in which order. Does not live here: breakers (`breakers`), what it amounts to
//! (`core/deployment/passage`). Neighbour: `rollout`, which asks the same before each stage.

use crate::breakers::{Plan, Watching};
use crate::capture::{self, Source};
use crate::within::within;
use evenkeel_core::deployment::lock::{self, Asking, Parity};
use evenkeel_core::deployment::{Gate, Known, Passage, Status, Windows};
use evenkeel_core::evidence::schema;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::Dimension;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{Ending, Entry, Environment, HALT, Halt, Intention, Limits, Metrics, OnTarget, Owner, Registered, Run, Store};
use jiff::Timestamp;
use std::time::{Duration, Instant};

/// What is read of an environment for this.
pub const DIMENSIONS: [Dimension; 1] = [Dimension::Schema];
/// How many runs back the last one that did something is looked for.
const BACK: u32 = 50;
/// For how long the schema that was read is the one that is there, for whoever asks again and again.
const AGAIN: Duration = Duration::from_secs(30);
/// The longest that reading it may take then: nobody looks meanwhile.
pub(crate) const LONGEST: Duration = Duration::from_secs(60);

/// Who asks, and by what.
pub struct Question<'a> {
    pub store: &'a dyn Store,
    /// As it is configured.
    pub environment: &'a str,
    /// Who asks, as locks call their holders.
    pub holder: &'a str,
    /// Whether the process of a run is there still; nothing where that cannot be told.
    pub is_there: &'a dyn Fn(&Owner) -> Option<bool>,
    pub now: &'a dyn Fn() -> Timestamp,
    /// The ends of the windows after a deployment; nothing where nobody watches.
    pub windows: Option<Windows>,
    pub limits: Limits,
    pub plan: &'a Plan,
    pub metrics: Option<&'a dyn Metrics>,
    /// The run that asks, which is in nobody's way.
    pub own: Option<u32>,
}

/// What an environment itself says.
pub struct Read {
    /// What it says of a halt.
    halt: Registered,
    manifest: Manifest,
    target: OnTarget,
}

/// Looks once at all gates, and at the breakers until they have decided or had looks enough to.
///
/// # Errors
/// The environment or the store cannot be read, or the end was asked for.
pub fn run(source: &Source, question: &Question<'_>, run: &Run<'_>) -> Result<Passage, Box<Trouble>> {
    Ok(looked(source, question, run)?.0)
}

/// The same, with how many replicas were seen.
///
/// # Errors
/// As there.
pub fn looked(source: &Source, question: &Question<'_>, run: &Run<'_>) -> Result<(Passage, Option<usize>), Box<Trouble>> {
    let environment = live(source)?;
    let mut passage = question.asked(environment, &read(source, &question.limits, run)?)?;
    let mut watching = Watching::begin(environment, question.plan, question.metrics, &question.limits, run)?;
    for _ in 0..question.plan.looks() {
        watching.look(run)?;
        if watching.is_open() || watching.all_pass() {
            break;
        }
    }
    let replicas = watching.replicas();
    passage.breakers = watching.breakers;
    Ok((passage, replicas))
}

/// Looks until the end is asked for, and hands out what is known after each look.
///
/// # Errors
/// It is a file. That the end was asked for is none.
pub fn keep(
    source: &Source,
    question: &Question<'_>,
    open_for: Duration,
    run: &Run<'_>,
    tell: &dyn Fn(Passage),
) -> Result<(), Box<Trouble>> {
    let environment = live(source)?;
    let is_over = |trouble: &Trouble| trouble.class == Class::Interrupted;
    let mut watching = match Watching::begin(environment, question.plan, question.metrics, &question.limits, run) {
        Ok(watching) => watching.renewed(open_for),
        Err(trouble) if is_over(&trouble) => return Ok(()),
        Err(trouble) => return Err(trouble),
    };
    let mut read: Option<(Instant, Read)> = None;
    loop {
        match question.round(source, &mut watching, &mut read, run) {
            Ok(passage) => tell(passage),
            Err(trouble) if is_over(&trouble) => return Ok(()),
            Err(trouble) => {
                tell(Passage { breakers: watching.breakers.clone(), ..question.untold(environment.describe(), &trouble.to_string()) })
            }
        }
    }
}

/// The environment that is asked how its clients get on.
///
/// # Errors
/// It is a file.
pub fn live(source: &Source) -> Result<&dyn Environment, Box<Trouble>> {
    match source {
        Source::Live { environment, .. } | Source::Split { primary: environment, .. } => Ok(&**environment),
        Source::File { .. } | Source::Replay(_) => {
            let trouble = Trouble::new(Class::Usage, format!("{} is no server that has traffic", source.label()));
            Err(Box::new(trouble.expected("a live environment").found("a file")))
        }
    }
}

/// What the environment itself says.
///
/// # Errors
/// It cannot be read.
pub fn read(source: &Source, limits: &Limits, run: &Run<'_>) -> Result<Read, Box<Trouble>> {
    let manifest = capture::manifest(source, run)?;
    let environment = live(source)?;
    Ok(Read { halt: environment.registered(&HALT, limits, &run.watch)?, target: environment.parity(limits, &run.watch)?, manifest })
}

/// Nothing is known of an environment, for that reason.
#[must_use]
pub fn untold(environment: &str, target: String, now: Timestamp, why: &str) -> Passage {
    let gate = Gate::new("read", "environment and store can be read", None, why).fix("look at what is said there");
    Passage { label: environment.to_owned(), target, at: now.to_string(), gates: vec![gate], breakers: Vec::new(), fault: None }
}

impl Question<'_> {
    /// Nothing is known, for that reason.
    #[must_use]
    pub fn untold(&self, target: String, why: &str) -> Passage {
        untold(self.environment, target, (self.now)(), why)
    }

    /// Reads what is too old, waits, and looks once more: what is told is as old as that look.
    fn round(
        &self,
        source: &Source,
        watching: &mut Watching<'_>,
        read: &mut Option<(Instant, Read)>,
        run: &Run<'_>,
    ) -> Result<Passage, Box<Trouble>> {
        let environment = live(source)?;
        let found = match (read.take().filter(|(at, _)| at.elapsed() < AGAIN), watching.unreached()) {
            (Some(read), _) => Ok(read),
            // Whoever does not answer the look is not asked for more: that would keep the next look waiting.
            (None, Some(why)) => Err(why.to_owned()),
            (None, None) => {
                let found = within(LONGEST, run, |run| self::read(source, &self.limits, run))?;
                watching.anew(run)?;
                found.map(|found| (Instant::now(), found))
            }
        };
        watching.look(run)?;
        let passage = match found {
            Ok((at, found)) => {
                let passage = self.asked(environment, &found);
                *read = Some((at, found));
                passage?
            }
            Err(why) => self.untold(environment.describe(), &why),
        };
        Ok(Passage { breakers: watching.breakers.clone(), ..passage })
    }

    /// All gates, and no breaker.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn asked(&self, environment: &dyn Environment, read: &Read) -> Result<Passage, Box<Trouble>> {
        let (label, target, at) = (self.environment.to_owned(), environment.describe(), (self.now)().to_string());
        Ok(Passage { label, target, at, gates: self.gates(read)?, breakers: Vec::new(), fault: None })
    }

    fn gates(&self, Read { halt, target, manifest: now }: &Read) -> Result<Vec<Gate>, Box<Trouble>> {
        let runs = self.store.releases(self.environment, BACK)?;
        let mut gates = vec![self.halt(halt)?, self.journal(&runs)?, self.verified(now, &runs)?, self.locked(target, now)?];
        gates.push(self.windows(&runs)?);
        Ok(gates)
    }

    fn halt(&self, there: &Registered) -> Result<Gate, Box<Trouble>> {
        // What another machine wrote there holds as well.
        let there = Halt::on(there).map(|halt| halt.map(|halt| Halt { environment: self.environment.to_owned(), ..halt }));
        let (holds, found) = match (self.store.halted(self.environment)?, there) {
            (Some(halt), _) | (None, Ok(Some(halt))) => (Some(false), halt.words()),
            (None, Ok(None)) => (Some(true), "nobody has".to_owned()),
            (None, Err(why)) => (None, why),
        };
        let gate = Gate::new("halt", "nobody has halted it", holds, found);
        Ok(gate.fix(format!("evenkeel history {} --resume, once it may go on", self.environment)))
    }

    /// That nothing is being done there, and nothing was left in the middle.
    fn journal(&self, runs: &[Entry]) -> Result<Gate, Box<Trouble>> {
        let unfinished = self.store.unfinished(self.environment)?;
        let others = || unfinished.iter().filter(|entry| Some(entry.number) != self.own);
        // What was rehearsed there and not ended is rolled back by its server.
        let others = || others().filter(|entry| entry.intention.verb != Intention::REHEARSE);
        let untold = others().filter(|entry| entry.is_there(self.is_there).is_none()).map(Entry::unfinished).collect::<Vec<_>>();
        let told = others().filter(|entry| entry.is_there(self.is_there).is_some()).map(Entry::unfinished);
        let stopped = Entry::last_release(runs).filter(|entry| entry.ended.as_ref().is_some_and(|ended| ended.ending != Ending::Done));
        let stopped = stopped.map(|entry| format!("run {} ({}) stopped in the middle", entry.number, entry.intention.verb));
        let against: Vec<String> = told.chain(stopped).collect();
        let gate = Gate::none("journal", "no run is at work there, or stopped in the middle", &against, &untold, "none");
        Ok(gate.fix("wait until it has ended, or go on with it: evenkeel status says how"))
    }

    /// That what was deployed last is verified, and as it was then. What this store knows nothing of is not.
    fn verified(&self, now: &Manifest, runs: &[Entry]) -> Result<Gate, Box<Trouble>> {
        const LIMIT: &str = "what was deployed last is VERIFIED, and is as it was then";
        let fix = format!("evenkeel verify {}", self.environment);
        let gate = |holds, found: String| Ok(Gate::new("verified", LIMIT, holds, found).fix(&fix));
        let Some(deployed) = Entry::last_release(runs).filter(|entry| entry.intention.verb == "deploy") else {
            let found = format!("{} knows of no release that is there", self.store.describe());
            return gate(None, format!("{found}: it was deployed from elsewhere, or taken back"));
        };
        let last = self.store.verifications(self.environment, 1)?.pop();
        let Some(last) = last.filter(|one| one.is_since(deployed)) else {
            return gate(Some(false), format!("run {} is not verified", deployed.number));
        };
        if !last.holds {
            return gate(Some(false), format!("{}: {}", last.at, last.words));
        }
        if let Some(gap) = now.gaps.iter().find(|gap| gap.dimension == Dimension::Schema) {
            return gate(None, format!("whether it is as it was then: something of its schema was not seen: {}", gap.detail));
        }
        match (last.digest, schema(now)) {
            (Some(then), Some(now)) if then == now => gate(Some(true), format!("it was, {}", last.at)),
            (Some(_), Some(_)) => gate(Some(false), format!("its schema is not what it was when it was verified, {}", last.at)),
            _ => gate(None, "whether it is as it was then: its schema was not read".to_owned()),
        }
    }

    /// That it is as it was locked, where it is: whoever holds the lock, traffic changes nothing of what that is about.
    fn locked(&self, target: &OnTarget, now: &Manifest) -> Result<Gate, Box<Trouble>> {
        const LIMIT: &str = "it is as it was locked, where it is";
        let lock = self.store.locks(self.environment, 1)?.pop().filter(|lock| lock.released.is_none());
        let (asker, store) = (self.holder.to_owned(), self.store.describe());
        let (environment, moment) = (self.environment.to_owned(), (self.now)().to_string());
        let asking = Asking { environment, lock, asker, now: moment, store, is_shared: self.store.is_shared() };
        let gate = |holds, found: String| Gate::new(lock::GATE, LIMIT, holds, found);
        Ok(match asking.with(target) {
            Err(why) => gate(None, why).fix("let the role read it, or look whose table that is"),
            Ok(None) => gate(Some(true), format!("nobody has locked it; {}", asking.kept(target))),
            Ok(Some(asked)) if asked.is_expired() => gate(Some(true), asked.expired()),
            Ok(Some(asked)) => {
                let parity = asked.parity(now);
                let holds = match parity {
                    Parity::Kept => Some(true),
                    Parity::Away(_) => Some(false),
                    Parity::Untold(_) => None,
                };
                gate(holds, asked.words(&parity)).fix(format!("see what changed it, and bring it back; or {}", asked.remedy()))
            }
        })
    }

    /// That nothing is overdue, as `status` says it.
    fn windows(&self, runs: &[Entry]) -> Result<Gate, Box<Trouble>> {
        let (halt, kept) = (self.store.halted(self.environment)?, self.store.kept(self.environment, 1)?);
        let (locks, verifications) = (self.store.locks(self.environment, BACK)?, self.store.verifications(self.environment, 1)?);
        let known = Known {
            environment: self.environment,
            halt: halt.as_ref(),
            runs,
            rollouts: &[],
            keeping_out: &[],
            // A table that is changed at night keeps no traffic where it is by day.
            all: &[],
            drill: None,
            locks: &locks,
            verifications: &verifications,
            kept: kept.first(),
            now: (self.now)(),
            asker: self.holder,
            locked_where: "",
            windows: self.windows.as_ref(),
        };
        let status = Status::of(&known, |entry| entry.is_there(self.is_there));
        let gate = |holds, found: String| Gate::new("windows", "nothing is overdue after the deployment", holds, found);
        Ok(match (status.untold, status.overdue, status.window) {
            (Some(untold), ..) => gate(None, untold).fix("look at the clocks of who writes to the store"),
            (None, Some(overdue), _) => gate(Some(false), overdue).fix("evenkeel status says what is due"),
            (None, None, Some(window)) => gate(Some(true), format!("nothing is; now, {}: {}", window.name, window.may)),
            (None, None, None) => gate(Some(true), "nothing is, and no window is watched".to_owned()),
        })
    }
}

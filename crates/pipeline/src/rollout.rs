//! `evenkeel rollout ENV`: traffic in stages, each behind the gate and watched by breakers. What goes wrong takes it back.
//!
//! Lives here: the order of things, and what is written down before each. Does not live here: who moves traffic (`adapters`), what a
//! breaker says (`core/deployment/breaker`). Neighbour: `gate`, which is asked before each stage.

use crate::breakers::Watching;
use crate::capture::{self, Source};
use crate::gate::{self, Question};
use crate::lease;
use evenkeel_core::deployment::rolled::{Outcome, Stage, Stands, left};
use evenkeel_core::deployment::{Gate, Passage, Rolled};
use evenkeel_core::evidence::schema;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Act, Ending, Entry, Environment, Event, Halt, Intended, Intention, Owner, Run, Shifter, State, Store, Trail};
use std::time::{Duration, Instant};

/// How many runs back one is looked for that left traffic elsewhere.
const BACK: u32 = 50;
/// How often it is tried to take traffic back, and the pause between.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(200);
/// So near to a share, in hundredths, it is that share.
const NEAR: f64 = 1.5;
/// What the journal calls traffic that is not where it was.
const HELD: &str = "traffic";

/// Who wants it, and how.
pub struct Order<'a> {
    pub shifter: &'a dyn Shifter,
    /// In hundredths, each more than the one before.
    pub stages: &'a [u8],
    /// For how long each is watched at the least.
    pub watch: Duration,
    pub by: &'a str,
    pub owner: &'a Owner,
    pub reason: Option<&'a str>,
    /// Only what an earlier run left is taken back.
    pub is_back: bool,
}

/// Does it.
///
/// # Errors
/// The environment or the store cannot be read or written, what an earlier run left cannot be taken back. Once traffic was moved, all
/// else is an outcome.
pub fn run(source: &Source, question: &Question<'_>, order: &Order<'_>, run: &Run<'_>) -> Result<Rolled, Box<Trouble>> {
    let environment = gate::live(source)?;
    let mut rolled = Rolled {
        label: question.environment.to_owned(),
        target: environment.describe(),
        by: order.shifter.describe(),
        passage: None,
        stages: order.stages.iter().map(|share| Stage { share: *share, state: Stands::Planned }).collect(),
        outcome: Outcome::Refused,
        run: None,
        is_halted: false,
        notes: Vec::new(),
    };
    match restored(question, order)? {
        Ok(runs) if order.is_back => {
            rolled.outcome = Outcome::Restored(runs);
            return Ok(rolled);
        }
        Ok(runs) => rolled.notes.extend(runs.iter().map(|run| format!("what run {run} had left elsewhere was taken back first"))),
        Err(gate) => {
            let at = (question.now)().to_string();
            let passage =
                Passage { label: rolled.label.clone(), target: rolled.target.clone(), at, gates: vec![gate], breakers: Vec::new() };
            rolled.passage = Some(passage);
            return Ok(rolled);
        }
    }
    let (passage, replicas) = gate::looked(source, question, run)?;
    if passage.exit_code() != 0 {
        rolled.passage = Some(passage);
        return Ok(rolled);
    }
    let before = order.shifter.spread()?;
    if let Some(gate) = ahead(order)? {
        rolled.passage = Some(Passage { gates: passage.gates.into_iter().chain([gate]).collect(), ..passage });
        return Ok(rolled);
    }
    let held = format!("{HELD} by {}: {}", order.shifter.describe(), before.as_deref().unwrap_or("none of it to what is new"));
    let ground = schema(&capture::manifest(source, run)?).unwrap_or_default();
    let intended = match Intended::write(question.store, &intention(question, order, environment, ground), &[])? {
        Ok(intended) => intended,
        Err(other) => {
            // It came between the look and now.
            let gate = Gate::new("journal", "no other run is at work there", Some(false), lease::held(&other));
            let gate = gate.fix("wait until it has ended: evenkeel runs");
            rolled.passage = Some(Passage { gates: passage.gates.into_iter().chain([gate]).collect(), ..passage });
            return Ok(rolled);
        }
    };
    rolled.run = Some(intended.number());
    rolled.passage = Some(passage);
    Ok(lease::beating(&intended, || {
        let mut course =
            Course { source, environment, question, order, run, intended: &intended, replicas, held, before, is_begun: false, rolled };
        let moved = course.all();
        course.ended(moved)
    }))
}

/// Where more is moved already than the first stage would: that stage would take traffic back from what serves it.
fn ahead(order: &Order<'_>) -> Result<Option<Gate>, Box<Trouble>> {
    let (Some(first), Some(share)) = (order.stages.first(), order.shifter.share()?) else { return Ok(None) };
    let is_ahead = share > f64::from(*first) + NEAR;
    let limit = format!("no more is moved than the first stage, {first} %");
    let gate = Gate::new("traffic", limit, Some(false), format!("{share:.0} % of the traffic is moved already"));
    Ok(is_ahead.then(|| gate.fix("it may be done; where it is not, spread it as it was before, or write stages that begin beyond")))
}

fn intention(question: &Question<'_>, order: &Order<'_>, environment: &dyn Environment, ground: String) -> Intention {
    let act = |share: &u8| Act { what: format!("{share} % of the traffic"), statements: order.shifter.words(*share) };
    let acts: Vec<Act> = order.stages.iter().map(act).collect();
    Intention {
        verb: Intention::ROLLOUT.to_owned(),
        environment: question.environment.to_owned(),
        target: environment.describe(),
        by: order.by.to_owned(),
        owner: order.owner.clone(),
        reason: order.reason.map(str::to_owned),
        snapshot: None,
        ground,
        digest: Intention::digest_of(&acts),
        acts,
    }
}

/// Takes back what earlier runs left elsewhere; a gate where one is at it still, or that cannot be told.
fn restored(question: &Question<'_>, order: &Order<'_>) -> Result<Result<Vec<u32>, Gate>, Box<Trouble>> {
    const LIMIT: &str = "no other run moves traffic";
    let store = question.store;
    let unfinished = store.unfinished(question.environment)?;
    let at_it: Vec<&Entry> = unfinished.iter().filter(|entry| entry.intention.verb == Intention::ROLLOUT).collect();
    for entry in &at_it {
        let gate = |holds, found: String| Gate::new("rollout", LIMIT, holds, found).fix("wait until it has ended: evenkeel runs");
        match entry.is_there(question.is_there) {
            Some(true) => return Ok(Err(gate(Some(false), format!("{}; {} is there still", entry.unfinished(), entry.whereabouts())))),
            None if !order.is_back => {
                let found = format!("{}; whether its process is there still cannot be told from here", entry.unfinished());
                return Ok(Err(gate(None, found).fix("look there; where it is gone, take traffic back first: --back")));
            }
            Some(false) | None => {}
        }
    }
    let runs = moving(store, question.environment)?;
    let mut back = Vec::new();
    for entry in left(runs.iter()) {
        let mark = entry.steps.iter().find_map(|step| step.trail.mark.clone());
        let (who, spread) = mark.as_deref().and_then(read).ok_or_else(|| unread(entry))?;
        let own = order.shifter.describe();
        if who != own {
            let trouble = Trouble::new(Class::CouldNotTell, format!("run {} moved traffic by another way", entry.number));
            let trouble = trouble.expected(who).found(own).origin("[rollout] in evenkeel.toml, and the journal");
            return Err(Box::new(
                trouble.fix(format!("name that way under [rollout] once more; evenkeel runs {} has the weights", entry.number)),
            ));
        }
        order.shifter.restore(spread)?;
        for held in &entry.held {
            store.hold(entry.number, held, false)?;
        }
        back.push(entry.number);
    }
    for entry in at_it {
        store.end(entry.number, Ending::Lost, "its process is gone; what it had moved was taken back by another run")?;
    }
    Ok(Ok(back))
}

/// Runs that move traffic, and the last of those that did, the newest first.
///
/// # Errors
/// The store cannot be read.
pub fn moving(store: &dyn Store, environment: &str) -> Result<Vec<Entry>, Box<Trouble>> {
    let mut runs = store.unfinished(environment)?;
    for entry in store.runs(Some(environment), BACK)? {
        if runs.iter().all(|other| other.number != entry.number) {
            runs.push(entry);
        }
    }
    runs.retain(|entry| entry.intention.verb == Intention::ROLLOUT);
    runs.sort_by_key(|entry| std::cmp::Reverse(entry.number));
    Ok(runs)
}

fn unread(entry: &Entry) -> Box<Trouble> {
    let trouble =
        Trouble::new(Class::CouldNotTell, format!("how traffic was spread before run {} does not stand in the journal", entry.number));
    Box::new(trouble.found(entry.held.join("; ")).fix("spread it by hand as it is to be"))
}

/// As it is kept beside an act: who moves traffic, and how it was spread.
fn written(who: &str, spread: Option<&str>) -> String {
    spread.map_or_else(|| who.to_owned(), |spread| format!("{who}\n{spread}"))
}

fn read(mark: &str) -> Option<(&str, Option<&str>)> {
    let (who, spread) = mark.split_once('\n').map_or((mark, None), |(who, spread)| (who, Some(spread)));
    (!who.is_empty()).then_some((who, spread))
}

/// Why it does not go on.
enum Stopped {
    /// A breaker is open: it is halted for that.
    Broken(String),
    /// Anything else.
    For(String),
}

impl From<Box<Trouble>> for Stopped {
    fn from(trouble: Box<Trouble>) -> Self {
        Self::For(trouble.to_string())
    }
}

struct Course<'a> {
    source: &'a Source,
    environment: &'a dyn Environment,
    question: &'a Question<'a>,
    order: &'a Order<'a>,
    run: &'a Run<'a>,
    intended: &'a Intended<'a>,
    /// So many the gate has seen.
    replicas: Option<usize>,
    /// What the journal has of it while it is elsewhere.
    held: String,
    before: Option<String>,
    /// Something was moved, or may have been.
    is_begun: bool,
    rolled: Rolled,
}

impl Course<'_> {
    fn all(&mut self) -> Result<(), Stopped> {
        // First how it was: whoever is killed in between has taken back too much, not too little.
        let mark = Some(written(&self.order.shifter.describe(), self.before.as_deref()));
        self.intended.leaves(0, &Trail { mark, ..Trail::default() })?;
        self.intended.takes(&self.held)?;
        let Question { plan, metrics, limits, .. } = self.question;
        let mut watching = Watching::begin(self.environment, plan, *metrics, limits, self.run)?.having(self.replicas);
        for (at, share) in self.order.stages.iter().enumerate() {
            let act = u32::try_from(at).unwrap_or(u32::MAX);
            self.asked()?;
            watching.anew(self.run)?;
            self.run.watch.stop.check()?;
            self.intended.begins(act)?;
            self.is_begun = true;
            self.stands(at, Stands::Broken);
            self.run.watch.see(Event::Step { what: &format!("{share} % of the traffic") });
            let shifter = self.order.shifter;
            let moved = shifter.shift(*share).and_then(|()| shifter.spread()).map_err(Stopped::from);
            let stage = moved.and_then(|spread| self.watched(&mut watching, spread.as_deref()));
            if let Some(passage) = &mut self.rolled.passage {
                passage.breakers.clone_from(&watching.breakers);
            }
            match stage {
                Ok(()) => {
                    self.intended.became(act, State::Done, None)?;
                    self.stands(at, Stands::Done);
                }
                Err(stopped) => {
                    let (Stopped::Broken(why) | Stopped::For(why)) = &stopped;
                    if let Err(trouble) = self.intended.became(act, State::Failed, Some(why)) {
                        self.rolled.notes.push(format!("the journal could not be written: {trouble}"));
                    }
                    return Err(stopped);
                }
            }
            watching.again();
        }
        Ok(())
    }

    /// That the gate is open still: the breakers have been looked at by the stage before.
    fn asked(&mut self) -> Result<(), Stopped> {
        let question = Question { own: Some(self.intended.number()), ..*self.question };
        let passage = question.asked(self.environment, &question.read(self.source, self.run)?)?;
        let closed = passage.gates.iter().filter(|gate| gate.holds != Some(true));
        let closed: Vec<String> = closed.map(|gate| format!("{}: {}", gate.name, gate.found)).collect();
        let breakers = self.rolled.passage.take().map(|passage| passage.breakers).unwrap_or_default();
        self.rolled.passage = Some(Passage { breakers, ..passage });
        if closed.is_empty() { Ok(()) } else { Err(Stopped::For(closed.join("; "))) }
    }

    /// Watches a stage for its time, and until everything passes; nobody may spread traffic otherwise meanwhile.
    fn watched(&self, watching: &mut Watching<'_>, spread: Option<&str>) -> Result<(), Stopped> {
        let until = Instant::now() + self.order.watch;
        loop {
            watching.look(self.run)?;
            if watching.is_open() {
                return Err(Stopped::Broken(watching.against().join("; ")));
            }
            let now = self.order.shifter.spread()?;
            if now.as_deref() != spread {
                let [was, is] = [spread, now.as_deref()].map(|spread| spread.unwrap_or("nothing that is told"));
                return Err(Stopped::For(format!("traffic is spread otherwise than it was set: {is}, and not {was}")));
            }
            if let Some(halt) = self.question.store.halted(self.question.environment)? {
                return Err(Stopped::For(halt.words()));
            }
            if Instant::now() >= until && watching.all_pass() {
                return Ok(());
            }
        }
    }

    fn stands(&mut self, at: usize, state: Stands) {
        if let Some(stage) = self.rolled.stages.get_mut(at) {
            stage.state = state;
        }
    }

    /// Takes traffic back where it did not come to its end, and says so in the journal.
    fn ended(mut self, moved: Result<(), Stopped>) -> Rolled {
        let mut said = Vec::new();
        let (outcome, ending) = match moved {
            Ok(()) => (Outcome::Done, Ending::Done),
            Err(stopped) => {
                let (why, is_broken) = match stopped {
                    Stopped::Broken(why) => (why, true),
                    Stopped::For(why) => (why, false),
                };
                let back = self.taken_back();
                if is_broken || back.is_err() {
                    match self.halted(&why) {
                        Ok(()) => self.rolled.is_halted = true,
                        Err(trouble) => said.push(format!("it could not be halted: {trouble}")),
                    }
                }
                let outcome = match back {
                    Ok(()) => Outcome::Back(why),
                    Err(trouble) => Outcome::Stuck(why, trouble.to_string()),
                };
                (outcome, Ending::Stopped)
            }
        };
        let is_settled = !matches!(outcome, Outcome::Stuck(..));
        self.rolled.outcome = outcome;
        let given = if is_settled { self.intended.gave(&self.held) } else { Ok(()) };
        if let Err(trouble) = given.and_then(|()| self.intended.ended(ending, &self.rolled.line())) {
            said.push(format!("the journal could not be written: {trouble}"));
        }
        self.rolled.notes.extend(said);
        self.rolled
    }

    /// Where nothing was begun, another run may be at it.
    fn taken_back(&self) -> Result<(), Box<Trouble>> {
        if !self.is_begun {
            return Ok(());
        }
        let mut tries = 1;
        loop {
            match self.order.shifter.restore(self.before.as_deref()) {
                Err(_) if tries < TRIES => {
                    std::thread::sleep(PAUSE);
                    tries += 1;
                }
                restored => return restored,
            }
        }
    }

    fn halted(&self, why: &str) -> Result<(), Box<Trouble>> {
        let reason = format!("run {} took traffic back: {why}", self.intended.number());
        let since = (self.question.now)().to_string();
        let environment = self.question.environment.to_owned();
        self.question.store.halt(&Halt { environment, since, by: self.order.by.to_owned(), reason })
    }
}

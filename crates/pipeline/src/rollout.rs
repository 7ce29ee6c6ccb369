//! `evenkeel rollout ENV`: traffic in stages, each behind the gate and watched by breakers. What goes wrong takes it back.
//!
//! Lives here: the order of things, and what is written down before each; `course` has the stages, `left` what earlier runs have left. Does
//! not live here: who moves traffic (`adapters`), what a breaker says (`core/deployment/breaker`). Neighbour: `gate`, which is asked before
//! each stage.

mod course;
mod left;

pub use left::moving;

use crate::capture::{self, Source};
use crate::gate::{self, Question};
use crate::lease;
use course::Course;
use evenkeel_core::deployment::rolled::{Outcome, Stage, Stands};
use evenkeel_core::deployment::{Gate, Passage, Rolled};
use evenkeel_core::evidence::schema;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Act, Entry, Environment, Intended, Intention, Owner, Run, Shifter};
use left::{called, given_up, restored, stood};
use std::time::Duration;

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
    /// How long a share is good that is not told again, where somebody keeps such a time.
    pub limit: Option<Duration>,
    pub by: &'a str,
    pub owner: &'a Owner,
    pub reason: Option<&'a str>,
    /// Only what an earlier run left is taken back.
    pub is_back: bool,
    /// What an earlier run left is left where it is, for good.
    pub gives_up: bool,
    /// The first stage is the first, whatever the journal has of traffic that nobody reads back.
    pub anew: bool,
}

/// Does it.
///
/// # Errors
/// The environment or the store cannot be read or written, what an earlier run left cannot be taken back. Once traffic was moved, all
/// else is an outcome.
pub fn run(source: &Source, question: &Question<'_>, order: &Order<'_>, run: &Run<'_>) -> Result<Rolled, Box<Trouble>> {
    let environment = gate::live(source)?;
    timely(question, order)?;
    let mut rolled = Rolled {
        label: question.environment.to_owned(),
        target: environment.describe(),
        by: order.shifter.describe(),
        passage: None,
        stages: order.stages.iter().map(|share| Stage { share: *share, state: Stands::Planned }).collect(),
        outcome: Outcome::Refused,
        run: None,
        is_halted: false,
        is_interrupted: false,
        notes: Vec::new(),
    };
    let refused = |rolled: &mut Rolled, gate: Gate| {
        let (label, target, at) = (rolled.label.clone(), rolled.target.clone(), (question.now)().to_string());
        rolled.passage = Some(Passage { label, target, at, gates: vec![gate], breakers: Vec::new(), fault: None });
    };
    if order.gives_up {
        match given_up(question, order, environment)? {
            Ok(outcome) => rolled.outcome = outcome,
            Err(gate) => refused(&mut rolled, gate),
        }
        if let Outcome::GivenUp(runs) = &rolled.outcome {
            rolled.notes = runs.iter().map(|(run, held)| format!("run {run} did not give back: {held}")).collect();
        }
        return Ok(rolled);
    }
    match restored(question, order)? {
        Ok(runs) if order.is_back => {
            rolled.outcome = Outcome::Restored(runs);
            return Ok(rolled);
        }
        Ok(runs) => rolled.notes.extend(runs.iter().map(|run| format!("what run {run} had left elsewhere was taken back first"))),
        Err(gate) => {
            refused(&mut rolled, gate);
            return Ok(rolled);
        }
    }
    let (passage, replicas) = match gate::looked(source, question, run) {
        Ok(looked) => looked,
        // Nothing is moved where nothing can be read, and whoever asked has an answer all the same.
        Err(trouble) if matches!(trouble.class, Class::Unreachable | Class::CouldNotTell) => {
            let untold = question.untold(environment.describe(), &trouble.to_string());
            rolled.passage = Some(Passage { fault: Some(trouble.class), ..untold });
            return Ok(rolled);
        }
        Err(trouble) => return Err(trouble),
    };
    if passage.exit_code() != 0 {
        rolled.passage = Some(passage);
        return Ok(rolled);
    }
    let before = order.shifter.spread()?;
    if let Some(gate) = ahead(question, order, &mut rolled.notes)? {
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

/// That looks come often enough to tell a share again before it ends by itself.
fn timely(question: &Question<'_>, order: &Order<'_>) -> Result<(), Box<Trouble>> {
    let look = question.plan.interval + question.plan.bound();
    let least = look.saturating_mul(course::AGAIN);
    match order.limit.filter(|limit| *limit < least && !order.is_back) {
        None => Ok(()),
        Some(limit) => {
            let trouble = Trouble::new(Class::Configuration, "traffic would go back by itself between two looks at breakers");
            let trouble = trouble.expected(format!(
                "limit under [rollout] of {} s at the least: {} looks, each with its interval",
                least.as_secs_f64(),
                course::AGAIN
            ));
            Err(Box::new(trouble.found(format!("{} s", limit.as_secs_f64())).fix("a longer limit, or a shorter interval under [breakers]")))
        }
    }
}

/// Where more is moved already than the first stage would: that stage would take traffic back from what serves it.
fn ahead(question: &Question<'_>, order: &Order<'_>, notes: &mut Vec<String>) -> Result<Option<Gate>, Box<Trouble>> {
    let Some(first) = order.stages.first() else { return Ok(None) };
    let limit = format!("no more is moved than the first stage, {first} %");
    if let Some(share) = order.shifter.share()? {
        let is_ahead = share > f64::from(*first) + NEAR;
        let gate = Gate::new("traffic", limit, Some(false), format!("{share:.0} % of the traffic is moved already"));
        return Ok(
            is_ahead.then(|| gate.fix("it may be done; where it is not, spread it as it was before, or write stages that begin beyond"))
        );
    }
    let Some((share, entry)) = stood(question)?.filter(|(share, _)| share > first) else { return Ok(None) };
    let ended = entry.ended.as_ref().map(|ended| ended.at.as_str()).unwrap_or_default();
    let found = format!("run {} moved {} and left it so, {ended}; nobody reads back how it is spread now", entry.number, called(share));
    let runs = question.store.releases(question.environment, 1)?;
    // Another release begins at the beginning.
    if let Some(since) = Entry::last_release(&runs).filter(|release| release.number > entry.number) {
        notes.push(format!("{found}; run {} ({}) came since, and it begins at the first stage", since.number, since.intention.verb));
        return Ok(None);
    }
    if order.anew {
        notes.push(format!("{found}; it begins at the first stage, as --anew says"));
        return Ok(None);
    }
    let gate = Gate::new("traffic", limit, Some(false), found);
    Ok(Some(gate.fix("it may be done; where traffic is spread otherwise by now: --anew begins at the first stage").origin("the journal")))
}

fn intention(question: &Question<'_>, order: &Order<'_>, environment: &dyn Environment, ground: String) -> Intention {
    let act = |share: &u8| Act { what: called(*share), statements: order.shifter.words(*share) };
    written_down(question, order, environment, ground, order.stages.iter().map(act).collect())
}

fn written_down(question: &Question<'_>, order: &Order<'_>, environment: &dyn Environment, ground: String, acts: Vec<Act>) -> Intention {
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
        artifact: None,
        rewritten: None,
        acts,
    }
}

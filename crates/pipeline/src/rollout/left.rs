//! What earlier runs have left of traffic: taken back, given up by a person's word, or where it stands by the journal.
//!
//! Neighbours: `rollout`, which begins with it; `course`, which writes it down.

use super::Order;
use crate::gate::Question;
use evenkeel_core::deployment::Gate;
use evenkeel_core::deployment::rolled::{Outcome, left};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Act, Ending, Entry, Environment, Intended, Intention, Store};

/// How many runs back one is looked for that moved traffic and has it stand.
const BACK: u32 = 50;
/// Behind a share, in what an act of a run is called.
const OF: &str = " % of the traffic";

/// Takes back what earlier runs left elsewhere; a gate where one is at it still, or that cannot be told.
pub(super) fn restored(question: &Question<'_>, order: &Order<'_>) -> Result<Result<Vec<u32>, Gate>, Box<Trouble>> {
    const LIMIT: &str = "no other run moves traffic";
    let store = question.store;
    let unfinished = store.unfinished(question.environment)?;
    let at_it: Vec<&Entry> = unfinished.iter().filter(|entry| entry.intention.verb == Intention::ROLLOUT).collect();
    for entry in &at_it {
        let gate = |holds, found: String| Gate::new("rollout", LIMIT, holds, found).fix("wait until it has ended: evenkeel runs");
        match entry.is_there(question.is_there) {
            Some(true) => return Ok(Err(at_work(entry))),
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
                trouble.fix(format!(
                    "name that way under [rollout] once more; or, where that cannot be: evenkeel rollout {} --back --give-up, which leaves traffic \
                     where it is (evenkeel runs {} has how it was)",
                    question.environment, entry.number
                )),
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
    runs.extend(store.holding(environment)?);
    runs.extend(store.runs(Some(environment), BACK)?);
    runs.retain(|entry| entry.intention.verb == Intention::ROLLOUT);
    runs.sort_by_key(|entry| std::cmp::Reverse(entry.number));
    runs.dedup_by_key(|entry| entry.number);
    Ok(runs)
}

fn unread(entry: &Entry) -> Box<Trouble> {
    let trouble =
        Trouble::new(Class::CouldNotTell, format!("how traffic was spread before run {} does not stand in the journal", entry.number));
    Box::new(
        trouble
            .found(entry.held.join("; "))
            .fix(format!("spread it by hand as it is to be, and then: evenkeel rollout {} --back --give-up", entry.intention.environment)),
    )
}

/// What an act that moves such a share is called.
pub(super) fn called(share: u8) -> String {
    format!("{share}{OF}")
}

/// The share that an act moves.
fn share_of(act: &Act) -> Option<u8> {
    act.what.split_once(OF)?.0.parse().ok()
}

/// Where traffic stands by the journal, for whoever moves it without saying how it is spread: the share, and the run that moved it. What was
/// taken back is none.
pub(super) fn stood(question: &Question<'_>) -> Result<Option<(u8, Entry)>, Box<Trouble>> {
    let runs = moving(question.store, question.environment)?;
    let is_done = |entry: &Entry| entry.ended.as_ref().is_some_and(|ended| ended.ending == Ending::Done);
    let last = runs.into_iter().find(|entry| is_done(entry) || entry.steps.iter().any(|step| step.begun.is_some()));
    let done = last.filter(|entry| is_done(entry));
    Ok(done.and_then(|entry| Some((share_of(&entry.steps.last()?.act)?, entry))))
}

/// Says that what earlier runs left stays where it is, and that nobody takes it back any more. A run of its own says so, whoever asks later.
pub(super) fn given_up(
    question: &Question<'_>,
    order: &Order<'_>,
    environment: &dyn Environment,
) -> Result<Result<Outcome, Gate>, Box<Trouble>> {
    let store = question.store;
    let unfinished = store.unfinished(question.environment)?;
    let at_it: Vec<&Entry> = unfinished.iter().filter(|entry| entry.intention.verb == Intention::ROLLOUT).collect();
    if let Some(entry) = at_it.iter().find(|entry| entry.is_there(question.is_there) == Some(true)) {
        return Ok(Err(at_work(entry)));
    }
    let runs = moving(store, question.environment)?;
    let left: Vec<&Entry> = left(runs.iter()).collect();
    let Some(last) = left.first() else { return Ok(Ok(Outcome::GivenUp(Vec::new()))) };
    let begun = last.steps.iter().rev().find(|step| step.begun.is_some()).and_then(|step| share_of(&step.act));
    let what = begun.map_or_else(|| "no stage was begun".to_owned(), |share| format!("{} stays, and nobody watches it", called(share)));
    let told: Vec<(u32, String)> = left.iter().map(|entry| (entry.number, entry.held.join("; "))).collect();
    let statements = told.iter().map(|(run, held)| format!("given up, of run {run}: {held}")).collect();
    let acts = vec![Act { what, statements }];
    let intention = super::written_down(question, order, environment, last.intention.ground.clone(), acts);
    let intended = match Intended::write(store, &intention, &at_it)? {
        Ok(intended) => intended,
        Err(other) => return Ok(Err(at_work(&other))),
    };
    for entry in &left {
        for held in &entry.held {
            store.hold(entry.number, held, false)?;
        }
    }
    for entry in at_it {
        store.end(entry.number, Ending::Lost, &format!("its process is gone; what it had moved was given up by {}", order.by))?;
    }
    intended.ended(Ending::Done, "what earlier runs had left stays where it is")?;
    Ok(Ok(Outcome::GivenUp(told)))
}

fn at_work(entry: &Entry) -> Gate {
    let found = format!("{}; {} is there still", entry.unfinished(), entry.whereabouts());
    Gate::new("rollout", "no other run moves traffic", Some(false), found).fix("wait until it has ended: evenkeel runs")
}

/// As it is kept beside an act: who moves traffic, and how it was spread.
pub(super) fn written(who: &str, spread: Option<&str>) -> String {
    spread.map_or_else(|| who.to_owned(), |spread| format!("{who}\n{spread}"))
}

fn read(mark: &str) -> Option<(&str, Option<&str>)> {
    let (who, spread) = mark.split_once('\n').map_or((mark, None), |(who, spread)| (who, Some(spread)));
    (!who.is_empty()).then_some((who, spread))
}

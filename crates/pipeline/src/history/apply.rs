//! A repair, run where it counts: behind its gates, under a claim, each act written down before it is done.
//!
//! Lives here: the gates, the acts in their order, and judging again. Does not live here: what an act is made of (`acts`), locks and
//! sessions (`Claim` of each engine), where the journal is kept (`Store`).

use super::acts::{Deed, acts};
use super::ground::ground;
use super::ledger::places;
use super::order::Order;
use super::orphans;
use super::records::taken;
use super::{Repair, Repairing, Wanted};
use crate::capture::{self, Source};
use crate::lease;
use crate::replay::Means;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::history::effect::found;
use evenkeel_core::history::told::{History, Ledger};
use evenkeel_core::patch::{Dialect, Proof};
use evenkeel_core::port::{
    Answer, Claim, Claimed, Ending, Entry, Environment, Intended, Limits, Orphan, Refused, Run, State, Stop, Tool, Wish,
};

/// What came of it.
#[derive(Debug)]
pub struct Applied {
    pub before: History,
    pub repair: Repair,
    pub outcome: Outcome,
    /// As it was judged afterwards, where anything was run.
    pub after: Option<History>,
    /// Worth a word: runs that did not end, what could not be given back or looked at.
    pub notes: Vec<String>,
    pub exit_code: u8,
}

/// Whether anything was run.
#[derive(Debug)]
pub enum Outcome {
    /// Nothing was to be done.
    Nothing,
    /// A gate was closed: why.
    Refused(Vec<String>),
    /// As the journal has it; what ended it before its last act.
    Ran { entry: Box<Entry>, stopped: Option<String> },
}

/// Why a gate is closed; whether that is because something could not be told.
struct Shut {
    why: String,
    is_untold: bool,
}

/// Judges, works out the repair, and runs it.
///
/// # Errors
/// As [`super::repair`]; the store cannot be read or written; the environment is a file, or cannot be claimed.
pub fn apply(
    source: &Source,
    wanted: &Wanted<'_>,
    means: &Means<'_>,
    run: &Run<'_>,
    asked: Repairing,
    order: &Order<'_>,
) -> Result<Applied, Box<Trouble>> {
    let Source::Live { environment, .. } = source else {
        let trouble = Trouble::new(Class::Usage, format!("nothing can be written to {}", source.label()));
        return Err(Box::new(trouble.expected("a live environment").found("a file, or a replica")));
    };
    let (before, repair) = super::repair(source, wanted, means, run, asked)?;
    let ended = orphans::ended(&before, (&**environment, means, run), order)?;
    let (before, repair) = match &ended {
        Some(_) => super::repair(source, wanted, means, run, asked)?,
        None => (before, repair),
    };
    let repair = repair.ok_or_else(|| Box::new(Trouble::new(Class::Internal, "a repair was asked for, and there is none")))?;
    let engine = run.engines.of(before.endpoint.engine);
    let dialect = engine.dialect(&before.endpoint)?;
    let deeds = acts(&repair, &*dialect, order.allow_destructive);
    let unfinished = lease::unfinished(order.store, order.environment, order.is_there, run)?;
    let gone: Vec<&Entry> = unfinished.iter().filter(|entry| entry.is_there(order.is_there) != Some(true)).collect();
    let orphaned: Vec<Orphan> = gone.iter().flat_map(|entry| Orphan::of(entry)).collect();
    let notes = ended.into_iter().flatten().chain(unfinished.iter().map(Entry::unfinished)).collect();
    let mut applied = Applied { before, repair, outcome: Outcome::Nothing, after: None, notes, exit_code: 0 };
    let is_whole = applied.repair.is_whole(order.allow_destructive);
    if deeds.is_empty() && orphaned.is_empty() {
        applied.exit_code = u8::from(!applied.before.in_flight.is_empty() || !applied.before.gaps.is_empty()) * 2;
        if is_whole {
            // Of one of another machine nobody here can tell, as long as no lock is held.
            let is_over = |entry: &&&Entry| entry.is_there(order.is_there) == Some(false);
            let over: Vec<&Entry> = gone.iter().filter(is_over).copied().collect();
            settle(&over, order, "what is there was judged anew, and nothing is to be repaired")?;
        } else {
            (applied.outcome, applied.exit_code) = (Outcome::Refused(vec!["nothing of it can be applied".to_owned()]), 1);
        }
        return Ok(applied);
    }
    let shut = gates(&applied, !deeds.is_empty(), &unfinished, order)?;
    if !shut.is_empty() {
        applied.exit_code = if shut.iter().all(|one| one.is_untold) { 2 } else { 1 };
        applied.outcome = Outcome::Refused(shut.into_iter().map(|one| one.why).collect());
        return Ok(applied);
    }
    let intention =
        order.intention(environment.describe(), applied.repair.ground.clone(), deeds.iter().map(|deed| deed.act.clone()).collect());
    let intended = match Intended::write(order.store, &intention, &gone)? {
        Ok(intended) => intended,
        Err(other) => {
            (applied.outcome, applied.exit_code) = (Outcome::Refused(vec![lease::held(&other)]), 1);
            return Ok(applied);
        }
    };
    let asked = (source, wanted, means, run);
    lease::beating(&intended, || under_claim(&intended, applied, &deeds, (&gone, &orphaned), asked, order))
}

/// What was asked: of which environment, by which means.
type Sought<'a> = (&'a Source, &'a Wanted<'a>, &'a Means<'a>, &'a Run<'a>);

/// Takes the claim, looks once more, and does the acts.
fn under_claim(
    intended: &Intended<'_>,
    mut applied: Applied,
    deeds: &[Deed],
    (gone, orphaned): (&[&Entry], &[Orphan]),
    (source, wanted, means, run): Sought<'_>,
    order: &Order<'_>,
) -> Result<Applied, Box<Trouble>> {
    let environment = match source {
        Source::Live { environment, .. } => environment,
        _ => return Err(Box::new(Trouble::new(Class::Internal, "an environment that is none was claimed"))),
    };
    let engine = run.engines.of(applied.before.endpoint.engine);
    let dialect = engine.dialect(&applied.before.endpoint)?;
    let is_whole = applied.repair.is_whole(order.allow_destructive);
    let place = applied.repair.place.clone();
    let tool = place.as_ref().map(|(schema, table)| Tool { name: applied.before.tool, schema, table });
    let wish = Wish { intended, tool, patience: order.patience, limits: means.limits, orphaned };
    let claimed = environment.claim(&wish, &run.watch);
    let mut claim = match claimed {
        Ok(Claimed::Held(claim)) => claim,
        Ok(Claimed::Taken(who)) => {
            intended.ended(Ending::Refused, &who)?;
            (applied.outcome, applied.exit_code) = (Outcome::Refused(vec![who]), 1);
            return Ok(applied);
        }
        Err(trouble) => {
            intended.ended(Ending::Refused, &trouble.to_string())?;
            return Err(trouble);
        }
    };
    settle(gone, order, &format!("what is there was judged anew by run {}", intended.number()))?;
    let work = Work {
        source,
        environment: &**environment,
        run,
        limits: means.limits,
        repair: &applied.repair,
        before: &applied.before,
        dialect: &*dialect,
        undoes: engine.undoes_definitions(),
    };
    let stopped = match work.still_so(&*claim) {
        Ok(None) => work.all(&mut *claim, intended, deeds),
        Ok(Some(why)) => {
            applied.notes.extend(claim.release().err().map(|trouble| trouble.to_string()));
            intended.ended(Ending::Refused, &why)?;
            (applied.outcome, applied.exit_code) = (Outcome::Refused(vec![why]), 1);
            return Ok(applied);
        }
        Err(trouble) => {
            drop(claim);
            intended.ended(Ending::Refused, &trouble.to_string())?;
            return Err(trouble);
        }
    };
    applied.notes.extend(claim.release().err().map(|trouble| words(&trouble)));
    let (ending, said) = match &stopped {
        None => (Ending::Done, "every act is in".to_owned()),
        Some(why) => (Ending::Stopped, why.clone()),
    };
    intended.ended(ending, &said)?;
    let entry = order.store.run(intended.number())?;
    if !run.watch.stop.is_requested() {
        match super::run(source, wanted, means, run) {
            Ok(after) => applied.after = Some(after),
            Err(trouble) => applied.notes.push(format!("what is there now was not judged: {}", words(&trouble))),
        }
    }
    if stopped.is_none() {
        applied.notes.extend(applied.repair.rows.clone());
    }
    applied.exit_code = match (&stopped, &applied.after) {
        _ if run.watch.stop.is_requested() => Class::Interrupted.exit_code(),
        (Some(_), _) => 1,
        (None, None) => 2,
        (None, Some(after)) if after.exit_code != 0 => after.exit_code,
        (None, Some(_)) if !is_whole => 1,
        // The schema is made; whether rows are, no history tells.
        (None, Some(_)) => u8::from(!applied.repair.rows.is_empty()) * 2,
    };
    if !deeds.is_empty() {
        let entry = entry.ok_or_else(|| Box::new(Trouble::new(Class::CouldNotTell, "the run that was just written down is not there")))?;
        applied.outcome = Outcome::Ran { entry: Box::new(entry), stopped };
    }
    Ok(applied)
}

/// Runs that are gone are over: what they left was given back, and what is there was looked at.
fn settle(gone: &[&Entry], order: &Order<'_>, why: &str) -> Result<(), Box<Trouble>> {
    for entry in gone {
        for what in &entry.held {
            order.store.hold(entry.number, what, false)?;
        }
        order.store.end(entry.number, Ending::Lost, &format!("its process is gone; {why}"))?;
    }
    Ok(())
}

/// What keeps it from being run.
fn gates(applied: &Applied, has_acts: bool, unfinished: &[Entry], order: &Order<'_>) -> Result<Vec<Shut>, Box<Trouble>> {
    let shut = |why: String| Shut { why, is_untold: false };
    let untold = |why: String| Shut { why, is_untold: true };
    let mut all: Vec<Shut> = order.store.halted(order.environment)?.map(|halt| shut(halt.words())).into_iter().collect();
    all.extend(order.locked.map(|words| shut(format!("parity-lock: {words}"))));
    for entry in unfinished.iter().filter(|entry| entry.is_there(order.is_there) == Some(true)) {
        all.push(shut(format!("{}, and {} is there still", entry.unfinished(), entry.whereabouts())));
    }
    let Applied { before, repair, .. } = applied;
    // A lock that a run of ours left is given back.
    let left =
        before.ledger.as_ref().filter(|_| unfinished.iter().any(|entry| !entry.held.is_empty())).map(|ledger: &Ledger| taken(ledger));
    let in_flight = before.in_flight.iter().filter(|line| Some(*line) != left.as_ref());
    all.extend(in_flight.map(|line| untold(format!("in flight: {line}"))));
    all.extend(before.gaps.iter().map(|gap| untold(format!("could not be told: {gap}"))));
    match &repair.proof {
        _ if !has_acts => {}
        Proof::Proven { .. } if repair.failed.is_empty() => {}
        Proof::Not { why } => all.push(shut(format!("the repair is not proven: {why}"))),
        _ => all.push(shut(format!("the repair is not proven: {}", repair.failed.join("; ")))),
    }
    Ok(all)
}

/// What the acts need.
struct Work<'a> {
    source: &'a Source,
    environment: &'a dyn Environment,
    run: &'a Run<'a>,
    limits: Limits,
    repair: &'a Repair,
    before: &'a History,
    dialect: &'a dyn Dialect,
    /// A transaction that is not committed had no effect, whatever was in it.
    undoes: bool,
}

/// What became of an act.
enum Became {
    Done,
    Failed(String),
    Unknown(String),
}

impl Work<'_> {
    /// That the target is still what the repair was proven on, now that nobody of ours or of the tool can change it; else why not.
    fn still_so(&self, claim: &dyn Claim) -> Result<Option<String>, Box<Trouble>> {
        let now = capture::manifest(self.source, self.run)?;
        if now.endpoint.is_same_database(&self.before.endpoint) == Some(false) {
            return Ok(Some("another server or database answers than the one that was judged".to_owned()));
        }
        if ground(&now) != self.repair.ground {
            return Ok(Some(
                "schema or record changed since they were judged, and the repair was proven on them as they were: \
                            run it again"
                    .to_owned(),
            ));
        }
        let flights = self.environment.flights(&self.limits, &claim.sessions(), &places(&now), &self.run.watch)?;
        let seen = flights.seen.into_iter().map(|line| format!("in flight: {line}"));
        Ok(seen.chain(flights.hidden).next())
    }

    /// Does them in their order; why it stopped before the last, where it did.
    fn all(&self, claim: &mut dyn Claim, intended: &Intended<'_>, deeds: &[Deed]) -> Option<String> {
        for (at, deed) in (0..).zip(deeds) {
            let before = format!("before act {} of {}", at + 1, deeds.len());
            if self.run.watch.stop.is_requested() {
                return Some(format!("somebody asked for the end, {before}"));
            }
            let ready = deed.after.map_or(Ok(None), |block| self.lacks(block));
            match ready.and_then(|lack| claim.check().map(|()| lack)) {
                Ok(None) => {}
                Ok(Some(lack)) => return Some(format!("{lack}, {before}: nothing is recorded that is not so")),
                Err(trouble) => return Some(format!("{}, {before}", words(&trouble))),
            }
            if let Err(trouble) = intended.begins(at) {
                return Some(format!("{}, {before}", words(&trouble)));
            }
            let (state, said) = match self.act(claim, deed) {
                Became::Done => (State::Done, None),
                Became::Failed(why) => (State::Failed, Some(why)),
                Became::Unknown(why) => (State::Unknown, Some(why)),
            };
            let kept = intended.became(at, state, said.as_deref());
            let what = &deed.act.what;
            match (said, kept) {
                (None, Ok(())) => {}
                (None, Err(trouble)) => return Some(format!("{what}: it is in, and that could not be written down: {}", words(&trouble))),
                (Some(why), _) if state == State::Unknown => return Some(format!("{what}: nobody knows whether it is in: {why}")),
                (Some(why), _) => return Some(format!("{what}: {why}")),
            }
        }
        None
    }

    /// What of a block is not as it should be, now that its statements ran.
    fn lacks(&self, block: usize) -> Result<Option<String>, Box<Trouble>> {
        let (Some(due), Some(goal)) = (self.repair.due.get(block), &self.repair.goal) else { return Ok(None) };
        let now = capture::manifest(self.source, self.run)?;
        Ok(due.iter().find(|spot| found(spot, &now) != found(spot, goal)).map(|spot| {
            let attribute = spot.attribute.map(|attribute| format!(" ({attribute})")).unwrap_or_default();
            let (expected, found) = (found(spot, goal).shown(), found(spot, &now).shown());
            format!("{} {}{attribute} is {found} after its statements ran, and should be {expected}", spot.kind.name(), spot.display())
        }))
    }

    fn act(&self, claim: &mut dyn Claim, deed: &Deed) -> Became {
        let refused = |refused: Refused| Became::Failed(format!("{} ({})", refused.message, refused.code));
        let mut session = match claim.session(self.dialect.opening()) {
            Ok(session) => session,
            Err(trouble) => return Became::Failed(words(&trouble)),
        };
        if !deed.alone
            && let Err(trouble) = session.begin(&self.limits)
        {
            return Became::Failed(words(&trouble));
        }
        for (at, statement) in deed.act.statements.iter().enumerate() {
            let why = match session.run(statement) {
                _ if at > 0 && self.gives_up() => Became::Failed("somebody asked for the end: rolled back".to_owned()),
                Ok(Answer::Ran(_)) => continue,
                Ok(Answer::Refused(why)) => refused(why),
                Err(trouble) if self.undoes && !deed.alone => Became::Failed(format!("{}: it was not committed", words(&trouble))),
                Err(trouble) => return Became::Unknown(words(&trouble)),
            };
            // A session that is lost has rolled back.
            drop(if deed.alone { Ok(()) } else { session.roll_back() });
            return why;
        }
        match if deed.alone { Ok(Answer::Ran(Default::default())) } else { session.commit() } {
            Ok(Answer::Ran(_)) => Became::Done,
            Ok(Answer::Refused(why)) => {
                drop(session.roll_back());
                refused(why)
            }
            Err(trouble) => Became::Unknown(words(&trouble)),
        }
    }

    /// Whether somebody asked for the end while a transaction is open that can be given up.
    fn gives_up(&self) -> bool {
        let stop: &Stop = self.run.watch.stop;
        self.undoes && stop.is_requested()
    }
}

/// A failure in one line, with what to do about it.
fn words(trouble: &Trouble) -> String {
    let fix = trouble.fix.as_ref().map(|fix| format!("; to do: {fix}")).unwrap_or_default();
    format!("{trouble}{fix}")
}

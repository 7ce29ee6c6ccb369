//! What happens under the claim: what is left of earlier runs is settled, everything is looked at once more, then the acts, each compared
//! afterwards with what it did when it was rehearsed.

use super::alone::{Left, Mark, without};
use super::deeds::Deed;
use super::gates;
use super::resume::{self, Past};
use super::work::{End, Hands};
use super::{Order, Proof, back, loose, tool};
use crate::capture::{self, Source};
use crate::history::{self, Recording};
use crate::lease;
use crate::migrations::Migrations;
use crate::rehearse::Release;
use crate::remains;
use evenkeel_core::deployment::{Deployed, Gate, Outcome};
use evenkeel_core::evidence::{Step, schema, stands_as, unlike};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::patch::{Form, World, plan};
use evenkeel_core::port::{
    Answer, Claim, Claimed, Deployer, Ending, Engine, Entry, Environment, Event, Intended, Intention, Orphan, Run, State, Trail, Wish,
};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// What the acts need.
pub(super) struct Work<'a> {
    pub source: &'a Source,
    pub environment: &'a dyn Environment,
    pub engine: &'a dyn Engine,
    pub deployer: &'a dyn Deployer,
    pub order: &'a Order<'a>,
    pub run: &'a Run<'a>,
    pub release: &'a Release,
    /// What of it is not as its files have it, as the journal keeps it.
    pub rewritten: Option<&'a str>,
    pub recording: Option<&'a Recording>,
    pub read: &'a Migrations,
}

impl Work<'_> {
    /// Takes the claim, looks once more, and does the acts.
    ///
    /// # Errors
    /// As [`super::run`].
    pub fn under_claim(
        &self,
        mut deployed: Deployed,
        deeds: Vec<Deed>,
        (earlier, gone): (&[Entry], &[&Entry]),
        target: &Manifest,
        hands: Hands<'_>,
    ) -> Result<Deployed, Box<Trouble>> {
        let order = self.order;
        let orphaned: Vec<Orphan> = gone.iter().flat_map(|entry| Orphan::of(entry)).collect();
        let intention = Intention {
            verb: order.verb().to_owned(),
            environment: order.environment.to_owned(),
            target: self.environment.describe(),
            by: order.by.to_owned(),
            owner: order.owner.clone(),
            reason: order.reason.map(str::to_owned),
            snapshot: None,
            ground: schema(target).unwrap_or_default(),
            digest: Intention::digest_of(&deeds.iter().map(|deed| deed.act.clone()).collect::<Vec<_>>()),
            artifact: Some(self.read.digest()),
            rewritten: self.rewritten.map(str::to_owned),
            acts: deeds.iter().map(|deed| deed.act.clone()).collect(),
        };
        let intended = match Intended::write(order.store, &intention, gone)? {
            Ok(intended) => intended,
            Err(other) => {
                // It came between the look and now.
                let gate = Gate::new("journal", "no other run is at work there", Some(false), lease::held(&other));
                deployed.gates.push(gate.fix("wait until it has ended: evenkeel runs"));
                (deployed.outcome, deployed.exit_code) = (Outcome::Refused, 1);
                return Ok(deployed);
            }
        };
        lease::beating(&intended, || self.as_intended(&intended, deployed, deeds, (earlier, gone), (target, &orphaned), hands))
    }

    fn as_intended(
        &self,
        intended: &Intended<'_>,
        mut deployed: Deployed,
        deeds: Vec<Deed>,
        (earlier, gone): (&[Entry], &[&Entry]),
        (target, orphaned): (&Manifest, &[Orphan]),
        hands: Hands<'_>,
    ) -> Result<Deployed, Box<Trouble>> {
        let order = self.order;
        let refuse = |mut deployed: Deployed, why: String, code: u8| -> Result<Deployed, Box<Trouble>> {
            intended.ended(Ending::Refused, &why)?;
            let gate = Gate::new(
                "claim",
                "the right to write is ours, and everything is as it was",
                if code == 2 { None } else { Some(false) },
                why,
            );
            deployed.gates.push(gate.fix("wait for whoever has it, and run it again"));
            (deployed.outcome, deployed.exit_code) = (Outcome::Refused, code);
            Ok(deployed)
        };
        let limits = order.bounds.limits;
        // The tool takes its own lock.
        let tools = self.recording.map(tool).filter(|_| order.with.is_none());
        let wish = Wish { intended, tool: tools, patience: order.patience, limits, orphaned };
        let mut claim = match self.environment.claim(&wish, &self.run.watch) {
            Ok(Claimed::Held(claim)) => claim,
            Ok(Claimed::Taken(who)) => return refuse(deployed, who, 1),
            Err(trouble) => {
                intended.ended(Ending::Refused, &trouble.to_string())?;
                return Err(trouble);
            }
        };
        // Somebody may have locked it since: who locks holds the same claim, or looks at the journal after that.
        let locked = (order.locked)(target, false).map(|gate| (gate.holds != Some(true)).then_some(gate.found));
        if let Some(why) = locked.as_ref().map_or_else(|trouble| Some(trouble.to_string()), Clone::clone) {
            deployed.notes.extend(claim.release().err().map(|trouble| trouble.to_string()));
            let code = if locked.is_ok() { 1 } else { 2 };
            return refuse(deployed, why, code);
        }
        let ready = self.ready(&mut *claim, (earlier, gone), (target, &deeds), &mut deployed);
        let before = match ready {
            Ok(Ok(before)) => before,
            Ok(Err((why, code))) => {
                deployed.notes.extend(claim.release().err().map(|trouble| trouble.to_string()));
                return refuse(deployed, why, code);
            }
            Err(trouble) => {
                drop(claim);
                intended.ended(Ending::Refused, &trouble.to_string())?;
                return Err(trouble);
            }
        };
        let past = if order.resume { resume::past(&self.earlier_now(earlier)?, &deeds) } else { Past::default() };
        let skipped = resume::skipped(&deeds, &past);
        for (at, deed) in (0..).zip(deeds.iter().take(skipped)) {
            let known = past.done.iter().find(|step| step.act == deed.act);
            let trail = known.map(|step| step.trail.clone()).unwrap_or_default();
            intended.leaves(at, &Trail { of: deed.of.first().cloned(), ..trail })?;
            intended.became(at, State::Done, Some("it was in already, by an earlier run"))?;
            deployed.notes.push(format!("{}: it is in already", deed.act.what));
        }
        // What is taken back nobody uses meanwhile.
        let draining = order.draining.as_ref().filter(|_| order.back.is_some() && skipped < deeds.len());
        if let Some(draining) = draining {
            let closed = match draining.close(self.environment, &limits, (intended, self.run)) {
                Ok(Ok(())) => None,
                Ok(Err(why)) => Some((Some(false), why)),
                Err(trouble) => Some((None, trouble.to_string())),
            };
            if let Some((holds, why)) = closed {
                deployed.notes.extend(claim.release().err().map(|trouble| trouble.to_string()));
                intended.ended(Ending::Refused, &why)?;
                let gate = Gate::new("drain", "no client is at work while it is taken back", holds, why).origin("[rollback]");
                deployed.gates.push(gate.fix("end what they do, or stop the application, and run it again"));
                deployed.outcome = Outcome::Refused;
                deployed.exit_code = match (self.run.watch.stop.is_requested(), holds) {
                    (true, _) => Class::Interrupted.exit_code(),
                    (false, Some(_)) => 1,
                    (false, None) => 2,
                };
                return Ok(deployed);
            }
        }
        let begun = Instant::now();
        let ended = match (&order.with, deeds.first()) {
            (Some(with), Some(deed)) => self.with_tool(with, &mut *claim, (intended, deed), before, &mut deployed),
            _ => match claim.session(&[]).and_then(|mut session| self.deployer.course(&mut *session)) {
                Ok(course) => {
                    let hands = Hands { course: course.as_deref(), ..hands };
                    self.all(&mut *claim, (intended, hands), (&deeds, skipped), before, &mut deployed)
                }
                Err(trouble) => Err(trouble),
            },
        };
        deployed.notes.extend(claim.release().err().map(|trouble| trouble.to_string()));
        let out = draining.map(|draining| (draining.open(intended).err(), begun.elapsed()));
        let (stopped, code) = match ended {
            Ok(None) => (None, 0),
            Ok(Some((why, code))) => (Some(why), code),
            Err(trouble) => (Some(trouble.to_string()), 1),
        };
        let (ending, said) = match &stopped {
            None => (Ending::Done, "every act is in".to_owned()),
            Some(why) => (Ending::Stopped, why.clone()),
        };
        let told = intended.ended(ending, &said).and_then(|()| order.store.run(intended.number()));
        let (stopped, code) = match out {
            None => (stopped, code),
            Some((None, time)) => {
                deployed.notes.push(format!("clients were kept out for {} ms", time.as_millis()));
                (stopped, code)
            }
            Some((Some(trouble), _)) => {
                let why = stopped.unwrap_or_else(|| "every act is in".to_owned());
                let fix = trouble.fix.as_ref().map(|fix| format!("; {fix}")).unwrap_or_default();
                (Some(format!("{trouble}{fix}; {why}")), code.max(1))
            }
        };
        // What is in has to be told, whether or not it could be written down.
        let entry = told.map_err(|trouble| {
            let what = format!("{}: {said}; how it ended could not be written down: {}", order.environment, trouble.what);
            let fix = format!("once the store can be used: evenkeel {} {} --resume", order.verb(), order.environment);
            Box::new(Trouble { what, ..*trouble }.fix(fix))
        })?;
        let entry = entry.ok_or_else(|| Box::new(Trouble::new(Class::CouldNotTell, "the run that was just written down is not there")))?;
        deployed.outcome = Outcome::Ran { entry: Box::new(entry), stopped };
        deployed.exit_code = if self.run.watch.stop.is_requested() { Class::Interrupted.exit_code() } else { code };
        Ok(deployed)
    }

    /// The same runs, as the journal has them now.
    fn earlier_now(&self, earlier: &[Entry]) -> Result<Vec<Entry>, Box<Trouble>> {
        let mut now = Vec::new();
        for entry in earlier {
            now.extend(self.order.store.run(entry.number)?);
        }
        Ok(now)
    }

    /// Settles what is left of runs that are gone, and looks whether everything is still as it was judged. The schema as it is, or why not.
    fn ready(
        &self,
        claim: &mut dyn Claim,
        (earlier, gone): (&[Entry], &[&Entry]),
        (target, deeds): (&Manifest, &[Deed]),
        deployed: &mut Deployed,
    ) -> Result<Result<Manifest, (String, u8)>, Box<Trouble>> {
        let order = self.order;
        claim.check()?;
        let mut session = claim.session(&[])?;
        deployed.notes.extend(remains::orphans(gone, self.deployer, &mut *session)?);
        if let Some(tool) = gone.iter().find_map(|entry| remains::at_work(entry, order.owner)) {
            return Ok(Err((tool, 1)));
        }
        // One that has lost its lock may be at work still.
        let strangers = self.deployer.strangers(&mut *session)?;
        if !strangers.is_empty() {
            return Ok(Err((format!("sessions of another run of evenkeel are at work: {}", strangers.join("; ")), 1)));
        }
        let mut now = capture::manifest(self.source, self.run)?;
        if now.endpoint.is_same_database(&target.endpoint) == Some(false) {
            return Ok(Err(("another server or database answers than the one that was looked at".to_owned(), 1)));
        }
        // An orphan may have come to its end meanwhile: what it did is asked about below.
        let is_open = earlier.iter().any(|entry| entry.count(State::Unknown) > 0);
        if schema(&now) != schema(target) && !(is_open && order.resume) {
            return Ok(Err(("the schema changed since it was looked at".to_owned(), 1)));
        }
        let keys: Vec<&str> = self.release.cuts.iter().map(|cut| cut.migration.key.as_str()).collect();
        let due = match &order.back {
            Some(_) => back::still(&now, self.source.label(), self.read, &keys),
            None => {
                let pending = history::pending(&now, self.source.label(), self.read);
                let cuts = pending.at.iter().filter_map(|at| self.read.cuts.get(*at)).map(|cut| cut.migration.key.clone());
                pending.unknown.is_none().then(|| cuts.collect())
            }
        };
        if due.is_none_or(|due| !due.iter().map(String::as_str).eq(keys.iter().copied())) {
            return Ok(Err(("the record changed since it was looked at: run it again".to_owned(), 1)));
        }
        for entry in gone {
            // Clients that it keeps out are let in before anything else.
            for what in entry.held.iter().filter(|what| !entry.keeps_out().any(|who| what.ends_with(who))) {
                order.store.hold(entry.number, what, false)?;
            }
            order.store.end(entry.number, Ending::Lost, "its process is gone; what it left on the server was looked at")?;
        }
        if order.resume {
            let begun: Vec<&Entry> = earlier.iter().collect();
            let mut alone = |mark: &Mark| self.cleared(claim, mark);
            let settled =
                resume::settled(&begun, (order.store, self.deployer), (&mut *session, &mut alone), (schema(&now), order.unknown, deeds))?;
            // What was left may have been cleared away.
            now = capture::manifest(self.source, self.run)?;
            let past = resume::past(&settled, deeds);
            let baseline = gates::evidence(order, self.release, &now, &past).into_iter().filter(|gate| gate.name == "baseline");
            let unknown = (!past.unknown.is_empty()).then(|| past.unknown.join("; "));
            let not =
                baseline.filter(|gate| gate.holds != Some(true)).map(|gate| (gate.holds, format!("{}: {}", gate.limit, gate.found))).next();
            match (unknown, not) {
                (Some(why), _) => {
                    return Ok(Err((
                        format!(
                            "nobody can tell what is in: {why}; look at it, and say: evenkeel {} {} --resume --unknown-is in, or out",
                            order.verb(),
                            order.environment
                        ),
                        2,
                    )));
                }
                (None, Some((holds, why))) => return Ok(Err((why, if holds.is_none() { 2 } else { 1 }))),
                (None, None) => {}
            }
        }
        let mut besides = claim.sessions();
        besides.push(session.id());
        let places = self.recording.map(tool);
        let flights = self.environment.flights(&order.bounds.limits, &besides, places.as_slice(), &self.run.watch)?;
        let gate = gates::flights(&flights);
        match gate.holds {
            Some(true) => Ok(Ok(now)),
            holds => Ok(Err((format!("in flight: {}", gate.found), if holds.is_none() { 2 } else { 1 }))),
        }
    }
}

/// Why it stopped before the last act, and the code that says so.
type Stopped = Option<(String, u8)>;

impl Work<'_> {
    /// Does the acts in their order, but for the first ones, which are in.
    fn all(
        &self,
        claim: &mut dyn Claim,
        (intended, hands): (&Intended<'_>, Hands<'_>),
        (deeds, skipped): (&[Deed], usize),
        before: Manifest,
        deployed: &mut Deployed,
    ) -> Result<Stopped, Box<Trouble>> {
        let was = before.clone();
        let mut now = before;
        // The schema before the migration that is under way; nothing where an earlier run began it.
        let mut base = (skipped == 0).then(|| now.clone());
        for (at, deed) in (0..).zip(deeds).skip(skipped) {
            // A table that takes nothing back may have been made by the act before.
            let deed = &Deed { loose: deed.loose || deed.may_leave(loose(&now, self.engine)), ..deed.clone() };
            let place = format!("before act {} of {}", at + 1, deeds.len());
            if self.run.watch.stop.is_requested() {
                return Ok(Some((format!("somebody asked for the end, {place}"), 1)));
            }
            claim.check()?;
            self.run.watch.see(Event::Step { what: &deed.act.what });
            let mark = if deed.stepwise { Mark::of_step(&now, deed.due.as_ref()) } else { Mark::of(&now) }.on(hands.course);
            let kept = if deed.alone { mark.text() } else { None };
            // What it is told by later is there before it begins.
            let of = deed.of.first().filter(|_| deed.unrecorded).cloned();
            intended.leaves(at, &Trail { before: schema(&now), mark: kept, of, ..Trail::default() })?;
            intended.begins(at)?;
            let mut looked = |claim: &mut dyn Claim| self.cleared(claim, &mark);
            let (end, done) = hands.run(claim, (intended, at), deed, &mut looked)?;
            if let Some(broken) = &done.seen.broken {
                deployed.notes.push(format!("{}: who waited for it was not seen to the end: {broken}", deed.act.what));
            }
            if let Some(planned) = usize::try_from(at).ok().and_then(|at| deployed.acts.get_mut(at)) {
                planned.done = Some(done);
            }
            let (state, said) = match &end {
                End::Done => (State::Done, None),
                End::Failed(why) => (State::Failed, Some(why.clone())),
                End::Unknown(why) => (State::Unknown, Some(why.clone())),
            };
            let kept = intended.became(at, state, said.as_deref());
            match (end, kept) {
                (End::Done, Ok(())) => {}
                (End::Done, Err(trouble)) => {
                    return Ok(Some((format!("{}: it is in, and that could not be written down: {trouble}", deed.act.what), 1)));
                }
                (End::Failed(why), _) => return Ok(Some((format!("{}: {why}", deed.act.what), 1))),
                (End::Unknown(why), _) => {
                    return Ok(Some((format!("{}: nobody knows whether it is in: {why}", deed.act.what), 2)));
                }
            }
            now = capture::manifest(self.source, self.run)?;
            intended.leaves(at, &Trail { after: schema(&now), ..Trail::default() })?;
            if deed.completes {
                if let Some(stopped) = self.as_rehearsed(deed, base.as_ref(), &now) {
                    return Ok(Some(stopped));
                }
                base = Some(now.clone());
            }
        }
        if self.order.back.is_some() {
            return Ok(back::exact(&self.order.proof, &deployed.pending, &was, &now));
        }
        Ok(None)
    }

    /// Why what migrations did is not what they did when they were rehearsed.
    pub(super) fn as_rehearsed(&self, deed: &Deed, base: Option<&Manifest>, now: &Manifest) -> Stopped {
        let Proof::Evidence(statement, _) = &self.order.proof else { return None };
        if self.order.back.is_some() {
            // It is judged where it ends.
            return None;
        }
        let steps: Vec<&Step> = deed.of.iter().filter_map(|key| statement.predicate.steps.iter().find(|step| step.key == *key)).collect();
        let keys = deed.of.join(", ");
        if steps.len() < deed.of.len() {
            return Some((format!("{keys}: it is in, and the evidence does not say what it does: rehearse with this version"), 2));
        }
        let unlike = match base {
            Some(base) => unlike(&steps, base, now),
            None => stands_as(&steps, now),
        };
        match unlike {
            Ok(unlike) if unlike.is_empty() => None,
            Ok(unlike) => {
                let (shown, more) = (unlike.iter().take(NAMED).cloned().collect::<Vec<_>>(), unlike.len().saturating_sub(NAMED));
                let more = if more > 0 { format!("; and {more} more") } else { String::new() };
                Some((format!("{keys}: it is in, and did something else than when it was rehearsed: {}{more}", shown.join("; ")), 1))
            }
            Err(why) => Some((format!("{keys}: it is in, and whether it did what was rehearsed cannot be told: {why}"), 2)),
        }
    }

    /// What is left of an act that runs in no transaction; an index of no use that it made is dropped.
    fn cleared(&self, claim: &mut dyn Claim, mark: &Mark) -> Result<Left, Box<Trouble>> {
        let now = capture::manifest(self.source, self.run)?;
        let indexes = match mark.left(&now) {
            Left::Again(indexes) if !indexes.is_empty() => indexes,
            left => return Ok(left),
        };
        let dialect = self.engine.dialect(&now.endpoint)?;
        let goal = without(&now, &indexes);
        let planned = plan(&World::of(&now), &World::of(&goal), &*dialect, Form { offline: false, throwaway: false });
        // Whoever kept it from being built keeps it from being dropped, too.
        let until = Instant::now() + self.order.bounds.retry_for;
        for statement in planned.statements() {
            loop {
                let mut session = claim.session(dialect.opening())?;
                match session.run(&statement.sql)? {
                    Answer::Ran(_) => break,
                    Answer::Refused(refused) if self.deployer.passes(&refused.code) && Instant::now() < until => {
                        self.run.watch.stop.check()?;
                        std::thread::sleep(PAUSE);
                    }
                    Answer::Refused(_) => return Ok(Left::Unknown),
                }
            }
        }
        let left = mark.left(&capture::manifest(self.source, self.run)?);
        Ok(if left == Left::Again(BTreeSet::new()) { left } else { Left::Unknown })
    }
}

/// Between two attempts to drop an index of no use.
const PAUSE: Duration = Duration::from_millis(500);
/// So many differences are named.
const NAMED: usize = 5;

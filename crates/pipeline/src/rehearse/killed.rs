//! Kills: of whoever runs a migration, of the server's process for it, of the server; before its commit, after it, in the middle of a
//! statement. What is left of it, and what another run makes of that. Everything here runs on a copy of the throwaway server.
//!
//! Neighbours: `each`, which runs migrations; `stalled`, which has a statement stand where it can be killed.

use super::compared::{differences, whole, worded};
use super::each::{BASE, Each};
use super::eyes::Eyes;
use super::pending::Release;
use super::place::Place;
use super::rows::Undisturbed;
use super::samples::Samples;
use super::sizes::{Amount, Sizing, volumes};
use super::stalled::{Sent, Stalled, gone};
use crate::migrations::{Cut, Script};
use crate::replay::Stage;
use crate::runner::{Blind, Ground, INTERRUPTED, Manner, Runner, guarded};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::history::folder::Transaction;
use evenkeel_core::kind::Dimension;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{Event, Filler, Limits, Observer, Request, Session, Silent, Watch};
use evenkeel_core::rehearsal::{Difference, Kill, Left, Migration, Orphan, Rerun, Victim, bytes};
use evenkeel_core::statement::{Grammar, Nature, What};
use evenkeel_core::trace::{Blocks, Trace};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// As before the migration; where one is killed; as that kill left it.
const BEFORE: &str = "killed_before";
const TRIAL: &str = "killed_trial";
const LEFT: &str = "killed_left";

/// So many migrations of a release at most.
const MOST: usize = 10;
/// So many waits of one statement outside of any transaction at most.
const PHASES: usize = 4;
/// Copies are made of databases up to that size; beyond it tables get a hundredth of their rows.
const LARGE: u64 = 200 << 20;
/// How long somebody watches what a statement does whose client is gone, at most where the server looks after clients.
const ORPHANED: Duration = Duration::from_millis(1500);
/// And where it does not.
const UNNOTICED: Duration = Duration::from_millis(200);
/// What was ended is waited for as long.
const ENDING: Duration = Duration::from_secs(10);

/// Where they are tried.
struct Ward<'a> {
    place: Place,
    stage: Stage<'a>,
    grammar: &'a dyn Grammar,
    observer: &'a dyn Observer,
    filler: Option<&'a dyn Filler>,
    here: BTreeMap<String, u64>,
    watch: Watch<'a>,
}

/// One migration and how the schema is before it and after.
#[derive(Clone, Copy)]
struct Case<'c> {
    cut: &'c Cut,
    told: &'c Migration,
    before: &'c Manifest,
    after: &'c Manifest,
    /// What is in its tables; nothing where nobody reads that.
    rows: Option<&'c Undisturbed<'c>>,
}

/// When.
#[derive(Debug, Clone, Copy)]
struct At {
    /// Which statement stands, counted from 0.
    statement: usize,
    /// Before which of its waits, counted from 1.
    phase: usize,
}

/// Kills each migration of a release, and says what of that was not tried.
pub fn killed(
    each: &Each<'_>,
    release: &Release,
    migrations: &mut [Migration],
    sizing: Option<(&Sizing<'_>, Amount)>,
) -> Result<Vec<String>, Box<Trouble>> {
    let Some(observer) = each.observer else { return Ok(vec!["what a kill leaves was not tried: nobody looks at locks there".to_owned()]) };
    let Ground { grammar, watch, .. } = each.ground;
    watch.see(Event::Step { what: "a copy of the server, for kills" });
    let quiet = Watch { watcher: &Silent, stop: watch.stop };
    let mut untried = Vec::new();
    let made = ward(each, sizing, &quiet);
    let (place, fewer) = match made {
        Ok(made) => made,
        Err(trouble) if trouble.class == Class::Interrupted => return Err(trouble),
        Err(trouble) => return Ok(vec![format!("what a kill leaves was not tried: {trouble}")]),
    };
    untried.extend(fewer);
    let mut ward =
        Ward { place, stage: Stage { watch: quiet, ..each.stage }, grammar, observer, filler: each.filler, here: each.here.clone(), watch };
    let mut before = ward.each().look(&ward.place.database)?;
    for (at, (cut, told)) in release.cuts.iter().zip(migrations).enumerate() {
        watch.stop.check()?;
        if told.stopped.is_some() {
            break;
        }
        if at >= MOST {
            untried.push(format!("what a kill leaves was tried of the first {MOST} migrations of {}", release.cuts.len()));
            break;
        }
        watch.see(Event::Step { what: &format!("{}: killed, and run again", cut.migration.key) });
        let own = ward.each();
        own.aside(own.ground.database, BEFORE)?;
        if let Err(why) = own.ran(own.ground.database, &cut.up, cut.migration.transaction, None, (Manner::AsTool, &mut Blind))? {
            untried.push(format!("what a kill leaves of {} was not tried: on a copy, {}", cut.migration.key, worded(&why)));
            break;
        }
        let after = own.look(own.ground.database)?;
        let mut missed = Vec::new();
        let rows = Undisturbed::of((&own, ward.filler), told, (BEFORE, own.ground.database))?;
        if let Err(Some(why)) = &rows {
            untried.push(format!("what a kill leaves of {} in rows was not seen: {why}", cut.migration.key));
        }
        let kills = ward.kills(Case { cut, told, before: &before, after: &after, rows: rows.as_ref().ok() }, &mut missed)?;
        untried.extend(missed.into_iter().map(|when| format!("what a kill leaves of {} was not tried {when}", cut.migration.key)));
        if let Some(rerun) = &mut told.rerun {
            adopt(rerun, kills);
        }
        before = after;
    }
    Ok(untried)
}

/// The copy; of a large one, a server that has fewer rows, and what is to be said of that.
fn ward(each: &Each<'_>, sizing: Option<(&Sizing<'_>, Amount)>, quiet: &Watch<'_>) -> Result<(Place, Option<String>), Box<Trouble>> {
    let database = each.ground.database;
    let size = match sizing {
        Some(_) => {
            let request = Request { dimensions: vec![Dimension::Data], ..Request::new("the rehearsal") };
            let tables = volumes(&each.place.scratch.environment(BASE)?.capture(&request, quiet)?);
            tables.values().filter_map(|volume| volume.bytes).sum()
        }
        None => 0,
    };
    if let (Some((sizing, amount)), true) = (sizing, size > LARGE) {
        let fewer = match amount {
            Amount::Share(share) => Amount::Share(share.min(0.01)),
            Amount::Rows(rows) => Amount::Rows((rows / 100).max(1)),
        };
        let place = sizing.place(fewer)?;
        sizing.fill(&place, fewer)?;
        place.scratch.copy(&place.database, BASE)?;
        return Ok((place, Some(format!("kills were tried with {fewer}, not {}", bytes(size)))));
    }
    let place = each.place.forked(quiet)?;
    place.scratch.remove(database)?;
    place.scratch.copy(BASE, database)?;
    Ok((place, None))
}

/// A run that does not come to the same end counts where somebody would run it again: not where all of it is in.
fn adopt(rerun: &mut Rerun, kills: Vec<Kill>) {
    let is_bad = |kill: &&Kill| matches!(kill.left, Left::Nothing | Left::Part(..)) && kill.converges() == Some(false);
    if let (Some(true), Some(kill)) = (rerun.converges, kills.iter().find(is_bad)) {
        let left = match &kill.again {
            Some(Err(why)) => vec![format!("run again, it fails: {why}")],
            Some(Ok(odd)) => odd.clone(),
            None => Vec::new(),
        };
        let when = format!("the {} was killed {}", kill.victim.name(), kill.moment);
        rerun.converges = Some(false);
        rerun.left_behind = left.into_iter().map(|left| format!("{left} ({when})")).collect();
    }
    rerun.kills = kills;
}

impl Ward<'_> {
    fn each(&self) -> Each<'_> {
        let ground = Ground {
            scratch: &*self.place.scratch,
            database: &self.place.database,
            grammar: self.grammar,
            watch: self.stage.watch,
            limits: self.stage.limits,
            own_bounds: true,
        };
        Each { place: &self.place, stage: self.stage, ground, observer: Some(self.observer), filler: self.filler, here: &self.here }
    }

    /// What could not be tried is said in `missed`, as when it would have been.
    fn kills(&mut self, case: Case<'_>, missed: &mut Vec<String>) -> Result<Vec<Kill>, Box<Trouble>> {
        let is_one = self.each().is_one_transaction(case.cut);
        let is_message = is_one && is_message(case.cut);
        let mut all = Vec::new();
        if is_one && !is_message {
            for victim in Victim::ALL {
                let kill = self.uncommitted(case, victim)?;
                if kill.is_none() && victim == Victim::Client {
                    missed.push("before its commit: it does not run there".to_owned());
                }
                all.extend(kill);
            }
        }
        let first = case.told.statements.iter().position(|trace| strong(trace).next().is_some());
        if is_one {
            // The copy, or the whole text, stands before the first lock that others feel.
            let victims: &[Victim] = if is_message { &Victim::ALL } else { &[Victim::Client] };
            for victim in first.iter().flat_map(|_| victims) {
                let at = At { statement: first.unwrap_or_default(), phase: 1 };
                let kill = self.standing(case, at, *victim)?;
                if kill.is_none() && *victim == Victim::Client {
                    missed.push(stood(case, at));
                }
                all.extend(kill);
            }
        } else {
            let sampled: Vec<usize> =
                case.told.statements.iter().enumerate().filter(|(_, trace)| trace.is_sampled).map(|(at, _)| at).collect();
            for statement in sampled.iter().copied() {
                self.watch.stop.check()?;
                let mut phases = 0;
                for phase in 1..=PHASES {
                    let at = At { statement, phase };
                    let Some(kill) = self.standing(case, at, Victim::Backend)? else { break };
                    all.push(kill);
                    phases = phase;
                    all.extend(self.standing(case, at, Victim::Server)?);
                }
                if phases == 0 {
                    missed.push(stood(case, At { statement, phase: 1 }));
                } else {
                    all.extend(self.standing(case, At { statement, phase: 1 }, Victim::Client)?);
                }
            }
            let has_words = case.cut.statements().any(|statement| matches!(statement.nature, Nature::Transaction(_)));
            if let (true, false, Some(statement)) = (sampled.is_empty(), has_words, first) {
                all.extend(self.standing(case, At { statement, phase: 1 }, Victim::Client)?);
            }
        }
        let committed = self.committed(case)?;
        if committed.is_none() {
            missed.push("after its commit: it does not run there".to_owned());
        }
        all.extend(committed);
        Ok(all)
    }

    /// Everything of it has run, and it is not committed.
    fn uncommitted(&mut self, case: Case<'_>, victim: Victim) -> Result<Option<Kill>, Box<Trouble>> {
        let own = self.each();
        own.aside(BEFORE, TRIAL)?;
        let Some(session) = open(&own, case.cut)? else { return Ok(None) };
        let back = match victim {
            Victim::Client => self.end(session, false)?,
            Victim::Backend => self.end(session, true)?,
            Victim::Server => Some(self.crash(vec![session])?),
        };
        self.judged(case, Kill { back, ..kill(victim, "before its commit".to_owned()) }, true).map(Some)
    }

    /// Ends a session, from outside or by leaving, and waits until nothing is held.
    fn end(&self, session: Box<dyn Session>, from_outside: bool) -> Result<Option<Duration>, Box<Trouble>> {
        let id = session.id();
        if from_outside {
            self.place.scratch.end(id)?;
        }
        drop(session);
        gone(self.observer, &mut *self.place.scratch.session(TRIAL)?, id, ENDING)?;
        Ok(None)
    }

    /// Ends the server as a crash does, with whoever is connected, and starts it again: how long that took.
    fn crash(&mut self, sessions: Vec<Box<dyn Session>>) -> Result<Duration, Box<Trouble>> {
        self.place.scratch.kill()?;
        drop(sessions);
        let from = Instant::now();
        let quiet = self.stage.watch;
        self.place.scratch.start_again(&quiet)?;
        Ok(from.elapsed())
    }

    /// It has run, and the server dies.
    fn committed(&mut self, case: Case<'_>) -> Result<Option<Kill>, Box<Trouble>> {
        let own = self.each();
        own.aside(BEFORE, TRIAL)?;
        if own.ran(TRIAL, &case.cut.up, case.cut.migration.transaction, None, (Manner::AsTool, &mut Blind))?.is_err() {
            return Ok(None);
        }
        let back = Some(self.crash(Vec::new())?);
        self.judged(case, Kill { back, ..kill(Victim::Server, "after its commit".to_owned()) }, false).map(Some)
    }

    /// One of its statements stands before a lock of somebody else.
    fn standing(&mut self, case: Case<'_>, at: At, victim: Victim) -> Result<Option<Kill>, Box<Trouble>> {
        let own = self.each();
        own.aside(BEFORE, TRIAL)?;
        let all: Vec<_> = case.cut.up.iter().flat_map(Script::statements).collect();
        let Some(said) = all.get(at.statement) else { return Ok(None) };
        // Rows, and what somebody else has to do, are sent by the runner alone.
        let is_plain = |script: &Script| {
            let is_errand = |text: &str| self.grammar.errand(text).is_some();
            script.pieces.iter().all(|piece| match &piece.what {
                What::Between | What::Command { odd: None } => true,
                What::Statement(_) => !is_errand(piece.text(&script.part.text)),
                What::Rows | What::Command { .. } => false,
            })
        };
        if !case.cut.up.iter().all(is_plain) {
            return Ok(None);
        }
        let is_one = own.is_one_transaction(case.cut);
        let is_message = is_one && is_message(case.cut);
        let mut before: Vec<&str> = Vec::new();
        let mut text = said.text;
        if is_message {
            let is_whole = case.cut.migration.transaction == Transaction::Whole;
            text = case.cut.up.first().filter(|_| is_whole).map_or(text, |script| script.part.text.as_str());
        } else if is_one {
            before.extend(all.iter().take(at.statement).map(|said| said.text));
        } else if at.statement > 0 {
            let upto = Some(at.statement);
            let _before = own.ran(TRIAL, &case.cut.up, case.cut.migration.transaction, upto, (Manner::AsTool, &mut Blind))?;
        }
        let limits = Limits { lock_timeout: Duration::from_millis(300), ..self.stage.limits };
        let sent = Sent { statement: said.text, before, is_one: is_one && !is_message, text };
        let Some(mut stands) = Stalled::make(&own, self.observer, (TRIAL, limits), &sent)? else { return Ok(None) };
        for _ in 1..at.phase {
            if !stands.goes_on(&own, self.observer, (TRIAL, limits))? {
                return Ok(None);
            }
        }
        let place = case.told.statements.get(at.statement).map(|trace| trace.place.to_string()).unwrap_or_default();
        let which = match at.phase {
            1 => String::new(),
            phase => format!(" for the {phase}. time"),
        };
        let mut kill = kill(victim, format!("while {place} waits{which}"));
        match victim {
            Victim::Client => {
                let id = stands.id();
                let looks = self.observer.bounds(&mut *self.place.session(TRIAL)?)?.client;
                let patience = looks.map_or(UNNOTICED, |every| (every.saturating_mul(2).saturating_add(UNNOTICED)).min(ORPHANED));
                stands.leave();
                let mut watcher = self.place.scratch.session(TRIAL)?;
                let from = Instant::now();
                let noticed = gone(self.observer, &mut *watcher, id, patience)?;
                kill.orphan = Some(Orphan { lasted: from.elapsed(), noticed });
                stands.release()?;
                drop(stands);
                if !gone(self.observer, &mut *watcher, id, ENDING)? {
                    self.place.scratch.end(id)?;
                    gone(self.observer, &mut *watcher, id, ENDING)?;
                }
            }
            Victim::Backend => {
                let id = stands.id();
                self.place.scratch.end(id)?;
                gone(self.observer, &mut *self.place.scratch.session(TRIAL)?, id, ENDING)?;
                stands.release()?;
                drop(stands);
            }
            Victim::Server => {
                self.place.scratch.kill()?;
                drop(stands);
                let from = Instant::now();
                let quiet = self.stage.watch;
                self.place.scratch.start_again(&quiet)?;
                kill.back = Some(from.elapsed());
            }
        }
        self.judged(case, kill, true).map(Some)
    }

    /// What is there, in the schema and in rows.
    fn left(&self, case: Case<'_>, there: &Manifest) -> Result<Left, Box<Trouble>> {
        let own = self.each();
        let odd = whole(case.before, there);
        let is_after = whole(case.after, there).is_empty();
        let Some(rows) = case.rows else {
            return Ok(match (odd.is_empty(), is_after) {
                (true, true) => Left::Untold,
                (true, false) => Left::Nothing,
                (false, true) => Left::Everything,
                (false, false) => Left::Part(odd, Vec::new()),
            });
        };
        if odd.is_empty() && is_after && !rows.changes() {
            return Ok(Left::Untold);
        }
        // Columns that the migration makes or takes away are the schema's to tell.
        let since = rows.since(&own, case.cut, TRIAL)?;
        if odd.is_empty() && since.is_empty() {
            return Ok(Left::Nothing);
        }
        if is_after && rows.odd(&own, case.cut, TRIAL)?.is_empty() {
            return Ok(Left::Everything);
        }
        Ok(Left::Part(odd, since))
    }

    /// What is left, and what another run makes of it.
    fn judged(&self, case: Case<'_>, mut kill: Kill, runs_again: bool) -> Result<Kill, Box<Trouble>> {
        let own = self.each();
        let there = own.look(TRIAL)?;
        kill.left = self.left(case, &there)?;
        if !runs_again {
            return Ok(kill);
        }
        let is_part = matches!(kill.left, Left::Part(..));
        if is_part {
            own.aside(TRIAL, LEFT)?;
        }
        let transaction = case.cut.migration.transaction;
        kill.again = Some(match own.ran(TRIAL, &case.cut.up, transaction, None, (Manner::AsTool, &mut Blind))? {
            Err(why) => Err(worded(&why)),
            Ok(()) => {
                let mut odd: Vec<String> = differences(case.after, &own.look(TRIAL)?).iter().map(Difference::words).collect();
                odd.extend(case.rows.map(|rows| rows.odd(&own, case.cut, TRIAL)).transpose()?.unwrap_or_default());
                Ok(odd)
            }
        });
        kill.locks = match (&kill.left, &kill.again) {
            (_, Some(Err(_)) | None) => Vec::new(),
            (Left::Everything, _) => case.told.rerun.as_ref().map(|rerun| rerun.locks.clone()).unwrap_or_default(),
            (Left::Part(..), _) => {
                let samples = Samples::default();
                let known = self.observer.map(&mut *self.place.scratch.session(LEFT)?)?.into_keys().collect();
                let mut eyes = Eyes::new(self.observer, &samples).knowing(known);
                let _done = own.ran(LEFT, &case.cut.up, transaction, None, (Manner::Apart, &mut eyes))?;
                let alone = case.told.statements.iter().filter(|trace| trace.is_sampled).flat_map(strong);
                eyes.traces().iter().flat_map(strong).chain(alone).collect()
            }
            (Left::Nothing | Left::Untold, _) => case.told.statements.iter().flat_map(strong).collect(),
        };
        kill.locks.sort_unstable();
        kill.locks.dedup();
        Ok(kill)
    }
}

/// Whether the server commits it as one by itself: nobody can come between its end and that.
fn is_message(cut: &Cut) -> bool {
    !matches!(cut.migration.transaction, Transaction::Own | Transaction::Fitting)
}

/// When it would have been killed, and why it was not.
fn stood(case: Case<'_>, at: At) -> String {
    let place = case.told.statements.get(at.statement).map(|trace| trace.place.to_string()).unwrap_or_default();
    format!("while {place} waits: it did not come to stand before a lock of somebody else")
}

fn kill(victim: Victim, moment: String) -> Kill {
    Kill { victim, moment, left: Left::Untold, orphan: None, back: None, again: None, locks: Vec::new() }
}

/// Locks on what was there before that keep others from reading or writing.
fn strong(trace: &Trace) -> impl Iterator<Item = (String, &'static str)> {
    trace.locks.iter().filter(|lock| lock.blocks >= Blocks::Writes && !lock.fresh).map(|lock| (lock.relation.clone(), lock.mode))
}

/// The session in which all of a migration's statements have run and are not committed; nothing where they did not all run.
fn open(own: &Each<'_>, cut: &Cut) -> Result<Option<Box<dyn Session>>, Box<Trouble>> {
    let ground = Ground { database: TRIAL, ..own.ground };
    let count = cut.statements().count();
    guarded(own.place.session(TRIAL)?, ground, |session, guard| {
        let mut blind = Blind;
        let mut runner = Runner::new(session, ground, guard, &mut blind).upto(count);
        let done = runner.scripts(&cut.up, cut.migration.transaction)?;
        let is_open = done.is_err_and(|(_, why)| why == INTERRUPTED);
        Ok(is_open.then(|| runner.into_session()))
    })
}

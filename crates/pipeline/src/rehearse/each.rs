//! One migration after the other, each on databases of its own: what it does to the schema, its way back, itself once more.
//!
//! Everything runs here as the tool runs it, unwatched. Neighbour: `eyes`, for what is watched.

use super::eyes::{Eyes, Samples};
use super::pending::Release;
use super::place::Place;
use crate::migrations::{Cut, Script};
use crate::replay::Stage;
use crate::runner::{Blind, Done, Ground, Onlooker, Runner, Told, guarded};
use evenkeel_core::fault::Trouble;
use evenkeel_core::history::effect::{Stand, Touch, effect, found, is_reordered};
use evenkeel_core::history::folder::Transaction;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::Observer;
use evenkeel_core::rehearsal::{Difference, Migration, Part, Rerun, Undo};
use evenkeel_core::statement::Nature;
use evenkeel_core::trace::{Blocks, Class, Sort};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Where migrations run one by one.
pub const SIDE: &str = "rehearsal_side";
/// Where one is tried that is thrown away.
const TRIAL: &str = "rehearsal_trial";
/// As before one of them.
const BEFORE: &str = "rehearsal_before";

/// How long an obstacle is waited for: that a statement stands before it.
const STANDING: Duration = Duration::from_secs(5);

/// What it takes to try them.
#[derive(Clone, Copy)]
pub struct Each<'a> {
    pub place: &'a Place,
    pub stage: Stage<'a>,
    pub ground: Ground<'a>,
    pub observer: &'a dyn Observer,
}

impl<'a> Each<'a> {
    /// Makes one database from another.
    pub fn aside(&self, from: &str, to: &str) -> Result<(), Box<Trouble>> {
        self.place.scratch.remove(to)?;
        self.place.scratch.copy(from, to)
    }

    fn look(&self, database: &str) -> Result<Manifest, Box<Trouble>> {
        self.place.look(database, self.stage)
    }

    /// Runs texts in a database, up to a number of statements where that is wanted.
    fn ran(&self, database: &str, scripts: &[Script], transaction: Transaction, upto: Option<usize>, onlooker: &mut dyn Onlooker) -> Done {
        let session = self.place.session(database)?;
        let ground = Ground { database, ..self.ground };
        guarded(session, ground, |session, guard| {
            let mut runner = Runner::new(session, ground, guard, onlooker);
            if let Some(upto) = upto {
                runner = runner.upto(upto);
            }
            runner.scripts(scripts, transaction)
        })
    }

    /// Tries all, and gives what is there in the end.
    pub fn all(&self, release: &Release, told: &mut [Migration], parts: &[Part], begin: &Manifest) -> Result<Manifest, Box<Trouble>> {
        let has = |part| parts.contains(&part);
        let looks = has(Part::Effect) || has(Part::Undo) || has(Part::Rerun);
        let mut before = begin.clone();
        for (cut, told) in release.cuts.iter().zip(told) {
            self.ground.watch.stop.check()?;
            if has(Part::Rerun) || has(Part::Undo) {
                self.aside(SIDE, BEFORE)?;
            }
            let done = self.ran(SIDE, &cut.up, cut.migration.transaction, None, &mut Blind)?;
            if let Err((place, why)) = done {
                let why = if told.stopped.is_none() { format!("{why}; run to be watched, it did not fail") } else { why };
                told.stopped = Some((place, why));
                break;
            }
            if let Some((place, why)) = told.stopped.take() {
                // What counts is how its tool runs it.
                told.unwatched = Some(worded(&(place, why)));
            }
            if !looks {
                continue;
            }
            let after = self.look(SIDE)?;
            if has(Part::Effect) {
                told.effect = Some(effect(&before, &after));
            }
            if has(Part::Undo) {
                told.undo = Some(self.undo(cut, told, &before, &after)?);
            }
            if has(Part::Rerun) {
                told.rerun = Some(self.rerun(cut, told, &after)?);
            }
            before = after;
        }
        self.look(SIDE)
    }

    /// There and back, and there again.
    fn undo(&self, cut: &Cut, told: &Migration, before: &Manifest, after: &Manifest) -> Result<Undo, Box<Trouble>> {
        let mut undo = Undo::default();
        let Some(down) = cut.down.as_ref().filter(|down| says_something(down)) else { return Ok(undo) };
        self.aside(SIDE, TRIAL)?;
        let columns = self.observer.columns(&mut *self.place.scratch.session(BEFORE)?)?;
        let from = Instant::now();
        let done = self.ran(TRIAL, down, cut.migration.transaction, None, &mut Blind)?;
        undo.took = Some(from.elapsed());
        if let Err(why) = done {
            undo.exact = Some(false);
            undo.failed = Some(worded(&why));
            return Ok(undo);
        }
        let there = self.look(TRIAL)?;
        undo.differences = differences(before, &there);
        undo.exact = Some(undo.differences.is_empty());
        undo.order_only = undo.differences.is_empty() && is_reordered(before, &there);
        let kept = self.observer.columns(&mut *self.place.scratch.session(TRIAL)?)?;
        undo.data_lost = anew(&columns, &kept);
        let moves_rows = told.statements.iter().find(|trace| matches!(trace.class, Class::Data | Class::Rewrite | Class::Unknown));
        undo.rows_changed = moves_rows.map(|trace| trace.place.clone());
        // The way back leads to where the migration can run again.
        match self.ran(TRIAL, &cut.up, cut.migration.transaction, None, &mut Blind)? {
            Ok(()) => undo.again = differences(after, &self.look(TRIAL)?).iter().map(Difference::words).collect(),
            Err(why) => undo.again = vec![format!("it does not run: {}", worded(&why))],
        }
        Ok(undo)
    }

    /// The whole once more, and once more after each interruption.
    fn rerun(&self, cut: &Cut, told: &Migration, after: &Manifest) -> Result<Rerun, Box<Trouble>> {
        let mut rerun = Rerun::default();
        self.aside(SIDE, TRIAL)?;
        let samples = Samples::default();
        let known = self.observer.map(&mut *self.place.scratch.session(TRIAL)?)?.into_keys().collect();
        let mut eyes = Eyes::new(self.observer, &samples).knowing(known);
        match self.ran(TRIAL, &cut.up, cut.migration.transaction, None, &mut eyes)? {
            Err(why) => rerun.second = Some(Err(worded(&why))),
            Ok(()) => {
                let odd: Vec<String> = differences(after, &self.look(TRIAL)?).iter().map(Difference::words).collect();
                if odd.is_empty() {
                    let traces = eyes.traces();
                    let strong = traces.iter().flat_map(|trace| &trace.locks).filter(|lock| lock.blocks >= Blocks::Writes && !lock.fresh);
                    rerun.locks = strong.map(|lock| (lock.relation.clone(), lock.mode)).collect();
                    rerun.locks.sort_unstable();
                    rerun.locks.dedup();
                }
                rerun.second = Some(Ok(odd));
            }
        }
        rerun.converges = Some(true);
        if is_one_transaction(cut) {
            return Ok(rerun);
        }
        let count = cut.up.iter().map(|script| script.statements().len()).sum::<usize>();
        for at in 1..count {
            self.ground.watch.stop.check()?;
            self.aside(BEFORE, TRIAL)?;
            // What was not committed is gone with the session.
            let _interrupted = self.ran(TRIAL, &cut.up, cut.migration.transaction, Some(at), &mut Blind)?;
            if self.again(cut, after, at, "", &mut rerun)? {
                return Ok(rerun);
            }
        }
        for (at, trace) in told.statements.iter().enumerate().filter(|(_, trace)| trace.is_sampled) {
            let on = trace.locks.iter().find(|lock| lock.kind == Sort::Table.name() && lock.blocks >= Blocks::Definitions);
            let Some(on) = on else { continue };
            self.aside(BEFORE, TRIAL)?;
            if self.in_the_middle(cut, at + 1, &on.relation)? && self.again(cut, after, at + 1, " in the middle of it", &mut rerun)? {
                return Ok(rerun);
            }
        }
        Ok(rerun)
    }

    /// Runs it whole where it was interrupted; whether it comes to another end.
    fn again(&self, cut: &Cut, after: &Manifest, at: usize, whither: &str, rerun: &mut Rerun) -> Result<bool, Box<Trouble>> {
        let left = match self.ran(TRIAL, &cut.up, cut.migration.transaction, None, &mut Blind)? {
            Err(why) => vec![format!("run again, it fails: {}", worded(&why))],
            Ok(()) => differences(after, &self.look(TRIAL)?).iter().map(Difference::words).collect(),
        };
        if left.is_empty() {
            return Ok(false);
        }
        rerun.converges = Some(false);
        rerun.left_behind = left
            .into_iter()
            .map(|left| format!("{left}{}", if whither.is_empty() { String::new() } else { format!(" (interrupted{whither})") }))
            .collect();
        rerun.after_statement = Some(at);
        Ok(true)
    }

    /// Ends the session while a statement that is outside of any transaction waits for somebody who writes to a table of its; whether it
    /// came to that.
    fn in_the_middle(&self, cut: &Cut, statement: usize, relation: &str) -> Result<bool, Box<Trouble>> {
        let mut writer = self.place.scratch.session(TRIAL)?;
        let mut watcher = self.place.scratch.session(TRIAL)?;
        if statement > 1 {
            let _before = self.ran(TRIAL, &cut.up, cut.migration.transaction, Some(statement - 1), &mut Blind)?;
        }
        writer.begin(&self.ground.limits)?;
        self.observer.write_to(&mut *writer, relation)?;
        let session = self.place.session(TRIAL)?;
        let id = session.id();
        let ground = Ground { database: TRIAL, ..self.ground };
        let rest = Rest { cut, skip: statement - 1 };
        let stood = std::thread::scope(|threads| {
            let ender = threads.spawn(|| {
                let from = Instant::now();
                while from.elapsed() < STANDING {
                    let sample = self.observer.sample(&mut *watcher, id)?;
                    if !sample.waited_for.is_empty() {
                        self.place.scratch.end(id)?;
                        return Ok::<bool, Box<Trouble>>(true);
                    }
                    std::thread::sleep(Duration::from_millis(5));
                }
                self.place.scratch.end(id)?;
                Ok(false)
            });
            // Its session is ended from outside: that is what is wanted.
            let _ended = guarded(session, ground, |session, _| {
                rest.run(session);
                Ok(())
            });
            ender.join().unwrap_or(Ok(false))
        })?;
        writer.roll_back()?;
        Ok(stood)
    }
}

/// The one statement that is interrupted.
struct Rest<'c> {
    cut: &'c Cut,
    skip: usize,
}

impl Rest<'_> {
    fn run(&self, mut session: Box<dyn evenkeel_core::port::Session>) {
        let all = self.cut.up.iter().flat_map(Script::statements);
        if let Some(said) = all.into_iter().nth(self.skip) {
            // Whatever it answers, the session is gone.
            let _answer = session.run(said.text);
        }
    }
}

fn worded((place, why): &Told) -> String {
    place.as_ref().map_or_else(|| why.clone(), |place| format!("{place}: {why}"))
}

fn says_something(scripts: &[Script]) -> bool {
    let mut all = scripts.iter().flat_map(|script| &script.pieces).filter_map(evenkeel_core::statement::Piece::statement);
    all.any(|statement| !matches!(statement.nature, Nature::Transaction(_)))
}

/// Whether all of it is one transaction: an interruption leaves nothing of it.
fn is_one_transaction(cut: &Cut) -> bool {
    let is_plain = cut.statements().all(|statement| !statement.alone && !matches!(statement.nature, Nature::Transaction(_)));
    let count = cut.statements().count();
    let is_whole = matches!(cut.migration.transaction, Transaction::Own | Transaction::Fitting | Transaction::Whole);
    is_plain && cut.up.len() == 1 && (is_whole || count <= 1)
}

/// What is otherwise there than it should be, comments aside.
fn differences(wanted: &Manifest, there: &Manifest) -> Vec<Difference> {
    let differing = effect(wanted, there).into_iter().filter(|touch| touch.spot.is_semantic());
    let of_others = |touch: &Touch, all: &[Touch]| {
        // Of what is gone or new, the whole says enough.
        touch.spot.attribute.is_some()
            && all.iter().any(|other| {
                other.spot.attribute.is_none()
                    && other.spot.kind == touch.spot.kind
                    && other.spot.identity == touch.spot.identity
                    && matches!(other.after, Stand::Gone | Stand::There)
            })
    };
    let all: Vec<Touch> = differing.collect();
    let whole = all.iter().filter(|touch| !of_others(touch, &all));
    whole.map(|touch| Difference { expected: found(&touch.spot, wanted), touch: touch.clone() }).collect()
}

/// Columns that were there and are made anew, or are not there.
fn anew(before: &BTreeMap<(u64, u64), String>, after: &BTreeMap<(u64, u64), String>) -> Vec<String> {
    let gone = before.iter().filter(|(number, _)| !after.contains_key(number));
    gone.map(|(_, name)| name.clone()).collect()
}

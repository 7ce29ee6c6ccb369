//! One migration after the other, each on databases of its own: what it does to the schema, its way back, itself once more.
//!
//! Everything runs here as the tool runs it, unwatched. Neighbours: `each`, which has the databases; `written` and `rows`, for what is in
//! tables.

use super::clock::Marks;
use super::compared::{differences, worded};
use super::each::{AFTER, BEFORE, Each, TRIAL};
use super::eyes::Eyes;
use super::forms::forms;
use super::lost;
use super::pending::Release;
use super::rows::Undisturbed;
use super::samples::Samples;
use super::written::written;
use crate::migrations::{Cut, Script};
use crate::runner::{Blind, Manner, Onlooker};
use evenkeel_core::evidence;
use evenkeel_core::fault::Trouble;
use evenkeel_core::history::effect::{effect, is_reordered};
use evenkeel_core::history::folder::Grouping;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::patch::{Form, World, plan, tells_needs};
use evenkeel_core::port::{Answer, Event, Observer};
use evenkeel_core::rehearsal::{Difference, Migration, Part, Proposed, Rerun, Undo};
use evenkeel_core::statement::Nature;
use evenkeel_core::trace::{Blocks, Class, Trace};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// What is otherwise in a database than after a run that nobody interrupts.
type Otherwise<'o> = dyn Fn(&str) -> Result<Vec<String>, Box<Trouble>> + 'o;

impl Each<'_> {
    /// Tries all, and gives what is there in the end.
    pub fn all(&self, release: &Release, told: &mut [Migration], parts: &[Part], begin: &Manifest) -> Result<Manifest, Box<Trouble>> {
        let has = |part| parts.contains(&part);
        let looks = has(Part::Effect) || has(Part::Undo) || has(Part::Rerun);
        let mut before = begin.clone();
        for (cut, told) in release.cuts.iter().zip(told) {
            self.ground.watch.stop.check()?;
            self.ground.watch.see(Event::Step { what: &format!("{}: there, back and again", cut.migration.key) });
            let is_alone = told.statements.iter().any(|trace| trace.is_sampled);
            if has(Part::Rerun) || has(Part::Undo) || is_alone {
                self.aside(self.ground.database, BEFORE)?;
            }
            told.forms = forms(self.place, self.stage, self.ground, cut)?;
            let mut marks = Marks { place: self.place, stage: self.stage, database: self.ground.database, after: Vec::new() };
            let mut blind = Blind;
            let onlooker: &mut dyn Onlooker = if self.stage.engine.undoes_definitions() { &mut blind } else { &mut marks };
            let done = self.ran(self.ground.database, &cut.up, cut.migration.transaction, None, (Manner::AsTool, onlooker))?;
            told.after = marks.after;
            let is_batch = release.grouping == Grouping::Batch;
            if is_batch && told.stopped.is_some() {
                // One transaction for all is how they run; by itself it may do.
                break;
            }
            if let Err((place, why)) = done {
                let why = if told.stopped.is_none() { format!("{why}; run to be watched, it did not fail") } else { why };
                told.stopped = Some((place, why));
                break;
            }
            if let Some((place, why)) = told.stopped.take() {
                // What counts is how its tool runs it.
                told.unwatched = Some(worded(&(place, why)));
            }
            if is_alone {
                self.asked_for(cut, told)?;
            }
            if !looks {
                continue;
            }
            let after = self.look(self.ground.database)?;
            let comes_back = has(Part::Undo) || has(Part::Rerun);
            if comes_back && self.tried() != self.ground.database {
                self.aside(self.ground.database, AFTER)?;
            }
            if has(Part::Effect) {
                // What was put aside earlier goes by a release of its own.
                told.effect = Some(effect(&before.whole(), &after.whole()));
                told.result = evidence::schema(&after);
            }
            if has(Part::Undo) {
                told.undo = Some(self.undo(cut, told, &before, &after)?);
            }
            if has(Part::Rerun) {
                told.rerun = Some(self.rerun(cut, told, &after)?);
            }
            if comes_back && self.tried() != self.ground.database {
                self.aside(AFTER, self.ground.database)?;
            }
            before = after;
        }
        self.look(self.ground.database)
    }

    /// There and back, and there again.
    fn undo(&self, cut: &Cut, told: &Migration, before: &Manifest, after: &Manifest) -> Result<Undo, Box<Trouble>> {
        let mut undo = Undo::default();
        let Some(down) = cut.down.as_ref().filter(|down| says_something(down)) else {
            undo.proposed = self.proposed(cut, before, after)?;
            return Ok(undo);
        };
        let trial = self.trial();
        self.aside(self.tried(), trial)?;
        let columns = self.observer.map(|observer| observer.columns(&mut *self.place.scratch.session(BEFORE)?)).transpose()?;
        let from = Instant::now();
        let mut marks = Marks { place: self.place, stage: self.stage, database: trial, after: Vec::new() };
        let mut blind = Blind;
        let onlooker: &mut dyn Onlooker = if self.stage.engine.undoes_definitions() { &mut blind } else { &mut marks };
        let done = self.ran(trial, down, cut.migration.transaction, None, (Manner::AsTool, onlooker))?;
        undo.took = Some(from.elapsed());
        undo.after = marks.after;
        if let Err(why) = done {
            undo.exact = Some(false);
            undo.failed = Some(worded(&why));
            return Ok(undo);
        }
        let there = self.look(trial)?;
        undo.differences = differences(before, &there);
        undo.exact = Some(undo.differences.is_empty());
        undo.order_only = undo.differences.is_empty() && is_reordered(before, &there);
        match (self.observer, &columns) {
            (Some(observer), Some(columns)) => {
                let keeps = lost::keeps_values(cut, (before, after));
                self.rows((told, keeps), &mut undo, (observer, columns))?;
            }
            _ => lost::unseen(self.ground.grammar, cut, told, (before, after), &mut undo),
        }
        // The way back leads to where the migration can run again.
        match self.ran(trial, &cut.up, cut.migration.transaction, None, (Manner::AsTool, &mut Blind))? {
            Ok(()) => undo.again = differences(after, &self.look(trial)?).iter().map(Difference::words).collect(),
            Err(why) => undo.again = vec![format!("it does not run: {}", worded(&why))],
        }
        if let Some(both) = self.observer.zip(self.filler) {
            written(self, (cut, told, self.tried()), (before, after), both, &mut undo)?;
        }
        Ok(undo)
    }

    /// What the way back takes away of rows that were there before.
    fn rows(
        &self,
        (told, keeps): (&Migration, bool),
        undo: &mut Undo,
        (observer, columns): (&dyn Observer, &BTreeMap<(u64, u64), String>),
    ) -> Result<(), Box<Trouble>> {
        let kept = observer.columns(&mut *self.place.scratch.session(TRIAL)?)?;
        let has_rows = |table: &String| self.here.get(table).is_some_and(|rows| *rows > 0);
        let touched = lost::touched(told);
        let (full, bare): (BTreeSet<String>, BTreeSet<String>) = touched.into_iter().partition(has_rows);
        undo.data_lost = lost::anew(columns, &kept)
            .into_iter()
            .filter(|column| !full.iter().any(|table| lost::is_of(column, table)))
            .map(|column| format!("{column}: made anew, what was in it is gone unless a statement brings it back"))
            .collect();
        undo.data_lost.extend(self.lost(&full)?);
        let moves_rows = |trace: &&Trace| match trace.class {
            Class::Rewrite => !keeps,
            Class::Data | Class::Unknown => true,
            _ => false,
        };
        let unseen = told
            .statements
            .iter()
            .filter(moves_rows)
            .find(|trace| trace.grows_with.is_empty() || trace.grows_with.iter().any(|table| bare.contains(table)) || trace.met_none());
        undo.rows_changed = unseen.map(|trace| trace.place.clone());
        Ok(())
    }

    /// A way back from what it does to the schema, tried; nothing where it does nothing there.
    fn proposed(&self, cut: &Cut, before: &Manifest, after: &Manifest) -> Result<Option<Proposed>, Box<Trouble>> {
        if effect(before, after).is_empty() {
            return Ok(None);
        }
        let none = |why: Vec<String>| Ok(Some(Proposed { why, ..Proposed::default() }));
        if !(tells_needs(before) && tells_needs(after)) {
            return none(vec!["what needs what is not known".to_owned()]);
        }
        let dialect = self.stage.engine.dialect(&after.endpoint)?;
        let planned = plan(&World::of(after), &World::of(before), &*dialect, Form { offline: true, throwaway: false });
        if !planned.refused.is_empty() {
            return none(planned.refused.iter().map(|one| format!("{} {}: {}", one.kind.name(), one.object, one.reason)).collect());
        }
        let mut proposed = Proposed {
            statements: planned.statements().map(|statement| statement.sql.clone()).collect(),
            losing: planned.statements().filter(|statement| statement.is_destructive()).count(),
            why: Vec::new(),
        };
        let is_rows = |statement: &evenkeel_core::statement::Statement| !matches!(statement.nature, Nature::Definition | Nature::Session);
        if cut.statements().any(|statement| is_rows(statement) && !matches!(statement.nature, Nature::Transaction(_))) {
            proposed.why.push("the migration may change rows or rights, which no schema shows".to_owned());
        }
        let trial = self.trial();
        self.aside(self.tried(), trial)?;
        let mut session = self.place.session(trial)?;
        for statement in dialect.opening().iter().copied().chain(proposed.statements.iter().map(String::as_str)) {
            if let Answer::Refused(refused) = session.run(statement)? {
                proposed.why.push(format!("{} ({})", refused.message, refused.code));
                return Ok(Some(proposed));
            }
        }
        drop(session);
        proposed.why.extend(differences(before, &self.look(trial)?).iter().map(Difference::words));
        Ok(Some(proposed))
    }

    /// What of the content of tables is otherwise there and back.
    fn lost(&self, tables: &BTreeSet<String>) -> Result<Vec<String>, Box<Trouble>> {
        let Some(filler) = self.filler.filter(|_| !tables.is_empty()) else { return Ok(Vec::new()) };
        let before = filler.contents(&mut *self.place.scratch.rows(BEFORE)?, tables)?;
        let after = filler.contents(&mut *self.place.scratch.rows(TRIAL)?, tables)?;
        let lost = before.iter().filter_map(|(column, was)| match after.get(column) {
            None => Some(format!("{column}: {} values, and it is not there", was.filled)),
            Some(now) if now.rows != was.rows => Some(format!("{column}: {} rows, {} after it", was.rows, now.rows)),
            Some(now) if now.filled != was.filled => Some(format!("{column}: {} values, {} after it", was.filled, now.filled)),
            Some(now) if now.sum != was.sum => Some(format!("{column}: other values than before")),
            Some(_) => None,
        });
        Ok(lost.collect())
    }

    /// The whole once more, and once more after each interruption.
    fn rerun(&self, cut: &Cut, told: &Migration, after: &Manifest) -> Result<Rerun, Box<Trouble>> {
        let mut rerun = Rerun::default();
        let trial = self.trial();
        let rows = Undisturbed::of((self, self.filler), told, (BEFORE, self.tried()))?;
        let otherwise = |database: &str| -> Result<Vec<String>, Box<Trouble>> {
            let mut odd: Vec<String> = differences(after, &self.look(database)?).iter().map(Difference::words).collect();
            odd.extend(rows.as_ref().ok().map(|rows| rows.odd(self, cut, database)).transpose()?.unwrap_or_default());
            Ok(odd)
        };
        self.aside(self.tried(), trial)?;
        let samples = Samples::default();
        let mut eyes = match self.observer {
            Some(observer) => {
                let known = observer.map(&mut *self.place.scratch.session(trial)?)?.into_keys().collect();
                Some(Eyes::new(observer, &samples).knowing(known))
            }
            None => None,
        };
        let mut blind = Blind;
        let onlooker: (Manner, &mut dyn Onlooker) = match &mut eyes {
            Some(eyes) => (Manner::Apart, eyes),
            None => (Manner::AsTool, &mut blind),
        };
        match self.ran(trial, &cut.up, cut.migration.transaction, None, onlooker)? {
            Err(why) => rerun.second = Some(Err(worded(&why))),
            Ok(()) => {
                let odd = otherwise(trial)?;
                if odd.is_empty() {
                    let traces = eyes.map(Eyes::traces).unwrap_or_default();
                    let strong = traces.iter().flat_map(|trace| &trace.locks).filter(|lock| lock.blocks >= Blocks::Writes && !lock.fresh);
                    rerun.locks = strong.map(|lock| (lock.relation.clone(), lock.mode)).collect();
                    rerun.locks.sort_unstable();
                    rerun.locks.dedup();
                }
                rerun.second = Some(Ok(odd));
            }
        }
        rerun.converges = Some(true);
        if self.is_one_transaction(cut) {
            return Ok(rerun);
        }
        let count = cut.up.iter().map(|script| script.statements().len()).sum::<usize>();
        for at in 1..count {
            self.ground.watch.stop.check()?;
            self.aside(BEFORE, trial)?;
            // What was not committed is gone with the session.
            let _interrupted = self.ran(trial, &cut.up, cut.migration.transaction, Some(at), (Manner::AsTool, &mut Blind))?;
            if self.again(cut, &otherwise, at, "", &mut rerun)? {
                return Ok(rerun);
            }
        }
        for (at, trace) in told.statements.iter().enumerate().filter(|(_, trace)| trace.is_sampled) {
            let stood = self.held_up(cut, at + 1, true)?;
            if stood.is_some() && self.again(cut, &otherwise, at + 1, " in the middle of it", &mut rerun)? {
                return Ok(rerun);
            }
            if stood.is_none() && !(trace.builds.is_empty() && trace.rewrites.is_empty()) {
                rerun.converges = None;
                rerun.left_behind = vec![format!("{}: nobody could interrupt it in the middle", trace.place)];
            }
        }
        Ok(rerun)
    }

    /// Runs it whole where it was interrupted; whether it comes to another end.
    fn again(&self, cut: &Cut, otherwise: &Otherwise<'_>, at: usize, whither: &str, rerun: &mut Rerun) -> Result<bool, Box<Trouble>> {
        let trial = self.trial();
        let left = match self.ran(trial, &cut.up, cut.migration.transaction, None, (Manner::AsTool, &mut Blind))? {
            Err(why) => vec![format!("run again, it fails: {}", worded(&why))],
            Ok(()) => otherwise(trial)?,
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
}

fn says_something(scripts: &[Script]) -> bool {
    let mut all = scripts.iter().flat_map(|script| &script.pieces).filter_map(evenkeel_core::statement::Piece::statement);
    all.any(|statement| !matches!(statement.nature, Nature::Transaction(_)))
}

//! A statement outside of any transaction that is held up by somebody who writes: what it holds and asks for then. Neighbours: `each`;
//! `stalled`, which has one stand so that it can be killed.

use super::each::{BEFORE, Each, TRIAL};
use crate::migrations::{Cut, Script};
use crate::runner::{Blind, Manner};
use evenkeel_core::fault::Trouble;
use evenkeel_core::rehearsal::Migration;
use evenkeel_core::trace::{Held, Lock, Map, On, Relation, Sample, Sort, Span, names};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long an obstacle is waited for: that a statement stands before it.
const STANDING: Duration = Duration::from_secs(5);

impl Each<'_> {
    /// Runs a statement that is outside of any transaction while somebody writes to the tables that it is about, so that it stands before
    /// them: what it holds and waits for then, or nothing where it did not stand. Then its session is ended, or it goes on.
    pub fn held_up(&self, cut: &Cut, statement: usize, ends: bool) -> Result<Option<Vec<(Relation, Held)>>, Box<Trouble>> {
        let Some(observer) = self.observer else { return Ok(None) };
        self.aside(BEFORE, TRIAL)?;
        if statement > 1 {
            let _before = self.ran(TRIAL, &cut.up, cut.migration.transaction, Some(statement - 1), (Manner::AsTool, &mut Blind))?;
        }
        let mut writer = self.place.scratch.session(TRIAL)?;
        let mut watcher = self.place.scratch.session(TRIAL)?;
        let all: Vec<_> = cut.up.iter().flat_map(Script::statements).collect();
        let Some(said) = all.get(statement - 1) else { return Ok(None) };
        writer.begin(&self.ground.limits)?;
        let map = observer.map(&mut *writer)?;
        for table in about(said.text, &map) {
            observer.write_to(&mut *writer, &table)?;
        }
        let mut session = self.place.session(TRIAL)?;
        let id = session.id();
        let is_over = AtomicBool::new(false);
        let stood = std::thread::scope(|threads| {
            let watching = threads.spawn(|| {
                let from = Instant::now();
                let mut stood = None;
                while from.elapsed() < STANDING && !is_over.load(Ordering::SeqCst) {
                    let sample = observer.sample(&mut *watcher, id)?;
                    if !sample.waited_for.is_empty() {
                        stood = Some(sample);
                        break;
                    }
                    std::thread::sleep(Duration::from_millis(2));
                }
                if ends && stood.is_some() || from.elapsed() >= STANDING {
                    self.place.scratch.end(id)?;
                }
                writer.roll_back()?;
                Ok::<Option<Sample>, Box<Trouble>>(stood)
            });
            // Where its session is ended from outside, that is what is wanted.
            let _answer = session.run(said.text);
            is_over.store(true, Ordering::SeqCst);
            drop(session);
            watching.join().unwrap_or(Ok(None))
        })?;
        let of = |held: &Held| match &held.on {
            On::Relation(oid) => Some((map.get(oid)?.clone(), held.clone())),
            On::Other(..) => None,
        };
        Ok(stood.map(|sample| sample.held.iter().chain(&sample.waited_for).filter_map(of).collect()))
    }

    /// Locks of statements outside of any transaction that no sample saw: what they ask for while somebody writes.
    pub fn asked_for(&self, cut: &Cut, told: &mut Migration) -> Result<(), Box<Trouble>> {
        for (at, trace) in told.statements.iter_mut().enumerate().filter(|(_, trace)| trace.is_sampled) {
            for (relation, held) in self.held_up(cut, at + 1, false)?.unwrap_or_default() {
                if trace.locks.iter().any(|lock| lock.relation == relation.name && lock.mode == held.mode) {
                    continue;
                }
                trace.locks.push(Lock {
                    named: names(&trace.sql, &relation.name),
                    relation: relation.name,
                    kind: relation.sort.name().to_owned(),
                    mode: held.mode,
                    blocks: held.blocks,
                    fresh: false,
                    taken_after: None,
                    held: Span { low: Duration::ZERO, high: Some(trace.took) },
                    until: None,
                });
            }
        }
        Ok(())
    }
}

/// Tables that are held, where a statement names none: more would fill the lock table.
const MOST: usize = 500;

/// Tables that a text names, or whose indexes it names; all where it names none.
pub fn about(text: &str, map: &Map) -> BTreeSet<String> {
    let is_table = |relation: &&Relation| relation.sort == Sort::Table && !relation.elsewhere;
    let named = map.values().filter(|relation| names(text, &relation.name));
    let tables = named.filter_map(|relation| match relation.of {
        Some(table) => map.get(&table),
        None => Some(relation),
    });
    let tables: BTreeSet<String> = tables.filter(is_table).map(|table| table.name.clone()).collect();
    if tables.is_empty() { map.values().filter(is_table).take(MOST).map(|table| table.name.clone()).collect() } else { tables }
}

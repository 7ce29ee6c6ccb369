//! Watches statements run: a look from inside around each, and samples from a second session meanwhile.
//!
//! Does not live here: what a look or a sample is (`core/trace`), how a server is asked (the port's `Observer`).

use super::logged;
use super::reasons::{self, Reasons};
use super::samples::{Samples, Wait};
use crate::runner::{Onlooker, Spoken};
use evenkeel_core::fault::Trouble;
use evenkeel_core::port::{Observer, Session};
use evenkeel_core::rehearsal::Waited;
use evenkeel_core::statement::{Nature, Substitute, without_secrets};
use evenkeel_core::trace::{Around, Blocked, Blocks, Class, Files, Held, Lock, Look, Map, On, Relation, Sort, Span, Trace, Work, names};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// A lock of a transaction that is still open: whose statement, which of its locks, when that statement began and ended.
struct Open {
    statement: usize,
    lock: usize,
    held: Held,
    began: Duration,
    ended: Duration,
}

/// When a statement began, and what it took locks on.
struct Begun {
    at: Instant,
    relations: BTreeMap<u64, Blocks>,
    others: BTreeSet<On>,
}

/// The log has no wait that is shorter than a deadlock is waited for (10 ms there); the end of one that is seen is known to some more.
const SHORT: Duration = Duration::from_millis(20);

/// Watches one session.
pub struct Eyes<'e> {
    observer: &'e dyn Observer,
    samples: &'e Samples,
    /// When watching began, and how much of the time since then was spent on looking.
    begin: Instant,
    looking: Duration,
    map: Map,
    /// What is held now, by the last look.
    held: Look,
    /// A statement is on its way: since when, on both clocks.
    started: Option<(Instant, Duration)>,
    open: Vec<Open>,
    /// What each statement took, for those who wait.
    begun: Vec<Begun>,
    /// Names of relations that were seen.
    names: BTreeMap<u64, String>,
    /// Relations that the release has made.
    fresh: BTreeSet<u64>,
    /// All that was there before the release.
    known: BTreeSet<u64>,
    traces: Vec<Trace>,
    reasons: Reasons,
}

impl<'e> Eyes<'e> {
    pub fn new(observer: &'e dyn Observer, samples: &'e Samples) -> Self {
        Self {
            observer,
            samples,
            begin: Instant::now(),
            looking: Duration::ZERO,
            map: Map::new(),
            held: Look::default(),
            started: None,
            open: Vec::new(),
            begun: Vec::new(),
            names: BTreeMap::new(),
            fresh: BTreeSet::new(),
            known: BTreeSet::new(),
            traces: Vec::new(),
            reasons: Reasons::default(),
        }
    }

    /// What was there before the release: everything else is its own.
    pub fn knowing(mut self, known: BTreeSet<u64>) -> Self {
        self.known = known;
        self
    }

    /// Has the server say why relations are written anew, by that session of the superuser's on the same database.
    pub fn explaining(mut self, session: Box<dyn Session>) -> Self {
        self.reasons = Reasons::by(session);
        self
    }

    /// As if nobody had.
    pub fn silent(&mut self) -> Result<(), Box<Trouble>> {
        std::mem::take(&mut self.reasons).end(self.observer)
    }

    /// The clock of what is watched: what looking takes is not in it.
    fn clock(&self) -> Duration {
        self.begin.elapsed().saturating_sub(self.looking)
    }

    fn aside<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Box<Trouble>>) -> Result<T, Box<Trouble>> {
        let from = Instant::now();
        let done = work(self);
        self.looking += from.elapsed();
        done
    }

    fn learn(&mut self, map: Map) {
        self.fresh.extend(map.keys().filter(|oid| !self.known.contains(oid)));
        self.map = map;
    }

    /// Locks that are gone at that moment, which began not before the other.
    fn release(&mut self, still: &BTreeSet<Held>, from: Duration, to: Duration) {
        let (kept, gone): (Vec<Open>, Vec<Open>) = std::mem::take(&mut self.open).into_iter().partition(|open| still.contains(&open.held));
        self.open = kept;
        let now = self.begin.elapsed();
        for open in gone {
            let span = Span { low: from.saturating_sub(open.ended), high: Some(to.saturating_sub(open.began)) };
            if let Some(lock) = self.traces.get_mut(open.statement).and_then(|trace| trace.locks.get_mut(open.lock)) {
                lock.held = span;
                lock.until = Some(now);
            }
        }
    }

    fn put(
        &mut self,
        spoken: &Spoken<'_>,
        outcome: Result<u64, &str>,
        after: Look,
        (instant, began): (Instant, Duration),
        ended: Duration,
    ) {
        let is_refused = outcome.is_err();
        let around = Around {
            statement: spoken.statement,
            text: spoken.text,
            map: &self.map,
            before: &self.held,
            after: &after,
            fresh: &self.fresh,
            files: if spoken.substitute == Some(Substitute::Superuser) {
                Files::Written
            } else {
                self.observer.files(&spoken.statement.tag)
            },
        };
        let work = if is_refused { Work::default() } else { around.work() };
        let rows = outcome.unwrap_or_default();
        let is_sampled = after.held.is_empty() && spoken.statement.alone;
        let sampled = self.samples.seen();
        let mut locks = Vec::new();
        let mut open = Vec::new();
        let statement = self.traces.len();
        let lock = |held: &Held, relation: Option<&Relation>, fresh: bool, span: Span| {
            let (name, kind) = match (&held.on, relation) {
                (On::Other(kind, name), _) => (name.clone(), kind.clone()),
                (On::Relation(_), Some(relation)) => (relation.name.clone(), relation.sort.name().to_owned()),
                (On::Relation(oid), None) => (format!("relation {oid}, which is gone"), Sort::Other.name().to_owned()),
            };
            let first = sampled.iter().find(|seen| seen.held == *held).map(|seen| seen.first);
            let taken_after = first.filter(|first| *first >= instant).map(|first| first.saturating_duration_since(instant));
            Lock {
                named: names(spoken.text, &name),
                relation: name,
                kind,
                mode: held.mode,
                blocks: held.blocks,
                fresh,
                taken_after,
                held: span,
                until: None,
            }
        };
        let is_fresh = |held: &Held| matches!(&held.on, On::Relation(oid) if !self.known.contains(oid));
        let find = |held: &Held| match &held.on {
            On::Relation(oid) => around.relation(*oid),
            On::Other(..) => None,
        };
        for held in around.taken() {
            // Its end is told when it comes.
            let span = Span { low: Duration::ZERO, high: None };
            let lacked = self.samples.lacked(held).map_or(Duration::ZERO, |moment| moment.saturating_duration_since(instant));
            open.push(Open { statement, lock: locks.len(), held: held.clone(), began: (began + lacked).min(ended), ended });
            locks.push(lock(held, find(held), is_fresh(held), span));
        }
        for seen in sampled.iter().filter(|seen| !after.held.contains(&seen.held) && !self.held.held.contains(&seen.held)) {
            // It was released by the statement itself.
            let (low, high) =
                (seen.last.saturating_duration_since(seen.first), seen.gone.map(|gone| gone.saturating_duration_since(seen.before)));
            let high = high.unwrap_or(ended - began).min(ended - began);
            let span = Span { low: low.min(high), high: Some(high) };
            let until = Some(seen.last.saturating_duration_since(self.begin));
            locks.push(Lock { until, ..lock(&seen.held, find(&seen.held), is_fresh(&seen.held), span) });
        }
        let shown = |oids: &BTreeSet<u64>| {
            let known = oids.iter().filter_map(|oid| around.relation(*oid));
            known.map(|relation| relation.name.clone()).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
        };
        let theirs = |oids: &BTreeSet<u64>| oids.iter().copied().filter(|oid| self.known.contains(oid)).collect::<BTreeSet<u64>>();
        let of_known: BTreeSet<u64> =
            work.builds.iter().copied().filter(|oid| table_of(&around, *oid).is_some_and(|table| self.known.contains(&table))).collect();
        // Where a sequence stands is in no file and no counter.
        let is_moved = names(spoken.text, self.observer.moves());
        let moved = after.held.iter().filter(|_| is_moved).filter_map(|held| match &held.on {
            On::Relation(oid) if self.known.contains(oid) => around.relation(*oid).filter(|one| one.sort == Sort::Sequence).map(|_| *oid),
            _ => None,
        });
        let moved: Vec<u64> = moved.collect();
        let own = Work {
            rewrites: theirs(&work.rewrites),
            scans: theirs(&work.scans),
            builds: of_known,
            emptied: theirs(&work.emptied).into_iter().chain(moved).collect(),
            unique: work.unique,
        };
        let class = around.class(&own, rows);
        let mut grows: BTreeSet<u64> = own.rewrites.union(&own.scans).copied().collect();
        grows.extend(own.builds.iter().filter_map(|oid| table_of(&around, *oid)));
        if matches!(class, Class::Data | Class::Unknown | Class::Scan) {
            // What it read or wrote by way of an index is not counted.
            grows.extend(
                after.held.iter().chain(sampled.iter().map(|seen| &seen.held)).filter(|held| held.blocks == Blocks::Ordinary).filter_map(
                    |held| match &held.on {
                        On::Relation(oid)
                            if self.known.contains(oid) && around.relation(*oid).is_some_and(|one| one.sort == Sort::Table) =>
                        {
                            Some(*oid)
                        }
                        _ => None,
                    },
                ),
            );
        }
        let of_relation = |held: &Held| match &held.on {
            On::Relation(oid) => Some((*oid, held.blocks)),
            On::Other(..) => None,
        };
        let mut taken: BTreeMap<u64, Blocks> = BTreeMap::new();
        // What it asked for and was not given kept others waiting behind it all the same.
        let asked_for = self.samples.pending();
        for (oid, blocks) in around.taken().chain(sampled.iter().map(|seen| &seen.held)).chain(&asked_for).filter_map(of_relation) {
            let known = taken.entry(oid).or_insert(blocks);
            *known = (*known).max(blocks);
        }
        let named = taken.keys().filter_map(|oid| Some((*oid, around.relation(*oid)?.name.clone()))).collect::<Vec<_>>();
        self.names.extend(named);
        let others = around.taken().map(|held| &held.on).filter(|on| matches!(on, On::Other(..))).cloned().collect();
        self.begun.push(Begun { at: instant, relations: taken, others });
        let trace = Trace {
            place: spoken.place.clone(),
            sql: without_secrets(spoken.text.trim()),
            tag: spoken.statement.tag.clone(),
            began,
            at: instant.saturating_duration_since(self.begin),
            took: ended - began,
            locks,
            rewrites: shown(&own.rewrites),
            why: reasons::of(&around, &own, self.samples.rewriting()),
            scans: shown(&own.scans),
            builds: shown(&own.builds),
            emptied: shown(&own.emptied),
            // Of what reads rows to make others, and of code, nobody knows what it makes of which values.
            depends: matches!(class, Class::Validation | Class::Data | Class::Rewrite | Class::Unknown | Class::Scan)
                || matches!(spoken.statement.nature, Nature::Code | Nature::Unknown)
                || own.unique && !own.builds.is_empty(),
            grows_with: shown(&grows),
            log_bytes: after.log.saturating_sub(self.held.log),
            rows,
            error: outcome.err().map(str::to_owned),
            class,
            is_sampled,
            blocked: None,
            waited: self.samples.waited(),
            temporary: None,
            substitute: spoken.substitute,
        };
        self.traces.push(trace);
        self.open.extend(open);
        self.held = after;
    }
}

fn table_of(around: &Around<'_>, index: u64) -> Option<u64> {
    around.relation(index).and_then(|index| index.of)
}

impl Onlooker for Eyes<'_> {
    fn before(&mut self, session: &mut dyn Session, spoken: &Spoken<'_>) -> Result<(), Box<Trouble>> {
        self.aside(|own| {
            if own.open.is_empty() {
                // Counters of earlier transactions may still be in those of this one.
                let map = own.observer.map(session)?;
                own.learn(map);
            }
            own.reasons.told(own.observer, own.observer.is_explained(spoken.statement, spoken.text))?;
            own.held = own.observer.look(session)?;
            Ok(())
        })?;
        self.samples.runs(Some(spoken.place.to_string()));
        self.started = Some((Instant::now(), self.clock()));
        Ok(())
    }

    fn after(&mut self, session: &mut dyn Session, spoken: &Spoken<'_>, outcome: Result<u64, &str>) -> Result<(), Box<Trouble>> {
        let ended = self.clock();
        self.samples.runs(None);
        let Some(started) = self.started.take() else { return Ok(()) };
        self.aside(|own| {
            // After a refusal the transaction answers nothing more.
            let after = if outcome.is_err() { Look { log: own.held.log, ..Look::default() } } else { own.observer.look(session)? };
            if after.held.is_empty() && outcome.is_ok() && spoken.statement.alone {
                let map = own.observer.map(session)?;
                let before = std::mem::replace(&mut own.map, map);
                own.alone(spoken, outcome, &before, after, started, ended);
                return Ok(());
            }
            own.release(&after.held, started.1, ended);
            own.put(spoken, outcome, after, started, ended);
            Ok(())
        })
    }

    fn ended(&mut self) {
        let now = self.clock();
        let from = self.traces.last().map_or(now, |trace| trace.began + trace.took);
        // Between the answer of the last statement and that of the end nothing of ours was asked.
        self.release(&BTreeSet::new(), from, now);
        self.held = Look { log: self.held.log, rewritten: std::mem::take(&mut self.held.rewritten), ..Look::default() };
    }
}

impl Eyes<'_> {
    /// Who waited, for locks of which statement. One wait is told once. A wait for a relation is told at the first of the statements that
    /// ran before its end and took a lock on it that others feel; for something else that is locked by its number, at the one that took
    /// it; for a row, at the last one before it that changed rows, of that table where it is known. Else at the one that ran when it began.
    pub fn blocked(&mut self, waits: Vec<Wait>) -> Vec<Waited> {
        let mut drawn = Vec::new();
        let mut all: BTreeMap<(usize, String, String), Blocked> = BTreeMap::new();
        let mut unlogged: BTreeSet<(usize, String, String)> = BTreeSet::new();
        for wait in waits {
            let end = wait.over.unwrap_or(wait.last);
            let before_end =
                || self.begun.iter().enumerate().take_while(|(_, begun)| begun.at < end).filter(|(at, _)| *at < self.traces.len());
            let on = match &wait.on {
                On::Relation(oid) => Some(*oid),
                On::Other(..) => None,
            };
            let name = on.and_then(|oid| self.names.get(&oid).or_else(|| self.map.get(&oid).map(|relation| &relation.name)));
            let reaches = |at: usize| self.reaches(at, wait.first);
            // A log is written to the millisecond.
            let began = if wait.logged { wait.first + Duration::from_millis(2) } else { wait.first };
            let holder = match wait.wait.as_str() {
                "tuple" | "transactionid" => {
                    let changed = |at: usize, named: bool| {
                        self.traces.get(at).is_some_and(|trace| {
                            trace.rows > 0 && trace.class == Class::Data && (!named || name.is_some_and(|name| names(&trace.sql, name)))
                        })
                    };
                    let last = |named: bool| {
                        let all = before_end().filter(|(at, begun)| begun.at <= began && changed(*at, named) && reaches(*at));
                        all.last().map(|(at, _)| at)
                    };
                    last(true).or_else(|| last(false))
                }
                _ => {
                    let takes = |begun: &Begun| match on {
                        Some(oid) => begun.relations.get(&oid).is_some_and(|blocks| *blocks > Blocks::Ordinary),
                        None => begun.others.contains(&wait.on),
                    };
                    before_end().find(|(at, begun)| takes(begun) && reaches(*at)).map(|(at, _)| at)
                }
            };
            let running = || before_end().filter(|(_, begun)| begun.at <= began).last().or_else(|| before_end().last()).map(|(at, _)| at);
            let Some(at) = holder.or_else(running) else { continue };
            let relation = name.cloned().unwrap_or_default();
            let length = wait.length();
            drawn.push(wait.told(self.begin, relation.clone()));
            let entry = all.entry((at, relation.clone(), wait.wait.clone())).or_insert_with(|| Blocked {
                relation: relation.clone(),
                wait: wait.wait.clone(),
                clients: 0,
                longest: Duration::ZERO,
                total: Duration::ZERO,
                logged: false,
            });
            entry.clients += 1;
            entry.logged |= wait.logged;
            if !wait.logged && length >= SHORT {
                unlogged.insert((at, relation.clone(), wait.wait.clone()));
            }
            entry.longest = entry.longest.max(length);
            entry.total += length;
        }
        for trace in &mut self.traces {
            trace.blocked.get_or_insert_with(Vec::new);
        }
        for (key, mut blocked) in all {
            blocked.logged &= !unlogged.contains(&key);
            if let Some(trace) = self.traces.get_mut(key.0) {
                trace.blocked.get_or_insert_with(Vec::new).push(blocked);
            }
        }
        drawn
    }

    /// What statements of the session put into temporary files: each that is gone at a moment is of the statement that ran then.
    pub fn spilled(&mut self, files: &[(Instant, u64)]) {
        for trace in &mut self.traces {
            trace.temporary.get_or_insert(0);
        }
        for (moment, bytes) in files {
            let last = self.begun.iter().take_while(|begun| begun.at <= *moment + logged::APART).count();
            if let Some(trace) = last.checked_sub(1).and_then(|at| self.traces.get_mut(at)) {
                *trace.temporary.get_or_insert(0) += bytes;
            }
        }
    }

    /// When watching began: times of reports are since then.
    pub const fn begin(&self) -> Instant {
        self.begin
    }

    /// Whether locks of a statement may still have been held at that moment.
    fn reaches(&self, at: usize, moment: Instant) -> bool {
        let Some((trace, begun)) = self.traces.get(at).zip(self.begun.get(at)) else { return false };
        let longest = trace.locks.iter().filter_map(|lock| lock.held.high).max().unwrap_or(trace.took);
        // Looks of ours lie between, on the wall's clock.
        begun.at + longest + self.looking >= moment
    }

    /// What was seen, statement by statement.
    pub fn traces(mut self) -> Vec<Trace> {
        for trace in &mut self.traces {
            trace.locks.sort_by(|one, other| other.blocks.cmp(&one.blocks).then_with(|| one.relation.cmp(&other.relation)));
        }
        self.traces
    }

    /// A statement outside of any transaction: files and counters are told by everything before and after.
    fn alone(
        &mut self,
        spoken: &Spoken<'_>,
        outcome: Result<u64, &str>,
        before: &Map,
        after: Look,
        started: (Instant, Duration),
        ended: Duration,
    ) {
        let now = std::mem::replace(&mut self.map, before.clone());
        // Only what has changed is looked at: its own counters are not in the statement's transactions.
        let changed: BTreeMap<u64, Relation> = now
            .iter()
            .filter(|(oid, relation)| before.get(*oid).is_none_or(|was| was.storage != relation.storage))
            .map(|(oid, one)| (*oid, one.clone()))
            .collect();
        let relations = changed
            .into_iter()
            .chain(now.iter().filter(|(oid, _)| before.contains_key(*oid)).map(|(oid, one)| (*oid, one.clone())))
            .collect();
        self.put(spoken, outcome, Look { relations, ..after }, started, ended);
        self.learn(now);
    }
}

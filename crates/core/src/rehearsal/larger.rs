//! How long a release takes on the target: each statement, each lock, all of it and its way back.
//!
//! Neighbours: `estimate`, which knows forms and ranges; `gates`, which asks whether a limit is kept.

use crate::estimate::{Driver, Estimate, Machine, Point, Range, SPREAD, What, range};
use crate::trace::{Blocks, Class, Lock, Sort, Trace};
use std::collections::BTreeMap;
use std::time::Duration;

/// What is in a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Volume {
    pub rows: u64,
    /// Of its own pages and of its large values; nothing where it is not known.
    pub bytes: Option<u64>,
    /// Rows that were removed and still take room.
    pub dead: u64,
}

/// The release at one size.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Size {
    /// As it was asked for: `3 %`.
    pub label: String,
    pub tables: BTreeMap<String, Volume>,
    /// What each statement took, in order; what it said where one did not run.
    pub took: Vec<Duration>,
    pub stopped: Option<String>,
    /// What all ways back took.
    pub undo: Option<Duration>,
    /// Settings that could not be made smaller as the tables were.
    pub stuck: Vec<Stuck>,
}

/// Memory for sorting that is more, in proportion, than on the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stuck {
    pub name: String,
    /// Bytes on the target, and here.
    pub there: u64,
    pub here: u64,
}

impl Stuck {
    /// Whether what is sorted fits here and not there.
    fn decides(&self, tuples_there: f64, tuples_here: f64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "amounts of memory")]
        let fits = |tuples: f64, room: u64| tuples * SORTED < room as f64;
        !fits(tuples_there, self.there) && fits(tuples_here, self.here)
    }
}

/// Bytes of a tuple while it is sorted, about: its head, a pointer, a key of some bytes.
const SORTED: f64 = 48.0;

/// Estimates of a release.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Larger {
    pub sizes: Vec<Size>,
    /// By migration and statement, as they stand there.
    pub statements: Vec<Vec<Estimate>>,
    pub locks: Vec<Estimate>,
    pub release: Option<Estimate>,
    pub undo: Option<Estimate>,
}

/// Beyond such a part of dead rows a table's size says little of its rows.
const BLOATED: f64 = 0.5;

impl Larger {
    /// Nothing is told: why.
    pub fn untold(&mut self, why: &str) {
        let all = self.release.iter_mut().chain(&mut self.undo).chain(&mut self.locks).chain(self.statements.iter_mut().flatten());
        for one in all.filter(|one| one.enough) {
            (one.enough, one.why) = (false, why.to_owned());
        }
    }

    /// All of them, from the statements of each migration and the same release at several sizes, the smallest first; `there` is what the target's tables hold.
    #[must_use]
    pub fn of(migrations: &[&[Trace]], sizes: Vec<Size>, there: &BTreeMap<String, Volume>, machine: Machine) -> Self {
        let mut larger = Self { sizes, ..Self::default() };
        let count: usize = migrations.iter().map(|statements| statements.len()).sum();
        let mut at = 0;
        for migration in migrations {
            let mut all = Vec::new();
            for trace in *migration {
                all.push(larger.statement(trace, at, count, there, machine));
                at += 1;
            }
            larger.statements.push(all);
        }
        for (migration, estimates) in migrations.iter().zip(&larger.statements) {
            for (at, trace) in migration.iter().enumerate() {
                for lock in strongest(trace) {
                    let span = span(migration, at, lock.held.high.unwrap_or(trace.took));
                    let parts: Vec<&Estimate> = span.filter_map(|at| estimates.get(at)).collect();
                    let sum = summed(What::Lock, &parts, machine);
                    larger.locks.push(Estimate {
                        statement: Some(trace.place.to_string()),
                        mode: Some(lock.mode),
                        relation: Some(lock.relation.clone()),
                        ..sum
                    });
                }
            }
        }
        let all: Vec<&Estimate> = larger.statements.iter().flatten().collect();
        larger.release = (!all.is_empty()).then(|| summed(What::Release, &all, machine));
        larger.undo = larger.way_back(migrations, there, machine);
        larger
    }

    fn statement(&self, trace: &Trace, at: usize, count: usize, there: &BTreeMap<String, Volume>, machine: Machine) -> Estimate {
        let mut driver = Driver::of(trace.class, !trace.builds.is_empty());
        let tables = &trace.grows_with;
        let known = |volumes: &BTreeMap<String, Volume>| {
            tables.iter().all(|table| volumes.get(table).is_some_and(|volume| volume.bytes.is_some() || volume.rows == 0))
        };
        if driver == Driver::Bytes && !(known(there) && self.sizes.iter().all(|size| known(&size.tables))) {
            driver = Driver::Rows;
        }
        let of = |volumes: &BTreeMap<String, Volume>| -> Option<f64> {
            let units = tables.iter().map(|table| {
                let volume = volumes.get(table)?;
                #[expect(clippy::cast_precision_loss, reason = "sizes, of which a few digits count")]
                Some(if driver == Driver::Bytes { volume.bytes.unwrap_or_default() as f64 } else { volume.rows as f64 })
            });
            units.sum()
        };
        let took = self.sizes.last().and_then(|size| size.took.get(at)).copied().unwrap_or(trace.took);
        let estimate = Estimate {
            what: What::Statement,
            statement: Some(trace.place.to_string()),
            mode: None,
            relation: (!tables.is_empty()).then(|| tables.join(", ")),
            low: Duration::ZERO,
            high: took,
            here: took,
            multiplier: 1.0,
            driver,
            points: Vec::new(),
            machine,
            enough: false,
            why: String::new(),
        };
        let fails = |why: String| Estimate { why, ..estimate.clone() };
        if let Some((size, why)) = self.sizes.iter().find_map(|size| Some((size, size.stopped.as_ref()?))) {
            return fails(format!("at {} it did not run to its end: {why}", size.label));
        }
        if let Some(size) = self.sizes.iter().find(|size| size.took.len() != count) {
            return fails(format!("at {} it ran {} statements of {count}", size.label, size.took.len()));
        }
        if trace.class == Class::Data && trace.rows == 0 && !tables.is_empty() {
            return fails("it met no row here, and how many it meets there is not known".to_owned());
        }
        if trace.class.grows() && tables.is_empty() {
            return fails("which tables' size it grows with was not seen".to_owned());
        }
        let target = if driver == Driver::Constant { Some(0.0) } else { of(there) };
        let Some(target) = target else {
            let unknown = tables.iter().find(|table| !there.contains_key(*table));
            return fails(format!("how large {} is on the target is not known", unknown.map_or("it", String::as_str)));
        };
        let points: Option<Vec<Point>> = self
            .sizes
            .iter()
            .map(|size| {
                let size_of = if driver == Driver::Constant { Some(0.0) } else { of(&size.tables) };
                Some(Point { size: size_of?, took: *size.took.get(at)? })
            })
            .collect();
        let Some(points) = points else { return fails("how large tables were at each size is not known".to_owned()) };
        let largest = points.iter().map(|point| point.size).fold(0.0, f64::max);
        let estimate = Estimate { multiplier: if largest > 0.0 { target / largest } else { 1.0 }, ..estimate };
        if target <= 0.0 && driver != Driver::Constant {
            // What has no rows there grows with nothing.
            let least = points.iter().map(|point| point.took).min().unwrap_or(took);
            return Estimate {
                high: least,
                multiplier: 0.0,
                points,
                enough: true,
                why: "its tables have no rows there".to_owned(),
                ..estimate
            };
        }
        let last = self.sizes.last().map(|size| &size.tables);
        let unlike = tables.iter().find_map(|table| unlike(table, there.get(table)?, last?.get(table)?));
        if let Some(why) = unlike.filter(|_| driver != Driver::Constant) {
            return Estimate { points, why, ..estimate };
        }
        let mut why = Vec::new();
        let bloated = tables.iter().find(|table| there.get(*table).is_some_and(is_bloated));
        if let (Some(table), Driver::Bytes) = (bloated, driver) {
            why.push(format!("{table} has many dead rows on the target"));
        }
        let stuck = |size: &Size| {
            let here = of(&size.tables).unwrap_or_default();
            let found = size.stuck.iter().find(|one| driver == Driver::IndexTuples && one.decides(target, here));
            found.map(|one| format!("at {} what is sorted fits into {}, which it does not on the target", size.label, one.name))
        };
        if let Some(words) = self.sizes.last().and_then(stuck) {
            return Estimate { points, why: words, ..estimate };
        }
        why.extend(self.sizes.iter().find_map(stuck));
        match range(driver, &points, target, machine) {
            Err(why) => Estimate { points, why, ..estimate },
            Ok(Range { low, high, multiplier }) => {
                let wider = if why.is_empty() { 1.0 } else { WIDER };
                Estimate {
                    low: low.div_f64(wider),
                    high: high.mul_f64(wider),
                    multiplier,
                    points,
                    enough: true,
                    why: why.join("; "),
                    ..estimate
                }
            }
        }
    }

    /// All ways back together, by the rows of all tables that the release grows with.
    fn way_back(&self, migrations: &[&[Trace]], there: &BTreeMap<String, Volume>, machine: Machine) -> Option<Estimate> {
        let took: Vec<Duration> = self.sizes.iter().map(|size| size.undo).collect::<Option<_>>()?;
        let here = *took.last()?;
        let mut tables: Vec<&String> = migrations.iter().copied().flatten().flat_map(|trace| &trace.grows_with).collect();
        tables.extend(
            migrations.iter().copied().flatten().flat_map(|trace| &trace.locks).filter(|lock| is_table(lock)).map(|lock| &lock.relation),
        );
        tables.sort_unstable();
        tables.dedup();
        #[expect(clippy::cast_precision_loss, reason = "sizes, of which a few digits count")]
        let of = |volumes: &BTreeMap<String, Volume>| -> Option<f64> {
            tables.iter().map(|table| volumes.get(*table).map(|volume| volume.rows as f64)).sum()
        };
        let estimate = Estimate {
            what: What::Undo,
            statement: None,
            mode: None,
            relation: None,
            low: Duration::ZERO,
            high: here,
            here,
            multiplier: 1.0,
            driver: Driver::Rows,
            points: Vec::new(),
            machine,
            enough: false,
            why: String::new(),
        };
        let Some(target) = of(there) else {
            return Some(Estimate { why: "how large the tables are on the target is not known".to_owned(), ..estimate });
        };
        let points = self
            .sizes
            .iter()
            .zip(&took)
            .map(|(size, took)| Some(Point { size: of(&size.tables)?, took: *took }))
            .collect::<Option<Vec<_>>>()?;
        let driver = if points.iter().all(|point| point.size > 0.0) { Driver::Rows } else { Driver::Constant };
        Some(match range(driver, &points, target, machine) {
            Err(why) => Estimate { points, why, ..estimate },
            Ok(Range { low, high, multiplier }) => Estimate { low, high, multiplier, points, driver, enough: true, ..estimate },
        })
    }

    /// Every one, as reports list them: the whole first.
    pub fn all(&self) -> impl Iterator<Item = &Estimate> {
        self.release.iter().chain(&self.undo).chain(&self.locks).chain(self.statements.iter().flatten())
    }

    /// How long a lock is held there that one statement took and held so long here at the most; why that is not known.
    ///
    /// # Errors
    /// One of the statements that run while it is held has no estimate.
    pub fn hold(&self, statements: &[Trace], migration: usize, at: usize, high: Duration) -> Result<(Duration, Duration), String> {
        let Some(estimates) = self.statements.get(migration) else { return Err("it was not estimated".to_owned()) };
        let parts: Vec<&Estimate> = span(statements, at, high).filter_map(|at| estimates.get(at)).collect();
        let sum = summed(What::Lock, &parts, Machine::ASSUMED);
        if sum.enough { Ok((sum.low, sum.high)) } else { Err(sum.why) }
    }
}

/// What a reason to doubt makes a range wider by, either way.
const WIDER: f64 = 1.3;

#[expect(clippy::cast_precision_loss, reason = "parts, of which a few digits count")]
fn is_bloated(volume: &Volume) -> bool {
    volume.dead as f64 > volume.rows as f64 * BLOATED
}

/// That rows take more room there, or less: large values that were not made here, room that is not used.
fn unlike(table: &str, there: &Volume, here: &Volume) -> Option<String> {
    let (Some(bytes), Some(own)) = (there.bytes, here.bytes) else { return None };
    if bytes < SMALL || there.rows == 0 || here.rows == 0 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "sizes, of which a few digits count")]
    let [of_there, of_here] = [bytes as f64 / there.rows as f64, own as f64 / here.rows as f64];
    let is_alike = of_there <= of_here * UNLIKE && of_here <= of_there * UNLIKE;
    (!is_alike).then(|| format!("a row of {table} takes {of_there:.0} bytes on the target, and {of_here:.0} here"))
}

/// Room for a row that differs by more than this is another sort of row; of a small table a page decides.
const UNLIKE: f64 = 2.5;
const SMALL: u64 = 1 << 20;

fn is_table(lock: &Lock) -> bool {
    !lock.fresh && [Sort::Table, Sort::MaterializedView].iter().any(|sort| sort.name() == lock.kind)
}

/// Of each table the strongest lock that keeps others from reading or writing.
fn strongest(trace: &Trace) -> Vec<&Lock> {
    let mut all: BTreeMap<&str, &Lock> = BTreeMap::new();
    for lock in trace.locks.iter().filter(|lock| is_table(lock) && lock.blocks >= Blocks::Writes) {
        let known = all.entry(&lock.relation).or_insert(lock);
        if lock.blocks > known.blocks {
            *known = lock;
        }
    }
    all.into_values().collect()
}

/// Statements that run while a lock is held that one of them took.
fn span(statements: &[Trace], at: usize, high: Duration) -> impl Iterator<Item = usize> {
    let taken = statements.get(at);
    statements
        .iter()
        .enumerate()
        .skip(at)
        .take_while(move |(_, other)| taken.is_some_and(|taken| at_once(taken, other, high)))
        .map(|(at, _)| at)
}

/// Whether another statement ran while a lock of this one was held at the longest.
pub(super) fn at_once(taken: &Trace, other: &Trace, high: Duration) -> bool {
    std::ptr::eq(taken, other) || taken.is_sampled == other.is_sampled && other.began.saturating_sub(taken.began) < high
}

/// Several, one after the other.
fn summed(what: What, parts: &[&Estimate], machine: Machine) -> Estimate {
    let sum = |of: &dyn Fn(&Estimate) -> Duration| parts.iter().map(|part| of(part)).sum::<Duration>();
    // What takes longest says what it grows with.
    let main = parts.iter().max_by_key(|part| part.high);
    let sizes = parts.iter().map(|part| part.points.len()).min().unwrap_or_default();
    let points = (0..sizes).map(|at| Point {
        size: main.and_then(|main| main.points.get(at)).map_or(0.0, |point| point.size),
        took: parts.iter().filter_map(|part| part.points.get(at)).map(|point| point.took).sum(),
    });
    let lacking = parts.iter().find(|part| !part.enough);
    let why = lacking.or(main).map(|part| match (&part.statement, part.enough) {
        (Some(place), false) => format!("{place}: {}", part.why),
        _ => part.why.clone(),
    });
    Estimate {
        what,
        statement: None,
        mode: None,
        relation: None,
        low: sum(&|part| part.low),
        high: sum(&|part| part.high),
        here: sum(&|part| part.here),
        multiplier: main.map_or(1.0, |main| main.multiplier),
        driver: main.map_or(Driver::Constant, |main| main.driver),
        points: points.collect(),
        machine,
        enough: lacking.is_none(),
        why: why.unwrap_or_default(),
    }
}

/// What the width of ranges comes from, in words.
#[must_use]
pub fn method(machine: Machine) -> String {
    let hardware = if machine.measured { "" } else { "; equal hardware was assumed (--probe compares it)" };
    format!("estimates are a fit over the sizes: the range is {SPREAD} times either way, and what chance does to the slope{hardware}")
}

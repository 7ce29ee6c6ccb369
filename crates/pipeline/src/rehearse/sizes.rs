//! The release at several sizes: how many rows tables get, a server for each size with as much memory as belongs to it, and what everything
//! took there.
//!
//! Neighbours: `eyes`, which takes the time of statements; `core/estimate`, which says what follows for the target.

use super::dump::Dump;
use super::each::{BASE, Each};
use super::pending::Release;
use super::place::Place;
use super::watched::watched;
use crate::migrations::Script;
use crate::replay::Stage;
use crate::runner::{Blind, Ground, Manner};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::{Dimension, Kind, Value};
use evenkeel_core::manifest::{Manifest, Object, display};
use evenkeel_core::port::{Filled, Filler, Observer, Request, Rows, Shape, Silent, Watch};
use evenkeel_core::rehearsal::{Size, Volume};
use evenkeel_core::statement::changes_rows;
use evenkeel_core::trace::names;
use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

/// How many rows tables get.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub enum Amount {
    /// Each as many.
    Rows(u64),
    /// Of what each has on the target, 0 to 1.
    Share(f64),
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows(rows) => write!(f, "{rows} rows"),
            Self::Share(share) => write!(f, "{} %", (share * 100_000.0).round() / 1000.0),
        }
    }
}

/// So many times as many rows as ANALYZE saw, and some more, are others.
const LOADED: u64 = 2;
const SLACK: u64 = 1000;
/// Rows of tables of which nobody knows how many they have on the target.
pub const UNKNOWN: u64 = 1000;
/// From such a part of the rows on, distinct values are as good as all of them.
const MANY: f64 = 0.1;
/// Of releases that take less, chance is a large part: they run so often, and the one in the middle counts.
const SHORT: Duration = Duration::from_secs(2);
const TIMES: usize = 3;

/// What is in a target's tables, as far as it is known.
pub fn volumes(manifest: &Manifest) -> BTreeMap<String, Volume> {
    // Of a table that nobody has analyzed, what the server counted since its counters began is no number of rows.
    let is_counted = |table: &&Object| table.get("never_analyzed") != Some(&Value::Flag(true));
    let number = |table: &Object, name: &str| match table.get(name) {
        Some(Value::Integer(count)) => u64::try_from(*count).ok(),
        _ => None,
    };
    let tables = manifest.of_kind(Kind::TableStatistics).iter().filter(is_counted).filter_map(|table| {
        let bytes = number(table, "table_bytes").map(|bytes| bytes + number(table, "toast_bytes").unwrap_or_default());
        let rows = number(table, "rows")?;
        // Loaded since: what ANALYZE saw is not what is there.
        let live = number(table, "live_rows").unwrap_or_default();
        if live > rows.saturating_mul(LOADED) + SLACK {
            return None;
        }
        let volume = Volume { rows, bytes: bytes.filter(|bytes| *bytes > 0), dead: number(table, "dead_rows").unwrap_or_default() };
        Some((display(Kind::Table, &table.identity), volume))
    });
    tables.collect()
}

/// The rows that tables get; columns that the release names keep values that are distinct and never NULL, so that it runs. What only
/// statements on rows name is as on the target: `WHERE note IS NULL` is to find some.
///
/// # Errors
/// A part is asked for of what nobody knows.
pub fn rows(amount: Amount, target: &Manifest, release: &Release) -> Result<Rows, Box<Trouble>> {
    let there = volumes(target);
    if let (Amount::Share(_), true) = (amount, there.values().all(|volume| volume.rows == 0)) {
        let trouble = Trouble::new(Class::CouldNotTell, "how many rows the target's tables have is not known")
            .expected("their numbers, of which a part is taken");
        let found = if target.covers(Dimension::Data) {
            "no table of which ANALYZE has seen rows"
        } else {
            "a manifest without the dimension data"
        };
        return Err(Box::new(
            trouble
                .found(found)
                .origin("flag --rows")
                .fix("say how many: --rows 10000,30000,100000; or capture the target with --dimension data too"),
        ));
    }
    let (tables, otherwise) = match amount {
        Amount::Rows(rows) => (BTreeMap::new(), rows),
        Amount::Share(share) => {
            #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of rows")]
            let of = |volume: &Volume| if volume.rows == 0 { 0 } else { ((volume.rows as f64 * share).round() as u64).max(1) };
            (there.iter().map(|(table, volume)| (table.clone(), of(volume))).collect(), UNKNOWN)
        }
    };
    let said = release.cuts.iter().flat_map(|cut| &cut.up).flat_map(Script::statements);
    let texts: Vec<&str> = said.filter(|said| !changes_rows(&said.statement.tag)).map(|said| said.text).collect();
    let mut shapes = BTreeMap::new();
    for column in target.of_kind(Kind::ColumnStatistics) {
        let [schema, table, name] = [0, 1, 2].map(|at| column.identity.part(at));
        if texts.iter().any(|text| names(text, name) && names(text, table)) {
            continue;
        }
        let number = |name: &str| match column.get(name) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        };
        let own = display(Kind::Table, &evenkeel_core::manifest::Identity::new([schema, table]));
        #[expect(clippy::cast_precision_loss, reason = "a number of rows")]
        let rows = there.get(&own).map(|volume| volume.rows as f64).unwrap_or_default();
        let shape = Shape {
            nulls: number("null_fraction").unwrap_or_default(),
            width: match column.get("width") {
                Some(Value::Integer(width)) => u64::try_from(*width).ok(),
                _ => None,
            },
            distinct: number("distinct").filter(|distinct| *distinct >= 1.0 && *distinct < rows * MANY),
            correlation: number("correlation"),
        };
        shapes.insert(display(Kind::Column, &column.identity), shape);
    }
    Ok(Rows { tables, otherwise, shapes })
}

/// How much smaller tables are than on the target; 1 where nobody knows.
pub fn scale(amount: Amount, target: &Manifest) -> f64 {
    match amount {
        Amount::Share(share) => share,
        #[expect(clippy::cast_precision_loss, reason = "numbers of rows, of which a few digits count")]
        Amount::Rows(rows) => match volumes(target).values().map(|volume| volume.rows).max() {
            Some(most) if most > rows => rows as f64 / most as f64,
            _ => 1.0,
        },
    }
}

/// What it takes to try one size after the other.
pub struct Sizing<'a> {
    pub target: &'a Manifest,
    pub release: &'a Release,
    pub stage: Stage<'a>,
    pub role: Option<&'a str>,
    pub dump: Option<&'a Dump>,
    pub observer: &'a dyn Observer,
    pub filler: &'a dyn Filler,
}

impl Sizing<'_> {
    /// Fills the tables of a place.
    pub fn fill(&self, place: &Place, amount: Amount) -> Result<Vec<Filled>, Box<Trouble>> {
        let rows = rows(amount, self.target, self.release)?;
        let filled = self.filler.fill(&mut *place.scratch.rows(&place.database)?, &rows, self.stage.watch.stop)?;
        place.scratch.settle(&place.database)?;
        Ok(filled)
    }

    /// A server for a size.
    pub fn place(&self, amount: Amount) -> Result<Place, Box<Trouble>> {
        Place::make(self.target, self.stage, (self.role, None), (Some(scale(amount, self.target)), self.dump))
    }

    /// A size for which a server is made, and removed again.
    pub fn apart(&self, amount: Amount) -> Result<Size, Box<Trouble>> {
        let place = self.place(amount)?;
        let filled = self.fill(&place, amount)?;
        let here = filled.into_iter().map(|one| (one.table, one.rows)).collect();
        let grammar = self.stage.engine.grammar()?;
        let ground = Ground {
            scratch: &*place.scratch,
            database: &place.database,
            grammar,
            watch: self.stage.watch,
            limits: self.stage.limits,
            own_bounds: true,
        };
        let each = Each { place: &place, stage: self.stage, ground, observer: Some(self.observer), filler: Some(self.filler), here: &here };
        each.aside(&place.database, BASE)?;
        self.timed(&each, amount)
    }

    /// What the release takes there, alone; the database is left as the release and its way back leave it.
    pub fn timed(&self, each: &Each<'_>, amount: Amount) -> Result<Size, Box<Trouble>> {
        let quiet = Watch { watcher: &Silent, stop: self.stage.watch.stop };
        let request = Request { dimensions: vec![Dimension::Data], ..Request::new("the rehearsal") };
        let tables = volumes(&each.place.scratch.environment(each.ground.database)?.capture(&request, &quiet)?);
        let mut size = Size { label: amount.to_string(), tables, stuck: each.place.stuck.clone(), ..Size::default() };
        let mut runs: Vec<Vec<Duration>> = Vec::new();
        let mut undos = Vec::new();
        for time in 0..TIMES {
            if time > 0 {
                each.aside(BASE, each.ground.database)?;
            }
            let told = watched(each, self.observer, self.release, None)?.migrations;
            if let Some((migration, (_, why))) = told.iter().find_map(|one| Some((one, one.stopped.as_ref()?))) {
                size.stopped = Some(format!("{}: {why}", migration.key));
                return Ok(size);
            }
            let took: Vec<Duration> = told.iter().flat_map(|one| &one.statements).map(|trace| trace.took).collect();
            let total: Duration = took.iter().sum();
            runs.push(took);
            undos.extend(self.undone(each)?);
            if total > SHORT {
                break;
            }
        }
        let least = runs.iter().map(Vec::len).min().unwrap_or_default();
        size.took = (0..least).filter_map(|at| middle(runs.iter().filter_map(|run| run.get(at)).copied().collect())).collect();
        size.undo = if undos.len() == runs.len() { middle(undos) } else { None };
        Ok(size)
    }

    /// What all ways back take, the last first; nothing where one is missing or fails.
    fn undone(&self, each: &Each<'_>) -> Result<Option<Duration>, Box<Trouble>> {
        let mut all = Duration::ZERO;
        for cut in self.release.cuts.iter().rev() {
            let Some(down) = cut.down.as_ref().filter(|down| down.iter().any(|one| !Script::statements(one).is_empty())) else {
                return Ok(None);
            };
            let from = Instant::now();
            if each.ran(each.ground.database, down, cut.migration.transaction, None, (Manner::AsTool, &mut Blind))?.is_err() {
                return Ok(None);
            }
            all += from.elapsed();
        }
        Ok(Some(all))
    }
}

fn middle(mut all: Vec<Duration>) -> Option<Duration> {
    all.sort_unstable();
    all.get(all.len() / 2).copied()
}

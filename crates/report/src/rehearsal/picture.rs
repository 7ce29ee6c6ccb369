//! The picture of a rehearsal: what clients met over the locks that were held, on one axis of time; and points of estimates with the range
//! that follows from them.
//!
//! No chart library, for the reasons in `format/html/chart`. Lives here: numbers to places. The markup is in `templates/rehearsal.html`.

use crate::clean::line;
use evenkeel_core::estimate::{Driver, Estimate};
use evenkeel_core::rehearsal::{Rehearsal, time};
use evenkeel_core::trace::{Blocks, Sort};
use std::collections::BTreeMap;
use std::time::Duration;

/// The drawing is 1000 of its own units wide.
/// Names of lanes stand before it.
const LEFT: f64 = 190.0;
const RIGHT: f64 = 985.0;
/// The lane of clients, and one of a table.
const CLIENTS: f64 = 120.0;
const LANE: f64 = 26.0;
const GAP: f64 = 34.0;
/// Lanes that are drawn.
const LANES: usize = 24;
/// Letters of a name that find room.
const LETTERS: usize = 27;
/// A bar must be seen, however short.
const SHORTEST: f64 = 1.5;
/// Around the release.
const MARGIN: Duration = Duration::from_millis(60);
/// Slices that may be missing in a line.
const APART: u32 = 4;
/// Numbers of statements stand no nearer.
const NEAREST: f64 = 16.0;
/// Estimates that are drawn.
const CHARTS: usize = 4;

pub(super) struct Picture {
    pub height: String,
    pub bottom: String,
    pub words: String,
    pub marks: Vec<Mark>,
    pub ticks: Vec<Mark>,
    pub has_clients: bool,
    /// Paths, with a break where nothing ended for a while.
    pub p50: String,
    pub p99: String,
    pub worst: String,
    pub top_label: String,
    pub lanes: Vec<Lane>,
    pub more: String,
}

/// A line across, with its word.
pub(super) struct Mark {
    pub x: String,
    pub label: String,
}

pub(super) struct Lane {
    pub y: String,
    pub text_y: String,
    pub name: String,
    pub title: String,
    pub bars: Vec<Bar>,
}

pub(super) struct Bar {
    pub class: &'static str,
    pub x: String,
    pub y: String,
    pub width: String,
    pub height: String,
    pub title: String,
}

fn at(number: f64) -> String {
    format!("{number:.1}")
}

/// A stretch of time on the axis.
struct Axis {
    from: f64,
    to: f64,
}

impl Axis {
    fn x(&self, moment: Duration) -> f64 {
        let part = (moment.as_secs_f64() - self.from) / (self.to - self.from).max(1e-9);
        LEFT + part.clamp(0.0, 1.0) * (RIGHT - LEFT)
    }
}

impl Picture {
    /// Nothing where nothing ran.
    pub fn of(rehearsal: &Rehearsal) -> Option<Self> {
        let first = rehearsal.statements().map(|trace| trace.at).min()?;
        let last = rehearsal.statements().map(|trace| trace.at + trace.took).max()?;
        let waits = || rehearsal.load.iter().flat_map(|load| &load.waits);
        let last = waits().map(|wait| wait.to).chain([last]).max()?;
        let margin = ((last - first) / 8).max(MARGIN);
        let axis = Axis { from: first.saturating_sub(margin).as_secs_f64(), to: (last + margin).as_secs_f64() };
        let (mut p50, mut p99, mut worst) = (String::new(), String::new(), String::new());
        let slices: Vec<_> = rehearsal.load.iter().flat_map(|load| &load.slices).collect();
        let seen = slices.iter().filter(|slice| slice.to.as_secs_f64() >= axis.from && slice.from.as_secs_f64() <= axis.to);
        let most = seen.clone().map(|slice| slice.latency.max).max().unwrap_or_default().as_secs_f64().max(0.001);
        let mut before: Option<Duration> = None;
        for slice in seen {
            let x = axis.x(slice.from + (slice.to - slice.from) / 2);
            let y = |took: Duration| 14.0 + CLIENTS * (1.0 - (took.as_secs_f64() / most).clamp(0.0, 1.0));
            let follows = before.is_some_and(|before| slice.from <= before + (slice.to - slice.from) * APART);
            before = Some(slice.to);
            let letter = if follows { 'L' } else { 'M' };
            for (path, took) in [(&mut p50, slice.latency.p50), (&mut p99, slice.latency.p99), (&mut worst, slice.latency.max)] {
                path.push_str(&format!("{letter}{} {} ", at(x), at(y(took))));
                if !follows {
                    // So that one by itself is seen.
                    path.push_str("h0.8 ");
                }
            }
        }
        let has_clients = !p50.is_empty();
        let top = if has_clients { 14.0 + CLIENTS + 14.0 } else { 14.0 };
        let (lanes, left_out) = lanes(rehearsal, &axis, top);
        let bottom = top + LANE * f64::from(u32::try_from(lanes.len()).unwrap_or_default());
        let mut marks: Vec<(f64, usize)> = Vec::new();
        for (number, trace) in rehearsal.statements().enumerate() {
            let x = axis.x(trace.at);
            if marks.last().is_none_or(|(before, _)| x - before >= NEAREST) {
                marks.push((x, number + 1));
            }
        }
        let span = axis.to - axis.from;
        let step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0]
            .into_iter()
            .find(|step| span / step <= 8.0)
            .unwrap_or(600.0);
        let mut ticks = Vec::new();
        let mut moment = 0.0;
        while first.as_secs_f64() + moment <= axis.to {
            let since = Duration::from_secs_f64(moment);
            ticks.push(Mark { x: at(axis.x(first + since)), label: time(since) });
            moment += step;
        }
        Some(Self {
            height: at(bottom + GAP),
            bottom: at(bottom),
            words: format!("locks of {} statements over {}", rehearsal.statements().count(), time(last - first)),
            marks: marks.into_iter().map(|(x, number)| Mark { x: at(x), label: number.to_string() }).collect(),
            ticks,
            has_clients,
            p50,
            p99,
            worst,
            top_label: time(Duration::from_secs_f64(most)),
            lanes,
            more: if left_out == 0 { String::new() } else { format!("{left_out} more tables were locked (--format json has all)") },
        })
    }
}

/// What is drawn in a lane: its leftmost place, and of each lock what it keeps away, from where to where, and its words.
struct Drawn {
    first: f64,
    bars: Vec<(Blocks, f64, f64, String)>,
}

/// One lane a table, in the order in which they were locked; and how many more there are.
fn lanes(rehearsal: &Rehearsal, axis: &Axis, top: f64) -> (Vec<Lane>, usize) {
    let is_drawn = |kind: &str| [Sort::Table, Sort::View, Sort::MaterializedView, Sort::Sequence].iter().any(|sort| sort.name() == kind);
    let mut all: BTreeMap<&str, Drawn> = BTreeMap::new();
    for (number, trace) in rehearsal.statements().enumerate() {
        for lock in trace.locks.iter().filter(|lock| lock.blocks > Blocks::Ordinary && !lock.fresh && is_drawn(&lock.kind)) {
            let from = axis.x(trace.at + lock.taken_after.unwrap_or_default());
            let to = axis.x(lock.until.unwrap_or(trace.at + lock.held.high.unwrap_or(trace.took)));
            let high = lock.held.high.map_or_else(|| "its end was not seen".to_owned(), |high| format!("at most {}", time(high)));
            let title = format!("{} by statement {}: {high}", lock.mode, number + 1);
            let lane = all.entry(&lock.relation).or_insert(Drawn { first: from, bars: Vec::new() });
            lane.first = lane.first.min(from);
            lane.bars.push((lock.blocks, from, to, title));
        }
    }
    let mut order: Vec<_> = all.into_iter().collect();
    order.sort_by(|(_, one), (_, other)| one.first.total_cmp(&other.first));
    let left_out = order.len().saturating_sub(LANES);
    let mut lanes = Vec::new();
    let mut y = top;
    for (name, Drawn { mut bars, .. }) in order.into_iter().take(LANES) {
        // The strongest is on top.
        bars.sort_by_key(|(blocks, ..)| *blocks);
        let bar = |(blocks, from, to, title): (Blocks, f64, f64, String)| Bar {
            class: match blocks {
                Blocks::Everything => "everything",
                Blocks::Writes => "writes",
                Blocks::Definitions | Blocks::Ordinary => "definitions",
            },
            x: at(from),
            y: at(y + 5.0),
            width: at((to - from).max(SHORTEST)),
            height: at(LANE - 12.0),
            title: line(&title),
        };
        let mut drawn: Vec<Bar> = bars.into_iter().map(bar).collect();
        let waits = rehearsal.load.iter().flat_map(|load| &load.waits).filter(|wait| wait.relation == name);
        drawn.extend(waits.map(|wait| {
            let (from, to) = (axis.x(wait.from), axis.x(wait.to));
            Bar {
                class: "waits",
                x: at(from),
                y: at(y + LANE - 7.0),
                width: at((to - from).max(SHORTEST)),
                height: at(5.0),
                title: format!("a client waits for {}", time(wait.to.saturating_sub(wait.from))),
            }
        }));
        let name = line(name);
        let short = if name.chars().count() > LETTERS { name.chars().take(LETTERS - 1).chain(['…']).collect() } else { name.clone() };
        lanes.push(Lane { y: at(y), text_y: at(y + LANE / 2.0 + 4.0), name: short, title: name, bars: drawn });
        y += LANE;
    }
    (lanes, left_out)
}

/// Points and the range, both axes logarithmic.
pub(super) struct Chart {
    pub title: String,
    pub words: String,
    pub points: Vec<(String, String, String)>,
    pub x: String,
    pub low: String,
    pub high: String,
    pub range: String,
    pub unit: &'static str,
}

impl Chart {
    /// The release, its way back, and the statements that take longest.
    pub fn all(rehearsal: &Rehearsal) -> Vec<Self> {
        let Some(larger) = &rehearsal.larger else { return Vec::new() };
        let mut statements: Vec<&Estimate> = larger.statements.iter().flatten().filter(|one| one.driver != Driver::Constant).collect();
        statements.sort_by_key(|one| std::cmp::Reverse(one.high));
        let all = larger.release.iter().chain(&larger.undo).chain(statements);
        all.filter_map(Self::of).take(CHARTS).collect()
    }

    fn of(estimate: &Estimate) -> Option<Self> {
        let last = estimate.points.last().filter(|last| last.size > 0.0)?;
        if !estimate.enough || estimate.driver == Driver::Constant {
            return None;
        }
        let target = last.size * estimate.multiplier;
        let seconds = |time: Duration| time.as_secs_f64().max(1e-4);
        let sizes: Vec<f64> = estimate.points.iter().map(|point| point.size.max(1.0)).chain([target.max(1.0)]).collect();
        let times: Vec<f64> =
            estimate.points.iter().map(|point| seconds(point.took)).chain([seconds(estimate.low), seconds(estimate.high)]).collect();
        let ends = |all: &[f64]| all.iter().fold((f64::MAX, f64::MIN), |(low, high), one| (low.min(*one), high.max(*one)));
        let place = |value: f64, (low, high): (f64, f64), from: f64, to: f64| {
            let part = (value.ln() - low.ln()) / (high.ln() - low.ln()).max(1e-9);
            at(from + part * (to - from))
        };
        let (across, up) = (ends(&sizes), ends(&times));
        let x = |size: f64| place(size.max(1.0), across, 30.0, 290.0);
        let y = |time: Duration| place(seconds(time), up, 130.0, 18.0);
        let what = match (&estimate.statement, estimate.what) {
            (Some(place), _) => place.clone(),
            (None, evenkeel_core::estimate::What::Undo) => "the way back".to_owned(),
            (None, _) => "all of it".to_owned(),
        };
        Some(Self {
            title: line(&what),
            words: format!("{} points, and {} to {} on the target", estimate.points.len(), time(estimate.low), time(estimate.high)),
            points: estimate.points.iter().map(|point| (x(point.size), y(point.took), time(point.took))).collect(),
            x: x(target),
            low: y(estimate.low),
            high: y(estimate.high),
            range: format!("{} to {}", time(estimate.low), time(estimate.high)),
            unit: estimate.driver.name(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_lie_within_the_axis_whatever_they_are() {
        let axis = Axis { from: 1.0, to: 2.0 };
        let ms = Duration::from_millis;
        assert_eq!(
            (at(axis.x(ms(0))), at(axis.x(ms(1000))), at(axis.x(ms(2000))), at(axis.x(ms(9000)))),
            (at(LEFT), at(LEFT), at(RIGHT), at(RIGHT))
        );
        assert!(axis.x(ms(1500)) > LEFT && axis.x(ms(1500)) < RIGHT && RIGHT < 1000.0);
        assert!(Axis { from: 1.0, to: 1.0 }.x(ms(1000)).is_finite());
    }
}

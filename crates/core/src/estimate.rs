//! How long work takes where there is more of it: from what it took at several smaller sizes, by a form that belongs to the sort of work.
//!
//! Lives here: forms, the fit, ranges, and when nothing is said. Does not live here: which statements have what times (`rehearsal/larger`),
//! how sizes are made (`pipeline/rehearse/sizes`).

use crate::trace::Class;
use std::time::Duration;

/// What an estimate is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    Release,
    Undo,
    Lock,
    Statement,
}

impl What {
    /// The word in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Undo => "undo",
            Self::Lock => "lock",
            Self::Statement => "statement",
        }
    }
}

/// What the time grows with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driver {
    Constant,
    Rows,
    /// Of the table's own pages, and those of its large values.
    Bytes,
    IndexTuples,
}

impl Driver {
    /// The word in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Rows => "rows",
            Self::Bytes => "bytes",
            Self::IndexTuples => "index tuples",
        }
    }

    /// What the time of a sort of work grows with; `sorts` where indexes are built by the way.
    #[must_use]
    pub const fn of(class: Class, sorts: bool) -> Self {
        match class {
            Class::CatalogOnly | Class::WaitsOnly => Self::Constant,
            Class::IndexBuild => Self::IndexTuples,
            Class::Rewrite if sorts => Self::IndexTuples,
            Class::Rewrite | Class::Scan | Class::Validation => Self::Bytes,
            Class::Data | Class::Unknown => Self::Rows,
        }
    }

    /// The part of the time that grows: nothing, in proportion, or as sorting does.
    fn grown(self, size: f64) -> f64 {
        match self {
            Self::Constant => 0.0,
            Self::Rows | Self::Bytes => size,
            Self::IndexTuples => size * size.max(2.0).log2(),
        }
    }
}

/// What was measured at one size, in the driver's unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub size: f64,
    pub took: Duration,
}

/// How much longer the target takes for the same work, as a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Machine {
    pub low: f64,
    pub high: f64,
    pub measured: bool,
}

impl Machine {
    /// Nobody has compared them: equal hardware is assumed, and the range is as much wider.
    pub const ASSUMED: Self = Self { low: 1.0 / 1.5, high: 1.5, measured: false };

    /// The same work took so long there and here. What else may differ (disks, neighbours) is in the width.
    #[must_use]
    pub fn compared(there: Duration, here: Duration) -> Self {
        let ratio = there.as_secs_f64().max(1e-6) / here.as_secs_f64().max(1e-6);
        Self { low: ratio / SLACK, high: ratio * SLACK, measured: true }
    }
}

/// What two measurements of the same machine may differ by.
const SLACK: f64 = 1.1;
/// How far the truth lies from the fit, as a factor either way: nine of ten runs of the calibration in docs/benchmarks.md are nearer.
pub const SPREAD: f64 = 1.6;
/// Sizes that it takes.
pub const SIZES: usize = 3;
/// Beyond so many times the largest size nothing is said.
const FARTHEST: f64 = 100.0;
/// Times that are shorter than this differ by chance.
const CHANCE: f64 = 0.000_5;
/// What takes no longer here is off by chance: that makes the range wider, and is no word against the form.
const SHORT: f64 = 0.02;
/// What the largest point may be off the fit, as a part of it.
const ODD: f64 = 0.4;

/// How long something takes on the target.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    pub what: What,
    /// The statement's place, where it is about one.
    pub statement: Option<String>,
    /// The lock's mode, and what it is on; or the tables that it grows with.
    pub mode: Option<&'static str>,
    pub relation: Option<String>,
    pub low: Duration,
    pub high: Duration,
    /// At the largest size that was tried.
    pub here: Duration,
    /// How many times larger the target is than that.
    pub multiplier: f64,
    pub driver: Driver,
    pub points: Vec<Point>,
    pub machine: Machine,
    /// Whether it may open a gate.
    pub enough: bool,
    /// What is to be known of it; where it is not enough, why.
    pub why: String,
}

/// What an estimate says of times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    pub low: Duration,
    pub high: Duration,
    pub multiplier: f64,
}

/// The time at another size, from at least three.
///
/// # Errors
/// The points do not carry so far, or do not follow the form: why.
pub fn range(driver: Driver, points: &[Point], at: f64, machine: Machine) -> Result<Range, String> {
    if points.len() < SIZES {
        return Err(format!("{} sizes were tried, it takes {SIZES}", points.len()));
    }
    let largest = points.iter().map(|point| point.size).fold(0.0, f64::max);
    let multiplier = if driver == Driver::Constant || largest <= 0.0 { 1.0 } else { at / largest };
    if driver != Driver::Constant && largest <= 0.0 {
        return Err("there was nothing to work on at any size".to_owned());
    }
    if multiplier > FARTHEST {
        return Err(format!("the target is {multiplier:.0} times larger than the largest size that was tried"));
    }
    let measured: Vec<(f64, f64)> = points.iter().map(|point| (driver.grown(point.size), point.took.as_secs_f64())).collect();
    let (fixed, slope) = fitted(&measured);
    let off = |(size, took): &(f64, f64)| (took - (fixed + slope * size)).abs();
    let last = measured.iter().max_by(|one, other| one.0.total_cmp(&other.0));
    if let Some(last) = last.filter(|last| last.1 > SHORT && off(last) > ODD * last.1) {
        return Err(format!(
            "the times do not follow {}: at the largest size {:.0} ms are off by {:.0}",
            driver.name(),
            last.1 * 1e3,
            off(last) * 1e3
        ));
    }
    let (least, most) = measured.iter().fold((f64::MAX, 0.0_f64), |(least, most), (size, _)| (least.min(*size), most.max(*size)));
    let grown = driver.grown(at);
    let middle = fixed + slope * grown;
    // What chance does to the slope between the smallest and the largest, carried as far as the target.
    let noise = measured.iter().map(off).fold(CHANCE, f64::max);
    let carried = if most > least { noise * ((grown - most) / (most - least)).max(0.0) } else { 0.0 };
    let low = ((middle / SPREAD) - carried).max(0.0) * machine.low;
    let high = (middle * SPREAD + carried + CHANCE) * machine.high;
    let time = |seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
    Ok(Range { low: time(low), high: time(high), multiplier })
}

/// What does not grow, and what a unit takes: least squares of relative errors, neither below nothing.
fn fitted(points: &[(f64, f64)]) -> (f64, f64) {
    let weight = |took: f64| 1.0 / took.max(CHANCE).powi(2);
    let sum = |of: &dyn Fn(f64, f64) -> f64| points.iter().map(|(size, took)| weight(*took) * of(*size, *took)).sum::<f64>();
    let (w, x, y) = (sum(&|_, _| 1.0), sum(&|x, _| x), sum(&|_, y| y));
    let (xx, xy) = (sum(&|x, _| x * x), sum(&|x, y| x * y));
    let below = w * xx - x * x;
    if xx <= 0.0 || below.abs() <= f64::EPSILON * w * xx {
        return (if w > 0.0 { y / w } else { 0.0 }, 0.0);
    }
    let slope = (w * xy - x * y) / below;
    let fixed = (y - slope * x) / w;
    match (fixed < 0.0, slope < 0.0) {
        (_, true) => (y / w, 0.0),
        (true, false) => (0.0, xy / xx),
        (false, false) => (fixed, slope),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAME: Machine = Machine { low: 1.0, high: 1.0, measured: true };

    fn points(of: &dyn Fn(f64) -> f64) -> Vec<Point> {
        [1e4, 3e4, 1e5].into_iter().map(|size| Point { size, took: Duration::from_secs_f64(of(size)) }).collect()
    }

    #[test]
    fn what_follows_its_form_is_within_the_range_and_the_range_is_narrow() {
        let mut seed = 20_261_129_u64;
        let mut chance = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            f64::from(u32::try_from(seed >> 33).unwrap_or_default()) / f64::from(1_u32 << 31)
        };
        for driver in [Driver::Constant, Driver::Rows, Driver::Bytes, Driver::IndexTuples] {
            for _ in 0..200 {
                let (fixed, slope) = (0.002 + chance() * 0.05, chance() * 1e-5 + 1e-7);
                let truth = |size: f64| fixed + slope * driver.grown(size);
                // Each measurement is off by up to a tenth.
                let noisy: Vec<Point> =
                    points(&truth).into_iter().map(|point| Point { took: point.took.mul_f64(0.9 + chance() * 0.2), ..point }).collect();
                let range = range(driver, &noisy, 1e6, SAME).unwrap_or_else(|why| panic!("{driver:?}: {why}"));
                let real = truth(1e6);
                let (low, high) = (range.low.as_secs_f64(), range.high.as_secs_f64());
                assert!(low <= real && real <= high, "{driver:?}: {low} {real} {high} of {fixed} {slope}");
                assert!(high <= 8.0 * low.max(CHANCE) || high < 0.05, "{driver:?}: {low} to {high}");
            }
        }
    }

    #[test]
    fn what_does_not_carry_so_far_says_nothing() {
        let linear = points(&|size| size * 1e-6);
        assert!(range(Driver::Rows, &linear, 1e7 + 1.0, SAME).is_err_and(|why| why.contains("100 times larger")));
        assert!(range(Driver::Rows, &linear, 1e7, SAME).is_ok());
        assert!(range(Driver::Rows, linear.get(1..).unwrap_or_default(), 1e6, SAME).is_err_and(|why| why.starts_with("2 sizes")));
        let nothing: Vec<Point> = linear.iter().map(|point| Point { size: 0.0, ..*point }).collect();
        assert!(range(Driver::Rows, &nothing, 1e6, SAME).is_err());
        // Quadratic work is no linear work.
        let quadratic = points(&|size| size * size * 1e-9);
        assert!(range(Driver::Rows, &quadratic, 1e6, SAME).is_err_and(|why| why.contains("do not follow rows")));
        // Nobody has compared the machines: wider, and said.
        let (known, assumed) = (range(Driver::Rows, &linear, 1e6, SAME), range(Driver::Rows, &linear, 1e6, Machine::ASSUMED));
        assert!(known.is_ok_and(|known| assumed.is_ok_and(|assumed| assumed.low < known.low && assumed.high > known.high)));
        let machine = Machine::compared(Duration::from_millis(200), Duration::from_millis(100));
        assert!(machine.measured && machine.low < 2.0 && machine.high > 2.0 && machine.low > 1.5);
    }

    #[test]
    fn a_smaller_target_is_no_reason_to_say_nothing() {
        let linear = points(&|size| 0.001 + size * 1e-6);
        let range = range(Driver::Rows, &linear, 5e4, SAME).unwrap_or_else(|why| panic!("{why}"));
        assert!(range.low <= Duration::from_millis(51) && Duration::from_millis(51) <= range.high && range.multiplier < 1.0);
    }
}

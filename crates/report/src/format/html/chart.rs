//! The charts' geometry: two bars a table on one logarithmic axis, a strip of shares a column.
//!
//! No chart library: these are rectangles whose lengths are percentages, so that the page stretches them and its style
//! sheet colours them for light, dark and paper. plotters 0.3 (2024-09) writes fixed sizes and colours into its SVG,
//! without classes, titles or ARIA; charming needs a JavaScript engine to draw.
//!
//! Lives here: numbers to percentages and to words. The markup is in `templates/report.html`.

use crate::clean;
use crate::document::{Change, ColumnData, Comparison, Dimension, Document, Strip, TableData, Volume};
use crate::number::{bytes, counted, percent, rough, thousands};
use std::collections::HashSet;

/// Rows of a chart that are drawn; the others are in the JSON.
const TABLES: usize = 200;
const COLUMNS: usize = 80;
/// A bar must be seen, however short.
const SHORTEST: f64 = 0.6;

pub(super) struct Charts {
    pub volumes: Option<Volumes>,
    pub strips: Rows<StripPair>,
}

/// What is beyond tolerance, and what is alike: folded.
pub(super) struct Rows<T> {
    pub beyond: Vec<T>,
    pub alike: Vec<T>,
    /// `84 columns alike`.
    pub alike_title: String,
    /// How many more there are than are drawn.
    pub more: String,
}

impl<T> Rows<T> {
    pub(super) const fn is_empty(&self) -> bool {
        self.beyond.is_empty() && self.alike.is_empty()
    }
}

pub(super) struct Volumes {
    /// What the axis counts: `bytes` or `rows`.
    pub unit: &'static str,
    pub ticks: Vec<Tick>,
    pub tables: Rows<Bars>,
}

pub(super) struct Tick {
    /// Percent of the width.
    pub at: String,
    pub label: String,
    /// So that the outermost labels stay inside.
    pub anchor: &'static str,
}

pub(super) struct Bars {
    pub table: String,
    pub sides: [Bar; 2],
    /// Candidate divided by reference: `×2300`.
    pub ratio: String,
}

pub(super) struct Bar {
    pub class: &'static str,
    pub label: String,
    /// Percent of the width; none where the side has no number.
    pub length: Option<String>,
    pub value: String,
    /// The number in full, for a pointer and a screen reader.
    pub full: String,
}

pub(super) struct StripPair {
    pub column: String,
    pub sides: [StripView; 2],
}

pub(super) struct StripView {
    pub label: String,
    pub parts: Vec<Part>,
    pub words: String,
}

pub(super) struct Part {
    pub class: &'static str,
    pub at: String,
    pub length: String,
    pub title: String,
}

/// The charts of a document; `None` where nothing was measured.
pub(super) fn of(document: &Document) -> Option<Charts> {
    let comparison = document.comparison.as_ref()?;
    let data = &comparison.data;
    (!data.is_empty()).then(|| {
        let lone = Lone::of(comparison);
        let strip = |column: &ColumnData| strips(comparison, column, &lone);
        Charts {
            volumes: volumes(comparison, &lone),
            strips: rows(comparison, &data.columns, ("column", "columns", COLUMNS), |column| &column.column, strip),
        }
    })
}

/// Rows of a chart: first those a difference was told of.
fn rows<T, R>(
    comparison: &Comparison,
    all: &[T],
    (one, many, most): (&str, &str, usize),
    name: impl Fn(&T) -> &String,
    draw: impl Fn(&T) -> R,
) -> Rows<R> {
    let told = comparison.differences.iter().filter(|difference| difference.dimension == Dimension::Data);
    let told: HashSet<&str> = told.map(|difference| difference.object.display.as_str()).collect();
    let (beyond, alike): (Vec<&T>, Vec<&T>) = all.iter().partition(|row| told.contains(name(row).as_str()));
    let more = all.len().saturating_sub(most);
    let drawn = |rows: &[&T], most: usize| rows.iter().take(most).map(|row| draw(row)).collect();
    Rows {
        alike_title: format!("{} alike", counted(alike.len(), one, many)),
        alike: drawn(&alike, most.saturating_sub(beyond.len())),
        beyond: drawn(&beyond, most),
        more: if more > 0 { format!("… {} more {many}: --format json", thousands(more)) } else { String::new() },
    }
}

/// What only one side has, by name: its numbers are not lacking on the other.
struct Lone<'a> {
    missing: HashSet<&'a str>,
    extra: HashSet<&'a str>,
}

impl<'a> Lone<'a> {
    fn of(comparison: &'a Comparison) -> Self {
        let names = |change| {
            let lone = comparison.differences.iter().filter(move |one| one.dimension == Dimension::Schema && one.change == change);
            lone.map(|one| one.object.display.as_str()).collect()
        };
        Self { missing: names(Change::Missing), extra: names(Change::Extra) }
    }

    /// Why a side has no numbers of that table or column.
    fn why(&self, name: &str, is_reference: bool) -> &'static str {
        let lone = if is_reference { &self.extra } else { &self.missing };
        let mut above = std::iter::successors(Some(name), |name| name.rsplit_once('.').map(|(above, _)| above));
        if above.any(|name| lone.contains(name)) { "not there" } else { "no statistics" }
    }
}

fn volumes(comparison: &Comparison, lone: &Lone<'_>) -> Option<Volumes> {
    let tables = &comparison.data.tables;
    let all = || tables.iter().flat_map(|table| [table.reference, table.candidate]).flatten();
    let (unit, read): (_, fn(Volume) -> Option<f64>) =
        if all().any(|volume| volume.bytes().is_some()) { ("bytes", |volume| volume.bytes()) } else { ("rows", |volume| volume.rows) };
    let known = || all().filter_map(read).filter(|number| *number > 0.0);
    let (low, high) = (known().fold(f64::MAX, f64::min), known().fold(0.0, f64::max));
    if high <= 0.0 {
        return None;
    }
    // From a whole power of ten below the smallest, so that its bar has a length, to one above the largest.
    let axis = Axis { low: low.log10().floor().min(high.log10().ceil() - 1.0), high: high.log10().ceil() };
    let shown = if unit == "bytes" { bytes } else { rough };
    let bars = |table: &TableData| Bars {
        table: clean::line(&table.table),
        sides: [
            bar(("reference", &comparison.reference.label), table.reference, (read, shown), &axis, lone.why(&table.table, true)),
            bar(("candidate", &comparison.candidate.label), table.candidate, (read, shown), &axis, lone.why(&table.table, false)),
        ],
        ratio: ratio(table.reference.and_then(read), table.candidate.and_then(read)),
    };
    let tables = rows(comparison, tables, ("table", "tables", TABLES), |table| &table.table, bars);
    Some(Volumes { unit, ticks: axis.ticks(shown), tables })
}

/// Powers of ten at both ends.
struct Axis {
    low: f64,
    high: f64,
}

impl Axis {
    fn place(&self, number: f64) -> f64 {
        ((number.log10() - self.low) / (self.high - self.low) * 100.0).clamp(SHORTEST, 100.0)
    }

    /// At every power of ten, or every third where there are many.
    fn ticks(&self, shown: fn(f64) -> String) -> Vec<Tick> {
        let step = if self.high - self.low > 5.0 { 3.0 } else { 1.0 };
        let mut ticks = Vec::new();
        let mut power = (self.low / step).ceil() * step;
        while power <= self.high {
            let at = (power - self.low) / (self.high - self.low) * 100.0;
            let anchor = if at < 4.0 {
                "start"
            } else if at > 96.0 {
                "end"
            } else {
                "middle"
            };
            ticks.push(Tick { at: format!("{at:.2}"), label: shown(10f64.powf(power)), anchor });
            power += step;
        }
        ticks
    }
}

/// A number of a volume, and how it is spelled.
type Measure = (fn(Volume) -> Option<f64>, fn(f64) -> String);

fn bar((class, label): (&'static str, &str), volume: Option<Volume>, (read, shown): Measure, axis: &Axis, lacking: &str) -> Bar {
    let label = clean::line(label);
    let number = volume.and_then(read);
    let mut parts = Vec::new();
    if let Some(volume) = volume {
        parts.extend(volume.rows.map(|rows| format!("{} rows", rough(rows))));
        for (name, part) in [("table", volume.table_bytes), ("indexes", volume.index_bytes), ("TOAST", volume.toast_bytes)] {
            parts.extend(part.map(|part| format!("{name} {}", bytes(part))));
        }
    }
    // A partitioned table has rows and nothing stored of its own.
    let rows = volume.and_then(|volume| volume.rows).map(|rows| format!("{} rows", rough(rows)));
    if number.is_none() && rows.is_some() {
        parts.push("partitioned: no storage of its own".to_owned());
    }
    Bar {
        class,
        length: number.filter(|number| *number > 0.0).map(|number| format!("{:.2}", axis.place(number))),
        value: number.map(shown).or(rows).unwrap_or_else(|| lacking.to_owned()),
        full: if parts.is_empty() { lacking.to_owned() } else { parts.join(", ") },
        label,
    }
}

fn ratio(reference: Option<f64>, candidate: Option<f64>) -> String {
    match (reference, candidate) {
        (Some(a), Some(b)) if a > 0.0 && b > 0.0 => match b / a {
            ratio if ratio >= 9.95 => format!("×{}", rough(ratio)),
            ratio if ratio >= 0.1 => format!("×{ratio:.1}"),
            ratio => format!("×{}", format!("{ratio:.4}").trim_end_matches('0')),
        },
        _ => String::new(),
    }
}

fn strips(comparison: &Comparison, column: &ColumnData, lone: &Lone<'_>) -> StripPair {
    StripPair {
        column: clean::line(&column.column),
        sides: [
            strip(&comparison.reference.label, column.reference.as_ref(), lone.why(&column.column, true)),
            strip(&comparison.candidate.label, column.candidate.as_ref(), lone.why(&column.column, false)),
        ],
    }
}

/// NULLs, then the most common values by falling share, then the rest.
fn strip(label: &str, strip: Option<&Strip>, lacking: &str) -> StripView {
    let label = clean::line(label);
    let Some(strip) = strip else { return StripView { label, parts: Vec::new(), words: lacking.to_owned() } };
    let mut parts = Vec::new();
    let mut at = 0.0;
    let mut push = |class, share: f64, title: String| {
        let length = (share * 100.0).clamp(0.0, 100.0 - at);
        if length > 0.0 {
            parts.push(Part { class, at: format!("{at:.2}"), length: format!("{length:.2}"), title });
            at += length;
        }
    };
    let nulls = strip.null_fraction.unwrap_or(0.0);
    push("nulls", nulls, format!("NULL: {}", percent(nulls)));
    for (rank, share) in strip.common.iter().enumerate() {
        push(if rank % 2 == 0 { "common" } else { "common odd" }, *share, format!("most common value {}: {}", rank + 1, percent(*share)));
    }
    let rest = 1.0 - nulls - strip.common.iter().sum::<f64>();
    push("rest", rest, format!("all other values: {}", percent(rest.max(0.0))));
    let distinct = strip.distinct.map(|distinct| match distinct {
        distinct if distinct < 0.0 => format!("distinct in {} of the rows", percent(-distinct)),
        distinct => format!("{} distinct", rough(distinct)),
    });
    let words = [
        strip.null_fraction.map(|share| format!("{} NULL", percent(share))),
        distinct,
        strip.common.first().map(|share| format!("most common {}", percent(*share))),
        strip.correlation.map(|correlation| format!("correlation {correlation:.2}")),
    ];
    StripView { label, parts, words: words.into_iter().flatten().collect::<Vec<_>>().join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_is_logarithmic() {
        let axis = Axis { low: 3.0, high: 9.0 };
        assert!((axis.place(1e6) - 50.0).abs() < 1e-9 && (axis.place(1e9) - 100.0).abs() < 1e-9);
        assert!((axis.place(1.0) - SHORTEST).abs() < 1e-9);
        let ticks: Vec<String> = axis.ticks(bytes).into_iter().map(|tick| format!("{} {}", tick.at, tick.label)).collect();
        assert_eq!(ticks, ["0.00 1.0 kB", "50.00 1.0 MB", "100.00 1.0 GB"]);
    }

    #[test]
    fn what_has_rows_and_no_bytes_is_partitioned() {
        let axis = Axis { low: 3.0, high: 9.0 };
        let bar = |volume| bar(("reference", "staging"), volume, (|volume| volume.bytes(), bytes), &axis, "no statistics");
        let partitioned = bar(Some(Volume { rows: Some(12_000.0), ..Volume::default() }));
        let said = (partitioned.value.as_str(), partitioned.full.as_str());
        assert_eq!(said, ("12 k rows", "12 k rows, partitioned: no storage of its own"));
        assert_eq!(bar(Some(Volume { rows: Some(12.0), table_bytes: Some(8e3), ..Volume::default() })).value, "8.0 kB");
        assert_eq!(bar(None).value, "no statistics");
    }

    #[test]
    fn a_strip_is_never_longer_than_the_whole() {
        let strip = Strip { null_fraction: Some(0.5), common: vec![0.4, 0.3], ..Strip::default() };
        let view = super::strip("staging", Some(&strip), "no statistics");
        let lengths: Vec<&str> = view.parts.iter().map(|part| part.length.as_str()).collect();
        assert_eq!(lengths, ["50.00", "40.00", "10.00"]);
    }
}

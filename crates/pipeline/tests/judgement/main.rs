//! Tables of judgement: what a comparison folds, weighs, excuses and lets pass, on environments that are manifests. No server runs.
//!
//! Lives here: the harness, and what the stages refuse. `fold`, `rows`, `weigh`, `excuse` and `pass` hold the tables, `schemas` those of
//! one database.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::type_complexity, reason = "tables")]

mod excuse;
mod fold;
mod pass;
mod rows;
mod schemas;
mod silence;
mod stages;
mod weigh;

use evenkeel_core::compare::{Comparison, Difference, Scope};
use evenkeel_core::fault::Trouble;
use evenkeel_core::kind::{Dimension, Kind, Severity};
use evenkeel_core::manifest::{Manifest, Object};
use evenkeel_core::policy::Waiver;
use evenkeel_core::port::{Request, Run, Watch};
use evenkeel_pipeline::capture::Source;
use evenkeel_pipeline::compare::{self, Compared, Wanted};
use evenkeel_testkit::fake::{FakeEnvironment, FakeFamilies, manifest, object};
use jiff::civil::{Date, date};

pub const TODAY: Date = date(2026, 11, 28);

pub fn live(label: &str, environment: FakeEnvironment) -> Source {
    Source::live(Box::new(environment), Request::new(label))
}

pub fn run<'a>(waivers: &'a [Waiver], watch: Watch<'a>) -> Run<'a> {
    Run { engines: &FakeFamilies, watch, today: TODAY, waivers }
}

/// Everything, failing on what blocks.
pub const fn wanted(scope: &Scope) -> Wanted<'_> {
    Wanted { scope, demanded: &Dimension::ALL, insisted: false, bar: Severity::Block, same: false, beforehand: &[] }
}

/// Both captured and compared as the command does it.
pub fn compared(reference: Manifest, candidate: Manifest, waivers: &[Waiver]) -> Result<Compared, Box<Trouble>> {
    let (reference, candidate) = (live("staging", FakeEnvironment::of(reference)), live("production", FakeEnvironment::of(candidate)));
    compare::run(&reference, &candidate, &wanted(&Scope::default()), &run(waivers, Watch::none()))
}

/// The comparison of objects, whatever dimension they belong to.
pub fn comparison(reference: Vec<Object>, candidate: Vec<Object>) -> Comparison {
    let of = |objects| manifest(&Dimension::ALL, objects);
    compared(of(reference), of(candidate), &[]).unwrap().comparison
}

/// What a migration tool has recorded: without a record nothing can be said of a history.
pub fn record() -> Object {
    object(Kind::HistoryTable, "app.flyway_schema_history", &[("tool", "Flyway".into())])
}

/// One object of every dimension, with these: of what neither side has anything, nothing can be said.
pub fn with_all(objects: Vec<Object>) -> Vec<Object> {
    let own = [
        object(Kind::Schema, "everywhere", &[]),
        object(Kind::Setting, "everywhere", &[("value", "1".into())]),
        object(Kind::TableStatistics, "everywhere.t", &[]),
        object(Kind::Node, "everywhere", &[]),
        object(Kind::Owner, "table.everywhere", &[("owner", "nobody".into())]),
        record(),
    ];
    objects.into_iter().chain(own).collect()
}

/// A difference in a few words: `EK-column-missing app.t.a`.
pub fn told(difference: &Difference) -> String {
    format!("{} {}", difference.id, difference.subject.object)
}

pub fn all_told(comparison: &Comparison) -> Vec<String> {
    comparison.differences.iter().map(told).collect()
}

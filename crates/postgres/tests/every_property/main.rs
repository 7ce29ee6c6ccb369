//! Every property counts: each declared property of each kind is changed on a real server, one at a time, and must show
//! as that difference, with only what it implies, and move the digest exactly when its class says so.
//!
//! The list comes from the kind declarations: a property without a case fails, a case without a property too. Cases are
//! files under `tests/golden/postgres/property`, and its README says how to write one; the testkit reads and judges them. Rooms:
//! `exempt` (what cannot be changed here, and why), `place` (servers and databases), `trial` (one case, tried).
//!
//! The newest version runs half of the cases and what the oldest has not, the oldest the other half, another one each day; each version
//! the cases that begin, end or change with it. `EVENKEEL_SHARE=all` runs every case on both, `EVENKEEL_PROPERTY_ALL=1` on every version, `EVENKEEL_PROPERTY=column/type` those whose
//! path begins so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod exempt;
mod place;
mod trial;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;
use std::time::Instant;

use evenkeel_core::kind::Engine;
use evenkeel_testkit::Share;
use evenkeel_testkit::property::{Case, On, cases, covers, proposed};
use place::Place;

/// Set to `1`: every case on every version.
const ALL_VARIABLE: &str = "EVENKEEL_PROPERTY_ALL";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/postgres/property")
}

#[test]
fn every_declared_property_has_a_case() {
    covers(&root(), Engine::PostgreSql, &exempt::reason);
}

/// Of so many cases one at least ends with a fix that is applied.
const FIXED_OF: usize = 16;

/// All cases on one major version, on a server of their own: some change what all databases share.
fn on(major: u32) {
    // The skip of a version that is not installed is counted by asking.
    if !evenkeel_testkit::majors().contains(&major) {
        return;
    }
    let started = Instant::now();
    let wanted = std::env::var("EVENKEEL_PROPERTY").unwrap_or_default();
    let all = !wanted.is_empty() || std::env::var_os(ALL_VARIABLE).is_some_and(|value| value == "1");
    let on = On { engine: Engine::PostgreSql, version: u16::try_from(major).unwrap() };
    let count = cases(&root(), on).iter().filter(|case| case.applies && case.path.starts_with(&wanted)).count();
    let share = if all { Share::whole() } else { Share::of(2) };
    let half: BTreeSet<String> = share.take(cases(&root(), on)).into_iter().map(|case| case.path).collect();
    let oldest = cases(&root(), On { version: 13, ..on });
    let unknown: BTreeSet<String> = oldest.into_iter().filter(|case| !case.applies).map(|case| case.path).collect();
    let is_its = |case: &Case| match major {
        _ if all || case.bounds.contains(&on.version) => true,
        18 => half.contains(&case.path) || unknown.contains(&case.path),
        13 => share.is_whole() || !half.contains(&case.path),
        _ => false,
    };
    let possible = cases(&root(), on).into_iter().filter(|case| case.applies && case.path.starts_with(&wanted));
    let cases: Vec<Case> = possible.filter(is_its).collect();
    assert!(!wanted.is_empty() || !cases.is_empty(), "no case for PostgreSQL {major}");
    let mut place = Place::start(major);
    let (mut report, mut failed) = (String::new(), 0);
    for case in &cases {
        let begun = Instant::now();
        if let Err(problem) = trial::run(&mut place, case) {
            failed += 1;
            let _ = writeln!(report, "\ntests/golden/postgres/property/{} on PostgreSQL {major}:\n{problem}", case.path);
            place.start_over();
        }
        if !wanted.is_empty() {
            println!("{} took {:?}", case.path, begun.elapsed());
        }
    }
    println!(
        "PostgreSQL {major}: {} of {count} cases{}, {failed} failed, {} fixes applied, {} databases made, {:.1} s",
        cases.len(),
        if [13, 18].contains(&major) { format!(" ({share})") } else { String::new() },
        proposed(),
        place.made(),
        started.elapsed().as_secs_f64()
    );
    assert!(failed == 0, "{failed} of {} cases failed on PostgreSQL {major}\n{report}", cases.len());
    assert!(!wanted.is_empty() || cases.len() < count || proposed() * FIXED_OF >= count, "{} fixes only", proposed());
}

macro_rules! majors {
    ($($name:ident = $major:literal),+) => {$(
        #[test]
        fn $name() {
            on($major);
        }
    )+};
}

majors!(on_13 = 13, on_14 = 14, on_15 = 15, on_16 = 16, on_17 = 17, on_18 = 18);

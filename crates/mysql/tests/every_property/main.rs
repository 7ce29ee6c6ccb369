//! Every property counts: each declared property of each kind is changed on a real server, one at a time, and must show
//! as that difference, with only what it implies, and move the digest exactly when its class says so.
//!
//! Cases are files under `tests/golden/mysql/property`, and its README says how to write one; the testkit reads and judges
//! them. Rooms: `exempt` (what cannot be changed here, and why), `place` (servers and databases), `trial` (one case, tried).
//!
//! `EVENKEEL_PROPERTY=column/type` runs the cases whose path begins so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod exempt;
mod place;
mod trial;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;
use std::time::Instant;

use evenkeel_core::kind::Engine;
use evenkeel_mysql::scratch::series;
use evenkeel_testkit::Share;
use evenkeel_testkit::mysql::flavors;
use evenkeel_testkit::property::{On, cases, covers, proposed};
use place::Place;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/mysql/property")
}

#[test]
fn every_declared_property_has_a_case_on_mysql() {
    covers(&root(), Engine::MySql, &|kind, property| exempt::reason(Engine::MySql, kind, property));
}

#[test]
fn every_declared_property_has_a_case_on_mariadb() {
    covers(&root(), Engine::MariaDb, &|kind, property| exempt::reason(Engine::MariaDb, kind, property));
}

/// Of so many cases one at least ends with a fix that is applied.
const FIXED_OF: usize = 8;

/// All cases on one server of their own: some change what all databases share.
fn on(engine: Engine, number: u16) {
    // The skip of a server that is not installed is counted by asking.
    if !flavors().contains(&(engine, number)) {
        return;
    }
    let name = series(engine, number);
    let started = Instant::now();
    let wanted = std::env::var("EVENKEEL_PROPERTY").unwrap_or_default();
    let on = On { engine, version: number };
    let mut cases = self::cases(&root(), on);
    // What needs a second server that is not installed is left out; that one is a skip of its own.
    let installed = flavors();
    cases.retain(|case| {
        case.applies && case.path.starts_with(&wanted) && case.candidate.flavor.is_none_or(|flavor| installed.contains(&flavor))
    });
    // Of what both versions of MariaDB know, one runs half and the other the other half, another one each day.
    let share = if wanted.is_empty() { Share::of(2) } else { Share::whole() };
    let other = (engine == Engine::MariaDb && !share.is_whole()).then_some(if number == 1011 { 1108 } else { 1011 });
    if let Some(version) = other {
        let half: BTreeSet<String> = share.take(self::cases(&root(), on)).into_iter().map(|case| case.path).collect();
        let known: BTreeSet<String> =
            self::cases(&root(), On { version, ..on }).into_iter().filter(|case| case.applies).map(|case| case.path).collect();
        cases.retain(|case| !known.contains(&case.path) || half.contains(&case.path) == (number == 1011));
    }
    assert!(!wanted.is_empty() || !cases.is_empty(), "no case for {name}");
    let mut place = Place::start(engine, number);
    let (mut report, mut failed) = (String::new(), 0);
    for case in &cases {
        let begun = Instant::now();
        if let Err(problem) = trial::run(&mut place, case) {
            failed += 1;
            let _ = writeln!(report, "\ntests/golden/mysql/property/{} on {name}:\n{problem}", case.path);
        }
        place.sweep();
        if !wanted.is_empty() {
            println!("{} took {:?}", case.path, begun.elapsed());
        }
    }
    println!("{name}: {} cases, {failed} failed, {} fixes applied, {:.1} s", cases.len(), proposed(), started.elapsed().as_secs_f64());
    assert!(failed == 0, "{failed} of {} cases failed on {name}\n{report}", cases.len());
    assert!(!wanted.is_empty() || proposed() * FIXED_OF >= cases.len(), "{} fixes only", proposed());
}

#[test]
fn on_mariadb_10_11() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    on(Engine::MariaDb, 1011);
}

#[test]
fn on_mariadb_11_8() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    on(Engine::MariaDb, 1108);
}

#[test]
fn on_mysql_9_7() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    on(Engine::MySql, 907);
}

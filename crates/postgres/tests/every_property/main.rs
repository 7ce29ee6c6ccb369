//! Every property counts: each declared property of each kind is changed on a real server, one at a time, and must show
//! as that difference, with only what it implies, and move the digest exactly when its class says so.
//!
//! The list comes from the kind declarations: a property without a case fails, a case without a property too. Cases are
//! files under `tests/golden/postgres/property`, and its README says how to write one. Rooms: `case` (a file, read),
//! `exempt` (what cannot be changed here, and why), `place` (servers and databases), `trial` (one case, tried).
//!
//! The oldest and the newest version run every case, those between the cases that begin, end or change with them;
//! `EVENKEEL_PROPERTY_ALL=1` runs every case on every version, `EVENKEEL_PROPERTY=column/type` those whose path begins so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod case;
mod exempt;
mod place;
mod trial;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;
use std::time::Instant;

use case::Case;
use evenkeel_core::kind::{ALL, Engine, Engines};
use place::Place;

/// Set to `1`: every case on every version.
const ALL_VARIABLE: &str = "EVENKEEL_PROPERTY_ALL";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/postgres/property")
}

/// The paths of all case files, below the root.
fn files() -> Vec<String> {
    let mut files = Vec::new();
    for folder in std::fs::read_dir(root()).expect("the folder of the cases").flatten() {
        if !folder.path().is_dir() {
            continue;
        }
        for file in std::fs::read_dir(folder.path()).expect("the folder of a kind").flatten() {
            files.push(format!("{}/{}", folder.file_name().to_string_lossy(), file.file_name().to_string_lossy()));
        }
    }
    files.sort();
    files
}

fn cases() -> Vec<Case> {
    let (cases, problems): (Vec<_>, Vec<_>) = files().iter().map(|path| Case::read(&root(), path)).partition(Result::is_ok);
    let problems: Vec<String> = problems.into_iter().filter_map(Result::err).collect();
    assert!(problems.is_empty(), "cases that are not understood:\n{}", problems.join("\n"));
    cases.into_iter().flatten().collect()
}

#[test]
fn every_declared_property_has_a_case() {
    let covered: BTreeSet<(&str, &str)> =
        cases().iter().map(|case| (case.kind.name(), case.property.map_or("_missing", |property| property.name))).collect();
    let (mut missing, mut needless, mut count) = (Vec::new(), Vec::new(), 0);
    let ours = |engines: &Engines| engines.since(Engine::PostgreSql).is_some();
    for kind in ALL.iter().filter(|kind| ours(&kind.spec().engines)) {
        let properties = kind.spec().all_properties().filter(|property| ours(&property.engines));
        for property in std::iter::once(None).chain(properties.map(Some)) {
            let name = property.map_or("_missing", |property| property.name);
            count += 1;
            match (covered.contains(&(kind.name(), name)), exempt::reason(*kind, property)) {
                (false, None) => missing.push(format!("tests/golden/postgres/property/{}/{name}.sql", kind.name())),
                (true, Some((reason, _))) => {
                    needless.push(format!("{}/{name}.sql: exempt ({reason}), and yet there is a case", kind.name()))
                }
                (false, Some((reason, true))) => println!("no case for {} {name}: {reason}", kind.name()),
                _ => {}
            }
        }
    }
    println!("{count} properties of {} kinds, {} with cases", ALL.len(), covered.len());
    assert!(missing.is_empty(), "{} declared properties have no case; write these files:\n{}", missing.len(), missing.join("\n"));
    assert!(needless.is_empty(), "{}", needless.join("\n"));
}

/// All cases on one major version, on a server of their own: some change what all databases share.
fn on(major: u32) {
    // The skip of a version that is not installed is counted by asking.
    if !evenkeel_testkit::majors().contains(&major) {
        return;
    }
    let started = Instant::now();
    let wanted = std::env::var("EVENKEEL_PROPERTY").unwrap_or_default();
    let all = !wanted.is_empty() || std::env::var_os(ALL_VARIABLE).is_some_and(|value| value == "1");
    let possible: Vec<Case> =
        cases().into_iter().filter(|case| (case.since..=case.until).contains(&major) && case.path.starts_with(&wanted)).collect();
    let count = possible.len();
    let cases: Vec<Case> = possible.into_iter().filter(|case| all || case.is_telling(major)).collect();
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
        "PostgreSQL {major}: {} of {count} cases, {failed} failed, {} databases made, {:.1} s",
        cases.len(),
        place.made(),
        started.elapsed().as_secs_f64()
    );
    assert!(failed == 0, "{failed} of {} cases failed on PostgreSQL {major}\n{report}", cases.len());
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

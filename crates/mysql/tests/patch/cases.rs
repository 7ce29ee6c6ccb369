//! The property cases: each side made like the other, each from nothing, and back to nothing.

use crate::place::{Database, Place};
use crate::tried::{Outcome, capture, tried};
use evenkeel_core::kind::{Dimension, Engine};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::patch::Form;
use evenkeel_mysql::scratch::series;
use evenkeel_testkit::mysql::flavors;
use evenkeel_testkit::property::{Case, On, cases};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

const NOTHING: Form = Form { offline: true, throwaway: true };

/// What came of all plans.
#[derive(Default)]
struct Tally {
    equal: usize,
    refused: BTreeMap<String, String>,
    wrong: Vec<String>,
}

impl Tally {
    fn count(&mut self, what: &str, outcome: &Outcome) {
        if outcome.wrong.is_empty() && outcome.refused.is_empty() {
            self.equal += 1;
        }
        if !outcome.refused.is_empty() {
            let reasons = outcome.refused.iter().map(|one| format!("{} {}: {}", one.kind.name(), one.object, one.reason));
            self.refused.insert(what.to_owned(), reasons.collect::<Vec<_>>().join("; "));
        }
        if !outcome.wrong.is_empty() {
            self.wrong.push(format!("{what}:\n  {}\n  after:\n    {}", outcome.wrong.join("\n  "), outcome.sql.join("\n    ")));
        }
    }
}

/// The two sides, and the databases that are so.
struct Sides {
    reference: Manifest,
    candidate: Manifest,
    /// Nothing where both sides were one database.
    first: Option<Database>,
    second: Database,
}

pub fn is_tried(case: &Case) -> bool {
    let dimension = case.kind.spec().dimension;
    matches!(dimension, Dimension::Schema | Dimension::Privileges)
        && case.applies
        && !case.all_databases
        && !case.replica
        && !case.candidate.is_other_server()
}

fn sides(place: &mut Place, case: &Case) -> Result<Sides, String> {
    place.on_server(&case.server)?;
    let (first, second) = place.pair(case);
    if case.in_place {
        first.run(&case.setup)?;
        let reference = capture(&first.url);
        first.run(&case.change)?;
        let candidate = capture(&first.url);
        return Ok(Sides { reference, candidate, first: None, second: first });
    }
    first.run(&case.setup)?;
    second.run(&case.setup)?;
    first.run(&case.reference)?;
    second.run(&case.change)?;
    let (reference, candidate) = (capture(&first.url), capture(&second.url));
    Ok(Sides { reference, candidate, first: Some(first), second })
}

fn run(place: &mut Place, case: &Case, tally: &mut Tally) -> Result<(), String> {
    let sides = sides(place, case)?;
    let Sides { reference, candidate, first, second } = &sides;
    let outcome = tried(&place.scratch, &second.name, candidate, reference, Form::default());
    tally.count(&format!("{} back", case.path), &outcome);
    match first {
        Some(first) => {
            tally.count(&format!("{} there", case.path), &tried(&place.scratch, &first.name, reference, candidate, Form::default()))
        }
        None => {
            let seen = capture(&second.url);
            tally.count(&format!("{} there", case.path), &tried(&place.scratch, &second.name, &seen, candidate, Form::default()));
        }
    }
    for (which, manifest) in [("reference", reference), ("candidate", candidate)] {
        let (empty, other) = place.pair(case);
        drop(other);
        let nothing = capture(&empty.url);
        tally.count(&format!("{} {which}", case.path), &tried(&place.scratch, &empty.name, &nothing, manifest, NOTHING));
        let made = capture(&empty.url);
        tally.count(&format!("{} {which} gone", case.path), &tried(&place.scratch, &empty.name, &made, &nothing, Form::default()));
    }
    place.on_server(&case.cleanup)
}

/// All plans, also those that seldom say anything new.
pub fn is_whole() -> bool {
    std::env::var_os("EVENKEEL_PATCH").is_some_and(|value| value == "all")
}

/// How many plans refuse something on each server: what is added to them or taken from them is looked at.
fn on(engine: Engine, number: u16, expected: usize) {
    // The skip of a server that is not installed is counted by asking.
    if !flavors().contains(&(engine, number)) {
        return;
    }
    let (name, started) = (series(engine, number), Instant::now());
    let wanted = std::env::var("EVENKEEL_PROPERTY").unwrap_or_default();
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/mysql/property");
    let mut cases = cases(&root, On { engine, version: number });
    cases.retain(|case| is_tried(case) && case.path.starts_with(&wanted));
    let mut place = Place::start(engine, number);
    let mut tally = Tally::default();
    for case in &cases {
        if let Err(problem) = run(&mut place, case, &mut tally) {
            tally.wrong.push(format!("{}: {problem}", case.path));
        }
        place.sweep();
    }
    println!(
        "{name}: {} cases; there, back, made and gone: {} plans equal, {} refused ({:.1} %), {} wrong, {:.1} s",
        cases.len(),
        tally.equal,
        tally.refused.len(),
        100.0 * tally.refused.len() as f64 / (tally.equal + tally.refused.len()).max(1) as f64,
        tally.wrong.len(),
        started.elapsed().as_secs_f64()
    );
    for (what, reasons) in &tally.refused {
        println!("  {what}: {reasons}");
    }
    assert!(tally.wrong.is_empty(), "{} plans went wrong on {name}:\n{}", tally.wrong.len(), tally.wrong.join("\n"));
    let refused = tally.refused.len();
    assert!(!wanted.is_empty() || refused == expected, "{refused} plans refuse something on {name}, not {expected}");
    assert!(!wanted.is_empty() || refused * 50 < tally.equal + refused, "{refused} refuse something of {}", tally.equal + refused);
}

#[test]
fn on_mariadb_10_11() {
    on(Engine::MariaDb, 1011, 6);
}

#[test]
fn on_mariadb_11_8() {
    on(Engine::MariaDb, 1108, 9);
}

#[test]
fn on_mysql_9_7() {
    on(Engine::MySql, 907, 7);
}

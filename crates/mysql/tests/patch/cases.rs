//! The property cases: each side made like the other, each from nothing, and back to nothing.

use crate::place::{Database, Place};
use crate::tried::{Outcome, capture, tried};
use evenkeel_core::kind::{Dimension, Engine};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::patch::Form;
use evenkeel_mysql::scratch::series;
use evenkeel_testkit::Share;
use evenkeel_testkit::mysql::flavors;
use evenkeel_testkit::property::{Case, On, cases};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Instant;

/// Of so many shares one is run.
const SHARES: u64 = 4;

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

/// What is refused, on which server and which way.
const REFUSED: &[(u16, &str, &[&str])] = &[
    // The table would have to be made anew.
    (1011, "column/row_period.sql", &["back", "there"]),
    (1108, "column/row_period.sql", &["back", "there"]),
    // Another password, which no manifest keeps.
    (1011, "role/authentication.sql", &["back", "reference"]),
    (1108, "role/authentication.sql", &["back", "reference"]),
    (907, "role/authentication.sql", &["back", "reference"]),
    (1011, "role/password_expired.sql", &["back", "reference"]),
    (1108, "role/password_expired.sql", &["back", "reference"]),
    (907, "role/password_expired.sql", &["back", "reference"]),
    (1108, "table/connection.remote.sql", &["back", "there", "candidate"]),
    // Whether a database can be changed at all is said by hand.
    (907, "schema/read_only.sql", &["back", "there", "candidate"]),
];

/// A share of the cases, another each day; `EVENKEEL_SHARE=all` runs all.
fn on(engine: Engine, number: u16) {
    // The skip of a server that is not installed is counted by asking.
    if !flavors().contains(&(engine, number)) {
        return;
    }
    let (name, started) = (series(engine, number), Instant::now());
    let wanted = std::env::var("EVENKEEL_PROPERTY").unwrap_or_default();
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/mysql/property");
    let mut cases = cases(&root, On { engine, version: number });
    cases.retain(|case| is_tried(case) && case.path.starts_with(&wanted));
    let share = if wanted.is_empty() { Share::of(SHARES) } else { Share::whole() };
    let cases = share.take(cases);
    let mut place = Place::start(engine, number);
    let mut tally = Tally::default();
    for case in &cases {
        if let Err(problem) = run(&mut place, case, &mut tally) {
            tally.wrong.push(format!("{}: {problem}", case.path));
        }
        place.sweep();
    }
    println!(
        "{name}: {} cases ({share}); there, back, made and gone: {} plans equal, {} refused ({:.1} %), {} wrong, {:.1} s",
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
    let known: BTreeSet<String> = REFUSED
        .iter()
        .filter(|(server, path, _)| *server == number && cases.iter().any(|case| &*case.path == *path))
        .flat_map(|(_, path, ways)| ways.iter().map(move |way| format!("{path} {way}")))
        .collect();
    let refused: BTreeSet<String> = tally.refused.keys().cloned().collect();
    assert_eq!(refused, known, "what is refused on {name}, and what is known to be");
    let plans = tally.equal + refused.len();
    assert!(!share.is_whole() || !wanted.is_empty() || refused.len() * 50 < plans, "{} refuse something of {plans}", refused.len());
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
    if evenkeel_testkit::another_day(3) {
        return;
    }
    on(Engine::MySql, 907);
}

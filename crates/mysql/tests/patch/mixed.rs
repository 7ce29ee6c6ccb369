//! One state out of the property cases made like another that has nothing to do with it: what is called the same is altered, the rest
//! comes and goes. Which, a seed decides.
//!
//! `EVENKEEL_SEED` is another one, `EVENKEEL_COUNT` how many pairs.

use crate::cases::is_tried;
use crate::place::{Database, Place};
use crate::tried::{capture, tried};
use evenkeel_core::kind::Engine;
use evenkeel_core::patch::Form;
use evenkeel_mysql::scratch::series;
use evenkeel_testkit::mysql::flavors;
use evenkeel_testkit::property::{Case, On, cases};
use std::path::PathBuf;

const COUNT: usize = 10;

fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// One of the two sides of the case.
fn make(database: &Database, case: &Case, is_reference: bool) {
    database.run(&case.setup).and_then(|()| database.run(if is_reference { &case.reference } else { &case.change })).unwrap();
}

fn on(engine: Engine, version: u16) {
    if !flavors().contains(&(engine, version)) {
        return;
    }
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/mysql/property");
    let mut cases = cases(&root, On { engine, version });
    // A read-only database takes no patch.
    let is_meant = |case: &Case| is_tried(case) && !case.in_place && case.server.is_empty() && !case.path.contains("read_only");
    cases.retain(|case| is_meant(case) && case.reference_clauses.is_none() && case.candidate.clauses.is_none());
    let mut random = fastrand::Rng::with_seed(number("EVENKEEL_SEED", 7));
    let count = usize::try_from(number("EVENKEEL_COUNT", COUNT as u64)).unwrap();
    let mut place = Place::start(engine, version);
    let (mut wrong, mut refused) = (Vec::new(), 0);
    for _ in 0..count {
        let (Some(one), Some(other)) = (random.choice(&cases), random.choice(&cases)) else { break };
        let (first, second) = place.pair(one);
        make(&first, one, random.bool());
        make(&second, other, random.bool());
        let outcome = tried(&place.scratch, &first.name, &capture(&first.url), &capture(&second.url), Form::default());
        refused += usize::from(!outcome.refused.is_empty());
        if !outcome.wrong.is_empty() {
            let sql = outcome.sql.join("\n    ");
            wrong.push(format!("{} to {}:\n  {}\n  after:\n    {sql}", one.path, other.path, outcome.wrong.join("\n  ")));
        }
        place.sweep();
    }
    let name = series(engine, version);
    println!("{name}: {count} pairs, {refused} refuse something, {} wrong", wrong.len());
    assert!(wrong.is_empty(), "{} on {name}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn mixed_on_mariadb_10_11() {
    on(Engine::MariaDb, 1011);
}

#[test]
fn mixed_on_mariadb_11_8() {
    on(Engine::MariaDb, 1108);
}

#[test]
fn mixed_on_mysql_9_7() {
    on(Engine::MySql, 907);
}

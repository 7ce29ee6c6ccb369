//! What PostgreSQL prints for one meaning has one normal form: generated expressions and queries are created, dumped, restored and
//! compared. And its opposite: what differs in one token is never equal.
//!
//! Lives here: running the cases. `case` makes them from a seed. `EVENKEEL_NORMAL_CASES` says how many (hundreds by default, thousands
//! at night), `EVENKEEL_NORMAL_SEED` where they begin.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod case;
mod earlier;
#[path = "../kinds/tools.rs"]
mod tools;

use case::Random;
use evenkeel_core::compare::{Comparison, NoRemedies, Scope, Side, compare};
use evenkeel_core::digest::Tree;
use evenkeel_core::kind::Dimension;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{Environment, Request, Watch};
use evenkeel_postgres::connect::{Target, ThisMachine};
use evenkeel_postgres::environment::PostgresEnvironment;
use evenkeel_testkit::{TestDb, database, each_major, number};

fn capture(db: &TestDb) -> Manifest {
    let target = Target::parse(&db.conninfo(), &ThisMachine).unwrap();
    let request = Request { dimensions: vec![Dimension::Schema], ..Request::new("normal") };
    PostgresEnvironment::new(target).capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}

fn compared(reference: &Manifest, candidate: &Manifest) -> Comparison {
    let trees = (Tree::of(reference), Tree::of(candidate));
    let side = |label, manifest, tree| Side { label, manifest, tree };
    let scope = Scope { dimensions: vec![Dimension::Schema], ..Scope::default() };
    compare(side("before", reference, &trees.0), side("after", candidate, &trees.1), &scope, &NoRemedies)
}

fn digest(manifest: &Manifest) -> String {
    let tree = Tree::of(manifest);
    tree.branch(Dimension::Schema).unwrap_or_else(|| panic!("there are no objects: {:#?}", manifest.gaps)).digest.hex()
}

/// Makes the objects of so many cases; what the server refuses is left out. Returns how many objects there are.
fn make(db: &TestDb, seed: u64, cases: u64) -> usize {
    db.exec(case::TABLES);
    let mut made = 0;
    for number in 0..cases {
        let mut random = Random::new(seed.wrapping_add(number));
        for statement in case::statements(&mut random, number, db.major()) {
            made += usize::from(db.session().exec(&statement).is_ok());
        }
    }
    made
}

#[test]
fn what_is_dumped_and_restored_is_the_same() {
    let (seed, cases) = (number("EVENKEEL_NORMAL_SEED", 1), number("EVENKEEL_NORMAL_CASES", 60));
    each_major(|db| {
        let made = make(db, seed, cases);
        let restored = database(db.major());
        tools::dump_and_restore(&db.conninfo(), &restored.conninfo(), db.major());
        let (before, after) = (capture(db), capture(&restored));
        let comparison = compared(&before, &after);
        let told: Vec<String> = comparison
            .differences
            .iter()
            .map(|difference| {
                format!(
                    "{} {:?}\n  {:?}\n  {:?}",
                    difference.subject.object, difference.subject.attribute, difference.expected, difference.found
                )
            })
            .collect();
        println!("{} objects of {cases} cases from seed {seed} on {}", made, db.major());
        assert!(made as u64 > cases * 4, "the server refuses nearly everything: {made}");
        assert!(told.is_empty(), "on {}: {} of {made} objects differ\n{}", db.major(), told.len(), told.join("\n"));
        assert_eq!(digest(&before), digest(&after));
    });
}

/// What a constant without a name is called in a place where nobody sees the name. The server names it anew at each parse.
const UNNAMED: &str = "
CREATE TABLE a (x int);
CREATE TABLE b (y int);
CREATE VIEW inner_union AS SELECT x FROM (SELECT x FROM a UNION ALL SELECT NULL FROM b) q;
CREATE VIEW outer_union AS SELECT x FROM a UNION ALL SELECT NULL FROM b;
CREATE VIEW by_exists AS SELECT x FROM a WHERE EXISTS (SELECT NULL FROM b) AND EXISTS (SELECT 'one' FROM b) AND EXISTS (SELECT 1 FROM b);
CREATE VIEW by_numbers AS SELECT x FROM a WHERE EXISTS (SELECT -1 FROM b) AND EXISTS (SELECT 1.5 FROM b) AND EXISTS (SELECT true FROM b);
CREATE VIEW by_in AS SELECT x FROM a WHERE x::text IN (SELECT 'k' FROM b);
CREATE VIEW of_text AS SELECT x::text FROM a UNION SELECT 'none';
CREATE VIEW scalar AS SELECT (SELECT 'k') AS c;
CREATE VIEW by_with AS WITH w AS (SELECT x FROM a UNION ALL SELECT NULL) SELECT x FROM w;
CREATE VIEW array_of AS SELECT ARRAY(SELECT 'e') AS c;
CREATE MATERIALIZED VIEW kept AS SELECT x FROM a UNION ALL SELECT NULL FROM b WITH NO DATA;
CREATE RULE also AS ON INSERT TO b DO ALSO INSERT INTO a SELECT x FROM a WHERE EXISTS (SELECT NULL FROM b);
ALTER TABLE a ENABLE ROW LEVEL SECURITY;
CREATE POLICY by_exists ON a USING (EXISTS (SELECT NULL FROM b));
CREATE POLICY by_union ON a USING (x IN (SELECT y FROM b UNION SELECT NULL));";

#[test]
fn constants_without_a_name_stay_without_one() {
    each_major(|db| {
        db.exec(UNNAMED);
        let restored = database(db.major());
        tools::dump_and_restore(&db.conninfo(), &restored.conninfo(), db.major());
        let (before, after) = (capture(db), capture(&restored));
        let comparison = compared(&before, &after);
        assert!(comparison.differences.is_empty() && comparison.gaps.is_empty(), "on {}: {comparison:#?}", db.major());
        assert_eq!(digest(&before), digest(&after), "on {}", db.major());
        // The opposite: another constant, and a name that is seen.
        restored.exec("CREATE OR REPLACE VIEW by_in AS SELECT x FROM a WHERE x::text IN (SELECT 'l' FROM b)");
        restored.exec("DROP VIEW scalar; CREATE VIEW scalar AS SELECT (SELECT 'k') AS d");
        let told: Vec<String> = compared(&before, &capture(&restored)).differences.iter().map(|one| one.subject.object.clone()).collect();
        assert!(["by_in", "scalar"].iter().all(|view| told.iter().any(|one| one.contains(view))), "on {}: {told:?}", db.major());
        assert!(told.iter().all(|one| one.contains("by_in") || one.contains("scalar")), "on {}: {told:?}", db.major());
    });
}

/// The other half: a normal form that made everything equal would pass the test above.
#[test]
fn what_differs_in_one_token_is_seen() {
    let (seed, cases) = (number("EVENKEEL_NORMAL_SEED", 1), number("EVENKEEL_NORMAL_CASES", 60));
    let db = database(evenkeel_testkit::newest());
    let other = database(db.major());
    db.exec(case::TABLES);
    other.exec(case::TABLES);
    let mut changed = 0;
    for number in 0..cases * 4 {
        let mut random = Random::new(seed.wrapping_add(number) ^ 0xffff);
        let sql = if number % 2 == 0 { case::condition(&mut random, 2) } else { case::query(&mut random, 1) };
        let Some(mutated) = case::mutated(&mut random, &sql) else { continue };
        let make = |sql: &str| match number % 2 {
            0 => format!("ALTER TABLE app.t ADD CONSTRAINT c_{number} CHECK ({sql})"),
            _ => format!("CREATE VIEW app.v_{number} AS {sql}"),
        };
        // Both or none.
        if db.session().exec(&make(&sql)).is_err() {
            continue;
        }
        if other.session().exec(&make(&mutated)).is_err() {
            db.exec(&if number % 2 == 0 {
                format!("ALTER TABLE app.t DROP CONSTRAINT c_{number}")
            } else {
                format!("DROP VIEW app.v_{number}")
            });
            continue;
        }
        changed += 1;
    }
    let (one, another) = (capture(&db), capture(&other));
    let comparison = compared(&one, &another);
    let objects = |manifest: &Manifest| -> Vec<(String, String)> {
        let texts = manifest.objects().iter().filter_map(|object| {
            let text = object.text("expression").or_else(|| object.text("definition"))?;
            Some((object.display(), text.to_owned()))
        });
        texts.collect()
    };
    let (texts, others) = (objects(&one), objects(&another));
    let named: Vec<&str> = comparison.differences.iter().map(|difference| difference.subject.object.as_str()).collect();
    let mut unseen = Vec::new();
    for ((object, text), (_, other)) in texts.iter().zip(&others) {
        if !named.iter().any(|name| *name == object) {
            unseen.push(format!("{object}\n  {text}\n  {other}"));
        }
    }
    println!("{changed} changes of one token, {} of them printed alike by the server", unseen.len());
    // What the server itself prints alike is the same: then both texts are equal to the letter.
    let wrong: Vec<String> = texts
        .iter()
        .zip(&others)
        .filter(|((object, text), (_, other))| text != other && !named.contains(&object.as_str()))
        .map(|((object, text), (_, other))| format!("{object}\n  {text}\n  {other}"))
        .collect();
    assert!(changed as u64 > cases, "hardly anything was changed: {changed}");
    assert!(wrong.is_empty(), "{} of {changed} are not seen\n{}", wrong.len(), wrong.join("\n"));
}

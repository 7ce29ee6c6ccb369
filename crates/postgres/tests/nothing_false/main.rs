//! Nothing false: what is the same has the same digest, and two captures of it show no difference.
//!
//! The same statements on 13 to 18, in another order, a second time, and through a dump. Fixtures are in
//! `tests/golden/postgres/nothing_false/`: a folder a case with `schema.sql`, and `13.txt` where 13 cannot be compared
//! with newer versions: one line for each gap, `kind object attribute`. `regress` does the same with PostgreSQL's own suite.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod regress;
#[path = "../kinds/tools.rs"]
mod tools;

use evenkeel_core::compare::{Comparison, Difference, NoRemedies, Scope, Side, Which, compare};
use evenkeel_core::digest::Tree;
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{Environment, Request, Watch};
use evenkeel_postgres::connect::{Target, ThisMachine};
use evenkeel_postgres::environment::PostgresEnvironment;
use evenkeel_testkit::{TestDb, database, each_major, majors};
use std::path::PathBuf;

fn golden() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/postgres/nothing_false"))
}

/// Folders with a `schema.sql`.
fn cases() -> Vec<PathBuf> {
    let mut cases: Vec<PathBuf> = std::fs::read_dir(golden()).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|case| case.join("schema.sql").exists());
    cases.sort();
    assert!(cases.len() >= 3, "the fixtures are gone: {cases:?}");
    cases
}

fn capture(conninfo: &str) -> Manifest {
    capture_of(conninfo, &[Dimension::Schema])
}

fn capture_of(conninfo: &str, dimensions: &[Dimension]) -> Manifest {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let target = Target::parse(conninfo, &ThisMachine).unwrap();
    let mut request = Request::new("test");
    request.dimensions = dimensions.to_vec();
    let manifest = PostgresEnvironment::new(target).capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
    // Objects that no kind stands for are told as a gap of rights.
    let gaps: Vec<_> = manifest.gaps.iter().filter(|gap| gap.kind.as_deref() != Some("large-object")).collect();
    assert_eq!(gaps, Vec::<&evenkeel_core::manifest::Gap>::new());
    manifest
}

fn digest(manifest: &Manifest) -> String {
    Tree::of(manifest).branch(Dimension::Schema).expect("the schema has no object").digest.hex()
}

fn compared(reference: &Manifest, candidate: &Manifest) -> Comparison {
    let (of_reference, of_candidate) = (Tree::of(reference), Tree::of(candidate));
    let reference = Side { label: "reference", manifest: reference, tree: &of_reference };
    let candidate = Side { label: "candidate", manifest: candidate, tree: &of_candidate };
    compare(reference, candidate, &Scope { dimensions: reference.manifest.dimensions.clone(), ..Scope::default() }, &NoRemedies)
}

/// What differs, in words. A fault that both sides share is no difference between them.
fn between(comparison: &Comparison, but: impl Fn(&Difference) -> bool) -> Vec<String> {
    let shared = |difference: &&Difference| difference.which == Which::Both && difference.change == evenkeel_core::compare::Change::Unsound;
    let told = comparison.differences.iter().filter(|difference| !shared(difference) && !but(difference));
    told.map(|told| {
        format!("{} {} {:?}: {:?} / {:?}", told.subject.kind.name(), told.subject.object, told.subject.attribute, told.expected, told.found)
    })
    .collect()
}

/// What could not be compared: `kind object attribute`.
fn gaps(comparison: &Comparison) -> Vec<String> {
    let word = |word: &Option<String>| word.clone().unwrap_or_default();
    let mut gaps: Vec<String> = comparison
        .gaps
        .iter()
        .map(|gap| format!("{} {} {}", word(&gap.gap.kind), word(&gap.gap.object), word(&gap.gap.attribute)))
        .collect();
    gaps.sort();
    gaps
}

#[test]
fn the_same_statements_are_the_same_on_every_version() {
    for case in cases() {
        let captured: Vec<(u32, Manifest)> = majors()
            .into_iter()
            .map(|major| {
                let db = database(major);
                tools::psql(&db.conninfo(), &case.join("schema.sql"));
                (major, capture(&db.conninfo()))
            })
            .collect();
        let (newest, candidate) = captured.last().unwrap();
        for (major, reference) in &captured {
            let expected = std::fs::read_to_string(case.join(format!("{major}.txt"))).unwrap_or_default();
            for comparison in [compared(reference, candidate), compared(candidate, reference)] {
                let place = format!("{} on {major} and {newest}", case.display());
                assert_eq!(between(&comparison, |_| false), Vec::<String>::new(), "{place}");
                assert_eq!(gaps(&comparison), expected.lines().collect::<Vec<_>>(), "{place}");
            }
            // A digest has no gaps: it says "equal" only where nothing was left open.
            assert_eq!(digest(reference) == digest(candidate), expected.is_empty(), "{} on {major}", case.display());
        }
    }
}

/// Roles and schema `public` belong to the servers, which other tests use at the same time; tables are this test's own.
#[test]
fn owners_may_do_the_same_on_every_version() {
    let captured: Vec<(u32, Manifest)> = majors()
        .into_iter()
        .map(|major| {
            let db = database(major);
            tools::psql(&db.conninfo(), &golden().join("own_grants/schema.sql"));
            let manifest = capture_of(&db.conninfo(), &[Dimension::Privileges]);
            assert!(manifest.objects().iter().filter(|object| object.kind == Kind::Grant).count() >= 4, "on {major}");
            (major, manifest)
        })
        .collect();
    let (newest, candidate) = captured.last().unwrap();
    for (major, reference) in &captured {
        let comparison = compared(reference, candidate);
        let on_servers = |difference: &Difference| !matches!(difference.subject.kind.name(), "grant" | "owner");
        assert_eq!(between(&comparison, on_servers), Vec::<String>::new(), "on {major} and {newest}");
        let gaps: Vec<String> = gaps(&comparison).into_iter().filter(|gap| !gap.contains("schema.public")).collect();
        assert_eq!(gaps, Vec::<String>::new(), "on {major} and {newest}");
    }
}

#[test]
fn a_dump_restored_is_the_same() {
    for case in cases() {
        each_major(|db| {
            tools::psql(&db.conninfo(), &case.join("schema.sql"));
            let restored = database(db.major());
            tools::dump_and_restore(&db.conninfo(), &restored.conninfo(), db.major());
            // A dump of the schema leaves materialised views empty, which is a difference, and a true one.
            let views = restored.query_text("SELECT oid::regclass FROM pg_class WHERE relkind = 'm'");
            for view in views.iter().flat_map(|row| row.first().cloned().flatten()) {
                restored.exec(&format!("REFRESH MATERIALIZED VIEW {view}"));
            }
            let (before, after) = (capture(&db.conninfo()), capture(&restored.conninfo()));
            let comparison = compared(&before, &after);
            assert_eq!(between(&comparison, |_| false), Vec::<String>::new(), "{}", case.display());
            assert_eq!(gaps(&comparison), Vec::<String>::new(), "{}", case.display());
            assert_eq!(digest(&before), digest(&after), "{}", case.display());
        });
    }
}

#[test]
fn the_order_of_creation_does_not_matter() {
    each_major(|db| {
        let other = database(db.major());
        tools::psql(&db.conninfo(), &golden().join("order/forward.sql"));
        tools::psql(&other.conninfo(), &golden().join("order/other.sql"));
        let (one, another) = (capture(&db.conninfo()), capture(&other.conninfo()));
        assert_eq!(between(&compared(&one, &another), |_| false), Vec::<String>::new());
        assert_eq!(digest(&one), digest(&another));
    });
}

#[test]
fn time_and_housekeeping_do_not_matter() {
    each_major(|db: &TestDb| {
        tools::psql(&db.conninfo(), &golden().join("every_form/schema.sql"));
        let before = capture(&db.conninfo());
        assert_eq!(digest(&before), digest(&capture(&db.conninfo())));
        db.exec("INSERT INTO app.t (id, a, bo) SELECT n, 'q' || n || 'x', false FROM generate_series(2, 20) n");
        db.exec("REFRESH MATERIALIZED VIEW app.mv1");
        // The catalogs that all databases share would shut out whoever else uses the server meanwhile.
        let own = db.query_text("SELECT oid::regclass FROM pg_class WHERE relkind IN ('r', 'm') AND NOT relisshared ORDER BY 1");
        let own: Vec<String> = own.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect();
        assert!(["pg_class", "app.t"].iter().all(|name| own.iter().any(|one| one == name)), "{own:?}");
        for statement in ["ANALYZE", &format!("VACUUM FULL {}", own.join(", ")), "REINDEX SCHEMA app", "CHECKPOINT"] {
            db.exec(statement);
        }
        let after = capture(&db.conninfo());
        assert_eq!(between(&compared(&before, &after), |_| false), Vec::<String>::new());
        assert_eq!(digest(&before), digest(&after));
    });
}

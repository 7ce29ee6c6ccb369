//! `evenkeel diagnose`: errors that real servers print, explained and confirmed.

use crate::run::Place;
use evenkeel_testkit::{database, newest};

/// Statements that fail, and what their failure is called.
const FAILURES: &[(&str, &str)] = &[
    ("create table t (a int); create table t (a int)", "relation-exists"),
    ("create table t (a int); alter table t add a int", "column-exists"),
    ("select * from nowhere", "relation-missing"),
    ("create table t (a int); select b from t", "column-missing"),
    ("create table t (a int); insert into t values (1), (1); create unique index on t (a)", "unique-build-failed"),
    ("create table t (a int primary key); insert into t values (1), (1)", "unique-violation"),
    ("create table t (a int); insert into t values (null); alter table t alter a set not null", "null-values"),
    ("create table t (a int); insert into t values (1); alter table t add check (a > 1)", "check-violated"),
    (
        "create table p (a int primary key); create table t (a int); insert into t values (1); alter table t add foreign key (a) references p",
        "foreign-key-violated",
    ),
    ("create table p (a int); create table t (a int references p (a))", "foreign-key-no-unique"),
    ("create table t (a int); create view v as select a from t; drop table t", "dependent-objects"),
    ("create table t (a int); create view v as select a from t; alter table t alter a type bigint", "column-used-by-view"),
    ("begin; select 1/0; select 1", "transaction-aborted"),
];

#[test]
fn what_a_server_says_is_known_by_its_cause() {
    let place = Place::new();
    let mut wrong = Vec::new();
    for (script, id) in FAILURES {
        let db = database(newest());
        let mut psql = std::process::Command::new("psql");
        psql.args(["-X", "-q", "-d", &db.conninfo()]);
        for statement in script.split(';') {
            psql.args(["-c", statement]);
        }
        let ran = psql.output().unwrap();
        place.write("log", &ran.stderr);
        let told = place.run(&["diagnose", "log", "--format", "json"]).json();
        let ids: Vec<String> = told["found"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        if !ids.iter().any(|found| found == id) {
            wrong.push(format!("{id}: {ids:?}: {}", String::from_utf8_lossy(&ran.stderr)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_root_comes_first_and_the_server_is_asked() {
    let place = Place::new();
    let db = database(newest());
    let log = "ERROR:  canceling statement due to lock timeout\nERROR:  current transaction is aborted, commands ignored until end of transaction block\n";
    place.write("log", log);
    let told = place.run(&["diagnose", &db.url(), "log", "--format", "json"]).exits(0).json();
    let found = told["found"].as_array().unwrap();
    assert_eq!((found[0]["id"].as_str(), found[0]["root"].as_bool()), (Some("lock-timeout"), Some(true)), "{told}");
    assert_eq!(found[1]["root"].as_bool(), Some(false));
    let asked = found[0]["confirm"].as_array().unwrap();
    assert!(!asked.is_empty() && asked.iter().all(|one| one["rows"].is_u64() && one["means"].is_string()), "{told}");
    // From stdin, with nobody asked.
    let ran = place.shell(&format!("printf '%s' \"{}\" | $E diagnose", log.trim().replace('\n', "\\n")), &[]).exits(0);
    assert!(ran.stdout.contains("confirm  SELECT") && ran.stdout.contains("not      "), "{}", ran.stdout);
}

#[test]
fn what_is_not_known_is_said_so() {
    let place = Place::new();
    place.write("log", b"\xff\xfe all is well\n");
    place.run(&["diagnose", "log"]).exits(2).says("nothing in it is known");
    place.run(&["diagnose", "nowhere.log"]).exits(64).says("cannot read the log");
    place.run(&["diagnose", "a", "b"]).exits(64);
    place.run(&["diagnose"]).exits(2);
}

#[test]
fn every_query_that_confirms_runs_on_a_real_server() {
    let db = database(newest());
    let mut wrong = Vec::new();
    for signature in evenkeel_core::diagnose::SIGNATURES.iter().flat_map(|list| list.iter()) {
        for query in signature.confirm.iter().filter(|query| query.is_for(evenkeel_core::kind::Engine::PostgreSql)) {
            let mut psql = std::process::Command::new("psql");
            let ran = psql.args(["-X", "-q", "-d", &db.conninfo(), "-c", "begin read only", "-c", query.sql]).output().unwrap();
            // A tool's own table is not there.
            let said = String::from_utf8_lossy(&ran.stderr).into_owned();
            if !said.is_empty() && !said.contains("does not exist") {
                wrong.push(format!("{}: {said}", signature.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

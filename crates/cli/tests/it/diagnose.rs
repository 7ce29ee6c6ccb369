//! `evenkeel diagnose`: how errors are explained and confirmed. Neighbour: `diagnose_provoked`, where servers print them.

use crate::run::Place;
use evenkeel_core::diagnose::{Query, SIGNATURES, Signature};
use evenkeel_core::kind::Engine;
use evenkeel_testkit::mysql::each_flavor;
use evenkeel_testkit::{database, newest};

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
    for (signature, query) in queries(Engine::PostgreSql) {
        let mut psql = std::process::Command::new("psql");
        let ran = psql.args(["-X", "-q", "-d", &db.conninfo(), "-c", "begin read only", "-c", query.sql]).output().unwrap();
        // A tool's own table is not there.
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        if !said.is_empty() && !said.contains("does not exist") {
            wrong.push(format!("{}: {said}", signature.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Also while somebody's statement holds a character beyond U+FFFF, which a list of sessions of MySQL does not survive.
#[test]
fn every_query_that_confirms_runs_on_mysql_and_mariadb_whatever_others_say() {
    each_flavor(|db| {
        let other = db.another_session();
        let told = std::thread::spawn(move || other.query_text("select sleep(4), '\u{1f389}'"));
        let engine = db.flavor().engine;
        let is_there = || db.query_text("show full processlist").iter().flatten().flatten().any(|text| text.contains("sleep(4), '"));
        evenkeel_testkit::process::eventually("the other asks", is_there);
        let session = db.session();
        let mut wrong = Vec::new();
        for (signature, query) in queries(engine) {
            if let Err(fault) = session.query_text(query.sql) {
                let said = format!("{fault:?}");
                // A tool's own table is not there.
                if !said.contains("doesn't exist") {
                    wrong.push(format!("{}: {said}", signature.id));
                }
            }
        }
        assert!(wrong.is_empty(), "{}: {}", engine.name(), wrong.join("\n"));
        assert!(is_there(), "it ended before everything was asked");
        _ = told.join().unwrap();
    });
}

fn queries(engine: Engine) -> impl Iterator<Item = (&'static Signature, &'static Query)> {
    let all = SIGNATURES.iter().flat_map(|list| list.iter());
    all.flat_map(|signature| signature.confirm.iter().map(move |query| (signature, query))).filter(move |(_, query)| query.is_for(engine))
}

//! A deployment that is killed, or whose sessions are: what is in is known from server and journal, the same verb goes on, and nothing
//! takes effect twice.

use crate::deploy::deploy;
use crate::history::words;
use crate::history_apply::{configured, runs};
use crate::history_repair::Dice;
use crate::run::Place;
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{TestDb, database, majors, number};
use serde_json::Value;
use std::process::Stdio;
use std::time::{Duration, Instant};

pub const FILES: &[(&str, &str)] = &[
    ("20260101000000_a.sql", "-- +goose Up\ncreate table people (id int primary key, name text);\ncreate table counters (n int);\n"),
    (
        "20260102000000_b.sql",
        "-- +goose NO TRANSACTION\n-- +goose Up\nset statement_timeout = '40s';\nupdate counters set n = n + 1;\n\
         create index concurrently by_name on people (name);\nupdate counters set n = n + 10;\n",
    ),
    ("20260103000000_c.sql", "-- +goose Up\nalter table people add late int not null default 3;\nupdate counters set n = n + 100;\n"),
    ("20260104000000_d.sql", "-- +goose NO TRANSACTION\n-- +goose Up\ncreate index concurrently by_late on people (late);\n"),
];

pub const TABLES: &str =
    "create table people (id int primary key, name text); create table counters (n int); insert into counters values (0);
    insert into people select n, 'name ' || n from generate_series(1, 30000) n;
    create table goose_db_version (id serial primary key, version_id bigint not null, is_applied boolean not null, tstamp timestamp default now());
    insert into goose_db_version (version_id, is_applied) values (0, true), (20260101000000, true)";

fn given(major: u32) -> (TestDb, Place) {
    let db = database(major);
    db.exec(TABLES);
    let place = configured(&db.url(), FILES, "tier = \"staging\"\n");
    (db, place)
}

/// Sessions of runs.
fn sessions(db: &TestDb) -> Vec<String> {
    let pids = "select pid::text from pg_stat_activity where application_name like 'evenkeel run%' and datname = current_database()";
    db.query_text(pids).into_iter().flatten().flatten().collect()
}

fn value(db: &TestDb, sql: &str) -> String {
    db.value(sql).unwrap_or_default()
}

/// `EVENKEEL_SEED` begins elsewhere, `EVENKEEL_KILLS` says how many.
#[test]
fn whatever_is_killed_what_is_gone_on_with_comes_to_the_same_end_and_nothing_takes_effect_twice() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    let (seed, kills) = (number("EVENKEEL_SEED", 20_261_129), number("EVENKEEL_KILLS", 8));
    let mut dice = Dice::of(seed, 0);
    let majors = majors();
    let (mut met, mut open, mut stopped) = (0, 0, 0);
    for kill in 0..kills {
        let major = if kill % 4 < 2 { *majors.first().unwrap() } else { *majors.last().unwrap() };
        let (db, place) = given(major);
        let arguments = ["deploy", "shop", "--unrehearsed", "--format", "json"];
        let mut child = place.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Where it writes, and not while it looks.
        let until = Instant::now() + Duration::from_secs(60);
        while sessions(&db).is_empty() && child.try_wait().unwrap().is_none() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(Duration::from_millis(dice.next(700) as u64));
        if kill % 2 == 0 {
            child.kill().unwrap();
            met += u64::from(child.wait().unwrap().code().is_none());
        } else {
            let sessions = sessions(&db);
            if let Some(one) = sessions.get(dice.next(8) % sessions.len().max(1)) {
                met += 1;
                db.exec(&format!("select pg_terminate_backend({one})"));
            }
            child.wait().unwrap();
        }
        let before = runs(&place);
        open += u64::from(before.first().is_some_and(|run| run["ended"].is_null()));
        stopped += u64::from(before.first().is_some_and(|run| run["ended"]["how"] == "stopped"));
        let mut told = Vec::new();
        for _ in 0..3 {
            let ran = deploy(&place, &["--unrehearsed", "--resume"]);
            told.push(ran.stdout.clone());
            if ran.code == Some(0) {
                break;
            }
        }
        let told = told.join("\n");
        let shown = format!("seed {seed} kill {kill} on {major}: {told}\n{before:#?}");
        assert_eq!(value(&db, "select n::text from counters"), "111", "{shown}");
        let valid = "select count(*)::text from pg_index where indrelid = 'people'::regclass and indisvalid";
        assert_eq!(value(&db, valid), "3", "{shown}");
        let recorded = "select count(*)::text from goose_db_version where is_applied";
        assert_eq!(value(&db, recorded), "5", "{shown}");
        let ran = deploy(&place, &["--unrehearsed"]).exits(0).json();
        assert_eq!(ran["outcome"], "nothing", "{shown}");
        let history: Value = place.run(&["history", "shop", "--format", "json"]).exits(0).json();
        assert!(words(&history).iter().all(|word| word == "applied"), "{shown}\n{history}");
        assert!(runs(&place).iter().all(|run| run["ended"].is_object() && run["held"] == serde_json::json!([])), "{:?}", runs(&place));
        eventually("the server has noticed", || sessions(&db).is_empty());
    }
    eprintln!("{met} of {kills} met something at work, {open} runs said nothing of their end, {stopped} stopped");
    assert!(kills < 4 || open > 0 && met > 1, "none was met at work");
}

#[test]
fn whenever_a_rollback_is_killed_it_goes_on_and_leads_to_where_the_release_began() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    let (seed, kills) = (number("EVENKEEL_SEED", 20_261_129), number("EVENKEEL_KILLS", 5));
    let mut dice = Dice::of(seed, 1);
    let majors = majors();
    let files: Vec<(String, String)> = (2..6)
        .map(|at| {
            let text = format!("-- migrate:up\ncreate table t{at} (id int primary key);\n-- migrate:down\ndrop table t{at};\n");
            (format!("2026010{at}000000_t{at}.sql"), text)
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (mut met, mut evidence) = (0, None);
    for kill in 0..kills {
        let db = database(*majors.last().unwrap());
        let place = crate::deploy::given(&db, &files, "staging");
        // It says of every such database the same.
        match &evidence {
            None => {
                place.run(&["rehearse", "--for", "shop", "--evidence", "evidence.json"]).exits(0);
                evidence = Some(place.read("evidence.json"));
            }
            Some(text) => _ = place.write("evidence.json", text),
        }
        let before = crate::run::digest(&place.run(&["digest", "shop"]).exits(0));
        deploy(&place, &["--evidence", "evidence.json"]).exits(0);
        let arguments = ["rollback", "shop", "--evidence", "evidence.json", "--format", "json"];
        let mut child = place.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let until = Instant::now() + Duration::from_secs(60);
        while sessions(&db).is_empty() && child.try_wait().unwrap().is_none() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(Duration::from_millis(dice.next(350) as u64));
        child.kill().unwrap();
        let was_running = child.wait().unwrap().code().is_none();
        met += u64::from(was_running);
        eventually("the server has noticed", || sessions(&db).is_empty());
        if was_running {
            let resumed = place.run(&["rollback", "shop", "--evidence", "evidence.json", "--resume", "--format", "json"]);
            // Where it had said already that it is done, nothing is to be gone on with.
            let shown = format!("seed {seed} kill {kill}: {}{}", resumed.stdout, resumed.stderr);
            assert!(resumed.code == Some(0) || resumed.json()["pending"] == serde_json::json!([]), "{shown}");
        }
        let left = value(&db, "select count(*)::text from pg_tables where schemaname = 'public' and tablename ~ '^t[0-9]$'");
        assert_eq!(left, "0", "seed {seed} kill {kill}: {:#?}", runs(&place));
        assert_eq!(value(&db, "select count(*)::text from schema_migrations"), "1", "seed {seed} kill {kill}");
        assert_eq!(crate::run::digest(&place.run(&["digest", "shop"]).exits(0)), before, "seed {seed} kill {kill}");
    }
    eprintln!("{met} of {kills} were killed at work");
    assert!(kills < 4 || met > 1, "none was met at work");
}

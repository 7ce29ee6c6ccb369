//! A deployment that is killed, or whose sessions are: what is in is known from server and journal, the same verb goes on, and nothing
//! takes effect twice.

use crate::deploy::deploy;
use crate::history::words;
use crate::history_apply::{configured, runs};
use crate::run::Place;
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{TestDb, database, majors};
use serde_json::Value;
use std::process::Stdio;
use std::time::{Duration, Instant};

const FILES: &[(&str, &str)] = &[
    ("20260101000000_a.sql", "-- +goose Up\ncreate table people (id int primary key, name text);\ncreate table counters (n int);\n"),
    (
        "20260102000000_b.sql",
        "-- +goose NO TRANSACTION\n-- +goose Up\nset statement_timeout = '40s';\nupdate counters set n = n + 1;\n\
         create index concurrently by_name on people (name);\nupdate counters set n = n + 10;\n",
    ),
    ("20260103000000_c.sql", "-- +goose Up\nalter table people add late int not null default 3;\nupdate counters set n = n + 100;\n"),
    ("20260104000000_d.sql", "-- +goose NO TRANSACTION\n-- +goose Up\ncreate index concurrently by_late on people (late);\n"),
];

fn given(major: u32) -> (TestDb, Place) {
    let db = database(major);
    db.exec(
        "create table people (id int primary key, name text); create table counters (n int); insert into counters values (0);
        insert into people select n, 'name ' || n from generate_series(1, 30000) n;
        create table goose_db_version (id serial primary key, version_id bigint not null, is_applied boolean not null, tstamp timestamp default now());
        insert into goose_db_version (version_id, is_applied) values (0, true), (20260101000000, true)",
    );
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
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (seed, kills) = (number("EVENKEEL_SEED").unwrap_or(20_261_129), number("EVENKEEL_KILLS").unwrap_or(8));
    let mut dice = seed.wrapping_mul(6_364_136_223_846_793_005) | 1;
    let mut next = |below: u64| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        dice % below
    };
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
        std::thread::sleep(Duration::from_millis(next(700)));
        if kill % 2 == 0 {
            child.kill().unwrap();
            met += u64::from(child.wait().unwrap().code().is_none());
        } else {
            let sessions = sessions(&db);
            if let Some(one) = sessions.get(usize::try_from(next(8)).unwrap() % sessions.len().max(1)) {
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

//! A repair that is killed while it is run: the journal says what was intended and what is in, and the same command goes on from there.

use crate::history::{history, words};
use crate::history_apply::{applied, configured, liquibase, runs};
use crate::history_repair::Dice;
use crate::run::Place;
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{TestDb, database, majors, newest, skip};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const FILES: &[(&str, &str)] = &[
    ("20260101000000_a.sql", "-- +goose Up\ncreate table orders (id bigint primary key, note text, total numeric);\n"),
    (
        "20260102000000_b.sql",
        "-- +goose NO TRANSACTION\n-- +goose Up\ncreate index concurrently by_note on orders (note);\ncreate index concurrently by_total on orders (total);\n",
    ),
    (
        "20260103000000_c.sql",
        "-- +goose Up\nalter table orders add late int not null default 3;\ncreate table lines (id bigint primary key, orders bigint references orders (id));\n",
    ),
];

/// Recorded, and nothing of the last two is there.
fn damaged(major: u32) -> (TestDb, Place) {
    let db = database(major);
    db.exec(
        "create table orders (id bigint primary key, note text, total numeric);
        insert into orders select n, 'note ' || n, n from generate_series(1, 20000) n;
        create table goose_db_version (id serial primary key, version_id bigint not null, is_applied boolean not null, tstamp timestamp default now());
        insert into goose_db_version (version_id, is_applied) values (0, true), (20260101000000, true), (20260102000000, true), (20260103000000, true)",
    );
    let place = configured(&db.url(), FILES, "");
    (db, place)
}

fn started(place: &Place) -> Child {
    let arguments = ["history", "shop", "--repair", "--apply", "--snapshot-taken", "s", "--format", "json"];
    place.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// How many sessions of runs the server has.
fn sessions(db: &TestDb) -> String {
    let count = "select count(*)::text from pg_stat_activity where application_name like 'evenkeel run%' and datname = current_database()";
    db.value(count).unwrap()
}

/// `EVENKEEL_SEED` begins elsewhere, `EVENKEEL_KILLS` says how many.
#[test]
fn whenever_it_is_killed_the_next_one_goes_on_and_they_agree() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (seed, kills) = (number("EVENKEEL_SEED").unwrap_or(20_261_129), number("EVENKEEL_KILLS").unwrap_or(12));
    let mut dice = Dice::of(seed, 0);
    let majors = majors();
    let (mut met, mut open) = (0, 0);
    for kill in 0..kills {
        let major = if kill % 2 == 0 { *majors.first().unwrap() } else { *majors.last().unwrap() };
        let (db, place) = damaged(major);
        let mut child = started(&place);
        // Where it writes, and not while it judges: that is what is of interest.
        let until = Instant::now() + Duration::from_secs(60);
        while sessions(&db) == "0" && child.try_wait().unwrap().is_none() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(3));
        }
        std::thread::sleep(Duration::from_millis(dice.next(400) as u64));
        child.kill().unwrap();
        let was_running = child.wait().unwrap().code().is_none();
        met += u64::from(was_running);
        let before = runs(&place);
        if was_running && before.first().is_some_and(|run| run["ended"].is_null()) {
            open += 1;
            // The journal knows it, and says it where nothing is repaired too.
            place.run(&["history", "shop"]).says("run 1 (repair of shop");
        }
        // What a server still does for a client that is gone is in flight, for as long as it may take.
        eventually("the server has noticed", || sessions(&db) == "0");
        let told = applied(&place, &[]).exits(0).json();
        assert!(words(&told).iter().all(|word| word == "applied"), "seed {seed} kill {kill}: {told}");
        let told = history(&place, &db, 0);
        assert!(words(&told).iter().all(|word| word == "applied"), "seed {seed} kill {kill}: {told}");
        assert!(runs(&place).iter().all(|run| run["ended"].is_object() && run["held"] == serde_json::json!([])), "{:?}", runs(&place));
        let valid = "select bool_and(indisvalid)::text from pg_index where indrelid = 'orders'::regclass";
        assert_eq!(db.value(valid), Some("true".to_owned()), "seed {seed} kill {kill}");
    }
    eprintln!("{met} of {kills} were killed at work, {open} of these before they said how it ended");
    assert!(kills < 4 || open > 0, "none was met at work");
}

#[test]
fn a_signal_ends_it_between_statements_and_it_says_what_is_in() {
    let (db, place) = damaged(newest());
    // The second build waits for this one, the first does not.
    let other = db.another_session();
    other.exec("begin isolation level repeatable read; select 1").unwrap();
    let arguments = ["history", "shop", "--repair", "--apply", "--snapshot-taken", "s", "--lock-timeout", "30s"];
    let child = place.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    eventually("it is at its first build", || {
        let building = "select count(*)::text from pg_stat_activity where application_name like 'evenkeel run%' and query ~ 'CONCURRENTLY' and wait_event_type = 'Lock' and datname = current_database()";
        db.value(building) == Some("1".to_owned())
    });
    let pid = child.id().to_string();
    std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    other.exec("commit").unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(130), "{text}");
    assert!(text.contains("somebody asked for the end, before act 2") && text.contains("1 of 3 acts are in"), "{text}");
    let run = &runs(&place)[0];
    assert_eq!(
        (&run["ended"]["how"], &run["acts"][0]["state"], &run["acts"][1]["state"]),
        (&"stopped".into(), &"done".into(), &"intended".into()),
        "{run}"
    );
    applied(&place, &[]).exits(0);
}

/// A lock that is a row outlives whoever took it; the next run of ours gives it back, and only what the journal knows.
#[test]
fn a_row_that_a_killed_one_left_locked_is_given_back_by_the_next() {
    let db = database(newest());
    let place = liquibase(&db);
    let other = db.another_session();
    other.exec("begin; lock table databasechangelog in share mode").unwrap();
    let arguments = ["history", "shop", "--repair", "--apply", "--snapshot-taken", "s", "--lock-timeout", "30s"];
    let mut child = place.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    eventually("it is at its act", || runs(&place).first().is_some_and(|run| run["acts"][0]["state"] == "unknown"));
    child.kill().unwrap();
    child.wait().unwrap();
    let run = &runs(&place)[0];
    assert!(run["ended"].is_null() && run["held"].to_string().contains("Liquibase"), "{run}");
    other.exec("commit").unwrap();
    eventually("the server has noticed", || sessions(&db) == "0");
    let locked = "select locked::text from databasechangeloglock";
    assert_eq!(db.value(locked), Some("true".to_owned()), "nobody has given it back");
    // Another store knows nothing of it, and takes it for a deploy's.
    let stranger = configured(&db.url(), &[("a.sql", &place.read("m/a.sql"))], "");
    applied(&stranger, &[]).exits(2).says("the lock of Liquibase");
    let told = applied(&place, &[]).exits(0).json();
    assert!(words(&told).iter().all(|word| word == "applied"), "{told}");
    assert_eq!(db.value(locked), Some("false".to_owned()));
    assert!(runs(&place).iter().all(|run| run["ended"].is_object() && run["held"] == serde_json::json!([])), "{:?}", runs(&place));
    let lost = runs(&place).into_iter().find(|run| run["number"] == 1).unwrap();
    assert_eq!(lost["ended"]["how"], "lost", "{lost}");
}

/// A session that the server ends before it committed: nothing of it is in, and that is said.
#[test]
fn a_session_that_is_lost_before_it_committed_had_no_effect() {
    let db = database(newest());
    let place = liquibase(&db);
    let other = db.another_session();
    other.exec("begin; lock table databasechangelog in share mode").unwrap();
    let ran = std::thread::scope(|threads| {
        let running = threads.spawn(|| applied(&place, &["--lock-timeout", "30s"]));
        let waiting = "select pid::text from pg_stat_activity where application_name like 'evenkeel run%' and wait_event_type = 'Lock' and datname = current_database()";
        eventually("it is at its act", || db.value(waiting).is_some());
        db.exec(&format!("select pg_terminate_backend({})", db.value(waiting).unwrap()));
        other.exec("commit").unwrap();
        running.join().unwrap()
    });
    let told = ran.exits(1).json();
    let act = &told["applied"]["run"]["acts"][0];
    assert_eq!((&act["state"], act["why"].to_string().contains("it was not committed")), (&"failed".into(), true), "{told}");
    assert_eq!(db.value("select locked::text from databasechangeloglock"), Some("false".to_owned()));
    applied(&place, &[]).exits(0);
}

/// What the server goes on with for a repair that is gone is waited for, and then ended; the next one begins from what is there. Who does not
/// know of it from the journal takes it for a deploy's, and ends nothing. Newer servers than 13 notice by themselves.
#[test]
fn what_a_killed_one_still_runs_on_the_server_is_ended_by_the_next() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    let Some(major) = majors().into_iter().find(|major| *major == 13) else { return skip("PostgreSQL 13") };
    let (db, place) = damaged(major);
    // The second build waits for this one.
    let other = db.another_session();
    other.exec("begin isolation level repeatable read; select 1").unwrap();
    let arguments = ["history", "shop", "--repair", "--apply", "--snapshot-taken", "s", "--lock-timeout", "120s"];
    let mut child = place.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let building = "select pid::text from pg_stat_activity where application_name like 'evenkeel run 1-%' and query ~ 'CONCURRENTLY' and wait_event_type = 'Lock' and datname = current_database()";
    eventually("it is at a build that waits", || db.value(building).is_some());
    child.kill().unwrap();
    child.wait().unwrap();
    let stranger = configured(&db.url(), FILES, "");
    assert_eq!(applied(&stranger, &[]).says("in flight").json()["applied"]["outcome"], "refused");
    assert!(db.value(building).is_some(), "it was ended by somebody who does not know it");
    let ran = std::thread::scope(|threads| {
        let running = threads.spawn(|| applied(&place, &[]));
        let until = Instant::now() + Duration::from_secs(90);
        while db.value(building).is_some() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(50));
        }
        other.exec("commit").unwrap();
        running.join().unwrap()
    });
    let told = ran.exits(0).json();
    assert!(words(&told).iter().all(|word| word == "applied"), "{told}");
    assert!(told["applied"]["notes"].to_string().contains("what a session of run 1 still ran was ended"), "{told}");
    let runs = runs(&place);
    assert!(runs.iter().all(|run| run["ended"].is_object()), "{runs:?}");
    assert_eq!(runs.iter().find(|run| run["number"] == 1).unwrap()["ended"]["how"], "lost", "{runs:?}");
}

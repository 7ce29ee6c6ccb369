//! What holds a backfill before its next part: replicas that are behind, missing, or not told of; clients that wait. And what is ended
//! because others wait for it. Neighbour: `backfill`.

use crate::backfill::{backfill, configured};
use crate::run::Place;
use evenkeel_postgres::scratch::{Options, ReplicaOptions, Scratch};
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{database, newest};
use serde_json::Value;
use std::process::Stdio;

const TABLE: &str = "create table accounts (id bigint primary key, mail text, lower_mail text);
    insert into accounts select g, 'M' || g from generate_series(1, 600) g;";
const LINES: &str =
    "[backfill.mails]\ntable = \"public.accounts\"\nset = \"lower_mail = lower(mail)\"\nwhere = \"lower_mail is null\"\nmost = 100\n";

fn began(place: &Place) -> std::process::Child {
    place.command(&["backfill", "shop", "mails", "--format", "json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn ended(child: std::process::Child) -> (Option<i32>, Value) {
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let told = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text} {}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code(), told)
}

#[test]
fn a_replica_that_is_behind_or_not_told_of_holds_it() {
    let primary = Scratch::start(&Options::major(newest())).unwrap_or_else(|fault| panic!("{fault}"));
    let session = primary.session("postgres").unwrap();
    session.exec(TABLE).unwrap();
    let changed = || session.value("select count(*)::text from accounts where lower_mail is not null").unwrap().unwrap();
    let url = primary.url("postgres");
    let bounds = "lag = \"400ms\"\npatience = \"3s\"\n";
    // One that is named and is not there.
    let gone = format!("replicas = [\"{url}\"]\n{LINES}{bounds}");
    let ran = backfill(&configured(&url, "dev", &gone), &[]).exits(1);
    // Said while it waits, where there is no terminal either, and once.
    assert_eq!(ran.stderr.matches("mails: held: 0 of 1 replicas are connected\n").count(), 1, "{}", ran.stderr);
    let told = ran.json();
    assert!(told["outcome"] == "stopped" && told["why"].as_str().unwrap().contains("0 of 1 replicas are connected"), "{told}");
    let replica = primary.replica(&ReplicaOptions::named("far")).unwrap_or_else(|fault| panic!("{fault}"));
    session.exec("create table noise as select 1").unwrap();
    replica.pause_replay(true).unwrap();
    session.exec("create table more as select generate_series(1, 1000)").unwrap();
    let late = "select coalesce(replay_lag > interval '500ms', true)::text from pg_stat_replication";
    eventually("it is behind", || {
        // It answers to what it is sent.
        session.exec("insert into noise values (2)").unwrap();
        session.value(late).unwrap().as_deref() == Some("true")
    });
    let place = configured(&url, "dev", &format!("{LINES}{bounds}"));
    let told = backfill(&place, &[]).exits(1).json();
    assert!(told["outcome"] == "stopped" && told["why"].as_str().unwrap().contains("replica far"), "{told}");
    assert_eq!((told["holds"].as_u64(), changed().as_str()), (Some(1), "0"), "{told}");
    // Once it has caught up, it goes on.
    place.write("evenkeel.toml", place.read("evenkeel.toml").replace("patience = \"3s\"", "patience = \"60s\""));
    let child = began(&place);
    std::thread::sleep(std::time::Duration::from_millis(1500));
    assert_eq!(changed(), "0");
    replica.pause_replay(false).unwrap();
    let (code, told) = ended(child);
    assert_eq!((code, changed().as_str()), (Some(0), "600"), "{told}");
    assert!(told["holds"].as_u64() >= Some(1) && told["held_ms"].as_f64() > Some(0.0), "{told}");
    // Whoever may not see it knows nothing, and does not go on with that.
    session
        .exec("create role backfiller login; grant select, update on accounts to backfiller; update accounts set lower_mail = null")
        .unwrap();
    let blind = url.replace("postgres@", "backfiller@");
    let place = configured(&blind, "dev", &format!("{LINES}{bounds}"));
    let told = backfill(&place, &[]).exits(2).json();
    assert!(told["outcome"] == "refused" && told.to_string().contains("GRANT pg_read_all_stats"), "{told}");
    assert_eq!(changed(), "0");
}

#[test]
fn clients_that_wait_hold_it_and_end_a_part_that_makes_them_wait() {
    let db = database(newest());
    db.exec(TABLE);
    db.exec("create table other (n int)");
    let place = configured(&db.url(), "dev", &format!("{LINES}blocked = \"300ms\"\npatience = \"2s\"\n"));
    let (holder, waiter) = (db.another_session(), db.another_session());
    let changed = || db.value("select count(*)::text from accounts where lower_mail is not null").unwrap();
    std::thread::scope(|threads| {
        holder.exec("begin; lock table other in access exclusive mode").unwrap();
        threads.spawn(|| waiter.exec("select from other").unwrap());
        eventually("somebody waits", || {
            db.value("select count(*)::text from pg_locks l join pg_stat_activity a using (pid) where not granted and datname = current_database()").as_deref() == Some("1")
        });
        std::thread::sleep(std::time::Duration::from_millis(400));
        let ran = backfill(&place, &[]);
        let meanwhile = changed();
        holder.exec("commit").unwrap();
        let told = ran.exits(1).json();
        assert!(told["why"].as_str().unwrap().contains("for a lock") && meanwhile == "0", "{told}");
    });
    // A part that is slow, and a client that waits for one of its rows.
    db.exec(
        "create function slow() returns trigger language plpgsql as 'begin perform pg_sleep(0.01); return new; end';
        create trigger slow before update on accounts for each row execute function slow()",
    );
    let child = began(&place);
    eventually("a part runs", || {
        db.value("select count(*)::text from pg_stat_activity where datname = current_database() and backend_xid is not null and application_name like 'evenkeel%'").as_deref() == Some("1")
    });
    let begun = std::time::Instant::now();
    db.another_session().exec("update accounts set mail = 'X' where id < 40").unwrap();
    let waited = begun.elapsed();
    let (code, told) = ended(child);
    assert_eq!((code, changed().as_str(), told["rows"].as_u64()), (Some(0), "600", Some(600)), "{told}");
    // 100 rows of 10 ms would be a second.
    assert!(waited < std::time::Duration::from_millis(1700), "{waited:?}");
    assert!(told["part"].as_u64() < Some(100), "a part takes half a second: {told}");
}

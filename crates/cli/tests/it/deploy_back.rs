//! `evenkeel rollback` and `deploy --resume` as strangers met them: what would be lost, run twice or taken for done. Each was found by
//! somebody who tried. Neighbour: `deploy`.

use crate::deploy::{FIRST, RECORD, configure, deploy, given};
use crate::history_apply::runs;
use crate::rehearse::gate;
use crate::run::Place;
use evenkeel_postgres::scratch::{Options, Scratch};
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{Share, TestDb, database, newest};
use serde_json::Value;
use std::process::Stdio;
use std::time::Duration;

fn back(place: &Place, more: &[&str], code: i32) -> Value {
    let mut arguments = vec!["rollback", "shop", "--format", "json"];
    arguments.extend(more);
    place.run(&arguments).exits(code).json()
}

/// What was rehearsed and deployed.
fn deployed(up: &str, down: &str) -> (TestDb, Place) {
    let db = database(newest());
    let text = format!("-- migrate:up\n{up}\n-- migrate:down\n{down}\n");
    let place = given(&db, &[("20260102000000_x.sql", &text)], "staging");
    place.run(&["rehearse", "--for", "shop"]).exits(0);
    deploy(&place, &[]).exits(0);
    (db, place)
}

fn closed(told: &Value) -> Vec<String> {
    let gates = told["gates"].as_array().unwrap().iter();
    gates.filter(|gate| gate["holds"] != true).map(|gate| gate["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn rows_that_come_between_the_count_and_the_drop_are_counted_too() {
    let (db, place) = deployed("create table pay (id int primary key);", "drop table pay;");
    let app = db.another_session();
    app.exec("begin; insert into pay select generate_series(1, 7)").unwrap();
    let told = std::thread::scope(|threads| {
        threads.spawn(move || {
            std::thread::sleep(Duration::from_millis(2500));
            app.exec("commit").unwrap();
        });
        back(&place, &["--lock-timeout", "1s"], 1)
    });
    assert!(told["stopped"].as_str().unwrap().contains("7 rows and values are in what it takes"), "{told}");
    assert_eq!(db.value("select count(*)::text from pay"), Some("7".to_owned()));
    back(&place, &["--accept-loss", "6"], 1);
    back(&place, &["--accept-loss", "7"], 0);
    assert_eq!(db.value("select to_regclass('pay')::text"), None);
}

#[test]
fn what_came_since_does_not_go_along() {
    let (db, place) = deployed("create schema arch;", "drop schema arch cascade;");
    db.exec("create table arch.hand as select generate_series(1, 1000) as n");
    let told = back(&place, &[], 1);
    assert_eq!(closed(&told), ["baseline"], "{told}");
    assert_eq!(db.value("select count(*)::text from arch.hand"), Some("1000".to_owned()));
    let (db, place) = deployed("alter table people add email text;", "alter table people drop column email cascade;");
    db.exec("create view since as select email from people");
    assert_eq!(closed(&back(&place, &[], 1)), ["baseline"]);
    assert_eq!(db.value("select count(*)::text from since"), Some("1000".to_owned()));
    // Whoever says that everything may be lost has it run as it is written.
    back(&place, &["--accept-loss", "all"], 0);
    assert_eq!(db.value("select to_regclass('since')::text"), None);
}

#[test]
fn what_cannot_be_counted_is_not_taken_for_nothing() {
    for (up, down) in [
        ("create table pay (id int);", "drop table pay;\ndelete from people where id > 900;"),
        ("create table pay (id int);", "drop table pay;\ndo $$ begin delete from people where id > 900; end $$;"),
        ("alter table people alter name type varchar(80);", "alter table people alter name type text;"),
    ] {
        let db = database(newest());
        db.exec(RECORD);
        let place = Place::new();
        place.write(&format!("m/{}", FIRST.0), FIRST.1);
        place.write("m/20260102000000_x.sql", format!("-- migrate:up\n{up}\n-- migrate:down\n{down}\n"));
        configure(&place, &db, "staging", "");
        // Some are not validated for that alone; what counts here is what a rollback makes of the evidence.
        place.command(&["rehearse", "--for", "shop", "--evidence", "evidence.json"]).output().unwrap();
        deploy(&place, &["--unrehearsed"]).exits(0);
        let told = place.run(&["rollback", "shop", "--evidence", "evidence.json", "--format", "json"]).json();
        let loss = gate(&told, "loss");
        assert!(loss["holds"].is_null() && loss["found"].as_str().unwrap().contains("cannot be counted"), "{down}: {told}");
        assert_eq!(db.value("select count(*)::text from people"), Some("1000".to_owned()));
    }
}

#[test]
fn a_rollback_goes_on_as_a_rollback_and_finds_its_own_evidence() {
    let (db, place) = deployed("create table pay (id int);", "drop table pay;");
    // Nothing is to be gone on with.
    assert_eq!(closed(&back(&place, &["--resume"], 1)), ["resume"]);
    // The next release is rehearsed already.
    place.write("m/20260103000000_next.sql", "-- migrate:up\ncreate table next (id int);\n-- migrate:down\ndrop table next;\n");
    place.run(&["rehearse", "--for", "shop"]).exits(0);
    let holder = db.another_session();
    holder.exec("begin; select count(*) from pay").unwrap();
    let stopped = place.run(&["rollback", "shop", "--lock-timeout", "50ms", "--retry-for", "100ms"]).exits(1);
    assert!(stopped.stdout.contains("evenkeel rollback shop --resume"), "{}", stopped.stdout);
    holder.exec("commit").unwrap();
    back(&place, &["--resume"], 0);
    assert_eq!(db.value("select to_regclass('pay')::text"), None);
}

/// A folder of goose whose one migration runs in no transaction.
fn apart(sql: &str) -> (TestDb, Place) {
    let db = database(newest());
    db.exec(
        "create table counters (n int); insert into counters values (0); create table gate (id int unique);
        create table goose_db_version (id serial primary key, version_id bigint not null, is_applied boolean not null, tstamp timestamp default now());
        insert into goose_db_version (version_id, is_applied) values (0, true)",
    );
    let place = Place::new();
    place.write("m/20260102000000_b.sql", format!("-- +goose NO TRANSACTION\n-- +goose Up\n{sql}\n"));
    configure(&place, &db, "staging", "");
    let toml = place.read("evenkeel.toml").replace("dbmate", "goose");
    place.write("evenkeel.toml", toml);
    (db, place)
}

fn counted(db: &TestDb) -> String {
    db.value("select n::text from counters").unwrap()
}

#[test]
fn statements_that_read_alike_are_run_each_once() {
    let (db, place) = apart("update counters set n = n + 1;\ninsert into gate values (1);\nupdate counters set n = n + 1;");
    db.exec("insert into gate values (1)");
    deploy(&place, &["--unrehearsed"]).exits(1);
    db.exec("delete from gate");
    let holder = db.another_session();
    holder.exec("begin; update counters set n = n").unwrap();
    deploy(&place, &["--unrehearsed", "--resume", "--lock-timeout", "50ms", "--retry-for", "100ms"]).exits(1);
    holder.exec("commit").unwrap();
    assert_eq!(counted(&db), "1");
    deploy(&place, &["--unrehearsed", "--resume"]).exits(0);
    assert_eq!(counted(&db), "2");
}

#[test]
fn what_was_begun_with_another_text_is_not_begun_again() {
    let first = "update counters set n = n + 1;\ninsert into gate values (1);";
    let (db, place) = apart(first);
    db.exec("insert into gate values (1)");
    deploy(&place, &["--unrehearsed"]).exits(1);
    // Only with the word does it go on.
    assert_eq!(closed(&deploy(&place, &["--unrehearsed"]).exits(1).json()), ["journal"]);
    place.write("m/20260102000000_b.sql", format!("-- +goose NO TRANSACTION\n-- +goose Up\nselect 1;\n{first}\n"));
    let told = deploy(&place, &["--unrehearsed", "--resume"]).exits(1).json();
    assert!(gate(&told, "acts")["found"].as_str().unwrap().contains("begun with another text"), "{told}");
    assert_eq!(counted(&db), "1");
    // What comes behind may be mended.
    let mended = "-- +goose NO TRANSACTION\n-- +goose Up\nupdate counters set n = n + 1;\ninsert into gate values (2);\n";
    place.write("m/20260102000000_b.sql", mended);
    deploy(&place, &["--unrehearsed", "--resume"]).exits(0);
    assert_eq!(counted(&db), "1");
}

#[test]
fn no_secret_of_a_file_is_shown_or_kept() {
    let texts = [
        "do $$ begin execute 'alter role nobody password ''swordfish'''; end $$",
        "do $$ begin execute format('alter role nobody password %L', 'swordfish'); end $$",
        "do $$ begin execute 'alter role nobody password ' || quote_literal('swordfish'); end $$",
        "alter role nobody password /* c */ 'swordfish'",
        "select set_config('app.password', 'swordfish', true)",
        "select 'postgres://u:swordfish@h/db'::text",
        "create role nobody password 'swordfish'",
    ];
    let db = database(newest());
    let text: String = texts.iter().map(|text| format!("{text};\n")).collect();
    let place = given(&db, &[("20260102000000_x.sql", &format!("-- migrate:up\n{text}"))], "staging");
    place.run(&["deploy", "shop", "--unrehearsed", "--plan"]).exits(0).hides("swordfish");
    // No such role: it fails, and what is kept of it is shown.
    deploy(&place, &["--unrehearsed"]).exits(1).hides("swordfish");
    place.run(&["runs", "1"]).exits(0).hides("swordfish");
    let store = std::fs::read(place.path("state/store.sqlite")).unwrap();
    assert!(!String::from_utf8_lossy(&store).contains("swordfish"));
    assert_eq!(runs(&place).len(), 1);
}

#[test]
fn an_index_whose_build_is_blocked_is_cleared_away_and_built_once_the_way_is_free() {
    let db = database(newest());
    let index = "-- migrate:up transaction:false\ncreate index concurrently by_name on people (name);\n";
    let place = given(&db, &[("20260102000000_x.sql", index)], "staging");
    let app = db.another_session();
    // It waits for this one to end, and so would the drop of what it left.
    app.exec("begin; update people set name = 'y' where id = 1").unwrap();
    let told = std::thread::scope(|threads| {
        threads.spawn(move || {
            std::thread::sleep(Duration::from_secs(4));
            app.exec("commit").unwrap();
        });
        deploy(&place, &["--unrehearsed", "--lock-timeout", "500ms", "--retry-for", "60s"]).exits(0).json()
    });
    assert!(told["acts"][0]["attempts"].as_u64().unwrap() >= 2, "{told}");
    let all = "select count(*)::text || bool_and(indisvalid)::text from pg_index where indrelid = 'people'::regclass";
    assert_eq!(db.value(all), Some("2true".to_owned()));
}

#[test]
fn what_stopped_one_way_is_ended_before_anything_goes_the_other() {
    let (db, place) = apart("update counters set n = n + 1;\ninsert into gate values (1);");
    db.exec("insert into goose_db_version (version_id, is_applied) values (20260101000000, true); insert into gate values (1)");
    place.write("m/20260101000000_a.sql", "-- +goose Up\nselect 1;\n-- +goose Down\nselect 1;\n");
    deploy(&place, &["--unrehearsed"]).exits(1);
    let told = place.run(&["rollback", "shop", "--unrehearsed", "--to", "0", "--format", "json"]);
    // Nothing is recorded before the first: what counts is that it is told where it could go.
    told.exits(64);
    place.write("m/20251231000000_z.sql", "-- +goose Up\nselect 1;\n");
    db.exec("insert into goose_db_version (version_id, is_applied) values (20251231000000, true)");
    let more = ["--unrehearsed", "--to", "20251231000000", "--accept-loss", "all"];
    let told = back(&place, &more, 1);
    assert_eq!(closed(&told), ["journal"], "{told}");
    assert!(gate(&told, "journal")["fix"].as_str().unwrap().contains("evenkeel deploy shop --resume"), "{told}");
    db.exec("delete from gate");
    deploy(&place, &["--unrehearsed", "--resume"]).exits(0);
}

#[test]
fn after_a_crash_of_the_server_nothing_is_taken_for_done_that_was_given_the_same_number() {
    let server = Scratch::start(&Options::major(newest()).database("shop")).unwrap();
    let session = || server.session("shop").unwrap();
    let own = session();
    own.exec(
        "create table counters (n int); insert into counters values (0);
        create table goose_db_version (id serial primary key, version_id bigint not null, is_applied boolean not null, tstamp timestamp default now());
        insert into goose_db_version (version_id, is_applied) values (0, true); checkpoint",
    )
    .unwrap();
    let place = Place::new();
    let text = "-- +goose NO TRANSACTION\n-- +goose Up\nupdate counters set n = n + 1;\ncreate table done_after (id int);\n";
    place.write("m/20260102000000_b.sql", text);
    let store = place.path("state/store.sqlite");
    let toml = format!(
        "[project]\nmigrations = \"m\"\ntool = \"goose\"\n[store]\nurl = \"sqlite:{}\"\n[environments.shop]\nurl = \"{}\"\ntier = \"staging\"\n",
        store.display(),
        server.url("shop")
    );
    place.write("evenkeel.toml", toml);
    let holder = session();
    holder.exec("begin; update counters set n = n").unwrap();
    let arguments = ["deploy", "shop", "--unrehearsed", "--lock-timeout", "60s", "--abort-when-blocking", "60s"];
    let mut child = place.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let waits = "select count(*) from pg_locks where not granted";
    eventually("the update waits", || own.value(waits).unwrap().as_deref() != Some("0"));
    child.kill().unwrap();
    child.wait().unwrap();
    drop((own, holder));
    let mut server = server;
    server.crash().unwrap();
    server.restart(&[]).unwrap();
    let session = server.session("shop").unwrap();
    for turn in 0..5 {
        session.exec(&format!("create table other_{turn} (id int)")).unwrap();
        session.exec(&format!("drop table other_{turn}")).unwrap();
    }
    let counted = || session.value("select n::text from counters").unwrap().unwrap();
    let told = deploy(&place, &["--unrehearsed", "--resume"]).exits(2).json();
    assert!(told.to_string().contains("--unknown-is in, or out"), "{told}");
    assert_eq!(counted(), "0");
    deploy(&place, &["--unrehearsed", "--resume", "--unknown-is", "out"]).exits(0);
    assert_eq!(counted(), "1");
}

/// A way back of a release on a large table, whose clients go on: within what recovery may take. At night on ten million rows
/// (`EVENKEEL_SHARE=all`).
#[test]
fn a_large_table_is_taken_back_in_time_and_its_clients_do_not_wait_for_it() {
    let rows = if Share::of(2).is_whole() { 10_000_000 } else { 200_000 };
    let db = database(newest());
    db.exec(RECORD);
    db.exec(&format!("insert into people select g, 'somebody ' || g from generate_series(1001, {rows}) g; analyze people"));
    let text = "-- migrate:up\nalter table people add email text;\ncreate table notes (id int primary key, note text);\n\
                -- migrate:down\ndrop table notes;\nalter table people drop column email;\n";
    let place = Place::new();
    place.write(&format!("m/{}", FIRST.0), FIRST.1);
    place.write("m/20260102000000_email.sql", text);
    configure(&place, &db, "staging", "");
    place.run(&["rehearse", "--for", "shop"]).exits(0);
    deploy(&place, &[]).exits(0);
    // What came since is counted, all of it, before anything goes.
    db.exec("update people set email = 'x' where id <= 1000; insert into notes select g, 'n' from generate_series(1, 500) g");
    let is_over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|threads| {
        let client = db.another_session();
        let is_over = &is_over;
        let longest = threads.spawn(move || {
            let mut longest = Duration::ZERO;
            while !is_over.load(std::sync::atomic::Ordering::SeqCst) {
                let begun = std::time::Instant::now();
                client.exec("select name from people where id = 5").unwrap();
                longest = longest.max(begun.elapsed());
            }
            longest
        });
        let ran = [(&["--accept-loss", "1"][..], 1), (&[][..], 0)].map(|(more, code)| {
            let ran = place.run(&[&["rollback", "shop", "--format", "json"], more].concat());
            (ran, code)
        });
        is_over.store(true, std::sync::atomic::Ordering::SeqCst);
        let [refused, told] = ran.map(|(ran, code)| ran.exits(code).json());
        assert!(gate(&refused, "loss")["found"].as_str().unwrap().starts_with("1500 rows and values"), "{refused}");
        let longest = longest.join().unwrap();
        println!(
            "{rows} rows: back in {} ms, of {} that it may take; a client waited {longest:?} at the most",
            told["recovery"]["ms"], told["recovery"]["limit_ms"]
        );
        assert_eq!(told["recovery"]["holds"], true, "{told}");
        // What is in it stays: nothing but names and a comment changes under its lock.
        assert!(longest < Duration::from_secs(5), "{longest:?}");
    });
    assert_eq!(db.value("select to_regclass('notes')::text"), None);
    let kept = "select count(*)::text from pg_attribute where attname like '\\_deprecated\\_%\\_email'";
    assert_eq!(db.value(kept), Some("1".to_owned()));
}

#[test]
fn a_way_back_that_no_evidence_covers_is_rehearsed_first_below_production() {
    let db = database(newest());
    let email = (
        "20260102000000_email.sql",
        // It writes the table anew, and keeps what is in it.
        "-- migrate:up\nalter table people add email text, add line uuid default gen_random_uuid();\n\
         -- migrate:down\nalter table people drop email, drop line;\n",
    );
    let half = "-- migrate:up\ncreate table notes (id int primary key); create table more (id int);\n-- migrate:down\ndrop table notes;";
    let place = given(&db, &[email, ("20260103000000_notes.sql", half)], "staging");
    deploy(&place, &["--unrehearsed"]).exits(0);
    let both = &["--to", "20260101000000"][..];
    // It leaves something behind, and that is seen before anything is run.
    let told = back(&place, both, 1);
    assert!(closed(&told).contains(&"undo".to_owned()) && told["outcome"] == "refused", "{told}");
    assert!(told["notes"].to_string().contains("was rehearsed now, on a throwaway"), "{told}");
    place.write("m/20260103000000_notes.sql", format!("{half}\ndrop table more;"));
    // Where it counts nothing is taken for rehearsed that was not, before it went in.
    configure(&place, &db, "production", "");
    let told = back(&place, &[both, &["--yes"]].concat(), 1);
    assert_eq!(closed(&told), ["evidence", "loss"], "{told}");
    configure(&place, &db, "", "");
    assert_eq!(closed(&back(&place, &[both, &["--plan"]].concat(), 1)), ["evidence", "loss"]);
    configure(&place, &db, "staging", "");
    let told = back(&place, both, 0);
    assert_eq!((&told["outcome"], told["pending"].as_array().unwrap().len()), (&"ran".into(), 2), "{told}");
    assert!(told["verdict"]["line"].as_str().unwrap().contains("the schema is as it was before"), "{told}");
    assert_eq!(db.value("select count(*)::text from schema_migrations"), Some("1".to_owned()));
}

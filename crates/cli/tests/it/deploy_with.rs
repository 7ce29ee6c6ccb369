//! `evenkeel deploy --with COMMAND`: the tool runs the release, and what is in is told by record and schema. Neighbour: `deploy`, which
//! runs it itself.

use crate::deploy::{deploy, given};
use crate::history_apply::runs;
use crate::rehearse::gate;
use crate::run::Place;
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{TestDb, database, newest};
use std::process::Stdio;
use std::time::{Duration, Instant};

const EMAIL: (&str, &str) =
    ("20260102000000_email.sql", "-- migrate:up\nalter table people add email text;\n-- migrate:down\nalter table people drop email;\n");
const NOTES: (&str, &str) = (
    "20260103000000_notes.sql",
    "-- migrate:up\ncreate table notes (id int primary key, note text);\n-- migrate:down\ndrop table notes;\n",
);

/// A tool that says what it is told to say, in one session.
fn tool(place: &Place, db: &TestDb, lines: &[&str], ends: &str) -> String {
    let said: String = lines.iter().map(|line| format!(" -c \"{line}\"")).collect();
    place.write("tool.sh", format!("psql -X -q -v ON_ERROR_STOP=1 -d '{}'{said} || exit 7\n{ends}\n", db.conninfo()));
    format!("sh {}", place.path("tool.sh").display())
}

fn bounded(db: &TestDb) {
    db.exec(&format!("alter database \"{}\" set lock_timeout = '1s'", db.value("select current_database()").unwrap()));
}

const ONE: &str = "begin; alter table people add email text; insert into schema_migrations values ('20260102000000'); commit";
const TWO: &str =
    "begin; create table notes (id int primary key, note text); insert into schema_migrations values ('20260103000000'); commit";

#[test]
fn the_tool_runs_it_and_record_and_schema_say_what_is_in() {
    let db = database(newest());
    let place = given(&db, &[EMAIL, NOTES], "production");
    place.run(&["rehearse", "--for", "shop"]).exits(0);
    let both = tool(&place, &db, &[ONE, TWO], "");
    // Nothing bounds it, should it not hear of what it is handed.
    let told = deploy(&place, &["--yes", "--with", &both]).exits(1).json();
    assert_eq!(gate(&told, "bounds")["holds"], false, "{told}");
    bounded(&db);
    let plan = deploy(&place, &["--plan", "--with", &both]).exits(0).json();
    assert_eq!(plan["outcome"], "planned", "{plan}");
    assert_eq!(db.value("select count(*)::text from schema_migrations").as_deref(), Some("1"));
    // It says that all is well, and did nothing.
    let told = deploy(&place, &["--yes", "--with", "true"]).exits(1).json();
    assert!(told["stopped"].as_str().unwrap().contains("nothing of it is in"), "{told}");
    assert!(told["notes"].to_string().contains("no session of the tool was seen"), "{told}");
    deploy(&place, &["--yes", "--with", "no-such-program up"]).exits(1);
    // It fails after the first, and goes on with the second.
    let half = tool(&place, &db, &[ONE], "exit 3");
    let told = deploy(&place, &["--yes", "--with", &half]).exits(1).json();
    let stopped = told["stopped"].as_str().unwrap();
    assert!(stopped.contains("the tool ended with 3") && stopped.contains("20260103000000"), "{told}");
    let rest = tool(&place, &db, &[TWO], "exit 5");
    deploy(&place, &["--yes", "--with", &rest]).exits(1);
    let told = deploy(&place, &["--yes", "--with", &rest, "--resume"]).exits(0).json();
    assert!(
        told["notes"].to_string().contains("the tool ended with 5") && told["outcome"] == "ran",
        "its exit code is no evidence: {told}"
    );
    place.run(&["verify", "shop"]).exits(0);
    let told = deploy(&place, &["--yes", "--with", &both]).exits(0).json();
    assert_eq!(told["outcome"], "nothing", "{told}");
    assert!(runs(&place).iter().all(|run| run["ended"].is_object() && run["held"] == serde_json::json!([])), "{:?}", runs(&place));
}

#[test]
fn a_tool_that_does_something_else_than_was_rehearsed_is_seen() {
    let db = database(newest());
    let place = given(&db, &[EMAIL], "production");
    place.run(&["rehearse", "--for", "shop"]).exits(0);
    bounded(&db);
    let other = ONE.replace("email text", "email varchar(9)");
    let told = deploy(&place, &["--yes", "--with", &tool(&place, &db, &[&other], "")]).exits(1).json();
    assert!(told["stopped"].as_str().unwrap().contains("did something else than when it was rehearsed"), "{told}");
}

#[test]
fn nobody_waits_longer_than_the_bound_for_what_the_tool_waits_for() {
    let db = database(newest());
    let place = given(&db, &[EMAIL], "staging");
    bounded(&db);
    let (holder, reader) = (db.another_session(), db.another_session());
    holder.exec("begin; select count(*) from people").unwrap();
    // It would wait for a minute.
    let patient = format!("set lock_timeout = '60s'; set statement_timeout = '60s'; {ONE}");
    let command = tool(&place, &db, &[&patient], "");
    let (told, longest) = std::thread::scope(|threads| {
        let deployed =
            threads.spawn(|| deploy(&place, &["--unrehearsed", "--abort-when-blocking", "300ms", "--with", &command]).exits(1).json());
        let mut longest = Duration::ZERO;
        let begun = Instant::now();
        while !deployed.is_finished() && begun.elapsed() < Duration::from_secs(60) {
            let from = Instant::now();
            reader.exec("select count(*) from people where id = 7").unwrap();
            longest = longest.max(from.elapsed());
            std::thread::sleep(Duration::from_millis(5));
        }
        (deployed.join().unwrap(), longest)
    });
    assert!(longest < Duration::from_millis(2000), "a client waited {longest:?}: {told}");
    assert!(told["notes"].to_string().contains("it was ended: others waited") && told["acts"][0]["blocked_clients"] != 0, "{told}");
    holder.exec("commit").unwrap();
    deploy(&place, &["--unrehearsed", "--with", &command]).exits(0);
}

#[test]
fn what_a_killed_deployment_left_to_its_tool_is_waited_for_and_looked_at() {
    let db = database(newest());
    let place = given(&db, &[EMAIL], "staging");
    bounded(&db);
    let slow = ONE.replace("insert", "select pg_sleep(3); insert");
    let command = tool(&place, &db, &[&slow], "");
    let arguments = ["deploy", "shop", "--unrehearsed", "--with", &command, "--format", "json"];
    let sleeps = || {
        db.value("select count(*)::text from pg_stat_activity where datname = current_database() and query ~ 'pg_sleep.3' and pid <> pg_backend_pid()").as_deref() == Some("1")
    };
    let mut child = place.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    eventually("the tool is at work", sleeps);
    child.kill().unwrap();
    child.wait().unwrap();
    let told = deploy(&place, &["--unrehearsed", "--resume", "--with", &command]);
    // It came to its end meanwhile, or is found to be in.
    assert!(told.code == Some(0) || told.code == Some(1), "{}{}", told.stdout, told.stderr);
    let told = deploy(&place, &["--unrehearsed", "--resume", "--with", &command]).exits(0).json();
    assert_eq!(told["pending"], serde_json::json!([]), "{told}");
    assert_eq!(db.value("select count(*)::text from schema_migrations").as_deref(), Some("2"), "once: {told}");
    assert!(runs(&place).iter().all(|run| run["ended"].is_object() && run["held"] == serde_json::json!([])), "{:?}", runs(&place));
}

#[test]
fn rows_that_a_tool_may_have_changed_outside_of_one_transaction_are_asked_about() {
    let db = database(newest());
    let text = "-- migrate:up transaction:false\nupdate counters set n = n + 1;\nalter table people add email text;\n";
    let place = given(&db, &[("20260102000000_x.sql", text)], "staging");
    bounded(&db);
    // The change is in, and then the tool fails: neither record nor schema shows it.
    let half = tool(&place, &db, &["update counters set n = n + 1"], "exit 3");
    let told = deploy(&place, &["--unrehearsed", "--with", &half]).exits(2).json();
    assert!(told["stopped"].as_str().unwrap().contains("rows, which it may change too, were not looked at"), "{told}");
    let rest = tool(&place, &db, &["alter table people add email text; insert into schema_migrations values ('20260102000000')"], "");
    let told = deploy(&place, &["--unrehearsed", "--resume", "--with", &rest]).exits(2).json();
    assert!(told.to_string().contains("--unknown-is in, or out"), "it is asked: {told}");
    assert_eq!(db.value("select n::text from counters").as_deref(), Some("1"));
    deploy(&place, &["--unrehearsed", "--resume", "--unknown-is", "out", "--with", &rest]).exits(0);
    assert_eq!(db.value("select n::text from counters").as_deref(), Some("1"));
}

#[test]
fn sessions_of_the_application_are_none_of_the_tools_where_that_says_its_name() {
    let db = database(newest());
    let place = given(&db, &[EMAIL], "staging");
    bounded(&db);
    let slow = ONE.replace("begin;", "begin; select pg_sleep(2);");
    let command = tool(&place, &db, &[&slow], "");
    let at_work = "select count(*)::text from pg_stat_activity where datname = current_database() and query ~ 'pg_sleep.2' and pid <> pg_backend_pid()";
    std::thread::scope(|threads| {
        let deployed = threads.spawn(|| deploy(&place, &["--unrehearsed", "--with", &command]).exits(0).json());
        eventually("the tool is at work", || db.value(at_work).as_deref() == Some("1"));
        // It is of the same account, and stays.
        let other = db.another_session();
        other.exec("select 1").unwrap();
        let told = deployed.join().unwrap();
        assert_eq!(told["outcome"], "ran", "{told}");
        drop(other);
    });
}

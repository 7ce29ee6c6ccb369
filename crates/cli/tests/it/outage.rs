//! Servers that are not there, refuse, stop in the middle, or fall silent: exit code 69 in bounded time, and words.

use crate::run::Place;
use evenkeel_postgres::scratch::{Options, Scratch};
use std::process::Stdio;
use std::time::{Duration, Instant};

#[test]
fn an_unreachable_host_says_which_and_why() {
    let place = Place::new();
    place.run(&["digest", "postgres://me@127.0.0.1:1/db"]).exits(69).says("127.0.0.1").says("port 1").says("fix");
    place.run(&["digest", "host=/nowhere/at/all user=me dbname=db"]).exits(69).says("/nowhere/at/all");
    let ran = place.run(&["compare", "postgres://me@127.0.0.1:1/db", "postgres://me@127.0.0.1:2/db"]).exits(69);
    assert!(ran.stdout.is_empty() && ran.took < Duration::from_secs(30));
    place.run(&["digest", "postgres://me@no-such-host.invalid/db"]).exits(69).says("no-such-host.invalid");
}

#[test]
fn a_wrong_database_role_or_password_is_named() {
    let options = Options::default().setting("password_encryption", "scram-sha-256").database("app");
    let scratch = Scratch::start(&options).unwrap();
    scratch.session("app").unwrap().exec("CREATE ROLE reader LOGIN PASSWORD 'right-one-1234'").unwrap();
    let hba = scratch.data_dir().join("pg_hba.conf");
    std::fs::write(&hba, "local all postgres trust\nlocal all all scram-sha-256\n").unwrap();
    scratch.session("app").unwrap().exec("SELECT pg_reload_conf()").unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let place = Place::new();
    place.run(&["digest", &scratch.url("absent")]).exits(69).says("absent").says("does not exist");
    let with = |user: &str| scratch.url("app").replace("postgres@", &format!("{user}@"));
    place.run(&["digest", &with("nobody:wrong-one-1234")]).exits(69).hides("wrong-one-1234");
    place.run(&["digest", &with("reader:wrong-one-1234")]).exits(69).says("password").hides("wrong-one-1234");
    place.run(&["digest", &with("reader")]).exits(69).says("PGPASSWORD").says(".pgpass");
    place.run(&["digest", &with("reader:right-one-1234")]).exits(0).hides("right-one-1234");
    place.run_with(&["digest", &with("reader")], &[("PGPASSWORD", "right-one-1234")]).exits(0).hides("right-one-1234");
}

/// A server with so much in it that a capture takes a while.
pub fn crowded() -> Scratch {
    let scratch = Scratch::start(&Options::default().setting("max_locks_per_transaction", "1000").database("app")).unwrap();
    let session = scratch.session("app").unwrap();
    session
        .exec(
            "CREATE TABLE base (id int PRIMARY KEY, x text);
             DO $$ BEGIN FOR i IN 1..6000 LOOP EXECUTE format('CREATE VIEW v_%s AS SELECT id, x || %L AS x FROM base WHERE id > %s', i, i, i); END LOOP; END $$",
        )
        .unwrap();
    scratch
}

/// Starts a capture and waits until the server is at work for it.
pub fn in_the_middle(scratch: &Scratch, place: &Place, arguments: &[&str]) -> std::process::Child {
    let session = scratch.session("app").unwrap();
    let child = place.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'evenkeel' AND query LIKE '%pg_get_viewdef%'";
    while session.value(sql).unwrap().as_deref() == Some("0") {
        assert!(Instant::now() < until, "the capture never came to the views");
    }
    child
}

#[test]
fn a_server_that_is_stopped_in_the_middle_ends_the_capture() {
    let scratch = crowded();
    let place = Place::new();
    let child = in_the_middle(&scratch, &place, &["capture", &scratch.url("app"), "--out", "m.jsonl"]);
    let begun = Instant::now();
    // SIGQUIT: immediate shutdown.
    scratch.stop().unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(69), "{stderr}");
    assert!(begun.elapsed() < Duration::from_secs(30));
    assert!(stderr.contains("error:") && !stderr.contains("panicked"), "{stderr}");
    assert!(!place.path("m.jsonl").exists(), "half a manifest is none");
}

#[test]
fn a_server_that_falls_silent_is_given_up() {
    let scratch = crowded();
    let place = Place::new();
    let url = scratch.url("app");
    let child = in_the_middle(&scratch, &place, &["capture", &url, "--statement-timeout", "1s", "--out", "m.jsonl"]);
    let family = descendants(scratch.pid().unwrap());
    assert!(family.len() > 2, "{family:?}");
    let begun = Instant::now();
    signal("-STOP", &family);
    // Before a session there is none: connecting is bounded too.
    let later = place.run_with(&["digest", &url], &[("PGCONNECT_TIMEOUT", "2")]);
    let output = child.wait_with_output().unwrap();
    let took = begun.elapsed();
    signal("-CONT", &family);
    later.exits(69);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(69), "{stderr}");
    assert!(stderr.contains("nothing was heard"), "{stderr}");
    assert!(took < Duration::from_secs(30), "took {took:?}");
    assert!(!place.path("m.jsonl").exists());
}

#[test]
fn an_interrupted_capture_writes_nothing_and_leaves_no_statement_behind() {
    let scratch = crowded();
    let place = Place::new();
    place.write("m.jsonl", "as it was");
    let child = in_the_middle(&scratch, &place, &["capture", &scratch.url("app"), "--out", "m.jsonl"]);
    let begun = Instant::now();
    signal("-INT", &[child.id()]);
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    assert!(begun.elapsed() < Duration::from_secs(30));
    assert!(stderr.contains("interrupted"), "{stderr}");
    assert_eq!(place.read("m.jsonl"), "as it was");
    let session = scratch.session("app").unwrap();
    let until = Instant::now() + Duration::from_secs(5);
    while session.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'evenkeel'").unwrap().as_deref() != Some("0") {
        assert!(Instant::now() < until, "a session of ours is still there");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_cancelled_statement_is_no_crash() {
    let scratch = crowded();
    let place = Place::new();
    let child = in_the_middle(&scratch, &place, &["digest", &scratch.url("app")]);
    let session = scratch.session("app").unwrap();
    session.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'evenkeel'").unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(69), "{stderr}");
    assert!(stderr.contains("was ended by the server"), "{stderr}");
}

/// A process and all below it.
pub fn descendants(root: u32) -> Vec<u32> {
    let mut family = vec![root];
    let mut next = 0;
    while let Some(pid) = family.get(next).copied() {
        next += 1;
        let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        family.extend(children.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
    }
    family
}

pub fn signal(name: &str, pids: &[u32]) {
    for pid in pids {
        std::process::Command::new("kill").args([name, &pid.to_string()]).status().unwrap();
    }
}

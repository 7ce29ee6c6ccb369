//! Being told to end, by each of the signals, wherever the program happens to be: exit code 130 soon, and nothing left.

use crate::outage::{crowded, descendants, in_the_middle, signal};
use crate::run::Place;
use evenkeel_postgres::scratch::{Options, Scratch};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const SIGNALS: [&str; 3] = ["-INT", "-TERM", "-HUP"];

/// Waits for the end: code 130 within the time, and something said about it.
fn ends(mut child: Child, within: Duration) -> String {
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > within + Duration::from_secs(20) {
            child.kill().unwrap();
            panic!("it did not end");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let took = begun.elapsed();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(took < within, "took {took:?}: {said}");
    said
}

fn drafts(place: &Place) -> Vec<String> {
    let names = std::fs::read_dir(place.path(".")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with(".evenkeel-")).collect()
}

#[test]
fn every_signal_ends_a_capture_and_leaves_the_old_file() {
    let scratch = crowded();
    for name in SIGNALS {
        let place = Place::new();
        place.write("m.jsonl", "as it was");
        let child = in_the_middle(&scratch, &place, &["capture", &scratch.url("app"), "--out", "m.jsonl"]);
        signal(name, &[child.id()]);
        let said = ends(child, Duration::from_secs(10));
        assert!(said.contains("interrupted"), "{name}: {said}");
        assert_eq!(place.read("m.jsonl"), "as it was", "{name}");
        assert_eq!(drafts(&place), Vec::<String>::new(), "{name}");
        let session = scratch.session("app").unwrap();
        let until = Instant::now() + Duration::from_secs(5);
        let ours = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'evenkeel'";
        while session.value(ours).unwrap().as_deref() != Some("0") {
            assert!(Instant::now() < until, "{name}: a session of ours is still there");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[test]
fn nobody_waits_for_a_server_that_does_not_answer() {
    let scratch = Scratch::start(&Options::default().database("app")).unwrap();
    let place = Place::new();
    let url = scratch.url("app");
    place.write("evenkeel.toml", format!("[environments.a]\nurl = \"{url}\"\nmanifest = \"a.jsonl\"\n"));
    place.run(&["capture", "a", "--out", "a.jsonl"]).exits(0);
    let family = descendants(scratch.pid().unwrap());
    signal("-STOP", &family);
    let verbs: [&[&str]; 5] = [&["digest", "a"], &["compare", "a.jsonl", "a"], &["check"], &["grants", "a"], &["capture", "a"]];
    let children = verbs.map(|verb| place.command(verb).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    // They are at the first word of a conversation by now.
    std::thread::sleep(Duration::from_millis(700));
    for child in &children {
        signal("-TERM", &[child.id()]);
    }
    for child in children {
        let said = ends(child, Duration::from_secs(5));
        assert!(said.contains("interrupted") && !said.contains("given up"), "{said}");
    }
    signal("-CONT", &family);
}

#[test]
fn what_cannot_be_called_off_is_given_up_and_a_second_signal_waits_for_nothing() {
    let place = Place::new();
    assert!(std::process::Command::new("mkfifo").arg(place.path("pipe")).status().unwrap().success());
    let start = || {
        let child = place.command(&["digest", "x", "--config", "pipe"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(500));
        child
    };
    let child = start();
    signal("-INT", &[child.id()]);
    let begun = Instant::now();
    let said = ends(child, Duration::from_secs(8));
    assert!(said.contains("given up") && begun.elapsed() > Duration::from_secs(2), "{said}");
    let child = start();
    signal("-INT", &[child.id()]);
    std::thread::sleep(Duration::from_millis(300));
    signal("-INT", &[child.id()]);
    let said = ends(child, Duration::from_secs(2));
    assert!(!said.contains("given up"), "{said}");
}

#[test]
fn whoever_started_us_deaf_to_a_signal_is_obeyed() {
    let place = Place::new();
    assert!(std::process::Command::new("mkfifo").arg(place.path("pipe")).status().unwrap().success());
    let script = "trap '' HUP; \"$E\" digest x --config pipe & sleep 0.5; kill -HUP $!; sleep 0.5; kill -TERM $!; kill -TERM $!; wait $!";
    let ran = place.shell(script, &[]);
    assert!(ran.took >= Duration::from_secs(1) && ran.code == Some(130), "{ran:?}");
}

#[test]
fn a_reader_that_does_not_read_on_is_left_at_once() {
    let db = evenkeel_testkit::database(evenkeel_testkit::newest());
    db.exec("DO $$ BEGIN FOR i IN 1..800 LOOP EXECUTE format('CREATE TABLE t_%s (id int)', i); END LOOP; END $$");
    let place = Place::new();
    let child = place.command(&["capture", &db.url()]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // More than a pipe holds: it stands in the middle of a write.
    std::thread::sleep(Duration::from_secs(2));
    signal("-INT", &[child.id()]);
    ends(child, Duration::from_secs(2));
}

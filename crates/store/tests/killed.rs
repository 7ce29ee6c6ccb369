//! Whoever writes is killed at every write: what it was told is kept is there, nothing is there by half, and others go on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use evenkeel_core::port::{Act, Ending, Engine, Entry, Halt, Intended, Intention, Kept, Owner, State, Store, Trail};
use evenkeel_postgres::engine::Postgres;
use evenkeel_store::{Server, Sqlite};
use evenkeel_testkit::{Share, database, newest};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

const WRITER: &str = "EVENKEEL_STORE_WRITER";
/// Of one run: it is intended, holds something, each act leaves something, begins and becomes, it ends; then evidence and a mark.
const WRITES: usize = 2 + 4 * 4 + 2 + 2;

fn opened(place: &str) -> Box<dyn Store> {
    match place.strip_prefix("sqlite:") {
        Some(path) => Box::new(Sqlite::new(path)),
        None => Box::new(Server::new(Postgres.keeper(place).unwrap_or_else(|trouble| panic!("{trouble:#?}")))),
    }
}

fn intention(environment: &str) -> Intention {
    let act = |at| Act { what: format!("act {at}"), statements: vec![format!("SELECT {at}"), "x".repeat(5000)] };
    Intention {
        verb: "deploy".to_owned(),
        environment: environment.to_owned(),
        target: "t".to_owned(),
        by: "ann".to_owned(),
        owner: Owner { host: "h".to_owned(), boot: "b".to_owned(), pid: std::process::id(), started: "1".to_owned() },
        reason: None,
        snapshot: None,
        ground: "g".to_owned(),
        digest: "d".to_owned(),
        artifact: Some("a".to_owned()),
        rewritten: None,
        acts: (0..4).map(act).collect(),
    }
}

/// Not for itself: the process that is killed.
#[test]
#[ignore = "the test below starts it"]
fn writer() {
    let store = opened(&std::env::var(WRITER).expect("a store"));
    let told = || println!("\nkept");
    for turn in 0.. {
        let environment = format!("e{turn}");
        let intended = Intended::write(&*store, &intention(&environment), &[]).unwrap().unwrap();
        told();
        intended.takes("a lock").unwrap();
        told();
        for at in 0..4 {
            intended.leaves(at, &Trail { before: Some(format!("b{at}")), ..Trail::default() }).unwrap();
            told();
            intended.begins(at).unwrap();
            told();
            assert!(intended.beats().unwrap());
            told();
            intended.became(at, State::Done, Some("w")).unwrap();
            told();
        }
        intended.gave("a lock").unwrap();
        told();
        intended.ended(Ending::Done, "all").unwrap();
        told();
        store.keep(&Kept { environment: environment.clone(), at: "a".to_owned(), by: "b".to_owned(), text: "t".repeat(9000) }).unwrap();
        told();
        store.halt(&Halt { environment, since: "s".to_owned(), by: "b".to_owned(), reason: "r".to_owned() }).unwrap();
        told();
    }
}

/// How many writes of it are there. Beats are not told apart from what follows them.
fn writes(store: &dyn Store, environment: &str) -> (usize, Option<Entry>) {
    let Some(entry) = store.runs(Some(environment), 1).unwrap().pop() else { return (0, None) };
    assert_eq!(entry.steps.len(), 4, "an intention is there whole, or not at all");
    assert!(entry.steps.iter().all(|step| step.act.statements.len() == 2));
    let mut count = 1;
    let is_given_back = entry.held.is_empty() && entry.steps[0].trail.before.is_some();
    count += usize::from(!entry.held.is_empty() || is_given_back);
    for step in &entry.steps {
        count += usize::from(step.trail.before.is_some());
        count += match step.state {
            State::Intended => 0,
            State::Unknown => 1,
            State::Done | State::Failed => 3,
        };
    }
    count += usize::from(is_given_back) + usize::from(entry.ended.is_some());
    count += store.kept(environment, 9).unwrap().len() + usize::from(store.halted(environment).unwrap().is_some());
    (count, Some(entry))
}

/// Kills one that writes there when it has told so many writes.
fn killed_at(place: &str, kill: usize) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writer", "--ignored", "--nocapture"])
        .env(WRITER, place)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told = lines.map(Result::unwrap).filter(|line| line == "kept").take(kill).count();
    if kill % 3 == 1 {
        // In the middle of the next one.
        std::thread::sleep(Duration::from_micros(300 * (kill as u64 % 7)));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(told, kill, "it ended before");
    let store = opened(place);
    let turn = kill / WRITES;
    let (there, entry) = writes(&*store, &format!("e{turn}"));
    let (next, _) = writes(&*store, &format!("e{}", turn + 1));
    // A beat is a write that is not counted where nothing followed it.
    assert!(turn * WRITES + there + next + 1 >= kill, "{there} and {next} of turn {turn} are there, and {kill} were told");
    for before in 0..turn {
        assert_eq!(writes(&*store, &format!("e{before}")).0, WRITES);
    }
    // Others go on: with the environment of the one that is gone, and with what it left.
    let Some(entry) = entry else { return };
    let environment = entry.intention.environment.clone();
    let gone = store.unfinished(&environment).unwrap();
    let gone: Vec<&Entry> = gone.iter().collect();
    let intended = Intended::write(&*store, &intention(&environment), &gone).unwrap().unwrap();
    if entry.ended.is_none() {
        store.end(entry.number, Ending::Lost, "gone").unwrap();
    }
    intended.begins(0).unwrap();
    intended.ended(Ending::Done, "").unwrap();
    assert_eq!(store.unfinished(&environment), Ok(Vec::new()));
}

#[test]
fn a_file_has_what_was_told_wherever_its_writer_is_killed() {
    for kill in Share::of(2).take((1..=WRITES + 3).collect()) {
        let folder = tempfile::tempdir().unwrap();
        killed_at(&format!("sqlite:{}", folder.path().join("store.sqlite").display()), kill);
    }
}

#[test]
fn a_server_has_what_was_told_wherever_its_writer_is_killed() {
    for kill in Share::of(4).take((1..=WRITES + 3).collect()) {
        let db = database(newest());
        killed_at(&db.url(), kill);
    }
}

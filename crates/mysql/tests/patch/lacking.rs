//! Rights that whoever read the candidate lacks are said before the script is run: those that are said let it run, and without any of
//! them it does not.

use crate::tried::capture;
use evenkeel_core::kind::Engine;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::patch::{Dialect, Form, Plan, Proof, Script, World, plan, script};
use evenkeel_mysql::patch::MysqlDialect;
use evenkeel_mysql::scratch::{Options, Root, Scratch, series};
use evenkeel_pipeline::patch::left;
use evenkeel_testkit::mysql::flavors;
use std::io::Write;
use std::process::{Command, Stdio};

const BEFORE: &str = "create table t (id int primary key, a int, key (a)); create table gone (id int primary key); create table p (id int primary key); \
    create view v as select a from t; create view old as select id from p; create function f() returns int deterministic return 1; \
    create procedure r() select 1; create trigger tr before insert on t for each row set new.a = 1; \
    create event e on schedule every 1 day starts '2036-01-01 00:00:00' disable do do 1; create definer = u@localhost procedure own() select 1";
const AFTER: &str = "create table p (id int primary key); create table n (id int primary key); \
    create table t (id int primary key, a bigint, b int, p int, key (a, b), key (p), constraint t_p foreign key (p) references p (id)); create view v as select a, b from t; create view w as select id from n; \
    create function f() returns int deterministic return 2; create procedure q() select 2; create trigger tr before insert on t for each row set new.a = 2; \
    create event e on schedule every 2 day starts '2036-01-01 00:00:00' disable do do 1; create definer = u@localhost procedure own() select 2; \
    create user another@localhost; grant select, insert on p to another@localhost";

/// What is said of an account that has none, in order of place and name.
fn expected(engine: Engine) -> Vec<(&'static str, &'static str)> {
    let own = match engine {
        Engine::MariaDb => [("SET USER", "*.*")].as_slice(),
        // Who made it was a system user.
        _ => &[("SET_ANY_DEFINER", "*.*"), ("SYSTEM_USER", "*.*"), ("REFERENCES", "x.p")],
    };
    let all = [
        ("CREATE USER", "*.*"),
        ("ALTER ROUTINE", "x.*"),
        // Of the table that comes: to alter one takes no such right.
        ("CREATE", "x.n"),
        ("CREATE ROUTINE", "x.*"),
        ("CREATE VIEW", "x.*"),
        ("DROP", "x.*"),
        ("EVENT", "x.*"),
        ("TRIGGER", "x.*"),
        ("ALTER", "x.t"),
        // It may read already.
        ("INSERT", "x.p"),
        ("GRANT OPTION", "x.p"),
    ];
    all.into_iter().chain(own.iter().copied()).collect()
}

/// Made anew, so that each try begins alike.
fn candidate(scratch: &Scratch) -> Manifest {
    let session = scratch.session("").unwrap();
    session.exec("drop user if exists u@localhost, another@localhost; drop database if exists x; create user u@localhost").unwrap();
    session.exec(&format!("create database x; use x; {BEFORE}; grant select, show view on x.* to u@localhost")).unwrap();
    read_by_it(capture(&scratch.url("x")))
}

/// Whoever sees all could be another.
fn read_by_it(mut manifest: Manifest) -> Manifest {
    manifest.endpoint.role = "u".to_owned();
    manifest
}

fn granted(scratch: &Scratch, rights: &[(&str, &str)]) {
    let session = scratch.session("").unwrap();
    for (right, on) in rights {
        session.exec(&format!("grant {right} on {on} to u@localhost")).unwrap_or_else(|fault| panic!("{right} on {on}: {fault}"));
    }
}

fn said(planned: &Plan, from: &Manifest, to: &Manifest, dialect: &MysqlDialect) -> Vec<String> {
    dialect.notes(planned, &World::of(from), &World::of(to))
}

/// What the client says of the script, run by that account; nothing where it ran.
fn run(scratch: &Scratch, text: &str) -> Result<(), String> {
    let client = evenkeel_core::port::Scratch::client(scratch, "x").replace("-u root", "-u u");
    let mut words = client.split_whitespace();
    let mut running =
        Command::new(words.next().unwrap()).args(words).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    // It may end before it has read all.
    let _ = running.stdin.take().unwrap().write_all(text.as_bytes());
    let ran = running.wait_with_output().unwrap();
    if ran.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&ran.stderr).into_owned()) }
}

fn on(engine: Engine, number: u16) {
    if !flavors().contains(&(engine, number)) {
        return;
    }
    let name = series(engine, number);
    let options = Options { engine: Some(engine), number: Some(number), root: Root::fast().ok(), ..Options::default() };
    let scratch = Scratch::start(&options).unwrap();
    let session = scratch.session("").unwrap();
    session.exec(&format!("create user u@localhost; create database x; use x; {AFTER}")).unwrap();
    session.exec("grant select, show view on x.* to u@localhost").unwrap();
    let goal = capture(&scratch.url("x"));
    let from = candidate(&scratch);
    let dialect = MysqlDialect::of(&from.endpoint);
    let planned = plan(&World::of(&from), &World::of(&goal), &dialect, Form::default());
    assert_eq!(planned.refused, Vec::new(), "{name}");
    let proof = Proof::Not { why: "a test".to_owned() };
    let text = script(&Script { sides: ("x", "goal"), plan: &planned, proof: &proof, allow_destructive: true }, &dialect);
    let notes = said(&planned, &from, &goal, &dialect);
    println!("{name}: {notes:#?}");
    let [note] = notes.as_slice() else { panic!("{name}: {notes:#?}") };
    let rights = expected(engine);
    // Each is said, with its place, and nothing else is.
    let told = note.split_once("it lacks ").unwrap().1;
    let told: usize = told.split("; ").map(|place| place.split(" on ").next().unwrap().split(", ").count()).sum();
    assert_eq!(told, rights.len(), "{name}: {note}");
    assert!(
        note.starts_with("u@localhost, who read the candidate") && rights.iter().all(|(right, _)| note.contains(right)),
        "{name}: {note}"
    );
    // With all of them it runs, and nothing is said.
    granted(&scratch, &rights);
    let able = read_by_it(capture(&scratch.url("x")));
    assert_eq!(said(&planned, &able, &goal, &dialect), [""; 0], "{name}");
    run(&scratch, &text).unwrap_or_else(|why| panic!("{name}: {why}\n{text}"));
    let mut odd = left(&capture(&scratch.url("x")), &goal, &dialect);
    odd.retain(|one| one.object.ends_with("u@localhost") == one.object.starts_with("procedure"));
    assert!(odd.iter().all(|one| one.words().contains("u@localhost")), "{name}: {odd:#?}");
    // Without one of them it does not.
    let mut needless = Vec::new();
    for (at, (right, on)) in rights.iter().enumerate() {
        candidate(&scratch);
        let others: Vec<(&str, &str)> = rights.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, right)| *right).collect();
        granted(&scratch, &others);
        let seen = read_by_it(capture(&scratch.url("x")));
        let notes = said(&planned, &seen, &goal, &dialect);
        assert!(
            matches!(notes.as_slice(), [note] if note.contains(&format!("it lacks {right} on "))),
            "{name}, {right} on {on}: {notes:#?}"
        );
        if run(&scratch, &text).is_ok() {
            needless.push(*right);
        }
    }
    assert_eq!(needless, [""; 0], "it runs on {name} without these");
}

#[test]
fn lacking_on_mariadb_10_11() {
    on(Engine::MariaDb, 1011);
}

#[test]
fn lacking_on_mariadb_11_8() {
    on(Engine::MariaDb, 1108);
}

#[test]
fn lacking_on_mysql_9_7() {
    on(Engine::MySql, 907);
}

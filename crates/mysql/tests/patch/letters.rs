//! Names that differ in case alone: on servers that tell capitals apart, on those that keep small letters, and between both.

use crate::tried::{Outcome, capture, tried};
use evenkeel_core::kind::{Dimension, Engine as Vendor};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::patch::Form;
use evenkeel_core::port::{Engine, Watch};
use evenkeel_mysql::engine::Mysql;
use evenkeel_mysql::scratch::{Options, Root, Scratch, series};
use evenkeel_pipeline::patch::{Asked, Builder, NoProofs, Patch, build, prove};
use evenkeel_testkit::mysql::flavors;

/// Tables and views that differ in case alone are two; columns, keys and routines are one by any spelling.
const BESIDE: &str = "create table users (id int primary key, Name varchar(9), key By_Name (Name)); create table Users (id int primary key, users int, key (users)); \
    create table USERS (id int primary key, constraint fk foreign key (id) references Users (id)); create view v as select id from Users; \
    create view V as select Name from users; create trigger t before insert on Users for each row set new.users = 1; \
    create function F() returns int deterministic return (select count(*) from Users)";
const OTHERS: &str = "create table users (ID int primary key, name varchar(12), key by_name (name, ID)); create table Users (id bigint primary key, users int); \
    create view V as select id from Users; create view v as select name from users; create trigger t before insert on users for each row set new.name = 1; \
    create function f() returns int deterministic return (select count(*) from users)";

fn started(vendor: Vendor, number: u16, folds: bool) -> Scratch {
    let init = if folds { vec![("lower_case_table_names".to_owned(), "1".to_owned())] } else { Vec::new() };
    Scratch::start(&Options { engine: Some(vendor), number: Some(number), root: Root::fast().ok(), init, ..Options::default() }).unwrap()
}

fn made(scratch: &Scratch, name: &str, sql: &str) -> Manifest {
    scratch.session("").unwrap().exec(&format!("create database {name}; use {name}; {sql}")).unwrap();
    capture(&scratch.url(name))
}

fn proven(reference: &Manifest, candidate: &Manifest) -> Patch {
    let workshop = Mysql.workshop(&[]);
    let builder = Builder { engine: &Mysql, workshop: &*workshop, watch: Watch::none() };
    let dimensions = [Dimension::Schema, Dimension::Privileges];
    let asked = Asked {
        dimensions: &dimensions,
        excused: &[],
        differences: &[],
        form: Form::default(),
        spares_data: true,
        version: "test",
        proofs: &NoProofs,
    };
    prove(reference, candidate, &asked, &builder).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}

fn is_whole(outcome: &Outcome) -> bool {
    outcome.wrong.is_empty() && outcome.refused.is_empty()
}

fn refused(patch: &Patch) -> Vec<String> {
    patch.plan.refused.iter().map(|one| format!("{} {}: {}", one.kind.name(), one.object, one.reason)).collect()
}

fn on(vendor: Vendor, number: u16) {
    if !flavors().contains(&(vendor, number)) {
        return;
    }
    let name = series(vendor, number);
    let (minds, folds) = (started(vendor, number, false), started(vendor, number, true));
    // Beside each other, there and back, and from nothing.
    let (beside, others, nothing) = (made(&minds, "a", BESIDE), made(&minds, "b", OTHERS), made(&minds, "c", "do 1"));
    let throwaway = Form { offline: true, throwaway: true };
    for (way, database, from, to, form) in [
        ("there", "a", &beside, &others, Form::default()),
        ("back", "b", &others, &beside, Form::default()),
        ("from nothing", "c", &nothing, &beside, throwaway),
    ] {
        let outcome = tried(&minds, database, from, to, form);
        assert!(is_whole(&outcome), "{name}, {way}: {outcome:#?}");
    }
    // The same server by another kind of names: what it makes of a table is told by one that makes the same of it.
    let small = "create table users (id int primary key, a int); create view v as select id from users";
    let candidate = made(&folds, "Shop", small);
    let workshop = Mysql.workshop(&[]);
    let builder = Builder { engine: &Mysql, workshop: &*workshop, watch: Watch::none() };
    let built = build(&candidate, &builder).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
    assert!(built.left.is_empty(), "{name}: {:#?}", built.left);
    let asked = "SELECT @@lower_case_table_names";
    let mut session = built.scratch.session(&built.database).unwrap();
    let answer = session.run(asked).unwrap();
    assert_eq!(answer.ran().unwrap().rows, [[Some("1".to_owned())]], "{name}");
    drop(session);
    // What the other calls so cannot be had there, and nothing goes for it.
    let patch = proven(&made(&minds, "d", BESIDE), &candidate);
    let words = refused(&patch);
    for (what, why) in [
        ("table \"Users\": ", "takes it for table users"),
        ("table \"USERS\": ", "takes it for table users"),
        ("view \"V\": ", "takes it for view v"),
        ("view v: ", "it reads table \"Users\", which that server calls otherwise"),
    ] {
        assert!(words.iter().any(|line| line.starts_with(what) && line.contains(why)), "{name}: {what}{why}: {words:#?}");
    }
    assert!(patch.is_proven(), "{name}: {patch:#?}");
    let reference = made(&minds, "e", "create table Users (id int primary key, a int); create table Orders (id int primary key)");
    let patch = proven(&reference, &candidate);
    let words = refused(&patch);
    for (what, why) in [
        ("table \"Users\": ", "takes it for table users"),
        ("table users: ", "it is what the reference calls table \"Users\""),
        ("table \"Orders\": ", "would call it orders"),
    ] {
        assert!(words.iter().any(|line| line.starts_with(what) && line.contains(why)), "{name}: {what}{why}: {words:#?}");
    }
    assert!(patch.plan.statements().all(|statement| !statement.sql.contains("DROP TABLE")), "{name}: {patch:#?}");
    assert!(patch.is_proven(), "{name}: {patch:#?}");
    // The other way it is a table of another name: dropped only where that is allowed.
    let patch = proven(&candidate, &reference);
    assert!(patch.is_proven() && patch.plan.refused.is_empty(), "{name}: {patch:#?}");
    let drops = patch.plan.statements().filter(|statement| statement.sql.starts_with("DROP TABLE"));
    assert_eq!(drops.filter(|statement| statement.is_destructive()).count(), 2, "{name}: {patch:#?}");
}

#[test]
fn letters_on_mariadb_10_11() {
    on(Vendor::MariaDb, 1011);
}

#[test]
fn letters_on_mariadb_11_8() {
    on(Vendor::MariaDb, 1108);
}

#[test]
fn letters_on_mysql_9_7() {
    on(Vendor::MySql, 907);
}

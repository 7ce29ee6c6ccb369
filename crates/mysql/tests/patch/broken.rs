//! Views that no longer work: on a table, a column, a function or a view that is gone. Nothing is left out in silence: what can be made is
//! equal after, what no server makes is refused by name, and what is gone for good goes.

use crate::place::Place;
use crate::tried::{capture, tried};
use evenkeel_core::kind::Engine;
use evenkeel_core::patch::Form;
use evenkeel_mysql::scratch::series;
use evenkeel_testkit::mysql::flavors;

/// What all of them have, and what breaks some.
const WHOLE: &str = "create table t (a int, b int); create table u (a int); create function f(x int) returns int deterministic return x; \
    create view v as select a, b from t; create view w as select a from v; create view x as select f(a) as a from u; create view y as select a from u; \
    create view z as select y.a from y join x on x.a = y.a";
const BREAKS: &[(&str, &str)] = &[
    ("a table is gone", "drop table t"),
    ("a column is gone", "alter table t drop column b"),
    ("a function is gone", "drop function f"),
    ("a view is gone", "drop view v"),
    ("all is gone", "drop table t, u; drop function f; drop view y"),
];

fn on(engine: Engine, number: u16) {
    if !flavors().contains(&(engine, number)) {
        return;
    }
    let place = Place::start(engine, number);
    let session = place.scratch.session("").unwrap();
    let mut wrong = Vec::new();
    let (mut equal, mut refused) = (0, 0);
    for (at, (what, breaks)) in BREAKS.iter().enumerate() {
        let make = |name: &str, sql: &str| session.exec(&format!("create database {name}; use {name}; {sql}")).unwrap();
        let [broken, whole, empty, other, same] = ["broken", "whole", "empty", "other", "same"].map(|name| format!("{name}{at}"));
        make(&broken, &format!("{WHOLE}; {breaks}"));
        make(&whole, WHOLE);
        make(&empty, "do 1");
        make(&other, &format!("{WHOLE}; {breaks}"));
        make(&same, &format!("{WHOLE}; {breaks}"));
        let seen = |name: &str| capture(&place.scratch.url(name));
        let (of_broken, of_whole, nothing) = (seen(&broken), seen(&whole), seen(&empty));
        let offline = Form { offline: true, throwaway: true };
        let tries = [
            ("broken by a patch", &whole, &of_whole, &of_broken, Form::default()),
            ("mended by a patch", &broken, &of_broken, &of_whole, Form::default()),
            ("from nothing", &empty, &nothing, &of_broken, offline),
            ("to nothing", &other, &seen(&other), &nothing, Form::default()),
            ("left as it is", &same, &seen(&same), &of_broken, Form::default()),
        ];
        for (way, database, from, to, form) in tries {
            let outcome = tried(&place.scratch, database, from, to, form);
            if !outcome.wrong.is_empty() {
                let refused: Vec<String> =
                    outcome.refused.iter().map(|one| format!("{} {}: {}", one.kind.name(), one.object, one.reason)).collect();
                wrong.push(format!(
                    "{what}, {way}:\n  {}\n  refused {refused:#?}\n  after:\n    {}",
                    outcome.wrong.join("\n  "),
                    outcome.sql.join("\n    ")
                ));
            }
            refused += usize::from(!outcome.refused.is_empty());
            equal += usize::from(outcome.refused.is_empty());
        }
    }
    println!("{}: {equal} equal, {refused} refused by name", series(engine, number));
    // From nothing no server makes them.
    assert_eq!(refused, BREAKS.len());
    assert!(wrong.is_empty(), "{} on {}:\n{}", wrong.len(), series(engine, number), wrong.join("\n"));
}

#[test]
fn broken_on_mariadb_10_11() {
    on(Engine::MariaDb, 1011);
}

#[test]
fn broken_on_mariadb_11_8() {
    on(Engine::MariaDb, 1108);
}

#[test]
fn broken_on_mysql_9_7() {
    on(Engine::MySql, 907);
}

//! Canonical texts run: whatever a server takes of the inputs for the canonical form is built from what was captured of it.

use crate::tried::{capture, tried};
use evenkeel_core::kind::Engine;
use evenkeel_core::patch::Form;
use evenkeel_mysql::scratch::series;
use evenkeel_testkit::Share;
use evenkeel_testkit::mysql::flavors;

use crate::place::Place;

/// What the servers' own texts lose, and so their dumps as well.
const LOST: &[(u16, &str)] = &[
    // LOCALTIMESTAMP() is printed as CURTIME().
    (1108, "column v360.x: differs in type"),
    // A text of the session's character set is printed with the character set, and without the session's collation.
    (907, "column v231.x: differs in collation"),
    (907, "column v232.x: differs in collation"),
    (907, "column v248.x: differs in collation"),
    (907, "column v285.x: differs in type, collation"),
];

fn golden(name: &str) -> String {
    let path = format!("{}/../../tests/golden/mysql/canonical/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Statements of which a server may not take each; of so many inputs one.
fn statements(of: usize) -> Vec<String> {
    let (views, expressions, columns) = (golden("views.sql"), golden("expressions.sql"), golden("columns.sql"));
    let queries =
        views.lines().map(|query| query.replace("shop.", "")).chain(expressions.lines().map(|it| format!("select {it} as x from t")));
    let mut all: Vec<String> = queries.enumerate().step_by(of).map(|(at, query)| format!("create view v{at} as {query}")).collect();
    for (at, it) in expressions.lines().enumerate().step_by(of) {
        let column = if it.contains("match") || it.contains("->") { "tx" } else { "g" };
        all.push(format!("create table g{at} like t"));
        all.push(format!("alter table g{at} add constraint c{at} check ({it})"));
        all.push(format!("alter table g{at} add column {column}x varchar(200) generated always as ({it}) virtual"));
        all.push(format!("alter table g{at} add column dx varchar(200) default ({it})"));
    }
    for (at, column) in columns.lines().enumerate().step_by(of) {
        all.push(format!("create table k{at} (a int, b int, c {column})"));
    }
    all
}

fn on(engine: Engine, number: u16) {
    if !flavors().contains(&(engine, number)) {
        return;
    }
    let place = Place::start(engine, number);
    let name = series(engine, number);
    let session = place.scratch.session("").unwrap();
    session.exec("create database printed character set utf8mb4 collate utf8mb4_general_ci; use printed; set sql_mode = ''").unwrap();
    session.exec(&golden("base.sql")).unwrap();
    let statements = statements(if Share::of(2).is_whole() { 1 } else { 4 });
    let taken = statements.iter().filter(|statement| session.exec(statement).is_ok()).count();
    assert!(taken > 300, "{taken}");
    let manifest = capture(&place.scratch.url("printed"));
    session.exec("create database built character set utf8mb4 collate utf8mb4_general_ci").unwrap();
    let empty = capture(&place.scratch.url("built"));
    let outcome = tried(&place.scratch, "built", &empty, &manifest, Form { offline: true, throwaway: true });
    println!("{name}: {taken} statements taken, {} objects", manifest.objects().len());
    let mut outcome = outcome;
    // What is lost may be refused by name in place of being wrong.
    let is_lost = |object: &str| LOST.iter().any(|(of, what)| *of == number && what.starts_with(&format!("column {object}: ")));
    outcome.refused.retain(|refusal| !is_lost(&refusal.object));
    assert_eq!(outcome.refused, Vec::new());
    outcome.wrong.retain(|wrong| !LOST.iter().any(|(of, what)| *of == number && what == wrong));
    assert!(outcome.wrong.is_empty(), "{} on {name}:\n{}", outcome.wrong.len(), outcome.wrong.join("\n"));
}

#[test]
fn of_mariadb_10_11() {
    on(Engine::MariaDb, 1011);
}

#[test]
fn of_mariadb_11_8() {
    on(Engine::MariaDb, 1108);
}

#[test]
fn of_mysql_9_7() {
    on(Engine::MySql, 907);
}

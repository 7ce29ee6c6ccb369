//! Every way to write a literal, wherever a definition may hold one: what is built from a manifest reads to the letter as what was captured,
//! and a literal that only names its character set otherwise is patched with the column it makes.
//!
//! Neighbour: `printed` does it with expressions and queries of every form.

use crate::place::Place;
use crate::tried::{capture, tried};
use evenkeel_core::kind::Engine;
use evenkeel_core::patch::Form;
use evenkeel_mysql::scratch::{Session, series};
use evenkeel_testkit::mysql::flavors;

const LITERALS: &[&str] = &[
    "'x'",
    "N'x'",
    "_utf8'x'",
    "_utf8mb3'x'",
    "_utf8mb4'x'",
    "_latin1'x'",
    "_ascii'x'",
    "_cp1251'x'",
    "_binary'x'",
    "_ucs2'ab'",
    "_utf16'abcd'",
    "_utf8mb4 x'41'",
    "_utf8mb3 b'1000001'",
    "_latin1 0x41",
    "x'41'",
    "0x41",
    "b'1000001'",
    "'x' 'y'",
    "_utf8mb3'x' 'y'",
    "_utf8mb3'x' collate utf8mb3_bin",
    "_utf8mb4'x' collate utf8mb4_unicode_ci",
    "'_utf8mb3''x'",
    "''",
    "_utf8mb4''",
    "'it''s'",
    "'back\\\\slash'",
    "_utf8mb3'new\\nline'",
    "'\u{fc}'",
    "_utf8mb4'\u{fc}'",
    "_utf8mb3'\u{fc}'",
    "'\u{1f600}'",
    "_utf8mb4'\u{1f600}'",
    "1",
    "-1.50",
    "1e3",
    "18446744073709551615",
    "date'2020-01-01'",
    "time'10:11:12'",
    "timestamp'2020-01-01 00:00:00'",
];

/// What holds a literal, as it is called and made.
const PLACES: &[(&str, &str)] = &[
    ("shown", "create view @ as select # as c, a from t"),
    ("made", "create view @ as select concat(s, #) as c, if(a, #, 'b') as d, coalesce(s, #) as e, lower(#) as f from t"),
    ("asked", "create view @ as select a from t where s <> # and a in (1, #) group by a having max(s) like #"),
    ("plain", "create table @ (c varchar(100) default #)"),
    ("computed", "create table @ (c varchar(100) default (concat(#, 'y')))"),
    ("generated", "create table @ (s varchar(100), c varchar(100) as (concat(s, #)))"),
    ("checked", "create table @ (s varchar(100), constraint r check (s <> #))"),
    ("compared", "create table @ (s varchar(100), constraint r check (# <> concat(#, s)))"),
    ("indexed", "create table @ (s varchar(100), key k ((concat(s, #))))"),
    ("listed", "create table @ (s varchar(100)) partition by list columns (s) (partition p values in (#))"),
];

/// What the server itself prints of an object, without what it leaves out where that is the usual.
fn printed(session: &Session, name: &str) -> String {
    let row = session.record(&format!("show create table {name}")).unwrap_or_default();
    let text = row.into_iter().find_map(|(column, value)| value.filter(|_| column.starts_with("Create ")));
    text.map_or_else(|| "(not there)".to_owned(), |text| text.replace(" ROW_FORMAT=DYNAMIC", "").replace(" CHARACTER SET utf8mb4", ""))
}

/// What the server's own text does not say any more: which character set the view's literal had, and signs that the connection has not.
fn is_lost(engine: Engine, connection: &str, place: &str, literal: &str) -> bool {
    let is_national = engine == Engine::MySql && literal == "N'x'";
    let is_beyond = connection == "utf8mb3" && literal.contains('\u{1f600}');
    matches!(place, "shown" | "made") && (is_national || is_beyond)
}

fn on(engine: Engine, number: u16) {
    if !flavors().contains(&(engine, number)) {
        return;
    }
    let place = Place::start(engine, number);
    let session = place.scratch.session("").unwrap();
    session
        .exec(
            "create database written character set utf8mb4 collate utf8mb4_general_ci; use written; create table t (a int, s varchar(20))",
        )
        .unwrap();
    let mut made = Vec::new();
    for (connection, letters) in [("utf8mb4", "u"), ("utf8mb4 collate utf8mb4_unicode_ci", "c"), ("utf8mb3", "o")] {
        session.exec(&format!("set names {connection}")).unwrap();
        for (at, literal) in LITERALS.iter().enumerate() {
            for (what, form) in PLACES.iter().filter(|(what, _)| !is_lost(engine, connection, what, literal)) {
                let name = format!("{what}_{letters}{at}");
                if session.exec(&form.replace('@', &name).replace('#', literal)).is_ok() {
                    made.push((name, *literal));
                }
            }
        }
    }
    session.exec("set names utf8mb4; create database built character set utf8mb4 collate utf8mb4_general_ci").unwrap();
    let (manifest, empty) = (capture(&place.scratch.url("written")), capture(&place.scratch.url("built")));
    let outcome = tried(&place.scratch, "built", &empty, &manifest, Form { offline: true, throwaway: true });
    println!("{}: {} of {} definitions taken", series(engine, number), made.len(), LITERALS.len() * PLACES.len() * 3);
    let mut wrong = outcome.wrong;
    wrong.extend(outcome.refused.iter().map(|one| format!("{} {}: {}", one.kind.name(), one.object, one.reason)));
    let mut compared = 0;
    for (name, literal) in &made {
        if outcome.refused.iter().any(|one| one.object.starts_with(name.as_str())) {
            continue;
        }
        session.exec("use written").unwrap();
        let before = printed(&session, name);
        session.exec("use built").unwrap();
        let after = printed(&session, name);
        compared += 1;
        if before != after {
            wrong.push(format!("{name} {literal}:\n    {before}\n    {after}"));
        }
    }
    assert!(wrong.is_empty(), "{} on {}:\n{}", wrong.len(), series(engine, number), wrong.join("\n"));
    assert!(compared > 600, "{compared}");
    // What the server does not say of a literal any more is refused by name: equal in nothing but name is never called equal.
    if engine == Engine::MySql {
        let national = "create view @.n as select N'x' as c, concat(N'x', 'y') as d";
        session.exec(&national.replace('@', "written")).unwrap();
        session.exec("create view built.n as select 'x' as c, concat('x', 'y') as d").unwrap();
        let (from, to) = (capture(&place.scratch.url("built")), capture(&place.scratch.url("written")));
        let outcome = tried(&place.scratch, "built", &from, &to, Form::default());
        let refused: Vec<&str> = outcome.refused.iter().map(|one| one.object.as_str()).collect();
        assert_eq!((refused, outcome.wrong, outcome.sql), (vec!["n.c"], Vec::new(), Vec::new()));
        session.exec("drop view built.n").unwrap();
        // Made anew, it is found out only then.
        let from = capture(&place.scratch.url("built"));
        let outcome = tried(&place.scratch, "built", &from, &to, Form::default());
        let refused: Vec<&str> = outcome.refused.iter().map(|one| one.object.as_str()).collect();
        assert_eq!((refused, outcome.wrong), (vec!["n.c"], Vec::new()));
        session.exec("drop view built.n; drop view written.n").unwrap();
    }
    // One that differs in nothing that is hashed but its column.
    session.exec("create view written.v as select 'x' as c, _utf8mb3'y' as d, 1 as e; create view built.v as select _utf8mb3'x' as c, 'y' as d, 1 as e").unwrap();
    let (from, to) = (capture(&place.scratch.url("built")), capture(&place.scratch.url("written")));
    let outcome = tried(&place.scratch, "built", &from, &to, Form::default());
    assert_eq!((outcome.refused, outcome.wrong), (Vec::new(), Vec::new()));
    let views = outcome.sql.iter().filter(|sql| sql.contains("VIEW `v`") || sql.contains(".`v`")).count();
    assert_eq!(views, 1, "{:#?}", outcome.sql);
}

#[test]
fn literals_on_mariadb_10_11() {
    on(Engine::MariaDb, 1011);
}

#[test]
fn literals_on_mariadb_11_8() {
    on(Engine::MariaDb, 1108);
}

#[test]
fn literals_on_mysql_9_7() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    on(Engine::MySql, 907);
}

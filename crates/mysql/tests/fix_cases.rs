//! Fixes that would fail or touch more than the difference they are about: each applied fix must run, take its difference away and bring
//! no other. What cannot be had so gets no statement.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::compare::{Comparison, Difference, Scope, Side};
use evenkeel_core::digest::Tree;
use evenkeel_core::finding::Remedy;
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::patch::{Dialect, Form, World, plan};
use evenkeel_core::port::{Engine as _, Environment, Request, Watch};
use evenkeel_mysql::connect::{Target, ThisMachine};
use evenkeel_mysql::engine::Mysql;
use evenkeel_mysql::environment::MysqlEnvironment;
use evenkeel_mysql::patch::MysqlDialect;
use evenkeel_pipeline::patch::left;
use evenkeel_testkit::mysql::{TestDb, each_flavor};
use std::collections::BTreeSet;

const MOMENT: &str = "datetime(3) default current_timestamp(3) on update current_timestamp(3)";

/// What the pair is about; the reference and the candidate as they are made, `APP` being an account that both share; how many of
/// their differences get a statement.
fn pairs() -> Vec<(&'static str, String, String, usize)> {
    let event = |state: &str, comment: &str| {
        format!(
            "create definer = APP event e on schedule every 1 day starts '2030-01-01' on completion preserve {state} comment '{comment}' do do 1"
        )
    };
    let table = |comment: &str| {
        format!(
            "create table t (id int) comment '{comment}'; create procedure p() comment '{comment}' do 1; \
             create function f() returns int no sql comment '{comment}' return 1"
        )
    };
    vec![
        ("comment_literal: a quote", table("it''s"), table("x"), 3),
        ("comment_literal: beyond ASCII", table("größer"), table("x"), 3),
        ("comment_literal: a backslash", table("a\\\\b"), table("x"), 3),
        ("comment_literal: a line break", table("a\\nb"), table("x"), 3),
        ("event_definer: its state", event("disable", ""), event("enable", ""), 1),
        ("event_definer: its comment", event("disable", "it''s"), event("disable", "x"), 1),
        ("a default that is a comparison", "create table t (a int default ('x' = 'y'))".to_owned(), "create table t (a int)".to_owned(), 1),
        // Values may be lost: words, and no statement that runs by itself.
        ("a default of another type", "create table t (a varchar(9) default 'abc')".to_owned(), "create table t (a int)".to_owned(), 0),
        (
            "a default of a longer type",
            "create table t (a varchar(9) default 'abc')".to_owned(),
            "create table t (a varchar(5))".to_owned(),
            2,
        ),
        (
            "on_update_lost: no default",
            "create table t (id int primary key, d datetime(3) default null on update current_timestamp(3))".to_owned(),
            format!("create table t (id int primary key, d {MOMENT})"),
            1,
        ),
        (
            "on_update_lost: another default",
            "create table t (id int primary key, d datetime default '2020-01-01 00:00:00' on update current_timestamp)".to_owned(),
            "create table t (id int primary key, d datetime default '2021-01-01 00:00:00' on update current_timestamp)".to_owned(),
            1,
        ),
    ]
}

fn capture(db: &TestDb) -> Manifest {
    let request = Request { dimensions: vec![Dimension::Schema, Dimension::Privileges], ..Request::new("test") };
    let target = Target::parse(&db.url(), &ThisMachine).unwrap();
    MysqlEnvironment::new(target).capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}

fn compared(reference: &TestDb, candidate: &TestDb) -> Comparison {
    let (a, b) = (capture(reference), capture(candidate));
    let trees = (Tree::of(&a), Tree::of(&b));
    let (left, right) = (Side { label: "a", manifest: &a, tree: &trees.0 }, Side { label: "b", manifest: &b, tree: &trees.1 });
    Mysql.compare(left, right, &Scope::default())
}

#[test]
fn what_a_fix_touches_is_its_difference_alone() {
    each_flavor(|db| {
        let app = format!("{}@localhost", db.name);
        db.exec(&format!("create user {app}"));
        for (what, left, right, wanted) in pairs() {
            let sides = (TestDb::create(db.server.clone()), TestDb::create(db.server.clone()));
            for (side, sql) in [(&sides.0, left), (&sides.1, right)] {
                side.exec(&sql.replace("APP", &app));
            }
            let about = |one: &&Difference| !matches!(one.subject.kind.name(), "role" | "membership" | "grant");
            let key = |one: &Difference| (one.id.clone(), one.subject.object.clone());
            let before = compared(&sides.0, &sides.1);
            let all: BTreeSet<_> = before.differences.iter().filter(about).map(key).collect();
            let mut gone = BTreeSet::new();
            for difference in before.differences.iter().filter(about) {
                let Some(fix) = difference.remedy.as_ref().and_then(Remedy::statements) else { continue };
                gone.insert(key(difference));
                sides.1.exec(fix);
            }
            assert!(!all.is_empty(), "{what}: nothing differs");
            assert_eq!(gone.len(), wanted, "{what}: {:#?}", before.differences);
            let after = compared(&sides.0, &sides.1);
            let left: BTreeSet<_> = after.differences.iter().filter(about).map(key).collect();
            let expected: BTreeSet<_> = all.difference(&gone).cloned().collect();
            assert_eq!(left, expected, "{what}");
        }
        db.exec(&format!("drop user {app}"));
    });
}

/// Without the accounts of the server, which other tests make meanwhile.
fn own(db: &TestDb) -> Manifest {
    let seen = capture(db);
    let objects = seen.objects().iter().filter(|object| !matches!(object.kind, Kind::Role | Kind::Membership | Kind::Grant)).cloned();
    Manifest::new(seen.endpoint.clone(), seen.dimensions.clone(), objects.collect(), Vec::new())
}

/// The same pairs, each as one patch: equal after it.
#[test]
fn every_pair_is_a_patch() {
    each_flavor(|db| {
        let app = format!("{}@localhost", db.name);
        db.exec(&format!("create user {app}"));
        for (what, reference, candidate, _) in pairs() {
            let sides = (TestDb::create(db.server.clone()), TestDb::create(db.server.clone()));
            for (side, sql) in [(&sides.0, reference), (&sides.1, candidate)] {
                side.exec(&sql.replace("APP", &app));
            }
            let (goal, seen) = (own(&sides.0), own(&sides.1));
            let dialect = MysqlDialect::of(&seen.endpoint);
            let planned = plan(&World::of(&seen), &World::of(&goal), &dialect, Form::default());
            assert_eq!(planned.refused, [], "{what}");
            let statements = planned.statements().map(|statement| statement.sql.as_str());
            sides.1.exec(&dialect.opening().iter().copied().chain(statements).collect::<Vec<_>>().join("\n"));
            let odd = left(&own(&sides.1), &goal, &dialect);
            assert!(odd.is_empty(), "{what}: {odd:#?}");
        }
        db.exec(&format!("drop user {app}"));
    });
}

/// Pairs that differ in many things at once: what each is about, what the reference and what the candidate is made by, and a fix that
/// only words can say, as the beginning of its object.
const MANY: &[(&str, &str, &str, &str)] = &[
    (
        "code that reads columns which are not there",
        "create table t (id int primary key, a int, c int, d int generated always as (c + 1)); create view v as select id, a, c from t; \
         create view w as select id from v; create trigger tr before insert on t for each row set new.c = coalesce(new.c, 7)",
        "create table t (id int primary key, a int, b int); create view v as select id, a from t; create view w as select id + 1 as id from t; \
         create trigger tr before insert on t for each row set new.b = coalesce(new.b, 1)",
        "t.tr",
    ),
    (
        "keys of columns which are not there",
        "create table t (id int, loc char(4) not null, slug varchar(20), n int, primary key (id, loc), key by_slug (slug), unique key n (n, id))",
        "create table t (id int primary key, n bigint)",
        "t.by_slug",
    ),
    (
        "columns behind others that are not there",
        "create table t (id int primary key, a int, b int, c int)",
        "create table t (id int primary key)",
        "",
    ),
    (
        "what a foreign key refers to",
        "create table p (id int primary key, code int not null, unique key (code)); create table r (id int primary key, code int, \
         key (code), constraint f foreign key (code) references p (code)); create table s (a int, constraint c check (a > 0))",
        "create table p (id int primary key, code int not null); create table r (id int primary key, code int); create table s (b int)",
        "r.f",
    ),
    (
        "a number of its own, whose key is not there",
        "create table t (a int, id int not null auto_increment, key by_id (id))",
        "create table t (a int)",
        "t.by_id",
    ),
    (
        "long keys of rows in another format",
        "create table t (id int primary key, a varchar(600) charset latin1, key along (a)) row_format = dynamic comment 'x'",
        "create table t (id int primary key, a varchar(600) charset latin1, key along (a(10))) row_format = compact",
        "t.along",
    ),
    (
        "words",
        "create table t (id int primary key, a text, b text, fulltext key k (a), fulltext key l (b)) row_format = dynamic",
        "create table t (id int primary key, a text, b text, fulltext key k (a), fulltext key l (b)) row_format = compact",
        "",
    ),
];

/// Each fix, run by itself where all else still differs, runs.
#[test]
fn each_fix_stands_by_itself() {
    each_flavor(|db| {
        for (what, reference, candidate, by_words) in MANY {
            let sides = (TestDb::create(db.server.clone()), TestDb::create(db.server.clone()));
            for (side, sql) in [(&sides.0, reference), (&sides.1, candidate)] {
                side.exec(sql);
            }
            let before = compared(&sides.0, &sides.1);
            let is_own = |one: &&Difference| !matches!(one.subject.kind.name(), "role" | "membership" | "grant");
            let mut told = false;
            for difference in before.differences.iter().filter(is_own) {
                let object = difference.subject.object.trim_start_matches("app.").to_owned();
                match &difference.remedy {
                    Some(Remedy::Statements(fix)) => {
                        assert!(by_words.is_empty() || !object.ends_with(by_words), "{what}: {object} has a fix: {fix}");
                        // The statements name the database that was compared.
                        for sql in ["drop database", "create database"] {
                            sides.1.exec(&format!("{sql} `{}`", sides.1.name));
                        }
                        sides.1.exec(&format!("use `{}`; {candidate}", sides.1.name));
                        let (ran, key) =
                            (db.server.session(&sides.1.name).exec(fix), |one: &Difference| (one.id.clone(), one.subject.object.clone()));
                        assert!(ran.is_ok(), "{what}: the fix of {object}: {fix}\n{ran:?}");
                        let after = compared(&sides.0, &sides.1);
                        assert!(
                            !after.differences.iter().any(|one| key(one) == key(difference)),
                            "{what}: {object} differs still after {fix}"
                        );
                    }
                    Some(Remedy::Step(step)) => told |= !by_words.is_empty() && object.ends_with(by_words) && step.contains("--patch"),
                    None => {}
                }
            }
            assert!(told || by_words.is_empty(), "{what}: {:#?}", before.differences);
        }
    });
}

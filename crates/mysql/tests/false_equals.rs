//! Pairs that differ in what servers tell in one odd place only: none may be equal in silence.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::compare::{NoRemedies, Scope, Side, compare};
use evenkeel_core::digest::Tree;
use evenkeel_core::kind::{Dimension, Kind, Value};
use evenkeel_core::manifest::{Gap, Manifest, Object, Reason};
use evenkeel_core::port::{Environment, Request, Watch};
use evenkeel_mysql::connect::{Target, ThisMachine};
use evenkeel_mysql::environment::MysqlEnvironment;
use evenkeel_testkit::mysql::{TestDb, each_flavor};

fn capture(db: &TestDb, dimension: Dimension) -> Manifest {
    let request = Request { dimensions: vec![dimension], ..Request::new("test") };
    let target = Target::parse(&db.url(), &ThisMachine).unwrap();
    MysqlEnvironment::new(target).capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}

/// The right to pass on is there without any other privilege too.
#[test]
fn grant_option_alone_is_a_privilege() {
    each_flavor(|db| {
        let who = format!("g{}", db.name.replace(|c: char| !c.is_ascii_alphanumeric(), ""));
        let who: String = who.chars().take(32).collect();
        db.exec(&format!(
            "DROP USER IF EXISTS {who}; CREATE USER {who}; CREATE TABLE t (a INT); CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1"
        ));
        let granted = || {
            let manifest = capture(db, Dimension::Privileges);
            let own = |object: &&Object| object.identity.part(2) == format!("{who}@%");
            let list = |object: &Object, property| match object.get(property) {
                Some(Value::List(list)) => list.join(", "),
                _ => String::new(),
            };
            let said = |object: &Object| {
                let of = object.identity.part(0).to_owned();
                (of, list(object, "privileges"), list(object, "grantable"))
            };
            manifest.of_kind(Kind::Grant).iter().filter(own).map(said).collect::<Vec<_>>()
        };
        assert_eq!(granted(), []);
        let said = |kind: &str, privileges: &str, grantable: &str| (kind.to_owned(), privileges.to_owned(), grantable.to_owned());
        for (on, kind) in [("*.*", "global"), ("@.*", "schema"), ("@.t", "table"), ("FUNCTION @.f", "function")] {
            let on = on.replace('@', &format!("`{}`", db.name));
            db.exec(&format!("GRANT USAGE ON {on} TO {who} WITH GRANT OPTION"));
            assert_eq!(granted(), [said(kind, "GRANT OPTION", "")], "{on}");
            let other = if kind == "function" { "EXECUTE" } else { "SELECT" };
            db.exec(&format!("GRANT {other} ON {on} TO {who}"));
            assert_eq!(granted(), [said(kind, other, other)], "{on}");
            db.exec(&format!("REVOKE {other}, GRANT OPTION ON {on} FROM {who}"));
            assert_eq!(granted(), [], "{on}");
        }
        db.exec(&format!("DROP USER {who}"));
    });
}

/// Statements, each by itself: the code of a library holds semicolons.
fn made(db: &TestDb, statements: &[&str]) -> Manifest {
    let made = TestDb::create_with(db.server.clone(), "character set utf8mb4");
    made.exec("SET NAMES utf8mb4");
    statements.iter().for_each(|statement| made.exec(statement));
    capture(&made, Dimension::Schema)
}

fn unread(manifest: &Manifest) -> Vec<(&str, &str, &str, &str)> {
    assert!(manifest.gaps.iter().all(|gap| gap.reason == Reason::NotCaptured), "{:#?}", manifest.gaps);
    fn word(text: &Option<String>) -> &str {
        text.as_deref().unwrap_or_default()
    }
    manifest.gaps.iter().map(|gap| (word(&gap.kind), word(&gap.object), word(&gap.attribute), &*gap.detail)).collect()
}

#[test]
fn stored_libraries_are_no_silence() {
    each_flavor(|db| {
        if !db.flavor().has_libraries() {
            return;
        }
        let library = "CREATE LIBRARY l1 LANGUAGE JAVASCRIPT AS $$ export function f() {return 1} $$";
        let user = "CREATE FUNCTION f1() RETURNS INT DETERMINISTIC LANGUAGE JAVASCRIPT USING (l1 AS x) AS $$ return 1 $$";
        let other = "CREATE PROCEDURE p1() LANGUAGE JAVASCRIPT USING (l1) AS $$ 1 $$";
        let manifest = made(db, &[library, user, other]);
        assert_eq!(manifest.gaps, Vec::<Gap>::new());
        assert_eq!(manifest.find(Kind::Library, &["", "l1"]).unwrap().text("body"), Some(" export function f() {return 1} "));
        let libraries = |kind, name| manifest.find(kind, &["", name]).unwrap().get("libraries").cloned();
        assert_eq!(libraries(Kind::Function, "f1"), Some(Value::list(["l1 as x"])));
        assert_eq!(libraries(Kind::Procedure, "p1"), Some(Value::list(["l1"])));
        // Of another database too, which that capture does not list.
        let away = TestDb::create_with(db.server.clone(), "character set utf8mb4");
        away.exec(library);
        let manifest = made(db, &[&user.replace("l1", &format!("`{}`.l1", away.name))]);
        let expected = Value::list([format!("{}.l1 as x", away.name)]);
        assert_eq!(manifest.find(Kind::Function, &["", "f1"]).unwrap().get("libraries"), Some(&expected));
    });
}

#[test]
fn a_materialized_view_is_no_plain_one_in_silence() {
    each_flavor(|db| {
        if db.flavor().is_mariadb() || db.flavor().number < 907 {
            return;
        }
        let (table, view) = ("CREATE TABLE t (a INT)", "CREATE VIEW v AS SELECT a FROM t");
        assert_eq!(made(db, &[table, view]).gaps, Vec::<Gap>::new());
        let manifest = made(db, &[table, &view.replace("VIEW", "MATERIALIZED VIEW")]);
        assert_eq!(unread(&manifest), [("view", "v", "", "it is materialized, and how it keeps its rows is not read")]);
    });
}

/// What differs and what cannot be compared, each as `kind attribute`.
fn compared(reference: &Manifest, candidate: &Manifest) -> (Vec<String>, Vec<String>) {
    assert_eq!((&reference.gaps, &candidate.gaps), (&Vec::new(), &Vec::new()));
    let trees = (Tree::of(reference), Tree::of(candidate));
    let (left, right) =
        (Side { label: "a", manifest: reference, tree: &trees.0 }, Side { label: "b", manifest: candidate, tree: &trees.1 });
    let found = compare(left, right, &Scope { dimensions: vec![Dimension::Schema], ..Scope::default() }, &NoRemedies);
    let differences =
        found.differences.iter().map(|found| format!("{} {}", found.subject.kind.name(), found.subject.attribute.unwrap_or("itself")));
    let gaps = found
        .gaps
        .iter()
        .map(|found| format!("{} {}", found.gap.kind.as_deref().unwrap_or_default(), found.gap.attribute.as_deref().unwrap_or_default()));
    (differences.collect(), gaps.collect())
}

/// Code that is kept as it was typed: with what character set a literal names, and how it was written.
#[test]
fn code_is_compared_as_it_was_typed() {
    each_flavor(|db| {
        let table = "CREATE TABLE t (a VARCHAR(30))";
        let places = [
            ("procedure body", "CREATE PROCEDURE p() SELECT @ AS x, 'it''s', `a``b`, \"q\" FROM t"),
            ("function body", "CREATE FUNCTION f(s VARCHAR(9)) RETURNS VARCHAR(30) DETERMINISTIC COMMENT 'return' RETURN CHARSET(@)"),
            ("trigger body", "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = CHARSET(@)"),
            ("event body", "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2020-01-01' DO INSERT INTO t VALUES (CHARSET(@))"),
        ];
        for (what, ddl) in places {
            let of = |literal: &str| made(db, &[table, &ddl.replace('@', literal)]);
            let plain = of("'a'");
            assert_eq!(compared(&plain, &of("'a'")), (vec![], vec![]), "{what}");
            for other in ["_latin1'a'", "_ascii 'a'", "_utf8mb4'a'", "_ucs2 0x0041", "_latin1'é'", "_binary'é😀'", "'a\\n\\\\'"] {
                let manifest = of(other);
                assert_eq!(compared(&plain, &manifest), (vec![what.to_owned()], vec![]), "{what} {other}");
                assert_eq!(compared(&of(other), &manifest), (vec![], vec![]), "{what} {other}");
            }
        }
    });
}

/// Where servers print what they read, what they may forget by themselves cannot be compared, and the rest differs.
#[test]
fn the_character_set_of_a_literal_counts() {
    each_flavor(|db| {
        let places = [
            ("view definition", "CREATE VIEW v AS SELECT CHARSET(@) AS x"),
            ("column generated", "CREATE TABLE t (a VARCHAR(30) AS (CHARSET(@)))"),
            ("column default", "CREATE TABLE t (a VARCHAR(30) DEFAULT (CHARSET(@)))"),
            ("constraint expression", "CREATE TABLE t (a VARCHAR(30), CONSTRAINT c CHECK (a <> CHARSET(@)))"),
        ];
        for (what, ddl) in places {
            let of = |literal: &str| made(db, &[&ddl.replace('@', literal)]);
            let one = vec![what.to_owned()];
            let forgets = !db.flavor().is_mariadb() && what != "view definition";
            let told = if forgets { (vec![], one.clone()) } else { (one.clone(), vec![]) };
            assert_eq!(compared(&of("_latin1'a'"), &of("_latin1'a'")), (vec![], vec![]), "{what}");
            for other in ["'a'", "_utf8mb4'a'", "_ascii'a'"] {
                assert_eq!(compared(&of("_latin1'a'"), &of(other)), told, "{what} {other}");
            }
            assert_eq!(compared(&of("_ucs2'ab'"), &of("'ab'")), (one, vec![]), "{what}");
            assert_eq!(compared(&of("'a'"), &of("_utf8mb4'a'")), (vec![], vec![]), "{what}");
        }
    });
}

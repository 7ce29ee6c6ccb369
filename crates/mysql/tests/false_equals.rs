//! Pairs that differ in what servers tell in one odd place only: none may be equal in silence.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::kind::{Dimension, Kind, Value};
use evenkeel_core::manifest::{Gap, Manifest, Object, Reason};
use evenkeel_core::port::{Environment, Request, Silent};
use evenkeel_mysql::connect::{ProcessEnvironment, Target};
use evenkeel_mysql::environment::MysqlEnvironment;
use evenkeel_testkit::mysql::{TestDb, each_flavor};

fn capture(db: &TestDb, dimension: Dimension) -> Manifest {
    let request = Request { dimensions: vec![dimension], ..Request::new("test") };
    let target = Target::parse(&db.url(), &ProcessEnvironment).unwrap();
    MysqlEnvironment::new(target).capture(&request, &Silent).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
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
        let plain = "CREATE FUNCTION f0() RETURNS INT DETERMINISTIC LANGUAGE JAVASCRIPT AS $$ return 1 $$";
        let user = "CREATE FUNCTION f1() RETURNS INT DETERMINISTIC LANGUAGE JAVASCRIPT USING (l1 AS x) AS $$ return 1 $$";
        let other = "CREATE PROCEDURE p1() LANGUAGE JAVASCRIPT USING (l1) AS $$ 1 $$";
        assert_eq!(made(db, &[plain]).gaps, Vec::<Gap>::new());
        let whole = ("function", "", "", "stored libraries are not read: l1");
        assert_eq!(unread(&made(db, &[plain, library])), [whole]);
        let detail = "it uses code of stored libraries, which are not read: l1";
        let manifest = made(db, &[plain, library, user, other]);
        let told = unread(&manifest);
        assert_eq!(told.len(), 3, "{told:#?}");
        for wanted in [whole, ("function", "f1", "body", detail), ("procedure", "p1", "body", detail)] {
            assert!(told.contains(&wanted), "{wanted:?}: {told:#?}");
        }
        // By libraries of another database too, which that capture does not list.
        let away = TestDb::create_with(db.server.clone(), "character set utf8mb4");
        away.exec(library);
        let manifest = made(db, &[&user.replace("l1", &format!("`{}`.l1", away.name))]);
        assert_eq!(unread(&manifest), [("function", "f1", "body", &*detail.replace("l1", &format!("{}.l1", away.name)))]);
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

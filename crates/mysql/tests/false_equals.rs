//! Pairs that differ in what servers tell in one odd place only: none may be equal in silence.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::kind::{Dimension, Kind, Value};
use evenkeel_core::manifest::{Manifest, Object};
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

//! Normal forms: settings people can read, effective values, privileges as deviations, names mapped in one place.

use super::{capture, capture_as, capture_for, lines};
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::port::Request;
use evenkeel_postgres::ident;
use evenkeel_testkit::{database, each_major, newest};
use proptest::test_runner::TestRunner;

#[test]
fn settings_carry_unit_rank_and_the_value_the_migration_role_gets() {
    each_major(|db| {
        let role = format!("{}_mig", db.name);
        db.exec(&format!(
            "create role {role}; alter role {role} set lock_timeout = 5000; alter role {role} in database {0} set lock_timeout = '90 s';
             alter database {0} set statement_timeout = '60s'; alter role {role} set work_mem = '65536'; alter database {0} set jit = 'FALSE'",
            db.name
        ));
        let configuration = |request: &mut Request| request.dimensions = vec![Dimension::Configuration];
        let seen = capture_for(&db.conninfo(), "postgres", Some(&role), configuration);
        let setting = |name: &str, property: &str| seen.find(Kind::Setting, &[name]).unwrap().text(property).map(str::to_owned);
        assert_eq!(setting("lock_timeout", "effective").as_deref(), Some("90s"), "in this database wins");
        assert_eq!(setting("lock_timeout", "value").as_deref(), Some("0"));
        assert_eq!(setting("statement_timeout", "effective").as_deref(), Some("1min"));
        assert_eq!(setting("work_mem", "effective").as_deref(), Some("64MB"));
        assert_eq!(setting("work_mem", "value").as_deref(), Some("4MB"));
        assert_eq!(setting("jit", "effective").as_deref(), Some("off"));
        assert_eq!(setting("lock_timeout", "rank").as_deref(), Some("must match"));
        assert_eq!(setting("data_directory", "rank").as_deref(), Some("expected to differ"));
        assert!(seen.find(Kind::Setting, &["application_name"]).is_none(), "what the connection sets is not the server's");
        let mine: Vec<String> =
            lines(&seen, Kind::Override).into_iter().filter(|line| line.starts_with(&role) || line.contains("this database")).collect();
        assert!(mine.contains(&format!("{role} | this database | lock_timeout: value=90s; rank=must match")), "{mine:#?}");
        assert!(mine.contains(&"every role | this database | statement_timeout: value=1min; rank=must match".to_owned()), "{mine:#?}");
        let nobody = capture_for(&db.conninfo(), "postgres", Some("nobody at all"), |_| {});
        assert!(nobody.gaps.iter().any(|gap| gap.attribute.as_deref() == Some("effective")), "{:?}", nobody.gaps);
        let plain = capture(&db.conninfo());
        assert!(!plain.gaps.iter().any(|gap| gap.attribute.as_deref() == Some("effective")), "without a migration role there is no gap");
        db.exec(&format!("drop role {role}"));
    });
}

#[test]
fn privileges_are_what_deviates_from_a_new_object() {
    each_major(|db| {
        let app = format!("{}_app", db.name);
        db.exec(&format!(
            "create role {app}; create table quiet (a int); create table t (a int, b int); grant select, update on t to {app};
             grant select (b) on t to {app} with grant option; revoke delete on t from postgres;
             create function f() returns int language sql as 'select 1'; revoke execute on function f() from public;
             create function g() returns int language sql as 'select 1'; grant execute on function g() to {app}; revoke execute on function g() from {app};
             create schema \"Odd one\"; create table \"Odd one\".\"T\" (x int); alter table \"Odd one\".\"T\" owner to {app};
             create sequence s; grant usage on sequence s to public;
             alter default privileges for role {app} in schema public grant select on tables to public;
             alter default privileges for role {app} revoke execute on functions from public;
             grant create on database {} to {app}; grant execute on function pg_catalog.pg_read_file(text) to {app}",
            db.name
        ));
        let seen = capture_as(&db.conninfo(), "postgres", |request| {
            request.dimensions = vec![Dimension::Privileges];
            request.roles.insert("app".to_owned(), app.clone());
        });
        assert!(seen.objects().iter().all(|object| object.kind.spec().dimension == Dimension::Privileges));
        assert!(seen.gaps.is_empty(), "{:?}", seen.gaps);
        let mut grants = lines(&seen, Kind::Grant);
        grants.retain(|line| !line.starts_with("schema | public"));
        assert_eq!(
            grants,
            [
                "column | public.t.b | app: privileges=SELECT; grantable=SELECT".to_owned(),
                "database | (this database) | app: privileges=CREATE; initial=nothing".to_owned(),
                "function | pg_catalog.pg_read_file(pg_catalog.text) | app: privileges=EXECUTE; initial=nothing".to_owned(),
                "function | public.f() | PUBLIC: revoked=yes".to_owned(),
                "sequence | public.s | PUBLIC: privileges=USAGE".to_owned(),
                // An owner could always do what MAINTAIN names since 17.
                "table | public.t | (owner): privileges=INSERT, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE; maintain=yes; revoked=yes"
                    .to_owned(),
                "table | public.t | app: privileges=SELECT, UPDATE".to_owned(),
            ]
        );
        let owners = lines(&seen, Kind::Owner);
        assert!(owners.contains(&"table | \"Odd one\".\"T\": owner=app".to_owned()), "{owners:#?}");
        assert!(owners.contains(&"table | public.quiet: owner=(bootstrap superuser)".to_owned()), "{owners:#?}");
        let mine: Vec<String> = lines(&seen, Kind::DefaultPrivilege).into_iter().filter(|line| line.starts_with("app ")).collect();
        assert_eq!(mine, ["app |  | functions | PUBLIC: revoked=yes", "app | public | tables | PUBLIC: privileges=SELECT"]);
        assert!(lines(&seen, Kind::Role).contains(&"app: ".to_owned()));
        db.exec(&format!("drop owned by {app} cascade; drop role {app}"));
    });
}

#[test]
fn names_are_quoted_as_the_newest_server_does() {
    let db = database(newest());
    let strategy = "[a-zA-Z0-9_$\"' .é☃-]{0,12}";
    let names = std::cell::RefCell::new(Vec::new());
    TestRunner::deterministic()
        .run(&strategy, |name| {
            names.borrow_mut().push(name);
            Ok(())
        })
        .unwrap();
    let mut names: Vec<String> = names.into_inner();
    names.extend(db.query_text("select word from pg_get_keywords()").into_iter().flatten().flatten());
    assert!(names.len() > 600, "{}", names.len());
    for name in &names {
        let quoted = db.value(&format!("select quote_ident({})", ident::literal(name))).unwrap();
        assert_eq!(ident::quoted(name), quoted, "{name:?}");
    }
    for text in ["it's", "back\\slash", "both\\'", ""] {
        assert_eq!(db.value(&format!("select {}", ident::literal(text))).as_deref(), Some(text));
    }
}

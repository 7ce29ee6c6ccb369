//! Every kind of schema object on every server version: what is captured, that a dump and restore changes nothing, that a
//! role that may only connect sees the same, and that no secret gets out.
//!
//! The objects are in `tests/golden/postgres/kinds/all_kinds.sql`. What must be captured of them is beside it:
//! `common.jsonl` on every version, `13.jsonl` … only there. `UPDATE_GOLDEN=1` writes these files anew.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod needs;
mod queries;
mod tools;

use evenkeel_core::digest::Tree;
use evenkeel_core::file::{self, Part};
use evenkeel_core::kind::{ALL, Dimension, Engine, Kind, Value};
use evenkeel_core::manifest::{Manifest, Reason};
use evenkeel_core::port::{Environment, Request, Watch};
use evenkeel_postgres::connect::{Target, ThisMachine};
use evenkeel_postgres::environment::PostgresEnvironment;
use evenkeel_testkit::{TestDb, database, each_major, majors, newest};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

fn golden() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/postgres/kinds"))
}

fn capture_with(conninfo: &str, change: impl FnOnce(&mut Request)) -> Manifest {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let target = Target::parse(conninfo, &ThisMachine).unwrap();
    let mut request = Request::new("test");
    request.dimensions = vec![Dimension::Schema];
    change(&mut request);
    PostgresEnvironment::new(target).capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}

fn capture(db: &TestDb) -> Manifest {
    capture_with(&db.conninfo(), |_| {})
}

fn digest(manifest: &Manifest) -> String {
    Tree::of(manifest).branch(Dimension::Schema).unwrap().digest.hex()
}

/// The lines about objects, without the header.
fn lines(manifest: &Manifest) -> BTreeSet<String> {
    let text = String::from_utf8(file::write(manifest, Part::Stable).unwrap()).unwrap();
    text.lines().skip(1).map(str::to_owned).collect()
}

/// A database with all kinds in it. The subscription goes first: a database that has one cannot be dropped.
struct Loaded(TestDb);

impl Loaded {
    fn on(major: u32) -> Self {
        let db = database(major);
        tools::psql(&db.conninfo(), &golden().join("all_kinds.sql"));
        Self(db)
    }
}

impl Drop for Loaded {
    fn drop(&mut self) {
        let _ = self.0.session().exec("ALTER SUBSCRIPTION incoming DISABLE; ALTER SUBSCRIPTION incoming SET (slot_name = NONE)");
        let _ = self.0.session().exec("DROP SUBSCRIPTION incoming");
    }
}

#[test]
fn every_kind_is_captured_as_written_down() {
    let captured: Vec<(u32, BTreeSet<String>)> = majors()
        .into_iter()
        .map(|major| {
            let loaded = Loaded::on(major);
            let manifest = capture(&loaded.0);
            let gaps: Vec<_> = manifest.gaps.iter().map(|gap| (gap.kind.as_deref(), gap.attribute.as_deref())).collect();
            // 13 shows these to superusers only; nobody else could tell.
            let hidden = [(Some("subscription"), Some("comment")), (Some("subscription"), Some("synchronous_commit"))];
            assert_eq!(gaps, if major < 14 { &hidden[..] } else { &[] }, "on {major}");
            (major, lines(&manifest))
        })
        .collect();
    let common_file = golden().join("common.jsonl");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let common = captured.iter().map(|(_, lines)| lines.clone()).reduce(|a, b| &a & &b).unwrap();
        std::fs::write(&common_file, joined(&common)).unwrap();
        for (major, lines) in &captured {
            std::fs::write(golden().join(format!("{major}.jsonl")), joined(&(lines - &common))).unwrap();
        }
    }
    let read = |path: PathBuf| -> BTreeSet<String> { std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect() };
    let common = read(common_file);
    for (major, lines) in captured {
        let expected = &common | &read(golden().join(format!("{major}.jsonl")));
        let missing: Vec<_> = expected.difference(&lines).collect();
        let extra: Vec<_> = lines.difference(&expected).collect();
        assert!(
            missing.is_empty() && extra.is_empty(),
            "on {major}\nexpected, not captured: {missing:#?}\ncaptured, not expected: {extra:#?}"
        );
    }
}

fn joined(lines: &BTreeSet<String>) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Properties that are captured from no object of the fixture would be untested; so would kinds.
#[test]
fn the_fixture_has_every_kind() {
    let loaded = Loaded::on(newest());
    let manifest = capture(&loaded.0);
    let missing: Vec<&str> = ALL
        .iter()
        .filter(|kind| kind.spec().engines.since(Engine::PostgreSql).is_some())
        .filter(|kind| kind.spec().dimension == Dimension::Schema && manifest.of_kind(**kind).is_empty())
        .map(|kind| kind.name())
        .collect();
    assert!(missing.is_empty(), "not in all_kinds.sql: {missing:?}");
}

#[test]
fn a_dump_restored_has_the_same_digest() {
    for major in majors() {
        let (loaded, restored) = (Loaded::on(major), Loaded(database(major)));
        tools::dump_and_restore(&loaded.0.conninfo(), &restored.0.conninfo(), major);
        // What a dump does not carry.
        restored.0.exec("REFRESH MATERIALIZED VIEW app.sums");
        let (before, after) = (capture(&loaded.0), capture(&restored.0));
        // Numbers of columns are given out anew.
        let numbered = |line: &String| match line.split_once(",\"number\":") {
            Some((head, rest)) => format!("{head}{}", rest.trim_start_matches(|c: char| c.is_ascii_digit())),
            None => line.clone(),
        };
        let plain = |manifest: &Manifest| lines(manifest).iter().map(numbered).collect::<BTreeSet<String>>();
        let (old, new) = (plain(&before), plain(&after));
        assert_eq!(old.difference(&new).collect::<Vec<_>>(), new.difference(&old).collect::<Vec<_>>(), "on {major}");
        assert_eq!(digest(&before), digest(&after), "on {major}");
    }
}

#[test]
fn a_role_that_may_only_connect_sees_the_same() {
    for major in majors() {
        let loaded = Loaded::on(major);
        let role = format!("only_connect_{}", std::process::id());
        loaded.0.exec(&format!("CREATE ROLE {role} LOGIN"));
        let (superuser, other) = (capture(&loaded.0), capture_with(&format!("{} user={role}", loaded.0.conninfo()), |_| {}));
        loaded.0.exec(&format!("DROP ROLE {role}"));
        assert_eq!(other.gaps, superuser.gaps, "on {major}");
        assert_eq!(digest(&superuser), digest(&other), "on {major}");
        // The number of a subscription cannot be read on 13, and with it its comment.
        if major > 13 {
            assert_eq!(lines(&superuser), lines(&other), "on {major}");
        }
    }
}

#[test]
fn no_secret_gets_out() {
    for major in majors() {
        let loaded = Loaded::on(major);
        let text = joined(&lines(&capture(&loaded.0)));
        assert!(text.contains("secret_key (set)"), "the fixture has lost its secrets");
        assert!(!text.contains("hidden-value"), "on {major}: {text}");
    }
}

#[test]
fn roles_are_mapped_to_the_names_environments_share() {
    let loaded = Loaded::on(newest());
    let manifest = capture_with(&loaded.0.conninfo(), |request| {
        request.roles.insert("reader".to_owned(), "kinds_reader".to_owned());
    });
    let policy = manifest.find(Kind::Policy, &["app", "account", "own rows"]).unwrap();
    assert_eq!(policy.get("roles"), Some(&Value::list(["kinds_writer", "reader"])));
    assert!(manifest.find(Kind::UserMapping, &["remote", "reader"]).is_some());
}

#[test]
fn a_foreign_key_whose_triggers_are_off_is_seen() {
    each_major(|db| {
        db.exec(
            "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int CONSTRAINT b_a REFERENCES a); ALTER TABLE b DISABLE TRIGGER ALL",
        );
        let manifest = capture(db);
        let constraint = manifest.find(Kind::Constraint, &["public", "b", "b_a"]).unwrap();
        assert_eq!(constraint.get("triggers_enabled"), Some(&Value::Flag(false)));
        assert!(manifest.of_kind(Kind::Trigger).is_empty());
    });
}

/// The server names the foreign keys of partitions anew when a dump is restored; they are their parent's.
#[test]
fn a_foreign_key_of_a_partitioned_table_is_one_object() {
    each_major(|db| {
        db.exec("CREATE TABLE a (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE a1 PARTITION OF a DEFAULT");
        db.exec("CREATE TABLE b (a int CONSTRAINT b_a REFERENCES a) PARTITION BY RANGE (a)");
        db.exec("CREATE TABLE b1 (a int CONSTRAINT own_name REFERENCES a); ALTER TABLE b ATTACH PARTITION b1 DEFAULT");
        let keys = |manifest: &Manifest| -> Vec<String> {
            let constraints = manifest.of_kind(Kind::Constraint).iter();
            constraints.filter(|found| found.text("type") == Some("foreign key")).map(|found| found.display()).collect()
        };
        let manifest = capture(db);
        assert_eq!(keys(&manifest), ["public.b.b_a"]);
        assert_eq!(manifest.find(Kind::Constraint, &["public", "b", "b_a"]).unwrap().get("triggers_enabled"), None);
        db.exec("ALTER TABLE b1 DISABLE TRIGGER ALL");
        let manifest = capture(db);
        let constraint = manifest.find(Kind::Constraint, &["public", "b", "b_a"]).unwrap();
        assert_eq!(constraint.get("triggers_enabled"), Some(&Value::Flag(false)));
    });
}

#[test]
fn a_locked_table_costs_one_property_not_the_object() {
    for major in majors() {
        let loaded = Loaded::on(major);
        let holder = loaded.0.another_session();
        holder.exec("BEGIN").unwrap();
        holder.exec("LOCK TABLE app.account IN ACCESS EXCLUSIVE MODE").unwrap();
        let manifest = capture_with(&loaded.0.conninfo(), |request| request.lock_timeout = Duration::from_millis(200));
        holder.exec("ROLLBACK").unwrap();
        let gap = |kind: Kind, object: &str, attribute: &str| {
            manifest.gaps.iter().any(|gap| {
                gap.kind.as_deref() == Some(kind.name())
                    && gap.object.as_deref() == Some(object)
                    && gap.attribute.as_deref() == Some(attribute)
                    && gap.reason == Reason::Locked
            })
        };
        assert!(gap(Kind::Trigger, r#"app.account."Touch WHEN (it""#, "condition"), "on {major}: {:#?}", manifest.gaps);
        assert!(gap(Kind::Policy, "app.account.adding", "check"), "on {major}: {:#?}", manifest.gaps);
        assert!(gap(Kind::Rule, "app.account.keep", "action"), "on {major}: {:#?}", manifest.gaps);
        assert!(manifest.find(Kind::Trigger, &["app", "account", "Touch WHEN (it"]).is_some());
        if major >= 14 {
            assert!(gap(Kind::Statistics, "app.computed", "expressions"), "on {major}: {:#?}", manifest.gaps);
        }
        if major >= 15 {
            assert!(!gap(Kind::PublicationTable, "app.entry.partly", "filter"), "on {major}: {:#?}", manifest.gaps);
        }
    }
}

#[test]
fn parts_of_what_an_extension_owns_are_the_extensions() {
    each_major(|db| {
        db.exec("CREATE EXTENSION citext; CREATE TABLE owned (a int); CREATE DOMAIN owned_too AS int CONSTRAINT low CHECK (value < 9)");
        db.exec("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end'");
        db.exec("CREATE TRIGGER t BEFORE INSERT ON owned FOR EACH ROW EXECUTE FUNCTION f(); CREATE POLICY p ON owned");
        db.exec("CREATE RULE r AS ON DELETE TO owned DO INSTEAD NOTHING");
        let before = capture(db);
        let parts = [Kind::Trigger, Kind::Policy, Kind::Rule, Kind::DomainConstraint];
        assert!(parts.iter().all(|kind| before.of_kind(*kind).len() == 1));
        db.exec("ALTER EXTENSION citext ADD TABLE owned; ALTER EXTENSION citext ADD DOMAIN owned_too");
        let after = capture(db);
        assert!(parts.iter().all(|kind| after.of_kind(*kind).is_empty()), "{:#?}", lines(&after));
        let own = [Kind::Operator, Kind::Cast, Kind::OperatorClass, Kind::OperatorFamily, Kind::Aggregate, Kind::BaseType, Kind::Domain];
        assert!(own.iter().all(|kind| after.of_kind(*kind).is_empty()), "{:#?}", lines(&after));
    });
}

#[test]
fn a_range_type_is_one_object() {
    each_major(|db| {
        db.exec("CREATE TYPE r AS RANGE (subtype = int)");
        let kinds: Vec<&str> = capture(db).objects().iter().map(|object| object.kind.name()).collect();
        assert_eq!(kinds, ["schema", "extension", "range-type"]);
    });
}

#[test]
fn names_and_arguments_of_any_encoding_arrive() {
    for major in majors() {
        for encoding in ["LATIN1", "SQL_ASCII", "UTF8"] {
            let clauses = format!("TEMPLATE template0 ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'");
            let db = TestDb::create_with(evenkeel_testkit::server(major).unwrap(), &clauses);
            db.exec("CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end'");
            db.exec("CREATE TRIGGER \"x\ny\" BEFORE INSERT ON t FOR EACH ROW WHEN (new.a > 0) EXECUTE FUNCTION f('né', '', E'\\\\x')");
            db.exec("CREATE TYPE e AS ENUM ('é', '%', '<script>')");
            let manifest = capture(&db);
            assert_eq!(manifest.gaps, [], "{encoding} on {major}");
            let trigger = manifest.find(Kind::Trigger, &["public", "t", "x\ny"]).unwrap();
            assert_eq!(trigger.get("arguments"), Some(&Value::list(["né", "", "\\x"])), "{encoding} on {major}");
            assert_eq!(trigger.text("condition"), Some("(new.a > 0)"));
            let labels = manifest.find(Kind::Enum, &["public", "e"]).unwrap();
            assert_eq!(labels.get("labels"), Some(&Value::list(["é", "%", "<script>"])), "{encoding} on {major}");
        }
    }
}

#[test]
fn extensions_bring_nothing_but_themselves() {
    each_major(|db| {
        let mut created = 0;
        for row in db.query_text("SELECT name FROM pg_available_extensions WHERE name <> 'plpgsql' ORDER BY name") {
            let name = row.first().unwrap().clone().unwrap();
            // Some need a library that is not here.
            created += usize::from(db.session().exec(&format!("CREATE EXTENSION IF NOT EXISTS \"{name}\" CASCADE")).is_ok());
        }
        assert!(created > 5, "only {created} extensions");
        let manifest = capture(db);
        let foreign: Vec<String> = manifest
            .objects()
            .iter()
            .filter(|object| !matches!(object.kind, Kind::Schema | Kind::Extension))
            .map(|object| format!("{} {}", object.kind.name(), object.display()))
            .collect();
        assert!(foreign.is_empty(), "on {} with {created} extensions: {foreign:#?}", db.major());
    });
}

//! One object of each kind, with every property, on real servers: nothing that is declared stays unread, and a dump restored
//! under another name is the same schema. And what a server cannot show whole is a gap, never an error and never silence.
//!
//! The objects are in `tests/golden/mysql/kinds`: `both.sql`, and a file for each vendor.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::digest::Tree;
use evenkeel_core::kind::{ALL, Dimension, Engine, Kind};
use evenkeel_core::manifest::{Gap, Manifest, Reason};
use evenkeel_core::port::{Environment, Request, Watch};
use evenkeel_mysql::connect::{Target, ThisMachine};
use evenkeel_mysql::environment::MysqlEnvironment;
use evenkeel_testkit::mysql::{TestDb, dump_and_restore, each_flavor};
use std::path::PathBuf;
use std::time::{Duration, Instant};

fn golden(path: &str) -> String {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/mysql")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn make(db: &TestDb) {
    db.exec(&golden("kinds/both.sql"));
    db.exec(&golden(if db.flavor().engine == Engine::MariaDb { "kinds/mariadb.sql" } else { "kinds/mysql.sql" }));
}

fn capture_as(url: &str, dimensions: &[Dimension]) -> Manifest {
    let mut request = Request::new("test");
    request.dimensions = dimensions.to_vec();
    request.lock_timeout = Duration::from_secs(1);
    let target = Target::parse(url, &ThisMachine).unwrap();
    MysqlEnvironment::new(target).capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}

fn schema(db: &TestDb) -> Manifest {
    capture_as(&db.url(), &[Dimension::Schema])
}

/// Kind, property, and what it would take.
const UNREACHED: &[(&str, &str, &str)] = &[
    ("schema", "encrypted", "a keyring"),
    ("schema", "read_only", "a database nothing can be made in"),
    ("table", "encrypted", "a keyring"),
    ("table", "tablespace", "a tablespace of the server"),
    ("table", "connection", "an engine that is not built in"),
    ("column", "engine_attribute", "an engine that takes it; none of MySQL's own does"),
    ("index", "engine_attribute", "an engine that takes it; none of MySQL's own does"),
    ("index", "enabled", "is `disabled` on Aria and MyISAM only"),
    ("function", "libraries", "a library by its database, which a dump writes: restored under another name it would be another one"),
    ("procedure", "libraries", "the same"),
    ("function", "library", "a library in the server's plugin directory"),
    ("partition", "tablespace", "a tablespace of the server"),
    ("partition", "engine", "both vendors refuse a mixture of engines"),
    ("sequence", "type", "MariaDB 11.5; BIGINT is what is assumed"),
    ("column", "srid", "MariaDB, where evenkeel does not read it"),
    ("index", "parser", "a parser; MariaDB has none of its own"),
    ("index", "constraint", "constraints that are apart from their index, as PostgreSQL has them"),
    ("constraint", "temporal", "periods, which MySQL has not"),
    ("procedure", "library", "procedures of libraries, which only PostgreSQL has"),
    ("schema", "name_case", "the usual server tells capitals apart: patch/letters starts another one"),
];

#[test]
fn every_declared_property_of_the_schema_is_read() {
    each_flavor(|db| {
        make(db);
        let manifest = schema(db);
        assert_eq!(manifest.gaps, Vec::<Gap>::new());
        let mut unread = Vec::new();
        for kind in ALL.iter().filter(|kind| kind.spec().dimension == Dimension::Schema) {
            let spec = kind.spec();
            let has = |engines: &evenkeel_core::kind::Engines| engines.has(db.flavor().engine, db.flavor().number);
            for property in spec.properties.iter().filter(|property| has(&spec.engines) && has(&property.engines)) {
                let is_read = manifest.of_kind(*kind).iter().any(|object| object.get(property.name).is_some());
                if !is_read && !UNREACHED.iter().any(|(kind, name, _)| *kind == spec.name && *name == property.name) {
                    unread.push(format!("{}.{}", spec.name, property.name));
                }
            }
        }
        assert_eq!(unread, Vec::<String>::new());
        if db.flavor().engine == Engine::MariaDb {
            assert!(manifest.find(Kind::Constraint, &["", "stayed", "PRIMARY"]).unwrap().get("temporal").is_some());
        }
        // What stands for something else is not shown twice.
        assert!(manifest.find(Kind::Constraint, &["", "booked", "stay"]).is_none());
    });
}

#[test]
fn a_dump_restored_under_another_name_is_the_same_schema() {
    each_flavor(|db| {
        make(db);
        let copy = TestDb::create(db.server.clone());
        dump_and_restore(db, &copy);
        let (original, restored) = (schema(db), schema(&copy));
        for (a, b) in original.objects().iter().zip(restored.objects()) {
            assert_eq!((a.kind, a.display(), a.values()), (b.kind, b.display(), b.values()));
        }
        let root = |manifest: &Manifest| Tree::of(manifest).branch(Dimension::Schema).unwrap().digest;
        assert_eq!(root(&original), root(&restored));
    });
}

/// Object and attribute of each gap, with its reason.
fn told(manifest: &Manifest) -> Vec<(String, String, String, Reason)> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    manifest.gaps.iter().map(|gap| (text(&gap.kind), text(&gap.object), text(&gap.attribute), gap.reason)).collect()
}

#[test]
fn a_view_that_cannot_be_opened_costs_its_columns_only() {
    each_flavor(|db| {
        db.exec(
            "create table t (id int, v int); create table u (id int); create view good as select id from t; \
             create view no_base as select id from u; create view no_column as select v from t; \
             create definer = `ghost`@`%` view no_definer as select id from t; drop table u; alter table t drop column v",
        );
        let manifest = capture_as(&db.url(), &[Dimension::Schema, Dimension::Privileges]);
        for view in ["no_base", "no_column"] {
            assert!(told(&manifest).contains(&("column".into(), view.into(), String::new(), Reason::Failed)), "{:#?}", manifest.gaps);
        }
        assert!(manifest.gaps.iter().all(|gap| gap.cure.is_some()), "{:#?}", manifest.gaps);
        assert!(manifest.gaps.iter().all(|gap| gap.object.as_deref() != Some("good")), "{:#?}", manifest.gaps);
        for view in ["good", "no_base", "no_column", "no_definer"] {
            let view = manifest.find(Kind::View, &["", view]).unwrap();
            assert!(view.text("definition").unwrap().starts_with("select"), "{view:?}");
        }
        let gone = |view: &str| manifest.find(Kind::Definer, &["view", view]).unwrap().get("gone").is_some();
        assert!(gone("no_definer") && !gone("good"));
    });
}

#[test]
fn what_an_account_may_not_read_is_a_gap_with_its_cure() {
    each_flavor(|db| {
        make(db);
        let account = format!("low_{}", db.name);
        db.exec(&format!("create user {account}@localhost; grant select, execute on {}.* to {account}@localhost", db.name));
        let manifest = capture_as(&db.url().replacen("root", &account, 1), &[Dimension::Schema]);
        db.exec(&format!("drop user {account}@localhost"));
        let told = told(&manifest);
        for (kind, object, attribute) in [("view", "checked", "definition"), ("procedure", "fill", "body"), ("function", "half", "body")] {
            // Where the whole kind is in doubt (`access`), that one gap stands for those of its objects.
            let covers = |(of, named, _, reason): &(String, String, String, Reason)| {
                of == kind && (named.is_empty() || named == object) && *reason == Reason::Privilege
            };
            assert!(told.iter().any(covers), "{told:#?}");
            assert!(manifest.find(Kind::from_name(kind).unwrap(), &["", object]).unwrap().get(attribute).is_none());
        }
        assert!(manifest.gaps.iter().all(|gap| gap.cure.as_deref().is_some_and(|cure| cure.contains("GRANT"))), "{:#?}", manifest.gaps);
    });
}

#[test]
fn a_lock_of_another_session_ends_in_a_gap_and_not_in_a_wait() {
    each_flavor(|db| {
        db.exec("create table plain (id int); create table flyway_schema_history_x (id int)");
        let is_mariadb = db.flavor().engine == Engine::MariaDb;
        db.exec("create table alembic_version (version_num varchar(32) not null primary key)");
        if is_mariadb {
            db.exec("create sequence numbers");
        }
        let other = db.another_session();
        other
            .exec(if is_mariadb { "lock tables alembic_version write, numbers write" } else { "lock tables alembic_version write" })
            .unwrap();
        let begun = Instant::now();
        let manifest = capture_as(&db.url(), &[Dimension::Schema, Dimension::History]);
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
        let told = told(&manifest);
        for attribute in ["current", "dirty"] {
            assert!(told.contains(&("history-table".into(), "alembic_version".into(), attribute.into(), Reason::Locked)), "{told:#?}");
        }
        assert_eq!(told.contains(&("sequence".into(), "numbers".into(), String::new(), Reason::Locked)), is_mariadb, "{told:#?}");
        other.exec("unlock tables").unwrap();
        assert_eq!(capture_as(&db.url(), &[Dimension::Schema, Dimension::History]).gaps, Vec::<Gap>::new());
    });
}

#[test]
fn defaults_of_parameters_are_read_where_only_the_text_tells_them() {
    each_flavor(|db| {
        // MariaDB has them from 11.8 on.
        if db.flavor().engine != Engine::MariaDb || db.flavor().number < 1108 {
            return;
        }
        db.exec("create procedure p(a int default 5, in `b,(` varchar(9) default concat('a,', ')')) select 1; create procedure q(a int) select 1");
        let manifest = schema(db);
        assert_eq!(manifest.gaps, Vec::<Gap>::new());
        let arguments = |name: &str| manifest.find(Kind::Procedure, &["", name]).unwrap().text("arguments").unwrap().to_owned();
        assert!(arguments("p").starts_with("`a` int default 5, `b,(` varchar(9) collate "), "{}", arguments("p"));
        assert!(arguments("p").ends_with(" default concat('a,', ')')"), "{}", arguments("p"));
        assert_eq!(arguments("q"), "`a` int");
    });
}

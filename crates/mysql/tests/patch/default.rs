//! What a script does as it is written unless losing data is allowed, on tables with rows: it runs from its first to its last line, keeps
//! every value, and leaves nothing in between; with every statement it makes both the same.

use crate::place::Place;
use crate::tried::capture;
use evenkeel_core::kind::{Dimension, Engine as Vendor};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::patch::{Dialect, Form, Statement, World, plan};
use evenkeel_core::port::Watch;
use evenkeel_mysql::engine::Mysql;
use evenkeel_mysql::patch::MysqlDialect;
use evenkeel_mysql::scratch::{Session, series};
use evenkeel_pipeline::patch::{Asked, Builder, Left, NoProofs, Odd, Patch, left, prove};
use evenkeel_testkit::mysql::flavors;

/// What it is about, the reference, the candidate, and a statement that stands live in it, if one is meant.
const CASES: &[(&str, &str, &str, Option<&str>)] = &[
    (
        "a column that loses values beside one that does not",
        "create table t (id int primary key, a decimal(5,1), b bigint)",
        "create table t (id int primary key, a decimal(10,4), b int); insert into t values (1, 1.2345, 2)",
        Some("MODIFY COLUMN `b` bigint"),
    ),
    (
        "a key on a column that loses values",
        "create table t (id int primary key, a varchar(10), b int, key k (a))",
        "create table t (id int primary key, a text); insert into t values (1, 'a    ')",
        None,
    ),
    (
        "both ends of a key that loses values",
        "create table p (id varchar(10) primary key); create table c (id int primary key, p varchar(10), key (p), constraint f foreign key (p) references p (id)); create view v as select p from c",
        "create table p (id varchar(20) primary key); create table c (id int primary key, p varchar(20), key (p), constraint f foreign key (p) references p (id)); insert into p values ('a'); insert into c values (1, 'a')",
        None,
    ),
    (
        "both ends of a key, wider",
        "create table p (id bigint primary key); create table c (id int primary key, p bigint, key (p), constraint f foreign key (p) references p (id))",
        "create table p (id int primary key); create table c (id int primary key, p int, key (p), constraint f foreign key (p) references p (id)); insert into p values (1); insert into c values (1, 1)",
        Some("MODIFY COLUMN `p` bigint"),
    ),
    (
        "a column that begins to number rows",
        "create table t (id int not null auto_increment primary key, a int)",
        "create table t (id int not null primary key, a int); insert into t values (0, 1), (5, 2)",
        None,
    ),
    (
        "what is computed of a column that loses values",
        "create table t (id int primary key, a int, b int generated always as (a + 1) stored)",
        "create table t (id int primary key, a double, b int generated always as (a + 2) stored); insert into t (id, a) values (1, 1.5)",
        None,
    ),
    (
        "a partition goes, and another comes behind it",
        "create table t (id int not null) partition by range (id) (partition p0 values less than (10), partition p2 values less than (30))",
        "create table t (id int not null) partition by range (id) (partition p0 values less than (10), partition p1 values less than (maxvalue)); insert into t values (1), (50)",
        None,
    ),
    (
        "no partitions, and a key that was too narrow for them",
        "create table t (id int not null, a int, primary key (id))",
        "create table t (id int not null, a int not null, primary key (id, a)) partition by hash (a) partitions 3; insert into t values (1, 2)",
        Some("REMOVE PARTITIONING"),
    ),
    (
        "other partitions, and another key",
        "create table t (id int not null, a int not null, primary key (a)) partition by hash (a) partitions 2",
        "create table t (id int not null, a int not null, primary key (id)) partition by hash (id) partitions 2; insert into t values (1, 2)",
        Some("PARTITION BY hash (`a`)"),
    ),
    (
        "an engine that keeps nothing",
        "create table t (id int primary key, a int) engine = memory",
        "create table t (id int primary key) engine = innodb; insert into t values (1)",
        None,
    ),
];

fn proven(reference: &Manifest, candidate: &Manifest, dimensions: &[Dimension]) -> Patch {
    let workshop = evenkeel_core::port::Engine::workshop(&Mysql, &[]);
    let builder = Builder { engine: &Mysql, workshop: &*workshop, watch: Watch::none() };
    let asked =
        Asked { dimensions, excused: &[], differences: &[], form: Form::default(), spares_data: true, version: "test", proofs: &NoProofs };
    prove(reference, candidate, &asked, &builder).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}

fn run<'s>(session: &Session, dialect: &MysqlDialect, statements: impl Iterator<Item = &'s Statement>) -> Result<(), String> {
    for line in dialect.opening() {
        session.exec(line).unwrap();
    }
    for statement in statements {
        session.exec(&statement.sql).map_err(|fault| format!("{fault}: {}", statement.sql))?;
    }
    Ok(())
}

/// What is like neither.
fn between(seen: &Manifest, sides: [&Manifest; 2], dialect: &MysqlDialect) -> Vec<String> {
    let [ours, theirs] = sides.map(|side| left(seen, side, dialect));
    let is_both = |one: &&Left| {
        theirs.iter().filter(|other| other.kind == one.kind && other.object == one.object).any(|other| match (&one.what, &other.what) {
            (Odd::Differs(a), Odd::Differs(b)) => a.iter().any(|attribute| b.contains(attribute)),
            (a, b) => a == b,
        })
    };
    ours.iter().filter(is_both).map(Left::words).collect()
}

fn rows(session: &Session) -> Vec<Vec<Option<String>>> {
    session.query_text("select * from t").unwrap_or_default()
}

fn live(patch: &Patch) -> impl Iterator<Item = &Statement> {
    let steps = patch.plan.steps.iter().filter(|step| !step.held).flat_map(|step| &step.statements);
    steps.filter(|statement| !statement.is_destructive())
}

fn tried(place: &Place, at: usize) -> Result<(), String> {
    let (what, reference, candidate, meant) = CASES[at];
    let names = [format!("a{at}"), format!("b{at}"), format!("c{at}")];
    let session = place.scratch.session("").unwrap();
    for (name, sql) in names.iter().zip([reference, candidate, candidate]) {
        session
            .exec(&format!("create database {name}; use {name}; set sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO'; {sql}"))
            .unwrap();
    }
    let seen = |name: &str| capture(&place.scratch.url(name));
    let (wanted, before) = (seen(&names[0]), seen(&names[1]));
    let patch = proven(&wanted, &before, &[Dimension::Schema, Dimension::Privileges]);
    if !patch.is_proven() || !patch.plan.refused.is_empty() {
        return Err(format!("{what}: {:?} {:?} {:?} {:?}", patch.proof, patch.failed, patch.left, patch.plan.refused));
    }
    if let Some(meant) = meant
        && !live(&patch).any(|statement| statement.sql.contains(meant))
    {
        return Err(format!("{what}: {meant} is left out: {:#?}", patch.plan.steps));
    }
    let session = place.scratch.session(&names[1]).unwrap();
    let is = rows(&session);
    let dialect = MysqlDialect::of(&before.endpoint);
    run(&session, &dialect, live(&patch)).map_err(|why| format!("{what}, by default: {why}"))?;
    // A column may have come.
    let now = rows(&session);
    if !is.iter().zip(&now).all(|(was, is)| is.starts_with(was)) || is.len() != now.len() {
        return Err(format!("{what}, by default: {is:?} became {now:?}"));
    }
    let odd = between(&seen(&names[1]), [&wanted, &before], &dialect);
    if !odd.is_empty() {
        return Err(format!("{what}, by default: in between: {odd:?}"));
    }
    // Every statement, on another of that kind.
    let other = seen(&names[2]);
    let planned = evenkeel_core::patch::plan(
        &evenkeel_core::patch::World::of(&other),
        &evenkeel_core::patch::World::of(&wanted),
        &MysqlDialect::of(&other.endpoint),
        Form::default(),
    );
    run(&place.scratch.session(&names[2]).unwrap(), &dialect, planned.statements()).map_err(|why| format!("{what}, all of it: {why}"))?;
    let odd = left(&seen(&names[2]), &wanted, &dialect);
    if odd.is_empty() { Ok(()) } else { Err(format!("{what}, all of it: {odd:?}")) }
}

fn on(vendor: Vendor, number: u16) {
    if !flavors().contains(&(vendor, number)) {
        return;
    }
    let place = Place::start(vendor, number);
    let wrong: Vec<String> = (0..CASES.len()).filter_map(|at| tried(&place, at).err()).collect();
    assert!(wrong.is_empty(), "{} on {}:\n{}", wrong.len(), series(vendor, number), wrong.join("\n\n"));
}

#[test]
fn by_default_on_mariadb_10_11() {
    on(Vendor::MariaDb, 1011);
}

#[test]
fn by_default_on_mariadb_11_8() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    on(Vendor::MariaDb, 1108);
}

#[test]
fn by_default_on_mysql_9_7() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    on(Vendor::MySql, 907);
}

/// What fails where rows lie in no partition says so; where every row has one, nothing is said.
#[test]
fn partitions_without_a_place_for_all_are_said_to_fail() {
    const OPEN: &str = "create table t (id int not null) partition by range (id) (partition p0 values less than (10), partition p1 values less than maxvalue)";
    const CASES: &[(&str, bool)] = &[
        (
            "create table t (id int not null) partition by range (id) (partition p0 values less than (5), partition p2 values less than (20))",
            true,
        ),
        ("create table t (id int not null) partition by list (id) (partition p0 values in (1, 2))", true),
        (
            "create table t (id int not null) partition by range (id) (partition p0 values less than (5), partition p2 values less than maxvalue)",
            false,
        ),
        ("create table t (id int not null) partition by hash (id) partitions 2", false),
    ];
    for (vendor, number) in flavors() {
        let place = Place::start(vendor, number);
        for (at, (reference, fails)) in CASES.iter().enumerate() {
            let session = place.scratch.session("").unwrap();
            let made = format!(
                "create database a{at}; use a{at}; {reference}; create database b{at}; use b{at}; {OPEN}; insert into t values (50)"
            );
            session.exec(&made).unwrap();
            let (wanted, before) = (capture(&place.scratch.url(&format!("a{at}"))), capture(&place.scratch.url(&format!("b{at}"))));
            let planned = plan(&World::of(&before), &World::of(&wanted), &MysqlDialect::of(&before.endpoint), Form::default());
            let hazards: String =
                planned.statements().flat_map(|statement| &statement.hazards).map(|hazard| format!("{hazard:?}")).collect();
            let name = series(vendor, number);
            assert_eq!(hazards.contains("lies in none of its partitions"), *fails, "{name}, {reference}: {hazards}");
            let dialect = MysqlDialect::of(&before.endpoint);
            let ran = run(&place.scratch.session(&format!("b{at}")).unwrap(), &dialect, planned.statements());
            assert_eq!(ran.is_err(), *fails, "{name}, {reference}: {ran:?}");
        }
    }
}

/// Where rights were not asked for, none are taken or given: those on tables and views outlive these, and MariaDB puts a routine in the
/// place of the old one. What has to be dropped gets its rights back.
#[test]
fn rights_that_nobody_asked_about_stay() {
    for (vendor, number) in flavors() {
        let place = Place::start(vendor, number);
        let session = place.scratch.session("").unwrap();
        session.exec("create user u@localhost; create database a; use a; create function f() returns int deterministic return 1; create view w as select 1 as x, 2 as y").unwrap();
        session.exec("create database b; use b; create function f() returns int deterministic return 2; create table t (a int); create view v as select a from t; create view w as select 1 as x; \
            grant execute on function f to u@localhost; grant select on t to u@localhost; grant insert (a) on t to u@localhost; grant select on v to u@localhost; grant select on w to u@localhost").unwrap();
        let (wanted, before) = (capture(&place.scratch.url("a")), capture(&place.scratch.url("b")));
        let patch = proven(&wanted, &before, &[Dimension::Schema]);
        assert!(patch.is_proven(), "{}: {patch:#?}", series(vendor, number));
        let rights: Vec<&str> =
            patch.plan.statements().map(|one| &*one.sql).filter(|sql| sql.contains("GRANT ") || sql.contains("REVOKE ")).collect();
        let expected = if vendor == Vendor::MariaDb { 0 } else { 2 };
        assert_eq!(rights.len(), expected, "{}: {rights:#?}", series(vendor, number));
        let asked = proven(&wanted, &before, &[Dimension::Schema, Dimension::Privileges]);
        // What is taken from a table that stays, stays with it.
        let live: Vec<&str> = live(&asked).map(|one| &*one.sql).filter(|sql| sql.contains("REVOKE") && sql.contains("`t`")).collect();
        assert!(asked.is_proven() && live.is_empty(), "{}: {live:?}", series(vendor, number));
    }
}

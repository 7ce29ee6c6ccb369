//! Fixes that would fail, do nothing, or touch more than the difference they are about: each applied fix must run, take its difference
//! away and bring no other. What cannot be had so gets no statement.

use super::capture_as;
use super::fix::{said, sides, split};
use evenkeel_core::compare::Difference;
use evenkeel_core::finding::Remedy;
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::patch::{Dialect, Form, Refusal, World, plan};
use evenkeel_pipeline::patch::left;
use evenkeel_postgres::patch::PostgresDialect;
use evenkeel_testkit::{Share, TestDb, database, majors};
use std::collections::{BTreeMap, BTreeSet};

/// What the pair is about; the reference and the candidate as they are made, `ROLE` being a role that both share; how many of their
/// differences get a statement.
const PAIRS: &[(&str, &str, &str, usize)] = &[
    (
        "04: what an extension grants from the start",
        "create extension pg_stat_statements",
        "create extension pg_stat_statements; grant insert on pg_stat_statements to public; grant insert on pg_catalog.pg_am to public",
        1,
    ),
    (
        "05: rights on a table, and on columns of it",
        "create table t (a int, b int); grant select (a) on t to ROLE",
        "create table t (a int, b int); grant select (a) on t to ROLE; grant select on t to ROLE",
        0,
    ),
    (
        "06: granted by somebody else",
        "create table t (a int); grant select on t to ROLE with grant option",
        "create table t (a int); grant select on t to ROLE with grant option; set role ROLE; grant select on t to ROLE_2; reset role",
        0,
    ),
    (
        "06: somebody else's depends on it",
        "create table t (a int); grant select on t to ROLE",
        "create table t (a int); grant select on t to ROLE with grant option; set role ROLE; grant select on t to ROLE_2; reset role",
        0,
    ),
    (
        "07: a default of a partitioned table",
        "create table p (a text, k int) partition by list (k); create table c partition of p for values in (1); \
      alter table c alter a set default 'y'; alter table only p alter a set default 'x'",
        "create table p (a text, k int) partition by list (k); create table c partition of p for values in (1); alter table c alter a set default 'y'",
        1,
    ),
    (
        "07: no default of a parent",
        "create table p (a text); create table c () inherits (p); alter table c alter a set default 'y'",
        "create table p (a text); create table c () inherits (p); alter table c alter a set default 'y'; alter table only p alter a set default 'x'",
        1,
    ),
    (
        "07: statistics and storage of a parent",
        "create table p (a text); create table c () inherits (p); alter table only p alter a set statistics 7; \
      alter table only p alter a set storage external",
        "create table p (a text); create table c () inherits (p)",
        2,
    ),
    (
        "07: NOT NULL of a parent",
        "create table p (a text); create table c () inherits (p)",
        "create table p (a text not null); create table c () inherits (p)",
        0,
    ),
    (
        "07: a trigger of a partitioned table",
        "create table p (k int) partition by list (k); create table c partition of p for values in (1); create function f() returns trigger \
         language plpgsql as 'begin return new; end'; create trigger g after insert on p for each row execute function f(); \
         alter table only p disable trigger g",
        "create table p (k int) partition by list (k); create table c partition of p for values in (1); create function f() returns trigger \
         language plpgsql as 'begin return new; end'; create trigger g after insert on p for each row execute function f()",
        0,
    ),
    (
        "08: what the database sets is no setting of the server",
        "do $$ begin execute format('alter database %I set statement_timeout = 5000', current_database()); end $$",
        "select 1",
        1,
    ),
    ("10: bounds of a sequence", "create sequence s minvalue 100 start 100", "create sequence s", 2),
    ("10: a sequence that counts down", "create sequence s increment -1", "create sequence s", 4),
    ("10: wider bounds", "create sequence s minvalue -5 start -5 maxvalue 99", "create sequence s maxvalue 50", 3),
    ("16: NULL in a key", "create table t (a int)", "create table t (a int primary key)", 0),
    ("16: NULL in an identity", "create table t (a int)", "create table t (a int generated always as identity)", 0),
    ("16: a default by what is missing", "create table t (id serial)", "create table t (id int not null)", 1),
    (
        "16: a default by a function that is missing",
        "create function f() returns int language sql as 'select 1'; create table t (id int default f())",
        "create table t (id int)",
        1,
    ),
    (
        "16: a default by a type that is missing",
        "create type mood as enum ('ok'); create table t (id text default 'ok'::mood)",
        "create table t (id text)",
        1,
    ),
    (
        "16: replica identity by an index that is not unique",
        "create table t (a int not null); create unique index i on t (a); alter table t replica identity using index i",
        "create table t (a int not null); create index i on t (a)",
        1,
    ),
    (
        "16: a name with a parenthesis",
        "create function \"F(x\"(int) returns int language sql as 'select 1'; comment on function \"F(x\"(int) is 'a'",
        "create function \"F(x\"(int) returns int language sql as 'select 1'",
        1,
    ),
    (
        "16: views on views that hold nothing",
        "create materialized view b as select 1 as x; create materialized view a as select * from b",
        "create materialized view b as select 1 as x with no data; create materialized view a as select * from b with no data",
        1,
    ),
    (
        "an owner who held a right",
        "create table t (a int); alter table t owner to ROLE",
        "create table t (a int); grant select on t to ROLE",
        1,
    ),
    ("a default of another type", "create table t (a text default 'x')", "create table t (a int)", 2),
    (
        "replica identity by a partial index",
        "create table t (a int not null); create unique index i on t (a); alter table t replica identity using index i",
        "create table t (a int not null); create unique index i on t (a) where a > 0",
        1,
    ),
    (
        "clustered on what is missing",
        "create table t (a int); create index i on t (a); alter table t cluster on i",
        "create table t (a int)",
        1,
    ),
    ("bounds of a small type", "create sequence s as smallint maxvalue 30", "create sequence s as smallint maxvalue 20", 1),
    (
        "an empty list, and a text in quotes",
        "do $$ begin execute format('alter database %I set search_path = %L', current_database(), ''); \
         execute format('alter database %I set DateStyle = %L', current_database(), 'ISO, DMY'); end $$",
        "select 1",
        2,
    ),
];

#[test]
fn what_a_fix_touches_is_its_difference_alone() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    for major in majors() {
        for (what, left, right, wanted) in PAIRS {
            let (reference, candidate) = (database(major), database(major));
            let role = format!("{}_role", reference.name);
            reference.exec(&format!("create role {role}; create role {role}_2"));
            for (db, sql) in [(&reference, left), (&candidate, right)] {
                db.exec(&sql.replace("ROLE", &role));
            }
            let key = |one: &Difference| (one.id.clone(), one.subject.object.clone());
            let about = |one: &&Difference| {
                !matches!(one.subject.kind.name(), "role" | "membership" | "setting" | "table-statistics")
                    && !one.subject.object.contains("every database")
            };
            let before = sides(&reference, &candidate, &BTreeMap::new());
            let all: BTreeSet<_> = before.differences.iter().filter(about).map(key).collect();
            let mut gone = BTreeSet::new();
            for difference in before.differences.iter().filter(about) {
                let Some(fix) = difference.remedy.as_ref().and_then(Remedy::statements) else { continue };
                gone.insert(key(difference));
                for statement in split(fix) {
                    candidate.session().exec(&statement).unwrap_or_else(|fault| panic!("{major}, {what}: {statement}: {fault}"));
                }
            }
            assert!(!all.is_empty(), "{major}, {what}: nothing differs");
            assert_eq!(
                gone.len(),
                *wanted,
                "{major}, {what}: {:#?}",
                before.differences.iter().filter(about).map(|one| (said(one), &one.remedy)).collect::<Vec<_>>()
            );
            let after = sides(&reference, &candidate, &BTreeMap::new());
            let left: BTreeSet<_> = after.differences.iter().filter(about).map(key).collect();
            let expected: BTreeSet<_> = all.difference(&gone).cloned().collect();
            assert_eq!(left, expected, "{major}, {what}");
            for db in [&reference, &candidate] {
                db.exec(&format!("drop owned by {role}, {role}_2 cascade"));
            }
            reference.exec(&format!("drop role {role}; drop role {role}_2"));
        }
    }
}

/// Without what other tests make on the same server meanwhile.
fn own(db: &TestDb) -> Manifest {
    let dimensions = vec![Dimension::Schema, Dimension::Privileges, Dimension::Configuration];
    let seen = capture_as(&db.conninfo(), "postgres", |request| request.dimensions.clone_from(&dimensions));
    let is_shared = |kind: Kind, shown: &str| {
        matches!(kind, Kind::Role | Kind::Membership | Kind::Setting) || kind == Kind::Override && !shown.contains("this database")
    };
    let objects = seen.objects().iter().filter(|object| !is_shared(object.kind, &object.display())).cloned().collect();
    Manifest::new(seen.endpoint.clone(), seen.dimensions.clone(), objects, Vec::new())
}

/// Rounds in which the whole is made, as `--patch` tries it.
const ROUNDS: usize = 3;

/// The same pairs, each as one patch: equal after it, or refused by name. A share of them, another each day; `EVENKEEL_SHARE=all` tries all.
#[test]
fn every_pair_is_a_patch() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    let (mut equal, mut refused) = (0, BTreeSet::new());
    let share = Share::of(2);
    let mut tried = 0;
    for major in majors() {
        for (what, reference, candidate, _) in share.take(PAIRS.to_vec()) {
            tried += 1;
            let sides = (database(major), database(major));
            let role = format!("{}_role", sides.0.name);
            sides.0.exec(&format!("create role {role}; create role {role}_2"));
            for (db, sql) in [(&sides.0, reference), (&sides.1, candidate)] {
                db.exec(&sql.replace("ROLE", &role));
            }
            let goal = own(&sides.0);
            let mut seen = own(&sides.1);
            let dialect = PostgresDialect::of(&seen.endpoint);
            let mut said: Vec<Refusal> = Vec::new();
            for _ in 0..ROUNDS {
                let planned = plan(&World::of(&seen), &World::of(&goal), &dialect, Form::default());
                let session = sides.1.another_session();
                let opening = dialect.opening().iter().copied();
                for sql in opening.chain(planned.statements().map(|statement| statement.sql.as_str())) {
                    session.exec(sql).unwrap_or_else(|fault| panic!("{major}, {what}: {sql}: {fault}"));
                }
                said.extend(planned.refused);
                seen = own(&sides.1);
                if left(&seen, &goal, &dialect).is_empty() {
                    break;
                }
            }
            let mut odd = left(&seen, &goal, &dialect);
            equal += usize::from(odd.is_empty());
            let is_named = |kind, object: &str| said.iter().any(|refusal| refusal.kind == kind && refusal.object == object);
            refused.extend(odd.iter().filter(|one| is_named(one.kind, &one.object)).map(|one| (what, one.object.clone())));
            odd.retain(|one| !is_named(one.kind, &one.object));
            assert!(odd.is_empty(), "{major}, {what}: {odd:#?}, refused: {said:#?}");
            for db in [&sides.0, &sides.1] {
                db.exec(&format!("drop owned by {role}, {role}_2 cascade"));
            }
            sides.0.exec(&format!("drop role {role}; drop role {role}_2"));
        }
    }
    println!("{equal} of {tried} equal ({share}), refused: {refused:#?}");
}

/// Pairs that differ in many things at once: what each is about, the reference, the candidate; and an object whose fix only words can
/// say, for something else has to be there first.
const MANY: &[(&str, &str, &str, &str)] = &[
    (
        "what is made on columns which are not there",
        "create table t (id int primary key, a int, b text); create index i on t (a); create index j on t (lower(b)) where a > 0; \
         alter table t add constraint c check (a > 0), add constraint u unique (b); create statistics s on a, b from t; \
         create function f() returns trigger language plpgsql as 'begin return new; end'; \
         create trigger tr after update of a on t for each row execute function f(); create policy p on t using (a > 0)",
        "create table t (id int primary key, x int); create function f() returns trigger language plpgsql as 'begin return new; end'",
        "public.i",
    ),
    (
        "an index of a materialized view whose column is not there",
        "create table t (id int, plan text); create materialized view m as select id, plan from t; create index mi on m (plan)",
        "create table t (id int); create materialized view m as select id from t",
        "public.mi",
    ),
    (
        "another type of what is in a key",
        "create table t (seq integer, a int not null)",
        "create table t (seq bigint primary key, a bigint)",
        "public.t.seq",
    ),
    (
        "a typed table",
        "create type r as (id int, extra text); create table t of r (primary key (id), extra not null)",
        "create type r as (id int); create table t of r (primary key (id))",
        "public.t.extra",
    ),
];

/// Each fix, run by itself where all else still differs, runs and takes its difference away.
#[test]
fn each_fix_stands_by_itself() {
    for major in [majors().first(), majors().last()].into_iter().flatten().copied() {
        for (what, left, right, by_words) in MANY {
            let (reference, candidate) = (database(major), database(major));
            reference.exec(left);
            candidate.exec(right);
            let key = |one: &Difference| (one.id.clone(), one.subject.object.clone());
            let about = |one: &&Difference| {
                !matches!(one.subject.kind.name(), "role" | "membership" | "setting" | "table-statistics")
                    && !one.subject.object.contains("every database")
            };
            let (mut told, mut ran) = (false, 0);
            for difference in sides(&reference, &candidate, &BTreeMap::new()).differences.iter().filter(about) {
                match &difference.remedy {
                    Some(Remedy::Statements(fix)) => {
                        assert_ne!(difference.subject.object, *by_words, "{major}, {what}: {fix}");
                        let fresh = database(major);
                        fresh.exec(right);
                        for statement in split(fix) {
                            fresh.session().exec(&statement).unwrap_or_else(|fault| panic!("{major}, {what}: {fix}: {fault}"));
                        }
                        ran += 1;
                        let after = sides(&reference, &fresh, &BTreeMap::new());
                        assert!(!after.differences.iter().any(|one| key(one) == key(difference)), "{major}, {what}: {fix}");
                    }
                    Some(Remedy::Step(step)) => told |= difference.subject.object == *by_words && step.contains("--patch"),
                    None => {}
                }
            }
            assert!(told && ran > 0, "{major}, {what}: {ran}");
        }
    }
}

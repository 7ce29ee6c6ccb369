//! Types that columns hold values of become others: the values come over, and what uses the types comes back.

use crate::pairs::{Outcome, patched_plainly};
use evenkeel_core::patch::{Form, Hazard, World, plan};
use evenkeel_postgres::patch::PostgresDialect;
use evenkeel_testkit::{database, majors, newest};

/// What it is about; the reference and the candidate; a query that tells the values, and what it says after.
pub const PAIRS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "a label that goes, others that change places",
        "create type mood as enum ('c', 'a'); create table t (m mood default 'a', n mood[]); create view v as select m from t where m <> 'a'; \
         create index i on t (m) where m = 'a'; alter table t add constraint k check (m <> 'c'); create function f(mood) returns mood language sql \
         as 'select $1'; create materialized view mv as select m, f(m) as g from t; alter table t enable row level security; \
         create policy p on t using (m = 'a'); grant select on v to public; comment on type mood is 'how'",
        "create type mood as enum ('a', 'b', 'c'); create table t (m mood default 'b', n mood[]); create view v as select m from t where m <> 'a'; \
         create index i on t (m) where m = 'a'; alter table t add constraint k check (m <> 'c'); create function f(mood) returns mood language sql \
         as 'select $1'; create materialized view mv as select m, f(m) as g from t; alter table t enable row level security; \
         create policy p on t using (m = 'a'); grant select on v to public; insert into t values ('a', '{a,c}')",
        "select m || n::text from t",
        "a{a,c}",
    ),
    (
        "labels of columns that refer to each other",
        "create type mood as enum ('b', 'a'); create table t (m mood primary key, o mood references t); create table u (m mood references t (m))",
        "create type mood as enum ('a', 'b'); create table t (m mood primary key, o mood references t); create table u (m mood references t (m)); \
         insert into t values ('a', 'a'); insert into u values ('a')",
        "select m::text || o from t natural join u",
        "aa",
    ),
    (
        "labels within a family of tables",
        "create type mood as enum ('b', 'a'); create table t (k int, m mood default 'a') partition by list (k); \
         create table t1 partition of t for values in (1); alter table t1 alter m set default 'b'; \
         create table s (m mood default 'a'); create table s1 (x int) inherits (s); alter table s1 alter m set default 'b'",
        "create type mood as enum ('a', 'b', 'c'); create table t (k int, m mood default 'a') partition by list (k); \
         create table t1 partition of t for values in (1); alter table t1 alter m set default 'b'; \
         create table s (m mood default 'a'); create table s1 (x int) inherits (s); alter table s1 alter m set default 'b'; \
         insert into t values (1, 'b'); insert into s1 values ('a', 1)",
        "select string_agg(m::text, '') from (select m from t union all select m from s) x",
        "ba",
    ),
    (
        "labels of a type that others are made of",
        "create type mood as enum ('b', 'a'); create domain d as mood default 'b' constraint ok check (value <> 'b'); \
         create type pair as (x mood, y int); create type span as range (subtype = mood); create table t (d d, p pair, s span, g text)",
        "create type mood as enum ('a', 'b'); create domain d as mood default 'b' constraint ok check (value <> 'b'); \
         create type pair as (x mood, y int); create type span as range (subtype = mood); create table t (d d, p pair, s span, g text); \
         insert into t values ('a', '(b,1)', '[a,a]')",
        "select d || p::text || s from t",
        "a(b,1)[a,a]",
    ),
    (
        "labels that only a default names",
        "create type mood as enum ('b', 'a'); create table t (m mood, x text default 'a'::mood)",
        "create type mood as enum ('a', 'b'); create table t (m mood, x text default 'a'::mood); insert into t values ('a', 'kept')",
        "select m || x from t",
        "akept",
    ),
    (
        "attributes that go and come",
        "create type pair as (x int, z int); create table t (p pair); create view v as select (p).x from t; create index i on t (((p).x))",
        "create type pair as (x int, y int); create table t (p pair); create view v as select (p).x from t; create index i on t (((p).x)); \
         insert into t values ('(1,2)')",
        "select p::text from t",
        "(1,)",
    ),
    (
        "attributes that change their type and places",
        "create type pair as (y bigint, \"X \"\" x\" text); create table t (p pair, q pair default row(1, 'x')); create view v as select (p).y from t",
        "create type pair as (\"X \"\" x\" int, y int); create table t (p pair, q pair default row(1, 2)); create view v as select (p).y from t; \
         insert into t values ('(1,2)', null)",
        "select p::text || coalesce(q::text, ' none') from t",
        "(2,1) none",
    ),
    (
        "an attribute's type, in an array",
        "create type pair as (x text, y int); create table t (p pair[])",
        "create type pair as (x int, y int); create table t (p pair[]); insert into t values ('{\"(1,2)\"}')",
        "select p::text from t",
        "{\"(1,2)\"}",
    ),
    (
        "what a domain is made of",
        "create domain n as bigint constraint plus check (value > 0); create table t (a n default 5 not null, b n, s bigint generated always as (b * 2) stored)",
        "create domain n as int constraint plus check (value > 0); create table t (a n default 4 not null, b n, s bigint generated always as (b * 2) stored); \
         insert into t values (1, 2)",
        "select a::text || b || s from t",
        "124",
    ),
    (
        "what a range is a range of",
        "create type span as range (subtype = bigint); create type pricerange as range (subtype = numeric); create table t (s span, p pricerange)",
        "create type span as range (subtype = int); create type pricerange as range (subtype = int); create table t (s span, p pricerange); \
         insert into t values ('[1,2]', '[3,4]')",
        "select s::text || p from t",
        "[1,2][3,4]",
    ),
];

#[test]
fn types_in_use_become_others() {
    let mut problems = Vec::new();
    let versions: Vec<u32> = majors().into_iter().filter(|major| [13, newest()].contains(major)).collect();
    for (major, (what, reference, candidate, query, after)) in
        versions.iter().flat_map(|major| PAIRS.iter().map(move |pair| (*major, pair)))
    {
        let (a, b) = (database(major), database(major));
        a.exec(reference);
        b.exec(candidate);
        let (wanted, before) = (super::capture(&a.conninfo()), super::capture(&b.conninfo()));
        for (way, from, to) in [("there", &before, &wanted), ("back", &wanted, &before)] {
            let form = Form { offline: way == "back", ..Form::default() };
            match patched_plainly(&b, from, to, form) {
                Ok(Outcome::Equal) if way == "there" => {
                    let found = b.value(query);
                    if found.as_deref() != Some(after) {
                        problems.push(format!("{major}: {what}: {found:?} in place of {after}"));
                    }
                }
                Ok(Outcome::Equal) => {}
                Ok(Outcome::Alike) => problems.push(format!("{major}: {what}, {way}: alike")),
                Ok(Outcome::Refused(reasons)) => problems.push(format!("{major}: {what}, {way}: refused {reasons:?}")),
                Err(problem) => {
                    problems.push(format!("{major}: {what}, {way}: {problem}"));
                    break;
                }
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

/// What has no way is refused by name, and nothing is begun.
#[test]
fn types_that_cannot_become_others() {
    for (reference, candidate) in [
        (
            "create type mood as enum ('b', 'a'); create table t (m mood) partition by list (m)",
            "create type mood as enum ('a', 'b'); create table t (m mood) partition by list (m)",
        ),
        (
            "create type pair as (y bigint, x int); create table t (p pair[])",
            "create type pair as (x int, y int); create table t (p pair[])",
        ),
        ("create type row as (x bigint); create table t of row", "create type row as (x int); create table t of row"),
    ] {
        let (a, b) = (database(newest()), database(newest()));
        a.exec(reference);
        b.exec(candidate);
        let (wanted, before) = (super::capture(&a.conninfo()), super::capture(&b.conninfo()));
        let planned = plan(&World::of(&before), &World::of(&wanted), &PostgresDialect::of(&before.endpoint), Form::default());
        assert!(planned.refused.iter().any(|refusal| refusal.reason.contains("holds data: ")), "{:?}", planned.refused);
        assert!(!planned.statements().any(|statement| statement.sql.contains("evenkeel")), "{:?}", planned.steps);
    }
}

/// What a label's removal fails by, and what is lost with an attribute.
#[test]
fn what_becomes_of_values_is_said() {
    let (a, b) = (database(newest()), database(newest()));
    a.exec("create type mood as enum ('a'); create type pair as (x int); create domain d bigint check (value > 0); create table t (m mood, p pair, v d)");
    b.exec("create type mood as enum ('a', 'it''s'); create type pair as (x int, y int); create domain d int; create table t (m mood, p pair, v d)");
    let (wanted, before) = (super::capture(&a.conninfo()), super::capture(&b.conninfo()));
    let planned = plan(&World::of(&before), &World::of(&wanted), &PostgresDialect::of(&before.endpoint), Form::default());
    let hazards: Vec<&Hazard> = planned.statements().flat_map(|statement| &statement.hazards).collect();
    assert!(hazards.contains(&&Hazard::FailsIf("public.t.m holds 'it''s'".to_owned())), "{hazards:?}");
    assert!(hazards.iter().any(|hazard| matches!(hazard, Hazard::Loses(what) if what.starts_with("y of every value"))), "{hazards:?}");
    let asks = Hazard::FailsIf("a value of public.t.v does not meet what public.d asks of it".to_owned());
    let retyped = planned.statements().find(|statement| statement.sql.contains("ALTER COLUMN v TYPE public.d"));
    assert!(retyped.is_some_and(|statement| statement.hazards.contains(&asks)), "{:#?}", planned.steps);
    assert!(!planned.statements().any(|statement| statement.sql.contains("ALTER COLUMN p")), "an attribute goes without a rewrite");
}

/// Without what loses data, nothing is taken apart: the view and the default stay, and the type keeps its name.
#[test]
fn nothing_is_taken_apart_for_what_is_left_out() {
    let (a, b) = (database(newest()), database(newest()));
    a.exec("create type pair as (y int); create table t (p pair default row(1), d date, k int); create view v as select (p).y, d from t; create view w as select k from t");
    b.exec("create type pair as (x int, y bigint); create table t (p pair default row(1, 2), d timestamp, k bigint); create view v as select (p).y, d from t; create view w as select k from t");
    let (wanted, before) = (super::capture(&a.conninfo()), super::capture(&b.conninfo()));
    let planned = plan(&World::of(&before), &World::of(&wanted), &PostgresDialect::of(&before.endpoint), Form::default());
    let runs =
        planned.steps.iter().filter(|step| !step.held).flat_map(|step| &step.statements).filter(|statement| !statement.is_destructive());
    let runs: Vec<&str> = runs.map(|statement| statement.sql.as_str()).collect();
    for sql in &runs {
        b.exec(sql);
    }
    assert_eq!(b.value("select count(*)::text from pg_views where schemaname = 'public'").as_deref(), Some("2"), "{runs:#?}");
    assert!(b.value("select column_default from information_schema.columns where column_name = 'p'").is_some(), "{runs:#?}");
    assert!(runs.iter().any(|sql| sql.contains("ALTER COLUMN k TYPE")), "{runs:#?}");
    assert!(!runs.iter().any(|sql| sql.contains("RENAME") || sql.contains("DROP VIEW public.v")), "{runs:#?}");
}

/// One label in another's place may be a rename, which is proposed.
#[test]
fn a_renamed_label_is_proposed() {
    let (a, b) = (database(newest()), database(newest()));
    a.exec("create type mood as enum ('a', 'new'); create type pair as (x int, z int); create table t (m mood, p pair)");
    b.exec("create type mood as enum ('a', 'old'); create type pair as (x int, y int); create table t (m mood, p pair)");
    let patch = super::proven(&super::capture(&a.conninfo()), &super::capture(&b.conninfo()));
    assert!(patch.is_proven(), "{patch:?}");
    for statement in ["ALTER TYPE public.mood RENAME VALUE 'old' TO 'new';", "ALTER TYPE public.pair RENAME ATTRIBUTE y TO z;"] {
        assert!(patch.plan.notes.iter().any(|note| note.ends_with(statement)), "{:?}", patch.plan.notes);
    }
}

/// Several columns of a table that become others are one statement, which writes the table once.
#[test]
fn a_table_is_written_anew_once() {
    let (a, b) = (database(newest()), database(newest()));
    a.exec(
        "create type mood as enum ('b', 'a'); create table t (m mood default 'a', i bigint default 7, j bigint, k int not null, o mood)",
    );
    b.exec("create type mood as enum ('a', 'b'); create table t (m mood default 'a', i int default 8, j int, k int, o mood); insert into t values ('a', 1, 2, 3, 'b')");
    let (wanted, before) = (super::capture(&a.conninfo()), super::capture(&b.conninfo()));
    let planned = plan(&World::of(&before), &World::of(&wanted), &PostgresDialect::of(&before.endpoint), Form::default());
    let rewriting = planned.statements().filter(|statement| statement.hazards.contains(&Hazard::Rewrites("public.t".to_owned())));
    assert_eq!(rewriting.count(), 1, "{:#?}", planned.steps);
    patched_plainly(&b, &before, &wanted, Form::default()).map(drop).unwrap_or_else(|problem| panic!("{problem}"));
    b.exec("insert into t (k) values (4)");
    assert_eq!(b.value("select string_agg(format('%s%s%s%s%s', m, i, j, k, o), ' ') from t").as_deref(), Some("a123b a74"));
}

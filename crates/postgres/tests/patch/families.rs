//! Tables that hang together: partitions, children, foreign tables, foreign keys. Each pair is patched there and back.

use crate::pairs::{Outcome, patched_plainly};
use evenkeel_core::patch::Form;
use evenkeel_testkit::{database, majors, newest};

/// What it is about; the reference and the candidate.
pub const PAIRS: &[(&str, &str, &str)] = &[
    (
        "a sequence goes over to another table",
        "create table packages (id serial primary key, a int); alter table packages rename to crates",
        "create table packages (id serial primary key, a int)",
    ),
    (
        "a sequence goes over to another column",
        "create table t (a int, b int default 1); create sequence s owned by t.b",
        "create table t (a int, c int); create sequence s owned by t.c",
    ),
    (
        "a partition has an index of its own like the one that is a part",
        "create table p (k int, a int) partition by range (k); create index whole on p (a); create table p1 partition of p for values from (0) to (10); \
         create table p2 partition of p for values from (10) to (20); create index another on p1 (a); create index one on p2 (a)",
        "create table p (k int, a int) partition by range (k); create table p1 partition of p for values from (0) to (10); create index another on p1 (a)",
    ),
    (
        "a computed column calls code that looks its names up",
        "create type triple as (a int, b int); create function f(text) returns triple language sql immutable as 'select row(1, 2)::triple'; \
         create table t (a text, b triple generated always as (f(a)) stored); create table u (a text, b triple default f('x'))",
        "create type triple as (a int, b int); create table t (a text)",
    ),
    (
        "bounds of several partitions",
        "create table p (k int) partition by range (k); create table p1 partition of p for values from (0) to (20); \
         create table p2 partition of p for values from (20) to (30); create table p3 partition of p for values from (30) to (40); insert into p values (5), (25)",
        "create table p (k int) partition by range (k); create table p1 partition of p for values from (0) to (10); \
         create table p2 partition of p for values from (10) to (30); create table p3 partition of p for values from (30) to (50); insert into p values (5), (25)",
    ),
    (
        "partitions that change places",
        "create table p (k int primary key) partition by list (k); create table p1 partition of p for values in (2); create table p2 partition of p for values in (1); \
         create table p3 partition of p default",
        "create table p (k int primary key) partition by list (k); create table p1 partition of p for values in (1); create table p2 partition of p for values in (2); \
         create table p4 partition of p default",
    ),
    (
        "a partition that is attached anew beside a check that comes and an index that goes",
        "create table p (k int, a int, b text) partition by list (k); create table p0 partition of p for values in (1, 2, null); create unique index on p0 (a); \
         alter table p add check (k <> 5)",
        "create table p (k int, b text, a int, primary key (k)) partition by list (k); create table p1 partition of p for values in (3); create table p0 partition of p default; \
         create index whole on p (a, b); create index own on p0 (a); insert into p values (1, 'x', 1)",
    ),
    (
        "a policy that calls code on its table's rows, beside another type",
        "create table t (id int primary key, who name default current_user); alter table t enable row level security; create policy p on t using (who = current_user)",
        "create table t (id bigint primary key, who name default current_user); create function ok(t) returns bool language sql as 'select true'; \
         alter table t enable row level security, force row level security; create policy p on t using (ok(t)); insert into t values (1)",
    ),
    (
        "rights on languages and types of the server",
        "revoke usage on language plpgsql from public; revoke usage on type pg_catalog.inet from public; revoke execute on function pg_catalog.sum(integer) from public",
        "select 1",
    ),
    (
        "defaults of parents and children",
        "create table s (a int default 1, b int); create table s1 (x int) inherits (s); alter table only s alter a set default 2; create table s2 () inherits (s)",
        "create table s (a int, b int default 3); create table s1 (x int) inherits (s); alter table s1 alter b drop default; create table s2 () inherits (s)",
    ),
    (
        "defaults of a partitioned table",
        "create table p (k int, a int default 1) partition by list (k); create table p1 partition of p for values in (1)",
        "create table p (k int, a int) partition by list (k); create table p1 partition of p for values in (1); alter table p1 alter a set default 7",
    ),
    (
        "a generated column of a family becomes plain",
        "create table s (a int, b int); create table s1 () inherits (s)",
        "create table s (a int, b int generated always as (a * 2) stored); create table s1 () inherits (s); insert into s1 values (1)",
    ),
    (
        "a column's type in a family",
        "create table s (a bigint default 1, b text); create table s1 (x int) inherits (s); create table s2 (a bigint) inherits (s)",
        "create table s (a int default 1, b int); create table s1 (x int) inherits (s); create table s2 (a int) inherits (s); insert into s2 values (1, 2)",
    ),
    (
        "a foreign table's columns",
        "create foreign data wrapper w; create server s foreign data wrapper w; create foreign table f (a bigint default 2, b text, c uuid not null, d int check (d > 0)) server s",
        "create foreign data wrapper w; create server s foreign data wrapper w; create foreign table f (a int default 1, b int, c int, d int) server s",
    ),
    (
        "logged and unlogged tables that refer to each other",
        "create table a (id int primary key); create table b (id int primary key references a); create table c (id int references b); create table d (id int primary key, e int references d)",
        "create unlogged table a (id int primary key); create unlogged table b (id int primary key references a); create unlogged table c (id int references b); \
         create unlogged table d (id int primary key, e int references d)",
    ),
    (
        "logged and unlogged tables in the other order",
        "create table c (id int primary key); create table b (id int primary key references c); create table a (id int references b)",
        "create unlogged table c (id int primary key); create unlogged table b (id int primary key references c); create unlogged table a (id int references b)",
    ),
    (
        "checks that children do not have",
        "create table s (a int, b int, constraint k check (a > 0) no inherit); create table s1 () inherits (s)",
        "create table s (a int, b int, constraint k check (a > 0)); create table s1 () inherits (s); insert into s1 values (1, 1)",
    ),
    (
        "checks that children do not have, anew",
        "create table s (a int, b int, constraint k check (a > 0) no inherit); create table s1 () inherits (s)",
        "create table s (a int, b int); create table s1 () inherits (s); insert into s1 values (-1, 1)",
    ),
    (
        "an identity and a sequence of another schema",
        "create schema q; create table t (id int generated by default as identity, a int); insert into t (a) values (1)",
        "create schema q; create sequence q.n as int; create table t (id int not null default nextval('q.n'), a int); insert into t (a) values (1)",
    ),
    (
        "an identity and a sequence of another name",
        "create table t (id int generated by default as identity (sequence name other), a int); insert into t (a) values (1)",
        "create table t (id serial, a int); insert into t (a) values (1)",
    ),
    (
        "an identity and a serial whose sequence stands in another schema",
        "create schema q; create table q.t (id int generated by default as identity (sequence name q.n), a int); insert into q.t (a) values (1)",
        "create schema q; create sequence q.n as int; create table q.t (id int not null default nextval('q.n'), a int); alter sequence q.n owned by q.t.id; insert into q.t (a) values (1)",
    ),
];

/// Only 18 names what is not null.
pub const SINCE_18: &[(&str, &str, &str)] = &[
    (
        "what is not null in the parent alone",
        "create table s (a int, b int, constraint k not null a no inherit); create table s1 () inherits (s)",
        "create table s (a int, b int not null); create table s1 () inherits (s); insert into s1 values (null, 1)",
    ),
    (
        "what is not null in the parent alone, and in all",
        "create table s (a int, constraint k not null a no inherit); create table s1 () inherits (s)",
        "create table s (a int, constraint k not null a); create table s1 () inherits (s); insert into s1 values (1)",
    ),
    (
        "identity of a partitioned table",
        "create table p (k int, a int generated always as identity) partition by list (k); create table p1 partition of p for values in (1)",
        "create table p (k int, a int generated by default as identity (increment by 2)) partition by list (k); create table p1 partition of p for values in (1); insert into p (k) values (1)",
    ),
    (
        "identity of a partitioned table, and none",
        "create table p (k int, a int generated always as identity) partition by list (k); create table p1 partition of p for values in (1)",
        "create table p (k int, a int not null) partition by list (k); create table p1 partition of p for values in (1); insert into p values (1, 1)",
    ),
];

fn tried(major: u32, pairs: &[(&str, &str, &str)], problems: &mut Vec<String>) {
    for (what, reference, candidate) in pairs {
        let (a, b) = (database(major), database(major));
        a.exec(reference);
        b.exec(candidate);
        let (wanted, before) = (super::capture(&a.conninfo()), super::capture(&b.conninfo()));
        for (way, from, to) in [("there", &before, &wanted), ("back", &wanted, &before)] {
            let form = Form { offline: way == "back", ..Form::default() };
            match patched_plainly(&b, from, to, form) {
                Ok(Outcome::Equal | Outcome::Alike) => {}
                // Roles of tests that run beside this one, on the same server.
                Ok(Outcome::Refused(reasons)) if reasons.iter().all(|reason| reason.starts_with("role test_")) => {}
                Ok(Outcome::Refused(reasons)) => problems.push(format!("{major}: {what}, {way}: refused {reasons:?}")),
                Err(problem) => {
                    problems.push(format!("{major}: {what}, {way}: {problem}"));
                    break;
                }
            }
        }
    }
}

#[test]
fn families_of_tables() {
    let mut problems = Vec::new();
    for major in majors().into_iter().filter(|major| [13, newest()].contains(major)) {
        tried(major, PAIRS, &mut problems);
    }
    tried(newest(), SINCE_18, &mut problems);
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

//! A statement knows all that it touches: pairs in which the plain statement would take something else along, reach too far, or leave
//! something behind. Each is patched there and back on every server, and what is not equal after is refused by name.

use crate::pairs::{Outcome, patched_by};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::patch::Form;
use evenkeel_testkit::{database, majors};
use std::collections::BTreeMap;

/// Without what other tests make on the same server meanwhile.
fn own(conninfo: &str) -> Manifest {
    let seen = crate::capture(conninfo);
    let is_shared = |kind: Kind, shown: &str| {
        matches!(kind, Kind::Role | Kind::Membership | Kind::Setting) || kind == Kind::Override && !shown.contains("this database")
    };
    let objects = seen.objects().iter().filter(|object| !is_shared(object.kind, &object.display())).cloned().collect();
    Manifest::new(seen.endpoint.clone(), seen.dimensions.clone(), objects, Vec::new())
}

/// What it is about; both sides; what is refused there, and back: a part of the reason.
pub type Pair = (&'static str, &'static str, &'static str, &'static [&'static str], &'static [&'static str]);

pub fn tried(pairs: &[Pair], from: u32) {
    let mut problems = Vec::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let all = majors();
    let some = [0, all.len() / 2, all.len().saturating_sub(1)].map(|at| all.get(at).copied().unwrap_or_default());
    for major in some.into_iter().filter(|major| *major >= from) {
        for (what, one, other, there, back) in pairs {
            let (a, b) = (database(major), database(major));
            // Roles that every server has: what others look at is not in their way.
            let roles = |text: &str| text.replace("ROLE_2", "pg_read_all_stats").replace("ROLE", "pg_monitor");
            a.exec(&roles(one));
            b.exec(&roles(other));
            let (wanted, before) = (own(&a.conninfo()), own(&b.conninfo()));
            for (way, from, to, refused) in [("there", &before, &wanted, there), ("back", &wanted, &before, back)] {
                let from = if way == "back" { own(&b.conninfo()) } else { from.clone() };
                match patched_by(&b, &from, to, Form::default(), &own) {
                    Ok(Outcome::Equal | Outcome::Alike) if refused.is_empty() => *counts.entry("equal").or_default() += 1,
                    Ok(Outcome::Refused(reasons))
                        if !refused.is_empty() && reasons.iter().all(|reason| refused.iter().any(|one| reason.contains(one))) =>
                    {
                        *counts.entry("refused").or_default() += 1
                    }
                    Ok(Outcome::Refused(reasons)) => problems.push(format!("{major}, {what}, {way}: refused {reasons:#?}")),
                    Ok(_) => problems.push(format!("{major}, {what}, {way}: not refused")),
                    Err(problem) => problems.push(format!("{major}, {what}, {way}: {problem}")),
                }
            }
        }
    }
    println!("{counts:?}");
    assert!(problems.is_empty(), "{}:\n{}", problems.len(), problems.join("\n\n"));
}

const PLACES: &str = "create table z (id serial primary key, b text); create index on z (b); create view v as select 1 as a; create sequence s; \
    create type mood as enum ('a'); create type pair as (a int); create domain d as int check (value > 0); \
    create function f() returns int language sql as 'select 1'; create procedure p() language sql as 'select 1'; \
    create aggregate total (int) (sfunc = int4pl, stype = int); create materialized view m as select 1 as a; create schema apart; ";
const TAKEN: &str = "alter extension pg_trgm add table z; alter extension pg_trgm add view v; alter extension pg_trgm add sequence s; \
    alter extension pg_trgm add type mood; alter extension pg_trgm add type pair; alter extension pg_trgm add domain d; \
    alter extension pg_trgm add function f(); alter extension pg_trgm add procedure p(); alter extension pg_trgm add aggregate total(int); \
    alter extension pg_trgm add materialized view m; alter extension pg_trgm add schema apart; alter extension pg_trgm add sequence z_id_seq; ";

/// `PLACES` and `TAKEN` stand for objects of many kinds, and for what makes them members.
const MEMBERS: &[Pair] = &[
    (
        "rights on a member",
        "create extension pg_trgm; grant execute on function similarity(text, text) to ROLE with grant option",
        "create extension pg_trgm",
        &[],
        &[],
    ),
    (
        "rights on a member taken away",
        "create extension pg_trgm; revoke execute on function similarity(text, text) from public",
        "create extension pg_trgm",
        &[],
        &[],
    ),
    (
        "rights on a member's column",
        "create extension pg_trgm; PLACES TAKEN grant select (b) on z to ROLE; grant insert on z to ROLE",
        "create extension pg_trgm; PLACES TAKEN",
        &[],
        &[],
    ),
    (
        "other rights on a member",
        "create extension pg_trgm; PLACES TAKEN grant select on v to ROLE with grant option",
        "create extension pg_trgm; PLACES TAKEN grant insert on v to ROLE",
        &[],
        &[],
    ),
    ("rights on what the server has", "grant execute on function pg_catalog.pg_read_file(text) to ROLE", "select 1", &[], &[]),
    ("members that are free", "create extension pg_trgm; PLACES TAKEN", "create extension pg_trgm; PLACES", &[], &[]),
    (
        "members that are free, with rights",
        "create extension pg_trgm; PLACES TAKEN grant insert on z to ROLE",
        "create extension pg_trgm; PLACES grant update on z to ROLE; alter sequence s owner to ROLE_2; comment on table z is 'z'",
        &[],
        &[],
    ),
    (
        "members that are free, and others",
        "create extension pg_trgm; PLACES TAKEN alter table z add c int; create table y (z int references z)",
        "create extension pg_trgm; PLACES",
        &[],
        &[],
    ),
    (
        "a function of the extension that is free",
        "create extension pg_trgm",
        "create extension pg_trgm; alter extension pg_trgm drop function show_trgm(text)",
        &[],
        &[],
    ),
    (
        "an extension that is not there, with a member's rights",
        "create extension pg_trgm; grant execute on function similarity(text, text) to ROLE with grant option",
        "select 1",
        &[],
        &[],
    ),
];

fn with_members() -> Vec<Pair> {
    let whole = |text: &str| -> &'static str { Box::leak(text.replace("PLACES", PLACES).replace("TAKEN", TAKEN).into_boxed_str()) };
    MEMBERS.iter().map(|(what, one, other, there, back)| (*what, whole(one), whole(other), *there, *back)).collect()
}

#[test]
fn members() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    tried(&with_members(), 0);
}

const KEYED: &str = "create table a (id int not null, n int not null); create table b (a int); ";

const KEYS: &[Pair] = &[
    (
        "a key that others refer to",
        "KEYED alter table a add constraint k unique (id) include (n); alter table b add constraint f foreign key (a) references a (id)",
        "KEYED alter table a add constraint k unique (id); alter table b add constraint f foreign key (a) references a (id)",
        &[],
        &[],
    ),
    (
        "a key that is the replica identity, and clustered on",
        "KEYED alter table a add constraint k unique (id) include (n); alter table a replica identity using index k; alter table a cluster on k",
        "KEYED alter table a add constraint k unique (id); alter table a replica identity using index k; alter table a cluster on k",
        &[],
        &[],
    ),
    (
        "a key that is all of it",
        "KEYED alter table a add constraint k primary key (id) include (n); alter table a replica identity using index k; alter table a cluster on k; alter table b add constraint f foreign key (a) references a on delete cascade; comment on constraint k on a is 'k'; comment on constraint f on b is 'f'",
        "KEYED alter table a add constraint k primary key (id); alter table a replica identity using index k; alter table a cluster on k; alter table b add constraint f foreign key (a) references a on delete cascade; comment on constraint k on a is 'k'; comment on constraint f on b is 'f'",
        &[],
        &[],
    ),
    (
        "an index that is the replica identity, and clustered on",
        "KEYED create unique index i on a (id) include (n); alter table a replica identity using index i; alter table a cluster on i; comment on index i is 'i'",
        "KEYED create unique index i on a (id); alter table a replica identity using index i; alter table a cluster on i; comment on index i is 'i'",
        &[],
        &[],
    ),
    (
        "an index that others refer to",
        "KEYED create unique index i on a (id) include (n); alter table b add constraint f foreign key (a) references a (id)",
        "KEYED create unique index i on a (id); alter table b add constraint f foreign key (a) references a (id)",
        &[],
        &[],
    ),
    (
        "a key under another name",
        "KEYED alter table a add constraint k primary key (id); alter table b add constraint f foreign key (a) references a",
        "KEYED alter table a add constraint l primary key (id); alter table b add constraint f foreign key (a) references a",
        &[],
        &[],
    ),
    (
        "a key that becomes an index",
        "KEYED create unique index k on a (id); alter table a replica identity using index k; alter table b add constraint f foreign key (a) references a (id)",
        "KEYED alter table a add constraint k unique (id); alter table a replica identity using index k; alter table b add constraint f foreign key (a) references a (id)",
        &[],
        &[],
    ),
    (
        "a key of a partitioned table that others refer to",
        "create table p (k int, v int) partition by list (k); create table p1 partition of p for values in (1); alter table p add constraint pk primary key (k) include (v); create table c (k int, constraint f foreign key (k) references p)",
        "create table p (k int, v int) partition by list (k); create table p1 partition of p for values in (1); alter table p add constraint pk primary key (k); create table c (k int, constraint f foreign key (k) references p)",
        &[],
        &[],
    ),
    (
        "a key of a partition that is its replica identity",
        "create table p (k int not null, v int) partition by list (k); create table p1 partition of p for values in (1); alter table p add constraint pk unique (k) include (v); alter table p1 replica identity using index p1_k_v_key; alter table p1 cluster on p1_k_v_key",
        "create table p (k int not null, v int) partition by list (k); create table p1 partition of p for values in (1)",
        &[],
        &[],
    ),
    (
        "a key of a partition that is its replica identity, and another",
        "create table p (k int not null, v int) partition by list (k); create table p1 partition of p for values in (1); create unique index pk on p (k) include (v); alter index p1_k_v_idx rename to x; alter table p1 replica identity using index x; alter table p1 cluster on x",
        "create table p (k int not null, v int) partition by list (k); create table p1 partition of p for values in (1); create unique index pk on p (k); alter index p1_k_idx rename to x; alter table p1 replica identity using index x; alter table p1 cluster on x",
        &[],
        &[],
    ),
    (
        "a key of itself",
        "create table a (id int, up int, n int, constraint k primary key (id) include (n), constraint f foreign key (up) references a)",
        "create table a (id int, up int, n int, constraint k primary key (id), constraint f foreign key (up) references a)",
        &[],
        &[],
    ),
    (
        "two keys that refer to each other",
        "create table a (id int, b int, n int, constraint ka primary key (id) include (n)); create table b (id int, a int references a, n int, constraint kb primary key (id) include (n)); alter table a add foreign key (b) references b",
        "create table a (id int, b int, n int, constraint ka primary key (id)); create table b (id int, a int references a, n int, constraint kb primary key (id)); alter table a add foreign key (b) references b",
        &[],
        &[],
    ),
    (
        "a key that a materialized view is clustered on",
        "create materialized view m as select 1 as a, 2 as b; create unique index i on m (a) include (b); alter materialized view m cluster on i",
        "create materialized view m as select 1 as a, 2 as b; create unique index i on m (a); alter materialized view m cluster on i",
        &[],
        &[],
    ),
    (
        "a key that a view groups by",
        "create table a (id int, n int, constraint k primary key (id) include (n)); create view v as select id, n from a group by id",
        "create table a (id int, n int, constraint k primary key (id)); create view v as select id, n from a group by id",
        &[],
        &[],
    ),
];

fn keyed() -> Vec<Pair> {
    KEYS.iter()
        .map(|(what, one, other, there, back)| {
            let whole = |text: &str| -> &'static str { Box::leak(text.replace("KEYED", KEYED).into_boxed_str()) };
            (*what, whole(one), whole(other), *there, *back)
        })
        .collect()
}

#[test]
fn keys() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    tried(&keyed(), 0);
}

const TABLES: &str =
    "create table t1 (a int primary key, b int); create table t2 (a int primary key, b int); create table t3 (a int primary key, b int); ";

const PUBLISHED: &[Pair] = &[
    ("other tables", "TABLES create publication p for table t2, t3", "TABLES create publication p for table t1, t2", &[], &[]),
    ("no table", "TABLES create publication p", "TABLES create publication p for table t1, t2", &[], &[]),
    (
        "all tables",
        "TABLES create publication p for all tables; comment on publication p is 'p'",
        "TABLES create publication p for table t1, t2; comment on publication p is 'p'",
        &[],
        &[],
    ),
    (
        "a partitioned table",
        "create table p (k int) partition by list (k); create table p1 partition of p for values in (1); create publication u for table p with (publish_via_partition_root)",
        "create table p (k int) partition by list (k); create table p1 partition of p for values in (1); create publication u for table p1",
        &[],
        &[],
    ),
    (
        "what is published",
        "TABLES create publication p for table t1 with (publish = 'insert')",
        "TABLES create publication p for table t1 with (publish = 'delete, update')",
        &[],
        &[],
    ),
];
const PUBLISHED_15: &[Pair] = &[
    (
        "columns and rows",
        "TABLES create publication p for table t1 (a), t2 where (a > 1), t3",
        "TABLES create publication p for table t1 (a, b), t2 where (a > 2), t3 (a)",
        &[],
        &[],
    ),
    (
        "a schema",
        "TABLES create schema s; create publication p for tables in schema s",
        "TABLES create schema s; create publication p for table t1",
        &[],
        &[],
    ),
    (
        "other schemas",
        "create schema s; create schema u; create publication p for tables in schema s",
        "create schema s; create schema u; create publication p for tables in schema u, public",
        &[],
        &[],
    ),
];

fn published(pairs: &[Pair]) -> Vec<Pair> {
    pairs
        .iter()
        .map(|(what, one, other, there, back)| {
            let whole = |text: &str| -> &'static str { Box::leak(text.replace("TABLES", TABLES).into_boxed_str()) };
            (*what, whole(one), whole(other), *there, *back)
        })
        .collect()
}

#[test]
fn publications() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    tried(&published(PUBLISHED), 0);
    tried(&published(PUBLISHED_15), 15);
}

const COPIES: &str = "create function tf() returns trigger language plpgsql as 'begin return new; end'; \
    create table p (a text, k int) partition by list (k); create table c partition of p for values in (1) partition by list (k); \
    create table d partition of c for values in (1); create table e partition of p for values in (2); \
    create trigger tg after insert on p for each row execute function tf(); ";

#[test]
fn copies() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    let of = |one: &str, other: &str| -> Pair {
        let whole = |text: &str| -> &'static str { Box::leak(format!("{COPIES} {text}").into_boxed_str()) };
        ("copies", whole(one), whole(other), &[], &[])
    };
    let pairs = [
        of("alter table only p disable trigger tg", ""),
        of("alter table only c disable trigger tg", ""),
        of("alter table d disable trigger tg", ""),
        of("alter table d disable trigger tg", "alter table d enable always trigger tg"),
        of(
            "alter table only p disable trigger tg; alter table only c disable trigger tg; alter table d disable trigger tg; alter table e disable trigger tg",
            "",
        ),
        of("alter table only p disable trigger tg; alter table e disable trigger tg", ""),
        of("alter table only p disable trigger tg; alter table e disable trigger tg", "alter table d disable trigger tg"),
        of("alter table only p enable replica trigger tg; alter table e disable trigger tg", "alter table only p enable always trigger tg"),
        of(
            "drop trigger tg on p; create trigger tg after update on p for each row execute function tf(); alter table d disable trigger tg",
            "alter table e disable trigger tg",
        ),
    ];
    tried(&pairs, 0);
}

const TOUCHED: &[Pair] = &[
    (
        "rights on columns beside rights on the table",
        "create table t (a int, b int); grant select, update on t to ROLE; grant insert (a), select (b) on t to ROLE",
        "create table t (a int, b int); grant select (a), update (a, b) on t to ROLE with grant option",
        &[],
        &[],
    ),
    (
        "rights on columns, and none on the table",
        "create table t (a int, b int); grant select (a) on t to ROLE",
        "create table t (a int, b int); grant select (a) on t to ROLE; grant select on t to ROLE",
        &[],
        &[],
    ),
    (
        "rights of the server's own",
        "select 1",
        "revoke execute on function pg_catalog.pg_sleep(float8) from public; grant select on pg_catalog.pg_authid to ROLE",
        &[],
        &[],
    ),
    (
        "granted by somebody else",
        "create table t (a int); grant select on t to ROLE with grant option",
        "create table t (a int); grant select on t to ROLE with grant option; set role ROLE; grant select on t to ROLE_2; reset role",
        &["who granted it is in no manifest"],
        &[],
    ),
    (
        "an owner of a table with a sequence",
        "create table t (id serial, j int generated always as identity); alter table t owner to ROLE; grant usage on sequence t_id_seq to ROLE_2",
        "create table t (id serial, j int generated always as identity); grant usage on sequence t_j_seq to ROLE_2",
        &[],
        &[],
    ),
    ("a sequence that goes with its column", "create table t (id serial, a int)", "create table t (a int)", &[], &[]),
    (
        "a sequence that another table owns",
        "create table t (id serial); create table u (id int); alter sequence t_id_seq owned by u.id",
        "create table t (id serial); create table u (id int)",
        &[],
        &[],
    ),
    (
        "identity sequences",
        "create table t (id int generated always as identity (start 10 increment 5 maxvalue 500 cycle)); grant select on sequence t_id_seq to ROLE",
        "create table t (id int generated by default as identity (minvalue -5 start -2)); grant update on sequence t_id_seq to ROLE",
        &[],
        &[],
    ),
    (
        "bounds, start and step",
        "create sequence s as smallint minvalue 100 maxvalue 200 start 150 increment -3 cycle",
        "create sequence s minvalue -9 start -1",
        &[],
        &[],
    ),
    (
        "empty lists",
        "create function f() returns int language sql set search_path = '' as 'select 1'; do $$ begin execute format('alter database %I set search_path = %L', current_database(), ''); end $$",
        "create function f() returns int language sql set search_path = 'a b', \"$user\" as 'select 1'; do $$ begin execute format('alter database %I set search_path = \"a b\", public', current_database()); end $$",
        &[],
        &[],
    ),
    (
        "children that differ",
        "create table p (a text, b int); create table c () inherits (p); alter table only p alter a set default 'x'; alter table only p alter a set not null; alter table c alter a set default 'y'; comment on column c.a is 'c'",
        "create table p (a text, b int); create table c () inherits (p); alter table c alter a set not null; alter table only p alter a set statistics 5",
        &[],
        &[],
    ),
    (
        "partitions that differ",
        "create table p (k int, a text) partition by list (k); create table c partition of p for values in (1); alter table only p alter a set default 'x'; create index only_c on c (a); alter table c add constraint own check (a <> '')",
        "create table p (k int, a text) partition by list (k); create table c partition of p for values in (1); alter table c alter a set default 'x'; create index i on p (a); alter table p add constraint own check (a <> 'q')",
        &[],
        &[],
    ),
    (
        "a schema's rights",
        "grant create on schema public to ROLE; alter schema public owner to ROLE",
        "revoke all on schema public from public",
        &[],
        &[],
    ),
    (
        "a database's",
        "do $$ begin execute format('grant create on database %I to ROLE', current_database()); end $$",
        "do $$ begin execute format('revoke connect on database %I from public', current_database()); end $$",
        &[],
        &[],
    ),
    (
        "default privileges",
        "alter default privileges for role ROLE grant select on tables to ROLE_2; alter default privileges for role ROLE in schema public grant usage on sequences to public; create table t (a int)",
        "alter default privileges for role ROLE revoke execute on functions from public; alter default privileges grant insert on tables to ROLE",
        &[],
        &[],
    ),
    (
        "an owner who gave to others",
        "create table t (a int); alter table t owner to ROLE; grant select on t to ROLE_2",
        "create table t (a int); alter table t owner to ROLE_2; grant select on t to ROLE with grant option",
        &[],
        &[],
    ),
];

#[test]
fn what_else() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    tried(TOUCHED, 0);
}

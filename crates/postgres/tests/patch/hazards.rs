//! What is said above a statement, and what is said of what no statement does.

use crate::pairs::patched_plainly;
use evenkeel_core::patch::{Form, Hazard, Plan, World, plan};
use evenkeel_postgres::patch::PostgresDialect;
use evenkeel_testkit::{TestDb, database, newest};

/// The candidate, and what makes it like the reference.
fn planned(reference: &str, candidate: &str) -> (TestDb, Plan) {
    let (a, b) = (database(newest()), database(newest()));
    a.exec(reference);
    b.exec(candidate);
    let (wanted, before) = (super::capture(&a.conninfo()), super::capture(&b.conninfo()));
    let planned = plan(&World::of(&before), &World::of(&wanted), &PostgresDialect::of(&before.endpoint), Form::default());
    patched_plainly(&b, &before, &wanted, Form::default()).map(drop).unwrap_or_else(|problem| panic!("{problem}"));
    (b, planned)
}

fn words(planned: &Plan, sql: &str) -> Vec<String> {
    let meant = planned.statements().filter(|statement| statement.sql.contains(sql));
    meant.flat_map(|statement| &statement.hazards).map(Hazard::words).collect()
}

/// Each: the reference, the candidate, a part of a statement, and what must stand above it.
const SAID: &[(&str, &str, &str, &str)] = &[
    (
        "create domain d as int check (value > 0); create table t (a int, b d default 5)",
        "create domain d as int check (value > 0); create table t (a int)",
        "ADD COLUMN b",
        "fails if public.t has rows, and domain public.d refuses what stands in the column then",
    ),
    (
        "create domain d as int not null; create table t (a int, b d default 5)",
        "create domain d as int not null; create table t (a int)",
        "ADD COLUMN b",
        "writes public.t anew",
    ),
    (
        "create extension citext; create table t (a citext unique)",
        "create extension citext; create table t (a text unique)",
        "ALTER COLUMN a TYPE",
        "fails if two values of public.t.a are the same as public.citext, which t_a_key refuses",
    ),
    (
        "create collation c (provider = icu, locale = 'und-u-ks-level2', deterministic = false); create table t (a text collate c); create unique index i on t (a)",
        "create collation c (provider = icu, locale = 'und-u-ks-level2', deterministic = false); create table t (a text); create unique index i on t (a)",
        "ALTER COLUMN a TYPE",
        "fails if two values of public.t.a are the same as text, which i refuses",
    ),
    (
        "set check_function_bodies = off; create function f(a int) returns boolean language plpgsql as 'begin return b from gone; end'; create table t (a int constraint c check (f(a)))",
        "create table t (a int)",
        "VALIDATE CONSTRAINT c",
        "fails if a row of public.t does not meet it, or public.f(integer) fails on one",
    ),
    (
        "create table t2 (a int primary key); create table t (a int constraint f references t2); alter table t disable trigger all",
        "create table t2 (a int primary key); create table t (a int constraint f references t2)",
        "DISABLE TRIGGER",
        "opens: public.t to rows that f would refuse",
    ),
    (
        "create table t (a int); create view v as select a from t",
        "create table t (a int); create view v with (security_invoker = true) as select a from t",
        "security_invoker",
        "opens: what its owner may read, by public.v, to whoever may read that",
    ),
    (
        "create function f() returns int language sql security definer as 'select 1'",
        "create function f() returns int language sql as 'select 1'",
        "CREATE OR REPLACE FUNCTION",
        "opens: what its owner may do to whoever may call public.f()",
    ),
    (
        "alter default privileges grant select on tables to public",
        "select 1",
        "ALTER DEFAULT PRIVILEGES",
        "opens: SELECT on TABLES that are made from then on to everybody",
    ),
    (
        "create table t (a int); create materialized view m as select 1 / a from t",
        "create table t (a int)",
        "CREATE MATERIALIZED VIEW",
        "fails if the query of public.m fails on rows that are there",
    ),
    (
        "create table t (a int); create policy p on t using (a > 0)",
        "create table t (a int)",
        "CREATE POLICY",
        "takes ACCESS EXCLUSIVE on public.t",
    ),
    (
        "create function f() returns trigger language plpgsql as 'begin return new; end'; create table t (a int); create trigger g before insert on t for each row execute function f()",
        "create function f() returns trigger language plpgsql as 'begin return new; end'; create table t (a int)",
        "CREATE TRIGGER",
        "takes SHARE ROW EXCLUSIVE on public.t",
    ),
    ("create table t (a int default 1)", "create table t (a int)", "SET DEFAULT", "takes ACCESS EXCLUSIVE on public.t"),
    (
        "create table t (a int); alter table t owner to pg_monitor",
        "create table t (a int)",
        "OWNER TO",
        "takes ACCESS EXCLUSIVE on public.t",
    ),
    (
        "create table t (a int); alter table t alter a set statistics 7",
        "create table t (a int)",
        "SET STATISTICS",
        "takes SHARE UPDATE EXCLUSIVE on public.t",
    ),
];

#[test]
fn what_a_statement_does_to_others_is_said() {
    for (reference, candidate, sql, said) in SAID {
        let (_, planned) = planned(reference, candidate);
        let words = words(&planned, sql);
        assert!(words.iter().any(|word| word == said), "{sql}: {words:?}");
    }
}

/// The new key's index is built before, and the old key gives way to it in one statement.
#[test]
fn what_rows_make_fail_is_said_where_nobody_is_at_work_too() {
    let (a, b) = (database(newest()), database(newest()));
    a.exec("create table p (id int primary key); create table t (a int unique, b int not null, c int check (c > 0), d int references p, e text); create unique index i on t (e)");
    b.exec("create table p (id int primary key); create table t (a int, c int, d int, e text)");
    let (wanted, before) = (super::capture(&a.conninfo()), super::capture(&b.conninfo()));
    let form = Form { offline: true, ..Form::default() };
    let planned = plan(&World::of(&before), &World::of(&wanted), &PostgresDialect::of(&before.endpoint), form);
    for sql in ["ADD COLUMN b", "t_a_key", "t_c_check", "t_d_fkey", "UNIQUE INDEX i"] {
        let said = words(&planned, sql);
        assert!(said.iter().any(|words| words.starts_with("fails if ")), "{sql}: {said:?}");
    }
}

#[test]
fn what_a_child_has_from_a_new_parent_alone_is_refused_whole() {
    let (a, b) = (database(newest()), database(newest()));
    a.exec("create table base (id int); create table other (z int); create table child (x int) inherits (base, other)");
    b.exec("create table base (id int); create table other (z int); create table child (x int) inherits (base)");
    let (wanted, before) = (super::capture(&a.conninfo()), super::capture(&b.conninfo()));
    let planned = plan(&World::of(&before), &World::of(&wanted), &PostgresDialect::of(&before.endpoint), Form::default());
    let refused: Vec<&str> = planned.refused.iter().map(|one| one.object.as_str()).collect();
    assert!(refused.contains(&"public.child") && planned.statements().all(|one| !one.sql.contains(" INHERIT ")), "{refused:?}");
}

#[test]
fn a_key_is_never_gone() {
    for (reference, candidate) in [
        (
            "create table t (a int, b int, constraint u unique (a, b)); comment on constraint u on t is 'new'",
            "create table t (a int, b int, constraint u unique (a))",
        ),
        (
            "create table t (a int not null, b int not null, constraint u primary key (b, a) deferrable)",
            "create table t (a int not null, b int not null, constraint u primary key (a))",
        ),
        (
            "create table t (a int not null, b int, constraint u primary key (a) include (b)); create table r (a int constraint f references t); \
             alter table t replica identity using index u; alter table t cluster on u",
            "create table t (a int not null, b int, constraint u primary key (a)); create table r (a int constraint f references t); \
             alter table t replica identity using index u; alter table t cluster on u",
        ),
        (
            "create table t (a int, b int, constraint u unique (a) include (b))",
            "create table t (a int, b int, constraint u unique (a) with (fillfactor = 70))",
        ),
    ] {
        let (b, planned) = planned(reference, candidate);
        let statements: Vec<&str> = planned.statements().map(|statement| statement.sql.as_str()).collect();
        let built = statements.iter().position(|sql| sql.starts_with("CREATE UNIQUE INDEX CONCURRENTLY")).unwrap();
        let swapped = statements.iter().position(|sql| sql.contains("DROP CONSTRAINT u,")).unwrap();
        assert!(built < swapped && !statements.iter().any(|sql| sql.ends_with("DROP CONSTRAINT u;")), "{statements:#?}");
        assert_eq!(b.value("select count(*)::text from pg_index where indrelid = 't'::regclass").as_deref(), Some("1"));
    }
}

/// So does an index, and what names it or refers to it is there again in the same transaction.
#[test]
fn an_index_is_never_gone() {
    for (reference, candidate) in [
        (
            "create table t (a int not null, b int); create unique index i on t (a) include (b); create table r (a int constraint f references t (a)); \
             alter table t replica identity using index i; alter table t cluster on i; comment on index i is 'i'",
            "create table t (a int not null, b int); create unique index i on t (a); create table r (a int constraint f references t (a)); \
             alter table t replica identity using index i; alter table t cluster on i; comment on index i is 'was'",
        ),
        ("create table t (a int, b int); create index i on t (b, a)", "create table t (a int, b int); create index i on t (a) where b > 0"),
        (
            "create table t (a int); create materialized view m as select a, 1 as b from t; create unique index i on m (a, b); alter materialized view m cluster on i",
            "create table t (a int); create materialized view m as select a, 1 as b from t; create unique index i on m (b); alter materialized view m cluster on i",
        ),
    ] {
        let (b, planned) = planned(reference, candidate);
        let statements: Vec<&str> = planned.statements().map(|statement| statement.sql.as_str()).collect();
        let at = |begin: &str| statements.iter().position(|sql| sql.starts_with(begin));
        let alone = |from: usize, to: usize| planned.statements().skip(from).take(to - from + 1).any(|statement| statement.alone);
        let (built, gone, there) = (at("CREATE").unwrap(), at("DROP INDEX").unwrap(), at("ALTER INDEX").unwrap());
        assert!(built == 0 && gone < there && !alone(gone, there), "{statements:#?}");
        for named in [
            "ALTER TABLE public.t REPLICA",
            "ALTER TABLE public.t CLUSTER",
            "ALTER MATERIALIZED VIEW public.m CLUSTER",
            "ALTER TABLE public.r ADD",
        ] {
            let meant = at(named);
            assert!(
                meant.is_some()
                    || !["REPLICA", "public.m", "public.r"].iter().any(|word| named.contains(word)
                        && reference.contains("cluster on i")
                        && reference.contains(if *word == "public.m" { "view m" } else { "table r" })),
                "{named}: {statements:#?}"
            );
            assert!(meant.is_none_or(|meant| !alone(gone, meant)), "{named}: {statements:#?}");
        }
        let hazards: Vec<String> = planned.statements().flat_map(|statement| &statement.hazards).map(Hazard::words).collect();
        assert!(!hazards.iter().any(|words| words.starts_with("until ")), "{hazards:#?}");
        assert_eq!(b.value("select count(*)::text from pg_index where not indisvalid").as_deref(), Some("0"));
    }
}

/// What a changed column takes along is there again before rows are read for NULLs, indexes are built or labels can be used.
#[test]
fn nothing_is_gone_while_rows_are_read() {
    let both = "create view v as select id, q from t; create materialized view mv as select count(q) as c from t; \
         create function f() returns trigger language plpgsql as 'begin return new; end'; \
         create trigger tr after update of q on t for each row execute function f(); \
         alter table t enable row level security; create policy po on t using (q > 0); grant select on v to public";
    let reference = format!(
        "create type st as enum ('a', 'b', 'c'); \
         create table t (id bigint primary key, s st default 'b', n text not null, q bigint not null, w text, constraint c check (n <> w)); {both}; \
         comment on column t.q is 'q'; create index on t (w); create unique index u on t (n)"
    );
    let candidate = format!(
        "create type st as enum ('a', 'c'); create table t (id bigint primary key, s st, n text, q int, w text); {both}; \
         insert into t values (1, 'a', 'n', 1, 'w')"
    );
    let (b, planned) = planned(&reference, &candidate);
    let hazards: Vec<String> = planned.statements().flat_map(|statement| &statement.hazards).map(Hazard::words).collect();
    assert!(!hazards.iter().any(|words| words.starts_with("until ")), "{hazards:#?}");
    let alone = |at: usize| planned.statements().take(at).filter(|statement| statement.alone).count();
    let at = |begin: &str| planned.statements().position(|statement| statement.sql.starts_with(begin)).unwrap();
    for kind in ["VIEW", "MATERIALIZED VIEW", "TRIGGER", "POLICY"] {
        let (gone, there) = (at(&format!("DROP {kind} ")), at(&format!("CREATE {kind} ")));
        assert!(gone < there && alone(gone) == alone(there), "{kind}: {planned:#?}");
    }
    assert_eq!(at("ALTER TYPE"), 0);
    assert!(planned.statements().filter(|statement| statement.sql.contains(" VALIDATE ")).count() == 3);
    let count = "select count(*)::text from pg_attribute where attrelid = 't'::regclass and attnotnull and attnum > 0";
    assert_eq!(b.value(count).as_deref(), Some("3"));
}

/// Where a thing has to go before it is made again, and no transaction holds both, what nobody keeps meanwhile is said.
#[test]
fn what_lapses_is_said() {
    let parted =
        "create table p (k int, v int) partition by list (k); create table p1 partition of p for values in (1); create table c (k int)";
    for (reference, candidate, sql, said) in [
        (
            "PARTED; alter table p add constraint pk primary key (k) include (v); alter table c add constraint f foreign key (k) references p",
            "PARTED; alter table p add constraint pk primary key (k); alter table c add constraint f foreign key (k) references p",
            "DROP CONSTRAINT f;",
            "until it is made again, nothing refuses rows of public.c that refer to what is not there",
        ),
        (
            "PARTED; alter table p add constraint pk primary key (k) include (v)",
            "PARTED; alter table p add constraint pk primary key (k)",
            "DROP CONSTRAINT pk;",
            "until it is made again, nothing refuses two rows of public.p1 that are the same in its columns",
        ),
    ] {
        let (_, planned) = planned(&reference.replace("PARTED", parted), &candidate.replace("PARTED", parted));
        let words = words(&planned, sql);
        let all: Vec<&str> = planned.statements().map(|statement| statement.sql.as_str()).collect();
        assert!(words.iter().any(|word| word == said), "{sql}: {words:?} {all:#?}");
    }
}

/// What no statement changes is noted, and an online script bounds its waits.
#[test]
fn what_stays_as_it_is_is_noted() {
    let mapped = "create foreign data wrapper w; create server s foreign data wrapper w; create user mapping for current_user server s";
    let (a, b) = (database(newest()), database(newest()));
    a.exec(&format!("{mapped} options (password 'x'); create table t (b int, a int); grant select on t to pg_monitor"));
    b.exec(&format!("{mapped}; create table t (a int, b int)"));
    let (wanted, before) = (super::capture(&a.conninfo()), super::capture(&b.conninfo()));
    let patch = super::proven(&wanted, &before);
    for part in ["the order of columns, which stays another in public.t:", "options of user mappings hold passwords", "who granted what"] {
        assert!(patch.plan.notes.iter().any(|note| note.contains(part)), "{part}: {:?}", patch.plan.notes);
    }
    let dialect = PostgresDialect::of(&before.endpoint);
    let text = |plan: &Plan| {
        let script = evenkeel_core::patch::Script { sides: ("b", "a"), plan, proof: &patch.proof, allow_destructive: false };
        evenkeel_core::patch::script(&script, &dialect)
    };
    assert!(text(&patch.plan).contains("BEGIN;\nSET LOCAL lock_timeout = '5s';\n"), "{}", text(&patch.plan));
    let offline = Plan { form: Form { offline: true, ..Form::default() }, ..patch.plan.clone() };
    assert!(!text(&offline).contains("lock_timeout"));
}

/// Who read the candidate will often run the patch: that it may not is said before.
#[test]
fn a_role_without_the_rights_is_told() {
    let (a, b) = (database(newest()), database(newest()));
    let (owner, reader) = (format!("{}_owner", b.name), format!("{}_reader", b.name));
    a.exec("create table t (a int, b int)");
    b.exec(&format!("create role {owner}; create role {reader}; create table t (a int); alter table t owner to {owner}"));
    let wanted = super::capture(&a.conninfo());
    let told = |role: &str| {
        let mut before = super::capture(&b.conninfo());
        role.clone_into(&mut before.endpoint.role);
        let notes = super::proven(&wanted, &before).plan.notes;
        notes.into_iter().find(|note| note.contains("may not run it"))
    };
    let expected = format!("{reader}, who read the candidate, may not run it: no superuser, and not a member of {owner}");
    assert_eq!(told(&reader).as_deref(), Some(&*expected));
    b.exec(&format!("grant {owner} to {reader}"));
    assert_eq!(told(&reader), None);
    // What is made on a table takes its owner's rights too, and what is made in a schema those of that.
    a.exec("create index on t (a); create schema s; create table s.n (a int); create table more (a int)");
    b.exec(&format!("revoke {owner} from {reader}; create schema s; alter table t add b int; revoke create on schema public from public"));
    let wanted = super::capture(&a.conninfo());
    let told = |words: &str| {
        let mut before = super::capture(&b.conninfo());
        reader.clone_into(&mut before.endpoint.role);
        let notes = super::proven(&wanted, &before).plan.notes;
        notes.into_iter().find(|note| note.contains(words))
    };
    assert_eq!(told("may not run it"), Some(expected));
    let nothing = format!("{reader}, who read the candidate, may make nothing in schema public, schema s: it has no CREATE there");
    assert_eq!(told("may make nothing"), Some(nothing));
    b.exec(&format!("grant create on schema s, public to {owner}; grant {owner} to {reader}"));
    assert_eq!(told("may make nothing"), None);
    b.exec(&format!("revoke all on schema s, public from {owner}"));
    b.exec(&format!("drop table t; drop role {owner}, {reader}"));
}

/// What a check, an index or a view runs, and does not run where it is either, is no fault of the statements.
#[test]
fn code_that_does_not_run_is_refused_by_name() {
    let (a, b) = (database(newest()), database(newest()));
    let code = "create table gone (a int, b boolean); create function f(a int) returns boolean language sql immutable as 'select b from public.gone g where g.a = $1'";
    a.exec(&format!("{code}; create table t (a int constraint c check (f(a)), n int, constraint n check (n > 0)); drop table gone"));
    b.exec(&format!("{code}; create table t (a int, n int); drop table gone"));
    let (wanted, before) = (super::capture(&a.conninfo()), super::capture(&b.conninfo()));
    let patch = super::proven(&wanted, &before);
    assert!(patch.is_proven() && patch.failed.is_empty() && patch.left.is_empty(), "{patch:#?}");
    let refused: Vec<String> = patch.plan.refused.iter().map(|one| format!("{}: {}", one.object, one.reason)).collect();
    let [refused] = refused.as_slice() else { panic!("{refused:#?}") };
    assert!(refused.starts_with("public.t.c: public.f(integer), which it runs, does not run on a throwaway server: "), "{refused}");
    assert!(refused.contains("gone") && !patch.plan.statements().any(|one| one.sql.contains("CONSTRAINT c")), "{refused}");
    assert!(patch.plan.statements().any(|one| one.sql.contains("CONSTRAINT n")));
}

//! Every fix closes its loop: drift by hand, compare, apply what was proposed, compare again: nothing is left.

use super::capture_as;
use evenkeel_core::compare::{Change, Comparison, Difference, Scope, Side, Which};
use evenkeel_core::digest::Tree;
use evenkeel_core::finding::Remedy;
use evenkeel_core::kind::{Dimension, Kind, Value};
use evenkeel_core::manifest::{Identity, Manifest, Object};
use evenkeel_core::port::Engine;
use evenkeel_postgres::engine::Postgres;
use evenkeel_postgres::scratch::{Options, Scratch};
use evenkeel_testkit::{TestDb, database, majors, newest, server};
use std::collections::BTreeMap;

const SETUP: &str = "
    create schema \"Odd one\"; create table \"Odd one\".\"order\" (id int primary key, \"Some col\" text default 'a''b\\c', n int not null, t text);
    create table t (id int primary key, v text not null default 'x', w text, ref int); alter table t alter v set statistics 50;
    create table other (id int primary key); create index on t (w); create unique index t_v on t (v);
    alter table t add constraint positive check (id > 0); alter table t add foreign key (ref) references other;
    alter table t replica identity full; alter table t enable row level security; alter table t force row level security;
    alter table \"Odd one\".\"order\" cluster on order_pkey; alter table \"Odd one\".\"order\" alter t set storage external;
    create table ri (id int not null); create unique index \"Ri idx\" on ri (id); alter table ri replica identity using index \"Ri idx\"; create sequence s increment 5 cache 10 cycle; create sequence plain start 3;
    create function f(a int, b text) returns int language sql as 'select 1'; create function g() returns int language sql as 'select 1';
    create procedure p() language sql as 'select 1'; create function trg() returns trigger language plpgsql as 'begin return new; end';
    create trigger one before insert on t for each row execute function trg(); create trigger two before insert on t for each row execute function trg();
    create view v as select 1 as a; create materialized view m as select 1 as a;
    comment on table t is 'it''s a \\ table'; comment on column t.v is 'v'; comment on function f(int, text) is 'f'; comment on constraint positive on t is 'c';
    comment on schema public is 'mine'; comment on index t_v is 'i'; comment on view v is 'v'; comment on materialized view m is 'm'; comment on sequence s is 's';
    comment on procedure p() is 'p';
    insert into t select g, g, g, null from generate_series(1, 500) g; analyze t;
";

const DRIFT: &str = "
    alter table \"Odd one\".\"order\" alter \"Some col\" set default 'other', alter n drop not null, alter t set not null, alter t set storage extended, set without cluster;
    alter table t alter v drop default, alter v set statistics -1, alter w set statistics 7;
    alter table t replica identity default; alter table t disable row level security; alter table t no force row level security;
    alter table ri replica identity default; alter table other enable row level security; alter table other replica identity nothing;
    alter sequence s increment 1 cache 1 no cycle; alter sequence plain increment 3 minvalue 3 maxvalue 99 start 4 restart 4 cache 2 cycle;
    alter table t disable trigger one; alter table t enable always trigger two;
    comment on table t is null; comment on column t.v is 'other'; comment on function f(int, text) is null; comment on constraint positive on t is null;
    comment on schema public is 'theirs'; comment on index t_v is null; comment on view v is null; comment on materialized view m is null; comment on sequence s is 'z';
    comment on procedure p() is 'q'; comment on table other is 'extra';
    alter table t drop constraint positive; alter table t add constraint positive check (id > 0) not valid;
    update pg_index set indisvalid = false where indexrelid = 't_v'::regclass;
    refresh materialized view m with no data;
";

fn privileges(app: &str) -> (String, String) {
    (
        format!(
            "grant select, update on t to {app}; grant insert on t to {app} with grant option; grant select (v) on v to public;
             create table mine (a int); alter table mine owner to {app}; create schema theirs authorization {app};
             grant usage on sequence s to {app}; grant create on schema public to {app}; revoke execute on function g() from public;
             grant execute on procedure p() to {app}; grant select on other to {app}"
        )
        .replace("grant select (v) on v", "grant select (a) on v"),
        format!(
            "grant delete on t to {app}; revoke update on t from {app}; revoke grant option for insert on t from {app};
             revoke select (a) on v from public; alter table mine owner to {app}_2; alter schema theirs owner to {app}_2;
             revoke usage on sequence s from {app}; revoke create on schema public from {app}; grant execute on function g() to public;
             revoke execute on function f(int, text) from public; revoke execute on procedure p() from {app};
             grant select on other to {app} with grant option"
        ),
    )
}

pub fn sides(reference: &TestDb, candidate: &TestDb, roles: &BTreeMap<String, String>) -> Comparison {
    let ask = |db: &TestDb| {
        capture_as(&db.conninfo(), "postgres", |request| {
            request.dimensions = vec![Dimension::Schema, Dimension::Configuration, Dimension::Data, Dimension::Privileges];
            request.roles.clone_from(roles);
        })
    };
    let (a, b) = (ask(reference), ask(candidate));
    let trees = (Tree::of(&a), Tree::of(&b));
    let (a, b) = (Side { label: "reference", manifest: &a, tree: &trees.0 }, Side { label: "candidate", manifest: &b, tree: &trees.1 });
    Postgres.compare(a, b, &Scope::default())
}

pub fn said(difference: &Difference) -> String {
    format!(
        "{} {} {:?} expected {:?} found {:?}",
        difference.id, difference.subject.object, difference.subject.attribute, difference.expected, difference.found
    )
}

#[test]
fn every_fix_removes_its_difference() {
    for major in majors() {
        let (reference, candidate) = (database(major), database(major));
        let app = format!("{}_app", reference.name);
        reference.exec(&format!("create role {app}; create role {app}_2"));
        let (granted, drifted) = privileges(&app);
        for db in [&reference, &candidate] {
            // What a database is called differs where environments are alike.
            db.exec(SETUP);
            db.exec(&granted);
            db.exec("create extension pg_trgm version '1.4'");
        }
        candidate.exec(DRIFT);
        candidate.exec(&drifted);
        candidate.exec(&format!(
            "alter role {app} in database {} set lock_timeout = '5s'; alter database {} set search_path = x",
            candidate.name, candidate.name
        ));
        reference.exec(&format!(
            "alter database {} set search_path = \"Odd one\", public; alter database {} set work_mem = '64MB'",
            reference.name, reference.name
        ));
        reference.exec("alter extension pg_trgm update");
        candidate
            .exec("create table loose (a int); insert into loose select generate_series(1, 5000); create index loose_ccnew on loose (a)");
        // As REINDEX CONCURRENTLY leaves it: what is valid may be somebody's, and is not dropped for its name.
        candidate.exec("update pg_index set indisvalid = false where indexrelid = 'loose_ccnew'::regclass");
        reference.exec("create table loose (a int); insert into loose select generate_series(1, 5000); analyze loose");
        if major >= 14 {
            candidate.exec("alter table t alter w set compression pglz");
        }
        // Counters reach the server's statistics when a session is idle.
        candidate.exec("select pg_sleep(1.1)");
        candidate.exec("select 1");
        let roles = BTreeMap::from([("shared name".to_owned(), app.clone())]);
        let comparison = sides(&reference, &candidate, &roles);
        let mut unanswered = Vec::new();
        let mut kinds = BTreeMap::<String, usize>::new();
        for difference in &comparison.differences {
            if is_shared(difference) {
                continue;
            }
            // A table or index more, and what hangs on its being there, is for a person to decide.
            let Some(fix) = &difference.remedy else {
                assert!(
                    (difference.subject.kind.name().ends_with("statistics") || difference.subject.object.contains("loose"))
                        && difference.change != Change::Changed,
                    "no fix for {}",
                    said(difference)
                );
                continue;
            };
            // What is at fault and not there in the reference is looked at first; here what it was left by removes it.
            let Some(statements) = fix.statements() else {
                let is_extra = difference.change == Change::Unsound && difference.subject.object.contains("loose_ccnew");
                assert!(is_extra, "no statement for {}", said(difference));
                continue;
            };
            *kinds.entry(difference.id.clone()).or_default() += 1;
            assert!(
                difference.change != Change::Unsound || difference.which != Which::Reference,
                "the fault is the candidate's: {}",
                said(difference)
            );
            // One statement at a time: some refuse to run in a transaction.
            for statement in split(statements) {
                if let Err(fault) = candidate.session().exec(&statement) {
                    unanswered.push(format!("{}: {statement}: {fault}", said(difference)));
                }
            }
        }
        assert!(unanswered.is_empty(), "on {major}, without a fix that works: {unanswered:#?}");
        println!("{kinds:#?}");
        assert!(kinds.len() > 36, "{}: {kinds:#?}", kinds.len());
        let again = sides(&reference, &candidate, &roles);
        let left: Vec<String> = again
            .differences
            .iter()
            .filter(|difference| !difference.subject.kind.name().ends_with("statistics") && !is_shared(difference))
            .map(said)
            .collect();
        assert!(left.is_empty(), "after all fixes there is still {left:#?}");
        for db in [&reference, &candidate] {
            db.exec(&format!("drop owned by {app}, {app}_2 cascade"));
        }
        reference.exec(&format!("drop role {app}; drop role {app}_2"));
    }
}

/// What belongs to the server, where other tests make roles and settings meanwhile. Fixes of settings are proven on a
/// server of their own below.
fn is_shared(difference: &Difference) -> bool {
    matches!(difference.subject.kind.name(), "setting" | "role" | "membership")
        || difference.subject.kind.name() == "override" && !difference.subject.object.contains("this database")
}

/// The statements of a fix, one by one: not each may run in a transaction.
pub fn split(fix: &str) -> Vec<String> {
    pg_query::split_with_parser(fix).unwrap_or_else(|fault| panic!("{fix}: {fault}")).into_iter().map(str::to_owned).collect()
}

#[test]
fn an_outdated_collation_is_rebuilt_and_noted() {
    for major in majors() {
        let make = || match major {
            13 | 14 => database(major),
            _ => TestDb::create_with(server(major).unwrap(), "template template0 locale_provider icu icu_locale 'de'"),
        };
        let (reference, candidate) = (make(), make());
        for db in [&reference, &candidate] {
            db.exec("create collation german (provider = icu, locale = 'de'); create table t (a text collate german primary key)");
        }
        candidate.exec("set allow_system_table_mods = on; update pg_collation set collversion = '1' where collname = 'german'");
        if major >= 15 {
            candidate
                .exec("set allow_system_table_mods = on; update pg_database set datcollversion = '1' where datname = current_database()");
        }
        let comparison = sides(&reference, &candidate, &BTreeMap::new());
        let outdated: Vec<&Difference> = comparison.differences.iter().filter(|difference| difference.change == Change::Unsound).collect();
        assert_eq!(outdated.iter().filter(|difference| difference.subject.kind.name() == "collation-version").count(), 1, "on {major}");
        for difference in outdated {
            for statement in
                split(difference.remedy.as_ref().and_then(Remedy::statements).unwrap_or_else(|| panic!("no fix for {}", said(difference))))
            {
                candidate.session().exec(&statement).unwrap_or_else(|fault| panic!("{statement}: {fault}"));
            }
        }
        let again = sides(&reference, &candidate, &BTreeMap::new());
        let left: Vec<String> = again.differences.iter().filter(|difference| difference.id.contains("collation")).map(said).collect();
        assert!(left.is_empty(), "on {major}: {left:#?}");
    }
}

/// The server refuses to validate what it does not enforce, so nobody is told to.
#[test]
fn nothing_validates_what_is_not_enforced() {
    for major in majors().into_iter().filter(|major| *major >= 18) {
        for (left, right, about) in
            [("", " not enforced", 2), (" not enforced", "", 2), (" not enforced", " not enforced", 2), ("", " not valid", 1)]
        {
            let (reference, candidate) = (database(major), database(major));
            for (db, state) in [(&reference, left), (&candidate, right)] {
                db.exec(&format!("create table t (a int); alter table t add constraint k check (a > 0){state}"));
            }
            let comparison = sides(&reference, &candidate, &BTreeMap::new());
            let all = comparison.differences.iter().chain(&comparison.shared);
            let found: Vec<&Difference> = all.filter(|one| one.change == Change::Unsound).collect();
            assert_eq!(found.len(), about, "{left} / {right}: {:?}", found.iter().map(|one| said(one)).collect::<Vec<_>>());
            let is_offered =
                found.iter().any(|one| one.remedy.as_ref().and_then(Remedy::statements).is_some_and(|sql| sql.contains("VALIDATE")));
            assert_eq!(is_offered, right == " not valid", "{left} / {right}");
        }
    }
}

#[test]
fn a_setting_is_set_where_the_reference_has_it() {
    let server = Scratch::start(&Options::major(newest())).unwrap_or_else(|fault| panic!("{fault}"));
    let session = server.session("postgres").unwrap();
    let seen = || {
        let manifest = capture_as(&server.conninfo("postgres"), "postgres", |request| request.dimensions = vec![Dimension::Configuration]);
        (Tree::of(&manifest), manifest)
    };
    let settled = |name: &str, value: &str| {
        let begun = std::time::Instant::now();
        let now = || server.session("postgres").unwrap().value(&format!("show {name}")).unwrap();
        while now().as_deref() != Some(value) && begun.elapsed() < std::time::Duration::from_secs(10) {}
    };
    for statement in ["alter system set lock_timeout = 3000", "alter system set work_mem = '64MB'", "select pg_reload_conf()"] {
        session.exec(statement).unwrap();
    }
    settled("work_mem", "64MB");
    let (expected, reference) = seen();
    for statement in ["alter system reset lock_timeout", "alter system reset work_mem", "select pg_reload_conf()"] {
        session.exec(statement).unwrap();
    }
    settled("work_mem", "4MB");
    let differences = |candidate: &(Tree, Manifest)| {
        let left = Side { label: "reference", manifest: &reference, tree: &expected };
        let right = Side { label: "candidate", manifest: &candidate.1, tree: &candidate.0 };
        Postgres.compare(left, right, &Scope::default()).differences
    };
    let found = differences(&seen());
    assert_eq!(found.iter().map(|difference| difference.subject.object.as_str()).collect::<Vec<_>>(), ["lock_timeout", "work_mem"]);
    // Of a server that others run, and of one that refuses, words.
    let with = |kind: Kind, name: &str, value: Option<&str>| {
        let manifest = seen().1;
        let mut object = Object::new(kind, Identity::new([name.to_owned()]));
        object.set_some("value", value.map(|value| Value::Text(value.into())));
        let others = manifest.objects().iter().filter(|other| other.identity != object.identity).cloned();
        let objects = others.chain([object.clone()]).collect();
        let manifest = Manifest::new(manifest.endpoint.clone(), manifest.dimensions.clone(), objects, Vec::new());
        (Tree::of(&manifest), manifest)
    };
    for (kind, name, value, place) in [
        (Kind::Setting, "rds.extensions", Some("x"), "its DB parameter group"),
        (Kind::Setting, "cloudsql.iam_authentication", Some("on"), "its database flags"),
        (Kind::Setting, "azure.extensions", Some("x"), "its server parameters"),
        (Kind::Setting, "allow_alter_system", Some("off"), "its configuration file"),
    ] {
        let managed = differences(&with(kind, name, value));
        let difference = managed.iter().find(|difference| difference.subject.object == "work_mem").unwrap();
        let words = format!("{:?}", difference.remedy);
        assert!(
            words.contains("set work_mem to 64MB in") && words.contains(place) && !words.contains("ALTER SYSTEM SET"),
            "{name}: {words}"
        );
    }
    for difference in &found {
        for statement in
            split(difference.remedy.as_ref().and_then(Remedy::statements).unwrap_or_else(|| panic!("no fix for {}", said(difference))))
        {
            session.exec(&statement).unwrap_or_else(|fault| panic!("{statement}: {fault}"));
        }
    }
    settled("work_mem", "64MB");
    assert!(differences(&seen()).is_empty());
}

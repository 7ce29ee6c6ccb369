//! One value in several spellings is one value, on one version and over all; another value is another.

use super::{capture, compared, lines, told};
use evenkeel_core::digest::Tree;
use evenkeel_core::kind::Dimension;
use evenkeel_testkit::{database, majors};

/// The same twice, a statement each.
const SAME: &[(&str, &str)] = &[
    (
        "create table t (id int) with (autovacuum_enabled = off, fillfactor = 70)",
        "create table t (id int) with (fillfactor = '0x46', autovacuum_enabled = FALSE)",
    ),
    (
        "create table t (id int) with (autovacuum_vacuum_scale_factor = 0.1)",
        "create table t (id int) with (autovacuum_vacuum_scale_factor = '.10')",
    ),
    ("create table t (v text) with (toast.autovacuum_enabled = no)", "create table t (v text) with (toast.autovacuum_enabled = 'f')"),
    ("create table t (v text) with (vacuum_truncate = true)", "create table t (v text) with (vacuum_truncate)"),
    ("create view v with (security_barrier = on) as select 1 x", "create view v with (security_barrier) as select 1 x"),
    (
        "create table t (x int); create view v with (security_barrier = 1, check_option = 'local') as select x from t where x > 1",
        "create table t (x int); create view v with (check_option = 'local', security_barrier = yes) as select x from t where x > 1",
    ),
    (
        "create table t (a int[]); create index i on t using gin (a) with (fastupdate = off)",
        "create table t (a int[]); create index i on t using gin (a) with (fastupdate = false)",
    ),
    (
        "create table t (a int); create index i on t (a) with (deduplicate_items = 'OFF')",
        "create table t (a int); create index i on t (a) with (deduplicate_items = 0)",
    ),
    (
        "create table t (a int); create index i on t using brin (a) with (autosummarize = on, pages_per_range = 64)",
        "create table t (a int); create index i on t using brin (a) with (pages_per_range = '0x40', autosummarize = true)",
    ),
    (
        "create table t (a int); alter table t alter a set (n_distinct = -0.5)",
        "create table t (a int); alter table t alter a set (n_distinct = '-.50')",
    ),
    (
        "create materialized view m with (autovacuum_enabled = off) as select 1 x",
        "create materialized view m with (autovacuum_enabled = 'False') as select 1 x",
    ),
    (
        "create function f() returns int language sql set work_mem = '64MB' set enable_seqscan = off as 'select 1'",
        "create function f() returns int language sql set enable_seqscan = FALSE set work_mem = '65536kB' as 'select 1'",
    ),
    (
        "create function f() returns int language sql set work_mem = 65536 as 'select 1'",
        "create function f() returns int language sql set work_mem = '64MB' as 'select 1'",
    ),
    (
        "create procedure f() language sql set statement_timeout = '1min' as 'select 1'",
        "create procedure f() language sql set statement_timeout = 60000 as 'select 1'",
    ),
    (
        "create function f() returns int language sql set plan_cache_mode = 'FORCE_CUSTOM_PLAN' as 'select 1'",
        "create function f() returns int language sql set plan_cache_mode = force_custom_plan as 'select 1'",
    ),
    (
        "create function f() returns int language sql set random_page_cost = '1.10' as 'select 1'",
        "create function f() returns int language sql set random_page_cost = 1.1 as 'select 1'",
    ),
    (
        "create function f() returns int language sql set timezone = 'europe/BERLIN' as 'select 1'",
        "create function f() returns int language sql set timezone = 'Europe/Berlin' as 'select 1'",
    ),
    (
        "do $$ declare s text = current_schema; begin perform set_config('search_path', 'a,b', true); execute 'create function ' || s || '.f() returns int language sql set search_path from current as ''select 1'''; end $$",
        "create function f() returns int language sql set search_path = a, \"b\" as 'select 1'",
    ),
];

/// What looks alike and is another value.
const OTHER: &[(&str, &str)] = &[
    ("create table t (id int) with (autovacuum_enabled = off)", "create table t (id int) with (autovacuum_enabled = on)"),
    ("create table t (id int) with (fillfactor = 70)", "create table t (id int) with (fillfactor = 71)"),
    ("create table t (id int) with (autovacuum_enabled = off)", "create table t (id int)"),
    (
        "create function f() returns int language sql set work_mem = '64MB' as 'select 1'",
        "create function f() returns int language sql set work_mem = '64kB' as 'select 1'",
    ),
    (
        "create function f() returns int language sql set timezone = 'Europe/Berlin' as 'select 1'",
        "create function f() returns int language sql set timezone = 'Europe/Paris' as 'select 1'",
    ),
    (
        "create function f() returns int language sql set search_path = a, b as 'select 1'",
        "create function f() returns int language sql set search_path = 'a, b' as 'select 1'",
    ),
    (
        "create function f() returns int language sql set my.flag = 'on' as 'select 1'",
        "create function f() returns int language sql set my.flag = 'true' as 'select 1'",
    ),
];

/// Each in a schema of its own, so that one database holds all.
fn apart(statements: impl Iterator<Item = &'static str>) -> String {
    let mut made = String::new();
    for (at, statement) in statements.enumerate() {
        made.push_str(&format!("create schema s{at}; set search_path = s{at}; {statement}; reset search_path; "));
    }
    made
}

#[test]
fn a_value_has_one_spelling() {
    for major in majors() {
        let same = |one: bool| apart(SAME.iter().map(|(first, second)| if one { *first } else { *second }));
        assert_eq!(told(major, &[Dimension::Schema], &same(true), &same(false)), Vec::<String>::new(), "on {major}");
        let other = |one: bool| apart(OTHER.iter().map(|(first, second)| if one { *first } else { *second }));
        let told = told(major, &[Dimension::Schema], &other(true), &other(false));
        assert_eq!(told.len(), OTHER.len(), "on {major}: {told:#?}");
    }
}

#[test]
fn an_icu_locale_is_the_same_on_every_version() {
    const LOCALES: &str = "create collation nat (provider = icu, locale = '@colCaseFirst=lower;colNumeric=yes');
        create collation en1 (provider = icu, locale = 'en_US'); create collation de1 (provider = icu, locale = 'de-u-co-phonebk');
        create collation de2 (provider = icu, locale = 'de@collation=phonebook'); create collation rt (provider = icu, locale = 'root');
        create collation ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        create collation ci2 (provider = icu, locale = '@colStrength=secondary', deterministic = false);
        create collation zh (provider = icu, locale = 'zh_Hant_TW@collation=stroke'); create collation al (provider = icu, locale = '@colAlternate=shifted');
        create collation es (provider = icu, locale = 'es@collation=traditional'); create collation px (provider = icu, locale = 'en_US_POSIX');
        create table t (n text collate nat);";
    let captured: Vec<_> = majors()
        .into_iter()
        .map(|major| {
            let db = database(major);
            db.exec(LOCALES);
            (major, capture(&db.conninfo(), &[Dimension::Schema]))
        })
        .collect();
    let digest = |manifest| Tree::of(manifest).branch(Dimension::Schema).unwrap().digest.hex();
    let (newest, last) = captured.last().unwrap();
    for (major, manifest) in &captured {
        assert_eq!(lines(&compared(manifest, last)), Vec::<String>::new(), "on {major} and {newest}");
        assert_eq!(digest(manifest), digest(last), "on {major} and {newest}");
    }
}

//! `evenkeel rehearse --data staging`: the throwaway server's tables with copies of rows that are somewhere. Neighbours: `rehearse_rows`, where
//! they are made up; `rehearse_place`, whose rule it is which environment that may be.

use crate::rehearse::texts;
use crate::rehearse_place::Staged;
use evenkeel_testkit::newest;
use serde_json::Value;

/// Columns that are written otherwise by each setting, and values that end a line of a copy where they are not kept apart.
const ODD: &str = "create type mood as enum ('sad', 'glad');
    create table odd (id bigint generated always as identity primary key, at timestamptz, day date, span interval, raw bytea, real float8,
        words text[], mood mood, doc jsonb, twice int generated always as (length(doc::text)) stored, note text);
    create table parent (id int primary key, note text); create table child (more int) inherits (parent);
    create table parted (k int, note text) partition by list (k); create table parted_1 partition of parted for values in (1);
    create table parted_2 partition of parted for values in (2)";
const ROWS: &str = r#"insert into odd (at, day, span, raw, real, words, mood, doc, note) values
        ('2026-03-04 05:06:07+02', '2026-03-04', '1 year -2 days 03:04:05.6', '\x00ff0a5c', 0.1::float8 + 0.2::float8, array['a,b', null, E'x\\y"'], 'glad', '{"a": 1}', E'tab\tline\nback\\slash\\.'),
        (null, null, null, null, 'NaN', null, null, null, E'\\N'), ('infinity', '0044-03-15 BC', '-1 mons', '', '-Infinity', '{}', 'sad', '[]', '');
    insert into parent values (1, 'p'); insert into child values (2, 'c', 3); insert into parted select 1 + g % 2, g::text from generate_series(1, 10) g"#;
const SUM: &str = "select md5(concat((select string_agg(md5(o::text), ',' order by id) from odd o), (select string_agg(p::text, ',' order by id) from only parent p),
    (select string_agg(c::text, ',' order by id) from child c), (select string_agg(p::text, ',' order by note) from parted p),
    (select string_agg(p::text, ',' order by id) from people p)))";

fn rehearsed(staged: &Staged, more: &[&str], code: i32) -> Value {
    let mut arguments = vec!["rehearse", "release.sql", "--for", "production", "--data", "staging", "--format", "json"];
    arguments.extend(more);
    staged.place.run(&arguments).exits(code).json()
}

#[test]
fn rows_are_those_that_are_there_and_no_value_of_them_is_told() {
    let staged = Staged::new(newest(), "");
    staged.exec(ODD);
    let staging = staged.server.session("staging").unwrap();
    staging.exec(ROWS).unwrap();
    staging.exec("update people set name = 'secret-ann' where id < 3; analyze").unwrap();
    let sum = staging.query_text(&format!("set datestyle = 'ISO'; set intervalstyle = 'postgres'; set timezone = 'UTC'; {SUM}")).unwrap();
    let sum = sum.last().unwrap()[0].clone().unwrap();
    // Who writes values otherwise there is no reason for others.
    staging.exec("alter database staging set datestyle = 'SQL, DMY'; alter database staging set intervalstyle = 'sql_standard'; alter database staging set extra_float_digits = 0").unwrap();
    let before = staged.digests();
    staged.place.write(
        "release.sql",
        format!(
            "set datestyle = 'ISO'; set intervalstyle = 'postgres'; set timezone = 'UTC';
            do $$ begin if ({SUM}) <> '{sum}' then raise exception 'other rows'; end if; end $$;
            insert into odd (note) values ('next');
            create unique index people_name on people (name);"
        ),
    );
    let told = rehearsed(&staged, &["--only", "run"], 1);
    let stopped = told["migrations"][0]["stopped"]["why"].as_str().unwrap();
    assert_eq!(stopped, "could not create unique index \"people_name\" (23505)", "{told}");
    assert_eq!(told["migrations"][0]["statements"].as_array().unwrap().len(), 6, "{told}");
    let floor = texts(&told["floor"]).join("\n");
    assert!(floor.contains("rows are copies of those of staging, 55 in 6 of 6 tables"), "{floor}");
    // Nor where code quotes them, in any part or form.
    staged.place.write(
        "release.sql",
        "do $$ begin perform name::int from people where id = 1; end $$;\nalter table people alter name type int using name::int;\n",
    );
    let arguments = ["rehearse", "release.sql", "--for", "production", "--data", "staging", "--only", "run,rerun"];
    staged.place.run(&arguments).exits(1).says("(22P02)").hides("secret").hides("ann");
    assert_eq!(staged.digests(), before, "it is read only");
}

#[test]
fn what_could_not_be_copied_is_told_and_what_refers_to_it_is_left_out() {
    let staged = Staged::new(newest(), "alter table orders add paid boolean;");
    staged.exec("create table notes (id int primary key, orders int references orders, text text)");
    let staging = staged.server.session("staging").unwrap();
    staging.exec("insert into notes select g, case when g > 3 then g end, 'x' from generate_series(1, 20) g").unwrap();
    staging.exec("create table lines (id int); insert into lines values (-1); create table gone (id int)").unwrap();
    let production = staged.server.session("production").unwrap();
    production.exec("create table lines (id int check (id > 0)); create table gone (id int, more text)").unwrap();
    let holder = staged.server.session("staging").unwrap();
    holder.exec("begin; lock table people in access exclusive mode").unwrap();
    let told = rehearsed(&staged, &["--only", "run", "--lock-timeout", "300ms"], 2);
    let floor = texts(&told["floor"]).join("\n");
    for wanted in [
        "rows are copies of those of staging, 3 in 1 of 5 tables",
        "public.people has no rows: its rows could not be read there: somebody else has locked it (--lock-timeout) (55P03)",
        "public.orders has no rows: 20 rows were left out: what they refer to is not there",
        "public.notes: 17 rows were left out: what they refer to is not there",
        "public.lines has no rows: its rows do not fit here (23514)",
        "public.gone has no rows: its rows could not be read there: one of its columns is not there (42703)",
    ] {
        assert!(floor.contains(wanted), "{wanted}: {floor}");
    }
    drop(holder);
}

/// A view in the place of a table is its owner's code, and runs as whoever reads it.
#[test]
fn a_view_in_a_tables_place_is_not_read() {
    let staged = Staged::new(newest(), "alter table orders add paid boolean;");
    let staging = staged.server.session("staging").unwrap();
    staging
        .exec(
            "create sequence was_read; create view seen as select nextval('was_read')::int as id; create view parts as select * from seen",
        )
        .unwrap();
    let production = staged.server.session("production").unwrap();
    production.exec("create table seen (id int); create table parts (id int) partition by list (id)").unwrap();
    let told = rehearsed(&staged, &["--only", "run"], 2);
    let floor = texts(&told["floor"]).join("\n");
    for table in ["seen", "parts"] {
        let wanted = format!("public.{table} has no rows: its rows could not be read there: it is no such table there");
        assert!(floor.contains(&wanted), "{wanted}: {floor}");
    }
    assert_eq!(staging.value("select is_called::text from was_read").unwrap().as_deref(), Some("false"));
}

#[test]
fn rows_of_production_and_of_what_may_be_production_are_not_copied() {
    let staged = Staged::new(newest(), "alter table orders add paid boolean;");
    let refused = |data: &str, more: &[&str]| {
        let mut arguments = vec!["rehearse", "release.sql", "--for", "production", "--data", data];
        arguments.extend(more);
        staged.place.run(&arguments).exits(64)
    };
    refused("production", &[]).says("rows of production are not copied").says("tier = \"production\"");
    refused("elsewhere", &[]).says("elsewhere");
    refused(&staged.server.url("staging"), &[]).says("--data");
    for rows in ["100", "10%", "1%,3%,10%"] {
        let told = refused("staging", &["--rows", rows]).says("it would hide those that a release fails on");
        told.says(&format!("--data staging for what fails on rows, and --rows {rows} for how long it takes"));
    }
    let toml = staged.toml("").replace(&staged.server.url("staging"), &staged.server.url("production"));
    staged.place.write("evenkeel.toml", toml);
    refused("staging", &[]).says("it is the database of production");
    staged.place.write("evenkeel.toml", staged.toml("").replace("tier = \"staging\"\n", ""));
    refused("staging", &[]).says("no tier");
}

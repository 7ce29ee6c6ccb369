//! `evenkeel preflight`: what a build needs and a target lacks, as a user gets it.

use crate::run::Place;
use evenkeel_postgres::scratch::{Options, Scratch};
use evenkeel_testkit::{TestDb, database, each_major, newest};
use serde_json::Value;

const SCHEMA: &str = "create schema app; create type app.mood as enum ('sad', 'glad');
    create table app.accounts (id bigint primary key, email text unique, note text, mood app.mood, tags text[]);
    create function app.twice(x int) returns int language sql immutable as 'select x * 2'";

fn asked(place: &Place, db: &TestDb, more: &[&str], code: i32) -> Value {
    asked_of(place, &db.url(), more, code)
}

fn asked_of(place: &Place, url: &str, more: &[&str], code: i32) -> Value {
    let arguments: Vec<&str> = ["preflight", url, "--format", "json"].iter().chain(more).copied().collect();
    place.run(&arguments).exits(code).json()
}

/// Line, code and object of what is missing.
fn missing(told: &Value) -> Vec<(u64, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let all = told["missing"].as_array().unwrap().iter();
    all.map(|one| (one["line"].as_u64().unwrap_or(0), text(&one["sqlstate"]), text(&one["object"]))).collect()
}

#[test]
fn queries_are_planned_and_never_run_on_every_version() {
    each_major(|db| {
        db.exec(SCHEMA);
        db.exec(
            "insert into app.accounts (id) values (1); create table app.log (a int);
            create function app.told() returns int language plpgsql volatile as $$ begin insert into app.log values (1); return 1; end $$",
        );
        let place = Place::new();
        place.write(
            "q/a.sql",
            "-- one that fits
SELECT id, email FROM app.accounts WHERE id = $1;
SELECT total FROM app.accounts;
SELECT a.emial FROM app.accounts a;
DELETE FROM app.acounts WHERE id = $1;
INSERT INTO app.accounts (id, note) VALUES ($1, $2) ON CONFLICT (note) DO NOTHING;
INSERT INTO app.accounts (id, email) VALUES ($1, $2) ON CONFLICT (email) DO NOTHING RETURNING *;
DELETE FROM app.accounts;
SELECT app.told(), pg_sleep(1000);
SELECT app.thrice(id::int) FROM app.accounts;
WITH gone AS (DELETE FROM app.accounts RETURNING id) SELECT count(*) FROM gone;
SELECT * FROM nowhere.accounts;
SELECT 'angry'::app.temper;
",
        );
        let told = asked(&place, db, &["--queries", "q"], 1);
        let expected = [
            (3, "42703", "total"),
            (4, "42703", "a.emial"),
            (5, "42P01", "app.acounts"),
            (6, "42P10", "-"),
            (10, "42883", "app.thrice"),
            (12, "42P01", "nowhere.accounts"),
            (13, "42704", "app.temper"),
        ];
        let expected: Vec<_> = expected.map(|(line, code, object)| (line, code.to_owned(), object.to_owned())).to_vec();
        assert_eq!(missing(&told), expected, "{told}");
        let near: Vec<&str> = told["missing"].as_array().unwrap().iter().map(|one| one["nearest"].as_str().unwrap_or("-")).collect();
        assert_eq!((near[1], near[2]), ("app.accounts.email", "app.accounts"));
        assert_eq!(told["checked"]["queries"], 12);
        let count = db.query_text("select (select count(*) from app.accounts), (select count(*) from app.log)");
        assert_eq!(count, [[Some("1".to_owned()), Some("0".to_owned())]], "nothing ran");
    });
}

#[test]
fn what_nobody_can_ask_about_is_never_missing_and_never_passed() {
    let db = database(newest());
    db.exec(SCHEMA);
    let place = Place::new();
    // As pg_stat_statements writes what it cannot keep.
    place.write("q.sql", "SELECT now() - interval $1;\nCREATE TABLE t (a int);\nSELECT FROM WHERE;\n\\gset\nSELECT 1;");
    let told = asked(&place, &db, &["--queries", "q.sql"], 2);
    assert_eq!(told["missing"].as_array().unwrap().len(), 0, "{told}");
    let lines: Vec<u64> = told["not_understood"].as_array().unwrap().iter().map(|one| one["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [1, 2, 3, 4], "{told}");
    place.write("empty/readme.txt", "nothing");
    place.run(&["preflight", &db.url(), "--queries", "empty"]).exits(78).says("no query in it");
    place.run(&["preflight", &db.url(), "--queries", "nowhere"]).exits(78);
    place.run(&["preflight", &db.url()]).exits(64);
    place.run(&["preflight", &db.url(), "--queries", "q.sql", "--role", "nobody_here"]).exits(78).says("no role");
}

#[test]
fn the_applications_role_says_what_names_mean() {
    let db = database(newest());
    db.exec(SCHEMA);
    let role = format!("ek_app_{}", std::process::id());
    db.exec(&format!(
        "create role {role}; alter role {role} in database {} set search_path = app",
        db.value("select current_database()").unwrap()
    ));
    let place = Place::new();
    place.write("q.sql", "SELECT id FROM accounts;");
    asked(&place, &db, &["--queries", "q.sql"], 1);
    // What it may not see is not there for it, and what it may not read is missing too.
    assert_eq!(missing(&asked(&place, &db, &["--queries", "q.sql", "--role", &role], 1))[0].1, "42P01");
    db.exec(&format!("grant usage on schema app to {role}"));
    assert_eq!(missing(&asked(&place, &db, &["--queries", "q.sql", "--role", &role], 1))[0].1, "42501");
    db.exec(&format!("grant select on app.accounts to {role}"));
    asked(&place, &db, &["--queries", "q.sql", "--role", &role], 0);
    place.write("evenkeel.toml", format!("[environments.p]\nurl = \"{}\"\napplication_role = \"{role}\"\n", db.url()));
    place.run(&["preflight", "p", "--queries", "q.sql"]).exits(0).says("p has what the build needs: 1 query");
    db.exec(&format!("drop owned by {role}; drop role {role}"));
}

/// Everything that its sessions begin with, not only the search path; what cannot be had is named, and nothing is passed on its silence.
#[test]
fn statements_mean_what_all_settings_of_the_role_make_them_mean() {
    let db = database(newest());
    let (app, reader) = (format!("ek_set_{}", std::process::id()), format!("ek_asks_{}", std::process::id()));
    let own = |statement: &str| db.exec(&statement.replace("{app}", &app).replace("{reader}", &reader).replace("{db}", &db.name));
    own("create role {app}; create role {reader} login; grant {app} to {reader}");
    own("alter role {app} in database {db} set datestyle = 'ISO, DMY'; alter role {app} set app.tenant = 'hunter2'");
    let place = Place::new();
    place.write("q.sql", "SELECT '31/12/2026'::date, current_setting('app.tenant');");
    let url = db.url().replace("postgres@", &format!("{reader}@"));
    asked_of(&place, &url, &["--queries", "q.sql"], 2);
    asked_of(&place, &url, &["--queries", "q.sql", "--role", &app], 0);
    // What only a superuser may set.
    own("alter role {app} set session_replication_role = replica; alter role {app} set log_statement = 'all'");
    let told = asked_of(&place, &url, &["--queries", "q.sql", "--role", &app], 2);
    assert_eq!(told["gaps"].as_array().unwrap().len(), 1, "{told}");
    assert!(told["gaps"][0].as_str().unwrap().contains("session_replication_role, which"), "{told}");
    asked(&place, &db, &["--queries", "q.sql", "--role", &app], 0);
    // What the reader has for itself says nothing about the application; its memory does not matter.
    own("alter role {app} reset all; alter role {app} in database {db} reset all");
    own("alter role {reader} set datestyle = 'ISO, DMY'; alter role {reader} set work_mem = '8MB'");
    let told = asked_of(&place, &url, &["--queries", "q.sql", "--role", &app], 2);
    assert_eq!(told["gaps"].as_array().unwrap().len(), 1, "{told}");
    assert!(told["gaps"][0].as_str().unwrap().contains("which DateStyle sessions of"), "{told}");
    // Whose rights count is another's then.
    own("alter role {app} set role = {reader}");
    let told = asked(&place, &db, &["--queries", "q.sql", "--role", &app], 2);
    assert!(told["gaps"].to_string().contains("go on as"), "{told}");
    own("drop owned by {app}, {reader}; drop role {app}, {reader}");
}

#[test]
fn a_materialized_view_that_holds_nothing_is_not_there() {
    let db = database(newest());
    db.exec("create schema app; create materialized view app.\"Sum\" as select 1 as a with no data; create view app.over as select a from app.\"Sum\"");
    let place = Place::new();
    place.write(
        "q.sql",
        "SELECT a FROM app.over;\nSELECT 1;\nSELECT x.a FROM (VALUES (1)) x(a) WHERE EXISTS (SELECT FROM app.\"Sum\" WHERE a = $1);",
    );
    let told = asked(&place, &db, &["--queries", "q.sql"], 1);
    assert_eq!(
        missing(&told).into_iter().map(|(line, code, _)| (line, code)).collect::<Vec<_>>(),
        [(1, "55000".to_owned()), (3, "55000".to_owned())]
    );
    assert!(told["missing"][0]["what"].as_str().unwrap().contains("materialized view app.\"Sum\" has not been populated"), "{told}");
    place.write(
        "m/1_a.sql",
        "create schema app; create materialized view app.\"Sum\" as select 1 as a; create view app.over as select a from app.\"Sum\";",
    );
    let told = asked(&place, &db, &["--expect", "replay:m"], 1);
    assert!(told["missing"][0]["what"].as_str().unwrap().contains("populated"), "{told}");
    db.exec("refresh materialized view app.\"Sum\"");
    asked(&place, &db, &["--queries", "q.sql", "--expect", "replay:m"], 0);
    // Rows where the build brings none are more than it needs.
    place.write("n/1_a.sql", "create schema app; create materialized view app.\"Sum\" as select 1 as a with no data; create view app.over as select a from app.\"Sum\";");
    asked(&place, &db, &["--expect", "replay:n"], 0);
}

#[test]
fn what_a_reader_may_not_plan_is_a_gap_and_what_is_missing_is_seen_all_the_same() {
    let db = database(newest());
    db.exec(SCHEMA);
    let role = format!("ek_reader_{}", std::process::id());
    db.exec(&format!("create role {role} login; grant usage on schema app to {role}"));
    let place = Place::new();
    place.write("q.sql", "SELECT id FROM app.accounts;");
    let url = db.url().replace("postgres@", &format!("{role}@"));
    let told = place.run(&["preflight", &url, "--queries", "q.sql", "--format", "json"]).exits(2).json();
    assert!(told["gaps"][0].as_str().unwrap().contains("understood, and not planned"), "{told}");
    place.write("q.sql", "SELECT nothing FROM app.accounts;");
    let told = place.run(&["preflight", &url, "--queries", "q.sql", "--format", "json"]).exits(1).json();
    assert_eq!(missing(&told)[0].1, "42703");
    db.exec(&format!("drop owned by {role}; drop role {role}"));
}

#[test]
fn sqlx_says_what_it_was_compiled_with() {
    let db = database(newest());
    db.exec(SCHEMA);
    let place = Place::new();
    let offline = |columns: &str, parameters: &str| {
        format!(
            "{{\"db_name\":\"PostgreSQL\",\"query\":\"SELECT id, mood, tags FROM app.accounts WHERE id = $1\",\"describe\":{{\"columns\":[{columns}],\"parameters\":{{\"Left\":[{parameters}]}},\"nullable\":[false,true]}},\"hash\":\"x\"}}"
        )
    };
    let mood = "{\"ordinal\":1,\"name\":\"mood\",\"type_info\":{\"Custom\":{\"name\":\"mood\",\"kind\":{\"Enum\":[\"sad\",\"glad\"]}}}}";
    let right = format!(
        "{{\"ordinal\":0,\"name\":\"id\",\"type_info\":\"Int8\"}},{mood},{{\"ordinal\":2,\"name\":\"tags\",\"type_info\":\"TextArray\"}}"
    );
    place.write(".sqlx/query-1.json", offline(&right, "\"Int8\""));
    asked(&place, &db, &["--queries", ".sqlx"], 0);
    place.write(".sqlx/query-1.json", offline(&right.replace("Int8", "Int4").replace("\"tags\"", "\"labels\""), "\"Text\""));
    let told = asked(&place, &db, &["--queries", ".sqlx"], 1);
    let what: Vec<&str> = told["missing"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    assert_eq!(
        what,
        [
            "its column id was compiled as int4, and is int8",
            "its column labels is called tags",
            "its parameter $1 was compiled as text, and is int8"
        ]
    );
    place.write(".sqlx/query-2.json", "{}");
    assert_eq!(asked(&place, &db, &["--queries", ".sqlx"], 1)["not_understood"].as_array().unwrap().len(), 1);
}

#[test]
fn more_is_allowed_and_what_is_not_sound_is_not_there() {
    let place = Place::new();
    place.write("m/1_a.sql", SCHEMA.replace(';', ";\n"));
    place.write("m/2_b.sql", "create index on app.accounts (note); alter table app.accounts add check (id > 0);");
    let db = database(newest());
    db.exec(SCHEMA);
    db.exec("create table _sqlx_migrations (version bigint primary key, description text not null, installed_on timestamptz, success boolean, checksum bytea, execution_time bigint);
        insert into _sqlx_migrations values (1, 'a', now(), true, '\\x00', 1)");
    let expect = ["--expect", "replay:m"];
    let told = asked(&place, &db, &expect, 1);
    let objects: Vec<String> = missing(&told).into_iter().map(|(.., object)| object).collect();
    assert_eq!(objects, ["app.accounts.accounts_id_check", "app.accounts_note_idx"], "{told}");
    let first = &told["missing"][1];
    assert_eq!(
        (first["migration"].clone(), first["recorded"].clone()),
        (Value::Null, Value::Null),
        "a generated name stands in no file: {told}"
    );
    db.exec("create index on app.accounts (note); alter table app.accounts add check (id > 0) not valid; alter type app.mood add value 'calm'; alter table app.accounts add more int");
    let told = asked(&place, &db, &expect, 1);
    assert_eq!(missing(&told).len(), 1, "{told}");
    assert!(told["missing"][0]["what"].as_str().unwrap().contains("valid"), "{told}");
    db.exec("alter table app.accounts validate constraint accounts_id_check");
    asked(&place, &db, &expect, 0);
    // More that the build does not know of, and that stands in its way.
    db.exec("alter table app.accounts add must int not null default 0; alter table app.accounts add check (must < 9)");
    let told = asked(&place, &db, &expect, 2);
    assert!(told["gaps"][0].as_str().unwrap().contains("may refuse or change"), "{told}");
    db.exec("alter table app.accounts alter must drop default");
    assert_eq!(missing(&asked(&place, &db, &expect, 1))[0].2, "app.accounts.must");
    db.exec("alter table app.accounts drop must");
    place.write("d/1_a.sql", "create domain small as int check (value > 0); create table holds (a small);");
    let other = database(newest());
    other.exec("create domain small as int check (value > 0); create table holds (a small)");
    asked(&place, &other, &["--expect", "replay:d"], 0);
    other.exec("alter domain small add check (value < 10)");
    let told = asked(&place, &other, &["--expect", "replay:d"], 2);
    assert!(told["gaps"][0].as_str().unwrap().contains("may refuse or change"), "{told}");
    // The column that a later file makes is named with its file, and with what the record says of that.
    place.write("m/3_c.sql", "alter table app.accounts add total int;");
    let told = asked(&place, &db, &expect, 1);
    let one = &told["missing"][0];
    assert_eq!(
        (one["object"].clone(), one["migration"].clone(), one["recorded"].clone()),
        ("app.accounts.total".into(), "3".into(), "not recorded".into())
    );
    place.run(&["capture", "replay:m", "--like", &db.url(), "--dimension", "schema", "--out", "need.jsonl"]).exits(0);
    assert_eq!(asked(&place, &db, &["--expect", "need.jsonl"], 1)["missing"].as_array().unwrap().len(), 1);
}

/// sqlc has words of its own for parameters, and is told by the line above each query.
#[test]
fn queries_of_sqlc_are_asked_as_it_sends_them() {
    let db = database(newest());
    db.exec(SCHEMA);
    let place = Place::new();
    place.write(
        "q.sql",
        "-- name: ByMail :one
SELECT id, email FROM app.accounts WHERE email = @email AND tags @> @tags;
-- name: Rename :exec
UPDATE app.accounts SET note = sqlc.arg(note), email = coalesce(sqlc.narg('email'), email) WHERE id = @id;
-- name: Embedded :many
SELECT sqlc.embed(accounts) FROM app.accounts WHERE id = ANY(sqlc.slice('ids')::bigint[]);
-- name: Gone :many
SELECT total FROM app.accounts WHERE id = @id;
",
    );
    let told = asked(&place, &db, &["--queries", "q.sql"], 1);
    assert_eq!(missing(&told), [(8, "42703".to_owned(), "total".to_owned())], "{told}");
    assert_eq!(told["not_understood"].as_array().map(Vec::len), Some(0), "{told}");
    assert_eq!(told["checked"]["queries"], 4);
    // Without it a text is what it says.
    place.write("q.sql", "SELECT sqlc.arg(id) FROM app.accounts;\n");
    asked(&place, &db, &["--queries", "q.sql"], 1);
}

#[test]
fn what_a_server_has_seen_is_asked_and_what_its_statistics_mutilate_is_not_understood() {
    let setting = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let settings = vec![setting("shared_preload_libraries", "pg_stat_statements")];
    let options = Options { settings, ..Options::major(newest()) }.database("app");
    let seen = Scratch::start(&options).unwrap();
    let session = seen.session("app").unwrap();
    session.exec("create table accounts (id bigint primary key, note text, at timestamptz); create extension pg_stat_statements; select pg_stat_statements_reset()").unwrap();
    for query in [
        "select note from accounts where id = 1",
        "insert into accounts (id, note) values (2, 'x')",
        "select id from accounts where at > now() - interval '1 day'",
        "create table more (a int)",
        "select 1 + 2",
        "select date '2026-01-01' + 1",
        "select generate_series(1, 10)",
        "select sum(5), array_agg(1)",
        "select id from accounts where id = any(array[1, 2])",
        "select id from accounts join (values (1, 'a')) as v (i, t) on accounts.id = v.i",
        "select case when id = 1 then 2 else 3 end from accounts",
        "select coalesce(null, 1), greatest(1, 2), nullif(1, 2) from accounts",
        "select id from accounts where id in (1, 2) union all select 3",
    ] {
        session.exec(query).unwrap();
    }
    let place = Place::new();
    let url = seen.url("app");
    place.write("evenkeel.toml", format!("[environments.old]\nurl = \"{url}\"\n"));
    // A new release of the database lacks a column.
    let db = database(newest());
    db.exec("create table accounts (id bigint primary key, at timestamptz)");
    let told = asked(&place, &db, &["--queries", "pg_stat_statements:old"], 1);
    let objects: Vec<String> = missing(&told).into_iter().map(|(.., object)| object).collect();
    assert!(objects.contains(&"note".to_owned()) && !told["missing"].to_string().contains("interval"), "{told}");
    let odd = told["not_understood"].to_string();
    assert!(odd.contains("pg_stat_statements:old") && odd.contains("its text does not say"), "{told}");
    // All of them ran there: none is missing there.
    let told = asked_of(&place, &url, &["--queries", "pg_stat_statements:old"], 2);
    assert_eq!(missing(&told), [], "{told}");
    // What is missing whatever its parameters are, is missing.
    place.write(
        "q.sql",
        "select no_such(1, $1);\nselect id from accounts where note = id and id < $1;\nselect $1 + $2;\n\
         select note ->> 'name' from accounts where id = $1;\nselect date_trunc('day', note) from accounts where id = $1;\n\
         select id from accounts union select note from accounts where id = $1;\n",
    );
    let told = asked_of(&place, &url, &["--queries", "q.sql"], 1);
    let lines: Vec<u64> = missing(&told).into_iter().map(|(line, ..)| line).collect();
    assert_eq!(lines, [1, 2, 4, 5, 6], "{told}");
    assert_eq!(told["not_understood"].as_array().map(Vec::len), Some(1), "{told}");
    assert!(!told.to_string().contains("create table"), "{told}");
    db.exec("alter table accounts add note text");
    // What was mutilated is never taken for fit.
    let told = asked(&place, &db, &["--queries", "pg_stat_statements:old"], 2);
    assert_eq!(missing(&told), [], "{told}");
    // A server that keeps none says how to have it, and no URL is shown with a password.
    let url = db.url().replace("postgres@", "postgres:hunter2-swordfish@");
    let ran = place.run(&["preflight", &db.url(), "--queries", &format!("pg_stat_statements:{url}")]).exits(78);
    ran.says("CREATE EXTENSION pg_stat_statements").hides("swordfish");
    place.run(&["preflight", &db.url(), "--queries", "pg_stat_statements:nowhere"]).exits(64).says("names no environment");
}

#[test]
fn a_halt_counts_where_the_database_is_named_by_a_url_and_a_file_by_another_case() {
    let db = database(newest());
    db.exec("create table t (id int)");
    let place = Place::new();
    place.write("q/a.sql", "select id from t;\n");
    let url = db.url();
    asked(&place, &db, &["--queries", "q"], 0);
    place.write("q/B.SQL", "select nope from t;\n");
    assert_eq!(missing(&asked(&place, &db, &["--queries", "q"], 1)).len(), 1);
    std::fs::remove_file(place.path("q/B.SQL")).unwrap();
    place.write("evenkeel.toml", format!("[environments.shop]\nurl = \"{url}\"\n"));
    place.run(&["history", "shop", "--halt", "an incident"]).exits(0);
    let told = asked(&place, &db, &["--queries", "q"], 1);
    assert!(told.to_string().contains("an incident"), "{told}");
}

#[test]
fn files_mean_what_they_mean_to_whoever_migrates() {
    let db = database(newest());
    let role = format!("migrates_{}", db.name);
    db.exec(&format!(
        "create role {role}; create schema app authorization {role}; alter role {role} set search_path = app; create table app.t (id int)"
    ));
    let place = Place::new();
    place.write("m/1_a.sql", "create table t (id int);");
    let configure = |more: &str| place.write("evenkeel.toml", format!("[environments.shop]\nurl = \"{}\"\n{more}", db.url()));
    configure("");
    place.run(&["preflight", "shop", "--expect", "replay:m"]).exits(1).says("public.t");
    configure(&format!("migration_role = \"{role}\"\n"));
    place.run(&["preflight", "shop", "--expect", "replay:m"]).exits(0);
    place.run(&["compare", "replay:m", "shop", "--dimension", "schema"]).exits(0);
    place.run(&["compare", "shop", "replay:m", "--dimension", "schema"]).exits(0);
    configure("");
    db.exec(&format!("alter database {} set search_path = app", db.name));
    place.run(&["preflight", "shop", "--expect", "replay:m"]).exits(0);
    place.run(&["compare", "replay:m", "shop", "--dimension", "schema"]).exits(0);
    db.exec(&format!("drop owned by {role} cascade; drop role {role}"));
}

#[test]
fn the_step_that_a_pipeline_left_out_is_found_by_the_artifact() {
    let db = database(newest());
    db.exec(
        "create table orders (id bigint primary key);
        create table schema_migrations (version varchar(128) primary key); insert into schema_migrations values ('1')",
    );
    let place = Place::new();
    place.write("m/1_a.sql", "-- migrate:up\ncreate table orders (id bigint primary key);\n-- migrate:down\n");
    place.write("m/2_b.sql", "-- migrate:up\nalter table orders add note text;\n-- migrate:down\n");
    let digest = |folder: &str| {
        let told = place.run(&["migrations", folder, "--format", "json"]).exits(0).json();
        told["digest"].as_str().unwrap().to_owned()
    };
    let built = digest("m");
    place.run(&["migrations", "m"]).exits(0).says(&format!("artifact {built}"));
    let told = asked(&place, &db, &["--artifact", &built, "--migrations", "m"], 1);
    assert!(told["missing"].to_string().contains("migration 2 of the artifact is pending there"), "{told}");
    // Recorded, and never run.
    db.exec("insert into schema_migrations values ('2')");
    let told = asked(&place, &db, &["--artifact", &built, "--migrations", "m"], 1);
    assert!(told["missing"].to_string().contains("recorded-not-present"), "{told}");
    db.exec("alter table orders add note text");
    asked(&place, &db, &["--artifact", &built, "--migrations", "m"], 0);
    // Other files are another artifact, wherever they lie; what is not known is never "it ran".
    place.write("copy/1_a.sql", place.read("m/1_a.sql"));
    place.write("copy/2_b.sql", place.read("m/2_b.sql"));
    assert_eq!(digest("copy"), built);
    place.write("copy/2_b.sql", place.read("m/2_b.sql").replace("text", "varchar(9)"));
    assert_ne!(digest("copy"), built);
    let told = asked(&place, &db, &["--artifact", &built, "--migrations", "copy"], 2);
    assert!(told["gaps"].to_string().contains("ran there is not known"), "{told}");
    asked(&place, &db, &["--artifact", &built], 2);
    // Nothing knows this one: no folder, no run in the journal, with a configuration and without.
    let unknown = "0".repeat(built.len());
    let store = place.path("state/store.sqlite");
    let toml = format!("[store]\nurl = \"sqlite:{}\"\n[environments.shop]\nurl = \"{}\"\ntier = \"staging\"\n", store.display(), db.url());
    place.write("evenkeel.toml", toml);
    for environment in [db.url().as_str(), "shop"] {
        let arguments = ["preflight", environment, "--artifact", &unknown];
        let told = place.run(&[&arguments[..], &["--format", "json"]].concat()).exits(2).json();
        assert!(told["gaps"].to_string().contains("no folder of migrations was found here"), "{told}");
        assert_eq!(told["missing"], serde_json::json!([]), "{told}");
    }
    // One that was brought there from here is known: with its files by record, effect and the run, without them by the run alone.
    db.exec("delete from schema_migrations where version = '2'; alter table orders drop note");
    place.run(&["deploy", "shop", "--migrations", "m", "--unrehearsed"]).exits(0);
    let with = ["preflight", "shop", "--artifact", &built, "--migrations", "m"];
    let told = place.run(&[&with[..], &["--format", "json"]].concat()).exits(0).json();
    assert_eq!((&told["run"]["number"], &told["checked"]["migrations"]), (&serde_json::json!(1), &serde_json::json!(2)), "{told}");
    place.run(&with).exits(0).says("brought there by run 1, which ended ");
    let told = place.run(&["preflight", "shop", "--artifact", &built, "--format", "json"]).exits(2).json();
    assert!(told["gaps"].to_string().contains("run 1 was of it, whose effect nobody can look for without its files"), "{told}");
    // A run does not stand for what was taken away since, and what was taken back is nobody's.
    db.exec("alter table orders drop note");
    let told = place.run(&[&with[..], &["--format", "json"]].concat()).exits(1).json();
    assert_eq!((&told["run"]["number"], told["missing"].as_array().unwrap().len()), (&serde_json::json!(1), 1), "{told}");
    place.run(&["preflight", &db.url()]).exits(64);
}

#[test]
fn a_servers_log_has_no_query_that_ran() {
    let options = Options::major(newest()).setting("log_statement", "all").setting("log_line_prefix", "EK ").database("app");
    let scratch = Scratch::start(&options).unwrap();
    scratch
        .session("app")
        .unwrap()
        .exec("create table accounts (id bigint primary key, note text); insert into accounts values (1, 'kept')")
        .unwrap();
    let place = Place::new();
    let kinds = [
        "SELECT note FROM accounts WHERE id = ",
        "DELETE FROM accounts WHERE id = ",
        "UPDATE accounts SET note = 'lost' WHERE id = ",
        "INSERT INTO accounts SELECT ",
    ];
    let queries: Vec<String> = (0..1_000).map(|at| format!("{}{at};", kinds[at % kinds.len()])).collect();
    place.write("q.sql", queries.join("\n"));
    let told = place.run(&["preflight", &scratch.url("app"), "--queries", "q.sql", "--format", "json"]).exits(0).json();
    assert_eq!(told["checked"]["queries"], 1_000, "{told}");
    let log = std::fs::read_to_string(scratch.log_path()).unwrap();
    let said = |words: &str| log.lines().filter(|line| line.contains(words)).count();
    // Each is prepared and planned: no statement of it stands by itself, and none is executed.
    let prepared = said("statement: PREPARE \"evenkeel ");
    let planned = said("; EXPLAIN (COSTS off) EXECUTE \"evenkeel ");
    assert_eq!((prepared, planned), (1_000, 1_000));
    assert_eq!((said("EXECUTE \"evenkeel "), said("ANALYZE")), (planned, 0));
    let bare = log
        .lines()
        .filter(|line| kinds.iter().any(|kind| line.contains(&format!("statement: {kind}")) || line.contains(&format!(">: {kind}"))));
    assert_eq!(bare.count(), 0);
    let session = scratch.session("app").unwrap();
    assert_eq!(session.query_text("select * from accounts").unwrap(), [[Some("1".to_owned()), Some("kept".to_owned())]]);
}

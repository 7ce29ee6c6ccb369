//! Folders and records that are large, deep or odd: read as far as they can be, in time, and nothing is lost or left.

use crate::history::{history, place_with, words};
use crate::run::Place;
use evenkeel_testkit::{database, newest};
use std::fmt::Write as _;
use std::time::Duration;

const SQLX: &str = "create table _sqlx_migrations (version bigint primary key, description text, installed_on timestamptz, success boolean, checksum bytea, execution_time bigint)";

fn listed(place: &Place) -> serde_json::Value {
    place.run(&["migrations", "m", "--format", "json"]).json()
}

#[test]
fn a_file_of_twenty_million_bytes_is_read_and_run() {
    let mut text = String::from("create table big (a int, note text);\n");
    while text.len() < 20 << 20 {
        let _ = writeln!(text, "insert into big values ({}, '{}');", text.len(), "x".repeat(40_000));
    }
    text.push_str("create table last_one (a int);\n");
    let place = place_with(&[
        ("20260101000000_a.sql", "-- migrate:up\ncreate table a (x int);\n"),
        ("20260102000000_b.sql", &format!("-- migrate:up\n{text}")),
    ]);
    let db = database(newest());
    db.exec("create table a (x int); create table big (a int, note text); create table last_one (a int);
        create table schema_migrations (version varchar(128) primary key); insert into schema_migrations values ('20260101000000'), ('20260102000000')");
    let told = history(&place, &db, 0);
    assert_eq!(words(&told), ["applied", "applied"], "{}", told["gaps"]);
    // What its last statement makes is its own.
    db.exec("drop table last_one");
    assert_eq!(words(&history(&place, &db, 1)), ["applied", "partly-present"]);
}

#[test]
fn ten_thousand_files_are_read_in_order() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("m")).unwrap();
    for at in 0..10_000 {
        std::fs::write(place.path("m").join(format!("{at}_x.up.sql")), format!("create table t{at} (a int);\n")).unwrap();
    }
    let ran = place.run(&["migrations", "m", "--format", "json"]).exits(0);
    assert!(ran.took < Duration::from_secs(90), "{:?}", ran.took);
    let told = ran.json();
    let keys: Vec<&str> = told["migrations"].as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap()).collect();
    assert_eq!((keys.len(), keys[9], keys[10], keys[9_999]), (10_000, "9", "10", "9999"));
}

#[test]
fn rows_of_a_hundred_million_bytes_are_fed_as_they_stand() {
    let place = Place::new();
    let mut text = String::from("create table big (a bigint, note text);\ncopy big from stdin;\n");
    let note = "y".repeat(1_000);
    let mut count = 0_u64;
    while text.len() < 100 << 20 {
        let _ = writeln!(text, "{count}\t{note}");
        count += 1;
    }
    text.push_str(
        "\\.\nalter table big add constraint all_of_them check (a >= 0);\ncreate table counted as select count(*) as n from big;\n",
    );
    place.write("m/1_big.sql", &text);
    drop(text);
    let db = database(newest());
    db.exec("create table big (a bigint, note text, constraint all_of_them check (a >= 0)); create table counted (n bigint)");
    let ran = place.run(&["history", &db.url(), "--migrations", "m", "--tool", "plain SQL", "--format", "json"]).exits(0);
    assert_eq!(words(&ran.json()), ["applied"], "{}", ran.stdout);
}

#[test]
fn what_is_nested_deeper_than_a_server_takes_is_a_gap_and_no_crash() {
    for (name, text) in [
        ("parentheses", format!("create view v as select {}1{};", "(".repeat(100_000), ")".repeat(100_000))),
        ("comments", format!("{}{} create table t (a int);", "/*".repeat(100_000), "*/".repeat(100_000))),
        (
            "begins",
            format!("create function f() returns void begin atomic {} select 1; {} end;", "begin ".repeat(50_000), "end; ".repeat(50_000)),
        ),
        ("cases", format!("create view v as select {} 1 {};", "case when true then ".repeat(20_000), "end ".repeat(20_000))),
        ("quotes", format!("create table t (a text default '{}');", "''".repeat(500_000))),
    ] {
        let place = place_with(&[("1_a.sql", &text)]);
        let db = database(newest());
        db.exec(&format!("{SQLX}; insert into _sqlx_migrations values (1, 'a', now(), true, '\\x00', 1)"));
        let arguments = ["history", &db.url(), "--migrations", "m", "--tool", "sqlx", "--statement-timeout", "20s", "--format", "json"];
        let ran = place.run(&arguments);
        assert!(matches!(ran.code, Some(1 | 2)), "{name}: {:?} {}", ran.code, ran.stderr);
        // Read as one statement, or said not to be understood; never lost.
        let told = listed(&place);
        let one = &told["migrations"][0];
        assert!(
            one["statements"].as_array().is_some_and(|all| !all.is_empty()) || !one["not_understood"].as_array().unwrap().is_empty(),
            "{name}: {one}"
        );
    }
}

#[test]
fn names_of_files_may_hold_anything_and_stay_one_line() {
    let place = Place::new();
    place.write("m/1_a\nDROP TABLE x;\u{1b}[31m.sql", "create table a (x int);");
    place.write("m/2_b'\"`$(id).sql", "create table b (x int);");
    let told = place.run(&["migrations", "m", "--tool", "sqlx"]);
    assert!(!told.stdout.contains('\u{1b}') && !told.stdout.contains("\nDROP"), "{:?}", told.stdout);
    let db = database(newest());
    db.exec(&format!("{SQLX}; insert into _sqlx_migrations values (1, 'a', now(), true, '\\x00', 1), (2, 'b', now(), true, '\\x00', 1); create table a (x int); create table b (x int)"));
    for format in ["terminal", "markdown"] {
        let told = place.run(&["history", &db.url(), "--migrations", "m", "--tool", "sqlx", "--format", format]);
        assert!(!told.stdout.contains('\u{1b}') && !told.stdout.contains("\nDROP"), "{:?}", told.stdout);
    }
}

#[test]
fn files_that_include_each_other_are_told_and_end() {
    let place = Place::new();
    place.write("m/1_a.sql", "create table a (x int);\n\\ir parts/b.sql\n");
    place.write("m/parts/b.sql", "create table b (x int);\n\\ir ../1_a.sql\n");
    let ran = place.run(&["migrations", "m", "--tool", "plain SQL"]).exits(1);
    assert!(ran.took < Duration::from_secs(10));
    ran.says("includes itself").says("1_a.sql");
}

#[test]
fn a_record_of_a_million_rows_is_read_as_far_as_the_bound_and_that_is_said() {
    let place = place_with(&[("20260101000000_a.sql", "-- migrate:up\ncreate table a (x int);\n")]);
    let db = database(newest());
    db.exec("create table a (x int); create table schema_migrations (version varchar(128) primary key);
        insert into schema_migrations select n::text from generate_series(1, 1000000) n; insert into schema_migrations values ('20260101000000')");
    let ran = place.run(&["history", &db.url(), "--migrations", "m", "--format", "json"]);
    assert!(ran.took < Duration::from_secs(60), "{:?}", ran.took);
    // What was not read proves nothing.
    assert_eq!(ran.code, Some(2), "{}", ran.stdout.chars().take(500).collect::<String>());
    assert_eq!(words(&ran.json())[0], "not-checkable");
}

#[test]
fn a_record_with_code_on_it_runs_none_of_it() {
    let place = place_with(&[("20260101000000_a.sql", "-- migrate:up\ncreate table a (x int);\n")]);
    let db = database(newest());
    db.exec("create table a (x int); create table ran (a int); create table schema_migrations (version varchar(128) primary key);
        insert into schema_migrations values ('20260101000000');
        create function loud() returns trigger language plpgsql as $$ begin insert into ran values (1); return new; end $$;
        create trigger t before insert or update or delete on schema_migrations for each statement execute function loud();
        create function secret() returns boolean language plpgsql as $$ begin insert into ran values (2); return true; end $$;
        create policy p on schema_migrations using (secret()); alter table schema_migrations enable row level security, force row level security");
    let role = format!("ek_record_{}", std::process::id());
    db.exec(&format!("create role {role} login; grant select on schema_migrations to {role}; grant pg_read_all_stats to {role}"));
    let url = db.url().replace("postgres@", &format!("{role}@"));
    let ran = place.run(&["history", &url, "--migrations", "m", "--format", "json"]);
    assert!(matches!(ran.code, Some(1 | 2)), "{}", ran.stdout);
    assert_eq!(db.value("select count(*)::text from ran").as_deref(), Some("0"));
    db.exec(&format!("drop owned by {role}; drop role {role}"));
}

#[test]
fn two_tools_in_two_schemas_are_told_apart_and_a_name_may_be_hostile() {
    let place = place_with(&[("1_a.up.sql", "create table a (x int);\n"), ("1_a.down.sql", "drop table a;\n")]);
    let db = database(newest());
    db.exec("create table a (x int); create schema other; create schema \"o'dd \"\"name\";
        create table schema_migrations (version bigint primary key, dirty boolean not null); insert into schema_migrations values (1, false);
        create table \"o'dd \"\"name\".flyway_schema_history (installed_rank int primary key, version varchar(50), description varchar(200) not null,
            type varchar(20) not null, script varchar(1000) not null, checksum int, installed_by varchar(100) not null, installed_on timestamp not null default now(),
            execution_time int not null, success boolean not null)");
    let told = history(&place, &db, 1);
    assert_eq!(told["tool"]["name"], "golang-migrate", "{told}");
    assert_eq!(words(&told), ["applied"], "{told}");
    assert!(told["notes"].to_string().contains("Flyway, whose files these are not"), "{told}");
    // Two of one tool: nobody can tell which is meant.
    db.exec("create table other.schema_migrations (version bigint primary key, dirty boolean not null); insert into other.schema_migrations values (1, false)");
    let told = history(&place, &db, 2);
    assert!(told["gaps"].to_string().contains("nobody can tell which"), "{told}");
}

#[test]
fn a_placeholder_without_a_value_is_named() {
    let place = place_with(&[("V1__a.sql", "create table ${name} (x int);\n"), ("V2__b.sql", "create table b (x int);\n")]);
    place.run(&["migrations", "m", "--tool", "Flyway"]).exits(1).says("${name}");
    place.run(&["migrations", "m", "--tool", "Flyway", "--placeholder", "name=a"]).exits(0);
}

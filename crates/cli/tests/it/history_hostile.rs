//! Files of migrations that nobody should run: what they can do to a replay, and what is said of them.

use crate::history::{last, place_with, words};
use crate::run::{Place, Ran};
use evenkeel_testkit::{TestDb, database, newest};

fn quick(place: &Place, db: &TestDb, more: &[&str]) -> Ran {
    let url = db.url();
    let arguments: Vec<&str> =
        ["history", &url, "--migrations", "m", "--format", "json", "--statement-timeout", "2s"].iter().chain(more).copied().collect();
    place.run(&arguments)
}

#[test]
fn a_file_can_do_nothing_beyond_its_database() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    let secret = std::env::temp_dir().join(format!("evenkeel-written-{}", std::process::id()));
    for (text, expected) in [
        (format!("copy (select 1) to program 'touch {}';", secret.display()), "42501"),
        ("create table t (a text); copy t from '/etc/passwd';".to_owned(), "42501"),
        ("select pg_read_file('/etc/passwd');".to_owned(), "42501"),
        ("create extension dblink;".to_owned(), "42501"),
        ("create role evil superuser;".to_owned(), "42501"),
        ("-- no-transaction\nalter system set log_connections = on;".to_owned(), "42501"),
        ("-- no-transaction\ndrop database postgres;".to_owned(), "42501"),
        ("create extension citext; do $$ begin execute 'reset session authorization'; execute 'copy (select 1) to program ''id'''; end $$;".to_owned(), "42501"),
        ("select pg_terminate_backend(pg_backend_pid());".to_owned(), "57P01"),
        ("set statement_timeout = 0; select pg_sleep(1000);".to_owned(), "--statement-timeout"),
        ("\\! touch /tmp/x\n".to_owned(), "is a command of psql that evenkeel does not run"),
    ] {
        let place = place_with(&[("1_a.sql", "create table a(x int);"), ("2_b.sql", &text)]);
        let db = database(newest());
        db.exec("create table _sqlx_migrations (version bigint primary key, description text, installed_on timestamptz, success boolean, checksum bytea, execution_time bigint);
            insert into _sqlx_migrations values (1, 'a', now(), true, '\\x00', 1), (2, 'b', now(), true, '\\x00', 1); create table a(x int)");
        let told = quick(&place, &db, &["--tool", "sqlx"]).exits(2).json();
        let gaps = told["gaps"].to_string();
        assert!(gaps.contains(expected) || gaps.contains("session was lost"), "{text}: {gaps}");
        assert_eq!(last(&told)["verdict"], "not-checkable", "{text}: {told}");
    }
    assert!(!secret.exists());
}

#[test]
fn what_only_a_superuser_may_is_done_for_a_file_where_it_does_no_harm() {
    let text = "create extension citext; create role ek_history_app; create table t (a citext);
        create function log_it() returns event_trigger language plpgsql as $$ begin end $$;
        create event trigger ek_log on ddl_command_end execute function log_it();
        create publication everything for all tables;";
    let place = place_with(&[("1_a.sql", text)]);
    let db = database(newest());
    db.exec(&text.replace("create role ek_history_app;", ""));
    let told = quick(&place, &db, &["--tool", "plain"]).code;
    // `plain` is no tool's name; the whole one is.
    assert_eq!(told, Some(78));
    let told = quick(&place, &db, &["--tool", "plain SQL"]).exits(0).json();
    assert_eq!(words(&told), ["applied"], "{told}");
}

#[test]
fn odd_folders_are_read_as_far_as_they_can_be_and_the_rest_is_told() {
    let place = place_with(&[("1_a.sql", "create table a(x int);")]);
    place.shell("mkfifo m/2_pipe.sql; ln -s . m/loop; printf 'select \\xff;' > m/3_b.sql; ln -s /nonsense m/4_c.sql; mkdir m/.git; printf 'x' > m/.git/5_x.sql", &[]).exits(0);
    let told = place.run(&["migrations", "m", "--tool", "sqlx", "--format", "json"]).exits(1).json();
    let odd = told["not_understood"].to_string();
    assert!(odd.contains("2_pipe.sql") && odd.contains("loop") && odd.contains("4_c.sql"), "{odd}");
    assert!(told["migrations"][1]["not_understood"][0]["why"].as_str().unwrap().contains("byte 8 is no UTF-8"), "{told}");
    // Two with one number.
    place.shell("rm -rf m; mkdir m; echo 'select 1;' > m/1_a.sql; echo 'select 2;' > m/01_b.sql", &[]).exits(0);
    place.run(&["migrations", "m", "--tool", "sqlx"]).exits(1).says("it has the number of");
    place.shell("rm -rf m; mkdir m", &[]).exits(0);
    place.run(&["migrations", "m"]).exits(78).says("nothing that any tool would run");
    place.run(&["migrations", "nowhere"]).exits(78).says("No such file");
    place.shell("mkdir n; echo '-- migrate:up' > n/1_a.sql; echo '-- +goose Up' > n/2_b.sql", &[]).exits(0);
    place.run(&["migrations", "n"]).exits(78).says("several would read them").says("dbmate").says("goose");
}

#[test]
fn change_logs_that_are_hostile_are_refused_with_the_reason() {
    let place = crate::run::Place::new();
    let bomb = "<!DOCTYPE l [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><databaseChangeLog><changeSet id='1' author='x'><sql>&b;</sql></changeSet></databaseChangeLog>";
    let outside = "databaseChangeLog:\n- include: {file: ../../etc/passwd, relativeToChangelogFile: true}\n- changeSet: {id: 1, author: a, changes: [{sqlFile: {path: /etc/passwd}}]}\n";
    for (name, text, says) in [
        ("bomb.xml", bomb.to_owned(), "an entity of its own"),
        ("file.xml", bomb.replace("\"aaaa\"", "SYSTEM \"file:///etc/passwd\""), "an entity of its own"),
        ("deep.xml", format!("<databaseChangeLog>{}", "<a>".repeat(100_000)), "nested deeper"),
        ("deep.yaml", format!("databaseChangeLog: {}", "[".repeat(100_000)), "recursion limit"),
        ("ends.xml", "<databaseChangeLog><changeSet>".to_owned(), "ends before"),
        ("outside.yaml", outside.to_owned(), "which is not there"),
    ] {
        place.write(&format!("{name}.d/{name}"), text);
        let ran = place.run(&["migrations", &format!("{name}.d")]);
        assert!(matches!(ran.code, Some(1 | 78)), "{name}: {ran:?}");
        ran.says(says).hides("root:");
    }
    // Whole lines of it are one change set each, and the file is read once for all.
    let mut large = "<databaseChangeLog>".to_owned();
    for at in 0..5_000 {
        large.push_str(&format!("<changeSet id='{at}' author='a'><sql>create table t{at} (a int)</sql></changeSet>\n"));
    }
    place.write("large/a.xml", large + "</databaseChangeLog>");
    let ran = place.run(&["migrations", "large"]).exits(0).says("5000 migrations");
    assert!(ran.took.as_secs() < 20, "{:?}", ran.took);
}

//! `evenkeel rehearse --dump`: the throwaway server's schema from what pg_dump wrote. Neighbour: `rehearse`, where it is the manifest's.

use crate::rehearse::{TABLES, given, rehearsed, texts};
use crate::run::Place;
use evenkeel_testkit::mysql::{self, newest_mariadb, newest_mysql};
use evenkeel_testkit::share::Share;
use evenkeel_testkit::{TestDb, database, majors, newest};
use std::path::PathBuf;
use std::process::Command;

/// What pg_dump 18 writes of a database, with whatever else it is told.
pub fn dumped(db: &TestDb, more: &[&str]) -> Vec<u8> {
    let installed = PathBuf::from("/opt/evenkeel/pgtools/bin/pg_dump");
    let program = if installed.exists() { installed } else { "pg_dump".into() };
    let output = Command::new(program).args(more).args(["-d", &db.conninfo()]).output().expect("pg_dump is installed: script/setup");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The oldest and the newest by day, all at night.
fn some() -> Vec<u32> {
    let all = majors();
    let ends = [all.first().copied(), all.last().copied()];
    if Share::of(2).is_whole() { all } else { ends.into_iter().flatten().collect() }
}

const MORE: &str = "create extension if not exists citext; create schema app;
    create table app.notes (id bigint generated always as identity primary key, mail citext not null, person int references people);
    create view app.named as select n.id, p.name from app.notes n join people p on p.id = n.person;
    create function app.count_notes() returns bigint language sql as $$ select count(*) from app.notes $$;
    create materialized view app.sums as select person, count(*) from app.notes group by person;
    insert into app.notes (mail, person) select 'a' || g || '\\\\x', g from generate_series(1, 20) g; analyze app.notes";

#[test]
fn a_dump_of_a_newer_pg_dump_is_the_schema_with_its_rows_and_nothing_is_otherwise() {
    for major in some() {
        let db = database(major);
        let place = given(&db, "alter table app.notes alter person set not null;\nalter table orders add paid boolean;\n");
        let role = format!("owner_{}", db.name);
        db.exec(MORE);
        db.exec(&format!(
            "create role {role}; grant usage on schema app to {role}; grant select on people to {role}; alter table orders owner to {role}"
        ));
        place.write("dump.sql", dumped(&db, &[]));
        let told = rehearsed(&place, &db, &["--dump", "dump.sql", "--only", "run,effect"], 2);
        assert_eq!(texts(&told["gaps"]), Vec::<&str>::new(), "{major}: {told}");
        let floor = texts(&told["floor"]).join("\n");
        for wanted in ["its schema is that of the dump dump.sql (SHA-256 ", "rows are the dump's, 60 in 3 of 3 tables"] {
            assert!(floor.contains(wanted), "{major}: {floor}");
        }
        assert!(!floor.contains("not as on the target") && !floor.contains("had no rows"), "{major}: {floor}");
        assert!(told["migrations"][0]["stopped"].is_null(), "{major}: {told}");
        db.exec(&format!("reassign owned by {role} to postgres; drop owned by {role}; drop role {role}"));
    }
}

#[test]
fn what_is_otherwise_in_a_dump_and_what_only_a_superuser_may_run_is_named() {
    let db = database(newest());
    let place = given(&db, "alter table orders add paid boolean;\n");
    place.write("old.sql", dumped(&db, &["--schema-only"]));
    db.exec("create table late (id int); create index late_at on orders (total)");
    place.write("rows.sql", dumped(&db, &["--data-only", "-t", "people"]));
    place.write("rows.sql", [place.read("old.sql"), place.read("rows.sql")].concat());
    let told = rehearsed(&place, &db, &["--dump", "old.sql", "--only", "run", "--rows", "50"], 2);
    let gaps = texts(&told["gaps"]).join("\n");
    for wanted in ["the schema is not as on the target: table public.late: missing", "index public.late_at: missing"] {
        assert!(gaps.contains(wanted), "{gaps}");
    }
    // On the schema alone rows can be made.
    assert!(texts(&told["floor"]).iter().any(|words| words.starts_with("rows are made up, 50 in each of ")), "{told}");
    place
        .run(&["rehearse", "release.sql", "--for", &db.url(), "--dump", "rows.sql", "--rows", "50"])
        .exits(64)
        .says("no rows are made where a dump brings its own");
    // Who asks for more than its database is left out, and nothing of it runs.
    let more = "create function public.root() returns int language c as '$libdir/pgcrypto', 'pg_digest';
        copy public.people from program 'id';\nset of_nobody = 1;\nset transaction_timeouts = 0;\ngrant pg_read_server_files to public;\n";
    place.write("more.sql", [place.read("old.sql"), more.to_owned()].concat());
    let told = rehearsed(&place, &db, &["--dump", "more.sql", "--only", "run"], 2);
    let floor = texts(&told["floor"]).join("\n");
    assert!(floor.contains("left out of the dump: more.sql:") && floor.contains("(42501): CREATE FUNCTION"), "{floor}");
    assert!(floor.contains("(42501): COPY"), "{floor}");
    assert!(floor.contains("2 settings of the dump this server does not take, the first: more.sql:"), "{floor}");
}

/// What a dump makes that is run by whoever comes after it, and what it sets by code.
#[test]
fn code_of_a_dump_is_not_run_and_what_it_sets_is_no_setting_of_the_target() {
    let db = database(newest());
    let place = given(&db, "alter table orders add paid boolean;\n");
    let plain = String::from_utf8(dumped(&db, &["--schema-only"])).unwrap();
    let set = "execute 'alter database \"' || current_database() || '\" set lock_timeout = ''3s'''";
    let code = format!(
        "do $$ begin {set}; end $$;\ndo $$ begin insert into public.people values (1, 'x'); end $$;
        create function public.later() returns event_trigger language plpgsql as 'begin create table public.fired (a int); end';
        create event trigger later on ddl_command_end execute function public.later();\nselect public.later();\n"
    );
    place.write("code.sql", format!("{plain}{code}"));
    let told = rehearsed(&place, &db, &["--dump", "code.sql", "--only", "run", "--rows", "50"], 2);
    let floor = texts(&told["floor"]).join("\n");
    assert!(floor.contains("4 statements of the dump would run code, then or for whoever comes after it, and were left out"), "{floor}");
    assert!(!told.to_string().contains("fired") && !floor.contains("people has no rows"), "{told}");
    // By a function that a constraint calls: no statement says so.
    let hidden = format!(
        "create function public.sets(int) returns boolean language plpgsql as $$ begin {set}; return true; end $$;
        create table public.calls (a int check (public.sets(a)));\ninsert into public.calls values (1);\n"
    );
    place.write("hidden.sql", format!("{plain}{hidden}"));
    let ran = place.run(&["rehearse", "release.sql", "--for", &db.url(), "--dump", "hidden.sql", "--only", "run"]).exits(2);
    ran.says("the dump hidden.sql does not load as one").says("which code in it made");
}

#[test]
fn what_is_no_dump_is_refused_with_what_to_do_and_nothing_is_left() {
    let db = database(newest());
    let place = given(&db, "alter table orders add paid boolean;\n");
    let url = db.url();
    let refused = |place: &Place, name: &str, code: i32| place.run(&["rehearse", "release.sql", "--for", &url, "--dump", name]).exits(code);
    for (name, form) in [("custom", "-Fc"), ("tar", "-Ft")] {
        place.write(name, dumped(&db, &[form]));
        refused(&place, name, 64).says(&format!("pg_restore -f dump.sql {name}"));
    }
    refused(&place, "missing.sql", 64).says("No such file");
    refused(&place, ".", 64).says("a folder").says("pg_restore");
    place.write("empty.sql", "");
    place.write("words.sql", "-- nothing\nSET search_path = '';\n");
    place.write("other.sql", "-- MySQL dump 10.13  Distrib 9.7.0\nCREATE TABLE `t` (`id` int);\n");
    place.write("latin.sql", b"create table t (x text default '\xe4');");
    place.write("create.sql", dumped(&db, &["--create"]));
    place.write("twice.sql", [dumped(&db, &["-s"]), dumped(&db, &["-s"])].concat());
    place.write("broken.sql", "create table t (id int);\ncreate table u (id nonsense);\n");
    for (name, code, says) in [
        ("empty.sql", 64, "no statement that makes anything"),
        ("words.sql", 64, "no statement that makes anything"),
        ("other.sql", 64, "one of another engine: \"-- MySQL dump\""),
        ("latin.sql", 64, "no UTF-8"),
        ("create.sql", 64, "\\connect is a command of psql"),
        ("twice.sql", 2, "does not load"),
        ("broken.sql", 2, "broken.sql:2:1: type \"nonsense\" does not exist (42704)"),
    ] {
        refused(&place, name, code).says(says);
    }
    // A pipe is not waited for.
    let fifo = place.path("pipe");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let ran = refused(&place, "pipe", 64).says("neither a file nor a folder");
    assert!(ran.took.as_secs() < 30, "{ran:?}");
}

#[test]
fn a_dump_of_mysqldump_is_the_schema_as_well() {
    for flavor in Share::of(2).take(vec![newest_mysql(), newest_mariadb()]) {
        let db = mysql::database(flavor);
        db.exec("create table people (id int primary key auto_increment, name varchar(40) not null, note text);
            create table orders (id int primary key, person int, total decimal(9, 2), key by_person (person), constraint of_person foreign key (person) references people (id));
            create view named as select id, name from people; insert into people (name) values ('a'), ('b;'), ('c\\\\');
            create trigger stamped before insert on orders for each row begin set new.total = coalesce(new.total, 0); end;
            create procedure counted() begin declare n int; select count(*) into n from people; end");
        let place = Place::new();
        place.write("release.sql", "alter table people add column mail varchar(80);\n");
        place.write("dump.sql", mysql::dumped(&db));
        let run = |dump: &str, code| {
            let url = db.url();
            place.run(&["rehearse", "release.sql", "--for", &url, "--format", "json", "--only", "run,effect", "--dump", dump]).exits(code)
        };
        let told = run("dump.sql", 2).json();
        assert!(told["migrations"][0]["stopped"].is_null(), "{told}");
        let floor = texts(&told["floor"]).join("\n");
        assert!(floor.contains("its schema is that of the dump dump.sql") && floor.contains("rows are the dump's"), "{floor}");
        // Nobody may name another account as a definer there: the one that runs it is.
        assert!(!floor.contains("left out of the dump"), "{floor}");
        assert!(!texts(&told["gaps"]).iter().any(|gap| gap.contains("not as on the target")), "{told}");
        place.write("other.sql", "--\n-- PostgreSQL database dump\n--\ncreate table t (id int);\n");
        run("other.sql", 64).says("one of another engine");
    }
}

#[test]
fn a_dump_of_twenty_megabytes_is_loaded() {
    let db = database(newest());
    db.exec(TABLES);
    let place = given_rows(&db);
    let told = rehearsed(&place, &db, &["--dump", "large.sql", "--only", "run"], 2);
    let floor = texts(&told["floor"]).join("\n");
    assert!(floor.contains("rows are the dump's, 200040 in 3 of 3 tables"), "{floor}");
}

/// 20 MB of rows.
fn given_rows(db: &TestDb) -> Place {
    db.exec(
        "create table wide (id int primary key, note text not null);
        insert into wide select g, repeat(md5(g::text), 3) from generate_series(1, 200000) g; analyze wide",
    );
    let place = Place::new();
    place.write("release.sql", "alter table wide alter id type bigint;\n");
    let dump = dumped(db, &[]);
    assert!(dump.len() > 20_000_000, "{}", dump.len());
    place.write("large.sql", dump);
    place
}

//! Long histories: few migrations are looked at one by one, and nothing is said otherwise than if all were.

use crate::history::{place_with, words};
use crate::run::Place;
use evenkeel_testkit::{TestDb, database, newest};
use serde_json::Value;

const FILES: usize = 60;

/// A history of tables that come, change and go, all of it recorded.
fn long() -> (Place, TestDb) {
    let place = place_with(&[]);
    let db = database(newest());
    db.exec("create table schema_migrations (version varchar primary key)");
    for at in 0..FILES {
        let text = match at % 6 {
            0 => format!("create table t{at} (id int primary key, note text); create index i{at} on t{at} (note);"),
            1 => format!("alter table t{} add more{at} int;", at - 1),
            2 => format!("do $$ begin execute 'create table hidden_' || {at} || ' (a int)'; end $$;"),
            3 => format!("alter table t{} alter note type varchar(40);", at - 3),
            4 => format!("create view v{at} as select id, note from t{};", at - 4),
            _ => format!("drop view v{}; alter table t{} drop more{};", at - 1, at - 5, at - 4),
        };
        place.write(&format!("m/{at:03}_x.sql"), format!("-- migrate:up\n{text}\n-- migrate:down\n"));
        db.exec(&text);
        db.exec(&format!("insert into schema_migrations values ('{at:03}')"));
    }
    (place, db)
}

fn told(place: &Place, db: &TestDb, code: i32) -> Value {
    place.run(&["history", &db.url(), "--migrations", "m", "--format", "json"]).exits(code).json()
}

/// Keys of the migrations that have that verdict.
fn of(told: &Value, verdict: &str) -> Vec<String> {
    let all = told["migrations"].as_array().unwrap().iter().filter(|one| one["verdict"] == verdict);
    all.map(|one| one["key"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn whose_effect_is_missing_is_told_among_many() {
    let (place, db) = long();
    assert!(words(&told(&place, &db, 0)).iter().all(|word| word == "applied" || word == "superseded"));
    // Lost: an index (24), what a DO block made (20), a type that a later file set (33).
    db.exec("drop index i24; drop table hidden_20; alter table t30 alter note type text");
    let lost = told(&place, &db, 1);
    assert_eq!(of(&lost, "partly-present"), ["024"], "{lost}");
    assert_eq!(of(&lost, "recorded-not-present"), ["020", "033"], "{lost}");
    assert_eq!(lost["unexplained"], serde_json::json!([]), "{lost}");
    // What a later file took away came back; something is there that nobody made, and one thing is otherwise than anybody made it.
    db.exec("create index i24 on t24 (note); create table hidden_20 (a int); alter table t30 alter note type varchar(40)");
    db.exec("alter table t12 add more13 int; create table stray (a int); alter table t48 alter id type bigint");
    let odd = told(&place, &db, 1);
    assert_eq!(of(&odd, "partly-present"), ["017"], "what file 017 dropped is there: {odd}");
    let strays: Vec<&str> = odd["unexplained"].as_array().unwrap().iter().map(|one| one["object"].as_str().unwrap()).collect();
    assert!(strays.contains(&"public.stray") && strays.contains(&"public.t48.id"), "{strays:?}");
}

/// Each of these changes rows, and has definitions that show nowhere after it.
#[test]
fn definitions_that_leave_nothing_behind_prove_nothing() {
    for text in [
        "create temp table x as select * from t; update t set a = 1 from x; drop table x;",
        "alter table t disable trigger all; update t set a = 1; alter table t enable trigger all;",
        "update t set a = 1; create table if not exists t (a int);",
        "drop table if exists nothere; update t set a = 1;",
        "create table z (a int); update t set a = 1; drop table z;",
        "create table if not exists z (a int); update t set a = 1; drop table z;",
        "alter table t add if not exists a int; update t set a = 1;",
        "create function f() returns void language sql as 'update t set a = 1'; select f(); drop function f();",
        "alter table t alter a drop default; alter table t alter a set default 7; update t set a = 1;",
        "select 1 as one into temp foo;",
        "comment on database postgres is 'x';",
        "begin; create table q (a int); rollback;",
    ] {
        let place = place_with(&[
            ("1_a.sql", "-- migrate:up\ncreate table t (a int default 7);"),
            ("2_b.sql", &format!("-- migrate:up transaction:false\n{text}\n")),
        ]);
        let db = database(newest());
        db.exec("create table schema_migrations (version varchar primary key); insert into schema_migrations values ('1'), ('2'); create table t (a int default 7)");
        let all = told(&place, &db, 2);
        assert_eq!(words(&all), ["applied", "not-checkable"], "{text}: {all}");
    }
}

#[test]
fn a_record_that_is_not_read_accuses_nobody() {
    let place = place_with(&[("1_a.sql", "-- migrate:up\ncreate table t (a int);"), ("2_b.sql", "-- migrate:up\ncreate table u (a int);")]);
    let db = database(newest());
    db.exec("create table schema_migrations (version varchar primary key); insert into schema_migrations values ('1'), ('2'); create table t (a int)");
    let role = format!("ek_unread_{}", std::process::id());
    db.exec(&format!("create role {role} login"));
    let url = db.url().replace("postgres@", &format!("{role}@"));
    let all = place.run(&["history", &url, "--migrations", "m", "--tool", "dbmate", "--format", "json"]).exits(2).json();
    assert_eq!(words(&all), ["not-checkable", "not-checkable"], "{all}");
    db.exec(&format!("drop role {role}"));
}

#[test]
fn what_is_put_on_a_tools_table_is_somebodys() {
    let place = place_with(&[("1_a.sql", "-- migrate:up\ncreate table t (a int);")]);
    let db = database(newest());
    db.exec(
        "create table schema_migrations (version varchar primary key); insert into schema_migrations values ('1'); create table t (a int)",
    );
    told(&place, &db, 0);
    db.exec("create schema evenkeel; create table evenkeel.stuff (a int); create function hook() returns trigger language plpgsql as 'begin return new; end';
        create trigger hooked before insert on schema_migrations for each row execute function hook()");
    let odd = told(&place, &db, 1);
    let strays: Vec<&str> = odd["unexplained"].as_array().unwrap().iter().map(|one| one["object"].as_str().unwrap()).collect();
    assert!(strays.contains(&"evenkeel") && strays.iter().any(|one| one.contains("hooked")), "{strays:?}");
}

#[test]
fn what_shows_in_no_schema_is_never_applied_without_a_look() {
    let place = place_with(&[
        ("1_a.sql", "-- migrate:up\ncreate table t (a int);"),
        ("2_b.sql", "-- migrate:up\ngrant select on t to public;"),
        ("3_c.sql", "-- migrate:up\ndo $$ begin update t set a = 1; end $$;"),
        ("4_d.sql", "-- migrate:up\ncomment on table t is 'what it is for';"),
        ("5_e.sql", "-- migrate:up\ndo $$ begin create index by_a on t (a); end $$;"),
        ("6_f.sql", "-- migrate:up\nalter table t owner to current_user;"),
    ]);
    let db = database(newest());
    db.exec("create table schema_migrations (version varchar primary key); insert into schema_migrations values ('1'), ('2'), ('3'), ('4'), ('5'), ('6');
        create table t (a int); comment on table t is 'what it is for'; create index by_a on t (a)");
    let all = told(&place, &db, 2);
    assert_eq!(words(&all), ["applied", "not-checkable", "not-checkable", "applied", "applied", "not-checkable"], "{all}");
    db.exec("comment on table t is null; drop index by_a");
    let lost = told(&place, &db, 1);
    assert_eq!(of(&lost, "recorded-not-present"), ["4", "5"], "{lost}");
    // Another comment is not the one that was set.
    db.exec("comment on table t is 'another'; create index by_a on t (a)");
    assert_eq!(words(&told(&place, &db, 1))[3], "recorded-not-present");
}

#[test]
fn silence_is_never_agreement() {
    let files = [("1_a.sql", "-- migrate:up\ncreate table t (a int);"), ("2_b.sql", "-- migrate:up\nupdate t set a = 1;")];
    let place = place_with(&files);
    let db = database(newest());
    db.exec("create table schema_migrations (version varchar primary key); insert into schema_migrations values ('1'), ('2'); create table t (a int)");
    // A file that was not read may make anything.
    place.run(&["compare", "replay:m", &db.url()]).exits(0);
    place.shell("mkfifo m/3_pipe.sql", &[]).exits(0);
    place.run(&["compare", "replay:m", &db.url()]).exits(2).says("3_pipe.sql");
    // A target whose schema nobody read has nothing.
    place.run(&["capture", &db.url(), "--dimension", "history", "--out", "h.jsonl"]).exits(0);
    place.run(&["capture", &db.url(), "--dimension", "schema", "--out", "s.jsonl"]).exits(0);
    place.run(&["preflight", "h.jsonl", "--expect", "s.jsonl"]).exits(2);
    // What the configuration says is nowhere is not read as a record.
    place.shell("rm m/3_pipe.sql", &[]).exits(0);
    db.exec("delete from schema_migrations");
    place.write(
        "evenkeel.toml",
        format!("[project]\nmigrations = \"m\"\n[policy]\naccept = [\"2\"]\n[environments.p]\nurl = \"{}\"\nhistory = false\n", db.url()),
    );
    place.run(&["history", "p"]).exits(0).says("nothing records migrations there");
}

#[test]
fn who_accepts_a_migration_does_not_accept_what_it_becomes() {
    let place = place_with(&[("1_a.sql", "create table t (a int);"), ("2_b.sql", "update t set a = 2;")]);
    let db = database(newest());
    let columns = "version bigint primary key, description text not null, installed_on timestamptz not null, success boolean not null, checksum bytea not null, execution_time bigint not null";
    db.exec(&format!("create table t (a int); create table _sqlx_migrations ({columns})"));
    let listed = place.run(&["migrations", "m", "--tool", "sqlx", "--format", "json"]).exits(0).json();
    for one in listed["migrations"].as_array().unwrap() {
        let [key, name, sum] = ["key", "name", "checksum"].map(|field| one[field].as_str().unwrap());
        db.exec(&format!("insert into _sqlx_migrations values ({key}, '{name}', now(), true, '\\x{sum}', 1)"));
    }
    place.write(
        "evenkeel.toml",
        format!("[project]\nmigrations = \"m\"\ntool = \"sqlx\"\n[policy]\naccept = [\"2\"]\n[environments.p]\nurl = \"{}\"\n", db.url()),
    );
    place.run(&["history", "p"]).exits(0);
    place.write("m/2_b.sql", "update t set a = 3;");
    place.run(&["history", "p"]).exits(2).says("its text is another than was recorded");
}

#[test]
fn one_that_does_not_run_on_an_empty_database_can_be_accepted_and_the_rest_is_judged() {
    let place = place_with(&[
        ("1_a.sql", "-- migrate:up\ncreate table t (a int);\n"),
        ("2_needs_rows.sql", "-- migrate:up\ncreate table made (a int);\ninsert into made select 1 / count(*) from t;\n"),
        ("3_c.sql", "-- migrate:up\ncreate table c (a int);\n"),
    ]);
    let db = database(newest());
    db.exec("create table t (a int); create table made (a int); create table c (a int); create table schema_migrations (version varchar(128) primary key);
        insert into schema_migrations values ('1'), ('2'), ('3')");
    let configure = |policy: &str| {
        let text = format!("[project]\nmigrations = \"m\"\n[policy]\n{policy}\n[environments.p]\nurl = \"{}\"\n", db.url());
        place.write("evenkeel.toml", text);
    };
    configure("");
    place.run(&["history", "p"]).exits(2).says("the files run only so far: 2").says("division by zero");
    // By name, and not by what was committed: then the others are judged, and what it makes is what no migration explains.
    configure("accept = [\"2\"]");
    let told = place.run(&["history", "p", "--format", "json"]).exits(1).json();
    assert_eq!(words(&told), ["applied", "not-checkable", "applied"], "{told}");
    assert!(told["migrations"][1]["why"].as_str().unwrap().contains("was left out: division by zero"), "{told}");
    let strays: Vec<&str> = told["unexplained"].as_array().unwrap().iter().map(|one| one["object"].as_str().unwrap()).collect();
    assert_eq!(strays, ["public.made"], "{told}");
    let excused =
        "accept = [\"2\"]\nignore = [{ object = \"table:public.made\", reason = \"needs rows\", owner = \"us\", until = \"2099-01-01\" }]";
    configure(excused);
    place.run(&["history", "p"]).exits(0);
    // What the others make is looked at all the same.
    db.exec("drop table c");
    let told = place.run(&["history", "p", "--format", "json"]).exits(1).json();
    assert_eq!(words(&told), ["applied", "not-checkable", "recorded-not-present"], "{told}");
}

#[test]
fn names_of_tools_that_do_not_work_here_are_no_leftovers() {
    let place = place_with(&[("1_a.sql", "-- migrate:up\ncreate table t (a int);\n")]);
    let db = database(newest());
    db.exec(
        "create table t (a int); create table _t_gho (a int); create table schema_migrations (version varchar(128) primary key);
        insert into schema_migrations values ('1')",
    );
    let told = crate::history::history(&place, &db, 1);
    assert_eq!(
        (told["unexplained"][0]["object"].as_str(), told["in_flight"].as_array().map(Vec::len)),
        (Some("public._t_gho"), Some(0)),
        "{told}"
    );
}

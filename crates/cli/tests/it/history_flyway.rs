//! Flyway's own ways: a database that began with a baseline, and versions that were undone. Neighbour: `history`.

use crate::history::{place_with, words};
use crate::history_apply::{applied, configured};
use crate::rehearse::gate;
use crate::run::Place;
use evenkeel_testkit::{TestDb, database, newest};
use serde_json::Value;

const FILES: &[(&str, &str)] = &[
    ("V1__orders.sql", "create table orders (id bigint primary key);\n"),
    ("V1.5__note.sql", "alter table orders add note text;\n"),
    ("V2__total.sql", "alter table orders add total numeric;\n"),
    ("U2__total.sql", "alter table orders drop total;\n"),
    ("V3__late.sql", "alter table orders add late int;\n"),
];

/// Flyway's table, with these rows behind their rank: version, description, type, script, checksum, success.
fn recorded(rows: &[&str]) -> (TestDb, Place) {
    let db = database(newest());
    db.exec(
        "create table flyway_schema_history (installed_rank int primary key, version varchar(50), description varchar(200) not null,
            type varchar(20) not null, script varchar(1000) not null, checksum int, installed_by varchar(100) not null default 'x',
            installed_on timestamp not null default now(), execution_time int not null default 1, success boolean not null default true)",
    );
    for (rank, row) in rows.iter().enumerate() {
        let insert = "insert into flyway_schema_history (installed_rank, version, description, type, script, checksum)";
        db.exec(&format!("{insert} values ({}, {row})", rank + 1));
    }
    let place = configured(&db.url(), FILES, "");
    (db, place)
}

const BASELINE: &str = "'2', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', null";
const LATE: &str = "'3', 'late', 'SQL', 'V3__late.sql', null";

fn told(place: &Place, code: i32) -> Value {
    place.run(&["history", "shop", "--format", "json"]).exits(code).json()
}

#[test]
fn what_stands_up_to_a_baseline_is_explained_by_it_and_the_objects_decide() {
    let (db, place) = recorded(&[BASELINE, LATE]);
    db.exec("create table orders (id bigint primary key, note text, total numeric, late int)");
    let all = told(&place, 0);
    assert_eq!(words(&all), ["applied"; 4], "{all}");
    assert!(all["notes"].to_string().contains("began with a baseline at 2"), "{all}");
    // What is recorded behind it is judged as ever, and its row is written.
    db.exec("delete from flyway_schema_history where version = '3'");
    assert_eq!(words(&told(&place, 1))[3], "present-not-recorded");
    applied(&place, &[]).exits(0);
    assert_eq!(words(&told(&place, 0)), ["applied"; 4]);
    assert_eq!(
        db.value("select string_agg(type || ' ' || version, ', ' order by installed_rank) from flyway_schema_history"),
        Some("BASELINE 2, SQL 3".to_owned())
    );
    // That it is in is the baseline's word alone.
    db.exec("alter table orders drop note");
    let lacking = told(&place, 1);
    assert_eq!(words(&lacking), ["applied", "recorded-not-present", "applied", "applied"], "{lacking}");
    let back = place.run(&["history", "shop", "--repair=back"]).exits(1);
    assert!(back.stdout.contains("a baseline says that it is in") && !back.stdout.contains("DELETE"), "{}", back.stdout);
    applied(&place, &[]).exits(0);
    assert_eq!(words(&told(&place, 0)), ["applied"; 4]);
}

#[test]
fn one_that_runs_again_with_another_text_is_pending_and_no_fault() {
    let view = "create or replace view v as select 1 a;\n";
    let place = place_with(&[("V1__t.sql", "create table t (id int);\n"), ("R__view.sql", view)]);
    let (db, _) = recorded(&["'1', 't', 'SQL', 'V1__t.sql', null", "null, 'view', 'SQL', 'R__view.sql', 1974909081"]);
    db.exec(&format!("create table t (id int); {view}"));
    let told = |code| place.run(&["history", &db.url(), "--migrations", "m", "--format", "json"]).exits(code).json();
    assert_eq!(words(&told(0)), ["applied", "applied"]);
    for text in ["create or replace view v as select 2 a;\n", "create or replace view v as select 1 a, 2 b; create view w as select 3 c;\n"]
    {
        place.write("m/R__view.sql", text);
        let told = told(0);
        assert_eq!(words(&told), ["applied", "pending"], "{text}: {told}");
        assert_eq!(told["migrations"][1]["also"].as_array().map(Vec::len), Some(0), "{text}: {told}");
    }
    // Nothing of what it makes is there: that it runs again does not hide that it is gone.
    place.write("m/R__view.sql", "create or replace view v as select 2 a;\n");
    db.exec("drop view v");
    let gone = told(1);
    assert_eq!(words(&gone), ["applied", "recorded-not-present"], "{gone}");
    db.exec(view);
    // What neither of both makes is somebody else's.
    db.exec("create view x as select 4 d");
    assert_eq!(told(1)["unexplained"][0]["object"], "public.x");
}

#[test]
fn what_one_that_runs_again_made_is_judged_by_the_text_that_ran() {
    let view = "create or replace view v as select 1 a;\n";
    let place = place_with(&[("V1__t.sql", "create table t (id int);\n"), ("R__view.sql", view)]);
    let git = |arguments: &[&str]| {
        let who = ["-c", "user.name=x", "-c", "user.email=x@x"];
        let run = std::process::Command::new("git").arg("-C").arg(place.path("m")).args(who).args(arguments).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "one"]);
    place.write("m/R__view.sql", "create or replace view v as select 2 a;\n");
    let (db, _) = recorded(&["'1', 't', 'SQL', 'V1__t.sql', null", "null, 'view', 'SQL', 'R__view.sql', 1974909081"]);
    db.exec(&format!("create table t (id int); {view}"));
    let told = |code| place.run(&["history", &db.url(), "--migrations", "m", "--format", "json"]).exits(code).json();
    let as_it_was = told(0);
    assert_eq!(words(&as_it_was), ["applied", "pending"], "{as_it_was}");
    assert!(as_it_was["migrations"][1]["why"].as_str().unwrap().contains("by the text that ran, which git has"), "{as_it_was}");
    // Somebody changed it by hand, to what neither text says.
    db.exec("create or replace view v as select 3 a");
    let changed = told(1);
    let stray = &changed["unexplained"][0];
    assert_eq!((stray["object"].as_str(), stray["attribute"].as_str()), (Some("public.v"), Some("definition")), "{changed}");
    db.exec("drop view v");
    assert_eq!(words(&told(1))[1], "recorded-not-present");
    // The new text was run by hand, and not recorded.
    db.exec("create or replace view v as select 2 a");
    assert_ne!(told(1)["unexplained"], Value::Array(Vec::new()));
}

#[test]
fn one_that_nobody_reads_does_not_silence_the_others() {
    let place = place_with(&[
        ("V1__t.sql", "create table t (id int, note text);\n"),
        ("V2__code.java", "class V2__code {}"),
        ("V3__c.sql", "create table c (id int);\n"),
    ]);
    let rows =
        ["'1', 't', 'SQL', 'V1__t.sql', null", "'2', 'code', 'JDBC', 'db.migration.V2__code', null", "'3', 'c', 'SQL', 'V3__c.sql', null"];
    let (db, _) = recorded(&rows);
    db.exec("create table t (id int, note text); create table c (id int)");
    place.write(
        "evenkeel.toml",
        format!("[project]\nmigrations = \"m\"\n[environments.p]\nurl = \"{}\"\nmanifest = \"p.jsonl\"\n", db.url()),
    );
    place.run(&["capture", "--all"]).exits(0);
    let told = |code| place.run(&["history", "p", "--format", "json"]).exits(code).json();
    assert_eq!(words(&told(0)), ["applied", "not-checkable", "applied"]);
    // What comes after it is run and looked at; who committed the manifest has not accepted that it is gone.
    db.exec("drop table c");
    assert_eq!(words(&told(1)), ["applied", "not-checkable", "recorded-not-present"]);
    // What is there beside the files may be its, and is named.
    db.exec("create table c (id int); create table made (a int)");
    assert!(told(0)["notes"].to_string().contains("it may have made table public.made"));
    // What a file says and is otherwise is not excused by it.
    db.exec("alter table t alter note type varchar(9)");
    assert_eq!(told(1)["unexplained"][0]["object"], "public.t.note");
    db.exec("alter table t alter note type text");
    // What was there before it may have been taken back by it.
    db.exec("alter table t drop note");
    let told = told(2);
    assert_eq!(words(&told), ["not-checkable", "not-checkable", "applied"], "{told}");
}

#[test]
fn a_baseline_that_no_file_is_like_is_no_unknown_version() {
    let (db, place) = recorded(&["'0', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', null"]);
    db.exec("create table legacy (a int)");
    let all = told(&place, 1);
    assert_eq!(words(&all), ["pending"; 4], "{all}");
    // Who made what was there before, no file says.
    assert_eq!(all["unexplained"].as_array().map(Vec::len), Some(1), "{all}");
}

#[test]
fn a_version_that_was_undone_is_rolled_back_and_can_be_finished_either_way() {
    let first = "'1', 'orders', 'SQL', 'V1__orders.sql', null";
    let note = "'1.5', 'note', 'SQL', 'V1.5__note.sql', null";
    let (total, undone) = ("'2', 'total', 'SQL', 'V2__total.sql', null", "'2', 'total', 'UNDO_SQL', 'U2__total.sql', 12345");
    let rows = [first, note, total, undone];
    let (db, place) = recorded(&rows);
    db.exec("create table orders (id bigint primary key, note text)");
    let all = told(&place, 0);
    assert_eq!(words(&all), ["applied", "applied", "rolled-back", "pending"], "{all}");
    // It was recorded as undone, and is there.
    db.exec("alter table orders add total numeric");
    let there = told(&place, 1);
    assert_ne!(words(&there)[2], "rolled-back", "{there}");
    let back = ["history", "shop", "--repair=back", "--apply", "--snapshot-taken", "s", "--allow-destructive", "--format", "json"];
    let done = place.run(&back).exits(0).json();
    assert_eq!(words(&done)[2], "rolled-back", "{done}");
    assert_eq!(db.value("select count(*)::text from flyway_schema_history"), Some("4".to_owned()));
    db.exec("alter table orders add total numeric");
    let done = applied(&place, &[]).exits(0).json();
    assert_eq!(words(&done)[2], "applied", "{done}");
    let last = "select type || ' ' || version from flyway_schema_history order by installed_rank desc limit 1";
    assert_eq!(db.value(last), Some("SQL 2".to_owned()));
    // Undone rows stay as they are when the one that was run again is mended.
    db.exec("update flyway_schema_history set success = false where installed_rank = 5; update flyway_schema_history set checksum = 7 where installed_rank = 4");
    applied(&place, &[]).exits(0);
    assert_eq!(db.value("select checksum::text from flyway_schema_history where installed_rank = 4"), Some("7".to_owned()));
}

#[test]
fn files_run_in_the_schema_in_which_flyway_records() {
    let place = Place::new();
    let db = database(newest());
    for (name, text) in FILES {
        place.write(&format!("m/{name}"), text);
    }
    let table = "create schema \"Shop s\"; create table \"Shop s\".flyway_schema_history (installed_rank int primary key, version varchar(50),
        description varchar(200) not null, type varchar(20) not null, script varchar(1000) not null, checksum int, installed_by varchar(100)
        not null default 'x', installed_on timestamp not null default now(), execution_time int not null default 1, success boolean not null default true)";
    db.exec(table);
    let insert = "insert into \"Shop s\".flyway_schema_history (installed_rank, version, description, type, script, checksum)";
    db.exec(&format!("{insert} values (0, null, '<< Flyway Schema Creation >>', 'SCHEMA', '\"Shop s\"', null), (1, '1', 'orders', 'SQL', 'V1__orders.sql', null),
        (2, '1.5', 'note', 'SQL', 'V1.5__note.sql', null)"));
    db.exec("create table \"Shop s\".orders (id bigint primary key, note text)");
    place.write(
        "evenkeel.toml",
        format!(
            "[project]\nmigrations = \"m\"\n[store]\nurl = \"sqlite:{}\"\n[environments.shop]\nurl = \"{}\"\ntier = \"staging\"\n",
            place.path("store.sqlite").display(),
            db.url()
        ),
    );
    let all = told(&place, 0);
    assert_eq!(words(&all), ["applied", "applied", "pending", "pending"], "{all}");
    let both = ["rehearse", "--for", "shop", "--only", "run,effect", "--on", "shop", "--and", "scratch", "--format", "json"];
    let rehearsed = place.run(&both).exits(2).json();
    for name in ["run", "effect"] {
        assert_eq!(gate(&rehearsed, name)["holds"], true, "{rehearsed}");
    }
    let in_place = rehearsed["in_place"].to_string();
    assert!(in_place.contains("Shop s") && !in_place.contains("does not exist"), "{in_place}");
    let deployed = place.run(&["deploy", "shop", "--unrehearsed", "--yes", "--format", "json"]).exits(0).json();
    assert!(deployed["notes"].to_string().contains("set_config('search_path'"), "{deployed}");
    assert_eq!(
        db.value("select count(*)::text from information_schema.columns where table_name = 'orders' and table_schema = 'Shop s'")
            .as_deref(),
        Some("4")
    );
    assert_eq!(words(&told(&place, 0)), ["applied"; 4]);
    place.run(&["compare", "replay:m", "shop"]).exits(0);
    // The same in the schema that names mean without Flyway is another's work.
    db.exec("alter table \"Shop s\".orders drop late; create table orders (late int)");
    let all = told(&place, 1);
    assert_eq!(
        (words(&all)[3].clone(), &all["unexplained"][0]["object"]),
        ("recorded-not-present".to_owned(), &"public.orders".into()),
        "{all}"
    );
}

//! What strangers broke: cases in which a history or its repair said more than was so. Neighbours: `history`, `history_repair`.

use crate::history::{history, last, place_with, third, words};
use crate::history_repair::run;
use crate::run::Place;
use evenkeel_testkit::{TestDb, database, newest};

const RECORD: &str = "create table schema_migrations (version varchar(128) primary key)";

/// Two files of dbmate's, the first of which ran, both recorded.
fn recorded(first: &str, second: &str) -> (Place, TestDb) {
    let db = database(newest());
    db.exec(&format!("{first}; {RECORD}; insert into schema_migrations values ('1'), ('2')"));
    let place = place_with(&[
        ("1_a.sql", &format!("-- migrate:up\n{first};\n-- migrate:down\n")),
        ("2_b.sql", &format!("-- migrate:up\n{second}\n-- migrate:down\n")),
    ]);
    (place, db)
}

fn repair(place: &Place, db: &TestDb, more: &[&str], code: i32) -> String {
    let url = db.url();
    let mut arguments = vec!["history", &url, "--migrations", "m"];
    arguments.extend(more);
    place.run(&arguments).exits(code).stdout
}

#[test]
fn what_is_for_the_session_alone_proves_nothing() {
    for text in [
        "create temp table map(id bigint, note text); create index on map(id); update orders o set note = m.note from map m where m.id = o.id;",
        "create temp table tt2 as select 1 as a; alter table tt2 add column x int; delete from orders where id = 0;",
        "create temp table tt as select 1 as a; create view vv as select * from tt; delete from orders where id = 0;",
        "create function pg_temp.slugify(text) returns text language sql as 'select $1'; update orders set note = pg_temp.slugify(note);",
        "create type pg_temp.e as enum('a'); delete from orders where id = 0;",
        "set local search_path = pg_temp, public; create table w(id int); delete from orders where id = 0;",
    ] {
        let (place, db) = recorded("create table orders(id bigint primary key, note text)", text);
        let told = history(&place, &db, 2);
        assert_eq!(last(&told)["verdict"], "not-checkable", "{text}: {told}");
    }
}

#[test]
fn values_that_do_not_fit_are_refused_or_asked_about_and_never_cut() {
    let (place, db) = recorded("create table t(code varchar(10))", "create index i on t(code);");
    db.exec("create index i on t(code); alter table t alter code type text; insert into t values ('a long hot-fixed value')");
    // It would fail on that value, and cut blanks of others.
    let script = repair(&place, &db, &["--repair=back"], 1);
    assert!(script.contains("\n-- ALTER TABLE public.t ALTER COLUMN code TYPE character varying(10);"), "{script}");
    assert!(script.contains("-- fails if a value of public.t.code") && script.contains("-- loses blanks at the end"), "{script}");
    db.exec("do $$ begin assert (select code from t) = 'a long hot-fixed value'; end $$");
    for (from, to, value) in
        [("bigint", "real", "123456789"), ("text", "name", "'x'"), ("text[]", "varchar(2)[]", "'{abcdef}'"), ("json", "jsonb", "'{}'")]
    {
        let (place, db) = recorded(&format!("create table t(v {from})"), &format!("alter table t alter v type {to};"));
        db.exec(&format!("insert into t values ({value})"));
        let script = repair(&place, &db, &["--repair"], 1);
        assert!(script.contains("-- loses ") && script.contains("\n-- ALTER TABLE public.t ALTER COLUMN v"), "{from} to {to}: {script}");
    }
}

#[test]
fn what_only_the_file_knows_is_left_to_the_file() {
    let orders = "create table orders(id bigint primary key, status int, note text)";
    for text in [
        "alter table orders alter status type text using case status when 1 then 'open' else 'closed' end;",
        "alter table orders add s text default 'open'; alter table orders alter s drop default;",
        "create table made as select 1 as x;",
        "alter table orders drop status; alter table orders add status text;",
        "alter table orders rename to purchases;",
        "alter table orders rename column note to remark;",
        "create schema s; alter table orders set schema s;",
    ] {
        let (place, db) = recorded(orders, text);
        let script = repair(&place, &db, &["--repair", "--allow-destructive"], 1);
        assert!(script.contains("not repaired: 2 (") && script.contains("run the statements of its file"), "{text}: {script}");
        assert!(
            !script.lines().any(|line| line.starts_with("ALTER") || line.starts_with("DROP") || line.starts_with("CREATE")),
            "{script}"
        );
    }
    // Code may have changed rows: it is named.
    let (place, db) = recorded(orders, "alter table orders add total int; do $$ begin update orders set total = 0; end $$;");
    assert!(repair(&place, &db, &["--repair"], 0).contains("it may change rows too"));
}

#[test]
fn nothing_is_recorded_where_something_before_is_commented_out() {
    let db = database(newest());
    db.exec("create table orders(id bigint primary key, note text, b int, c int)");
    db.exec("create table schema_migrations (version bigint primary key, dirty boolean not null); insert into schema_migrations values (1, false)");
    let place = place_with(&[
        ("1_a.up.sql", "create table orders(id bigint primary key, note text);"),
        ("2_b.up.sql", "alter table orders drop note; alter table orders add b int;"),
        ("3_c.up.sql", "alter table orders add c int;"),
    ]);
    let script = repair(&place, &db, &["--repair"], 1);
    assert!(script.contains("\n-- DELETE FROM public.schema_migrations") || !script.contains("DELETE"), "{script}");
    run(&db, &script);
    db.exec("do $$ begin assert (select version from schema_migrations) = 1; end $$");
    // Marked dirty at no version, or at one that no file is: the tool runs nothing.
    for version in ["-1", "9"] {
        db.exec(&format!("update schema_migrations set version = {version}, dirty = true"));
        let ran = place.run(&["history", &db.url(), "--migrations", "m"]);
        assert!(ran.code != Some(0) && ran.stdout.contains("marked dirty"), "{version}: {}", ran.stdout);
    }
}

#[test]
fn a_schema_of_the_search_path_that_no_file_makes_is_there_for_them() {
    let db = database(newest());
    db.exec(&format!("create schema app2; alter database {} set search_path = app2, public", db.name));
    db.exec(&format!("create table app2.orders(id bigint primary key); {RECORD}; insert into schema_migrations values ('1')"));
    let place = place_with(&[("1_a.sql", "-- migrate:up\ncreate table orders(id bigint primary key);\n-- migrate:down\n")]);
    assert_eq!(words(&history(&place, &db, 0)), ["applied"]);
}

#[test]
fn what_is_not_valid_is_not_there() {
    let (place, db) = third("alter table orders add a int;\ncreate unique index u on orders (note);");
    db.exec("alter table orders add a int; insert into orders (id, note) values (1, 'x'), (2, 'x')");
    let session = db.another_session();
    assert!(session.exec("create unique index concurrently u on orders (note)").is_err());
    let told = history(&place, &db, 1);
    assert_eq!((last(&told)["verdict"].clone(), told["unexplained"].clone()), ("half-applied".into(), serde_json::json!([])), "{told}");
    let ran = place.run(&["history", &db.url(), "--migrations", "m", "--repair"]);
    // Either it is made anew and then recorded, or nothing stands there that a client would run.
    let is_live = ran.stdout.lines().any(|line| line.starts_with("INSERT"));
    assert!(!is_live || ran.code == Some(0) && ran.stdout.contains("INDEX"), "{}", ran.stdout);
}

#[test]
fn what_runs_again_by_itself_is_no_later_migration() {
    let sample = crate::history::SAMPLES.iter().find(|sample| sample.tool == "Flyway").unwrap();
    let db = database(newest());
    crate::history::apply(&db, sample);
    let place = place_with(sample.folder);
    place.write("m/V2__more.sql", "alter table orders add more int;\n");
    assert!(words(&history(&place, &db, 0)).contains(&"pending".to_owned()));
}

#[test]
fn where_nothing_can_be_worked_out_everything_is_named() {
    // The second stands on the first, which is not recorded: by itself it does not run.
    let db = database(newest());
    db.exec(&format!("create table a (id int, x int); create table stray (a int); {RECORD}; insert into schema_migrations values ('2')"));
    let place = place_with(&[
        ("1_a.sql", "-- migrate:up\ncreate table a (id int);\n-- migrate:down\n"),
        ("2_b.sql", "-- migrate:up\nalter table a add x int;\n-- migrate:down\n"),
    ]);
    let script = repair(&place, &db, &["--repair=back", "--allow-destructive"], 1);
    for words in ["not repaired: 1 (present-not-recorded): what would be in force afterwards", "not repaired: table public.stray"] {
        assert!(script.contains(words), "{words}: {script}");
    }
}

#[test]
fn what_a_pending_one_will_set_does_not_hide_what_nobody_set() {
    for (pending, by_hand, told) in [
        ("alter table t alter b set default 5;", "alter table t alter b set default 7", "public.t.b"),
        ("alter table t set (fillfactor = 80);", "alter table t set (fillfactor = 70)", "public.t"),
        ("alter function f() cost 50;", "alter function f() cost 60", "public.f()"),
    ] {
        let (place, db) =
            recorded("create table t(id int, b int); create function f() returns int language plpgsql as 'begin return 1; end'", pending);
        db.exec("delete from schema_migrations where version = '2'");
        history(&place, &db, 0);
        db.exec(by_hand);
        let found = history(&place, &db, 1);
        assert_eq!(words(&found), ["applied", "pending"], "{by_hand}: {found}");
        assert_eq!(found["unexplained"][0]["object"], told, "{by_hand}: {found}");
    }
    // What it alone makes, and makes otherwise, is its own.
    let (place, db) = recorded("create table t(id int, b int)", "create table u(id int, c int default 5);");
    db.exec("delete from schema_migrations where version = '2'; create table u(id int, c int default 7)");
    let found = history(&place, &db, 1);
    assert_eq!(words(&found), ["applied", "half-applied"], "{found}");
    assert_eq!(found["unexplained"].as_array().map(Vec::len), Some(0), "{found}");
}

#[test]
fn a_pending_one_that_cannot_be_read_hides_nothing() {
    let (place, db) = recorded("create table t(id int, b int)", "alter table t add c int;");
    std::fs::write(place.path("m/2_b.sql"), b"-- migrate:up\nalter table t add c int; -- \xe9\n-- migrate:down\n").unwrap();
    db.exec("delete from schema_migrations where version = '2'");
    let found = history(&place, &db, 0);
    assert_eq!(words(&found), ["applied", "pending"], "{found}");
    db.exec("create table hotfix(id int); alter table t add oob int");
    let found = history(&place, &db, 1);
    let objects: Vec<_> = found["unexplained"].as_array().unwrap().iter().map(|one| one["object"].as_str().unwrap()).collect();
    assert_eq!(objects, ["public.hotfix", "public.t.oob"], "{found}");
    // Where nothing records what ran, nobody knows whether it did.
    db.exec("drop table hotfix, schema_migrations; alter table t drop oob");
    let plain = place_with(&[("001_a.sql", "create table t(id int, b int);"), ("002_b.sql", "")]);
    std::fs::write(plain.path("m/002_b.sql"), b"alter table t add c int; -- \xe9\n").unwrap();
    let url = db.url();
    let found = plain.run(&["history", &url, "--migrations", "m", "--tool", "plain SQL", "--format", "json"]).exits(2).json();
    assert!(found["gaps"].to_string().contains("whether it is applied cannot be told"), "{found}");
}

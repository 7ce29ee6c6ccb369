//! `evenkeel rehearse --queries`: does the application that runs survive the release? Neighbour: `rehearse`.

use crate::rehearse::{gate, given, rehearsed};
use crate::run::Place;
use evenkeel_testkit::{TestDb, database, each_major, newest};
use serde_json::Value;

const TABLES: &str = "create table people (id bigint primary key, name text not null, note text);
    create table orders (id bigint primary key, person bigint not null references people, total numeric(9,2) not null)";

/// Each line a query of its own: whether it survives.
const QUERIES: &str = "select * from people where id = $1;
select name from people where id = $1 order by name;
insert into orders (id, person, total) values ($1, $2, $3);
update people set note = 'x' where id = $1 returning *;
delete from orders where id = $1;
";

fn told(db: &TestDb, release: &str, arguments: &[&str], code: i32) -> Value {
    let place = Place::new();
    place.write("evenkeel.toml", "[gates]\nrequire = [\"run\"]\n");
    place.write("q/all.sql", QUERIES);
    place.write("release.sql", release);
    let url = db.url();
    let first = ["rehearse", "release.sql", "--for", &url, "--only", "run,compatibility", "--format", "json"];
    place.run(&[&first[..], arguments].concat()).exits(code).json()
}

fn outcomes(told: &Value) -> Vec<(&str, &str)> {
    let all = told["compatibility"]["queries"].as_array().unwrap().iter();
    all.map(|one| (one["outcome"].as_str().unwrap(), one["code"].as_str().unwrap_or_default())).collect()
}

#[test]
fn what_the_application_asks_is_asked_before_and_after_and_where_it_was_prepared() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    each_major(|db| {
        db.exec(TABLES);
        let same = told(db, "create index on orders (person);\ncreate table more (id int);\n", &["--queries", "q"], 0);
        assert_eq!(outcomes(&same), [("same", ""); 5], "{same}");
        // Another column: what has a star gives it, and a plan that was kept fails.
        let wider = told(db, "alter table people add mail text;\n", &["--queries", "q"], 1);
        let held = ("breaks-prepared", "0A000");
        assert_eq!(outcomes(&wider), [held, ("same", ""), ("same", ""), held, ("same", "")], "{wider}");
        let star = &wider["compatibility"]["queries"][0];
        assert_eq!(star["columns_after"], serde_json::json!(["id int8", "name text", "note text", "mail text"]), "{star}");
        let found = gate(&wider, "compatibility");
        assert!(found["holds"] == false && found["found"].as_str().unwrap().starts_with("q/all.sql:1:1: cached plan"), "{found}");
        // A column that goes, and one that writers do not know of.
        let less = told(db, "alter table people drop name;\n", &["--queries", "q"], 1);
        assert_eq!(outcomes(&less)[1], ("breaks", "42703"), "{less}");
        let strict = told(
            db,
            "alter table orders add kind text not null default 'x'; alter table orders alter kind drop default;\n",
            &["--queries", "q"],
            1,
        );
        assert_eq!(outcomes(&strict)[2], ("breaks", "23502"), "{strict}");
        // Rows that are out of reach afterwards.
        let fewer = told(db, "delete from orders;\n", &["--queries", "q", "--rows", "5"], 1);
        assert_eq!(outcomes(&fewer)[4], ("otherwise", ""), "{fewer}");
    });
}

/// Cases in which a stranger was told that all do the same.
#[test]
fn values_that_are_null_rows_that_are_others_and_what_waits_for_the_end_are_seen() {
    let db = database(newest());
    db.exec(TABLES);
    db.exec(
        "create type mood as enum ('ok', 'sad'); create table moods (id int primary key, mood mood);
         create table kids (id int primary key, person bigint);
         create function price(n int) returns int language sql as 'select n + 2'",
    );
    let place = Place::new();
    place.write("evenkeel.toml", "[gates]\nrequire = [\"run\"]\n");
    let url = db.url();
    let outcome = |query: &str, release: &str| {
        place.write("q.sql", query);
        place.write("release.sql", release);
        let arguments = ["rehearse", "release.sql", "--for", &url, "--only", "run,compatibility", "--queries", "q.sql", "--format", "json"];
        let told = place.run(&arguments).json();
        let one = &told["compatibility"]["queries"][0];
        (one["outcome"].as_str().unwrap().to_owned(), one["code"].as_str().unwrap_or_default().to_owned(), one["why"].to_string())
    };
    let is = |told: (String, String, String), wanted: (&str, &str)| assert_eq!((told.0.as_str(), told.1.as_str()), wanted, "{}", told.2);
    is(outcome("insert into people (id, name, note) values ($1, $2, $3);", "alter table people alter note set default 'x';"), ("same", ""));
    is(
        outcome("update people set note = $2 where id = $1;", "update people set note = 'x';\nalter table people alter note set not null;"),
        ("breaks", "23502"),
    );
    is(
        outcome(
            "insert into kids (id, person) values ($1, $2);",
            "alter table kids add constraint late foreign key (person) references people deferrable initially deferred not valid;",
        ),
        ("breaks", "23503"),
    );
    is(
        outcome("select price($1);", "create or replace function price(n int) returns int language sql as 'select n + 3';"),
        ("otherwise", ""),
    );
    is(outcome("select name from people where id = $1;", "update people set name = name || '!';"), ("otherwise", ""));
    is(outcome("select name, random() from people where id = $1;", "create index on orders (person);"), ("same", ""));
    // A type of which no value is known; a query that ends its own session; one that does not end.
    is(outcome("select id from moods where mood = $1;", "alter type mood rename value 'ok' to 'fine';"), ("unknown", ""));
    is(outcome("select pg_terminate_backend(pg_backend_pid());", "select 1;"), ("unknown", ""));
    is(outcome("select pg_sleep(1000);", "select 1;"), ("unknown", ""));
}

#[test]
fn what_could_not_be_asked_opens_nothing() {
    let db = database(newest());
    db.exec(TABLES);
    db.exec("create table closed (a int check (a > 1000000008))");
    let place = Place::new();
    place.write("evenkeel.toml", "[gates]\nrequire = [\"run\", \"compatibility\"]\n");
    place.write("release.sql", "create index on orders (person);\n");
    let url = db.url();
    let asked = |queries: &str, code: i32| {
        place.write("q.sql", queries);
        let run =
            place.run(&["rehearse", "release.sql", "--for", &url, "--only", "run,compatibility", "--queries", "q.sql", "--format", "json"]);
        let told = run.exits(code).json();
        gate(&told, "compatibility").clone()
    };
    // One that did not run before the release either; one that no value makes run; one that is no query.
    for (query, word) in [
        ("select nothing from people;", "42703"),
        ("insert into closed (a) values ($1);", "23514"),
        ("call something();", "CALL is no query"),
    ] {
        let found = asked(query, 2);
        assert!(found["holds"].is_null() && found["found"].as_str().unwrap().contains(word), "{query}: {found}");
    }
    assert_eq!(asked("select 1;", 0)["holds"], true);
    // What met no row is told apart from what did the same to rows.
    let found = asked("select id from people where id = -1;", 0);
    assert!(found["holds"] == true && found["found"].as_str().unwrap().contains("1 met no row"), "{found}");
    // It is demanded, and nothing was given.
    let run = place.run(&["rehearse", "release.sql", "--for", &url, "--only", "run", "--format", "json"]).exits(2).json();
    assert!(gate(&run, "compatibility")["found"].as_str().unwrap().contains("--queries"), "{run}");
    place.run(&["rehearse", "release.sql", "--for", &url, "--only", "compatibility"]).exits(64);
    place.run(&["rehearse", "release.sql", "--for", &url, "--queries", "nowhere"]).exits(78);
    // With rows in its tables the release does not run.
    place.write("release.sql", "alter table people add mail text not null;\n");
    let found = asked("select id from people;", 2);
    assert!(found["holds"].is_null() && found["found"].as_str().unwrap().contains("with rows in its tables the release stops"), "{found}");
}

#[test]
fn the_application_asks_as_its_own_role_and_the_next_one_must_run_before_it() {
    let db = database(newest());
    db.exec(TABLES);
    let (app, owner) = (format!("{}_app", db.name), format!("{}_owner", db.name));
    db.exec(&format!(
        "create role {app}; create role {owner}; grant select on people to {app}; create schema own; create table own.people (id bigint primary key, extra text);
         grant usage on schema own to {app}; grant select on own.people to {app};
         alter role {app} in database {} set search_path = own, public; alter table people owner to {owner}",
        db.name
    ));
    let place = Place::new();
    let url = db.url();
    place.write(
        "evenkeel.toml",
        format!("[environments.there]\nurl = \"{url}\"\napplication_role = \"{app}\"\nmigration_role = \"{owner}\"\n[gates]\nrequire = [\"run\"]\n"),
    );
    place.write("q.sql", "select extra from people where id = $1;\ndelete from public.people where id = $1;\n");
    place.write("next.sql", "select name from public.people;\nselect mail from public.people;\n");
    place.write("release.sql", "alter table public.people add mail text;\n");
    let arguments = [
        "rehearse",
        "release.sql",
        "--for",
        "there",
        "--only",
        "run,compatibility",
        "--queries",
        "q.sql",
        "--next",
        "next.sql",
        "--format",
        "json",
    ];
    let told = place.run(&arguments).exits(1).json();
    assert_eq!(outcomes(&told)[0], ("same", ""), "by its own search_path: {told}");
    // It has no right to delete, before or after.
    assert_eq!(outcomes(&told)[1].0, "unknown", "{told}");
    assert!(told["compatibility"]["role"].as_str().unwrap().contains("application_role"), "{told}");
    let next = gate(&told, "next-application");
    assert!(next["holds"] == false && next["found"].as_str().unwrap().contains("next.sql:2:1"), "{next}");
    assert_eq!(told["compatibility"]["next_asked"], 2, "{told}");
}

#[test]
fn nulls_and_defaults_that_an_application_meets_are_named() {
    let db = database(newest());
    let place = given(
        &db,
        "alter table people add nick text;\nalter table people add kind text not null default 'plain';\n\
         alter table orders alter note set not null, alter note set default '';\nalter table orders alter total set default 0;\n\
         alter table people alter name drop not null;\ncreate table fresh (id int primary key, note text);\n\
         create view named as select id, nick from people;\nalter table orders add code int generated always as (id * 2) stored;\n",
    );
    let told = rehearsed(&place, &db, &["--only", "effect"], 2);
    let of = |name: &str| told["meets"].as_array().unwrap().iter().map(|one| one[name].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let all: Vec<(String, String)> = of("column").into_iter().zip(of("who")).collect();
    let wanted = [
        ("public.orders.note", "old-writers"),
        ("public.orders.note", "old-writers"),
        ("public.orders.total", "old-writers"),
        ("public.people.kind", "new-readers"),
        ("public.people.name", "old-readers"),
        ("public.people.nick", "new-readers"),
    ];
    let wanted = wanted.map(|(column, who)| (column.to_owned(), who.to_owned()));
    assert_eq!(all, wanted, "{told}");
    assert!(of("what").contains(&"rows without it, which get 0, not NULL".to_owned()), "{told}");
    let url = db.url();
    place
        .run(&["rehearse", "release.sql", "--for", &url, "--only", "effect"])
        .says("what the old and the new application meet")
        .says("public.people.nick: the new application reads: NULL");
    // Of a release that does not run to its end nothing is known.
    place.write("release.sql", "alter table people add nick text;\nselect nonsense;\n");
    assert_eq!(rehearsed(&place, &db, &["--only", "effect"], 1)["meets"].as_array().map(Vec::len), Some(0));
}

/// dsx-ai-factory/infra-controller#1824: the release fills in what the application that runs takes for "unclaimed", and every query stays
/// valid. What is filled in must be NULL somewhere for that to show.
#[test]
fn an_application_that_meets_what_a_release_has_filled_in_does_not_do_the_same() {
    let db = database(newest());
    db.exec(
        "create table hosts (id int primary key, machine text);
         insert into hosts select i, case when i % 2 = 0 then 'm' end from generate_series(1, 1000) i; analyze hosts",
    );
    let place = Place::new();
    place.write("evenkeel.toml", "[gates]\nrequire = [\"run\"]\n");
    place.write("q.sql", "delete from hosts where machine is not null;");
    let url = db.url();
    let told = |release: &str, more: &[&str], code: i32| {
        place.write("release.sql", release);
        let first = ["rehearse", "release.sql", "--for", &url, "--only", "run,compatibility", "--queries", "q.sql", "--format", "json"];
        place.run(&[&first[..], more].concat()).exits(code).json()
    };
    let fills = "update hosts set machine = 'orphan' where machine is null;";
    let one = told(fills, &["--rows", "10%"], 1);
    let found = &one["compatibility"]["queries"][0];
    assert!(found["outcome"] == "otherwise" && found["why"].as_str().unwrap().ends_with(" 100 after it"), "{found}");
    // Without the target's share of NULL nothing is filled in: then nothing was seen.
    let one = told(fills, &[], 2);
    let found = gate(&one, "compatibility");
    assert!(found["holds"].is_null() && found["found"].as_str().unwrap().contains("none of them were here"), "{found}");
    // Nor is it known of a way back whether it restores what was not changed.
    place.write("m/1_a.up.sql", "update hosts set machine = 'x' where machine = 'never made up';");
    place.write("m/1_a.down.sql", "select 1;");
    let one = place
        .run(&["rehearse", "m/1_a.up.sql", "--for", &url, "--migrations", "m", "--only", "run,undo", "--rows", "10%", "--format", "json"])
        .json();
    let found = gate(&one, "data-loss");
    assert!(found["holds"].is_null() && found["found"].as_str().unwrap().contains("none of them were here"), "{found}");
}

/// A release that stops: what is behind that was not seen, and no gate holds for it.
#[test]
fn what_is_behind_a_statement_that_is_refused_was_not_seen() {
    let db = database(newest());
    db.exec(TABLES);
    let told = told(&db, "create table more (id int);\nselect 1 / 0;\nalter table people alter id type int;\n", &["--queries", "q"], 1);
    assert_eq!(gate(&told, "run")["holds"], false, "{told}");
    let holding: Vec<&Value> = told["gates"].as_array().unwrap().iter().filter(|gate| gate["holds"] == true).collect();
    assert!(holding.is_empty(), "{holding:?}");
    let found = gate(&told, "lock-hold")["found"].as_str().unwrap().to_owned();
    assert!(found.ends_with(" stopped; what is behind that was not seen"), "{found}");
}

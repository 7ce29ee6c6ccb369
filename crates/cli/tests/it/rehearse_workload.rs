//! `evenkeel rehearse --workload PATH`: queries that somebody has written, or a server has seen, beside the release. Neighbour:
//! `rehearse_waits`, for who waits.

use crate::rehearse::{gate, given, rehearsed};
use crate::run::Place;
use evenkeel_postgres::scratch::{Options, Scratch};
use evenkeel_testkit::{database, newest};
use serde_json::Value;

const LOAD: [&str; 6] = ["--only", "run,load", "--rows", "50", "--workload", "load"];

fn refused<'v>(told: &'v Value, part: &str) -> Vec<&'v Value> {
    let all = told["load"]["refused"].as_array().unwrap().iter();
    all.filter(|one| one["sql"].as_str().unwrap().contains(part)).collect()
}

#[test]
fn what_a_query_meets_is_the_releases_and_what_fails_by_itself_is_not() {
    let db = database(newest());
    let place = given(&db, "alter table orders rename column total to amount;\nalter table people add age int;\n");
    place.write("load/orders.sql", "-- weight: 5\nselect total from orders where id = $1;\nupdate orders set note = $2 where id = $1;\n");
    place.write("load/people.sql", "select * from people where id = $1;\n");
    place.write("load/wrong.sql", "select nothing from orders;\nselect 1 / (id - id) from people;\n");
    place.write("load/odd.sql", "-- weight: many\nselect 1;\n");
    let told = rehearsed(&place, &db, &LOAD, 1);
    let load = &told["load"];
    assert_eq!(load["workload"], serde_json::json!(["load"]), "{told}");
    // Three of them were never answered: for a column that is not there, for a division, for a weight that is none.
    let silent: Vec<&str> = load["says_nothing"].as_array().unwrap().iter().map(|one| one["why"].as_str().unwrap()).collect();
    assert_eq!(silent.len(), 3, "{told}");
    for part in ["nothing", "before the release already: division by zero (22012)", "no weight"] {
        assert!(silent.iter().any(|why| why.contains(part)), "{part}: {silent:?}");
    }
    let closed = gate(&told, "refused-clients");
    assert_eq!(closed["holds"], false, "{told}");
    assert!(closed["found"].as_str().unwrap().contains("42703"), "{closed}");
    // It was prepared before, as drivers do.
    assert!(refused(&told, "select * from people").iter().any(|one| one["code"] == "0A000" && one["phase"] != "before"), "{told}");
    assert!(refused(&told, "1 / (id - id)").iter().any(|one| one["phase"] == "before"), "{told}");
    assert!(refused(&told, "update orders").is_empty(), "{told}");
    assert!(told["floor"].to_string().contains("3 of 6 queries of the workload say nothing"), "{told}");
    place
        .run(&["rehearse", "release.sql", "--for", &db.url(), "--only", "run,load", "--rows", "50", "--workload", "load"])
        .exits(1)
        .says("says nothing: load/wrong.sql:1:1")
        .says("fails by itself");
    // A release that leaves them alone.
    place.write("release.sql", "alter table orders add paid boolean;\n");
    place.write("load/people.sql", "select id from people where id = $1;\n");
    // While one of them says nothing, nobody knows what the release does to it.
    let told = rehearsed(&place, &db, &LOAD, 2);
    assert_eq!(gate(&told, "refused-clients")["holds"], Value::Null, "{told}");
    let silent = ["wrong", "odd"]
        .map(|file| (format!("load/{file}.sql"), std::fs::read_to_string(place.path(&format!("load/{file}.sql"))).unwrap()));
    for (file, _) in &silent {
        std::fs::remove_file(place.path(file)).unwrap();
    }
    let told = rehearsed(&place, &db, &LOAD, 2);
    for (file, text) in &silent {
        place.write(file, text);
    }
    assert_eq!(
        (gate(&told, "refused-clients")["holds"].as_bool(), gate(&told, "blocked-clients")["holds"].as_bool()),
        (Some(true), Some(true)),
        "{told}"
    );
    // Where none runs by itself nothing is known, and no table is called used that none asks about.
    for file in ["orders", "people", "odd"] {
        std::fs::remove_file(place.path(&format!("load/{file}.sql"))).unwrap();
    }
    let told = rehearsed(&place, &db, &LOAD, 2);
    assert_eq!(
        (&gate(&told, "refused-clients")["holds"], &gate(&told, "blocked-clients")["holds"]),
        (&Value::Null, &Value::Null),
        "{told}"
    );
}

#[test]
fn a_workload_that_cannot_be_asked_is_told() {
    let db = database(newest());
    let place = given(&db, "alter table orders add paid boolean;\n");
    let url = db.url();
    let run = |more: &[&str]| place.run(&[&["rehearse", "release.sql", "--for", &url], more].concat());
    run(&["--only", "run", "--workload", "synthetic"]).exits(64).says("load among the parts");
    run(&["--only", "run", "--long-transaction", "1s"]).exits(64).says("load among the parts");
    run(&["--long-transaction", "0s"]).exits(64).says("longer than nothing");
    run(&["--workload", "nowhere"]).exits(78).says("nowhere");
    run(&["--workload", "pg_stat_statements:nowhere"]).exits(64).says("names no environment");
}

#[test]
fn what_a_server_has_seen_is_asked_as_often_and_beside_what_follows_from_the_schema() {
    let setting = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let options = Options { settings: vec![setting("shared_preload_libraries", "pg_stat_statements")], ..Options::major(newest()) };
    let seen = Scratch::start(&options.database("app")).unwrap();
    let session = seen.session("app").unwrap();
    session.exec("create table accounts (id bigint primary key, note text); create extension pg_stat_statements").unwrap();
    session
        .exec("insert into accounts select g, 'x' from generate_series(1, 20) g; analyze accounts; select pg_stat_statements_reset()")
        .unwrap();
    for _ in 0..30 {
        session.exec("select note from accounts where id = 1").unwrap();
    }
    session.exec("update accounts set note = 'y' where id = 2").unwrap();
    let place = Place::new();
    place.write("evenkeel.toml", format!("[environments.old]\nurl = \"{}\"\n", seen.url("app")));
    place.write("release.sql", "alter table accounts drop column note;\n");
    let run = ["rehearse", "release.sql", "--for", "old", "--only", "run,load", "--rows", "20", "--format", "json"];
    let told = place.run(&[&run[..], &["--workload", "pg_stat_statements:old", "--workload", "synthetic"]].concat()).exits(1).json();
    assert_eq!(told["load"]["workload"], serde_json::json!(["synthetic", "pg_stat_statements:old"]), "{told}");
    let asked = |part: &str| {
        let all = refused(&told, part).into_iter().filter(|one| one["phase"] == "after" && one["code"] == "42703");
        all.map(|one| one["requests"].as_u64().unwrap()).sum::<u64>()
    };
    let (often, seldom) = (asked("select note from accounts where id = $1"), asked("update accounts set note = $1"));
    assert!(often > seldom && seldom >= 1, "{often} and {seldom}: {told}");
    assert_eq!(gate(&told, "refused-clients")["holds"], false, "{told}");
}

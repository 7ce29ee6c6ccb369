//! `evenkeel history` on files that ran on this machine today: it goes on from what they left, and says the same.

use crate::run::Place;
use evenkeel_testkit::{another_day, database, mysql, newest};
use serde_json::Value;

/// dbmate's files, one of which takes a while. Each test's are its own, so that the first run is the first.
fn files(place: &Place, waits: &str) {
    let own = format!("-- {}", place.path("").display());
    let up = |text: &str| format!("-- migrate:up\n{own}\n{text}\n-- migrate:down\n");
    place.write("m/20260101000000_a.sql", up("create table a (id int primary key);"));
    place.write("m/20260102000000_b.sql", up(waits));
    place.write("m/20260103000000_c.sql", up("alter table a add note int;"));
}

fn told(place: &Place, url: &str, code: i32) -> Value {
    place.run(&["history", url, "--migrations", "m", "--tool", "dbmate", "--format", "json"]).exits(code).json()
}

/// How many it did not run, and all else that it says.
fn apart(mut told: Value) -> (Option<String>, Value) {
    let notes = told["notes"].as_array_mut().unwrap();
    let at = notes.iter().position(|note| note.as_str().unwrap().contains("their state was kept"));
    (at.map(|at| notes.remove(at).as_str().unwrap().to_owned()), told)
}

/// What the second one waits with, and what it makes then.
fn goes_on(url: &str, exec: &dyn Fn(&str), (waits, makes): (&str, &str)) {
    let place = Place::new();
    files(&place, &format!("{waits};\n{makes};"));
    exec("create table a (id int primary key)");
    exec(makes);
    exec("alter table a add note int");
    exec("create table schema_migrations (version varchar(128) primary key)");
    exec("insert into schema_migrations values ('20260101000000'), ('20260102000000'), ('20260103000000')");
    let digest = || place.run(&["digest", "replay:m", "--like", url]).exits(0).stdout.clone();
    let (first, plain) = apart(told(&place, url, 0));
    assert_eq!(first, None, "{plain}");
    let (second, kept) = apart(told(&place, url, 0));
    assert_eq!(second.as_deref(), Some("the first 3 of 3 migrations ran today already, on this machine: their state was kept"));
    assert_eq!(kept, plain);
    // What it was not asked for yet is run, and what somebody did there is found as ever.
    place.write("m/20260104000000_d.sql", "-- migrate:up\ncreate table d (id int primary key);\n-- migrate:down\n");
    exec("create table d (id int primary key)");
    exec("alter table d add hot int");
    exec("insert into schema_migrations values ('20260104000000')");
    let (third, drift) = apart(told(&place, url, 1));
    assert_eq!(third.as_deref(), Some("the first 3 of 4 migrations ran today already, on this machine: their state was kept"));
    assert_eq!(drift["unexplained"].as_array().unwrap().len(), 1, "{drift}");
    assert!(drift["unexplained"][0]["object"].as_str().unwrap().ends_with("d.hot"), "{drift}");
    // Another text before them is another run, and so is one that comes to another end.
    place.write("m/20260101000000_a.sql", place.read("m/20260101000000_a.sql").replace("id int", "id bigint"));
    let (fourth, other) = apart(told(&place, url, 1));
    assert_eq!(fourth, None, "{other}");
    let (fifth, again) = apart(told(&place, url, 1));
    assert!(fifth.is_some() && again == other, "{fifth:?} {again}");
    let whole = digest();
    assert_eq!(digest(), whole, "the same state, whatever it was begun with");
}

#[test]
fn what_ran_today_is_not_run_again_and_says_the_same() {
    let db = database(newest());
    goes_on(&db.url(), &|sql| db.exec(sql), ("select pg_sleep(1.1)", "create view v as select id from a"));
}

#[test]
fn the_same_on_mysql_and_mariadb() {
    if another_day(2) {
        return;
    }
    for flavor in [mysql::newest_mysql(), mysql::newest_mariadb()] {
        let db = mysql::database(flavor);
        goes_on(&db.url(), &|sql| db.exec(sql), ("do sleep(1.1)", "create procedure p() select 1"));
    }
}

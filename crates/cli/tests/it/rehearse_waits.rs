//! Who waits for what, for how long, and at which statement that is told: contentions that are made on purpose, with the server's own log as
//! the truth. Neighbour: `rehearse_workload`.

use crate::rehearse::{gate, given, rehearsed, statements, texts};
use crate::run::Place;
use evenkeel_testkit::share::Share;
use evenkeel_testkit::{database, each_major, newest};
use serde_json::Value;

/// A statement that takes a lock, a query that waits for it, what is waited for and of which relation.
const CONTENTIONS: [(&str, &str, &[&str], &str); 10] = [
    ("alter table a add x int", "select v from a where id = $1", &["relation"], "public.a"),
    ("create index b_v on b (v)", "update b set v = v where id = $1", &["relation"], "public.b"),
    ("update c set v = 'r' where id = 1", "update c set v = v where id = 1", &["tuple", "transactionid"], "public.c"),
    ("select pg_advisory_xact_lock(42)", "select pg_advisory_xact_lock(42)", &["advisory"], ""),
    ("select v from p where id = 1 for update", "insert into child (p) values (1)", &["tuple", "transactionid"], "public.p"),
    ("lock table g in exclusive mode", "update g set v = v where id = $1", &["relation"], "public.g"),
    ("truncate h", "select count(*) from h", &["relation"], "public.h"),
    ("drop index i_v", "select v from i where id = $1", &["relation"], "public.i"),
    ("alter table j add constraint j_q foreign key (q) references q", "update q set v = v where id = $1", &["relation"], "public.q"),
    ("refresh materialized view m", "select * from m", &["relation"], "public.m"),
];

const TABLES: &str = "create table a (id int primary key, v text); create table b (id int primary key, v text);
    create table c (id int primary key, v text); create table p (id int primary key, v text);
    create table child (id bigint generated always as identity primary key, p int references p);
    create table g (id int primary key, v text); create table h (id int primary key);
    create table i (id int primary key, v text); create index i_v on i (v);
    create table q (id int primary key, v text); create table j (id int primary key, q int);
    create materialized view m as select 1 as one";

/// How long each lock is kept.
const KEPT: f64 = 300.0;

#[test]
fn each_wait_is_told_whole_and_once_at_the_statement_whose_lock_it_waits_for() {
    each_major(|db| {
        db.exec(TABLES);
        let place = Place::new();
        let release: Vec<String> =
            CONTENTIONS.iter().map(|(takes, ..)| format!("begin;\n{takes};\nselect pg_sleep({});\ncommit;\n", KEPT / 1000.0)).collect();
        place.write("release.sql", release.concat());
        let asks: Vec<String> = CONTENTIONS.iter().map(|(_, asks, ..)| format!("{asks};\n")).collect();
        place.write("load/asks.sql", asks.concat());
        let url = db.url();
        let run =
            ["rehearse", "release.sql", "--for", &url, "--only", "run,load", "--rows", "10", "--workload", "load", "--format", "json"];
        let told = place.run(&run).json();
        let all = statements(&told);
        assert_eq!(all.len(), CONTENTIONS.len() * 4, "{told}");
        assert_eq!(told["load"]["says_nothing"], serde_json::json!([]), "{told}");
        let mut logged = 0;
        for ((takes, _, waits, relation), group) in CONTENTIONS.iter().zip(all.chunks(4)) {
            let blocked: Vec<&Value> = group[1]["blocked"].as_array().unwrap().iter().collect();
            assert!(!blocked.is_empty(), "nobody waits for {takes}: {group:?}");
            for one in &blocked {
                assert!(waits.contains(&one["wait"].as_str().unwrap()), "{takes}: {one}");
                assert!(one["relation"] == *relation, "{takes}: {one}");
                // One client has one wait for it, or two where a row is waited for in two ways.
                assert!(one["clients"].as_u64().unwrap() <= 4, "{takes}: {one}");
            }
            let longest = blocked.iter().map(|one| one["longest_ms"].as_f64().unwrap()).fold(0.0, f64::max);
            let entry = blocked.iter().find(|one| one["longest_ms"].as_f64().unwrap() >= longest).unwrap();
            logged += usize::from(entry["measured"] == "log");
            // Not longer than the lock was held, by the looks from inside; as long but for the time until somebody came.
            let until: f64 = group[1..].iter().map(|one| one["ms"].as_f64().unwrap()).sum();
            let slack = if Share::of(2).is_whole() { 20.0 } else { 250.0 };
            assert!(longest <= until + slack && longest >= KEPT - slack, "{takes}: {longest} of {until}: {entry}");
            // Nobody waits for what the other statements of the transaction did.
            for other in [&group[0], &group[2], &group[3]] {
                assert_eq!(other["blocked"], serde_json::json!([]), "{takes}: {other}");
            }
        }
        // One entry is called so where the log has each of its waits.
        assert!(logged * 2 > CONTENTIONS.len(), "{logged}: {told}");
    });
}

#[test]
fn who_stands_behind_a_waiting_definition_is_told_with_it_and_waiting_is_no_holding() {
    let db = database(newest());
    let place = given(&db, "alter table people add a int;\ncreate index concurrently c on orders (note);\n");
    let told = rehearsed(&place, &db, &["--only", "run,load", "--rows", "20", "--long-transaction", "1s"], 2);
    let all = statements(&told);
    let number = |one: &Value, name: &str| one[name].as_f64().unwrap_or_else(|| panic!("no {name}: {told}"));
    assert!(number(&all[0], "waited_ms") > 200.0, "{told}");
    let held = all[0]["locks"].as_array().unwrap().iter().find(|lock| lock["mode"] == "ACCESS EXCLUSIVE").unwrap();
    // It has the lock only when it has waited for it.
    assert!(number(&held["held_ms"], "high") < number(&all[0], "ms") - 100.0, "{held}: {told}");
    let blocked = all[0]["blocked"].as_array().unwrap();
    let behind = blocked.iter().find(|one| one["relation"] == "public.people" && one["wait"] == "relation").unwrap();
    assert!(number(behind, "longest_ms") > 200.0, "{behind}");
    assert!(told["load"]["long_transaction"].as_str().unwrap().contains("public.orders, public.people"), "{told}");
    // What runs beside others waits for both of them to end.
    place.write("release.sql", "create index concurrently c on orders (note);\n");
    let told = rehearsed(&place, &db, &["--only", "run,load", "--rows", "20", "--long-transaction", "700ms"], 2);
    assert!(number(&statements(&told)[0], "waited_ms") > 200.0, "{told}");
    assert!(told["load"]["long_transaction"].as_str().unwrap().contains("not over"), "{told}");
    // A bound ends it, and nobody waits longer.
    place.write("release.sql", "set lock_timeout = '100ms';\nalter table people add a int;\n");
    let told = rehearsed(&place, &db, &["--only", "run,load", "--rows", "20", "--long-transaction", "30s"], 1);
    assert!(told["migrations"][0]["stopped"]["why"].as_str().unwrap().contains("55P03"), "{told}");
    assert!(told["load"]["long_transaction"].as_str().unwrap().contains("was over before them"), "{told}");
    assert_eq!(gate(&told, "run")["holds"], false, "{told}");
    // A release that names no table that is there.
    place.write("release.sql", "create table fresh (id int primary key);\n");
    let told = rehearsed(&place, &db, &["--only", "run,load", "--rows", "20", "--long-transaction", "30s"], 2);
    assert!(texts(&told["floor"]).iter().any(|line| line.contains("no transaction was kept open")), "{told}");
}

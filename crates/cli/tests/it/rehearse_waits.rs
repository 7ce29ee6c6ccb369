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
/// Waits that are shorter are no contention: the log has those that last longer than 10 ms.
const SHORT: f64 = 20.0;

/// How far times that are read on different clocks may lie apart: on a machine with nothing else to do, and by day, beside other tests.
fn slack() -> f64 {
    if Share::of(2).is_whole() { 20.0 } else { 250.0 }
}

fn number(one: &Value, name: &str) -> f64 {
    one[name].as_f64().unwrap_or_else(|| panic!("no {name}: {one}"))
}

/// When a statement was sent, and when it was answered, on the clock that waits are told on.
fn during(slot: &Value) -> (f64, f64) {
    let at = number(slot, "at_ms");
    (at, at + number(slot, "to_ms") - number(slot, "from_ms"))
}

/// The waits of a relation that began before a moment and lasted.
fn of<'t>(told: &'t Value, relation: &str, (from, to): (f64, f64)) -> Vec<&'t Value> {
    let all = told["timeline"]["waits"].as_array().unwrap().iter();
    let lasted = |wait: &Value| number(wait, "to_ms") - number(wait, "from_ms") >= SHORT;
    all.filter(|wait| wait["relation"] == relation && number(wait, "from_ms") < to && number(wait, "to_ms") > from && lasted(wait))
        .collect()
}

#[test]
fn each_wait_is_told_whole_and_once_at_the_statement_whose_lock_it_waits_for() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    let share = Share::of(2);
    println!("contentions: {share}");
    let contentions = share.take(CONTENTIONS.to_vec());
    let slack = slack();
    each_major(|db| {
        db.exec(TABLES);
        let place = Place::new();
        let release: Vec<String> =
            contentions.iter().map(|(takes, ..)| format!("begin;\n{takes};\nselect pg_sleep({});\ncommit;\n", KEPT / 1000.0)).collect();
        place.write("release.sql", release.concat());
        let asks: Vec<String> = contentions.iter().map(|(_, asks, ..)| format!("{asks};\n")).collect();
        place.write("load/asks.sql", asks.concat());
        let url = db.url();
        let run =
            ["rehearse", "release.sql", "--for", &url, "--only", "run,load", "--rows", "10", "--workload", "load", "--format", "json"];
        let told = place.run(&run).json();
        let all = statements(&told);
        assert_eq!(all.len(), contentions.len() * 4, "{told}");
        assert_eq!(told["load"]["says_nothing"], serde_json::json!([]), "{told}");
        let slots = told["timeline"]["statements"].as_array().unwrap();
        for (((takes, _, waits, relation), group), slots) in contentions.iter().zip(all.chunks(4)).zip(slots.chunks(4)) {
            // From when it was asked for, and until the answer to the end of its transaction, the lock was there, by the release's clock.
            let ((asked, _), (ends, ended)) = (during(&slots[1]), during(&slots[3]));
            let lasting: Vec<&Value> =
                of(&told, relation, (asked, ends)).into_iter().filter(|one| number(one, "from_ms") < ends - SHORT).collect();
            assert!(!lasting.is_empty(), "nobody waits for {takes}: {told}");
            let mut longest = std::collections::BTreeMap::<&str, (f64, usize)>::new();
            for wait in &lasting {
                let (from, to, kind) = (number(wait, "from_ms"), number(wait, "to_ms"), wait["wait"].as_str().unwrap());
                assert!(waits.contains(&kind) && wait["measured"] == "log", "{takes}: {wait}");
                println!("{takes}: {kind} from {:+.1} ms after it, until {:+.1} ms after the end", from - asked, to - ended);
                assert!(from >= asked - slack && to >= ends - slack && to <= ended + slack, "{takes}: {asked} to {ended}: {wait}");
                let same = lasting.iter().filter(|one| one["session"] == wait["session"] && one["wait"] == kind).count();
                assert_eq!(same, 1, "{takes}: one wait, told in pieces: {lasting:?}");
                let entry = longest.entry(kind).or_default();
                *entry = (entry.0.max(to - from), entry.1 + 1);
            }
            // It is as long as the lock was kept, but for the time until somebody came.
            let whole = longest.values().map(|(length, _)| *length).fold(0.0, f64::max);
            assert!(whole >= KEPT - slack && whole <= ended - asked + slack, "{takes}: {whole}: {lasting:?}");
            let blocked = group[1]["blocked"].as_array().unwrap();
            for (kind, (length, clients)) in longest {
                let entry: Vec<&Value> = blocked.iter().filter(|one| one["wait"] == kind && one["relation"] == *relation).collect();
                assert_eq!(entry.len(), 1, "{takes}: {blocked:?}");
                let is_same = (number(entry[0], "longest_ms") - length).abs() < 1.0;
                assert!(is_same && entry[0]["measured"] == "log", "{takes}: {length}: {entry:?}");
                assert!(number(entry[0], "clients") >= clients as f64, "{takes}: {clients}: {entry:?}");
            }
            assert!(blocked.iter().all(|one| one["relation"] == *relation), "{takes}: {blocked:?}");
            // Nobody waits for what the other statements of the transaction did.
            for other in [&group[0], &group[2], &group[3]] {
                assert_eq!(other["blocked"], serde_json::json!([]), "{takes}: {other}");
            }
        }
    });
}

#[test]
fn who_stands_behind_a_waiting_definition_is_told_with_it_and_waiting_is_no_holding() {
    let db = database(newest());
    let place = given(&db, "alter table people add a int;\ncreate index concurrently c on orders (note);\n");
    let told = rehearsed(&place, &db, &["--only", "run,load", "--rows", "20", "--long-transaction", "800ms"], 2);
    let all = statements(&told);
    // Its own wait is what it takes longer than by itself.
    let alone = |one: &Value| number(one, "ms") - number(one, "waited_ms");
    assert!(number(&all[0], "waited_ms") > 200.0 && alone(&all[0]) < 60.0 + slack(), "{told}");
    let held = all[0]["locks"].as_array().unwrap().iter().find(|lock| lock["mode"] == "ACCESS EXCLUSIVE").unwrap();
    // It has the lock only when it has waited for it.
    assert!(number(&held["held_ms"], "high") < number(&all[0], "ms") - 100.0, "{held}: {told}");
    let blocked = all[0]["blocked"].as_array().unwrap();
    let behind = blocked.iter().find(|one| one["relation"] == "public.people" && one["wait"] == "relation").unwrap();
    assert!(number(behind, "longest_ms") > 200.0 && behind["measured"] == "log", "{behind}");
    // Who came while it waited goes on when it is over.
    let (sent, answered) = during(&told["timeline"]["statements"][0]);
    let queue: Vec<&Value> =
        of(&told, "public.people", (sent, answered)).into_iter().filter(|one| number(one, "from_ms") < answered - SHORT).collect();
    assert!(!queue.is_empty(), "{told}");
    for one in queue {
        println!(
            "behind it: from {:+.1} ms, until {:+.1} ms after its end",
            number(one, "from_ms") - sent,
            number(one, "to_ms") - answered
        );
        let is_whole = number(one, "to_ms") >= answered - slack() && number(one, "to_ms") <= answered + 60.0 + slack();
        assert!(is_whole && one["measured"] == "log", "{one}: {told}");
    }
    assert!(told["load"]["long_transaction"].as_str().unwrap().contains("public.orders, public.people"), "{told}");
    // What runs beside others waits for both of them to end (`virtualxid`).
    place.write("release.sql", "create index concurrently c on orders (note);\n");
    let told = rehearsed(&place, &db, &["--only", "run,load", "--rows", "20", "--long-transaction", "700ms"], 2);
    let concurrently = &statements(&told)[0];
    let waited = number(concurrently, "waited_ms");
    println!("concurrently: waited {waited} ms, by itself {:.1} ms", alone(concurrently));
    assert!(waited > 600.0 - slack() && waited < 700.0 + slack() && alone(concurrently) < 150.0 + slack(), "{told}");
    assert!(told["load"]["long_transaction"].as_str().unwrap().contains("not over"), "{told}");
    // A bound ends it, and nobody waits longer.
    db.exec("create foreign data wrapper nowhere; create server nowhere foreign data wrapper nowhere; create foreign table far (id int) server nowhere");
    place.write("release.sql", "set lock_timeout = '100ms';\nalter foreign table far add x int;\nalter table people add a int;\n");
    let told = rehearsed(&place, &db, &["--only", "run,load", "--rows", "20", "--long-transaction", "30s"], 1);
    assert!(told["migrations"][0]["stopped"]["why"].as_str().unwrap().contains("55P03"), "{told}");
    // What another server has nobody holds here.
    let kept = told["load"]["long_transaction"].as_str().unwrap();
    assert!(kept.contains("was over before them") && kept.contains("open on public.people (not on public.far"), "{told}");
    assert_eq!(gate(&told, "run")["holds"], false, "{told}");
    // A release that names no table that is there.
    place.write("release.sql", "create table fresh (id int primary key);\n");
    let told = rehearsed(&place, &db, &["--only", "run,load", "--rows", "20", "--long-transaction", "30s"], 2);
    assert!(texts(&told["floor"]).iter().any(|line| line.contains("no transaction was kept open")), "{told}");
    place.write("release.sql", "alter foreign table far add x int;\n");
    let told = rehearsed(&place, &db, &["--only", "run,load", "--long-transaction", "30s"], 2);
    assert!(texts(&told["floor"]).iter().any(|line| line.contains("another server has public.far")), "{told}");
}

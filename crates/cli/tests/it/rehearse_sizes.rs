//! `evenkeel rehearse --rows 1%,3%,10%`: sizes, what rows are like, and what is estimated for the target. How near estimates come is measured
//! by `script/bench-estimates`; nothing here depends on how long anything takes. Neighbour: `rehearse_rows`.

use crate::rehearse::{gate, texts};
use crate::run::Place;
use evenkeel_testkit::{TestDb, database, each_major, newest};
use serde_json::Value;

const SHOP: &str = "create table people (id bigint primary key, name text not null, note text, mood text);
    create table tags (id int primary key, label text);
    create table tagged (person bigint references people, tag int references tags, primary key (person, tag));
    create table orders (id bigint primary key, person bigint not null references people, total numeric(9,2) not null, wide text);
    insert into people select g, 'name '||g, case when g % 2 = 0 then 'x'||g end, 'mood '||g % 3 from generate_series(1, 2000) g;
    insert into tags select g, 'tag '||g from generate_series(1, 20) g;
    insert into tagged select 1 + g % 2000, 1 + g / 2000 from generate_series(0, 9999) g;
    insert into orders select g, 1 + g % 2000, g, repeat('w', 300)||g from generate_series(1, 20000) g;
    analyze";

fn told(place: &Place, db: &TestDb, rows: &str, only: &str, code: i32) -> Value {
    let url = db.url();
    let run = place.run(&["rehearse", "release.sql", "--for", &url, "--rows", rows, "--only", only, "--format", "json"]);
    run.exits(code).json()
}

fn estimates<'v>(told: &'v Value, what: &str) -> Vec<&'v Value> {
    told["estimates"].as_array().unwrap().iter().filter(|one| one["what"] == what).collect()
}

#[test]
fn each_statement_and_lock_is_estimated_by_what_it_does_with_its_points() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    each_major(|db| {
        db.exec(SHOP);
        let place = Place::new();
        place.write("evenkeel.toml", "[gates]\nrequire = [\"run\"]\nlock_hold = \"10min\"\n");
        place.write(
            "release.sql",
            "alter table orders add note text;\ncreate index by_person on orders (person);\n\
             alter table orders add check (total >= 0);\nupdate orders set total = total + 1;\n",
        );
        let told = told(&place, db, "5%,15%,50%", "run,estimate", 2);
        let all = estimates(&told, "statement");
        let drivers: Vec<&str> = all.iter().map(|one| one["driver"].as_str().unwrap()).collect();
        assert_eq!(drivers, ["constant", "index tuples", "bytes", "rows"], "{told}");
        for one in &all {
            let points = one["points"].as_array().unwrap();
            assert_eq!(points.len(), 3, "{one}");
            let sizes: Vec<f64> = points.iter().map(|point| point["size"].as_f64().unwrap()).collect();
            assert!(one["driver"] == "constant" || sizes[0] < sizes[1] && sizes[1] < sizes[2], "{one}");
            assert!(one["low_ms"].as_f64() <= one["high_ms"].as_f64(), "{one}");
            assert_eq!(one["machine_factor"]["measured"], false, "{one}");
        }
        let rows = |one: &Value| one["points"].as_array().unwrap().iter().map(|point| point["size"].to_string()).collect::<Vec<_>>();
        assert_eq!(rows(all[3]), ["1000.0", "3000.0", "10000.0"], "{told}");
        assert!((all[3]["multiplier"].as_f64().unwrap() - 2.0).abs() < 0.01, "{told}");
        // Half of the target's rows with its widths: bytes are near as many.
        let bytes = all[2]["multiplier"].as_f64().unwrap();
        assert!((1.6..=2.4).contains(&bytes), "{told}");
        assert_eq!(estimates(&told, "release").len(), 1);
        assert!(estimates(&told, "lock").iter().any(|one| one["relation"] == "public.orders" && one["mode"] == "SHARE"), "{told}");
        let words = |name: &str| gate(&told, name)["found"].as_str().unwrap().to_owned();
        let holds = |name: &str| gate(&told, name)["holds"].as_bool();
        // Where something else goes on here, times may follow nothing: that is told, and opens nothing.
        let is_odd = words("estimate").contains("do not follow");
        // Where it held up a definition that takes no time by itself, that lock is the longest.
        assert!(is_odd || ["estimated", "release.sql:1:1"].iter().any(|word| words("lock-hold").contains(word)), "{told}");
        let expected = if is_odd { (holds("lock-hold"), None) } else { (Some(true), Some(true)) };
        assert_eq!((holds("lock-hold"), holds("estimate")), expected, "{told}");
        // Values that a check reads decide; that is another gate's word, and stays.
        assert_eq!(gate(&told, "rows")["holds"], Value::Null, "{told}");
    });
}

#[test]
fn where_sizes_do_not_carry_nothing_is_told_and_no_gate_opens() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    let db = database(newest());
    db.exec(SHOP);
    let place = Place::new();
    place.write("evenkeel.toml", "[gates]\nrequire = [\"run\"]\nlock_hold = \"10min\"\n");
    place.write("release.sql", "create index by_person on orders (person);\n");
    let far = told(&place, &db, "10,20,30", "run,estimate", 2);
    assert!(gate(&far, "lock-hold")["found"].as_str().unwrap().contains("times larger than the largest size"), "{far}");
    assert_eq!((gate(&far, "lock-hold")["holds"].clone(), gate(&far, "estimate")["holds"].clone()), (Value::Null, Value::Null), "{far}");
    // Nobody knows how many rows it has.
    db.exec("create table fresh (a int); insert into fresh select generate_series(1, 100)");
    place.write("release.sql", "create index on fresh (a);\n");
    let unknown = told(&place, &db, "1%,3%,10%", "run,estimate", 2);
    assert!(
        gate(&unknown, "estimate")["found"].as_str().unwrap().contains("how large public.fresh is on the target is not known"),
        "{unknown}"
    );
    // Loaded since ANALYZE saw it; rows of another size than those that are made.
    db.exec("create table later (a int); analyze later; insert into later select generate_series(1, 9000)");
    db.exec("create table large (id int primary key, doc text); alter table large alter doc set storage external");
    db.exec("insert into large select g, repeat('x', 9000) from generate_series(1, 600) g; analyze large");
    db.exec("vacuum large");
    db.exec("select pg_stat_force_next_flush()");
    std::thread::sleep(std::time::Duration::from_millis(700));
    for (release, words) in [
        ("create index on later (a);\n", "how large public.later is on the target is not known"),
        ("alter table large alter id type bigint;\n", "a row of public.large takes"),
    ] {
        place.write("release.sql", release);
        let told = told(&place, &db, "10%,30%,100%", "run,estimate", 2);
        let found = gate(&told, "estimate");
        assert!(found["holds"].is_null() && found["found"].as_str().unwrap().contains(words), "{release}: {found}");
    }
    // It fails at one size alone.
    place.write("release.sql", "do $$ begin if (select count(*) from orders) > 1500 then raise exception 'too many'; end if; end $$;\n");
    let stopped = told(&place, &db, "5%,15%,50%", "run,estimate", 1);
    assert!(gate(&stopped, "run")["found"].as_str().unwrap().contains("too many"), "{stopped}");
    // Without numbers there is no part of them.
    let url = db.url();
    place.run(&["capture", &url, "--dimension", "schema,privileges,history,configuration", "--out", "bare.jsonl"]).exits(0);
    let bare = place.run(&["rehearse", "release.sql", "--for", "bare.jsonl", "--rows", "1%,3%,10%"]).exits(2);
    assert!(
        bare.stderr.contains("how many rows the target's tables have is not known") && bare.stderr.contains("--rows 10000,30000,100000"),
        "{}",
        bare.stderr
    );
    for wrong in ["0%", "101%", "1%,200,3%", "1%,3%", "5,5,5", "-1", "x", ""] {
        place.run(&["rehearse", "release.sql", "--for", &url, "--rows", wrong]).exits(64);
    }
    place.run(&["rehearse", "release.sql", "--for", &url, "--only", "estimate"]).exits(64);
    place.run(&["rehearse", "release.sql", "--for", "bare.jsonl", "--rows", "10,30,100", "--probe"]).exits(64);
}

#[test]
fn rows_are_as_many_as_a_part_of_the_targets_and_look_like_them() {
    let db = database(newest());
    db.exec(SHOP);
    let place = Place::new();
    // Columns are not named here: those that a release names are all distinct and never NULL.
    let counts = "do $$ declare told text; begin
        select format('people %s, of them %s without, %s moods, widest %s; tagged %s, orders %s of %s', count(*),
            count(*) filter (where to_jsonb(p)->>('no'||'te') is null), count(distinct to_jsonb(p)->>('mo'||'od')),
            (select max(length(to_jsonb(o)->>('wi'||'de'))) from orders o), (select count(*) from tagged), (select count(*) from orders),
            (select count(distinct to_jsonb(o)->>('per'||'son')) from orders o)) into told from people p;
        raise exception '%', told; end $$;\n";
    place.write("release.sql", counts);
    let run = told(&place, &db, "50%", "run", 1);
    let said = gate(&run, "run")["found"].as_str().unwrap().to_owned();
    assert!(said.contains("people 1000, of them 5") || said.contains("people 1000, of them 4"), "about half of 1000: {said}");
    assert!(said.contains(" 3 moods") && said.contains("tagged 5000, orders 10000 of 1000"), "{said}");
    let width: u64 = said.split("widest ").nth(1).and_then(|rest| rest.split(';').next()).and_then(|number| number.parse().ok()).unwrap();
    assert!((290..=320).contains(&width), "{said}");
    let floor = texts(&run["floor"]).join("\n");
    assert!(floor.contains("50 % of the target's in each of 4 tables") && !floor.contains("has no rows"), "{floor}");
    // A column that the release names holds what is demanded of it.
    place.write("release.sql", "alter table people alter note set not null;\n");
    let run = told(&place, &db, "50%", "run", 2);
    assert_eq!(gate(&run, "run")["holds"], true, "{run}");
}

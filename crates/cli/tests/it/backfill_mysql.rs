//! `evenkeel backfill` on MySQL and MariaDB: what parts make of a table, whatever its key; kills; replicas. Neighbour: `backfill`.

use crate::backfill::{backfill, closed, configured};
use crate::history_repair::Dice;
use evenkeel_mysql::scratch::{Options, ReplicaOptions, Scratch};
use evenkeel_testkit::Share;
use evenkeel_testkit::mysql::{TestDb, database, flavors, newest_mariadb, newest_mysql};
use evenkeel_testkit::number;
use std::process::Stdio;
use std::time::Duration;

const TOUCHED: &str = "create trigger touch before update on t for each row set new.touched = old.touched + 1";
/// Columns of the key, and the value of a row by its number.
const KEYS: [(&str, &str, &str); 8] = [
    ("k bigint", "k", "g * 7 - 900"),
    ("k int unsigned", "k", "g * 3"),
    (
        "k varchar(60) character set utf8mb4 collate utf8mb4_general_ci",
        "k",
        "concat(elt(1 + g % 4, 'ä', 'a', 'Z', '-'), left(sha2(g, 256), 32))",
    ),
    ("k char(40) character set latin1", "k", "concat(elt(1 + g % 3, 'ä', 'b', ' '), left(sha2(g, 256), 32))"),
    ("k varbinary(30)", "k", "concat(x'00ff', unhex(left(sha2(g, 256), 32)))"),
    ("k decimal(12,4)", "k", "(g * 37 % 1009) / 7 + g"),
    ("k datetime(3)", "k", "'2026-03-29 00:30:00' + interval g * 731 second"),
    ("k smallint, l varchar(20)", "k, l", "g % 5, concat('x', g * 31 % 1013)"),
];

fn filled(db: &TestDb, (columns, names, values): (&str, &str, &str), rows: u64) {
    db.exec("drop table if exists t; drop table if exists copy_of_t");
    db.exec(&format!("create table t ({columns}, a int, b int, touched int not null default 0, primary key ({names}))"));
    if rows > 0 {
        db.exec("create table if not exists numbers (g int primary key)");
        db.exec("insert ignore into numbers select 1 + x.n + 10 * y.n + 100 * z.n from (select 0 n union all select 1 union all select 2 union all select 3 union all select 4 union all select 5 union all select 6 union all select 7 union all select 8 union all select 9) x, (select 0 n union all select 1 union all select 2 union all select 3 union all select 4 union all select 5 union all select 6 union all select 7 union all select 8 union all select 9) y, (select 0 n union all select 1 union all select 2 union all select 3 union all select 4 union all select 5 union all select 6 union all select 7 union all select 8 union all select 9) z");
        db.exec(&format!(
            "insert into t select {values}, if(g % 4 > 0, g % 17, null), if(g % 5 = 0, g % 34, null), 0 from numbers where g <= {rows}"
        ));
    }
    db.exec("create table copy_of_t as select * from t");
}

/// One server a run, another each day; all of them at night.
fn some() -> Vec<TestDb> {
    let flavors = flavors();
    let share = Share::of(u64::try_from(flavors.len().max(1)).unwrap());
    share.take(flavors).into_iter().map(database).collect()
}

#[test]
fn parts_make_of_a_table_what_one_statement_makes_of_its_copy() {
    let seed = number("EVENKEEL_SEED", 20_261_130);
    let cases = number("EVENKEEL_CASES", 3);
    for db in some() {
        let mut dice = Dice::of(seed, 0);
        for case in 0..cases {
            let key = KEYS[(usize::try_from(case).unwrap() + dice.next(8)) % 8];
            let rows = [0, 1, 300, 900][dice.next(4)];
            let most = [1, 50, 500][dice.next(3)].max(rows / 8);
            let condition =
                ["not (b <=> a * 2)", "b is null and a is not null", "(a % 3 = 1 and coalesce(b, -1) <> a * 2) is true -- some"]
                    [dice.next(3)];
            let words = format!("seed {seed}, case {case}: {key:?}, {rows} rows, parts of {most}, {condition}");
            filled(&db, key, rows);
            db.exec(&format!("update copy_of_t set b = a * 2, touched = 1 where {condition}\n"));
            db.exec(TOUCHED);
            let lines = format!("[backfill.mails]\ntable = \"t\"\nset = \"b = a * 2 -- twice\"\nwhere = \"{condition}\"\nmost = {most}\n");
            let told = backfill(&configured(&db.url(), "dev", &lines), &[]).exits(0).json();
            let names = key.1.split(", ").map(|name| format!("t.{name} = c.{name}")).collect::<Vec<_>>().join(" and ");
            let alike = db.value(&format!(
                "select cast(count(*) as char) from t join copy_of_t c on {names} and t.a <=> c.a and t.b <=> c.b and t.touched = c.touched"
            ));
            assert_eq!(alike, Some(rows.to_string()), "{words}");
            let changed = db.value("select cast(count(*) as char) from copy_of_t where touched = 1").unwrap();
            assert_eq!((told["rows"].to_string(), &told["remaining"]), (changed, &0.into()), "{words}");
        }
    }
}

#[test]
fn replicas_say_themselves_how_far_they_are_where_their_source_does_not() {
    for flavor in Share::of(2).take(vec![newest_mariadb(), newest_mysql()]) {
        let scratch = match Scratch::start(&Options::engine(flavor.0).serving_replicas().database("app")) {
            Ok(scratch) => scratch,
            Err(fault) => {
                evenkeel_testkit::skip(&format!("{} with replicas: {fault}", flavor.0.name()));
                continue;
            }
        };
        let replica = scratch.replica(&ReplicaOptions::default()).unwrap_or_else(|fault| panic!("{fault}"));
        let session = scratch.session("app").unwrap();
        session.exec("create table t (id int primary key, b int); insert into t (id) values (1), (2), (3)").unwrap();
        let lines = "[backfill.mails]\ntable = \"t\"\nset = \"b = id\"\nwhere = \"b is null\"\npatience = \"2s\"\n";
        let told = backfill(&configured(&scratch.url("app"), "dev", lines), &[]).exits(1).json();
        assert!(told["why"].as_str().unwrap().contains("is not told"), "{told}");
        let named = format!("replicas = [\"{}\"]\n{lines}", replica.url("app"));
        let told = backfill(&configured(&scratch.url("app"), "dev", &named), &[]).exits(0).json();
        assert_eq!((&told["rows"], &told["outcome"]), (&3.into(), &"complete".into()), "{told}");
        // One that has stopped does not say it.
        let stop = if flavor.0.name() == "MySQL" { "STOP REPLICA" } else { "STOP SLAVE" };
        replica.session("app").unwrap().exec(stop).unwrap();
        session.exec("update t set b = null").unwrap();
        let told = backfill(&configured(&scratch.url("app"), "dev", &named), &[]).exits(1).json();
        assert_eq!(told["outcome"], "stopped", "{told}");
        assert_eq!(session.value("select cast(count(b) as char) from t").unwrap().as_deref(), Some("0"));
        let told = backfill(&configured(&scratch.url("app"), "dev", &named), &["--accept-gap", "lag"]).exits(0).json();
        assert_eq!(told["rows"], 3, "{told}");
    }
}

#[test]
fn what_is_killed_is_gone_on_with_and_what_is_not_understood_changes_nothing() {
    for db in some() {
        filled(&db, KEYS[0], 1000);
        db.exec(TOUCHED);
        let lines = "[backfill.mails]\ntable = \"t\"\nset = \"b = a * 2\"\nwhere = \"not (b <=> a * 2)\"\nmost = 10\n";
        let place = configured(&db.url(), "dev", lines);
        let wanted: u64 = db.value("select cast(count(*) as char) from t where not (b <=> a * 2)").unwrap().parse().unwrap();
        for pause in [1500, 2100] {
            let mut child = place.command(&["backfill", "shop", "mails"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            std::thread::sleep(Duration::from_millis(pause));
            let _ = child.kill();
            child.wait().unwrap();
        }
        place.write("evenkeel.toml", place.read("evenkeel.toml").replace("most = 10", "most = 1000"));
        let told = backfill(&place, &[]).exits(0).json();
        // Such a server says of no transaction later what became of it.
        let (rows, unsure) = (told["rows"].as_u64().unwrap(), told["unsure"].as_u64().unwrap());
        assert!(rows <= wanted && wanted <= rows + unsure && unsure <= 20, "{wanted}: {told}");
        let touched = db.value("select concat(sum(touched > 0), '/', sum(touched > 1)) from t").unwrap();
        assert_eq!(touched, format!("{wanted}/0"));
        for (table, set, condition, words) in [
            ("t", "b = 1; drop table t", "true", "semicolon"),
            ("t", "b = 1", "b is null) or (true", "syntax"),
            ("t", "b = nobody", "true", "nobody"),
            ("t", "b = b + 1", "true", "need it still"),
        ] {
            let lines = format!("[backfill.mails]\ntable = \"{table}\"\nset = \"{set}\"\nwhere = \"{condition}\"\n");
            let told = backfill(&configured(&db.url(), "dev", &lines), &[]).exits(1).json();
            assert!(told.to_string().contains(words), "{words}: {told}");
        }
        db.exec("create table odd (k double primary key, b int)");
        let told =
            backfill(&configured(&db.url(), "dev", "[backfill.mails]\ntable = \"odd\"\nset = \"b = 1\"\nwhere = \"b is null\"\n"), &[])
                .exits(1)
                .json();
        assert_eq!(closed(&told), ["table"], "{told}");
        assert_eq!(db.value("select concat(sum(touched > 0), '/', sum(touched > 1)) from t").unwrap(), touched);
    }
}

#[test]
fn where_changes_stay_whatever_becomes_of_a_transaction_nothing_is_changed() {
    for db in some() {
        db.exec("create table kept (id int primary key, b int, n int not null default 0) engine = myisam");
        db.exec("create table t (id int primary key, b int)");
        db.exec("insert into kept (id) values (1), (2)");
        db.exec("insert into t (id) values (1), (2)");
        for lines in [
            "table = \"kept\"\nset = \"n = n + 1\"\nwhere = \"b is null\"\n",
            "table = \"t\"\nstatement = \"insert into kept (id) select id + 9 from t where {todo}\"\nwhere = \"b is null\"\n",
        ] {
            let place = configured(&db.url(), "dev", &format!("[backfill.mails]\n{lines}"));
            let told = backfill(&place, &["--accept-gap", "lag"]).exits(1).json();
            assert_eq!(closed(&told), ["table"], "{told}");
            assert!(told.to_string().contains("storage engine"), "{told}");
        }
        assert_eq!(db.value("select concat(count(*), ' ', sum(n)) from kept").as_deref(), Some("2 0"));
    }
}

#[test]
fn a_key_that_counts_down_is_walked_too() {
    let db = database(newest_mysql());
    db.exec("create table down (id int, b int, n int not null default 0, primary key (id desc))");
    db.exec("insert into down (id) values (1), (2), (3), (4), (5)");
    let lines = "[backfill.mails]\ntable = \"down\"\nset = \"b = id, n = n + 1\"\nwhere = \"b is null\"\nmost = 2\n";
    let told = backfill(&configured(&db.url(), "dev", lines), &["--accept-gap", "lag"]).exits(0).json();
    assert_eq!(told["outcome"], "complete", "{told}");
    assert_eq!(db.value("select concat(sum(b = id), ' ', max(n)) from down").as_deref(), Some("5 1"));
}

#[test]
fn a_condition_that_says_neither_yes_nor_no_of_a_row_completes_nothing() {
    for db in some() {
        filled(&db, KEYS[0], 9);
        db.exec("update t set a = 1, b = null");
        let lines = "[backfill.mails]\ntable = \"t\"\nset = \"b = a * 2\"\nwhere = \"b <> a * 2\"\n";
        let told = backfill(&configured(&db.url(), "dev", lines), &[]).exits(2).json();
        assert!(told.to_string().contains("of 9 rows it says neither yes nor no (NULL)"), "{told}");
        backfill(&configured(&db.url(), "dev", &lines.replace("b <> a * 2", "not (b <=> a * 2)")), &[]).exits(0);
    }
}

//! `evenkeel history ENV --repair --apply` on MySQL and MariaDB, where each defining statement commits itself. Neighbour: `history_apply`.

use crate::history::words;
use crate::history_apply::{applied, configured, runs};
use crate::mysql_history::{apply, sample};
use crate::run::Place;
use evenkeel_testkit::mysql::{TestDb, each_flavor};
use evenkeel_testkit::process::eventually;
use std::process::Stdio;
use std::time::{Duration, Instant};

fn judged(place: &Place) -> Vec<String> {
    words(&place.run(&["history", "shop", "--format", "json"]).exits(0).json())
}

#[test]
fn what_is_applied_is_judged_and_agrees() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    let turn = std::cell::Cell::new(0);
    each_flavor(|db| {
        let all = [
            (
                "Flyway",
                "delete from flyway_schema_history where installed_rank = 3; update flyway_schema_history set success = 0 where installed_rank = 2",
            ),
            ("golang-migrate", "drop index i on orders; update schema_migrations set dirty = 1"),
            ("dbmate", "drop index o_note on orders"),
            ("goose", "delete from goose_db_version where version_id = 20260102000000; drop index o on orders"),
        ];
        // Two on each server.
        turn.set(turn.get() + 1);
        for (tool, wrong) in all.into_iter().skip(turn.get() % 2).step_by(2) {
            let db = TestDb::create(db.server.clone());
            apply(&db, sample(tool));
            db.exec(wrong);
            let place = configured(&db.url(), sample(tool).folder, "");
            let told = applied(&place, &[]).exits(0).json();
            assert!(words(&told).iter().all(|word| word == "applied"), "{tool}: {told}");
            assert!(judged(&place).iter().all(|word| word == "applied"), "{tool}");
            let run = &runs(&place)[0];
            assert_eq!(run["ended"]["how"], "done", "{run}");
            assert!(run["acts"].as_array().unwrap().iter().all(|act| act["state"] == "done"), "{run}");
            applied(&place, &[]).exits(0);
            assert_eq!(runs(&place).len(), 1, "nothing was left to do");
        }
    });
}

#[test]
fn locks_of_others_are_asked_for_and_never_waited_for() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    each_flavor(|db| {
        apply(db, sample("golang-migrate"));
        db.exec("drop index i on orders");
        let place = configured(&db.url(), sample("golang-migrate").folder, "");
        let other = db.another_session();
        for (lock, whose) in [
            ("concat('evenkeel-', left(sha2(lower(database()), 256), 32))", "evenkeel"),
            ("cast((crc32(concat(database(), ':schema_migrations')) * 1486364155) % 4294967296 as char)", "golang-migrate"),
        ] {
            other.exec(&format!("do get_lock({lock}, 1)")).unwrap();
            applied(&place, &[]).exits(2).says(&format!("the named lock of {whose} is held by connection"));
            other.exec("do release_all_locks()").unwrap();
        }
        // A definition that somebody reads: bounded, and nothing of it is in.
        other.exec("start transaction; select * from orders").unwrap();
        let ran = applied(&place, &["--lock-timeout", "1s"]).exits(1);
        let told = ran.json();
        assert_eq!(
            (&told["applied"]["run"]["acts"][0]["state"], &told["applied"]["run"]["ended"]["how"]),
            (&"failed".into(), &"stopped".into()),
            "{told}"
        );
        assert!(ran.took < Duration::from_secs(60), "{:?}", ran.took);
        other.exec("commit").unwrap();
        applied(&place, &[]).exits(0);
    });
}

const FILES: &[(&str, &str)] = &[
    ("20260101000000_a.sql", "-- migrate:up\ncreate table orders (id bigint primary key, note varchar(90), total int);\n-- migrate:down\n"),
    (
        "20260102000000_b.sql",
        "-- migrate:up\ncreate index by_note on orders (note);\nalter table orders add late int not null default 3;\ncreate table line_items (id bigint primary key, a int);\ncreate view big as select id from orders where total > 100;\n-- migrate:down\n",
    ),
];

/// `EVENKEEL_SEED` begins elsewhere, `EVENKEEL_KILLS` says how many on each server.
#[test]
fn whenever_it_is_killed_the_next_one_goes_on_and_they_agree() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (seed, kills) = (number("EVENKEEL_SEED").unwrap_or(20_261_129), number("EVENKEEL_KILLS").unwrap_or(3));
    let dice = std::cell::Cell::new(seed.wrapping_mul(6_364_136_223_846_793_005) | 1);
    let next = |below: u64| {
        let mut state = dice.get();
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        dice.set(state);
        state % below
    };
    each_flavor(|db| {
        for kill in 0..kills {
            let db = TestDb::create(db.server.clone());
            db.exec("create table orders (id bigint primary key, note varchar(90), total int); create table schema_migrations (version varchar(128) primary key); insert into schema_migrations values ('20260101000000')");
            // Begun, and not recorded.
            db.exec("alter table orders add late int not null default 3");
            let place = configured(&db.url(), FILES, "");
            let arguments = ["history", "shop", "--repair", "--apply", "--snapshot-taken", "s"];
            let mut child = place.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let holder = || db.value("select is_used_lock(concat('evenkeel-', left(sha2(lower(database()), 256), 32)))");
            let until = Instant::now() + Duration::from_secs(60);
            while holder().is_none() && child.try_wait().unwrap().is_none() && Instant::now() < until {
                std::thread::sleep(Duration::from_millis(2));
            }
            std::thread::sleep(Duration::from_millis(next(250)));
            child.kill().unwrap();
            child.wait().unwrap();
            eventually("the server has noticed", || holder().is_none());
            let told = applied(&place, &[]).exits(0).json();
            assert!(words(&told).iter().all(|word| word == "applied"), "seed {seed} kill {kill}: {told}");
            assert!(judged(&place).iter().all(|word| word == "applied"), "seed {seed} kill {kill}");
            assert!(runs(&place).iter().all(|run| run["ended"].is_object()), "{:?}", runs(&place));
        }
    });
}

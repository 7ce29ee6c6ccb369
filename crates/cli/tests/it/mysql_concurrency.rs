//! MySQL and MariaDB beside running migrations and other sessions' locks: what is captured existed, or we say that we could
//! not tell; and waiting has a bound.

use crate::run::{Place, digest};
use evenkeel_core::kind::Engine;
use evenkeel_testkit::mysql::{TestDb, each_flavor};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Each statement leads from one state to the next (none of these servers has transactions of several); after the last
/// one the first state is back.
const STEPS: &[&str] = &[
    "ALTER TABLE t ADD COLUMN extra int DEFAULT 7",
    "CREATE OR REPLACE VIEW v AS SELECT a, b, extra AS c FROM t",
    "CREATE INDEX t_b ON t (b, extra)",
    "CREATE PROCEDURE p() SELECT 1",
    "ALTER TABLE t MODIFY b bigint NOT NULL DEFAULT 5, COMMENT 'changed'",
    "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.b = 1",
    "RENAME TABLE t TO moved, other TO t, moved TO other",
    "RENAME TABLE t TO moved, other TO t, moved TO other",
    "DROP TRIGGER r",
    "CREATE OR REPLACE VIEW v AS SELECT a, b FROM t",
    "DROP PROCEDURE p",
    "ALTER TABLE t DROP INDEX t_b, DROP COLUMN extra, MODIFY b int, COMMENT ''",
];

const BEGINNING: &str = "
    CREATE TABLE t (a int PRIMARY KEY, b int, CHECK (b > 0)); CREATE TABLE other (a int PRIMARY KEY, b int, extra int);
    CREATE VIEW v AS SELECT a, b FROM t";

/// Ends the workers, also when the test fails: a scope waits for its threads.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

const CAPTURES: usize = 64;

/// The steps in a loop beside captures by that account; what these said.
fn beside_ddl(db: &TestDb, url: &str, pause: Duration) -> (usize, usize, usize) {
    let place = Place::new();
    let writer = db.another_session();
    let mut states: HashMap<String, usize> = HashMap::new();
    let mut first = Vec::new();
    for round in 0..2 {
        for (number, sql) in STEPS.iter().enumerate() {
            // The state in which tables have changed places cannot be opened by its view, or can; both are states.
            let ran = place.run(&["capture", url, "--dimension", "schema", "--strict"]);
            let state = content(&ran.stdout);
            if round == 0 {
                states.entry(state.clone()).or_insert(number);
                first.push(state);
            } else {
                assert_eq!(first[number], state, "before step {number}: {sql}");
            }
            writer.exec(sql).unwrap();
        }
    }
    let done = AtomicBool::new(false);
    let left = AtomicUsize::new(CAPTURES);
    let (told, untold, seen) = (AtomicUsize::new(0), AtomicUsize::new(0), std::sync::Mutex::new(HashMap::<usize, usize>::new()));
    std::thread::scope(|threads| {
        let _done = Done(&done);
        let migrating = threads.spawn(|| {
            let mut wait = 0;
            while !done.load(Ordering::Relaxed) {
                for sql in STEPS {
                    writer.exec(sql).unwrap();
                    // From breathless to leisurely, so that both outcomes are met.
                    wait = (wait + 7) % 20;
                    std::thread::sleep(pause.saturating_mul(wait));
                }
            }
        });
        let captures: Vec<_> = (0..2)
            .map(|_| {
                threads.spawn(|| {
                    let place = Place::new();
                    while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                        let ran = place.run(&["capture", url, "--dimension", "schema", "--strict"]);
                        assert!(matches!(ran.code, Some(0 | 2)), "no other end is allowed: {ran:?}");
                        assert!(ran.took < Duration::from_secs(60), "{:?}", ran.took);
                        match states.get(&content(&ran.stdout)) {
                            Some(state) => {
                                *seen.lock().unwrap().entry(*state).or_default() += 1;
                                told.fetch_add(1, Ordering::Relaxed);
                            }
                            None => {
                                assert_eq!(ran.code, Some(2), "a state that never existed: {ran:?}");
                                let why = ["schema changed while it was read", "may see changed", "hold", "lock"];
                                assert!(why.iter().any(|words| ran.stdout.contains(words)), "{ran:?}");
                                untold.fetch_add(1, Ordering::Relaxed);
                            }
                        }
                    }
                })
            })
            .collect();
        let results: Vec<_> = captures.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        done.store(true, Ordering::Relaxed);
        migrating.join().unwrap();
        for result in results {
            result.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
    let (told, untold, seen) = (told.into_inner(), untold.into_inner(), seen.into_inner().unwrap());
    println!("{told} told, {untold} could not tell; states seen: {seen:?}");
    assert_eq!(told + untold, CAPTURES);
    (told, untold, seen.len())
}

/// Objects and gaps of a manifest: all but when it was made.
fn content(manifest: &str) -> String {
    let mut lines = manifest.lines();
    let header: serde_json::Value = serde_json::from_str(lines.next().unwrap_or_default()).unwrap_or_default();
    lines.chain([header["gaps"].to_string().as_str()]).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_capture_beside_ddl_is_a_state_that_existed() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    each_flavor(|db| {
        db.exec(BEGINNING);
        let (told, _, seen) = beside_ddl(db, &db.url(), Duration::from_millis(40));
        assert!(told >= 5 && seen >= 2, "a capture that never succeeds beside a migration is of no use");
    });
}

#[test]
fn an_account_that_does_not_see_others_at_work_is_not_fooled() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    each_flavor(|db| {
        db.exec(BEGINNING);
        let account = format!("u{}", db.name);
        db.exec(&format!(
            "CREATE USER {account}@localhost; GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON {}.* TO {account}@localhost",
            db.name
        ));
        if db.flavor().engine == Engine::MySql {
            db.exec(&format!("GRANT SHOW_ROUTINE ON *.* TO {account}@localhost"));
        } else {
            db.exec(&format!("GRANT SELECT ON mysql.proc TO {account}@localhost"));
        }
        beside_ddl(db, &db.url().replace("root@", &format!("{account}@")), Duration::from_millis(40));
        db.exec(&format!("DROP USER {account}@localhost"));
    });
}

/// A capture that must end within a bound, and its gaps.
fn bounded(place: &Place, url: &str) -> Vec<serde_json::Value> {
    let ran = place.run(&["capture", url, "--dimension", "schema,data", "--lock-timeout", "1s", "--out", "m.jsonl", "--strict"]);
    println!("{:?} exit {:?}", ran.took, ran.code);
    assert!(ran.took < Duration::from_secs(25), "took {:?}", ran.took);
    assert!(matches!(ran.code, Some(0 | 2)), "{ran:?}");
    let manifest = place.read("m.jsonl");
    let header: serde_json::Value = serde_json::from_str(manifest.lines().next().unwrap()).unwrap();
    let gaps = header["gaps"].as_array().unwrap().clone();
    assert_eq!(ran.code, Some(if gaps.is_empty() { 0 } else { 2 }));
    gaps
}

#[test]
fn locks_of_others_cost_bounded_time() {
    each_flavor(|db| {
        db.exec("CREATE TABLE held (a int PRIMARY KEY, b int, KEY (b)); CREATE TABLE free (a int PRIMARY KEY); CREATE VIEW over_held AS SELECT a FROM held");
        db.exec("CREATE TRIGGER r BEFORE INSERT ON held FOR EACH ROW SET NEW.b = 1; INSERT INTO held VALUES (1, 1), (2, 2)");
        let place = Place::new();
        let quiet = digest(&place.run(&["digest", &db.url()]).exits(0));
        for lock in ["LOCK TABLES held WRITE", "LOCK TABLES held READ", "FLUSH TABLES held WITH READ LOCK", "FLUSH TABLES WITH READ LOCK"] {
            let holder = db.another_session();
            holder.exec(lock).unwrap();
            println!("{lock}");
            let gaps = bounded(&place, &db.url());
            if gaps.is_empty() {
                assert_eq!(digest(&place.run(&["digest", "m.jsonl"]).exits(0)), quiet, "{lock}: nothing is left out without a word");
            }
            let manifest = place.read("m.jsonl");
            assert!(manifest.contains("[\"\",\"free\"]"), "what nobody holds is there");
            holder.exec("UNLOCK TABLES").unwrap();
        }
        assert_eq!(digest(&place.run(&["digest", &db.url()]).exits(0)), quiet);
    });
}

#[test]
fn a_change_that_waits_or_takes_long_costs_bounded_time() {
    each_flavor(|db| {
        db.exec("CREATE TABLE held (a int PRIMARY KEY, b int); CREATE TABLE free (a int PRIMARY KEY); CREATE VIEW over_held AS SELECT a FROM held; INSERT INTO held VALUES (1, 1)");
        let place = Place::new();
        // A transaction that reads keeps a change waiting, and the change keeps all that come later waiting.
        let reading = db.another_session();
        reading.exec("START TRANSACTION; SELECT * FROM held").unwrap();
        let changing = db.another_session();
        let id = changing.value("SELECT connection_id()").unwrap().unwrap();
        std::thread::scope(|threads| {
            let waiting = threads.spawn(|| changing.exec("ALTER TABLE held ADD COLUMN c int, ALGORITHM = COPY"));
            let until = Instant::now() + Duration::from_secs(20);
            let sql = format!(
                "SELECT count(*) FROM information_schema.processlist WHERE id = {id} AND state LIKE 'Waiting for table metadata lock%'"
            );
            while db.value(&sql).as_deref() != Some("1") {
                assert!(Instant::now() < until, "the change never waited");
            }
            // Whatever it says of the table (it is as it was), it ends, and says that something is going on or leaves nothing out.
            let gaps = bounded(&place, &db.url());
            let manifest = place.read("m.jsonl");
            assert!(manifest.contains("[\"\",\"free\"]"));
            assert!(!gaps.is_empty() || manifest.contains("[\"\",\"held\",\"b\"]"), "{manifest}");
            reading.exec("ROLLBACK").unwrap();
            waiting.join().unwrap().unwrap();
        });
        place.run(&["digest", &db.url()]).exits(0);
    });
}

#[test]
fn a_schema_that_never_rests_is_a_gap_and_takes_nothing_else_with_it() {
    each_flavor(|db| {
        db.exec("CREATE TABLE t (a int PRIMARY KEY, b int); CREATE TABLE still (a int PRIMARY KEY); INSERT INTO still VALUES (1)");
        // Without the privilege to see what others run, only two passes that agree prove anything.
        let account = format!("u{}", db.name);
        db.exec(&format!(
            "CREATE USER {account}@localhost; GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON {}.* TO {account}@localhost",
            db.name
        ));
        let url = db.url().replace("root@", &format!("{account}@"));
        let writer = db.another_session();
        let done = AtomicBool::new(false);
        std::thread::scope(|threads| {
            let _done = Done(&done);
            threads.spawn(|| {
                let mut number = 0_u64;
                while !done.load(Ordering::Relaxed) {
                    number += 1;
                    writer.exec(&format!("ALTER TABLE t COMMENT '{number}'")).unwrap();
                }
            });
            let place = Place::new();
            let until = Instant::now() + Duration::from_secs(60);
            let header = loop {
                assert!(Instant::now() < until, "the schema was never seen changing");
                let ran = place.run(&["capture", &url, "--dimension", "schema,configuration", "--out", "m.jsonl", "--strict"]);
                assert!(matches!(ran.code, Some(0 | 2)), "{ran:?}");
                let header: serde_json::Value = serde_json::from_str(place.read("m.jsonl").lines().next().unwrap()).unwrap();
                if header["gaps"].as_array().unwrap().iter().any(|gap| gap["reason"] == "changed") {
                    break header;
                }
            };
            let dimensions: Vec<&String> = header["dimensions"].as_object().unwrap().keys().collect();
            assert_eq!(dimensions, ["configuration"], "{header:#}");
            let manifest = place.read("m.jsonl");
            assert!(manifest.contains("[\"sql_mode\"]"), "settings do not change with tables: {manifest}");
            assert!(!manifest.contains("[\"\",\"still\"]"), "nothing of a schema that was seen in parts");
            // No gate opens by it.
            place.run(&["compare", "m.jsonl", "m.jsonl"]).exits(2).says("changed while it was read");
        });
        db.exec(&format!("DROP USER {account}@localhost"));
    });
}

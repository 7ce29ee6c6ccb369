//! Beside a running migration: what is captured existed, or we say that we could not tell.

use crate::run::{Place, digest};
use evenkeel_testkit::{TestDb, database, newest};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Each step leads from one committed state to the next; after the last one the first state is back.
const STEPS: &[&str] = &[
    "BEGIN; ALTER TABLE app.t ADD COLUMN extra int DEFAULT 7; CREATE OR REPLACE VIEW app.v AS SELECT a, b, extra AS c FROM app.t; COMMIT",
    "ALTER TABLE app.t RENAME COLUMN b TO renamed",
    "BEGIN; ALTER TABLE app.t RENAME TO moved; ALTER SCHEMA app RENAME TO other; COMMIT",
    "BEGIN; ALTER SCHEMA other RENAME TO app; ALTER TABLE app.moved RENAME TO t; COMMIT",
    "CREATE INDEX t_expression ON app.t ((a + renamed)) WHERE renamed > 3",
    "BEGIN; DROP FUNCTION app.f(int); CREATE FUNCTION app.f(text) RETURNS text LANGUAGE sql AS 'SELECT 1::text'; COMMIT",
    "ALTER TABLE app.t ALTER COLUMN renamed SET NOT NULL, ALTER COLUMN renamed SET DEFAULT 5",
    // The way back, in one transaction: no state between.
    "BEGIN; DROP VIEW app.v; DROP INDEX app.t_expression; ALTER TABLE app.t DROP COLUMN extra;
     ALTER TABLE app.t ALTER COLUMN renamed DROP NOT NULL, ALTER COLUMN renamed DROP DEFAULT; ALTER TABLE app.t RENAME COLUMN renamed TO b;
     CREATE VIEW app.v AS SELECT a, b FROM app.t; DROP FUNCTION app.f(text);
     CREATE FUNCTION app.f(int) RETURNS int LANGUAGE sql AS 'SELECT $1'; COMMIT",
];

/// Ends the workers, also when the test fails: a scope waits for its threads.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

const BEGINNING: &str = "
    CREATE SCHEMA app;
    CREATE TABLE app.t (a int PRIMARY KEY, b int CHECK (b > 0));
    CREATE VIEW app.v AS SELECT a, b FROM app.t;
    CREATE FUNCTION app.f(int) RETURNS int LANGUAGE sql AS 'SELECT $1';
    CREATE TABLE app.many (id int PRIMARY KEY, x text DEFAULT 'y', CHECK (length(x) > 0));
    DO $$ BEGIN FOR i IN 1..60 LOOP EXECUTE format('CREATE VIEW app.v_%s AS SELECT id, x || %L AS y FROM app.many', i, i); END LOOP; END $$;
";

/// Runs statements one by one, outside a transaction block of the protocol's own.
fn step(db: &TestDb, session: &evenkeel_testkit::Session, sql: &str) {
    session.exec(sql).unwrap_or_else(|fault| panic!("{fault} in {}: {sql}", db.name));
}

#[test]
fn every_capture_beside_ddl_is_a_state_that_existed() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    let db = database(newest());
    db.exec(BEGINNING);
    let place = Place::new();
    let url = db.url();
    // The way back re-creates columns: it must lead to the same digest, or the states would not be finite.
    let mut states: HashMap<String, usize> = HashMap::new();
    let mut first = Vec::new();
    let writer = db.another_session();
    for round in 0..2 {
        for (number, sql) in STEPS.iter().enumerate() {
            let state = digest(&place.run(&["digest", &url]).exits(0));
            if round == 0 {
                // Renaming there and back leads to a state that was there before.
                states.entry(state.clone()).or_insert(number);
                first.push(state);
            } else {
                assert_eq!(first[number], state, "before step {number}");
            }
            step(&db, &writer, sql);
        }
    }
    assert!(states.len() >= STEPS.len() - 1);

    let done = AtomicBool::new(false);
    let left = AtomicUsize::new(200);
    let (told, untold, seen) = (AtomicUsize::new(0), AtomicUsize::new(0), std::sync::Mutex::new(HashMap::<usize, usize>::new()));
    std::thread::scope(|threads| {
        let _done = Done(&done);
        let migrating = threads.spawn(|| {
            let mut pause = 0;
            let mut steps = 0;
            while !done.load(Ordering::Relaxed) {
                for sql in STEPS {
                    step(&db, &writer, sql);
                    steps += 1;
                    // From breathless to leisurely, so that both outcomes are met.
                    pause = (pause + 37) % 400;
                    std::thread::sleep(Duration::from_millis(pause));
                }
            }
            steps
        });
        // Sessions at work with temporary tables are no change.
        let working = threads.spawn(|| {
            let session = db.another_session();
            while !done.load(Ordering::Relaxed) {
                let sql = "CREATE TEMP TABLE scratch (a int PRIMARY KEY, b text DEFAULT 'x'); CREATE TEMP VIEW sv AS SELECT * FROM scratch; DROP TABLE scratch CASCADE";
                session.exec(sql).unwrap();
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        let captures: Vec<_> = (0..2)
            .map(|_| {
                threads.spawn(|| {
                    let place = Place::new();
                    while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                        let ran = place.run(&["digest", &url]);
                        match ran.code {
                            Some(0) => {
                                let state = states.get(&digest(&ran)).unwrap_or_else(|| panic!("a state that never existed: {ran:?}"));
                                *seen.lock().unwrap().entry(*state).or_default() += 1;
                                told.fetch_add(1, Ordering::Relaxed);
                            }
                            Some(2) => {
                                assert!(ran.stderr.contains("schema changed while it was read"), "{ran:?}");
                                untold.fetch_add(1, Ordering::Relaxed);
                            }
                            _ => panic!("no other end is allowed: {ran:?}"),
                        }
                    }
                })
            })
            .collect();
        let results: Vec<_> = captures.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        done.store(true, Ordering::Relaxed);
        println!("{} steps", migrating.join().unwrap());
        working.join().unwrap();
        for result in results {
            result.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
    println!(
        "{} told, {} could not tell; states seen: {:?}",
        told.load(Ordering::Relaxed),
        untold.load(Ordering::Relaxed),
        seen.lock().unwrap()
    );
    assert_eq!(told.load(Ordering::Relaxed) + untold.load(Ordering::Relaxed), 200);
    assert!(told.load(Ordering::Relaxed) >= 40, "a capture that never succeeds beside a migration is of no use");
    assert!(seen.lock().unwrap().len() >= 4, "the migration did not run beside the captures");
}

#[test]
fn temporary_tables_of_others_are_no_change() {
    let db = database(newest());
    db.exec(BEGINNING);
    let place = Place::new();
    let quiet = digest(&place.run(&["digest", &db.url()]).exits(0));
    let done = AtomicBool::new(false);
    std::thread::scope(|threads| {
        let _done = Done(&done);
        let workers: Vec<_> = (0..2)
            .map(|_| {
                threads.spawn(|| {
                    let session = db.another_session();
                    let mut made = 0;
                    while !done.load(Ordering::Relaxed) {
                        let sql = "CREATE TEMP TABLE scratch (a serial PRIMARY KEY, b text UNIQUE DEFAULT 'x', c int GENERATED ALWAYS AS (1) STORED, CHECK (a > 0));
                             CREATE INDEX ON scratch ((a + 1)); CREATE TEMP VIEW sv AS SELECT * FROM scratch; CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
                             CREATE TYPE pg_temp.mood AS ENUM ('a'); COMMENT ON TABLE scratch IS 'x'";
                        session.exec(sql).unwrap();
                        session.exec("DISCARD TEMP").unwrap();
                        made += 1;
                    }
                    made
                })
            })
            .collect();
        for _ in 0..25 {
            assert_eq!(digest(&place.run(&["digest", &db.url()]).exits(0)), quiet);
        }
        done.store(true, Ordering::Relaxed);
        for worker in workers {
            assert!(worker.join().unwrap() > 25, "they were to work beside the captures");
        }
    });
}

#[test]
fn objects_dropped_in_the_middle_of_a_capture_are_no_failure() {
    let db = database(newest());
    // Enough for a capture to take a while; every drop commits at once.
    db.exec("CREATE SCHEMA app; CREATE TABLE app.base (id int PRIMARY KEY, x text)");
    let make = "DO $$ BEGIN FOR i IN 1..300 LOOP
          EXECUTE format('CREATE TABLE app.t_%s (id int PRIMARY KEY, x int CHECK (x > 0), y int GENERATED ALWAYS AS (x + 1) STORED)', i);
          EXECUTE format('CREATE INDEX ON app.t_%s ((x + 1)) WHERE x > 3', i);
          EXECUTE format('CREATE VIEW app.w_%s AS SELECT id, x FROM app.t_%s', i, i);
          EXECUTE format('CREATE FUNCTION app.f_%s(a app.t_%s) RETURNS int LANGUAGE sql AS ''SELECT 1''', i, i);
        END LOOP; END $$";
    let place = Place::new();
    let url = db.url();
    for _ in 0..2 {
        db.exec(make);
        let dropping = AtomicBool::new(true);
        std::thread::scope(|threads| {
            let dropper = threads.spawn(|| {
                let session = db.another_session();
                let dropped = (1..=300).try_for_each(|i| {
                    std::thread::sleep(Duration::from_millis(5));
                    // Nobody's transaction is lost to a deadlock with whoever prints the same view.
                    session.exec(&format!("DROP TABLE app.t_{i} CASCADE"))
                });
                // Even after a failure, or the loop below would never end.
                dropping.store(false, Ordering::Relaxed);
                dropped.unwrap();
            });
            while dropping.load(Ordering::Relaxed) {
                let begun = Instant::now();
                let ran = place.run(&["digest", &url]);
                assert!(matches!(ran.code, Some(0 | 2)), "{ran:?}");
                assert!(begun.elapsed() < Duration::from_secs(30));
            }
            dropper.join().unwrap();
        });
        db.exec("DROP SCHEMA app CASCADE; CREATE SCHEMA app; CREATE TABLE app.base (id int PRIMARY KEY, x text)");
    }
}

//! Beside somebody else's locks: a bounded wait, gaps about what is locked and nothing else, and few locks of our own.

use crate::run::Place;
use evenkeel_testkit::{database, each_major_at_once, newest};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

#[test]
fn a_table_held_exclusively_costs_bounded_time_and_gaps_of_its_own() {
    each_major_at_once(|db| {
        db.exec(
            "CREATE SCHEMA app;
             CREATE TABLE app.held (id int PRIMARY KEY, x int CHECK (x > 0), y int GENERATED ALWAYS AS (x + 1) STORED);
             CREATE INDEX held_expression ON app.held ((x + 1)) WHERE x > 3;
             CREATE VIEW app.over_held AS SELECT id, x FROM app.held;
             CREATE VIEW app.over_view AS SELECT x FROM app.over_held;
             CREATE MATERIALIZED VIEW app.stored AS SELECT x FROM app.held;
             CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
             CREATE TRIGGER held_touch BEFORE UPDATE ON app.held FOR EACH ROW WHEN (OLD.x <> NEW.x) EXECUTE FUNCTION app.touch();
             CREATE POLICY held_policy ON app.held USING (x > 1);
             CREATE RULE held_rule AS ON DELETE TO app.held WHERE OLD.x = 5 DO INSTEAD NOTHING;
             CREATE STATISTICS app.held_statistics ON x, y FROM app.held;
             CREATE TABLE app.free (id int PRIMARY KEY, x int CHECK (x > 0), y int GENERATED ALWAYS AS (x + 1) STORED);
             CREATE INDEX free_expression ON app.free ((x + 1)) WHERE x > 3;
             CREATE VIEW app.over_free AS SELECT id FROM app.free;
             CREATE TABLE app.child (id int REFERENCES app.held);",
        );
        if db.major() >= 14 {
            db.exec("CREATE FUNCTION app.standard() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM app.held; END");
        }
        let place = Place::new();
        let free = place.run(&["capture", &db.url(), "--dimension", "schema"]).exits(0);
        let holder = db.another_session();
        holder.exec("BEGIN; LOCK TABLE app.held IN ACCESS EXCLUSIVE MODE").unwrap();
        let ran = place.run(&["capture", &db.url(), "--dimension", "schema", "--out", "m.jsonl", "--strict"]).exits(2);
        assert!(ran.took < Duration::from_secs(30), "took {:?}", ran.took);
        let manifest = place.read("m.jsonl");
        let header: serde_json::Value = serde_json::from_str(manifest.lines().next().unwrap()).unwrap();
        let gaps = header["gaps"].as_array().unwrap();
        println!("PostgreSQL {}: {:?}, {} gaps", db.major(), ran.took, gaps.len());
        assert!(!gaps.is_empty());
        let dependent = ["held", "app.stored", "app.standard"];
        for gap in gaps {
            let object = gap["object"].as_str().unwrap_or_else(|| panic!("a gap about everything: {gap}"));
            assert!(dependent.iter().any(|name| object.contains(name)), "{gap} is not about the locked table");
            assert_eq!(gap["reason"], "locked", "{gap}");
        }
        // What is not locked is there, word for word; and the view over the view needs no lock of the table.
        for name in ["\"free_expression\"", "\"over_free\"", "\"over_view\"", "\"child\""] {
            let lines = |text: &str| text.lines().skip(1).filter(|line| line.contains(name)).map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(lines(&manifest), lines(&free.stdout), "{name}");
        }
        // A digest is refused, and says why.
        let refused = place.run(&["digest", &db.url()]).exits(2).says("ACCESS EXCLUSIVE");
        assert!(refused.stdout.is_empty() && refused.took < Duration::from_secs(30));
        holder.exec("ROLLBACK").unwrap();
        place.run(&["digest", &db.url()]).exits(0);
    });
}

#[test]
fn a_migration_that_blocks_hundreds_of_objects_still_costs_seconds() {
    let db = database(newest());
    db.exec(
        "CREATE SCHEMA app; CREATE TABLE app.held (id int PRIMARY KEY, x int);
         DO $$ BEGIN
           FOR i IN 1..900 LOOP EXECUTE format('CREATE VIEW app.v_%s AS SELECT id, x + %s AS y FROM app.held', i, i); END LOOP;
           FOR i IN 1..300 LOOP EXECUTE format('ALTER TABLE app.held ADD CONSTRAINT c_%s CHECK (x > %s)', i, i); END LOOP;
           FOR i IN 1..900 LOOP EXECUTE format('CREATE TABLE app.t_%s (id int); CREATE VIEW app.w_%s AS SELECT id FROM app.t_%s', i, i, i); END LOOP;
         END $$",
    );
    let holder = db.another_session();
    holder.exec("BEGIN; ALTER TABLE app.held ADD COLUMN later int").unwrap();
    let place = Place::new();
    let ran = place.run(&["capture", &db.url(), "--dimension", "schema", "--out", "m.jsonl", "--strict"]).exits(2);
    println!("{:?}", ran.took);
    assert!(ran.took < Duration::from_secs(30), "took {:?}", ran.took);
    let manifest = place.read("m.jsonl");
    let header: serde_json::Value = serde_json::from_str(manifest.lines().next().unwrap()).unwrap();
    let gaps = header["gaps"].as_array().unwrap();
    assert_eq!(gaps.iter().filter(|gap| gap["kind"] == "view").count(), 900);
    assert_eq!(gaps.iter().filter(|gap| gap["kind"] == "constraint").count(), 300);
    assert_eq!(gaps.len(), 1200, "only what is blocked");
    holder.exec("ROLLBACK").unwrap();
}

#[test]
fn the_number_of_locks_held_does_not_grow_with_the_number_of_views() {
    let db = database(newest());
    db.exec("CREATE SCHEMA app; CREATE TABLE app.base (id int PRIMARY KEY, x text, y int)");
    // Every view reads tables of its own: no two share a lock.
    for part in 0..10 {
        db.exec(&format!(
            "DO $$ BEGIN FOR i IN {}..{} LOOP
               EXECUTE format('CREATE VIEW app.v_%s AS SELECT b.id, b.x, b.y + %s AS z FROM app.base b WHERE b.y > %s', i, i, i);
             END LOOP; END $$",
            part * 1000 + 1,
            (part + 1) * 1000
        ));
    }
    let (done, most) = (AtomicBool::new(false), AtomicU64::new(0));
    let place = Place::new();
    std::thread::scope(|threads| {
        let sampler = threads.spawn(|| {
            let session = db.another_session();
            let mut samples = 0;
            while !done.load(Ordering::Relaxed) {
                let sql = "SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                           WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.application_name LIKE 'evenkeel%' GROUP BY pid) AS s";
                let count: u64 = session.value(sql).unwrap().unwrap().parse().unwrap();
                most.fetch_max(count, Ordering::Relaxed);
                samples += u32::from(count > 0);
            }
            samples
        });
        let ran = place.run(&["digest", &db.url()]);
        done.store(true, Ordering::Relaxed);
        println!("{:?}, {} samples", ran.took, sampler.join().unwrap());
        ran.exits(0);
    });
    let most = most.load(Ordering::Relaxed);
    println!("at most {most} locks");
    assert!(most > 30, "the sampler saw nothing of the capture");
    assert!(most < 1500, "{most} locks held");
}

#[test]
fn views_that_read_more_tables_than_the_lock_table_holds_are_read_in_smaller_batches() {
    use evenkeel_postgres::scratch::{Options, Scratch};
    let options = Options::default().setting("max_locks_per_transaction", "10").setting("max_connections", "20").database("app");
    let scratch = Scratch::start(&options).unwrap();
    let session = scratch.session("app").unwrap();
    // 200 views over 60 tables each of 400: a batch of all would need every lock there is.
    for part in 0..40 {
        let tables: Vec<String> = (0..30).map(|i| format!("CREATE TABLE t_{} (id int)", part * 30 + i)).collect();
        session.exec(&tables.join(";")).unwrap();
        let sources: Vec<String> = (0..30).map(|i| format!("SELECT id FROM t_{}", part * 30 + i)).collect();
        session.exec(&format!("CREATE VIEW v_{part} AS {}", sources.join(" UNION ALL "))).unwrap();
    }
    let room: u64 = 10 * 20;
    assert!(room < 1200);
    let place = Place::new();
    let ran = place.run(&["digest", &scratch.url("app")]).exits(0);
    println!("{:?}", ran.took);
}

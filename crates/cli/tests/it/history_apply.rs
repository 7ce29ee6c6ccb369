//! `evenkeel history ENV --repair --apply`: a repair is run where it counts, behind its gates, and record and schema agree after it.
//! Neighbours: `history_repair`, what it writes; `history_apply_killed`, what is left of one that is killed.

use crate::history::{SAMPLES, Sample, apply, history, words};
use crate::history_repair::undone;
use crate::run::{Place, Ran};
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{TestDb, database, majors, newest};
use serde_json::Value;
use std::time::Duration;

/// A folder with these files, an environment `shop` and a store of its own.
pub fn configured(url: &str, files: &[(&str, &str)], more: &str) -> Place {
    let place = Place::new();
    for (name, text) in files {
        place.write(&format!("m/{name}"), text);
    }
    let store = place.path("state/store.sqlite");
    let toml = format!(
        "[project]\nmigrations = \"m\"\n[store]\nurl = \"sqlite:{}\"\n[environments.shop]\nurl = \"{url}\"\n{more}",
        store.display()
    );
    place.write("evenkeel.toml", toml);
    place
}

/// Runs the repair.
pub fn applied(place: &Place, more: &[&str]) -> Ran {
    let mut arguments = vec!["history", "shop", "--repair", "--apply", "--snapshot-taken", "snap-1", "--format", "json"];
    arguments.extend(more);
    place.run(&arguments)
}

/// The runs from here, the newest first.
pub fn runs(place: &Place) -> Vec<Value> {
    place.run(&["runs", "--format", "json"]).exits(0).json()["runs"].as_array().unwrap().clone()
}

fn sample(tool: &str) -> &'static Sample {
    SAMPLES.iter().find(|sample| sample.tool == tool).unwrap()
}

fn damaged(major: u32, tool: &str) -> (TestDb, Place) {
    let (db, sample) = (database(major), sample(tool));
    apply(&db, sample);
    let (schema, record) = undone(tool);
    db.exec(if tool.len().is_multiple_of(2) { schema } else { record });
    let place = configured(&db.url(), sample.folder, "");
    (db, place)
}

#[test]
fn what_is_applied_is_judged_and_agrees() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    let majors = majors();
    for (at, sample) in SAMPLES.iter().enumerate() {
        let major = [majors.first(), majors.last()][at % 2].copied().expect("a server");
        let (db, place) = damaged(major, sample.tool);
        let told = applied(&place, &["--reason", "deploy 17 died"]).exits(0).json();
        assert_eq!((&told["applied"]["outcome"], &told["verdict"]["exit_code"]), (&"ran".into(), &0.into()), "{}: {told}", sample.tool);
        assert!(words(&told).iter().all(|word| word == "applied"), "{}: {told}", sample.tool);
        let told = history(&place, &db, 0);
        assert!(words(&told).iter().all(|word| word == "applied"), "{}: {told}", sample.tool);
        let run = &runs(&place)[0];
        assert_eq!((&run["ended"]["how"], &run["snapshot"], &run["environment"]), (&"done".into(), &"snap-1".into(), &"shop".into()));
        assert!(run["acts"].as_array().unwrap().iter().all(|act| act["state"] == "done"), "{run}");
        assert_eq!(run["reason"], "deploy 17 died");
        // Nothing is held any more, and a second one has nothing to do.
        assert_eq!(db.value("select count(*)::text from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())"), Some("0".to_owned()));
        let told = applied(&place, &[]).exits(0).json();
        assert_eq!((&told["applied"]["outcome"], runs(&place).len()), (&"nothing".into(), 1), "{told}");
        place.run(&["runs"]).exits(0).says("1  repair of shop");
        place.run(&["runs", "1"]).exits(0).says("snapshot: snap-1").says("done  ");
        place.run(&["runs", "7"]).exits(64).says("there is no run 7");
    }
}

#[test]
fn a_build_that_no_transaction_holds_is_an_act_by_itself_and_the_record_comes_after_it() {
    let db = database(newest());
    let files = [
        ("1_a.sql", "-- +goose Up\ncreate table orders (id bigint primary key, note text);\n"),
        (
            "2_b.sql",
            "-- +goose NO TRANSACTION\n-- +goose Up\ncreate index concurrently a on orders (note);\ncreate index concurrently b on orders (id, note);\n",
        ),
    ];
    db.exec(
        "create table orders (id bigint primary key, note text); create index a on orders (note);
        create table goose_db_version (id serial primary key, version_id bigint not null, is_applied boolean not null, tstamp timestamp default now());
        insert into goose_db_version (version_id, is_applied) values (0, true), (1, true)",
    );
    let place = configured(&db.url(), &files, "");
    let told = applied(&place, &[]).exits(0).json();
    let acts: Vec<&str> = told["applied"]["run"]["acts"].as_array().unwrap().iter().map(|act| act["what"].as_str().unwrap()).collect();
    assert!(matches!(acts.as_slice(), [build, record] if build.contains("CONCURRENTLY") && record.starts_with("INSERT")), "{acts:?}");
}

#[test]
fn it_goes_back_as_well_and_loses_nothing_unasked() {
    let db = database(newest());
    let sample = sample("dbmate");
    apply(&db, sample);
    db.exec("drop index o_note");
    let place = configured(&db.url(), sample.folder, "");
    let go_back = |more: &[&str]| {
        let mut all = vec!["history", "shop", "--repair=back", "--apply", "--snapshot-taken", "s"];
        all.extend(more);
        place.run(&all)
    };
    go_back(&[]).exits(0).says("its act is in").says("1 pending, 1 applied");
    // What would be lost stays, and is said.
    db.exec("insert into orders (id) values (1); alter table orders add hot_fix int; update orders set hot_fix = 7");
    go_back(&[]).exits(1).says("nothing was run").says("1 statement left out");
    assert_eq!(db.value("select hot_fix::text from orders"), Some("7".to_owned()));
    assert_eq!(runs(&place).len(), 1);
    go_back(&["--allow-destructive"]).exits(0).says("its act is in");
    assert_eq!(
        db.value("select count(*)::text from pg_attribute where attname = 'hot_fix' and attrelid = 'orders'::regclass"),
        Some("0".to_owned())
    );
}

/// Nothing of it was run: schema and record are as they were, and no run was begun or it was refused.
fn refused(place: &Place, db: &TestDb, ran: Ran, code: i32, says: &str) {
    ran.exits(code).says(says);
    assert_eq!(db.value("select count(*)::text from pg_class where relname = 'o_note'"), Some("0".to_owned()));
    assert!(runs(place).iter().all(|run| run["verb"] != "repair" || run["ended"]["how"] == "refused"), "{:?}", runs(place));
}

#[test]
fn each_gate_refuses_by_itself() {
    let db = database(newest());
    let sample = sample("sqlx");
    apply(&db, sample);
    db.exec(undone("sqlx").0);
    let more = format!(
        "[environments.production]\nurl = \"{0}\"\ntier = \"production\"\n[environments.guarded]\nurl = \"{0}?options=-cdefault_transaction_read_only%3Don\"\n",
        db.url()
    );
    let place = configured(&db.url(), sample.folder, &more);
    let url = db.url();
    refused(&place, &db, place.run(&["history", "shop", "--repair", "--apply"]), 64, "--snapshot-taken REFERENCE");
    let by_url = ["history", &url, "--migrations", "m", "--repair", "--apply", "--snapshot-taken", "s", "--yes"];
    refused(&place, &db, place.run(&by_url), 64, "is not the name of an environment");
    let secret = url.replace("postgres@", "postgres:hunter2-swordfish@");
    place.run(&["history", &secret, "--migrations", "m", "--repair", "--apply", "--snapshot-taken", "s"]).exits(64).hides("swordfish");
    let production = ["history", "production", "--repair", "--apply", "--snapshot-taken", "s"];
    refused(&place, &db, place.run(&production), 64, "nobody said yes");
    refused(&place, &db, place.run(&["history", "shop", "--apply", "--snapshot-taken", "s"]), 64, "--repair");
    refused(&place, &db, place.run(&["history", "shop", "--repair", "--snapshot-taken", "s"]), 64, "--apply");
    place.run(&["history", "shop", "--halt", "orders are lost"]).exits(0);
    refused(&place, &db, applied(&place, &[]), 1, "is halted since");
    place.run(&["history", "shop", "--resume", "--over", "10ms", "--idle"]).exits(0);
    // A deploy in flight.
    let other = db.another_session();
    let key: i64 = 0x3d32_ad9e_i64.wrapping_mul(i64::from(crate::history::crc32(db.name.as_bytes())));
    other.exec(&format!("set application_name = 'a_deployer'; select pg_advisory_lock({key})")).unwrap();
    refused(&place, &db, applied(&place, &[]), 2, "a_deployer");
    other.exec("select pg_advisory_unlock_all()").unwrap();
    // Another evenkeel.
    other.exec(&format!("select pg_advisory_lock({})", i64::from_be_bytes(*b"evenkeel"))).unwrap();
    refused(&place, &db, applied(&place, &[]), 2, "advisory lock of evenkeel");
    other.exec("select pg_advisory_unlock_all()").unwrap();
    // What could not be tried: sessions there write nothing unless they ask to.
    let set = |value: &str| {
        let alter = format!("set default_transaction_read_only = off; alter database \"{}\" {value}", db.name);
        db.server.session("postgres").exec(&alter).unwrap();
    };
    set("set default_transaction_read_only = on");
    refused(&place, &db, applied(&place, &[]), 1, "the repair is not proven");
    set("reset default_transaction_read_only");
    // A session that nobody lets write.
    let guarded = ["history", "guarded", "--repair", "--apply", "--snapshot-taken", "s"];
    refused(&place, &db, place.run(&guarded), 78, "default_transaction_read_only is on");
    // A store that cannot be written.
    let kept = std::fs::read(place.path("state/store.sqlite")).unwrap();
    place.write(
        "state/store.sqlite",
        "no database at all, and longer than the header of one would be, which is a hundred bytes, so that it is read",
    );
    applied(&place, &[]).exits(2).says("store");
    place.write("state/store.sqlite", kept);
    // With all of it, it runs.
    place.run(&[&production[..], &["--yes"]].concat()).exits(0).says("its act is in");
}

/// Liquibase with a change set that is there and not recorded, and its lock's row.
pub fn liquibase(db: &TestDb) -> Place {
    db.exec(
        "create table orders (id bigint primary key);
        create table databasechangelog (id varchar(255) not null, author varchar(255) not null, filename varchar(255) not null,
            dateexecuted timestamp not null, orderexecuted int not null, exectype varchar(10) not null, md5sum varchar(35),
            description varchar(255), comments varchar(255), tag varchar(255), liquibase varchar(20), contexts varchar(255),
            labels varchar(255), deployment_id varchar(10));
        create table databasechangeloglock (id int primary key, locked boolean not null, lockgranted timestamp, lockedby varchar(255));
        insert into databasechangeloglock values (1, false, null, null)",
    );
    configured(&db.url(), &[("a.sql", "--liquibase formatted sql\n--changeset ann:1\ncreate table orders (id bigint primary key);\n")], "")
}

#[test]
fn what_changed_since_it_was_judged_is_not_written_to() {
    let db = database(newest());
    let place = liquibase(&db);
    // Somebody keeps the row of the lock, so that the claim waits while the schema changes.
    let other = db.another_session();
    other.exec("begin; update databasechangeloglock set lockedby = lockedby").unwrap();
    let ran = std::thread::scope(|threads| {
        let running = threads.spawn(|| applied(&place, &["--lock-timeout", "30s"]));
        eventually("the claim waits", || {
            let waiting = "select count(*)::text from pg_stat_activity where application_name like 'evenkeel run%' and wait_event_type = 'Lock' and datname = current_database()";
            db.value(waiting) == Some("1".to_owned())
        });
        db.exec("alter table orders add hot_fix int");
        other.exec("commit").unwrap();
        running.join().unwrap()
    });
    ran.exits(1).says("changed since they were judged");
    assert_eq!(db.value("select count(*)::text from databasechangelog"), Some("0".to_owned()));
    assert_eq!(db.value("select locked::text from databasechangeloglock"), Some("false".to_owned()), "given back");
    assert_eq!(runs(&place)[0]["ended"]["how"], "refused");
    assert_eq!(runs(&place)[0]["held"], serde_json::json!([]));
}

#[test]
fn a_lock_that_is_a_row_is_taken_and_given_back_and_never_anybody_elses() {
    let db = database(newest());
    let place = liquibase(&db);
    db.exec("update databasechangeloglock set locked = true, lockedby = 'another'");
    applied(&place, &[]).exits(2).says("the lock of Liquibase");
    assert_eq!(db.value("select lockedby from databasechangeloglock"), Some("another".to_owned()));
    db.exec("update databasechangeloglock set locked = false, lockedby = null");
    // While it runs the lock is the tool's own, under our name.
    let other = db.another_session();
    other.exec("begin; lock table databasechangelog in share mode").unwrap();
    std::thread::scope(|threads| {
        let running = threads.spawn(|| applied(&place, &["--lock-timeout", "20s"]));
        eventually("it is at its act", || {
            db.value("select lockedby from databasechangeloglock where locked").is_some_and(|by| by.starts_with("evenkeel run "))
        });
        eventually("the journal says so", || runs(&place)[0]["acts"][0]["state"] == "unknown");
        // What was intended is on the disk before it is done.
        assert!(runs(&place)[0]["acts"][0]["statements"].to_string().contains("INSERT INTO public.databasechangelog"));
        assert_eq!((&runs(&place)[0]["ended"], runs(&place)[0]["held"].as_array().map(Vec::len)), (&Value::Null, Some(1)));
        assert_eq!(db.value("select count(*)::text from databasechangelog"), Some("0".to_owned()));
        other.exec("commit").unwrap();
        running.join().unwrap().exits(0)
    });
    assert_eq!(db.value("select locked::text || coalesce(lockedby, '-') from databasechangeloglock"), Some("false-".to_owned()));
    assert_eq!(db.value("select count(*)::text from databasechangelog"), Some("1".to_owned()));
}

#[test]
fn what_waits_too_long_is_given_up_and_nothing_of_it_is_in() {
    let db = database(newest());
    let sample = sample("golang-migrate");
    apply(&db, sample);
    db.exec(undone("golang-migrate").0);
    let place = configured(&db.url(), sample.folder, "");
    let other = db.another_session();
    other.exec("begin; select from orders").unwrap();
    // A capture that only reads is not kept by that.
    let ran = applied(&place, &["--lock-timeout", "300ms"]).exits(1);
    let told = ran.json();
    assert_eq!(
        (&told["applied"]["run"]["acts"][0]["state"], &told["applied"]["run"]["ended"]["how"]),
        (&"failed".into(), &"stopped".into()),
        "{told}"
    );
    assert!(told["applied"]["stopped"].as_str().unwrap().contains("55P03"), "{told}");
    assert!(ran.took < Duration::from_secs(60));
    other.exec("rollback").unwrap();
    applied(&place, &[]).exits(0);
}

#[test]
fn a_record_under_a_name_of_its_own_is_repaired_as_any_other() {
    let db = database(newest());
    let sample = sample("golang-migrate");
    apply(&db, sample);
    db.exec("create schema ops; alter table schema_migrations rename to applied; alter table applied set schema ops; alter table orders drop total");
    let place = configured(&db.url(), sample.folder, "history = \"ops.applied\"\n");
    let told = applied(&place, &[]).exits(0).json();
    assert!(words(&told).iter().all(|word| word == "applied"), "{told}");
    db.exec("alter table orders drop total");
    place.run(&["history", "shop", "--repair=back", "--apply", "--snapshot-taken", "s"]).exits(0);
    assert_eq!(db.value("select version::text from ops.applied"), Some("1".to_owned()));
}

#[test]
fn a_partition_is_attached_and_a_sequence_that_counts_is_kept() {
    let db = database(newest());
    let files = [
        (
            "1_a.sql",
            "-- migrate:up\ncreate table p (id bigint not null, note text) partition by range (id);\ncreate table c (id bigint not null, note text);\n-- migrate:down\n",
        ),
        (
            "2_b.sql",
            "-- migrate:up\nalter table p attach partition c for values from (0) to (10);\ncreate sequence numbers;\n-- migrate:down\n",
        ),
    ];
    db.exec(
        "create table p (id bigint not null, note text) partition by range (id); create table c (id bigint not null, note text);
        insert into c values (1, 'x'); create sequence numbers; select nextval('numbers');
        create table schema_migrations (version varchar(128) primary key); insert into schema_migrations values ('1')",
    );
    let place = configured(&db.url(), &files, "");
    // What it has given out is lost with it.
    let back = place.run(&["history", "shop", "--repair=back"]).exits(1);
    assert!(
        back.stdout.contains("-- DROP SEQUENCE public.numbers;") && back.stdout.contains("loses where public.numbers stands"),
        "{}",
        back.stdout
    );
    let told = applied(&place, &[]).exits(0).json();
    assert!(words(&told).iter().all(|word| word == "applied"), "{told}");
    assert_eq!(db.value("select note from p where id = 1"), Some("x".to_owned()));
}

#[test]
fn what_a_repair_does_not_make_of_rows_is_said_and_is_no_success() {
    let db = database(newest());
    db.exec("create table schema_migrations (version varchar(128) primary key); insert into schema_migrations values ('1'), ('2'); create table t (a int)");
    let files = [
        ("1_a.sql", "-- migrate:up\ncreate table t (a int);\n-- migrate:down\n"),
        ("2_b.sql", "-- migrate:up\nalter table t add b int;\nupdate t set b = 1;\n-- migrate:down\n"),
    ];
    let place = configured(&db.url(), &files, "");
    let told = applied(&place, &[]).exits(2).json();
    assert_eq!(words(&told), ["applied", "applied"], "{told}");
    assert!(told.to_string().contains("it may change rows too, and nothing tells whether it did: look at 2_b.sql:3"), "{told}");
}

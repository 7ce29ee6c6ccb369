//! What really went wrong elsewhere, as small stories with the right answer: those that no other test tells. `docs/concept/incidents.md`
//! says which test tells which. Does not live here: the incidents that another test's subject is.

use crate::guides::content;
use crate::history::{SAMPLES, apply, history, last, place_with, words};
use crate::rehearse::{gate, rehearsed, texts};
use crate::run::Place;
use evenkeel_testkit::{TestDb, database, newest};

/// The record of golang-migrate.
fn stands_at(db: &TestDb, version: u32) {
    db.exec("create table schema_migrations (version bigint primary key, dirty boolean not null)");
    db.exec(&format!("insert into schema_migrations values ({version}, false)"));
}

/// H1: the pipeline never ran the migration, and reads looked healthy.
#[test]
fn a_query_that_needs_what_never_ran_is_named_with_the_migration_that_would_make_it() {
    let db = database(newest());
    let place = place_with(&[
        ("1_accounts.up.sql", "create table accounts (id int primary key);"),
        ("1_accounts.down.sql", "drop table accounts;"),
        ("2_new.up.sql", "alter table accounts add new_column text;"),
        ("2_new.down.sql", "alter table accounts drop new_column;"),
    ]);
    db.exec("create table accounts (id int primary key)");
    stands_at(&db, 1);
    place.write("q/login.sql", "select id from accounts;\n\nselect new_column from accounts where id = $1;\n");
    let told = place.run(&["preflight", &db.url(), "--queries", "q", "--migrations", "m"]).exits(1);
    told.says("q/login.sql:3:1").says("42703").says("migration 2 would make it; the record says: not recorded");
}

/// L8: partitions made by a loop in one transaction, on a server whose lock table is small.
#[test]
fn locks_of_one_transaction_are_held_against_what_the_target_has_room_for() {
    let db = database(newest());
    let loops = "do $$ begin for i in 1..60 loop
        execute format('create table p%s partition of days for values from (%s) to (%s)', i, i, i + 1); end loop; end $$;\n";
    db.exec("create table days (day int, a int, b int) partition by range (day); create index on days (a); create index on days (b)");
    let place = Place::new();
    place.write("release.sql", loops);
    let told = rehearsed(&place, &db, &["--only", "run"], 2);
    let found = gate(&told, "lock-slots")["found"].as_str().unwrap().to_owned();
    let used: u64 = found.split(' ').next().unwrap().parse().unwrap();
    assert!(found.contains(" locks of one migration") && used >= 180, "a table and two indexes for each of 60: {found}");
}

/// N6: an index over partitions, of which one was not built.
#[test]
fn an_index_over_partitions_of_which_one_is_missing_is_not_there() {
    let db = database(newest());
    let up = "-- +goose NO TRANSACTION\n-- +goose Up\ncreate index of_note on only parent (note);\n\
        create index concurrently of_one on one (note);\nalter index of_note attach partition of_one;\n\
        create index concurrently of_two on two (note);\nalter index of_note attach partition of_two;\n-- +goose Down\ndrop index of_note;\n";
    let tables = "create table parent (id int, note text) partition by list (id); create table one partition of parent for values in (1); \
        create table two partition of parent for values in (2);";
    let place = place_with(&[
        ("20260101000000_tables.sql", &format!("-- +goose Up\n{tables}\n-- +goose Down\ndrop table parent;\n")),
        ("20260102000000_index.sql", up),
    ]);
    db.exec(&format!("{tables} create index of_note on only parent (note); create index of_one on one (note); alter index of_note attach partition of_one"));
    db.exec(
        "create table goose_db_version (id serial primary key, version_id bigint not null, is_applied boolean not null, tstamp timestamp default now());
         insert into goose_db_version (version_id, is_applied) values (0, true), (20260101000000, true), (20260102000000, true)",
    );
    let told = history(&place, &db, 1);
    assert_eq!(words(&told), ["applied", "partly-present"], "{told}");
    let evidence = last(&told)["evidence"].to_string();
    assert!(evidence.contains("public.of_two") && evidence.contains("there, and not valid"), "{evidence}");
    // What has a runner end as if all were well is told.
    let log = "--liquibase formatted sql\n--changeset ann:1 failOnError:false\ncreate table a (id int);\n";
    let tolerant = place_with(&[("changelog.sql", log)]);
    tolerant.run(&["migrations", "m"]).exits(1).says("failOnError is false");
    tolerant.write("m/changelog.sql", log.replace(" failOnError:false", ""));
    tolerant.run(&["migrations", "m"]).exits(0);
}

/// R4: a release that was taken back cannot start beside the record of the newer one.
#[test]
fn a_release_that_would_refuse_to_start_beside_a_newer_record_is_told_before() {
    let old = [("1_a.up.sql", "create table a (id int);"), ("1_a.down.sql", "drop table a;")];
    let new = [("2_b.up.sql", "create table b (id int);"), ("2_b.down.sql", "drop table b;")];
    let db = database(newest());
    let (before, after) = (place_with(&old), place_with(&[old, new].concat()));
    db.exec("create table a (id int)");
    stands_at(&db, 1);
    let url = db.url();
    let artifact = before.run(&["migrations", "m", "--format", "json"]).json()["digest"].as_str().unwrap().to_owned();
    let preflight = |code| before.run(&["preflight", &url, "--artifact", &artifact, "--migrations", "m"]).exits(code);
    preflight(0);
    // Before it happens: what restarting means once the next one is out.
    let told = after.run(&["rehearse", "--for", &url, "--migrations", "m", "--only", "run", "--format", "json"]).json();
    let notes = texts(&told["notes"]).join("\n");
    assert!(notes.contains("golang-migrate of the release that runs now refuses to start once 2 is recorded"), "{notes}");
    db.exec("create table b (id int); update schema_migrations set version = 2");
    preflight(1).says("golang-migrate refuses to start: 2 is recorded there");
    // One that looks past what it does not know goes on as ever.
    let sections = |table: &str| format!("-- migrate:up\ncreate table {table} (id int);\n-- migrate:down\ndrop table {table};\n");
    let lenient = place_with(&[("1_a.sql", &sections("a"))]);
    db.exec("drop table schema_migrations; create table schema_migrations (version varchar(128) primary key); insert into schema_migrations values ('1'), ('2')");
    let artifact = lenient.run(&["migrations", "m", "--format", "json"]).json()["digest"].as_str().unwrap().to_owned();
    lenient.run(&["preflight", &url, "--artifact", &artifact, "--migrations", "m"]).exits(0);
}

/// A3: each query of the old application stays valid, and one of them deletes what the migration has filled.
#[test]
fn a_query_that_takes_other_rows_than_before_is_told() {
    let db = database(newest());
    db.exec(
        "create table machines (id int primary key, claimed_by text); create table units (id int primary key);
         insert into machines select g, null from generate_series(1, 50) g; insert into units select g from generate_series(1, 50) g; analyze",
    );
    let place = Place::new();
    let url = db.url();
    place.write("evenkeel.toml", format!("[gates]\nrequire = [\"run\"]\n[environments.shop]\nurl = \"{url}\"\ntier = \"staging\"\n"));
    place.write("release.sql", "update machines set claimed_by = 'host';\n");
    place.write(
        "q.sql",
        "delete from units where not exists (select from machines where machines.id = units.id and claimed_by is null);\n\
         select count(*) from units;\n",
    );
    let told = place.run(&[
        "rehearse",
        "release.sql",
        "--for",
        "shop",
        "--data",
        "shop",
        "--only",
        "run,compatibility",
        "--queries",
        "q.sql",
        "--format",
        "json",
    ]);
    let told = told.exits(1).json();
    let queries = told["compatibility"]["queries"].as_array().unwrap();
    assert_eq!((&queries[0]["outcome"], &queries[1]["outcome"]), (&"otherwise".into(), &"same".into()), "{told}");
    assert_eq!(gate(&told, "compatibility")["holds"], false, "{told}");
}

/// A6: the migration breaks a statement that its own session has prepared.
#[test]
fn a_session_that_breaks_its_own_statement_does_not_pass() {
    let db = database(newest());
    db.exec("create table people (id int primary key, name varchar(50))");
    let place = Place::new();
    place.write("release.sql", "prepare q as select * from people;\nalter table people alter name type varchar(75);\nexecute q;\n");
    let told = rehearsed(&place, &db, &["--only", "run"], 1);
    let run = gate(&told, "run");
    assert!(run["holds"] == false && run["found"].as_str().unwrap().contains("0A000"), "{run}");
}

#[test]
fn each_incident_names_tests_that_are_there() {
    let text = content("docs/concept/incidents.md");
    let (mut rows, mut missing) = (0, Vec::new());
    for row in text.lines().filter(|line| line.starts_with("| ") && line.contains('`')) {
        rows += 1;
        for test in row.split('`').skip(1).step_by(2).filter(|word| word.contains("::")) {
            let (file, name) = test.rsplit_once("::").unwrap();
            let source = content(&format!("crates/cli/tests/it/{}.rs", file.replace("::", "/")));
            if !source.contains(&format!("fn {name}(")) {
                missing.push(test.to_owned());
            }
        }
    }
    assert!(rows >= 30 && missing.is_empty(), "{rows} rows; not there: {missing:?}");
}

/// H12: Prisma keeps the row of a try that was taken back beside the one that ended.
#[test]
fn of_two_rows_for_one_migration_the_one_that_ended_counts() {
    let sample = SAMPLES.iter().find(|sample| sample.tool == "Prisma").unwrap();
    let (db, place) = (database(newest()), place_with(sample.folder));
    apply(&db, sample);
    db.exec(
        "update _prisma_migrations set started_at = now() + interval '1 minute';
         insert into _prisma_migrations select 'b', checksum, null, migration_name, 'it failed', now(), now(), 0 from _prisma_migrations",
    );
    assert_eq!(words(&history(&place, &db, 0)), ["applied"]);
    // The other way round it was taken back last, and what it made is there.
    db.exec("update _prisma_migrations set finished_at = null, rolled_back_at = now() where id = 'a'");
    let told = history(&place, &db, 1);
    assert_eq!(words(&told), ["present-not-recorded"], "{told}");
}

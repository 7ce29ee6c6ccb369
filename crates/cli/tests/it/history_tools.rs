//! What only some tools have: change logs, plans, dependencies, names beside numbers. The records are as the real tools write them.

use crate::history::{last, place_with, words};
use crate::run::Place;
use evenkeel_testkit::{TestDb, database, newest};
use serde_json::Value;

fn history(place: &Place, db: &TestDb, code: i32) -> Value {
    place.run(&["history", &db.url(), "--migrations", "m", "--format", "json"]).exits(code).json()
}

const CHANGELOG: &str = "create table databasechangelog (id varchar(255) not null, author varchar(255) not null, filename varchar(255) not null, dateexecuted timestamp not null,
    orderexecuted int not null, exectype varchar(10) not null, md5sum varchar(35), description varchar(255), comments varchar(255), tag varchar(255), liquibase varchar(20),
    contexts varchar(255), labels varchar(255), deployment_id varchar(10));";

#[test]
fn change_sets_of_liquibase_are_judged_by_what_it_sent() {
    let log = "--liquibase formatted sql\n--changeset ann:1 context:prod labels:v1 comment:first\ncreate table orders(id bigint primary key, note text);\n--rollback drop table orders;\n--changeset bob:add-total\nalter table orders add total numeric(9,2);\n--rollback alter table orders drop column total;\n--changeset bob:f splitStatements:false\ncreate function f() returns int language sql as $$ select 1 -- a remark\n$$;\n--changeset bob:left context:test\ncreate table only_in_tests (a int);\n--changeset bob:again\n--preconditions onFail:MARK_RAN\n--precondition-sql-check expectedResult:0 select count(*) from pg_class where relname = 'orders'\ncreate table orders(id int);\n--changeset bob:last\ncreate table last (a int);\n";
    let place = place_with(&[("changelog.sql", log)]);
    let db = database(newest());
    db.exec(CHANGELOG);
    // Comments are taken out of what is sent, also out of the body of a function.
    db.exec("create table orders(id bigint primary key, note text, total numeric(9,2)); create table last (a int); create function f() returns int language sql as $$ select 1 \n$$");
    db.exec(
        "insert into databasechangelog (id, author, filename, dateexecuted, orderexecuted, exectype, md5sum) values
        ('1', 'ann', 'db/changelog.sql', '2026-11-21 03:49:05', 1, 'EXECUTED', '9:c0572ebceba230e3659d5f99a3925600'),
        ('add-total', 'bob', 'db/changelog.sql', now(), 2, 'EXECUTED', '9:ab1bb57c523874f4806fa82ffadc95b2'),
        ('f', 'bob', 'db/changelog.sql', now(), 3, 'EXECUTED', null),
        ('again', 'bob', 'db/changelog.sql', now(), 4, 'MARK_RAN', null),
        ('last', 'bob', 'db/changelog.sql', now(), 5, 'EXECUTED', '7:f1e2')",
    );
    let told = history(&place, &db, 2);
    assert_eq!(words(&told), ["applied", "applied", "applied", "pending", "not-checkable", "applied"], "{told}");
    assert_eq!(told["migrations"][0]["recorded"]["at"], "2026-11-21 03:49:05", "{told}");
    assert_eq!(told["migrations"][3]["why"], "it runs only on a condition: context test");
    assert!(told["migrations"][4]["why"].as_str().unwrap().contains("already exists"), "{told}");
    // A sum that is not worked out is no edit, and that is said.
    assert!(told["notes"].to_string().contains("was not worked out"), "{told}");
    db.exec("delete from databasechangelog where id = 'again'; update databasechangelog set md5sum = '9:00' where id = '1'");
    place.write("m/changelog.sql", log.replace("--changeset bob:again\n", "--changeset bob:again ignore:true\n"));
    let told = history(&place, &db, 0);
    assert_eq!((told["migrations"][0]["verdict"].clone(), told["migrations"][0]["edit"].clone()), ("edited".into(), "bytes".into()));
}

#[test]
fn a_number_that_was_used_again_is_told_from_an_edit() {
    let place = place_with(&[
        ("V01__create_orders.sql", "create table orders(id bigint primary key, note text);\n"),
        ("V2__users.sql", "create table users(a int);"),
    ]);
    let db = database(newest());
    db.exec("create table flyway_schema_history (installed_rank int primary key, version varchar(50), description varchar(200) not null, type varchar(20) not null,
        script varchar(1000) not null, checksum int, installed_by varchar(100) not null, installed_on timestamp not null default now(), execution_time int not null, success boolean not null);
        insert into flyway_schema_history values (1, '1', 'create orders', 'SQL', 'V1__create_orders.sql', -1044053735, 'ann', '2026-01-01', 1, true),
        (2, '2', 'add customers', 'SQL', 'V2__add_customers.sql', 17, 'ann', now(), 1, true);
        create table orders(id bigint primary key, note text); create table customers(a int)");
    let told = history(&place, &db, 1);
    // Versions are numbers: 01 is recorded as 1.
    assert_eq!(told["migrations"][0]["verdict"], "applied", "{told}");
    assert_eq!(
        (told["migrations"][0]["recorded"]["by"].clone(), told["migrations"][0]["recorded"]["at"].clone()),
        ("ann".into(), "2026-01-01 00:00:00".into())
    );
    let second = last(&told);
    assert_eq!(second["verdict"], "recorded-not-present");
    assert_eq!(second["also"], serde_json::json!(["number-reused"]), "{told}");
    assert!(second["why"].as_str().unwrap().contains("add customers"), "{told}");
    // The same text under another name is the same migration.
    place.write("m/V01__another_name.sql", "create table orders(id bigint primary key, note text);\n");
    place.shell("rm m/V01__create_orders.sql", &[]).exits(0);
    assert_eq!(history(&place, &db, 1)["migrations"][0]["verdict"], "applied");
}

#[test]
fn one_that_ran_before_what_it_depends_on_is_said() {
    let place = place_with(&[
        ("z.first.sql", "create table first (a int);"),
        ("z.first.rollback.sql", "drop table first;"),
        ("a.second.sql", "-- depends: z.first\ncreate table second (a int);"),
    ]);
    let db = database(newest());
    db.exec(
        "create table _yoyo_migration (migration_hash varchar(64) primary key, migration_id varchar(255), applied_at_utc timestamp);
        insert into _yoyo_migration values ('b', 'a.second', '2026-01-01'); create table second (a int)",
    );
    let told = history(&place, &db, 1);
    assert_eq!(words(&told), ["pending-out-of-order", "before-its-dependency"], "{told}");
    assert!(last(&told)["why"].as_str().unwrap().contains("it comes after z.first"), "{told}");
    db.exec("create table first (a int); insert into _yoyo_migration values ('a', 'z.first', now())");
    assert_eq!(words(&history(&place, &db, 0)), ["applied", "applied"]);
}

#[test]
fn what_one_that_was_not_run_may_have_taken_back_is_nobodys_fault_yet() {
    let place = place_with(&[("1_a.sql", "-- +goose Up\ncreate table a (x int, y int);\n"), ("2_b.go", "package m")]);
    let db = database(newest());
    db.exec("create table goose_db_version (id serial primary key, version_id bigint not null, is_applied boolean not null, tstamp timestamp default now());
        insert into goose_db_version (version_id, is_applied) values (0, true), (1, true), (2, true); create table a (x int)");
    let told = history(&place, &db, 2);
    assert_eq!(words(&told), ["not-checkable", "not-checkable"], "{told}");
    assert!(told["migrations"][0]["why"].as_str().unwrap().contains("2, which was not run, may have taken it back"), "{told}");
    db.exec("delete from goose_db_version where version_id = 2");
    assert_eq!(words(&history(&place, &db, 1)), ["partly-present", "pending"]);
}

#[test]
fn a_command_renders_what_is_written_in_a_language() {
    let place = place_with(&[("20260101000000_one.rb", "class A; end"), ("20260102000000_two.rb", "class B; end")]);
    place.write("sql/20260101000000", "BEGIN;\ncreate table orders (id int);\nCOMMIT;\n");
    place.write("sql/20260102000000", "alter table orders add note text;\n");
    let db = database(newest());
    db.exec("create table schema_migrations (version varchar primary key); create table ar_internal_metadata (key varchar primary key, value varchar, created_at timestamp not null, updated_at timestamp not null);
        insert into schema_migrations values ('20260101000000'), ('20260102000000'); create table orders (id int, note text)");
    let configured = |render: &str| {
        let url = db.url();
        place
            .write("evenkeel.toml", format!("[project]\nmigrations = \"m\"\nrender = '''{render}'''\n[environments.p]\nurl = \"{url}\"\n"));
    };
    configured("cat sql/{key}");
    let ran = |code| place.run(&["history", "p", "--format", "json"]).exits(code).json();
    assert_eq!(words(&ran(0)), ["applied", "applied"]);
    db.exec("alter table orders drop note, add hot_fix int");
    let told = ran(1);
    assert_eq!(words(&told), ["applied", "recorded-not-present"], "{told}");
    assert_eq!(told["unexplained"][0]["object"], "public.orders.hot_fix", "{told}");
    // It is run where the configuration is, and what it cannot do is a gap that says why, without what is secret.
    configured("sh -c \"echo 'cannot reach postgres://ann:s3cret99@db/x' >&2; exit 3\" {key}");
    let ran = place.run(&["history", "p"]).exits(2).says("it was not rendered: sh ended with exit status: 3: cannot reach");
    ran.says("postgres://ann:***@db/x").hides("s3cret99");
    configured("true {key}");
    place.run(&["history", "p"]).exits(2).says("nothing was printed");
    configured("cat sql");
    place.run(&["history", "p"]).exits(2).says("it was not rendered");
    configured("echo");
    place.run(&["history", "p"]).exits(78).says("{migration}");
    configured("cat \"sql/{key}");
    place.run(&["history", "p"]).exits(78).says("a text that does not end");
    // A flag wins, and is run where the user is.
    place.run(&["migrations", "m", "--render", "cat sql/{key}"]).exits(0).says("2 migrations of 4 statements");
}

#[test]
fn files_that_name_the_table_of_their_tool_run_beside_one() {
    let files = [
        ("1_a.sql", "-- migrate:up\ncreate table a(x int);\n"),
        (
            "2_guard.sql",
            "-- migrate:up\ndelete from schema_migrations where version = '0';\ncreate function only_ours() returns trigger language plpgsql as $$ begin raise 'only ours'; end $$;\ncreate trigger guard before insert on schema_migrations execute function only_ours();\n",
        ),
        ("3_b.sql", "-- migrate:up\ncreate table b(x int);\nalter table schema_migrations enable row level security;\n"),
    ];
    let place = place_with(&files);
    let db = database(newest());
    db.exec(
        "create table schema_migrations (version varchar(128) primary key); insert into schema_migrations values ('1'), ('2'), ('3');
        create table a(x int); create function only_ours() returns trigger language plpgsql as $$ begin raise 'only ours'; end $$;
        create trigger guard before insert on schema_migrations execute function only_ours(); create table b(x int);
        alter table schema_migrations enable row level security",
    );
    assert_eq!(words(&history(&place, &db, 0)), ["applied", "applied", "applied"]);
    place.run(&["compare", "replay:m", &db.url()]).exits(0);
    db.exec("alter table a add by_hand int");
    let told = history(&place, &db, 1);
    assert_eq!(words(&told), ["applied", "applied", "applied"], "{told}");
    assert_eq!(told["unexplained"].as_array().map(Vec::len), Some(1), "{told}");
    assert_eq!(told["unexplained"][0]["object"], "public.a.by_hand", "{told}");
    db.exec("alter table a drop by_hand; drop trigger guard on schema_migrations");
    let told = history(&place, &db, 1);
    assert_eq!(words(&told), ["applied", "partly-present", "applied"], "{told}");
    // One that a file makes itself, as dumps do, is not there before.
    let dump =
        "-- migrate:up\ncreate table schema_migrations (version varchar(128) primary key);\ninsert into schema_migrations values ('0');\n";
    let place = place_with(&[("1_dump.sql", dump), ("2_a.sql", "-- migrate:up\ncreate table a(x int);\n")]);
    let db = database(newest());
    db.exec("create table schema_migrations (version varchar(128) primary key); insert into schema_migrations values ('1'), ('2'); create table a(x int)");
    assert_eq!(last(&history(&place, &db, 0))["verdict"], "applied");
}

#[test]
fn plain_files_that_leave_nothing_are_told_beside_one_that_does_not_run() {
    let place = place_with(&[
        ("1_a.sql", "create table a(x int);\ncreate table old(x int);\n"),
        ("2_drop.sql", "drop table old;\n"),
        ("3_code.sql", "-- done by the program\n"),
        ("4_no.sql", "alter table not_there add y int;\n"),
    ]);
    let db = database(newest());
    db.exec("create table a(x int)");
    let plain =
        |code| place.run(&["history", &db.url(), "--migrations", "m", "--tool", "plain SQL", "--format", "json"]).exits(code).json();
    let told = plain(2);
    assert_eq!(words(&told), ["applied", "applied", "applied", "not-checkable"], "{told}");
    // Nothing of it is there, and what takes away is not in force for that.
    db.exec("drop table a");
    let told = plain(2);
    assert_eq!(words(&told)[..2], ["pending", "pending"], "{told}");
}

#[test]
fn what_one_made_that_did_not_run_here_is_not_called_unexplained() {
    let place = place_with(&[
        ("1_a.sql", "-- migrate:up\ncreate table a(x int, y varchar(9));\n"),
        ("2_super.sql", "-- migrate:up\nupdate pg_index set indisready = true where false;\n"),
        ("3_wider.sql", "-- migrate:up\nalter table a alter x type bigint;\nalter table a alter y set default 'n';\n"),
    ]);
    let db = database(newest());
    db.exec(
        "create table a(x bigint, y varchar(9) default 'n'); create table schema_migrations (version varchar(128) primary key);
        insert into schema_migrations values ('1'), ('2'), ('3')",
    );
    let told = history(&place, &db, 2);
    assert_eq!(told["unexplained"].as_array().map(Vec::len), Some(0), "{told}");
    assert!(told["gaps"][0].as_str().unwrap().contains("run only so far: 2"), "{told}");
}

//! `evenkeel history` and `migrations`: files, record and schema side by side, as a user gets it. The sums in these records were made by
//! the real tools.

use crate::run::Place;
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{TestDb, database, each_major, newest};
use serde_json::Value;

const ORDERS: &str = "create table orders(id bigint primary key, note text);";
const TOTAL: &str = "alter table orders add total numeric(9,2);";

/// A tool with its files, and the table it records in as it stands after all of them ran.
pub struct Sample {
    pub tool: &'static str,
    pub folder: &'static [(&'static str, &'static str)],
    pub record: &'static str,
}

pub const SAMPLES: &[Sample] = &[
    Sample {
        tool: "sqlx",
        folder: &[
            ("20260101000000_create_orders.sql", "create table orders(id bigint primary key, note text);\n"),
            ("20260102000000_idx.sql", "-- no-transaction\ncreate index concurrently o_note on orders(note);"),
        ],
        record: "create table _sqlx_migrations (version bigint primary key, description text not null, installed_on timestamptz not null default now(),
            success boolean not null, checksum bytea not null, execution_time bigint not null);
            insert into _sqlx_migrations values
            (20260101000000, 'create orders', now(), true, '\\xc7032cecc0e64cfff752cf84b13cc39c6905a40ecdc72a7dd483163bc74dd90a0bda84ea3b9cff6eecd1404e0b92e85a', 1),
            (20260102000000, 'idx', now(), true, '\\x10eeb94f2f9f298130ac76a990c3544ad91fd8ab99e7652405b4b2b7cc87fcf7947bcbe9b7023ffb02fc4dbd14e601af', 1)",
    },
    Sample {
        tool: "Flyway",
        folder: &[
            ("V1__create_orders.sql", "create table orders(id bigint primary key, note text);\n"),
            ("sub/V1.1__add_total.sql", "alter table orders add total numeric(9,2);\n"),
            ("R__view.sql", "create or replace view v as select 1 a;\n"),
        ],
        record: "create table flyway_schema_history (installed_rank int primary key, version varchar(50), description varchar(200) not null, type varchar(20) not null,
            script varchar(1000) not null, checksum int, installed_by varchar(100) not null, installed_on timestamp not null default now(), execution_time int not null, success boolean not null);
            insert into flyway_schema_history values (1, '1', 'create orders', 'SQL', 'V1__create_orders.sql', -1044053735, 'x', now(), 1, true),
            (2, '1.1', 'add total', 'SQL', 'V1.1__add_total.sql', 1813944006, 'x', now(), 1, true), (3, null, 'view', 'SQL', 'R__view.sql', 1974909081, 'x', now(), 1, true)",
    },
    Sample {
        tool: "golang-migrate",
        folder: &[("1_create_orders.up.sql", ORDERS), ("1_create_orders.down.sql", "drop table orders;"), ("20260102000000_total.up.sql", TOTAL)],
        record: "create table schema_migrations (version bigint primary key, dirty boolean not null); insert into schema_migrations values (20260102000000, false)",
    },
    Sample {
        tool: "dbmate",
        folder: &[
            ("20260101000000_create_orders.sql", "-- migrate:up\ncreate table orders(id bigint primary key, note text);\n-- migrate:down\ndrop table orders;\n"),
            ("20260102000000_idx.sql", "-- migrate:up transaction:false\ncreate index concurrently o_note on orders(note);\n-- migrate:down\ndrop index o_note;\n"),
        ],
        record: "create table schema_migrations (version varchar(128) primary key); insert into schema_migrations values ('20260101000000'), ('20260102000000')",
    },
    Sample {
        tool: "goose",
        folder: &[
            ("20260101000000_create_orders.sql", "-- +goose Up\n-- +goose StatementBegin\ncreate table orders(id bigint primary key, note text);\n-- +goose StatementEnd\n-- +goose Down\ndrop table orders;\n"),
            ("20260102000000_idx.sql", "-- +goose NO TRANSACTION\n-- +goose Up\ncreate index concurrently o on orders(note);\n-- +goose Down\ndrop index o;\n"),
        ],
        record: "create table goose_db_version (id serial primary key, version_id bigint not null, is_applied boolean not null, tstamp timestamp default now());
            insert into goose_db_version (version_id, is_applied) values (0, true), (20260101000000, true), (20260102000000, false), (20260102000000, true)",
    },
    Sample {
        tool: "refinery",
        folder: &[
            ("V1__create_orders.sql", "create table orders(id bigint primary key, note text);\n"),
            ("V2__add_total.sql", "alter table orders add total numeric(9,2);\n"),
        ],
        record: "create table refinery_schema_history (version int primary key, name varchar(255), applied_on varchar(255), checksum varchar(255));
            insert into refinery_schema_history values (1, 'create_orders', 'x', '9106089368980788616'), (2, 'add_total', 'x', '4417406725943919134')",
    },
    Sample {
        tool: "Diesel",
        folder: &[("2026-01-01-000000_create_orders/up.sql", ORDERS), ("2026-01-01-000000_create_orders/down.sql", "drop table orders;")],
        record: "create table __diesel_schema_migrations (version varchar(50) primary key, run_on timestamp not null default now());
            insert into __diesel_schema_migrations values ('20260101000000')",
    },
    Sample {
        tool: "Prisma",
        folder: &[
            ("migration_lock.toml", "provider = \"postgresql\"\n"),
            ("20260101000000_init/migration.sql", "CREATE TABLE \"orders\" (\"id\" BIGINT NOT NULL, \"note\" TEXT, CONSTRAINT \"orders_pkey\" PRIMARY KEY (\"id\"));\n"),
        ],
        record: "create table _prisma_migrations (id varchar(36) primary key, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null,
            logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count int not null default 0);
            insert into _prisma_migrations values ('a', 'f40ed93c44e83b6cb173c329f6729403524bcdca48ec3356e791e420766d9271', now(), '20260101000000_init', null, null, now(), 1)",
    },
    Sample {
        tool: "Drizzle",
        folder: &[
            ("meta/_journal.json", "{\"version\":\"7\",\"dialect\":\"postgresql\",\"entries\":[{\"idx\":0,\"version\":\"7\",\"when\":1795232952252,\"tag\":\"0000_nice\",\"breakpoints\":true}]}"),
            ("0000_nice.sql", "CREATE TABLE \"orders\" (\n\t\"id\" bigint PRIMARY KEY NOT NULL,\n\t\"note\" text\n);\n"),
        ],
        record: "create schema drizzle; create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint);
            insert into drizzle.__drizzle_migrations (hash, created_at) values ('84529301f145afb315612975bf31bfae77ea97707b7501fb2d0e3af2a1b1cdd0', 1795232952252)",
    },
    Sample {
        tool: "yoyo",
        folder: &[("0001.create.sql", ORDERS), ("0001.create.rollback.sql", "drop table orders;"), ("0002.total.sql", TOTAL)],
        record: "create table _yoyo_migration (migration_hash varchar(64) primary key, migration_id varchar(255), applied_at_utc timestamp);
            create table _yoyo_version (version int primary key, installed_at_utc timestamp); create table yoyo_lock (locked int primary key, ctime timestamp, pid int not null);
            insert into _yoyo_migration values ('a', '0001.create', now()), ('b', '0002.total', now())",
    },
    Sample {
        tool: "node-pg-migrate",
        folder: &[("1767225600000_create-orders.sql", "-- Up Migration\ncreate table orders(id bigint primary key, note text);\n-- Down Migration\ndrop table orders;\n")],
        record: "create table pgmigrations (id serial primary key, name varchar(255) not null, run_on timestamp not null);
            insert into pgmigrations (name, run_on) values ('1767225600000_create-orders', now())",
    },
];

/// Statements of a sample's way there, as its runner would send them.
pub fn apply(db: &TestDb, sample: &Sample) {
    for (name, text) in sample.folder.iter().filter(|(name, _)| name.ends_with(".sql")) {
        if name.contains("down.sql") || name.contains("rollback.sql") {
            continue;
        }
        let up = text.split("down\n").next().unwrap().split("+goose Down").next().unwrap().split("-- Down").next().unwrap();
        let up = up.split("-- migrate:down").next().unwrap();
        db.exec(up);
    }
    db.exec(sample.record);
}

pub fn place_with(files: &[(&str, &str)]) -> Place {
    let place = Place::new();
    for (name, text) in files {
        place.write(&format!("m/{name}"), text);
    }
    place
}

pub fn history(place: &Place, db: &TestDb, code: i32) -> Value {
    place.run(&["history", &db.url(), "--migrations", "m", "--format", "json"]).exits(code).json()
}

pub fn verdicts(told: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    told["migrations"].as_array().unwrap().iter().map(|one| (text(&one["key"]), text(&one["verdict"]))).collect()
}

pub fn words(told: &Value) -> Vec<String> {
    verdicts(told).into_iter().map(|(_, verdict)| verdict).collect()
}

#[test]
fn every_tools_clean_run_is_applied_and_nothing_else() {
    for (at, sample) in SAMPLES.iter().enumerate() {
        let db = database(newest());
        apply(&db, sample);
        let place = place_with(sample.folder);
        let told = history(&place, &db, 0);
        assert_eq!(told["tool"]["name"], sample.tool, "{told}");
        assert!(words(&told).iter().all(|word| word == "applied"), "{}: {told}", sample.tool);
        for list in ["unexplained", "gaps", "in_flight"] {
            assert_eq!(told[list].as_array().map(Vec::len), Some(0), "{}: {list}: {told}", sample.tool);
        }
        if at % 3 != 0 {
            continue;
        }
        // The same record over an empty schema proves nothing.
        let empty = database(newest());
        empty.exec(sample.record);
        let told = history(&place, &empty, 1);
        assert!(words(&told).iter().all(|word| word == "recorded-not-present"), "{}: {told}", sample.tool);
    }
}

#[test]
fn what_one_did_without_a_record_is_told_on_every_version() {
    each_major(|db| {
        let sample = &SAMPLES[0];
        apply(db, sample);
        db.exec("alter table orders add hot_fix int; create table stray (a serial primary key); create index on stray (a)");
        let place = place_with(sample.folder);
        let told = history(&place, db, 1);
        assert_eq!(words(&told), ["applied", "applied"], "{told}");
        let strays: Vec<&str> = told["unexplained"].as_array().unwrap().iter().map(|one| one["object"].as_str().unwrap()).collect();
        assert_eq!(strays, ["public.stray", "public.orders.hot_fix"], "a table stands for its parts");
        assert_eq!(told["gaps"], serde_json::json!([]), "everything is seen on {}", db.server.version);
    });
}

/// A database with two migrations applied by dbmate, and a third in the folder.
pub fn third(text: &str) -> (Place, TestDb) {
    let sample = SAMPLES.iter().find(|sample| sample.tool == "dbmate").unwrap();
    let db = database(newest());
    apply(&db, sample);
    let place = place_with(sample.folder);
    place.write("m/20260103000000_third.sql", format!("-- migrate:up\n{text}\n-- migrate:down\n"));
    (place, db)
}

pub fn last(told: &Value) -> Value {
    told["migrations"].as_array().unwrap().last().unwrap().clone()
}

#[test]
fn each_way_of_being_wrong_has_its_word() {
    let text = "alter table orders add a int;\nalter table orders add b int;";
    let (place, db) = third(text);
    assert_eq!(words(&history(&place, &db, 0)), ["applied", "applied", "pending"]);
    db.exec("alter table orders add a int");
    let told = history(&place, &db, 1);
    assert_eq!(last(&told)["verdict"], "half-applied");
    let evidence = last(&told)["evidence"].as_array().unwrap().clone();
    let of = |object: &str| evidence.iter().find(|one| one["object"] == object).unwrap_or_else(|| panic!("{object}: {evidence:?}")).clone();
    assert_eq!((of("public.orders.a")["found"].clone(), of("public.orders.b")["found"].clone()), ("there".into(), "not there".into()));
    assert_eq!(of("public.orders.b")["statement"]["file"], "20260103000000_third.sql");
    db.exec("alter table orders add b int");
    assert_eq!(last(&history(&place, &db, 1))["verdict"], "present-not-recorded");
    db.exec("insert into schema_migrations values ('20260103000000')");
    assert_eq!(last(&history(&place, &db, 0))["verdict"], "applied");
    db.exec("alter table orders drop b");
    assert_eq!(last(&history(&place, &db, 1))["verdict"], "partly-present");
    db.exec("alter table orders drop a");
    assert_eq!(last(&history(&place, &db, 1))["verdict"], "recorded-not-present");
    // A value that no file ever set is nobody's.
    db.exec("alter table orders add a int, add b bigint");
    let told = history(&place, &db, 1);
    assert_eq!(told["unexplained"][0]["object"], "public.orders.b", "{told}");
    assert_eq!(told["unexplained"][0]["attribute"], "type", "{told}");
    db.exec("alter table orders alter b type int; delete from schema_migrations where version = '20260102000000'");
    let told = history(&place, &db, 1);
    let second = told["migrations"][1].clone();
    assert_eq!((second["verdict"].clone(), second["also"].clone()), ("present-not-recorded".into(), serde_json::json!([])), "{told}");
    db.exec("drop index o_note");
    assert_eq!(history(&place, &db, 0)["migrations"][1]["verdict"], "pending-out-of-order");
    db.exec("insert into schema_migrations values ('20260102000000'), ('20290101000000'), ('20260101120000'); create index o_note on orders(note)");
    let told = history(&place, &db, 1);
    let of = |key: &str| verdicts(&told).into_iter().find(|(other, _)| other == key).map(|(_, verdict)| verdict);
    assert_eq!(of("20290101000000").as_deref(), Some("unknown-version"), "{told}");
    assert_eq!(of("20260101120000").as_deref(), Some("file-missing"), "{told}");
}

#[test]
fn later_files_that_undo_earlier_ones_are_no_fault() {
    let (place, db) =
        third("drop index o_note; alter table orders alter note type varchar(9); create table gone (a int); drop table gone;");
    db.exec("drop index o_note; alter table orders alter note type varchar(9); insert into schema_migrations values ('20260103000000')");
    assert_eq!(words(&history(&place, &db, 0)), ["applied", "applied", "applied"]);
    // Where something else is wrong each is looked at: the index of the second is not missed.
    db.exec("alter table orders add hot_fix int");
    let told = history(&place, &db, 1);
    assert_eq!(words(&told), ["applied", "superseded", "applied"], "{told}");
    assert_eq!(told["unexplained"].as_array().unwrap().len(), 1);
}

#[test]
fn rows_alone_cannot_be_checked_and_a_committed_manifest_accepts_that() {
    let (place, db) = third("update orders set note = 'x';");
    db.exec("insert into schema_migrations values ('20260103000000')");
    let told = history(&place, &db, 2);
    assert_eq!(last(&told)["verdict"], "not-checkable");
    assert_eq!(told["gaps"].as_array().unwrap().len(), 1, "{told}");
    place.write(
        "evenkeel.toml",
        format!("[project]\nmigrations = \"m\"\n[environments.production]\nurl = \"{}\"\nmanifest = \"p.jsonl\"\n", db.url()),
    );
    place.run(&["history", "production"]).exits(2);
    place.run(&["capture", "--all"]).exits(0);
    place.run(&["history", "production"]).exits(0).says("accepted by the committed manifest");
}

#[test]
fn a_dirty_flag_over_a_complete_effect_is_told_as_such() {
    let sample = SAMPLES.iter().find(|sample| sample.tool == "golang-migrate").unwrap();
    let db = database(newest());
    apply(&db, sample);
    let place = place_with(sample.folder);
    db.exec("update schema_migrations set dirty = true");
    let told = history(&place, &db, 1);
    assert_eq!(words(&told), ["applied", "failed"]);
    assert_eq!(last(&told)["why"], "all of it is there");
    db.exec("alter table orders drop total");
    assert_eq!(last(&history(&place, &db, 1))["why"], "none of it is there");
    // A version that no file has.
    db.exec("update schema_migrations set dirty = false, version = 20300101000000");
    let told = history(&place, &db, 1);
    assert_eq!(last(&told)["verdict"], "unknown-version", "{told}");
}

#[test]
fn an_edit_is_of_bytes_or_of_meaning() {
    let sample = &SAMPLES[0];
    let (name, text) = sample.folder[0];
    let db = database(newest());
    apply(&db, sample);
    let edited = |text: &str, code: i32| {
        let place = place_with(sample.folder);
        place.write(&format!("m/{name}"), text);
        let told = history(&place, &db, code);
        let first = told["migrations"][0].clone();
        (
            first["edit"].as_str().unwrap_or("none").to_owned(),
            first["why"].as_str().unwrap_or_default().to_owned(),
            first["verdict"].as_str().unwrap().to_owned(),
        )
    };
    for (text, how) in [
        (text.replace('\n', "\r\n"), "line ends"),
        (format!("\u{feff}{text}"), "byte order mark"),
        (text.trim_end().to_owned(), "the last line's end"),
        (format!("-- reviewed by a person\n{text}"), "comments"),
    ] {
        let (edit, why, verdict) = edited(&text, 0);
        assert_eq!((edit.as_str(), verdict.as_str()), ("bytes", "edited"), "{how}");
        assert!(why.contains(how), "{why}");
    }
    // Nothing tells what it was: what is there does.
    let (edit, why, _) = edited("create table orders (id bigint, note text, primary key (id));", 0);
    assert!(edit == "bytes" && why.contains("by effect"), "{edit} {why}");
    let (edit, why, verdict) = edited("create table orders(id bigint primary key, note varchar(40), more int);", 1);
    assert_eq!((edit.as_str(), verdict.as_str()), ("meaning", "partly-present"), "{why}");
}

#[test]
fn git_knows_what_an_edited_file_was() {
    let sample = &SAMPLES[0];
    let db = database(newest());
    apply(&db, sample);
    let place = place_with(sample.folder);
    let git = |script: &str| {
        let own = "git -c user.name=x -c user.email=x@example.org -c commit.gpgsign=false";
        place.shell(&script.replace("git ", &format!("{own} ")), &[]).exits(0);
    };
    git("git init -q . && git add m && git commit -qm one");
    let first = sample.folder[0].0;
    place.write(&format!("m/{first}"), "create   table orders(id bigint primary key, note text); -- in one line\n");
    git("git add m && git commit -qm two");
    let told = history(&place, &db, 0);
    assert_eq!(told["migrations"][0]["edit"], "bytes", "{told}");
    assert!(told["migrations"][0]["why"].as_str().unwrap().contains("git has the text that ran"), "{told}");
    place.write(&format!("m/{first}"), "create table orders(id bigint primary key, note text);\nselect 1;\n");
    let told = history(&place, &db, 1);
    assert_eq!(told["migrations"][0]["edit"], "meaning", "{told}");
}

#[test]
fn plain_files_are_judged_by_what_is_there() {
    let place = place_with(&[
        ("1_a.sql", "begin; create table a(x int); commit;"),
        ("2_b.sql", "create table b(x int);"),
        ("10_c.sql", "create table c(x int);"),
    ]);
    let db = database(newest());
    let plain =
        |code| place.run(&["history", &db.url(), "--migrations", "m", "--tool", "plain SQL", "--format", "json"]).exits(code).json();
    assert_eq!(words(&plain(0)), ["pending", "pending", "pending"]);
    db.exec("create table a(x int); create table b(x int)");
    assert_eq!(words(&plain(0)), ["applied", "applied", "pending"]);
    // What no file sets and somebody did, on what they made.
    for (set, unset, object) in [
        ("alter table b alter x set not null", "alter table b alter x drop not null", "public.b.x"),
        ("alter table b alter x set default 7", "alter table b alter x drop default", "public.b.x"),
        ("alter table b set (fillfactor = 50)", "alter table b reset (fillfactor)", "public.b"),
        ("alter table b enable row level security", "alter table b disable row level security", "public.b"),
    ] {
        db.exec(set);
        let told = plain(1);
        assert_eq!(words(&told), ["applied", "applied", "pending"], "{set}: {told}");
        assert_eq!(told["unexplained"][0]["object"], object, "{set}: {told}");
        db.exec(unset);
    }
    plain(0);
    db.exec("drop table a");
    assert_eq!(words(&plain(1)), ["recorded-not-present", "applied", "pending"]);
}

#[test]
fn files_are_an_endpoint_everywhere() {
    let sample = &SAMPLES[0];
    let db = database(newest());
    apply(&db, sample);
    let place = place_with(sample.folder);
    place.run(&["compare", "replay:m", &db.url()]).exits(0);
    place.run(&["compare", &db.url(), "replay:m@20260101000000"]).exits(1).says("o_note");
    place.run(&["compare", &db.url(), "replay:m@20260101000000", "--patch"]).exits(1).says("CREATE INDEX CONCURRENTLY o_note");
    let ran = place.run(&["digest", "replay:m", "--like", &db.url()]).exits(0);
    place.run(&["capture", "replay:m", "--like", &db.url(), "--dimension", "schema", "--out", "r.jsonl"]).exits(0);
    assert_eq!(crate::run::digest(&ran), crate::run::digest(&place.run(&["digest", "r.jsonl"]).exits(0)));
    place.run(&["compare", "r.jsonl", "replay:m"]).exits(0);
    place.run(&["digest", "replay:m"]).exits(64).says("--like");
    place.run(&["digest", "replay:m@nothing", "--like", &db.url()]).exits(64).says("no migration of m has the key");
    place.run(&["grants", "replay:m"]).exits(64);
}

#[test]
fn what_was_read_is_listed_with_its_places() {
    let place = place_with(&[
        (
            "20260101000000_a.sql",
            "-- migrate:up\n\ncreate table a (x int); create\n  index i on a(x);\n-- migrate:down\n-- nothing to do\n",
        ),
        ("20260102000000_b.sql", "-- migrate:up transaction:false\ncreate index concurrently j on a(x);\n"),
        ("20260103000000_c.sql", "-- migrate:up\ncreate tabel t (x int);\n"),
    ]);
    let ran = place.run(&["migrations", "m", "--format", "json"]).exits(1);
    let told = ran.json();
    let first = &told["migrations"][0];
    let at: Vec<(u64, u64)> = first["statements"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["line"].as_u64().unwrap(), one["column"].as_u64().unwrap()))
        .collect();
    assert_eq!(at, [(3, 1), (3, 25)]);
    assert_eq!(first["down"], serde_json::json!([]), "a way back without a statement is one, and an empty one");
    assert_eq!(told["migrations"][1]["transaction"], "none");
    assert_eq!(told["migrations"][1]["statements"][0]["in_transaction"], false);
    assert_eq!(told["migrations"][2]["not_understood"][0]["line"], 2, "{told}");
    assert_eq!(told["grouping"], "per-file");
    place.run(&["migrations"]).exits(64).says("no folder of migrations is named");
    place.run(&["migrations", "m", "--tool", "nonsense"]).exits(78).says("golang-migrate");
    place.run(&["migrations", "m", "--engine", "mysql"]).exits(1).says("nothing that MySQL or MariaDB know follows CREATE");
}

#[test]
fn a_deploy_in_flight_is_told_with_who_it_is() {
    let sample = &SAMPLES[0];
    let db = database(newest());
    apply(&db, sample);
    let place = place_with(sample.folder);
    // The number that sqlx takes for a database of that name.
    let key: i64 = db.value("select (x'3d32ad9e'::bigint)::text").unwrap().parse().unwrap();
    let sum = db.value("select current_database()").map(|name| crc32(name.as_bytes())).unwrap();
    let key = key.wrapping_mul(i64::from(sum));
    let held = db.another_session();
    held.exec(&format!("set application_name = 'a_deployer'; select pg_advisory_lock({key})")).unwrap();
    let told = history(&place, &db, 2);
    let flight = told["in_flight"][0].as_str().unwrap_or_default().to_owned();
    assert!(flight.contains("advisory lock of sqlx") && flight.contains("a_deployer") && flight.contains("idle"), "{told}");
    assert_eq!(words(&told), ["applied", "applied"]);
    held.exec("begin; create table half_way (a int)").unwrap();
    let told = history(&place, &db, 2);
    assert!(told["in_flight"].to_string().contains("changes definitions (CREATE TABLE)"), "{told}");
    held.exec("rollback").unwrap();
    // What it does next, and what stands before it, hides nothing; what applications do all day is no deploy.
    db.exec("create table plain (a int); create materialized view kept as select * from plain");
    let other = db.another_session();
    for (text, told) in [
        ("alter table plain add b int; insert into plain values (1)", "ACCESS EXCLUSIVE on public.plain"),
        ("/* asked */ alter table plain add b int; select 1", "ACCESS EXCLUSIVE on public.plain"),
        ("do $$ begin execute 'alter table plain add b int'; end $$", "ACCESS EXCLUSIVE on public.plain"),
        ("do $$ begin create index on plain (a); end $$", "SHARE on public.plain"),
        ("do $$ begin create table unseen (a int); insert into unseen values (1); end $$", "what nobody else sees yet"),
    ] {
        held.exec(&format!("begin; {text}")).unwrap();
        held.exec("select 1").unwrap();
        let found = history(&place, &db, 1)["in_flight"].to_string();
        assert!(found.contains(told) && found.contains("a_deployer"), "{text}: {found}");
        held.exec("rollback").unwrap();
    }
    other.exec("create temp table before (a int)").unwrap();
    for text in [
        "create temp table own (a int); insert into own values (1)",
        "insert into plain values (1); select * from plain for update",
        "alter table before add b int",
    ] {
        other.exec(&format!("begin; {text}")).unwrap();
        other.exec("select 1").unwrap();
        let found = history(&place, &db, 1)["in_flight"].to_string();
        assert!(!found.contains("changes definitions"), "{text}: {found}");
        other.exec("rollback").unwrap();
    }
    // Who waits for whom.
    held.exec("begin; do $$ begin execute 'alter table plain add b int'; end $$; select 1").unwrap();
    let waiting = std::thread::spawn(move || other.exec("select * from plain"));
    eventually("it waits", || db.value("select count(*)::text from pg_locks where not granted").as_deref() != Some("0"));
    let found = history(&place, &db, 1)["in_flight"].to_string();
    assert!(found.contains("; one other waits for it"), "{found}");
    held.exec("rollback").unwrap();
    waiting.join().unwrap().unwrap();
    drop(held);
    db.exec("drop materialized view kept; drop table plain");
    // Who may not see others' sessions does not take them for none.
    let role = format!("ek_blind_{}", std::process::id());
    db.exec(&format!("create role {role} login; grant select on _sqlx_migrations to {role}"));
    let other = db.another_session();
    other.exec("select 1").unwrap();
    let url = db.url().replace("postgres@", &format!("{role}@"));
    let told = place.run(&["history", &url, "--migrations", "m", "--format", "json"]).exits(2).json();
    assert!(told["gaps"].to_string().contains("pg_read_all_stats"), "{told}");
    db.exec(&format!("drop owned by {role}; drop role {role}"));
}

/// As zip has it.
pub fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 };
    !bytes.iter().fold(u32::MAX, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), |sum, _| step(sum)))
}

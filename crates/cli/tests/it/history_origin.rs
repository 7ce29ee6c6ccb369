//! What no migration explains: what the server can say about when it came and whose work it was. And locks of tools whose tables are
//! called otherwise than usual, which are made of the table's name.

use crate::history::place_with;
use crate::run::Place;
use evenkeel_postgres::scratch::{Options, Scratch};
use evenkeel_testkit::mysql::each_flavor;
use evenkeel_testkit::{each_major, newest};
use serde_json::Value;

const FILES: &[(&str, &str)] =
    &[("V1__orders.sql", "create table orders (id bigint primary key);\n"), ("V2__note.sql", "alter table orders add note varchar(90);\n")];

/// Flyway's table under that name, with both.
fn recorded(table: &str) -> String {
    format!(
        "create table {table} (installed_rank int primary key, version varchar(50), description varchar(200) not null,
            type varchar(20) not null, script varchar(1000) not null, checksum int, installed_by varchar(100) not null default 'x',
            installed_on timestamp not null default now(), execution_time int not null default 1, success boolean not null default true);
        insert into {table} (installed_rank, version, description, type, script, installed_on) values (1, '1', 'orders', 'SQL', 'V1__orders.sql', '2026-01-01 10:00:00');
        insert into {table} (installed_rank, version, description, type, script, installed_on) values (2, '2', 'note', 'SQL', 'V2__note.sql', '2026-01-02 11:00:00')"
    )
}

fn told(place: &Place, url: &str, code: i32) -> Value {
    place.run(&["history", url, "--migrations", "m", "--format", "json"]).exits(code).json()
}

/// What is said of an object that no migration explains.
fn origin(told: &Value, object: &str) -> String {
    let all = told["unexplained"].as_array().unwrap();
    let one = all.iter().find(|one| one["object"] == object).unwrap_or_else(|| panic!("{object}: {told}"));
    one["origin"].to_string()
}

#[test]
fn what_nobody_explains_is_placed_between_the_records_on_every_version() {
    each_major(|db| {
        let place = place_with(FILES);
        db.exec("create table orders (id bigint primary key, note varchar(90))");
        // Each of these is a transaction of its own.
        let record = recorded("flyway_schema_history");
        let (first, last) = record.rsplit_once(';').unwrap();
        db.exec(first);
        db.exec("create function between_them() returns int language sql as 'select 1'");
        db.exec(last);
        db.exec("alter table orders add hot int");
        db.exec("create index by_hot on orders (hot)");
        db.exec("create type mood as enum ('good')");
        db.exec("create view seen as select 1 as one");
        let told = told(&place, &db.url(), 1);
        assert!(
            origin(&told, "public.between_them()")
                .contains("after the migration recorded at 2026-01-01 10:00:00 and before that of 2026-01-02 11:00:00"),
            "{told}"
        );
        for object in ["public.orders.hot", "public.by_hot", "public.mood", "public.seen"] {
            let origin = origin(&told, object);
            assert!(
                origin.contains("it belongs to postgres") && origin.contains("after the last migration was recorded (2026-01-02 11:00:00)"),
                "{object}: {origin}"
            );
        }
    });
}

#[test]
fn the_server_says_who_and_when_where_it_keeps_that() {
    let options =
        Options::major(newest()).setting("shared_preload_libraries", "pg_stat_statements").setting("track_commit_timestamp", "on");
    let scratch = Scratch::start(&options.database("shop")).unwrap();
    let session = scratch.session("shop").unwrap();
    session.exec("create extension pg_stat_statements; create role ann superuser login; create role reader login; grant pg_read_all_stats to reader").unwrap();
    session.exec("create table orders (id bigint primary key, note varchar(90))").unwrap();
    session.exec(&recorded("flyway_schema_history")).unwrap();
    session.exec("grant select on flyway_schema_history to reader").unwrap();
    session.exec("set role ann; alter table orders add hot int default 4711; reset role").unwrap();
    session.exec("create function log_it() returns event_trigger language plpgsql as $$ begin end $$").unwrap();
    session.exec("create event trigger audit_definitions on ddl_command_end execute function log_it()").unwrap();
    let place = place_with(FILES);
    for url in [scratch.url("shop"), scratch.url("shop").replace("postgres@", "reader@")] {
        let told = told(&place, &url, 1);
        let origin = origin(&told, "public.orders.hot");
        assert!(origin.contains("ALTER TABLE by ann") && origin.contains("the catalog's row of it was last written at 2"), "{origin}");
        // Of what was said only what it does.
        assert!(!told.to_string().contains("4711") || !origin.contains("4711"), "{origin}");
        assert!(
            told["notes"].to_string().contains("the event trigger audit_definitions (public.log_it()) sees definitions there"),
            "{told}"
        );
    }
    place.run(&["history", &scratch.url("shop"), "--migrations", "m"]).exits(1).says("ALTER TABLE by ann");
    place.run(&["history", &scratch.url("shop"), "--migrations", "m", "--format", "markdown"]).exits(1).says("ALTER TABLE by ann");
}

#[test]
fn a_hostile_record_is_not_asked_for_moments() {
    each_major(|db| {
        let place = place_with(FILES);
        db.exec("create table orders (id bigint primary key, note varchar(90), hot int)");
        // A moment that is a type of its own, whose output would run.
        db.exec(&recorded("flyway_schema_history"));
        db.exec(
            "create table ran (a int); create type odd as (a int);
            create function shout(o odd) returns text language plpgsql as $$ begin insert into ran values (1); return 'x'; end $$;
            create cast (odd as text) with function shout(odd) as implicit;
            alter table flyway_schema_history alter installed_on drop default, alter installed_on type odd using row(1)::odd",
        );
        let ran = place.run(&["history", &db.url(), "--migrations", "m", "--format", "json"]);
        assert!(!ran.stdout.contains("recorded at"), "{}", ran.stdout);
        assert_eq!(db.value("select count(*)::text from ran").as_deref(), Some("0"));
    });
}

#[test]
fn mysql_and_mariadb_say_what_they_keep() {
    each_flavor(|db| {
        let place = place_with(FILES);
        db.exec("create table orders (id bigint primary key, note varchar(90))");
        db.exec(&recorded("flyway_schema_history"));
        db.exec("create table stray (a int); create view seen as select 1 as one; create procedure p() select 1; alter table orders add hot int");
        let told = told(&place, &db.url(), 1);
        assert!(origin(&told, "stray").contains("it was made, or made anew, at 2"), "{told}");
        assert!(origin(&told, "orders.hot").contains("its table was made, or made anew, at 2"), "{told}");
        assert!(origin(&told, "seen").contains("it runs as root@localhost"), "{told}");
        assert!(origin(&told, "p").contains("at 2"), "{told}");
    });
}

#[test]
fn a_general_log_that_is_a_table_says_who_it_was() {
    use evenkeel_mysql::scratch::{Options, Scratch};
    for (engine, _) in [evenkeel_testkit::mysql::newest_mariadb(), evenkeel_testkit::mysql::newest_mysql()] {
        let options =
            Options::engine(engine).setting("general_log", "ON").setting("log_output", "TABLE").setting("performance_schema", "ON");
        let scratch = Scratch::start(&options.database("shop")).unwrap();
        let session = scratch.session("shop").unwrap();
        session.exec("create table orders (id bigint primary key, note varchar(90))").unwrap();
        session.exec(&recorded("flyway_schema_history")).unwrap();
        session.exec("alter table orders add hot varchar(9) default '4711'").unwrap();
        let told = told(&place_with(FILES), &scratch.url("shop"), 1);
        let origin = origin(&told, "orders.hot");
        assert!(origin.contains("the general log has ALTER TABLE that names it, at 2") && origin.contains("by root"), "{origin}");
        assert!(origin.contains("performance_schema has seen ALTER TABLE that names it"), "{origin}");
        assert!(!origin.contains("4711"), "{origin}");
    }
}

/// As Java has it.
fn java_hash(text: &str) -> i32 {
    text.encode_utf16().fold(0_i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

#[test]
fn the_lock_of_a_table_with_a_name_of_its_own_is_told() {
    each_major(|db| {
        let place = place_with(FILES);
        db.exec("create schema app; create table app.orders (id bigint primary key, note varchar(90))");
        db.exec(&recorded("app.changes"));
        let number = 0x466c_7977_6179_i64 + i64::from(java_hash("\"app\".\"changes\""));
        let other = db.another_session();
        other.exec(&format!("select pg_advisory_lock({number})")).unwrap();
        let told = told(&place, &db.url(), 2);
        assert!(told["in_flight"].to_string().contains("the advisory lock of Flyway"), "{told}");
    });
    each_flavor(|db| {
        let place = place_with(FILES);
        db.exec("create table orders (id bigint primary key, note varchar(90))");
        db.exec(&recorded("changes"));
        let name = format!("Flyway-{}", java_hash(&format!("`{}`.`changes`", db.name)));
        let other = db.server.session(&db.name);
        other.exec(&format!("do get_lock('{name}', 1)")).unwrap();
        let told = told(&place, &db.url(), 2);
        assert!(told["in_flight"].to_string().contains("the named lock of Flyway is held by connection"), "{told}");
    });
}

//! MySQL and MariaDB: a manifest is the same on every run, under every name of the database, live and as a file; and found
//! out when it is not what was written.

use crate::run::{MYSQL_SHOP, Place, digest};
use evenkeel_testkit::mysql::{TestDb, database, each_flavor, flavors, newest_mariadb, newest_mysql};

#[test]
fn a_digest_is_the_same_on_every_run_and_under_every_name() {
    each_flavor(|db| {
        db.exec(MYSQL_SHOP);
        let place = Place::new();
        let first = digest(&place.run(&["digest", &db.url()]).exits(0));
        let other = TestDb::create(db.server.clone());
        other.exec(MYSQL_SHOP);
        assert_eq!(digest(&place.run(&["digest", &other.url()]).exits(0)), first, "the name of the database is no part of it");
        // Rows, statistics and the next number are no schema.
        db.exec("INSERT INTO customers (name) VALUES ('d'); ANALYZE TABLE customers; DELETE FROM customers WHERE name = 'd'; FLUSH TABLES");
        assert_eq!(digest(&place.run(&["digest", &db.url()]).exits(0)), first);
        for dimension in ["schema", "privileges", "configuration"] {
            let of = || place.run(&["digest", &db.url(), "--dimension", dimension]);
            assert_eq!(of().exits(0).stdout, of().exits(0).stdout, "{dimension}");
        }
        place.run(&["capture", &db.url(), "--dimension", "schema", "--out", "a.jsonl"]).exits(0);
        place.run(&["capture", &db.url(), "--dimension", "schema", "--out", "b.jsonl"]).exits(0);
        let body = |name: &str| place.read(name).lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(body("a.jsonl"), body("b.jsonl"), "word for word");
        assert_eq!(digest(&place.run(&["digest", "a.jsonl"]).exits(0)), first, "the file's digest is the live one");
    });
}

#[test]
fn a_file_and_the_server_are_compared() {
    each_flavor(|db| {
        db.exec(MYSQL_SHOP);
        db.exec("CREATE TABLE doctrine_migration_versions (version varchar(191) PRIMARY KEY, executed_at datetime, execution_time int)");
        let place = Place::new();
        place.write("evenkeel.toml", format!("[environments.one]\ntier = \"dev\"\nurl = \"{}\"\nmanifest = \"one.jsonl\"\n", db.url()));
        place.run(&["capture", "one", "--dimension", "schema,configuration,history", "--out", "one.jsonl"]).exits(0);
        place.run(&["compare", "one.jsonl", &db.url(), "--dimension", "schema,configuration"]).exits(0);
        place.run(&["compare", &db.url(), "one.jsonl", "--dimension", "schema"]).exits(0);
        place.run(&["check", "one", "--dimension", "schema,history"]).exits(0).says("READY_FOR_MIGRATION");
        db.exec("ALTER TABLE orders ADD COLUMN hot_fix varchar(20)");
        place.run(&["check", "one", "--dimension", "schema,history"]).exits(1).says("orders.hot_fix").hides("READY_FOR_MIGRATION");
        let json = place.run(&["compare", "one.jsonl", &db.url(), "--dimension", "schema", "--format", "json"]).exits(1).json();
        assert_eq!(json["differences"].as_array().unwrap().len(), 1, "{json:#}");
        db.exec("ALTER TABLE orders DROP COLUMN hot_fix");
        place.run(&["compare", "one.jsonl", &db.url(), "--dimension", "schema"]).exits(0);
    });
}

#[test]
fn every_damage_is_found() {
    for flavor in [newest_mariadb(), newest_mysql()] {
        let db = database(flavor);
        db.exec(MYSQL_SHOP);
        let place = Place::new();
        place.run(&["capture", &db.url(), "--dimension", "schema", "--out", "m.jsonl"]).exits(0);
        let good = place.read("m.jsonl");
        let damaged = |content: String| {
            place.write("m.jsonl", content);
            let ran = place.run(&["compare", "m.jsonl", &db.url(), "--dimension", "schema"]).exits(2);
            assert!(ran.stdout.is_empty(), "{}", ran.stdout);
            place.run(&["digest", "m.jsonl"]).exits(2)
        };
        damaged(good.replacen("customers", "customerz", 1)).says("m.jsonl").says("digest");
        let lines: Vec<&str> = good.lines().collect();
        damaged(lines[..lines.len() - 1].join("\n")).says("objects");
        damaged(good.replacen("\"format\":1", "\"format\":2", 1)).says("format 2");
        damaged(good[..good.len() - 20].to_owned());
        damaged(good.replacen("\"engine\":\"", "\"engine\":\"not-", 1));
        // Line ends of Windows are no tampering.
        place.write("m.jsonl", good.replace('\n', "\r\n"));
        place.run(&["compare", "m.jsonl", &db.url(), "--dimension", "schema"]).exits(0);
    }
}

#[test]
fn one_database_is_not_compared_with_a_whole_server() {
    for flavor in flavors() {
        let db = database(flavor);
        db.exec(MYSQL_SHOP);
        let place = Place::new();
        place.run(&["capture", &db.url(), "--dimension", "schema", "--out", "one.jsonl"]).exits(0);
        let server = db.server.url("");
        for (reference, candidate) in [(db.url(), server.clone()), (server.clone(), db.url()), ("one.jsonl".to_owned(), server)] {
            let ran = place.run(&["compare", &reference, &candidate, "--dimension", "schema"]);
            assert!(matches!(ran.code, Some(2 | 64 | 78)), "{flavor:?}: {ran:?}");
            assert!(!ran.stdout.starts_with("0 ") && format!("{}{}", ran.stdout, ran.stderr).contains("database"), "{ran:?}");
        }
    }
}

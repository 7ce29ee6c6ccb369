//! Several environments of one file, of which some are wrong; and connections as they may be typed again.

use crate::run::{MYSQL_SHOP, Place, SHOP};
use evenkeel_testkit::mysql::{self, newest_mariadb, newest_mysql};
use evenkeel_testkit::{database, newest};
use std::io::{Read, Write};
use std::net::TcpListener;

const SCHEMA: [&str; 2] = ["--dimension", "schema"];

#[test]
fn check_goes_through_all_environments() {
    let db = database(newest());
    let other = database(newest());
    db.exec(SHOP);
    other.exec(SHOP);
    let place = Place::new();
    let environment = |name: &str, url: &str, more: &str| format!("[environments.{name}]\nurl = \"{url}\"\n{more}\n");
    let manifest = |name: &str| format!("manifest = \"{name}.jsonl\"");
    let nowhere = "postgres://reader:hunter2@127.0.0.1:1/app";
    let content = [
        environment("a_gone", nowhere, &manifest("good")),
        environment("b_good", &db.url(), &manifest("good")),
        environment("c_lost", &db.url(), &manifest("lost")),
        environment("d_last", &other.url(), &manifest("last")),
    ];
    place.write("evenkeel.toml", content.concat());
    place.run(&["capture", "b_good", SCHEMA[0], SCHEMA[1], "--out", "good.jsonl"]).exits(0);
    place.run(&["capture", "d_last", SCHEMA[0], SCHEMA[1], "--out", "last.jsonl"]).exits(0);
    let check = |names: &[&str], code| place.run(&[&["check"], names, &SCHEMA[..]].concat()).exits(code).hides("hunter2");
    // The worst that was met, and every one in full.
    let ran = check(&[], 78).says("a_gone: not checked").says("c_lost: not checked").says("lost.jsonl").says("evenkeel capture");
    assert!(ran.stderr.contains("cannot connect to") && ran.stderr.contains("127.0.0.1"), "{}", ran.stderr);
    assert!(ran.stdout.contains("good.jsonl = b_good") && ran.stdout.contains("last.jsonl = d_last"), "{}", ran.stdout);
    assert!(ran.stderr.contains("b_good: matches its manifest") && ran.stderr.contains("d_last: matches its manifest"), "{}", ran.stderr);
    check(&["a_gone", "b_good"], 69).says("b_good: matches its manifest");
    let json = place.run(&["check", "a_gone", "b_good", "d_last", "--dimension", "schema", "--format", "json", "--quiet"]).exits(69);
    let told: Vec<(String, u64)> = json
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["candidate"]["label"].as_str().unwrap().to_owned(), one["verdict"]["exit_code"].as_u64().unwrap()))
        .collect();
    assert_eq!(told, [("a_gone".to_owned(), 69), ("b_good".to_owned(), 0), ("d_last".to_owned(), 0)]);
    assert!(json.stderr.contains("a_gone: not checked"), "{}", json.stderr);
    // Nothing was compared: no report says that nothing differs.
    assert!(check(&["a_gone"], 69).stdout.is_empty());
    // What differs is known, whoever else cannot be reached.
    db.exec("ALTER TABLE app.orders ADD COLUMN hot_fix text");
    other.exec("ALTER TABLE app.orders ADD COLUMN hot_fix text");
    check(&[], 1).says("a_gone: not checked").says("app.orders.hot_fix").says("d_last: not ready");
    // One without a manifest that was named keeps nobody.
    place.write("evenkeel.toml", [content.concat(), environment("e_bare", &db.url(), "")].concat());
    check(&["b_good", "e_bare"], 1).says("e_bare: not checked").says("manifest = ").says("app.orders.hot_fix");
    db.exec("ALTER TABLE app.orders DROP COLUMN hot_fix");
    check(&["b_good", "e_bare"], 78).says("b_good: matches its manifest");
}

/// Environments stand as they are written; in a report for people those that differ stand first.
#[test]
fn environments_stand_in_the_order_of_the_file() {
    let (dev, production) = (database(newest()), database(newest()));
    dev.exec(SHOP);
    production.exec(SHOP);
    let place = Place::new();
    let environment = |name: &str, url: &str| format!("[environments.{name}]\nurl = \"{url}\"\nmanifest = \"{name}.jsonl\"\n");
    place.write("evenkeel.toml", [environment("test_bed", &dev.url()), environment("production", &production.url())].concat());
    place.run(&["capture", "--all", SCHEMA[0], SCHEMA[1]]).exits(0);
    production.exec("ALTER TABLE app.orders ADD COLUMN hot_fix text; ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY");
    let check = |format: &[&str]| place.run(&[&["check"], &SCHEMA[..], format].concat()).exits(1);
    let json = check(&["--format", "json"]).json();
    let told: Vec<&str> = json.as_array().unwrap().iter().map(|one| one["candidate"]["label"].as_str().unwrap()).collect();
    assert_eq!(told, ["test_bed", "production"]);
    let ran = check(&[]).says("(1 of 2 have a statement)");
    let at = |text: &str| ran.stdout.find(text).unwrap_or_else(|| panic!("{text} is not in\n{}", ran.stdout));
    assert!(at("production.jsonl ≠ production") < at("test_bed.jsonl = test_bed"), "{}", ran.stdout);
    place
        .run(&["compare", "nobody", "test_bed"])
        .exits(64)
        .says("configured: test_bed, production")
        .says("\n            [environments.NAME]\n");
}

/// Whoever reads only the report, a file of today, sees who could not be read; and a report that cannot be written takes
/// nobody's trouble with it.
#[test]
fn an_environment_that_is_not_read_is_in_the_report() {
    let place = Place::new();
    let url = "postgres://reader:hunter2@127.0.0.1:1/app";
    place.write(
        "evenkeel.toml",
        format!("[environments.gone]\nurl = \"{url}\"\nmanifest = \"gone.jsonl\"\n[environments.bare]\nurl = \"{url}\"\n"),
    );
    for format in ["terminal", "json", "markdown", "html", "sarif", "junit"] {
        place.write("report", "of yesterday, all equal");
        place.run(&["check", "--format", format, "--out", "report"]).exits(78).says("gone: not checked").hides("hunter2");
        let report = place.read("report");
        for said in ["gone.jsonl ? gone: could not tell", "cannot read the manifest", "no manifest ? bare: could not tell"] {
            assert!(report.contains(said), "{format}: {said} is not in\n{report}");
        }
        assert!(!report.contains("of yesterday") && !report.contains("hunter2"), "{format}:\n{report}");
    }
    place
        .run(&["check", "--format", "json", "--out", "no/such/folder/report"])
        .exits(74)
        .says("gone: not checked")
        .says("cannot read the manifest");
    assert!(place.run(&["check"]).exits(78).stdout.is_empty());
}

#[test]
fn what_the_file_says_wrong_is_the_files_fault() {
    let place = Place::new();
    for (content, words) in [
        ("url = \"oracle://u:hunter2@h/d\"\n", "oracle://"),
        ("url = \"mysql://u@h/d\"\nmigration_role = \"migrator\"\n", "migration_role"),
        ("url = \"postgres://u@h/d\"\nheartbeat = \"percona.heartbeat\"\n", "heartbeat"),
    ] {
        place.write("evenkeel.toml", format!("[environments.one]\n{content}manifest = \"one.jsonl\"\n"));
        for arguments in [&["digest", "one"][..], &["grants", "one"], &["compare", "one", "one"], &["check"], &["check", "one"]] {
            place.run(arguments).exits(78).says(words).says("environment one").says("evenkeel.toml:1:1").says("fix").hides("hunter2");
        }
    }
    // Typed, it is the command line's.
    place.run(&["digest", "oracle://u:hunter2@h/d"]).exits(64).hides("hunter2");
}

/// Keys mean PostgreSQL: whoever names a MySQL server by them is told.
#[test]
fn a_mysql_server_named_by_keys_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        // Protocol 10, as every MySQL greets; then what it says to bytes that are no answer.
        let greeting =
            [b"\x0a9.7.4\0\x01\0\0\0abcdefgh\0\xff\xff\xff\x02\0\xff\xdf\x15", &[0; 10][..], b"ijklmnopqrst\0mysql_native_password\0"]
                .concat();
        let wrong = b"\x1e\0\0\x01\xff\x84\x04#08S01Got packets out of order";
        for mut stream in listener.incoming().map_while(Result::ok) {
            let length = u8::try_from(greeting.len()).unwrap();
            let _ = stream.write_all(&[&[length, 0, 0, 0], &greeting[..]].concat());
            let _ = stream.read(&mut [0; 512]);
            let _ = stream.write_all(wrong);
        }
    });
    let place = Place::new();
    for more in ["", "sslmode = \"disable\"\n", "sslmode = \"require\"\n"] {
        place.write(
            "evenkeel.toml",
            format!("[environments.one]\nhost = \"127.0.0.1\"\nport = {port}\ndbname = \"d\"\nuser = \"u\"\n{more}"),
        );
        place.run(&["digest", "one"]).exits(69).says("mysql:// or mariadb:// URL");
    }
}

/// What a report says to type again, run by a shell.
fn again(place: &Place, arguments: &[&str], code: i32) -> String {
    let command = place.run(&[arguments, &["--format", "json"]].concat()).exits(code).json()["command"].as_str().unwrap().to_owned();
    let script = format!("evenkeel() {{ \"$E\" \"$@\"; }}\n{command} --only block");
    place.shell(&script, &[]).exits(code);
    command
}

#[test]
fn a_hint_can_be_pasted() {
    let (a, b) = (database(newest()), database(newest()));
    a.exec(SHOP);
    let place = Place::new();
    let config = format!("[environments.\"my stage\"]\nurl = \"{}\"\n", a.url());
    place.write("evenkeel.toml", &config);
    place.write("other file.toml", config.replace("my stage", "it's"));
    again(&place, &["compare", "my stage", &b.url(), SCHEMA[0], SCHEMA[1]], 1);
    let command = again(&place, &["compare", "it's", &b.conninfo(), "--config", "other file.toml", SCHEMA[0], SCHEMA[1]], 1);
    assert!(command.contains("--config 'other file.toml' --dimension schema"), "{command}");
    let waits = ["--lock-timeout", "1500ms", "--statement-timeout", "1min"];
    let command =
        again(&place, &[&["compare", "it's", &b.url(), "--config", "other file.toml", SCHEMA[0], SCHEMA[1]], &waits[..]].concat(), 1);
    assert!(command.ends_with(" --lock-timeout 1500ms"), "one minute is the usual: {command}");
    // The scheme of a URL in any case.
    let loud = b.url().replacen("postgres", "POSTGRES", 1);
    assert_ne!(loud, b.url());
    again(&place, &["compare", "my stage", &loud, SCHEMA[0], SCHEMA[1]], 1);
    // Trust asks for no password: what was left out is not missed.
    let secret = a.url().replace("postgres@", "postgres:hunter2@");
    let command = again(&place, &["compare", &secret, &b.url(), "--dimension", "schema,history"], 1);
    assert!(!command.contains("hunter2") && command.ends_with("--dimension schema,history"), "{command}");
    for flavor in [newest_mariadb(), newest_mysql()] {
        let (a, b) = (mysql::database(flavor), mysql::database(flavor));
        a.exec(MYSQL_SHOP);
        let loud = b.url().replacen("mysql", "MySQL", 1).replacen("mariadb", "MariaDB", 1);
        assert_ne!(loud, b.url());
        again(&place, &["compare", &a.url(), &loud, SCHEMA[0], SCHEMA[1]], 1);
    }
}

//! Manifests as files: checked against the server, and found out when they are not what was written.

use crate::run::{Place, SHOP, digest};
use evenkeel_testkit::{TestDb, database, newest};

fn checked() -> (TestDb, Place) {
    let db = database(newest());
    db.exec(SHOP);
    // A tier demands a history: of one that nobody has nothing can be told.
    db.exec("CREATE TABLE schema_version (version int NOT NULL); INSERT INTO schema_version VALUES (7)");
    let place = Place::new();
    place.write("evenkeel.toml", format!("[environments.one]\ntier = \"dev\"\nurl = \"{}\"\nmanifest = \"parity/one.jsonl\"\n", db.url()));
    std::fs::create_dir(place.path("parity")).unwrap();
    (db, place)
}

const CHECK: [&str; 3] = ["check", "--dimension", "schema,history"];

#[test]
fn check_opens_for_a_match_and_names_what_was_changed_out_of_band() {
    let (db, place) = checked();
    place.run(&CHECK).exits(78).says("parity/one.jsonl").says("evenkeel capture");
    place.run(&["capture", "one", "--dimension", "schema,configuration,history", "--out", "parity/one.jsonl"]).exits(0);
    place.run(&CHECK).exits(0).says("READY_FOR_MIGRATION");
    place.run(&["check", "one", "--dimension", "schema,configuration,history"]).exits(0).says("READY_FOR_MIGRATION");
    db.exec("ALTER TABLE app.orders ADD COLUMN hot_fix text");
    let ran = place.run(&CHECK).exits(1).says("app.orders.hot_fix").hides("READY_FOR_MIGRATION");
    assert!(ran.stderr.contains("not ready"), "{}", ran.stderr);
    let json = place.run(&["check", "--dimension", "schema,history", "--format", "json"]).exits(1).json();
    assert_eq!(json["differences"].as_array().unwrap().len(), 1);
    db.exec("ALTER TABLE app.orders DROP COLUMN hot_fix");
    place.run(&CHECK).exits(0).says("READY_FOR_MIGRATION");
    // A setting changed by hand is configuration.
    db.exec(&format!("ALTER DATABASE {} SET work_mem = '77MB'", db.name));
    place.run(&CHECK).exits(0);
    place.run(&["check", "one", "--dimension", "configuration", "--fail-on", "inform"]).exits(1).says("work_mem");
}

#[test]
fn check_says_what_it_has_nothing_for() {
    let (_db, place) = checked();
    Place::new().run(&["check"]).exits(78).says("evenkeel.toml");
    place.run(&["check", "two"]).exits(64).says("\"two\"").says("one");
    let bare = Place::new();
    bare.write("evenkeel.toml", "[environments.one]\nurl = \"postgres://h/db\"\n");
    bare.run(&["check"]).exits(78).says("manifest");
    bare.run(&["check", "one"]).exits(78).says("evenkeel.toml:1:1").says("manifest = ");
}

#[test]
fn every_damage_is_found() {
    let (_db, place) = checked();
    place.run(&["capture", "one", "--dimension", "schema,history", "--out", "parity/one.jsonl"]).exits(0);
    let good = place.read("parity/one.jsonl");
    let sound = digest(&place.run(&["digest", "parity/one.jsonl"]).exits(0));
    let damaged = |content: &[u8]| {
        place.write("parity/one.jsonl", content);
        let ran = place.run(&CHECK);
        let alone = place.run(&["digest", "parity/one.jsonl"]);
        assert_eq!(ran.code, alone.code, "{ran:?}\n{alone:?}");
        assert!(alone.stdout.is_empty() || alone.code == Some(0), "{alone:?}");
        assert!(ran.took.as_secs() < 60, "{:?}", ran.took);
        ran
    };
    // One letter.
    damaged(good.replacen("customers", "customerz", 1).as_bytes()).exits(2).says("parity/one.jsonl").says("digest").says("version control");
    let header = good.lines().next().unwrap();
    damaged(good.replacen("\"endpoint\":{", "\"endpoint\":{ ", 1).as_bytes()).exits(0);
    let schema_digest = &header[header.find("\"digest\":\"").unwrap() + 10..][..8];
    damaged(good.replacen(schema_digest, "00000000", 1).as_bytes()).exits(2).says("digest");
    // Lines that are gone, twice there, or half there.
    let lines: Vec<&str> = good.lines().collect();
    damaged(lines[..lines.len() - 1].join("\n").as_bytes()).exits(2).says("objects");
    damaged(format!("{good}{}\n", lines[1]).as_bytes()).exits(2).says("objects");
    damaged(&good.as_bytes()[..good.len() - 20]).exits(2).says(&format!("line {}", lines.len()));
    damaged(header.as_bytes()).exits(2);
    // Another order of lines is what version control makes of a merge: the content is what counts, or it is refused.
    let ran = damaged([&[lines[0], lines[2], lines[1]], &lines[3..]].concat().join("\n").as_bytes());
    assert!(matches!(ran.code, Some(0 | 2)), "{ran:?}");
    // Windows line ends are no tampering.
    damaged(good.replace('\n', "\r\n").as_bytes()).exits(0).says("READY_FOR_MIGRATION");
    assert_eq!(digest(&place.run(&["digest", "parity/one.jsonl"]).exits(0)), sound);
    damaged(good.trim_end().as_bytes()).exits(0);
    // Formats to come.
    damaged(good.replacen("\"format\":1", "\"format\":2", 1).as_bytes()).exits(2).says("format 2").says("format 1");
    damaged(good.replacen("\"canonical\":3", "\"canonical\":9", 1).as_bytes()).exits(2).says("9");
    damaged(good.replacen("\"format\":1", "\"format\":99999999999999999999999", 1).as_bytes()).exits(2);
    // No manifest at all.
    damaged(b"").exits(2).says("evenkeel capture");
    damaged(b"\n\n").exits(2);
    damaged(b"{}").exits(2);
    damaged(b"-- SQL dump\nCREATE TABLE t ();\n").exits(2);
    damaged(&[0, 159, 146, 150, 255, 10, 0, 0]).exits(2);
    damaged(format!("\u{feff}{good}").as_bytes()).exits(2);
    damaged(("[".repeat(200_000) + "\n").as_bytes()).exits(2);
    damaged(good.replacen("\"kind\"", &format!("\"deep\":{},\"kind\"", "[".repeat(100_000)), 1).as_bytes()).exits(2);
    damaged(good.replacen("\"objects\":", "\"objects\":1844674407370955161", 1).as_bytes()).exits(2);
    // 50 MB: of noise, of one line, of lines.
    let huge = |content: &[u8]| {
        place.write("huge.jsonl", content);
        let ran = place.run(&["digest", "huge.jsonl"]).exits(2);
        println!("{:?} for {} bytes", ran.took, content.len());
        assert!(ran.stdout.is_empty() && ran.stderr.len() < 2000);
    };
    let mut noise: Vec<u8> = (0u32..12_500_000).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    huge(&noise);
    noise.fill(b'x');
    huge(&noise);
    let line = b"{\"kind\":\"table\",\"id\":[\"app\",\"t\"]}\n";
    huge(&[format!("{header}\n").into_bytes(), line.repeat(50_000_000 / line.len())].concat());
    // A folder, and a file nobody may read.
    std::fs::remove_file(place.path("parity/one.jsonl")).unwrap();
    std::fs::create_dir(place.path("parity/one.jsonl")).unwrap();
    place.run(&CHECK).exits(78).says("parity/one.jsonl");
}

#[test]
fn the_measured_part_is_no_manifest_of_its_own() {
    let (_db, place) = checked();
    let ran = place.run(&["capture", "one", "--out", "parity/one.jsonl"]);
    assert!(matches!(ran.code, Some(0 | 2)));
    place.run(&["digest", "parity/one.measured.jsonl"]).exits(2).says("measured");
    // A measured part that was damaged is found too.
    let measured = place.read("parity/one.measured.jsonl");
    place.write("parity/one.measured.jsonl", measured.replacen("\"format\":1", "\"format\":3", 1));
    place.run(&CHECK).exits(2).says("format 3");
    place.write("parity/one.measured.jsonl", &measured[..measured.len() / 2]);
    place.run(&CHECK).exits(2);
    std::fs::remove_file(place.path("parity/one.measured.jsonl")).unwrap();
    place.run(&CHECK).exits(0);
}

#[test]
fn names_decide_in_a_fixed_order() {
    let (db, place) = checked();
    place.run(&["capture", "one", "--dimension", "schema,history", "--out", "m.jsonl"]).exits(0);
    // A manifest named like an environment: the environment is meant; as a path it is the file.
    let other = database(newest());
    other.exec("CREATE TABLE t (a int)");
    place.run(&["capture", &other.url(), "--dimension", "schema,history", "--out", "one"]).exits(0);
    let file = digest(&place.run(&["digest", "./one"]).exits(0));
    let live = digest(&place.run(&["digest", "one"]).exits(0));
    assert_eq!(live, digest(&place.run(&["digest", &db.url()]).exits(0)));
    assert_ne!(file, live);
    // A database that is named like a file is still a database in a connection string.
    let admin = db.server.session("postgres");
    let name = format!("m.jsonl {}", db.name);
    admin.exec(&format!("CREATE DATABASE \"{name}\"")).unwrap();
    place.write(&name, "no manifest");
    db.server.session(&name).exec("CREATE TABLE t (a int)").unwrap();
    assert_eq!(digest(&place.run(&["digest", &db.server.url(&name)]).exits(0)), file);
    assert_eq!(digest(&place.run(&["digest", &db.server.conninfo(&name)]).exits(0)), file);
    place.run(&["digest", &name]).exits(2);
    admin.exec(&format!("DROP DATABASE \"{name}\" WITH (FORCE)")).unwrap();
}

//! `evenkeel rehearse --evidence` and `evenkeel evidence`: what was rehearsed holds until anything changes. Neighbour: `rehearse`.

use crate::history::third;
use crate::run::Place;
use evenkeel_testkit::TestDb;

/// Made for this test; it signs nothing else.
const PRIVATE: &str =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIIyZ18hTt0Qp1aoNv7fI4S7SIxZ1zsk5KARfUD4eFXF1\n-----END PRIVATE KEY-----\n";
const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAQIWhM8Tr4W3mFVLJapSNcTEkB5bw0BykOJHVwc3cD98=\n-----END PUBLIC KEY-----\n";
const OTHER: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";

/// A place with what validates, and its target; `gates` beside what is required.
fn given(gates: &str) -> (Place, TestDb) {
    let (place, db) = third("");
    place.write(
        "m/20260103000000_third.sql",
        "-- migrate:up\ncreate table fresh (id int primary key);\n-- migrate:down\ndrop table fresh;\n",
    );
    place.write("key.pem", PRIVATE);
    place.write("key.pub", PUBLIC);
    place.write("other.pub", OTHER);
    configure(&place, gates);
    (place, db)
}

fn configure(place: &Place, gates: &str) {
    place.write("evenkeel.toml", format!("[gates]\nrequire = [\"run\", \"effect\", \"undo\"]\n{gates}\n"));
}

fn made(place: &Place, db: &TestDb, more: &[&str], code: i32) {
    let url = db.url();
    let mut arguments = vec!["rehearse", "--for", &url, "--migrations", "m", "--evidence", "evidence.json"];
    arguments.extend(more);
    place.run(&arguments).exits(code);
}

#[test]
fn it_holds_until_a_file_the_target_or_what_is_demanded_changes() {
    let (place, db) = given("");
    made(&place, &db, &[], 0);
    let url = db.url();
    let held = |code: i32, says: &str| place.run(&["evidence", "evidence.json", "--for", &url, "--max-age", "1h"]).exits(code).says(says);
    held(0, "it holds").says("✓ undo").says("not signed");
    // Nobody looked at the target.
    place.run(&["evidence", "evidence.json"]).exits(2).says("was not looked at (--for)");
    let file = place.read("m/20260103000000_third.sql");
    place.write("m/20260103000000_third.sql", format!("{file}-- a comment\n"));
    held(1, "another text than the one that was rehearsed");
    place.write("m/20260103000000_third.sql", &file);
    held(0, "it holds");
    db.exec("create table hot_fix (a int)");
    held(1, "the target has another schema");
    db.exec("drop table hot_fix");
    configure(&place, "lock_hold = \"1ms\"");
    held(1, "[gates] demands something else");
    configure(&place, "");
    held(0, "it holds");
    std::fs::remove_file(place.path("m/20260103000000_third.sql")).unwrap();
    held(1, "cannot be read now");
    // What did not earn the word is evidence of that.
    place.write("m/20260103000000_third.sql", "-- migrate:up\ncreate table fresh (id int primary key);\n-- migrate:down\n");
    made(&place, &db, &[], 1);
    held(1, "did not earn VALIDATED: undo");
    made(&place, &db, &["--only", "run"], 2);
    held(1, "did not earn VALIDATED");
    place.write("evidence.json", "{}");
    held(2, "this is no evidence of a rehearsal");
}

#[test]
fn with_keys_only_their_signatures_count_and_a_change_is_seen() {
    let (place, db) = given("keys = [\"key.pub\"]");
    let url = db.url();
    let held = |code: i32, says: &str| place.run(&["evidence", "evidence.json", "--for", &url]).exits(code).says(says);
    made(&place, &db, &[], 0);
    held(1, "it is not signed, and keys are listed");
    configure(&place, "keys = [\"key.pub\"]\nunsigned = true");
    held(0, "it holds");
    configure(&place, "keys = [\"key.pub\"]");
    made(&place, &db, &["--key", "key.pem"], 0);
    held(0, "signed by key").hides("MC4CAQ");
    let envelope: serde_json::Value = serde_json::from_str(&place.read("evidence.json")).unwrap();
    assert_eq!(envelope["payloadType"], "application/vnd.in-toto+json");
    configure(&place, "keys = [\"other.pub\"]");
    held(1, "signed by none of the keys");
    // Without a list nobody knows whose it is.
    configure(&place, "");
    held(2, "no key is listed that could tell");
    configure(&place, "keys = [\"key.pub\"]");
    let payload = envelope["payload"].as_str().unwrap();
    let changed = if payload.contains("fQ") { payload.replacen("fQ", "fR", 1) } else { payload.replacen('A', "B", 1) };
    place.write("evidence.json", envelope.to_string().replace(payload, &changed));
    let ran = place.run(&["evidence", "evidence.json", "--for", &url]);
    assert!(ran.code == Some(1) || ran.code == Some(2), "{ran:?}");
    assert!(!ran.stdout.contains(": it holds\n"), "{ran:?}");
    place
        .run(&["rehearse", "--for", &url, "--migrations", "m", "--evidence", "e.json", "--key", "key.pub"])
        .exits(78)
        .says("a key cannot be read");
    place.run(&["rehearse", "--for", &url, "--migrations", "m", "--key", "key.pem"]).exits(0).says("nothing was signed");
    configure(&place, "keys = [\"nowhere.pub\"]");
    held(78, "nowhere.pub");
}

#[test]
fn what_is_validated_for_a_configured_environment_is_in_the_store() {
    let (place, db) = given("");
    let url = db.url();
    let environment = |lines: &str| {
        let text = format!("[environments.there]\nurl = \"{url}\"\n[gates]\nrequire = [\"run\", \"effect\", \"undo\"]\n");
        place.write("evenkeel.toml", format!("[store]\nurl = \"sqlite:{}\"\n{text}{lines}", place.path("store.sqlite").display()));
    };
    environment("keys = [\"key.pub\"]\n");
    place.run(&["evidence", "--for", "there"]).exits(2).says("there is no evidence for there");
    // Of a part alone nothing is kept.
    place.run(&["rehearse", "--for", "there", "--migrations", "m", "--only", "run,effect,undo"]).exits(0);
    place.run(&["evidence", "--for", "there"]).exits(2).says("there is no evidence for there");
    place.run(&["rehearse", "--for", "there", "--migrations", "m", "--key", "key.pem"]).exits(0);
    place.run(&["evidence", "--for", "there", "--max-age", "1h"]).exits(0).says("it holds").says("signed by key");
    db.exec("create table hot_fix (a int)");
    place.run(&["evidence", "--for", "there"]).exits(1).says("the target has another schema");
    // A store that cannot be written takes nothing from what was found.
    std::fs::write(
        place.path("store.sqlite"),
        "no store at all, and long enough to be taken for the head of a file of SQLite's, which it is not",
    )
    .unwrap();
    db.exec("drop table hot_fix");
    place.run(&["rehearse", "--for", "there", "--migrations", "m"]).exits(0).says("the evidence is not in the store");
}

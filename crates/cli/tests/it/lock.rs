//! `evenkeel lock` and `unlock`: the end of a release's way, and what it closes until somebody opens it. Neighbour: `deploy`, which comes
//! before.

use crate::deploy::{FIRST, configure, deploy, given};
use crate::history_apply::runs;
use crate::rehearse::gate;
use crate::run::{Place, Ran, digest};
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{TestDb, database, majors, newest};
use serde_json::Value;
use std::process::Stdio;
use std::time::Duration;

pub const EMAIL: (&str, &str) =
    ("20260102000000_email.sql", "-- migrate:up\nalter table people add email text;\n-- migrate:down\nalter table people drop email;\n");
const NOTES: (&str, &str) = (
    "20260103000000_notes.sql",
    "-- migrate:up\ncreate table notes (id int primary key, note text);\n-- migrate:down\ndrop table notes;\n",
);

const ANN: (&str, &str) = ("EVENKEEL_HOLDER", "ann@laptop");
const BOB: (&str, &str) = ("EVENKEEL_HOLDER", "bob@runner");

/// As ann.
fn run(place: &Place, arguments: &[&str], code: i32) -> Ran {
    place.run_with(arguments, &[ANN]).exits(code)
}

fn as_bob(place: &Place, arguments: &[&str], code: i32) -> Ran {
    place.run_with(arguments, &[BOB]).exits(code)
}

/// Asserts that it says these, wherever its lines end.
fn tells(ran: &Ran, words: &[&str]) {
    let said = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.iter().all(|word| said.contains(word)), "{words:?}\n{}\n{}", ran.stdout, ran.stderr);
}

fn closed(told: &Value) -> Vec<&str> {
    let gates = told["gates"].as_array().unwrap().iter();
    gates.filter(|gate| gate["holds"] != true).map(|gate| gate["name"].as_str().unwrap()).collect()
}

fn status(place: &Place, code: i32) -> Value {
    run(place, &["status", "--format", "json"], code).json()["environments"][0].clone()
}

/// With a release that is in, of that tier.
pub fn released(db: &TestDb, tier: &str) -> Place {
    let place = given(db, &[EMAIL], tier);
    place.run(&["rehearse", "--for", "shop"]).exits(0);
    deploy(&place, &["--yes"]).exits(0);
    place
}

#[test]
fn what_is_verified_is_locked_and_nothing_changes_it_until_it_is_unlocked() {
    let majors = majors();
    for major in [majors.first(), majors.last()].into_iter().flatten() {
        let db = database(*major);
        let place = released(&db, "production");
        assert_eq!(status(&place, 0)["state"], "deployed");
        // It is the end of a way.
        let told = run(&place, &["lock", "shop", "--yes", "--format", "json"], 1).json();
        assert_eq!(closed(&told), ["verified"], "{told}");
        run(&place, &["verify", "shop"], 0);
        assert_eq!(status(&place, 0)["state"], "VERIFIED");
        // A name in full, and a yes.
        run(&place, &["lock", "shop"], 64).says("nobody said yes");
        run(&place, &["lock", &db.url(), "--yes"], 64).says("is not the name of an environment");
        run(&place, &["lock", "shop", "--yes", "--until", "yesterday"], 64).says("--until");
        run(&place, &["lock", "shop", "--yes", "--until", "2020-01-01T00:00:00Z"], 64).says("now it is");
        assert_eq!(status(&place, 0)["state"], "VERIFIED");
        let told = run(&place, &["lock", "shop", "--yes", "--reason", "release 41\nis watched", "--format", "json"], 0).json();
        assert_eq!((&told["lock"]["holder"], &told["lock"]["reason"]), (&"ann@laptop".into(), &"release 41 is watched".into()), "{told}");
        assert!(told["verdict"]["line"].as_str().unwrap().contains("every machine sees it"), "{told}");
        let stands = status(&place, 0);
        assert_eq!((&stands["state"], &stands["due"]), (&"LOCKED".into(), &Value::Array(Vec::new())), "{stands}");
        let until: jiff::Timestamp = stands["lock"]["until"].as_str().unwrap().parse().unwrap();
        let hours = until.duration_since(jiff::Timestamp::now()).as_hours();
        assert!((167..=168).contains(&hours), "the last window ends it: {stands}");
        assert_eq!((&runs(&place)[0]["verb"], &runs(&place)[0]["ended"]["how"]), (&"lock".into(), &"done".into()));
        // With nothing pending there is nothing to refuse.
        deploy(&place, &["--yes"]).exits(0);
        place.write(&format!("m/{}", NOTES.0), NOTES.1);
        place.run(&["rehearse", "--for", "shop"]).exits(0);
        for who in [ANN, BOB] {
            for verb in ["deploy", "rollback"] {
                let told = place.run_with(&[verb, "shop", "--yes", "--format", "json"], &[who]).exits(1).json();
                let said = gate(&told, "parity-lock");
                assert_eq!(said["holds"], false, "{told}");
                for word in ["ann@laptop", "release 41 is watched", stands["lock"]["until"].as_str().unwrap(), "every machine sees it"] {
                    assert!(said["found"].as_str().unwrap().contains(word), "{word}: {told}");
                }
                assert!(said["fix"].as_str().unwrap().contains("evenkeel unlock shop"), "{told}");
            }
        }
        assert_eq!(db.value("select to_regclass('notes')::text"), None);
        // Another takes it away by naming whose it is, and why.
        as_bob(&place, &["unlock", "shop", "--yes"], 1).says("you are bob@runner").says("--held-by 'ann@laptop'");
        as_bob(&place, &["unlock", "shop", "--yes", "--held-by", "ann@laptop"], 64).says("--reason");
        as_bob(&place, &["unlock", "shop", "--yes", "--held-by", "cid@x", "--reason", "y"], 1);
        as_bob(&place, &["unlock", "shop", "--held-by", "ann@laptop", "--reason", "y"], 64).says("nobody said yes");
        assert_eq!(status(&place, 0)["state"], "LOCKED");
        as_bob(&place, &["unlock", "shop", "--yes", "--held-by", "ann@laptop", "--reason", "ann is away"], 0).says("locked no more");
        as_bob(&place, &["unlock", "shop", "--yes"], 0).says("is not locked");
        assert_eq!(runs(&place)[0]["reason"], "ann is away");
        let told = deploy(&place, &["--yes"]).exits(0).json();
        assert!(gate(&told, "parity-lock")["found"].as_str().unwrap().contains("neither in the database itself nor in"), "{told}");
    }
}

#[test]
fn who_reads_is_told_of_a_lock_by_whose_it_is_and_by_what_is_there() {
    let db = database(newest());
    let place = released(&db, "staging");
    let toml = place.read("evenkeel.toml").replace("[environments.shop]", "[environments.shop]\nmanifest = \"shop.jsonl\"");
    place.write("evenkeel.toml", toml);
    place.write("q.sql", "select name from people;");
    place.run(&["capture", "--all"]).exits(0);
    run(&place, &["verify", "shop"], 0);
    run(&place, &["lock", "shop", "--until", "1h"], 0);
    let check = ["check", "shop", "--dimension", "schema"];
    let data = ["check", "shop", "--dimension", "history"];
    let preflight = ["preflight", "shop", "--queries", "q.sql"];
    run(&place, &check, 0).says("EK-environment-locked");
    run(&place, &data, 0);
    run(&place, &preflight, 0);
    for asked in [&check, &data, &preflight] {
        tells(&as_bob(&place, asked, 1), &["ann@laptop", "it is as it was locked", "every machine sees it"]);
    }
    // What is other than it was locked is no more what was agreed on, whoever asks.
    db.exec("create table stray (id int)");
    for asked in [&check, &data, &preflight] {
        for who in [ANN, BOB] {
            tells(&place.run_with(asked.as_slice(), &[who]).exits(1), &["it is not as it was locked"]);
        }
    }
    let told = place.run_with(&["deploy", "shop", "--format", "json"], &[ANN]).exits(1).json();
    assert_eq!((closed(&told), &told["outcome"]), (vec!["parity-lock"], &"refused".into()), "with nothing pending too: {told}");
    // It is not pinned to what came since.
    let told = run(&place, &["lock", "shop", "--unverified", "--until", "2h", "--format", "json"], 1).json();
    assert_eq!(closed(&told), ["parity-lock"], "{told}");
    db.exec("drop table stray");
    run(&place, &check, 0);
    // One's own is made longer, another's is not taken.
    let told = run(&place, &["lock", "shop", "--until", "2h", "--format", "json"], 0).json();
    assert_ne!(told["lock"]["until"], told["before"]["until"], "{told}");
    let told = as_bob(&place, &["lock", "shop", "--until", "2h", "--format", "json"], 1).json();
    assert_eq!(closed(&told), ["parity-lock"], "{told}");
    run(&place, &["unlock", "shop"], 0);
    as_bob(&place, &check, 0).hides("locked");
    place.run(&["explain", "EK-environment-locked"]).exits(0).says("evenkeel unlock");
}

#[test]
fn a_lock_that_has_expired_refuses_nothing_and_says_so() {
    let db = database(newest());
    let place = released(&db, "staging");
    run(&place, &["lock", "shop", "--unverified", "--until", "1s"], 0);
    std::thread::sleep(Duration::from_millis(1100));
    place.write(&format!("m/{}", NOTES.0), NOTES.1);
    let told = place.run_with(&["deploy", "shop", "--unrehearsed", "--plan", "--format", "json"], &[BOB]).exits(0).json();
    let said = gate(&told, "parity-lock");
    assert!(said["holds"] == true && said["found"].as_str().unwrap().contains("expired at"), "{told}");
    // Somebody has to say that it is over.
    let told = status(&place, 1);
    assert!(told["overdue"].as_str().unwrap().contains("evenkeel unlock shop") && told["lock"]["expired"] == true, "{told}");
    assert_ne!(told["state"], "LOCKED");
    tells(&run(&place, &["status"], 1), &["expired at"]);
    // Whoever comes next needs nobody's word.
    as_bob(&place, &["lock", "shop", "--unverified"], 0);
    assert_eq!(status(&place, 0)["lock"]["holder"], "bob@runner");
    as_bob(&place, &["unlock", "shop"], 0);
}

#[test]
fn what_is_not_settled_is_not_locked() {
    let db = database(newest());
    let place = released(&db, "staging");
    let lock = |more: &[&str], code: i32| run(&place, &[&["lock", "shop", "--format", "json"], more].concat(), code).json();
    run(&place, &["verify", "shop"], 0);
    // What was verified is not what is there.
    db.exec("create table stray (id int)");
    let told = lock(&[], 1);
    assert!(closed(&told) == ["verified"] && gate(&told, "verified")["found"].as_str().unwrap().contains("is not what it was"), "{told}");
    db.exec("alter table people drop email");
    run(&place, &["verify", "shop"], 1);
    let told = status(&place, 1);
    assert!(told["state"] == "deployed" && told["overdue"].as_str().unwrap().contains("mend what evenkeel verify"), "{told}");
    assert_eq!(closed(&lock(&[], 1)), ["verified"]);
    // Whoever wants it all the same says so.
    lock(&["--unverified"], 0);
    run(&place, &["unlock", "shop"], 0);
    db.exec("drop table stray; alter table people add email text");
    run(&place, &["verify", "shop"], 0);
    place.run(&["history", "shop", "--halt", "orders are lost"]).exits(0);
    assert_eq!(closed(&lock(&[], 1)), ["halt"]);
    place.run(&["history", "shop", "--resume", "--over", "10ms", "--idle"]).exits(0);
    // Another run is at work there, and then it is gone in the middle.
    place.write(&format!("m/{}", NOTES.0), "-- migrate:up\nalter table people add more text;\n");
    let holder = db.another_session();
    holder.exec("begin; select count(*) from people").unwrap();
    let arguments = ["deploy", "shop", "--unrehearsed", "--lock-timeout", "60s", "--abort-when-blocking", "60s"];
    let mut child = place.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let waits = "select count(*)::text from pg_stat_activity where wait_event_type = 'Lock' and application_name like 'evenkeel run%'";
    eventually("it waits", || db.value(waits) == Some("1".to_owned()));
    let told = lock(&["--unverified"], 1);
    assert!(closed(&told) == ["journal"] && gate(&told, "journal")["found"].as_str().unwrap().contains("deploy of shop"), "{told}");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(closed(&lock(&["--unverified"], 1)), ["journal"], "it stopped in the middle");
    holder.exec("commit").unwrap();
    deploy(&place, &["--unrehearsed", "--resume"]).exits(0);
    lock(&["--unverified"], 0);
}

#[test]
fn a_repair_does_not_go_round_a_lock() {
    let db = database(newest());
    let place = given(&db, &[EMAIL], "staging");
    db.exec("alter table people add email text");
    run(&place, &["lock", "shop"], 0);
    let repair = ["history", "shop", "--repair", "--apply", "--snapshot-taken", "s"];
    run(&place, &repair, 1).says("parity-lock").says("evenkeel unlock shop");
    assert_eq!(db.value("select count(*)::text from schema_migrations"), Some("1".to_owned()));
    run(&place, &["unlock", "shop"], 0);
    run(&place, &repair, 0);
    assert_eq!(db.value("select count(*)::text from schema_migrations"), Some("2".to_owned()));
}

#[test]
fn a_store_that_cannot_be_read_is_not_one_without_a_lock() {
    let db = database(newest());
    let place = released(&db, "staging");
    let toml = place.read("evenkeel.toml").replace("[environments.shop]", "[environments.shop]\nmanifest = \"shop.jsonl\"");
    place.write("evenkeel.toml", toml);
    place.write("q.sql", "select name from people;");
    place.run(&["capture", "--all"]).exits(0);
    run(&place, &["lock", "shop", "--unverified"], 0);
    for end in ["-wal", "-shm"] {
        std::fs::remove_file(place.path(&format!("state/store.sqlite{end}"))).ok();
    }
    place.write(
        "state/store.sqlite",
        "no database at all, and longer than the header of one would be, which is a hundred bytes long, so that it is read",
    );
    for asked in [
        &["check", "shop", "--dimension", "schema"][..],
        &["deploy", "shop"],
        &["rollback", "shop"],
        &["lock", "shop"],
        &["unlock", "shop"],
        &["status"],
        &["preflight", "shop", "--queries", "q.sql"],
    ] {
        place.run_with(asked, &[ANN]).exits(2).says("store");
    }
}

#[test]
fn where_nothing_was_deployed_nothing_has_to_be_verified() {
    let db = database(newest());
    let place = given(&db, &[], "dev");
    run(&place, &["lock", "shop", "--until", "1h"], 0);
    assert_eq!(status(&place, 0)["state"], "LOCKED");
}

#[test]
fn what_is_not_done_in_its_window_is_overdue() {
    let db = database(newest());
    let place = released(&db, "staging");
    let toml = place.read("evenkeel.toml");
    let windows = |text: &str| place.write("evenkeel.toml", format!("[lock]\nwindows = {text}\n{toml}"));
    for wrong in ["[\"1h\"]", "[\"3h\", \"2h\", \"4h\"]", "[\"1h\", \"1h\", \"2h\"]", "[\"1h\", \"2h\", \"late\"]"] {
        windows(wrong);
        run(&place, &["status"], 78).says("windows").says("evenkeel.toml:2");
    }
    let told = {
        windows("[\"2h\", \"72h\", \"168h\"]");
        status(&place, 0)
    };
    assert_eq!(told["window"]["name"], "until T+2 h");
    assert_eq!((&told["due"][0]["what"], &told["due"][0]["overdue"]), (&"evenkeel verify shop".into(), &false.into()), "{told}");
    std::thread::sleep(Duration::from_millis(2100));
    windows("[\"1s\", \"1h\", \"2h\"]");
    let told = status(&place, 1);
    assert!(told["overdue"].as_str().unwrap().starts_with("evenkeel verify shop, due "), "{told}");
    run(&place, &["verify", "shop"], 0);
    tells(&run(&place, &["status"], 0), &["VERIFIED", "now, T+1 s to T+1 h", "due", "evenkeel lock shop"]);
    windows("[\"1s\", \"2s\", \"1h\"]");
    std::thread::sleep(Duration::from_millis(2100));
    tells(&run(&place, &["status"], 1), &["overdue: evenkeel lock shop"]);
    let told = run(&place, &["lock", "shop", "--format", "json"], 0).json();
    let minutes = told["lock"]["until"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap().duration_since(jiff::Timestamp::now());
    assert!((50..=60).contains(&minutes.as_mins()), "it ends with the last window: {told}");
    assert_eq!(status(&place, 0)["state"], "LOCKED");
    // Nobody watches what is for trying things out.
    run(&place, &["unlock", "shop"], 0);
    windows("[\"1s\", \"2s\", \"3s\"]");
    place.write("evenkeel.toml", place.read("evenkeel.toml").replace("\"staging\"", "\"dev\""));
    assert_eq!(status(&place, 0)["window"], Value::Null);
}

/// What evenkeel keeps in a database is no part of it; what somebody else keeps there is.
#[test]
fn the_lock_stands_in_the_database_where_every_machine_sees_it_and_no_digest_does() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    let majors = majors();
    for major in [majors.first(), majors.last()].into_iter().flatten() {
        let db = database(*major);
        let place = released(&db, "staging");
        run(&place, &["verify", "shop"], 0);
        let all = |place: &Place| {
            let digests = ["schema", "privileges", "history"]
                .map(|dimension| digest(&place.run(&["digest", "shop", "--dimension", dimension]).exits(0)));
            (digests, place.run(&["history", "shop", "--format", "json"]).exits(0).json()["unexplained"].clone())
        };
        let before = all(&place);
        run(&place, &["lock", "shop", "--until", "1h"], 0).says("every machine sees it");
        db.exec("analyze");
        let tracked = "select state || ' ' || by || ' ' || coalesce(release, '-') from evenkeel.runs";
        assert!(db.value(tracked).unwrap().starts_with("LOCKED ann@laptop 20260102000000"), "{:?}", db.value(tracked));
        assert_eq!(all(&place), before);
        let captured = place.run(&["capture", "shop"]).exits(0);
        assert!(!captured.stdout.contains("parity_lock") && !captured.stdout.contains("[\"evenkeel\""), "{}", captured.stdout);
        run(&place, &["verify", "shop"], 0);
        // Another machine, with a store of its own.
        let other = Place::new();
        for file in [FIRST, EMAIL, NOTES] {
            other.write(&format!("m/{}", file.0), file.1);
        }
        configure(&other, &db, "staging", "");
        let deploy =
            |place: &Place, code: i32| place.run_with(&["deploy", "shop", "--unrehearsed", "--format", "json"], &[BOB]).exits(code).json();
        let told = deploy(&other, 1);
        let said = gate(&told, "parity-lock");
        assert!(said["holds"] == false && said["found"].as_str().unwrap().contains("by ann@laptop"), "{told}");
        assert_eq!(closed(&as_bob(&other, &["lock", "shop", "--format", "json"], 1).json()), ["parity-lock"]);
        as_bob(&other, &["unlock", "shop"], 1).says("you are bob@runner");
        as_bob(&other, &["unlock", "shop", "--held-by", "ann@laptop", "--reason", "she is away"], 0).says("locked no more");
        assert_eq!(db.value("select count(*)::text from evenkeel.parity_lock"), Some("0".to_owned()));
        // The first one's store has it still, until its holder says otherwise there.
        place.write(&format!("m/{}", NOTES.0), NOTES.1);
        let told = deploy(&place, 1);
        assert!(gate(&told, "parity-lock")["found"].as_str().unwrap().contains("other machines do not see it"), "{told}");
        run(&place, &["unlock", "shop"], 0);
        deploy(&other, 0);
        // Of one whose end is over nobody is asked.
        run(&place, &["lock", "shop", "--unverified", "--until", "1s"], 0);
        std::thread::sleep(Duration::from_millis(2100));
        as_bob(&other, &["lock", "shop", "--unverified"], 0).says("every machine sees it");
        assert_eq!(db.value("select holder from evenkeel.parity_lock"), Some("bob@runner".to_owned()));
        let told = run(&place, &["lock", "shop", "--unverified", "--format", "json"], 1).json();
        assert_eq!(closed(&told), ["parity-lock"], "{told}");
        // What is not as it is made is somebody's, and opens nothing.
        db.exec("alter table evenkeel.parity_lock add column more int");
        let told = deploy(&other, 1);
        assert_eq!(gate(&told, "parity-lock")["holds"], false, "its store knows of it: {told}");
        let third = Place::new();
        configure(&third, &db, "staging", "");
        for file in [FIRST, EMAIL, NOTES] {
            third.write(&format!("m/{}", file.0), file.1);
        }
        let told = deploy(&third, 2);
        assert!(gate(&told, "parity-lock")["found"].as_str().unwrap().contains("not as evenkeel makes it"), "{told}");
        assert_ne!(digest(&place.run(&["digest", "shop"]).exits(0)), before.0[0]);
        place.run(&["history", "shop"]).exits(1).says("evenkeel");
        db.exec("alter table evenkeel.parity_lock drop column more; create table evenkeel.theirs (id int)");
        assert!(place.run(&["capture", "shop"]).exits(0).stdout.contains("parity_lock"));
    }
}

#[test]
fn where_the_server_lets_nobody_write_the_store_alone_has_it_and_that_is_said() {
    let db = database(newest());
    let place = given(&db, &[], "staging");
    let role = format!("locker_{}", std::process::id());
    db.exec(&format!("create role {role} login; grant select on all tables in schema public to {role}"));
    let as_role = db.url().replace("postgres@", &format!("{role}@"));
    let toml = place.read("evenkeel.toml");
    place.write("evenkeel.toml", toml.replace(&db.url(), &as_role));
    let told = run(&place, &["lock", "shop", "--until", "1h", "--format", "json"], 0).json();
    let line = told["verdict"]["line"].as_str().unwrap();
    assert!(line.contains("other machines do not see it") && line.contains("permission denied for database"), "{told}");
    assert_eq!(db.value("select to_regnamespace('evenkeel')::text"), None);
    assert_eq!(status(&place, 0)["state"], "LOCKED");
    // One that was written by another role is read by this one, and not taken away.
    place.write("evenkeel.toml", &toml);
    run(&place, &["lock", "shop", "--until", "2h"], 0).says("every machine sees it");
    place.write("evenkeel.toml", toml.replace(&db.url(), &as_role));
    let told = run(&place, &["unlock", "shop", "--format", "json"], 2).json();
    assert!(closed(&told) == ["database"] && gate(&told, "database")["found"].as_str().unwrap().contains("permission denied"), "{told}");
    assert_eq!(status(&place, 0)["state"], "LOCKED");
    place.write("evenkeel.toml", toml);
    run(&place, &["unlock", "shop"], 0);
    db.exec(&format!("drop owned by {role}; drop role {role}"));
}

/// Evenkeel's own lock on the target is taken before anything is written there: another machine may be at work.
#[test]
fn while_another_machine_is_at_work_nothing_is_locked_and_what_was_stays() {
    let db = database(newest());
    let place = given(&db, &[], "staging");
    run(&place, &["lock", "shop", "--until", "1h"], 0);
    let until = status(&place, 0)["lock"]["until"].clone();
    let other = Place::new();
    configure(&other, &db, "staging", "");
    for (name, text) in [FIRST, ("20260102000000_x.sql", "-- migrate:up\nalter table people add more text;\n")] {
        other.write(&format!("m/{name}"), text);
    }
    // It began before the lock was there.
    run(&place, &["unlock", "shop"], 0);
    let holder = db.another_session();
    holder.exec("begin; select count(*) from people").unwrap();
    let arguments = ["deploy", "shop", "--unrehearsed", "--lock-timeout", "60s", "--abort-when-blocking", "60s"];
    let mut child = other.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let waits = "select count(*)::text from pg_stat_activity where wait_event_type = 'Lock' and application_name like 'evenkeel run%'";
    eventually("it waits", || db.value(waits) == Some("1".to_owned()));
    let told = run(&place, &["lock", "shop", "--lock-timeout", "200ms", "--format", "json"], 1).json();
    assert!(closed(&told) == ["claim"] && told["lock"].is_null(), "{told}");
    assert_eq!(status(&place, 0)["lock"], Value::Null);
    holder.exec("commit").unwrap();
    assert!(child.wait().unwrap().success());
    run(&place, &["lock", "shop", "--until", "2h"], 0).says("every machine sees it");
    assert_ne!(status(&place, 0)["lock"]["until"], until);
}

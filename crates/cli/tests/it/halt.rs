//! Halting an environment and letting it go: what every gate honours. Each test has a store of its own.

use crate::run::Place;
use evenkeel_testkit::{database, newest};

fn configured(url: &str) -> Place {
    let place = Place::new();
    let store = place.path("state/store.sqlite");
    place.write(
        "evenkeel.toml",
        format!(
            "[store]\nurl = \"sqlite:{}\"\n[environments.production]\nurl = \"{url}\"\nmanifest = \"p.jsonl\"\n[environments.staging]\nurl = \"{url}\"\n",
            store.display()
        ),
    );
    place.run(&["capture", "--all"]).exits(0);
    place
}

#[test]
fn a_halt_closes_every_gate_until_the_server_was_seen_to_be_well() {
    let db = database(newest());
    db.exec("create table t (a int)");
    let place = configured(&db.url());
    place.write("q.sql", "select a from t;");
    place.run(&["check", "production", "--dimension", "schema"]).exits(0);
    assert!(!place.path("state").exists(), "a check makes no store");
    place.run(&["preflight", "production", "--queries", "q.sql"]).exits(0);
    place.run(&["history", "production", "--halt", "orders are lost"]).exits(0).says("orders are lost").says("every machine sees it");
    // The first word stands.
    place.run(&["history", "production", "--halt", "another"]).exits(1).says("orders are lost").says("not kept");
    place.run(&["check", "production", "--dimension", "schema"]).exits(1).says("EK-environment-halted").says("is halted since");
    place.run(&["preflight", "production", "--queries", "q.sql"]).exits(1).says("is halted since");
    // It stands in the database itself: whatever else is called so there is halted too, whoever asks, whatever store they have.
    place.run(&["preflight", "staging", "--queries", "q.sql"]).exits(1).says("is halted since");
    let other = configured(&db.url());
    other.write("q.sql", "select a from t;");
    other.run(&["check", "production", "--dimension", "schema"]).exits(1).says("EK-environment-halted");
    other.run(&["preflight", "production", "--queries", "q.sql"]).exits(1).says("is halted since");
    let told = other.run(&["lock", "production", "--format", "json"]).exits(1).json();
    assert!(told["gates"][0]["name"] == "halt" && told["gates"][0]["holds"] == false, "{told}");
    assert_eq!(db.value("select reason from evenkeel.halt"), Some("orders are lost".to_owned()));
    // Nothing is at work: nothing tells that it is well.
    place.run(&["history", "production", "--resume", "--over", "100ms"]).exits(1).says("too few to tell").says("stays so");
    place.run(&["check", "production", "--dimension", "schema"]).exits(1);
    place.run(&["history", "production", "--resume", "--over", "100ms", "--idle"]).exits(0).says("halted no more");
    place.run(&["check", "production", "--dimension", "schema"]).exits(0);
    place.run(&["history", "production", "--resume"]).exits(0).says("is halted neither");
    other.run(&["check", "production", "--dimension", "schema"]).exits(0).hides("halted");
    // Whoever lets go of it need not be who halted it.
    other.run(&["history", "production", "--halt", "again"]).exits(0);
    place.run(&["history", "production", "--resume", "--over", "10ms", "--idle"]).exits(0).says("halted no more");
    assert_eq!(db.value("select count(*)::text from evenkeel.halt"), Some("0".to_owned()));
    other.run(&["history", "production", "--resume", "--over", "10ms", "--idle"]).exits(0).says("halted no more");
    // A table of that name that is somebody's says nothing, and opens nothing.
    db.exec("alter table evenkeel.halt add more int");
    place.run(&["check", "production", "--dimension", "schema"]).exits(1).says("evenkeel makes it");
    place.run(&["lock", "production"]).exits(2).says("whether production is halted could not be told");
    db.exec("drop schema evenkeel cascade");
    place.run(&["explain", "EK-environment-halted"]).exits(0).says("--resume");
}

#[test]
fn what_cannot_be_seen_keeps_the_halt_and_a_store_that_cannot_be_read_opens_no_gate() {
    let db = database(newest());
    let place = configured(&db.url());
    // Nowhere to look is said, and is not "not halted".
    let toml = std::fs::read_to_string(place.path("evenkeel.toml")).unwrap();
    let (_, without) = toml.split_once("[environments").unwrap();
    place.write("evenkeel.toml", format!("[environments{without}"));
    let nowhere = place.shell("env -u HOME $E check production --dimension schema --quiet", &[]).exits(0);
    nowhere.says("whether an environment is halted or locked was not looked at");
    place.run(&["check", "production", "--dimension", "schema"]).exits(0).hides("was not looked at");
    place.write("evenkeel.toml", &toml);
    place.run(&["history", "production", "--halt", "x"]).exits(0);
    // The server is away.
    place.write("evenkeel.toml", toml.replace(&db.url(), "postgres:///x?host=/nowhere"));
    place.run(&["history", "production", "--resume", "--over", "10ms", "--idle"]).exits(69);
    place.write("evenkeel.toml", &toml);
    place.run(&["check", "production", "--dimension", "schema"]).exits(1);
    place.write(
        "state/store.sqlite",
        "no database at all, and longer than the header of one would be, which is a hundred bytes long, so that it is read",
    );
    place.run(&["check", "production", "--dimension", "schema"]).exits(2).says("store");
    place.write("q.sql", "select 1;");
    place.run(&["preflight", "production", "--queries", "q.sql"]).exits(2).says("whether it is halted is not known");
    place.run(&["history", "production", "--halt", "y"]).exits(2);
    // What is no environment has no mark, and what is no store is said.
    place.run(&["history", &db.url(), "--halt", "y"]).exits(64);
    place.run(&["history", "production", "--halt", ""]).exits(64);
    place.write("evenkeel.toml", toml.replace("sqlite:", "postgres:"));
    place.run(&["check", "production", "--dimension", "schema"]).exits(78).says("sqlite:/absolute/path");
}

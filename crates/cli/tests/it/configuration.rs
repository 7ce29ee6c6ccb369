//! `evenkeel.toml`: complaints with line and column, exceptions that hold, run out, and show.

use crate::run::{Place, SHOP};
use evenkeel_testkit::{TestDb, database, newest};

/// Exits 78 and names the place.
#[track_caller]
fn complains(content: &str, at: &str, words: &[&str]) {
    let place = Place::new();
    place.write("evenkeel.toml", content);
    let mut ran = place.run(&["digest", "postgres://u@h/db"]).exits(78);
    assert!(ran.stdout.is_empty());
    for word in words.iter().copied().chain([format!("evenkeel.toml:{at}").as_str()]) {
        ran = ran.says(word);
    }
}

#[test]
fn broken_toml_names_line_and_column() {
    complains("[environments.a\nurl = \"x\"\n", "1:16", &[]);
    complains("\n\n[environments.a]\nurl = \"unfinished\n", "4:", &[]);
    complains("[environments.a]\nurl = \"x\"\nurl = \"y\"\n", "3:1", &["duplicate"]);
    complains("[environments.a]\nport = \"many\"\n", "2:8", &[]);
    complains("é = 1\n", "1:1", &[]);
    complains("[environments.a]\nhost = \"é\" oops\n", "2:12", &[]);
}

#[test]
fn an_unknown_key_or_value_is_named() {
    complains("[environments.a]\nulr = \"x\"\n", "2:1", &["ulr", "url"]);
    complains("[enviroments.a]\nurl = \"x\"\n", "1:2", &["enviroments", "environments"]);
    complains("[environments.a]\nurl = \"x\"\ntier = \"prod\"\n", "3:8", &["prod", "production"]);
    complains("[policy]\nfail_on = \"sometimes\"\n", "2:11", &["sometimes", "block"]);
    complains("[environments.a]\nurl = \"x\"\nhost = \"y\"\n", "2:7", &["twice", "either url"]);
    for key in ["object", "schema", "attribute"] {
        let named = if key == "attribute" { "object = \"a\"\n" } else { "" };
        let waiver = format!("[[policy.ignore]]\n{named}{key} = \"\"\nreason = \"r\"\nowner = \"o\"\nuntil = \"2099-01-01\"\n");
        let line = if named.is_empty() { 2 } else { 3 };
        complains(&waiver, &format!("{line}:"), &["is empty"]);
    }
    complains("[environments.a]\nurl = \"x\"\nread_from = \"replica\"\n", "1:1", &["replicas"]);
    complains("[environments.a]\nurl = \"x\"\nheartbeat = \"heartbeat\"\n", "3:13", &["database.table", "percona.heartbeat"]);
}

#[test]
fn a_variable_that_is_not_set_is_named() {
    complains("[environments.a]\nurl = \"postgres://${EK_TEST_MISSING\"\n", "2:7", &["not closed"]);
    let place = Place::new();
    place.write("evenkeel.toml", "[environments.a]\nurl = \"${EK_URL}\"\n");
    let db = database(newest());
    place.run_with(&["digest", "a"], &[("EK_URL", &db.url())]).exits(0);
    db.exec("CREATE TABLE t (a int)");
    place.run_with(&["digest", "a"], &[("EK_URL", &db.url())]).exits(0);
    place.run(&["digest", "a"]).exits(78).says("EK_URL").says("is not set").says("export").says("evenkeel.toml:2:7");
}

/// A secret that was not handed out must never lead to whatever server the client's defaults name.
#[test]
fn nothing_given_is_a_fault_and_no_default() {
    let db = database(newest());
    db.exec("CREATE TABLE t (a int)");
    // What a client without any word goes to: were it asked, it would answer.
    let (host, user) = (db.server.socket_dir.display().to_string(), "postgres".to_owned());
    let defaults: [(&str, &str); 3] = [("PGHOST", &host), ("PGUSER", &user), ("PGDATABASE", &db.name)];
    let place = Place::new();
    for (content, at, words) in [
        ("[environments.a]\nurl = \"${EK_EMPTY}\"\n[environments.b]\nurl = \"${EK_EMPTY}\"\n", "2:7", ["EK_EMPTY", "set, but empty"]),
        ("[environments.a]\nurl = \"\"\n[environments.b]\nurl = \" \"\n", "2:7", ["url is empty", "remove the line"]),
        ("[environments.a]\ntier = \"production\"\n[environments.b]\n", "1:1", ["does not say where it is", "postgres://"]),
        ("[environments.a]\nhost = \"${EK_EMPTY}\"\n[environments.b]\n", "2:8", ["EK_EMPTY", "set, but empty"]),
        ("[environments.a]\nhost = \"\"\n[environments.b]\n", "2:8", ["host is empty", "a value"]),
        ("[environments.a]\nurl = \"postgres:///d\"\nmanifest = \"\"\n[environments.b]\n", "3:12", ["manifest is empty", "a value"]),
        ("[environments.a]\nurl = \"postgres:///d\"\nroles = { app = \" \" }\n", "3:17", ["a name in roles is empty", "a value"]),
    ] {
        place.write("evenkeel.toml", content);
        let environment: Vec<(&str, &str)> = defaults.into_iter().chain([("EK_EMPTY", "")]).collect();
        for arguments in [&["compare", "a", "b"][..], &["digest", "a"], &["capture", "a", "--out", "a.jsonl"], &["grants", "a"]] {
            let mut ran = place.run_with(arguments, &environment).exits(78).says(&format!("evenkeel.toml:{at}"));
            assert!(ran.stdout.is_empty(), "{}", ran.stdout);
            for word in words {
                ran = ran.says(word);
            }
        }
        assert!(!place.path("a.jsonl").exists());
    }
}

/// Two files are compared without any secret.
#[test]
fn only_what_is_used_is_resolved() {
    let db = database(newest());
    db.exec("CREATE TABLE t (a int)");
    let place = Place::new();
    place.run(&["capture", &db.url(), "--dimension", "schema", "--out", "a.jsonl"]).exits(0);
    place.write("evenkeel.toml", "[environments.production]\nurl = \"${EK_NOT_HANDED_OUT}\"\nreplicas = [\"${EK_NEITHER}\"]\n");
    place.run(&["compare", "a.jsonl", "a.jsonl", "--dimension", "schema"]).exits(0);
    place.run(&["digest", "production"]).exits(78).says("EK_NOT_HANDED_OUT");
}

#[test]
fn an_exception_needs_reason_owner_and_end() {
    let waiver = |lines: &str| format!("[[policy.ignore]]\nobject = \"app.*\"\n{lines}");
    complains(&waiver("owner = \"o\"\nuntil = \"2099-01-01\"\n"), "1:1", &["reason"]);
    complains(&waiver("reason = \"r\"\nuntil = \"2099-01-01\"\n"), "1:1", &["owner"]);
    complains(&waiver("reason = \"r\"\nowner = \"o\"\n"), "1:1", &["until"]);
    complains(&waiver("reason = \" \"\nowner = \"o\"\nuntil = \"2099-01-01\"\n"), "3:10", &["reason"]);
    complains(&waiver("reason = \"r\"\nowner = \"\"\nuntil = \"2099-01-01\"\n"), "4:9", &["owner"]);
    complains(&waiver("reason = \"r\"\nowner = \"o\"\nuntil = \"someday\"\n"), "5:9", &["someday", "2027"]);
    complains(&waiver("reason = \"r\"\nowner = \"o\"\nuntil = \"2099-02-30\"\n"), "5:9", &["2099-02-30"]);
    complains("[[policy.ignore]]\nobject = \"taste:app.*\"\nreason = \"r\"\nowner = \"o\"\nuntil = \"2099-01-01\"\n", "2:10", &["taste"]);
    complains("[[policy.ignore]]\nobject = \"app.[\"\nreason = \"r\"\nowner = \"o\"\nuntil = \"2099-01-01\"\n", "2:10", &["pattern"]);
}

#[test]
fn the_file_is_found_above_named_by_flag_or_variable() {
    let db = database(newest());
    db.exec("CREATE TABLE t (a int)");
    let place = Place::new();
    place.write("evenkeel.toml", format!("[environments.here]\nurl = \"{}\"\n", db.url()));
    place.write("other.toml", format!("[environments.there]\nurl = \"{}\"\n", db.url()));
    place.write("deep/er/x", "");
    place.shell("cd deep/er && \"$E\" digest here", &[]).exits(0);
    place.run(&["digest", "there", "--config", "other.toml"]).exits(0);
    place.run_with(&["digest", "there"], &[("EVENKEEL_CONFIG", "other.toml")]).exits(0);
    place.run(&["digest", "there"]).exits(64).says("configured: here");
    place.run(&["digest", "x", "--config", "absent.toml"]).exits(78).says("absent.toml").says("--config");
    place.write("binary.toml", [0xff, 0xfe, 0, 1]);
    place.run(&["digest", "x", "--config", "binary.toml"]).exits(78).says("binary.toml");
    place.run(&["digest", "x", "--config", "."]).exits(78);
}

fn pair() -> (TestDb, TestDb) {
    let (a, b) = (database(newest()), database(newest()));
    a.exec(SHOP);
    b.exec(SHOP);
    b.exec("CREATE TABLE app.tmp_load (a int); ALTER TABLE app.orders ALTER COLUMN total TYPE numeric(14,2)");
    (a, b)
}

fn policy(a: &TestDb, b: &TestDb, rules: &[(&str, &str, &str)]) -> Place {
    let place = Place::new();
    let mut content = format!("[environments.a]\nurl = \"{}\"\n[environments.b]\nurl = \"{}\"\n", a.url(), b.url());
    for (object, more, until) in rules {
        content.push_str(&format!(
            "[[policy.ignore]]\nobject = \"{object}\"\n{more}reason = \"agreed in #12\"\nowner = \"data-team\"\nuntil = \"{until}\"\n"
        ));
    }
    place.write("evenkeel.toml", content);
    place
}

const COMPARE: [&str; 5] = ["compare", "a", "b", "--dimension", "schema"];
const AS_JSON: [&str; 7] = ["compare", "a", "b", "--dimension", "schema", "--format", "json"];

#[test]
fn an_exception_by_object_dimension_or_attribute_holds_and_is_shown() {
    let (a, b) = pair();
    let open = policy(&a, &b, &[]).run(&AS_JSON).exits(1).json()["differences"].as_array().unwrap().len();
    assert!(open >= 2);
    // By object, with all that belongs to it.
    let place = policy(&a, &b, &[("app.tmp_*", "", "2099-01-01"), ("app.orders.total", "", "2099-01-01")]);
    let json = place.run(&AS_JSON).exits(0).json();
    assert_eq!(json["differences"].as_array().unwrap().len(), 0, "{json:#}");
    assert_eq!(json["ignored"].as_array().unwrap().len(), open);
    let shown = json["ignored"].to_string();
    assert!(shown.contains("agreed in #12") && shown.contains("data-team") && shown.contains("2099-01-01"), "{shown}");
    place.run(&COMPARE).exits(0).says(&format!("excused by policy: {open} differences"));
    place.run(&[&COMPARE[..], &["--format", "markdown"]].concat()).exits(0).says(&format!("Excused by policy: {open} differences"));
    // By kind, by dimension, by attribute.
    policy(&a, &b, &[("table:app.tmp_*", "", "2099-01-01"), ("column:app.*", "attribute = \"type\"\n", "2099-01-01")])
        .run(&COMPARE)
        .exits(0);
    policy(&a, &b, &[("*", "dimension = \"schema\"\n", "2099-01-01")]).run(&COMPARE).exits(0);
    policy(&a, &b, &[("schema:*", "", "2099-01-01")]).run(&COMPARE).exits(0);
    // What does not cover, does not help.
    policy(&a, &b, &[("app.tmp_*", "", "2099-01-01")]).run(&COMPARE).exits(1).says("total");
    policy(&a, &b, &[("*", "dimension = \"data\"\n", "2099-01-01")]).run(&COMPARE).exits(1);
    policy(&a, &b, &[("*", "attribute = \"comment\"\n", "2099-01-01")]).run(&COMPARE).exits(1);
    policy(&a, &b, &[("view:*", "", "2099-01-01")]).run(&COMPARE).exits(1);
}

#[test]
fn an_exception_that_ran_out_fails_and_says_whom_to_ask() {
    let (a, b) = pair();
    let place = policy(&a, &b, &[("*", "", "2020-01-31")]);
    let ran = place.run(&COMPARE).exits(1).says("2020-01-31").says("data-team").says("evenkeel.toml:");
    assert!(ran.stdout.contains("total"), "it excuses nothing");
    // Even where nothing differs: somebody promised to look at it again.
    let same = policy(&a, &a, &[("app.tmp_*", "", "2020-01-31")]);
    same.run(&[&COMPARE[..], &["--same"]].concat()).exits(1).says("app.tmp_*");
    same.run(&COMPARE).exits(2).says("app.tmp_*").says("same database");
    // Policy changes no digest.
    let with = policy(&a, &b, &[("*", "", "2099-01-31")]).run(&["digest", "b"]).exits(0);
    assert_eq!(with.stdout, policy(&a, &b, &[]).run(&["digest", "b"]).exits(0).stdout);
}

#[test]
fn column_order_counts_when_the_team_says_so() {
    let (a, b) = (database(newest()), database(newest()));
    a.exec("CREATE TABLE t (a int, b text)");
    b.exec("CREATE TABLE t (b text, a int)");
    let with = |line: &str| {
        let place = Place::new();
        place.write(
            "evenkeel.toml",
            format!("[environments.a]\nurl = \"{}\"\n[environments.b]\nurl = \"{}\"\n[policy]\n{line}\n", a.url(), b.url()),
        );
        place.run(&COMPARE)
    };
    with("").exits(0);
    with("column_order = \"ignore\"").exits(0);
    with("column_order = \"warn\"").exits(0).says("column order");
    with("column_order = \"block\"").exits(1).says("column order");
    with("column_order = \"warn\"\nfail_on = \"warn\"").exits(1);
}

#[test]
fn tiers_say_what_is_demanded() {
    let (a, b) = (database(newest()), database(newest()));
    a.exec(SHOP);
    b.exec(SHOP);
    let place = Place::new();
    place.write(
        "evenkeel.toml",
        format!("[environments.a]\nurl = \"{}\"\n[environments.b]\nurl = \"{}\"\ntier = \"staging\"\n", a.url(), b.url()),
    );
    let json = place.run(&["compare", "a", "b", "--format", "json"]).json();
    let floor = json["floor"].as_array().unwrap();
    assert_eq!(floor.iter().filter(|line| line["standing"] != "not-demanded").count(), 6, "{json:#}");
    // What was asked for on the command line is what is demanded.
    place.run(&COMPARE).exits(0);
}

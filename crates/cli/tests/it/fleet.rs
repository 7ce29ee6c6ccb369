//! `evenkeel deploy` and `rollback` over several environments: each from the state that it is in. Neighbour: `deploy`, of one.

use crate::deploy::{FIRST, RECORD};
use crate::lock::EMAIL;
use crate::run::Place;
use evenkeel_testkit::{TestDb, database, newest, number};
use serde_json::Value;

const NOTES: (&str, &str) =
    ("20260103000000_notes.sql", "-- migrate:up\ncreate table notes (id int primary key);\n-- migrate:down\ndrop table notes;\n");

fn recorded(db: &TestDb) -> Vec<String> {
    db.query_text("select version from schema_migrations order by 1").into_iter().flatten().flatten().collect()
}

fn told(place: &Place, arguments: &[&str], code: i32) -> Value {
    place.run(&[arguments, &["--format", "json"]].concat()).exits(code).json()
}

/// Of each member its name, and what was pending there.
fn pending(told: &Value) -> Vec<(String, Option<usize>)> {
    let members = told["environments"].as_array().unwrap().iter();
    let count = |one: &Value| one["deployment"]["pending"].as_array().map(Vec::len);
    members.map(|one| (one["environment"].as_str().unwrap().to_owned(), count(one))).collect()
}

#[test]
fn members_that_are_meant_are_brought_there_and_back_each_from_its_own_state() {
    let all: Vec<TestDb> = (0..4).map(|_| database(newest())).collect();
    let place = Place::new();
    for (name, text) in [FIRST, EMAIL, NOTES] {
        place.write(&format!("m/{name}"), text);
    }
    let mut toml = format!(
        "[project]\nmigrations = \"m\"\ntool = \"dbmate\"\n[store]\nurl = \"sqlite:{}\"\n",
        place.path("state/store.sqlite").display()
    );
    for (name, db) in ["a", "b", "c", "d"].iter().zip(&all) {
        db.exec(RECORD);
        toml.push_str(&format!("[environments.{name}]\nurl = \"{}\"\ntier = \"staging\"\n", db.url()));
    }
    place.write("evenkeel.toml", &toml);
    // One has the first of both already.
    all[1].exec("alter table people add email text; insert into schema_migrations values ('20260102000000')");
    place.run(&["deploy", "a", "--only", "b", "--unrehearsed"]).exits(64);
    place.run(&["deploy", "--unrehearsed"]).exits(64);
    place.run(&["deploy", "--only", "nobody", "--unrehearsed"]).exits(64).says("nobody");
    place.run(&["deploy", "--except", "a,b,c,d", "--unrehearsed"]).exits(64).says("no environment is left");
    // A plan for each, from where it stands.
    let plans = told(&place, &["deploy", "--except", "d", "--unrehearsed", "--plan"], 0);
    let names = |of: &[(&str, usize)]| of.iter().map(|(name, count)| ((*name).to_owned(), Some(*count))).collect::<Vec<_>>();
    assert_eq!(pending(&plans), names(&[("a", 2), ("b", 1), ("c", 2)]), "{plans}");
    assert_eq!(recorded(&all[0]).len(), 1, "a plan runs nothing");
    // The first that is refused is the last.
    place.run(&["history", "b", "--halt", "orders are lost"]).exits(0);
    let stopped = told(&place, &["deploy", "--only", "a,b,c", "--unrehearsed"], 1);
    assert_eq!(all.iter().map(|db| recorded(db).len()).collect::<Vec<_>>(), [3, 2, 1, 1], "{stopped}");
    let line = stopped["verdict"]["line"].as_str().unwrap();
    assert!(line.contains("1 of 3 environments") && line.contains("not b") && line.contains("not begun: c"), "{line}");
    assert!(stopped["environments"][2]["deployment"].is_null(), "{stopped}");
    place.run(&["history", "b", "--resume", "--over", "10ms", "--idle"]).exits(0);
    // The same again goes on: what is there is not brought again.
    let done = told(&place, &["deploy", "--only", "a,b,c", "--unrehearsed"], 0);
    assert_eq!(pending(&done), names(&[("a", 0), ("b", 1), ("c", 2)]), "{done}");
    assert_eq!(all.iter().map(|db| recorded(db).len()).collect::<Vec<_>>(), [3, 3, 3, 1]);
    // Back are some of them, whatever becomes of one.
    place.run(&["history", "a", "--halt", "x"]).exits(0);
    let ran = place.run(&["rollback", "--only", "a,c", "--to", "20260102000000", "--unrehearsed", "--accept-loss", "all"]).exits(1);
    ran.says("rollback: 1 of 2 environments").says("not a");
    assert_eq!(all.iter().map(|db| recorded(db).len()).collect::<Vec<_>>(), [3, 3, 2, 1]);
}

/// `EVENKEEL_FLEET` says how many are alike.
#[test]
fn of_a_fleet_those_that_differ_are_taken_back_apart_or_refused_by_name_and_hide_nobody() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    let alike = usize::try_from(number("EVENKEEL_FLEET", 2)).unwrap();
    let place = Place::new();
    for (name, text) in [FIRST, EMAIL, NOTES] {
        place.write(&format!("m/{name}"), text);
    }
    let mut toml = format!(
        "[project]\nmigrations = \"m\"\ntool = \"dbmate\"\n[store]\nurl = \"sqlite:{}\"\n",
        place.path("state/store.sqlite").display()
    );
    let mut all: Vec<(String, TestDb)> = Vec::new();
    // What came of the release there since, or before.
    let differ = [
        ("ahead", "create table notes (id int primary key); insert into schema_migrations values ('20260103000000')"),
        ("without", "alter table people drop email; delete from schema_migrations where version = '20260102000000'"),
        ("drifted", "alter table people alter email type varchar(9)"),
        ("kept", ""),
        ("counts", ""),
    ];
    let names = (0..alike).map(|at| (format!("eu{at}"), "")).chain(differ.iter().map(|(name, sql)| ((*name).to_owned(), *sql)));
    for (name, sql) in names {
        let db = database(newest());
        db.exec(RECORD);
        db.exec("alter table people add email text; insert into schema_migrations values ('20260102000000')");
        db.exec(sql);
        let tier = if name == "counts" { "production" } else { "staging" };
        toml.push_str(&format!("[environments.{name}]\nurl = \"{}\"\ntier = \"{tier}\"\n", db.url()));
        // Nobody is in the way of whoever comes behind.
        if name == "eu0" {
            let nowhere = db.url().replace(&db.value("select current_database()").unwrap(), "nowhere_at_all");
            toml.push_str(&format!("[environments.lost]\nurl = \"{nowhere}\"\ntier = \"staging\"\n"));
        }
        all.push((name, db));
    }
    place.write("evenkeel.toml", &toml);
    let told = told(&place, &["rollback", "--except", "kept", "--to", "20260101000000", "--yes"], 1);
    let of = |name: &str| told["environments"].as_array().unwrap().iter().find(|one| one["environment"] == name).unwrap();
    let came = |name: &str| {
        let one = &of(name)["deployment"];
        (one["outcome"].as_str().unwrap_or("none").to_owned(), one["pending"].as_array().map(Vec::len))
    };
    let is = |outcome: &str, pending: usize| (outcome.to_owned(), Some(pending));
    let rehearsed = |name: &str| of(name)["deployment"]["notes"].to_string();
    for at in 0..alike {
        let name = format!("eu{at}");
        assert_eq!(came(&name), is("ran", 1), "{told}");
        assert_eq!(rehearsed(&name).contains("of eu0, which is like it"), at > 0, "one rehearsal for all that are alike: {told}");
    }
    assert_eq!(came("ahead"), is("ran", 2), "{told}");
    assert!(rehearsed("ahead").contains("was rehearsed now") && !rehearsed("ahead").contains("eu0"), "{told}");
    assert_eq!(came("without"), is("nothing", 0), "{told}");
    let closed = |name: &str| {
        let gates = of(name)["deployment"]["gates"].as_array().unwrap().iter();
        gates.filter(|gate| gate["holds"] == false).map(|gate| gate["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(came("drifted") == is("refused", 1) && closed("drifted").contains(&"baseline".to_owned()), "{told}");
    assert_eq!(closed("counts"), ["evidence"], "{told}");
    assert!(of("lost")["deployment"].is_null() && of("lost")["fault"].as_str().unwrap().contains("nowhere_at_all"), "{told}");
    let line = told["verdict"]["line"].as_str().unwrap();
    assert!(line.contains(&format!("{} of {} environments", alike + 2, alike + 5)), "{line}");
    assert!(line.ends_with("not lost, drifted, counts"), "{line}");
    for (name, db) in &all {
        let stays = ["drifted", "kept", "counts"].contains(&name.as_str());
        assert_eq!(recorded(db).len(), if stays { 2 } else { 1 }, "{name}: {told}");
    }
    // Each has its line at the end, where a person looks; those that could not be told, too.
    let said = place.run(&["rollback", "--only", "lost,without,counts", "--to", "20260101000000", "--yes"]).exits(1).stdout;
    let lines: Vec<&str> = said.lines().rev().take_while(|line| line.starts_with("  ")).collect();
    for name in ["lost", "without", "counts"] {
        assert!(lines.iter().any(|line| line.trim_start().starts_with(&format!("{name}: "))), "{said}");
    }
}

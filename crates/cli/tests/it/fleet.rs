//! `evenkeel deploy` and `rollback` over several environments: each from the state that it is in. Neighbour: `deploy`, of one.

use crate::deploy::{FIRST, RECORD};
use crate::lock::EMAIL;
use crate::run::Place;
use evenkeel_testkit::{TestDb, database, newest};
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

//! `evenkeel drill`: a failover, a deployment and its way back on throwaway servers, measured, kept, and due again. Neighbour: `deploy`,
//! which is run there as it is everywhere.

use crate::deploy::{FIRST, RECORD, given};
use crate::lock::EMAIL;
use crate::run::{Place, digest};
use evenkeel_postgres::scratch::{Options, ReplicaOptions, Scratch};
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{database, newest};
use serde_json::Value;

/// One whose down does not take back all of it.
const HALF: (&str, &str) = (
    "20260103000000_notes.sql",
    "-- migrate:up\ncreate table notes (id int primary key);\ncreate table more (id int);\n-- migrate:down\ndrop table notes;\n",
);

fn drill(place: &Place, code: i32) -> Value {
    place.run(&["drill", "shop", "--format", "json"]).exits(code).json()
}

fn named<'a>(told: &'a Value, what: &str) -> Vec<&'a str> {
    told[what].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
}

#[test]
fn a_failover_a_deployment_and_its_way_back_are_measured_where_nobody_is_hurt() {
    let db = database(newest());
    let place = given(&db, &[EMAIL], "production");
    let toml = place.read("evenkeel.toml");
    let status = |code: i32| place.run(&["status", "--format", "json"]).exits(code).json()["environments"][0].clone();
    // Nobody asked for any: none is due. Then it never was.
    assert_eq!((&status(0)["due"], &status(0)["overdue"]), (&Value::Array(Vec::new()), &Value::Null));
    place.write("evenkeel.toml", format!("{toml}[drill]\nevery = \"30d\"\n"));
    assert!(status(1)["overdue"].as_str().unwrap().starts_with("evenkeel drill shop (it never was)"));
    let before = digest(&place.run(&["digest", "shop"]).exits(0));
    let told = drill(&place, 0);
    assert_eq!(named(&told, "parts"), ["build", "failover", "deploy", "rollback"], "{told}");
    assert_eq!(named(&told, "gates"), ["failover-time", "deploy", "rollback", "rollback-time", "schema"], "{told}");
    assert!(told["gates"].as_array().unwrap().iter().all(|gate| gate["holds"] == true), "{told}");
    assert_eq!((&told["release"], &told["limit_ms"]), (&serde_json::json!(["20260102000000"]), &900_000.0.into()), "{told}");
    assert!(told["parts"].as_array().unwrap().iter().all(|part| part["ms"].as_f64().unwrap() > 0.0), "{told}");
    // What was not drilled is said.
    assert!(told["notes"].to_string().contains("tables are empty") && told["notes"].to_string().contains("no traffic"), "{told}");
    // The environment is as it was, and nobody was kept from it.
    assert_eq!(digest(&place.run(&["digest", "shop"]).exits(0)), before);
    assert_eq!(db.value("select count(*)::text from schema_migrations"), Some("1".to_owned()));
    let run = place.run(&["runs", "--format", "json"]).exits(0).json()["runs"][0].clone();
    assert_eq!(
        (&run["verb"], &run["environment"], &run["ended"]["how"]),
        (&"drill".into(), &"shop (drill)".into(), &"done".into()),
        "{run}"
    );
    assert!(run["acts"].as_array().unwrap().iter().all(|act| act["state"] == "done" && act["why"].is_string()), "{run}");
    let stands = status(0);
    assert!(stands["due"][0]["what"] == "evenkeel drill shop" && stands["due"][0]["overdue"] == false, "{stands}");
    assert_eq!(stands["state"], "nothing known", "a drill is no release");
    // An objective that nothing meets, and the last one counts.
    place.write("evenkeel.toml", format!("{toml}[gates]\nrecovery = \"1ms\"\n[drill]\nevery = \"30d\"\n"));
    let told = drill(&place, 1);
    assert!(told["verdict"]["line"].as_str().unwrap().contains("the objective was missed: failover-time"), "{told}");
    assert!(status(1)["overdue"].as_str().unwrap().contains("did not meet its objective"));
    // Others than those of tier production, where they are named.
    place.write("evenkeel.toml", format!("{toml}[drill]\nevery = \"30d\"\nenvironments = [\"other\"]\n"));
    assert_eq!(status(0)["due"], Value::Array(Vec::new()));
    place.write("evenkeel.toml", format!("{toml}[drill]\nevery = \"soon\"\n"));
    place.run(&["status"]).exits(78).says("every");
}

#[test]
fn a_way_back_that_is_not_one_misses_the_objective_and_what_is_in_is_taken_back_and_brought_again() {
    let db = database(newest());
    let place = given(&db, &[HALF], "staging");
    let told = drill(&place, 1);
    let gates = told["gates"].as_array().unwrap();
    let schema = gates.iter().find(|gate| gate["name"] == "schema").unwrap();
    assert_eq!(schema["holds"], false, "{told}");
    place.run(&["drill", "shop"]).exits(1).says("the way back is not exact");
    place.run(&["drill", &db.url()]).exits(64);
    // With nothing pending it is the last one that is in.
    db.exec("create table notes (id int primary key); insert into schema_migrations values ('20260103000000')");
    place.write(&format!("m/{}", HALF.0), HALF.1.replace("create table more (id int);\n", ""));
    let told = drill(&place, 0);
    assert_eq!(named(&told, "parts"), ["build", "failover", "rollback", "deploy"], "{told}");
    assert!(told["notes"].to_string().contains("nothing is pending"), "{told}");
}

#[test]
fn where_others_are_a_replica_takes_over_by_a_command_and_what_is_pending_goes_there_and_back() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    let primary = Scratch::start(&Options::default()).unwrap();
    let session = primary.session("postgres").unwrap();
    session.exec(RECORD).unwrap();
    let replica = primary.replica(&ReplicaOptions::named("r")).unwrap();
    let place = Place::new();
    // An address that leads to whoever is in charge.
    let at = place.path("address");
    std::os::unix::fs::symlink(primary.socket_dir(), &at).unwrap();
    for (name, text) in [FIRST, EMAIL] {
        place.write(&format!("m/{name}"), text);
    }
    let url = format!("postgres:///postgres?host={}&user=postgres", at.display());
    let toml = format!(
        "[project]\nmigrations = \"m\"\ntool = \"dbmate\"\n[store]\nurl = \"sqlite:{}\"\n[environments.production]\nurl = \"{url}\"\ntier = \
         \"production\"\n[environments.staging]\nurl = \"{url}\"\ntier = \"staging\"\n[drill]\nevery = \"30d\"\npromote_timeout = \"3s\"\n",
        place.path("state/store.sqlite").display()
    );
    let promoting = |command: &str| place.write("evenkeel.toml", format!("{toml}promote = [\"sh\", \"-c\", \"{command}\"]\n"));
    let drill = |on: &str, code: i32| place.run(&["drill", "production", "--on", on, "--format", "json"]).exits(code).json();
    let gate = |told: &Value, name: &str| told["gates"].as_array().unwrap().iter().find(|gate| gate["name"] == name).cloned().unwrap();
    place.write("evenkeel.toml", &toml);
    place.run(&["drill", "production", "--on", "staging"]).exits(78).says("promote beside it");
    promoting("true");
    // Where it counts nothing is deployed to be taken back.
    place.run(&["drill", "production", "--on", "production"]).exits(64).says("nothing is drilled on production");
    // A command that says it did it has not done it: the same server answers.
    let told = drill("staging", 1);
    assert_eq!((gate(&told, "failover")["holds"].clone(), named(&told, "parts")), (false.into(), vec!["failover"]), "{told}");
    assert!(gate(&told, "failover")["found"].as_str().unwrap().contains("the same server answers"), "{told}");
    promoting("exit 3");
    assert!(gate(&drill("staging", 1), "failover")["found"].as_str().unwrap().contains("exit status: 3"));
    place.run(&["rehearse", "--for", "staging"]).exits(0);
    let before = digest(&place.run(&["digest", "staging"]).exits(0));
    // It takes the name of what was pointed at.
    place.write(
        "promote",
        format!("touch {0} && sleep 0.3 && ln -sfn {1} {2}", place.path("go").display(), replica.socket_dir().display(), at.display()),
    );
    promoting("sh promote");
    let told = std::thread::scope(|threads| {
        threads.spawn(|| {
            eventually("the command runs", || place.path("go").exists());
            replica.session("postgres").unwrap().exec("select pg_promote(true, 60)").unwrap();
        });
        drill("staging", 0)
    });
    assert_eq!(named(&told, "parts"), ["failover", "deploy", "rollback"], "{told}");
    assert_eq!(named(&told, "gates"), ["failover-time", "failover", "deploy", "rollback", "rollback-time", "schema"], "{told}");
    assert_eq!(told["release"], serde_json::json!(["20260102000000"]), "{told}");
    assert_eq!(digest(&place.run(&["digest", "staging"]).exits(0)), before);
    let recorded = replica.session("postgres").unwrap().value("select count(*)::text from schema_migrations").unwrap();
    assert_eq!(recorded.as_deref(), Some("1"));
    // It was one of production.
    let stands = place.run(&["status", "--format", "json"]).json();
    let production = stands["environments"].as_array().unwrap().iter().find(|one| one["environment"] == "production").unwrap();
    assert!(production["due"].to_string().contains("\"overdue\":false"), "{stands}");
    // What is in is not taken back: that would cost what was written.
    place.run(&["deploy", "staging"]).exits(0);
    let told = drill("staging", 2);
    assert_eq!((gate(&told, "release")["holds"].clone(), named(&told, "parts").len()), (Value::Null, 0), "{told}");
    drop(session);
    for server in [replica, primary] {
        server.stop().unwrap();
    }
}

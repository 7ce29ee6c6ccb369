//! MySQL and MariaDB: what the server keeps but cannot use (views without their tables, tables without their engine or file,
//! damaged definitions) is told as a gap or a property. It is never left out, and never makes two servers equal.

use crate::run::Place;
use evenkeel_core::kind::Engine;
use evenkeel_mysql::scratch::{Options, Scratch, Session};
use evenkeel_testkit::mysql::{TestDb, each_flavor, flavors, newest_mariadb};
use serde_json::Value;

/// The header of a capture that is not whole.
fn gaps(place: &Place, url: &str) -> Vec<Value> {
    place.run(&["capture", url, "--dimension", "schema", "--out", "m.jsonl", "--strict"]).exits(2);
    let manifest = place.read("m.jsonl");
    let header: Value = serde_json::from_str(manifest.lines().next().unwrap()).unwrap();
    header["gaps"].as_array().unwrap().clone()
}

/// The gap about an object.
#[track_caller]
fn gap<'a>(gaps: &'a [Value], kind: &str, object: &str) -> &'a Value {
    let is = |gap: &&Value| gap["kind"] == kind && gap["object"] == object;
    gaps.iter().find(is).unwrap_or_else(|| panic!("no gap about {kind} {object}: {gaps:#?}"))
}

fn started(options: &Options, database: &str) -> (Scratch, Session) {
    let scratch = Scratch::start(&options.clone().database(database)).unwrap();
    let session = scratch.session(database).unwrap();
    (scratch, session)
}

const VIEWS: &str = "
    CREATE TABLE t (a int PRIMARY KEY, b int); CREATE TABLE gone (a int); CREATE TABLE narrow (a int, b int);
    CREATE FUNCTION f() RETURNS int DETERMINISTIC RETURN 1;
    CREATE VIEW sound AS SELECT a FROM t; CREATE VIEW over_sound AS SELECT a FROM sound;
    CREATE VIEW without_table AS SELECT a FROM gone; CREATE VIEW over_broken AS SELECT a FROM without_table;
    CREATE VIEW without_column AS SELECT b FROM narrow; CREATE VIEW without_function AS SELECT f() AS x FROM t;
    DROP TABLE gone; ALTER TABLE narrow DROP COLUMN b; DROP FUNCTION f";

#[test]
fn a_view_that_cannot_be_opened_is_a_gap_of_its_own() {
    each_flavor(|db| {
        db.exec(VIEWS);
        let place = Place::new();
        let found = gaps(&place, &db.url());
        let broken = ["over_broken", "without_column", "without_function", "without_table"];
        for view in broken {
            assert_eq!(gap(&found, "column", view)["reason"], "failed");
            assert!(gap(&found, "column", view)["cure"].is_string());
        }
        assert_eq!(found.len(), broken.len(), "nothing else is unknown: {found:#?}");
        // Its query is known all the same.
        let manifest = place.read("m.jsonl");
        for view in broken {
            let line = manifest.lines().skip(1).find(|line| line.contains(&format!("[\"\",\"{view}\"]"))).unwrap();
            assert!(line.contains("\"definition\":\"select "), "{line}");
        }
        place.run(&["digest", &db.url()]).exits(2).says("without_table");
        // Two of the same are not called equal, and a difference in such a view is found.
        let other = TestDb::create(db.server.clone());
        other.exec(VIEWS);
        place.run(&["compare", &db.url(), &other.url(), "--dimension", "schema"]).exits(2).says("without_table");
        other.exec("CREATE TABLE gone (a int, c int); CREATE OR REPLACE VIEW without_table AS SELECT c AS a FROM gone; DROP TABLE gone");
        place.run(&["compare", &db.url(), &other.url(), "--dimension", "schema"]).exits(1).says("without_table");
    });
}

#[test]
fn a_text_in_a_view_that_is_no_number_hides_nothing() {
    each_flavor(|db| {
        let sound = TestDb::create(db.server.clone());
        let make = "CREATE TABLE t (a int PRIMARY KEY, s varchar(9)); CREATE VIEW v AS SELECT a FROM t WHERE s = 1 AND '2x' + 1 > 1";
        db.exec(make);
        sound.exec(make);
        Place::new().run(&["compare", &sound.url(), &db.url(), "--dimension", "schema,privileges"]).exits(0);
    });
}

#[test]
fn more_broken_views_than_the_server_warns_of_are_all_told() {
    each_flavor(|db| {
        db.exec("CREATE TABLE gone (a int)");
        // Servers keep 64 or 1,024 warnings of a statement.
        for part in 0..3 {
            let views: Vec<String> = (0..50).map(|i| format!("CREATE VIEW v_{part}_{i} AS SELECT a FROM gone")).collect();
            db.exec(&views.join(";"));
        }
        db.exec("DROP TABLE gone");
        let found = gaps(&Place::new(), &db.url());
        assert_eq!(found.iter().filter(|gap| gap["kind"] == "column" && gap["object"].is_string()).count(), 150);
        assert_eq!(found.len(), 150, "nothing else is unknown");
    });
}

#[test]
fn definers_that_are_gone_hide_nothing() {
    each_flavor(|db| {
        let make = |definer: &str| {
            format!(
                "CREATE TABLE t (a int PRIMARY KEY, b int); CREATE DEFINER={definer} VIEW v AS SELECT a FROM t;
                 CREATE DEFINER={definer} PROCEDURE p() SELECT 1; CREATE DEFINER={definer} FUNCTION f() RETURNS int DETERMINISTIC RETURN 1;
                 CREATE DEFINER={definer} TRIGGER r BEFORE INSERT ON t FOR EACH ROW SET NEW.b = 1;
                 CREATE DEFINER={definer} EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DISABLE DO SELECT 1"
            )
        };
        db.exec(&make("`no one's`@`no%where`"));
        let sound = TestDb::create(db.server.clone());
        sound.exec(&make("CURRENT_USER"));
        let place = Place::new();
        place.run(&["digest", &db.url()]).exits(0);
        // Definers are privileges: the schema is the same.
        place.run(&["compare", &sound.url(), &db.url(), "--dimension", "schema"]).exits(0);
        let ran =
            place.run(&["compare", &sound.url(), &db.url(), "--dimension", "privileges", "--format", "json", "--fail-on", "warn"]).exits(1);
        let json = ran.json();
        let differences = json["differences"].as_array().unwrap();
        let gone = differences.iter().filter(|difference| difference["kind"] == "definer" && difference["attribute"] == "gone");
        assert_eq!(gone.count(), 5, "{json:#}");
    });
}

#[test]
fn damaged_files_of_mariadb_are_told() {
    for (engine, number) in flavors().into_iter().filter(|(engine, _)| *engine == Engine::MariaDb) {
        let options = Options { engine: Some(engine), number: Some(number), ..Options::default() };
        let (scratch, session) = started(&options, "app");
        let make =
            "CREATE TABLE sound (a int PRIMARY KEY); CREATE TABLE garbage (a int PRIMARY KEY, b int, KEY (b)); CREATE TABLE empty (a int);
             CREATE VIEW over_garbage AS SELECT a FROM garbage; CREATE VIEW cut AS SELECT a FROM sound; CREATE TABLE triggered (a int);
             CREATE TRIGGER r BEFORE INSERT ON triggered FOR EACH ROW SET NEW.a = 1; FLUSH TABLES";
        session.exec(make).unwrap();
        let sound = scratch.session("").unwrap();
        sound.exec("CREATE DATABASE sound; USE sound").and_then(|()| sound.exec(make)).unwrap();
        let place = Place::new();
        place.run(&["compare", &scratch.url("sound"), &scratch.url("app"), "--dimension", "schema"]).exits(0);
        let folder = scratch.data_dir().join("app");
        std::fs::write(folder.join("garbage.frm"), "garbage").unwrap();
        std::fs::write(folder.join("empty.frm"), "").unwrap();
        std::fs::write(folder.join("cut.frm"), "TYPE=VIEW\nquery=selec").unwrap();
        std::fs::write(folder.join("triggered.TRG"), "TYPE=TRIGGERS\ntriggers='CREATE garbage").unwrap();
        session.exec("FLUSH TABLES").unwrap();
        let found = gaps(&place, &scratch.url("app"));
        for table in ["garbage", "empty", "triggered"] {
            gap(&found, "table", table);
        }
        gap(&found, "column", "over_garbage");
        // What this is cannot be told any more; that it is there can.
        assert!(found.iter().any(|gap| gap["object"] == "cut"), "{found:#?}");
        place.run(&["digest", &scratch.url("app")]).exits(2);
        let ran = place.run(&["compare", &scratch.url("sound"), &scratch.url("app"), "--dimension", "schema"]);
        assert!(matches!(ran.code, Some(1 | 2)), "{ran:?}");
        let again = place.run(&["compare", "m.jsonl", &scratch.url("app"), "--dimension", "schema"]).exits(2);
        assert!(!again.stdout.starts_with("0 differences") || again.stdout.contains("not visible"), "{}", again.stdout);
    }
}

#[test]
fn a_table_whose_engine_is_not_loaded_is_told() {
    // The newest MariaDB comes with engines as plugins.
    let (engine, number) = newest_mariadb();
    let options = Options { engine: Some(engine), number: Some(number), ..Options::default() };
    let (scratch, session) = started(&options, "app");
    session
        .exec(
            "INSTALL SONAME 'ha_blackhole'; CREATE TABLE hole (a int PRIMARY KEY, b int DEFAULT 3, KEY (b)) ENGINE = BLACKHOLE COMMENT 'its own';
             CREATE VIEW over_hole AS SELECT a FROM hole; CREATE TABLE sound (a int PRIMARY KEY)",
        )
        .unwrap();
    let place = Place::new();
    place.run(&["capture", &scratch.url("app"), "--dimension", "schema", "--out", "sound.jsonl"]).exits(0);
    session.exec("FLUSH TABLES; UNINSTALL SONAME 'ha_blackhole'").unwrap();
    let found = gaps(&place, &scratch.url("app"));
    assert!(gap(&found, "table", "hole")["detail"].as_str().unwrap().contains("BLACKHOLE"));
    gap(&found, "column", "over_hole");
    assert!(!place.read("m.jsonl").contains("\"comment\":\"Unknown storage engine"), "an error is no comment");
    let ran = place.run(&["compare", "sound.jsonl", &scratch.url("app"), "--dimension", "schema"]);
    assert!(matches!(ran.code, Some(1 | 2)), "{ran:?}");
}

#[test]
fn a_table_whose_file_is_missing_keeps_its_definition() {
    for (engine, number) in flavors() {
        let options = Options { engine: Some(engine), number: Some(number), ..Options::default() };
        let (scratch, session) = started(&options, "app");
        session.exec("CREATE TABLE lost (a int PRIMARY KEY, b int COMMENT 'kept', KEY (b)); CREATE TABLE sound (a int)").unwrap();
        let place = Place::new();
        place.run(&["capture", &scratch.url("app"), "--dimension", "schema", "--out", "whole.jsonl"]).exits(0);
        let mut scratch = scratch;
        drop(session);
        scratch.halt().unwrap();
        std::fs::remove_file(scratch.data_dir().join("app/lost.ibd")).unwrap();
        scratch.restart(&[]).unwrap();
        // The server knows the definition; whether it says more is the server's: never a difference made up.
        let ran = place.run(&["compare", "whole.jsonl", &scratch.url("app"), "--dimension", "schema"]);
        assert!(matches!(ran.code, Some(0 | 2)), "{engine:?} {number}: {ran:?}");
        let ran = place.run(&["capture", &scratch.url("app"), "--out", "all.jsonl"]);
        assert!(matches!(ran.code, Some(0 | 2)), "{engine:?} {number}: {ran:?}");
        scratch.session("app").unwrap().exec("ALTER TABLE sound ADD COLUMN b int").unwrap();
        place.run(&["compare", "whole.jsonl", &scratch.url("app"), "--dimension", "schema"]).exits(1).says("sound.b");
    }
}

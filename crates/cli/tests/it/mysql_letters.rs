//! MySQL and MariaDB on machines that tell upper from lower case in names, and on those that do not
//! (`lower_case_table_names`): the setting is a difference, and objects are never called equal that are not.

use crate::run::{MYSQL_SHOP, Place};
use evenkeel_mysql::scratch::{Options, Scratch};
use evenkeel_testkit::mysql::flavors;

fn started(flavor: (evenkeel_core::kind::Engine, u16), lower: bool) -> Scratch {
    let mut options = Options { engine: Some(flavor.0), number: Some(flavor.1), ..Options::default() };
    if lower {
        options.init.push(("lower_case_table_names".into(), "1".into()));
    }
    Scratch::start(&options).unwrap()
}

#[test]
fn case_that_one_server_minds_and_the_other_does_not() {
    for flavor in flavors() {
        let (minds, folds) = (started(flavor, false), started(flavor, true));
        for scratch in [&minds, &folds] {
            let session = scratch.session("").unwrap();
            session.exec("CREATE DATABASE plain").unwrap();
            session.exec(&format!("USE plain; {MYSQL_SHOP}")).unwrap();
            session
                .exec(
                    "CREATE DATABASE Shop; USE Shop; CREATE TABLE Orders (Id int PRIMARY KEY, Total int, KEY By_Total (Total));
                     CREATE TABLE items (id int PRIMARY KEY, of_order int, CONSTRAINT Fk FOREIGN KEY (of_order) REFERENCES Orders (Id));
                     CREATE VIEW Big AS SELECT Id FROM Orders WHERE Total > 9; CREATE TRIGGER Trg BEFORE INSERT ON Orders FOR EACH ROW SET NEW.Total = 1;
                     CREATE FUNCTION Twice(X int) RETURNS int DETERMINISTIC RETURN X * 2",
                )
                .unwrap();
        }
        let place = Place::new();
        // Names in lower case are the same everywhere.
        place.run(&["compare", &minds.url("plain"), &folds.url("plain"), "--dimension", "schema"]).exits(0);
        place
            .run(&["compare", &minds.url("plain"), &folds.url("plain"), "--dimension", "configuration"])
            .exits(1)
            .says("lower_case_table_names");
        // A server of the same kind is equal to itself, by any spelling that it takes for the name.
        for url in [minds.url("Shop"), folds.url("Shop"), folds.url("shop"), folds.url("SHOP")] {
            place.run(&["compare", &url, &url, "--dimension", "schema", "--same"]).exits(0).says("compared");
            place.run(&["capture", &url, "--dimension", "schema", "--out", "m.jsonl"]).exits(0);
            let manifest = place.read("m.jsonl").to_lowercase();
            for name in ["orders", "items", "big", "trg", "twice", "by_total"] {
                assert!(manifest.contains(&format!("\"{name}\"")), "{flavor:?} {url}: no {name} in {manifest}");
            }
        }
        place.run(&["compare", &folds.url("Shop"), &folds.url("SHOP"), "--dimension", "schema", "--same"]).exits(0);
        let ran = place.run(&["digest", &minds.url("shop")]).exits(69);
        assert!(ran.stdout.is_empty());
        // Statements written for one fail on the other: that is no "equal".
        let ran = place.run(&["compare", &minds.url("Shop"), &folds.url("Shop"), "--dimension", "schema", "--format", "json"]);
        assert!(matches!(ran.code, Some(1 | 2)), "{flavor:?}: {ran:?}");
        let told = ran.json().to_string();
        assert!(told.contains("Orders") && told.contains("orders"), "{told}");
        // A real difference below is found all the same.
        folds.session("Shop").unwrap().exec("ALTER TABLE items ADD COLUMN extra int").unwrap();
        place.run(&["compare", &minds.url("Shop"), &folds.url("Shop"), "--dimension", "schema"]).exits(1).says("items.extra");
    }
}

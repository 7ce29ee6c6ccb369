//! Parity locks and halts where they stand in tables of the database itself: MySQL and MariaDB. Neighbours: `lock` and `halt`, which have what
//! holds for all.

use crate::deploy_mysql::{EMAIL, given};
use crate::rehearse::gate;
use crate::run::{Place, digest};
use evenkeel_testkit::Share;
use evenkeel_testkit::mysql::{TestDb, database, flavors, newest_mariadb, newest_mysql};
use serde_json::Value;

const ANN: (&str, &str) = ("EVENKEEL_HOLDER", "ann@laptop");
const BOB: (&str, &str) = ("EVENKEEL_HOLDER", "bob@runner");
/// Accounts are the server's, on which other tests make theirs.
const DIMENSIONS: [&str; 2] = ["schema", "history"];

fn told(place: &Place, who: (&str, &str), arguments: &[&str], code: i32) -> Value {
    place.run_with(&[arguments, &["--format", "json"]].concat(), &[who]).exits(code).json()
}

/// All that could speak of a table of evenkeel's own.
fn seen(place: &Place) -> ([String; 2], Value) {
    let digests = DIMENSIONS.map(|dimension| digest(&place.run(&["digest", "shop", "--dimension", dimension]).exits(0)));
    (digests, place.run(&["history", "shop", "--format", "json"]).exits(0).json()["unexplained"].clone())
}

/// One of each vendor; by night all.
fn some() -> Vec<TestDb> {
    let chosen = if Share::of(2).is_whole() { flavors() } else { vec![newest_mariadb(), newest_mysql()] };
    chosen.into_iter().map(database).collect()
}

#[test]
fn what_is_locked_or_halted_stands_in_the_database_where_every_machine_sees_it_and_no_digest_does() {
    for db in some() {
        let (place, other) = (given(&db, &[], "staging"), Place::new());
        for file in ["evenkeel.toml", "m/20260101000000_people.sql"] {
            let text = place.read(file).replace(&place.path("state").display().to_string(), &other.path("state").display().to_string());
            other.write(file, text);
        }
        other.write(&format!("m/{}", EMAIL.0), EMAIL.1);
        let before = seen(&place);
        let locked = told(&place, ANN, &["lock", "shop", "--until", "1h", "--reason", "it's \u{2713}\n`x`"], 0);
        assert!(locked["verdict"]["line"].as_str().unwrap().contains("every machine sees it"), "{locked}");
        place.run(&["history", "shop", "--halt", "orders are lost"]).exits(0).says("every machine sees it");
        assert_eq!(seen(&place), before);
        let captured = place.run(&["capture", "shop"]).exits(0);
        assert!(!captured.stdout.contains("evenkeel_"), "{}", captured.stdout);
        // Another machine, with a store of its own.
        let refused = told(&other, BOB, &["deploy", "shop", "--unrehearsed"], 1);
        assert_eq!(
            (&gate(&refused, "parity-lock")["holds"], &gate(&refused, "halt")["holds"]),
            (&false.into(), &false.into()),
            "{refused}"
        );
        assert!(gate(&refused, "parity-lock")["found"].as_str().unwrap().contains("it's \u{2713} `x`"), "{refused}");
        assert!(gate(&refused, "halt")["found"].as_str().unwrap().contains("orders are lost"), "{refused}");
        other.run(&["history", "shop", "--resume", "--over", "10ms", "--idle"]).exits(0).says("halted no more");
        place.run(&["history", "shop", "--resume", "--over", "10ms", "--idle"]).exits(0);
        other.run_with(&["unlock", "shop"], &[BOB]).exits(1).says("you are bob@runner");
        told(&other, BOB, &["unlock", "shop", "--held-by", "ann@laptop", "--reason", "she is away"], 0);
        told(&place, ANN, &["unlock", "shop"], 0);
        // Once there, it is written again and again, one at a time.
        told(&place, ANN, &["lock", "shop", "--until", "1h"], 0);
        told(&place, ANN, &["lock", "shop", "--until", "2h"], 0);
        assert_eq!(db.value("select count(*) from evenkeel_parity_lock"), Some("1".to_owned()));
        // What was locked is tracked, each time.
        let tracked = "select group_concat(state order by number) from evenkeel_runs where `by` = 'ann@laptop'";
        assert_eq!(db.value(tracked), Some("LOCKED,LOCKED,LOCKED".to_owned()));
        told(&place, ANN, &["unlock", "shop"], 0);
        // What is not as it is made is somebody's, and opens nothing.
        for (spoil, mend) in [
            ("alter table evenkeel_parity_lock add more int", "alter table evenkeel_parity_lock drop more"),
            ("create index mine on evenkeel_parity_lock (holder(9))", "drop index mine on evenkeel_parity_lock"),
        ] {
            db.exec(spoil);
            let refused = told(&other, BOB, &["deploy", "shop", "--unrehearsed", "--plan"], 2);
            assert!(gate(&refused, "parity-lock")["found"].as_str().unwrap().contains("not as evenkeel makes it"), "{refused}");
            assert_ne!(seen_digest(&place), before.0[0]);
            db.exec(mend);
        }
        db.exec("alter table evenkeel_parity_lock modify column reason varchar(9)");
        assert_ne!(seen_digest(&place), before.0[0]);
    }
}

fn seen_digest(place: &Place) -> String {
    digest(&place.run(&["digest", "shop"]).exits(0))
}

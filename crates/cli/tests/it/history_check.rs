//! What is said of migrations in every report, and in `evenkeel check`. Neighbours: `history`, `gate`.

use crate::history::{history, last, third};
use crate::run::Place;
use evenkeel_testkit::{TestDb, database, newest};
use serde_json::Value;

/// A configuration with production, whose manifest is what is there now.
fn configured(place: &Place, db: &TestDb, more: &str) {
    place.write(
        "evenkeel.toml",
        format!("[project]\nmigrations = \"m\"\n[environments.production]\nurl = \"{}\"\nmanifest = \"p.jsonl\"\n{more}", db.url()),
    );
    place.run(&["capture", "--all"]).exits(0);
}

fn checked(place: &Place, code: i32) -> Value {
    // What is measured may be another a moment later.
    place.run(&["check", "production", "--dimension", "schema,history", "--format", "json"]).exits(code).json()
}

fn ids(told: &Value) -> Vec<String> {
    told["findings"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_check_takes_files_and_record_in() {
    let (place, db) = third("alter table orders add a int;");
    configured(&place, &db, "");
    // What is pending is no fault, unless somebody says that it must be there.
    assert!(ids(&checked(&place, 0)).is_empty());
    configured(&place, &db, "recorded = \"20260102000000\"\n");
    assert!(ids(&checked(&place, 0)).is_empty());
    configured(&place, &db, "recorded = \"all\"\n");
    let told = checked(&place, 1);
    assert_eq!((ids(&told), told["findings"][0]["severity"].clone()), (vec!["EK-migration-pending".to_owned()], "block".into()), "{told}");
    assert_eq!(told["findings"][0]["place"]["file"], "evenkeel.toml", "{told}");
    configured(&place, &db, "recorded = \"20270101000000\"\n");
    assert!(checked(&place, 1)["findings"][0]["why"].as_str().unwrap().contains("no file has it"));
    // Nothing is what was committed, and the record is wrong all the same.
    db.exec("insert into schema_migrations values ('20260103000000')");
    configured(&place, &db, "");
    let told = checked(&place, 1);
    assert_eq!(ids(&told), ["EK-migration-recorded-not-present"], "{told}");
    assert_eq!(told["findings"][0]["place"]["file"], "20260103000000_third.sql", "{told}");
    let standing = told["floor"].as_array().unwrap().iter().find(|one| one["dimension"] == "history").unwrap();
    assert_eq!(standing["standing"], "not-met", "{told}");
    // A folder that nobody can read is no pass.
    std::fs::remove_dir_all(place.path("m")).unwrap();
    let told = checked(&place, 2);
    assert!(told["gaps"][0]["detail"].as_str().unwrap().contains("files, record and schema"), "{told}");
    configured(&place, &db, "history = false\n");
    let told = place.run(&["check", "production", "--format", "json"]).exits(2).json();
    assert!(told["gaps"][0]["detail"].as_str().unwrap().contains("files, record and schema"), "{told}");
}

#[test]
fn what_was_rolled_back_is_not_recorded() {
    let sample = crate::history::SAMPLES.iter().find(|sample| sample.tool == "goose").unwrap();
    let db = database(newest());
    crate::history::apply(&db, sample);
    let place = crate::history::place_with(sample.folder);
    configured(&place, &db, "recorded = \"all\"\n");
    assert!(ids(&checked(&place, 0)).is_empty());
    db.exec("drop index o; insert into goose_db_version (version_id, is_applied) values (20260102000000, false)");
    configured(&place, &db, "recorded = \"all\"\n");
    assert_eq!(ids(&checked(&place, 1)), ["EK-migration-pending"]);
    configured(&place, &db, "");
    assert!(ids(&checked(&place, 0)).is_empty());
}

#[test]
fn every_report_has_what_a_history_says() {
    let (place, db) = third("alter table orders add a int;");
    db.exec("insert into schema_migrations values ('20260103000000'); create table stray (a int)");
    for (format, words) in [
        ("html", &["EK-migration-recorded-not-present", "EK-migration-unexplained", "public.stray", "20260103000000_third.sql"][..]),
        ("sarif", &["\"ruleId\": \"EK-migration-recorded-not-present\"", "20260103000000_third.sql", "\"startLine\": 2"]),
        ("junit", &["EK-migration-recorded-not-present", "<failure", "public.stray"]),
    ] {
        let told = place.run(&["history", &db.url(), "--migrations", "m", "--format", format]).exits(1).stdout;
        for word in words {
            assert!(told.contains(word), "{format}: no {word:?} in {told}");
        }
    }
    place.write("q.sql", "select gone from orders;\n");
    for format in ["html", "sarif", "junit"] {
        let told = place.run(&["preflight", &db.url(), "--queries", "q.sql", "--format", format]).exits(1).stdout;
        assert!(told.contains("EK-preflight-missing") && told.contains("q.sql"), "{format}: {told}");
    }
    place.run(&["explain", "EK-migration-partly-present"]).exits(0).says("--repair");
    place.run(&["explain", "EK-preflight-missing"]).exits(0);
}

#[test]
fn what_a_policy_excuses_blocks_nothing_and_is_said() {
    let (place, db) = third("alter table orders add a int;");
    db.exec("create table stray (a int)");
    assert_eq!(history(&place, &db, 1)["unexplained"].as_array().map(Vec::len), Some(1));
    let policy =
        "[policy]\nignore = [{ object = \"table:public.stray\", reason = \"monitoring\", owner = \"ops\", until = \"2999-01-01\" }]\n";
    place.write("evenkeel.toml", policy);
    let told = history(&place, &db, 0);
    assert_eq!(last(&told)["verdict"], "pending");
    assert!(told["notes"][0].as_str().unwrap().contains("excused by the policy: table public.stray"), "{told}");
    // In a check it is of use.
    place.write(
        "evenkeel.toml",
        format!("{policy}[project]\nmigrations = \"m\"\n[environments.production]\nurl = \"{}\"\nmanifest = \"p.jsonl\"\n", db.url()),
    );
    place.run(&["capture", "--all"]).exits(0);
    assert!(ids(&checked(&place, 0)).is_empty());
    place.write("evenkeel.toml", policy.replace("2999", "2020"));
    assert_eq!(history(&place, &db, 1)["unexplained"].as_array().map(Vec::len), Some(1));
}

#[test]
fn files_mean_what_they_mean_to_the_role_that_runs_them() {
    let db = database(newest());
    // The role's own schema goes before the database's.
    let role = format!("migrator_{}", db.name);
    db.exec(&format!(
        "create schema app; create schema {role}; create table {role}.orders (id bigint primary key); create table app.lines (id int);
         alter database {} set search_path = app, public; create role {role}; alter role {role} set search_path = \"$user\", app",
        db.name
    ));
    let place = Place::new();
    place.write("m/1_schemas.sql", format!("create schema if not exists app; create schema {role};\n"));
    place.write("m/2_orders.sql", "create table orders (id bigint primary key);\n");
    place.write("m/3_lines.sql", "create table app.lines (id int);\n");
    let url = db.url();
    let config = |more: &str| {
        let text = format!("[project]\nmigrations = \"m\"\ntool = \"plain SQL\"\n[environments.production]\nurl = \"{url}\"\n{more}");
        place.write("evenkeel.toml", text);
    };
    config(&format!("migration_role = \"{role}\"\n"));
    place.run(&["history", "production"]).exits(0);
    // Without it they run as anybody, and the table would be in another schema.
    config("");
    place.run(&["history", "production"]).exits(1).says("app.orders");
    db.exec(&format!("alter table {role}.orders set schema app"));
    place.run(&["history", "production"]).exits(0);
    db.exec(&format!("drop role {role}"));
}

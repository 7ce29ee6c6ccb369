//! Several folders that make one environment, each recorded by its own tool. Neighbours: `history`, `history_check`.

use crate::history::words;
use crate::run::Place;
use evenkeel_testkit::mysql::each_flavor;
use evenkeel_testkit::{TestDb, database, newest};
use serde_json::Value;

const TABLES: &str = "create table schema_migrations (version varchar(128) primary key);
    create schema jobs; create table jobs.schema_migrations (version bigint primary key, dirty boolean not null);
    create table jobs.taken (a int);";
const APP: [(&str, &str); 2] = [
    (
        "app/1_accounts.sql",
        "-- migrate:up\ncreate table accounts (id int primary key, note text);\n-- migrate:down\ndrop table accounts;\n",
    ),
    ("app/2_orders.sql", "-- migrate:up\ncreate table orders (id int primary key, old int);\n-- migrate:down\ndrop table orders;\n"),
];
/// The first needs what the other folder makes, the second undoes a part of it.
const JOBS: [(&str, &str); 2] = [
    ("jobs/1_jobs.up.sql", "create table jobs.jobs (id int primary key, account int references accounts);\n"),
    ("jobs/2_old.up.sql", "alter table orders drop column old;\ncreate index jobs_account on jobs.jobs (account);\n"),
];

/// A database that both have made, with a configuration that names them.
fn made(first: &str, then: &str) -> (Place, TestDb) {
    let (place, db) = (Place::new(), database(newest()));
    db.exec(TABLES);
    for (name, text) in APP.iter().chain(&JOBS) {
        place.write(name, text);
        db.exec(text.split("-- migrate:down").next().unwrap());
    }
    // What stands there before the tools came is the folder's, so that nobody wonders.
    place.write("jobs/0_ground.up.sql", "create schema jobs;\ncreate table jobs.taken (a int);\n");
    db.exec("insert into schema_migrations values ('1'), ('2'); insert into jobs.schema_migrations values (2, false)");
    configure(&place, &db, &[first, then], "");
    place.run(&["capture", "--all"]).exits(0);
    (place, db)
}

fn configure(place: &Place, db: &TestDb, folders: &[&str], more: &str) {
    let folders: Vec<String> = folders.iter().map(|folder| format!("[[project.migrations]]\nfolder = \"{folder}\"\n")).collect();
    let text = format!("[environments.production]\nurl = \"{}\"\nmanifest = \"p.jsonl\"\n{more}\n{}", db.url(), folders.join(""));
    place.write("evenkeel.toml", text);
}

fn asked(place: &Place, code: i32) -> Value {
    place.run(&["history", "production", "--format", "json"]).exits(code).json()
}

/// The verdicts of every folder.
fn all(told: &Value) -> Vec<Vec<String>> {
    std::iter::once(told).chain(told["beside"].as_array().into_iter().flatten()).map(words).collect()
}

#[test]
fn each_folder_is_judged_beside_the_other() {
    let (place, db) = made("app", "jobs");
    let told = asked(&place, 0);
    assert_eq!(told["tool"]["name"], "dbmate", "{told}");
    assert_eq!(told["beside"][0]["tool"]["name"], "golang-migrate", "{told}");
    assert_eq!(all(&told), [vec!["applied"; 2], vec!["applied"; 3]], "{told}");
    // Nobody is told that the other's record is a stranger's.
    assert!(!told.to_string().contains("whose files these are not"), "{told}");
    let line = "production: record and schema agree: app (dbmate): 2 applied; jobs (golang-migrate): 3 applied";
    assert_eq!(told["verdict"]["line"], line);
    place.run(&["history", "production"]).exits(0).says("jobs (golang-migrate)").says("records in jobs.schema_migrations");
    place.run(&["check", "production", "--dimension", "schema,history"]).exits(0);

    // What nobody makes is said once; the other folder's things are no riddle.
    db.exec("create table stray (a int)");
    let told = asked(&place, 1);
    assert_eq!(told["unexplained"].as_array().unwrap().len(), 1, "{told}");
    assert_eq!(told["beside"][0]["unexplained"], Value::Array(Vec::new()), "{told}");
    let told = place.run(&["check", "production", "--dimension", "schema,history", "--format", "json"]).exits(1).json();
    let ids: Vec<&str> = told["findings"].as_array().unwrap().iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(ids.iter().filter(|id| **id == "EK-migration-unexplained").count(), 1, "{told}");
    db.exec("drop table stray");

    // What is gone is missed by the one that made it.
    db.exec("drop index jobs.jobs_account");
    let told = asked(&place, 1);
    assert_eq!(all(&told), [vec!["applied", "applied"], vec!["applied", "applied", "partly-present"]], "{told}");
    db.exec("create index jobs_account on jobs.jobs (account); alter table accounts drop column note");
    let told = asked(&place, 1);
    assert_eq!(all(&told), [vec!["partly-present", "applied"], vec!["applied"; 3]], "{told}");
    db.exec("alter table accounts add column note text");

    // Run and not recorded: the one explains it, so that it is no stranger to the other.
    place.write("app/3_extra.sql", "-- migrate:up\ncreate table extra (id int primary key);\n-- migrate:down\ndrop table extra;\n");
    db.exec("create table extra (id int primary key)");
    let told = asked(&place, 1);
    assert_eq!(told["unexplained"], Value::Array(Vec::new()), "{told}");
    assert_eq!(all(&told), [vec!["applied", "applied", "present-not-recorded"], vec!["applied"; 3]], "{told}");
    // What is pending here is in its order, whatever of the other ran.
    place.write("app/4_later.sql", "-- migrate:up\ncreate table later (id int);\n-- migrate:down\n");
    assert_eq!(words(&asked(&place, 1))[3], "pending");
    std::fs::remove_file(place.path("app/4_later.sql")).unwrap();
    // One that the other folder needs and nobody recorded: nobody can tell what the other makes.
    db.exec("delete from schema_migrations where version = '2'");
    let told = asked(&place, 1);
    assert_eq!(words(&told["beside"][0]), ["applied", "applied", "not-checkable"], "{told}");
}

#[test]
fn one_folder_is_asked_about_and_repaired_beside_the_other() {
    let (place, db) = made("app", "jobs");
    db.exec("drop index jobs.jobs_account");
    let told = place.run(&["history", "production", "--migrations", "jobs", "--format", "json"]).exits(1).json();
    assert_eq!(
        (told["tool"]["name"].as_str(), words(&told)),
        (Some("golang-migrate"), vec!["applied".into(), "applied".into(), "partly-present".into()]),
        "{told}"
    );
    assert_eq!(told["beside"], Value::Array(Vec::new()), "{told}");
    let told = place.run(&["history", "production", "--migrations", "app", "--format", "json"]).exits(0).json();
    assert_eq!(words(&told), ["applied", "applied"], "{told}");
    // A repair is of one.
    place.run(&["history", "production", "--repair"]).exits(64).says("--migrations").says("jobs");
    let told = place.run(&["history", "production", "--migrations", "jobs", "--repair", "--offline", "--format", "json"]).exits(0).json();
    assert_eq!(told["repair"]["whole"], true, "{told}");
    let script = told["repair"]["script"].as_str().unwrap();
    assert!(script.contains("jobs_account") && !script.contains("accounts ("), "{script}");
    db.exec(script);
    assert_eq!(all(&asked(&place, 0)), [vec!["applied"; 2], vec!["applied"; 3]]);
    // What a flag says is of one folder.
    place.run(&["history", "production", "--tool", "dbmate"]).exits(64).says("--tool");
}

#[test]
fn where_one_cannot_run_nothing_is_excused() {
    // In this order the second folder's tables are not there yet.
    let (place, db) = made("jobs", "app");
    let told = asked(&place, 2);
    assert!(told["gaps"].to_string().contains("accounts"), "{told}");
    // Not all files ran, so that nobody can tell what none of them makes: that is no agreement.
    db.exec("create table stray (a int)");
    let told = asked(&place, 2);
    assert!(told["verdict"]["line"].as_str().unwrap().contains("could not tell"), "{told}");
}

#[test]
fn a_folder_that_nothing_records_is_told_by_what_is_there() {
    let (place, db) = made("app", "jobs");
    place.write("views/1.sql", "create view names as select id, note from accounts;\n");
    place.write("views/2.sql", "create view more as select id from orders;\n");
    db.exec("create view names as select id, note from accounts");
    configure(&place, &db, &["app", "jobs", "views"], "");
    let told = asked(&place, 0);
    assert_eq!(all(&told)[2], ["applied", "pending"], "{told}");
    assert_eq!(all(&told)[..2], [vec!["applied"; 2], vec!["applied"; 3]], "{told}");
    // One that makes the ground on which the others stand.
    place.write("ground/1.sql", "create table ground (a int);\n");
    place.write("ground/2.sql", "create table never (a int);\n");
    place.write("app/3_ground.sql", "-- migrate:up\nalter table ground add b int;\n-- migrate:down\n");
    db.exec("create table ground (a int, b int); insert into schema_migrations values ('3')");
    configure(&place, &db, &["ground", "app", "jobs"], "");
    db.exec("drop view names");
    let told = asked(&place, 0);
    assert_eq!(all(&told), [vec!["applied", "pending"], vec!["applied"; 3], vec!["applied"; 3]], "{told}");
    db.exec("create view names as select id, note from accounts; alter table ground drop b; delete from schema_migrations where version = '3'; drop table ground");
    std::fs::remove_file(place.path("app/3_ground.sql")).unwrap();
    // Of two that nothing records nobody can tell which made what.
    place.write("more/1.sql", "create table more_things (a int);\n");
    db.exec("create table more_things (a int)");
    configure(&place, &db, &["app", "jobs", "views", "more"], "");
    let told = place.run(&["history", "production", "--format", "json"]).json();
    assert!(told.to_string().contains("cannot be told apart"), "{told}");
    assert_ne!(told["verdict"]["exit_code"], 0, "{told}");
}

#[test]
fn what_one_committed_is_not_accepted_of_the_other() {
    let (place, db) = made("app", "jobs");
    // A row-only migration of each, with one key; only one of them is recorded in what was committed.
    place.write("app/3_rows.sql", "-- migrate:up\nupdate accounts set note = 'x';\n");
    db.exec("insert into schema_migrations values ('3')");
    place.run(&["capture", "--all"]).exits(0);
    place.write("jobs/3_rows.up.sql", "update jobs.jobs set account = null;\n");
    db.exec("update jobs.schema_migrations set version = 3");
    let told = asked(&place, 2);
    assert_eq!(told["migrations"][2]["accepted"], true, "{told}");
    assert_eq!(told["beside"][0]["migrations"][3]["accepted"], false, "{told}");
    // A key that both have is accepted of neither, unless its folder is named.
    configure(&place, &db, &["app", "jobs"], "[policy]\naccept = [\"3\"]");
    place.run(&["history", "production"]).exits(2);
    let folder = told["beside"][0]["tool"]["folder"].as_str().unwrap();
    configure(&place, &db, &["app", "jobs"], &format!("[policy]\naccept = [\"3 of {folder}\"]"));
    place.run(&["history", "production"]).exits(0);
}

#[test]
fn two_folders_that_are_recorded_in_one_table_are_refused() {
    let (place, db) = made("app", "jobs");
    place.write("more/1_x.sql", "-- migrate:up\ncreate table x (a int);\n");
    configure(&place, &db, &["app", "jobs", "more"], "");
    let ran = place.run(&["history", "production"]).says("are recorded in public.schema_migrations").says("app and more");
    assert!(!matches!(ran.code, Some(0 | 1)), "{:?}", ran.code);
    let told = place.run(&["check", "production", "--dimension", "schema,history", "--format", "json"]).exits(2).json();
    assert!(told["gaps"].to_string().contains("recorded in public.schema_migrations"), "{told}");
}

#[test]
fn mysql_and_mariadb_are_judged_so_too() {
    each_flavor(|db| {
        let place = Place::new();
        for (name, text) in APP {
            place.write(name, text);
            db.exec(text.split("-- migrate:down").next().unwrap());
        }
        let job = "create table jobs (id int primary key, account int, foreign key jobs_account (account) references accounts (id));\n";
        place.write("jobs/V1__jobs.sql", job);
        db.exec(job);
        db.exec("create table schema_migrations (version varchar(128) primary key); insert into schema_migrations values ('1'), ('2');
            create table flyway_schema_history (installed_rank int primary key, version varchar(50), description varchar(200) not null, type varchar(20) not null, script varchar(1000) not null,
            checksum int, installed_by varchar(100) not null, installed_on timestamp not null default current_timestamp, execution_time int not null, success bool not null);
            insert into flyway_schema_history values (1, '1', 'jobs', 'SQL', 'V1__jobs.sql', null, 'x', now(), 1, true)");
        let text = "[[project.migrations]]\nfolder = \"app\"\n[[project.migrations]]\nfolder = \"jobs\"\n";
        place.write("evenkeel.toml", format!("[environments.production]\nurl = \"{}\"\n{text}", db.url()));
        assert_eq!(all(&asked(&place, 0)), [vec!["applied"; 2], vec!["applied"]]);
        db.exec("alter table orders drop column old; create table stray (a int)");
        let told = asked(&place, 1);
        assert_eq!(all(&told), [vec!["applied", "partly-present"], vec!["applied"]], "{told}");
        assert_eq!(told["unexplained"].as_array().map(Vec::len), Some(1), "{told}");
    });
}

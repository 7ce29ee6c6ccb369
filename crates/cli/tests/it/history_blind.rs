//! A record that an account may not read: nobody knows what ran, and that is said with the GRANT that cures it. It is never "nothing is
//! recorded". Neighbours: `history`; `mysql_accounts`, which has what an account sees of a schema.

use crate::history::{place_with, words};
use crate::run::Place;
use evenkeel_testkit::mysql::{TestDb, each_flavor};
use evenkeel_testkit::{database, newest};
use serde_json::Value;

const FILES: &[(&str, &str)] = &[
    ("1_a.sql", "-- migrate:up\ncreate table orders (id bigint primary key, note varchar(90));\n-- migrate:down\ndrop table orders;\n"),
    ("2_b.sql", "-- migrate:up\ncreate index o_note on orders (note);\n-- migrate:down\n"),
];
const MADE: &str = "create table orders (id bigint primary key, note varchar(90)); create index o_note on orders (note);
    create table schema_migrations (version varchar(128) primary key); insert into schema_migrations values ('1'), ('2')";

/// What is said to a blind account, and that nothing is repaired, deployed or passed on it.
fn blind(place: &Place, url: &str) -> Value {
    let told = place.run(&["history", url, "--migrations", "m", "--format", "json"]).exits(2).json();
    assert_eq!(words(&told), ["not-checkable", "not-checkable"], "{told}");
    assert!(!told.to_string().contains("nothing is recorded there") && told["gaps"].to_string().contains("to do: "), "{told}");
    let repair = place.run(&["history", url, "--migrations", "m", "--repair"]);
    assert!(repair.code != Some(0) && repair.stdout.lines().all(|line| line.is_empty() || line.starts_with("--")), "{}", repair.stdout);
    let store = place.path("state/store.sqlite");
    let toml = format!(
        "[project]\nmigrations = \"m\"\n[store]\nurl = \"sqlite:{}\"\n[environments.shop]\nurl = \"{url}\"\ntier = \"staging\"\n",
        store.display()
    );
    place.write("evenkeel.toml", toml);
    let deploy = place.run(&["deploy", "shop", "--unrehearsed", "--format", "json"]);
    assert!(!matches!(deploy.code, Some(0 | 70)), "{}{}", deploy.stdout, deploy.stderr);
    deploy.says("what is pending on shop is not known").says("to do: ");
    let digest = place.run(&["migrations", "m", "--format", "json"]).json()["digest"].as_str().unwrap().to_owned();
    place.run(&["preflight", "shop", "--artifact", &digest]).exits(2);
    std::fs::remove_file(place.path("evenkeel.toml")).unwrap();
    told
}

#[test]
fn a_record_that_a_role_may_not_read_is_a_gap_with_its_grant() {
    let db = database(newest());
    db.exec(MADE);
    let place = place_with(FILES);
    let role = format!("ek_unread_{}", std::process::id());
    db.exec(&format!("create role {role} login; grant pg_read_all_stats to {role}"));
    let url = db.url().replace("postgres@", &format!("{role}@"));
    let told = blind(&place, &url);
    let grant = format!("GRANT SELECT ON public.schema_migrations TO {role};");
    assert!(told["gaps"].to_string().contains(&grant), "{told}");
    // Some of its rows are not all of them.
    db.exec(&format!(
        "{grant} alter table schema_migrations enable row level security; create policy p on schema_migrations using (version = '1')"
    ));
    let told = blind(&place, &url);
    assert!(told["gaps"].to_string().contains("BYPASSRLS"), "{told}");
    db.exec("alter table schema_migrations disable row level security; drop policy p on schema_migrations");
    place.run(&["history", &url, "--migrations", "m"]).exits(0);
    db.exec(&format!("drop owned by {role}; drop role {role}"));
}

#[test]
fn a_record_that_an_account_does_not_see_is_not_an_empty_one() {
    each_flavor(|db| {
        db.exec(MADE);
        let place = place_with(FILES);
        let name = format!("u{}", db.name);
        let who = format!("{name}@localhost");
        // The table of the record does not even appear.
        db.exec(&format!("create user {who}; grant process on *.* to {who}; grant select on {}.orders to {who}", db.name));
        let url = db.url().replace("root@", &format!("{name}@"));
        let told = blind(&place, &url);
        assert!(told["gaps"].to_string().contains("GRANT"), "{}: {told}", db.server.display());
        // It appears, and cannot be read.
        db.exec(&format!("grant insert on {}.schema_migrations to {who}; grant show view on {0}.* to {who}", db.name));
        let told = blind(&place, &url);
        assert!(told["gaps"].to_string().contains("schema_migrations"), "{}: {told}", db.server.display());
        // A routine that may be there is not said to be missing.
        let other = TestDb::create(db.server.clone());
        other.exec("create table schema_migrations (version varchar(128) primary key); insert into schema_migrations values ('1'); create procedure pp() select 1");
        other.exec(&format!("grant select on {}.* to {who}", other.name));
        let routine = place_with(&[("1_a.sql", "-- migrate:up\ncreate procedure pp() select 1;\n-- migrate:down\n")]);
        let url = other.url().replace("root@", &format!("{name}@"));
        let told = routine.run(&["history", &url, "--migrations", "m", "--format", "json"]).exits(2).json();
        assert_eq!(told["migrations"][0]["verdict"], "not-checkable", "{}: {told}", db.server.display());
        db.exec(&format!("drop user {who}"));
    });
}

//! Migrations in programming languages: named and put in order, and never guessed at.

use crate::history::{place_with, words};
use evenkeel_testkit::{database, newest};
use serde_json::Value;

fn keys(told: &Value) -> Vec<&str> {
    told["migrations"].as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap()).collect()
}

#[test]
fn a_language_that_is_not_run_is_not_checkable_until_somebody_accepts_it() {
    let place = place_with(&[("20260101000000_create_orders.rb", "class A; end"), ("20260102000000_add_total.rb", "class B; end")]);
    let db = database(newest());
    db.exec("create table schema_migrations (version varchar primary key); create table ar_internal_metadata (key varchar primary key, value varchar, created_at timestamp not null, updated_at timestamp not null);
        insert into schema_migrations values ('20260101000000'), ('20250101000000'); create table orders (id int)");
    let ran = |code| place.run(&["history", &db.url(), "--migrations", "m", "--format", "json"]).exits(code).json();
    let told = ran(1);
    assert_eq!(told["tool"]["name"], "Rails", "{told}");
    assert_eq!(words(&told), ["not-checkable", "pending", "file-missing"], "{told}");
    db.exec("delete from schema_migrations where version = '20250101000000'");
    assert_eq!(words(&ran(2)), ["not-checkable", "pending"]);
    place.write(
        "evenkeel.toml",
        format!("[project]\nmigrations = \"m\"\n[policy]\naccept = [\"20260101000000\"]\n[environments.p]\nurl = \"{}\"\n", db.url()),
    );
    place.run(&["history", "p"]).exits(0).says("what no migration explains was not looked for");
}

#[test]
fn revisions_run_in_the_order_they_name() {
    let revision = |own: &str, after: &str| format!("revision: str = '{own}'\ndown_revision = {after}\n");
    let files = [
        ("a_last.py", revision("c3", "('b1', 'b2')")),
        ("b_first.py", revision("a0", "None")),
        ("c_left.py", revision("b1", "'a0'")),
        ("d_right.py", revision("b2", "\"a0\"")),
        ("env.py", "import alembic".to_owned()),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let place = place_with(&files);
    let told = place.run(&["migrations", "m", "--format", "json"]).exits(1).json();
    assert_eq!(keys(&told), ["a0", "b1", "b2", "c3"], "{told}");
    let db = database(newest());
    db.exec("create table alembic_version (version_num varchar(32) primary key); insert into alembic_version values ('b2')");
    let told = place.run(&["history", &db.url(), "--migrations", "m", "--format", "json"]).exits(2).json();
    // The other branch is not behind it.
    assert_eq!(words(&told), ["not-checkable", "pending", "not-checkable", "pending"], "{told}");
    // A revision that no file has: stamped from elsewhere.
    db.exec("update alembic_version set version_num = 'deadbeef'");
    let told = place.run(&["history", &db.url(), "--migrations", "m", "--format", "json"]).exits(1).json();
    assert_eq!(words(&told), ["pending", "pending", "pending", "pending", "unknown-version"], "{told}");
    place.write("m/e_lost.py", revision("d4", "'zz'"));
    place.run(&["migrations", "m"]).exits(1).says("it comes after zz, which no file has");
}

#[test]
fn names_that_are_recorded_are_told_by_the_tools_rules() {
    for (tool, file, key) in [
        ("Knex", "20260101000000_create.js", "20260101000000_create.js"),
        ("Sequelize or umzug", "20260101000000-create.js", "20260101000000-create.js"),
        ("TypeORM", "1767225600000-CreateOrders.ts", "CreateOrders1767225600000"),
        ("Laravel", "2026_01_01_000000_create_orders.php", "2026_01_01_000000_create_orders"),
        ("Django", "shop/migrations/0001_initial.py", "shop.0001_initial"),
    ] {
        let place = place_with(&[(file, "")]);
        let told = place.run(&["migrations", "m", "--tool", tool, "--format", "json"]).exits(1).json();
        assert_eq!(keys(&told), [key], "{tool}: {told}");
    }
    let plan = "%syntax-version=1.0.0\n%project=shop\n\none 2026-11-21T03:51:11Z Ann <a@example.org> # first\ntwo [one] 2026-11-21T03:51:12Z Ann <a@example.org>\n@v1 2026-11-21T03:51:13Z Ann <a@example.org>\n";
    let place = place_with(&[
        ("sqitch.plan", plan),
        ("deploy/one.sql", "BEGIN; CREATE TABLE one (a int); COMMIT;"),
        ("deploy/two.sql", "CREATE TABLE two (a int);"),
        ("revert/one.sql", "DROP TABLE one;"),
    ]);
    let told = place.run(&["migrations", "m", "--format", "json"]).exits(0).json();
    assert_eq!((told["tool"].clone(), keys(&told)), ("Sqitch".into(), vec!["shop:one", "shop:two"]));
}

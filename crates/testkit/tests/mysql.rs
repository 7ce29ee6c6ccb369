//! The MySQL and MariaDB servers that tests share, seen as a test sees them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use evenkeel_core::kind::Engine;
use evenkeel_mysql::scratch::series;
use evenkeel_testkit::keeper::{VARIABLE, ask};
use evenkeel_testkit::mysql::{DEMANDED, TestDb, database, databases, each_flavor, flavors, newest_mariadb, newest_mysql, server};

#[test]
fn every_flavour_answers_with_its_own() {
    each_flavor(|db| {
        let version = db.value("SELECT version()").unwrap();
        assert_eq!(version.contains("MariaDB"), db.flavor().engine == Engine::MariaDb);
        assert!(version.starts_with(&db.flavor().version), "{version}");
        assert!(DEMANDED.contains(&(db.flavor().engine, db.flavor().number)));
    });
}

#[test]
fn every_test_has_a_database_of_its_own() {
    each_flavor(|one| {
        let two = database((one.flavor().engine, one.flavor().number));
        assert_eq!(one.server.socket, two.server.socket, "one server for all");
        assert_ne!(one.name, two.name);
        one.exec("CREATE TABLE only_here (a int); INSERT INTO only_here VALUES (1), (NULL)");
        assert_eq!(one.query_text("SELECT * FROM only_here"), [[Some("1".to_owned())], [None]]);
        assert_eq!(two.query_text("SHOW TABLES"), [] as [Vec<Option<String>>; 0]);
        let prefix = if one.flavor().is_mariadb() { "mariadb://root@localhost/test_" } else { "mysql://root@localhost/test_" };
        assert!(one.url().starts_with(prefix), "{}", one.url());
    });
}

#[test]
fn a_database_is_dropped_with_its_test_even_while_somebody_holds_a_lock_in_it() {
    for flavor in flavors() {
        let server = server(flavor).unwrap();
        let admin = server.session("");
        let db = TestDb::create_with(server, "CHARACTER SET latin1");
        assert_eq!(db.value("SELECT @@character_set_database").as_deref(), Some("latin1"));
        db.exec("CREATE TABLE t (a int)");
        let holder = db.another_session();
        holder.exec("START TRANSACTION; SELECT * FROM t").unwrap();
        let count = format!("SELECT count(*) FROM information_schema.schemata WHERE schema_name = '{}'", db.name);
        assert_eq!(admin.value(&count).unwrap().as_deref(), Some("1"));
        drop(db);
        assert_eq!(admin.value(&count).unwrap().as_deref(), Some("0"));
    }
}

#[test]
fn all_flavours_can_be_open_at_once() {
    let all = databases();
    assert_eq!(all.len(), flavors().len());
    for db in &all {
        db.exec("SELECT 1");
    }
    assert!(newest_mariadb().1 >= 1011);
    assert!(newest_mysql().1 < 1000);
}

#[test]
fn the_keeper_knows_only_what_is_installed() {
    let Some(socket) = std::env::var_os(VARIABLE) else { return }; // plain `cargo test` has no keeper
    let socket = std::path::Path::new(&socket);
    let known = ask(socket, "flavors").unwrap();
    assert_eq!(known.split(", ").filter(|name| flavors().iter().any(|(e, n)| *name == series(*e, *n))).count(), flavors().len(), "{known}");
    assert_eq!(ask(socket, "flavor MySQL 3.23").unwrap_err(), "MySQL 3.23 is not installed");
}

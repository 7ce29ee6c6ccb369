//! Both stores keep the laws of the port; and what only the one on a server owes: whose schema it is, who may use it, what becomes of it when the
//! server goes away.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use evenkeel_core::fault::Class;
use evenkeel_core::port::{Engine, Halt, Store};
use evenkeel_postgres::engine::Postgres;
use evenkeel_postgres::scratch::{Options, Scratch};
use evenkeel_store::{Server, Sqlite};
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::store::{LAWS, Subject};
use evenkeel_testkit::{TestDb, database, majors, newest};

fn server(url: &str) -> Box<dyn Store> {
    Box::new(Server::new(Postgres.keeper(url).unwrap_or_else(|trouble| panic!("{trouble:#?}"))))
}

fn halt(environment: &str) -> Halt {
    Halt { environment: environment.to_owned(), since: "2026-11-29T02:00:00Z".to_owned(), by: "ann".to_owned(), reason: "x".to_owned() }
}

#[test]
fn a_file_keeps_the_laws() {
    for (name, law) in LAWS {
        println!("{name}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/store.sqlite");
        law(&Subject { open: &|| Box::new(Sqlite::new(&path)) });
    }
}

#[test]
fn a_server_keeps_the_laws() {
    let majors = majors();
    for major in [majors.first(), majors.last()].into_iter().flatten() {
        for (name, law) in LAWS {
            println!("PostgreSQL {major}: {name}");
            let db = database(*major);
            let url = db.url();
            law(&Subject { open: &|| server(&url) });
        }
    }
}

#[test]
fn reading_makes_nothing_and_what_is_anothers_is_left_alone() {
    let db = database(newest());
    let store = server(&db.url());
    assert_eq!(store.halted("x"), Ok(None));
    let schemas = "SELECT count(*)::text FROM pg_namespace WHERE nspname = 'evenkeel_store'";
    assert_eq!(db.value(schemas).as_deref(), Some("0"));
    db.exec("CREATE SCHEMA evenkeel_store; CREATE TABLE evenkeel_store.theirs (a int)");
    for trouble in [store.halted("x").map(drop), store.halt(&halt("x"))] {
        let trouble = trouble.unwrap_err();
        assert!(trouble.class == Class::CouldNotTell && trouble.found.as_ref().unwrap().contains("others"), "{trouble:#?}");
    }
    db.exec("DROP TABLE evenkeel_store.theirs");
    // An empty one may have been made for it.
    store.halt(&halt("x")).unwrap();
    assert!(store.halted("x").unwrap().is_some());
    db.exec("UPDATE evenkeel_store.version SET version = 77");
    let trouble = store.halted("x").unwrap_err();
    assert_eq!((trouble.class, trouble.found.as_deref()), (Class::CouldNotTell, Some("version 77")));
    assert!(server(&db.url()).halt(&halt("y")).is_err());
}

#[test]
fn tables_of_the_first_version_are_read_as_they_are_and_grow() {
    let db = database(newest());
    db.exec(include_str!("../src/server/tables_1.sql"));
    db.exec(
        "INSERT INTO evenkeel_store.run (verb, environment, target, by, host, boot, pid, started, ground, digest)
         VALUES ('deploy', 'x', 't', 'ann', 'h', 'b', 1, 's', 'g', 'd')",
    );
    let store = server(&db.url());
    let artifacts = || store.runs(None, 9).unwrap().into_iter().map(|entry| entry.intention.artifact).collect::<Vec<_>>();
    assert_eq!(artifacts(), [None]);
    let version = || db.value("SELECT version::text FROM evenkeel_store.version");
    assert_eq!(version().as_deref(), Some("1"), "who reads makes nothing");
    store.halt(&halt("x")).unwrap();
    assert_eq!((artifacts(), version().as_deref()), (vec![None], Some("3")));
}

/// A role of this test alone, and its URL.
fn role(db: &TestDb, more: &str) -> (String, String) {
    let name = format!("store_{}_{}", std::process::id(), db.name.rsplit('_').next().unwrap());
    db.exec(&format!("CREATE ROLE {name} LOGIN {more}"));
    let url = db.url().replacen("postgres@", &format!("{name}@"), 1);
    assert!(url.contains(&name));
    (name, url)
}

#[test]
fn a_role_that_may_not_is_told_what_it_lacks() {
    let db = database(newest());
    let (name, url) = role(&db, "");
    // It may not make the schema.
    let store = server(&url);
    let trouble = store.halt(&halt("x")).unwrap_err();
    assert!(
        trouble.found.as_ref().unwrap().contains("permission denied") && trouble.fix.as_ref().unwrap().contains("GRANT CREATE"),
        "{trouble:#?}"
    );
    assert_eq!(store.halted("x"), Ok(None));
    server(&db.url()).halt(&halt("x")).unwrap();
    // It is there, and hidden: nobody may take that for "not halted".
    let trouble = store.halted("x").unwrap_err();
    assert!(trouble.class == Class::CouldNotTell && trouble.fix.as_ref().unwrap().contains("GRANT USAGE"), "{trouble:#?}");
    db.exec(&format!("GRANT USAGE ON SCHEMA evenkeel_store TO {name}; GRANT SELECT ON ALL TABLES IN SCHEMA evenkeel_store TO {name}"));
    assert!(store.halted("x").unwrap().is_some());
    assert!(store.halt(&halt("y")).unwrap_err().found.unwrap().contains("permission denied"));
    // What the message says is enough.
    db.exec(&format!("GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA evenkeel_store TO {name}"));
    for (_, law) in LAWS.iter().filter(|(name, _)| name.contains("one has it")) {
        db.exec("DELETE FROM evenkeel_store.run; DELETE FROM evenkeel_store.lock");
        law(&Subject { open: &|| server(&url) });
    }
    // Its transactions only read.
    db.exec(&format!("ALTER ROLE {name} SET default_transaction_read_only = on"));
    let store = server(&url);
    assert!(store.halted("x").unwrap().is_some());
    let trouble = store.halt(&halt("z")).unwrap_err();
    assert!(trouble.fix.as_ref().unwrap().contains("default_transaction_read_only"), "{trouble:#?}");
    drop(store);
    db.exec(&format!("DROP OWNED BY {name}; DROP ROLE {name}"));
}

#[test]
fn a_session_that_was_lost_is_opened_again_and_a_wait_has_an_end() {
    let db = database(newest());
    let store = server(&db.url());
    store.halt(&halt("x")).unwrap();
    let ends = "SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'evenkeel store'";
    assert_eq!(db.value(ends).as_deref(), Some("1"));
    assert!(store.halted("x").unwrap().is_some());
    assert_eq!(db.value(ends).as_deref(), Some("1"));
    store.halt(&halt("y")).unwrap();
    // Somebody holds its tables.
    let other = db.another_session();
    other.exec("BEGIN; LOCK TABLE evenkeel_store.halt").unwrap();
    let begun = std::time::Instant::now();
    let trouble = store.halted("x").unwrap_err();
    assert!(begun.elapsed().as_secs() < 15 && trouble.class == Class::CouldNotTell, "{trouble:#?} after {:?}", begun.elapsed());
    assert!(trouble.fix.as_ref().unwrap().contains("who holds locks"), "{trouble:#?}");
    other.exec("ROLLBACK").unwrap();
    assert!(store.halted("x").unwrap().is_some());
    // The settings of a role that would have it keep what it says in memory for a while.
    db.exec(&format!("ALTER DATABASE {} SET synchronous_commit = off; ALTER DATABASE {} SET search_path = nowhere", db.name, db.name));
    let store = server(&db.url());
    store.halt(&halt("z")).unwrap();
    assert!(store.halted("z").unwrap().is_some());
    let nowhere = Postgres.keeper("postgres://u:secret@localhost:1/x?connect_timeout=2").unwrap();
    let trouble = Server::new(nowhere).halted("x").unwrap_err();
    assert!(trouble.class == Class::Unreachable && trouble.what.starts_with("cannot use the store host localhost"), "{trouble:#?}");
    assert!(!format!("{trouble:?}").contains("secret"));
}

#[test]
fn what_the_replica_that_has_to_have_it_does_not_have_is_not_called_kept() {
    let own = Scratch::start(&Options::major(newest()).database("team")).unwrap();
    let store = server(&own.url("team"));
    store.halt(&halt("x")).unwrap();
    let session = own.session("team").unwrap();
    session.exec("ALTER SYSTEM SET synchronous_standby_names = 'nobody'").unwrap();
    session.exec("SELECT pg_reload_conf()").unwrap();
    eventually("it waits for a replica", || session.value("SHOW synchronous_standby_names").unwrap().as_deref() == Some("nobody"));
    // Somebody ends the wait, which the server calls a success; nobody is waited for longer than a call may take.
    let trouble = std::thread::scope(|threads| {
        threads.spawn(|| {
            let session = own.session("team").unwrap();
            let ends = "SELECT pg_cancel_backend(pid)::text FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
            eventually("it waits", || session.value(ends).unwrap().as_deref() == Some("true"));
        });
        store.halt(&halt("y")).unwrap_err()
    });
    assert!(trouble.class == Class::CouldNotTell && trouble.what.contains("nobody can tell whether that was kept"), "{trouble:#?}");
    assert!(trouble.found.as_ref().unwrap().contains("replica"), "{trouble:#?}");
}

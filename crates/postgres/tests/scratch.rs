//! Scratch servers of every installed version: started, used, copied as replicas, stopped without a trace.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::Instant;

use evenkeel_core::fault::Troublesome;
use evenkeel_postgres::scratch::{Fault, Options, ReplicaOptions, Scratch, ServerBinaries, find_servers, pick};
use evenkeel_testkit::process::{eventually, gone};

/// One server per installed major version; a missing one is a counted skip.
fn each_major(test: impl Fn(&ServerBinaries)) {
    let servers = find_servers();
    for major in evenkeel_testkit::majors() {
        test(pick(&servers, Some(major)).unwrap());
    }
}

#[test]
fn every_version_starts_private_and_leaves_nothing() {
    each_major(|server| {
        let begun = Instant::now();
        let options = Options::default().setting("work_mem", "7MB").database("weird \"name'");
        let scratch = Scratch::start_with(server, &options).unwrap();
        println!("PostgreSQL {}: started in {:?}", server.version, begun.elapsed());
        let session = scratch.session("weird \"name'").unwrap();
        let show = |name: &str| session.value(&format!("SHOW {name}")).unwrap().unwrap();
        assert_eq!(show("server_version"), server.version);
        assert_eq!(show("listen_addresses"), "");
        assert_eq!(show("fsync"), "off");
        assert_eq!(show("work_mem"), "7MB");
        assert_eq!(show("server_encoding"), "UTF8");
        assert_eq!(show("timezone"), "UTC");
        session.exec("CREATE EXTENSION pg_trgm; CREATE TABLE t (a int)").unwrap();

        let (pid, directory) = (scratch.pid().unwrap(), scratch.socket_dir().to_path_buf());
        scratch.check().unwrap();
        let begun = Instant::now();
        scratch.stop().unwrap();
        println!("PostgreSQL {}: stopped in {:?}", server.version, begun.elapsed());
        assert!(gone(pid));
        assert!(!directory.parent().unwrap().exists());
    });
}

#[test]
fn a_replica_of_every_version_follows_its_primary() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    each_major(|server| {
        let primary = Scratch::start_with(server, &Options::default()).unwrap();
        let writer = primary.session("postgres").unwrap();
        writer.exec("CREATE TABLE t AS SELECT generate_series(1, 1000) AS n").unwrap();

        let begun = Instant::now();
        let with_slot = primary.replica(&ReplicaOptions::named("first")).unwrap();
        println!("PostgreSQL {}: replica in {:?}", server.version, begun.elapsed());
        let without = ReplicaOptions { slot: false, ..ReplicaOptions::named("second") };
        let without_slot = primary.replica(&without).unwrap();

        let rows = writer.query_text("SELECT slot_name, active FROM pg_replication_slots WHERE NOT temporary").unwrap();
        assert_eq!(rows, [[Some("first".to_owned()), Some("t".to_owned())]]);
        with_slot.pause_replay(true).unwrap();
        writer.exec("INSERT INTO t VALUES (0)").unwrap();
        let count = |replica: &Scratch| replica.session("postgres").unwrap().value("SELECT count(*) FROM t").unwrap().unwrap();
        eventually("the row arrives", || count(&without_slot) == "1001");
        assert_eq!(count(&with_slot), "1000", "replay is paused");
        with_slot.pause_replay(false).unwrap();
        eventually("replay goes on", || count(&with_slot) == "1001");

        match with_slot.session("postgres").unwrap().exec("CREATE TABLE u ()") {
            Err(Fault::Sql { sqlstate, .. }) => assert_eq!(sqlstate, "25006"),
            other => panic!("a standby is read-only: {other:?}"),
        }
    });
}

#[test]
fn halt_keeps_the_data_and_restart_takes_new_settings() {
    let mut scratch = Scratch::start(&Options::default().database("app")).unwrap();
    scratch.session("app").unwrap().exec("CREATE TABLE kept (a int)").unwrap();
    scratch.halt().unwrap();
    match scratch.session("app") {
        Err(Fault::Launcher(fault)) => assert!(fault.to_string().contains("is gone"), "{fault}"),
        other => panic!("the cause must be named: {other:?}"),
    }
    scratch.restart(&[("max_connections".into(), "17".into())]).unwrap();
    let session = scratch.session("app").unwrap();
    assert_eq!(session.value("SHOW max_connections").unwrap().as_deref(), Some("17"));
    assert_eq!(session.query_text("TABLE kept").unwrap().len(), 0);
}

#[test]
fn servers_have_identifiers_of_their_own_when_asked() {
    let identifier = |options: &Options| {
        let scratch = Scratch::start(options).unwrap();
        let session = scratch.session("postgres").unwrap();
        session.value("SELECT system_identifier FROM pg_control_system()").unwrap().unwrap()
    };
    let fresh = Options { own_identifier: true, ..Options::default() };
    let all = [identifier(&Options::default()), identifier(&fresh), identifier(&fresh)];
    assert_ne!(all[0], all[1]);
    assert_ne!(all[1], all[2]);
}

#[test]
fn encoding_locale_and_checksums_are_initdbs() {
    let options = Options {
        encoding: Some("LATIN1".into()),
        locale: Some("C".into()),
        initdb: vec!["--data-checksums".into()],
        ..Options::default()
    };
    let scratch = Scratch::start(&options).unwrap();
    let session = scratch.session("postgres").unwrap();
    assert_eq!(session.value("SHOW server_encoding").unwrap().as_deref(), Some("LATIN1"));
    assert_eq!(session.value("SHOW data_checksums").unwrap().as_deref(), Some("on"));
}

#[test]
fn url_and_keyword_string_reach_the_same_database() {
    let scratch = Scratch::start(&Options::default().database("a/b c")).unwrap();
    for conninfo in [scratch.url("a/b c"), scratch.conninfo("a/b c")] {
        let session = evenkeel_postgres::scratch::Session::open("test", "a/b c", &conninfo).unwrap();
        assert_eq!(session.value("SELECT current_database()").unwrap().as_deref(), Some("a/b c"));
    }
}

#[test]
fn faults_say_what_to_do() {
    match Scratch::start(&Options::major(99)) {
        Err(fault @ Fault::NoServer { .. }) => {
            let trouble = fault.trouble();
            assert!(trouble.what.contains("PostgreSQL 99"), "{trouble:?}");
            assert!(trouble.fix.unwrap().contains("install"));
        }
        other => panic!("{other:?}"),
    }
    match Scratch::start(&Options::default().setting("no_such_setting", "1")) {
        Err(fault @ Fault::Launcher(evenkeel_launcher::Fault::DiedStarting { .. })) => {
            assert!(fault.trouble().found.unwrap().contains("no_such_setting"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_session_may_be_used_inside_an_async_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let scratch = Scratch::start(&Options::default().database("x")).unwrap();
        assert_eq!(scratch.session("x").unwrap().value("SELECT 1").unwrap().as_deref(), Some("1"));
    });
}

//! PostgreSQL keeps the laws of throwaway servers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use evenkeel_core::port::{Became, Confined, Engine, Installed, Like, Limits, Mortal, Silent, Stop, Watch, Workshop};
use evenkeel_launcher::Root;
use evenkeel_postgres::engine::Postgres;
use evenkeel_postgres::scratch::{PostgresWorkshop, find_servers, pick};
use evenkeel_testkit::workshop::{Subject, holds};
use evenkeel_testkit::{claim, majors};
use std::time::{Duration, Instant};

/// A root of its own, so that whatever is left in it was left by the test; not in the caller's folder for temporary files, whose
/// path may be too long for a socket.
fn root() -> (tempfile::TempDir, Root) {
    let folder = tempfile::Builder::new().prefix("ek").tempdir_in("/tmp").unwrap();
    let root = Root::at(&folder.path().join("r"), "this test").unwrap();
    // Servers run as another user when we are root.
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    (folder, root)
}

/// One version's server, with what is its own about it, and a root that nobody else uses.
fn on(major: u32, test: fn(&Subject<'_>)) {
    let (_folder, root) = root();
    let workshop = PostgresWorkshop { root: Some(root.clone()), folders: Vec::new() };
    test(&Subject {
        engine: &Postgres,
        workshop: &workshop,
        root: root.path(),
        server: &Installed::from(pick(&find_servers(), Some(major)).unwrap()),
        locked: &["55P03"],
        too_long: &["57014"],
        long: "SELECT pg_sleep(30)",
    });
}

#[test]
fn the_laws_hold() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    majors().into_iter().for_each(|major| on(major, holds));
}

#[test]
fn the_laws_of_claims_hold() {
    // They mostly wait: all versions at once.
    std::thread::scope(|threads| {
        for major in majors() {
            threads.spawn(move || on(major, claim::holds));
        }
    });
}

#[test]
fn an_extension_that_is_nowhere_is_named() {
    let like = Like { extensions: vec!["pg_trgm".into(), "no_such_thing".into()], ..Like::default() };
    let trouble = PostgresWorkshop::default().choose(&like).unwrap_err();
    assert!(trouble.what.contains("no_such_thing") && trouble.fix.is_some(), "{trouble:#?}");
}

/// A number of a transaction is its server's, and its start's: after a crash it is given out again.
#[test]
fn what_became_of_a_transaction_is_told_by_the_server_that_gave_its_number_and_by_no_other() {
    for major in majors() {
        on(major, |subject| {
            let mut server = subject.workshop.start(&Like::installed(subject.server), &Watch::none()).unwrap();
            let deployer = Postgres.deployer().unwrap();
            let mut asker = server.session("postgres").unwrap();
            let begun = || {
                let mut session = server.session("postgres").unwrap();
                session.begin(&Limits::default()).unwrap();
                let answer = deployer.number(&mut *session).unwrap();
                let number = answer.ran().unwrap().rows[0][0].clone().unwrap();
                (session, number)
            };
            let ((mut kept, committed), (mut gone, back), (open, running)) = (begun(), begun(), begun());
            kept.commit().unwrap();
            gone.roll_back().unwrap();
            let all = [(&committed, Became::Committed), (&back, Became::RolledBack), (&running, Became::Open)];
            for (number, became) in all {
                assert_eq!(deployer.became(&mut *asker, number), Ok(became), "{number}");
            }
            for odd in ["", "7", "x y", "99999999 1"] {
                assert_eq!(deployer.became(&mut *asker, odd), Ok(Became::Untold), "{odd}");
            }
            drop((kept, gone, open, asker));
            server.kill().unwrap();
            server.start_again(&Watch::none()).unwrap();
            let mut asker = server.session("postgres").unwrap();
            for (number, _) in all {
                assert_eq!(deployer.became(&mut *asker, number), Ok(Became::Untold), "{number}");
            }
            server.stop().unwrap();
        });
    }
}

/// A client that dies says nothing: its transaction is gone, and a statement that it had sent is not.
#[test]
fn a_client_that_is_killed_leaves_its_transaction_and_not_its_statement() {
    let (_folder, root) = root();
    let workshop = PostgresWorkshop { root: Some(root), folders: Vec::new() };
    let stop = Stop::default();
    let watch = Watch { watcher: &Silent, stop: &stop };
    let scratch = workshop.start(&Like::default().database("d"), &watch).unwrap();
    let settings = vec![("work_mem".to_owned(), "5MB".to_owned())];
    let confined = Confined { role: Some("(nobody)".to_owned()), unbounded: true, settings, ..Confined::default() };
    let settle = |client: &mut Box<dyn Mortal>, text: &str| {
        client.send(text).unwrap();
        loop {
            if let Some(answer) = client.answered().unwrap() {
                return answer;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    };
    let mut own = scratch.session("d").unwrap();
    let mut asked = |sql: &str| own.run(sql).unwrap().ran().unwrap().rows[0][0].clone().unwrap_or_default();
    let mut client = scratch.mortal("d", &confined).unwrap();
    assert_eq!(settle(&mut client, "create table t (id int)"), Ok(()));
    let refused = settle(&mut client, "create table t (id int)").unwrap_err();
    assert!(refused.contains("42P07"), "{refused}");
    assert_eq!(settle(&mut client, "do $$ begin if current_setting('work_mem') <> '5MB' then raise 'no'; end if; end $$"), Ok(()));
    assert_eq!(settle(&mut client, "begin; insert into t values (1)"), Ok(()));
    let is_there = format!("select count(*) from pg_stat_activity where pid = {}", client.id());
    assert_eq!(asked(&is_there), "1");
    drop(client);
    let mut client = scratch.mortal("d", &confined).unwrap();
    client.send("insert into t select 2 from pg_sleep(1)").unwrap();
    let id = client.id();
    std::thread::sleep(Duration::from_millis(200));
    drop(client);
    let from = Instant::now();
    while asked(&format!("select count(*) from pg_stat_activity where pid = {id}")) != "0" {
        assert!(from.elapsed() < Duration::from_secs(30));
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!((asked(&is_there), asked("select string_agg(id::text, ' ') from t")), ("0".to_owned(), "2".to_owned()));
    assert!(from.elapsed() > Duration::from_millis(300), "its statement ended with it: {:?}", from.elapsed());
}

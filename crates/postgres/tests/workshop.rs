//! PostgreSQL keeps the laws of throwaway servers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use evenkeel_core::port::{Became, Engine, Installed, Like, Limits, Watch, Workshop};
use evenkeel_launcher::Root;
use evenkeel_postgres::engine::Postgres;
use evenkeel_postgres::scratch::{PostgresWorkshop, find_servers, pick};
use evenkeel_testkit::workshop::{Subject, holds};
use evenkeel_testkit::{claim, majors};

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

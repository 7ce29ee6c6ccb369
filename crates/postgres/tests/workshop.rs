//! PostgreSQL keeps the laws of throwaway servers.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use evenkeel_core::port::{Installed, Like, Workshop};
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

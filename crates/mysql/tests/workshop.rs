//! MySQL and MariaDB keep the laws of throwaway servers.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use evenkeel_core::kind::Engine;
use evenkeel_core::port::Installed;
use evenkeel_launcher::Root;
use evenkeel_mysql::engine::Mysql;
use evenkeel_mysql::scratch::{MysqlWorkshop, find_servers, pick};
use evenkeel_testkit::claim;
use evenkeel_testkit::mysql::flavors;
use evenkeel_testkit::workshop::{Subject, holds};

/// A root of its own, so that whatever is left in it was left by the test; not in the caller's folder for temporary files, whose
/// path may be too long for a socket.
fn root() -> (tempfile::TempDir, Root) {
    let folder = tempfile::Builder::new().prefix("ek").tempdir_in("/tmp").unwrap();
    let root = Root::at(&folder.path().join("r"), "this test").unwrap();
    // Servers run as another user when we are root.
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    (folder, root)
}

/// One server, with what is its own about it, and a root that nobody else uses.
fn on((engine, number): (Engine, u16), test: fn(&Subject<'_>)) {
    let (_folder, root) = root();
    let workshop = MysqlWorkshop { root: Some(root.clone()), folders: Vec::new() };
    test(&Subject {
        engine: &Mysql,
        workshop: &workshop,
        root: root.path(),
        server: &Installed::from(pick(&find_servers(), Some(engine), Some(number)).unwrap()),
        locked: &["1205"],
        // MariaDB's own, and that of a statement that was told to end.
        too_long: &["1969", "1317"],
        long: "UPDATE t SET note = SLEEP(30)",
    });
}

#[test]
fn the_laws_hold() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    flavors().into_iter().for_each(|flavor| on(flavor, holds));
}

#[test]
fn the_laws_of_claims_hold() {
    // They mostly wait: all servers at once.
    std::thread::scope(|threads| {
        for flavor in flavors() {
            threads.spawn(move || on(flavor, claim::holds));
        }
    });
}

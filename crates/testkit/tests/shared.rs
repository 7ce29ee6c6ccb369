//! The servers tests share, seen as a test sees them, and the keeper's whole life.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use evenkeel_testkit::keeper::{VARIABLE, ask};
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{TestDb, database, databases, each_major, newest, server};

const PROGRAM: &str = env!("CARGO_BIN_EXE_testkit-servers");

#[test]
fn every_test_has_a_database_of_its_own() {
    let (one, two) = (database(newest()), database(newest()));
    assert_ne!(one.name, two.name);
    one.exec("CREATE TABLE only_here (a int); INSERT INTO only_here VALUES (1), (NULL)");
    assert_eq!(one.query_text("TABLE only_here"), [[Some("1".to_owned())], [None]]);
    assert_eq!(two.value("SELECT to_regclass('only_here')"), None);
}

#[test]
fn every_version_answers_with_its_own() {
    each_major(|db| {
        let number: u32 = db.value("SHOW server_version_num").unwrap().parse().unwrap();
        assert_eq!(number / 10_000, db.major());
    });
}

#[test]
fn a_database_is_dropped_with_its_test_even_while_somebody_is_connected() {
    let server = server(newest()).unwrap();
    let admin = server.session("postgres");
    let db = TestDb::create_with(server, "TEMPLATE template0 ENCODING 'LATIN1'");
    assert_eq!(db.value("SHOW server_encoding").as_deref(), Some("LATIN1"));
    let _idler = db.another_session();
    let count = format!("SELECT count(*) FROM pg_database WHERE datname = '{}'", db.name);
    assert_eq!(admin.value(&count).unwrap().as_deref(), Some("1"));
    drop(db);
    assert_eq!(admin.value(&count).unwrap().as_deref(), Some("0"));
}

#[test]
fn all_versions_can_be_open_at_once() {
    let all = databases();
    assert!(!all.is_empty());
    for db in &all {
        db.exec("SELECT 1");
    }
}

/// A keeper apart from the run's own, started by a shell that lives until its stdin is closed.
fn keeper(root: &Path, until: &str) -> (std::process::Child, PathBuf) {
    let out = root.join("announced");
    let script = format!("'{PROGRAM}' start {until} >'{}.new' && mv '{}.new' '{}'; read _", out.display(), out.display(), out.display());
    let shell = Command::new("sh")
        .args(["-c", &script])
        .env_remove(VARIABLE)
        .env_remove("NEXTEST_ENV")
        .env("EVENKEEL_SCRATCH_DIR", root)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    eventually("the keeper says where it is", || out.exists());
    let text = std::fs::read_to_string(&out).unwrap();
    std::fs::remove_file(out).unwrap();
    (shell, PathBuf::from(text.trim().strip_prefix("EVENKEEL_TESTKIT=").unwrap()))
}

fn instances(root: &Path) -> usize {
    std::fs::read_dir(root).unwrap().flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with("pg")).count()
}

fn private_root(name: &str) -> PathBuf {
    // In memory where there is such a place: these keepers have no cached data directories and make their own.
    let place = if Path::new("/dev/shm").is_dir() { "/dev/shm" } else { "/tmp" };
    let root = PathBuf::from(format!("{place}/ek-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&root);
    std::fs::create_dir(&root).unwrap();
    root
}

#[test]
fn the_keeper_ends_with_the_run_that_started_it() {
    let root = private_root("orphan");
    let (mut shell, socket) = keeper(&root, "");
    assert_eq!(ask(&socket, "status").unwrap(), "running: none");
    let first = ask(&socket, &format!("server {}", newest())).unwrap();
    assert_eq!(ask(&socket, &format!("server {}", newest())).unwrap(), first, "one server a version");
    assert_eq!(ask(&socket, "status").unwrap(), format!("running: {}", newest()));
    assert!(ask(&socket, "server 9").is_err());
    assert!(ask(&socket, "dance").is_err());
    assert_eq!(instances(&root), 1);

    drop(shell.stdin.take());
    shell.wait().unwrap();
    eventually("the keeper follows", || !socket.exists() && instances(&root) == 0);
    std::fs::remove_dir_all(root).unwrap();
}

#[test]
fn a_keeper_of_another_process_is_stopped_by_hand() {
    let root = private_root("hand");
    // Ours, so that an interrupted test leaves none behind.
    let (mut shell, socket) = keeper(&root, &format!("--until {}", std::process::id()));
    drop(shell.stdin.take());
    shell.wait().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    ask(&socket, &format!("server {}", newest())).unwrap();

    let stop = Command::new(PROGRAM).arg("stop").env(VARIABLE, &socket).status().unwrap();
    assert!(stop.success());
    eventually("its servers are gone", || instances(&root) == 0);
    assert!(!Command::new(PROGRAM).arg("status").env(VARIABLE, &socket).stderr(Stdio::null()).status().unwrap().success());
    std::fs::remove_dir_all(root).unwrap();
}

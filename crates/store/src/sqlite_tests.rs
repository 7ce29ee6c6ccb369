//! The store, as those see it who write and those who read.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;

fn halt(environment: &str, reason: &str) -> Halt {
    Halt { environment: environment.to_owned(), since: "2026-11-29T02:00:00Z".to_owned(), by: "ann".to_owned(), reason: reason.to_owned() }
}

#[test]
fn what_is_no_store_is_no_store_without_a_mark() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite");
    std::fs::write(&path, "this is a text and no database, however long one waits for it to become one; it is longer than a header")
        .unwrap();
    assert!(Sqlite::new(&path).halted("production").is_err());
    assert!(Sqlite::new(folder.path()).halted("production").is_err());
    let newer = folder.path().join("newer.sqlite");
    Sqlite::new(&newer).halt(&halt("x", "y")).unwrap();
    Connection::open(&newer).unwrap().pragma_update(None, "user_version", 9).unwrap();
    let trouble = Sqlite::new(&newer).halted("x").unwrap_err();
    assert_eq!((trouble.class, trouble.found.as_deref()), (evenkeel_core::fault::Class::CouldNotTell, Some("version 9")));
}

#[test]
fn somebody_elses_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("theirs.sqlite");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (a int)").unwrap();
    let store = Sqlite::new(&path);
    assert!(store.halted("x").is_err() && store.halt(&halt("x", "y")).is_err() && store.resume("x").is_err());
    let tables: i64 = Connection::open(&path).unwrap().query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    assert_eq!(tables, 1);
}

#[test]
fn many_who_write_at_once_lose_nothing() {
    // The first to come makes the file: a new one each time.
    for _ in 0..12 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite");
        let together = std::sync::Barrier::new(8);
        std::thread::scope(|threads| {
            for at in 0..8 {
                let (store, together) = (Sqlite::new(&path), &together);
                threads.spawn(move || {
                    together.wait();
                    for turn in 0..4 {
                        store.halt(&halt(&format!("e{at}-{turn}"), "x")).unwrap();
                        assert!(store.halted(&format!("e{at}-{turn}")).unwrap().is_some());
                    }
                });
            }
        });
        let store = Sqlite::new(&path);
        assert!((0..8).all(|at| (0..4).all(|turn| store.halted(&format!("e{at}-{turn}")).unwrap().is_some())));
    }
}

fn intention() -> Intention {
    Intention {
        verb: "repair".to_owned(),
        environment: "production".to_owned(),
        target: "host db1 database shop".to_owned(),
        by: "ann".to_owned(),
        owner: evenkeel_core::port::Owner { host: "h".to_owned(), boot: "b".to_owned(), pid: 7, started: "12".to_owned() },
        reason: None,
        snapshot: Some("snap-1".to_owned()),
        ground: "g".to_owned(),
        digest: "d".to_owned(),
        artifact: None,
        rewritten: None,
        acts: ["one", "two"]
            .map(|what| evenkeel_core::port::Act { what: what.to_owned(), statements: vec![format!("{what};"), "x;".to_owned()] })
            .to_vec(),
    }
}

#[test]
fn a_store_of_marks_alone_gets_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::new(folder.path().join("store.sqlite"));
    let old = Connection::open(store.path()).unwrap();
    old.execute_batch(&format!("{TABLES}; PRAGMA user_version = 1; INSERT INTO halt VALUES ('production', 's', 'ann', 'r')")).unwrap();
    drop(old);
    assert!(store.halted("production").unwrap().is_some() && store.runs(None, 9).unwrap().is_empty());
    assert!(matches!(store.intend(&intention(), &[]), Ok(Written::Run { number: 1, .. })));
    assert!(store.halted("production").unwrap().is_some());
}

#[test]
fn evidence_is_kept_by_environment_and_an_older_store_learns_to() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::new(folder.path().join("store.sqlite"));
    let old = Connection::open(store.path()).unwrap();
    old.execute_batch(&format!("{TABLES}; {}; PRAGMA user_version = 2", journal::TABLES)).unwrap();
    drop(old);
    let kept = |text: &str, environment: &str| Kept {
        environment: environment.to_owned(),
        at: "2026-11-29T02:00:00Z".to_owned(),
        by: "ann".to_owned(),
        text: text.to_owned(),
    };
    assert_eq!(store.kept("production", 9), Ok(Vec::new()));
    store.intend(&intention(), &[]).unwrap();
    for one in [kept("a", "production"), kept("b", "staging"), kept("c", "production")] {
        store.keep(&one).unwrap();
    }
    let texts = |most| store.kept("production", most).unwrap().into_iter().map(|kept| kept.text).collect::<Vec<_>>();
    assert_eq!((texts(9), texts(1)), (vec!["c".to_owned(), "a".to_owned()], vec!["c".to_owned()]));
    assert_eq!(store.runs(None, 9).unwrap().len(), 1);
}

/// Somebody may read the marks who may write nothing there.
#[test]
fn a_folder_that_nobody_may_write_to_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::new(folder.path().join("in/store.sqlite"));
    store.halt(&halt("production", "x")).unwrap();
    // As on a file system that is mounted read-only; a superuser is not kept by modes, so the way for it is taken by itself.
    let readonly = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let uri = PathBuf::from(format!("file:{}?immutable=1", store.path().display()));
    let count: i64 = store.opened(&uri, readonly).unwrap().query_row("SELECT count(*) FROM halt", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 1);
    use std::os::unix::fs::PermissionsExt;
    let allow = |mode| std::fs::set_permissions(folder.path().join("in"), std::fs::Permissions::from_mode(mode)).unwrap();
    std::fs::set_permissions(store.path(), std::fs::Permissions::from_mode(0o444)).unwrap();
    allow(0o555);
    let told = store.halted("production");
    allow(0o755);
    assert!(told.unwrap().is_some());
}

fn locked(environment: &str, holder: &str) -> ParityLock {
    ParityLock {
        environment: environment.to_owned(),
        target: "host db1 database shop".to_owned(),
        digest: "d".to_owned(),
        canonical: 7,
        holder: holder.to_owned(),
        since: "2026-11-29T02:00:00Z".to_owned(),
        until: "2026-12-06T02:00:00Z".to_owned(),
        reason: Some("release 41".to_owned()),
        released: None,
    }
}

#[test]
fn one_lock_stands_at_a_time_and_what_was_taken_away_stays_known() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::new(folder.path().join("store.sqlite"));
    // A store of before.
    let old = Connection::open(store.path()).unwrap();
    let tables = format!("{TABLES}; {}; {EVIDENCE}; {}; PRAGMA user_version = 4", journal::TABLES, journal::TRAILS);
    old.execute_batch(&tables).unwrap();
    drop(old);
    assert_eq!((store.locks("production", 9), store.verifications("production", 9)), (Ok(Vec::new()), Ok(Vec::new())));
    let (ann, bob) = (locked("production", "ann@a"), locked("production", "bob@b"));
    assert_eq!(store.lock(&ann, None), Ok(None));
    let other = Sqlite::new(store.path());
    assert_eq!(other.lock(&bob, None), Ok(Some(ann.clone())));
    assert_eq!(other.lock(&bob, Some(&bob)), Ok(Some(ann.clone())));
    assert_eq!(other.lock(&locked("staging", "bob@b"), None), Ok(None));
    assert_eq!(other.locks("production", 9), Ok(vec![ann.clone()]));
    // In its place, by whoever knows what stands.
    assert_eq!(other.lock(&bob, Some(&ann)), Ok(None));
    let released = Released { at: "2026-11-30T02:00:00Z".to_owned(), by: "cid@c".to_owned(), reason: Some("why".to_owned()) };
    assert_eq!(
        (store.unlock(&ann, &released), store.unlock(&bob, &released), store.unlock(&bob, &released)),
        (Ok(false), Ok(true), Ok(false))
    );
    let all = store.locks("production", 9).unwrap();
    let of =
        |lock: &ParityLock| (lock.holder.clone(), lock.released.as_ref().map(|released| (released.by.clone(), released.reason.clone())));
    let (first, second) =
        (("bob@b".to_owned(), Some(("cid@c".to_owned(), Some("why".to_owned())))), ("ann@a".to_owned(), Some(("bob@b".to_owned(), None))));
    assert_eq!(all.iter().map(of).collect::<Vec<_>>(), [first, second]);
    // What is gone is in nobody's way.
    assert_eq!(store.lock(&ann, Some(&bob)), Ok(None));
    assert_eq!(store.locks("production", 1), Ok(vec![ann]));
}

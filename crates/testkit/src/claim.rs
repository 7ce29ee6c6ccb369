//! The laws of claims: what every engine owes whoever wants to write to an environment, held against real servers.
//!
//! Lives here: the laws, written once over the ports. Neighbour: `workshop`, whose subject it takes, and who makes the servers.

use crate::memory::{Memory, intention};
use crate::process::eventually;
use crate::workshop::Subject;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{
    Answer, Claim, Claimed, Environment, Intended, Like, Limits, Orphan, Request, Scratch, Session, Store, Tool, Watch, Wish,
};
use std::time::{Duration, Instant};

const DATABASE: &str = "claimed";
const SHORT: Limits =
    Limits { lock_timeout: Duration::from_secs(1), statement_timeout: Duration::from_secs(2), idle_timeout: Duration::from_secs(60) };
/// A machine that has much else to do is given so much more than a bound says.
const SLACK: Duration = Duration::from_secs(15);

/// Runs every law.
///
/// # Panics
/// When one does not hold.
pub fn holds(subject: &Subject<'_>) {
    let like = Like::installed(subject.server).database(DATABASE);
    let scratch = subject.workshop.start(&like, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
    let mut plain = scratch.session(DATABASE).unwrap();
    ran(&mut *plain, "CREATE TABLE t (id int PRIMARY KEY, note varchar(40))");
    ran(&mut *plain, "INSERT INTO t VALUES (1, 'x')");
    let environment = scratch.environment(DATABASE).unwrap();
    one_has_it_at_a_time(&*environment);
    what_is_written_is_there(&*environment, &mut *plain);
    nothing_waits_without_a_bound(subject, &*environment, &mut *plain);
    a_loss_is_noticed(&*environment, &*scratch);
    rows_are_locks(&*environment, &mut *plain);
    drop((plain, environment));
    scratch.stop().unwrap();
}

fn ran(session: &mut dyn Session, statement: &str) -> Vec<Vec<Option<String>>> {
    match session.run(statement).unwrap_or_else(|trouble| panic!("{statement}: {trouble:#?}")) {
        Answer::Ran(ran) => ran.rows,
        Answer::Refused(refused) => panic!("{statement}: {refused:?}"),
    }
}

fn wish<'a>(intended: &'a Intended<'a>, tool: Option<Tool<'a>>, orphaned: &'a [Orphan]) -> Wish<'a> {
    Wish { intended, tool, patience: Duration::from_millis(300), limits: SHORT, orphaned }
}

#[track_caller]
fn held<'a>(environment: &dyn Environment, wish: &Wish<'a>) -> Box<dyn Claim + 'a> {
    match environment.claim(wish, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}")) {
        Claimed::Held(claim) => claim,
        Claimed::Taken(who) => panic!("taken: {who}"),
    }
}

#[track_caller]
fn taken(environment: &dyn Environment, wish: &Wish<'_>) -> String {
    match environment.claim(wish, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}")) {
        Claimed::Held(claim) => panic!("held: {:?}", claim.holds()),
        Claimed::Taken(who) => who,
    }
}

/// A run that is written down.
fn written(store: &Memory) -> Intended<'_> {
    Intended::write(store, &intention(0), &[]).unwrap().unwrap_or_else(|entry| panic!("{}", entry.unfinished()))
}

fn one_has_it_at_a_time(environment: &dyn Environment) {
    // Of two stores: one keeps them apart by itself.
    let (store, other) = (Memory::default(), Memory::default());
    let (one, two) = (written(&store), written(&other));
    let mut first = held(environment, &wish(&one, None, &[]));
    first.check().unwrap();
    assert_eq!((first.holds().len(), first.sessions().len()), (1, 1), "{:?}", first.holds());
    let begun = Instant::now();
    let who = taken(environment, &wish(&two, None, &[]));
    assert!(begun.elapsed() < SLACK && who.contains("evenkeel") && who.contains("held by"), "{who} after {:?}", begun.elapsed());
    // Others see it, and whoever has it does not take itself for another.
    let seen = |besides: &[u64]| environment.flights(&SHORT, besides, &[], &Watch::none()).unwrap().seen;
    assert!(seen(&[]).iter().any(|line| line.contains("lock of evenkeel")), "{:?}", seen(&[]));
    assert_eq!(seen(&first.sessions()), [""; 0]);
    first.release().unwrap();
    let second = held(environment, &wish(&two, None, &[]));
    assert_eq!(seen(&second.sessions()), [""; 0]);
    // One that is dropped is given back as well.
    drop(second);
    held(environment, &wish(&one, None, &[])).release().unwrap();
    eventually("nothing is in flight", || seen(&[]).is_empty());
}

fn what_is_written_is_there(environment: &dyn Environment, plain: &mut dyn Session) {
    let store = Memory::default();
    let intended = written(&store);
    let mut claim = held(environment, &wish(&intended, None, &[]));
    let mut session = claim.session(&[]).unwrap();
    assert!(!claim.sessions().contains(&session.id()), "what holds locks does nothing else");
    session.begin(&SHORT).unwrap();
    ran(&mut *session, "INSERT INTO t VALUES (2, 'y')");
    session.roll_back().unwrap();
    session.begin(&SHORT).unwrap();
    ran(&mut *session, "INSERT INTO t VALUES (3, 'z')");
    assert!(session.commit().unwrap().ran().is_some());
    // Outside of a transaction each is one of its own, whatever the server's settings are.
    ran(&mut *session, "INSERT INTO t VALUES (4, 'z')");
    let ids: Vec<Option<String>> = ran(plain, "SELECT id FROM t ORDER BY id").into_iter().flatten().collect();
    assert_eq!(ids, ["1", "3", "4"].map(|id| Some(id.to_owned())));
    drop(session);
    claim.release().unwrap();
}

fn nothing_waits_without_a_bound(subject: &Subject<'_>, environment: &dyn Environment, plain: &mut dyn Session) {
    let store = Memory::default();
    let intended = written(&store);
    let mut claim = held(environment, &wish(&intended, None, &[]));
    // A script's session has no bound by itself.
    let dialect = subject.engine.dialect(&captured(environment).endpoint).unwrap();
    let mut session = claim.session(dialect.opening()).unwrap();
    let refused = |session: &mut dyn Session, statement: &str, codes: &[&str]| {
        let begun = Instant::now();
        let answer = session.run(statement).unwrap();
        assert!(answer.code().is_some_and(|code| codes.contains(&code)), "{statement}: {answer:?}, and not {codes:?}");
        assert!(begun.elapsed() < SLACK, "{statement}: {:?}", begun.elapsed());
    };
    plain.begin(&Limits { idle_timeout: Duration::from_secs(600), ..Limits::default() }).unwrap();
    ran(plain, "UPDATE t SET note = 'held' WHERE id = 1");
    let table = if schema(plain).is_empty() { "t" } else { "public.t" };
    let (waits, defines) = (format!("UPDATE {table} SET note = 'waits' WHERE id = 1"), format!("ALTER TABLE {table} ADD waits int"));
    for round in 0..2 {
        let statements: &[&str] = if round == 0 { &[&waits, &defines] } else { &[&waits] };
        for statement in statements {
            refused(&mut *session, statement, subject.locked);
            session.begin(&SHORT).unwrap();
            refused(&mut *session, statement, subject.locked);
            session.roll_back().unwrap();
        }
        // A transaction's bounds end with it, and the session's hold again.
        if round == 0 {
            session.begin(&Limits { lock_timeout: Duration::from_secs(60), ..SHORT }).unwrap();
            session.roll_back().unwrap();
        }
    }
    plain.roll_back().unwrap();
    refused(&mut *session, subject.long, subject.too_long);
    session.begin(&SHORT).unwrap();
    refused(&mut *session, subject.long, subject.too_long);
    session.roll_back().unwrap();
    drop(session);
    claim.release().unwrap();
}

fn captured(environment: &dyn Environment) -> Manifest {
    environment.capture(&Request { dimensions: Vec::new(), ..Request::new("law") }, &Watch::none()).unwrap()
}

fn a_loss_is_noticed(environment: &dyn Environment, scratch: &dyn Scratch) {
    let store = Memory::default();
    let intended = written(&store);
    let mut claim = held(environment, &wish(&intended, None, &[]));
    claim.check().unwrap();
    scratch.end(claim.sessions()[0]).unwrap();
    eventually("it is noticed", || environment.flights(&SHORT, &[], &[], &Watch::none()).is_ok_and(|flights| flights.seen.is_empty()));
    assert!(claim.check().is_err(), "locks that are gone are relied on");
    drop(claim);
    held(environment, &wish(&intended, None, &[])).release().unwrap();
}

/// A tool's lock that is a row: its table, a row that somebody has, and a row that nobody has.
struct Row {
    tool: &'static str,
    ledger: &'static str,
    made: &'static [&'static str],
    others: &'static str,
    freed: &'static str,
    is_taken: &'static str,
}

const ROWS: [Row; 3] = [
    Row {
        tool: "Liquibase",
        ledger: "databasechangelog",
        made: &[
            "CREATE TABLE databasechangeloglock (id int PRIMARY KEY, locked boolean NOT NULL, lockgranted timestamp NULL, lockedby varchar(255))",
            "INSERT INTO databasechangeloglock VALUES (1, false, NULL, NULL)",
        ],
        others: "UPDATE databasechangeloglock SET locked = true, lockedby = 'another'",
        freed: "UPDATE databasechangeloglock SET locked = false, lockedby = NULL",
        is_taken: "SELECT count(*) FROM databasechangeloglock WHERE locked = true",
    },
    Row {
        tool: "Knex",
        ledger: "history_of_ours",
        // Named after the table that it records in.
        made: &[
            "CREATE TABLE history_of_ours_lock (place int PRIMARY KEY, is_locked int)",
            "INSERT INTO history_of_ours_lock VALUES (1, 0)",
        ],
        others: "UPDATE history_of_ours_lock SET is_locked = 1",
        freed: "UPDATE history_of_ours_lock SET is_locked = 0",
        is_taken: "SELECT count(*) FROM history_of_ours_lock WHERE is_locked = 1",
    },
    Row {
        tool: "yoyo",
        ledger: "_yoyo_migration",
        made: &["CREATE TABLE yoyo_lock (locked int NOT NULL, ctime timestamp NULL, pid int NOT NULL, PRIMARY KEY (locked))"],
        others: "INSERT INTO yoyo_lock VALUES (1, NULL, 4)",
        freed: "DELETE FROM yoyo_lock",
        is_taken: "SELECT count(*) FROM yoyo_lock",
    },
];

/// What stands before a table's name where that has to be said.
fn schema(plain: &mut dyn Session) -> &'static str {
    let has_schemas = ran(plain, "SELECT count(*) FROM information_schema.schemata WHERE schema_name = 'pg_catalog'");
    if has_schemas == [[Some("1".to_owned())]] { "public" } else { "" }
}

fn rows_are_locks(environment: &dyn Environment, plain: &mut dyn Session) {
    let schema = schema(plain);
    for row in ROWS {
        let store = Memory::default();
        let intended = written(&store);
        let tool = Some(Tool { name: row.tool, schema, table: row.ledger });
        // A tool that never made its table has never locked anything.
        held(environment, &wish(&intended, tool, &[])).release().unwrap();
        assert!(store.run(1).unwrap().unwrap().held.is_empty());
        row.made.iter().for_each(|statement| drop(ran(plain, statement)));
        let mut is_taken = |wanted: &str| assert_eq!(ran(plain, row.is_taken), [[Some(wanted.to_owned())]], "{}", row.tool);
        let claim = held(environment, &wish(&intended, tool, &[]));
        is_taken("1");
        // What has to be given back is written down, and no more once it is.
        let what = store.run(1).unwrap().unwrap().held;
        assert!(matches!(what.as_slice(), [what] if claim.holds().contains(what)), "{what:?} and {:?}", claim.holds());
        claim.release().unwrap();
        is_taken("0");
        assert!(store.run(1).unwrap().unwrap().held.is_empty());
        drop(held(environment, &wish(&intended, tool, &[])));
        is_taken("0");
        // Somebody else's is not taken, and stays.
        ran(plain, row.others);
        let who = taken(environment, &wish(&intended, tool, &[]));
        assert!(who.contains(row.tool), "{who}");
        let left = ran(plain, row.is_taken);
        assert_eq!(left, [[Some("1".to_owned())]], "{}", row.tool);
        assert!(store.run(1).unwrap().unwrap().held.is_empty());
        ran(plain, row.freed);
        // One that a run of ours left is given back first: as if it had been killed.
        // Two of one environment are never at work together; this one's store is another.
        let elsewhere = Memory::default();
        let gone = written(&elsewhere);
        std::mem::forget(held(environment, &wish(&gone, tool, &[])));
        let orphan = Orphan { what: what[0].clone(), name: gone.name(), pid: gone.pid() };
        let own = environment.flights(&SHORT, &[], &[], &Watch::none()).unwrap().seen;
        assert!(own.iter().any(|line| line.contains("lock of evenkeel")), "{own:?}");
        ends(plain, schema);
        eventually("its session is gone", || {
            environment.flights(&SHORT, &[], &[], &Watch::none()).is_ok_and(|flights| flights.seen.is_empty())
        });
        let orphans = [orphan];
        held(environment, &wish(&intended, tool, &orphans)).release().unwrap();
        assert_eq!(ran(plain, row.is_taken), [[Some("0".to_owned())]], "{}", row.tool);
    }
}

/// Ends whoever holds evenkeel's lock, as if its process were gone.
fn ends(plain: &mut dyn Session, schema: &str) {
    let (find, end) = match schema {
        "" => ("SELECT is_used_lock(concat('evenkeel-', left(sha2(lower(database()), 256), 32)))", "KILL {}"),
        _ => ("SELECT pid FROM pg_locks WHERE locktype = 'advisory'", "SELECT pg_terminate_backend({})"),
    };
    let holder = ran(plain, find)[0][0].clone().unwrap();
    ran(plain, &end.replace("{}", &holder));
}

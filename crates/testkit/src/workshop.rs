//! The laws of throwaway servers: what every engine's workshop, its servers and their sessions owe, held against real ones.
//!
//! Lives here: the laws, written once over the ports. Does not live here: which servers there are, and what only one engine says
//! (its codes, a statement that takes long), which each engine's `tests/workshop.rs` brings. Neighbour: `conformance`, the laws
//! of environments.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use evenkeel_core::fault::Class;
use evenkeel_core::kind::Dimension;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{Answer, Engine, Event, Installed, Like, Limits, Ran, Request, Scratch, Session, Stop, Watch, Watcher, Workshop};

use crate::process::eventually;

/// One installed server, and what is the engine's own about it.
#[allow(missing_debug_implementations, reason = "holds ports")]
pub struct Subject<'a> {
    pub engine: &'a dyn Engine,
    /// Makes servers below `root`, where nobody else makes any.
    pub workshop: &'a dyn Workshop,
    pub root: &'a Path,
    pub server: &'a Installed,
    /// What the server says when a lock was waited for too long.
    pub locked: &'a [&'a str],
    /// What it says when a statement ran too long.
    pub too_long: &'a [&'a str],
    /// A statement on table `t` that runs for half a minute.
    pub long: &'a str,
}

const DATABASE: &str = "law's \"own\"";

/// Runs every law.
///
/// # Panics
/// When one does not hold.
pub fn holds(subject: &Subject<'_>) {
    lists_what_it_starts(subject);
    let begun = Instant::now();
    let mut scratch = start(subject);
    println!("{}: started after {:?}", scratch.describe(), begun.elapsed());
    is_an_environment(&*scratch);
    sessions_see_what_is_committed(&*scratch);
    definitions_are_undone_where_the_engine_says_so(subject, &*scratch);
    a_refusal_has_a_code_and_ends_nothing(&*scratch);
    waits_have_bounds(subject, &*scratch);
    a_fork_has_the_data_and_its_own_way(&*scratch);
    values_are_no_part_of_a_statement(subject, &*scratch);
    a_replica_follows(subject, &*scratch);
    who_looks_again_sees_what_is_there(&mut scratch);
    what_was_committed_survives_a_kill(&mut scratch);
    leaves_nothing(subject, scratch);
    ends_when_asked_to(subject);
    a_state_is_kept_for_servers_like_it(subject);
}

fn start(subject: &Subject<'_>) -> Box<dyn Scratch> {
    let like = Like { serves_replicas: true, ..Like::installed(subject.server) }.database(DATABASE);
    let heard = Heard::default();
    let watch = Watch { watcher: &heard, ..Watch::none() };
    let scratch = subject.workshop.start(&like, &watch).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
    let named = subject.server.display();
    assert_eq!(*heard.0.lock().unwrap(), [format!("starting {named}"), format!("ready {named}")]);
    run(&mut *session(&*scratch), "CREATE TABLE t (id int PRIMARY KEY, note varchar(40))");
    scratch
}

/// What was told while a server was made.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Watcher for Heard {
    fn see(&self, event: Event<'_>) {
        let mut heard = self.0.lock().unwrap();
        match event {
            Event::Starting { server } => heard.push(format!("starting {server}")),
            Event::Ready { server } => heard.push(format!("ready {server}")),
            other => panic!("{other:?}"),
        }
    }
}

fn session(scratch: &dyn Scratch) -> Box<dyn Session> {
    scratch.session(DATABASE).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}

/// The statement is carried out.
fn run(session: &mut dyn Session, statement: &str) -> Ran {
    match session.run(statement) {
        Ok(Answer::Ran(ran)) => ran,
        other => panic!("{statement}: {other:#?}"),
    }
}

fn refused(answer: &Answer) -> &str {
    answer.code().unwrap_or_else(|| panic!("it was carried out: {answer:?}"))
}

fn ids(scratch: &dyn Scratch) -> Vec<String> {
    let ran = run(&mut *session(scratch), "SELECT id FROM t ORDER BY id");
    ran.rows.into_iter().map(|row| row.into_iter().next().flatten().unwrap()).collect()
}

fn lists_what_it_starts(subject: &Subject<'_>) {
    assert!(subject.workshop.servers().contains(subject.server));
    assert_eq!(subject.workshop.choose(&Like::installed(subject.server)).as_ref(), Ok(subject.server));
    let unknown = Like { major: Some(4242), ..Like::installed(subject.server) };
    let trouble = subject.workshop.start(&unknown, &Watch::none()).err().expect("no such server");
    assert!(trouble.fix.is_some() && trouble.found.is_some(), "{trouble:#?}");
}

fn is_an_environment(scratch: &dyn Scratch) {
    let environment = scratch.environment(DATABASE).unwrap();
    let manifest = environment.capture(&evenkeel_core::port::Request::new("law"), &Watch::none()).unwrap();
    assert_eq!(manifest.endpoint.database, DATABASE);
    assert!(scratch.describe().contains(&manifest.endpoint.server_version), "{}", scratch.describe());
    assert!(!scratch.url(DATABASE).contains(['"', '\'', ' ']), "{}", scratch.url(DATABASE));
}

fn sessions_see_what_is_committed(scratch: &dyn Scratch) {
    let (mut one, mut other) = (session(scratch), session(scratch));
    assert_ne!(one.id(), other.id());
    one.begin(&Limits::default()).unwrap();
    assert_eq!(run(&mut *one, "INSERT INTO t VALUES (1, 'x'), (2, NULL)").affected, 2);
    assert_eq!(run(&mut *other, "SELECT * FROM t"), Ran::default(), "nothing is committed yet");
    assert_eq!(one.begin(&Limits::default()).unwrap_err().class, Class::Internal, "it is in a transaction");
    assert!(one.commit().unwrap().ran().is_some());
    let rows = vec![vec![Some("1".to_owned()), Some("x".to_owned())], vec![Some("2".to_owned()), None]];
    assert_eq!(run(&mut *other, "SELECT id, note FROM t ORDER BY id"), Ran { rows, affected: 2 });
    other.begin(&Limits::default()).unwrap();
    run(&mut *other, "INSERT INTO t VALUES (3, 'y')");
    other.roll_back().unwrap();
    assert_eq!(ids(scratch), ["1", "2"]);
    // A session that ends commits nothing.
    other.begin(&Limits::default()).unwrap();
    run(&mut *other, "INSERT INTO t VALUES (4, 'y')");
    drop(other);
    assert_eq!(ids(scratch), ["1", "2"]);
    assert_eq!(run(&mut *one, "DELETE FROM t WHERE id = 2; SELECT note FROM t").rows, [[Some("x".to_owned())]], "several at once");
}

fn definitions_are_undone_where_the_engine_says_so(subject: &Subject<'_>, scratch: &dyn Scratch) {
    let mut session = session(scratch);
    session.begin(&Limits::default()).unwrap();
    run(&mut *session, "CREATE TABLE defined (id int)");
    session.roll_back().unwrap();
    let is_there = session.run("DROP TABLE defined").unwrap().ran().is_some();
    assert_eq!(is_there, !subject.engine.undoes_definitions());
}

fn a_refusal_has_a_code_and_ends_nothing(scratch: &dyn Scratch) {
    let mut session = session(scratch);
    session.begin(&Limits::default()).unwrap();
    run(&mut *session, "INSERT INTO t VALUES (10, 'x')");
    let answer = session.run("INSERT INTO t VALUES (1, 'a key that is there')").unwrap();
    assert!(!refused(&answer).is_empty());
    session.roll_back().unwrap();
    assert_eq!(ids(scratch), ["1"]);
    for wrong in ["SELEKT 1", "SELECT * FROM nowhere", "INSERT INTO t VALUES (11, 'x'), (1, 'y')"] {
        let answer = session.run(wrong).unwrap();
        let Answer::Refused(refused) = &answer else { panic!("{answer:?}") };
        assert!(!refused.message.is_empty() && refused.position.is_none_or(|position| position <= 22), "{refused:?}");
    }
    // Whether a transaction with a refusal can be committed is the server's matter; never is half of it there unsaid.
    session.begin(&Limits::default()).unwrap();
    run(&mut *session, "INSERT INTO t VALUES (12, 'x')");
    refused(&session.run("SELECT * FROM nowhere").unwrap());
    let committed = session.commit().unwrap().ran().is_some();
    if !committed {
        session.roll_back().unwrap();
    }
    assert_eq!(ids(scratch).contains(&"12".to_owned()), committed);
    run(&mut *session, "DELETE FROM t WHERE id = 12");
}

fn waits_have_bounds(subject: &Subject<'_>, scratch: &dyn Scratch) {
    let (mut holder, mut waiter) = (session(scratch), session(scratch));
    holder.begin(&Limits::default()).unwrap();
    run(&mut *holder, "UPDATE t SET note = 'held'");
    let second = Duration::from_secs(1);
    let soon = |begun: Instant| assert!((second / 2..second * 6).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    waiter.begin(&Limits { lock_timeout: second, ..Limits::default() }).unwrap();
    let begun = Instant::now();
    let answer = waiter.run("UPDATE t SET note = 'waited for'").unwrap();
    assert!(subject.locked.contains(&refused(&answer)), "{answer:?}");
    soon(begun);
    waiter.roll_back().unwrap();
    holder.roll_back().unwrap();
    waiter.begin(&Limits { statement_timeout: second, ..Limits::default() }).unwrap();
    let begun = Instant::now();
    let answer = waiter.run(subject.long).unwrap();
    assert!(subject.too_long.contains(&refused(&answer)), "{answer:?}");
    soon(begun);
    waiter.roll_back().unwrap();
    assert_eq!(run(&mut *waiter, "SELECT note FROM t").rows, [[Some("x".to_owned())]]);
}

fn a_fork_has_the_data_and_its_own_way(scratch: &dyn Scratch) {
    let mut open = session(scratch);
    open.begin(&Limits::default()).unwrap();
    run(&mut *open, "INSERT INTO t VALUES (20, 'not committed')");
    let fork = scratch.fork(&Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
    assert_eq!(ids(&*fork), ["1"]);
    run(&mut *session(&*fork), "INSERT INTO t VALUES (21, 'in the fork')");
    open.roll_back().unwrap();
    run(&mut *open, "INSERT INTO t VALUES (22, 'in the first')");
    assert_eq!((ids(scratch), ids(&*fork)), (vec!["1".to_owned(), "22".to_owned()], vec!["1".to_owned(), "21".to_owned()]));
    assert_ne!(fork.directory(), scratch.directory());
    fork.stop().unwrap();
    assert_eq!(ids(scratch), ["1", "22"], "it lives on");
}

/// Where a store may stand, sessions take values; where none may, that is said, and nothing is run without them.
fn values_are_no_part_of_a_statement(subject: &Subject<'_>, scratch: &dyn Scratch) {
    let odd = "'; DROP TABLE t; -- $1 ?";
    let Ok(keeper) = subject.engine.keeper(&scratch.url(DATABASE)) else {
        assert_eq!(session(scratch).ask("SELECT $1", &[Some(odd)]).unwrap_err().class, Class::Internal);
        return;
    };
    let mut session = keeper.session().unwrap_or_else(|trouble| panic!("{trouble:#?}"));
    let mut ask = |statement: &str, values: &[Option<&str>]| session.ask(statement, values).unwrap();
    let rows = vec![vec![Some(odd.to_owned()), None, Some("7".to_owned())]];
    assert_eq!(ask("SELECT $1, $2, ($3::int + 1)::text", &[Some(odd), None, Some("6")]).ran(), Some(&Ran { rows, affected: 1 }));
    assert_eq!(refused(&ask("SELECT nothing_of_that_name($1)", &[Some(odd)])), "42883");
    assert!(ask("SELECT 1; SELECT $1", &[Some(odd)]).code().is_some(), "one statement at a time");
    assert_eq!(ask("UPDATE t SET note = $1 WHERE id = 1", &[Some("x")]).ran().map(|ran| ran.affected), Some(1));
    session.begin(&Limits::default()).unwrap();
    assert!(session.ask("DELETE FROM t WHERE note = $1", &[Some("x")]).unwrap().ran().is_some_and(|ran| ran.affected > 0));
    session.roll_back().unwrap();
    assert!(!ids(scratch).is_empty());
    assert!(!keeper.describe().contains("://") && keeper.warnings().is_empty(), "{}", keeper.describe());
}

fn a_replica_follows(subject: &Subject<'_>, scratch: &dyn Scratch) {
    let replica = scratch.replicate(&Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
    run(&mut *session(scratch), "INSERT INTO t VALUES (30, 'for the replica')");
    eventually("the replica has it", || ids(&*replica) == ["1", "22", "30"]);
    if let Ok(keeper) = subject.engine.keeper(&replica.url(DATABASE)) {
        let trouble = keeper.session().err().expect("what is kept there may be old");
        assert!(
            trouble.class == Class::Configuration && trouble.found.as_ref().is_some_and(|found| found.contains("standby")),
            "{trouble:#?}"
        );
    }
    replica.stop().unwrap();
}

/// Whoever looks again and again sees what somebody sees who comes anew, whatever ran in between, and whatever became of its sessions.
fn who_looks_again_sees_what_is_there(scratch: &mut Box<dyn Scratch>) {
    let request = Request { dimensions: vec![Dimension::Schema], ..Request::new("the law") };
    let mut looker = scratch.looker(DATABASE).unwrap();
    let mut looks_the_same = |scratch: &dyn Scratch, after: &str| {
        let fresh = scratch.environment(DATABASE).unwrap().capture(&request, &Watch::none()).unwrap();
        let again = looker.capture(&request, &Watch::none()).unwrap();
        let shown = |manifest: &Manifest| format!("{:?} {:?}", manifest.objects(), manifest.gaps);
        assert_eq!(shown(&again), shown(&fresh), "after {after}");
    };
    let mut changing = session(&**scratch);
    for statement in [
        "CREATE TABLE looked_at (a int)",
        "CREATE VIEW seen AS SELECT a FROM looked_at",
        "ALTER TABLE looked_at ADD COLUMN b int DEFAULT 7",
        "CREATE INDEX by_b ON looked_at (b)",
        "DROP VIEW seen",
        "DROP TABLE looked_at",
    ] {
        run(&mut *changing, statement);
        looks_the_same(&**scratch, statement);
    }
    drop(changing);
    scratch.kill().unwrap();
    scratch.start_again(&Watch::none()).unwrap();
    looks_the_same(&**scratch, "a kill");
}

fn what_was_committed_survives_a_kill(scratch: &mut Box<dyn Scratch>) {
    let (mut lost, mut open) = (session(&**scratch), session(&**scratch));
    open.begin(&Limits::default()).unwrap();
    run(&mut *open, "INSERT INTO t VALUES (40, 'not committed')");
    for id in 41..=60 {
        run(&mut *lost, &format!("INSERT INTO t VALUES ({id}, 'committed')"));
    }
    scratch.kill().unwrap();
    assert_eq!(lost.run("SELECT 1").unwrap_err().class, Class::Unreachable, "a lost connection is no refusal");
    assert_eq!(open.commit().unwrap_err().class, Class::Unreachable);
    assert_eq!(scratch.session(DATABASE).err().expect("nobody is there").class, Class::Unreachable);
    scratch.start_again(&Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
    let expected: Vec<String> = [1, 22, 30].into_iter().chain(41..=60).map(|id: i32| id.to_string()).collect();
    assert_eq!(ids(&**scratch), expected);
}

fn leaves_nothing(subject: &Subject<'_>, scratch: Box<dyn Scratch>) {
    let directory = scratch.directory();
    assert!(directory.starts_with(subject.root) && directory != subject.root, "{}", directory.display());
    assert!(!inside(&directory).is_empty(), "its processes are found");
    scratch.stop().unwrap();
    assert!(!directory.exists());
    assert_eq!(inside(&directory), Vec::<PathBuf>::new());
}

/// When the end of a start is asked for: moments that no machine's speed decides.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Moment {
    Before,
    Told,
    Running,
}

/// Asks for the end as soon as it is told that a server is being made.
struct Asks<'a>(&'a Stop);

impl Watcher for Asks<'_> {
    fn see(&self, event: Event<'_>) {
        if matches!(event, Event::Starting { .. }) {
            self.0.request();
        }
    }
}

fn a_state_is_kept_for_servers_like_it(subject: &Subject<'_>) {
    let begin = |like: &Like| subject.workshop.start(like, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
    let words = |all: &[&str]| all.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    let like = Like::installed(subject.server).database(DATABASE);
    let first = begin(&Like { kept: words(&["never"]), ..like.clone() });
    assert_eq!(first.recalled(), None);
    run(&mut *session(&*first), "CREATE TABLE t (id INT PRIMARY KEY, word VARCHAR(20))");
    run(&mut *session(&*first), "INSERT INTO t VALUES (1, 'kept')");
    assert_eq!(first.keep("one", "what was \u{e4}"), Ok(true));
    // It runs on, and what it does then is no part of what was kept.
    run(&mut *session(&*first), "INSERT INTO t VALUES (2, 'later')");
    assert_eq!(first.keep("one", "another"), Ok(true), "it is kept already");
    assert_eq!(first.keep("two", ""), Ok(true));
    first.stop().unwrap();
    let next = begin(&Like { kept: words(&["never", "one", "two"]), ..like.clone() });
    let recalled = next.recalled().map(|recalled| (recalled.word, recalled.beside));
    assert_eq!(recalled, Some(("one".to_owned(), "what was \u{e4}".to_owned())));
    assert_eq!(ids(&*next), ["1"]);
    // What is begun with it does not change it.
    run(&mut *session(&*next), "DELETE FROM t");
    next.stop().unwrap();
    let next = begin(&Like { kept: words(&["one"]), ..like.clone() });
    assert_eq!((next.recalled().is_some(), ids(&*next)), (true, vec!["1".to_owned()]));
    next.stop().unwrap();
    // Another one's is nobody else's.
    let other = begin(&Like { kept: words(&["one", "two"]), ..like.clone() }.database("other"));
    assert_eq!(other.recalled(), None);
    other.stop().unwrap();
    let plain = begin(&like);
    assert_eq!(plain.recalled(), None);
    plain.stop().unwrap();
    // One that nobody can begin with is none.
    let cache = subject.root.join("cache");
    let entries = std::fs::read_dir(cache).unwrap().flatten().map(|entry| entry.path());
    let states: Vec<PathBuf> = entries.filter(|path| path.join("beside").exists()).collect();
    assert_eq!(states.len(), 2);
    for state in states {
        std::fs::remove_dir_all(state.join("data")).unwrap();
        std::fs::create_dir(state.join("data")).unwrap();
    }
    let next = begin(&Like { kept: words(&["one"]), ..like });
    assert_eq!(next.recalled(), None);
    next.stop().unwrap();
}

fn ends_when_asked_to(subject: &Subject<'_>) {
    let like = Like { own_identity: true, ..Like::installed(subject.server) };
    for moment in [Moment::Before, Moment::Told, Moment::Running] {
        let stop = Stop::new();
        if moment == Moment::Before {
            stop.request();
        }
        let asks = Asks(&stop);
        let watch = Watch { stop: &stop, watcher: if moment == Moment::Told { &asks } else { Watch::none().watcher } };
        let begun = Instant::now();
        let outcome = std::thread::scope(|threads| {
            let starting = threads.spawn(|| subject.workshop.start(&like, &watch));
            if moment == Moment::Running {
                while inside(subject.root).is_empty() && !starting.is_finished() {
                    std::thread::sleep(Duration::from_millis(1));
                }
                stop.request();
            }
            starting.join().unwrap()
        });
        match outcome {
            Ok(_) => panic!("asked {moment:?}, and it started"),
            Err(trouble) => assert_eq!(trouble.class, Class::Interrupted, "{moment:?}: {trouble:#?}"),
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{moment:?}: {:?}", begun.elapsed());
        assert_eq!(inside(subject.root), Vec::<PathBuf>::new());
        let left: Vec<PathBuf> = std::fs::read_dir(subject.root).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(left.iter().all(|path| path.ends_with("cache")), "{left:?}");
    }
}

/// The working directories of processes that work there.
fn inside(directory: &Path) -> Vec<PathBuf> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes.filter_map(|process| std::fs::read_link(process.path().join("cwd")).ok()).filter(|cwd| cwd.starts_with(directory)).collect()
}

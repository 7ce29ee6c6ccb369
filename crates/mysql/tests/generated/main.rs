//! Generated schemas: what is dumped and restored, spelled otherwise, or copied as online tools copy is the same; what differs in one
//! choice is seen, there and nowhere else.
//!
//! Lives here: the questions. `case` makes the objects. `EVENKEEL_GENERATED_CASES` says how many (hundreds by default, thousands at
//! night), `EVENKEEL_GENERATED_SEED` where they begin.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod case;

use case::{BASE, Maker, Spelling};
use evenkeel_core::compare::{Comparison, Difference, NoRemedies, Scope, Side, compare};
use evenkeel_core::digest::Tree;
use evenkeel_core::kind::{Dimension, Severity};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{Environment, Request, Watch};
use evenkeel_mysql::connect::{Target, ThisMachine};
use evenkeel_mysql::environment::MysqlEnvironment;
use evenkeel_testkit::mysql::{TestDb, dump_and_restore, each_flavor};
use evenkeel_testkit::number;
use std::collections::BTreeSet;

/// Objects of one database: the vendors' tools take time that grows with the square.
const BATCH: u64 = 240;

/// Runs a test on every flavour, a new database for each seed and number of objects.
fn each(test: impl Fn(&TestDb, (u64, u64))) {
    let (seed, cases) = (number("EVENKEEL_GENERATED_SEED", 1), number("EVENKEEL_GENERATED_CASES", BATCH));
    each_flavor(|db| {
        for begin in (0..cases).step_by(usize::try_from(BATCH).unwrap()) {
            test(db, (seed.wrapping_add(begin), BATCH.min(cases - begin)));
        }
    });
}

fn another(db: &TestDb) -> TestDb {
    let made = TestDb::create_with(db.server.clone(), "character set utf8mb4 collate utf8mb4_general_ci");
    made.exec(BASE);
    made
}

fn capture(db: &TestDb) -> (Manifest, Tree) {
    let request = Request { dimensions: vec![Dimension::Schema], ..Request::new("test") };
    let target = Target::parse(&db.url(), &ThisMachine).unwrap();
    let manifest = MysqlEnvironment::new(target).capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
    let tree = Tree::of(&manifest);
    (manifest, tree)
}

fn digest((_, tree): &(Manifest, Tree)) -> String {
    tree.branch(Dimension::Schema).unwrap().digest.hex()
}

fn compared(reference: &(Manifest, Tree), candidate: &(Manifest, Tree)) -> Comparison {
    let (left, right) =
        (Side { label: "a", manifest: &reference.0, tree: &reference.1 }, Side { label: "b", manifest: &candidate.0, tree: &candidate.1 });
    compare(left, right, &Scope { dimensions: vec![Dimension::Schema], ..Scope::default() }, &NoRemedies)
}

fn line(found: &Difference) -> String {
    format!("{:?} {} {}: {:?} {:?}", found.severity, found.id, found.subject.object, found.expected, found.found)
}

/// Makes the objects; returns the numbers of those that the server takes.
fn make(db: &TestDb, (seed, cases): (u64, u64), spelling: Spelling) -> BTreeSet<u64> {
    let session = db.session();
    let made = (0..cases).filter(|number| session.exec(&Maker::new(seed.wrapping_add(*number), spelling, None).object(*number)).is_ok());
    made.collect()
}

#[test]
fn what_is_dumped_and_restored_is_the_same() {
    each(|db, asked| {
        let (original, copy) = (another(db), TestDb::create_with(db.server.clone(), "character set utf8mb4 collate utf8mb4_general_ci"));
        let made = make(&original, asked, Spelling::Plain).len();
        dump_and_restore(&original, &copy);
        let (before, after) = (capture(&original), capture(&copy));
        println!("{made} of {} objects from seed {} on {}", asked.1, asked.0, db.server.display());
        assert!(made as u64 * 10 > asked.1 * 7, "the server refuses too much: {made}");
        let told: Vec<String> = compared(&before, &after).differences.iter().map(line).collect();
        assert!(told.is_empty(), "{told:#?}");
        assert_eq!(digest(&before), digest(&after));
        assert!(before.0.gaps.is_empty(), "{:#?}", before.0.gaps);
    });
}

#[test]
fn what_is_spelled_otherwise_is_the_same() {
    each(|db, asked| {
        let (plain, other) = (another(db), another(db));
        let made = make(&plain, asked, Spelling::Plain);
        assert_eq!(make(&other, asked, Spelling::Other(7)), made);
        let (before, after) = (capture(&plain), capture(&other));
        let comparison = compared(&before, &after);
        let heavy: Vec<String> = comparison.differences.iter().filter(|one| one.severity > Severity::Inform).map(line).collect();
        assert!(heavy.is_empty(), "{heavy:#?}");
        assert!(comparison.differences.len() > made.len() / 4, "hardly anything is spelled otherwise");
        assert_eq!(digest(&before), digest(&after));
    });
}

/// A table that takes the place of another with all that it has, as online tools leave it.
#[test]
fn what_an_online_copy_leaves_is_the_same() {
    each(|db, asked| {
        let (plain, copied) = (another(db), another(db));
        let made = make(&plain, asked, Spelling::Plain);
        make(&copied, asked, Spelling::Plain);
        let session = copied.session();
        let mut copies = 0;
        for number in made.iter().filter(|number| *number % 8 < 4) {
            // A copy has no foreign keys, and on MySQL no name of a check that somebody chose: those are truly others.
            let ddl = Maker::new(asked.0.wrapping_add(*number), Spelling::Plain, None).object(*number);
            if ddl.contains("foreign key") || ddl.contains("constraint") {
                continue;
            }
            session.exec(&format!("create table _o{number}_gho like o{number}")).unwrap();
            session.exec(&format!("rename table o{number} to _o{number}_del, _o{number}_gho to o{number}")).unwrap();
            session.exec(&format!("drop table _o{number}_del")).unwrap();
            copies += 1;
        }
        assert!(copies > made.len() / 20, "{copies} copies of {}", made.len());
        let (before, after) = (capture(&plain), capture(&copied));
        let heavy =
            compared(&before, &after).differences.iter().filter(|one| one.severity > Severity::Inform).map(line).collect::<Vec<_>>();
        assert!(heavy.is_empty(), "{heavy:#?}");
        assert_eq!(digest(&before), digest(&after));
    });
}

/// The number of the object that a difference is about: all are called `o` and a number.
fn number_of(shown: &str) -> u64 {
    let digits: String =
        shown.trim_start_matches("base.").trim_start_matches(['o', 'O', '"']).chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_else(|_| panic!("{shown}"))
}

#[test]
fn what_differs_in_one_choice_is_seen_there_alone() {
    each(|db, asked| {
        let ((seed, cases), mut rng) = (asked, fastrand::Rng::with_seed(asked.0));
        let (plain, other) = (another(db), another(db));
        let (sessions, mut changed) = ((plain.session(), other.session()), BTreeSet::new());
        let mut statements = std::collections::BTreeMap::new();
        for number in 0..cases {
            let mut maker = Maker::new(seed.wrapping_add(number), Spelling::Plain, None);
            let sql = maker.object(number);
            let mutant = rng.bool().then(|| rng.usize(..maker.choices()));
            let mutated = Maker::new(seed.wrapping_add(number), Spelling::Plain, mutant).object(number);
            if sessions.0.exec(&sql).is_err() {
                continue;
            }
            // Both or none.
            if sessions.1.exec(&mutated).is_err() {
                sessions.1.exec(&sql).unwrap();
            } else if sql != mutated {
                changed.insert(number);
                statements.insert(number, (sql, mutated));
            }
        }
        let (before, after) = (capture(&plain), capture(&other));
        let comparison = compared(&before, &after);
        // A trigger that goes makes those behind it of one event come sooner.
        let own = comparison.differences.iter().filter(|one| one.id != "EK-trigger-rank");
        let seen: BTreeSet<u64> = own.map(|one| number_of(&one.subject.object)).collect();
        println!("{} of {cases} objects changed on {}", changed.len(), db.server.display());
        assert!(changed.len() as u64 > cases / 4);
        let unseen: Vec<_> = changed.difference(&seen).filter_map(|number| statements.get(number)).collect();
        assert!(unseen.is_empty(), "{unseen:#?}");
        let is_invented = |one: &&Difference| !changed.contains(&number_of(&one.subject.object)) && one.id != "EK-trigger-rank";
        let invented: Vec<String> = comparison.differences.iter().filter(is_invented).map(line).collect();
        assert!(invented.is_empty(), "{invented:#?}");
    });
}

//! Tests of `larger`, through the gates that ask it.

use super::larger::{Larger, Size, Stuck, Volume};
use crate::estimate::{Driver, Machine};
use crate::finding::Place;
use crate::rehearsal::{Asked, Latency, Limits, Load, Migration, Part, Unsaid};
use crate::rehearsal::{Target, Undo, gates};
use crate::trace::{Blocks, Lock, Sort, Trace};
use crate::trace::{Class, Span};
use std::collections::BTreeMap;
use std::time::Duration;

const MACHINE: Machine = Machine { low: 1.0, high: 1.0, measured: true };
const ROWS: [u64; 3] = [1_000, 3_000, 10_000];

fn of(migrations: &[Migration], sizes: Vec<Size>, there: &BTreeMap<String, Volume>, machine: Machine) -> Larger {
    let statements: Vec<&[Trace]> = migrations.iter().map(|one| one.statements.as_slice()).collect();
    Larger::of(&statements, sizes, there, machine)
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn trace(line: u32, class: Class, began: u64, took: u64) -> Trace {
    let lock = Lock {
        relation: "public.t".to_owned(),
        kind: Sort::Table.name().to_owned(),
        mode: "ACCESS EXCLUSIVE",
        blocks: Blocks::Everything,
        named: true,
        fresh: false,
        taken_after: None,
        held: Span { low: Duration::ZERO, high: Some(ms(1_000)) },
        until: None,
    };
    Trace {
        place: Place { file: "r.sql".to_owned(), line, column: Some(1) },
        sql: String::new(),
        tag: "ALTER TABLE".to_owned(),
        began: ms(began),
        at: ms(began),
        took: ms(took),
        locks: if line == 1 { vec![lock] } else { Vec::new() },
        rewrites: Vec::new(),
        why: BTreeMap::new(),
        scans: Vec::new(),
        builds: Vec::new(),
        emptied: Vec::new(),
        depends: false,
        grows_with: if class.grows() { vec!["public.t".to_owned()] } else { Vec::new() },
        log_bytes: 0,
        rows: 0,
        error: None,
        class,
        is_sampled: false,
        blocked: None,
        waited: None,
        temporary: None,
        substitute: None,
    }
}

fn release() -> Vec<Migration> {
    vec![Migration {
        key: "1".to_owned(),
        name: "1".to_owned(),
        transaction: "own",
        statements: vec![trace(1, Class::CatalogOnly, 0, 1), trace(2, Class::Validation, 1, 100)],
        stopped: None,
        unwatched: None,
        effect: None,
        result: None,
        after: Vec::new(),
        forms: Vec::new(),
        undo: None,
        rerun: None,
    }]
}

fn volume(rows: u64) -> BTreeMap<String, Volume> {
    BTreeMap::from([("public.t".to_owned(), Volume { rows, bytes: Some(rows * 100), dead: 0 })])
}

/// A hundredth of a millisecond a row.
fn sizes() -> Vec<Size> {
    let size = |rows: u64| Size { label: rows.to_string(), tables: volume(rows), took: vec![ms(1), ms(rows / 100)], ..Size::default() };
    ROWS.into_iter().map(size).collect()
}

fn hold(larger: Larger, rows: Option<u64>, limit: u64) -> (Option<bool>, String) {
    let limits = Limits { lock_hold: (ms(limit), "here".to_owned()), ..Limits::default() };
    let target = Target {
        rows: rows.map(|rows| ("public.t".to_owned(), rows)).into_iter().collect(),
        here: BTreeMap::from([("public.t".to_owned(), 10_000)]),
        larger: Some(larger),
        ..Target::default()
    };
    let all = gates(&limits, &[Part::Run], &release(), &target, None, None, None);
    all.into_iter().find(|gate| gate.name == "lock-hold").map(|gate| (gate.holds, gate.found)).unwrap_or_default()
}

#[test]
fn a_lock_lasts_as_long_as_what_runs_behind_it_and_the_gate_asks_the_range() {
    let larger = of(&release(), sizes(), &volume(100_000), MACHINE);
    // Ten times as many rows: a second.
    let lock = larger.locks.first().unwrap_or_else(|| panic!("no lock"));
    assert!(lock.enough && lock.low < ms(1_000) && lock.high > ms(1_000) && lock.high < ms(2_000), "{lock:?}");
    assert_eq!((lock.mode, lock.driver, lock.multiplier.round() as u64), (Some("ACCESS EXCLUSIVE"), Driver::Bytes, 10));
    assert!(larger.undo.is_none() && larger.release.as_ref().is_some_and(|all| all.enough));
    let holds = |limit: u64| hold(of(&release(), sizes(), &volume(100_000), MACHINE), Some(100_000), limit).0;
    assert_eq!((holds(5_000), holds(1_000), holds(300)), (Some(true), None, Some(false)));
    // What is not told opens nothing.
    let (open, found) = hold(of(&release(), sizes(), &volume(100_000_000), MACHINE), Some(100_000_000), 5_000_000);
    assert!(open.is_none() && found.contains("larger than the largest size"), "{found}");
    let (open, found) = hold(of(&release(), sizes(), &BTreeMap::new(), MACHINE), None, 5_000_000);
    assert!(open.is_none() && found.contains("is not known"), "{found}");
    let mut broken = sizes();
    if let Some(size) = broken.first_mut() {
        size.stopped = Some("no".to_owned());
    }
    let (open, found) = hold(of(&release(), broken, &volume(100_000), MACHINE), Some(100_000), 5_000_000);
    assert!(open.is_none() && found.contains("did not run to its end"), "{found}");
    assert_eq!(hold(Larger::default(), Some(100_000), 5_000_000).0, None, "no estimate at all");
}

#[test]
fn the_way_back_is_held_against_the_time_that_recovery_may_take() {
    let judged = |took: Option<u64>, there: Option<u64>, limit: u64| {
        let mut migrations = release();
        for migration in &mut migrations {
            migration.undo = Some(Undo { exact: Some(true), took: took.map(ms), ..Undo::default() });
        }
        let back =
            |size: Size| Size { undo: size.tables.values().map(|volume| volume.rows / 100).sum::<u64>().checked_add(1).map(ms), ..size };
        let larger = there.map(|rows| {
            let known = if rows == 0 { BTreeMap::new() } else { volume(rows) };
            of(&migrations, sizes().into_iter().map(back).collect(), &known, MACHINE)
        });
        let limits = Limits { recovery: (ms(limit), "here".to_owned()), ..Limits::default() };
        let target = Target { larger, ..Target::default() };
        let all = gates(&limits, &[Part::Undo], &migrations, &target, None, None, None);
        all.into_iter().find(|gate| gate.name == "recovery-time").map(|gate| gate.holds)
    };
    // Nothing was estimated: only what took too long here is told.
    assert_eq!((judged(Some(50), None, 100), judged(Some(200), None, 100), judged(None, None, 100)), (None, Some(Some(false)), None));
    // A second there, within a range.
    let there = |limit: u64| judged(Some(100), Some(100_000), limit);
    assert_eq!((there(5_000), there(1_000), there(300)), (Some(Some(true)), Some(None), Some(Some(false))));
    // How large it is there is not known, or it is too large for what was tried.
    assert_eq!((judged(Some(100), Some(0), 60_000), judged(Some(100), Some(100_000_000), 9_000_000)), (Some(None), Some(None)));
}

#[test]
fn a_sort_that_fits_here_and_not_there_is_not_told() {
    let mut migrations = release();
    for one in migrations.iter_mut().flat_map(|one| &mut one.statements) {
        one.class = Class::IndexBuild;
        one.grows_with = vec!["public.t".to_owned()];
    }
    let stuck = |here: u64| {
        let mut sizes = sizes();
        for size in &mut sizes {
            size.stuck = vec![Stuck { name: "memory".to_owned(), there: 1 << 20, here }];
        }
        of(&migrations, sizes, &volume(100_000), MACHINE).release.is_some_and(|all| all.enough)
    };
    assert_eq!((stuck(1 << 20), stuck(1 << 10)), (false, true));
}

#[test]
fn a_client_waits_for_what_runs_behind_the_lock_too() {
    let load = Load {
        clients: 4,
        tables: ["public.t".to_owned()].into(),
        before: Latency { requests: 10, ..Latency::default() },
        during: Latency::default(),
        after: Latency::default(),
        refused: Vec::new(),
        broken: None,
        slices: Vec::new(),
        waits: Vec::new(),
        sources: Vec::new(),
        own: 0,
        unsaid: Vec::new(),
        beside: None,
    };
    let holds = |larger: Option<Larger>, limit: u64| {
        let limits = Limits { blocked: (ms(limit), "here".to_owned()), ..Limits::default() };
        let rows = BTreeMap::from([("public.t".to_owned(), 100_000)]);
        let target = Target { rows, larger, ..Target::default() };
        let all = gates(&limits, &[Part::Load], &release(), &target, None, Some(&load), None);
        all.iter().find(|gate| gate.name == "blocked-clients").and_then(|gate| gate.holds)
    };
    // The lock is taken by a statement that is over at once; the one behind it takes a second there.
    let there = || Some(of(&release(), sizes(), &volume(100_000), MACHINE));
    assert_eq!((holds(there(), 300), holds(there(), 1_000), holds(there(), 5_000)), (Some(false), None, Some(true)));
    assert_eq!(holds(None, 5_000), None, "nobody has estimated it");
    let refused = |load: &Load| {
        let all = gates(&Limits::default(), &[Part::Load], &release(), &Target::default(), None, Some(load), None);
        all.iter().find(|gate| gate.name == "refused-clients").and_then(|gate| gate.holds)
    };
    let one = Unsaid { place: "load.sql:1:1".to_owned(), sql: "select 1".to_owned(), why: "nobody asked it after the release".to_owned() };
    assert_eq!(refused(&load), Some(true));
    assert_eq!(refused(&Load { own: 9, unsaid: vec![one], ..load }), None, "one of nine was not asked");
}

#[test]
fn what_met_no_row_here_and_what_was_asked_of_nobody_is_not_told() {
    let mut migrations = release();
    for one in migrations.iter_mut().flat_map(|one| &mut one.statements).filter(|one| one.class.grows()) {
        one.class = Class::Data;
    }
    let enough = |migrations: &[Migration]| of(migrations, sizes(), &volume(100_000), MACHINE).release.is_some_and(|all| all.enough);
    assert!(!enough(&migrations));
    migrations.iter_mut().flat_map(|one| &mut one.statements).for_each(|one| one.rows = 1);
    assert!(enough(&migrations));
    // Compatibility is demanded, and only the next application was asked.
    let limits = Limits { require: (vec![Part::Run, Part::Compatibility], "here".to_owned()), ..Limits::default() };
    let next = Asked { nexts: 1, ..Asked::default() };
    let all = gates(&limits, &[Part::Run, Part::Compatibility], &migrations, &Target::default(), None, None, Some(&next));
    let holds = |name: &str| all.iter().find(|gate| gate.name == name).map(|gate| gate.holds);
    assert_eq!((holds("next-application"), holds("compatibility")), (Some(Some(true)), Some(None)));
}

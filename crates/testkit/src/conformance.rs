//! The conformance suite of the engine port: what every engine owes the pipeline, held against real servers.
//!
//! Lives here: the laws, written once over [`Environment`]. Does not live here: servers, accounts and databases, which each
//! engine's `tests/conformance.rs` makes; what only one engine has (its own tests).

use std::any::Any;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use evenkeel_core::compare::{Change, Comparison, NoRemedies, Scope, Side, compare};
use evenkeel_core::digest::Tree;
use evenkeel_core::fault::Class;
use evenkeel_core::file::{self, Part};
use evenkeel_core::kind::{Class as Counts, Dimension, Kind, Shape, Value};
use evenkeel_core::manifest::{Gap, Manifest, Object, Reason};
use evenkeel_core::port::{Environment, Event, Request, Watch, Watcher};

/// Statements that make the content of both databases; all engines understand them.
pub const CONTENT: &str = "
    CREATE TABLE parent (id int PRIMARY KEY, name varchar(40) NOT NULL);
    CREATE TABLE t (id int PRIMARY KEY, parent int, note varchar(40) DEFAULT 'x',
        CONSTRAINT t_parent FOREIGN KEY (parent) REFERENCES parent (id), CONSTRAINT t_positive CHECK (id > 0));
    CREATE INDEX t_note ON t (note);
    CREATE VIEW v AS SELECT id, note FROM t;
    INSERT INTO parent VALUES (1, 'never to be told'), (2, 'never to be told');
    INSERT INTO t VALUES (1, 1, 'never to be told')";

/// A value of a user, which no manifest may hold.
const VALUE: &str = "never to be told";

/// The password in every environment's URL. The servers trust whoever comes, so it is never asked for.
pub const PASSWORD: &str = "hunter2-swordfish";

/// Two databases with [`CONTENT`] on one server that belongs to the test, and who looks at them.
#[allow(missing_debug_implementations, reason = "holds closures")]
pub struct Subject<'a> {
    /// The first database as an account that may see everything.
    pub whole: &'a dyn Environment,
    /// The second database, as the same.
    pub again: &'a dyn Environment,
    /// The first database as an account without any rights but to connect.
    pub nobody: &'a dyn Environment,
    /// What the script of `grants` calls that account.
    pub nobody_name: &'a str,
    /// Nobody listens there.
    pub nowhere: &'a dyn Environment,
    /// Runs statements on the first database, as the superuser.
    pub run: &'a dyn Fn(&str),
    /// Keeps the table `t` from being opened by others until what it hands out is dropped.
    pub hold: &'a dyn Fn() -> Box<dyn Any>,
    /// Whether somebody keeps the table `t` from being read now.
    pub is_held: &'a dyn Fn() -> bool,
}

/// Changes that all engines understand, what takes each back, and what it adds to the first database alone.
const CHANGES: [(&str, &str, Kind, &str); 4] = [
    ("ALTER TABLE t ADD COLUMN added int", "ALTER TABLE t DROP COLUMN added", Kind::Column, "added"),
    ("CREATE TABLE more (id int PRIMARY KEY)", "DROP TABLE more", Kind::Table, "more"),
    ("CREATE VIEW w AS SELECT id FROM parent", "DROP VIEW w", Kind::View, "w"),
    ("ALTER TABLE t ADD CONSTRAINT t_small CHECK (id < 1000)", "ALTER TABLE t DROP CONSTRAINT t_small", Kind::Constraint, "t_small"),
];

/// Dimensions in which nothing changes by itself.
const FIXED: [Dimension; 4] = [Dimension::Schema, Dimension::Configuration, Dimension::Privileges, Dimension::History];

/// Runs every law.
///
/// # Panics
/// When one does not hold.
pub fn conforms(subject: &Subject<'_>) {
    let whole = captured(subject.whole, &Dimension::ALL);
    assert!(whole.gaps.is_empty(), "whoever may see everything has no gap: {:#?}", whole.gaps);
    is_well_formed(&whole);
    survives_its_file(&whole);
    holds_no_data_of_users(&whole);
    is_the_same_again(subject, &whole);
    dimensions_stand_alone(subject, &whole);
    is_the_same_elsewhere(subject);
    tells_each_change(subject);
    tells_of_its_progress(subject);
    waits_with_a_bound(subject, &whole);
    an_unreachable_server_is_trouble(subject);
    says_where_it_is_and_no_secret(subject);
    what_is_hidden_is_a_gap(subject, &whole);
    the_script_cures_every_gap(subject);
}

fn captured(environment: &dyn Environment, dimensions: &[Dimension]) -> Manifest {
    let request = Request { dimensions: dimensions.to_vec(), lock_timeout: Duration::from_secs(1), ..Request::new("conformance") };
    environment.capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{}: {trouble:#?}", environment.describe()))
}

fn compared(reference: &Manifest, candidate: &Manifest, dimensions: &[Dimension]) -> Comparison {
    let (left, right) = (Tree::of(reference), Tree::of(candidate));
    let scope = Scope { dimensions: dimensions.to_vec(), ..Scope::default() };
    let (left, right) =
        (Side { label: "reference", manifest: reference, tree: &left }, Side { label: "candidate", manifest: candidate, tree: &right });
    compare(left, right, &scope, &NoRemedies)
}

/// Sorted, declared, of this engine and version, never neutral; every kind a database cannot be without is there.
fn is_well_formed(manifest: &Manifest) {
    let (engine, version) = (manifest.endpoint.engine, manifest.endpoint.server_major);
    assert!(!manifest.endpoint.server_version.is_empty() && !manifest.endpoint.database.is_empty());
    assert_eq!(manifest.dimensions, Dimension::ALL);
    for pair in manifest.objects().windows(2) {
        assert!(pair[0].key() < pair[1].key(), "{:?} before {:?}", pair[0], pair[1]);
    }
    for object in manifest.objects() {
        let spec = object.kind.spec();
        assert!(spec.engines.has(engine, version), "{} are not of {}", spec.plural, engine.name());
        assert!(spec.identity_of(object.identity.parts().len()).is_some(), "{object:?}");
        assert!(manifest.find(object.kind, &object.identity.parts().collect::<Vec<_>>()).is_some());
        for (place, value) in object.values() {
            let property = spec.property(*place).unwrap_or_else(|| panic!("{object:?}"));
            assert!(property.engines.has(engine, version), "{}.{} is not of {}", spec.name, property.name, engine.name());
            assert!(!property.neutral.is(value), "{object:?}: {} is neutral", property.name);
            let fits = matches!(
                (property.shape, value),
                (Shape::Flag, Value::Flag(_))
                    | (Shape::Integer, Value::Integer(_))
                    | (Shape::Number, Value::Number(_))
                    | (Shape::Text | Shape::Definition, Value::Text(_))
                    | (Shape::List, Value::List(_))
            );
            assert!(fits, "{object:?}: {} is {value:?}", property.name);
        }
        for mark in &object.marks {
            assert!(spec.property(mark.property).is_some() && !mark.reason.is_empty(), "{mark:?}");
        }
    }
    for kind in [
        Kind::Schema,
        Kind::Table,
        Kind::Column,
        Kind::Index,
        Kind::Constraint,
        Kind::View,
        Kind::Setting,
        Kind::TableStatistics,
        Kind::Node,
        Kind::Role,
        Kind::Grant,
    ] {
        assert!(!manifest.of_kind(kind).is_empty(), "no {}", kind.spec().plural);
    }
}

/// Written and read, it is the same; both parts together, and the stable part says what it lacks.
fn survives_its_file(manifest: &Manifest) {
    let part = |part| file::write(manifest, part).unwrap();
    let read = file::read(&part(Part::Stable), Some(&part(Part::Measured))).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(told(&read, true), told(manifest, true));
    assert_eq!((read.gaps, read.dimensions), (manifest.gaps.clone(), manifest.dimensions.clone()));
    let stable = file::read(&part(Part::Stable), None).unwrap();
    assert_eq!(told(&stable, false), told(manifest, false));
    assert!(!stable.gaps.is_empty(), "what was left out is a gap");
}

/// Kind, name and values of an object.
type Told = (Kind, String, Vec<(u8, Value)>);

/// What a manifest says, with or without what is measured.
fn told(manifest: &Manifest, measured: bool) -> Vec<Told> {
    let counts = |object: &Object, place| {
        let class = object.kind.spec().property(place).map(|property| &property.class);
        measured || !matches!(class, Some(Counts::Measured(_) | Counts::Volatile))
    };
    let objects = manifest.objects().iter().filter(|object| measured || !object.is_measured());
    objects
        .map(|object| {
            let values = object.values().iter().filter(|(place, _)| counts(object, *place)).cloned().collect();
            (object.kind, object.display(), values)
        })
        .collect()
}

fn holds_no_data_of_users(manifest: &Manifest) {
    for part in [Part::Stable, Part::Measured] {
        let text = String::from_utf8(file::write(manifest, part).unwrap()).unwrap();
        assert!(!text.contains(VALUE), "a value of a user is in the {part:?} part");
        assert!(!text.contains(PASSWORD), "a password is in the {part:?} part");
    }
}

fn is_the_same_again(subject: &Subject<'_>, whole: &Manifest) {
    let again = captured(subject.whole, &Dimension::ALL);
    assert_eq!(told(&again, false), told(whole, false));
    let comparison = compared(whole, &again, &FIXED);
    assert!(comparison.differences.is_empty() && comparison.gaps.is_empty(), "{comparison:#?}");
}

/// What is asked for alone is what it is among the others.
fn dimensions_stand_alone(subject: &Subject<'_>, whole: &Manifest) {
    for dimension in Dimension::ALL {
        let alone = captured(subject.whole, &[dimension]);
        assert_eq!((alone.dimensions.as_slice(), alone.gaps.as_slice()), ([dimension].as_slice(), [].as_slice()));
        let of: Vec<_> = told(whole, false).into_iter().filter(|(kind, ..)| kind.spec().dimension == dimension).collect();
        assert_eq!(told(&alone, false), of, "{}", dimension.name());
        if FIXED.contains(&dimension) {
            let digest = |manifest: &Manifest| Tree::of(manifest).branch(dimension).map(|branch| branch.digest.hex());
            assert_eq!(digest(&alone), digest(whole), "{}", dimension.name());
        }
    }
}

fn is_the_same_elsewhere(subject: &Subject<'_>) {
    let (one, other) = (captured(subject.whole, &[Dimension::Schema]), captured(subject.again, &[Dimension::Schema]));
    let comparison = compared(&one, &other, &[Dimension::Schema]);
    assert!(comparison.differences.is_empty() && comparison.gaps.is_empty(), "{comparison:#?}");
    let digest = |manifest: &Manifest| Tree::of(manifest).branch(Dimension::Schema).map(|branch| branch.digest.hex());
    assert!(digest(&one).is_some() && digest(&one) == digest(&other));
}

fn tells_each_change(subject: &Subject<'_>) {
    let before = captured(subject.whole, &[Dimension::Schema]);
    for (change, back, kind, name) in CHANGES {
        (subject.run)(change);
        let changed = captured(subject.whole, &[Dimension::Schema]);
        let comparison = compared(&before, &changed, &[Dimension::Schema]);
        let is_it = |object: &str| object == name || object.ends_with(&format!(".{name}"));
        let told = comparison.differences.iter().any(|difference| {
            difference.subject.kind.name() == kind.spec().name
                && difference.change == Change::Extra
                && is_it(&difference.subject.object)
                && !difference.why.is_empty()
        });
        assert!(told, "{change}: {:#?}", comparison.differences);
        let opposite = compared(&changed, &before, &[Dimension::Schema]);
        assert_eq!(opposite.differences.len(), comparison.differences.len(), "{change}: {:#?}", opposite.differences);
        (subject.run)(back);
        let comparison = compared(&before, &captured(subject.whole, &[Dimension::Schema]), &[Dimension::Schema]);
        assert!(comparison.differences.is_empty() && comparison.gaps.is_empty(), "after {back}: {comparison:#?}");
    }
}

/// Notes which kinds were told.
#[derive(Default)]
struct Heard(Mutex<BTreeSet<Kind>>);

impl Watcher for Heard {
    fn see(&self, event: Event<'_>) {
        let Event::Read { label, kind, .. } = event else { return };
        assert_eq!(label, "conformance");
        self.0.lock().unwrap().insert(kind);
    }
}

fn tells_of_its_progress(subject: &Subject<'_>) {
    let heard = Heard::default();
    subject
        .whole
        .capture(&Request::new("conformance"), &Watch { watcher: &heard, ..Watch::none() })
        .unwrap_or_else(|trouble| panic!("{trouble:#?}"));
    let heard = heard.0.into_inner().unwrap();
    assert!(heard.contains(&Kind::Table) && heard.contains(&Kind::Setting), "{heard:?}");
}

/// While somebody holds a table it ends, tells the rest, and makes no difference up.
fn waits_with_a_bound(subject: &Subject<'_>, whole: &Manifest) {
    let held = (subject.hold)();
    assert!((subject.is_held)(), "the test itself holds nothing");
    let started = Instant::now();
    let seen = captured(subject.whole, &[Dimension::Schema, Dimension::Data]);
    assert!(started.elapsed() < Duration::from_secs(60), "took {:?} with a lock timeout of 1 s", started.elapsed());
    drop(held);
    assert!(!(subject.is_held)());
    assert!(seen.objects().iter().any(|object| object.kind == Kind::Column && object.display().ends_with("parent.name")));
    let comparison = compared(whole, &seen, &[Dimension::Schema]);
    assert!(comparison.differences.is_empty(), "{comparison:#?}");
    let whole = captured(subject.whole, &[Dimension::Schema]);
    assert!(whole.gaps.is_empty(), "and then it is whole again: {:#?}", whole.gaps);
}

fn an_unreachable_server_is_trouble(subject: &Subject<'_>) {
    let troubles = [
        subject.nowhere.capture(&Request::new("conformance"), &Watch::none()).map(drop),
        subject.nowhere.grants(&Request::new("conformance"), None, &Watch::none()).map(drop),
    ];
    for trouble in troubles {
        let trouble = trouble.expect_err("nobody listens there");
        assert_eq!(trouble.class, Class::Unreachable);
        assert!(trouble.found.is_some() && trouble.fix.is_some(), "{trouble:#?}");
        assert!(!format!("{trouble:?}").contains(PASSWORD), "a password is in a message");
    }
}

fn says_where_it_is_and_no_secret(subject: &Subject<'_>) {
    for environment in [subject.whole, subject.again, subject.nobody, subject.nowhere] {
        assert!(!environment.describe().is_empty() && !environment.describe().contains(PASSWORD), "{}", environment.describe());
    }
    assert_ne!(subject.whole.describe(), subject.again.describe());
}

/// What the account may not see is neither equal nor different: it is a gap, and says what cures it.
fn what_is_hidden_is_a_gap(subject: &Subject<'_>, whole: &Manifest) {
    let seen = captured(subject.nobody, &Dimension::ALL);
    let comparison = compared(whole, &seen, &FIXED);
    assert!(comparison.differences.is_empty(), "what it cannot see is no difference: {:#?}", comparison.differences);
    for dimension in FIXED {
        let digest = |manifest: &Manifest| Tree::of(manifest).branch(dimension).map(|branch| branch.digest.hex());
        let has_gap = seen.gaps.iter().any(|gap| gap.dimension == dimension);
        assert!(has_gap || digest(&seen) == digest(whole), "{} is not whole, and no gap says so", dimension.name());
    }
    assert!(seen.gaps.iter().any(|gap| gap.reason == Reason::Privilege), "every engine hides something from such an account");
    let uncured: Vec<&Gap> = seen.gaps.iter().filter(|gap| gap.reason == Reason::Privilege && gap.cure.is_none()).collect();
    assert!(uncured.is_empty(), "{uncured:#?}");
}

/// What `grants` prints is enough, and only that: it runs, nothing is missing afterwards, and the account sees the same.
fn the_script_cures_every_gap(subject: &Subject<'_>) {
    let script = || {
        let script = subject.whole.grants(&Request::new("conformance"), Some(subject.nobody_name), &Watch::none());
        script.unwrap_or_else(|trouble| panic!("{trouble:#?}"))
    };
    let before = script();
    let statements: Vec<&str> = before.lines().filter(|line| !line.starts_with("--")).collect();
    assert!(statements.iter().any(|line| line.starts_with("GRANT ")), "{before}");
    (subject.run)(&statements.join("\n"));
    assert!(script().contains("Nothing is missing"), "{}", script());
    // The script itself changes privileges.
    let (whole, seen) = (captured(subject.whole, &Dimension::ALL), captured(subject.nobody, &Dimension::ALL));
    assert!(seen.gaps.is_empty(), "after\n{before}\n{:#?}", seen.gaps);
    assert_eq!(told(&seen, false), told(&whole, false));
}

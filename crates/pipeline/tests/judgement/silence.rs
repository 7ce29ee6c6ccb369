//! What must never read as a pass: one database beside itself, a history nobody has, what is excused, faults of both sides.

use super::{TODAY, comparison, live, record, run, wanted};
use evenkeel_core::compare::{Comparison, Sameness, Scope, Which};
use evenkeel_core::gate::{self, Readiness, Tier, Verdict, judge};
use evenkeel_core::kind::{Dimension, Kind, Severity, Value};
use evenkeel_core::manifest::{Instance, Manifest, Object, Reason};
use evenkeel_core::policy::{Draft, Waiver};
use evenkeel_core::port::Watch;
use evenkeel_pipeline::compare::{self, Wanted};
use evenkeel_testkit::fake::{FakeEnvironment, at, manifest, object};

fn instance(server: &str, started: i64, database: &str) -> Option<Instance> {
    Some(Instance { server: server.to_owned(), cluster: None, started, slack: 1_500_000, database: database.to_owned() })
}

fn whole(instance: Option<Instance>, objects: Vec<Object>) -> Manifest {
    at(&manifest(&Dimension::ALL, objects), |place| place.instance.clone_from(&instance))
}

fn beside(reference: Manifest, candidate: Manifest, wanted: &Wanted<'_>) -> compare::Compared {
    let (reference, candidate) = (live("a", FakeEnvironment::of(reference)), live("b", FakeEnvironment::of(candidate)));
    compare::run(&reference, &candidate, wanted, &run(&[], Watch::none())).unwrap_or_else(|trouble| panic!("{trouble:?}"))
}

/// Server, start and database make one database. What is not known is not the same, and a second more or less is one start.
#[test]
fn two_names_of_one_database_tell_nothing() {
    let one = || instance("7", 1_000_000_000, "16384");
    for (what, other, is_same) in [
        ("the same", one(), true),
        ("read a second later", instance("7", 1_000_999_999, "16384"), true),
        ("started again", instance("7", 1_002_000_000, "16384"), false),
        ("started again, earlier by its clock", instance("7", 998_000_000, "16384"), false),
        ("another server", instance("8", 1_000_000_000, "16384"), false),
        ("another database", instance("7", 1_000_000_000, "16385"), false),
        ("unknown", None, false),
    ] {
        let scope = Scope::default();
        for differs in [false, true] {
            let objects = || if differs { vec![record(), object(Kind::Table, "app.t", &[])] } else { vec![record()] };
            let found = beside(whole(one(), vec![record()]), whole(other.clone(), objects()), &wanted(&scope));
            let code = if is_same { 2 } else { u8::from(differs) };
            assert_eq!(found.judgement.exit_code, code, "{what}, {differs}");
            let verdicts = found.judgement.dimensions.iter().map(|(_, verdict)| *verdict);
            assert_eq!(verdicts.filter(|verdict| *verdict == Verdict::CouldNotTell).count(), if is_same { 6 } else { 0 }, "{what}");
            assert_eq!(found.judgement.readiness(None) == Readiness::NotReady, is_same || differs, "{what}");
            // It is said, and judged as ever, where somebody asked for it.
            let asked = Wanted { same: true, ..wanted(&scope) };
            let found = beside(whole(one(), vec![record()]), whole(other.clone(), objects()), &asked);
            assert_eq!(found.judgement.exit_code, u8::from(differs), "{what}, {differs}");
            let sameness = if is_same { Sameness::OneAsAsked } else { Sameness::Apart };
            assert_eq!(found.comparison.sameness, sameness, "{what}");
        }
    }
    // A server that knows the moment was started at that, and no replica that was started at once after it is the same.
    let exact = |started| Some(Instance { server: "7".to_owned(), cluster: None, started, slack: 0, database: "1".to_owned() });
    for (other, sameness) in [(1_000, Sameness::One), (1_001, Sameness::Apart)] {
        let found = beside(whole(exact(1_000), vec![record()]), whole(exact(other), vec![record()]), &wanted(&Scope::default()));
        assert_eq!(found.comparison.sameness, sameness, "{other}");
    }
    let unknown = beside(whole(None, vec![record()]), whole(None, vec![record()]), &wanted(&Scope::default()));
    assert_eq!((unknown.comparison.sameness, unknown.judgement.exit_code), (Sameness::Apart, 0), "two manifests are never one server");
}

/// A history that nobody has is equal to nothing. Where a tier or a flag demands it, it is a gap.
#[test]
fn a_history_that_nobody_has_is_no_agreement() {
    let scope = Scope::default();
    let nothing = || whole(None, vec![object(Kind::Table, "app.t", &[])]);
    let history =
        |found: &compare::Compared| found.judgement.dimensions.iter().find(|(name, _)| *name == Dimension::History).map(|(_, is)| *is);
    for (insisted, demanded, verdict, code, gaps) in [
        (false, &Dimension::ALL[..], Verdict::Empty, 0, 0),
        (true, &Dimension::ALL[..], Verdict::CouldNotTell, 2, 1),
        (true, &[Dimension::Schema][..], Verdict::Empty, 0, 0),
        (true, &[Dimension::History][..], Verdict::CouldNotTell, 2, 1),
    ] {
        let found = beside(nothing(), nothing(), &Wanted { demanded, insisted, ..wanted(&scope) });
        assert_eq!((history(&found), found.judgement.exit_code), (Some(verdict), code), "{insisted} {demanded:?}");
        assert_eq!(found.comparison.gaps.len(), gaps);
        assert!(found.comparison.gaps.iter().all(|gap| {
            gap.which == Which::Both
                && gap.gap.reason == Reason::NotCaptured
                && gap.gap.cure.as_ref().is_some_and(|cure| cure.contains("history = "))
        }));
        for tier in [Tier::Dev, Tier::Production] {
            assert_ne!(found.judgement.readiness(Some(tier)), Readiness::ReadyForMigration, "{insisted} {tier:?}");
        }
    }
    // What could not be seen is said once, and in its own words.
    let blind = evenkeel_testkit::fake::blind(nothing(), Dimension::History);
    let found = beside(blind, nothing(), &Wanted { insisted: true, ..wanted(&scope) });
    assert_eq!((found.comparison.gaps.len(), found.judgement.exit_code), (1, 2));
    let blind = evenkeel_testkit::fake::blind(nothing(), Dimension::Schema);
    let found = beside(blind, nothing(), &Wanted { insisted: true, ..wanted(&scope) });
    assert_eq!((found.comparison.gaps.len(), found.judgement.exit_code), (2, 2), "another dimension's gap says nothing of it");
    // Nothing else was looked at.
    let only = Scope { dimensions: vec![Dimension::History], ..Scope::default() };
    assert_eq!(beside(nothing(), nothing(), &wanted(&only)).judgement.exit_code, 2);
    // One of them has a record: that is a difference, and what both have is compared.
    assert_eq!(beside(whole(None, vec![record()]), nothing(), &wanted(&scope)).judgement.exit_code, 1);
    let recorded = beside(whole(None, vec![record()]), whole(None, vec![record()]), &Wanted { insisted: true, ..wanted(&scope) });
    assert_eq!((history(&recorded), recorded.judgement.readiness(Some(Tier::Dev))), (Some(Verdict::Equal), Readiness::ReadyForMigration));
}

fn faulty() -> Object {
    object(Kind::Index, "app.i", &[("table", Value::list(["app", "t"])), ("valid", Value::Flag(false))])
}

/// X beside X is never different, whatever is wrong with X. A weight that somebody gave closes the gate; the bar alone does not.
#[test]
fn a_fault_of_both_sides_is_no_difference() {
    for bar in [Severity::Block, Severity::Warn, Severity::Inform] {
        let found = comparison(vec![faulty(), record()], vec![faulty(), record()]);
        assert_eq!((found.differences.len(), found.shared.len()), (0, 1));
        let judgement = judge(&found, &Dimension::ALL, bar);
        assert_eq!((judgement.exit_code, judgement.verdict), (0, Verdict::Equal), "{bar:?}");
        for weight in [Severity::Block, Severity::Warn, Severity::Inform] {
            let scope = Scope { shared_weight: Some(weight), ..Scope::default() };
            let found =
                beside(whole(None, vec![faulty(), record()]), whole(None, vec![faulty(), record()]), &Wanted { bar, ..wanted(&scope) });
            assert_eq!(found.comparison.shared.first().map(|fault| fault.severity), Some(weight));
            assert_eq!(found.judgement.exit_code, u8::from(weight >= bar), "{weight:?} {bar:?}");
        }
    }
    let one = |left: Vec<Object>, right: Vec<Object>| -> Comparison { comparison(left, right) };
    let sound = || object(Kind::Index, "app.i", &[("table", Value::list(["app", "t"]))]);
    let found = one(vec![sound(), record()], vec![faulty(), record()]);
    assert_eq!((found.differences.len(), found.shared.len()), (1, 0), "a fault of one side is a difference");
}

/// Excused is excused, on both sides too.
#[test]
fn an_exception_excuses_a_shared_fault() {
    let mut found = comparison(vec![faulty(), record()], vec![faulty(), record()]);
    let waiver = Waiver::new(Draft {
        object: "index:*".to_owned(),
        dimension: None,
        attribute: None,
        schema: None,
        reason: "agreed".to_owned(),
        owner: "the data team".to_owned(),
        until: TODAY,
        place: evenkeel_core::finding::Place { file: "evenkeel.toml".to_owned(), line: 1, column: None },
    })
    .unwrap_or_else(|trouble| panic!("{trouble}"));
    let ignored = evenkeel_core::policy::apply(&mut found, &[waiver], TODAY);
    assert_eq!((ignored.len(), found.shared.len(), found.differences.len()), (1, 0, 0));
}

/// The word of a state stands only where it is as it was committed: what weighs less than the bar is not.
#[test]
fn a_warning_is_not_as_committed() {
    let channel = |delay: i64| object(Kind::Channel, "feed", &[("delay_seconds", Value::Integer(delay))]);
    let column = |comment: &str| object(Kind::Column, "app.t.a", &[("type", "text".into()), ("comment", comment.into())]);
    let ready = |delay: i64, comment: &str| {
        let found = comparison(vec![channel(1), column("x"), record()], vec![channel(delay), column(comment), record()]);
        let judgement = gate::judge(&found, &Dimension::ALL, Severity::Block);
        (judgement.exit_code, judgement.readiness(Some(Tier::Production)))
    };
    assert_eq!(ready(1, "x"), (0, Readiness::ReadyForMigration));
    assert_eq!(ready(1, "y"), (0, Readiness::ReadyForMigration), "another comment is cosmetic");
    assert_eq!(ready(2, "x"), (0, Readiness::Deviates { differences: 1 }));
}

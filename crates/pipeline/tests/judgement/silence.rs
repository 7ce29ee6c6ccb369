//! What must never read as a pass: one database beside itself, a history nobody has, what is excused, faults of both sides.

use super::{TODAY, comparison, live, run, wanted, with_all};
use evenkeel_core::compare::{Comparison, Sameness, Scope, Which};
use evenkeel_core::gate::{self, Readiness, Tier, Verdict, judge};
use evenkeel_core::kind::{Dimension, Kind, Severity, Value};
use evenkeel_core::manifest::{Gap, Instance, Manifest, Object, Reason, Whose};
use evenkeel_core::policy::{Draft, Waiver};
use evenkeel_core::port::Watch;
use evenkeel_pipeline::compare::{self, Wanted};
use evenkeel_testkit::fake::{FakeEnvironment, at, manifest, object};

fn instance(server: &str, started: i64, database: &str) -> Whose {
    Whose::Server(Instance { server: server.to_owned(), cluster: None, started, slack: 1_500_000, database: database.to_owned() })
}

fn whole(whose: Whose, objects: Vec<Object>) -> Manifest {
    at(&manifest(&Dimension::ALL, objects), |place| place.whose.clone_from(&whose))
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
        ("a file", Whose::File, false),
    ] {
        let scope = Scope::default();
        for differs in [false, true] {
            let objects = || if differs { with_all(vec![object(Kind::Table, "app.t", &[])]) } else { with_all(Vec::new()) };
            let found = beside(whole(one(), with_all(Vec::new())), whole(other.clone(), objects()), &wanted(&scope));
            let code = if is_same { 2 } else { u8::from(differs) };
            assert_eq!(found.judgement.exit_code, code, "{what}, {differs}");
            let verdicts = found.judgement.dimensions.iter().map(|(_, verdict)| *verdict);
            assert_eq!(verdicts.filter(|verdict| *verdict == Verdict::CouldNotTell).count(), if is_same { 6 } else { 0 }, "{what}");
            assert_eq!(found.judgement.readiness(None, &[]) == Readiness::NotReady, is_same || differs, "{what}");
            // It is said, and judged as ever, where somebody asked for it.
            let asked = Wanted { same: true, ..wanted(&scope) };
            let found = beside(whole(one(), with_all(Vec::new())), whole(other.clone(), objects()), &asked);
            assert_eq!(found.judgement.exit_code, u8::from(differs), "{what}, {differs}");
            let sameness = if is_same { Sameness::AsAsked } else { Sameness::Apart };
            assert_eq!(found.comparison.sameness, sameness, "{what}");
        }
    }
    // A server that knows the moment was started at that, and no replica that was started at once after it is the same.
    let exact = |started| Whose::Server(Instance { server: "7".to_owned(), cluster: None, started, slack: 0, database: "1".to_owned() });
    for (other, sameness) in [(1_000, Sameness::One), (1_001, Sameness::Apart)] {
        let found =
            beside(whole(exact(1_000), with_all(Vec::new())), whole(exact(other), with_all(Vec::new())), &wanted(&Scope::default()));
        assert_eq!(found.comparison.sameness, sameness, "{other}");
    }
    let unknown = beside(whole(Whose::File, with_all(Vec::new())), whole(Whose::File, with_all(Vec::new())), &wanted(&Scope::default()));
    assert_eq!((unknown.comparison.sameness, unknown.judgement.exit_code), (Sameness::Apart, 0), "two manifests are never one server");
}

/// What is known to be hidden is told once, with its own words, and another dimension's gap does not stand for it.
#[test]
fn a_gap_that_is_known_is_not_told_twice() {
    let without = || with_all(Vec::new()).into_iter().filter(|object| object.kind != Kind::HistoryTable).collect::<Vec<_>>();
    let hidden = |dimension| {
        let mut manifest = whole(Whose::File, without());
        manifest.gaps.push(Gap::dimension(dimension, Reason::Privilege, "may not be read".to_owned()));
        manifest
    };
    let scope = Scope::default();
    for (dimension, expected) in [(Dimension::History, &["may not be read"][..]), (Dimension::Topology, &["no migration tool"])] {
        let found = beside(hidden(dimension), whole(Whose::File, without()), &Wanted { insisted: true, ..wanted(&scope) });
        let of_history = found.comparison.gaps.iter().filter(|gap| gap.gap.dimension == Dimension::History);
        let told: Vec<&str> = of_history.map(|gap| gap.gap.detail.as_str()).collect();
        assert_eq!(told.len(), expected.len(), "{dimension:?}: {told:?}");
        assert!(told.iter().zip(expected).all(|(told, expected)| told.starts_with(expected)), "{dimension:?}: {told:?}");
        assert_eq!(found.judgement.exit_code, 2);
    }
}

/// A history that nobody has is equal to nothing. Where a tier or a flag demands it, it is a gap.
#[test]
fn a_history_that_nobody_has_is_no_agreement() {
    let scope = Scope::default();
    let without = |kind| with_all(Vec::new()).into_iter().filter(move |object| object.kind != kind).collect::<Vec<_>>();
    let nothing = || whole(Whose::File, without(Kind::HistoryTable));
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
            assert_ne!(
                found.judgement.readiness(Some(tier), &[]),
                Readiness::ReadyForMigration { without: Vec::new() },
                "{insisted} {tier:?}"
            );
        }
    }
    // What could not be seen is said once, and in its own words.
    let blind = evenkeel_testkit::fake::blind(nothing(), Dimension::History);
    let found = beside(blind, nothing(), &Wanted { insisted: true, ..wanted(&scope) });
    assert_eq!((found.comparison.gaps.len(), found.judgement.exit_code), (1, 2));
    let blind = evenkeel_testkit::fake::blind(nothing(), Dimension::Schema);
    let found = beside(blind, nothing(), &Wanted { insisted: true, ..wanted(&scope) });
    assert_eq!((found.comparison.gaps.len(), found.judgement.exit_code), (2, 2), "another dimension's gap says nothing of it");
    // The same of every other dimension, each in its own words.
    for (kind, dimension) in
        [(Kind::Node, Dimension::Topology), (Kind::TableStatistics, Dimension::Data), (Kind::Schema, Dimension::Schema)]
    {
        let without = || whole(Whose::File, without(kind));
        let found = beside(without(), without(), &Wanted { insisted: true, ..wanted(&scope) });
        let gaps: Vec<Dimension> = found.comparison.gaps.iter().map(|gap| gap.gap.dimension).collect();
        assert_eq!((gaps, found.judgement.exit_code), (vec![dimension], 2));
        assert_eq!(beside(without(), without(), &wanted(&scope)).judgement.exit_code, 0, "{dimension:?}");
    }
    // Nothing else was looked at.
    let only = Scope { dimensions: vec![Dimension::History], ..Scope::default() };
    assert_eq!(beside(nothing(), nothing(), &wanted(&only)).judgement.exit_code, 2);
    // One of them has a record: that is a difference, and what both have is compared.
    assert_eq!(beside(whole(Whose::File, with_all(Vec::new())), nothing(), &wanted(&scope)).judgement.exit_code, 1);
    let recorded = beside(
        whole(Whose::File, with_all(Vec::new())),
        whole(Whose::File, with_all(Vec::new())),
        &Wanted { insisted: true, ..wanted(&scope) },
    );
    assert_eq!(
        (history(&recorded), recorded.judgement.readiness(Some(Tier::Dev), &[])),
        (Some(Verdict::Equal), Readiness::ReadyForMigration { without: Vec::new() })
    );
}

fn faulty() -> Object {
    object(Kind::Index, "app.i", &[("table", Value::list(["app", "t"])), ("valid", Value::Flag(false))])
}

/// X beside X is never different, whatever is wrong with X. A weight that somebody gave closes the gate; the bar alone does not.
#[test]
fn a_fault_of_both_sides_is_no_difference() {
    for bar in [Severity::Block, Severity::Warn, Severity::Inform] {
        let found = comparison(with_all(vec![faulty()]), with_all(vec![faulty()]));
        assert_eq!((found.differences.len(), found.shared.len()), (0, 1));
        let judgement = judge(&found, &Dimension::ALL, bar);
        assert_eq!((judgement.exit_code, judgement.verdict), (0, Verdict::Equal), "{bar:?}");
        for weight in [Severity::Block, Severity::Warn, Severity::Inform] {
            let scope = Scope { shared_weight: Some(weight), ..Scope::default() };
            let found = beside(
                whole(Whose::File, with_all(vec![faulty()])),
                whole(Whose::File, with_all(vec![faulty()])),
                &Wanted { bar, ..wanted(&scope) },
            );
            assert_eq!(found.comparison.shared.first().map(|fault| fault.severity), Some(weight));
            assert_eq!(found.judgement.exit_code, u8::from(weight >= bar), "{weight:?} {bar:?}");
        }
    }
    let one = |left: Vec<Object>, right: Vec<Object>| -> Comparison { comparison(left, right) };
    let sound = || object(Kind::Index, "app.i", &[("table", Value::list(["app", "t"]))]);
    let found = one(with_all(vec![sound()]), with_all(vec![faulty()]));
    assert_eq!((found.differences.len(), found.shared.len()), (1, 0), "a fault of one side is a difference");
}

/// Excused is excused, on both sides too.
#[test]
fn an_exception_excuses_a_shared_fault() {
    let mut found = comparison(with_all(vec![faulty()]), with_all(vec![faulty()]));
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
        let found = comparison(with_all(vec![channel(1), column("x")]), with_all(vec![channel(delay), column(comment)]));
        let judgement = gate::judge(&found, &Dimension::ALL, Severity::Block);
        (judgement.exit_code, judgement.readiness(Some(Tier::Production), &[]))
    };
    assert_eq!(ready(1, "x"), (0, Readiness::ReadyForMigration { without: Vec::new() }));
    assert_eq!(ready(1, "y"), (0, Readiness::ReadyForMigration { without: Vec::new() }), "another comment is cosmetic");
    assert_eq!(ready(2, "x"), (0, Readiness::Deviates { differences: 1 }));
}

/// A server that does not say which one it is may be the other side's: nothing can be told, and what lets it be told is said.
#[test]
fn a_server_that_hides_itself_tells_nothing() {
    let hidden = || Whose::Hidden { cure: Some("GRANT it;".to_owned()) };
    let scope = Scope::default();
    for (what, one, other, unknown) in [
        ("both hide", hidden(), hidden(), true),
        ("one hides", hidden(), instance("7", 1, "1"), true),
        ("the other hides", instance("7", 1, "1"), hidden(), true),
        ("a file", hidden(), Whose::File, false),
    ] {
        let sides = || (whole(one.clone(), with_all(Vec::new())), whole(other.clone(), with_all(Vec::new())));
        let (reference, candidate) = sides();
        let found = beside(reference, candidate, &wanted(&scope));
        let judged = (
            found.comparison.sameness == Sameness::Unknown,
            found.judgement.exit_code,
            found.judgement.readiness(None, &[]) == Readiness::NotReady,
        );
        assert_eq!(judged, (unknown, if unknown { 2 } else { 0 }, unknown), "{what}");
        let cures = found.comparison.findings.iter().filter_map(|finding| finding.remedy.as_ref()?.statements()).count();
        assert_eq!(cures > 0, unknown, "{what}");
        let (reference, candidate) = sides();
        assert_eq!(beside(reference, candidate, &Wanted { same: true, ..wanted(&scope) }).judgement.exit_code, 0, "{what}: asked for");
        // Two versions are two servers.
        let (reference, candidate) = sides();
        let newer = at(&candidate, |place| place.server_version.push('9'));
        assert_eq!(beside(reference, newer, &wanted(&scope)).judgement.exit_code, 0, "{what}");
    }
}

//! What passes: verdicts, the floor, exit codes, readiness.

use super::{compared, with_all};
use evenkeel_core::compare::Comparison;
use evenkeel_core::gate::{Judgement, Readiness, Standing, Tier, Verdict, exit_code_of_all, judge};
use evenkeel_core::kind::{Dimension, Kind, Severity};
use evenkeel_core::manifest::{Manifest, Object};
use evenkeel_testkit::fake::{blind, manifest, object};

const TWO: [Dimension; 2] = [Dimension::Schema, Dimension::Configuration];

fn column(typ: &str, comment: &str) -> Object {
    object(Kind::Column, "app.t.a", &[("type", typ.into()), ("comment", comment.into())])
}

fn whole() -> Manifest {
    manifest(&Dimension::ALL, with_all(vec![column("text", "x")]))
}

/// Of two dimensions only.
fn two(objects: Vec<Object>) -> Manifest {
    manifest(&TWO, with_all(objects).into_iter().filter(|object| TWO.contains(&object.kind.spec().dimension)).collect())
}

fn of(reference: Manifest, candidate: Manifest) -> Comparison {
    compared(reference, candidate, &[]).unwrap().comparison
}

#[test]
fn verdicts_follow_from_differences_gaps_and_what_was_looked_at() {
    let all = &Dimension::ALL[..];
    let schema = &[Dimension::Schema][..];
    let configuration = &[Dimension::Configuration][..];
    let cases: Vec<(&str, Comparison, &[Dimension], Severity, Verdict, u8)> = vec![
        ("the same", of(whole(), whole()), all, Severity::Block, Verdict::Equal, 0),
        (
            "another type",
            of(whole(), manifest(&Dimension::ALL, with_all(vec![column("int", "x")]))),
            all,
            Severity::Block,
            Verdict::Differs,
            1,
        ),
        (
            "another comment",
            of(whole(), manifest(&Dimension::ALL, with_all(vec![column("text", "y")]))),
            all,
            Severity::Block,
            Verdict::Equal,
            0,
        ),
        (
            "…below the bar",
            of(whole(), manifest(&Dimension::ALL, with_all(vec![column("text", "y")]))),
            all,
            Severity::Warn,
            Verdict::Equal,
            0,
        ),
        (
            "…at the bar",
            of(whole(), manifest(&Dimension::ALL, with_all(vec![column("text", "y")]))),
            all,
            Severity::Inform,
            Verdict::Differs,
            1,
        ),
        ("a gap that is demanded", of(whole(), blind(whole(), Dimension::Schema)), all, Severity::Block, Verdict::CouldNotTell, 2),
        ("a gap on the other side", of(blind(whole(), Dimension::Schema), whole()), schema, Severity::Block, Verdict::CouldNotTell, 2),
        ("a gap nobody demands", of(whole(), blind(whole(), Dimension::Schema)), configuration, Severity::Block, Verdict::Equal, 0),
        (
            "a difference and a gap",
            of(whole(), blind(manifest(&Dimension::ALL, with_all(vec![column("int", "x")])), Dimension::Configuration)),
            all,
            Severity::Block,
            Verdict::Differs,
            1,
        ),
        ("a dimension that was not captured", of(whole(), two(vec![column("text", "x")])), all, Severity::Block, Verdict::CouldNotTell, 2),
        ("…and is not demanded", of(whole(), two(vec![column("text", "x")])), schema, Severity::Block, Verdict::Equal, 0),
        ("nothing was looked at", of(manifest(&[], vec![]), manifest(&[], vec![])), all, Severity::Block, Verdict::CouldNotTell, 2),
        ("…and nothing demanded", of(manifest(&[], vec![]), manifest(&[], vec![])), &[], Severity::Block, Verdict::CouldNotTell, 2),
    ];
    for (what, comparison, demanded, bar, verdict, code) in cases {
        let judgement = judge(&comparison, demanded, bar);
        assert_eq!((judgement.verdict, judgement.exit_code), (verdict, code), "{what}");
    }
}

#[test]
fn the_floor_is_what_is_demanded() {
    let candidate = blind(manifest(&Dimension::ALL, with_all(vec![column("int", "x")])), Dimension::Configuration);
    let judgement = judge(&of(whole(), candidate), &[Dimension::Schema, Dimension::Configuration, Dimension::History], Severity::Block);
    let standing = |dimension| judgement.floor.iter().find(|(name, _)| *name == dimension).unwrap().1;
    assert_eq!(standing(Dimension::Schema), Standing::NotMet);
    assert_eq!(standing(Dimension::Configuration), Standing::CouldNotTell);
    assert_eq!(standing(Dimension::History), Standing::Met);
    assert_eq!(standing(Dimension::Data), Standing::NotDemanded);
    assert_eq!(judgement.floor.len(), 6);
}

#[test]
fn a_migration_may_begin_only_where_all_that_is_demanded_is_equal() {
    let ready = |judgement: &Judgement, tier| judgement.readiness(tier, &[]);
    let all = judge(&of(whole(), whole()), &Dimension::ALL, Severity::Block);
    for tier in [None, Some(Tier::Dev), Some(Tier::Staging), Some(Tier::Production)] {
        assert_eq!(ready(&all, tier), Readiness::ReadyForMigration { without: Vec::new() }, "{tier:?}");
    }
    // Only two dimensions were asked for.
    let part = judge(&of(two(vec![]), two(vec![])), &TWO, Severity::Block);
    assert_eq!(part.exit_code, 0);
    assert_eq!(ready(&part, Some(Tier::Production)), Readiness::Matches { not_covered: vec![Dimension::History] });
    assert_eq!(ready(&part, Some(Tier::Dev)), Readiness::Matches { not_covered: vec![Dimension::History] });
    assert!(matches!(ready(&part, None), Readiness::Matches { not_covered } if not_covered.len() == 4));
    for (what, candidate) in
        [("differs", manifest(&Dimension::ALL, with_all(vec![column("int", "x")]))), ("gap", blind(whole(), Dimension::Schema))]
    {
        let judgement = judge(&of(whole(), candidate), &Dimension::ALL, Severity::Block);
        assert_eq!(ready(&judgement, Some(Tier::Production)), Readiness::NotReady, "{what}");
    }
    // A gap that the exit code does not depend on keeps the word away all the same.
    let judgement = judge(&of(whole(), blind(whole(), Dimension::History)), &TWO, Severity::Block);
    assert_eq!(ready(&judgement, Some(Tier::Production)), Readiness::Matches { not_covered: vec![Dimension::History] });
}

#[test]
fn of_several_what_is_known_to_differ_decides() {
    for (codes, code) in [
        (vec![0, 0], 0),
        (vec![0, 1], 1),
        (vec![2, 1, 0], 1),
        (vec![69, 1], 1),
        (vec![0, 2], 2),
        (vec![2, 69], 69),
        (vec![78, 0], 78),
        (vec![], 2),
    ] {
        assert_eq!(exit_code_of_all(&codes), code, "{codes:?}");
    }
}

//! What stays as it is: what was not asked for, not looked at, not seen, or is excused. Silence is never "missing" and never "extra".

use super::{Plain, of, owned, refused, said};
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::{Gap, Manifest, Object, Reason};
use evenkeel_core::patch::{Excused, Form, Plan, World, plan, wanted};
use evenkeel_testkit::fake::{manifest, object};

const BOTH: &[Dimension] = &[Dimension::Schema, Dimension::Privileges];

fn patched(reference: &Manifest, candidate: &Manifest, dimensions: &[Dimension], excused: &[Excused]) -> Plan {
    let (wanted, unseen) = wanted(&World::of(reference), &World::of(candidate), dimensions, excused, &Plain);
    let mut plan = plan(&World::of(candidate), &World::of(&wanted), &Plain, Form::default());
    plan.refused.extend(unseen);
    plan
}

fn table(name: &str) -> Object {
    object(Kind::Table, name, &[])
}

fn owner(name: &str, owner: &str) -> Object {
    owned(&format!("table {name}"), owner)
}

#[test]
fn a_dimension_that_one_side_did_not_look_at_is_left_alone() {
    let whole = of(vec![table("s.t"), owner("s.t", "app"), object(Kind::Role, "app", &[])]);
    let schema = manifest(&[Dimension::Schema], vec![table("s.t")]);
    for (reference, candidate) in [(&whole, &schema), (&schema, &whole)] {
        assert_eq!(said(&patched(reference, candidate, BOTH, &[])), Vec::<&str>::new());
    }
}

#[test]
fn a_dimension_that_nobody_asked_for_is_left_alone() {
    let (reference, candidate) = (of(vec![table("s.t"), owner("s.t", "app")]), of(vec![table("s.t"), owner("s.t", "other")]));
    assert_eq!(said(&patched(&reference, &candidate, &[Dimension::Schema], &[])), Vec::<&str>::new());
    assert_eq!(said(&patched(&reference, &candidate, BOTH, &[])), ["alter owner table.s.t owner;"]);
}

/// Its owner goes with a table, although nobody asked for owners.
#[test]
fn what_hangs_on_what_goes_is_not_kept() {
    let (reference, candidate) = (of(Vec::new()), of(vec![table("s.t"), owner("s.t", "app")]));
    let plan = patched(&reference, &candidate, &[Dimension::Schema], &[]);
    assert_eq!((said(&plan), refused(&plan)), (vec!["drop table s.t;"], Vec::new()));
}

#[test]
fn a_kind_that_one_side_could_not_see_is_neither_made_nor_dropped_and_named() {
    let hidden = |manifest: Manifest| manifest.with_gap(Gap::kind(Kind::Function, Reason::Privilege, "not for your eyes".to_owned()));
    let with = of(vec![table("s.t"), object(Kind::Function, "s.f()", &[])]);
    let without = of(vec![table("s.t")]);
    for (reference, candidate, side) in [(hidden(without.clone()), with.clone(), "reference"), (with.clone(), hidden(without), "candidate")]
    {
        let plan = patched(&reference, &candidate, BOTH, &[]);
        assert_eq!(said(&plan), Vec::<&str>::new());
        assert_eq!(refused(&plan), [format!("function (every function): could not be read on the {side}: not for your eyes")]);
    }
}

#[test]
fn an_object_that_could_not_be_seen_stays_with_all_that_hangs_on_it() {
    let column = |name: &str| object(Kind::Column, name, &[]);
    let full = of(vec![table("s.t"), column("s.t.a"), owner("s.t", "app"), table("s.u")]);
    let gap = Gap::object(&table("s.t"), Reason::Locked, "somebody holds a lock".to_owned());
    let blind = of(Vec::new()).with_gap(gap);
    let plan = patched(&blind, &full, BOTH, &[]);
    assert_eq!(said(&plan), ["drop table s.u;"], "only what was looked for and is not there goes");
    assert_eq!(refused(&plan), ["table s.t: could not be read on the reference: somebody holds a lock"]);
}

#[test]
fn a_value_that_could_not_be_seen_stays() {
    let function = |cost: &str, body: &str| object(Kind::Function, "s.f()", &[("language", cost.into()), ("returns", body.into())]);
    let gap = |manifest: Manifest| manifest.with_gap(Gap::kind(Kind::Function, Reason::Privilege, "no".to_owned()).attribute("returns"));
    let (reference, candidate) =
        (gap(of(vec![object(Kind::Function, "s.f()", &[("language", "c".into())])])), of(vec![function("sql", "int")]));
    assert_eq!(said(&patched(&reference, &candidate, BOTH, &[])), ["alter function s.f() language;"]);
}

#[test]
fn what_is_excused_stays() {
    let excused = |kind, object: &str, attribute| Excused { kind, object: object.to_owned(), attribute };
    let column = |name: &str, kind: &str| object(Kind::Column, name, &[("type", kind.into())]);
    let reference =
        of(vec![table("s.missing"), column("s.missing.a", "int"), table("s.t"), column("s.t.a", "int"), column("s.t.b", "int")]);
    let candidate = of(vec![
        table("s.extra"),
        column("s.extra.a", "int"),
        owner("s.extra", "x"),
        table("s.t"),
        column("s.t.a", "text"),
        column("s.t.b", "text"),
    ]);
    let all =
        [excused(Kind::Table, "s.missing", None), excused(Kind::Table, "s.extra", None), excused(Kind::Column, "s.t.a", Some("type"))];
    assert_eq!(said(&patched(&reference, &candidate, BOTH, &all)), ["alter column s.t.b type;"]);
    // And without, everything is mended.
    assert_eq!(said(&patched(&reference, &candidate, BOTH, &[])).len(), 4);
}

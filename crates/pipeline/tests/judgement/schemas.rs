//! Many schemas of one database beside one of them: which are meant, what each is worth, and what all come to.

use crate::{live, run, wanted};
use evenkeel_core::compare::Scope;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::gate::Likeness;
use evenkeel_core::kind::{Dimension, Kind, Value};
use evenkeel_core::manifest::{Gap, Manifest, Object, Reason};
use evenkeel_core::policy::{Draft, Waiver};
use evenkeel_core::port::Watch;
use evenkeel_pipeline::compare;
use evenkeel_pipeline::schemas::{self, Told, Wanted};
use evenkeel_testkit::fake::{FakeEnvironment, manifest, object};
use jiff::civil::date;

/// A schema with a view that reads a table of a schema: of its own where none is named.
fn schema(name: &str, read: Option<&str>) -> Vec<Object> {
    let query = format!("{}.orders", read.unwrap_or(name));
    vec![
        object(Kind::Schema, name, &[]),
        object(Kind::Table, &format!("{name}.orders"), &[]),
        object(Kind::View, &format!("{name}.v"), &[("definition", query.as_str().into())]),
    ]
}

fn database(schemas: &[(&str, Option<&str>)]) -> Manifest {
    manifest(&[Dimension::Schema], schemas.iter().flat_map(|(name, read)| schema(name, *read)).collect())
}

/// Name, how like, and the differences of each schema.
type Line = (String, Likeness, Vec<String>);

fn beside(whole: Manifest, patterns: &[&str], like: &str, waivers: &[Waiver]) -> Result<Told<Line>, Box<Trouble>> {
    let scope = Scope { dimensions: vec![Dimension::Schema], ..Scope::default() };
    let patterns: Vec<String> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
    let comparison = compare::Wanted { demanded: &[Dimension::Schema], ..wanted(&scope) };
    let asked = Wanted { patterns: &patterns, like, comparison };
    schemas::run(&live("shop", FakeEnvironment::of(whole)), &asked, &run(waivers, Watch::none()), |one| {
        let differences = one.outcome.iter().flat_map(|compared| &compared.comparison.differences);
        let told = |difference: &evenkeel_core::compare::Difference| {
            let value = |value: &Option<String>| value.clone().unwrap_or_default();
            format!("{}: {} / {}", difference.subject.object, value(&difference.expected), value(&difference.found))
        };
        (one.name.clone(), one.likeness, differences.map(told).collect())
    })
}

fn likeness(told: &Told<Line>) -> Vec<(&str, Likeness)> {
    told.schemas.iter().map(|(name, likeness, _)| (name.as_str(), *likeness)).collect()
}

#[test]
fn each_is_told_in_the_order_of_a_person_and_a_name_of_the_reference_is_one() {
    let whole = database(&[("like", None), ("t10", None), ("t2", Some("like")), ("t1", None), ("other", None)]);
    let told = beside(whole, &["t*", "like"], "like", &[]).unwrap();
    assert_eq!(likeness(&told), [("t1", Likeness::Equal), ("t2", Likeness::Differs), ("t10", Likeness::Equal)]);
    assert_eq!((told.exit_code, told.left_out), (1, true));
    // What it reads is told apart from the schema's own.
    assert_eq!(told.schemas[1].2, ["like.v: (schema).orders / like.orders"]);
    // A name of a third one is what it says, and the schema's own is shown as the reference's.
    let told = beside(database(&[("like", None), ("t1", Some("other"))]), &["t1"], "like", &[]).unwrap();
    assert_eq!(told.schemas[0].2, ["like.v: like.orders / other.orders"]);
    // Each reads the other: that is no likeness.
    let told = beside(database(&[("like", Some("t1")), ("t1", Some("like"))]), &["t1"], "like", &[]).unwrap();
    assert_eq!(likeness(&told), [("t1", Likeness::Differs)]);
    // Both name the third one.
    let told = beside(database(&[("like", Some("t1")), ("t1", Some("t1")), ("t2", Some("t1"))]), &["t*"], "like", &[]).unwrap();
    assert_eq!(likeness(&told), [("t1", Likeness::Differs), ("t2", Likeness::Equal)]);
}

#[test]
fn nothing_is_like_nothing() {
    let whole = || database(&[("like", None), ("t1", None)]);
    let class = |told: Result<Told<Line>, Box<Trouble>>| told.err().map(|trouble| trouble.class);
    assert_eq!(class(beside(whole(), &["x*"], "like", &[])), Some(Class::Configuration));
    assert_eq!(class(beside(whole(), &["like"], "like", &[])), Some(Class::Configuration));
    assert_eq!(class(beside(whole(), &["t*"], "lik", &[])), Some(Class::Configuration));
    assert_eq!(class(beside(whole(), &["t["], "like", &[])), Some(Class::Configuration));
    // Which schemas there are is not known where the schema was not captured.
    assert_eq!(class(beside(manifest(&[Dimension::History], Vec::new()), &["t*"], "like", &[])), Some(Class::CouldNotTell));
    let empty = manifest(&[Dimension::Schema], vec![object(Kind::Schema, "like", &[]), object(Kind::Schema, "t1", &[])]);
    let told = beside(empty, &["t*"], "like", &[]).unwrap();
    assert_eq!((likeness(&told), told.exit_code), (vec![("t1", Likeness::CouldNotTell)], 2));
}

#[test]
fn a_gap_is_of_the_schemas_that_it_may_be_of() {
    let whole = || database(&[("like", None), ("t1", None), ("t2", None)]);
    let gap = |shown: Option<&str>| Gap { object: shown.map(str::to_owned), ..Gap::kind(Kind::View, Reason::Locked, "held".to_owned()) };
    let told = beside(whole().with_gap(gap(Some("t1.v"))), &["t*"], "like", &[]).unwrap();
    assert_eq!((likeness(&told), told.exit_code), (vec![("t1", Likeness::CouldNotTell), ("t2", Likeness::Equal)], 2));
    for shown in [None, Some("like.v")] {
        let told = beside(whole().with_gap(gap(shown)), &["t*"], "like", &[]).unwrap();
        assert_eq!(
            (likeness(&told), told.exit_code),
            (vec![("t1", Likeness::CouldNotTell), ("t2", Likeness::CouldNotTell)], 2),
            "{shown:?}"
        );
    }
    let told = beside(whole().with_gap(gap(Some("other.v"))), &["t*"], "like", &[]).unwrap();
    assert_eq!(told.exit_code, 0);
}

#[test]
fn an_exception_holds_for_all_and_one_that_has_run_out_makes_no_difference() {
    let waiver = |until| {
        Waiver::new(Draft {
            object: "view:like.v".to_owned(),
            dimension: None,
            attribute: None,
            schema: None,
            reason: "agreed".to_owned(),
            owner: "team".to_owned(),
            until,
            place: evenkeel_core::finding::Place { file: "evenkeel.toml".to_owned(), line: 1, column: None },
        })
        .unwrap()
    };
    let whole = || database(&[("like", None), ("t1", Some("other")), ("t2", None)]);
    let told = beside(whole(), &["t*"], "like", &[waiver(date(2099, 1, 1))]).unwrap();
    assert_eq!((likeness(&told), told.exit_code), (vec![("t1", Likeness::Alike), ("t2", Likeness::Equal)], 0));
    let told = beside(whole(), &["t*"], "like", &[waiver(date(2020, 1, 1))]).unwrap();
    assert_eq!((likeness(&told), told.exit_code), (vec![("t1", Likeness::Differs), ("t2", Likeness::Alike)], 1));
}

#[test]
fn what_weighs_less_than_the_bar_is_alike_and_no_more() {
    let mut objects = schema("like", None);
    objects.extend(schema("t1", None));
    objects.iter_mut().filter(|object| object.kind == Kind::Table && object.identity.part(0) == "t1").for_each(|table| {
        table.set("comment", Value::text("ours"));
    });
    let told = beside(manifest(&[Dimension::Schema], objects), &["t1"], "like", &[]).unwrap();
    assert_eq!((likeness(&told), told.exit_code), (vec![("t1", Likeness::Alike)], 0));
}

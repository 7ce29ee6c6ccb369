//! Which differences an exception excuses, and until when.

use super::{TODAY, compared, told, with_all};
use evenkeel_core::finding::{Place, Remedy, Subject, WAIVER_EXPIRED, WAIVER_UNUSED};
use evenkeel_core::gate::{Verdict, judge};
use evenkeel_core::kind::{Dimension, Kind, Severity, Value};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::policy::{Draft, Waiver};
use evenkeel_testkit::fake::{manifest, object};
use jiff::ToSpan;
use jiff::civil::Date;

fn waiver(object: &str, dimension: Option<Dimension>, attribute: Option<&str>, until: Date) -> Waiver {
    Waiver::new(Draft {
        object: object.to_owned(),
        dimension,
        attribute: attribute.map(str::to_owned),
        schema: None,
        reason: "agreed".to_owned(),
        owner: "the data team".to_owned(),
        until,
        place: Place { file: "evenkeel.toml".to_owned(), line: 14, column: None },
    })
    .unwrap()
}

/// One column of another type and comment, one setting of another value, one table that is not there.
fn sides() -> (Manifest, Manifest) {
    let column = |typ: &str, comment: &str| object(Kind::Column, "app.t.a", &[("type", typ.into()), ("comment", comment.into())]);
    let setting = |value: &str| object(Kind::Setting, "lock_timeout", &[("value", value.into()), ("rank", "must match".into())]);
    let table = object(Kind::Table, "app.scratch", &[]);
    (
        manifest(&Dimension::ALL, vec![column("text", "one"), setting("1"), table]),
        manifest(&Dimension::ALL, vec![column("bigint", "other"), setting("2")]),
    )
}

const ALL: [&str; 4] =
    ["EK-column-comment app.t.a", "EK-column-type app.t.a", "EK-setting-value lock_timeout", "EK-table-missing app.scratch"];

#[test]
fn an_exception_excuses_what_it_names_and_nothing_else() {
    let cases: Vec<(&str, Option<Dimension>, Option<&str>, Vec<&str>)> = vec![
        ("*", None, None, ALL.to_vec()),
        ("app.*", None, None, vec![ALL[0], ALL[1], ALL[3]]),
        ("app.t.a", None, None, vec![ALL[0], ALL[1]]),
        ("app.t", None, None, vec![]),
        ("app.t.a", None, Some("type"), vec![ALL[1]]),
        ("app.t.a", None, Some("t*"), vec![ALL[1]]),
        ("*", Some(Dimension::Configuration), None, vec![ALL[2]]),
        ("*", Some(Dimension::Schema), None, vec![ALL[0], ALL[1], ALL[3]]),
        ("schema:*", None, None, vec![ALL[0], ALL[1], ALL[3]]),
        ("configuration:*", None, None, vec![ALL[2]]),
        ("table:*", None, None, vec![ALL[3]]),
        ("column:*", None, None, vec![ALL[0], ALL[1]]),
        ("column:*", Some(Dimension::Configuration), None, vec![]),
        // That a whole object is missing is no property.
        ("app.scratch", None, Some("*"), vec![]),
        ("app.scratch", None, None, vec![ALL[3]]),
    ];
    for (pattern, dimension, attribute, excused) in cases {
        let (reference, candidate) = sides();
        let found = compared(reference, candidate, &[waiver(pattern, dimension, attribute, TODAY)]).unwrap();
        let mut gone: Vec<String> = found.ignored.iter().map(|ignored| told(&ignored.difference)).collect();
        gone.sort();
        assert_eq!(gone, excused, "{pattern} {dimension:?} {attribute:?}");
        assert_eq!(gone.len() + found.comparison.differences.len(), ALL.len(), "{pattern}: nothing is lost");
        // One that excuses nothing, though all was compared, is said.
        let said: Vec<&str> = found.comparison.findings.iter().map(|finding| finding.id.as_str()).collect();
        assert_eq!(said, if excused.is_empty() { vec![WAIVER_UNUSED] } else { vec![] }, "{pattern}");
    }
}

/// The last day is a day it holds. The day after it excuses nothing and is a finding of its own, of no dimension.
#[test]
fn an_exception_ends_with_its_last_day() {
    for (days, holds) in [(0, true), (1, true), (365, true), (-1, false), (-400, false)] {
        let until = TODAY.checked_add(days.days()).unwrap();
        let (reference, candidate) = sides();
        let found = compared(reference, candidate, &[waiver("*", None, None, until)]).unwrap();
        assert_eq!(found.ignored.len(), if holds { ALL.len() } else { 0 }, "{days}");
        let judgement = judge(&found.comparison, &Dimension::ALL, Severity::Block);
        assert_eq!(judgement.exit_code, u8::from(!holds), "{days}");
        let [] = found.comparison.findings.as_slice() else {
            let [finding] = found.comparison.findings.as_slice() else { panic!("{:?}", found.comparison.findings) };
            assert!(!holds);
            assert_eq!((finding.id.as_str(), finding.severity), (WAIVER_EXPIRED, Severity::Block));
            assert!(matches!(&finding.subject, Subject::Waiver { pattern, place } if pattern == "*" && place.line == 14));
            assert!(matches!(&finding.remedy, Some(Remedy::Step(words)) if words.contains("the data team")));
            continue;
        };
        assert!(holds, "{days}");
    }
}

/// An exception that has run out closes the gate by itself, and no dimension differs for it.
#[test]
fn an_expired_exception_alone_closes_the_gate() {
    let same = || manifest(&Dimension::ALL, with_all(vec![object(Kind::Table, "app.t", &[("persistence", Value::text("unlogged"))])]));
    let found = compared(same(), same(), &[waiver("*", None, None, TODAY.yesterday().unwrap())]).unwrap();
    let judgement = judge(&found.comparison, &Dimension::ALL, Severity::Block);
    assert_eq!((judgement.exit_code, judgement.verdict), (1, Verdict::Differs));
    assert!(judgement.dimensions.iter().all(|(_, verdict)| *verdict == Verdict::Equal), "{judgement:?}");
}

/// An exception that excuses nothing is said only where all that it is about was compared.
#[test]
fn an_exception_about_what_was_not_compared_may_be_of_use() {
    let of = |dimensions: &[Dimension]| manifest(dimensions, vec![object(Kind::Table, "app.t", &[])]);
    for (dimensions, about, is_said) in [
        (&[Dimension::Schema, Dimension::Data][..], Some(Dimension::Data), true),
        (&[Dimension::Schema], Some(Dimension::Data), false),
        (&[Dimension::Schema], Some(Dimension::Schema), true),
        (&[Dimension::Schema], None, false),
        (&Dimension::ALL, None, true),
    ] {
        let scope = evenkeel_core::compare::Scope { dimensions: dimensions.to_vec(), ..Default::default() };
        let sides = [of(dimensions), of(dimensions)].map(|side| super::live("a", evenkeel_testkit::fake::FakeEnvironment::of(side)));
        let wanted = evenkeel_pipeline::compare::Wanted { demanded: dimensions, ..super::wanted(&scope) };
        let waivers = [waiver("app.nothing", about, None, TODAY)];
        let found =
            evenkeel_pipeline::compare::run(&sides[0], &sides[1], &wanted, &super::run(&waivers, evenkeel_core::port::Watch::none()));
        let said = found.unwrap().comparison.findings.iter().any(|finding| finding.id == WAIVER_UNUSED);
        assert_eq!(said, is_said, "{dimensions:?} {about:?}");
    }
}

//! What a difference weighs, by the class of the property, and where tolerance ends.

use super::{all_told, comparison};
use evenkeel_core::compare::{Across, Change, Scope, Side, Which, compare};
use evenkeel_core::digest::Tree;
use evenkeel_core::finding::Remedy;
use evenkeel_core::kind::{Dimension, Engine, Kind, Severity, Value};
use evenkeel_core::manifest::{Manifest, Object};
use evenkeel_testkit::fake::{at, manifest, object};

fn column(values: &[(&str, Value)]) -> Vec<Object> {
    vec![object(Kind::Column, "app.t.a", values)]
}

/// Property values on both sides, and the severity of the one difference; none where they say the same.
#[test]
fn each_class_weighs_what_it_should() {
    let text = |text: &str| Value::text(text);
    let cases: Vec<(&str, Vec<Object>, Vec<Object>, Option<Severity>)> = vec![
        ("a semantic property", column(&[("type", text("bigint"))]), column(&[("type", text("integer"))]), Some(Severity::Block)),
        ("the same", column(&[("type", text("bigint"))]), column(&[("type", text("bigint"))]), None),
        ("a neutral value and none", column(&[("not_null", false.into())]), column(&[]), None),
        ("a value and none", column(&[("not_null", true.into())]), column(&[]), Some(Severity::Block)),
        ("none and a value", column(&[]), column(&[("not_null", true.into())]), Some(Severity::Block)),
        ("a cosmetic property", column(&[("comment", text("a"))]), column(&[("comment", text("b"))]), Some(Severity::Inform)),
        ("order", column(&[("position", Value::Integer(1))]), column(&[("position", Value::Integer(2))]), None),
    ];
    for (what, reference, candidate, severity) in cases {
        let found = comparison(reference, candidate);
        assert_eq!(found.differences.iter().map(|one| one.severity).collect::<Vec<_>>(), Vec::from_iter(severity), "{what}: {found:#?}");
        assert_eq!(found.gaps, [], "{what}");
    }
}

fn rows(rows: f64) -> Vec<Object> {
    vec![object(Kind::TableStatistics, "app.t", &[("rows", rows.into())])]
}

/// The tolerance of a row count: a factor, and a floor under which nobody cares. Taken from the declaration.
#[test]
fn a_measured_value_is_told_just_beyond_its_tolerance() {
    use evenkeel_core::kind::{Class, Tolerance};
    let spec = Kind::TableStatistics.spec();
    let property = spec.properties.iter().find(|property| property.name == "rows").unwrap();
    let Class::Measured(Tolerance::Ratio { hundredths, floor }) = property.class else { panic!("{:?}", property.class) };
    let (factor, floor) = (f64::from(hundredths) / 100.0, f64::from(floor));
    let base = floor * 10.0;
    let cases = [
        ("exactly at the factor", base, base * factor, false),
        ("a row beyond it", base, base * factor + 1.0, true),
        ("a row below it", base, base * factor - 1.0, false),
        ("the other way round", base * factor + 1.0, base, true),
        ("both below the floor", 0.0, floor - 1.0, false),
        ("one at the floor", 0.0, floor, true),
        ("the same", base, base, false),
    ];
    for (what, reference, candidate, is_told) in cases {
        let found = comparison(rows(reference), rows(candidate));
        assert_eq!(!found.differences.is_empty(), is_told, "{what}: {:?}", all_told(&found));
        assert!(found.differences.iter().all(|one| one.ratio.is_some() && one.severity != Severity::Block), "{what}");
    }
}

/// A ratio is the candidate's by the reference's, with as many digits as help.
#[test]
fn a_ratio_says_how_far_apart_they_are() {
    for (reference, candidate, ratio) in [
        (1_000.0, 92_000.0, "×92"),
        (100_000.0, 1_000_000.0, "×10"),
        (1_000_000.0, 2_000.0, "×0.002"),
        (0.0, 1e6, "∞"),
        (1e6, 1e7 - 1e5, "×9.9"),
    ] {
        let found = comparison(rows(reference), rows(candidate));
        assert_eq!(found.differences[0].ratio.as_deref(), Some(ratio), "{reference} {candidate}");
    }
}

/// How values are spread over fewer than a hundred rows says nothing; what is not known to be few is told.
#[test]
fn the_spread_of_few_rows_is_not_told() {
    let spread = |rows: Option<f64>, nulls: f64| {
        let mut objects = vec![object(Kind::ColumnStatistics, "app.t.a", &[("null_fraction", nulls.into())])];
        objects.extend(rows.map(|rows| object(Kind::TableStatistics, "app.t", &[("rows", rows.into())])));
        objects
    };
    for (rows, is_told) in [(Some(99.0), false), (Some(100.0), true), (Some(101.0), true), (None, true)] {
        let found = comparison(spread(rows, 0.0), spread(rows, 0.9));
        assert_eq!(found.differences.len(), usize::from(is_told), "{rows:?}: {:?}", all_told(&found));
    }
}

/// A setting weighs what its rank says, the heavier of both sides.
#[test]
fn a_setting_weighs_what_its_rank_says() {
    let setting = |rank: &str, value: &str| vec![object(Kind::Setting, "work_mem", &[("value", value.into()), ("rank", rank.into())])];
    for (reference, candidate, severity) in [
        ("must match", "must match", Severity::Block),
        ("should match", "should match", Severity::Warn),
        ("expected to differ", "expected to differ", Severity::Inform),
        ("expected to differ", "must match", Severity::Block),
        ("must match", "should match", Severity::Block),
        // Not known: it weighs what the property does.
        ("a rank of tomorrow", "a rank of tomorrow", Severity::Block),
    ] {
        let found = comparison(setting(reference, "1"), setting(candidate, "2"));
        let value = found.differences.iter().find(|one| one.subject.attribute == Some("value")).unwrap();
        assert_eq!(value.severity, severity, "{reference} / {candidate}");
    }
}

/// A fault of one side weighs what it does; where both share it they behave alike, and it is a warning.
#[test]
fn a_shared_fault_is_a_warning() {
    let index = |valid: bool| {
        let mut values = vec![("table", Value::list(["app", "t"])), ("keys", Value::list(["a"]))];
        values.extend((!valid).then_some(("valid", Value::Flag(false))));
        vec![object(Kind::Index, "app.i", &values)]
    };
    for (reference, candidate, which, severity) in [
        (true, false, Which::Candidate, Severity::Block),
        (false, true, Which::Reference, Severity::Block),
        (false, false, Which::Both, Severity::Warn),
    ] {
        let found = comparison(index(reference), index(candidate));
        let (told, nothing) = if which == Which::Both { (&found.shared, &found.differences) } else { (&found.differences, &found.shared) };
        let ([one], []) = (told.as_slice(), nothing.as_slice()) else { panic!("{:?}", all_told(&found)) };
        assert_eq!((one.change, one.which, one.severity), (Change::Unsound, which, severity));
        // What must be, and what the faulty side has: whichever that is.
        assert_eq!(one.expected.as_deref(), Some("yes"), "{which:?}");
        assert!(one.found.as_deref().is_some_and(|found| found.starts_with("no")), "{which:?}: {:?}", one.found);
    }
    assert!(comparison(index(true), index(true)).differences.is_empty());
    // Two faults: each side is told as it is.
    let channel = |state: &str| vec![object(Kind::Channel, "feed", &[("state", state.into())])];
    let found = comparison(channel("stopped"), channel("broken"));
    let [one] = found.differences.as_slice() else { panic!("{:?}", all_told(&found)) };
    assert_eq!((one.expected.as_deref(), one.found.as_deref()), (Some("stopped"), Some("broken")));
}

/// What the migration role gets is told where the server's own value does not say it already.
#[test]
fn what_a_role_gets_is_told_once() {
    let setting = |value: &str, effective: Option<&str>| {
        let mut values = vec![("value", Value::text(value)), ("rank", "must match".into())];
        values.extend(effective.map(|effective| ("effective", Value::text(effective))));
        vec![object(Kind::Setting, "lock_timeout", &values)]
    };
    let (value, effective) = ("EK-setting-value lock_timeout", "EK-setting-effective lock_timeout");
    for (what, reference, candidate, expected) in [
        ("as the server's", setting("5s", Some("5s")), setting("0", Some("0")), vec![value]),
        ("the role's alone", setting("0", Some("5s")), setting("0", Some("0")), vec![effective]),
        ("both, each otherwise", setting("1s", Some("1s")), setting("2s", Some("3s")), vec![effective, value]),
        ("the server's alone", setting("1s", Some("3s")), setting("2s", Some("3s")), vec![value]),
        ("one side was told no role", setting("1s", Some("3s")), setting("1s", None), vec![]),
        ("the other was not", setting("1s", None), setting("1s", Some("3s")), vec![]),
    ] {
        let mut told = all_told(&comparison(reference, candidate));
        told.sort();
        assert_eq!(told, expected, "{what}");
    }
}

/// Code that is laid out otherwise is cosmetic; of code that is other code the layout is not told beside it.
#[test]
fn the_layout_of_other_code_is_not_told() {
    let function = |body: &str, layout: &str| vec![object(Kind::Function, "app.f()", &[("body", body.into()), ("layout", layout.into())])];
    let layout = "EK-function-layout app.f()";
    for (candidate, expected) in [
        (function("select 1", "one"), vec![]),
        (function("select 1", "two"), vec![layout]),
        (function("select 2", "two"), vec!["EK-function-body app.f()"]),
        (function("select 2", "one"), vec!["EK-function-body app.f()"]),
    ] {
        let found = comparison(function("select 1", "one"), candidate);
        assert_eq!(all_told(&found), expected);
        assert!(found.differences.iter().all(|one| (one.severity == Severity::Inform) == (expected == [layout])));
    }
}

/// A history that begins with a baseline ran nothing that the other could have run otherwise: no text was exchanged.
#[test]
fn a_baseline_is_no_other_text() {
    let row = |values: &[(&str, &str)]| {
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, Value::text(*value))).collect();
        vec![super::record(), object(Kind::Migration, "app.flyway_schema_history.1", &values)]
    };
    let baseline = || row(&[("description", "<< Flyway Baseline >>"), ("recorded_as", "BASELINE")]);
    let script = |checksum| row(&[("description", "init"), ("checksum", checksum)]);
    for (reference, candidate) in [(baseline(), script("1")), (script("1"), baseline())] {
        let found = comparison(reference, candidate);
        let mut told: Vec<(&str, Severity)> = found.differences.iter().map(|one| (one.id.as_str(), one.severity)).collect();
        told.sort_unstable();
        assert_eq!(told, [("EK-migration-description", Severity::Inform), ("EK-migration-recorded-as", Severity::Inform)]);
    }
    let found = comparison(script("1"), script("2"));
    let [one] = found.differences.as_slice() else { panic!("{:?}", all_told(&found)) };
    assert_eq!((one.id.as_str(), one.severity), ("EK-migration-checksum", Severity::Block));
}

/// A name that a tool uses is no proof: what is valid and called so may be in use, and is not to be dropped by a statement.
#[test]
fn a_leftover_that_is_valid_gets_no_statement() {
    let index = |valid: &[(&str, Value)]| {
        let values = [&[("table", Value::list(["app", "t"])), ("keys", Value::list(["a"]))][..], valid].concat();
        vec![object(Kind::Index, "app.i_ccnew", &values)]
    };
    let found = comparison(index(&[]), vec![]);
    let one = found.differences.iter().find(|one| one.id.ends_with("leftover"));
    let one = one.unwrap_or_else(|| panic!("{:?}", all_told(&found)));
    assert!(matches!(&one.remedy, Some(Remedy::Step(step)) if step.contains("look whether it is used")), "{:?}", one.remedy);
    let found = comparison(index(&[("valid", Value::Flag(false))]), vec![]);
    let one = found.differences.iter().find(|one| one.id.ends_with("leftover")).unwrap();
    assert!(!matches!(&one.remedy, Some(Remedy::Step(_))), "{:?}", one.remedy);
}

fn side<'a>(label: &'a str, manifest: &'a Manifest, tree: &'a Tree) -> Side<'a> {
    Side { label, manifest, tree }
}

/// A property that only newer servers have leaves nothing said: a gap across versions. One of another vendor: across flavours.
#[test]
fn what_one_side_cannot_have_is_not_comparable() {
    let newer = manifest(&[Dimension::Schema], vec![object(Kind::Collation, "app.c", &[("rules", "&a < b".into())])]);
    let since = Kind::Collation.spec().properties.iter().find(|property| property.name == "rules").unwrap();
    let since = since.engines.since(Engine::PostgreSql).unwrap();
    for (version, is_gap) in [(since - 1, true), (since, false), (since + 1, false)] {
        let older = at(&manifest(&[Dimension::Schema], vec![object(Kind::Collation, "app.c", &[])]), |place| place.server_major = version);
        let trees = (Tree::of(&newer), Tree::of(&older));
        let found =
            compare(side("a", &newer, &trees.0), side("b", &older, &trees.1), &Scope::default(), &evenkeel_core::compare::NoRemedies);
        assert_eq!(found.gaps.iter().map(|gap| gap.across).collect::<Vec<_>>(), Vec::from_iter(is_gap.then_some(Some(Across::Versions))));
        assert_eq!(found.differences.len(), usize::from(!is_gap), "{version}");
    }
}

//! One cause, one difference: parts of a missing object, renames, and what is neither.

use super::{all_told, comparison};
use evenkeel_core::compare::Change;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::Object;
use evenkeel_testkit::fake::object;

fn schema() -> Object {
    object(Kind::Schema, "app", &[])
}

fn table(name: &str) -> Object {
    object(Kind::Table, &format!("app.{name}"), &[])
}

fn column(name: &str) -> Object {
    object(Kind::Column, &format!("app.{name}"), &[("type", "bigint".into())])
}

fn index(name: &str, on: &str, key: &str) -> Object {
    let values = [("table", Value::list(["app", on])), ("keys", Value::list([key]))];
    object(Kind::Index, &format!("app.{name}"), &values)
}

fn check(table: &str, name: &str, expression: &str) -> Object {
    object(Kind::Constraint, &format!("app.{table}.{name}"), &[("type", "check".into()), ("expression", expression.into())])
}

/// What both sides have, what the reference has beside it, what is told, and what goes along with the first.
#[test]
fn parts_share_the_fate_of_what_holds_them() {
    let both = || vec![schema(), table("kept"), column("kept.id")];
    let cases: Vec<(&str, Vec<Object>, Vec<&str>, Vec<(Kind, usize)>)> = vec![
        ("nothing", vec![], vec![], vec![]),
        ("a column of a table that is there", vec![column("kept.more")], vec!["EK-column-missing app.kept.more"], vec![]),
        (
            "a table with columns and an index",
            vec![table("t"), column("t.a"), column("t.b"), index("i", "t", "a")],
            vec!["EK-table-missing app.t"],
            vec![(Kind::Column, 2), (Kind::Index, 1)],
        ),
        ("columns of a table that neither side tells", vec![column("gone.a")], vec!["EK-column-missing app.gone.a"], vec![]),
        (
            "statistics of an index that is missing too",
            vec![index("i", "kept", "id"), object(Kind::IndexStatistics, "app.i", &[("bytes", Value::Integer(1))])],
            vec!["EK-index-missing app.i"],
            vec![(Kind::IndexStatistics, 1)],
        ),
    ];
    for (what, more, expected, with) in cases {
        let whole: Vec<Object> = both().into_iter().chain(more).collect();
        let there = comparison(whole.clone(), both());
        assert_eq!(all_told(&there), expected, "{what}");
        assert_eq!(there.differences.first().map(|first| first.with.clone()).unwrap_or_default(), with, "{what}");
        // The other way round it is extra, with the same parts.
        let back = comparison(both(), whole);
        let extra: Vec<String> = expected.iter().map(|told| told.replace("-missing", "-extra")).collect();
        assert_eq!(all_told(&back), extra, "{what}");
        assert!(back.differences.iter().all(|difference| difference.change == Change::Extra), "{what}");
        assert_eq!(back.differences.first().map(|first| first.with.clone()).unwrap_or_default(), with, "{what}");
    }
}

/// A whole schema takes its tables along, and these their columns.
#[test]
fn a_missing_schema_is_one_difference() {
    let there = comparison(vec![schema(), table("t"), column("t.a"), index("i", "t", "a")], vec![]);
    assert_eq!(all_told(&there), ["EK-schema-missing app"]);
    assert_eq!(there.differences[0].with, [(Kind::Table, 1), (Kind::Column, 1), (Kind::Index, 1)]);
}

/// The same body under another name, on the same table, once on each side.
#[test]
fn renames_are_suspected_only_where_there_is_one_candidate() {
    let base = || vec![schema(), table("t"), table("u"), column("t.a"), column("u.a")];
    let cases: Vec<(&str, Vec<Object>, Vec<Object>, Vec<&str>)> = vec![
        ("one for one", vec![check("t", "a", "(x > 0)")], vec![check("t", "b", "(x > 0)")], vec!["EK-constraint-name app.t.a"]),
        (
            "another body",
            vec![check("t", "a", "(x > 0)")],
            vec![check("t", "b", "(x > 1)")],
            vec!["EK-constraint-missing app.t.a", "EK-constraint-extra app.t.b"],
        ),
        (
            "another table",
            vec![check("t", "a", "(x > 0)")],
            vec![check("u", "b", "(x > 0)")],
            vec!["EK-constraint-missing app.t.a", "EK-constraint-extra app.u.b"],
        ),
        (
            "two for one",
            vec![check("t", "a", "(x > 0)"), check("t", "c", "(x > 0)")],
            vec![check("t", "b", "(x > 0)")],
            vec!["EK-constraint-missing app.t.a", "EK-constraint-extra app.t.b", "EK-constraint-missing app.t.c"],
        ),
        ("an index", vec![index("i", "t", "a")], vec![index("j", "t", "a")], vec!["EK-index-name app.i"]),
        // A table says nothing of itself that its columns do not.
        ("tables", vec![table("v")], vec![table("w")], vec!["EK-table-missing app.v", "EK-table-extra app.w"]),
    ];
    for (what, reference, candidate, expected) in cases {
        let with = |more: Vec<Object>| base().into_iter().chain(more).collect::<Vec<_>>();
        let mut found = all_told(&comparison(with(reference), with(candidate)));
        let mut expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{what}");
    }
}

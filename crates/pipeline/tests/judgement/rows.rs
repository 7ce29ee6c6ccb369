//! Rows of reference tables: which are told, and when the table is told in their place.

use super::{all_told, comparison};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::Object;
use evenkeel_testkit::fake::object;

fn table(name: &str, secret: Option<&str>, rows: &[Object]) -> Object {
    let content: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
    let count = i64::try_from(rows.len()).unwrap();
    let mut values = vec![("rows", Value::Integer(count)), ("content", Value::text(content.concat()))];
    values.extend(secret.map(|secret| ("secret", Value::text(secret))));
    object(Kind::ReferenceTable, &format!("app.{name}"), &values)
}

fn row(table: &str, key: &str, cells: &[&str], values: &[&str]) -> Object {
    let mut all = vec![("columns", Value::list(cells.iter().copied()))];
    if !values.is_empty() {
        all.push(("values", Value::list(values.iter().copied())));
    }
    object(Kind::ReferenceRow, &format!("app.{table}.{key}"), &all)
}

/// A table with its rows, under a secret of each side's own.
fn whole(secret: Option<&str>, rows: Vec<Object>) -> Vec<Object> {
    let mut all = vec![object(Kind::Schema, "app", &[]), table("countries", secret, &rows)];
    all.extend(rows);
    all
}

/// Under one secret rows are told one by one; else the table is told, and nothing of its rows.
#[test]
fn rows_are_told_where_both_sides_hashed_them_alike() {
    let left = || vec![row("countries", "de", &["name=1"], &[]), row("countries", "fr", &["name=2"], &[])];
    let right = || vec![row("countries", "de", &["name=9"], &[]), row("countries", "it", &["name=3"], &[])];
    let rows = [
        "EK-reference-row-columns app.countries.de",
        "EK-reference-row-missing app.countries.fr",
        "EK-reference-row-extra app.countries.it",
    ];
    let as_whole = ["EK-reference-table-content app.countries"];
    // What was hashed under two secrets cannot be held beside each other.
    for (mine, theirs, expected, gaps) in [
        (Some("s"), Some("s"), &rows[..], false),
        (Some("s"), Some("t"), &[], true),
        (Some("s"), None, &[], true),
        (None, None, &as_whole, false),
    ] {
        let found = comparison(whole(mine, left()), whole(theirs, right()));
        let (mut told, mut expected) = (all_told(&found), expected.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        told.sort();
        expected.sort();
        assert_eq!(told, expected, "{mine:?} and {theirs:?}");
        assert_eq!(found.gaps.iter().any(|gap| gap.gap.kind.as_deref() == Some("reference-table")), gaps, "{:?}", found.gaps);
    }
    assert!(comparison(whole(Some("s"), left()), whole(Some("s"), left())).differences.is_empty());
}

/// Up to a thousand rows are told; of one more the table is, alone. What else differs is told as ever.
#[test]
fn too_many_rows_are_told_as_their_table() {
    for (count, of_rows) in [(1_000, true), (1_001, false)] {
        let rows: Vec<Object> = (0..count).map(|number| row("countries", &format!("k{number}"), &["name=1"], &[])).collect();
        let mut reference = whole(Some("s"), rows);
        reference.push(object(Kind::Table, "app.other", &[]));
        let found = comparison(reference, whole(Some("s"), Vec::new()));
        let told = all_told(&found);
        assert_eq!(told.iter().any(|told| told.starts_with("EK-reference-table-")), !of_rows, "{count}");
        assert_eq!(found.differences.iter().any(|one| one.subject.kind == Kind::ReferenceRow), of_rows, "{count}");
        assert!(told.contains(&"EK-table-missing app.other".to_owned()), "{count}: {told:?}");
    }
    // Changed ones count as well, and each table by itself.
    let rows = |table: &str, count: usize, cell: &str| (0..count).map(|at| row(table, &format!("k{at}"), &[cell], &[])).collect::<Vec<_>>();
    let both = |cell: &str| {
        let mut all = whole(Some("s"), rows("countries", 1_001, cell));
        let few = rows("plans", 2, cell);
        all.push(table("plans", Some("s"), &few));
        all.extend(few);
        all
    };
    let told = all_told(&comparison(both("name=1"), both("name=2")));
    assert_eq!(
        told,
        ["EK-reference-table-content app.countries", "EK-reference-row-columns app.plans.k0", "EK-reference-row-columns app.plans.k1"],
        "{told:?}"
    );
}

/// The columns that differ and no others, with values where both sides were asked for them.
#[test]
fn a_changed_row_names_its_columns() {
    let of = |cells: &[&str], values: &[&str]| whole(Some("s"), vec![row("countries", "de", cells, values)]);
    for (left, right, expected, found) in [
        (of(&["name=1", "size=7"], &[]), of(&["name=2", "size=7"], &[]), "the reference's name", "another name"),
        (of(&["name=1"], &["name=Spain"]), of(&["name=2"], &["name=España"]), "name = Spain", "name = España"),
        (of(&["name=1", "size=7"], &[]), of(&["name=1"], &[]), "the reference's size", "no size"),
        (of(&["a=1", "a=b=2"], &["a=x", "a=b=y"]), of(&["a=1", "a=b=3"], &["a=x", "a=b=z"]), "a=b = y", "a=b = z"),
    ] {
        let told = comparison(left, right);
        let [one] = told.differences.as_slice() else { panic!("{:?}", all_told(&told)) };
        assert_eq!((one.expected.as_deref(), one.found.as_deref()), (Some(expected), Some(found)));
    }
}

//! One cause, one difference: parts of a missing object, renames, and what is neither.

use super::{all_told, compared, comparison};
use evenkeel_core::compare::{Across, Change, Which};
use evenkeel_core::kind::{Dimension, Engine, Kind, Severity, Value};
use evenkeel_core::manifest::Object;
use evenkeel_testkit::fake::{at, manifest, object};

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
    let mut cases: Vec<(&str, Vec<Object>, Vec<&str>, Vec<(Kind, usize)>)> = vec![
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
    let mut behind = index("k", "kept", "id");
    behind.set("constraint", "k");
    let key = object(Kind::Constraint, "app.kept.k", &[("type", "unique".into())]);
    cases.push(("a key with the index behind it", vec![key, behind], vec!["EK-constraint-missing app.kept.k"], vec![(Kind::Index, 1)]));
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

/// Who has the object, what it is in one line, and on which side nothing stands.
#[test]
fn what_one_side_has_is_shown_on_its_side() {
    let there = comparison(vec![schema(), column("t.a")], vec![schema()]);
    let one = &there.differences[0];
    assert_eq!((one.change, one.which), (Change::Missing, Which::Reference));
    assert_eq!((one.expected.as_deref(), one.found.as_deref()), (Some("bigint"), None));
    let back = comparison(vec![schema()], vec![schema(), column("t.a")]);
    let one = &back.differences[0];
    assert_eq!((one.change, one.which), (Change::Extra, Which::Candidate));
    assert_eq!((one.expected.as_deref(), one.found.as_deref()), (None, Some("bigint")));
}

/// The summary names what needs a name, and leaves the name away where the value says enough.
#[test]
fn an_object_alone_is_summed_up_in_one_line() {
    let cases = [
        (
            object(Kind::Column, "app.t.a", &[("type", "text".into()), ("not_null", true.into()), ("default", "'x'".into())]),
            "text, not null, default 'x'",
        ),
        (index("i", "t", "a"), "on app.t, (a)"),
        (object(Kind::ExtensionVersion, "pg_trgm", &[("version", "1.6".into())]), "1.6"),
        (object(Kind::Table, "app.t", &[]), "table"),
    ];
    for (object, summary) in cases {
        let found = comparison(vec![schema(), object.clone()], vec![schema()]);
        assert_eq!(found.differences[0].expected.as_deref(), Some(summary), "{}", object.display());
    }
}

/// An override weighs what the setting does; a setting that only one version has does not.
#[test]
fn what_an_override_weighs_is_the_settings_rank() {
    let ranked = |kind: Kind, name: &str, rank: &str| object(kind, name, &[("value", "1".into()), ("rank", rank.into())]);
    for (rank, severity) in [("must match", Severity::Block), ("should match", Severity::Warn), ("expected to differ", Severity::Inform)] {
        let found = comparison(vec![ranked(Kind::Override, "app.every database.lock_timeout", rank)], vec![]);
        assert_eq!(found.differences[0].severity, severity, "{rank}");
        let found = comparison(vec![ranked(Kind::Setting, "lock_timeout", rank)], vec![]);
        assert_eq!(found.differences[0].severity, Kind::Setting.spec().missing, "a setting of one version: {rank}");
    }
}

/// Recorded migrations are known by their keys alone: two that look alike are two.
#[test]
fn recorded_migrations_are_never_renames() {
    let migration = |key: &str| {
        let parts = Kind::Migration.spec().identity.len();
        let name = ["app", "history", key].into_iter().take(parts).collect::<Vec<_>>().join(".");
        object(Kind::Migration, &name, &[("checksum", "abc".into())])
    };
    let found = comparison(vec![migration("1")], vec![migration("2")]);
    assert!(found.differences.iter().all(|one| one.change != Change::Renamed), "{:?}", all_told(&found));
    assert_eq!(found.differences.len(), 2, "{:?}", all_told(&found));
}

/// Names that servers of two vendors chose by rules of their own are no difference: nobody said them.
#[test]
fn a_name_that_each_vendor_chose_is_not_comparable() {
    let check = |name: &str, chosen: bool| {
        let mut values: Vec<(&str, Value)> = vec![("type", "check".into()), ("expression", "(`a` > 0)".into())];
        values.extend(chosen.then_some(("generated_name", Value::Flag(true))));
        object(Kind::Constraint, &format!("app.t.{name}"), &values)
    };
    for (chosen, other, engine, is_gap, is_told) in [
        (true, true, Engine::MariaDb, true, false),
        (true, false, Engine::MariaDb, false, true),
        (false, true, Engine::MariaDb, false, true),
        // By the same rules: an online copy of a table makes up others.
        (true, true, Engine::MySql, false, false),
    ] {
        let whole = |name: &str, chosen, engine, version| {
            let whole = manifest(&[Dimension::Schema], vec![table("t"), check(name, chosen)]);
            at(&whole, |place| (place.engine, place.server_major) = (engine, version))
        };
        let found = compared(whole("t_chk_1", chosen, Engine::MySql, 907), whole("CONSTRAINT_1", other, engine, 1108), &[]).unwrap();
        let gaps: Vec<_> = found.comparison.gaps.iter().filter(|gap| gap.gap.attribute.as_deref() == Some("name")).collect();
        assert_eq!(gaps.len(), usize::from(is_gap), "{chosen} {other} {engine:?}: {gaps:#?}");
        assert!(gaps.iter().all(|gap| gap.across == Some(Across::Flavours)));
        // That the names differ is worth a word, and no more.
        let weighs = |one: &&evenkeel_core::compare::Difference| one.subject.kind == Kind::Constraint && one.severity > Severity::Inform;
        let told = found.comparison.differences.iter().filter(weighs).count();
        assert_eq!(told > 0, is_told, "{:?}", all_told(&found.comparison));
    }
}

/// A role and what is said of it: it may log in or not, reads a table, is in a group.
fn role(name: &str, login: bool, reads: &str) -> Vec<Object> {
    vec![
        object(Kind::Role, name, &[("login", Value::Flag(login))]),
        object(Kind::Owner, &format!("table.{reads}"), &[("owner", name.into())]),
    ]
}

/// One role under another name is suspected where all that is said of it is the same, and the map is proposed; the differences stay.
#[test]
fn a_role_that_is_called_after_its_environment_is_suspected() {
    let bare = |name: &str| vec![object(Kind::Role, name, &[])];
    let owning = |name: &str| [bare(name), role(name, true, "t").split_off(1)].concat();
    let cases: [(&str, Vec<Object>, Vec<Object>, Option<(&str, &str)>); 8] = [
        ("nothing but that they are there", bare("app"), bare("app_prod"), None),
        ("an attribute alone", role("app", true, "t")[..1].to_vec(), role("app_prod", true, "t")[..1].to_vec(), Some(("app", "app_prod"))),
        ("what it owns alone", owning("app"), owning("app_prod"), Some(("app", "app_prod"))),
        ("the same but for the name", role("app", true, "t"), role("app_prod", true, "t"), Some(("app", "app_prod"))),
        ("another attribute", role("app", true, "t"), role("app_prod", false, "t"), None),
        ("another table", role("app", true, "t"), role("app_prod", true, "u"), None),
        ("on both sides", role("app", true, "t"), role("app", true, "t"), None),
        (
            "two of them",
            role("app", true, "t"),
            [role("app_prod", true, "t"), vec![object(Kind::Role, "other", &[("login", Value::Flag(true))])]].concat(),
            Some(("app", "app_prod")),
        ),
    ];
    for (what, reference, candidate, pair) in cases {
        let found = comparison(reference, candidate);
        let told = found.findings.first().map(|finding| (finding.expected.as_deref().unwrap(), finding.found.as_deref().unwrap()));
        assert_eq!(told, pair, "{what}");
        assert_eq!(found.differences.is_empty(), what == "on both sides", "{what}: nothing is excused by it");
        let step = found.findings.first().and_then(|finding| finding.remedy.as_ref()?.step());
        assert_eq!(step.is_some_and(|step| step.contains("roles = { \"app\" = \"app_prod\" }")), pair.is_some(), "{what}");
    }
}

/// A row of a history, and one of reference data, are told whatever becomes of the table; and rights on an identity sequence go with
/// the column that has it.
#[test]
fn what_stands_apart_is_told_beside_its_table() {
    let migration = object(Kind::Migration, "app.t.1", &[]);
    let found = comparison(vec![schema(), table("t"), migration], vec![schema()]);
    assert_eq!(all_told(&found), ["EK-table-missing app.t", "EK-migration-missing app.t.1"]);
    let grant = || {
        let mut grant = object(Kind::Grant, "identity-sequence.x.r", &[("privileges", Value::list(["USAGE"]))]);
        grant.identity = evenkeel_core::manifest::Identity::new(["identity-sequence".to_owned(), "app.kept.id".to_owned(), "r".to_owned()]);
        grant
    };
    let kept = || vec![schema(), table("kept"), column("kept.other")];
    let with_column = || kept().into_iter().chain([column("kept.id"), grant()]).collect::<Vec<_>>();
    let found = comparison(with_column(), kept());
    assert_eq!(all_told(&found), ["EK-column-missing app.kept.id"]);
    assert_eq!(found.differences.first().map(|one| one.with.clone()), Some(vec![(Kind::Grant, 1)]));
    let without_grant = || kept().into_iter().chain([column("kept.id")]).collect::<Vec<_>>();
    assert_eq!(comparison(with_column(), without_grant()).differences.len(), 1);
}

//! The same statements on every flavour, captured and compared: what the vendors mean alike is equal, and the rest is said
//! to be not comparable. The inputs are in `tests/golden/mysql/canonical`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::compare::{Comparison, NoRemedies, Scope, Side, compare};
use evenkeel_core::digest::Tree;
use evenkeel_core::kind::{Dimension, Engine};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{Environment, Request, Watch};
use evenkeel_mysql::connect::{Target, ThisMachine};
use evenkeel_mysql::environment::MysqlEnvironment;
use evenkeel_testkit::mysql::{TestDb, databases};
use std::path::PathBuf;

fn golden(name: &str) -> String {
    std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/mysql/canonical").join(name)).unwrap()
}

/// Runs each on every database and keeps what all of them took; the others are taken back by the statement beside.
fn everywhere(databases: &[TestDb], statements: impl Iterator<Item = (String, String)>) -> usize {
    let mut kept = 0;
    for (statement, back) in statements {
        let taken: Vec<&TestDb> = databases.iter().filter(|database| database.session().exec(&statement).is_ok()).collect();
        if taken.len() == databases.len() {
            kept += 1;
        } else {
            taken.iter().for_each(|database| database.exec(&back));
        }
    }
    kept
}

fn captured(database: &TestDb) -> Manifest {
    let target = Target::parse(&database.url(), &ThisMachine).unwrap();
    let request = Request { dimensions: vec![Dimension::Schema], ..Request::new(database.flavor().engine.name()) };
    MysqlEnvironment::new(target).capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}

fn compared(reference: &Manifest, candidate: &Manifest) -> Comparison {
    let trees = (Tree::of(reference), Tree::of(candidate));
    let (left, right) =
        (Side { label: "a", manifest: reference, tree: &trees.0 }, Side { label: "b", manifest: candidate, tree: &trees.1 });
    compare(left, right, &Scope { dimensions: vec![Dimension::Schema], ..Scope::default() }, &NoRemedies)
}

/// Every flavour's name for its default collation differs, and so the databases are made alike.
fn alike() -> Vec<TestDb> {
    let databases = databases();
    for database in &databases {
        database.exec(&format!("ALTER DATABASE {} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci", database.name));
        database.exec("SET NAMES utf8mb4 COLLATE utf8mb4_general_ci; SET sql_mode = ''");
    }
    databases
}

/// Differences and gaps between any two, each as `attribute: object`; what a view's columns say follows from the view.
fn told(manifests: &[Manifest]) -> (Vec<String>, Vec<String>) {
    let (mut differences, mut gaps) = (Vec::new(), Vec::new());
    for (at, left) in manifests.iter().enumerate() {
        for right in manifests.iter().skip(at + 1) {
            let comparison = compared(left, right);
            let pair = format!(
                "{} {} and {} {}",
                left.endpoint.engine.name(),
                left.endpoint.server_version,
                right.endpoint.engine.name(),
                right.endpoint.server_version
            );
            differences.extend(comparison.differences.iter().map(|found| {
                format!(
                    "{pair}: {} {} {}: {:?} {:?}",
                    found.subject.kind.name(),
                    found.subject.object,
                    found.subject.attribute.unwrap_or("itself"),
                    found.expected,
                    found.found
                )
            }));
            gaps.extend(comparison.gaps.iter().map(|gap| {
                let gap = &gap.gap;
                format!(
                    "{pair}: {} {} {}: {}",
                    gap.kind.as_deref().unwrap_or(""),
                    gap.object.as_deref().unwrap_or(""),
                    gap.attribute.as_deref().unwrap_or(""),
                    gap.detail
                )
            }));
        }
    }
    (differences, gaps)
}

#[test]
fn views_mean_the_same_or_are_not_comparable() {
    let databases = alike();
    if databases.is_empty() {
        return;
    }
    databases.iter().for_each(|database| database.exec(&golden("base.sql")));
    let (queries, expressions) = (golden("views.sql"), golden("expressions.sql"));
    let queries =
        queries.lines().map(|query| query.replace("shop.", "")).chain(expressions.lines().map(|it| format!("select {it} as x from t")));
    let statements = queries.enumerate().map(|(at, query)| (format!("CREATE VIEW v{at} AS {query}"), format!("DROP VIEW v{at}")));
    let kept = everywhere(&databases, statements);
    assert!(kept > 500 || databases.len() < 3, "{kept}");
    let manifests: Vec<Manifest> = databases.iter().map(captured).collect();
    let (differences, gaps) = told(&manifests);
    // Between versions of one vendor a type that is computed otherwise is a difference, and SESSION_USER() is another function.
    let declared = |line: &str| !line.contains("MySQL") && (line.contains(": column ") || line.contains("session_user"));
    let surprising: Vec<&String> = differences.iter().filter(|line| !declared(line)).collect();
    let untold = gaps.iter().filter(|line| line.contains(" definition: ")).count();
    println!("{kept} views, {} differences, {untold} not comparable\n{}", differences.len(), differences.join("\n"));
    assert!(surprising.is_empty(), "{surprising:#?}");
    assert!(untold < kept / 10, "{gaps:#?}");
}

#[test]
fn columns_and_checks_mean_the_same_or_are_not_comparable() {
    let databases = alike();
    if databases.is_empty() {
        return;
    }
    let base = golden("base.sql");
    let table = base.split("    fulltext").next().unwrap().trim_end().trim_end_matches(',').replace(" auto_increment", "");
    let of = |name: String, more: &str| format!("{}{more})", table.replacen(" t (", &format!(" {name} ("), 1));
    let mut statements = Vec::new();
    for (at, definition) in golden("columns.sql").lines().filter(|line| *line != "serial").enumerate() {
        statements.push((of(format!("c{at}"), &format!(", z {definition}")), format!("DROP TABLE c{at}")));
    }
    for (at, condition) in
        ["a > 1", "a between 1 and 5 and s like 'x%'", "not (a = 1 or b is null)", "s in ('x', 'y''z', 'ü')"].iter().enumerate()
    {
        statements.push((of(format!("k{at}"), &format!(", check ({condition}), check (b > {at})")), format!("DROP TABLE k{at}")));
        statements.push((of(format!("n{at}"), &format!(", constraint named{at} check ({condition})")), format!("DROP TABLE n{at}")));
    }
    let kept = everywhere(&databases, statements.into_iter());
    assert!(kept > 90 || databases.len() < 3, "{kept}");
    let manifests: Vec<Manifest> = databases.iter().map(captured).collect();
    let (differences, gaps) = told(&manifests);
    println!("{kept} tables; {differences:#?} {gaps:#?}");
    let across = manifests.iter().any(|manifest| manifest.endpoint.engine == Engine::MySql);
    // Names of checks that nobody named.
    let unnamed = gaps.iter().filter(|line| line.contains("its name was chosen by the server")).count();
    assert!(unnamed == 16 || !across || databases.len() < 3, "{unnamed}");
    let declared = ["utf8mb3_uca1400_ai_ci", "binary(4)", "x'"];
    let surprising: Vec<&String> = differences.iter().filter(|line| !declared.iter().any(|part| line.contains(part))).collect();
    assert!(surprising.is_empty(), "{surprising:#?}");
}

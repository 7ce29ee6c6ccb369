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
use evenkeel_mysql::scratch::{Options, Scratch, find_servers, pick};
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

/// Names that stand in a list before the query are the same as names in it, on one vendor and between them.
#[test]
fn a_list_of_columns_is_the_names_in_the_query() {
    let pairs = [
        ("create view v(a) as select 1 as b", "create view v as select 1 as a"),
        ("create view v(a, `B c`) as select n, n + 1 from t", "create view v as select n as a, n + 1 as `B c` from t"),
        ("create view v(a) as select n as b from t order by b", "create view v as select n as a from t order by a"),
        (
            "create view v(a, k) as select count(*), n as g from t group by g",
            "create view v as select count(*) as a, n as k from t group by k",
        ),
    ];
    for (listed, named) in pairs {
        let databases = alike();
        let mut manifests = Vec::new();
        for database in &databases {
            for view in [listed, named] {
                database.exec(&format!("drop table if exists t; drop view if exists v; create table t (n int); {view}"));
                manifests.push(captured(database));
            }
        }
        let (differences, gaps) = told(&manifests);
        // Between vendors the types of columns are computed otherwise, which is told.
        let gaps: Vec<_> = gaps.iter().filter(|gap| gap.contains(" definition:")).collect();
        assert_eq!((differences, gaps), (vec![], vec![]), "{listed}");
    }
}

/// MariaDB works out the collations of a view's columns for whoever reads it: a digest must not follow the server's defaults.
#[test]
fn collations_of_views_do_not_follow_the_reading_session() {
    let databases = alike();
    for database in &databases {
        database.exec("create table t (ts datetime, n int); create view v as select date_format(ts, '%Y') y, concat(n) c, hex(n) h, cast(n as char) s from t");
    }
    let manifests: Vec<Manifest> = databases.iter().map(captured).collect();
    let (differences, _) = told(&manifests);
    assert_eq!(differences, Vec::<String>::new());
}

/// On a server of its own, since others make tables on the shared ones.
#[test]
fn a_digest_does_not_follow_the_servers_defaults() {
    let servers = find_servers();
    for (engine, number) in evenkeel_testkit::mysql::flavors() {
        let scratch = Scratch::start_with(pick(&servers, Some(engine), Some(number)).unwrap(), &Options::default().database("d")).unwrap();
        let session = scratch.session("d").unwrap();
        session.exec(&golden("base.sql").replace("shop.", "")).unwrap_or_else(|fault| panic!("{fault}"));
        session.exec("create table n (ts datetime, n int); create view v as select date_format(ts, '%Y') y, concat(n) c, 'a' l, concat(n, 'x') e, cast(n as char) s from n").unwrap();
        let captured = || {
            let target = Target::parse(&scratch.url("d"), &ThisMachine).unwrap();
            let request = Request { dimensions: vec![Dimension::Schema], ..Request::new("d") };
            MysqlEnvironment::new(target).capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
        };
        let before = captured();
        for (name, value) in [
            ("collation_connection", "utf8mb4_bin"),
            ("character_set_client", "latin1"),
            ("character_set_results", "latin1"),
            ("collation_server", "latin1_bin"),
            ("character_set_collations", "utf8mb4=utf8mb4_general_ci"),
            ("character_set_collations", "utf8mb4=utf8mb4_bin"),
            ("default_collation_for_utf8mb4", "utf8mb4_general_ci"),
            ("old_mode", "UTF8_IS_UTF8MB3"),
            ("sql_mode", "ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT"),
            ("lc_time_names", "de_DE"),
            ("time_zone", "+05:00"),
            ("div_precision_increment", "9"),
            ("sql_quote_show_create", "0"),
            ("explicit_defaults_for_timestamp", "0"),
        ] {
            // Not every server has every one of them.
            if session.exec(&format!("set global {name} = '{value}'")).is_ok()
                || session.exec(&format!("set global {name} = {value}")).is_ok()
            {
                let (differences, gaps) = told(&[before.clone(), captured()]);
                assert_eq!((differences, gaps), (vec![], vec![]), "{name} = {value} on {}", scratch.binaries().series());
            }
        }
        scratch.stop().unwrap();
    }
}

//! What is told of two databases, word for word: kinds of differences that were told falsely once, each with its relatives.
//!
//! Lives here: the harness. A room a kind: `copies` (triggers of partitions), `membership` (of extensions), `hidden` (catalogs),
//! `spelling` and `spelled` (of values), `identity` (names, keys, renames), `upgraded` (from old servers), `code` (blanks and comments), `limits`
//! (of time), `urls` (of other clients), `sequences` (where they stand), `balanced` (two servers at one address), `earlier` (manifests).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod balanced;
mod code;
mod copies;
mod earlier;
mod hidden;
mod identity;
mod limits;
mod membership;
mod sequences;
mod spelled;
mod spelling;
#[allow(dead_code, reason = "shared with tests that need all of it")]
#[path = "../kinds/tools.rs"]
mod tools;
mod upgraded;
mod urls;

use evenkeel_core::compare::{Comparison, Difference, Scope, Side};
use evenkeel_core::digest::Tree;
use evenkeel_core::finding::Remedy;
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::patch::{Dialect, Form, World, plan, wanted};
use evenkeel_core::port::{Engine as _, Environment, Request, Watch};
use evenkeel_pipeline::patch::left;
use evenkeel_postgres::connect::{Target, ThisMachine};
use evenkeel_postgres::engine::Postgres;
use evenkeel_postgres::environment::PostgresEnvironment;
use evenkeel_postgres::patch::PostgresDialect;
use evenkeel_testkit::{TestDb, database, newest};

/// A capture of these dimensions.
fn capture(conninfo: &str, dimensions: &[Dimension]) -> Manifest {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let target = Target::parse(conninfo, &ThisMachine).unwrap();
    let mut request = Request::new("test");
    request.dimensions = dimensions.to_vec();
    PostgresEnvironment::new(target).capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}

fn compared(reference: &Manifest, candidate: &Manifest) -> Comparison {
    let (of_reference, of_candidate) = (Tree::of(reference), Tree::of(candidate));
    let reference = Side { label: "reference", manifest: reference, tree: &of_reference };
    let candidate = Side { label: "candidate", manifest: candidate, tree: &of_candidate };
    let scope = Scope { dimensions: reference.manifest.dimensions.clone(), ..Scope::default() };
    Postgres.compare(reference, candidate, &scope)
}

/// A difference in words: `trigger app.t.audit enabled: origin -> disabled [ALTER …]`.
fn line(difference: &Difference) -> String {
    let subject = &difference.subject;
    let attribute = subject.attribute.map(|attribute| format!(" {attribute}")).unwrap_or_default();
    let word = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
    let fix = match &difference.remedy {
        Some(Remedy::Statements(sql)) => format!(" [{sql}]"),
        _ => String::new(),
    };
    format!("{} {}{attribute}: {} -> {}{fix}", subject.kind.name(), subject.object, word(&difference.expected), word(&difference.found))
}

/// What differs between two databases of that version, and what could not be compared. On the newest it is taken away by a patch as
/// well, with `EVENKEEL_PATCH=all` on every version.
fn told(major: u32, dimensions: &[Dimension], reference: &str, candidate: &str) -> Vec<String> {
    told_of(major, dimensions, (reference, candidate), true)
}

/// The same without a patch: where the schema is not looked at, nothing tells what an extension has.
fn told_alone(major: u32, dimensions: &[Dimension], reference: &str, candidate: &str) -> Vec<String> {
    told_of(major, dimensions, (reference, candidate), false)
}

fn told_of(major: u32, dimensions: &[Dimension], (reference, candidate): (&str, &str), is_patched: bool) -> Vec<String> {
    let made = |sql: &str| {
        let db = database(major);
        db.exec(sql);
        let manifest = capture(&db.conninfo(), dimensions);
        (db, manifest)
    };
    let ((_, reference), (db, candidate)) = (made(reference), made(candidate));
    if is_patched && (major == newest() || std::env::var_os("EVENKEEL_PATCH").is_some_and(|value| value == "all")) {
        patched(&db, dimensions, &candidate, &reference);
    }
    // Roles are the server's, and other tests make some meanwhile.
    lines(&compared(&reference, &candidate)).into_iter().filter(|line| !line.starts_with("role ")).collect()
}

/// Rounds in which the whole is made, as `--patch` tries it.
const ROUNDS: usize = 3;

/// What makes the one like the other, run: equal after it, or refused by name.
fn patched(db: &TestDb, dimensions: &[Dimension], candidate: &Manifest, reference: &Manifest) {
    let dialect = PostgresDialect::of(&candidate.endpoint);
    let dimensions: Vec<Dimension> = dimensions.iter().copied().filter(|one| dialect.dimensions().contains(one)).collect();
    // What the server has for all databases, other tests change meanwhile.
    let is_own = |kind: Kind| dimensions.contains(&kind.spec().dimension) && !matches!(kind, Kind::Role | Kind::Membership | Kind::Setting);
    let own = |manifest: &Manifest| {
        let objects = manifest.objects().iter().filter(|object| is_own(object.kind)).cloned().collect();
        Manifest::new(manifest.endpoint.clone(), dimensions.clone(), objects, manifest.gaps.clone())
    };
    let goal = wanted(&World::of(&own(reference)), &World::of(&own(candidate)), &dimensions, &[], &dialect);
    let (goal, mut said) = goal;
    let mut seen = own(candidate);
    for _ in 0..ROUNDS {
        let planned = plan(&World::of(&seen), &World::of(&goal), &dialect, Form::default());
        let session = db.another_session();
        for sql in dialect.opening().iter().copied().chain(planned.statements().map(|statement| statement.sql.as_str())) {
            session.exec(sql).unwrap_or_else(|fault| panic!("{sql}: {fault}"));
        }
        said.extend(planned.refused);
        seen = own(&capture(&db.conninfo(), &dimensions));
    }
    let mut odd = left(&seen, &goal, &dialect);
    odd.retain(|one| is_own(one.kind) && !said.iter().any(|refusal| refusal.kind == one.kind && refusal.object == one.object));
    assert!(odd.is_empty(), "left: {odd:#?}, refused: {said:#?}");
}

fn lines(comparison: &Comparison) -> Vec<String> {
    let gaps = comparison.gaps.iter().map(|gap| {
        let word = |word: &Option<String>| word.clone().unwrap_or_default();
        format!("? {} {} {}", word(&gap.gap.kind), word(&gap.gap.object), word(&gap.gap.attribute))
    });
    comparison.differences.iter().chain(&comparison.shared).map(line).chain(gaps).collect()
}

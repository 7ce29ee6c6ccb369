//! No file of a crate imports, by whatever way, from a file that imports from it: what belongs together so closely stands in
//! one file or has a third that both import.
//!
//! What is an import is decided in `modules`. A file that declares modules is the door of their folder: it lists, re-exports and
//! calls them, and they may use what it offers, so its imports of what is below it do not count; every other does. Circles
//! that stay are in [`KNOWN`], each with its reason.

use super::code::sources;
use super::modules::{Modules, module_of};
use super::tree::Tree;
use std::collections::{BTreeMap, BTreeSet};

/// A circle that stands: the crate, the files it goes through (all of them or some), why.
type Known = (&'static str, &'static [&'static str], &'static str);

const KNOWN: &[Known] = &[
    (
        "cli",
        &["command/output.rs", "signals.rs"],
        "who ends the process removes the draft that is being written, and nothing is written after the end",
    ),
    (
        "mysql",
        &["capture/access/mod.rs", "capture/reader.rs"],
        "the reader carries what the account may see, and that is noted through the reader",
    ),
    (
        "mysql",
        &["connect/attempt.rs", "connect/greeting.rs", "connect/pins.rs", "connect/session.rs"],
        "a session carries the canceller of the attempt that made it",
    ),
    (
        "mysql",
        &["capture/column.rs", "capture/lossy_column.rs"],
        "columns whose texts are in doubt are settled by rows of the same statement",
    ),
    (
        "mysql",
        &["connect/settings.rs", "connect/tls.rs", "connect/translate.rs"],
        "TLS has errors of its own to translate, and scrubs them as all are",
    ),
    (
        "postgres",
        &["capture/batch.rs", "capture/names.rs", "capture/reader.rs", "capture/role.rs", "capture/rows.rs"],
        "rows are resolved by names, which are read as rows",
    ),
    (
        "postgres",
        &["capture/kinds.rs", "capture/statements.rs"],
        "a plain kind is read by a statement, and the list of statements goes through the kinds",
    ),
    (
        "postgres",
        &["capture/constraint.rs", "capture/index.rs"],
        "a key is told with the index behind it, an index with the key it stands for",
    ),
    (
        "postgres",
        &["capture/setting.rs", "capture/setting_override.rs"],
        "a setting is told with what overrides it, an override as the setting is shown",
    ),
    (
        "postgres",
        &["connect/attempt.rs", "connect/greeting.rs", "connect/session.rs"],
        "a session carries the canceller of the attempt that made it",
    ),
    ("postgres", &["connect/settings.rs", "connect/tls.rs", "connect/translate.rs"], "as in mysql"),
    (
        "testkit",
        &["keeper.rs", "mysql.rs", "server.rs"],
        "a keeper keeps servers of both sorts, and without one each test process keeps its own in the same way",
    ),
];

fn faults(tree: &Tree, known: &[Known]) -> Vec<String> {
    let mut faults = Vec::new();
    for krate in tree.crates() {
        let sources = sources(tree, krate);
        let modules = Modules::of(&sources);
        let mut imports = modules.imports();
        imports.iter_mut().for_each(|(file, to)| to.retain(|other| !is_below(other, file)));
        let circles = circles(&imports);
        let known: Vec<&Known> = known.iter().filter(|(of, ..)| *of == krate).collect();
        for circle in circles.iter().filter(|circle| !known.iter().any(|(_, files, _)| is_within(circle, files))) {
            let arrows = circle
                .iter()
                .flat_map(|from| imports[from].iter().filter(|to| circle.contains(to)).map(move |to| format!("{from} → {to}")));
            faults.push(format!("crates/{krate}/src: files in a circle: {}", arrows.collect::<Vec<_>>().join(", ")));
        }
        for (_, files, _) in known.iter().filter(|(_, files, _)| !circles.iter().any(|circle| is_within(circle, files))) {
            faults
                .push(format!("crates/{krate}/src: {} is no circle any more: strike it out in architecture/circles.rs", files.join(", ")));
        }
    }
    faults
}

fn is_within(circle: &[&str], files: &[&str]) -> bool {
    circle.iter().all(|file| files.contains(file))
}

/// Whether a file is a module below the module of another.
fn is_below(file: &str, other: &str) -> bool {
    let (file, other) = (module_of(file), module_of(other));
    file.len() > other.len() && file.starts_with(&other)
}

/// Files that can be reached from each other.
fn circles<'a>(imports: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Vec<Vec<&'a str>> {
    let reach = |from: &'a str| {
        let mut found: BTreeSet<&str> = BTreeSet::new();
        let mut open = vec![from];
        while let Some(next) = open.pop() {
            open.extend(imports[next].iter().copied().filter(|to| found.insert(to)));
        }
        found
    };
    let reached: BTreeMap<&str, BTreeSet<&str>> = imports.keys().map(|file| (*file, reach(file))).collect();
    let mut circles: Vec<Vec<&str>> = Vec::new();
    for (file, to) in &reached {
        if to.contains(file) && !circles.iter().any(|circle| circle.contains(file)) {
            circles.push(to.iter().copied().filter(|other| reached[other].contains(file)).collect());
        }
    }
    circles
}

#[test]
fn files_do_not_import_in_circles() {
    let faults = faults(&Tree::project(), KNOWN);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_planted_circle_is_found() {
    let tree = |c: &'static str| {
        Tree::of(&[
            ("crates/x/Cargo.toml", ""),
            ("crates/x/src/lib.rs", "mod a;\nmod b;\nmod c;\npub use a::A;\npub fn l() { a::f() }"),
            ("crates/x/src/a.rs", "use crate::b::B;\npub struct A(B);"),
            ("crates/x/src/b.rs", "pub struct B;\npub fn f() { super::c::g(); super::l() }"),
            ("crates/x/src/c.rs", c),
        ])
    };
    assert_eq!(faults(&tree("pub fn g() {}"), &[]), Vec::<String>::new());
    let through_a_re_export = tree("use super::A;\npub fn g() {}");
    let circle = "crates/x/src: files in a circle: a.rs → b.rs, b.rs → c.rs, c.rs → a.rs";
    assert_eq!(faults(&through_a_re_export, &[]), [circle]);
    let known: &[Known] = &[("x", &["a.rs", "b.rs", "c.rs"], "a test")];
    assert_eq!(faults(&through_a_re_export, known), Vec::<String>::new());
    let struck = faults(&tree("pub fn g() {}"), known);
    assert!(struck[0].contains("is no circle any more"), "{struck:?}");
}

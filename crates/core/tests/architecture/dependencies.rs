//! Every dependency is used: its crate names it, in `src` or, where it is for tests, in tests; and every version that the
//! workspace settles is asked for by a crate.
//!
//! A name counts where a path begins with it, or a `use` is of it. What is asked for without being named stands in
//! [`UNNAMED`], with its reason.

use super::code::{bare, tokens};
use super::tree::Tree;
use std::collections::BTreeSet;

/// A crate, what it depends on without naming it, why.
const UNNAMED: &[(&str, &str, &str)] =
    &[("postgres", "prost", "turns on `no-recursion-limit` for pg_query's own use of it: deeply nested statements are read whole")];

/// Names under a section of a `Cargo.toml`, as they are written there.
fn asked(manifest: &str, wanted: &str) -> Vec<String> {
    let mut section = "";
    let mut found = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line.trim();
        } else if section == wanted && !line.starts_with('#') {
            let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
            found.extend((!name.is_empty()).then(|| name.to_owned()));
        }
    }
    found
}

/// The first words of paths, and what is used by name alone.
fn roots(text: &str) -> BTreeSet<String> {
    let code = bare(text);
    let words = tokens(&code);
    let at = |at: usize| words.get(at).copied().unwrap_or_default();
    let is_root = |here: &usize| {
        let before = here.checked_sub(1).map_or("", at);
        (before != "::" && at(here + 1) == "::") || (before == "use" && matches!(at(here + 1), ";" | "as"))
    };
    (0..words.len()).filter(is_root).map(|here| words[here].to_owned()).collect()
}

fn faults(tree: &Tree, unnamed: &[(&str, &str, &str)]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut everywhere = BTreeSet::new();
    for krate in tree.crates() {
        let manifest = tree.text(&format!("crates/{krate}/Cargo.toml")).unwrap_or_default();
        let named = |folder: &str| -> BTreeSet<String> {
            let folder = format!("crates/{krate}/{folder}");
            tree.rust(&folder).flat_map(|(_, text)| roots(text)).collect()
        };
        let (usual, testing) = (asked(manifest, "[dependencies]"), asked(manifest, "[dev-dependencies]"));
        let source = named("src");
        let all: BTreeSet<String> = named("tests").into_iter().chain(source.iter().cloned()).collect();
        let excused = |name: &String| unnamed.iter().any(|(of, excused, _)| *of == krate && excused == name);
        let unused = |names: &[String], seen: &BTreeSet<String>| -> Vec<String> {
            names.iter().filter(|name| !excused(name) && !seen.contains(&name.replace('-', "_"))).cloned().collect()
        };
        faults.extend(
            unused(&usual, &source).iter().map(|name| format!("crates/{krate}/Cargo.toml asks for {name}, and nothing in src names it")),
        );
        faults.extend(
            unused(&testing, &all).iter().map(|name| format!("crates/{krate}/Cargo.toml asks for {name} in tests, and nothing names it")),
        );
        let twice = testing.iter().filter(|name| usual.contains(name));
        faults.extend(twice.map(|name| format!("crates/{krate}/Cargo.toml asks for {name} in tests, which it has anyway")));
        for (of, name, _) in unnamed.iter().filter(|(of, ..)| *of == krate) {
            if !usual.iter().chain(&testing).any(|asked| asked == name) || source.contains(&name.replace('-', "_")) {
                faults.push(format!("{of} is excused for not naming {name}, and need not be"));
            }
        }
        everywhere.extend(usual.into_iter().chain(testing));
    }
    let settled = asked(tree.text("Cargo.toml").unwrap_or_default(), "[workspace.dependencies]");
    faults.extend(
        settled
            .iter()
            .filter(|name| !everywhere.contains(*name))
            .map(|name| format!("Cargo.toml settles {name}, and no crate asks for it")),
    );
    faults
}

#[test]
fn every_dependency_is_used() {
    let faults = faults(&Tree::project(), UNNAMED);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_planted_dependency_that_nobody_uses_is_found() {
    let tree = |workspace: &str, manifest: &str| {
        Tree::of(&[
            ("Cargo.toml", workspace),
            ("crates/x/Cargo.toml", manifest),
            ("crates/x/src/lib.rs", "//! No `which`.\nuse serde_json::Value;\nfn which() { self.which(); x::which::y() }"),
            ("crates/x/tests/it.rs", "use proptest::prelude::*;"),
        ])
    };
    let good = "[dependencies]\nserde-json.workspace = true\n\n[dev-dependencies]\nproptest = \"1\"";
    assert_eq!(faults(&tree("[workspace.dependencies]\nserde-json = \"1\"\nproptest = \"1\"", good), &[]), Vec::<String>::new());
    assert_eq!(faults(&tree("[workspace.dependencies]\nregex = \"1\"", good), &[]), ["Cargo.toml settles regex, and no crate asks for it"]);
    let unused = "[dependencies]\nwhich = { version = \"8\" }\nproptest = \"1\"\n[dev-dependencies]\nwhich = \"8\"\nrcgen = \"1\"";
    assert_eq!(
        faults(&tree("", unused), &[]),
        [
            "crates/x/Cargo.toml asks for which, and nothing in src names it",
            "crates/x/Cargo.toml asks for proptest, and nothing in src names it",
            "crates/x/Cargo.toml asks for which in tests, and nothing names it",
            "crates/x/Cargo.toml asks for rcgen in tests, and nothing names it",
            "crates/x/Cargo.toml asks for which in tests, which it has anyway"
        ]
    );
    let excused = [("x", "which", "a test")];
    let manifest = "[dependencies]\nwhich = \"8\"\nserde_json = \"1\"";
    assert_eq!(faults(&tree("", manifest), &excused), Vec::<String>::new());
    assert_eq!(faults(&tree("", "[dependencies]\nserde_json = \"1\""), &excused), ["x is excused for not naming which, and need not be"]);
}

//! Core touches nothing outside itself, and nothing outside of tests panics.

use super::code::sources;
use super::tree::Tree;

/// What reaches for files, threads, clocks, the environment, a terminal or a runtime.
const OUTSIDE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "Timestamp::now",
    "Zoned::now",
    "println!",
    "eprintln!",
    "print!",
    "eprint!",
    "dbg!",
    "tokio",
    "futures",
    "async fn",
    ".await",
    "stdout()",
    "stderr()",
    "stdin()",
];

const PANICS: &[&str] = &[".unwrap()", ".expect(", "panic!(", "unreachable!(", "todo!(", "unimplemented!("];

/// Crates of tests, which fail where they stand.
const OF_TESTS: &[&str] = &["testkit"];

fn named(tree: &Tree, krate: &str, words: &[&str]) -> Vec<String> {
    let sources = sources(tree, krate);
    let found = sources.iter().flat_map(|(file, code)| words.iter().filter(|word| code.contains(**word)).map(move |word| (file, word)));
    found.map(|(file, word)| format!("crates/{krate}/src/{file}: {word}")).collect()
}

fn panics(tree: &Tree) -> Vec<String> {
    tree.crates().into_iter().filter(|krate| !OF_TESTS.contains(krate)).flat_map(|krate| named(tree, krate, PANICS)).collect()
}

#[test]
fn core_touches_nothing_outside_itself() {
    let faults = named(&Tree::project(), "core", OUTSIDE);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn nothing_panics_outside_tests() {
    let faults = panics(&Tree::project());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_planted_read_and_a_planted_panic_are_found() {
    let text =
        "//! Reads no std::fs.\nfn f() { let x = std::fs::read(\"panic!(\").unwrap(); }\n#[cfg(test)]\nmod tests { fn g() { todo!() } }";
    let tree = Tree::of(&[("crates/core/Cargo.toml", ""), ("crates/core/src/a.rs", text), ("crates/testkit/Cargo.toml", "")]);
    assert_eq!(named(&tree, "core", OUTSIDE), ["crates/core/src/a.rs: std::fs"]);
    assert_eq!(panics(&tree), ["crates/core/src/a.rs: .unwrap()"]);
}

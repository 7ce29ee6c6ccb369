//! Engines are named where they are chosen and nowhere else.

use super::code::{identifiers, sources};
use super::tree::Tree;

/// Crates that no engine's name may occur in. `Engine::PostgreSql.name()` is data; a match on it would be control flow.
const BLIND: &[&str] = &["pipeline", "report"];

const ENGINES: &[&str] =
    &["postgres", "postgresql", "mysql", "mariadb", "evenkeel_postgres", "evenkeel_mysql", "postgresenvironment", "mysqlenvironment"];

/// Files of the command line that choose.
const CHOOSING: &[&str] = &["wire.rs", "wire/"];

fn faults(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for krate in BLIND {
        for (file, code) in sources(tree, krate) {
            let named = identifiers(&code).filter(|word| ENGINES.contains(&word.to_ascii_lowercase().as_str()));
            faults.extend(named.map(|word| format!("crates/{krate}/src/{file} names {word}")));
        }
    }
    for (file, code) in sources(tree, "cli") {
        if CHOOSING.iter().any(|place| file.starts_with(place)) {
            continue;
        }
        let named = identifiers(&code).filter(|word| word.starts_with("evenkeel_postgres") || word.starts_with("evenkeel_mysql"));
        faults.extend(named.map(|word| format!("crates/cli/src/{file} names {word}")));
        let chosen = ["postgres::", "mysql::"].into_iter().filter(|choice| code.contains(choice));
        faults.extend(chosen.map(|choice| format!("crates/cli/src/{file} chooses {choice}")));
    }
    faults
}

#[test]
fn only_the_wiring_names_an_engine() {
    let faults = faults(&Tree::project());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_planted_engine_is_found() {
    let tree = Tree::of(&[
        ("crates/pipeline/src/compare.rs", "//! Not MySQL.\nfn f() { match MySql {} }"),
        ("crates/cli/src/wire.rs", "use evenkeel_mysql::connect;"),
        ("crates/cli/src/command/check.rs", "fn f() { evenkeel_postgres::connect() }"),
    ]);
    assert_eq!(
        faults(&tree),
        [
            "crates/pipeline/src/compare.rs names MySql",
            "crates/cli/src/command/check.rs names evenkeel_postgres",
            "crates/cli/src/command/check.rs chooses postgres::"
        ]
    );
}

//! Generated documentation is what the code says.
//!
//! Lives here: the page of kinds. Neighbour: `machine` checks the published JSON schema the same way.

use evenkeel_report::reference;
use std::path::Path;

/// `UPDATE=1 cargo nextest run -p evenkeel-report reference` writes it anew.
#[test]
fn the_page_of_kinds_is_the_one_of_the_declarations() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/kinds.md");
    let page = reference::kinds();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(published == page, "docs/reference/kinds.md is not what the declarations say: run with UPDATE=1 and read the diff");
}

/// The same for the list of migration tools; each tool stands in it.
#[test]
fn the_page_of_migration_tools_is_what_the_declarations_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/history-tools.md");
    let page = reference::history_tools();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert!(std::fs::read_to_string(&path).unwrap_or_default() == page, "run with UPDATE=1 and read the diff");
    assert_eq!(page.lines().filter(|line| line.starts_with("| [")).count(), evenkeel_core::history::TOOLS.len());
}

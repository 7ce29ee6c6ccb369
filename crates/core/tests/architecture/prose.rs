//! Prose that people read as it stands is at most 120 columns wide. Tables, code and addresses are as wide as they are.

use super::tree::Tree;

const WIDTH: usize = 120;

/// Texts that a program writes.
const GENERATED: &[&str] = &["docs/reference/kinds.md", "crates/report/tests/golden/"];

fn faults(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    let by_hand = |path: &str| path.ends_with(".md") && !GENERATED.iter().any(|generated| path.starts_with(generated));
    for (path, text) in tree.files.iter().filter(|(path, _)| by_hand(path)) {
        let mut is_code = false;
        for (line, number) in text.lines().zip(1..) {
            let start = line.trim_start();
            is_code ^= start.starts_with("```");
            let is_wide =
                is_code || start.starts_with('|') || line.contains("://") || line.starts_with("    ") && !start.starts_with(['-', '*']);
            let width = line.chars().count();
            if width > WIDTH && !is_wide {
                faults.push(format!("{path}:{number}: {width} columns"));
            }
        }
    }
    faults
}

#[test]
fn prose_is_not_too_wide() {
    let faults = faults(&Tree::project());
    assert!(faults.is_empty(), "more than {WIDTH} columns:\n{}", faults.join("\n"));
}

#[test]
fn a_planted_wide_line_is_found() {
    let wide = "ä ".repeat(WIDTH / 2 + 1);
    let text = format!("{}\n{wide}\n| {wide} |\n```\n{wide}\n```\n    {wide}\nhttps://{wide}\n- {wide}\n", "ä".repeat(WIDTH));
    let tree = Tree::of(&[("docs/a.md", &text), ("docs/reference/kinds.md", &text), ("a.txt", &text)]);
    assert_eq!(faults(&tree), ["docs/a.md:2: 122 columns", "docs/a.md:9: 124 columns"]);
}

//! Every file says what lives in it, and a long one why it is long.

use super::code::header;
use super::tree::Tree;

const LONG: usize = 500;

fn faults(tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for (file, text) in tree.rust("crates") {
        let header = header(text).replace('\n', " ");
        if header.is_empty() {
            faults.push(format!("crates/{file} does not say what lives there"));
        }
        let lines = text.lines().count();
        if lines > LONG && !header.contains("ver 500 lines because") {
            faults.push(format!("crates/{file}: {lines} lines and no \"over 500 lines because …\" in its header"));
        }
    }
    faults
}

#[test]
fn every_file_introduces_itself_and_long_ones_say_why() {
    let faults = faults(&Tree::project());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_planted_file_without_introduction_is_found() {
    let long = "\n".repeat(LONG + 1);
    let tree = Tree::of(&[
        ("crates/x/src/good.rs", &format!("//! Long: over 500 lines because\n//! it is.{long}")),
        ("crates/x/src/long.rs", &format!("//! Long.{long}")),
        ("crates/x/src/mute.rs", "mod a;"),
    ]);
    assert_eq!(
        faults(&tree),
        [
            "crates/x/src/long.rs: 501 lines and no \"over 500 lines because …\" in its header",
            "crates/x/src/mute.rs does not say what lives there"
        ]
    );
}

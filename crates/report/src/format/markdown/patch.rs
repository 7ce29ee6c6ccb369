//! The patch in a pull request: what it is worth in a few lines, and all of it where there is room.
//!
//! Lives here: what stands there. Neighbours: `markdown`, which says how much room there is; `escape`.

use super::entry::shortened;
use super::escape::{code, fenced, plain};
use crate::document::{Document, Patch};
use crate::number::counted;
use crate::{clean, sentence};

/// So many of what went wrong are named.
const NAMED: usize = 8;

/// The section without the script.
pub(super) fn words(document: &Document, patch: &Patch) -> String {
    let (symbol, proof) = sentence::patch::proof(document, patch);
    let mut text = format!("\n### Patch\n\n{symbol} **{}** {}.\n", plain(&proof), plain(&sentence::patch::counts(patch)));
    let wrong: Vec<&String> = patch.failed.iter().chain(&patch.left).collect();
    if !wrong.is_empty() {
        text.push('\n');
    }
    for one in wrong.iter().take(NAMED) {
        text.push_str(&format!("- {}\n", code(&shortened(&clean::line(one)))));
    }
    if wrong.len() > NAMED {
        text.push_str(&format!("- {} more\n", wrong.len() - NAMED));
    }
    text
}

/// The script, closed, if it takes no more than so many bytes; else where it is.
pub(super) fn script(patch: &Patch, room: usize) -> String {
    if patch.statements.is_empty() {
        return String::new();
    }
    let (text, is_exact) = clean::exact(patch.script.trim_end_matches('\n'));
    let lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let elsewhere = plain(&shortened(&sentence::patch::elsewhere(patch)));
    let only_read = if is_exact {
        String::new()
    } else {
        format!("To read, not to run: characters that cannot be seen are spelled out; {elsewhere}.\n\n")
    };
    let whole = format!(
        "\n<details><summary>the SQL, {}</summary>\n\n{only_read}{}</details>\n",
        counted(lines.len(), "line", "lines"),
        fenced("sql", &lines)
    );
    if whole.len() <= room { whole } else { format!("\nThe SQL is too long for here: {elsewhere}.\n") }
}

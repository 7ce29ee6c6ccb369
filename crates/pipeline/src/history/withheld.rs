//! What a repair does not do, and what of it is commented out. Neighbour: `repair`, which makes the statements.

use crate::migrations::Cut;
use evenkeel_core::finding::Place;
use evenkeel_core::kind::Kind;
use evenkeel_core::patch::Block;

/// Why the definitions that a migration leaves are not all that it does to what is there; nothing where they are.
pub(super) fn beyond(cut: &Cut, in_force: bool) -> Option<String> {
    let mut seen: Vec<(String, Place)> = Vec::new();
    let mut odd = None;
    for said in cut.up.iter().flat_map(|script| script.statements()) {
        let words: Vec<String> = said
            .text
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .filter(|word| !word.is_empty())
            .map(str::to_ascii_lowercase)
            .collect();
        let has = |wanted: &str| words.iter().any(|word| word == wanted);
        let follows = |first: &str, second: &str| words.windows(2).any(|pair| matches!(pair, [a, b] if a == first && b == second));
        let place = Place { file: said.file.to_owned(), line: said.line, column: None };
        let is_table = said.statement.tag == "ALTER TABLE";
        let makes_rows = match said.statement.tag.as_str() {
            "CREATE TABLE AS" | "SELECT INTO" => true,
            "CREATE TABLE" => has("select") && has("as"),
            _ => false,
        };
        let why = if said.statement.tag.starts_with("RENAME") || has("rename") && said.statement.tag.starts_with("ALTER") {
            Some("gives something another name")
        } else if said.statement.tag.starts_with("ALTER") && follows("set", "schema") {
            Some("puts something into another schema")
        } else if in_force && is_table && has("type") && has("using") {
            Some("computes values")
        } else if in_force && makes_rows {
            Some("makes rows")
        } else if in_force && follows("drop", "default") {
            Some("takes a default away that rows have got")
        } else {
            None
        };
        odd = odd.or_else(|| why.map(|why| (why, place.clone())));
        // What is dropped and made again begins without values.
        let dropped = words.windows(3).filter_map(|three| match three {
            [drop, column, name] if drop == "drop" && column == "column" => Some(name.clone()),
            [drop, name, _] if is_table && drop == "drop" && !["column", "constraint", "index", "if"].contains(&name.as_str()) => {
                Some(name.clone())
            }
            _ => None,
        });
        let last = match words.as_slice() {
            [.., drop, name] if is_table && drop == "drop" => Some(name.clone()),
            _ => None,
        };
        seen.extend(dropped.chain(last).map(|name| (name, place.clone())));
        if let Some((_, before)) = seen.iter().find(|(name, _)| {
            words.windows(2).any(|pair| {
                matches!(pair, [add, other] if add == "add" && other == name)
                    || matches!(pair, [column, other] if column == "column" && other == name) && has("add")
            })
        }) {
            odd = odd.or(Some(("drops a column and makes it anew", before.clone())));
        }
    }
    let (what, place) = odd?;
    Some(format!("{}:{} {what}, which no definition tells: run the statements of its file yourself", place.file, place.line))
}

/// Where something that loses data is commented out, so is all that comes with it and after it: what was tried is the whole. Of a tool that
/// records one place nothing is recorded then, nor where something is refused.
pub(super) fn hold(blocks: &mut [Block], is_pointer: bool) {
    let first = blocks.iter().position(|block| block.plan.destructive().0 > 0);
    for (at, block) in blocks.iter_mut().enumerate() {
        let is_held = first.is_some_and(|first| at >= first);
        for step in &mut block.plan.steps {
            step.held |= is_held || first.is_some() && is_pointer && step.kind == Kind::Migration;
        }
    }
    if is_pointer && blocks.iter().any(|block| !block.plan.refused.is_empty()) {
        for block in blocks {
            block.plan.steps.retain(|step| step.kind != Kind::Migration);
        }
    }
}

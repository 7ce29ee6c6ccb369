//! What a repair does not do, and what of it is commented out. Neighbour: `repair`, which makes the statements.

use crate::migrations::Cut;
use evenkeel_core::finding::Place;
use evenkeel_core::kind::Kind;
use evenkeel_core::patch::Block;

/// Why the definitions that a migration leaves are not all that it does to what is there; nothing where they are.
pub(super) fn beyond(cut: &Cut, in_force: bool) -> Option<String> {
    let mut dropped: Vec<(&str, Place)> = Vec::new();
    let mut odd: Option<(&str, Place)> = None;
    for said in cut.up.iter().flat_map(|script| script.statements()) {
        let place = Place { file: said.file.to_owned(), line: said.line, column: None };
        let beyond = &said.statement.beyond;
        let unseen = beyond.unseen.filter(|unseen| in_force || unseen.matters_back());
        odd = odd.or_else(|| unseen.map(|unseen| (unseen.words(), place.clone())));
        // What is dropped and made again begins without values.
        dropped.extend(beyond.drops.iter().map(|name| (name.as_str(), place.clone())));
        if let Some((_, before)) = dropped.iter().find(|(name, _)| beyond.adds.iter().any(|added| added == name)) {
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

//! A repair as acts: what is run in one go, in which order, and what has to be so before anything is recorded. Neighbour: `apply`, which
//! runs them.

use super::Repair;
use evenkeel_core::kind::Kind;
use evenkeel_core::patch::{Dialect, Plan, Statement};
use evenkeel_core::port::Act;

/// One act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Deed {
    pub act: Act,
    /// It cannot run inside of a transaction.
    pub alone: bool,
    /// The block whose statements are all in before it, and are to be looked at: what is recorded comes after what it says.
    pub after: Option<usize>,
}

/// The acts of a repair; statements that are commented out are none.
pub(super) fn acts(repair: &Repair, dialect: &dyn Dialect, allow_destructive: bool) -> Vec<Deed> {
    let blocks: Vec<Vec<(Kind, &Statement)>> = repair.blocks.iter().map(|block| runs(&block.plan, allow_destructive)).collect();
    let has_transactions = dialect.transaction().is_some();
    if has_transactions && !blocks.iter().flatten().any(|(_, statement)| statement.alone) {
        // All of it, or nothing.
        let whole: Vec<&Statement> = blocks.iter().flatten().map(|(_, statement)| *statement).collect();
        return together(&whole, None).into_iter().collect();
    }
    let mut deeds = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        let is_record = |(kind, _): &&(Kind, &Statement)| *kind == Kind::Migration;
        let plain: Vec<&Statement> = block.iter().map(|(_, statement)| *statement).collect();
        if has_transactions && !plain.iter().any(|statement| statement.alone) {
            deeds.extend(together(&plain, None));
            continue;
        }
        let (records, others): (Vec<_>, Vec<_>) = block.iter().partition(is_record);
        let mut waiting: Vec<&Statement> = Vec::new();
        for (_, statement) in &others {
            if has_transactions && !statement.alone {
                waiting.push(statement);
                continue;
            }
            deeds.extend(together(&std::mem::take(&mut waiting), None));
            deeds.push(Deed {
                act: Act { what: one_line(&statement.sql), statements: vec![statement.sql.clone()] },
                alone: statement.alone,
                after: None,
            });
        }
        deeds.extend(together(&waiting, None));
        let records: Vec<&Statement> = records.iter().map(|(_, statement)| *statement).collect();
        deeds.extend(together(&records, (!others.is_empty()).then_some(at)));
    }
    deeds
}

/// What of a plan is run.
fn runs(plan: &Plan, allow_destructive: bool) -> Vec<(Kind, &Statement)> {
    let steps = plan.steps.iter().flat_map(|step| step.statements.iter().map(move |statement| (step, statement)));
    let is_run = |step: &evenkeel_core::patch::Step, statement: &Statement| allow_destructive || !step.held && !statement.is_destructive();
    steps.filter(|(step, statement)| is_run(step, statement)).map(|(step, statement)| (step.kind, statement)).collect()
}

/// One transaction.
fn together(statements: &[&Statement], after: Option<usize>) -> Option<Deed> {
    let first = statements.first()?;
    let what = match statements.len() {
        1 => one_line(&first.sql),
        count => format!("a transaction of {count} statements, from {}", one_line(&first.sql)),
    };
    let statements = statements.iter().map(|statement| statement.sql.clone()).collect();
    Some(Deed { act: Act { what, statements }, alone: false, after })
}

/// So much of a statement is shown.
const SHOWN: usize = 100;

fn one_line(sql: &str) -> String {
    let line = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

//! A plan as a script that a person reads and a client runs.

use super::{Dialect, Plan, Statement};
use std::fmt::Write as _;

/// Whether it was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// Run on a throwaway server, which then was as it should be.
    Proven { server: String },
    /// Why it was not.
    Not { why: String },
    /// There is no statement to try.
    Nothing,
}

/// What is written down.
#[derive(Debug, Clone, Copy)]
pub struct Script<'a> {
    /// What the sides are called: the candidate, which is changed, and the reference.
    pub sides: (&'a str, &'a str),
    pub plan: &'a Plan,
    pub proof: &'a Proof,
    pub allow_destructive: bool,
}

/// The text: statements that a transaction can hold stand in one, the others apart; what loses data is commented out unless it is
/// allowed; what cannot be made is named.
#[must_use]
pub fn script(script: &Script<'_>, dialect: &dyn Dialect) -> String {
    let Script { sides: (candidate, reference), plan, proof, allow_destructive } = *script;
    let mut text = String::new();
    match proof {
        Proof::Proven { server } => {
            // No more is claimed than was seen.
            let but = match (plan.refused.is_empty(), plan.unsaid.is_empty()) {
                (true, true) => "",
                (false, true) => ", but for what is refused",
                (true, false) => ", but for what nothing is said of",
                (false, false) => ", but for what is refused and what nothing is said of",
            };
            let besides = if allow_destructive || plan.destructive() == (0, 0) { "" } else { "; runs without what is commented out" };
            push(
                &mut text,
                &format!("-- proven on {server}: with every statement run, {} is like {}{but}{besides}", one(candidate), one(reference)),
            );
        }
        Proof::Not { why } => push(&mut text, &format!("-- not proven: {}", one(why))),
        Proof::Nothing => {}
    }
    if !matches!(proof, Proof::Proven { .. }) {
        push(&mut text, &format!("-- makes {} like {}", one(candidate), one(reference)));
    }
    let (losing, waiting) = plan.destructive();
    if losing > 0 && !allow_destructive {
        let waiting = if waiting > 0 { format!(", and {waiting} that cannot run before these") } else { String::new() };
        push(&mut text, &format!("-- {losing} that would lose data are commented out{waiting}; --allow-destructive writes them"));
    }
    for unsaid in &plan.unsaid {
        push(&mut text, &format!("-- nothing is said of {}", one(unsaid)));
    }
    for note in &plan.notes {
        push(&mut text, &format!("-- {}", one(note)));
    }
    for refusal in &plan.refused {
        push(&mut text, &format!("-- refused: {} {}: {}", refusal.kind.name(), one(&refusal.object), one(&refusal.reason)));
    }
    if plan.statements().next().is_none() {
        push(&mut text, if plan.refused.is_empty() && plan.unsaid.is_empty() { "-- nothing to do" } else { "-- no statement" });
        return text;
    }
    text.push('\n');
    for line in dialect.opening() {
        push(&mut text, line);
    }
    statements(&mut text, plan, dialect, allow_destructive);
    text
}

/// The statements of a plan, in transactions where they can be.
fn statements(text: &mut String, plan: &Plan, dialect: &dyn Dialect, allow_destructive: bool) {
    let mut is_open = false;
    for (step, statement) in plan.steps.iter().flat_map(|step| step.statements.iter().map(move |statement| (step, statement))) {
        if let Some((begin, commit)) = dialect.transaction()
            && is_open == statement.alone
        {
            text.push('\n');
            push(text, if is_open { commit } else { begin });
            for bound in dialect.bounds().iter().filter(|_| !is_open && !plan.form.offline) {
                push(text, bound);
            }
            is_open = !is_open;
        }
        let is_held = !allow_destructive && (step.held || statement.is_destructive());
        write_statement(text, statement, dialect, is_held);
    }
    if let Some((_, commit)) = dialect.transaction().filter(|_| is_open) {
        push(text, commit);
    }
}

/// Statements that belong together, and why they are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Lines above it.
    pub words: Vec<String>,
    pub plan: Plan,
}

/// Blocks one after the other, each by itself, behind lines that hold for all.
#[must_use]
pub fn blocks(head: &[String], blocks: &[Block], dialect: &dyn Dialect, allow_destructive: bool) -> String {
    let mut text = String::new();
    for line in head {
        push(&mut text, &format!("-- {}", one(line)));
    }
    if blocks.iter().any(|block| block.plan.statements().next().is_some()) {
        text.push('\n');
        for line in dialect.opening() {
            push(&mut text, line);
        }
    }
    for Block { words, plan } in blocks {
        text.push('\n');
        for line in words.iter().chain(&plan.notes) {
            push(&mut text, &format!("-- {}", one(line)));
        }
        for refusal in &plan.refused {
            push(&mut text, &format!("-- refused: {} {}: {}", refusal.kind.name(), one(&refusal.object), one(&refusal.reason)));
        }
        statements(&mut text, plan, dialect, allow_destructive);
    }
    text
}

fn write_statement(text: &mut String, statement: &Statement, dialect: &dyn Dialect, is_held: bool) {
    let sql = dialect.for_client(&statement.sql);
    for hazard in &statement.hazards {
        push(text, &format!("-- {}", one(&hazard.words())));
    }
    if is_held {
        for line in sql.split('\n') {
            push(text, &format!("-- {}", line.trim_end_matches('\r').replace('\r', " ")));
        }
    } else {
        push(text, &sql);
    }
}

/// In one line: a name may have line ends, which would end a comment.
pub(super) fn one(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}') { ' ' } else { letter }).collect()
}

fn push(text: &mut String, line: &str) {
    let _ = writeln!(text, "{line}");
}

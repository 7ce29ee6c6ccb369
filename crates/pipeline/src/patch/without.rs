//! What a script does where the statements that lose data are left out, as it is written unless they are allowed: it has to run from its
//! first to its last line. What does not run without them is left out with them.
//!
//! Neighbour: `prove`, which tries it with every statement. Does not live here: what waits for what by the plan (`core/patch/plan`).

use super::build::{look, run};
use super::{Builder, Left, Odd, build, left};
use evenkeel_core::fault::Trouble;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::patch::{Dialect, Plan, Statement, Step};
use evenkeel_core::port::Scratch;

/// So often something is left out that does not run.
const ROUNDS: usize = 4;

/// What came of it.
pub struct Came {
    /// Nothing had to be left out that the plan does not.
    pub is_as_planned: bool,
    /// What the server refused to the end, in words.
    pub failed: Vec<String>,
}

/// Whether some of its statements are left out, and others are not.
pub fn is_parted(plan: &Plan) -> bool {
    let is_out = |step: &Step, statement: &Statement| step.held || statement.is_destructive();
    let mut all = plan.steps.iter().flat_map(|step| step.statements.iter().map(move |statement| is_out(step, statement)));
    let first = all.next();
    first.is_some_and(|first| all.any(|other| other != first))
}

/// A server with the candidate's schema beside the one where the whole is tried.
pub fn spare(scratch: &dyn Scratch, candidate: &Manifest, builder: &Builder<'_>) -> Result<Box<dyn Scratch>, Box<Trouble>> {
    match scratch.fork(&builder.watch) {
        Ok(fork) => Ok(fork),
        // What cannot be copied is built once more.
        Err(_) => Ok(build(candidate, builder)?.scratch),
    }
}

/// Runs the plan without what loses data and what waits for that. What the server refuses then waits too, until the rest runs; and so does
/// what would leave something neither as it was nor as it shall be: a partition taken out and not put in again.
pub fn without(
    plan: &mut Plan,
    (mut scratch, database): (Box<dyn Scratch>, &str),
    (candidate, goal): (&Manifest, &Manifest),
    builder: &Builder<'_>,
) -> Result<Came, Box<Trouble>> {
    let dialect: Box<dyn Dialect> = builder.engine.dialect(&candidate.endpoint)?;
    let mut is_as_planned = true;
    for round in 1.. {
        let mut session = scratch.session(database)?;
        let mut refused = run(&mut *session, &left_in(plan), &*dialect, &builder.watch)?;
        drop(session);
        let seen = look(&*scratch, database, &*dialect, &builder.watch)?;
        let is_live = |one: &Left| plan.steps.iter().any(|step| !step.held && step.kind == one.kind && step.object == one.object);
        for one in between(&left(&seen, goal, &*dialect), &left(&seen, candidate, &*dialect)).into_iter().filter(is_live) {
            refused.entry((one.kind, one.object.clone())).or_insert_with(|| "it is neither as it was nor as it shall be".to_owned());
        }
        if refused.is_empty() {
            break;
        }
        if round == ROUNDS {
            let words =
                refused.iter().map(|((kind, object), why)| format!("without what is commented out: {} {object}: {why}", kind.name()));
            return Ok(Came { is_as_planned, failed: words.collect() });
        }
        is_as_planned = false;
        for step in plan.steps.iter_mut().filter(|step| refused.contains_key(&(step.kind, step.object.clone()))) {
            step.held = true;
        }
        scratch = build(candidate, builder)?.scratch;
    }
    Ok(Came { is_as_planned, failed: Vec::new() })
}

/// What is like neither of two sides, by what it differs in from each.
fn between(from_goal: &[Left], from_candidate: &[Left]) -> Vec<Left> {
    let is_both = |one: &&Left| {
        let other = from_candidate.iter().find(|other| other.kind == one.kind && other.object == one.object);
        other.is_some_and(|other| match (&one.what, &other.what) {
            (Odd::Differs(ours), Odd::Differs(theirs)) => ours.iter().any(|attribute| theirs.contains(attribute)),
            (Odd::Missing, Odd::Missing) | (Odd::Extra, Odd::Extra) => true,
            _ => false,
        })
    };
    from_goal.iter().filter(is_both).cloned().collect()
}

/// The plan as it is written unless losing data is allowed.
fn left_in(plan: &Plan) -> Plan {
    let mut left = Plan { form: plan.form, ..Plan::default() };
    for step in plan.steps.iter().filter(|step| !step.held) {
        let statements = step.statements.iter().filter(|statement| !statement.is_destructive()).cloned().collect();
        left.steps.push(Step { statements, object: step.object.clone(), ..*step });
    }
    left
}

//! A plan, tried on a throwaway server that has the candidate's schema, and compared in all that a patch can touch.

use super::build::{look, run};
use super::{Builder, Left, build, left};
use evenkeel_core::compare::Change;
use evenkeel_core::fault::Trouble;
use evenkeel_core::kind::Dimension;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::patch::{Excused, Form, Plan, Proof, World, plan, wanted};
use evenkeel_core::policy::Ignored;

/// What a round left may be made by another.
const ROUNDS: usize = 3;

/// The statements, and what came of trying them.
#[derive(Debug)]
pub struct Patch {
    pub plan: Plan,
    pub proof: Proof,
    /// What the server said to which statements, in words.
    pub failed: Vec<String>,
    /// What differs still, and is not refused by name: ours to mend.
    pub left: Vec<Left>,
    /// What could not be built of the candidate, so that nothing is said of it.
    pub unbuilt: Vec<Left>,
}

impl Patch {
    /// Whether it does what it says.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        matches!(self.proof, Proof::Proven { .. } | Proof::Nothing) && self.left.is_empty() && self.failed.is_empty()
    }
}

/// What is asked of a patch.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Only in these is anything made equal.
    pub dimensions: &'a [Dimension],
    /// Differences that are to stay.
    pub excused: &'a [Excused],
    pub form: Form,
}

/// What the policy of a comparison excuses.
#[must_use]
pub fn excused(ignored: &[Ignored]) -> Vec<Excused> {
    let one = |ignored: &Ignored| {
        let subject = &ignored.difference.subject;
        let attribute = subject.attribute.filter(|_| !matches!(ignored.difference.change, Change::Missing | Change::Extra));
        Excused { kind: subject.kind, object: subject.object.clone(), attribute }
    };
    ignored.iter().map(one).collect()
}

/// Writes what makes the candidate like the reference, and tries it.
///
/// # Errors
/// The end was asked for, or a throwaway server is lost. That none can be had is no error: then nothing is proven, and it says so.
pub fn prove(reference: &Manifest, candidate: &Manifest, asked: &Asked<'_>, builder: &Builder<'_>) -> Result<Patch, Box<Trouble>> {
    let dialect = builder.engine.dialect(&candidate.endpoint)?;
    let form = asked.form;
    let (reference, unseen) = wanted(&World::of(reference), &World::of(candidate), asked.dimensions, asked.excused, &*dialect);
    let reference = &reference;
    let mut planned = plan(&World::of(candidate), &World::of(reference), &*dialect, form);
    planned.refused.extend(unseen);
    if planned.statements().next().is_none() {
        let proof = Proof::Nothing;
        return Ok(Patch { plan: planned, proof, failed: Vec::new(), left: Vec::new(), unbuilt: Vec::new() });
    }
    let built = match build(candidate, builder) {
        Ok(built) => built,
        Err(trouble) if builder.watch.stop.is_requested() => return Err(trouble),
        Err(trouble) => {
            let why = [Some(trouble.what.clone()), trouble.found.clone()].into_iter().flatten().collect::<Vec<_>>().join(": ");
            return Ok(Patch { plan: planned, proof: Proof::Not { why }, failed: Vec::new(), left: Vec::new(), unbuilt: Vec::new() });
        }
    };
    let mut failed = Vec::new();
    let mut step = planned.clone();
    let mut odd;
    let mut seen;
    let mut rounds = 0;
    loop {
        rounds += 1;
        let mut session = built.scratch.session(&built.database)?;
        let refused = run(&mut *session, &step, &*dialect, &builder.watch)?;
        drop(session);
        failed.extend(refused.iter().map(|((kind, object), why)| format!("{} {object}: {why}", kind.name())));
        seen = look(&*built.scratch, &built.database, &*dialect, &builder.watch)?;
        odd = left(&seen, reference, &*dialect);
        odd.retain(|one| !planned.refused.iter().any(|refusal| refusal.kind == one.kind && refusal.object == one.object));
        odd.retain(|one| !built.left.iter().any(|other| other.kind == one.kind && other.object == one.object));
        if odd.is_empty() || !failed.is_empty() || rounds == ROUNDS {
            break;
        }
        step = plan(&World::of(&seen), &World::of(reference), &*dialect, form);
        // What was refused once is said once, and what the first plan has done is not undone.
        step.steps.retain(|one| odd.iter().any(|left| left.kind == one.kind && left.object == one.object));
        if step.steps.is_empty() {
            break;
        }
        planned.append(step.clone());
    }
    // What was refused and came about all the same, as a consequence of something else, is no refusal.
    let still = left(&seen, reference, &*dialect);
    planned.refused.retain(|refusal| {
        refusal.object.starts_with('(') || still.iter().any(|one| one.kind == refusal.kind && one.object == refusal.object)
    });
    let proof = if failed.is_empty() && odd.is_empty() {
        Proof::Proven { server: built.scratch.describe() }
    } else {
        Proof::Not { why: "tried on a throwaway server, it does not make both the same".to_owned() }
    };
    Ok(Patch { plan: planned, proof, failed, left: odd, unbuilt: built.left })
}

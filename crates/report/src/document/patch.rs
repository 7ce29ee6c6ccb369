//! The SQL that makes a candidate like its reference, where it was asked for.
//!
//! Lives here: the types, and filling them from a plan. Does not live here: writing and trying it (`core::patch`, and the stage that
//! has servers), the sentences about it (`sentence/patch`).

use super::{Act, Document};
use evenkeel_core::patch::{Plan, Proof};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// SQL that makes the candidate like the reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Patch {
    pub proof: PatchProof,
    /// The file it was written to; null where it went to stdout.
    pub file: Option<String>,
    /// All of it, as it was written: what runs, what is commented out, what was refused.
    pub script: String,
    /// Each statement, in the order in which they run.
    pub statements: Vec<PatchStatement>,
    /// What no statement could be written for.
    pub refused: Vec<PatchRefusal>,
    /// Words for whoever runs it: a rename that is proposed.
    pub notes: Vec<String>,
    /// Some of the notes say what was not seen or tried: the proof says nothing of it.
    pub is_limited: bool,
    /// What the server that it was tried on said to which statement.
    pub failed: Vec<String>,
    /// What was not as it should be after it was tried.
    pub left: Vec<String>,
    /// What of the candidate could not be built for the trial, so that nothing is said of it.
    pub unbuilt: Vec<String>,
}

/// Whether it was tried, and what came of that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PatchProof {
    pub state: PatchState,
    /// What it was proven on: `PostgreSQL 17.10`; null where it was not.
    pub server: Option<String>,
    /// Why it was not proven; null where it was, or where there is nothing to do.
    pub why: Option<String>,
}

/// Whether a patch does what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PatchState {
    /// Every statement was run on a throwaway server with the candidate's schema, which then was like the reference.
    Proven,
    /// It was not tried, or did not do it.
    NotProven,
    /// There is no statement to run.
    NothingToDo,
}

/// A statement of a patch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PatchStatement {
    pub act: Act,
    /// Of the object it is about.
    pub kind: String,
    /// As a person writes it: `app.orders.id`.
    pub object: String,
    /// With its `;`, and without what a client needs around it.
    pub sql: String,
    /// It may run inside of a transaction; if not, it stands alone.
    pub transaction: bool,
    /// Data may be gone after it.
    pub destructive: bool,
    /// It cannot run where one before it that loses data does not.
    pub held: bool,
    /// It stands in the script as a comment.
    pub commented_out: bool,
    /// What it may do to those who are there: `takes ACCESS EXCLUSIVE on app.orders`.
    pub hazards: Vec<String>,
}

/// What no statement could be written for, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PatchRefusal {
    pub kind: String,
    /// As a person writes it.
    pub object: String,
    pub reason: String,
}

/// A patch as it was written down and tried.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    pub plan: &'a Plan,
    pub proof: &'a Proof,
    pub script: &'a str,
    /// The file it was written to.
    pub file: Option<&'a str>,
    /// What loses data is not commented out.
    pub allow_destructive: bool,
    pub failed: &'a [String],
    pub left: &'a [String],
    pub unbuilt: &'a [String],
}

impl Document {
    /// With the patch that was asked for; nothing changes where nothing was compared.
    #[must_use]
    pub fn with_patch(mut self, written: &Written<'_>) -> Self {
        if let Some(comparison) = &mut self.comparison {
            comparison.patch = Some(Patch::of(written));
        }
        self
    }

    /// The patch, where one was asked for.
    #[must_use]
    pub fn patch(&self) -> Option<&Patch> {
        self.comparison.as_ref()?.patch.as_ref()
    }
}

impl Patch {
    fn of(written: &Written<'_>) -> Self {
        let plan = written.plan;
        let statements = plan.steps.iter().flat_map(|step| step.statements.iter().map(move |statement| (step, statement)));
        let statements = statements.map(|(step, statement)| PatchStatement {
            act: step.act.into(),
            kind: step.kind.name().to_owned(),
            object: step.object.clone(),
            sql: statement.sql.clone(),
            transaction: !statement.alone,
            destructive: statement.is_destructive(),
            held: step.held,
            commented_out: !written.allow_destructive && (step.held || statement.is_destructive()),
            hazards: statement.hazards.iter().map(evenkeel_core::patch::Hazard::words).collect(),
        });
        let refused = plan.refused.iter().map(|refusal| PatchRefusal {
            kind: refusal.kind.name().to_owned(),
            object: refusal.object.clone(),
            reason: refusal.reason.clone(),
        });
        Self {
            proof: proof(written),
            file: written.file.map(str::to_owned),
            script: written.script.to_owned(),
            statements: statements.collect(),
            refused: refused.collect(),
            notes: plan.unsaid.iter().map(|unsaid| format!("nothing is said of {unsaid}")).chain(plan.notes.iter().cloned()).collect(),
            is_limited: !plan.unsaid.is_empty(),
            failed: written.failed.to_vec(),
            left: written.left.to_vec(),
            unbuilt: written.unbuilt.to_vec(),
        }
    }

    /// Whether it was tried and did not do what it says.
    #[must_use]
    pub const fn is_wrong(&self) -> bool {
        !self.failed.is_empty() || !self.left.is_empty()
    }
}

/// Whatever is said of the proof: where a statement failed or something is left, nothing is proven.
fn proof(written: &Written<'_>) -> PatchProof {
    let is_wrong = !written.failed.is_empty() || !written.left.is_empty();
    let (state, server, why) = match written.proof {
        Proof::Not { why } => (PatchState::NotProven, None, Some(why.clone())),
        Proof::Proven { .. } | Proof::Nothing if is_wrong => {
            (PatchState::NotProven, None, Some("it does not make both the same".to_owned()))
        }
        Proof::Proven { server } => (PatchState::Proven, Some(server.clone()), None),
        Proof::Nothing => (PatchState::NothingToDo, None, None),
    };
    PatchProof { state, server, why }
}

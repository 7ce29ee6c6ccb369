//! Whether evidence covers a way back, and a rehearsal of one that none covers: of ways back alone, on a throwaway server, from the schema as
//! it is there. Who may be content with that is said elsewhere: nobody where it counts.

use super::back::without_way;
use super::{Proof, gates};
use crate::migrations::Migrations;
use crate::rehearse::{self, Questions, Release, Wanted, Workload};
use crate::replay::Means;
use evenkeel_core::evidence::{Now, Statement, faults};
use evenkeel_core::fault::Trouble;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::Run;
use evenkeel_core::rehearsal::{Limits, Part};

/// Whether there is evidence that holds, and in which somebody has tried what is to be taken back; also where nothing is, or there is no way.
/// What it found is another question, and so is whether the schema is as it was then.
#[must_use]
pub fn covers(proof: &Proof, now: &Now, release: &Release, environment: &str) -> bool {
    if release.cuts.is_empty() || !without_way(release).is_empty() {
        return true;
    }
    let Proof::Evidence(statement, seal) = proof else { return matches!(proof, Proof::Unrehearsed) };
    let predicate = &statement.predicate;
    let now = Now { files: gates::files(release, statement), baseline: Some(predicate.baseline.clone()), ..now.clone() };
    let (against, untold) = faults(statement, seal, &now);
    let is_told = |key: &str| predicate.steps.iter().any(|step| step.key == key && step.effect.is_some());
    against.is_empty()
        && untold.is_empty()
        && predicate.target == environment
        && predicate.gates.iter().any(|gate| gate.name == Part::Undo.name())
        && release.cuts.iter().all(|cut| is_told(&cut.migration.key))
}

/// What it takes to rehearse one.
pub struct Trial<'a> {
    /// As it is configured.
    pub environment: &'a str,
    pub read: &'a Migrations,
    pub means: Means<'a>,
    pub limits: Limits,
    /// Of evenkeel.
    pub version: &'a str,
    /// The moment, as RFC 3339 has it.
    pub at: &'a str,
}

impl Trial<'_> {
    /// Rehearses what is to be taken back, the last first; `whole` is the environment with all that a throwaway server has to have in common
    /// with it. Why it could not be.
    ///
    /// # Errors
    /// The throwaway server is lost, or the end was asked for.
    pub fn of(&self, back: &Release, whole: &Manifest, run: &Run<'_>) -> Result<Result<Statement, String>, Box<Trouble>> {
        let is_meant = |key: &str| back.cuts.iter().any(|cut| cut.migration.key == key);
        let cuts = self.read.cuts.iter().filter(|cut| is_meant(&cut.migration.key)).cloned().collect();
        let there = Release { cuts, ..back.clone() };
        let parts = vec![Part::Effect, Part::Undo];
        let limits = Limits { require: (parts.clone(), self.limits.require.1.clone()), ..self.limits.clone() };
        let wanted = Wanted {
            label: self.environment,
            parts,
            limits: limits.clone(),
            expected: None,
            sizes: Vec::new(),
            questions: Questions::default(),
            workload: Workload::default(),
            probed: None,
            site: None,
            data: None,
            dump: None,
        };
        match rehearse::returned(whole, (&there, back), &wanted, &self.means, run) {
            Ok(told) => Ok(told.map(|told| Statement::of(&told, &told.files, &limits, self.version, self.at))),
            Err(trouble) => {
                run.watch.stop.check()?;
                Ok(Err(format!("no throwaway server can be had on which it is tried: {trouble}")))
            }
        }
    }
}

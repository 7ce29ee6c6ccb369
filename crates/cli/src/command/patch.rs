//! `compare … --patch`: the SQL that makes the candidate like the reference. Neighbour: `pipeline/patch` writes and tries it.

use super::proofs::Kept;
use super::{Outcome, output};
use crate::args::{Common, Patching};
use crate::paint::{self, progress::Line};
use crate::settings::Settings;
use crate::{signals, wire};
use evenkeel_core::compare::Scope;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::patch::{Form, Proof, Script, script};
use evenkeel_core::port::Watch;
use evenkeel_pipeline::compare::Compared;
use evenkeel_pipeline::patch::{Asked, Builder, Left, Patch, excused, prove};
use evenkeel_report::{Document, Written};
use std::path::PathBuf;

/// Ends a run whose own patch does not do what it says.
const OURS: u8 = Class::Internal.exit_code();
/// Ends a run whose patch nobody tried.
const COULD_NOT_TELL: u8 = Class::CouldNotTell.exit_code();
/// So many of what is left are named.
const NAMED: usize = 20;

/// A patch, written down.
pub struct Patched {
    /// Nothing means stdout.
    pub out: Option<PathBuf>,
    text: String,
    patch: Patch,
    candidate: String,
    allow_destructive: bool,
}

impl Patched {
    /// The patch, where one is asked for.
    ///
    /// # Errors
    /// Nobody writes patches for such a server, or the end was asked for.
    pub fn of(
        asked: &Patching,
        compared: &Compared,
        scope: &Scope,
        (settings, progress): (&Settings, &Line),
    ) -> Result<Option<Self>, Box<Trouble>> {
        let Some(file) = &asked.patch else { return Ok(None) };
        let (reference, candidate) = (&compared.reference, &compared.candidate);
        let engine = wire::engine(candidate.manifest.endpoint.engine);
        let workshop = engine.workshop(&settings.scratch);
        let builder = Builder { engine, workshop: &*workshop, watch: Watch { watcher: progress, stop: signals::stop() } };
        let form = Form { offline: asked.offline, throwaway: false };
        let excused = excused(&compared.ignored);
        let differences = &compared.comparison.differences;
        let proofs = Kept::of_this_user();
        let wanted = Asked {
            dimensions: &scope.dimensions,
            excused: &excused,
            differences,
            form,
            spares_data: !asked.allow_destructive,
            version: env!("CARGO_PKG_VERSION"),
            proofs: &proofs,
        };
        let patch = prove(&reference.manifest, &candidate.manifest, &wanted, &builder)?;
        let dialect = engine.dialect(&candidate.manifest.endpoint)?;
        let written = Script {
            sides: (&candidate.label, &reference.label),
            plan: &patch.plan,
            proof: &patch.proof,
            allow_destructive: asked.allow_destructive,
        };
        let text = script(&written, &*dialect);
        let out = (file.as_os_str() != "-").then(|| file.clone());
        Ok(Some(Self { out, text, candidate: candidate.label.clone(), allow_destructive: asked.allow_destructive, patch }))
    }

    /// The document with it, for every report.
    pub fn stands_in(&self, document: Document) -> Document {
        let file = self.out.as_ref().map(|path| path.display().to_string());
        let words = |left: &[Left]| left.iter().map(Left::words).collect::<Vec<_>>();
        document.with_patch(&Written {
            plan: &self.patch.plan,
            proof: &self.patch.proof,
            script: &self.text,
            file: file.as_deref(),
            allow_destructive: self.allow_destructive,
            failed: &self.patch.failed,
            left: &words(&self.patch.left),
            unbuilt: &words(&self.patch.unbuilt),
        })
    }

    /// Writes it down and says what is to be known of it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn publish(self, code: u8, common: &Common) -> Outcome {
        output::write(self.text.as_bytes(), self.out.as_deref())?;
        let patch = &self.patch;
        if !common.quiet {
            for line in self.words() {
                paint::say!("{}", paint::plain(&line));
            }
        }
        if !patch.left.is_empty() || !patch.failed.is_empty() {
            let named = |items: Vec<String>| {
                let more = items.len().saturating_sub(NAMED);
                let mut named: Vec<String> = items.into_iter().take(NAMED).collect();
                named.extend((more > 0).then(|| format!("{more} more")));
                named.join("; ")
            };
            let found = named(patch.failed.iter().cloned().chain(patch.left.iter().map(Left::words)).collect());
            let trouble = Trouble::new(Class::Internal, format!("the patch does not make {} like the reference", self.candidate))
                .expected("nothing left after it, on a throwaway server built from the manifest of the candidate")
                .found(found)
                .fix("do not run it; report it with both manifests: this is a fault of evenkeel");
            paint::trouble(&trouble, common.color);
            return Ok(OURS);
        }
        Ok(if patch.is_proven() || code != 0 { code } else { COULD_NOT_TELL })
    }

    fn words(&self) -> Vec<String> {
        let patch = &self.patch;
        let statements = patch.plan.statements().count();
        let place = self.out.as_ref().map(|path| format!(" in {}", path.display())).unwrap_or_default();
        let mut words = vec![match &patch.proof {
            Proof::Nothing if patch.plan.refused.is_empty() && patch.plan.unsaid.is_empty() => "patch: nothing to do".to_owned(),
            Proof::Nothing => "patch: no statement".to_owned(),
            Proof::Proven { server } => format!("patch: {statements} statements{place}, tried on a throwaway {server}"),
            Proof::Not { why } => format!("patch: {statements} statements{place}, NOT PROVEN: {why}"),
        }];
        let (losing, waiting) = patch.plan.destructive();
        if losing > 0 {
            let waiting = if waiting > 0 { format!(", and {waiting} cannot run before these") } else { String::new() };
            words.push(format!("patch: {losing} of them lose data{waiting}"));
        }
        if !patch.plan.refused.is_empty() {
            words.push(format!("patch: {} refused, each with its reason in the patch", patch.plan.refused.len()));
        }
        let unseen = patch.plan.unsaid.len().saturating_sub(patch.unbuilt.len());
        if unseen > 0 {
            words.push(format!("patch: nothing is said of {unseen} that could not be seen, each named in the patch"));
        }
        if !patch.unbuilt.is_empty() {
            words.push(format!(
                "patch: {} of the candidate could not be built for the trial, and nothing is said of them",
                patch.unbuilt.len()
            ));
            words.extend(patch.unbuilt.iter().take(NAMED).map(|left| format!("  {}", left.words())));
        }
        words
    }
}

//! A way back that no evidence covers, below production: it is rehearsed first, and once for all that are alike. Neighbours: `deploy`, which
//! takes it back, `pipeline/deploy/covered`, which rehearses.

use crate::settings::{Environment, Settings};
use evenkeel_core::digest::Tree;
use evenkeel_core::evidence::{Now, Seal, Statement};
use evenkeel_core::fault::Trouble;
use evenkeel_core::gate::Tier;
use evenkeel_core::kind::Dimension;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{Limits, Run};
use evenkeel_pipeline::deploy::Proof;
use evenkeel_pipeline::deploy::covered::{Trial, covers};
use evenkeel_pipeline::migrations::Migrations;
use evenkeel_pipeline::rehearse::Release;
use evenkeel_pipeline::replay::Means;
use std::cell::RefCell;

/// What decides what a rehearsal finds: server, schema, settings and rights, as whom it runs, and what of which files.
type Ground = (String, Vec<Option<String>>, Option<String>, Vec<String>, Vec<(String, String)>);

/// What was rehearsed since the command began.
#[derive(Default)]
pub(super) struct Rehearsed(RefCell<Vec<(Ground, Result<Statement, String>)>>);

/// Whose way back it is.
pub(super) struct Return<'a> {
    pub environment: &'a str,
    pub configured: &'a Environment,
    pub settings: &'a Settings,
    pub read: &'a Migrations,
    /// The last first.
    pub release: &'a Release,
    /// What there is that says what it does; whether somebody has named it.
    pub proof: Proof,
    pub is_named: bool,
    pub now: &'a Now,
    pub limits: Limits,
}

impl Rehearsed {
    /// What says what the way back does, and what there is to know of it: what there is, or what a rehearsal says now.
    ///
    /// # Errors
    /// The environment cannot be read, the throwaway server is lost, or the end was asked for.
    pub fn proof(
        &self,
        meant: Return<'_>,
        whole: &dyn Fn() -> Result<Manifest, Box<Trouble>>,
        run: &Run<'_>,
    ) -> Result<(Proof, Option<String>), Box<Trouble>> {
        let Return { environment, configured, settings, read, release, .. } = meant;
        let is_below = matches!(configured.tier, Some(Tier::Dev | Tier::Staging));
        if !is_below || meant.is_named || covers(&meant.proof, meant.now, release, environment) {
            return Ok((meant.proof, None));
        }
        let whole = whole()?;
        let ground = ground(&whole, configured.migration_role(), release);
        let known = self.0.borrow().iter().find(|(other, _)| *other == ground).map(|(_, told)| told.clone());
        let (told, elsewhere) = match known {
            Some(told) => (told, true),
            None => {
                let trial = Trial {
                    environment,
                    read,
                    means: Means { folders: &settings.scratch, role: configured.migration_role(), limits: meant.limits },
                    limits: settings.demanded(configured.tier),
                    version: env!("CARGO_PKG_VERSION"),
                    at: &jiff::Timestamp::now().to_string(),
                };
                let told = trial.of(release, &whole, run)?;
                self.0.borrow_mut().push((ground, told.clone()));
                (told, false)
            }
        };
        Ok(match told {
            Ok(mut statement) => {
                let predicate = &mut statement.predicate;
                let whose = if elsewhere { format!(", of {}, which is like it", predicate.target) } else { String::new() };
                let note = format!("no evidence covered this way back: it was rehearsed now, on a throwaway {}{whose}", predicate.on);
                environment.clone_into(&mut predicate.target);
                (Proof::Evidence(Box::new(statement), Seal::Own), Some(note))
            }
            Err(why) => {
                let why = format!("the way back could not be rehearsed now: {why}");
                match meant.proof {
                    Proof::None(there) => (Proof::None(format!("{there}; {why}")), None),
                    // Its gates say what is missing.
                    proof => (proof, Some(why)),
                }
            }
        })
    }
}

fn ground(whole: &Manifest, role: Option<&str>, release: &Release) -> Ground {
    let tree = Tree::of(whole);
    let digest = |dimension| tree.branch(dimension).map(|branch| branch.ordered.hex());
    let endpoint = &whole.endpoint;
    (
        format!("{} {}", endpoint.engine.name(), endpoint.server_major),
        [Dimension::Schema, Dimension::Configuration, Dimension::Privileges].into_iter().map(digest).collect(),
        role.map(str::to_owned),
        release.cuts.iter().map(|cut| cut.migration.key.clone()).collect(),
        release.files.clone(),
    )
}

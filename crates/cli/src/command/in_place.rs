//! `evenkeel rehearse --on ENV`: what is asked before a release runs where others are at work. Neighbours: `rehearse`, the verb;
//! `pipeline/rehearse/in_place`, which runs it and gives it up.

use crate::args::{Common, Rehearse};
use crate::paint::progress::Line;
use crate::settings::{Environment, Settings};
use crate::{signals, store, wire};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::gate::Tier;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{Owner, Store};
use evenkeel_core::rehearsal::Limits;
use evenkeel_pipeline::capture::{self, Source};
use evenkeel_pipeline::migrations::Migrations;
use evenkeel_pipeline::rehearse::{self as stage, Site, Standing, UNTOUCHED, refused};
use std::collections::BTreeMap;
use std::time::Duration;

/// The place that is no environment.
pub const SCRATCH: &str = "scratch";

/// An environment in which it may run.
pub struct Prepared<'a> {
    name: &'a str,
    configured: &'a Environment,
    source: Source,
    looked: Manifest,
    store: Box<dyn Store + 'a>,
    by: String,
    owner: Owner,
    patience: Duration,
}

/// The same, with what is recorded there.
pub struct Ready<'a> {
    prepared: &'a Prepared<'a>,
    recorded: BTreeMap<String, String>,
    limits: &'a Limits,
}

/// Where it is wanted beside a throwaway server, looked at: it is not production, nobody has halted it, and nothing of ours is open there.
///
/// # Errors
/// Of class Usage where it is refused; it cannot be reached.
pub fn wanted<'a>(arguments: &'a Rehearse, settings: &'a Settings, common: &'a Common) -> Result<Option<Prepared<'a>>, Box<Trouble>> {
    let typed = arguments.on.as_str();
    if typed == SCRATCH {
        return Ok(None);
    }
    let by_name = wire::by_name(typed, settings, "add it to evenkeel.toml with a tier, and type its name; or --on scratch");
    let (name, configured) = by_name.map_err(|trouble| Box::new(trouble.origin("flag --on")))?;
    // What is refused by what is written of it is not even looked at.
    stage::by_tier(name, configured.tier, &configured.origin)?;
    let store = store::seen(settings, common)?;
    stage::halted(&*store, name)?;
    stage::unfinished(&*store, name, &store::is_there)?;
    let progress = Line::new(common.quiet);
    let run = wire::run(&progress, settings);
    let source = wire::endpoint(name, settings, common, &UNTOUCHED)?.source.on_primary();
    let looked = capture::manifest(&source, &run)?;
    wire::engine(looked.endpoint.engine).rollback()?;
    let production = settings.in_order().into_iter().filter(|(_, one)| one.tier == Some(Tier::Production));
    let mut all = Vec::new();
    for (other, _) in production {
        signals::stop().check()?;
        let endpoint = wire::endpoint(other, settings, common, &[]).and_then(|endpoint| {
            let source = endpoint.source.on_primary();
            if source.is_live() { capture::manifest(&source, &run).map(|manifest| manifest.endpoint) } else { Err(no_server(other)) }
        });
        all.push((other.to_owned(), endpoint.map_err(|trouble| trouble.to_string())));
    }
    let standing = Standing { name, tier: configured.tier, origin: &configured.origin, looked: &looked.endpoint, production: &all };
    refused(&standing)?;
    let (by, owner, patience) = (store::user(), store::owner(), common.lock_timeout);
    Ok(Some(Prepared { name, configured, source, looked, store, by, owner, patience }))
}

fn no_server(name: &str) -> Box<Trouble> {
    Box::new(Trouble::new(Class::CouldNotTell, format!("{name} is no server")))
}

impl Prepared<'_> {
    /// With what its record says of the folder, where the release comes of one.
    pub fn ready<'a>(&'a self, read: Option<&Migrations>, limits: &'a Limits) -> Ready<'a> {
        let mut recorded = BTreeMap::new();
        if let Some(read) = read {
            let pending = stage::pending(&self.looked, self.name, read).ok();
            for cut in &read.cuts {
                let is_pending = pending.as_ref().is_some_and(|left| left.cuts.iter().any(|one| one.migration.key == cut.migration.key));
                if !is_pending && pending.is_some() {
                    recorded.insert(cut.migration.key.clone(), "its record has it already".to_owned());
                }
            }
        }
        Ready { prepared: self, recorded, limits }
    }

    /// That it ran elsewhere too, where nobody has asked for that.
    pub fn words(&self) -> String {
        format!(
            "it ran on a throwaway server first, which has seen what it does and its way back: what cannot run on {} ran there alone \
             (--and scratch says that this is meant)",
            self.name
        )
    }
}

impl Ready<'_> {
    pub fn site(&self) -> Site<'_> {
        let Prepared { name, configured, source, looked, store, by, owner, patience } = self.prepared;
        Site {
            name,
            source,
            looked: &looked.endpoint,
            store: &**store,
            by,
            owner,
            is_there: &store::is_there,
            role: configured.migration_role(),
            bytes: (&self.limits.in_place_bytes.0, &self.limits.in_place_bytes.1),
            recorded: &self.recorded,
            patience: *patience,
        }
    }
}

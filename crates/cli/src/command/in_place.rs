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

/// An environment that is known not to be production.
pub struct Allowed<'a> {
    pub name: &'a str,
    pub configured: &'a Environment,
    pub source: Source,
    pub looked: Manifest,
}

/// That an environment is none of production, by what is written of it and by what it is; `flag` says where it was named.
///
/// # Errors
/// Of class Usage where it may be; it, or one of production, cannot be looked at.
pub fn allowed<'a>(typed: &'a str, flag: &str, settings: &'a Settings, common: &Common) -> Result<Allowed<'a>, Box<Trouble>> {
    let by_name = wire::by_name(typed, settings, "add it to evenkeel.toml with a tier, and type its name");
    let (name, configured) = by_name.map_err(|trouble| Box::new(trouble.origin(flag)))?;
    // What is refused by what is written of it is not even looked at.
    stage::by_tier(name, configured.tier, &configured.origin)?;
    let progress = Line::new(common.quiet);
    let run = wire::run(&progress, settings);
    let source = wire::endpoint(name, settings, common, &UNTOUCHED)?.source.on_primary();
    let looked = capture::manifest(&source, &run)?;
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
    Ok(Allowed { name, configured, source, looked })
}

/// One whose rows may be copied: what would keep a release away keeps them there.
///
/// # Errors
/// As [`allowed`].
pub fn readable<'a>(typed: &'a str, settings: &'a Settings, common: &Common) -> Result<Allowed<'a>, Box<Trouble>> {
    let is_configured = settings.environments.contains_key(typed);
    allowed(typed, "flag --data", settings, common).map_err(|mut trouble| {
        if trouble.class == Class::Usage && is_configured {
            trouble.what = format!("rows of {typed} are not copied");
            trouble.fix = Some("name an environment that is not production, or have rows made up: --rows".to_owned());
        }
        trouble
    })
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
    let Allowed { name, configured, source, looked } = allowed(typed, "flag --on", settings, common)?;
    wire::engine(looked.endpoint.engine).rollback()?;
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

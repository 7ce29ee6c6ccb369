//! `evenkeel status`: how every configured environment stands, by what was done from here. No server is asked.

use super::{Outcome, migrations, output};
use crate::args::{Common, ListFormat, Status as Arguments};
use crate::{settings, store};
use evenkeel_core::deployment::drilled::{self, Schedule};
use evenkeel_core::deployment::{Known, Status};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::gate::Tier;
use evenkeel_pipeline::{deploy, rollout};
use evenkeel_report::deployment as report;

/// How many runs back the last one that did something is looked for.
const BACK: u32 = 50;
/// How many runs back one is looked for that did not come to its end.
const FAR: u32 = 500;

pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    let loaded = settings::load(common.config.as_deref())?;
    let settings = &loaded.settings;
    if settings.environments.is_empty() {
        let trouble = Trouble::new(Class::Configuration, "no environment is configured").expected("[environments.NAME] in evenkeel.toml");
        return Err(Box::new(trouble.found("none").fix("evenkeel init proposes one")));
    }
    let store = store::open(settings)?;
    let mut all = Vec::new();
    let (asker, locked_where, windows) =
        (store::holder(), format!("as {} has it: no server was asked", store.describe()), settings.windows);
    for (name, configured) in settings.in_order() {
        let (halt, runs, kept) = (store.halted(name)?, store.releases(name, BACK)?, store.kept(name, 1)?);
        let (locks, verifications) = (store.locks(name, BACK)?, store.verifications(name, 1)?);
        let every = store.runs(Some(name), FAR)?;
        let drills = store.runs(Some(&drilled::called(name)), BACK)?;
        let is_drilled = match &settings.drill.environments {
            Some(named) => named.iter().any(|one| one == name),
            None => configured.tier == Some(Tier::Production),
        };
        let drill = settings.drill.every.filter(|_| is_drilled).map(|every| Schedule { every, runs: &drills });
        let (rollouts, keeping_out) = (rollout::moving(&*store, name)?, deploy::keeping_out(&*store, name)?);
        let known = Known {
            environment: name,
            halt: halt.as_ref(),
            runs: &runs,
            rollouts: &rollouts,
            keeping_out: &keeping_out,
            all: &every,
            drill,
            locks: &locks,
            verifications: &verifications,
            kept: kept.first(),
            now: store::now(),
            asker: &asker,
            locked_where: &locked_where,
            windows: (configured.tier != Some(Tier::Dev)).then_some(&windows),
        };
        all.push(Status::of(&known, |entry| entry.is_there(&store::is_there)));
    }
    let is_json = matches!(arguments.format, ListFormat::Json);
    let bytes =
        report::status(&all, is_json, &migrations::style(common, true)).map_err(|fault| Box::new(migrations::fault_words(&fault)))?;
    output::write(&bytes, None)?;
    let is_untold = all.iter().any(|status| status.untold.is_some());
    Ok(if all.iter().any(|status| status.overdue.is_some()) { 1 } else { u8::from(is_untold) * 2 })
}

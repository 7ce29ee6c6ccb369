//! `evenkeel deploy ENV`: what was rehearsed, run where it counts. Neighbour: `pipeline/deploy`, which runs it; here is what is asked of
//! whoever types it.

use super::notify::Told;
use super::returning::{Rehearsed, Return};
use super::{Outcome as Ended, apply, evidence, migrations, output};
use crate::args::{AcceptedGap, Common, Running, UnknownIs};
use crate::paint::{self, progress::Line};
use crate::settings::{Environment, Settings};
use crate::{folder, settings, signals, store, wire};
use evenkeel_core::deployment::{Deployed, Outcome, Recovery};
use evenkeel_core::evidence::{Demanded, Now, opened};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::gate::Tier;
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{Limits, Store};
use evenkeel_pipeline::capture;
use evenkeel_pipeline::deploy::aside::Putting;
use evenkeel_pipeline::deploy::back::Back;
use evenkeel_pipeline::deploy::{self as stage, Bounds, DIMENSIONS, Draining, Order, Proof};
use evenkeel_pipeline::rehearse;
use evenkeel_pipeline::render::Renderer;
use evenkeel_pipeline::replay::Stage;
use evenkeel_report::deployment as report;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Whether it is taken back, and the command that runs it.
pub(super) type How<'a> = (Option<Back>, Option<&'a str>);

/// Deploys to one, or takes back there, and tells what came of it.
pub(super) fn shown(environment: &str, arguments: &Running, back: How<'_>, common: &Common) -> Ended {
    let Ok(form) = arguments.reported.format.form() else {
        let trouble = Trouble::new(Class::Usage, "such a report has no place for what was run").origin("flag --format");
        return Err(Box::new(trouble.expected("terminal, json or markdown").fix("leave --format out")));
    };
    let verb = if back.0.is_some() { "rollback" } else { "deploy" };
    // A plan is nobody's news.
    let told = if arguments.plan {
        Told::nobody(verb, environment)
    } else {
        Told::of(verb, environment, &settings::load(common.config.as_deref())?.settings)?
    };
    let deployed = deployed(environment, arguments, back, &Rehearsed::default(), common).map_err(|trouble| told.failed(trouble))?;
    let style = migrations::style(common, arguments.reported.out.is_none());
    let bytes = report::deployment(&deployed, form, &style).map_err(|fault| Box::new(migrations::fault_words(&fault)))?;
    let written = output::told(&bytes, arguments.reported.out.as_deref());
    if arguments.reported.out.is_some() && !common.quiet {
        paint::say!("{}", paint::plain(&report::verdict_line(&deployed)));
    }
    let run = match &deployed.outcome {
        Outcome::Ran { entry, .. } => Some(entry.number),
        Outcome::Nothing | Outcome::Planned | Outcome::Refused => None,
    };
    told.tell(&report::verdict_line(&deployed), deployed.exit_code, run);
    written?;
    Ok(deployed.exit_code)
}

/// What a throwaway server has in common with an environment.
const ALIKE: [Dimension; 3] = [Dimension::Schema, Dimension::Configuration, Dimension::Privileges];

/// Deploys, or takes back.
///
/// # Errors
/// It is refused before anything is looked at, or the environment cannot be read or claimed.
pub(super) fn deployed(
    typed: &str,
    arguments: &Running,
    (back, with): How<'_>,
    rehearsed: &Rehearsed,
    common: &Common,
) -> Result<Deployed, Box<Trouble>> {
    let started = Instant::now();
    let loaded = settings::load(common.config.as_deref())?;
    let settings = &loaded.settings;
    let (_, configured) = wire::by_name(typed, settings, "add it to evenkeel.toml, and type its name")?;
    if arguments.unrehearsed {
        unrehearsed(typed, configured)?;
    }
    if configured.tier == Some(Tier::Production) && !arguments.yes && !arguments.plan {
        apply::confirmed(typed, &configured.origin, "add --yes, once you have read what --plan prints")?;
    }
    let store = store::seen(settings, common)?;
    let draining = settings.rollback.drain.as_ref();
    // Whoever only deploys asks nobody to keep clients out; whom a run has left out is let in again all the same.
    let drain = match draining.map(|draining| draining.drain(&wire::console)).transpose() {
        Err(trouble) if back.is_some() => return Err(trouble),
        drain => drain.ok().flatten().flatten(),
    };
    if !arguments.plan {
        for said in stage::let_in(&*store, typed, &store::is_there, drain.as_deref())? {
            paint::say!("note: {}", paint::plain(&said));
        }
    }
    let proof = proof(typed, arguments, settings, &*store)?;
    let endpoint = wire::endpoint(typed, settings, common, &DIMENSIONS)?;
    paint::notes(settings.notes.iter().chain(&endpoint.warnings), common.quiet);
    let source = endpoint.source.on_primary();
    let progress = Line::new(common.quiet);
    let run = wire::run(&progress, settings);
    let target = capture::manifest(&source, &run)?;
    let is_stored = arguments.reported.evidence.is_none() && !arguments.unrehearsed;
    let own = if back.is_some() && is_stored { deployed_by(typed, settings, &*store, &target)? } else { None };
    let proof = own.unwrap_or(proof);
    let grammar = wire::engine(target.endpoint.engine).grammar()?;
    let wanted = folder::wanted(arguments.reported.migrations.as_deref(), &arguments.reported.reading, Some(typed), settings)?;
    let read = rehearse::read(&wanted, &target, grammar, signals::stop())?;
    let release = match &back {
        Some(back) => stage::back::release(&target, source.label(), &read, &proof, back)?,
        None => rehearse::pending(&target, source.label(), &read)?,
    };
    let demanded = settings.demanded(configured.tier);
    let limits = Limits { statement_timeout: common.statement_timeout, lock_timeout: common.lock_timeout, ..Limits::default() };
    let whole = || capture::manifest(&wire::endpoint(typed, settings, common, &ALIKE)?.source.on_primary(), &run);
    let mut now = Now {
        limits: back.is_none().then(|| Demanded::of(&demanded)),
        unsigned: settings.unsigned,
        has_keys: !settings.keys.is_empty(),
        // Below production nobody has to say it, nor for a way back.
        accepts_locks: back.is_some()
            || arguments.accept_gap.contains(&AcceptedGap::Locks)
            || matches!(configured.tier, Some(Tier::Dev | Tier::Staging)),
        ..Now::default()
    };
    let mut note = None;
    let proof = match &back {
        None => proof,
        Some(_) => {
            let is_named = arguments.reported.evidence.is_some();
            let meant =
                Return { environment: typed, configured, settings, read: &read, release: &release, proof, is_named, now: &now, limits };
            let (proof, said) = rehearsed.proof(meant, &whole, &run)?;
            note = said;
            proof
        }
    };
    now.age = match &proof {
        Proof::Evidence(statement, _) if back.is_none() => {
            Some((evidence::age(statement), i64::try_from(settings.deploy.max_age.as_secs()).unwrap_or(i64::MAX)))
        }
        // A way back is as good as it was.
        Proof::Evidence(..) | Proof::Unrehearsed | Proof::None(_) => None,
    };
    let (by, owner) = (store::user(), store::owner());
    let locked = |now: &Manifest, is_idle: bool| Ok(store::asking(&*store, typed)?.gate(&source.parity(&run)?, now, is_idle));
    let workshop = wire::engine(target.endpoint.engine).workshop(&settings.scratch);
    let engine = run.engines.of(target.endpoint.engine);
    let putting = Putting {
        whole: &whole,
        stage: Stage { engine, workshop: &*workshop, watch: run.watch, limits },
        role: configured.migration_role(),
        since: run.today,
        due: settings.windows.kept_until(run.today),
    };
    let duals: Vec<_> = settings.dual.values().cloned().collect();
    let backfills: Vec<_> = settings.backfill.values().filter_map(|one| Some((one.name.clone(), one.needing()?))).collect();
    let order = Order {
        locked: &locked,
        store: &*store,
        environment: typed,
        by: &by,
        owner: &owner,
        is_there: &store::is_there,
        reason: arguments.reason.as_deref(),
        proof,
        now,
        duals: &duals,
        // Where nobody waits, a file may change its table itself.
        backfills: (configured.tier != Some(Tier::Dev)).then_some(&backfills),
        accepts_use: arguments.accept_gap.contains(&AcceptedGap::Use),
        accepts_lag: arguments.accept_gap.contains(&AcceptedGap::Lag),
        with: with.map(|command| Renderer { command: command.to_owned(), folder: PathBuf::from(".") }),
        back,
        resume: arguments.resume,
        unknown: arguments.unknown_is.map(|word| word == UnknownIs::In),
        plan: arguments.plan,
        aside: Some(&putting),
        bounds: Bounds {
            limits,
            retry_for: arguments.retry_for,
            blocked: arguments.abort_when_blocking.unwrap_or(demanded.blocked.0),
            own_timeouts: settings.deploy.own_timeouts,
        },
        draining: draining.map(|one| Draining { by: drain.as_deref(), roles: &one.roles, within: one.within }),
        patience: common.lock_timeout,
        oldest: settings.deploy.oldest_transaction,
        lag: settings.deploy.lag,
    };
    let mut deployed = stage::run(&source, &read, &release, target, &order, &run)?;
    drop(progress);
    deployed.notes.extend(note);
    if deployed.is_back && matches!(deployed.outcome, Outcome::Ran { stopped: None, .. }) {
        let (limit, origin) = demanded.recovery;
        deployed.recovery = Some(Recovery { took: started.elapsed(), limit, origin });
        deployed.notes.extend(settings.rollback.after.as_ref().map(|after| after.told(typed)));
    }
    if matches!(deployed.outcome, Outcome::Ran { .. }) {
        // What is old keeps nobody from what is new.
        deployed.notes.extend(settings.keep.and_then(|keep| store::tidied(&*store, keep)));
    }
    Ok(deployed)
}

/// Where nobody has to have rehearsed it.
fn unrehearsed(name: &str, configured: &Environment) -> Result<(), Box<Trouble>> {
    let found = match configured.tier {
        Some(Tier::Dev | Tier::Staging) => return Ok(()),
        Some(Tier::Production) => "tier = \"production\"",
        None => "no tier, which may be production",
    };
    let trouble = Trouble::new(Class::Usage, format!("nothing is deployed to {name} that nobody has rehearsed"));
    Err(Box::new(
        trouble
            .expected("an environment of tier dev or staging, or evidence")
            .found(found)
            .origin(configured.origin.clone())
            .fix(format!("evenkeel rehearse --for {name}, and deploy without --unrehearsed")),
    ))
}

/// What there is that says what the release does.
fn proof(typed: &str, arguments: &Running, settings: &Settings, store: &dyn Store) -> Result<Proof, Box<Trouble>> {
    if arguments.unrehearsed {
        return Ok(Proof::Unrehearsed);
    }
    evidenced(typed, arguments.reported.evidence.as_deref(), settings, store)
}

/// So many of the last evidences are looked through.
const KEPT: u32 = 50;

/// The last evidence whose release is in, of those that the store has: a later one may be of the next.
pub(super) fn deployed_by(typed: &str, settings: &Settings, store: &dyn Store, target: &Manifest) -> Result<Option<Proof>, Box<Trouble>> {
    let recorded: Vec<&str> = target.of_kind(Kind::Migration).iter().map(|row| row.identity.part(2)).collect();
    let keys = keys(settings)?;
    for kept in store.kept(typed, KEPT)? {
        // One that cannot be read is looked at by whoever takes the last.
        let Ok((statement, seal)) = opened(&kept.text, &keys) else { continue };
        if statement.predicate.release.iter().any(|key| recorded.contains(&key.as_str())) {
            return Ok(Some(Proof::Evidence(Box::new(statement), seal)));
        }
    }
    Ok(None)
}

fn keys(settings: &Settings) -> Result<Vec<String>, Box<Trouble>> {
    settings.keys.iter().map(|path| evidence::text(path)).collect()
}

/// Evidence of a file, or the last of the store.
pub(super) fn evidenced(typed: &str, file: Option<&Path>, settings: &Settings, store: &dyn Store) -> Result<Proof, Box<Trouble>> {
    let text = match file {
        Some(file) => Some(evidence::text(file)?),
        None => store.kept(typed, 1)?.pop().map(|kept| kept.text),
    };
    let Some(text) = text else { return Ok(Proof::None(format!("there is none in {}", store.describe()))) };
    let (statement, seal) = opened(&text, &keys(settings)?)?;
    Ok(Proof::Evidence(Box::new(statement), seal))
}

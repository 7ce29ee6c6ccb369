//! `evenkeel backfill ENV NAME`: a table, part after part. Neighbour: `pipeline/backfill`, which does it; here is what is asked of whoever
//! types it.

use super::notify::Told;
use super::{Outcome, apply, migrations, output};
use crate::args::{Backfill as Arguments, BackfillGap, Common};
use crate::paint::{self, progress::Line};
use crate::settings::{self, Settings};
use crate::{signals, store, wire};
use evenkeel_core::deployment::backfilled::Outcome as Came;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::gate::Tier;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::Limits;
use evenkeel_pipeline::backfill::{self as stage, Backfill, DIMENSIONS, Order};
use evenkeel_report::deployment as report;

pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    let loaded = settings::load(common.config.as_deref())?;
    let settings = &loaded.settings;
    let (name, configured) = wire::by_name(&arguments.environment, settings, "add it to evenkeel.toml, and type its name")?;
    let backfill = named(&arguments.name, settings)?;
    if configured.tier == Some(Tier::Production) && !arguments.yes && !arguments.plan {
        apply::confirmed(name, &configured.origin, "add --yes, once you have read what --plan prints")?;
    }
    // A plan is nobody's news.
    let hooks = if arguments.plan { Told::nobody("backfill", name) } else { Told::of("backfill", name, settings)? };
    let store = store::seen(settings, common)?;
    let endpoint = wire::endpoint(name, settings, common, &DIMENSIONS)?;
    paint::notes(settings.notes.iter().chain(&endpoint.warnings), common.quiet);
    let source = endpoint.source.on_primary();
    let progress = Line::new(common.quiet);
    let run = wire::run(&progress, settings);
    let (by, owner) = (store::user(), store::owner());
    // In one line: it stands in other verbs' sentences.
    let reason = arguments.reason.as_deref().map(|reason| reason.split_whitespace().collect::<Vec<_>>().join(" "));
    let replicas = wire::replicas(name, configured)?;
    let locked = |now: &Manifest| Ok(store::asking(&*store, name)?.gate(&source.parity(&run)?, now, false));
    let order = Order {
        store: &*store,
        environment: name,
        by: &by,
        owner: &owner,
        is_there: &store::is_there,
        reason: reason.as_deref(),
        locked: &locked,
        plan: arguments.plan,
        anew: arguments.anew,
        replicas: &replicas,
        accepts_lag: arguments.accept_gap.contains(&BackfillGap::Lag),
        limits: Limits { statement_timeout: common.statement_timeout, lock_timeout: common.lock_timeout, ..Limits::default() },
        retry_for: arguments.retry_for,
    };
    let filled = stage::run(&source, backfill, &order, &run);
    drop(progress);
    let filled = filled.map_err(|trouble| hooks.failed(trouble))?;
    let style = migrations::style(common, arguments.out.is_none());
    let bytes = report::backfilled(&filled, arguments.format.into(), &style);
    let written = output::told(&bytes.map_err(|fault| Box::new(migrations::fault_words(&fault)))?, arguments.out.as_deref());
    if arguments.out.is_some() && !common.quiet {
        paint::say!("{}", paint::plain(&filled.line()));
    }
    // Whoever asked for the end is told how far it came.
    let is_ended = signals::stop().is_requested() && matches!(filled.outcome, Came::Stopped(_));
    let code = if is_ended { Class::Interrupted.exit_code() } else { filled.exit_code() };
    hooks.tell(&filled.line(), code, filled.run);
    written?;
    Ok(code)
}

/// One that is configured.
fn named<'a>(typed: &str, settings: &'a Settings) -> Result<&'a Backfill, Box<Trouble>> {
    settings.backfill.get(typed).ok_or_else(|| {
        let names: Vec<&str> = settings.backfill.keys().map(String::as_str).collect();
        let expected = if names.is_empty() { "[backfill.NAME] in evenkeel.toml; there is none".to_owned() } else { names.join(", ") };
        let trouble = Trouble::new(Class::Usage, format!("{:?} is no backfill that is configured", paint::scrub(typed)));
        Box::new(trouble.expected(expected).found("something else").fix("docs/guide/backfill.md has examples"))
    })
}

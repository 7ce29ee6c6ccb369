//! `evenkeel drill ENV`: a failover, a deployment and its way back, measured; on throwaway servers, or where --on names an environment.
//! Neighbours: `pipeline/drill`, which does it, `deploy`, which deploys and takes back on an environment as it always does.

use super::deploy::deployed;
use super::in_place::SCRATCH;
use super::notify::Told;
use super::returning::Rehearsed;
use super::{Outcome, migrations, output};
use crate::args::{Common, Drill as Arguments, HistoryFormat, Reported, Running};
use crate::paint::{self, progress::Line};
use crate::settings::{Promote, Settings};
use crate::{folder, settings, signals, store, wire};
use evenkeel_core::deployment::Drilled;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::gate::Tier;
use evenkeel_core::port::{Limits, Run};
use evenkeel_pipeline::capture::Source;
use evenkeel_pipeline::deploy::back::{Back, Loss};
use evenkeel_pipeline::drill::{self as stage, DIMENSIONS, Named, Order, Promoting};
use evenkeel_pipeline::history::Way;
use evenkeel_pipeline::{capture, rehearse};
use evenkeel_report::deployment as report;
use evenkeel_store::Sqlite;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::time::Duration;

pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    let loaded = settings::load(common.config.as_deref())?;
    let settings = &loaded.settings;
    let (name, configured) = wire::by_name(&arguments.environment, settings, "add it to evenkeel.toml, and type its name")?;
    let hooks = Told::of("drill", name, settings)?;
    let store = store::open(settings)?;
    let endpoint = wire::endpoint(name, settings, common, &DIMENSIONS)?;
    paint::notes(settings.notes.iter().chain(&endpoint.warnings), common.quiet);
    let progress = Line::new(common.quiet);
    let run = wire::run(&progress, settings);
    let target = capture::manifest(&endpoint.source, &run)?;
    let engine = wire::engine(target.endpoint.engine);
    let wanted = folder::wanted(arguments.migrations.as_deref(), &arguments.reading, Some(name), settings)?;
    let read = rehearse::read(&wanted, &target, engine.grammar()?, signals::stop())?;
    let workshop = engine.workshop(&settings.scratch);
    let aside = Aside::make()?;
    let (by, owner) = (store::user(), store::owner());
    let order = Order {
        store: &*store,
        aside: &Sqlite::new(aside.0.join("store.sqlite")),
        environment: name,
        by: &by,
        owner: &owner,
        is_there: &store::is_there,
        reason: arguments.reason.as_deref(),
        workshop: &*workshop,
        limits: Limits { statement_timeout: common.statement_timeout, lock_timeout: common.lock_timeout, ..Limits::default() },
        recovery: settings.demanded(configured.tier).recovery,
    };
    let drilled = if arguments.on == SCRATCH {
        stage::run(&target, endpoint.source.label(), &read, &order, &run)
    } else {
        on(arguments, settings, &order, &run, common)
    };
    drop(progress);
    drop(aside);
    let drilled = drilled.map_err(|trouble| hooks.failed(trouble))?;
    let style = migrations::style(common, arguments.out.is_none());
    let bytes = report::drilled(&drilled, arguments.format.into(), &style);
    let written = output::told(&bytes.map_err(|fault| Box::new(migrations::fault_words(&fault)))?, arguments.out.as_deref());
    if arguments.out.is_some() && !common.quiet {
        paint::say!("{}", paint::plain(&drilled.line()));
    }
    hooks.tell(&drilled.line(), drilled.exit_code(), drilled.run);
    written?;
    Ok(drilled.exit_code())
}

/// For how long an act is tried again whose way something was in.
const RETRY_FOR: Duration = Duration::from_secs(120);

/// Drills on an environment that others use.
///
/// # Errors
/// It is none on which that may be done; it cannot be read or written to.
fn on(arguments: &Arguments, settings: &Settings, order: &Order<'_>, run: &Run<'_>, common: &Common) -> Result<Drilled, Box<Trouble>> {
    let (name, configured) = wire::by_name(&arguments.on, settings, "add it to evenkeel.toml, and type its name")?;
    if !matches!(configured.tier, Some(Tier::Dev | Tier::Staging)) {
        let trouble = Trouble::new(Class::Usage, format!("nothing is drilled on {name}: a release is deployed there and taken back"));
        let trouble = trouble.expected("an environment of tier dev or staging").origin(configured.origin.clone());
        let found = configured.tier.map_or("no tier, which may be production", |_| "tier = \"production\"");
        return Err(Box::new(trouble.found(found).fix("--on an environment that is like it, or leave --on out")));
    }
    let endpoint = wire::endpoint(name, settings, common, &DIMENSIONS)?;
    let source = endpoint.source.on_primary();
    let Source::Live { environment, .. } = &source else {
        let trouble = Trouble::new(Class::Usage, format!("nothing can be drilled on {name}"));
        return Err(Box::new(trouble.expected("a live environment").found("a file, or a replica")));
    };
    let target = capture::manifest(&source, run)?;
    let wanted = folder::wanted(arguments.migrations.as_deref(), &arguments.reading, Some(name), settings)?;
    let read = rehearse::read(&wanted, &target, wire::engine(target.endpoint.engine).grammar()?, signals::stop())?;
    let pending = rehearse::pending(&target, name, &read)?.cuts;
    // The address may lead elsewhere than before.
    let look = || capture::manifest(&wire::endpoint(name, settings, common, &DIMENSIONS)?.source.on_primary(), run);
    let running = Running {
        unrehearsed: false,
        plan: false,
        resume: false,
        unknown_is: None,
        reason: arguments.reason.clone(),
        yes: true,
        accept_gap: Vec::new(),
        retry_for: RETRY_FOR,
        abort_when_blocking: None,
        reported: Reported {
            evidence: None,
            migrations: arguments.migrations.clone(),
            reading: arguments.reading.clone(),
            format: HistoryFormat::Terminal,
            out: None,
        },
    };
    let rehearsed = Rehearsed::default();
    let back = Back { to: None, accept: Loss::Upto(0) };
    let release = |way: Way| deployed(name, &running, ((way == Way::Back).then(|| back.clone()), None), &rehearsed, common);
    let promote = settings.drill.promote.as_ref();
    let promoted = || promote.map_or(Ok(()), |promote| promote.ran(name));
    let told = |promote: &'_ Promote| (promote.within, promote.origin.clone());
    let said = promote.map(told);
    let named = Named {
        name,
        look: &look,
        course: &|| environment.course(&run.watch),
        promote: said.as_ref().map(|(within, origin)| (&promoted as Promoting<'_>, *within, origin.as_str())),
        release: &release,
        pending: pending.iter().map(|cut| cut.migration.key.clone()).collect(),
    };
    stage::on(&target, source.label(), &named, order, run)
}

/// A folder for the journal of what is done on a throwaway server: nobody asks for that later.
struct Aside(PathBuf);

impl Aside {
    fn make() -> Result<Self, Box<Trouble>> {
        let path = std::env::temp_dir().join(format!("evenkeel-drill-{}", std::process::id()));
        std::fs::DirBuilder::new().mode(0o700).create(&path).map_err(|error| {
            let trouble = Trouble::new(Class::Output, format!("cannot make the folder {}", path.display())).found(error.to_string());
            Box::new(trouble.fix("make room there, or name another place in TMPDIR"))
        })?;
        Ok(Self(path))
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        // Its name is this process's own.
        drop(std::fs::remove_dir_all(&self.0));
    }
}

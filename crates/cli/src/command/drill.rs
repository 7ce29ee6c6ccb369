//! `evenkeel drill ENV`: a failover, a deployment and its way back on throwaway servers, measured. Neighbour: `pipeline/drill`, which does it.

use super::notify::Told;
use super::{Outcome, migrations, output};
use crate::args::{Common, Drill as Arguments};
use crate::paint::{self, progress::Line};
use crate::{folder, settings, signals, store, wire};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::Limits;
use evenkeel_pipeline::drill::{self as stage, DIMENSIONS, Order};
use evenkeel_pipeline::{capture, rehearse};
use evenkeel_report::deployment as report;
use evenkeel_store::Sqlite;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

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
    let drilled = stage::run(&target, endpoint.source.label(), &read, &order, &run);
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

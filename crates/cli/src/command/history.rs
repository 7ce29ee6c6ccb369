//! `evenkeel history ENV`: files, record and schema side by side.

use super::{Outcome, migrations, output};
use crate::args::{Common, History};
use crate::folder;
use crate::paint::{self, progress::Line};
use crate::settings::History as Recording;
use crate::{settings, wire};
use evenkeel_core::kind::Severity;
use evenkeel_core::port::Limits;
use evenkeel_pipeline::history::{self as stage, DIMENSIONS, Wanted};
use evenkeel_pipeline::replay::Means;
use evenkeel_report::history as report;

pub fn run(arguments: &History, common: &Common) -> Outcome {
    let loaded = settings::load(common.config.as_deref())?;
    let settings = &loaded.settings;
    let endpoint = wire::endpoint(&arguments.environment, settings, common, &DIMENSIONS)?;
    paint::notes(settings.notes.iter().chain(&endpoint.warnings), common.quiet);
    stage::judged_live(&endpoint.source)?;
    let nowhere = endpoint.configured.filter(|configured| configured.history == Recording::Nowhere);
    if let Some(nowhere) = nowhere {
        paint::notes(&[format!("{} says history = false: what is there decides alone", nowhere.origin)], common.quiet);
    }
    let name = endpoint.configured.map(|_| arguments.environment.as_str());
    let named_folder = folder::wanted(arguments.migrations.as_deref(), &arguments.reading, name, settings)?;
    let committed = endpoint.configured.and_then(|configured| configured.manifest.as_ref()).filter(|path| path.exists());
    let committed = committed.map(|path| evenkeel_pipeline::capture::read(path)).transpose()?;
    let progress = Line::new(common.quiet);
    let run = wire::run(&progress, settings);
    let limits = Limits { statement_timeout: common.statement_timeout, lock_timeout: common.lock_timeout, ..Limits::default() };
    let means = Means { folders: &settings.scratch, limits };
    let bar = arguments.fail_on.map(Severity::from).or(settings.policy.fail_on).unwrap_or(Severity::Block);
    let wanted = Wanted {
        migrations: named_folder,
        committed: committed.as_ref(),
        accepted: &settings.policy.accept,
        nowhere: nowhere.is_some(),
        bar,
    };
    let history = stage::run(&endpoint.source, &wanted, &means, &run)?;
    drop(progress);
    let style = migrations::style(common, arguments.out.is_none());
    let bytes = report::history(&history, arguments.format.into(), &style).map_err(|fault| Box::new(migrations::fault_words(&fault)))?;
    output::write(&bytes, arguments.out.as_deref())?;
    if arguments.out.is_some() && !common.quiet {
        paint::say!("{}", paint::plain(&report::verdict_line(&history)));
    }
    Ok(history.exit_code)
}

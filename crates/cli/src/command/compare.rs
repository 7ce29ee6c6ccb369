//! `evenkeel compare REFERENCE CANDIDATE`.

use super::{Outcome, dimensions, output, report};
use crate::args::{Common, Compare};
use crate::paint::{self, progress::Line};
use crate::{settings, signals, wire};
use evenkeel_core::fault::Trouble;
use evenkeel_core::port::{Run, Watch};
use evenkeel_pipeline::compare;
use evenkeel_report::Document;
use std::time::Instant;

pub fn run(arguments: &Compare, common: &Common) -> Outcome {
    let reporting = &arguments.reporting;
    let format = report::format(&reporting.format)?;
    let document = document(arguments, common)?;
    output::write(&report::render(format, std::slice::from_ref(&document), &report::style(reporting, common))?, reporting.out.as_deref())?;
    if reporting.out.is_some() && !common.quiet {
        paint::say!("{}", paint::plain(&document.verdict.line));
    }
    Ok(document.verdict.exit_code)
}

/// The comparison as a document, before it has any format.
///
/// # Errors
/// As the verb.
pub fn document(arguments: &Compare, common: &Common) -> Result<Document, Box<Trouble>> {
    let started = Instant::now();
    let reporting = &arguments.reporting;
    let loaded = settings::load(common.config.as_deref())?;
    let settings = &loaded.settings;
    let wanted = dimensions(&reporting.dimension);
    let reference = wire::endpoint(&arguments.reference, settings, common, &wanted)?;
    let candidate = wire::endpoint(&arguments.candidate, settings, common, &wanted)?;
    paint::notes(settings.notes.iter().chain(&reference.warnings).chain(&candidate.warnings), common.quiet);
    // The candidate's tier says what must be right about it; a file has none.
    let tier = candidate.configured.or(reference.configured).and_then(|configured| configured.tier);
    let scope = report::scope(wanted, &settings.policy);
    let progress = Line::new(common.quiet);
    let run = Run {
        engines: &wire::Built,
        watch: Watch { watcher: &progress, stop: signals::stop() },
        today: jiff::Zoned::now().date(),
        waivers: &settings.policy.ignore,
    };
    let compared = compare::run(&reference.source, &candidate.source, &scope, &run)?;
    drop(progress);
    let command = format!("evenkeel compare {} {}{}", reference.shown, candidate.shown, report::flags(reporting, common));
    Ok(report::document(
        &compared,
        &report::Frame {
            labels: (reference.source.label(), candidate.source.label()),
            demanded: &report::demanded(reporting, tier),
            tier,
            fail_on: report::bar(reporting, &settings.policy),
            elapsed: started.elapsed(),
            command: &command,
        },
    ))
}

//! `evenkeel compare REFERENCE CANDIDATE`.

use super::asked::Asked;
use super::{Outcome, output, report};
use crate::args::{Common, Compare};
use crate::paint::{self, progress::Line};
use crate::wire;
use evenkeel_core::fault::Trouble;
use evenkeel_pipeline::compare::{self, Wanted};
use evenkeel_report::Document;

pub fn run(arguments: &Compare, common: &Common) -> Outcome {
    let reporting = &arguments.reporting;
    let asked = Asked::of(reporting, common)?;
    let document = document(arguments, &asked)?;
    let bytes = report::render(asked.format, std::slice::from_ref(&document), &report::style(reporting, common))?;
    output::write(&bytes, reporting.out.as_deref())?;
    if reporting.out.is_some() && !common.quiet {
        paint::say!("{}", paint::plain(&document.verdict.line));
    }
    Ok(document.verdict.exit_code)
}

/// The comparison as a document, before it has any format.
///
/// # Errors
/// As the verb.
pub fn document(arguments: &Compare, asked: &Asked<'_>) -> Result<Document, Box<Trouble>> {
    let settings = asked.settings();
    let scope = asked.scope_of([&arguments.reference, &arguments.candidate].map(|name| settings.environments.get(name)));
    let reference = wire::endpoint(&arguments.reference, settings, asked.common, &scope.dimensions)?;
    let candidate = wire::endpoint(&arguments.candidate, settings, asked.common, &scope.dimensions)?;
    paint::notes(reference.warnings.iter().chain(&candidate.warnings), asked.common.quiet);
    // The candidate's tier says what must be right about it; a file has none.
    let tier = candidate.configured.or(reference.configured).and_then(|configured| configured.tier);
    let progress = Line::new(asked.common.quiet);
    let demanded = asked.demanded(tier, &scope);
    let insisted = asked.insists(tier);
    let wanted = Wanted { scope: &scope, demanded: &demanded, insisted, bar: asked.bar, same: arguments.same };
    let compared = compare::run(&reference.source, &candidate.source, &wanted, &wire::run(&progress, settings))?;
    drop(progress);
    let same = if arguments.same { " --same" } else { "" };
    let command = format!("evenkeel compare {} {}{same}{}", reference.shown, candidate.shown, asked.flags());
    let frame =
        report::Frame { demanded: &demanded, tier, readiness: None, bar: asked.bar, elapsed: asked.started.elapsed(), command: &command };
    let document = report::document(&compared, &frame);
    // The process ends soon: freeing a million small values one by one would only take time.
    std::mem::forget(compared);
    Ok(document)
}

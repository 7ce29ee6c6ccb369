//! `evenkeel check`: every configured environment against its committed manifest, and the parity floor by tier.

use super::{Outcome, dimensions, output, report};
use crate::args::{Check, Common, Reporting};
use crate::paint::progress::Line;
use crate::paint::{self, shell};
use crate::settings::Environment;
use crate::{settings, signals, wire};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::gate::Tier;
use evenkeel_core::kind::Dimension;
use evenkeel_core::port::{Run, Watch};
use evenkeel_pipeline::capture::Source;
use evenkeel_pipeline::compare;
use evenkeel_report::{Document, Format, Outcome as Verdict, Unread};
use std::path::Path;
use std::time::Instant;

pub fn run(arguments: &Check, common: &Common) -> Outcome {
    let reporting = &arguments.reporting;
    let format = report::format(&reporting.format)?;
    let Checked { mut documents, troubles } = documents(arguments, common)?;
    let loaded = settings::load(common.config.as_deref())?;
    let unchecked = unchecked(arguments, &loaded.settings);
    for (name, configured) in &unchecked {
        let trouble = Trouble { class: Class::CouldNotTell, ..*without_manifest(name, configured) };
        documents.push(unread(name, configured, &trouble, Instant::now(), arguments, common, &loaded));
    }
    let written = write(&documents, format, reporting, common);
    for document in documents.iter().filter(|document| !common.quiet && document.candidate.is_read()) {
        let tier = loaded.settings.environments.get(&document.candidate.label).and_then(|configured| configured.tier);
        paint::say!("{}: {}", paint::plain(&document.candidate.label), state(document, tier));
    }
    // What follows is said even when quiet: it decides the exit code.
    for (name, _) in &unchecked {
        paint::say!("{}: could not tell, no manifest is configured", paint::plain(name));
        paint::say!("  fix: add manifest = \"parity/{name}.jsonl\" to it, or name the environments to check");
    }
    for (name, trouble) in &troubles {
        paint::say!("{}: not checked", paint::plain(name));
        paint::trouble(trouble, common.color);
    }
    // Not before: that nothing could be written must not keep anybody from what was found.
    written?;
    // What differs is known, whatever else could not be told or reached: the known one decides.
    let codes: Vec<u8> = documents.iter().map(|document| document.verdict.exit_code).collect();
    Ok(if codes.contains(&1) { 1 } else { codes.into_iter().max().unwrap_or(0) })
}

/// Writes the report. Environments that could not be read are in it too, for whoever reads nothing else; a person at a terminal
/// has them on stderr.
fn write(documents: &[Document], format: &Format, reporting: &Reporting, common: &Common) -> Result<(), Box<Trouble>> {
    let talks = format.name == "terminal" && reporting.out.is_none();
    let shown: Vec<Document> = documents.iter().filter(|document| !talks || document.candidate.is_read()).cloned().collect();
    // A report of nothing would look like one without differences.
    if shown.is_empty() {
        return Ok(());
    }
    output::write(&report::render(format, &shown, &report::style(reporting, common))?, reporting.out.as_deref())
}

/// What the check allows: a migration only where every dimension that the tier demands was compared and is equal.
fn state(document: &Document, tier: Option<Tier>) -> String {
    if document.verdict.exit_code != 0 {
        return "not ready for a migration".to_owned();
    }
    let demands = tier.map_or(&Dimension::ALL[..], Tier::demands);
    let met = |wanted: &&Dimension| {
        let mut dimensions = document.dimensions.iter();
        !dimensions.any(|dimension| dimension.name.name() == wanted.name() && dimension.compared && dimension.verdict == Verdict::Equal)
    };
    let open: Vec<&str> = demands.iter().filter(met).map(|dimension| dimension.name()).collect();
    if open.is_empty() {
        "READY_FOR_MIGRATION".to_owned()
    } else {
        format!("equal in what was asked for; not covered: {}", open.join(", "))
    }
}

/// Environments that would be checked if they had a manifest.
fn unchecked<'a>(arguments: &Check, settings: &'a settings::Settings) -> Vec<(&'a str, &'a Environment)> {
    let all = arguments.environments.is_empty();
    let lacking = settings.environments.iter().filter(|(_, configured)| all && configured.manifest.is_none());
    lacking.map(|(name, configured)| (name.as_str(), configured)).collect()
}

/// What came out for each environment, in the order of their names.
#[derive(Debug, Default)]
pub struct Checked {
    /// One an environment, of those that could not be read too.
    pub documents: Vec<Document>,
    /// Environments that could not be read, or have nothing to be checked against.
    pub troubles: Vec<(String, Box<Trouble>)>,
}

/// One document for each environment that has a manifest. One that cannot be checked keeps none of the others from it.
///
/// # Errors
/// There is nothing to check, or the user interrupts.
pub fn documents(arguments: &Check, common: &Common) -> Result<Checked, Box<Trouble>> {
    let loaded = settings::load(common.config.as_deref())?;
    let settings = &loaded.settings;
    paint::notes(&settings.notes, common.quiet);
    let mut checked = Checked::default();
    for (name, configured) in chosen(arguments, &loaded)? {
        let started = Instant::now();
        match one(name, configured, arguments, common, &loaded) {
            Ok(document) => checked.documents.push(document),
            Err(trouble) if trouble.class == Class::Interrupted => return Err(trouble),
            Err(trouble) => {
                checked.documents.push(unread(name, configured, &trouble, started, arguments, common, &loaded));
                checked.troubles.push((name.to_owned(), trouble));
            }
        }
    }
    Ok(checked)
}

/// The environments to check: those named, else those with a manifest.
fn chosen<'a>(arguments: &Check, loaded: &'a settings::Loaded) -> Result<Vec<(&'a str, &'a Environment)>, Box<Trouble>> {
    let settings = &loaded.settings;
    let Some(path) = &loaded.path else {
        return Err(Box::new(
            Trouble::new(Class::Configuration, "nothing to check")
                .expected("a file evenkeel.toml here or in a folder above, with environments that name a manifest")
                .found("none")
                .fix("write evenkeel.toml: [environments.production] url = \"${PRODUCTION_DATABASE_URL}\" manifest = \"parity/production.jsonl\""),
        ));
    };
    for name in &arguments.environments {
        if !settings.environments.contains_key(name) {
            let known: Vec<&str> = settings.environments.keys().map(String::as_str).collect();
            let trouble = Trouble::new(Class::Usage, format!("{name:?} is no environment")).expected(known.join(", ")).found(name.clone());
            return Err(Box::new(trouble.origin(path.display().to_string())));
        }
    }
    let all = arguments.environments.is_empty();
    let wanted = |(name, configured): &(&String, &Environment)| {
        if all { configured.manifest.is_some() } else { arguments.environments.contains(name) }
    };
    let chosen: Vec<_> = settings.environments.iter().filter(wanted).map(|(name, configured)| (name.as_str(), configured)).collect();
    if chosen.is_empty() {
        return Err(Box::new(
            Trouble::new(Class::Configuration, "nothing to check")
                .expected("at least one environment with a manifest")
                .found("none")
                .origin(path.display().to_string())
                .fix("add manifest = \"parity/NAME.jsonl\" to an environment, then: evenkeel capture NAME --out parity/NAME.jsonl"),
        ));
    }
    Ok(chosen)
}

fn one(
    name: &str,
    configured: &Environment,
    arguments: &Check,
    common: &Common,
    loaded: &settings::Loaded,
) -> Result<Document, Box<Trouble>> {
    let started = Instant::now();
    let manifest = configured.manifest.as_deref().ok_or_else(|| without_manifest(name, configured))?;
    let (reporting, settings) = (&arguments.reporting, &loaded.settings);
    let wanted = dimensions(&reporting.dimension);
    let candidate = wire::live(name, settings, common, &wanted)?;
    paint::notes(&candidate.warnings, common.quiet);
    let label = label(manifest);
    let reference = Source::File { label: label.clone(), path: manifest.to_owned() };
    let scope = report::scope(wanted, &settings.policy);
    let progress = Line::new(common.quiet);
    let run = Run {
        engines: &wire::Built,
        watch: Watch { watcher: &progress, stop: signals::stop() },
        today: jiff::Zoned::now().date(),
        waivers: &settings.policy.ignore,
    };
    let compared = compare::run(&reference, &candidate.source, &scope, &run)?;
    drop(progress);
    let frame = report::Frame {
        labels: (&label, name),
        demanded: &report::demanded(reporting, configured.tier),
        tier: configured.tier,
        fail_on: report::bar(reporting, &settings.policy),
        elapsed: started.elapsed(),
        command: &format!("evenkeel check {}{}", candidate.shown, report::flags(reporting, common)),
    };
    Ok(report::document(&compared, &frame))
}

/// The document of an environment that could not be read, or has nothing to be checked against.
fn unread(
    name: &str,
    configured: &Environment,
    trouble: &Trouble,
    started: Instant,
    arguments: &Check,
    common: &Common,
    loaded: &settings::Loaded,
) -> Document {
    let (reporting, wanted) = (&arguments.reporting, dimensions(&arguments.reporting.dimension));
    let reference = configured.manifest.as_deref().map(label);
    let mut detail = trouble.what.clone();
    for (word, text) in [("expected", &trouble.expected), ("found", &trouble.found), ("set in", &trouble.origin)] {
        detail.extend(text.as_deref().map(|text| format!("; {word} {text}")));
    }
    Document::unread(&Unread {
        reference: reference.as_deref().unwrap_or("no manifest"),
        candidate: name,
        dimensions: &wanted,
        demanded: &report::demanded(reporting, configured.tier),
        tier: configured.tier,
        fail_on: report::bar(reporting, &loaded.settings.policy),
        elapsed: started.elapsed(),
        version: env!("CARGO_PKG_VERSION"),
        command: &format!("evenkeel check {}{}", shell::quoted(name), report::flags(reporting, common)),
        detail: &paint::scrub(&detail),
        fix: trouble.fix.as_deref().map(paint::scrub).as_deref(),
        is_configuration: configured.manifest.is_none(),
        exit_code: trouble.class.exit_code(),
    })
}

/// What a manifest is called.
fn label(manifest: &Path) -> String {
    manifest.file_name().map_or_else(|| manifest.display().to_string(), |name| name.to_string_lossy().into_owned())
}

fn without_manifest(name: &str, configured: &Environment) -> Box<Trouble> {
    let file = format!("parity/{name}.jsonl");
    let command = format!("evenkeel capture {} --out {}", shell::quoted(name), shell::quoted(&file));
    Box::new(
        Trouble::new(Class::Configuration, format!("environment {name} has no manifest to be checked against"))
            .expected("a line manifest = \"…\"")
            .found("none")
            .origin(configured.origin.clone())
            .fix(format!("add manifest = \"{file}\", then: {command}")),
    )
}

//! `evenkeel check`: every configured environment against its committed manifest, and the parity floor by tier.

use super::{Outcome, dimensions, output, report};
use crate::args::{Check, Common};
use crate::paint::progress::Line;
use crate::settings::Environment;
use crate::{settings, wire};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::gate::Tier;
use evenkeel_core::kind::Dimension;
use evenkeel_pipeline::capture::Source;
use evenkeel_pipeline::compare;
use evenkeel_report::{Document, Outcome as Verdict};
use std::path::Path;
use std::time::Instant;

pub fn run(arguments: &Check, common: &Common) -> Outcome {
    let reporting = &arguments.reporting;
    let format = report::format(&reporting.format)?;
    let documents = documents(arguments, common)?;
    let style = report::style(reporting, common);
    output::write(&report::render(format, &documents, &style)?, reporting.out.as_deref())?;
    let loaded = settings::load(common.config.as_deref())?;
    let unchecked = unchecked(arguments, &loaded.settings);
    for document in documents.iter().filter(|_| !common.quiet) {
        let tier = loaded.settings.environments.get(&document.candidate.label).and_then(|configured| configured.tier);
        crate::paint::say!("{}: {}", crate::paint::plain(&document.candidate.label), state(document, tier));
    }
    for name in &unchecked {
        // Said even when quiet: it decides the exit code.
        crate::paint::say!("{}: could not tell, no manifest is configured", crate::paint::plain(name));
        crate::paint::say!("  fix: add manifest = \"parity/{name}.jsonl\" to it, or name the environments to check");
    }
    // A difference is known, a gap is not: the known one decides.
    let mut codes: Vec<u8> = documents.iter().map(|document| document.verdict.exit_code).collect();
    codes.extend(unchecked.iter().map(|_| Class::CouldNotTell.exit_code()));
    Ok(if codes.contains(&1) { 1 } else { codes.into_iter().max().unwrap_or(0) })
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
fn unchecked<'a>(arguments: &Check, settings: &'a settings::Settings) -> Vec<&'a str> {
    let all = arguments.environments.is_empty();
    let lacking = settings.environments.iter().filter(|(_, configured)| all && configured.manifest.is_none());
    lacking.map(|(name, _)| name.as_str()).collect()
}

/// One document for each environment that has a manifest, in the order of their names.
///
/// # Errors
/// As the verb.
pub fn documents(arguments: &Check, common: &Common) -> Result<Vec<Document>, Box<Trouble>> {
    let loaded = settings::load(common.config.as_deref())?;
    let settings = &loaded.settings;
    for note in settings.notes.iter().filter(|_| !common.quiet) {
        crate::paint::say!("note: {}", crate::paint::plain(note));
    }
    let chosen = chosen(arguments, &loaded)?;
    chosen.into_iter().map(|(name, configured, manifest)| one(name, configured, manifest, arguments, common, &loaded)).collect()
}

type Chosen<'a> = (&'a str, &'a Environment, &'a Path);

/// The environments to check, each with its manifest.
fn chosen<'a>(arguments: &Check, loaded: &'a settings::Loaded) -> Result<Vec<Chosen<'a>>, Box<Trouble>> {
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
    let mut chosen = Vec::new();
    for (name, configured) in &settings.environments {
        let named = arguments.environments.contains(name);
        match &configured.manifest {
            Some(manifest) if named || arguments.environments.is_empty() => chosen.push((name.as_str(), configured, manifest.as_path())),
            None if named => {
                return Err(Box::new(
                    Trouble::new(Class::Configuration, format!("environment {name} has no manifest to be checked against"))
                        .expected("a line manifest = \"…\"")
                        .found("none")
                        .origin(configured.origin.clone())
                        .fix(format!("add manifest = \"parity/{name}.jsonl\", then: evenkeel capture {name} --out parity/{name}.jsonl")),
                ));
            }
            _ => {}
        }
    }
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
    manifest: &Path,
    arguments: &Check,
    common: &Common,
    loaded: &settings::Loaded,
) -> Result<Document, Box<Trouble>> {
    let started = Instant::now();
    let (reporting, settings) = (&arguments.reporting, &loaded.settings);
    let wanted = dimensions(&reporting.dimension);
    let candidate = wire::live(name, settings, common, &wanted)?;
    for warning in candidate.warnings.iter().filter(|_| !common.quiet) {
        crate::paint::say!("note: {}", crate::paint::plain(warning));
    }
    let label = manifest.file_name().map_or_else(|| manifest.display().to_string(), |name| name.to_string_lossy().into_owned());
    let reference = Source::File { label: label.clone(), path: manifest.to_owned() };
    let scope = report::scope(wanted, &settings.policy);
    let progress = Line::new(common.quiet);
    let today = jiff::Zoned::now().date();
    let compared = compare::run(&reference, &candidate.source, &scope, &settings.policy.ignore, today, &wire::remedies, &progress)?;
    drop(progress);
    let frame = report::Frame {
        labels: (&label, name),
        demanded: &report::demanded(reporting, configured.tier),
        tier: configured.tier,
        fail_on: report::bar(reporting, &settings.policy),
        elapsed: started.elapsed(),
        command: &format!("evenkeel check {name}"),
    };
    Ok(report::document(&compared, &frame))
}

//! `evenkeel check`: every configured environment against its committed manifest, and the parity floor by tier.
//!
//! Lives here: which environments are meant, and what is said of each. What they amount to is judged in `pipeline::check`.

use super::asked::Asked;
use super::{Outcome, report};
use crate::args::{Check, Common, Reading};
use crate::folder;
use crate::paint::{self, progress::Line, shell};
use crate::settings::{Environment, History};
use crate::store;
use crate::wire;
use evenkeel_core::compare::Scope;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::Dimension;
use evenkeel_core::port::Limits;
use evenkeel_pipeline::capture::Source;
use evenkeel_pipeline::check::{self, Files, Subject};
use evenkeel_pipeline::replay::Means;
use evenkeel_report::{Document, Unread};
use std::path::Path;

pub fn run(arguments: &Check, common: &Common) -> Outcome {
    let asked = Asked::of(&arguments.reporting, common)?;
    let Told { checks, exit_code } = all(arguments, &asked)?;
    let written = write(&checks, &asked);
    for check in &checks {
        say(check, common);
    }
    // Not before: that nothing could be written must not keep anybody from what was found.
    written?;
    Ok(exit_code)
}

/// What came out, in the order in which the environments are written; those that have nothing to be checked against stand last.
pub struct Told {
    pub checks: Vec<OneCheck>,
    pub exit_code: u8,
}

/// One environment.
pub struct OneCheck {
    pub name: String,
    pub document: Document,
    pub state: State,
    /// The file it is checked against.
    pub manifest: String,
}

/// What came of it.
pub enum State {
    Told,
    /// It could not be read.
    Unread(Box<Trouble>),
    /// Nothing is configured that it could be checked against.
    Unchecked,
}

/// Checks all environments that are meant. One that cannot be checked keeps none of the others from it.
///
/// # Errors
/// There is nothing to check, or the user interrupts.
pub fn all(arguments: &Check, asked: &Asked<'_>) -> Result<Told, Box<Trouble>> {
    let chosen = chosen(arguments, asked)?;
    let mut shown = Vec::with_capacity(chosen.len());
    let mut subjects = Vec::with_capacity(chosen.len());
    let kept = store::found(asked.settings());
    store::say_where(&kept);
    for (name, configured) in &chosen {
        let (scope, mut beforehand) = asked.scope_of([(*name, Some(*configured))]);
        let mut sides = sides(name, configured, asked, &scope);
        if let Err(trouble) = &mut sides
            && configured.manifest.is_none()
            && !is_named(arguments, name)
        {
            trouble.class = Class::CouldNotTell;
        }
        shown.push(sides.as_ref().map_or_else(|_| shell::quoted(name), |(_, shown)| shown.clone()));
        let tier = configured.tier;
        let (demanded, insisted) = (asked.demanded(tier, &scope), asked.insists(tier));
        // Said in the report; a tier does not demand what is nowhere.
        let nowhere = if beforehand.is_empty() { Vec::new() } else { vec![Dimension::History] };
        let files = files(name, configured, asked);
        match store::halted(&kept, name) {
            Ok(None) => {}
            Ok(Some(halt)) => beforehand.push(evenkeel_core::deployment::lock::halted(&halt, &configured.place)),
            // Nobody can tell whether it is halted.
            Err(trouble) => sides = Err(trouble),
        }
        let locked = match store::locked(&kept, name) {
            Ok(asking) => Some((asking, configured.place.clone())),
            Err(trouble) => {
                sides = Err(trouble);
                None
            }
        };
        let sides = sides.map(|(sides, _)| sides);
        subjects.push(Subject { name: (*name).to_owned(), sides, tier, scope, demanded, insisted, nowhere, beforehand, locked, files });
    }
    let progress = Line::new(asked.common.quiet);
    let checked = check::run(&subjects, asked.bar, &wire::run(&progress, asked.settings()))?;
    drop(progress);
    let exit_code = check::exit_code(&checked);
    let mut checks = Vec::with_capacity(checked.len());
    for (((one, subject), (_, configured)), shown) in checked.into_iter().zip(&subjects).zip(&chosen).zip(&shown) {
        let command = format!("evenkeel check {shown}{}", asked.flags());
        let (bar, elapsed) = (asked.bar, one.elapsed);
        let manifest = configured.manifest.as_deref().map(|path| path.to_string_lossy().into_owned());
        let (files, place) = ([manifest.as_deref(), None], Some(&configured.place));
        let frame = report::Frame {
            demanded: &subject.demanded,
            tier: subject.tier,
            files,
            configured: place,
            readiness: None,
            bar,
            elapsed,
            command: &command,
        };
        let (document, state) = match one.outcome {
            Ok(told) => {
                let frame = report::Frame { readiness: Some(&told.readiness), ..frame };
                (report::document(&told.compared, &frame), State::Told)
            }
            Err(trouble) => {
                let document = unread(&subject.name, configured, &trouble, asked, &frame);
                let state = if configured.manifest.is_none() && !is_named(arguments, &subject.name) {
                    State::Unchecked
                } else {
                    State::Unread(trouble)
                };
                (document, state)
            }
        };
        checks.push(OneCheck { name: subject.name.clone(), document, state, manifest: manifest.unwrap_or_default() });
    }
    Ok(Told { checks, exit_code })
}

/// The files that make an environment, where some are configured for it.
fn files<'a>(name: &str, configured: &'a Environment, asked: &'a Asked<'_>) -> Option<Files<'a>> {
    let settings = asked.settings();
    if configured.recorded.is_none() && !settings.migrations.iter().any(|one| one.is_for(Some(name))) {
        return None;
    }
    let common = asked.common;
    let limits = Limits { statement_timeout: common.statement_timeout, lock_timeout: common.lock_timeout, ..Limits::default() };
    Some(Files {
        migrations: folder::all(None, &Reading::default(), Some(name), settings).map(|(folders, _)| folders),
        accepted: &settings.policy.accept,
        nowhere: configured.history == History::Nowhere,
        must: configured.recorded.clone(),
        place: configured.place.clone(),
        means: Means { folders: &settings.scratch, role: configured.migration_role(), limits },
    })
}

fn is_named(arguments: &Check, name: &str) -> bool {
    arguments.environments.iter().any(|named| named == name)
}

/// Writes the report. Environments that could not be read are in it too, for whoever reads nothing else; a person at a terminal
/// has them on stderr.
fn write(checks: &[OneCheck], asked: &Asked<'_>) -> Result<(), Box<Trouble>> {
    for output in &asked.outputs {
        let talks = output.0.name == "terminal" && output.1.is_none();
        let is_shown = |check: &&OneCheck| !talks || matches!(check.state, State::Told);
        let shown: Vec<Document> = checks.iter().filter(is_shown).map(|check| check.document.clone()).collect();
        // A report of nothing would look like one without differences.
        if !shown.is_empty() {
            report::publish_in(std::slice::from_ref(output), &shown, asked.reporting, asked.common, true)?;
        }
    }
    Ok(())
}

/// One line an environment. What is unknown is said even when quiet: it decides the exit code.
fn say(check: &OneCheck, common: &Common) {
    let name = paint::plain(&check.name);
    match &check.state {
        State::Told if common.quiet => {}
        State::Told => {
            let readiness = check.document.verdict.readiness.as_ref();
            paint::say!("{name}: {}", readiness.map_or("could not tell", |readiness| readiness.words.as_str()));
            if check.document.verdict.exit_code == 1 && !check.document.differences().is_empty() {
                let name = shell::quoted(&check.name);
                paint::say!("  if it is meant: evenkeel capture {name} --out {}, and commit it", shell::quoted(&check.manifest));
                paint::say!("  if it is not: {}, then: evenkeel check {name}", to_mend(&check.document, &name));
            }
        }
        State::Unchecked => {
            paint::say!("{name}: could not tell, no manifest is configured");
            paint::say!("  fix: add manifest = \"parity/{}.jsonl\" to it, or name the environments to check", check.name);
        }
        State::Unread(trouble) => {
            paint::say!("{name}: not checked");
            paint::trouble(trouble, common.color);
        }
    }
}

/// What is to be done to an environment that is not as it was committed, and how far the report helps.
fn to_mend(document: &Document, name: &str) -> String {
    let told = document.differences();
    let with = told.iter().filter(|difference| difference.fix.is_some()).count();
    match (with, told.len()) {
        (0, 1) => format!("change {name} back (no statement for it is in the report)"),
        (0, all) => format!("change {name} back (none of the {all} differences has a statement in the report)"),
        (1, 1) => format!("apply the statement of the report to {name}"),
        (with, all) if with == all => format!("apply the fixes of the report to {name} (all {all} have a statement)"),
        (with, all) => format!("apply the fixes of the report to {name} ({with} of {all} have a statement)"),
    }
}

/// The environments to check: those named, else all; of these, such without a manifest stand last.
fn chosen<'a>(arguments: &Check, asked: &'a Asked<'_>) -> Result<Vec<(&'a str, &'a Environment)>, Box<Trouble>> {
    let settings = asked.settings();
    let Some(path) = &asked.loaded.path else {
        return Err(Box::new(
            Trouble::new(Class::Configuration, "nothing to check")
                .expected("a file evenkeel.toml here or in a folder above, with environments that name a manifest")
                .found("none")
                .fix("write evenkeel.toml:\n[environments.production]\nurl = \"${PRODUCTION_DATABASE_URL}\"\nmanifest = \"parity/production.jsonl\""),
        ));
    };
    for name in &arguments.environments {
        if !settings.environments.contains_key(name) {
            let known = wire::known(settings);
            let trouble = Trouble::new(Class::Usage, format!("{name:?} is no environment")).expected(known).found(name.clone());
            return Err(Box::new(trouble.origin(path.display().to_string())));
        }
    }
    let named = settings.in_order().into_iter();
    if !arguments.environments.is_empty() {
        return Ok(named.filter(|(name, _)| is_named(arguments, name)).collect());
    }
    let (mut chosen, lacking): (Vec<_>, Vec<_>) = named.partition(|(_, configured)| configured.manifest.is_some());
    if chosen.is_empty() {
        return Err(Box::new(
            Trouble::new(Class::Configuration, "nothing to check")
                .expected("at least one environment with a manifest")
                .found("none")
                .origin(path.display().to_string())
                .fix("add manifest = \"parity/NAME.jsonl\" to an environment, then: evenkeel capture NAME --out parity/NAME.jsonl"),
        ));
    }
    chosen.extend(lacking);
    Ok(chosen)
}

/// What was committed and what is there, and how the environment may be typed again.
fn sides(name: &str, configured: &Environment, asked: &Asked<'_>, scope: &Scope) -> Result<((Source, Source), String), Box<Trouble>> {
    let manifest = configured.manifest.as_deref().ok_or_else(|| without_manifest(name, configured))?;
    let mut dimensions = scope.dimensions.clone();
    // Whether it is as it was locked is told by its schema.
    if !dimensions.contains(&Dimension::Schema) && store::locked(&store::found(asked.settings()), name)?.lock.is_some() {
        dimensions.push(Dimension::Schema);
    }
    let candidate = wire::live(name, asked.settings(), asked.common, &dimensions)?;
    paint::notes(&candidate.warnings, asked.common.quiet);
    if !manifest.exists() {
        let command = format!("evenkeel capture {} --out {}", shell::quoted(name), shell::quoted(&manifest.to_string_lossy()));
        return Err(Box::new(
            Trouble::new(Class::Configuration, format!("environment {name}: cannot read the manifest {}", manifest.display()))
                .expected("what was committed for it")
                .found("there is no such file")
                .origin(configured.origin.clone())
                .fix(format!("write it, and commit it: {command}")),
        ));
    }
    let reference = Source::File { label: label(manifest), path: manifest.to_owned() };
    Ok(((reference, candidate.source), candidate.shown))
}

/// The document of an environment that could not be read, or has nothing to be checked against.
fn unread(name: &str, configured: &Environment, trouble: &Trouble, asked: &Asked<'_>, frame: &report::Frame<'_>) -> Document {
    let reference = configured.manifest.as_deref().map(label);
    let mut detail = trouble.what.clone();
    for (word, text) in [("expected", &trouble.expected), ("found", &trouble.found), ("set in", &trouble.origin)] {
        detail.extend(text.as_deref().map(|text| format!("; {word} {text}")));
    }
    Document::unread(&Unread {
        reference: reference.as_deref().unwrap_or("no manifest"),
        candidate: name,
        dimensions: &asked.dimensions,
        demanded: frame.demanded,
        tier: frame.tier,
        fail_on: frame.bar,
        elapsed: frame.elapsed,
        version: env!("CARGO_PKG_VERSION"),
        command: frame.command,
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

/// A configuration fault where somebody asked for this environment; where all are checked, what could not be told.
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

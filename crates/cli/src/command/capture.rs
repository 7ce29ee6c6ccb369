//! `evenkeel capture ENV`: the environment as a manifest, stable part and measured part apart.

use super::{Outcome, dimensions, output};
use crate::args::{Capture, Common};
use crate::paint::{self, progress::Line};
use crate::settings::{self, Settings};
use crate::wire;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::file::{self, Part};
use evenkeel_core::manifest::Manifest;
use evenkeel_pipeline::capture::{manifest, measured_path};
use std::path::{Path, PathBuf};

pub fn run(arguments: &Capture, common: &Common) -> Outcome {
    let loaded = settings::load(common.config.as_deref())?;
    let settings = &loaded.settings;
    paint::notes(&settings.notes, common.quiet);
    let Some(name) = &arguments.environment else { return all(arguments, common, settings) };
    let manifest = read(name, arguments, common, settings)?;
    match &arguments.out {
        Some(path) => write(&manifest, path, common)?,
        None => output::write(&bytes(&manifest, Part::Stable)?, None)?,
    }
    Ok(ending(&manifest, arguments))
}

/// Every environment into its own manifest. One that cannot be read keeps none of the others from it.
fn all(arguments: &Capture, common: &Common, settings: &Settings) -> Outcome {
    let named = settings.in_order().into_iter().filter_map(|(name, configured)| Some((name, configured.manifest.as_deref()?)));
    let named: Vec<(&str, &Path)> = named.collect();
    if named.is_empty() {
        return Err(Box::new(
            Trouble::new(Class::Configuration, "nothing to capture")
                .expected("at least one environment with a manifest")
                .found("none")
                .fix("add manifest = \"parity/NAME.jsonl\" to an environment in evenkeel.toml"),
        ));
    }
    for (at, (name, path)) in named.iter().enumerate() {
        let own = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).components().collect::<PathBuf>();
        if let Some((other, _)) = named.iter().take(at).find(|(_, other)| own(other) == own(path)) {
            return Err(Box::new(
                Trouble::new(Class::Configuration, format!("{other} and {name} name one manifest"))
                    .expected("a manifest for each environment")
                    .found(format!("{} for both", path.display()))
                    .origin(settings.environments.get(*name).map(|configured| configured.origin.clone()).unwrap_or_default())
                    .fix(format!("manifest = \"parity/{name}.jsonl\" in [environments.{name}]")),
            ));
        }
    }
    let mut code = 0;
    for (name, path) in named {
        match read(name, arguments, common, settings).and_then(|manifest| {
            write(&manifest, path, common)?;
            Ok(ending(&manifest, arguments))
        }) {
            Ok(ended) => code = code.max(ended),
            Err(trouble) if trouble.class == Class::Interrupted => return Err(trouble),
            Err(trouble) => {
                paint::say!("{}: not captured", paint::plain(name));
                paint::trouble(&trouble, common.color);
                code = code.max(trouble.class.exit_code());
            }
        }
    }
    Ok(code)
}

fn read(name: &str, arguments: &Capture, common: &Common, settings: &Settings) -> Result<Manifest, Box<Trouble>> {
    let wanted = dimensions(&arguments.dimension);
    let mut endpoint = wire::live_or_replay(name, settings, common, &wanted)?;
    endpoint.source.include_values(arguments.values);
    paint::notes(&endpoint.warnings, common.quiet);
    let progress = Line::new(common.quiet);
    wire::like(&mut endpoint.source, arguments.like.as_deref(), (settings, common), &wire::run(&progress, settings))?;
    manifest(&endpoint.source, &wire::run(&progress, settings))
}

/// Both parts, the measured one first: there is never a stable part without its measured one.
fn write(manifest: &Manifest, path: &Path, common: &Common) -> Result<(), Box<Trouble>> {
    output::folder_of(path)?;
    // A capture that finds nothing new leaves the committed file alone: no noise in version control.
    // What is no file has nothing to be compared with, and may never end.
    let old = path.is_file().then(|| std::fs::read(path).ok()).flatten();
    let unchanged = old.and_then(|old| file::stands_for(&old, manifest)) == Some(true);
    if !path.exists() || path.is_file() {
        output::file(&measured_path(path), &bytes(manifest, Part::Measured)?)?;
    }
    if !unchanged {
        output::file(path, &bytes(manifest, Part::Stable)?)?;
    }
    if !common.quiet {
        let state = if unchanged { "unchanged" } else { "written" };
        paint::say!("{}: {state}, {} objects, {} not visible", path.display(), manifest.objects().len(), manifest.gaps.len());
        paint::gaps(&manifest.gaps);
    }
    Ok(())
}

/// What was not visible stands in the manifest: whoever compares with it hears of it. 2 where that is not enough.
fn ending(manifest: &Manifest, arguments: &Capture) -> u8 {
    if arguments.strict && !manifest.gaps.is_empty() { 2 } else { 0 }
}

fn bytes(manifest: &Manifest, part: Part) -> Result<Vec<u8>, Box<Trouble>> {
    file::write(manifest, part)
        .map_err(|error| Box::new(Trouble::new(Class::Internal, "the manifest cannot be written as JSON").found(error.to_string())))
}

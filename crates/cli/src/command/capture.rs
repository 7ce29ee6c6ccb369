//! `evenkeel capture ENV`: the environment as a manifest, stable part and measured part apart.

use super::{Outcome, dimensions, output};
use crate::args::{Capture, Common};
use crate::paint::{self, progress::Line};
use crate::{settings, signals, wire};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::file::{self, Part};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::Watch;
use evenkeel_pipeline::capture::{manifest, measured_path};

pub fn run(arguments: &Capture, common: &Common) -> Outcome {
    let loaded = settings::load(common.config.as_deref())?;
    let wanted = dimensions(&arguments.dimension);
    let mut endpoint = wire::live(&arguments.environment, &loaded.settings, common, &wanted)?;
    endpoint.source.include_values(arguments.values);
    paint::notes(loaded.settings.notes.iter().chain(&endpoint.warnings), common.quiet);
    let progress = Line::new(common.quiet);
    let manifest = manifest(&endpoint.source, &Watch { watcher: &progress, stop: signals::stop() })?;
    drop(progress);
    let stable = bytes(&manifest, Part::Stable)?;
    let Some(path) = &arguments.out else {
        output::write(&stable, None)?;
        return Ok(told(&manifest));
    };
    // A capture that finds nothing new leaves the committed file alone: no noise in version control.
    let unchanged = std::fs::read(path).ok().and_then(|old| file::stands_for(&old, &manifest)) == Some(true);
    if !unchanged {
        output::file(path, &stable)?;
    }
    output::file(&measured_path(path), &bytes(&manifest, Part::Measured)?)?;
    if !common.quiet {
        let state = if unchanged { "unchanged" } else { "written" };
        paint::say!("{}: {state}, {} objects, {} not visible", path.display(), manifest.objects().len(), manifest.gaps.len());
        paint::gaps(&manifest.gaps);
    }
    Ok(told(&manifest))
}

/// 2 where something asked for was not visible.
fn told(manifest: &Manifest) -> u8 {
    if manifest.gaps.is_empty() { 0 } else { 2 }
}

fn bytes(manifest: &Manifest, part: Part) -> Result<Vec<u8>, Box<Trouble>> {
    file::write(manifest, part)
        .map_err(|error| Box::new(Trouble::new(Class::Internal, "the manifest cannot be written as JSON").found(error.to_string())))
}

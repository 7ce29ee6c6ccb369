//! `evenkeel grants ENV`: the script that makes a role able to capture everything.

use super::{Outcome, output};
use crate::args::{Common, Grants};
use crate::{paint, settings, signals, wire};
use evenkeel_core::kind::Dimension;
use evenkeel_core::port::Watch;

pub fn run(arguments: &Grants, common: &Common) -> Outcome {
    let loaded = settings::load(common.config.as_deref())?;
    let endpoint = wire::live(&arguments.environment, &loaded.settings, common, &Dimension::ALL)?;
    paint::notes(loaded.settings.notes.iter().chain(&endpoint.warnings), common.quiet);
    let script = endpoint.source.grants(arguments.role.as_deref(), &Watch { stop: signals::stop(), ..Watch::none() })?;
    output::write(script.as_bytes(), None)?;
    Ok(0)
}

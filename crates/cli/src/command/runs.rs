//! `evenkeel runs`: what was run on environments from here, as the journal has it.

use super::{Outcome, migrations, output};
use crate::args::{Common, ListFormat, Runs};
use crate::{settings, store};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_report::history::{Form, runs as report};

pub fn run(arguments: &Runs, common: &Common) -> Outcome {
    let loaded = settings::load(common.config.as_deref())?;
    let store = store::open(&loaded.settings)?;
    let entries = match arguments.number {
        Some(number) => vec![store.run(number)?.ok_or_else(|| {
            let trouble = Trouble::new(Class::Usage, format!("there is no run {number}"));
            Box::new(trouble.expected("a number that evenkeel runs lists").found(format!("none in {}", store.describe())))
        })?],
        None => store.runs(arguments.environment.as_deref(), arguments.most)?,
    };
    let form = match arguments.format {
        ListFormat::Terminal => Form::Terminal,
        ListFormat::Json => Form::Json,
    };
    let bytes = report(&entries, arguments.number.is_some(), form, &migrations::style(common, true));
    output::write(&bytes.map_err(|fault| Box::new(migrations::fault_words(&fault)))?, None)?;
    Ok(0)
}

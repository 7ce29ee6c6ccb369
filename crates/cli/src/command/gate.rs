//! `evenkeel gate ENV`: whether the next stage may go on, as an exit code. Neighbours: `listen`, the same over HTTP; `passage`, what is asked.

use super::passage::Asked;
use super::{Outcome, listen, migrations, output};
use crate::args::{Common, Gate as Arguments, ListingFormat};
use crate::paint::{self, progress::Line};
use crate::{settings, store, wire};
use evenkeel_core::deployment::Passage;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_pipeline::gate as stage;
use evenkeel_report::deployment as report;

pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    let loaded = settings::load(common.config.as_deref())?;
    let settings = &loaded.settings;
    if let Some(address) = arguments.listen {
        return listen::run(address, arguments, settings, common);
    }
    let Some(typed) = arguments.environment.as_deref() else {
        return Err(Box::new(Trouble::new(Class::Usage, "no environment is named").fix("evenkeel gate ENV")));
    };
    let store = store::open(settings)?;
    let asked = Asked::of(typed, settings, common)?;
    paint::notes(settings.notes.iter().chain(&asked.endpoint.warnings), common.quiet);
    let progress = Line::new(common.quiet);
    let passage = stage::run(&asked.endpoint.source, &asked.question(&*store, None), &wire::run(&progress, settings));
    drop(progress);
    let (passage, trouble) = match passage {
        Ok(passage) => (passage, None),
        // On a terminal the failure itself is enough.
        Err(trouble)
            if matches!(trouble.class, Class::Unreachable | Class::CouldNotTell) && arguments.format != ListingFormat::Terminal =>
        {
            let target = asked.endpoint.source.label().to_owned();
            (Passage { fault: Some(trouble.class), ..stage::untold(asked.name, target, store::now(), &trouble.to_string()) }, Some(trouble))
        }
        Err(trouble) => return Err(trouble),
    };
    let style = migrations::style(common, true);
    let bytes = report::passage(&passage, arguments.format.into(), &style).map_err(|fault| Box::new(migrations::fault_words(&fault)))?;
    output::write(&bytes, None)?;
    trouble.map_or(Ok(passage.exit_code()), Err)
}

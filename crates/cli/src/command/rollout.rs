//! `evenkeel rollout ENV`: traffic in stages. Neighbour: `pipeline/rollout`, which moves it; here is what is asked of whoever types it.

use super::notify::Told;
use super::passage::Asked;
use super::{Outcome, apply, migrations, output};
use crate::args::{Common, Rollout as Arguments};
use crate::paint::{self, progress::Line};
use crate::{settings, store, wire};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::gate::Tier;
use evenkeel_pipeline::rollout::{self as stage, Order};
use evenkeel_report::deployment as report;

pub fn run(arguments: &Arguments, common: &Common) -> Outcome {
    let loaded = settings::load(common.config.as_deref())?;
    let settings = &loaded.settings;
    let (name, configured) = wire::by_name(&arguments.environment, settings, "add it to evenkeel.toml, and type its name")?;
    let Some(rollout) = &settings.rollout else {
        let trouble =
            Trouble::new(Class::Configuration, "nobody is named who moves traffic").expected("[rollout] in evenkeel.toml").found("none");
        return Err(Box::new(trouble.fix("docs/guide/rollout.md has examples; where another engine moves it: evenkeel gate")));
    };
    let shifter = rollout.shifter(name, &wire::console)?;
    let hooks = Told::of("rollout", name, settings)?;
    if configured.tier == Some(Tier::Production) && !arguments.yes {
        apply::confirmed(name, &configured.origin, "add --yes")?;
    }
    if arguments.give_up && !arguments.yes {
        let asked = (name, "may have traffic that nobody takes back then", "leave it where it is");
        apply::typed_again(asked, "flag --give-up", "add --yes, once evenkeel status says what is left")?;
    }
    let store = store::seen(settings, common)?;
    let asked = Asked::of(name, settings, common)?;
    paint::notes(settings.notes.iter().chain(&asked.endpoint.warnings), common.quiet);
    let progress = Line::new(common.quiet);
    let (by, owner) = (store::user(), store::owner());
    // In one line: it stands in other verbs' sentences.
    let reason = arguments.reason.as_deref().map(|reason| reason.split_whitespace().collect::<Vec<_>>().join(" "));
    let order = Order {
        shifter: &*shifter,
        stages: &rollout.stages,
        watch: rollout.watch,
        limit: rollout.limit,
        by: &by,
        owner: &owner,
        reason: reason.as_deref(),
        is_back: arguments.back,
        gives_up: arguments.give_up,
        anew: arguments.anew,
    };
    let rolled = stage::run(&asked.endpoint.source, &asked.question(&*store, None), &order, &wire::run(&progress, settings));
    drop(progress);
    let rolled = rolled.map_err(|trouble| hooks.failed(trouble))?;
    let style = migrations::style(common, true);
    let bytes = report::rolled(&rolled, arguments.format.into(), &style);
    let written = output::told(&bytes.map_err(|fault| Box::new(migrations::fault_words(&fault)))?, None);
    let code = rolled.exit_code();
    hooks.tell(&rolled.line(), code, rolled.run);
    written?;
    Ok(code)
}

//! `evenkeel deploy` and `rollback`, of one environment or of several that are named or left out: each by itself, from the state that it
//! is in. Neighbour: `deploy`, which does it for one.

use super::deploy::{How, deployed, shown};
use super::notify::Told;
use super::returning::Rehearsed;
use super::{Outcome as Ended, migrations, output};
use crate::args::{Chosen, Common, Deploy, Rollback, Running};
use crate::settings::Settings;
use crate::{settings, signals, wire};
use evenkeel_core::deployment::Outcome;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_pipeline::deploy::back::Back;
use evenkeel_report::deployment::{self as report, Member};

pub fn deploy(arguments: &Deploy, common: &Common) -> Ended {
    let how = (None, arguments.with.as_deref());
    match &arguments.chosen.environment {
        Some(environment) => shown(environment, &arguments.running, how, common),
        None => run("deploy", &arguments.chosen, &arguments.running, &how, common),
    }
}

pub fn back(arguments: &Rollback, common: &Common) -> Ended {
    let back = Back { to: arguments.to.clone(), accept: arguments.accept_loss };
    match &arguments.chosen.environment {
        Some(environment) => shown(environment, &arguments.running, (Some(back), None), common),
        None => run("rollback", &arguments.chosen, &arguments.running, &(Some(back), None), common),
    }
}

/// The environments that are meant, in the order in which they are configured: each by its name in full, or all but some.
///
/// # Errors
/// A name is none; none is left.
fn chosen(chosen: &Chosen, settings: &Settings) -> Result<Vec<String>, Box<Trouble>> {
    for name in chosen.only.iter().chain(&chosen.except) {
        wire::by_name(name, settings, "add it to evenkeel.toml, and type its name")?;
    }
    let is_meant = |name: &str| match chosen.only.as_slice() {
        [] => !chosen.except.iter().any(|one| one == name),
        only => only.iter().any(|one| one == name),
    };
    let names: Vec<String> = settings.in_order().into_iter().map(|(name, _)| name.to_owned()).filter(|name| is_meant(name)).collect();
    if names.is_empty() {
        let trouble = Trouble::new(Class::Usage, "no environment is left").origin("flag --except").expected("one at least");
        return Err(Box::new(trouble.found("all that are configured are left out").fix("leave a name out of --except")));
    }
    Ok(names)
}

/// One after the other. A deployment that does not come to its end is the last; ways back are taken all the same, and so are plans.
fn run(verb: &'static str, meant: &Chosen, arguments: &Running, (back, with): &How<'_>, common: &Common) -> Ended {
    let Ok(form) = arguments.reported.format.form() else {
        let trouble = Trouble::new(Class::Usage, "such a report has no place for what was run").origin("flag --format");
        return Err(Box::new(trouble.expected("terminal, json or markdown").fix("leave --format out")));
    };
    let loaded = settings::load(common.config.as_deref())?;
    let names = chosen(meant, &loaded.settings)?;
    let goes_on = arguments.plan || back.is_some();
    let rehearsed = Rehearsed::default();
    let mut members: Vec<(String, Member)> = Vec::new();
    for name in names {
        let is_over = !goes_on && members.iter().any(|(_, member)| member.exit_code() != 0);
        if is_over || signals::stop().is_requested() {
            members.push((name, Member::NotBegun));
            continue;
        }
        let told = if arguments.plan { Told::nobody(verb, &name) } else { Told::of(verb, &name, &loaded.settings)? };
        let member = match deployed(&name, arguments, (back.clone(), *with), &rehearsed, common) {
            Ok(deployed) => {
                let run = match &deployed.outcome {
                    Outcome::Ran { entry, .. } => Some(entry.number),
                    Outcome::Nothing | Outcome::Planned | Outcome::Refused => None,
                };
                told.tell(&report::verdict_line(&deployed), deployed.exit_code, run);
                Member::Told(Box::new(deployed))
            }
            Err(trouble) => {
                let trouble = told.failed(trouble);
                Member::Fault { code: trouble.class.exit_code(), words: trouble.to_string() }
            }
        };
        members.push((name, member));
    }
    let style = migrations::style(common, arguments.reported.out.is_none());
    let (bytes, code) = report::fleet(verb, &members, form, &style).map_err(|fault| Box::new(migrations::fault_words(&fault)))?;
    output::told(&bytes, arguments.reported.out.as_deref())?;
    Ok(if signals::stop().is_requested() { Class::Interrupted.exit_code() } else { code })
}

//! `evenkeel history ENV --repair --apply`: a repair, run where it counts. Neighbour: `pipeline/history/apply`, which runs it; here is
//! what is asked of whoever types it.

use super::history::{Asked, Written, asked, repairing};
use super::{Outcome, migrations, output};
use crate::args::{Common, History};
use crate::{store, wire};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::gate::Tier;
use evenkeel_pipeline::history::{self as stage, Applied, Order, Outcome as Came};
use evenkeel_report::history as report;
use std::io::{IsTerminal, Write};

pub fn run(arguments: &History, common: &Common) -> Outcome {
    let (bytes, code) = told(arguments, common)?;
    output::told(&bytes, arguments.out.as_deref())?;
    Ok(code)
}

/// Runs it, and what is to be printed of that.
///
/// # Errors
/// It is refused before anything is judged, or the environment cannot be read.
pub fn told(arguments: &History, common: &Common) -> Result<(Vec<u8>, u8), Box<Trouble>> {
    let Ok(form) = arguments.format.form() else {
        let trouble = Trouble::new(Class::Usage, "such a report has no place for what was run").origin("flag --format");
        return Err(Box::new(trouble.expected("terminal, json or markdown").fix("leave --format out")));
    };
    let (applied, written) = asked(arguments, common, |asked| applied(arguments, common, asked))?;
    let (refused, entry, stopped) = match &applied.outcome {
        Came::Nothing => (&[][..], None, None),
        Came::Refused(why) => (why.as_slice(), None, None),
        Came::Ran { entry, stopped } => (&[][..], Some(&**entry), stopped.as_deref()),
    };
    let shown = report::Applied {
        refused,
        entry,
        stopped,
        notes: &applied.notes,
        is_judged: applied.after.is_some(),
        left_out: written.left_out(),
        exit_code: applied.exit_code,
    };
    let history = applied.after.as_ref().unwrap_or(&applied.before);
    let style = migrations::style(common, arguments.out.is_none());
    let bytes = report::applied(history, &written.shown(), &shown, form, &style);
    Ok((bytes.map_err(|fault| Box::new(migrations::fault_words(&fault)))?, applied.exit_code))
}

/// Runs it, once everything is there that it takes.
fn applied(arguments: &History, common: &Common, asked: &Asked<'_>) -> Result<(Applied, Written), Box<Trouble>> {
    let Some(course) = arguments.repair else { return Err(Box::new(Trouble::new(Class::Internal, "nothing is to be applied"))) };
    let fix = "add it to evenkeel.toml, and type its name: evenkeel history NAME --repair --apply";
    let (name, configured) = wire::by_name(&arguments.environment, asked.settings, fix)?;
    let Some(snapshot) = arguments.snapshot_taken.as_deref() else {
        let trouble = Trouble::new(Class::Usage, format!("nothing is written to {name} without a way back"));
        return Err(Box::new(
            trouble
                .expected("--snapshot-taken REFERENCE: what you call the snapshot or backup that you took")
                .found("nothing")
                .fix(format!("take one, and name it: evenkeel history {name} --repair --apply --snapshot-taken REFERENCE")),
        ));
    };
    if configured.tier == Some(Tier::Production) && !arguments.yes {
        confirmed(name, &configured.origin, "add --yes, once you have read what --repair prints")?;
    }
    let store = store::seen(asked.settings, asked.common)?;
    let (by, owner) = (store::user(), store::owner());
    let locked = match store::asking(&*store, name)?.with(&asked.source.parity(asked.run)?) {
        Ok(locked) => {
            let held = locked.filter(|asked| !asked.is_expired());
            held.map(|asked| format!("{}; {}; fix: {}", asked.lock.words(), asked.kept, asked.remedy()))
        }
        Err(why) => Some(format!("whether it is locked could not be told: {why}")),
    };
    let order = Order {
        locked: locked.as_deref(),
        store: &*store,
        environment: name,
        by: &by,
        owner: &owner,
        is_there: &store::is_there,
        snapshot,
        reason: arguments.reason.as_deref(),
        allow_destructive: arguments.allow_destructive,
        patience: common.lock_timeout,
    };
    let Asked { source, wanted, means, run, .. } = asked;
    let applied = stage::apply(source, wanted, means, run, repairing(arguments, course), &order)?;
    let written = Written::of(applied.repair.clone(), &applied.before, arguments.allow_destructive)?;
    Ok((applied, written))
}

/// Asks whoever sits there to type the name of an environment of tier production once more.
pub(super) fn confirmed(name: &str, origin: &str, fix: &str) -> Result<(), Box<Trouble>> {
    typed_again((name, "is of tier production", "write to it"), origin, fix)
}

/// Asks whoever sits there to type a name once more: of what that is, and what is done then.
pub(super) fn typed_again((name, is, to): (&str, &str, &str), origin: &str, fix: &str) -> Result<(), Box<Trouble>> {
    let refused = |found: &str| {
        let trouble = Trouble::new(Class::Usage, format!("{name} {is}, and nobody said yes"));
        let trouble = trouble.expected("--yes, or the name typed once more on a terminal").found(found).origin(origin.to_owned());
        Err(Box::new(trouble.fix(fix)))
    };
    if !std::io::stdin().is_terminal() {
        return refused("neither");
    }
    // Nothing can be done about a stderr that is gone.
    let _ = write!(std::io::stderr().lock(), "{name} {is}. Type its name to {to}: ").and_then(|()| std::io::stderr().flush());
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    if read.is_ok() && line.trim_end_matches(['\r', '\n']) == name { Ok(()) } else { refused("something else") }
}

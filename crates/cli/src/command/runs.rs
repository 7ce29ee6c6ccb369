//! `evenkeel runs`: what was run on environments, as the journal has it; the same into a file; and what is old, removed.

use super::{Outcome, migrations, output};
use crate::args::{Common, ListFormat, Runs};
use crate::{paint, settings, signals, store};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Pruned, Store};
use evenkeel_report::Fault;
use evenkeel_report::history::{self as report, Form};
use std::path::Path;
use std::time::Duration;

pub fn run(arguments: &Runs, common: &Common) -> Outcome {
    let loaded = settings::load(common.config.as_deref())?;
    let store = store::open(&loaded.settings)?;
    if let Some(path) = &arguments.export {
        return export(&*store, path, arguments.environment.as_deref(), common);
    }
    if let Some(typed) = arguments.prune {
        let keep = loaded.settings.keep;
        let age = typed.or(keep).ok_or_else(|| {
            let trouble = Trouble::new(Class::Usage, "nothing says how old what is removed has to be").origin("flag --prune");
            Box::new(trouble.expected("--prune AGE, or keep under [store]").found("neither").fix("--prune 365d"))
        })?;
        return prune(&*store, age);
    }
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
    let bytes = report::runs(&entries, arguments.number.is_some(), form, &migrations::style(common, true)).map_err(words)?;
    output::write(&bytes, None)?;
    Ok(0)
}

fn words(fault: Fault) -> Box<Trouble> {
    Box::new(migrations::fault_words(&fault))
}

/// So many runs are read at once.
const AT_ONCE: u32 = 50;

/// Writes all of it, or of one environment, as it is read.
fn export(store: &dyn Store, path: &Path, environment: Option<&str>, common: &Common) -> Outcome {
    let is_meant = |name: &str| environment.is_none_or(|only| only == name);
    let mut count = 0_u64;
    output::piecewise(path, "flag --export", |pieces| {
        let mut last = 0;
        loop {
            signals::stop().check()?;
            let entries = store.after(last, AT_ONCE)?;
            let Some(newest) = entries.last() else { break };
            last = newest.number;
            for entry in entries.iter().filter(|entry| is_meant(&entry.intention.environment)) {
                pieces(&report::run_line_of(entry).map_err(words)?)?;
                count += 1;
            }
        }
        for name in store.environments()?.iter().filter(|name| is_meant(name)) {
            signals::stop().check()?;
            if let Some(halt) = store.halted(name)? {
                pieces(&report::halt_line(&halt).map_err(words)?)?;
            }
            for lock in store.locks(name, u32::MAX)? {
                pieces(&report::lock_line(&lock).map_err(words)?)?;
            }
            for verification in store.verifications(name, u32::MAX)? {
                pieces(&report::verification_line(&verification).map_err(words)?)?;
            }
            for kept in store.kept(name, u32::MAX)? {
                pieces(&report::evidence_line(&kept).map_err(words)?)?;
            }
        }
        Ok(())
    })?;
    if !common.quiet {
        paint::say!("{}: {count} runs of {}", path.display(), store.describe());
    }
    Ok(0)
}

/// Removes what is older than that.
fn prune(store: &dyn Store, age: Duration) -> Outcome {
    let before = store::now().checked_sub(age).map_err(|_| {
        let trouble = Trouble::new(Class::Usage, "so long ago there was nothing").origin("flag --prune");
        Box::new(trouble.expected("a length of time such as 365d").fix("--prune 365d"))
    })?;
    let Pruned { runs, evidence, locks, verifications } = store.prune(&before.to_string())?;
    let line = format!(
        "removed from {}, of before {before}: {runs} runs, {evidence} of evidence, {locks} locks that were taken away, {verifications} verifications\n",
        store.describe()
    );
    output::told(line.as_bytes(), None)?;
    Ok(0)
}

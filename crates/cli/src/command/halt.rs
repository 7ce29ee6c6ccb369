//! Halting an environment and letting it go (the verb history with --halt and with --resume). Neighbour: `pipeline/halt`, which judges.

use super::{Outcome, output};
use crate::args::{Common, History};
use crate::paint::{self, progress::Line};
use crate::settings::Settings;
use crate::{settings, store, wire};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Halt, Limits};
use evenkeel_pipeline::halt;

/// Sets the mark.
pub fn halt(arguments: &History, reason: &str, common: &Common) -> Outcome {
    let loaded = settings::load(common.config.as_deref())?;
    let name = configured(arguments, &loaded.settings)?;
    let store = store::open(&loaded.settings)?;
    let now = jiff::Timestamp::now();
    let since = now.round(jiff::Unit::Second).unwrap_or(now).to_string();
    // In one line: it stands in other verbs' sentences.
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some(halt) = store.halted(name)? {
        said(&format!("{}: that stands, and the new reason is not kept\n", halt.words()))?;
        return Ok(1);
    }
    store.halt(&Halt { environment: name.to_owned(), since, by: store::user(), reason })?;
    let Some(halt) = store.halted(name)? else {
        return Err(Box::new(Trouble::new(Class::Internal, "the mark that was just set is not there").found(store.describe())));
    };
    // The first word stands.
    let seen = if store.is_shared() { ", where everybody sees it who uses that store" } else { ": who uses another store does not see it" };
    said(&format!("{}\nkept in {}{seen}\n", halt.words(), store.describe()))
}

/// Takes it away, if the server is seen to be well.
pub fn resume(arguments: &History, common: &Common) -> Outcome {
    let loaded = settings::load(common.config.as_deref())?;
    let name = configured(arguments, &loaded.settings)?;
    let store = store::open(&loaded.settings)?;
    let Some(halt) = store.halted(name)? else {
        return said(&format!("{name} is not halted in {}\n", store.describe()));
    };
    let endpoint = wire::live(name, &loaded.settings, common, &[])?;
    let limits = Limits { statement_timeout: common.statement_timeout, lock_timeout: common.lock_timeout, ..Limits::default() };
    let progress = Line::new(common.quiet);
    let looked = halt::look(&endpoint.source, arguments.over, arguments.idle, &limits, &wire::run(&progress, &loaded.settings));
    drop(progress);
    let seen = looked?;
    let mut text: String = seen.seen.iter().map(|words| format!("· {words}\n")).collect();
    if !seen.against.is_empty() {
        text.extend(seen.against.iter().map(|words| format!("× {words}\n")));
        text.push_str(&format!("{}: it stays so\n", halt.words()));
        said(&text)?;
        return Ok(1);
    }
    store.resume(name)?;
    text.push_str(&format!("{name} is halted no more; it was since {} by {}: {}\n", halt.since, halt.by, halt.reason));
    said(&text)
}

fn said(text: &str) -> Outcome {
    let lines: Vec<String> = text.lines().map(paint::plain).collect();
    output::write(format!("{}\n", lines.join("\n")).as_bytes(), None)?;
    Ok(0)
}

/// A mark is kept under the name that everybody calls the environment by.
fn configured<'a>(arguments: &'a History, settings: &Settings) -> Result<&'a str, Box<Trouble>> {
    let name = arguments.environment.as_str();
    if settings.environments.contains_key(name) {
        return Ok(name);
    }
    let trouble = Trouble::new(Class::Usage, format!("{:?} is no configured environment", paint::scrub(name)));
    Err(Box::new(
        trouble.expected(wire::known(settings)).found("a text that is none of them").fix("configure it in evenkeel.toml, and name it so"),
    ))
}

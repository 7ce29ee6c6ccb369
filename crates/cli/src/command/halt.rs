//! Halting an environment and letting it go (the verb history with --halt and with --resume). Neighbour: `pipeline/halt`, which judges.

use super::{Outcome, output};
use crate::args::{Common, History};
use crate::paint::{self, progress::Line};
use crate::settings::Settings;
use crate::{settings, store, wire};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Halt, Limits, Silent, Store};
use evenkeel_pipeline::halt;
use evenkeel_pipeline::register::Written;

/// Sets the mark.
pub fn halt(arguments: &History, reason: &str, common: &Common) -> Outcome {
    let loaded = settings::load(common.config.as_deref())?;
    let name = configured(arguments, &loaded.settings)?;
    let store = store::open(&loaded.settings)?;
    let now = jiff::Timestamp::now();
    let since = now.round(jiff::Unit::Second).unwrap_or(now).to_string();
    // In one line: it stands in other verbs' sentences.
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    let stood = store.halted(name)?;
    store.halt(&Halt { environment: name.to_owned(), since, by: store::user(), reason })?;
    let Some(halt) = store.halted(name)? else {
        return Err(Box::new(Trouble::new(Class::Internal, "the mark that was just set is not there").found(store.describe())));
    };
    // The first word stands. A server that is away is no reason not to halt.
    let written = kept(name, Some(&halt), &*store, (&loaded.settings, common));
    let seen = match written {
        Ok(Written::There) => " and in the database itself, where every machine sees it".to_owned(),
        Ok(Written::Nowhere) => format!(" alone{}", who(&*store)),
        Ok(Written::Not(why)) => format!(" alone{}; it could not be kept in the database itself: {why}", who(&*store)),
        Ok(Written::Refused(gate)) => {
            let again = "once that has ended, the same command writes it there too";
            format!(" alone{}; it could not be kept in the database itself: {}: {again}", who(&*store), gate.found)
        }
        Err(trouble) => format!(" alone{}; it could not be kept in the database itself: {trouble}", who(&*store)),
    };
    let refused = if stood.is_some() { ": that stands, and the new reason is not kept" } else { "" };
    said(&format!("{}{refused}\nkept in {}{seen}\n", halt.words(), store.describe()))?;
    Ok(u8::from(stood.is_some()))
}

/// Who sees what stands in the store alone.
fn who(store: &dyn Store) -> &'static str {
    if store.is_shared() { ", where everybody sees it who uses that store" } else { ": who uses another store does not see it" }
}

/// Writes it into the environment itself, or takes it away there.
fn kept(name: &str, halt: Option<&Halt>, store: &dyn Store, (settings, common): (&Settings, &Common)) -> Result<Written, Box<Trouble>> {
    let endpoint = wire::live(name, settings, common, &[])?;
    let (by, owner) = (store::user(), store::owner());
    let order = halt::Order { store, environment: name, by: &by, owner: &owner, is_there: &store::is_there, limits: limits(common) };
    halt::keep(&endpoint.source, halt, &order, &wire::run(&Silent, settings))
}

fn limits(common: &Common) -> Limits {
    Limits { statement_timeout: common.statement_timeout, lock_timeout: common.lock_timeout, ..Limits::default() }
}

/// Takes it away, if the server is seen to be well.
pub fn resume(arguments: &History, common: &Common) -> Outcome {
    let loaded = settings::load(common.config.as_deref())?;
    let settings = &loaded.settings;
    let name = configured(arguments, settings)?;
    // What another machine wrote into the database counts too.
    let store = store::seen(settings, common)?;
    let Some(halt) = store.halted(name)? else {
        return said(&format!("{name} is halted neither in {} nor in the database itself\n", store.describe()));
    };
    let endpoint = wire::live(name, settings, common, &[])?;
    let progress = Line::new(common.quiet);
    let looked = halt::look(&endpoint.source, arguments.over, arguments.idle, &limits(common), &wire::run(&progress, settings));
    drop(progress);
    let seen = looked?;
    let mut text: String = seen.seen.iter().map(|words| format!("· {words}\n")).collect();
    let mut against = seen.against;
    if against.is_empty() {
        // First where every machine sees it: a store that says no more is not contradicted by the next one.
        match kept(name, None, &*store, (settings, common))? {
            Written::There | Written::Nowhere => {}
            Written::Not(why) => against.push(format!("it cannot be taken away in the database itself: {why}")),
            Written::Refused(gate) => against.push(format!("it cannot be taken away in the database itself: {}", gate.found)),
        }
    }
    if !against.is_empty() {
        text.extend(against.iter().map(|words| format!("× {words}\n")));
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

//! How environments stand: the public JSON, and how a person sees it.

use super::locking::{ToldLock, told_lock};
use super::{BAD, DIM, GOOD, SCHEMA_VERSION, UNKNOWN, json};
use crate::Fault;
use crate::format::Style;
use crate::page::Page;
use anstyle::Style as Paint;
use evenkeel_core::deployment::{Standing, Status};
use schemars::JsonSchema;
use serde::Serialize;

/// What `status` says. Moments are as RFC 3339 has them, in UTC.
#[derive(Debug, Serialize, JsonSchema)]
struct ToldStatus {
    schema_version: u32,
    /// By what was done from here; no server is asked.
    environments: Vec<ToldEnvironment>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ToldEnvironment {
    environment: String,
    /// `HALTED`, `LOCKED`, `VALIDATED`, `VERIFIED`, `ROLLED_BACK`, `ROLLING_OUT`, `rehearsed` (locks and time were not measured),
    /// `deployed`, `stopped`, `at work`, `unwatched` (traffic is where a run that is gone has left it) or `nothing known`.
    state: &'static str,
    since: Option<String>,
    words: String,
    /// The parity lock, as long as nobody took it away; null where there is none.
    lock: Option<ToldLock>,
    /// Backfills that were begun and are not complete.
    backfills: Vec<ToldStanding>,
    /// The window after the last deployment that it is in; null where nothing is watched.
    window: Option<ToldWindow>,
    /// What has to be done, the earliest first.
    due: Vec<ToldDue>,
    /// What should be done now; null where nothing is.
    overdue: Option<String>,
    /// Why nobody can tell what is due; null where that is known.
    untold: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ToldStanding {
    /// As it is configured.
    name: String,
    /// Its last run, and who typed it.
    run: u32,
    by: String,
    /// `at work`, `stopped`, or `unknown` where nobody can tell whether its process is there still.
    state: &'static str,
    since: String,
    /// What is in, and why it stopped.
    words: String,
    /// How it is gone on with; null while it is at work.
    next: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ToldWindow {
    name: String,
    /// Null where it has no end.
    until: Option<String>,
    /// What may happen in it.
    may: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ToldDue {
    what: String,
    by: String,
    overdue: bool,
}

/// The JSON schema of that, as published in `docs/reference`.
#[must_use]
pub fn status_schema() -> (&'static str, schemars::Schema) {
    let mut schema = schemars::schema_for!(ToldStatus);
    schema.insert("title".to_owned(), "evenkeel status".into());
    ("status", schema)
}

/// How environments stand.
///
/// # Errors
/// It cannot be written as JSON.
pub fn status(all: &[Status], is_json: bool, style: &Style) -> Result<Vec<u8>, Fault> {
    if is_json {
        return json(&ToldStatus { schema_version: SCHEMA_VERSION, environments: all.iter().map(told).collect() });
    }
    let mut page = Page { style, text: String::new() };
    for status in all {
        let since = status.since.as_ref().map(|since| format!(" since {since}")).unwrap_or_default();
        let paint = match (&status.overdue, &status.untold, status.state) {
            (Some(_), ..) => BAD,
            (None, Some(_), _) | (None, None, "nothing known") => UNKNOWN,
            (None, None, _) => GOOD,
        };
        page.wrapped(&format!("{}: {}{since}", status.environment, status.state), "", paint);
        page.wrapped(&status.words, "  ", DIM);
        if let Some(asked) = status.lock.as_ref().filter(|asked| asked.is_expired()) {
            page.wrapped(&format!("{}; {}", asked.expired(), asked.kept), "  ", DIM);
        }
        for standing in &status.backfills {
            let paint = if standing.is_there == Some(true) { Paint::new() } else { UNKNOWN };
            page.wrapped(&standing.line(), "  ", paint);
            if let Some(next) = standing.next.as_ref().filter(|_| standing.is_there == Some(false)) {
                page.wrapped(&format!("{next} goes on"), "    ", Paint::new());
            }
        }
        if let Some(window) = &status.window {
            let until = window.until.as_ref().map(|until| format!(" ({until})")).unwrap_or_default();
            page.wrapped(&format!("now, {}{until}: {}", window.name, window.may), "  ", Paint::new());
        }
        for due in status.due.iter().filter(|due| !due.is_overdue) {
            page.wrapped(&format!("due {}: {}", due.by, due.what), "  ", Paint::new());
        }
        if let Some(untold) = &status.untold {
            page.wrapped(&format!("what is due could not be told: {untold}"), "  ", Paint::new());
        }
        if let Some(overdue) = &status.overdue {
            page.wrapped(&format!("overdue: {overdue}"), "  ", Paint::new());
        }
        let more = status.due.iter().filter(|due| due.is_overdue).map(|due| format!("{}, due {}", due.what, due.by));
        for more in more.filter(|more| Some(more) != status.overdue.as_ref()) {
            page.wrapped(&format!("overdue: {more}"), "  ", Paint::new());
        }
    }
    Ok(page.text.into_bytes())
}

fn told(status: &Status) -> ToldEnvironment {
    ToldEnvironment {
        environment: status.environment.clone(),
        state: status.state,
        since: status.since.clone(),
        words: status.words.clone(),
        lock: status.lock.as_ref().map(|asked| told_lock(&asked.lock, asked.is_expired())),
        backfills: status.backfills.iter().map(standing).collect(),
        window: status.window.as_ref().map(|window| ToldWindow { name: window.name.clone(), until: window.until.clone(), may: window.may }),
        due: status.due.iter().map(|due| ToldDue { what: due.what.clone(), by: due.by.clone(), overdue: due.is_overdue }).collect(),
        overdue: status.overdue.clone(),
        untold: status.untold.clone(),
    }
}

fn standing(one: &Standing) -> ToldStanding {
    let state = match one.is_there {
        Some(true) => "at work",
        Some(false) => "stopped",
        None => "unknown",
    };
    let Standing { name, run, by, since, words, next, .. } = one.clone();
    ToldStanding { name, run, by, state, since, words, next }
}

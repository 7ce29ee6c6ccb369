//! The history of one environment, what was read of a folder of migrations, what a build lacks, and what was run: their public JSON, and
//! how a person sees them.
//!
//! Lives here: layout and sentences. Does not live here: what is said (`core/history/told`).

mod data;
mod export;
mod journal;
mod json;
mod markdown;
mod preflight;
mod terminal;

pub use data::{Listed, ListedMigration, ListedStatement, Listing, NotUnderstood};
pub use export::{evidence_line, halt_line, lock_line, run_line_of, verification_line};
pub use journal::{Applied, run_line, runs};
pub(crate) use json::json;
pub use preflight::verdict_line as preflight_line;

use crate::Fault;
use crate::format::Style;
use crate::format::markdown::fenced;
use evenkeel_core::history::repair::{Course, Uncured};
use evenkeel_core::history::told::History;
use evenkeel_core::history::verdict::Verdict;
use evenkeel_core::preflight::Preflight;

/// Forms of such a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Terminal,
    Json,
    Markdown,
}

impl Form {
    pub const ALL: [Self; 3] = [Self::Terminal, Self::Json, Self::Markdown];

    /// The word that is typed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Json => "json",
            Self::Markdown => "markdown",
        }
    }
}

/// The JSON schemas of what these verbs print, as published in `docs/reference`: name of the verb, schema.
#[must_use]
pub fn json_schemas() -> [(&'static str, schemars::Schema); 4] {
    let titled = |verb: &'static str, mut schema: schemars::Schema| {
        schema.insert("title".to_owned(), format!("evenkeel {verb}").into());
        (verb, schema)
    };
    [
        titled("history", schemars::schema_for!(data::Told)),
        titled("migrations", schemars::schema_for!(Listing)),
        titled("preflight", schemars::schema_for!(preflight::Told)),
        titled("runs", schemars::schema_for!(journal::Runs)),
    ]
}

/// What makes record and schema agree, written down.
#[derive(Debug, Clone, Copy)]
pub struct Repaired<'a> {
    pub course: Course,
    pub is_whole: bool,
    pub proven_on: Option<&'a str>,
    /// What the tool itself said after it, or why nobody asked it.
    pub asked: Option<&'a str>,
    /// Why it is not proven, and what the trial showed.
    pub not_proven: &'a [String],
    /// The reasons of each block.
    pub blocks: &'a [Vec<String>],
    pub left: &'a [Uncured],
    /// What no migration explains and stays, in words.
    pub strays: &'a [String],
    pub script: &'a str,
}

/// The history of an environment; with what repairs it, where that was asked for: to a person that is the script, which a client runs.
///
/// # Errors
/// It cannot be written as JSON.
pub fn history(history: &History, repaired: Option<&Repaired<'_>>, form: Form, style: &Style) -> Result<Vec<u8>, Fault> {
    match (form, repaired) {
        (Form::Terminal, Some(repaired)) => Ok(repaired.script.as_bytes().to_vec()),
        (Form::Terminal, None) => Ok(terminal::history(history, style).into_bytes()),
        (Form::Json, _) => json::json(&data::of(history, repaired, None)),
        (Form::Markdown, None) => Ok(markdown::history(history).into_bytes()),
        (Form::Markdown, Some(repaired)) => {
            let lines: Vec<String> = repaired.script.lines().map(str::to_owned).collect();
            Ok(format!("{}\n{}", markdown::history(history), fenced("sql", &lines)).into_bytes())
        }
    }
}

/// A history with what came of running its repair: as it was judged last.
///
/// # Errors
/// It cannot be written as JSON.
pub fn applied(history: &History, repaired: &Repaired<'_>, applied: &Applied<'_>, form: Form, style: &Style) -> Result<Vec<u8>, Fault> {
    match form {
        Form::Json => json::json(&data::of(history, Some(repaired), Some(applied))),
        Form::Terminal => {
            let page = if applied.is_judged { format!("\n{}", terminal::history(history, style)) } else { String::new() };
            Ok(format!("{}{page}", journal::applied(&history.label, repaired, applied, style)).into_bytes())
        }
        Form::Markdown => {
            let lines: Vec<String> = journal::lines(&history.label, repaired, applied).into_iter().map(|(_, line)| line).collect();
            Ok(format!("{}\n{}", fenced("text", &lines).trim_end(), markdown::history(history)).into_bytes())
        }
    }
}

/// What was read of a folder.
///
/// # Errors
/// It cannot be written as JSON.
pub fn listing(listing: &Listing, form: Form, style: &Style) -> Result<Vec<u8>, Fault> {
    match form {
        Form::Terminal => Ok(terminal::listing(listing, style).into_bytes()),
        Form::Json => json::json(listing),
        Form::Markdown => Ok(markdown::listing(listing).into_bytes()),
    }
}

/// What a build needs and a target lacks.
///
/// # Errors
/// It cannot be written as JSON.
pub fn preflight(preflight: &Preflight, form: Form, style: &Style) -> Result<Vec<u8>, Fault> {
    match form {
        Form::Terminal => Ok(preflight::terminal(preflight, style).into_bytes()),
        Form::Json => json::json(&preflight::of(preflight)),
        Form::Markdown => Ok(preflight::markdown(preflight).into_bytes()),
    }
}

/// The verdict on a history in one line, as a person reads it aloud.
#[must_use]
pub fn verdict_line(history: &History) -> String {
    let head = match history.exit_code {
        0 => "record and schema agree",
        1 => "record and schema do not agree",
        _ => "could not tell",
    };
    let all: Vec<String> = if history.beside.is_empty() {
        vec![parts(history)]
    } else {
        history.all().map(|one| format!("{} ({}): {}", one.folder, one.tool, parts(one))).collect()
    };
    format!("{}: {head}: {}", history.label, all.join("; "))
}

/// What was found of one folder.
fn parts(history: &History) -> String {
    let of = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let words: Vec<String> = history.counts().into_iter().map(|(verdict, count)| format!("{count} {}", word(verdict))).collect();
    let mut parts = vec![if words.is_empty() { "no migration".to_owned() } else { words.join(", ") }];
    if !history.unexplained.is_empty() {
        parts.push(format!("{} that no migration explains", of(history.unexplained.len(), "thing", "things")));
    }
    if !history.in_flight.is_empty() {
        parts.push("a deploy in flight".to_owned());
    }
    if !history.gaps.is_empty() {
        parts.push(format!("{} could not be told", of(history.gaps.len(), "thing", "things")));
    }
    parts.join(" · ")
}

/// The verdict with what kind of edit it is.
fn word(verdict: Verdict) -> String {
    match verdict.edit() {
        Some(edit) => format!("{} ({edit})", verdict.name()),
        None => verdict.name().to_owned(),
    }
}

//! `evenkeel diagnose [ENV] [FILE]`: an error's text explained.

use super::{Outcome, output};
use crate::args::{Common, Diagnose, ListFormat};
use crate::paint::{self, progress::Line};
use crate::{settings, wire};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::Limits;
use evenkeel_pipeline::capture::Source;
use evenkeel_pipeline::diagnose::{self, Explained};
use serde::Serialize;
use std::fmt::Write as _;
use std::io::Read;

/// The most of a log that is read, in bytes.
const LARGEST: u64 = 64 << 20;

pub fn run(arguments: &Diagnose, common: &Common) -> Outcome {
    let loaded = settings::load(common.config.as_deref())?;
    let (environments, files): (Vec<&String>, Vec<&String>) =
        arguments.arguments.iter().partition(|word| wire::is_environment(word, &loaded.settings));
    if environments.len() > 1 || files.len() > 1 {
        return Err(Box::new(
            Trouble::new(Class::Usage, "too many words")
                .expected("an environment and a file, each once at most")
                .found(arguments.arguments.join(" "))
                .fix("evenkeel diagnose production migration.log"),
        ));
    }
    let endpoint = environments.first().map(|name| wire::live(name, &loaded.settings, common, &[])).transpose()?;
    let log = read(files.first().map(|file| file.as_str()))?;
    let progress = Line::new(common.quiet);
    let run = wire::run(&progress, &loaded.settings);
    let limits = Limits { statement_timeout: common.statement_timeout, lock_timeout: common.lock_timeout, ..Limits::default() };
    let environment = endpoint.as_ref().and_then(|endpoint| match &endpoint.source {
        Source::Live { environment, .. } | Source::Split { primary: environment, .. } => Some(&**environment),
        _ => None,
    });
    let found = diagnose::run(&log, environment, &limits, &run.watch)?;
    drop(progress);
    let code = if found.is_empty() { 2 } else { 0 };
    let text = match arguments.format {
        ListFormat::Terminal => words(&found),
        ListFormat::Json => json(&found, code)?,
    };
    output::write(text.as_bytes(), None)?;
    Ok(code)
}

/// The log, with whatever is no text replaced.
fn read(file: Option<&str>) -> Result<String, Box<Trouble>> {
    let mut bytes = Vec::new();
    let read = match file.filter(|file| *file != "-") {
        Some(file) => std::fs::File::open(file).and_then(|file| file.take(LARGEST).read_to_end(&mut bytes)),
        None => std::io::stdin().take(LARGEST).read_to_end(&mut bytes),
    };
    read.map_err(|error| {
        let what =
            file.map_or_else(|| "cannot read the log from stdin".to_owned(), |file| format!("cannot read the log {}", paint::plain(file)));
        Trouble::new(Class::Usage, what).expected("a file, or the name of a configured environment").found(error.to_string())
    })?;
    if bytes.len() as u64 >= LARGEST {
        paint::notes(&[format!("only the first {} MB of the log are read", LARGEST >> 20)], false);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[derive(Serialize)]
struct Told<'a> {
    schema_version: u32,
    verdict: Verdict,
    found: Vec<Found<'a>>,
}

#[derive(Serialize)]
struct Verdict {
    line: String,
    exit_code: u8,
}

#[derive(Serialize)]
struct Found<'a> {
    id: &'a str,
    says: &'a str,
    line: usize,
    times: usize,
    /// Nothing else in the log is its root.
    root: bool,
    names: std::collections::BTreeMap<&'a str, &'a str>,
    cause: &'a str,
    confirm: Vec<Asked<'a>>,
    next: &'a str,
    avoid: Option<&'a str>,
    source: &'a str,
}

#[derive(Serialize)]
struct Asked<'a> {
    sql: &'a str,
    rows: Option<usize>,
    refused: Option<&'a str>,
    means: Option<&'a str>,
}

/// The verdict in one line.
fn verdict(found: &[Explained]) -> String {
    let roots = found.iter().filter(|one| !one.met.follows).count();
    match (found.first(), roots) {
        (None, _) => "nothing in it is known to evenkeel".to_owned(),
        (Some(first), 1) => format!("{}: {}", first.met.signature.says, first.met.signature.id),
        (Some(first), _) => format!("{roots} roots, the first {}: {}", first.met.signature.says, first.met.signature.id),
    }
}

fn json(found: &[Explained], exit_code: u8) -> Result<String, Box<Trouble>> {
    let told = Told {
        schema_version: 1,
        verdict: Verdict { line: verdict(found), exit_code },
        found: found
            .iter()
            .map(|explained| {
                let signature = explained.met.signature;
                Found {
                    id: signature.id,
                    says: signature.says,
                    line: explained.met.line,
                    times: explained.met.times,
                    root: !explained.met.follows,
                    names: explained.met.names.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect(),
                    cause: signature.cause,
                    confirm: explained
                        .confirmed
                        .iter()
                        .map(|one| Asked {
                            sql: one.sql,
                            rows: one.rows.as_ref().and_then(|rows| rows.as_ref().ok().copied()),
                            refused: one.rows.as_ref().and_then(|rows| rows.as_ref().err().map(String::as_str)),
                            means: one.means,
                        })
                        .collect(),
                    next: signature.next,
                    avoid: Some(signature.avoid).filter(|avoid| !avoid.is_empty()),
                    source: signature.source,
                }
            })
            .collect(),
    };
    let text = serde_json::to_string_pretty(&told);
    text.map(|text| text + "\n").map_err(|error| Box::new(Trouble::new(Class::Internal, format!("cannot write the report: {error}"))))
}

fn words(found: &[Explained]) -> String {
    let mut text = format!("{}\n", verdict(found));
    if found.is_empty() {
        text.push_str("  evenkeel knows errors of servers and of migration tools; hand it the log itself, not a summary\n");
    }
    for explained in found {
        let signature = explained.met.signature;
        let follows = if explained.met.follows { ", a consequence of another here" } else { "" };
        let times = if explained.met.times > 1 { format!(", {} times", explained.met.times) } else { String::new() };
        let _ = writeln!(text, "\n{} ({}, line {}{times}{follows})", signature.id, signature.says, explained.met.line);
        for (name, value) in &explained.met.names {
            let _ = writeln!(text, "  {name}: {}", paint::plain(value));
        }
        let _ = writeln!(text, "  cause    {}", signature.cause);
        for one in &explained.confirmed {
            match (&one.rows, one.means) {
                (None, _) => {
                    let _ = writeln!(text, "  confirm  {}", one.sql);
                }
                (Some(Ok(rows)), means) => {
                    let _ = writeln!(text, "  asked    {rows} rows: {}", means.unwrap_or("that says nothing by itself"));
                }
                (Some(Err(why)), _) => {
                    let _ = writeln!(text, "  asked    the server refuses: {}", paint::plain(why));
                }
            }
        }
        let _ = writeln!(text, "  next     {}", signature.next);
        if !signature.avoid.is_empty() {
            let _ = writeln!(text, "  not      {}", signature.avoid);
        }
        let _ = writeln!(text, "  {}", signature.source);
    }
    text
}

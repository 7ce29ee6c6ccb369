//! What a build needs and a target lacks: its public JSON, the terminal, Markdown.

use crate::clean::line;
use crate::format::Style;
use crate::format::markdown::plain;
use crate::wrap::wrap;
use anstyle::{AnsiColor, Style as Paint};
use evenkeel_core::preflight::{Lack, Preflight, Ran};
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt::Write as _;

const SCHEMA_VERSION: u32 = 1;
/// Queries that are shown of what could not be asked.
const SHOWN: usize = 20;
const BAD: Paint = AnsiColor::Red.on_default().bold();
const GOOD: Paint = AnsiColor::Green.on_default().bold();
const UNKNOWN: Paint = AnsiColor::Magenta.on_default().bold();

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Told {
    schema_version: u32,
    environment: String,
    verdict: Line,
    missing: Vec<Missing>,
    not_understood: Vec<NotUnderstood>,
    checked: Checked,
    /// The run of evenkeel's that brought the artifact there (`evenkeel runs N`), where its journal has one.
    run: Option<Run>,
    gaps: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Run {
    number: u32,
    ended: String,
    by: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Line {
    line: String,
    exit_code: u8,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Missing {
    file: Option<String>,
    line: Option<u32>,
    query: Option<String>,
    sqlstate: Option<String>,
    object: Option<String>,
    what: String,
    nearest: Option<String>,
    /// The migration of the build that makes it.
    migration: Option<String>,
    /// What the target's record says of that migration.
    recorded: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct NotUnderstood {
    file: String,
    line: u32,
    why: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Checked {
    queries: usize,
    objects: usize,
    /// Migrations of the artifact, where that is asked for.
    migrations: usize,
}

/// The verdict in one line.
#[must_use]
pub fn verdict_line(preflight: &Preflight) -> String {
    let of = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let checked: Vec<String> = [
        (preflight.objects, "object", "objects"),
        (preflight.queries, "query", "queries"),
        (preflight.migrations, "migration", "migrations"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many)| of(count, one, many))
    .collect();
    let checked = if checked.is_empty() { "nothing".to_owned() } else { checked.join(" and ") };
    let head = match preflight.exit_code() {
        0 => format!("{} has what the build needs: {checked}", preflight.label),
        1 => format!(
            "{} lacks what the build needs: {} missing, of {checked}",
            preflight.label,
            of(preflight.lacks.len(), "thing", "things")
        ),
        _ => format!("{}: could not tell whether it has what the build needs: {checked} looked at", preflight.label),
    };
    let mut parts = vec![head];
    parts.extend((!preflight.not_understood.is_empty()).then(|| format!("{} not understood", preflight.not_understood.len())));
    parts.extend((!preflight.gaps.is_empty()).then(|| format!("{} could not be told", of(preflight.gaps.len(), "thing", "things"))));
    parts.join(" · ")
}

pub(super) fn of(preflight: &Preflight) -> Told {
    let missing = |lack: &Lack| Missing {
        file: lack.place.as_ref().map(|place| place.file.clone()),
        line: lack.place.as_ref().map(|place| place.line),
        query: lack.query.clone(),
        sqlstate: lack.code.clone(),
        object: lack.object.clone(),
        what: lack.what.clone(),
        nearest: lack.nearest.clone(),
        migration: lack.migration.clone(),
        recorded: lack.recorded.clone(),
    };
    let odd =
        preflight.not_understood.iter().map(|(place, why)| NotUnderstood { file: place.file.clone(), line: place.line, why: why.clone() });
    Told {
        schema_version: SCHEMA_VERSION,
        environment: preflight.label.clone(),
        verdict: Line { line: verdict_line(preflight), exit_code: preflight.exit_code() },
        missing: preflight.lacks.iter().map(missing).collect(),
        not_understood: odd.collect(),
        checked: Checked { queries: preflight.queries, objects: preflight.objects, migrations: preflight.migrations },
        run: preflight.ran.as_ref().map(|ran| Run { number: ran.number, ended: ran.ended.clone(), by: ran.by.clone() }),
        gaps: preflight.gaps.clone(),
    }
}

/// Who brought it there, as far as the journal knows.
fn brought(preflight: &Preflight) -> Option<String> {
    let Ran { number, ended, by } = preflight.ran.as_ref()?;
    Some(format!("brought there by run {number}, which ended {ended}, by {by}"))
}

/// One thing that is missing, as sentences.
fn sentences(lack: &Lack) -> Vec<String> {
    let code = lack.code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
    let head = match (&lack.object, &lack.place) {
        (Some(object), None) => format!("{object}: {}{code}", lack.what),
        (_, Some(place)) => format!("{place}: {}{code}", lack.what),
        (None, None) => format!("{}{code}", lack.what),
    };
    let mut told = vec![head];
    told.extend(lack.nearest.as_ref().map(|near| format!("the nearest that is there: {near}")));
    told.extend(lack.migration.as_ref().map(|key| {
        let recorded = lack.recorded.as_deref().unwrap_or("not recorded");
        format!("migration {key} would make it; the record says: {recorded}")
    }));
    told
}

pub(super) fn terminal(preflight: &Preflight, style: &Style) -> String {
    let mut text = String::new();
    let mut wrapped = |words: &str, indent: &str, paint: Paint| {
        for part in wrap(&line(words), style.width.saturating_sub(indent.len())) {
            let _ = match style.color {
                true => writeln!(text, "{indent}{paint}{part}{paint:#}"),
                false => writeln!(text, "{indent}{part}"),
            };
        }
    };
    let paint = match preflight.exit_code() {
        0 => GOOD,
        1 => BAD,
        _ => UNKNOWN,
    };
    wrapped(&verdict_line(preflight), "", paint);
    if let Some(words) = brought(preflight) {
        wrapped(&words, "  ", Paint::new());
    }
    for lack in &preflight.lacks {
        for (at, words) in sentences(lack).iter().enumerate() {
            wrapped(&if at == 0 { format!("× {words}") } else { words.clone() }, if at == 0 { "" } else { "    " }, Paint::new());
        }
    }
    if !preflight.not_understood.is_empty() {
        wrapped("not understood, and not asked about", "", UNKNOWN);
    }
    for (place, why) in preflight.not_understood.iter().take(SHOWN) {
        wrapped(&format!("{place}: {why}"), "  ", Paint::new());
    }
    if !preflight.gaps.is_empty() {
        wrapped("could not be told", "", UNKNOWN);
    }
    for gap in preflight.gaps.iter().take(SHOWN) {
        wrapped(gap, "  ", Paint::new());
    }
    text
}

pub(super) fn markdown(preflight: &Preflight) -> String {
    let mut text = format!("## {}\n\n", plain(&verdict_line(preflight)));
    if let Some(words) = brought(preflight) {
        let _ = writeln!(text, "{}\n", plain(&words));
    }
    for lack in preflight.lacks.iter().take(200) {
        let _ = writeln!(text, "- {}", plain(&sentences(lack).join("; ")));
    }
    let odd = preflight.not_understood.iter().map(|(place, why)| format!("not understood: {place}: {why}"));
    for words in odd.chain(preflight.gaps.iter().map(|gap| format!("could not be told: {gap}"))).take(200) {
        let _ = writeln!(text, "- {}", plain(&words));
    }
    text
}

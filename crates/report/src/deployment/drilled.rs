//! What came of a drill: the public JSON, and how a person sees it.

use super::{BAD, DIM, GOOD, Line, SCHEMA_VERSION, ToldGate, gate, json, ms, paint};
use crate::Fault;
use crate::format::Style;
use crate::format::markdown::fenced;
use crate::history::Form;
use crate::page::Page;
use evenkeel_core::deployment::Drilled;
use evenkeel_core::rehearsal::time;
use schemars::JsonSchema;
use serde::Serialize;

/// What `drill` says. Times are in milliseconds.
#[derive(Debug, Serialize, JsonSchema)]
struct ToldDrilled {
    schema_version: u32,
    verdict: Line,
    environment: String,
    /// The server on which it was done.
    place: String,
    /// The number under which `evenkeel runs` has it.
    run: Option<u32>,
    /// Keys of the migrations that were deployed and taken back.
    release: Vec<String>,
    /// As far as it came, in the order in which it was done.
    parts: Vec<ToldPart>,
    /// What a recovery may take, and where that comes from.
    limit_ms: f64,
    origin: String,
    gates: Vec<ToldGate>,
    /// What was not drilled, or is not as it is where it counts.
    notes: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ToldPart {
    /// `build`, `failover`, `deploy` or `rollback`.
    name: &'static str,
    ms: f64,
    words: String,
}

/// The JSON schema of that, as published in `docs/reference`.
#[must_use]
pub fn drilled_schema() -> (&'static str, schemars::Schema) {
    let mut schema = schemars::schema_for!(ToldDrilled);
    schema.insert("title".to_owned(), "evenkeel drill".into());
    ("drill", schema)
}

/// What came of it.
///
/// # Errors
/// It cannot be written as JSON.
pub fn drilled(drilled: &Drilled, form: Form, style: &Style) -> Result<Vec<u8>, Fault> {
    match form {
        Form::Json => json(&told(drilled)),
        Form::Terminal => Ok(page(drilled, style).into_bytes()),
        Form::Markdown => {
            let plain = Style { color: false, ..style.clone() };
            let lines: Vec<String> = page(drilled, &plain).lines().map(str::to_owned).collect();
            Ok(fenced("text", &lines).into_bytes())
        }
    }
}

fn told(drilled: &Drilled) -> ToldDrilled {
    let part = |part: &evenkeel_core::deployment::drilled::Part| ToldPart { name: part.name, ms: ms(part.took), words: part.words.clone() };
    ToldDrilled {
        schema_version: SCHEMA_VERSION,
        verdict: Line { line: drilled.line(), exit_code: drilled.exit_code() },
        environment: drilled.label.clone(),
        place: drilled.place.clone(),
        run: drilled.run,
        release: drilled.release.clone(),
        parts: drilled.parts.iter().map(part).collect(),
        limit_ms: ms(drilled.limit),
        origin: drilled.origin.clone(),
        gates: drilled.gates.iter().map(gate).collect(),
        notes: drilled.notes.clone(),
    }
}

fn page(drilled: &Drilled, style: &Style) -> String {
    let mut page = Page { style, text: String::new() };
    page.wrapped(&drilled.line(), "", paint(drilled.exit_code()));
    page.text.push('\n');
    for part in &drilled.parts {
        let is_held = |gate: &&evenkeel_core::deployment::Gate| gate.name.starts_with(part.name) && gate.holds != Some(true);
        let (mark, color) = if drilled.gates.iter().any(|gate| is_held(&gate)) { ('×', BAD) } else { ('✓', GOOD) };
        page.wrapped(&format!("{mark} {} in {}: {}", part.name, time(part.took), part.words), "  ", color);
    }
    page.text.push('\n');
    page.deployment_gates(&drilled.gates);
    page.list("to know", &drilled.notes, DIM);
    page.text.push('\n');
    page.wrapped(&format!("a recovery may take {}, by {}", time(drilled.limit), drilled.origin), "  ", DIM);
    if !drilled.release.is_empty() {
        page.wrapped(&format!("release: {}", drilled.release.join(", ")), "  ", DIM);
    }
    if let Some(run) = drilled.run {
        page.wrapped(&format!("evenkeel runs {run} shows it"), "  ", DIM);
    }
    page.text
}

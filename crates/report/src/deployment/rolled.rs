//! What came of moving traffic: the public JSON, and how a person sees it.

use super::passage::{ToldBreaker, told_breaker};
use super::{BAD, DIM, GOOD, Line, SCHEMA_VERSION, ToldGate, gate, json, paint};
use crate::Fault;
use crate::format::Style;
use crate::format::markdown::fenced;
use crate::history::Form;
use crate::page::Page;
use anstyle::Style as Paint;
use evenkeel_core::deployment::Rolled;
use evenkeel_core::deployment::rolled::{Outcome, Stands};
use schemars::JsonSchema;
use serde::Serialize;

/// What `rollout` says.
#[derive(Debug, Serialize, JsonSchema)]
struct ToldRolled {
    schema_version: u32,
    verdict: Line,
    environment: String,
    /// Server and database.
    target: String,
    /// Who moves traffic.
    by: String,
    /// Null where nothing was moved.
    run: Option<u32>,
    /// `refused` (nothing was moved), `done`, `back` (it is as it was before), `stuck` (it is not, and was to be), `restored` (what an
    /// earlier run had left was taken back, and nothing else done), `given-up` (it stays where it is, and nobody takes it back any more).
    outcome: &'static str,
    /// Why it was taken back.
    why: Option<String>,
    /// Why it could not be taken back.
    stuck: Option<String>,
    halted: bool,
    stages: Vec<ToldStage>,
    /// As they were before the last stage.
    gates: Vec<ToldGate>,
    /// As they were in the last stage.
    breakers: Vec<ToldBreaker>,
    gaps: Vec<String>,
    notes: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ToldStage {
    /// In hundredths.
    share: u8,
    /// `planned`, `done`, or `broken`: it is what traffic was taken back from.
    state: &'static str,
}

/// The JSON schema of that, as published in `docs/reference`.
#[must_use]
pub fn rolled_schema() -> (&'static str, schemars::Schema) {
    let mut schema = schemars::schema_for!(ToldRolled);
    schema.insert("title".to_owned(), "evenkeel rollout".into());
    ("rollout", schema)
}

/// What came of moving traffic.
///
/// # Errors
/// It cannot be written as JSON.
pub fn rolled(rolled: &Rolled, form: Form, style: &Style) -> Result<Vec<u8>, Fault> {
    match form {
        Form::Json => json(&told(rolled)),
        Form::Terminal => Ok(page(rolled, style).into_bytes()),
        Form::Markdown => {
            let plain = Style { color: false, ..style.clone() };
            let lines: Vec<String> = page(rolled, &plain).lines().map(str::to_owned).collect();
            Ok(fenced("text", &lines).into_bytes())
        }
    }
}

const fn name(state: Stands) -> &'static str {
    match state {
        Stands::Planned => "planned",
        Stands::Done => "done",
        Stands::Broken => "broken",
    }
}

fn told(rolled: &Rolled) -> ToldRolled {
    let (outcome, why, stuck) = match &rolled.outcome {
        Outcome::Refused => ("refused", None, None),
        Outcome::Done => ("done", None, None),
        Outcome::Back(why) => ("back", Some(why.clone()), None),
        Outcome::Stuck(why, because) => ("stuck", Some(why.clone()), Some(because.clone())),
        Outcome::Restored(_) => ("restored", None, None),
        Outcome::GivenUp(_) => ("given-up", None, None),
    };
    let passage = rolled.passage.as_ref();
    ToldRolled {
        schema_version: SCHEMA_VERSION,
        verdict: Line { line: rolled.line(), exit_code: rolled.exit_code() },
        environment: rolled.label.clone(),
        target: rolled.target.clone(),
        by: rolled.by.clone(),
        run: rolled.run,
        outcome,
        why,
        stuck,
        halted: rolled.is_halted,
        stages: rolled.stages.iter().map(|stage| ToldStage { share: stage.share, state: name(stage.state) }).collect(),
        gates: passage.map(|passage| passage.gates.iter().map(gate).collect()).unwrap_or_default(),
        breakers: passage.map(|passage| passage.breakers.iter().map(told_breaker).collect()).unwrap_or_default(),
        gaps: passage.map(evenkeel_core::deployment::Passage::gaps).unwrap_or_default(),
        notes: rolled.notes.clone(),
    }
}

fn page(rolled: &Rolled, style: &Style) -> String {
    let mut page = Page { style, text: String::new() };
    page.wrapped(&rolled.line(), "", paint(rolled.exit_code()));
    page.text.push('\n');
    if rolled.run.is_some() {
        for stage in &rolled.stages {
            let (mark, paint) = match stage.state {
                Stands::Done => ("✓", GOOD),
                Stands::Broken => ("×", BAD),
                Stands::Planned => ("·", DIM),
            };
            page.wrapped(&format!("{mark} {} % of the traffic", stage.share), "  ", paint);
        }
    }
    if let Some(passage) = &rolled.passage {
        page.passed(&passage.gates, &passage.breakers);
    }
    page.list("to know", &rolled.notes, DIM);
    page.text.push('\n');
    if let Outcome::Stuck(..) = &rolled.outcome {
        page.wrapped(&format!("evenkeel rollout {} --back tries it again", rolled.label), "  ", Paint::new());
    }
    if let Some(run) = rolled.run {
        page.wrapped(&format!("evenkeel runs {run} shows it"), "  ", DIM);
    }
    page.wrapped(&format!("{}; on {}", rolled.by, rolled.target), "  ", DIM);
    page.text
}

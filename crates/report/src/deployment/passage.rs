//! Whether the next stage may go on: the public JSON, and how a person sees it.

use super::{DIM, Line, SCHEMA_VERSION, ToldGate, gate, json, paint};
use crate::Fault;
use crate::format::Style;
use crate::format::markdown::fenced;
use crate::history::Form;
use crate::page::Page;
use crate::wrap::width;
use evenkeel_core::deployment::breaker::{Bound, Breaker, Says};
use evenkeel_core::deployment::{Gate, Passage};
use schemars::JsonSchema;
use serde::Serialize;

/// What `gate` says. Moments are as RFC 3339 has them, in UTC.
#[derive(Debug, Serialize, JsonSchema)]
struct ToldPassage {
    schema_version: u32,
    verdict: Line,
    /// Whether the next stage may go on. What could not be told is no.
    pass: bool,
    environment: String,
    /// Server and database.
    target: String,
    at: String,
    gates: Vec<ToldGate>,
    breakers: Vec<ToldBreaker>,
    /// What could not be told.
    gaps: Vec<String>,
}

/// What is measured.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ToldBreaker {
    name: String,
    limit: String,
    /// The bound alone, in the breaker's own unit; beyond it is above.
    most: Option<f64>,
    /// The same, where beyond it is below.
    least: Option<f64>,
    /// The last value; null where there is none.
    value: Option<f64>,
    /// `pass`, `hold` (it stays where it is: no value, or too few looks), `open`.
    says: &'static str,
    /// Why it holds or is open.
    why: Option<String>,
    /// True where it passes, false where it is open, null where it holds.
    holds: Option<bool>,
    /// Where the demand comes from.
    origin: String,
}

pub(super) fn told_breaker(breaker: &Breaker) -> ToldBreaker {
    let (says, why, holds) = match breaker.says() {
        Says::Pass => ("pass", None, Some(true)),
        Says::Hold(why) => ("hold", Some(why.clone()), None),
        Says::Open(why) => ("open", Some(why.clone()), Some(false)),
    };
    let (most, least) = match breaker.rule.bound {
        Bound::Most(most) => (Some(most), None),
        Bound::Least(least) => (None, Some(least)),
    };
    let Breaker { rule, last, .. } = breaker;
    ToldBreaker { name: rule.name.clone(), limit: rule.limit(), most, least, value: *last, says, why, holds, origin: rule.origin.clone() }
}

/// The JSON schema of that, as published in `docs/reference`.
#[must_use]
pub fn passage_schema() -> (&'static str, schemars::Schema) {
    let mut schema = schemars::schema_for!(ToldPassage);
    schema.insert("title".to_owned(), "evenkeel gate".into());
    ("gate", schema)
}

/// Whether the next stage may go on.
///
/// # Errors
/// It cannot be written as JSON.
pub fn passage(passage: &Passage, form: Form, style: &Style) -> Result<Vec<u8>, Fault> {
    let page = |style: &Style| {
        let mut page = Page { style, text: String::new() };
        page.wrapped(&passage.line(), "", paint(passage.exit_code()));
        page.text.push('\n');
        page.passed(&passage.gates, &passage.breakers);
        page.text.push('\n');
        page.wrapped(&format!("on {}", passage.target), "  ", DIM);
        page.text
    };
    match form {
        Form::Json => json(&ToldPassage {
            schema_version: SCHEMA_VERSION,
            verdict: Line { line: passage.line(), exit_code: passage.exit_code() },
            pass: passage.exit_code() == 0,
            environment: passage.label.clone(),
            target: passage.target.clone(),
            at: passage.at.clone(),
            gates: passage.gates.iter().map(gate).collect(),
            breakers: passage.breakers.iter().map(told_breaker).collect(),
            gaps: passage.gaps(),
        }),
        Form::Terminal => Ok(page(style).into_bytes()),
        Form::Markdown => {
            let plain = Style { color: false, ..style.clone() };
            let lines: Vec<String> = page(&plain).lines().map(str::to_owned).collect();
            Ok(fenced("text", &lines).into_bytes())
        }
    }
}

impl Page<'_> {
    /// Gates, and breakers below them.
    pub(super) fn passed(&mut self, gates: &[Gate], breakers: &[Breaker]) {
        let named = breakers.iter().map(|one| width(&one.rule.name));
        let names = gates.iter().map(|gate| width(gate.name)).chain(named).max().unwrap_or_default();
        for gate in gates {
            self.deployment_gate(gate, names);
        }
        for breaker in breakers {
            self.breaker(breaker, names);
        }
    }

    fn breaker(&mut self, breaker: &Breaker, names: usize) {
        let told = told_breaker(breaker);
        let found = told.why.unwrap_or_else(|| format!("{}{}, {}", number(told.value), breaker.rule.unit, told.limit));
        let indent = self.verdict(told.holds, &told.name, names, &found);
        if told.holds != Some(true) {
            self.wrapped(&format!("demanded: {} ({})", told.limit, told.origin), &indent, DIM);
        }
    }
}

/// Three places behind the point at the most.
fn number(value: Option<f64>) -> String {
    value.map(|value| (value * 1000.0).round() / 1000.0).map_or_else(|| "no value".to_owned(), |value| value.to_string())
}

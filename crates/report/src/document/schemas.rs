//! The section of a run that compared many schemas with one: a line each, and the headline over them.
//!
//! Lives here: the section, and making it of the documents of all comparisons. How like each schema is was judged before.

use super::{Change, Difference, Dimension, Document, Frame, Likeness, Outcome, SCHEMA_VERSION, Severity, Tool, Verdict};
use crate::number::{counted, thousands};
use evenkeel_core::finding::WAIVER_EXPIRED;
use evenkeel_core::{gate, kind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The section of a comparison of schemas: each of many beside one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Schemas {
    /// The schema that the others are to be like.
    pub like: String,
    /// What names the others; `*` matches anything.
    pub patterns: Vec<String>,
    /// The reference is named by that too, and is left out.
    pub left_out: bool,
    /// The dimensions that were compared: what belongs to no schema is in none of them.
    pub dimensions: Vec<Dimension>,
    pub equal: usize,
    pub alike: usize,
    pub differ: usize,
    pub could_not_tell: usize,
    /// In the natural order of their names.
    pub schemas: Vec<OneSchema>,
}

/// One schema at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OneSchema {
    pub name: String,
    pub likeness: Likeness,
    pub exit_code: u8,
    pub block: usize,
    pub warn: usize,
    pub inform: usize,
    /// Things that were not visible, or not comparable.
    pub gaps: usize,
    /// The same in words, with the heaviest differences: `1 difference (block): missing index orders_total`.
    pub line: String,
}

impl OneSchema {
    /// How the line begins.
    #[must_use]
    pub const fn sign(&self) -> char {
        match self.likeness {
            Likeness::Equal => '=',
            Likeness::Alike => '≈',
            Likeness::Differs => '≠',
            Likeness::CouldNotTell => '?',
        }
    }
}

/// Everything such a document is made of.
#[derive(Debug, Clone, Copy)]
pub struct Overview<'a> {
    pub like: &'a str,
    pub patterns: &'a [String],
    pub left_out: bool,
    pub dimensions: &'a [kind::Dimension],
    /// The schemas in order: how like each is, and what its comparison found.
    pub likeness: &'a [gate::Likeness],
    pub documents: &'a [Document],
    pub exit_code: u8,
    pub fail_on: kind::Severity,
    pub elapsed: Duration,
    /// Of evenkeel.
    pub version: &'a str,
    /// The command line that reproduces it, without secrets.
    pub command: &'a str,
}

impl Document {
    /// Writes down what came of all schemas.
    #[must_use]
    pub fn overview(input: &Overview<'_>) -> Self {
        let pairs = input.documents.iter().zip(input.likeness);
        let schemas: Vec<OneSchema> = pairs.map(|(document, likeness)| one(document, (*likeness).into())).collect();
        let of = |likeness| schemas.iter().filter(|schema| schema.likeness == likeness).count();
        let section = Schemas {
            like: input.like.to_owned(),
            patterns: input.patterns.to_vec(),
            left_out: input.left_out,
            dimensions: input.dimensions.iter().map(|dimension| (*dimension).into()).collect(),
            equal: of(Likeness::Equal),
            alike: of(Likeness::Alike),
            differ: of(Likeness::Differs),
            could_not_tell: of(Likeness::CouldNotTell),
            schemas,
        };
        let frame = Frame {
            schema_version: SCHEMA_VERSION.to_owned(),
            tool: Tool { name: "evenkeel".to_owned(), version: input.version.to_owned() },
            verdict: verdict(input, &section),
            fail_on: input.fail_on.into(),
            gates: Vec::new(),
            findings: Vec::new(),
            gaps: Vec::new(),
            elapsed_ms: u64::try_from(input.elapsed.as_millis()).unwrap_or(u64::MAX),
            read_only: true,
            command: input.command.to_owned(),
        };
        Self { frame, comparison: None, schemas: Some(section) }
    }
}

fn verdict(input: &Overview<'_>, section: &Schemas) -> Verdict {
    let sum = |count: fn(&Verdict) -> usize| input.documents.iter().map(|document| count(&document.verdict)).sum();
    Verdict {
        outcome: match input.exit_code {
            0 => Outcome::Equal,
            1 => Outcome::Differs,
            _ => Outcome::CouldNotTell,
        },
        line: headline(section),
        exit_code: input.exit_code,
        block: sum(|verdict| verdict.block),
        warn: sum(|verdict| verdict.warn),
        inform: sum(|verdict| verdict.inform),
        gaps: sum(|verdict| verdict.gaps),
        not_comparable: sum(|verdict| verdict.not_comparable),
        shared: sum(|verdict| verdict.shared),
        ignored: sum(|verdict| verdict.ignored),
        readiness: None,
    }
}

/// `147 schemas beside tenant_template: 144 equal, 2 differ, 1 could not be told`.
fn headline(section: &Schemas) -> String {
    let words = [
        (section.equal, "equal", "equal"),
        (section.alike, "alike but not equal", "alike but not equal"),
        (section.differ, "differs", "differ"),
        (section.could_not_tell, "could not be told", "could not be told"),
    ];
    let there = words.into_iter().filter(|(number, ..)| *number > 0);
    let parts: Vec<String> =
        there.map(|(number, one, many)| format!("{} {}", thousands(number), if number == 1 { one } else { many })).collect();
    format!("{} beside {}: {}", counted(section.schemas.len(), "schema", "schemas"), section.like, parts.join(", "))
}

fn one(document: &Document, likeness: Likeness) -> OneSchema {
    let verdict = &document.verdict;
    OneSchema {
        name: document.comparison.as_ref().map(|comparison| comparison.candidate.label.clone()).unwrap_or_default(),
        likeness,
        exit_code: verdict.exit_code,
        block: verdict.block,
        warn: verdict.warn,
        inform: verdict.inform,
        gaps: verdict.gaps,
        line: words(document, likeness),
    }
}

/// So many differences are named in a line.
const NAMED: usize = 3;

fn words(document: &Document, likeness: Likeness) -> String {
    let mut parts = Vec::new();
    let differences = document.differences();
    let findings = document.findings.iter().filter(|finding| finding.severity > Severity::Inform).count();
    if !differences.is_empty() {
        let mut named: Vec<String> = differences.iter().take(NAMED).map(named).collect();
        let more = differences.len().saturating_sub(NAMED);
        named.extend((more > 0).then(|| format!("{} more", thousands(more))));
        let heaviest = differences.iter().map(|difference| difference.severity).max().unwrap_or(Severity::Inform);
        let count = counted(differences.len(), "difference", "differences");
        parts.push(format!("{count} ({}): {}", heaviest.name(), named.join(", ")));
    }
    if findings > 0 {
        let expired = document.findings.iter().filter(|finding| finding.id == WAIVER_EXPIRED).count();
        parts.extend((expired > 0).then(|| counted(expired, "exception has run out", "exceptions have run out")));
        parts.extend((findings > expired).then(|| counted(findings - expired, "finding", "findings")));
    }
    if document.verdict.ignored > 0 {
        parts.push(format!("{} excused", thousands(document.verdict.ignored)));
    }
    if let Some(gap) = document.gaps.first() {
        let more = document.gaps.iter().any(|other| other.detail != gap.detail);
        parts.push(format!("not told: {}{}", gap.detail, if more { ", and more" } else { "" }));
    }
    if parts.is_empty() {
        parts.push(if likeness == Likeness::Equal { "equal" } else { "could not tell" }.to_owned());
    }
    parts.join("; ")
}

/// `missing index orders_total`, `changed column orders.total`.
fn named(difference: &Difference) -> String {
    let change = match difference.change {
        Change::Missing => "missing",
        Change::Extra => "extra",
        Change::Changed => "changed",
        Change::Renamed => "renamed",
        Change::Unsound => "at fault:",
    };
    // All of them are in one schema, which the line names.
    let object = &difference.object.display;
    let (_, within) = evenkeel_core::manifest::first_shown_part(object)
        .filter(|(first, _)| difference.object.schema.as_ref() == Some(first))
        .unwrap_or_default();
    let object = within.strip_prefix('.').unwrap_or(object);
    format!("{change} {} {object}", difference.kind.replace('-', " "))
}

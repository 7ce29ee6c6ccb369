//! SARIF 2.1.0, for code scanning: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.
//!
//! Lives here: the few structures of the standard that a comparison fills, by our own serde structs while no maintained
//! crate exists. Does not live here: the texts of the rules (`explain`).

use super::{Style, schemas};
use crate::document::{self, Difference, Document, Gap, Ignored, Place, Severity};
use crate::{Fault, clean, explain, sentence};
use serde::Serialize;
use std::collections::BTreeMap;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Writes the document: each difference a result, each excused one a suppressed result, each gap a notification.
///
/// # Errors
/// Only if the JSON writer fails.
pub fn render(documents: &[Document], _: &Style) -> Result<Vec<u8>, Fault> {
    let told = schemas::telling_or_all(documents);
    // Code scanning takes twenty runs of a file at the most, and there may be any number of schemas: they are one.
    let runs = match schemas::split(documents).0 {
        Some((overview, _)) => vec![run(overview, &told)],
        None => told.into_iter().map(|document| run(document, &[document])).collect(),
    };
    let log = Log { schema: SCHEMA, version: "2.1.0", runs };
    let mut bytes = serde_json::to_vec_pretty(&log).map_err(|source| Fault::Json { format: "sarif", source })?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: Vec<Run>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    automation_details: Automation,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    results: Vec<Finding>,
}

/// Tells runs of one upload apart: services refuse several of one category.
#[derive(Serialize)]
struct Automation {
    id: String,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: String,
    version: String,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    short_description: Text,
    help: Text,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    command_line: String,
    execution_successful: bool,
    exit_code: u8,
    exit_code_description: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text,
}

/// A `result` object of the standard.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    rule_id: String,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression>,
    properties: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Physical,
    logical_locations: [Logical; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Logical {
    name: String,
    fully_qualified_name: String,
    kind: String,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
}

/// One run: what it is about, and what is told in it.
fn run(about: &Document, told: &[&Document]) -> Run {
    let mut rules: BTreeMap<&str, Rule> = BTreeMap::new();
    for document in told {
        let excused = document.ignored().iter().map(|ignored| &ignored.difference);
        for difference in document.told().chain(excused) {
            let rule = rules.entry(&difference.id).or_insert_with(|| rule(difference));
            // The same rule may weigh differently from object to object: the heaviest is its default.
            if weight(rule.default_configuration.level) < difference.severity {
                rule.default_configuration.level = level(difference.severity);
            }
        }
        for found in &document.findings {
            let (what, why) = explain::rule(&found.id).unwrap_or_else(|| (sentence::subject(found).0, found.why.clone()));
            rules.entry(&found.id).or_insert_with(|| rule_of(&found.id, what, &why, found.severity));
        }
    }
    let places: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(at, id)| (*id, at)).collect();
    let place = |id: &str| places.get(id).copied().unwrap_or_default();
    let mut results = Vec::new();
    for document in told {
        let excused =
            document.ignored().iter().map(|ignored| finding(document, &ignored.difference, place(&ignored.difference.id), Some(ignored)));
        let differences = document.told().map(|difference| finding(document, difference, place(&difference.id), None));
        let mut own: Vec<Finding> = differences.collect();
        own.extend(document.findings.iter().map(|found| apart(found, place(&found.id))));
        own.extend(excused);
        // What several have alike is told of each.
        if !std::ptr::eq(*document, about) {
            let name = category(document);
            own.iter_mut().flat_map(|found| found.partial_fingerprints.values_mut()).for_each(|print| *print = format!("{name}{print}"));
        }
        results.extend(own);
    }
    let gaps = told.iter().flat_map(|document| document.gaps.iter().map(|gap| notification(document, gap)));
    let document = about;
    Run {
        tool: Tool {
            driver: Driver {
                name: document.tool.name.clone(),
                version: document.tool.version.clone(),
                rules: rules.into_values().collect(),
            },
        },
        invocations: [Invocation {
            command_line: document.command.clone(),
            execution_successful: document.is_read(),
            exit_code: document.verdict.exit_code,
            exit_code_description: clean::line(&document.verdict.line),
            tool_execution_notifications: gaps.collect(),
        }],
        automation_details: Automation { id: category(document) },
        column_kind: "unicodeCodePoints",
        results,
    }
}

fn rule(difference: &Difference) -> Rule {
    let (what, why) = explain::rule(&difference.id).unwrap_or_else(|| (sentence::title(difference), difference.why.clone()));
    rule_of(&difference.id, what, &why, difference.severity)
}

fn rule_of(id: &str, what: String, why: &str, severity: Severity) -> Rule {
    Rule {
        id: id.to_owned(),
        short_description: Text { text: what },
        help: Text { text: format!("{why} More: evenkeel explain {id}") },
        default_configuration: Configuration { level: level(severity) },
    }
}

/// What was found beside differences.
fn apart(found: &document::Finding, rule_index: usize) -> Finding {
    let value = |value: &Option<String>| value.as_deref().map_or_else(|| "nothing".to_owned(), clean::line);
    let (title, happened) = sentence::subject(found);
    let lead = if happened.is_empty() { title.clone() } else { format!("{title}: {happened}") };
    let text = format!("{lead}. Expected {}, found {}. {}", value(&found.expected), value(&found.found), clean::line(&found.why));
    let mut properties = BTreeMap::from([("severity", found.severity.name().to_owned()), ("origin", clean::line(&found.origin))]);
    properties.extend(found.fix.as_deref().map(|fix| ("fix", clean::fix(fix))));
    properties.extend(found.step.as_deref().map(|step| ("step", clean::line(step))));
    Finding {
        rule_id: found.id.clone(),
        rule_index,
        level: level(found.severity),
        message: Text { text },
        locations: [Location {
            physical_location: physical(found.place.as_ref().unwrap_or(&fallback())),
            logical_locations: [Logical { name: title.clone(), fully_qualified_name: title, kind: "finding".to_owned() }],
        }],
        partial_fingerprints: BTreeMap::from([("evenkeel/v1", found.fingerprint.clone())]),
        suppressions: Vec::new(),
        properties,
    }
}

fn finding(document: &Document, difference: &Difference, rule_index: usize, ignored: Option<&Ignored>) -> Finding {
    let value = |value: &Option<String>| value.as_deref().map_or_else(|| "nothing".to_owned(), clean::line);
    let text = format!(
        "{}: {}. Expected {}, found {}. {}",
        sentence::title(difference),
        sentence::happened(document, difference),
        value(&difference.expected),
        value(&difference.found),
        clean::line(&difference.why)
    );
    let mut properties = BTreeMap::from([
        ("dimension", difference.dimension.name().to_owned()),
        ("severity", difference.severity.name().to_owned()),
        ("origin", clean::line(&difference.origin)),
    ]);
    properties.extend(difference.fix.as_deref().map(|fix| ("fix", clean::fix(fix))));
    properties.extend(difference.step.as_deref().map(|step| ("step", clean::line(step))));
    let display = clean::line(&difference.object.display);
    Finding {
        rule_id: difference.id.clone(),
        rule_index,
        level: level(difference.severity),
        message: Text { text },
        locations: [Location {
            physical_location: physical(difference.place.as_ref().unwrap_or(&fallback())),
            logical_locations: [Logical {
                name: difference.identity.get("name").map_or_else(|| display.clone(), |name| clean::line(name)),
                fully_qualified_name: display,
                kind: clean::line(&difference.kind),
            }],
        }],
        partial_fingerprints: BTreeMap::from([("evenkeel/v1", difference.fingerprint.clone())]),
        suppressions: ignored.map(suppression).into_iter().collect(),
        properties,
    }
}

fn suppression(ignored: &Ignored) -> Suppression {
    let justification = format!(
        "{} (owner {}, until {}, {})",
        clean::line(&ignored.reason),
        clean::line(&ignored.owner),
        ignored.until,
        clean::line(&ignored.origin)
    );
    Suppression { kind: "external", status: "accepted", justification }
}

fn notification(document: &Document, gap: &Gap) -> Notification {
    let cure = gap.cure.as_deref().map(|cure| format!(" Fix: {}", clean::line(&clean::fix(cure)))).unwrap_or_default();
    let demanded = document.dimensions().iter().any(|dimension| dimension.name == gap.dimension && dimension.demanded);
    let (lead, text) = sentence::gap(document, gap);
    // The lead is one of our own words.
    let lead = lead.replacen('n', "N", 1);
    Notification { level: if demanded { "error" } else { "note" }, message: Text { text: format!("{lead}: {text}.{cure}") } }
}

/// `evenkeel/staging.jsonl/staging/`: the same from run to run.
fn category(document: &Document) -> String {
    let names = document.looked_at().into_iter().map(|(_, endpoint)| reference(&clean::line(&endpoint.label)).replace('/', "%2F"));
    let names: Vec<String> = std::iter::once("evenkeel".to_owned()).chain(names).collect();
    // What stands before the last slash is the category, what stands behind it one run of it.
    format!("{}/", names.join("/"))
}

/// Code scanning takes no result without a file; of two environments that nobody configured that is where they would be.
fn fallback() -> Place {
    Place { file: "evenkeel.toml".to_owned(), line: 1, column: None }
}

fn physical(place: &Place) -> Physical {
    Physical { artifact_location: Artifact { uri: reference(&place.file) }, region: Region { start_line: place.line.max(1) } }
}

/// A path as a URI reference, with everything else than plain characters percent-encoded.
fn reference(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'\\' => uri.push('/'),
            byte if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) => uri.push(char::from(byte)),
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Block => "error",
        Severity::Warn => "warning",
        Severity::Inform => "note",
    }
}

fn weight(level: &str) -> Severity {
    match level {
        "error" => Severity::Block,
        "warning" => Severity::Warn,
        _ => Severity::Inform,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_place_is_a_physical_location() {
        let place = |file: &str, line| physical(&Place { file: file.to_owned(), line, column: None });
        let (plain, odd) = (place("evenkeel.toml", 14), place("my dir/a.sql", 0));
        assert_eq!((plain.artifact_location.uri.as_str(), plain.region.start_line), ("evenkeel.toml", 14));
        assert_eq!((odd.artifact_location.uri.as_str(), odd.region.start_line), ("my%20dir/a.sql", 1));
    }
}

//! The formats that programs read: their published structure, and that nothing of a database's text breaks it.

use crate::every::rendered;
use crate::sample::{self, SAMPLES};
use evenkeel_report::{Style, json_schema};
use serde_json::Value;
use std::path::Path;

/// `UPDATE=1 cargo test -p evenkeel-report schema` writes it anew.
#[test]
fn the_published_schema_is_the_one_of_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/report.schema.json");
    let schema = serde_json::to_string_pretty(&json_schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &schema).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(published == schema, "docs/reference/report.schema.json is not what the types say: run with UPDATE=1 and read the diff");
}

#[test]
fn the_published_schemas_of_other_verbs_are_those_of_the_types() {
    let others = [
        evenkeel_report::rehearsal::json_schema(),
        evenkeel_report::deployment::json_schema(),
        evenkeel_report::deployment::verified_schema(),
        evenkeel_report::deployment::status_schema(),
        evenkeel_report::deployment::locking_schema(),
        evenkeel_report::deployment::passage_schema(),
        evenkeel_report::deployment::rolled_schema(),
        evenkeel_report::deployment::backfilled_schema(),
        evenkeel_report::deployment::drilled_schema(),
        evenkeel_report::deployment::fleet_schema(),
    ];
    for (verb, schema) in evenkeel_report::history::json_schemas().into_iter().chain(others) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../docs/reference/{verb}.schema.json"));
        let schema = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &schema).unwrap();
        }
        let published = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(published == schema, "{} is not what the types say: run with UPDATE=1 and read the diff", path.display());
    }
}

/// Every field of the samples is in the schema, and every field it requires is in the samples.
#[test]
fn samples_follow_the_schema() {
    let schema = serde_json::to_value(json_schema()).unwrap();
    for (name, sample) in SAMPLES {
        follow(&schema, &schema, &serde_json::to_value(sample()).unwrap(), name);
    }
}

fn follow(root: &Value, schema: &Value, value: &Value, place: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        return follow(root, root.pointer(reference.trim_start_matches('#')).unwrap(), value, place);
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        let choice = choices.iter().find(|choice| (choice["type"] == "null") == value.is_null()).unwrap();
        return follow(root, choice, value, place);
    }
    // One of several shapes, known by the name of its only field.
    if let (Some(shapes), Value::Object(fields)) = (schema["oneOf"].as_array(), value) {
        let shape = shapes.iter().find(|shape| fields.keys().all(|name| !shape["properties"][name].is_null()));
        return follow(root, shape.unwrap_or_else(|| panic!("{place} has none of the shapes")), value, place);
    }
    match value {
        Value::Object(fields) => {
            for required in schema["required"].as_array().into_iter().flatten() {
                assert!(fields.contains_key(required.as_str().unwrap()), "{place} lacks {required}");
            }
            for (name, field) in fields {
                let known = schema["properties"].get(name).or_else(|| schema.get("additionalProperties"));
                follow(root, known.unwrap_or_else(|| panic!("{place}.{name} is not in the schema")), field, &format!("{place}.{name}"));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| follow(root, &schema["items"], item, &format!("{place}[]"))),
        Value::String(text) => {
            let words: Vec<&Value> = schema["oneOf"].as_array().into_iter().flatten().map(|word| &word["const"]).collect();
            let listed = schema["enum"].as_array().is_none_or(|words| words.contains(value));
            assert!((words.is_empty() || words.contains(&value)) && listed, "{place}: {text:?} is not one of {words:?}");
        }
        _ => {}
    }
}

/// The parts of the SARIF 2.1.0 schema that our output uses: what is required, which words are allowed, what indexes point at.
#[test]
fn sarif_has_the_published_structure() {
    for (name, sample) in SAMPLES {
        let document = sample();
        let log: Value = serde_json::from_str(&rendered("sarif", &document, &Style::default())).unwrap();
        assert_eq!((log["version"].as_str(), log["runs"].as_array().map(Vec::len)), (Some("2.1.0"), Some(1)), "{name}");
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        assert!(run["tool"]["driver"]["name"].is_string() && run["invocations"][0]["executionSuccessful"].is_boolean());
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), document.findings.len() + document.differences().len() + document.ignored().len(), "{name}");
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
            assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
            assert!(!result["message"]["text"].as_str().unwrap().is_empty());
            assert!(result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"].is_string());
            assert_eq!(result["partialFingerprints"]["evenkeel/v1"].as_str().map(str::len), Some(32));
        }
        for rule in rules {
            assert!(rule["shortDescription"]["text"].is_string() && rule["help"]["text"].is_string(), "{rule}");
        }
        let notifications = run["invocations"][0]["toolExecutionNotifications"].as_array().map_or(0, Vec::len);
        assert_eq!(notifications, document.gaps.len(), "{name}");
    }
    let log: Value = serde_json::from_str(&rendered("sarif", &sample::differs(), &Style::default())).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let expired = results.iter().find(|result| result["ruleId"] == "EK-waiver-expired").unwrap();
    assert_eq!(expired["locations"][0]["physicalLocation"]["region"]["startLine"], 14);
    assert_eq!(results.iter().filter(|result| result["suppressions"][0]["kind"] == "external").count(), 1);
    // Code scanning takes no result without a file and a line, and no two runs of one category.
    for (name, sample) in SAMPLES {
        let log: Value = serde_json::from_str(&rendered("sarif", &sample(), &Style::default())).unwrap();
        for run in log["runs"].as_array().unwrap() {
            assert!(run["automationDetails"]["id"].as_str().is_some_and(|id| id.starts_with("evenkeel/")), "{name}");
            for result in run["results"].as_array().unwrap() {
                let place = &result["locations"][0]["physicalLocation"];
                let uri = place["artifactLocation"]["uri"].as_str().unwrap();
                assert!(!uri.is_empty() && !uri.starts_with('/') && place["region"]["startLine"].as_u64().unwrap() > 0, "{name}: {result}");
            }
        }
    }
}

fn attribute(text: &str, element: &str, name: &str) -> usize {
    let head = text.split_once(&format!("<{element} ")).unwrap().1.split_once('>').unwrap().0;
    head.split_once(&format!("{name}=\"")).unwrap().1.split_once('"').unwrap().0.parse().unwrap()
}

#[test]
fn junit_counts_what_the_document_says() {
    for (name, sample) in SAMPLES {
        let document = sample();
        let text = rendered("junit", &document, &Style::default());
        let severities = document.differences().iter().map(|difference| difference.severity);
        let severities = severities.chain(document.findings.iter().map(|finding| finding.severity));
        let failures = severities.filter(|severity| *severity >= document.fail_on).count();
        assert_eq!(attribute(&text, "testsuites", "failures"), failures, "{name}");
        let demanded = |gap: &evenkeel_report::Gap| document.dimensions().iter().any(|one| one.name == gap.dimension && one.demanded);
        let unseen = document.dimensions().iter().filter(|one| one.demanded && !one.compared && one.gaps == 0).count();
        let errors = document.gaps.iter().filter(|gap| demanded(gap)).count() + unseen;
        assert_eq!(attribute(&text, "testsuites", "errors"), errors, "{name}");
        let suites = document.dimensions().len() + usize::from(!document.findings.is_empty());
        assert_eq!(text.matches("<testsuite ").count(), suites, "{name}");
    }
    let equal = rendered("junit", &sample::equal(), &Style::default());
    assert_eq!(equal.matches("<testcase name=\"equal\"").count(), 2);
    assert_eq!(equal.matches("<testcase name=\"nothing there\"").count(), 1, "an empty suite would look like a pass");
}

/// XML 1.0 allows few characters below a space, and none of these.
#[test]
fn junit_holds_only_characters_of_xml() {
    let text = rendered("junit", &sample::hostile(), &Style::default());
    assert!(text.chars().all(|c| (c >= ' ' && c != '\u{fffe}' && c != '\u{ffff}') || c == '\n'));
    assert!(!text.contains("<script") && text.contains("&lt;script&gt;"), "{}", &text[..2_000]);
}

//! Many schemas beside one, in every format: what is said of them, that nothing is lost, and that names of users do no harm.

use crate::sample;
use evenkeel_core::{gate, kind};
use evenkeel_report::{Document, FORMATS, Format, Likeness, Overview, Style};
use std::time::Duration;

/// The overview and what is behind it.
fn run(documents: Vec<Document>, likeness: &[gate::Likeness], exit_code: u8) -> Vec<Document> {
    let patterns = ["t*<b>|`\u{1b}[31m".to_owned()];
    let overview = Document::overview(&Overview {
        like: "tem<i>plate",
        patterns: &patterns,
        left_out: true,
        dimensions: &[kind::Dimension::Schema],
        likeness,
        documents: &documents,
        exit_code,
        fail_on: kind::Severity::Block,
        elapsed: Duration::from_millis(1_300),
        version: "0.1.0",
        command: "evenkeel compare shop --schemas 't*' --like template",
    });
    std::iter::once(overview).chain(documents).collect()
}

fn mixed() -> Vec<Document> {
    use gate::Likeness::{Alike, CouldNotTell, Differs, Equal};
    let documents = vec![sample::equal(), sample::differs(), sample::to_know(), sample::could_not_tell(), sample::hostile()];
    run(documents, &[Equal, Differs, Alike, CouldNotTell, Differs], 1)
}

fn text(format: &str, documents: &[Document]) -> String {
    String::from_utf8((Format::from_name(format).unwrap().render)(documents, &Style::default()).unwrap()).unwrap()
}

#[test]
fn every_format_is_safe_and_stable() {
    let documents = mixed();
    for format in FORMATS {
        let written = text(format.name, &documents);
        assert!(written.ends_with('\n') && written == text(format.name, &documents), "{}", format.name);
        if format.name != "json" {
            let harmful = written.chars().find(|c| c.is_control() && *c != '\n');
            assert_eq!(harmful, None, "{} holds a harmful character", format.name);
        }
        if format.name == "html" {
            assert!(!written.contains("<b>`duc`") && !written.contains("tem<i>plate"), "a name is markup");
        }
    }
}

#[test]
fn the_overview_counts_and_json_has_all() {
    let documents = mixed();
    let (verdict, schemas) = (&documents[0].verdict, documents[0].schemas.as_ref().unwrap());
    assert_eq!(verdict.line, "5 schemas beside tem<i>plate: 1 equal, 1 alike but not equal, 2 differ, 1 could not be told");
    assert_eq!((schemas.equal, schemas.alike, schemas.differ, schemas.could_not_tell, verdict.exit_code), (1, 1, 2, 1, 1));
    assert_eq!(schemas.schemas[3].likeness, Likeness::CouldNotTell);
    assert!(schemas.schemas[1].line.contains("differences (block): "), "{}", schemas.schemas[1].line);
    let back: Vec<Document> = serde_json::from_str(&text("json", &documents)).unwrap();
    assert_eq!(back, documents);
}

#[test]
fn equal_ones_share_a_line_where_they_are_many_and_never_hide_another() {
    let mut documents: Vec<Document> = std::iter::repeat_with(sample::equal).take(40).collect();
    documents.push(sample::differs());
    let mut likeness = vec![gate::Likeness::Equal; 40];
    likeness.push(gate::Likeness::Differs);
    let all = run(documents, &likeness, 1);
    let terminal = text("terminal", &all);
    let lines: Vec<&str> = terminal.lines().collect();
    assert!(lines[0].starts_with("= 40 schemas  equal: ") && lines[0].ends_with("37 more"), "{}", lines[0]);
    assert!(lines[1].starts_with("≠ production  "), "{}", lines[1]);
    assert_eq!(&lines[2..4], ["", "41 schemas beside tem<i>plate: 40 equal, 1 differs"]);
    let markdown = text("markdown", &all);
    assert!(markdown.len() < 60_000 && markdown.matches("\n**").count() == 1, "only what differs is told in full");
    // Of many that differ as many as there is room for; how many are left out is said.
    let many: Vec<Document> = std::iter::repeat_with(sample::huge).take(9).collect();
    let markdown = text("markdown", &run(many, &[gate::Likeness::Differs; 9], 1));
    assert!(markdown.len() < 60_000 && markdown.contains(" more, cut to stay under 60,000 bytes."), "{}", markdown.len());
}

/// Code scanning refuses a file of more than twenty runs, and takes two results of one fingerprint for one.
#[test]
fn any_number_of_schemas_is_one_run_of_code_scanning() {
    let documents: Vec<Document> = (0..30)
        .map(|number| {
            let mut document = sample::differs();
            if let Some(comparison) = &mut document.comparison {
                comparison.candidate.label = format!("tenant_{number}");
            }
            document
        })
        .collect();
    let one: serde_json::Value = serde_json::from_str(&text("sarif", &documents[..1])).unwrap();
    let all: serde_json::Value = serde_json::from_str(&text("sarif", &run(documents, &[gate::Likeness::Differs; 30], 1))).unwrap();
    let results = |log: &serde_json::Value| log["runs"][0]["results"].as_array().unwrap().clone();
    assert_eq!(all["runs"].as_array().unwrap().len(), 1);
    assert_eq!(results(&all).len(), results(&one).len() * 30);
    let prints: std::collections::BTreeSet<String> =
        results(&all).iter().map(|result| result["partialFingerprints"]["evenkeel/v1"].as_str().unwrap().to_owned()).collect();
    assert_eq!(prints.len(), results(&all).len(), "each schema's are its own");
    let rules = all["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let is_its_rule = |result: &serde_json::Value| {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        rules[index]["id"] == result["ruleId"]
    };
    assert!(results(&all).iter().all(is_its_rule));
}

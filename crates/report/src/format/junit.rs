//! JUnit: one suite a dimension, one case a difference or gap, so that a build server shows what a person would read.
//!
//! Lives here: which outcome becomes which state of a case. The XML itself is `quick-junit`'s.

use super::{Style, schemas};
use crate::document::{Difference, DimensionResult, Document, Outcome, Side};
use crate::sentence::Remedy;
use crate::{Fault, clean, sentence};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::time::Duration;

/// Writes the document. A difference at or above the bar is a failure, a lighter one a passed case that says so; a gap
/// is an error where the dimension is demanded, else a skipped case.
///
/// # Errors
/// Only if the XML writer fails.
pub fn render(documents: &[Document], _: &Style) -> Result<Vec<u8>, Fault> {
    let (overview, documents) = schemas::split(documents);
    // Over many schemas stands one verdict, and one reading of the database.
    let heads: Vec<&Document> = overview.map_or_else(|| documents.iter().collect(), |(overview, _)| vec![overview]);
    let verdicts: Vec<&str> = heads.iter().map(|document| document.verdict.line.as_str()).collect();
    let mut report = Report::new(clean::line(&format!("evenkeel: {}", verdicts.join("; "))));
    report.set_time(Duration::from_millis(heads.iter().map(|document| document.elapsed_ms).sum()));
    for document in documents {
        let apart = Some(apart(document)).filter(|_| !document.findings.is_empty());
        for mut suite in apart.into_iter().chain(document.dimensions().iter().map(|dimension| suite(document, dimension))) {
            if documents.len() > 1 {
                suite.name = format!("{}: {}", clean::line(&document.label(Side::Candidate)), suite.name.as_str()).into();
            }
            report.add_test_suite(suite);
        }
    }
    let mut text = report.to_string()?;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text.into_bytes())
}

/// What was found beside differences: each a case of one suite.
fn apart(document: &Document) -> TestSuite {
    let mut suite = TestSuite::new("findings");
    for found in &document.findings {
        let (title, happened) = sentence::subject(found);
        let value = |value: &Option<String>| value.as_deref().map_or_else(|| "nothing".to_owned(), clean::block);
        let mut text = format!("expected: {}\nfound:    {}\n", value(&found.expected), value(&found.found));
        text.push_str(&format!("from:     {}\nwhy:      {}\n", clean::line(&found.origin), clean::line(&found.why)));
        text.push_str(&remedies(&found.fix, &found.step));
        let told = text.clone();
        let mut status = TestCaseStatus::success();
        if found.severity >= document.fail_on {
            status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(format!("{title}: {happened}")).set_type(clean::line(&found.id)).set_description(text);
        }
        let fails = found.severity >= document.fail_on;
        let mut case = TestCase::new(format!("{title}: {}", clean::line(found.id.trim_start_matches("EK-"))), status);
        case.set_classname("evenkeel.findings");
        if !fails {
            case.set_system_out(format!("{}: {happened}\n{told}", found.severity.name()));
        }
        suite.add_test_case(case);
    }
    suite
}

fn remedies(fix: &Option<String>, step: &Option<String>) -> String {
    match sentence::remedy(fix, step) {
        Some(Remedy::Fix(fix)) => format!("fix: {}\n", clean::fix(fix)),
        Some(Remedy::Step(step)) => format!("step: {}\n", clean::line(step)),
        None => String::new(),
    }
}

fn suite(document: &Document, dimension: &DimensionResult) -> TestSuite {
    let name = dimension.name.name();
    let mut suite = TestSuite::new(name);
    let differences = document.told().filter(|difference| difference.dimension == dimension.name);
    suite.add_test_cases(differences.map(|difference| case(document, difference)));
    let blind = if dimension.demanded { TestCaseStatus::non_success(NonSuccessKind::Error) } else { TestCaseStatus::skipped() };
    for gap in document.gaps.iter().filter(|gap| gap.dimension == dimension.name) {
        let mut status = blind.clone();
        let (lead, text) = sentence::gap(document, gap);
        status.set_message(format!("{lead}: {text}")).set_type(gap.reason.name());
        if let Some(cure) = &gap.cure {
            status.set_description(format!("fix: {}", clean::fix(cure)));
        }
        let mut case = TestCase::new(format!("{}: {text}", lead.trim_start_matches("not ")), status);
        case.set_classname(format!("evenkeel.{name}"));
        suite.add_test_case(case);
    }
    if dimension.gaps == 0 && !dimension.compared {
        let mut status = blind;
        status.set_message("not compared");
        suite.add_test_case(named(name, "compared", status));
    } else if dimension.verdict == Outcome::Empty {
        let mut status = TestCaseStatus::skipped();
        status.set_message(sentence::dimension(dimension).1);
        suite.add_test_case(named(name, "nothing there", status));
    } else if dimension.verdict == Outcome::Equal {
        let mut case = named(name, "equal", TestCaseStatus::success());
        case.set_system_out(sentence::dimension(dimension).1);
        suite.add_test_case(case);
    }
    suite
}

fn named(dimension: &str, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(format!("evenkeel.{dimension}"));
    case
}

fn case(document: &Document, difference: &Difference) -> TestCase {
    let title = sentence::title(difference);
    let happened = sentence::happened(document, difference);
    let text = told(difference);
    let fails = difference.severity >= document.fail_on;
    let mut status = TestCaseStatus::success();
    if fails {
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(format!("{title}: {happened}")).set_type(clean::line(&difference.id)).set_description(text.clone());
    }
    let rule = clean::line(difference.id.trim_start_matches("EK-"));
    let mut case = TestCase::new(format!("{title}: {rule}"), status);
    case.set_classname(format!("evenkeel.{}.{}", difference.dimension.name(), clean::line(&difference.kind)));
    if !fails {
        case.set_system_out(format!("{}: {happened}\n{text}", difference.severity.name()));
    }
    case
}

fn told(difference: &Difference) -> String {
    let value = |value: &Option<String>| value.as_deref().map_or_else(|| "nothing".to_owned(), clean::block);
    let mut text = format!("expected: {}\nfound:    {}\n", value(&difference.expected), value(&difference.found));
    for detail in sentence::details(difference) {
        text.push_str(&format!("{detail}\n"));
    }
    text.push_str(&format!("from:     {}\nwhy:      {}\n", clean::line(&difference.origin), clean::line(&difference.why)));
    text.push_str(&remedies(&difference.fix, &difference.step));
    text
}

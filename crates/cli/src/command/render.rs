//! `evenkeel render report.json`: other reports of a run that was written as JSON. Nothing is read or judged again.

use super::{Outcome, report};
use crate::args::{Common, Render, Reporting};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_report::{Document, SCHEMA_VERSION};
use std::io::Read;
use std::path::Path;

/// The largest report that is read, in bytes.
const LARGEST: u64 = 1 << 30;

pub fn run(arguments: &Render, common: &Common) -> Outcome {
    let Render { report: path, format, out, only } = arguments;
    let reporting = Reporting { dimension: Vec::new(), fail_on: None, format: format.clone(), out: out.clone(), only: only.clone() };
    let outputs = report::outputs(&reporting)?;
    let documents = read(path)?;
    report::publish(&outputs, &documents, &reporting, common)?;
    // What it amounts to was judged when it was made.
    Ok(evenkeel_core::gate::exit_code_of_all(&documents.iter().map(|document| document.verdict.exit_code).collect::<Vec<_>>()))
}

/// One document, or several in a list, as `check` writes them.
fn read(path: &Path) -> Result<Vec<Document>, Box<Trouble>> {
    let trouble = |found: String| {
        Box::new(
            Trouble::new(Class::Configuration, format!("cannot read the report {}", path.display()))
                .expected("a file written by: evenkeel compare A B --format json=FILE")
                .found(found),
        )
    };
    let path = if path == Path::new("-") { Path::new("/dev/stdin") } else { path };
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(|error| trouble(error.to_string()))?;
    file.take(LARGEST).read_to_string(&mut text).map_err(|error| trouble(error.to_string()))?;
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|error| trouble(error.to_string()))?;
    let several = if value.is_array() { value } else { serde_json::Value::Array(vec![value]) };
    let documents: Vec<Document> = serde_json::from_value(several).map_err(|error| trouble(error.to_string()))?;
    match documents.iter().find(|document| document.schema_version != SCHEMA_VERSION) {
        Some(other) => Err(trouble(format!("schema version {}, of another evenkeel", crate::paint::plain(&other.schema_version)))),
        None if documents.is_empty() => Err(trouble("an empty list".to_owned())),
        None => Ok(documents),
    }
}

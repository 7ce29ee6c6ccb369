//! `evenkeel explain ID`: the text every report prints about a finding, at length.

use super::{Outcome, output};
use crate::args::Explain;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_report as explain;

pub fn run(arguments: &Explain) -> Outcome {
    let Some(id) = &arguments.id else {
        output::write(explain::list().as_bytes(), None)?;
        return Ok(0);
    };
    let Some(text) = explain::explain(id) else {
        let near = explain::suggest(id);
        let trouble =
            Trouble::new(Class::Usage, format!("no finding is called {id:?}")).expected("an id from a report, such as EK-index-valid");
        return Err(Box::new(if near.is_empty() {
            trouble.fix("list them all: evenkeel explain")
        } else {
            trouble.fix(format!("did you mean {}?", near.join(", ")))
        }));
    };
    output::write(text.as_bytes(), None)?;
    Ok(0)
}

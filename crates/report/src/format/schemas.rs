//! Many schemas beside one, as the formats for people show them: a line each, those that are equal together.
//!
//! Lives here: which lines there are, and which of the comparisons behind them have anything to tell. Neighbours: the formats,
//! which paint them.

use crate::clean;
use crate::document::{Document, Likeness, OneSchema, Schemas};
use crate::number::{counted, thousands};

/// So many equal schemas have a line each; of more the first are named in one.
const APART: usize = 6;
const NAMED: usize = 3;

/// The overview, and the comparisons behind it; without one all documents are comparisons.
pub(super) fn split(documents: &[Document]) -> (Option<(&Document, &Schemas)>, &[Document]) {
    match documents.split_first() {
        Some((first, rest)) => match &first.schemas {
            Some(schemas) => (Some((first, schemas)), rest),
            None => (None, documents),
        },
        None => (None, documents),
    }
}

/// The comparisons that have something to tell beyond the overview; all of them where there is none.
pub(super) fn telling(documents: &[Document]) -> Vec<&Document> {
    let (overview, rest) = split(documents);
    let Some((_, schemas)) = overview else { return rest.iter().collect() };
    let tells = |schema: &OneSchema| schema.likeness != Likeness::Equal || schemas.schemas.len() == 1;
    rest.iter().zip(&schemas.schemas).filter(|(_, schema)| tells(schema)).map(|(document, _)| document).collect()
}

/// The same, and the overview where nothing else is told: a report says at least what it amounts to.
pub(super) fn telling_or_all(documents: &[Document]) -> Vec<&Document> {
    let telling = telling(documents);
    if telling.is_empty() { documents.iter().take(1).collect() } else { telling }
}

/// A sign, a name and what is said of it: one line a schema.
pub(super) struct Line {
    pub sign: char,
    pub likeness: Likeness,
    pub name: String,
    pub words: String,
}

/// All lines: first the equal ones, together where they are many, then the others in order.
pub(super) fn lines(schemas: &Schemas) -> Vec<Line> {
    let (equal, others): (Vec<&OneSchema>, Vec<&OneSchema>) = schemas.schemas.iter().partition(|schema| schema.likeness == Likeness::Equal);
    let mut lines = Vec::new();
    if equal.len() > APART {
        let mut names: Vec<String> = equal.iter().take(NAMED).map(|schema| clean::line(&schema.name)).collect();
        names.push(format!("{} more", thousands(equal.len() - NAMED)));
        let (sign, likeness) = equal.first().map_or(('=', Likeness::Equal), |first| (first.sign(), first.likeness));
        lines.push(Line { sign, likeness, name: counted(equal.len(), "schema", "schemas"), words: format!("equal: {}", names.join(", ")) });
        lines.extend(others.iter().map(|schema| Line::of(schema)));
    } else {
        lines.extend(schemas.schemas.iter().map(Line::of));
    }
    lines
}

/// What was compared, in words.
pub(super) fn compared(schemas: &Schemas) -> String {
    let names: Vec<&str> = schemas.dimensions.iter().map(|dimension| dimension.name()).collect();
    let left_out = if schemas.left_out { format!(", {} itself is left out", clean::line(&schemas.like)) } else { String::new() };
    format!("compared {} of each schema{left_out}", names.join(", "))
}

impl Line {
    fn of(schema: &OneSchema) -> Self {
        Self { sign: schema.sign(), likeness: schema.likeness, name: clean::line(&schema.name), words: clean::line(&schema.line) }
    }
}

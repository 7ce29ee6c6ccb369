//! The formats: one file each, one line each in [`FORMATS`].
//!
//! Lives here: the list and what a caller may ask of a format. Neighbours: `document`, all that a format is given; `group`,
//! `sentence`, `number`, `textdiff` and `wrap`, which formats share.

pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod sarif;
mod schemas;
pub mod terminal;

use crate::{Document, Fault, Severity};

/// What a caller may ask of a format; each takes what it can use.
#[derive(Debug, Clone)]
pub struct Style {
    /// Colours by ANSI escapes. No format carries a meaning by colour alone.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// A person looks at it: what is wider than the terminal is broken. Elsewhere a line of a definition stays one.
    pub terminal: bool,
    /// Of several documents those that fail stand before those that hold; in the matrix all stand in their order.
    pub failing_first: bool,
    /// Show only these differences, and all of them.
    pub only: Option<Only>,
    /// How many blocking differences are shown in full; the others are counted.
    pub limit: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 80, terminal: false, failing_first: false, only: None, limit: 20 }
    }
}

/// Which differences are shown: those of a severity, and those of an id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Only {
    pub severities: Vec<Severity>,
    pub ids: Vec<String>,
}

impl Only {
    /// Those of one severity.
    #[must_use]
    pub fn of(severity: Severity) -> Self {
        Self { severities: vec![severity], ids: Vec::new() }
    }

    fn has(&self, severity: Severity, id: &str) -> bool {
        self.severities.contains(&severity) || self.ids.iter().any(|one| one == id)
    }
}

impl Style {
    /// Whether what has that severity and id is shown.
    #[must_use]
    pub fn wants(&self, severity: Severity, id: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.has(severity, id))
    }
}

/// One output format.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// The word after `--format`.
    pub name: &'static str,
    /// Of a file in that format, without a dot.
    pub extension: &'static str,
    /// What it is for, in the help text.
    pub about: &'static str,
    /// Paints one document, or several (one an environment) as one report.
    pub render: fn(&[Document], &Style) -> Result<Vec<u8>, Fault>,
}

impl Format {
    /// The format with that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.name == name)
    }
}

/// One after the other, an empty line between.
fn in_turn(documents: &[&Document], style: &Style, one: fn(&Document, &Style) -> Result<Vec<u8>, Fault>) -> Result<Vec<u8>, Fault> {
    let mut documents = documents.to_vec();
    if style.failing_first {
        documents.sort_by_key(|document| document.verdict.exit_code == 0);
    }
    let pages = documents.into_iter().map(|document| one(document, style)).collect::<Result<Vec<_>, _>>()?;
    Ok(pages.join(&b'\n'))
}

/// Every format.
pub const FORMATS: &[Format] = &[
    Format { name: "terminal", extension: "txt", about: "for a person at a terminal", render: terminal::several },
    Format { name: "json", extension: "json", about: "complete, for programs; docs/reference/report.schema.json", render: json::render },
    Format { name: "markdown", extension: "md", about: "for a pull request, under 60,000 bytes", render: markdown::several },
    Format { name: "html", extension: "html", about: "one self-contained page, for people", render: html::pages },
    Format { name: "sarif", extension: "sarif", about: "SARIF 2.1.0, for code scanning", render: sarif::render },
    Format { name: "junit", extension: "xml", about: "for build servers; one suite a dimension", render: junit::render },
];

//! HTML: one self-contained page, readable without JavaScript and on paper, for one comparison or several.
//!
//! Lives here: the entry and what guards the page (no request leaves it, only our own style and script run). What is
//! shown is decided in `html/view` and `html/item`, the matrix in `html/matrix`, the charts in `html/chart`, the patch in `html/patch`;
//! markup, style and script are files of their own in `templates/`.

mod chart;
mod item;
mod matrix;
mod patch;
mod view;

use super::{Style, schemas};
use crate::textdiff::Tag;
use crate::{Document, Fault};
use askama::Template;
use evenkeel_core::digest;
use item::{Item, Row, Values};
use matrix::Matrix;
use view::{Overview, View};

const STYLE: &str = include_str!("../../templates/report.css");
const SCRIPT: &str = include_str!("../../templates/report.js");

#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    title: String,
    /// What stands in the browser's tab.
    tab: String,
    /// What sort of report it is.
    sort: &'static str,
    /// Names our style and script to the browser, which runs nothing else. It depends on everything the page says, so
    /// that no text in it can know it.
    nonce: String,
    style: &'static str,
    script: &'static str,
    /// Where many schemas were compared with one.
    overview: Option<Overview>,
    matrix: Matrix,
    views: Vec<View>,
    version: String,
}

/// Writes one document, or several as one page: one column of the matrix and one section each.
///
/// # Errors
/// Only if the template engine fails.
pub fn pages(documents: &[Document], style: &Style) -> Result<Vec<u8>, Fault> {
    let mut hashes = Vec::with_capacity(documents.len());
    for document in documents {
        let text = serde_json::to_string(document).map_err(|source| Fault::Json { format: "html", source })?;
        hashes.push(digest::chain("page", &text, std::iter::empty()));
    }
    let telling = schemas::telling(documents);
    let (overview, _) = schemas::split(documents);
    let matrix = Matrix::of(&telling);
    let mut views: Vec<View> = telling.iter().enumerate().map(|(index, document)| View::of(document, index)).collect();
    if style.failing_first {
        views.sort_by_key(|view| view.exit_code == 0);
    }
    let named = overview.map(|(overview, _)| crate::clean::line(&overview.verdict.line));
    let page = Page {
        title: named.clone().unwrap_or_else(|| view::title(documents)),
        sort: if documents.iter().any(|document| document.comparison.is_some() || document.schemas.is_some()) {
            "parity report"
        } else {
            "report"
        },
        tab: named.unwrap_or_else(|| view::tab(documents, &matrix)),
        overview: overview.map(|(overview, schemas)| Overview::of(overview, schemas)),
        nonce: digest::chain("nonce", "", hashes.into_iter()).hex(),
        style: STYLE,
        script: SCRIPT,
        matrix,
        views,
        version: documents.first().map(|document| crate::clean::line(&document.tool.version)).unwrap_or_default(),
    };
    let mut text = page.render()?;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(text.into_bytes())
}

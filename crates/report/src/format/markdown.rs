//! Markdown for a pull request or merge request: the verdict, one table, each blocking difference folded, what to
//! know, what was not visible, how to reproduce it. Always below the size limits of GitHub and GitLab.
//!
//! Lives here: layout and the cut. What a database says stands only in code. Does not live here: the escaping
//! (`markdown/escape`), what stands in an entry (`markdown/entry`) or of a patch (`markdown/patch`), the sentences (`sentence`).

mod entry;
mod escape;
mod patch;

use super::{Style, in_turn, schemas};
use crate::Fault;
use crate::clean;
use crate::document::{Document, Outcome, Reason, Schemas, Severity};
use crate::group::{self, Entry, entries};
use crate::number::{counted, short, thousands};
use crate::sentence;
use entry::{cut, gap, shortened};
use escape::code;
pub(crate) use escape::{fenced, plain};

/// Bytes; GitHub refuses a comment beyond 65,536 characters.
pub const LIMIT: usize = 60_000;
/// Kept free for the sentence that says what was cut, and for closing marks.
const RESERVE: usize = 1_000;
/// Columns of a value that are shown.
const COLUMNS: usize = 240;
/// Excused differences that are named.
const EXCUSED: usize = 8;

/// Writes the document as Markdown.
///
/// # Errors
/// None; the signature is the formats'.
pub fn render(document: &Document, style: &Style) -> Result<Vec<u8>, Fault> {
    let foot = foot(document);
    let patch = document.patch().filter(|_| style.only.is_none());
    let words = patch.map(|patch| patch::words(document, patch)).unwrap_or_default();
    let mut page = Page { text: head(document), room: LIMIT.saturating_sub(RESERVE + foot.len() + words.len()), full: false };
    for (severity, title, more) in [(Severity::Block, "What blocks", "more that block"), (Severity::Warn, "Warnings", "more warnings")] {
        page.section(title, more, pieces(document, style, severity).into_iter());
    }
    if style.only.is_none() {
        let (apart, hidden): (Vec<_>, Vec<_>) =
            group::gaps(&document.gaps).into_iter().partition(|gaps| gaps.iter().all(|gap| gap.reason == Reason::NotComparable));
        for (title, more, groups) in [("Not visible", "more not visible", hidden), ("Not comparable", "more not comparable", apart)] {
            page.section(title, more, groups.iter().map(|gaps| (gap(document, gaps), gaps.len())));
        }
    }
    page.section("Expected or cosmetic", "more expected or cosmetic", pieces(document, style, Severity::Inform).into_iter());
    page.text.push_str(&words);
    if let Some(patch) = patch {
        page.text.push_str(&patch::script(patch, (page.room + words.len()).saturating_sub(page.text.len())));
    }
    page.text.push_str(&foot);
    Ok(page.text.into_bytes())
}

/// Several one after the other; of many schemas an overview, and those that are not equal as long as there is room.
///
/// # Errors
/// None; the signature is the formats'.
pub fn several(documents: &[Document], style: &Style) -> Result<Vec<u8>, Fault> {
    let telling = schemas::telling(documents);
    let (Some((document, schemas)), _) = schemas::split(documents) else { return in_turn(&telling, style, render) };
    let mut page = Page { text: overview(document, schemas), room: LIMIT.saturating_sub(RESERVE), full: false };
    let mut left = 0;
    for document in telling {
        let piece = render(document, style)?;
        page.full |= page.text.len() + piece.len() > page.room;
        if page.full {
            left += 1;
        } else {
            page.text.push('\n');
            page.text.push_str(&String::from_utf8_lossy(&piece));
        }
    }
    if left > 0 {
        page.text.push_str(&format!("\n… {} more, cut to stay under {} bytes.\n", counted(left, "schema", "schemas"), thousands(LIMIT)));
    }
    Ok(page.text.into_bytes())
}

/// The headline and a table with a row a schema, as long as half of the page has room.
fn overview(document: &Document, schemas: &Schemas) -> String {
    let mut text = format!("**{}**\n\n| | schema | |\n|---|---|---|\n", plain(&document.verdict.line));
    let lines = schemas::lines(schemas);
    let mut shown = 0;
    for line in &lines {
        let row = format!("| {} | {} | {} |\n", line.sign, plain(&line.name), plain(&line.words));
        if text.len() + row.len() > LIMIT / 2 {
            break;
        }
        text.push_str(&row);
        shown += 1;
    }
    if shown < lines.len() {
        text.push_str(&format!("\n… {} more lines, all in --format json\n", thousands(lines.len() - shown)));
    }
    let how = sentence::how(document).into_iter().map(|part| plain(&part));
    text.push_str(&format!("\n{} · {}\n", plain(&schemas::compared(schemas)), how.collect::<Vec<_>>().join(" · ")));
    text
}

/// What is shown of a severity, and how many each piece stands for.
fn pieces(document: &Document, style: &Style, severity: Severity) -> Vec<(String, usize)> {
    let found = document.findings.iter().filter(|finding| finding.severity == severity && style.wants(severity, &finding.id));
    let told = document.told().filter(|difference| style.wants(severity, &difference.id));
    let piece = |entry: &Entry<'_>| (entry::piece(document, entry, severity), entry.len());
    found.map(|finding| (entry::found(finding), 1)).chain(entries(told, severity).iter().map(piece)).collect()
}

struct Page {
    text: String,
    room: usize,
    full: bool,
}

impl Page {
    /// A heading and its pieces, as many as there is room for; what the others stand for is counted.
    fn section(&mut self, title: &str, more: &str, pieces: impl ExactSizeIterator<Item = (String, usize)>) {
        let heading = format!("\n### {title}\n\n");
        let mut left = 0;
        for (at, (piece, stands_for)) in pieces.enumerate() {
            let size = piece.len() + if at == 0 { heading.len() } else { 0 };
            // Once full, nothing more: a shorter piece later would make the count hard to read.
            self.full |= self.text.len() + size > self.room;
            if self.full {
                left += stands_for;
                continue;
            }
            if at == 0 {
                self.text.push_str(&heading);
            }
            self.text.push_str(&piece);
        }
        if left > 0 {
            let note = format!("\n… {} {more}, cut to stay under {} bytes.\n", thousands(left), thousands(LIMIT));
            self.text.push_str(&note);
        }
    }
}

fn head(document: &Document) -> String {
    let mut text = format!("**{}**\n", plain(&document.verdict.line));
    if document.comparison.is_none() {
        return text;
    }
    // Most comparisons are of one kind of server, and have no such column.
    let apart = document.verdict.not_comparable > 0;
    let (title, rule) = if apart { (" not comparable |", "--:|") } else { ("", "") };
    text.push_str(&format!("\n| dimension | verdict | block | warn | expected | not visible |{title}\n|---|---|--:|--:|--:|--:|{rule}\n"));
    for dimension in document.dimensions() {
        let (symbol, _) = sentence::dimension(dimension);
        let verdict = match dimension.verdict {
            _ if !dimension.compared => "not compared",
            Outcome::Equal if dimension.alone().is_some() => "only one side has any",
            Outcome::Equal if dimension.differences.warn > 0 => "nothing blocks",
            Outcome::Equal if dimension.ignored > 0 => "alike but for what is excused",
            Outcome::Empty => "nothing there",
            Outcome::Equal => "equal",
            Outcome::Differs => "differs",
            Outcome::CouldNotTell => "could not tell",
        };
        let note = dimension.note.as_deref().map(|note| format!("; {}", plain(note))).unwrap_or_default();
        let per = dimension.differences;
        let mut numbers = vec![per.block, per.warn, per.inform, dimension.gaps.saturating_sub(dimension.not_comparable)];
        numbers.extend(apart.then_some(dimension.not_comparable));
        let cells: Vec<String> = numbers.into_iter().map(|number| if number == 0 { "–".to_owned() } else { thousands(number) }).collect();
        text.push_str(&format!("| {} | {symbol} {verdict}{note} | {} |\n", dimension.name.name(), cells.join(" | ")));
    }
    if let Some(floor) = sentence::floor(document) {
        text.push_str(&format!("\n{}\n", plain(&floor)));
    }
    if let Some(counts) = sentence::by_kind(document, Severity::Block) {
        text.push_str(&format!("\n{}\n", plain(&counts)));
    }
    text
}

fn foot(document: &Document) -> String {
    let mut text = String::from("\n---\n");
    if !document.ignored().is_empty() {
        text.push_str(&format!("Excused by policy: {}.\n\n", counted(document.ignored().len(), "difference", "differences")));
        for excused in sentence::excused(document, EXCUSED) {
            text.push_str(&format!("- {}\n", plain(&cut(&excused, COLUMNS))));
        }
        text.push('\n');
    }
    for (word, endpoint) in document.looked_at() {
        let label = code(&shortened(&clean::line(&endpoint.label)));
        if !endpoint.is_read() {
            text.push_str(&format!("- {word} {label}: not read\n"));
            continue;
        }
        let facts = [
            format!("{} {}", endpoint.engine, endpoint.server_version),
            format!("database {}", endpoint.database),
            format!("role {}", endpoint.role),
            format!("{} {}", endpoint.node_role.name(), endpoint.node),
            format!("read {}", endpoint.captured_at),
        ];
        let facts: Vec<String> = facts.iter().map(|fact| code(&shortened(&clean::line(fact)))).collect();
        text.push_str(&format!("- {word} {label}: {}\n", facts.join(", ")));
    }
    let digests: Vec<String> = document
        .dimensions()
        .iter()
        .filter_map(|dimension| match (&dimension.reference_digest, &dimension.candidate_digest) {
            (Some(a), Some(b)) if a == b => Some(format!("{} {}", dimension.name.name(), code(&short(&clean::line(a))))),
            (Some(a), Some(b)) => {
                Some(format!("{} {} / {}", dimension.name.name(), code(&short(&clean::line(a))), code(&short(&clean::line(b)))))
            }
            _ => None,
        })
        .collect();
    if !digests.is_empty() {
        text.push_str(&format!("- digests: {}\n", digests.join(", ")));
    }
    let how = sentence::how(document).join(" · ");
    let compared =
        document.comparison.iter().map(|_| format!("compared {} · ", plain(&sentence::compared(document, 5)))).collect::<String>();
    text.push_str(&format!("- {compared}{}\n", plain(&how)));
    let command = code(&cut(&clean::line(&document.command), 2_000));
    let more = if document.told().next().is_some() { "; all of one id with `--only ID`" } else { "" };
    text.push_str(&format!("\nReproduce it with {command}{more}\n"));
    text
}

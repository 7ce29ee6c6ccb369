//! Markdown for a pull request or merge request: the verdict, one table, each blocking difference folded, what to
//! know, what was not visible, how to reproduce it. Always below the size limits of GitHub and GitLab.
//!
//! Lives here: layout and the cut. What a database says stands only in code. Does not live here: the escaping
//! (`markdown/escape`), the sentences (`sentence`).

mod escape;

use super::{Style, in_turn, schemas};
use crate::Fault;
use crate::clean;
use crate::document::{Difference, Document, Gap, Outcome, Reason, Schemas, Severity};
use crate::group::{self, Entry, Group, entries};
use crate::number::{counted, short, thousands};
use crate::sentence::{self, Remedy};
use crate::textdiff::{self, Line};
use escape::{code, fenced, html, linkless, plain};

/// Bytes; GitHub refuses a comment beyond 65,536 characters.
pub const LIMIT: usize = 60_000;
/// Kept free for the sentence that says what was cut, and for closing marks.
const RESERVE: usize = 1_000;
/// Lines and columns of a definition or value that are shown.
const LINES: usize = 60;
const COLUMNS: usize = 240;
/// Bytes of the fixes of one entry. A fix is whole or left out: half of one would do something else.
const FIX: usize = 8_000;
/// Members of a group that are named; more of them where the list is closed.
const NAMED: usize = 8;
const MEMBERS: usize = 60;
/// Excused differences that are named.
const EXCUSED: usize = 8;

/// Writes the document as Markdown.
///
/// # Errors
/// None; the signature is the formats'.
pub fn render(document: &Document, style: &Style) -> Result<Vec<u8>, Fault> {
    let foot = foot(document);
    let mut page = Page { text: head(document), room: LIMIT.saturating_sub(RESERVE + foot.len()), full: false };
    let wants = |severity| style.only.is_none_or(|only| only == severity);
    if wants(Severity::Block) {
        let blocks = entries(document.told(), Severity::Block);
        let pieces: Vec<(String, usize)> =
            apart(document, Severity::Block).chain(blocks.iter().map(|entry| (folded(document, entry), entry.len()))).collect();
        page.section("What blocks", "more block", pieces.into_iter());
    }
    if wants(Severity::Warn) {
        let warns = entries(document.told(), Severity::Warn);
        let pieces: Vec<(String, usize)> =
            apart(document, Severity::Warn).chain(warns.iter().map(|entry| (item(document, entry), entry.len()))).collect();
        page.section("Warnings", "more warnings", pieces.into_iter());
    }
    if style.only.is_none() {
        let (apart, hidden): (Vec<_>, Vec<_>) =
            group::gaps(&document.gaps).into_iter().partition(|gaps| gaps.iter().all(|gap| gap.reason == Reason::NotComparable));
        for (title, more, groups) in [("Not visible", "more not visible", hidden), ("Not comparable", "more not comparable", apart)] {
            page.section(title, more, groups.iter().map(|gaps| (gap(document, gaps), gaps.len())));
        }
    }
    if wants(Severity::Inform) {
        let informs = entries(document.told(), Severity::Inform);
        let pieces: Vec<(String, usize)> =
            apart(document, Severity::Inform).chain(informs.iter().map(|entry| (item(document, entry), entry.len()))).collect();
        page.section("Expected or cosmetic", "more expected or cosmetic", pieces.into_iter());
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

/// What was found beside differences, as items of a list.
fn apart(document: &Document, severity: Severity) -> impl Iterator<Item = (String, usize)> {
    document.findings.iter().filter(move |finding| finding.severity == severity).map(|finding| {
        let (title, happened) = sentence::subject(finding);
        let value =
            |value: &Option<String>| value.as_deref().map_or_else(|| "nothing".to_owned(), |text| code(&shortened(&clean::line(text))));
        let mut text = format!(
            "- {} {} {} ({}): expected {}, found {}. From {}. {}\n",
            sentence::symbol(finding.severity),
            code(&shortened(&title)),
            plain(&happened),
            code(&finding.id),
            value(&finding.expected),
            value(&finding.found),
            code(&shortened(&clean::line(&finding.origin))),
            plain(&finding.why)
        );
        match sentence::remedy(&finding.fix, &finding.step) {
            Some(Remedy::Fix(sql)) => text.push_str(&format!("\n{}", fixes(&[sql], true))),
            Some(Remedy::Step(words)) => text.push_str(&format!("  {}\n\n", plain(&shortened(&clean::line(words))))),
            None => {}
        }
        (text, 1)
    })
}

/// A blocking difference, or many of one cause: closed, so that a long list stays short.
fn folded(document: &Document, entry: &Entry<'_>) -> String {
    let (difference, title, happened, ids) = match entry {
        Entry::One(difference) => {
            (*difference, sentence::title(difference), sentence::happened(document, difference), clean::line(&difference.id))
        }
        Entry::Many(group) => match group.members.first() {
            Some(first) if group.lone => (*first, clean::line(&group.title()), sentence::happened(document, first), group.ids()),
            Some(first) => (*first, clean::line(&group.title()), "differs alike".to_owned(), group.ids()),
            None => return String::new(),
        },
    };
    let (title, happened) = (html(&shortened(&title)), linkless(&html(&shortened(&happened))));
    let mut text = format!("<details><summary>✗ <code>{title}</code> {happened} (<code>{}</code>)</summary>\n\n", html(&ids));
    if let Entry::Many(group) = entry {
        text.push_str(&format!("In {}\n\n", members(group, MEMBERS)));
    }
    text.push_str(&fenced("diff", &values(difference)));
    let details = sentence::details(difference);
    if !details.is_empty() {
        text.push_str(&format!("{}\n\n", code(&shortened(&details.join(", ")))));
    }
    if let Some(origin) = difference.set_by.as_deref() {
        text.push_str(&format!("From {}\n\n", code(&shortened(&clean::line(origin)))));
    }
    text.push_str(&format!("{}\n\n", plain(&difference.why)));
    if let Some(manual) = sentence::manual(difference) {
        text.push_str(&format!("{}\n\n", code(&manual)));
    }
    match entry {
        Entry::One(difference) => match sentence::remedy(&difference.fix, &difference.step) {
            Some(Remedy::Fix(sql)) => text.push_str(&format!("Fix:\n\n{}", fixes(&[sql], true))),
            Some(Remedy::Step(words)) => text.push_str(&format!("Fix: {}\n\n", plain(&shortened(&clean::line(words))))),
            None => {}
        },
        Entry::Many(group) => {
            let all: Vec<&str> = group.members.iter().filter_map(|one| one.fix.as_deref()).collect();
            if !all.is_empty() {
                text.push_str(&format!("Fix:\n\n{}", fixes(&all, true)));
            }
        }
    }
    text.push_str("</details>\n");
    text
}

/// So many members of a group by name, the others counted.
fn members(group: &Group<'_>, most: usize) -> String {
    let named: Vec<String> = group.members.iter().take(most).map(|one| code(&shortened(&clean::line(&group::brief(one))))).collect();
    let more = group.members.len().saturating_sub(named.len());
    let more = if more > 0 { format!(", {} more", thousands(more)) } else { String::new() };
    format!("{}{more}", named.join(", "))
}

/// Expected and found as the lines of a diff block.
fn values(difference: &Difference) -> Vec<String> {
    let lines = match (difference.expected.as_deref(), difference.found.as_deref()) {
        (Some(expected), Some(found)) if textdiff::is_definition(Some(expected), Some(found)) => textdiff::unified(expected, found)
            .into_iter()
            .map(|line| match line {
                Line::Place(place) => place,
                Line::Text(tag, text) => format!("{}{text}", tag.sign()),
            })
            .collect(),
        (expected, found) => {
            let side = |sign, name, value: Option<&str>| {
                let mut lines = clean::lines(value.unwrap_or("nothing")).into_iter();
                let first = format!("{sign} {name} {}", lines.next().unwrap_or_default());
                std::iter::once(first).chain(lines.map(move |line| format!("{sign} {line}"))).collect::<Vec<_>>()
            };
            let mut lines = side('-', "expected", expected);
            lines.extend(side('+', "found   ", found));
            lines
        }
    };
    limited(lines)
}

/// A lighter difference, or many alike, as an item of a list.
fn item(document: &Document, entry: &Entry<'_>) -> String {
    match entry {
        Entry::One(difference) => {
            let value = |value: &Option<String>| match value {
                Some(value) => code(&shortened(&clean::line(value))),
                None => "nothing".to_owned(),
            };
            let ratio =
                difference.detail.get("ratio").map(|ratio| format!(" ({})", code(&shortened(&clean::line(ratio))))).unwrap_or_default();
            format!(
                "- {} {} {}: expected {}, found {}{ratio}. {}\n",
                sentence::symbol(difference.severity),
                code(&shortened(&sentence::title(difference))),
                plain(&shortened(&sentence::happened(document, difference))),
                value(&difference.expected),
                value(&difference.found),
                plain(&difference.why)
            )
        }
        Entry::Many(group) => {
            let Some(first) = group.members.first() else { return String::new() };
            let named = members(group, if first.severity == Severity::Inform { NAMED } else { 3 });
            let lead = format!("- {} {}: ", sentence::symbol(first.severity), plain(&group.title()));
            if !group.same_cause {
                return format!("{lead}{}{named}\n", group.word());
            }
            let value =
                |value: &Option<String>| value.as_deref().map_or_else(|| "nothing".to_owned(), |text| code(&shortened(&clean::line(text))));
            format!("{lead}{named}; expected {}, found {}. {}\n", value(&first.expected), value(&first.found), plain(&first.why))
        }
    }
}

fn gap(document: &Document, gaps: &[&Gap]) -> String {
    let (lead, what) = sentence::gaps(document, gaps, NAMED);
    // The heading says what it is.
    let lead = if matches!(lead.as_str(), "not visible" | "not comparable") { String::new() } else { format!("{lead}: ") };
    let mut text = format!("- ? {}\n", code(&cut(&format!("{lead}{what}"), 4 * COLUMNS)));
    if let Some(cure) = gaps.first().and_then(|gap| gap.cure.as_ref()) {
        let block = fixes(&[cure], sentence::is_sql_cure(cure));
        text.push('\n');
        for line in block.lines() {
            // A fix is as it is, blanks at its end too.
            text.push_str(&if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") });
        }
        text.push('\n');
    }
    text
}

/// Statements or steps in one block, each as it is, as many as there is room for; why the others are left out.
fn fixes(all: &[&str], is_sql: bool) -> String {
    let (mut shown, mut bytes, mut hidden, mut long) = (Vec::new(), 0, 0, 0);
    for fix in all {
        match clean::pasteable(fix) {
            None => hidden += 1,
            Some(_) if long > 0 || bytes + fix.len() > FIX => long += 1,
            Some(lines) => {
                bytes += fix.len();
                shown.extend(lines);
            }
        }
    }
    let mut text = String::new();
    if !shown.is_empty() {
        text.push_str(&fenced(if is_sql { "sql" } else { "" }, &shown));
    }
    let count = |number: usize| if all.len() > 1 { format!("{} ", thousands(number)) } else { String::new() };
    if hidden > 0 {
        text.push_str(&format!("{}{}\n\n", count(hidden), plain(clean::LEFT_OUT)));
    }
    if long > 0 {
        text.push_str(&format!("{}left out: longer than there is room for; --format json or html has it whole\n\n", count(long)));
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
    text.push_str(&format!("\nReproduce it with {}\n", code(&cut(&clean::line(&document.command), 2_000))));
    text
}

/// At most so many lines of at most so many characters; what is cut is counted.
fn limited(lines: Vec<String>) -> Vec<String> {
    let more = lines.len().saturating_sub(LINES);
    let mut lines: Vec<String> = lines.into_iter().take(LINES).map(|line| shortened(&line)).collect();
    if more > 0 {
        lines.push(format!("… {}", counted(more, "more line", "more lines")));
    }
    lines
}

fn shortened(text: &str) -> String {
    cut(text, COLUMNS)
}

fn cut(text: &str, columns: usize) -> String {
    let all = text.chars().count();
    if all <= columns {
        return text.to_owned();
    }
    let head: String = text.chars().take(columns).collect();
    format!("{head}… ({} more characters)", thousands(all - columns))
}

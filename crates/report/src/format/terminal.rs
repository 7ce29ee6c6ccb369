//! The terminal: the verdict, one table, what blocks with its fix, warnings, what was not visible, how it was
//! looked at. Readable at 80 columns, without colour, and pasteable.
//!
//! Lives here: layout and colours. Does not live here: the layout of an entry (`terminal/entry`), the sentences
//! (`sentence`), whether there is a terminal (the command line).

mod entry;

use super::{Style, in_turn, schemas};
use crate::Fault;
use crate::clean;
use crate::document::{Difference, Document, Likeness, PatchState, Schemas, Severity, Side};
use crate::group::{self, Entry, entries};
use crate::number::{counted, thousands};
use crate::sentence;
use crate::wrap::{fill, width, wrap};
use anstyle::{AnsiColor, Style as Paint};

/// Lines of a value or of a definition's diff that are shown, and of a fix: that is whole or left out.
const LINES: usize = 24;
/// Bytes of a fix that is shown, likewise.
const WHOLE: usize = 4_000;
/// Lines of a value that are shown whole; a longer one shows where it differs, or of a list what is missing or extra.
const VALUE_LINES: usize = 3;
/// Columns of a value in an entry of one line.
const SHORT: usize = 40;
/// Columns of a line of a definition that is shown whole; of a longer one, where it differs.
const LONGEST: usize = 1_000;
/// How many lighter differences are shown one by one.
const TO_KNOW: usize = 12;
const GAPS: usize = 12;
/// How many members of a group are named.
const NAMED: usize = 3;
/// Of what could not be told there is nothing else to show.
const NAMED_GAPS: usize = 8;
const EXCUSED: usize = 6;
const LABEL_WIDTH: usize = 18;

const BAD: Paint = AnsiColor::Red.on_default().bold();
const WARN: Paint = AnsiColor::Yellow.on_default().bold();
const GOOD: Paint = AnsiColor::Green.on_default().bold();
const UNKNOWN: Paint = AnsiColor::Magenta.on_default().bold();
const INFORM: Paint = AnsiColor::Cyan.on_default();
const BOLD: Paint = Paint::new().bold();
const DIM: Paint = Paint::new().dimmed();
const PLAIN: Paint = Paint::new();

/// Paints the document for a terminal.
///
/// # Errors
/// None; the signature is the formats'.
pub fn render(document: &Document, style: &Style) -> Result<Vec<u8>, Fault> {
    let mut page = Page { document, style, text: String::new(), flag: None };
    page.head();
    page.told(Severity::Block, style.limit, ("more that blocks", "more that block"));
    page.told(Severity::Warn, TO_KNOW, ("more warning", "more warnings"));
    page.expected();
    page.gaps();
    page.foot();
    Ok(page.text.into_bytes())
}

/// Several one after the other; of many schemas one line each, and in full only where there is one.
///
/// # Errors
/// None; the signature is the formats'.
pub fn several(documents: &[Document], style: &Style) -> Result<Vec<u8>, Fault> {
    let (overview, rest) = schemas::split(documents);
    let Some((document, schemas)) = overview else { return in_turn(&rest.iter().collect::<Vec<_>>(), style, render) };
    let mut page = Page { document, style, text: String::new(), flag: None };
    page.schemas(schemas);
    let mut pages = if rest.len() == 1 { in_turn(&schemas::telling(documents), style, render)? } else { Vec::new() };
    pages.extend(if pages.is_empty() { &b""[..] } else { b"\n" });
    pages.extend(page.text.into_bytes());
    Ok(pages)
}

struct Page<'a> {
    document: &'a Document,
    style: &'a Style,
    text: String,
    /// The first flag that shows more, where there is more.
    flag: Option<String>,
}

impl<'a> Page<'a> {
    fn paint(&self, paint: Paint, text: &str) -> String {
        if self.style.color && paint != PLAIN { format!("{paint}{text}{paint:#}") } else { text.to_owned() }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end_matches(' '));
        self.text.push('\n');
    }

    fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Wrapped text; the first line after `first`, the others indented as far.
    fn wrapped(&mut self, first: &str, text: &str, paint: Paint) {
        let indent = width(first);
        for (at, line) in wrap(text, self.style.width.saturating_sub(indent)).iter().enumerate() {
            let line = self.paint(paint, line);
            let prefix = if at == 0 { first.to_owned() } else { " ".repeat(indent) };
            self.line(&format!("{prefix}{line}"));
        }
    }

    fn head(&mut self) {
        use crate::Outcome;
        let paint = match self.document.verdict.outcome {
            Outcome::Equal => GOOD,
            Outcome::Differs => BAD,
            Outcome::CouldNotTell | Outcome::Empty => UNKNOWN,
        };
        let verdict = clean::line(&self.document.verdict.line);
        self.wrapped("", &verdict, paint);
        let bare = self.document.told().next().is_none() && self.document.gaps.is_empty();
        if !bare && self.document.comparison.is_some() {
            self.blank();
            self.table();
        }
        if let Some(floor) = sentence::floor(self.document) {
            self.blank();
            self.wrapped("", &floor, PLAIN);
        }
    }

    fn table(&mut self) {
        let document = self.document;
        let labels = sentence::heads([Side::Reference, Side::Candidate].map(|side| clean::line(&document.label(side))), LABEL_WIDTH);
        let rows: Vec<_> = document
            .dimensions()
            .iter()
            .map(|dimension| {
                let (reference, candidate) = sentence::cells(document, dimension);
                (dimension.name.name(), reference, candidate, sentence::dimension(dimension))
            })
            .collect();
        let [a, b] = [0, 1].map(|side| {
            let cells = rows.iter().map(|row| width(if side == 0 { &row.1 } else { &row.2 }));
            cells.chain([width(labels.get(side).map_or("", String::as_str))]).max().unwrap_or(0)
        });
        let head = format!("{}  {}  {}  verdict", fill("dimension", 13), fill(&labels[0], a), fill(&labels[1], b));
        let head = self.paint(DIM, &head);
        self.line(&head);
        for (name, reference, candidate, (symbol, words)) in rows {
            let paint = match symbol {
                "✗" => BAD,
                "!" => WARN,
                "?" => UNKNOWN,
                _ => GOOD,
            };
            let before = format!("{}  {}  {}  ", fill(name, 13), fill(&reference, a), fill(&candidate, b));
            let indent = width(&before) + 2;
            let symbol = self.paint(paint, symbol);
            for (at, words) in wrap(&words, self.style.width.saturating_sub(indent)).iter().enumerate() {
                let line = if at == 0 { format!("{before}{symbol} {words}") } else { format!("{}{words}", " ".repeat(indent)) };
                self.line(&line);
            }
        }
    }

    /// What has that severity, in full, at most about so many: of every id at least one. Those of one cause stand together, unless
    /// what is shown was asked for.
    fn told(&mut self, severity: Severity, limit: usize, (one, many): (&str, &str)) {
        self.apart(severity);
        let entries = self.entries(severity);
        if let Some(counts) = sentence::by_kind(self.document, severity).filter(|_| severity == Severity::Block && !self.is_all()) {
            self.blank();
            self.wrapped("", &counts, BOLD);
        }
        let limit = if self.is_all() { usize::MAX } else { limit };
        let chosen = group::chosen(&entries, limit);
        for entry in &chosen {
            self.entry(entry);
        }
        let shown: usize = chosen.iter().map(|entry| entry.len()).sum();
        let more = entries.iter().map(Entry::len).sum::<usize>() - shown;
        if more > 0 {
            self.blank();
            self.more("", &format!("{} {}", thousands(more), if more == 1 { one } else { many }), &format!("--only {}", severity.name()));
        }
    }

    fn entry(&mut self, entry: &Entry<'_>) {
        self.blank();
        match entry {
            Entry::Many(group) if self.is_all() && (group.same_cause || group.lone) => {
                for difference in &group.members {
                    self.blank();
                    self.difference(difference);
                }
            }
            Entry::Many(group) => self.group(group),
            Entry::One(difference) => self.difference(difference),
        }
    }

    /// What of that severity is shown.
    fn entries(&self, severity: Severity) -> Vec<Entry<'a>> {
        let style = self.style;
        let wanted = self.document.told().filter(|difference| style.wants(severity, &difference.id));
        entries(wanted, severity)
    }

    /// All of what was asked for is shown.
    const fn is_all(&self) -> bool {
        self.style.only.is_some()
    }

    /// What was found beside differences.
    fn apart(&mut self, severity: Severity) {
        let found = self.document.findings.iter().filter(|finding| finding.severity == severity);
        for finding in found.filter(|finding| self.style.wants(severity, &finding.id)).collect::<Vec<_>>() {
            self.blank();
            self.finding(finding);
        }
    }

    /// That there is more of it, and which flag shows it. The command stands once, at the end.
    fn more(&mut self, indent: &str, what: &str, flag: &str) {
        self.flag.get_or_insert_with(|| flag.to_owned());
        self.wrapped(indent, &format!("… {what}: {flag}"), PLAIN);
    }

    /// What is expected or cosmetic: one line each, many alike one line together. What was asked for by its id is told in full.
    fn expected(&mut self) {
        let entries = self.entries(Severity::Inform);
        let limit = if self.is_all() { usize::MAX } else { TO_KNOW };
        self.apart(Severity::Inform);
        self.blank();
        for entry in entries.iter().take(limit) {
            match entry {
                Entry::One(difference) if self.is_asked(difference) => self.entry(entry),
                Entry::One(difference) => self.short(difference),
                Entry::Many(group) => self.group(group),
            }
        }
        let more: usize = entries.iter().skip(limit).map(Entry::len).sum();
        if more > 0 {
            self.more("", &format!("{} more expected or cosmetic", thousands(more)), "--only inform");
        }
    }

    fn is_asked(&self, difference: &Difference) -> bool {
        self.style.only.as_ref().is_some_and(|only| only.ids.contains(&difference.id))
    }

    fn gaps(&mut self) {
        if self.is_all() {
            return;
        }
        let document = self.document;
        let groups = group::gaps(&document.gaps);
        for gaps in groups.iter().take(GAPS) {
            self.blank();
            let lead = self.paint(UNKNOWN, "?");
            let (why, text) = sentence::gaps(document, gaps, NAMED_GAPS);
            for (at, line) in wrap(&format!("{why}: {text}"), self.style.width.saturating_sub(2)).iter().enumerate() {
                self.line(&format!("{} {line}", if at == 0 { lead.as_str() } else { " " }));
            }
            if let Some(cure) = gaps.first().and_then(|gap| gap.cure.as_ref()) {
                self.fix(cure, sentence::is_sql_cure(cure));
            }
        }
        let more: usize = groups.iter().skip(GAPS).map(Vec::len).sum();
        if more > 0 || groups.iter().any(|gaps| gaps.len() > NAMED_GAPS) {
            let what = if more > 0 {
                format!("{} more could not be told, all of them", thousands(more))
            } else {
                "all of them by name".to_owned()
            };
            self.blank();
            self.more("", &what, "--format json");
        }
    }

    /// A line each, wide as it is: lines are for other programs too. Then the verdict, which stays in sight.
    fn schemas(&mut self, schemas: &Schemas) {
        let lines = schemas::lines(schemas);
        let room = lines.iter().map(|line| width(&line.name)).max().unwrap_or(0);
        for line in &lines {
            let sign = self.paint(tone(line.likeness), &line.sign.to_string());
            self.line(&format!("{sign} {}  {}", fill(&line.name, room), line.words));
        }
        self.blank();
        let worst = schemas.schemas.iter().map(|schema| schema.likeness).max().unwrap_or(Likeness::CouldNotTell);
        let worst = if schemas.differ > 0 { Likeness::Differs } else { worst };
        self.wrapped("", &clean::line(&self.document.verdict.line), tone(worst));
        let mut parts = vec![schemas::compared(schemas)];
        parts.extend(sentence::how(self.document));
        for line in joined(&parts, self.style.width) {
            let line = self.paint(DIM, &line);
            self.line(&line);
        }
        if schemas.schemas.len() > 1 && schemas.equal < schemas.schemas.len() {
            let command = clean::line(&self.document.command);
            self.line(&format!("in full: {command} --format html=report.html"));
        }
    }

    fn foot(&mut self) {
        let document = self.document;
        self.blank();
        if !document.ignored().is_empty() {
            let text = format!("excused by policy: {}", counted(document.ignored().len(), "difference", "differences"));
            self.wrapped("", &text, DIM);
            for text in sentence::excused(document, EXCUSED) {
                self.wrapped("  ", &text, DIM);
            }
            self.blank();
        }
        let compared = document.comparison.iter().map(|_| format!("compared {}", sentence::compared(document, 4)));
        let mut parts: Vec<String> = compared.collect();
        if document.told().next().is_none() && document.gaps.is_empty() {
            let schema = document.dimensions().iter().find_map(|dimension| dimension.reference_digest.as_deref());
            parts.extend(schema.map(|digest| format!("digest {}", crate::number::short(&clean::line(digest)))));
        }
        parts.extend(sentence::how(document));
        for line in joined(&parts, self.style.width) {
            let line = self.paint(DIM, &line);
            self.line(&line);
        }
        if let Some(patch) = document.patch() {
            let paint = if patch.proof.state == PatchState::NotProven { BAD } else { PLAIN };
            self.wrapped("", &format!("patch: {}", sentence::patch::short(patch)), paint);
        }
        // On one line, however long: it is pasted.
        if let Some(flag) = self.flag.take() {
            let command = clean::line(&document.command);
            self.line(&format!("for more: {command} {flag}"));
        }
    }
}

const fn tone(likeness: Likeness) -> Paint {
    match likeness {
        Likeness::Equal => GOOD,
        Likeness::Alike => WARN,
        Likeness::Differs => BAD,
        Likeness::CouldNotTell => UNKNOWN,
    }
}

/// Parts joined by dots; a line breaks between parts, and within one only where it must.
fn joined(parts: &[String], room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if width(line) + 3 + width(part) <= room => {
                line.push_str(" · ");
                line.push_str(part);
            }
            _ => lines.push(part.clone()),
        }
    }
    lines.iter().flat_map(|line| wrap(line, room)).collect()
}

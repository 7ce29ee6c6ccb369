//! The terminal: the verdict, one table, what blocks with its fix, what to know, what was not visible, how it was
//! looked at. Readable at 80 columns, without colour, and pasteable.
//!
//! Lives here: layout and colours. Does not live here: the sentences (`sentence`), whether there is a terminal (the
//! command line).

use super::Style;
use crate::Fault;
use crate::clean;
use crate::document::{Change, Difference, Document, Severity};
use crate::group::{self, Entry, Group, entries};
use crate::number::{counted, thousands};
use crate::sentence;
use crate::textdiff::{self, Line, Tag};
use crate::wrap::{cut, fill, width, wrap};
use anstyle::{AnsiColor, Style as Paint};

/// Lines of a value or of a definition's diff that are shown, and of a fix: that is whole or left out.
const LINES: usize = 24;
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
    let mut page = Page { document, style: *style, text: String::new() };
    page.head();
    page.blocking();
    page.worth_knowing();
    page.expected();
    page.gaps();
    page.foot();
    Ok(page.text.into_bytes())
}

struct Page<'a> {
    document: &'a Document,
    style: Style,
    text: String,
}

impl Page<'_> {
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

    fn wants(&self, severity: Severity) -> bool {
        self.style.only.is_none_or(|only| only == severity)
    }

    fn head(&mut self) {
        use crate::Outcome;
        let paint = match self.document.verdict.outcome {
            Outcome::Equal => GOOD,
            Outcome::Differs => BAD,
            Outcome::CouldNotTell => UNKNOWN,
        };
        let verdict = clean::line(&self.document.verdict.line);
        self.wrapped("", &verdict, paint);
        let bare = self.document.differences.is_empty() && self.document.gaps.is_empty();
        if !bare {
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
        let labels = [&document.reference.label, &document.candidate.label].map(|label| cut(&clean::line(label), LABEL_WIDTH));
        let rows: Vec<_> = document
            .dimensions
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

    fn blocking(&mut self) {
        if !self.wants(Severity::Block) {
            return;
        }
        let limit = if self.style.only.is_some() { usize::MAX } else { self.style.limit };
        let entries = entries(&self.document.differences, Severity::Block);
        self.each(&entries, limit);
        let more: usize = entries.iter().skip(limit).map(Entry::len).sum();
        if more > 0 {
            self.blank();
            self.more(&format!("{} {}", thousands(more), if more == 1 { "more blocks" } else { "more block" }), "--only block");
        }
    }

    /// In full, so many of them. Those of one cause stand together, unless all of a severity were asked for.
    fn each(&mut self, entries: &[Entry<'_>], limit: usize) {
        for entry in entries.iter().take(limit) {
            match entry {
                Entry::Many(group) if group.same_cause && self.style.only.is_some() => {
                    for difference in &group.members {
                        self.blank();
                        self.difference(difference);
                    }
                }
                Entry::Many(group) => {
                    self.blank();
                    self.group(group);
                }
                Entry::One(difference) => {
                    self.blank();
                    self.difference(difference);
                }
            }
        }
    }

    fn more(&mut self, what: &str, flag: &str) {
        let command = clean::line(&self.document.command);
        self.line(&format!("… {what}: {command} {flag}"));
    }

    /// What an entry is about, with the ids of its findings at the right edge.
    fn headline(&mut self, severity: Severity, title: &str, id: &str) {
        let painted = self.paint(weight(severity), sentence::symbol(severity));
        let room = self.style.width.saturating_sub(width(id) + 2);
        let lines = wrap(title, self.style.width.saturating_sub(2));
        let fits = lines.len() == 1 && width(title) + 2 <= room;
        for (at, line) in lines.iter().enumerate() {
            let bold = self.paint(BOLD, line);
            let lead = if at == 0 { painted.as_str() } else { " " };
            if fits {
                let gap = " ".repeat(self.style.width.saturating_sub(width(line) + 2 + width(id)));
                let id = self.paint(DIM, id);
                self.line(&format!("{lead} {bold}{gap}{id}"));
            } else {
                self.line(&format!("{lead} {bold}"));
            }
        }
        if !fits {
            for line in wrap(id, self.style.width) {
                let gap = " ".repeat(self.style.width.saturating_sub(width(&line)));
                let id = self.paint(DIM, &line);
                self.line(&format!("{gap}{id}"));
            }
        }
    }

    /// One difference in full.
    fn difference(&mut self, difference: &Difference) {
        let document = self.document;
        self.headline(difference.severity, &sentence::title(difference), &clean::line(&difference.id));
        let mut happened = sentence::happened(document, difference);
        for detail in sentence::details(difference) {
            happened.push_str(", ");
            happened.push_str(&detail);
        }
        self.wrapped("  ", &happened, PLAIN);
        self.values(difference);
        if let Some(origin) = document.particular_origin(difference) {
            self.wrapped("    from      ", &clean::line(origin), DIM);
        }
        self.wrapped("  ", &clean::line(&difference.why), PLAIN);
        if let Some(manual) = sentence::manual(difference) {
            // An address is not broken: it could not be opened then.
            let manual = self.paint(DIM, &manual);
            self.line(&format!("  {manual}"));
        }
        if let Some(fix) = &difference.fix {
            self.fix(fix);
        }
    }

    fn values(&mut self, difference: &Difference) {
        let (expected, found) = (difference.expected.as_deref(), difference.found.as_deref());
        if let (true, Some(expected), Some(found)) = (textdiff::is_definition(expected, found), expected, found) {
            self.definition(expected, found);
            return;
        }
        let sides = match difference.change {
            Change::Changed | Change::Renamed => {
                [&self.document.reference.label, &self.document.candidate.label].map(|label| format!("  ({})", clean::line(label)))
            }
            _ => [String::new(), String::new()],
        };
        for ((name, value), side) in [("expected", expected), ("found", found)].into_iter().zip(sides) {
            let first = format!("    {}  ", fill(name, 8));
            let value = value.unwrap_or("nothing");
            let lines = clean::lines(value);
            let mut wrapped: Vec<String> =
                lines.iter().flat_map(|line| wrap(line, self.style.width.saturating_sub(width(&first)))).collect();
            let more = wrapped.len().saturating_sub(LINES);
            wrapped.truncate(LINES);
            if let [only] = wrapped.as_mut_slice()
                && width(&first) + width(only) + width(&side) <= self.style.width
            {
                only.push_str(&self.paint(DIM, &side));
            }
            for (at, line) in wrapped.iter().enumerate() {
                self.line(&format!("{}{line}", if at == 0 { first.clone() } else { " ".repeat(width(&first)) }));
            }
            self.cut_note(&" ".repeat(width(&first)), more);
        }
    }

    /// A unified diff: what the reference has and the candidate lacks is `-`, the other way round `+`.
    fn definition(&mut self, expected: &str, found: &str) {
        let labels = [&self.document.reference.label, &self.document.candidate.label].map(|label| clean::line(label));
        let heads = [(BAD, format!("--- expected ({})", labels[0])), (GOOD, format!("+++ found ({})", labels[1]))];
        for (paint, head) in heads {
            self.wrapped("    ", &head, paint);
        }
        let lines = textdiff::unified(expected, found);
        let more = lines.len().saturating_sub(LINES);
        for line in lines.into_iter().take(LINES) {
            let (paint, text) = match line {
                Line::Place(place) => (DIM, place),
                Line::Text(tag, text) => (
                    match tag {
                        Tag::Same => PLAIN,
                        Tag::Expected => BAD,
                        Tag::Found => GOOD,
                    },
                    format!("{}{text}", tag.sign()),
                ),
            };
            let text = self.paint(paint, &cut(&text, self.style.width.saturating_sub(4)));
            self.line(&format!("    {text}"));
        }
        self.cut_note("    ", more);
    }

    fn cut_note(&mut self, indent: &str, more: usize) {
        if more > 0 {
            let note = self.paint(DIM, &format!("… {}, all of them with --format json or html", counted(more, "more line", "more lines")));
            self.line(&format!("{indent}{note}"));
        }
    }

    /// Must stay pasteable: wrapped only where a line break cannot change what it means.
    fn fix(&mut self, fix: &str) {
        let lead = self.paint(BOLD, "fix:");
        let (lines, fix) = match clean::pasteable(fix) {
            // Whoever asks for one severity wants all of it.
            Some(lines) if lines.len() > LINES && self.style.only.is_none() => {
                (vec![format!("left out: it has {} lines; --only, --format json or html has it whole", thousands(lines.len()))], "")
            }
            Some(lines) => (lines, fix),
            None => (vec![clean::LEFT_OUT.to_owned()], ""),
        };
        let fragile = lines.len() > 1 || sentence::is_statement(fix) && (fix.contains("--") || fix.contains(['\'', '"', '$', '`']));
        let room = self.style.width.saturating_sub(7);
        let shown = if fragile { lines } else { lines.iter().flat_map(|line| wrap(line, room)).collect() };
        for (at, line) in shown.iter().enumerate() {
            self.line(&if at == 0 { format!("  {lead} {line}") } else { format!("       {line}") });
        }
    }

    fn worth_knowing(&mut self) {
        if !self.wants(Severity::Warn) {
            return;
        }
        let limit = if self.style.only.is_some() { usize::MAX } else { TO_KNOW };
        let entries = entries(&self.document.differences, Severity::Warn);
        self.each(&entries, limit);
        let more: usize = entries.iter().skip(limit).map(Entry::len).sum();
        if more > 0 {
            self.blank();
            self.more(&format!("{} more to know", thousands(more)), "--only warn");
        }
    }

    /// Many alike in a few lines.
    fn group(&mut self, group: &Group<'_>) {
        let Some(first) = group.members.first() else { return };
        let all = self.style.only.is_some();
        let named = group.named(if all { usize::MAX } else { NAMED });
        if group.same_cause {
            self.headline(first.severity, &clean::line(&group.title()), &group.ids());
            self.wrapped("  ", &format!("differs alike in {named}"), PLAIN);
            self.values(first);
        } else {
            let lead = format!("{} ", self.paint(weight(first.severity), sentence::symbol(first.severity)));
            for (at, line) in wrap(&clean::line(&group.title()), self.style.width.saturating_sub(2)).iter().enumerate() {
                let line = self.paint(BOLD, line);
                self.line(&format!("{}{line}", if at == 0 { lead.as_str() } else { "  " }));
            }
            self.wrapped("  ", &format!("{}{named}", group.word()), PLAIN);
        }
        if first.severity != Severity::Inform {
            self.wrapped("  ", &clean::line(&first.why), PLAIN);
        }
        if group.same_cause {
            if let Some(fix) = &first.fix {
                self.fix(fix);
            }
            let flag = if first.severity == Severity::Block { "--only block" } else { "--only warn" };
            let with = if first.fix.is_some() { ", each with its fix" } else { "" };
            let what = format!("all {}{with}", thousands(group.members.len()));
            let command = clean::line(&self.document.command);
            self.line(&format!("  … {what}: {command} {flag}"));
        }
    }

    /// What is expected or cosmetic: one line each, many alike one line together.
    fn expected(&mut self) {
        if !self.wants(Severity::Inform) {
            return;
        }
        let all = self.style.only.is_some();
        let entries = entries(&self.document.differences, Severity::Inform);
        let limit = if all { usize::MAX } else { TO_KNOW };
        self.blank();
        for entry in entries.iter().take(limit) {
            match entry {
                Entry::One(difference) => self.short(difference),
                Entry::Many(group) if all => group.members.iter().for_each(|difference| self.short(difference)),
                Entry::Many(group) => self.group(group),
            }
        }
        if entries.len() > limit {
            self.more(&format!("{} more expected or cosmetic", thousands(entries.len() - limit)), "--only inform");
        }
    }

    fn short(&mut self, difference: &Difference) {
        let lead = format!("{} ", self.paint(INFORM, sentence::symbol(difference.severity)));
        let shown = |value: &Option<String>| cut(&value.as_deref().map_or_else(|| "nothing".to_owned(), clean::line), 40);
        let text = format!(
            "{}: {}, expected {}, found {}",
            sentence::title(difference),
            sentence::happened(self.document, difference),
            shown(&difference.expected),
            shown(&difference.found)
        );
        for (at, line) in wrap(&text, self.style.width.saturating_sub(2)).iter().enumerate() {
            self.line(&format!("{}{line}", if at == 0 { lead.as_str() } else { "  " }));
        }
    }

    fn gaps(&mut self) {
        if self.style.only.is_some() {
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
                self.fix(cure);
            }
        }
        let more: usize = groups.iter().skip(GAPS).map(Vec::len).sum();
        if more > 0 || groups.iter().any(|gaps| gaps.len() > NAMED_GAPS) {
            self.blank();
            let what = if more > 0 {
                format!("{} more could not be told, all of them", thousands(more))
            } else {
                "all of them by name".to_owned()
            };
            self.more(&what, "--format json");
        }
    }

    fn foot(&mut self) {
        let document = self.document;
        self.blank();
        if !document.ignored.is_empty() {
            let text = format!("excused by policy: {}", counted(document.ignored.len(), "difference", "differences"));
            self.wrapped("", &text, DIM);
            for text in sentence::excused(document, EXCUSED) {
                self.wrapped("  ", &text, DIM);
            }
            self.blank();
        }
        let mut parts = vec![format!("compared {}", sentence::compared(document, 4))];
        if document.differences.is_empty() && document.gaps.is_empty() {
            let schema = document.dimensions.iter().find_map(|dimension| dimension.reference_digest.as_deref());
            parts.extend(schema.map(|digest| format!("digest {}", crate::number::short(&clean::line(digest)))));
        }
        parts.extend(sentence::how(document));
        for line in joined(&parts, self.style.width) {
            let line = self.paint(DIM, &line);
            self.line(&line);
        }
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

const fn weight(severity: Severity) -> Paint {
    match severity {
        Severity::Block => BAD,
        Severity::Warn => WARN,
        Severity::Inform => INFORM,
    }
}

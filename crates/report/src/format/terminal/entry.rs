//! One entry on the terminal: a difference in full, many alike, one in a line; and a fix, which gaps have too.
//!
//! Lives here: their layout. Neighbour: `terminal`, which says how many there are, in which order, and has the pen.

use super::{BAD, BOLD, DIM, GOOD, INFORM, LINES, LONGEST, NAMED, PLAIN, Page, SHORT, VALUE_LINES, WARN, WHOLE};
use crate::clean;
use crate::contrast::{self, Contrast};
use crate::document::{Change, Difference, Finding, Severity, Side};
use crate::group::Group;
use crate::number::{counted, thousands};
use crate::sentence::{self, Remedy};
use crate::textdiff::{self, Line, Tag};
use crate::wrap::{broken, fill, width, wrap};
use anstyle::Style as Paint;

impl Page<'_> {
    /// One difference in full.
    pub(super) fn difference(&mut self, difference: &Difference) {
        let document = self.document;
        self.headline(difference.severity, &sentence::title(difference), &clean::line(&difference.id));
        let mut happened = sentence::happened(document, difference);
        for detail in sentence::details(difference) {
            happened.push_str(", ");
            happened.push_str(&detail);
        }
        self.wrapped("  ", &happened, PLAIN);
        self.values(difference);
        if let Some(origin) = sentence::origin(document, difference) {
            self.wrapped("    from      ", &origin, DIM);
        }
        self.wrapped("  ", &clean::line(&difference.why), PLAIN);
        if let Some(manual) = sentence::manual(difference) {
            let manual = self.paint(DIM, &manual);
            self.line(&format!("  {manual}"));
        }
        self.remedy(sentence::remedy(&difference.fix, &difference.step));
    }

    /// What was found beside differences, in full.
    pub(super) fn finding(&mut self, finding: &Finding) {
        let (title, happened) = sentence::subject(finding);
        self.headline(finding.severity, &title, &clean::line(&finding.id));
        if !happened.is_empty() {
            self.wrapped("  ", &happened, PLAIN);
        }
        for (name, value) in [("expected", &finding.expected), ("found", &finding.found)] {
            let value = value.as_deref().map_or_else(|| "nothing".to_owned(), clean::line);
            self.wrapped(&format!("    {}  ", fill(name, 8)), &value, PLAIN);
        }
        self.wrapped("    from      ", &clean::line(&finding.origin), DIM);
        self.wrapped("  ", &clean::line(&finding.why), PLAIN);
        self.remedy(sentence::remedy(&finding.fix, &finding.step));
    }

    fn remedy(&mut self, remedy: Option<Remedy<'_>>) {
        match remedy {
            Some(Remedy::Fix(sql)) => self.fix(sql, true),
            Some(Remedy::Step(words)) => self.fix(words, false),
            None => {}
        }
    }

    /// Many alike in a few lines.
    pub(super) fn group(&mut self, group: &Group<'_>) {
        let Some(first) = group.members.first() else { return };
        let named = group.named(NAMED);
        self.headline(first.severity, &clean::line(&group.title()), &group.ids());
        if self.is_all() {
            group.members.iter().for_each(|difference| self.short(difference));
            return;
        }
        if group.lone {
            self.wrapped("  ", &format!("{}: {named}", sentence::happened(self.document, first)), PLAIN);
        } else if group.same_cause {
            self.wrapped("  ", &format!("differs alike in {named}"), PLAIN);
            self.values(first);
        } else {
            self.wrapped("  ", &format!("{}{named}", group.word()), PLAIN);
        }
        if first.severity != Severity::Inform {
            self.wrapped("  ", &clean::line(&first.why), PLAIN);
        }
        if group.same_cause {
            self.remedy(sentence::remedy(&first.fix, &first.step));
        }
        let (what, flag) = sentence::rest(self.document, group);
        self.more("  ", &what, &flag);
    }

    pub(super) fn short(&mut self, difference: &Difference) {
        let lead = format!("{} ", self.paint(weight(difference.severity), sentence::symbol(difference.severity)));
        let text = format!(
            "{}: {}, {}",
            sentence::title(difference),
            sentence::happened(self.document, difference),
            sentence::values(difference, SHORT)
        );
        for (at, line) in wrap(&text, self.style.width.saturating_sub(2)).iter().enumerate() {
            self.line(&format!("{}{line}", if at == 0 { lead.as_str() } else { "  " }));
        }
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

    fn values(&mut self, difference: &Difference) {
        let (expected, found) = (difference.expected.as_deref(), difference.found.as_deref());
        if let (true, Some(expected), Some(found)) = (textdiff::is_definition(expected, found), expected, found) {
            self.definition(expected, found);
            return;
        }
        let room = self.style.width.saturating_sub(14);
        match contrast::of(difference, room * VALUE_LINES) {
            Some(Contrast::Lists { missing, extra, alike }) => {
                let place = clean::line(&self.document.label(Side::Candidate));
                for (name, items) in [("missing", missing), ("extra", extra)] {
                    if !items.is_empty() {
                        self.wrapped(&format!("    {}  ", fill(name, 8)), &format!("{}  (in {place})", contrast::named(&items)), PLAIN);
                    }
                }
                self.wrapped(&" ".repeat(14), &contrast::others(alike), DIM);
            }
            Some(Contrast::Windows { expected, found, alike }) => {
                self.pair(difference, [Some(&expected), Some(&found)]);
                let note = format!("{}; whole with --format json or html", contrast::up_to(alike));
                self.wrapped(&" ".repeat(14), &note, DIM);
            }
            None => self.pair(difference, [expected, found]),
        }
    }

    fn pair(&mut self, difference: &Difference, values: [Option<&str>; 2]) {
        let sides = match difference.change {
            Change::Changed | Change::Renamed => {
                [Side::Reference, Side::Candidate].map(|side| format!("  ({})", clean::line(&self.document.label(side))))
            }
            _ => [String::new(), String::new()],
        };
        for ((name, value), side) in ["expected", "found"].into_iter().zip(values).zip(sides) {
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
        let labels = [Side::Reference, Side::Candidate].map(|side| clean::line(&self.document.label(side)));
        let heads = [(BAD, format!("--- expected ({})", labels[0])), (GOOD, format!("+++ found ({})", labels[1]))];
        for (paint, head) in heads {
            self.wrapped("    ", &head, paint);
        }
        let lines = contrast::narrowed(textdiff::unified(expected, found), LONGEST);
        let more = lines.len().saturating_sub(LINES);
        for line in lines.into_iter().take(LINES) {
            let (paint, sign, text) = match line {
                Line::Place(place) => (DIM, String::new(), place),
                Line::Text(tag, text) => (
                    match tag {
                        Tag::Same => PLAIN,
                        Tag::Expected => BAD,
                        Tag::Found => GOOD,
                    },
                    tag.sign().to_string(),
                    text,
                ),
            };
            for part in self.parts(&text) {
                let text = self.paint(paint, &format!("{sign}{part}"));
                self.line(&format!("    {text}"));
            }
        }
        self.cut_note("    ", more);
    }

    /// A line of a definition: whole, or on a terminal in as many lines as it needs, each with a mark that it goes on.
    fn parts(&self, text: &str) -> Vec<String> {
        let room = self.style.width.saturating_sub(5);
        if !self.style.terminal || width(text) <= room {
            return vec![text.to_owned()];
        }
        let parts = broken(text, room.saturating_sub(2));
        parts.into_iter().enumerate().map(|(at, part)| if at == 0 { part } else { format!("↪ {part}") }).collect()
    }

    /// Must stay pasteable: whole, wrapped only where a line break cannot change what it means.
    pub(super) fn fix(&mut self, fix: &str, is_sql: bool) {
        let lead = self.paint(BOLD, "fix:");
        let (lines, fix) = match clean::pasteable(fix) {
            // Whoever asks for one severity wants all of it.
            Some(_) if fix.len() > WHOLE && !self.is_all() => {
                (vec![format!("left out: it has {} bytes; --format json or html has it whole", thousands(fix.len()))], "")
            }
            Some(lines) if lines.len() > LINES && !self.is_all() => {
                (vec![format!("left out: it has {} lines; --format json or html has it whole", thousands(lines.len()))], "")
            }
            Some(lines) => (lines, fix),
            None => (vec![clean::LEFT_OUT.to_owned()], ""),
        };
        let fragile = lines.len() > 1 || is_sql && (fix.contains("--") || fix.contains(['\'', '"', '$', '`']));
        let room = self.style.width.saturating_sub(7);
        let shown = if fragile { lines } else { lines.iter().flat_map(|line| wrap(line, room)).collect() };
        for (at, line) in shown.iter().enumerate() {
            self.line(&if at == 0 { format!("  {lead} {line}") } else { format!("       {line}") });
        }
    }

    fn cut_note(&mut self, indent: &str, more: usize) {
        if more > 0 {
            let note = self.paint(DIM, &format!("… {}, all of them with --format json or html", counted(more, "more line", "more lines")));
            self.line(&format!("{indent}{note}"));
        }
    }
}

const fn weight(severity: Severity) -> Paint {
    match severity {
        Severity::Block => BAD,
        Severity::Warn => WARN,
        Severity::Inform => INFORM,
    }
}

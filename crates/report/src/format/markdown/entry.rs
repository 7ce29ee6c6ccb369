//! One entry of the page: a difference or many alike, closed or as an item of a list; what could not be seen; a fix.
//!
//! Lives here: what stands in each. Neighbours: `markdown`, which says how many there is room for; `escape`.

use super::COLUMNS;
use super::escape::{code, fenced, html, linkless, plain};
use crate::clean;
use crate::contrast::{self, Contrast};
use crate::document::{Difference, Document, Finding, Gap, Severity};
use crate::group::{self, Entry, Group};
use crate::number::{counted, thousands};
use crate::sentence::{self, Remedy};
use crate::textdiff::{self, Line};

/// Lines of a definition or value that are shown.
const LINES: usize = 60;
/// Columns of a value in a line of a list.
const SHORT: usize = 120;
/// Bytes of the fixes of one entry. A fix is whole or left out: half of one would do something else.
const FIX: usize = 8_000;
/// Members of a group that are named; more of them where the list is closed.
const NAMED: usize = 8;
const MEMBERS: usize = 60;

/// A difference or many alike, as its severity is told: what blocks is closed, and what has a fix for each of many.
pub(super) fn piece(document: &Document, entry: &Entry<'_>, severity: Severity) -> String {
    match entry {
        _ if severity == Severity::Block => folded(document, entry),
        // Between items of a list HTML stands between empty lines.
        Entry::Many(group) if group.members.iter().any(|one| one.fix.is_some()) => format!("\n{}\n", folded(document, entry)),
        _ => item(document, entry),
    }
}

/// What was found beside differences, as an item of a list.
pub(super) fn found(finding: &Finding) -> String {
    let (title, happened) = sentence::subject(finding);
    let value = |value: &Option<String>| value.as_deref().map_or_else(|| "nothing".to_owned(), |text| code(&shortened(&clean::line(text))));
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
        Some(Remedy::Fix(sql)) => text.push_str(&indented(&fixes(&[sql], true))),
        Some(Remedy::Step(words)) => text.push_str(&format!("  {}\n\n", plain(&shortened(&clean::line(words))))),
        None => {}
    }
    text
}

/// A difference, or many alike: closed, so that a long list stays short.
fn folded(document: &Document, entry: &Entry<'_>) -> String {
    let (difference, title, happened, ids) = match entry {
        Entry::One(difference) => {
            (*difference, sentence::title(difference), sentence::happened(document, difference), clean::line(&difference.id))
        }
        Entry::Many(group) => match group.members.first() {
            Some(first) if group.lone => (*first, clean::line(&group.title()), sentence::happened(document, first), group.ids()),
            Some(first) => {
                let happened = if group.same_cause { "differs alike" } else { "" };
                (*first, clean::line(&group.title()), happened.to_owned(), group.ids())
            }
            None => return String::new(),
        },
    };
    let (title, happened) = (html(&shortened(&title)), linkless(&html(&shortened(&happened))));
    let mut text = format!(
        "<details><summary>{} <code>{title}</code> {happened} (<code>{}</code>)</summary>\n\n",
        sentence::symbol(difference.severity),
        html(&ids)
    );
    if let Entry::Many(group) = entry {
        text.push_str(&format!("In {}\n\n", members(group, MEMBERS)));
    }
    // What is true of the first alone is not said of all.
    let alone = matches!(entry, Entry::One(_));
    if alone || matches!(entry, Entry::Many(group) if group.same_cause) {
        text.push_str(&fenced("diff", &values(difference)));
    }
    let details = if alone { sentence::details(difference) } else { Vec::new() };
    if !details.is_empty() {
        text.push_str(&format!("{}\n\n", code(&shortened(&details.join(", ")))));
    }
    if let Some(origin) = sentence::origin(document, difference).filter(|_| alone) {
        text.push_str(&format!("From {}\n\n", code(&shortened(&origin))));
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
                let of = if all.len() < group.members.len() {
                    format!(" ({} of {} have a statement)", thousands(all.len()), thousands(group.members.len()))
                } else {
                    String::new()
                };
                text.push_str(&format!("Fix{of}:\n\n{}", fixes(&all, true)));
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
    let (expected, found) = (difference.expected.as_deref(), difference.found.as_deref());
    if let (true, Some(expected), Some(found)) = (textdiff::is_definition(expected, found), expected, found) {
        let lines = contrast::narrowed(textdiff::unified(expected, found), COLUMNS - 4);
        let line = |line| match line {
            Line::Place(place) => place,
            Line::Text(tag, text) => format!("{}{text}", tag.sign()),
        };
        return limited(lines.into_iter().map(line).collect());
    }
    match contrast::of(difference, COLUMNS) {
        Some(Contrast::Lists { missing, extra, alike }) => {
            let sides = [("- missing ", missing), ("+ extra   ", extra)].into_iter().filter(|(_, items)| !items.is_empty());
            let mut lines: Vec<String> = sides.map(|(name, items)| format!("{name}{}", contrast::named(&items))).collect();
            lines.push(format!("  {}", contrast::others(alike)));
            lines
        }
        Some(Contrast::Windows { expected, found, alike }) => {
            vec![format!("- expected {expected}"), format!("+ found    {found}"), format!("  {}", contrast::up_to(alike))]
        }
        None => {
            let side = |sign, name, value: Option<&str>| {
                let mut lines = clean::lines(value.unwrap_or("nothing")).into_iter();
                let first = format!("{sign} {name} {}", lines.next().unwrap_or_default());
                std::iter::once(first).chain(lines.map(move |line| format!("{sign} {line}"))).collect::<Vec<_>>()
            };
            let mut lines = side('-', "expected", expected);
            lines.extend(side('+', "found   ", found));
            limited(lines)
        }
    }
}

/// Both values within a line.
fn inline(difference: &Difference) -> String {
    let quoted = |items: &[String]| code(&shortened(&contrast::named(items)));
    match contrast::of(difference, SHORT) {
        Some(Contrast::Lists { missing, extra, alike }) => {
            let sides = [("missing", missing), ("extra", extra)].into_iter().filter(|(_, items)| !items.is_empty());
            let mut parts: Vec<String> = sides.map(|(name, items)| format!("{name} {}", quoted(&items))).collect();
            parts.push(contrast::others(alike));
            parts.join(", ")
        }
        Some(Contrast::Windows { expected, found, .. }) => format!("expected {}, found {}", code(&expected), code(&found)),
        None => {
            let value = |value: &Option<String>| match value {
                Some(value) => code(&shortened(&clean::line(value))),
                None => "nothing".to_owned(),
            };
            format!("expected {}, found {}", value(&difference.expected), value(&difference.found))
        }
    }
}

/// A lighter difference, or many alike, as an item of a list.
fn item(document: &Document, entry: &Entry<'_>) -> String {
    match entry {
        Entry::One(difference) => {
            let ratio =
                difference.detail.get("ratio").map(|ratio| format!(" ({})", code(&shortened(&clean::line(ratio))))).unwrap_or_default();
            let mut text = format!(
                "- {} {} {} ({}): {}{ratio}. {}\n",
                sentence::symbol(difference.severity),
                code(&shortened(&sentence::title(difference))),
                plain(&shortened(&sentence::happened(document, difference))),
                code(&clean::line(&difference.id)),
                inline(difference),
                plain(&difference.why)
            );
            match sentence::remedy(&difference.fix, &difference.step) {
                Some(Remedy::Fix(sql)) => text.push_str(&indented(&fixes(&[sql], true))),
                Some(Remedy::Step(words)) => text.push_str(&format!("  Fix: {}\n", plain(&shortened(&clean::line(words))))),
                None => {}
            }
            text
        }
        Entry::Many(group) => {
            let Some(first) = group.members.first() else { return String::new() };
            let most = if first.severity == Severity::Inform { NAMED } else { 3 };
            let named = members(group, most);
            let (what, flag) = sentence::rest(document, group);
            let rest = if group.members.len() > most { format!(" … {}: {}", plain(&what), code(&flag)) } else { String::new() };
            let lead = format!("- {} {} ({}): ", sentence::symbol(first.severity), plain(&group.title()), code(&shortened(&group.ids())));
            let why = if first.severity == Severity::Inform { String::new() } else { format!(" {}", plain(&first.why)) };
            let values = if group.same_cause { format!("; {}", inline(first)) } else { String::new() };
            format!("{lead}{}{named}{values}.{why}{rest}\n", group.word())
        }
    }
}

pub(super) fn gap(document: &Document, gaps: &[&Gap]) -> String {
    let (lead, what) = sentence::gaps(document, gaps, NAMED);
    // The heading says what it is.
    let lead = if matches!(lead.as_str(), "not visible" | "not comparable") { String::new() } else { format!("{lead}: ") };
    let mut text = format!("- ? {}\n", code(&cut(&format!("{lead}{what}"), 4 * COLUMNS)));
    if let Some(cure) = gaps.first().and_then(|gap| gap.cure.as_ref()) {
        let block = fixes(&[cure], sentence::is_sql_cure(cure));
        text.push_str(&indented(&block));
    }
    text
}

/// A block within an item of a list. A fix is as it is, blanks at its end too.
fn indented(block: &str) -> String {
    let lines = block.trim_end_matches('\n').lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") });
    format!("\n{}\n", lines.collect::<String>())
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

/// At most so many lines of at most so many characters; what is cut is counted.
fn limited(lines: Vec<String>) -> Vec<String> {
    let more = lines.len().saturating_sub(LINES);
    let mut lines: Vec<String> = lines.into_iter().take(LINES).map(|line| shortened(&line)).collect();
    if more > 0 {
        lines.push(format!("… {}", counted(more, "more line", "more lines")));
    }
    lines
}

pub(super) fn shortened(text: &str) -> String {
    cut(text, COLUMNS)
}

pub(super) fn cut(text: &str, columns: usize) -> String {
    let all = text.chars().count();
    if all <= columns {
        return text.to_owned();
    }
    let head: String = text.chars().take(columns).collect();
    format!("{head}… ({} more characters)", thousands(all - columns))
}

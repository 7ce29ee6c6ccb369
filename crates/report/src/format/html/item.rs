//! What a difference is on the page: a card, a row of a table, or one card for many alike.
//!
//! Lives here: what stands in each, neutralised. Does not live here: which are shown and in which order (`view`); escaping,
//! which the template engine does to every value.

use super::matrix;
use super::patch::{InPatch, Parts};
use crate::contrast::{self, Contrast};
use crate::document::{Change, Difference, Dimension, Document, Finding, Severity};
use crate::group::{self, words};
use crate::number::counted;
use crate::textdiff::{self, Piece, Tag};
use crate::{clean, sentence, wrap};
use std::collections::HashSet;

/// Characters of a value that a table shows.
const SEEN: usize = 120;

pub(super) enum Item {
    Card(Box<Card>),
    Group(Box<Group>),
}

/// What the filters look at.
pub(super) struct Keys {
    /// Where the matrix leads: on the first of its dimension.
    pub anchor: Option<String>,
    pub severity: &'static str,
    pub dimension: &'static str,
    pub kind: String,
}

pub(super) struct Card {
    pub keys: Keys,
    pub symbol: &'static str,
    pub tone: &'static str,
    pub kind: String,
    pub object: String,
    pub id: String,
    pub happened: String,
    pub details: String,
    /// An address in the server's manual.
    pub manual: Option<String>,
    /// Expected is what the reference has, found what the candidate has; else a rule expects it.
    pub sided: bool,
    pub values: Values,
    pub origin: Option<String>,
    pub why: String,
    /// SQL to paste.
    pub fix: Option<String>,
    /// Words to read.
    pub step: Option<String>,
    pub patch: Option<InPatch>,
}

pub(super) enum Values {
    /// One short value a side.
    Pair([Option<Vec<Piece>>; 2]),
    /// Definitions, line by line.
    Columns(Vec<Row>),
}

/// A row of two definitions.
pub(super) enum Row {
    Pair([Option<Vec<Piece>>; 2]),
    /// `… 78 equal lines …`.
    Skipped(String),
}

pub(super) struct Group {
    pub keys: Keys,
    pub symbol: &'static str,
    pub tone: &'static str,
    pub title: String,
    pub id: String,
    pub why: String,
    /// Some of its members, and how many more.
    pub named: String,
    /// The change that all of them have in common, where it is one.
    pub values: Option<Values>,
    pub fix: Option<String>,
    pub patch: Option<InPatch>,
    pub rows: Vec<Brief>,
}

/// A difference as a row of a table.
pub(super) struct Brief {
    pub keys: Keys,
    pub object: String,
    pub attribute: String,
    pub expected: Long,
    pub found: Long,
    pub ratio: String,
    pub id: String,
}

/// A value in a table: what is seen of it, and the whole where that is more.
pub(super) struct Long {
    pub seen: String,
    pub whole: Option<String>,
}

/// What the items of one comparison share.
pub(super) struct Context<'a> {
    pub index: usize,
    /// Dimensions that the matrix has a place to lead to for.
    pub used: HashSet<Dimension>,
    /// What the patch does about what, where there is one.
    pub parts: Option<Parts<'a>>,
}

impl Context<'_> {
    pub(super) fn first(&mut self, dimension: Dimension) -> Option<String> {
        self.used.insert(dimension).then(|| matrix::anchor(self.index, dimension))
    }

    fn keys(&mut self, difference: &Difference) -> Keys {
        Keys {
            anchor: self.first(difference.dimension),
            severity: difference.severity.name(),
            dimension: difference.dimension.name(),
            kind: clean::line(&difference.kind),
        }
    }
}

pub(super) fn card(document: &Document, difference: &Difference, context: &mut Context<'_>) -> Card {
    let patch = context.parts.as_mut().and_then(|parts| parts.about(&[difference]));
    Card {
        keys: context.keys(difference),
        symbol: sentence::symbol(difference.severity),
        tone: tone(difference.severity),
        kind: words(&clean::line(&difference.kind)),
        object: clean::line(&difference.object.display),
        id: clean::line(&difference.id),
        happened: sentence::happened(document, difference),
        details: sentence::details(difference).join(", "),
        manual: sentence::manual(difference),
        sided: difference.change != Change::Unsound,
        values: values(difference),
        origin: sentence::origin(document, difference),
        why: clean::line(&difference.why),
        fix: difference.fix.as_deref().filter(|_| !is_fix(patch.as_ref())).map(clean::fix),
        step: difference.step.as_deref().map(clean::line),
        patch,
    }
}

/// What was found beside differences.
pub(super) fn found(finding: &Finding) -> Card {
    let (title, happened) = sentence::subject(finding);
    let alone = |value: &Option<String>| value.as_deref().map(|text| vec![Piece { tag: Tag::Same, text: clean::block(text) }]);
    Card {
        keys: Keys { anchor: None, severity: finding.severity.name(), dimension: "", kind: String::new() },
        symbol: sentence::symbol(finding.severity),
        tone: tone(finding.severity),
        kind: String::new(),
        object: title,
        id: clean::line(&finding.id),
        happened,
        details: String::new(),
        manual: None,
        sided: false,
        values: Values::Pair([alone(&finding.expected), alone(&finding.found)]),
        origin: Some(clean::line(&finding.origin)),
        why: clean::line(&finding.why),
        fix: finding.fix.as_deref().map(clean::fix),
        step: finding.step.as_deref().map(clean::line),
        patch: None,
    }
}

pub(super) fn grouped(document: &Document, group: &group::Group<'_>, context: &mut Context<'_>) -> Group {
    let first = group.members.first().copied();
    let keys = match first {
        Some(first) => context.keys(first),
        None => Keys { anchor: None, severity: "warn", dimension: "", kind: String::new() },
    };
    let severity = first.map_or(Severity::Warn, |first| first.severity);
    let lead = match first {
        Some(first) if group.lone => format!("{}: ", sentence::happened(document, first)),
        _ if group.same_cause => "differs alike in ".to_owned(),
        _ => group.word().to_owned(),
    };
    let fixes: Vec<&str> = group.members.iter().filter_map(|one| one.fix.as_deref()).map(|fix| fix.trim_end_matches('\n')).collect();
    let patch = context.parts.as_mut().and_then(|parts| parts.about(&group.members));
    Group {
        keys,
        symbol: sentence::symbol(severity),
        tone: tone(severity),
        title: clean::line(&group.title()),
        id: group.ids(),
        why: first.map(|first| clean::line(&first.why)).unwrap_or_default(),
        named: format!("{lead}{}", group.named(3)),
        values: first.filter(|_| group.same_cause).map(values),
        fix: (!fixes.is_empty() && !is_fix(patch.as_ref())).then(|| clean::fix(&fixes.join("\n"))),
        patch,
        rows: group.members.iter().map(|difference| brief(difference, context)).collect(),
    }
}

/// What the patch has of it is what would be proposed anyway: it is shown once.
fn is_fix(patch: Option<&InPatch>) -> bool {
    patch.is_some_and(|patch| patch.is_fix)
}

pub(super) fn brief(difference: &Difference, context: &mut Context<'_>) -> Brief {
    let [expected, found] = seen(difference);
    Brief {
        keys: context.keys(difference),
        object: sentence::title(difference),
        attribute: difference.attribute.as_deref().map(words).unwrap_or_default(),
        expected,
        found,
        ratio: difference.detail.get("ratio").map(|ratio| clean::line(ratio)).unwrap_or_default(),
        id: clean::line(&difference.id),
    }
}

/// Both values as a table has room for: of long ones the part where they differ.
fn seen(difference: &Difference) -> [Long; 2] {
    let whole = [&difference.expected, &difference.found].map(|value| value.as_deref().map(clean::block));
    let shown = [&difference.expected, &difference.found].map(|value| value.as_deref().map_or_else(|| "nothing".to_owned(), clean::line));
    let fits = shown.each_ref().map(|value| value.chars().count() <= SEEN);
    let windows = match contrast::of(difference, SEEN) {
        Some(Contrast::Lists { missing, extra, alike }) => {
            let side = |word, items: &[String]| format!("{word} {}; {}", contrast::named(items), contrast::others(alike));
            [
                if missing.is_empty() { contrast::others(alike) } else { side("missing", &missing) },
                if extra.is_empty() { contrast::others(alike) } else { side("extra", &extra) },
            ]
        }
        Some(Contrast::Windows { expected, found, .. }) => [expected, found],
        None => shown.each_ref().map(|value| wrap::cut(value, SEEN)),
    };
    let [expected, found] = windows;
    let long = |seen: String, shown: &String, whole: Option<String>, fits: bool| {
        if fits { Long { seen: shown.clone(), whole: None } } else { Long { seen, whole } }
    };
    let [whole_expected, whole_found] = whole;
    [long(expected, &shown[0], whole_expected, fits[0]), long(found, &shown[1], whole_found, fits[1])]
}

fn values(difference: &Difference) -> Values {
    match (difference.expected.as_deref(), difference.found.as_deref()) {
        (Some(expected), Some(found)) if textdiff::is_definition(Some(expected), Some(found)) => {
            let row = |row| match row {
                textdiff::Row::Pair(left, right) => Row::Pair([left, right]),
                textdiff::Row::Skipped(lines) => Row::Skipped(format!("… {} …", counted(lines, "equal line", "equal lines"))),
            };
            Values::Columns(textdiff::hunks(expected, found).into_iter().map(row).collect())
        }
        (Some(expected), Some(found)) if difference.change != Change::Unsound => {
            let (left, right) = textdiff::pieces(expected, found);
            Values::Pair([Some(left), Some(right)])
        }
        (expected, found) => {
            let alone = |value: Option<&str>| value.map(|text| vec![Piece { tag: Tag::Same, text: clean::block(text) }]);
            Values::Pair([alone(expected), alone(found)])
        }
    }
}

const fn tone(severity: Severity) -> &'static str {
    match severity {
        Severity::Block => "bad",
        Severity::Warn => "warn",
        Severity::Inform => "inform",
    }
}

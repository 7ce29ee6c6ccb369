//! One comparison as the page shows it: cards for what blocks, tables for what is alike, everything neutralised.
//!
//! Lives here: choosing and ordering. Does not live here: escaping, which the template engine does to every value.

use super::chart::{self, Charts};
use super::matrix;
use crate::document::{Change, Difference, Dimension, Document, Outcome, Reason, Severity};
use crate::group::{self, Entry, entries, words};
use crate::number::{counted, duration, thousands};
use crate::textdiff::{self, Piece, Tag};
use crate::{clean, sentence};
use std::collections::HashSet;

pub(super) struct View {
    pub anchor: String,
    pub reference: String,
    pub candidate: String,
    pub line: String,
    pub symbol: &'static str,
    pub tone: &'static str,
    pub compared: String,
    pub floor: Option<String>,
    pub tiles: Vec<Tile>,
    pub block: Vec<Item>,
    pub warn: Vec<Item>,
    pub inform: Vec<Brief>,
    pub inform_title: String,
    pub gaps: Vec<GapList>,
    pub charts: Option<Charts>,
    pub ignored: Vec<Excused>,
    pub sides: [Facts; 2],
    pub digests: Vec<[String; 3]>,
    pub elapsed: String,
    pub exit_code: u8,
    pub fail_on: &'static str,
    pub command: String,
}

pub(super) struct Tile {
    pub number: String,
    pub words: &'static str,
    pub symbol: &'static str,
    pub tone: &'static str,
}

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
    pub fix: Option<String>,
}

pub(super) enum Values {
    /// One short value a side.
    Pair([Option<Vec<Piece>>; 2]),
    /// Definitions, line by line.
    Columns(Vec<[Option<Vec<Piece>>; 2]>),
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
    pub rows: Vec<Brief>,
}

/// A difference as a row of a table.
pub(super) struct Brief {
    pub keys: Keys,
    pub object: String,
    pub attribute: String,
    pub expected: String,
    pub found: String,
    pub ratio: String,
    pub id: String,
}

/// What could not be told for the same reason: not visible, or not comparable.
pub(super) struct GapList {
    pub title: &'static str,
    pub gaps: Vec<GapView>,
}

pub(super) struct GapView {
    /// Where the matrix leads: on the first of each of its dimensions.
    pub anchors: Vec<String>,
    /// Empty where there are several, which the text names.
    pub dimension: &'static str,
    pub text: String,
    pub reason: String,
    pub cure: Option<String>,
    /// All that it is about, where not all are named in the text.
    pub objects: Vec<String>,
}

pub(super) struct Excused {
    pub object: String,
    pub id: String,
    pub reason: String,
    pub owner: String,
    pub until: String,
    pub origin: String,
}

pub(super) struct Facts {
    pub role: &'static str,
    pub label: String,
    pub rows: Vec<(&'static str, String)>,
}

/// What stands in the browser's tab and on top of a page.
pub(super) fn title(documents: &[Document]) -> String {
    match documents {
        [] => "nothing was compared".to_owned(),
        [one] => clean::line(&one.verdict.line),
        several => {
            let equal = several.iter().filter(|document| document.verdict.outcome == Outcome::Equal).count();
            format!("{} of {} hold", thousands(equal), counted(several.len(), "comparison", "comparisons"))
        }
    }
}

impl View {
    pub(super) fn of(document: &Document, index: usize) -> Self {
        let mut anchors = Anchors { index, used: HashSet::new() };
        let verdict = &document.verdict;
        let (symbol, tone) = match verdict.outcome {
            Outcome::Equal if verdict.warn > 0 => ("✓", "warn"),
            Outcome::Equal => ("✓", "good"),
            Outcome::Differs => ("✗", "bad"),
            Outcome::CouldNotTell => ("?", "unknown"),
        };
        let item = |entry: Entry<'_>, anchors: &mut Anchors| match entry {
            Entry::One(difference) => Item::Card(Box::new(card(document, difference, anchors))),
            Entry::Many(group) => Item::Group(Box::new(grouped(&group, anchors))),
        };
        let block = entries(&document.differences, Severity::Block).into_iter().map(|entry| item(entry, &mut anchors)).collect();
        let warn = entries(&document.differences, Severity::Warn).into_iter().map(|entry| item(entry, &mut anchors)).collect();
        let informs = document.differences.iter().filter(|difference| difference.severity == Severity::Inform);
        Self {
            anchor: format!("e{index}"),
            reference: clean::line(&document.reference.label),
            candidate: clean::line(&document.candidate.label),
            line: clean::line(&verdict.line),
            symbol,
            tone,
            compared: sentence::compared(document, 6),
            floor: sentence::floor(document),
            tiles: tiles(document),
            block,
            warn,
            inform: informs.map(|difference| brief(difference, &mut anchors)).collect(),
            inform_title: counted(verdict.inform, "expected or cosmetic difference", "expected or cosmetic differences"),
            gaps: gap_lists(document, &mut anchors),
            charts: chart::of(document),
            ignored: document.ignored.iter().map(excused).collect(),
            sides: [facts("reference", &document.reference), facts("candidate", &document.candidate)],
            digests: digests(document),
            elapsed: duration(document.elapsed_ms),
            exit_code: verdict.exit_code,
            fail_on: document.fail_on.name(),
            command: clean::line(&document.command),
        }
    }
}

struct Anchors {
    index: usize,
    used: HashSet<Dimension>,
}

impl Anchors {
    fn first(&mut self, dimension: Dimension) -> Option<String> {
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

fn tiles(document: &Document) -> Vec<Tile> {
    let verdict = &document.verdict;
    let tile = |number: usize, words, symbol, tone| Tile {
        number: thousands(number),
        words,
        symbol,
        tone: if number == 0 { "quiet" } else { tone },
    };
    let mut tiles = vec![
        tile(verdict.block, if verdict.block == 1 { "blocks a migration" } else { "block a migration" }, "✗", "bad"),
        tile(verdict.warn, "to know", "!", "warn"),
        tile(verdict.inform, "expected or cosmetic", "i", "inform"),
        tile(verdict.gaps.saturating_sub(verdict.not_comparable), "not visible", "?", "unknown"),
    ];
    if verdict.not_comparable > 0 {
        tiles.push(tile(verdict.not_comparable, "not comparable", "?", "unknown"));
    }
    tiles
}

fn card(document: &Document, difference: &Difference, anchors: &mut Anchors) -> Card {
    Card {
        keys: anchors.keys(difference),
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
        origin: document.particular_origin(difference).map(clean::line),
        why: clean::line(&difference.why),
        fix: difference.fix.as_deref().map(clean::fix),
    }
}

const fn tone(severity: Severity) -> &'static str {
    match severity {
        Severity::Block => "bad",
        Severity::Warn => "warn",
        Severity::Inform => "inform",
    }
}

fn values(difference: &Difference) -> Values {
    match (difference.expected.as_deref(), difference.found.as_deref()) {
        (Some(expected), Some(found)) if textdiff::is_definition(Some(expected), Some(found)) => {
            Values::Columns(textdiff::columns(expected, found).into_iter().map(|(left, right)| [left, right]).collect())
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

fn grouped(group: &group::Group<'_>, anchors: &mut Anchors) -> Group {
    let first = group.members.first().copied();
    let keys = match first {
        Some(first) => anchors.keys(first),
        None => Keys { anchor: None, severity: "warn", dimension: "", kind: String::new() },
    };
    let severity = first.map_or(Severity::Warn, |first| first.severity);
    let lead = if group.same_cause { "differs alike in " } else { group.word() };
    let fixes: Vec<&str> = group.members.iter().filter_map(|one| one.fix.as_deref()).map(|fix| fix.trim_end_matches('\n')).collect();
    Group {
        keys,
        symbol: sentence::symbol(severity),
        tone: tone(severity),
        title: clean::line(&group.title()),
        id: group.ids(),
        why: first.map(|first| clean::line(&first.why)).unwrap_or_default(),
        named: format!("{lead}{}", group.named(3)),
        values: first.filter(|_| group.same_cause).map(values),
        fix: (!fixes.is_empty()).then(|| clean::fix(&fixes.join("\n"))),
        rows: group.members.iter().map(|difference| brief(difference, anchors)).collect(),
    }
}

fn brief(difference: &Difference, anchors: &mut Anchors) -> Brief {
    let value = |value: &Option<String>| value.as_deref().map_or_else(|| "nothing".to_owned(), clean::line);
    Brief {
        keys: anchors.keys(difference),
        object: sentence::title(difference),
        attribute: difference.attribute.as_deref().map(words).unwrap_or_default(),
        expected: value(&difference.expected),
        found: value(&difference.found),
        ratio: difference.detail.get("ratio").map(|ratio| clean::line(ratio)).unwrap_or_default(),
        id: clean::line(&difference.id),
    }
}

fn gap_lists(document: &Document, anchors: &mut Anchors) -> Vec<GapList> {
    let (apart, hidden): (Vec<_>, Vec<_>) =
        group::gaps(&document.gaps).into_iter().partition(|gaps| gaps.iter().all(|gap| gap.reason == Reason::NotComparable));
    let lists = [("Not visible", hidden), ("Not comparable", apart)].into_iter().filter(|(_, groups)| !groups.is_empty());
    lists
        .map(|(title, groups)| GapList { title, gaps: groups.iter().filter_map(|gaps| gap_view(document, gaps, anchors)).collect() })
        .collect()
}

fn gap_view(document: &Document, gaps: &[&crate::Gap], anchors: &mut Anchors) -> Option<GapView> {
    let first = gaps.first()?;
    let one_dimension = gaps.iter().all(|gap| gap.dimension == first.dimension);
    let all = gaps.iter().filter(|_| gaps.len() > 1).filter_map(|gap| gap.object.as_deref());
    Some(GapView {
        anchors: gaps.iter().filter_map(|gap| anchors.first(gap.dimension)).collect(),
        dimension: if one_dimension { first.dimension.name() } else { "" },
        text: sentence::gaps(document, gaps, 3).1,
        reason: words(first.reason.name()),
        cure: first.cure.as_deref().map(clean::fix),
        objects: all.map(clean::line).collect(),
    })
}

fn excused(ignored: &crate::Ignored) -> Excused {
    Excused {
        object: sentence::title(&ignored.difference),
        id: clean::line(&ignored.difference.id),
        reason: clean::line(&ignored.reason),
        owner: clean::line(&ignored.owner),
        until: clean::line(&ignored.until),
        origin: clean::line(&ignored.origin),
    }
}

fn facts(role: &'static str, endpoint: &crate::Endpoint) -> Facts {
    if !endpoint.is_read() {
        return Facts { role, label: clean::line(&endpoint.label), rows: vec![("read at", "not read".to_owned())] };
    }
    let rows = [
        ("server", format!("{} {}", endpoint.engine, endpoint.server_version)),
        ("database", endpoint.database.clone()),
        ("read as", endpoint.role.clone()),
        ("node", format!("{} ({})", endpoint.node, endpoint.node_role.name())),
        ("read at", endpoint.captured_at.clone()),
    ];
    Facts { role, label: clean::line(&endpoint.label), rows: rows.into_iter().map(|(name, value)| (name, clean::line(&value))).collect() }
}

fn digests(document: &Document) -> Vec<[String; 3]> {
    let shown = |digest: &Option<String>| digest.as_deref().map_or_else(|| "–".to_owned(), clean::line);
    document
        .dimensions
        .iter()
        .filter(|dimension| dimension.reference_digest.is_some() || dimension.candidate_digest.is_some())
        .map(|dimension| [dimension.name.name().to_owned(), shown(&dimension.reference_digest), shown(&dimension.candidate_digest)])
        .collect()
}

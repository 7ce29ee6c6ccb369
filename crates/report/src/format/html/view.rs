//! One comparison as the page shows it: cards for what blocks, tables for what is alike, everything neutralised.
//!
//! Lives here: choosing and ordering. Does not live here: what a card or row holds (`item`); escaping, which the template engine does to every value.

use super::super::schemas::{compared, lines};
use super::chart::{self, Charts};
use super::item::{Brief, Context, Item, brief, card, found, grouped};
use super::matrix::Matrix;
use super::patch::{Parts, PatchView};
use crate::document::{Document, Likeness, Outcome, Reason, Schemas, Severity, Side};
use crate::group::{self, Entry, entries, words};
use crate::number::{counted, duration, thousands};
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
    pub patch: Option<PatchView>,
    pub charts: Option<Charts>,
    pub ignored: Vec<Excused>,
    pub sides: Vec<Facts>,
    pub digests: Vec<[String; 3]>,
    pub elapsed: String,
    pub exit_code: u8,
    pub fail_on: &'static str,
    pub command: String,
}

/// Many schemas at a glance.
pub(super) struct Overview {
    pub symbol: char,
    pub tone: &'static str,
    pub lines: Vec<OverviewLine>,
    pub compared: String,
}

pub(super) struct OverviewLine {
    pub tone: &'static str,
    pub symbol: char,
    pub name: String,
    pub words: String,
    /// Where it is told in full.
    pub link: Option<String>,
}

impl Overview {
    pub(super) fn of(document: &Document, schemas: &Schemas) -> Self {
        let mut telling = 0;
        let alone = schemas.schemas.len() == 1;
        let lines = lines(schemas).into_iter().map(|line| {
            let told = alone || line.likeness != Likeness::Equal;
            let link = told.then(|| format!("e{telling}"));
            telling += usize::from(told);
            OverviewLine { tone: tone(line.likeness), symbol: line.sign, name: line.name, words: line.words, link }
        });
        let (symbol, tone) = match document.verdict.outcome {
            Outcome::Equal if schemas.alike > 0 => ('✓', "warn"),
            Outcome::Equal => ('✓', "good"),
            Outcome::Differs => ('✗', "bad"),
            Outcome::CouldNotTell | Outcome::Empty => ('?', "unknown"),
        };
        Self { symbol, tone, lines: lines.collect(), compared: compared(schemas) }
    }
}

const fn tone(likeness: Likeness) -> &'static str {
    match likeness {
        Likeness::Equal => "good",
        Likeness::Alike => "warn",
        Likeness::Differs => "bad",
        Likeness::CouldNotTell => "unknown",
    }
}

pub(super) struct Tile {
    pub number: String,
    pub words: &'static str,
    pub symbol: &'static str,
    pub tone: &'static str,
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

/// The same for the browser's tab, where the environments are told from others first.
pub(super) fn tab(documents: &[Document], matrix: &Matrix) -> String {
    let title = title(documents);
    let names: Vec<&str> = matrix.columns.iter().map(|column| column.label.as_str()).collect();
    if documents.len() > 1 { format!("{}: {title}", names.join(", ")) } else { title }
}

impl View {
    pub(super) fn of(document: &Document, index: usize) -> Self {
        let mut context = Context { index, used: HashSet::new(), parts: document.patch().map(Parts::of) };
        let verdict = &document.verdict;
        let (symbol, tone) = match verdict.outcome {
            Outcome::Equal if verdict.warn > 0 => ("✓", "warn"),
            Outcome::Equal => ("✓", "good"),
            Outcome::Differs => ("✗", "bad"),
            Outcome::CouldNotTell | Outcome::Empty => ("?", "unknown"),
        };
        let item = |entry: Entry<'_>, context: &mut Context<'_>| match entry {
            Entry::One(difference) => Item::Card(Box::new(card(document, difference, context))),
            Entry::Many(group) => Item::Group(Box::new(grouped(document, &group, context))),
        };
        let mut items = |severity: Severity| -> Vec<Item> {
            let findings = document.findings.iter().filter(|finding| finding.severity == severity);
            let mut items: Vec<Item> = findings.map(|finding| Item::Card(Box::new(found(finding)))).collect();
            items.extend(entries(document.told(), severity).into_iter().map(|entry| item(entry, &mut context)));
            items
        };
        let (block, mut warn) = (items(Severity::Block), items(Severity::Warn));
        // What is only worth a word stands there too: an exception that excuses nothing, a history that was taken out.
        let words = document.findings.iter().filter(|finding| finding.severity == Severity::Inform);
        warn.extend(words.map(|finding| Item::Card(Box::new(found(finding)))));
        let informs = document.told().filter(|difference| difference.severity == Severity::Inform);
        Self {
            anchor: format!("e{index}"),
            reference: clean::line(&document.label(Side::Reference)),
            candidate: clean::line(&document.label(Side::Candidate)),
            line: clean::line(&verdict.line),
            symbol,
            tone,
            compared: document.comparison.iter().map(|_| format!("Compared {}. ", sentence::compared(document, 6))).collect(),
            floor: sentence::floor(document),
            tiles: tiles(document),
            block,
            warn,
            inform: informs.map(|difference| brief(difference, &mut context)).collect(),
            inform_title: counted(verdict.inform, "expected or cosmetic difference", "expected or cosmetic differences"),
            gaps: gap_lists(document, &mut context),
            patch: PatchView::of(document, index),
            charts: chart::of(document),
            ignored: document.ignored().iter().map(excused).collect(),
            sides: document.looked_at().into_iter().map(|(role, endpoint)| facts(role, endpoint)).collect(),
            digests: digests(document),
            elapsed: duration(document.elapsed_ms),
            exit_code: verdict.exit_code,
            fail_on: document.fail_on.name(),
            command: clean::line(&document.command),
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
        tile(verdict.warn, if verdict.warn == 1 { "warning" } else { "warnings" }, "!", "warn"),
        tile(verdict.inform, "expected or cosmetic", "i", "inform"),
        tile(verdict.gaps.saturating_sub(verdict.not_comparable), "not visible", "?", "unknown"),
    ];
    if verdict.not_comparable > 0 {
        tiles.push(tile(verdict.not_comparable, "not comparable", "?", "unknown"));
    }
    tiles
}

fn gap_lists(document: &Document, context: &mut Context<'_>) -> Vec<GapList> {
    let (apart, hidden): (Vec<_>, Vec<_>) =
        group::gaps(&document.gaps).into_iter().partition(|gaps| gaps.iter().all(|gap| gap.reason == Reason::NotComparable));
    let lists = [("Not visible", hidden), ("Not comparable", apart)].into_iter().filter(|(_, groups)| !groups.is_empty());
    lists
        .map(|(title, groups)| GapList { title, gaps: groups.iter().filter_map(|gaps| gap_view(document, gaps, context)).collect() })
        .collect()
}

fn gap_view(document: &Document, gaps: &[&crate::Gap], context: &mut Context<'_>) -> Option<GapView> {
    let first = gaps.first()?;
    let one_dimension = gaps.iter().all(|gap| gap.dimension == first.dimension);
    let all = gaps.iter().filter(|_| gaps.len() > 1).filter_map(|gap| gap.object.as_deref());
    Some(GapView {
        anchors: gaps.iter().filter_map(|gap| context.first(gap.dimension)).collect(),
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
        .dimensions()
        .iter()
        .filter(|dimension| dimension.reference_digest.is_some() || dimension.candidate_digest.is_some())
        .map(|dimension| [dimension.name.name().to_owned(), shown(&dimension.reference_digest), shown(&dimension.candidate_digest)])
        .collect()
}

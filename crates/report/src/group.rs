//! Differences and gaps as a reader takes them in: what says the same over and over is one entry with a count.
//!
//! Lives here: what is alike, and the worst cases of it. Nothing is lost by it: JSON and HTML carry everything, and the
//! terminal lists all members where one severity is asked for.

use crate::clean;
use crate::document::{Change, Difference, Dimension, Gap, Severity};
use crate::number::{counted, thousands};
use evenkeel_core::kind::Kind;
use std::collections::{BTreeMap, HashMap, HashSet};

/// From how many on those of one rule are one entry, and gaps of one cause.
const MANY: usize = 3;
/// From how many on objects of one kind that only one side has are one entry; of rows of reference data, and of others.
const ROWS: usize = 51;
const LONE: usize = 11;
/// From how many on the same change, made to one object after the other, is one entry. Few are shown in full: each has a fix.
const ALIKE: usize = 5;

/// A difference, or many alike.
#[derive(Debug)]
pub(crate) enum Entry<'a> {
    One(&'a Difference),
    Many(Group<'a>),
}

/// At least two differences.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    /// Worst first.
    pub members: Vec<&'a Difference>,
    /// All have the same property, expected and found: one cause made them, such as another default.
    pub same_cause: bool,
    /// Objects of one kind that only one side has.
    pub lone: bool,
}

impl Entry<'_> {
    /// The rule it is about; of several the first.
    fn id(&self) -> &str {
        match self {
            Self::One(difference) => &difference.id,
            Self::Many(group) => group.members.first().map_or("", |first| &first.id),
        }
    }

    /// How many differences it stands for.
    pub fn len(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Many(group) => group.members.len(),
        }
    }
}

/// What the members of a group have in common.
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Rule(&'a str),
    Cause(&'a str, Option<&'a str>, Option<&'a str>),
    Lone(&'a str, &'a str),
}

/// Measured differences say the same thing over and over; what merely informs is rarely read one by one. Beyond these, the
/// same change of the same property in the schema, whatever kinds of objects have it. Settings that differ in the same way have
/// nothing in common.
fn key(difference: &Difference) -> Option<Key<'_>> {
    if difference.severity != Severity::Block && difference.detail.contains_key("ratio") || difference.severity == Severity::Inform {
        return Some(Key::Rule(&difference.id));
    }
    // Rows of one table; objects of one kind.
    let place = if difference.kind == "reference-row" { difference.object.table.as_deref().unwrap_or_default() } else { "" };
    if matches!(difference.change, Change::Missing | Change::Extra) || !place.is_empty() {
        return Some(Key::Lone(&difference.id, place));
    }
    match (difference.change, &difference.attribute) {
        (Change::Changed, Some(attribute)) if difference.dimension == Dimension::Schema => {
            Some(Key::Cause(attribute, difference.expected.as_deref(), difference.found.as_deref()))
        }
        _ => None,
    }
}

/// The differences of one severity. Groups stand where their first member stood.
pub(crate) fn entries<'a>(differences: impl Iterator<Item = &'a Difference>, severity: Severity) -> Vec<Entry<'a>> {
    let mut groups: Vec<(Likeness, Vec<&Difference>)> = Vec::new();
    let mut places = HashMap::new();
    for difference in differences.filter(|difference| difference.severity == severity) {
        let Some(key) = key(difference) else {
            groups.push((Likeness::Rule, vec![difference]));
            continue;
        };
        let same_cause = match key {
            Key::Cause(..) => Likeness::Cause,
            Key::Rule(_) => Likeness::Rule,
            Key::Lone(..) => Likeness::Lone,
        };
        let place = *places.entry(key).or_insert_with(|| {
            groups.push((same_cause, Vec::new()));
            groups.len() - 1
        });
        if let Some((_, group)) = groups.get_mut(place) {
            group.push(difference);
        }
    }
    groups.into_iter().flat_map(|(same_cause, group)| settle(group, same_cause)).collect()
}

/// Which entries are shown where there is room for so many: the first of every id, then those that stand first. In their order.
pub(crate) fn chosen<'e, 'a>(entries: &'e [Entry<'a>], limit: usize) -> Vec<&'e Entry<'a>> {
    let mut seen = HashSet::new();
    let firsts: Vec<bool> = entries.iter().map(|entry| seen.insert(entry.id())).collect();
    let mut room = limit.saturating_sub(firsts.iter().filter(|first| **first).count());
    let mut chosen = Vec::new();
    for (entry, first) in entries.iter().zip(firsts) {
        if first || room > 0 {
            room -= usize::from(!first);
            chosen.push(entry);
        }
    }
    chosen
}

/// Gaps that differ in nothing but the object are one entry, and whole dimensions that were not seen for the same reason. It
/// stands where the first of them stood.
pub(crate) fn gaps(gaps: &[Gap]) -> Vec<Vec<&Gap>> {
    let mut groups: Vec<Vec<&Gap>> = Vec::new();
    let mut places = HashMap::new();
    for gap in gaps {
        let Gap { side, dimension, kind, object, attribute, reason, across, detail, cure } = gap;
        let in_dimension = object.as_ref().map(|_| dimension);
        let place = (object.is_some() || kind.is_none()).then(|| {
            *places.entry((side, in_dimension, kind, attribute, reason, across, detail, cure)).or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            })
        });
        match place.and_then(|place| groups.get_mut(place)) {
            Some(group) => group.push(gap),
            None => groups.push(vec![gap]),
        }
    }
    groups
        .into_iter()
        .flat_map(|group| if group.len() < MANY { group.into_iter().map(|gap| vec![gap]).collect() } else { vec![group] })
        .collect()
}

/// What makes differences one entry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Likeness {
    Rule,
    Cause,
    Lone,
}

fn settle(mut members: Vec<&Difference>, likeness: Likeness) -> Vec<Entry<'_>> {
    let is_row = members.first().is_some_and(|first| first.kind == "reference-row");
    let few = match likeness {
        Likeness::Rule => MANY,
        Likeness::Cause => ALIKE,
        Likeness::Lone if is_row => ROWS,
        Likeness::Lone => LONE,
    };
    if members.len() < few {
        return members.into_iter().map(Entry::One).collect();
    }
    // Stable: those equally bad stay in the document's order.
    members.sort_by(|a, b| badness(b).total_cmp(&badness(a)));
    vec![Entry::Many(Group { members, same_cause: likeness == Likeness::Cause, lone: likeness == Likeness::Lone })]
}

/// How far apart two measured values lie: the same for ten times as much and a tenth.
fn badness(difference: &Difference) -> f64 {
    let Some(ratio) = difference.detail.get("ratio") else { return 0.0 };
    match ratio.strip_prefix('×').map(str::parse::<f64>) {
        Some(Ok(factor)) if factor > 0.0 => factor.ln().abs(),
        Some(_) => f64::MAX,
        None if ratio == "∞" => f64::MAX,
        None => ratio.parse::<f64>().map_or(0.0, f64::abs),
    }
}

impl Group<'_> {
    /// What it is about and how many there are: `table statistics, rows: 96 objects beyond tolerance`, or
    /// `collation of 30 columns, 16 tables`.
    pub fn title(&self) -> String {
        let Some(first) = self.members.first() else { return String::new() };
        let (what, many) = (words(&first.kind), self.members.len());
        if self.lone {
            let verb = match first.change {
                Change::Missing => "missing",
                Change::Extra => "extra",
                _ => "changed",
            };
            let table = first.object.table.as_deref().filter(|_| first.kind == "reference-row");
            let of = table.map(|table| format!(" of {table}")).unwrap_or_default();
            return format!("{}{of} {verb}", self.kinds());
        }
        match (&first.attribute, first.detail.contains_key("ratio")) {
            (Some(attribute), _) if self.same_cause => format!("{} of {}", words(attribute), self.kinds()),
            (Some(attribute), true) => format!("{what}, {}: {} beyond tolerance", words(attribute), counted(many, "object", "objects")),
            (Some(attribute), false) => format!("{what}, {}: {}", words(attribute), counted(many, "difference", "differences")),
            (None, _) => format!("{what}: {} on one side only", counted(many, "object", "objects")),
        }
    }

    /// `30 columns, 16 tables`: most first.
    fn kinds(&self) -> String {
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for difference in &self.members {
            *kinds.entry(&difference.kind).or_default() += 1;
        }
        let mut kinds: Vec<(&str, usize)> = kinds.into_iter().collect();
        kinds.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
        let named = |(name, number): &(&str, usize)| {
            let kind = if *number == 1 { name } else { Kind::from_name(name).map_or(*name, |kind| kind.spec().plural) };
            format!("{} {}", thousands(*number), words(kind))
        };
        kinds.iter().map(named).collect::<Vec<_>>().join(", ")
    }

    /// The rules its members broke.
    pub fn ids(&self) -> String {
        let mut ids: Vec<String> = self.members.iter().map(|difference| clean::line(&difference.id)).collect();
        ids.sort();
        ids.dedup();
        ids.join(", ")
    }

    /// So many members in a few words, and how many more there are.
    pub fn named(&self, most: usize) -> String {
        let mut named: Vec<String> = self.members.iter().take(most).map(|difference| clean::line(&brief(difference))).collect();
        let more = self.members.len().saturating_sub(most);
        if more > 0 {
            named.push(format!("{} more", thousands(more)));
        }
        named.join(", ")
    }

    /// What is shown of the members, where it is worth a word: the measured ones are sorted.
    pub fn word(&self) -> &'static str {
        if self.members.first().is_some_and(|first| first.detail.contains_key("ratio")) { "worst " } else { "" }
    }
}

/// The member in a few words: `app.orders ×0.002`.
pub(crate) fn brief(difference: &Difference) -> String {
    match difference.detail.get("ratio") {
        Some(ratio) => format!("{} {ratio}", difference.object.display),
        None => difference.object.display.clone(),
    }
}

/// A declared name as words: `column_order` → `column order`.
pub(crate) fn words(name: &str) -> String {
    name.replace(['_', '-'], " ")
}

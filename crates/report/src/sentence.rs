//! The sentences that every format for people shares, neutralised: what happened to an object, what a dimension
//! amounts to, how it was looked at.
//!
//! Lives here: wording from a document. Does not live here: escaping and layout of a format; wording that is part of
//! the document itself (`document/line`).

pub(crate) mod patch;

use crate::clean;
use crate::contrast::{self, Contrast};
use crate::document::{
    Change, Comparison, Difference, DimensionResult, Document, Finding, Gap, Outcome, Reason, Severity, Side, Subject, unseen,
};
use crate::group::{Group, words};
use crate::number::{bytes, counted, duration, thousands};
use crate::wrap::cut;
use evenkeel_core::kind::Kind;
use std::collections::{BTreeMap, HashSet};

/// `column app.orders.refunded_at`.
pub(crate) fn title(difference: &Difference) -> String {
    let kind = words(&difference.kind);
    let object = clean::line(&difference.object.display);
    if object == kind { object } else { format!("{kind} {object}") }
}

/// What happened: `staging has it, production does not`.
pub(crate) fn happened(document: &Document, difference: &Difference) -> String {
    let [reference, candidate] = [Side::Reference, Side::Candidate].map(|side| clean::line(&document.label(side)));
    let attribute = difference.attribute.as_deref().map(words).unwrap_or_default();
    match difference.change {
        Change::Missing => format!("{reference} has it, {candidate} does not"),
        Change::Extra => format!("{candidate} has it, {reference} does not"),
        Change::Changed if attribute == "effective" => "the migration role gets another value".to_owned(),
        Change::Changed => format!("differs in {attribute}"),
        Change::Renamed => "same body under another name: a rename is suspected".to_owned(),
        Change::Unsound => {
            // Shared by both sides it is a fault of both, and no difference.
            let place = clean::line(&document.label(difference.side));
            let happened = match difference.expected.as_deref() {
                Some("yes") => format!("not {attribute} in {place}"),
                Some("no") | None => format!("{attribute} in {place}"),
                Some(_) => format!("{attribute} is not as it must be in {place}"),
            };
            // Of a difference the fix is for the candidate; a fault is mended where it is.
            let has_remedy = difference.fix.is_some() || difference.step.is_some();
            if has_remedy && difference.side != Side::Candidate { format!("{happened}; the fix is for {place}") } else { happened }
        }
    }
}

/// What else is known of it, one line each: `with 12 columns, 2 indexes`.
pub(crate) fn details(difference: &Difference) -> Vec<String> {
    let shown = difference.detail.iter().filter(|(name, _)| !matches!(name.as_str(), "rename" | "manual"));
    shown.map(|(name, value)| format!("{} {}", words(&clean::line(name)), clean::line(value))).collect()
}

/// Both values in a few words: `expected 5s, found 0`, or of a long list what it lacks: `missing label_55, 59 others alike`.
pub(crate) fn values(difference: &Difference, columns: usize) -> String {
    match contrast::of(difference, columns) {
        Some(Contrast::Lists { missing, extra, alike }) => {
            let sides = [("missing", missing), ("extra", extra)].into_iter().filter(|(_, items)| !items.is_empty());
            let mut parts: Vec<String> = sides.map(|(name, items)| format!("{name} {}", contrast::named(&items))).collect();
            parts.push(contrast::others(alike));
            parts.join(", ")
        }
        Some(Contrast::Windows { expected, found, .. }) => format!("expected {expected}, found {found}"),
        None => {
            let shown = |value: &Option<String>| cut(&value.as_deref().map_or_else(|| "nothing".to_owned(), clean::line), columns);
            format!("expected {}, found {}", shown(&difference.expected), shown(&difference.found))
        }
    }
}

/// How many there are of the ids of a group, and the flag that shows them all.
pub(crate) fn rest(document: &Document, group: &Group<'_>) -> (String, String) {
    let ids: HashSet<&str> = group.members.iter().map(|one| one.id.as_str()).collect();
    let (mut all, mut fixed) = (0, 0);
    for one in document.told().filter(|one| ids.contains(one.id.as_str())) {
        all += 1;
        fixed += usize::from(one.fix.is_some());
    }
    let of = if all == group.members.len() {
        ""
    } else if ids.len() == 1 {
        " of this id"
    } else {
        " of these ids"
    };
    let with = match fixed {
        0 => String::new(),
        fixed if fixed == all => ", each with its fix".to_owned(),
        fixed => format!(", {} of them with a fix", thousands(fixed)),
    };
    (format!("all {}{of}{with}", thousands(all)), format!("--only {}", group.ids().replace(", ", ",")))
}

/// Where expected comes from, and found where that is known too.
pub(crate) fn origin(document: &Document, difference: &Difference) -> Option<String> {
    let expected = difference.set_by.as_deref().map(clean::line);
    match (expected, difference.found_set_by.as_deref().map(clean::line)) {
        (Some(expected), Some(found)) if expected == found => Some(format!("{expected} on both sides")),
        (expected, Some(found)) => {
            let [reference, candidate] = [Side::Reference, Side::Candidate].map(|side| clean::line(&document.label(side)));
            let expected = expected.map(|expected| format!("{reference}: {expected}; ")).unwrap_or_default();
            Some(format!("{expected}{candidate}: {found}"))
        }
        (expected, None) => expected,
    }
}

/// Where the server's manual says more.
pub(crate) fn manual(difference: &Difference) -> Option<String> {
    difference.detail.get("manual").map(|address| clean::line(address))
}

/// What a finding that is no difference is about, and what is the matter with it.
pub(crate) fn subject(finding: &Finding) -> (String, String) {
    match &finding.subject {
        Subject::Object { kind, object, .. } if finding.id == evenkeel_core::finding::ROLE_NAME => {
            (format!("{} {}", words(&clean::line(kind)), clean::line(object)), "may be called otherwise on the other side".to_owned())
        }
        Subject::Object { kind, object, attribute } => {
            let attribute = attribute.as_deref().map(words).unwrap_or_default();
            (format!("{} {}", words(&clean::line(kind)), clean::line(object)), clean::line(&attribute))
        }
        Subject::Statement(place) => (format!("{}:{}", clean::line(&place.file), place.line), String::new()),
        Subject::Migration { tool, key } => (format!("migration {}", clean::line(key)), clean::line(tool)),
        Subject::Environment { name } => {
            let what = match finding.id.as_str() {
                evenkeel_core::finding::PLACE_CHANGED => "it is not where its manifest was captured",
                evenkeel_core::finding::SOURCE_HIDDEN => "its server does not say which one it is",
                evenkeel_core::finding::HISTORY_NOWHERE => "history is not compared",
                _ => "",
            };
            (format!("environment {}", clean::line(name)), what.to_owned())
        }
        Subject::Waiver { pattern } => {
            let unused = finding.id == evenkeel_core::finding::WAIVER_UNUSED;
            let what = if unused { "it excuses nothing" } else { "it has run out" };
            (format!("exception {}", clean::line(pattern)), what.to_owned())
        }
    }
}

/// What to do: SQL to paste, or a step to read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Remedy<'a> {
    Fix(&'a str),
    Step(&'a str),
}

/// How a gap's cure is laid out. A manifest keeps it as one text: where it is SQL, it ends as statements do. Nothing but layout hangs
/// on it.
pub(crate) fn is_sql_cure(cure: &str) -> bool {
    cure.trim_end().ends_with(';')
}

/// Of these two a finding has at most one.
pub(crate) fn remedy<'a>(fix: &'a Option<String>, step: &'a Option<String>) -> Option<Remedy<'a>> {
    fix.as_deref().map(Remedy::Fix).or_else(|| step.as_deref().map(Remedy::Step))
}

/// The symbol of a severity; never without the word or the sentence beside it.
pub(crate) const fn symbol(severity: Severity) -> &'static str {
    match severity {
        Severity::Block => "✗",
        Severity::Warn => "!",
        Severity::Inform => "i",
    }
}

/// What a dimension amounts to: its symbol and a few words.
pub(crate) fn dimension(dimension: &DimensionResult) -> (&'static str, String) {
    let per = dimension.differences;
    let objects: usize = dimension.counts.iter().map(|count| count.reference.max(count.candidate)).sum();
    let mut parts = Vec::new();
    let symbol = if per.block > 0 {
        parts.push(format!("{} in {}", counted(per.block, "difference", "differences"), counted(objects, "object", "objects")));
        "✗"
    } else if per.warn > 0 {
        "!"
    } else if dimension.verdict == Outcome::Differs {
        "✗"
    } else if dimension.verdict == Outcome::CouldNotTell {
        "?"
    } else if dimension.verdict == Outcome::Empty || dimension.alone().is_some() {
        "–"
    } else {
        "✓"
    };
    if per.warn > 0 {
        parts.push(counted(per.warn, "warning", "warnings"));
    }
    if let Some(note) = &dimension.note {
        parts.push(clean::line(note));
    }
    let apart = dimension.reference_digest != dimension.candidate_digest;
    if dimension.alone().is_some() {
        parts.insert(0, "only one side has any".to_owned());
    } else if dimension.verdict == Outcome::Equal && per.block + per.warn == 0 {
        parts.insert(0, alike(dimension));
    } else if dimension.ignored > 0 {
        parts.push(format!("{} excused", thousands(dimension.ignored)));
    }
    if per.inform > 0 && !(apart && dimension.verdict == Outcome::Equal && per.block + per.warn + dimension.ignored == 0) {
        parts.push(format!("{} expected", thousands(per.inform)));
    }
    if dimension.shared > 0 {
        parts.push(format!("{} on both sides", counted(dimension.shared, "fault", "faults")));
    }
    if dimension.gaps > 0 {
        parts.extend(unseen(dimension.gaps, dimension.not_comparable));
    } else if !dimension.compared {
        parts.push("not compared".to_owned());
    }
    (symbol, parts.join(", "))
}

/// How alike the sides are where nothing weighs: beside two digests it says why they are two.
pub(crate) fn alike(dimension: &DimensionResult) -> String {
    let apart = dimension.reference_digest != dimension.candidate_digest;
    match (apart, dimension.ignored, dimension.differences.inform) {
        (_, ignored @ 1.., _) => format!("alike but for {} excused", thousands(ignored)),
        (true, 0, inform @ 1..) => format!("alike but for {} expected", thousands(inform)),
        (true, 0, 0) => "alike beside what other dimensions tell".to_owned(),
        (false, 0, _) => "equal".to_owned(),
    }
}

/// From how many differences on they are counted by kind before the first is shown.
const PICTURE: usize = 20;

/// What there is of a severity, by kind and change, most first: `412 columns missing, 88 tables extra, 3 indexes changed`.
pub(crate) fn by_kind(document: &Document, severity: Severity) -> Option<String> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for difference in document.told().filter(|difference| difference.severity == severity) {
        let word = match difference.change {
            Change::Missing => "missing",
            Change::Extra => "extra",
            Change::Changed => "changed",
            Change::Renamed => "renamed",
            Change::Unsound => "at fault",
        };
        *counts.entry((&difference.kind, word)).or_default() += 1;
    }
    if counts.values().sum::<usize>() < PICTURE || counts.len() < 2 {
        return None;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let named = |((kind, word), count): &((&str, &str), usize)| {
        let plural = Kind::from_name(kind).map_or(*kind, |kind| kind.spec().plural);
        format!("{} {} {word}", thousands(*count), words(&clean::line(if *count == 1 { kind } else { plural })))
    };
    Some(counts.iter().map(named).collect::<Vec<_>>().join(", "))
}

/// Labels of both sides in so many columns, so that two that begin alike are told apart: then their ends are shown.
pub(crate) fn heads(labels: [String; 2], width: usize) -> [String; 2] {
    let short = labels.each_ref().map(|label| cut(label, width));
    if short[0] != short[1] || labels[0] == labels[1] {
        return short;
    }
    let shared = labels[0].chars().zip(labels[1].chars()).take_while(|(a, b)| a == b).count();
    labels.map(|label| {
        let tail: String = label.chars().skip(shared.saturating_sub(width / 2)).collect();
        format!("…{}", cut(&tail, width.saturating_sub(1)))
    })
}

/// What stands for each side of a dimension in a table: digests, volumes, or how many objects there are.
pub(crate) fn cells(document: &Document, dimension: &DimensionResult) -> (String, String) {
    if dimension.name == crate::Dimension::Data
        && let Some((reference, candidate)) = document.comparison.as_ref().and_then(|comparison| comparison.data.volume())
    {
        return (bytes(reference), bytes(candidate));
    }
    let sum = |side: fn(&crate::Count) -> usize| dimension.counts.iter().map(side).sum::<usize>();
    let cell = |digest: &Option<String>, objects: usize| match digest {
        Some(digest) => crate::number::short(&clean::line(digest)),
        None if objects > 0 => counted(objects, "object", "objects"),
        None => "–".to_owned(),
    };
    (cell(&dimension.reference_digest, sum(|count| count.reference)), cell(&dimension.candidate_digest, sum(|count| count.candidate)))
}

/// What could not be told, and why not: `not visible` and `setting primary_conninfo in production: reason`.
pub(crate) fn gap(document: &Document, gap: &Gap) -> (String, String) {
    gaps(document, &[gap], 1)
}

/// The same of several alike, so many of them by name: `not comparable across flavours (15)` and `name of constraint app.a,
/// app.b, 13 more in staging and production: reason`.
pub(crate) fn gaps(document: &Document, group: &[&Gap], named: usize) -> (String, String) {
    let Some(gap) = group.first() else { return Default::default() };
    let mut objects: Vec<String> = group.iter().filter_map(|gap| gap.object.as_deref()).take(named).map(clean::line).collect();
    let more = if objects.is_empty() { 0 } else { group.len().saturating_sub(named) };
    objects.extend((more > 0).then(|| format!("{} more", thousands(more))));
    let objects = objects.join(", ");
    let mut what = match &gap.kind {
        Some(kind) if objects.is_empty() => {
            Kind::from_name(kind).map_or_else(|| words(&clean::line(kind)), |kind| words(kind.spec().plural))
        }
        Some(kind) => format!("{} {objects}", words(&clean::line(kind))),
        None if objects.is_empty() => {
            let names: Vec<&str> = group.iter().map(|gap| gap.dimension.name()).collect();
            format!("{} {}", if names.len() == 1 { "dimension" } else { "dimensions" }, names.join(", "))
        }
        None => objects,
    };
    if let Some(attribute) = &gap.attribute {
        what = format!("{} of {what}", words(&clean::line(attribute)));
    }
    let lead = match (gap.reason, gap.across) {
        (Reason::NotComparable, Some(across)) => format!("not comparable across {}", across.name()),
        (Reason::NotComparable, None) => "not comparable".to_owned(),
        _ => "not visible".to_owned(),
    };
    let count = if group.len() > 1 { format!(" ({})", thousands(group.len())) } else { String::new() };
    (format!("{lead}{count}"), format!("{what} in {}: {}", clean::line(&document.label(gap.side)), clean::line(&gap.detail)))
}

/// `1,204 objects (96 tables, 318 indexes, …)`, at most so many kinds.
pub(crate) fn compared(document: &Document, kinds: usize) -> String {
    let mut counts: Vec<(usize, String)> = document
        .dimensions()
        .iter()
        .flat_map(|dimension| &dimension.counts)
        .map(|count| {
            (
                count.reference.max(count.candidate),
                clean::line(if count.reference.max(count.candidate) == 1 { &count.kind } else { &count.plural }),
            )
        })
        .collect();
    let total: usize = counts.iter().map(|(number, _)| number).sum();
    counts.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    let mut shown: Vec<String> =
        counts.iter().take(kinds).map(|(number, name)| format!("{} {}", thousands(*number), words(name))).collect();
    if counts.len() > kinds {
        shown.push("…".to_owned());
    }
    let list = if shown.is_empty() { String::new() } else { format!(" ({})", shown.join(", ")) };
    format!("{}{list}", counted(total, "object", "objects"))
}

/// `PostgreSQL 15.8 / 15.6`, or both in full where the engines differ.
fn versions(comparison: &Comparison) -> String {
    let (a, b) = (&comparison.reference, &comparison.candidate);
    let versions = (clean::line(&a.server_version), clean::line(&b.server_version));
    match (a.engine == b.engine, versions.0 == versions.1) {
        (true, true) => format!("{} {}", clean::line(&a.engine), versions.0),
        (true, false) => format!("{} {} / {}", clean::line(&a.engine), versions.0, versions.1),
        (false, _) => format!("{} {} / {} {}", clean::line(&a.engine), versions.0, clean::line(&b.engine), versions.1),
    }
}

/// How it was looked at, in parts to be joined: `read-only`, `1.3 s`, versions, `exit 1`.
pub(crate) fn how(document: &Document) -> Vec<String> {
    let mut parts = Vec::new();
    if document.read_only {
        parts.push("read-only".to_owned());
    }
    parts.push(duration(document.elapsed_ms));
    parts.extend(document.comparison.as_ref().filter(|_| document.is_read()).map(versions));
    parts.push(format!("evenkeel {}", clean::line(&document.tool.version)));
    parts.push(format!("exit {}", document.verdict.exit_code));
    parts
}

/// Where a tier demands dimensions: which of them are on the floor. `parity floor (staging): schema not met, data met`.
pub(crate) fn floor(document: &Document) -> Option<String> {
    use crate::Standing;
    let floor = &document.comparison.as_ref()?.floor;
    let tier = floor.iter().find_map(|floor| floor.tier.as_deref())?;
    let words = |standing: Standing| match standing {
        Standing::NotMet => Some("not met"),
        Standing::CouldNotTell => Some("could not tell"),
        Standing::Met => Some("met"),
        Standing::NotDemanded => None,
    };
    let demanded: Vec<String> =
        floor.iter().filter_map(|floor| words(floor.standing).map(|words| format!("{} {words}", floor.dimension.name()))).collect();
    Some(format!("parity floor ({}): {}", clean::line(tier), demanded.join(", ")))
}

/// The excused differences, so many of them, each with who answers for it and how long.
pub(crate) fn excused(document: &Document, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = document
        .ignored()
        .iter()
        .take(most)
        .map(|ignored| {
            let [reason, owner, until, origin] =
                [&ignored.reason, &ignored.owner, &ignored.until, &ignored.origin].map(|text| clean::line(text));
            format!("{}: {reason} ({owner}, until {until}, {origin})", title(&ignored.difference))
        })
        .collect();
    if document.ignored().len() > most {
        lines.push(format!("… {} more, all in --format json", document.ignored().len() - most));
    }
    lines
}

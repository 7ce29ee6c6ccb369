//! What came out of a case, held against what it lists: differences, the same the other way round, gaps, digests.
//! Does not live here: making both sides, which is each engine's own.

use std::collections::BTreeSet;
use std::fmt::Write;

use evenkeel_core::compare::{Change, Comparison, Difference, NoRemedies, Scope, Side, compare};
use evenkeel_core::digest::{Tree, is_semantic};
use evenkeel_core::finding::Finding;
use evenkeel_core::kind::{ALL, Class, Dimension, Kind};
use evenkeel_core::manifest::{Gap, Manifest};

use super::case::{Case, Line};

/// Tells gaps that have nothing to do with a case's change.
pub type Standing = dyn Fn(&Case, &Gap) -> bool;

/// Exactly the listed differences, mirrored, without gaps, with digests that move as the classes say.
///
/// # Errors
/// What came out otherwise than the case says.
pub fn judge(case: &Case, reference: &Manifest, candidate: &Manifest, standing: &Standing) -> Result<(), String> {
    let trees = (Tree::of(reference), Tree::of(candidate));
    let (left, right) = (
        Side { label: "reference", manifest: reference, tree: &trees.0 },
        Side { label: "candidate", manifest: candidate, tree: &trees.1 },
    );
    let forward = compare(left, right, &Scope::default(), &NoRemedies);
    let backward = compare(right, left, &Scope::default(), &NoRemedies);
    let mut problems = String::new();
    let listed: Vec<&Line> = std::iter::once(&case.expected).chain(&case.implied).collect();
    set(case, &listed, &forward, &mut problems);
    with(case, &forward, &mut problems);
    mirrored(&forward, &backward, &mut problems);
    gaps(case, &forward, standing, &mut problems);
    digests(case, &listed, &forward, &trees, &mut problems);
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// The attribute as a case writes it.
fn attribute(difference: &Difference) -> &str {
    match difference.change {
        Change::Missing => "missing",
        Change::Extra => "extra",
        _ => difference.subject.attribute.unwrap_or("?"),
    }
}

/// Kind, object and attribute as a case writes them.
#[must_use]
pub fn place_of(difference: &Difference) -> String {
    format!("{} {} {}", difference.subject.kind.name(), difference.subject.object, attribute(difference))
}

/// As a case would list it.
#[must_use]
pub fn shown(difference: &Difference) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
    format!("{}: {} -> {}", place_of(difference), text(&difference.expected), text(&difference.found))
}

/// Exactly the listed differences, with the listed values.
fn set(case: &Case, listed: &[&Line], comparison: &Comparison, problems: &mut String) {
    let watched: Vec<&Difference> = comparison
        .differences
        .iter()
        .filter(|difference| case.only.is_empty() || case.only.iter().any(|kind| kind == difference.subject.kind.name()))
        .collect();
    for line in listed {
        let Some(difference) = watched.iter().find(|difference| place_of(difference) == line.place()) else {
            let _ = writeln!(problems, "  not found: {}", line.place());
            continue;
        };
        let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        if let Some((expected, found)) = &line.values
            && (text(&difference.expected) != *expected || text(&difference.found) != *found)
        {
            let _ = writeln!(problems, "  other values: {}", shown(difference));
        }
    }
    let mut places = BTreeSet::new();
    for difference in watched {
        let place = place_of(difference);
        if !listed.iter().any(|line| line.place() == place) {
            let _ = writeln!(problems, "  not listed: {}", shown(difference));
        } else if !places.insert(place) {
            let _ = writeln!(problems, "  twice: {}", shown(difference));
        }
    }
}

/// What goes along with a missing object, as listed.
fn with(case: &Case, comparison: &Comparison, problems: &mut String) {
    let found = comparison.differences.iter().flat_map(taken_along).collect::<Vec<_>>().join("; ");
    if found != case.with.as_deref().unwrap_or_default() {
        let _ = writeln!(problems, "  taken along, and listed otherwise by '-- with: …': {found}");
    }
}

fn taken_along(difference: &Difference) -> Option<String> {
    let listed = |(kind, count): &(Kind, usize)| format!("{count} {}", if *count == 1 { kind.name() } else { kind.spec().plural });
    let listed: Vec<String> = difference.with.iter().map(listed).collect();
    (!listed.is_empty()).then(|| listed.join(", "))
}

/// The other way round the same differences come out, with both sides swapped.
fn mirrored(forward: &Comparison, backward: &Comparison, problems: &mut String) {
    // A renamed object is shown under the name it has on the first side.
    let named = |difference: &Difference| difference.change != Change::Renamed;
    let there: BTreeSet<String> = forward.differences.iter().filter(|d| named(d)).map(shown).collect();
    let back: BTreeSet<String> = backward
        .differences
        .iter()
        .filter(|difference| named(difference))
        .map(|difference| {
            let change = match difference.change {
                Change::Missing => Change::Extra,
                Change::Extra => Change::Missing,
                other => other,
            };
            let (expected, found) = (difference.found.clone(), difference.expected.clone());
            let swapped = Difference { finding: Finding { expected, found, ..difference.finding.clone() }, change, ..difference.clone() };
            // An unsound state says which side it is in, not what the other side has.
            if swapped.change == Change::Unsound { shown(difference) } else { shown(&swapped) }
        })
        .collect();
    let unsound = |text: &&String| !forward.differences.iter().any(|d| d.change == Change::Unsound && text.starts_with(&place_of(d)));
    for text in there.symmetric_difference(&back).filter(unsound) {
        let _ = writeln!(problems, "  only one way round: {text}");
    }
}

/// Nothing becomes invisible: only what is not read at all may be a gap.
fn gaps(case: &Case, comparison: &Comparison, standing: &Standing, problems: &mut String) {
    for gap in &comparison.gaps {
        let whole = gap.gap.kind.is_none() && gap.gap.object.is_none();
        let watched = case.only.is_empty() || gap.gap.kind.as_ref().is_some_and(|kind| case.only.contains(kind));
        if !whole && watched && !standing(case, &gap.gap) {
            let _ = writeln!(problems, "  a gap: {} {:?}", gap.gap.detail, gap.gap);
        }
    }
}

/// A digest moves for semantic differences of its dimension, and only for those; the ordered one for order too.
fn digests(case: &Case, listed: &[&Line], comparison: &Comparison, (reference, candidate): &(Tree, Tree), problems: &mut String) {
    let (mut plain, mut ordered) = (BTreeSet::new(), BTreeSet::new());
    for line in listed {
        let Some(kind) = ALL.iter().copied().find(|kind| kind.name() == line.kind) else {
            let _ = writeln!(problems, "  no kind is called {}", line.kind);
            continue;
        };
        match effect(kind, &line.attribute) {
            Some(Class::Semantic) => {
                plain.insert(kind.spec().dimension);
            }
            Some(Class::Order) => {
                ordered.insert(kind.spec().dimension);
            }
            _ => {}
        }
    }
    let along = comparison.differences.iter().flat_map(|difference| &difference.with).map(|(kind, _)| *kind);
    plain.extend(along.filter(|kind| is_semantic(*kind)).map(|kind| kind.spec().dimension));
    for dimension in Dimension::ALL {
        // Where only some kinds are looked at, the rest moves digests too.
        if !case.only.is_empty() {
            continue;
        }
        let (left, right) = (reference.branch(dimension), candidate.branch(dimension));
        let moved = left.map(|branch| branch.digest) != right.map(|branch| branch.digest);
        let reordered = left.map(|branch| branch.ordered) != right.map(|branch| branch.ordered);
        if moved != plain.contains(&dimension) {
            let _ = writeln!(problems, "  the digest of {} {}", dimension.name(), if moved { "moved" } else { "did not move" });
        }
        if reordered != (moved || ordered.contains(&dimension)) {
            let _ = writeln!(problems, "  the ordered digest of {} {}", dimension.name(), if reordered { "moved" } else { "did not move" });
        }
    }
}

/// What that difference does to a digest.
fn effect(kind: Kind, attribute: &str) -> Option<Class> {
    match attribute {
        "missing" | "extra" | "name" => is_semantic(kind).then_some(Class::Semantic),
        "column_order" => Some(Class::Order),
        "leftover" => None,
        name => kind.spec().all_properties().find(|property| property.name == name).map(|property| property.class),
    }
}

//! Differences as a reader takes them in: many of the same measured property, or many that are expected, are one line.
//!
//! Lives here: the grouping and its worst cases. Nothing is lost by it: JSON and HTML carry every difference.

use crate::document::{Difference, Severity};
use crate::number::counted;

/// From how many on measured differences of one property are one line.
const MANY: usize = 3;

/// A difference, or many alike.
#[derive(Debug)]
pub(crate) enum Entry<'a> {
    One(&'a Difference),
    /// At least two, worst first.
    Many(Vec<&'a Difference>),
}

/// The differences of one severity. Groups stand where their first member stood.
pub(crate) fn entries(differences: &[Difference], severity: Severity) -> Vec<Entry<'_>> {
    let mut groups: Vec<Vec<&Difference>> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for difference in differences.iter().filter(|difference| difference.severity == severity) {
        if !groupable(difference) {
            groups.push(vec![difference]);
            continue;
        }
        let place = *places.entry(difference.id.as_str()).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(place) {
            group.push(difference);
        }
    }
    groups.into_iter().flat_map(settle).collect()
}

/// Measured differences say the same thing over and over; what merely informs is rarely read one by one.
fn groupable(difference: &Difference) -> bool {
    difference.severity != Severity::Block && (difference.detail.contains_key("ratio") || difference.severity == Severity::Inform)
}

fn settle(mut group: Vec<&Difference>) -> Vec<Entry<'_>> {
    if group.len() < MANY {
        return group.into_iter().map(Entry::One).collect();
    }
    // Stable: those equally bad stay in the document's order.
    group.sort_by(|a, b| badness(b).total_cmp(&badness(a)));
    vec![Entry::Many(group)]
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

/// What a group is about and how many there are: `table-statistics rows: 96 beyond tolerance`.
pub(crate) fn title(group: &[&Difference]) -> String {
    let Some(first) = group.first() else { return String::new() };
    let what = words(&first.kind);
    match (&first.attribute, first.detail.contains_key("ratio")) {
        (Some(attribute), true) => format!("{what}, {}: {} beyond tolerance", words(attribute), counted(group.len(), "object", "objects")),
        (Some(attribute), false) => format!("{what}, {}: {}", words(attribute), counted(group.len(), "difference", "differences")),
        (None, _) => format!("{what}: {} on one side only", counted(group.len(), "object", "objects")),
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

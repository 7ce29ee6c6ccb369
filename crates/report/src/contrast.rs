//! Two long values beside each other: what of them is shown, so that what differs is in sight.
//!
//! Lives here: the window around the first difference, what of a list is missing or extra. Does not live here: texts of several
//! lines (`textdiff`).

use crate::clean;
use crate::document::{Change, Difference};
use crate::number::{counted, thousands};
use crate::textdiff::{Line, Tag};
use crate::wrap;
use evenkeel_core::kind::{Kind, Shape};
use std::collections::HashMap;

/// How much of what both have stands before the first difference.
const BEFORE: usize = 24;
/// Items of a list that are named.
const ITEMS: usize = 12;

/// What is shown in place of both values.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Contrast {
    /// What each has beyond the other, and how many both have.
    Lists { missing: Vec<String>, extra: Vec<String>, alike: usize },
    /// A part of each; where it begins.
    Windows { expected: String, found: String, alike: usize },
}

/// How two values are told apart that have more than so many columns; `None` where they are shown whole.
pub(crate) fn of(difference: &Difference, columns: usize) -> Option<Contrast> {
    let (expected, found) = (difference.expected.as_deref()?, difference.found.as_deref()?);
    if !matches!(difference.change, Change::Changed | Change::Renamed) {
        return None;
    }
    let [expected, found] = [expected, found].map(clean::line);
    if expected.chars().count().max(found.chars().count()) <= columns {
        return None;
    }
    let lists = if is_list(difference) { lists(&expected, &found) } else { None };
    Some(lists.unwrap_or_else(|| {
        let ([expected, found], alike) = windows([&expected, &found], columns);
        Contrast::Windows { expected, found, alike }
    }))
}

fn is_list(difference: &Difference) -> bool {
    let (Some(kind), Some(attribute)) = (Kind::from_name(&difference.kind), difference.attribute.as_deref()) else { return false };
    kind.spec().all_properties().any(|property| property.name == attribute && property.shape == Shape::List)
}

/// `None` where both have the same in another order.
fn lists(expected: &str, found: &str) -> Option<Contrast> {
    let [expected, found] = [expected, found].map(items);
    let beyond = |own: &[&str], other: &[&str]| {
        let mut others: HashMap<&str, usize> = HashMap::new();
        for item in other {
            *others.entry(item).or_default() += 1;
        }
        let mut beyond = Vec::new();
        for item in own {
            match others.get_mut(item).filter(|number| **number > 0) {
                Some(number) => *number -= 1,
                None => beyond.push((*item).to_owned()),
            }
        }
        beyond
    };
    let (missing, extra) = (beyond(&expected, &found), beyond(&found, &expected));
    let alike = expected.len() - missing.len();
    (missing.len() + extra.len() > 0).then_some(Contrast::Lists { missing, extra, alike })
}

/// The items of a list as `core` joins them; a comma within brackets parts none.
fn items(text: &str) -> Vec<&str> {
    let (mut items, mut start, mut depth) = (Vec::new(), 0, 0usize);
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 && text.get(at + 1..).is_some_and(|rest| rest.starts_with(' ')) => {
                items.extend(text.get(start..at));
                start = at + 2;
            }
            _ => {}
        }
    }
    items.extend(text.get(start..));
    items
}

/// So many columns of both texts, a little before the first difference to behind it; and how much is alike before.
pub(crate) fn windows(texts: [&str; 2], columns: usize) -> ([String; 2], usize) {
    let alike = texts[0].chars().zip(texts[1].chars()).take_while(|(a, b)| a == b).count();
    let longest = texts.map(|text| text.chars().count()).into_iter().max().unwrap_or(0);
    // No further right than the end needs: what is before is worth the room.
    let start = alike.saturating_sub(BEFORE.min(columns / 3)).min(longest.saturating_sub(columns));
    let windows = texts.map(|text| {
        let shown: String = text.chars().skip(start).take(columns).collect();
        let before = if start > 0 { "…" } else { "" };
        let behind = if text.chars().count() > start + columns { "…" } else { "" };
        format!("{before}{shown}{behind}")
    });
    (windows, alike)
}

/// A diff whose lines are at most about so wide: what was taken away and what came in its place show where they part.
pub(crate) fn narrowed(lines: Vec<Line>, columns: usize) -> Vec<Line> {
    let mut shown = Vec::with_capacity(lines.len());
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    for line in lines {
        match line {
            Line::Text(Tag::Expected, text) if come.is_empty() => gone.push(text),
            Line::Text(Tag::Found, text) => come.push(text),
            other => {
                pair(&mut gone, &mut come, columns, &mut shown);
                match other {
                    Line::Text(Tag::Expected, text) => gone.push(text),
                    Line::Text(tag, text) => shown.push(Line::Text(tag, wrap::cut(&text, columns))),
                    place @ Line::Place(_) => shown.push(place),
                }
            }
        }
    }
    pair(&mut gone, &mut come, columns, &mut shown);
    shown
}

fn pair(gone: &mut Vec<String>, come: &mut Vec<String>, columns: usize, shown: &mut Vec<Line>) {
    let empty = String::new();
    let narrow = |own: &[String], other: &[String], tag: Tag| -> Vec<Line> {
        let line = |(at, text): (usize, &String)| {
            let twin = other.get(at).unwrap_or(&empty);
            let [text, _] = windows([text, twin], columns).0;
            Line::Text(tag, text)
        };
        own.iter().enumerate().map(line).collect()
    };
    let lines = [narrow(gone, come, Tag::Expected), narrow(come, gone, Tag::Found)];
    shown.extend(lines.into_iter().flatten());
    gone.clear();
    come.clear();
}

/// So many of them by name, the others counted.
pub(crate) fn named(items: &[String]) -> String {
    let mut named: Vec<String> = items.iter().take(ITEMS).cloned().collect();
    let more = items.len().saturating_sub(ITEMS);
    named.extend((more > 0).then(|| format!("{} more", thousands(more))));
    named.join(", ")
}

/// `59 others alike`.
pub(crate) fn others(alike: usize) -> String {
    format!("{} alike", counted(alike, "other", "others"))
}

/// `alike up to character 240`.
pub(crate) fn up_to(alike: usize) -> String {
    format!("alike up to character {}", thousands(alike))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_list_tells_what_is_missing_and_extra() {
        let long: Vec<String> = (0..60).map(|at| format!("label_{at}")).collect();
        let (all, fewer) = (long.join(", "), long[..59].join(", "));
        let expected = Contrast::Lists { missing: vec!["label_59".to_owned()], extra: Vec::new(), alike: 59 };
        assert_eq!(lists(&all, &fewer), Some(expected));
        assert_eq!(lists("a, a, f(x, y)", "a, b, f(x, y)"), {
            Some(Contrast::Lists { missing: vec!["a".to_owned()], extra: vec!["b".to_owned()], alike: 2 })
        });
        assert_eq!(lists("a, b", "b, a"), None, "only the order differs");
        assert_eq!((named(&long).ends_with("48 more"), others(1)), (true, "1 other alike".to_owned()));
    }

    #[test]
    fn a_window_shows_the_first_difference() {
        let (a, b) = (format!("{}x{}", "a".repeat(300), "b".repeat(300)), format!("{}y{}", "a".repeat(300), "b".repeat(300)));
        let ([left, right], alike) = windows([&a, &b], 60);
        assert_eq!((alike, left.chars().count(), left == right), (300, 62, false));
        assert!(left.starts_with("…a") && left.contains("ax") && right.contains("ay") && right.ends_with("b…"), "{left}\n{right}");
        assert_eq!(windows(["ab", "ac"], 60).0, ["ab", "ac"]);
    }

    #[test]
    fn long_lines_of_a_diff_part_in_sight() {
        let line = |end: &str| format!("{}{end}", "x".repeat(300));
        let lines = vec![
            Line::Text(Tag::Same, "begin".to_owned()),
            Line::Text(Tag::Expected, line("one")),
            Line::Text(Tag::Found, line("two")),
            Line::Text(Tag::Same, line("")),
        ];
        let narrow = narrowed(lines, 80);
        assert_eq!(narrow.len(), 4);
        assert!(matches!(&narrow[1], Line::Text(Tag::Expected, text) if text.ends_with("xone")), "{narrow:?}");
        assert!(matches!(&narrow[2], Line::Text(Tag::Found, text) if text.ends_with("xtwo")), "{narrow:?}");
    }
}

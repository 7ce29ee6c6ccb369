//! Two texts side by side: what a unified diff shows of them, and which words changed.
//!
//! Lives here: lines and words, already neutralised. How a line is coloured or marked is a format's business.

use crate::clean;
use similar::{ChangeTag, TextDiff};

/// Beyond that many bytes on a side words are not compared, only lines: the work grows with length × changes.
const WORDS_LIMIT: usize = 20_000;

/// What happened to a line or word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    Same,
    /// Only the reference has it.
    Expected,
    /// Only the candidate has it.
    Found,
}

impl Tag {
    /// As in a unified diff.
    pub(crate) const fn sign(self) -> char {
        match self {
            Self::Same => ' ',
            Self::Expected => '-',
            Self::Found => '+',
        }
    }
}

/// A line of a unified diff.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Where the lines that follow stand: `@@ -1,4 +1,4 @@`.
    Place(String),
    Text(Tag, String),
}

/// Whether the texts are better shown as a diff than one below the other.
pub(crate) fn is_definition(expected: Option<&str>, found: Option<&str>) -> bool {
    [expected, found].into_iter().flatten().any(|text| text.contains('\n'))
}

/// A unified diff with two lines of context. A place is named only where lines before it are left out.
pub(crate) fn unified(expected: &str, found: &str) -> Vec<Line> {
    let diff = TextDiff::from_lines(expected, found);
    let mut lines = Vec::new();
    for hunk in diff.unified_diff().context_radius(2).iter_hunks() {
        let whole = hunk.ops().first().is_some_and(|op| op.old_range().start == 0 && op.new_range().start == 0);
        if !whole || !lines.is_empty() {
            lines.push(Line::Place(hunk.header().to_string()));
        }
        for change in hunk.iter_changes() {
            let text = change.value();
            // A text that only lacks the last line break differs in it alone: say so instead of showing two equal lines.
            let (text, cut) = text.strip_suffix('\n').map_or((text, true), |text| (text, false));
            let mut shown = clean::lines(text).concat();
            if cut && change.tag() != ChangeTag::Equal && expected.ends_with('\n') != found.ends_with('\n') {
                shown.push_str(" (no line break at the end)");
            }
            lines.push(Line::Text(tag(change.tag()), shown));
        }
    }
    lines
}

/// A line in pieces; none where the other side has a line more.
pub(crate) type Cell = Option<Vec<Piece>>;

/// Equal lines that are shown around a change; where not many more are between two changes, they are shown too.
const AROUND: usize = 3;
const FEW: usize = 3;

/// Rows of two columns with long stretches of equal lines left out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Row {
    Pair(Cell, Cell),
    /// So many equal lines.
    Skipped(usize),
}

/// The changes of both texts and some lines around them, for two columns.
pub(crate) fn hunks(expected: &str, found: &str) -> Vec<Row> {
    let all = columns(expected, found);
    let equal: Vec<bool> = all.iter().map(|(left, right)| is_same(left) && is_same(right)).collect();
    let near = |at: usize| {
        let around = at.saturating_sub(AROUND)..(at + AROUND + 1).min(equal.len());
        equal.get(around).is_some_and(|around| around.contains(&false))
    };
    let mut rows = Vec::new();
    let mut skipped = Vec::new();
    let settle = |skipped: &mut Vec<(Cell, Cell)>, rows: &mut Vec<Row>| {
        if skipped.len() > FEW {
            rows.push(Row::Skipped(skipped.len()));
            skipped.clear();
        }
        rows.extend(skipped.drain(..).map(|(left, right)| Row::Pair(left, right)));
    };
    for (at, (left, right)) in all.into_iter().enumerate() {
        if near(at) {
            settle(&mut skipped, &mut rows);
            rows.push(Row::Pair(left, right));
        } else {
            skipped.push((left, right));
        }
    }
    settle(&mut skipped, &mut rows);
    rows
}

fn is_same(cell: &Cell) -> bool {
    cell.as_ref().is_some_and(|pieces| pieces.iter().all(|piece| piece.tag == Tag::Same))
}

/// Every line of both texts with its changed words, for two columns: pairs of rows, either of which may be empty.
fn columns(expected: &str, found: &str) -> Vec<(Cell, Cell)> {
    let diff = TextDiff::from_lines(expected, found);
    let mut rows = Vec::new();
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    let flush = |gone: &mut Vec<&str>, come: &mut Vec<&str>, rows: &mut Vec<_>| {
        for at in 0..gone.len().max(come.len()) {
            rows.push(match (gone.get(at), come.get(at)) {
                (Some(a), Some(b)) => {
                    let (a, b) = pieces(a, b);
                    (Some(a), Some(b))
                }
                (a, b) => (a.map(|text| whole(text, Tag::Expected)), b.map(|text| whole(text, Tag::Found))),
            });
        }
        gone.clear();
        come.clear();
    };
    for change in diff.iter_all_changes() {
        match change.tag() {
            ChangeTag::Delete => gone.push(change.value()),
            ChangeTag::Insert => come.push(change.value()),
            ChangeTag::Equal => {
                flush(&mut gone, &mut come, &mut rows);
                rows.push((Some(whole(change.value(), Tag::Same)), Some(whole(change.value(), Tag::Same))));
            }
        }
    }
    flush(&mut gone, &mut come, &mut rows);
    rows
}

/// A stretch of text within a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub tag: Tag,
    pub text: String,
}

impl Piece {
    /// For templates, which only have a reference.
    pub(crate) fn is(&self, tag: Tag) -> bool {
        self.tag == tag
    }
}

fn whole(text: &str, tag: Tag) -> Vec<Piece> {
    vec![Piece { tag, text: trimmed(text) }]
}

fn trimmed(text: &str) -> String {
    clean::lines(text.strip_suffix('\n').unwrap_or(text)).concat()
}

/// The words of two lines: what both have, what only one has.
pub(crate) fn pieces(expected: &str, found: &str) -> (Vec<Piece>, Vec<Piece>) {
    if expected.len().max(found.len()) > WORDS_LIMIT {
        return (whole(expected, Tag::Expected), whole(found, Tag::Found));
    }
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for change in TextDiff::from_words(expected, found).iter_all_changes() {
        let text = trimmed(change.value());
        match change.tag() {
            ChangeTag::Equal => {
                push(&mut left, Tag::Same, &text);
                push(&mut right, Tag::Same, &text);
            }
            ChangeTag::Delete => push(&mut left, Tag::Expected, &text),
            ChangeTag::Insert => push(&mut right, Tag::Found, &text),
        }
    }
    (left, right)
}

fn push(pieces: &mut Vec<Piece>, tag: Tag, text: &str) {
    match pieces.last_mut() {
        Some(last) if last.tag == tag => last.text.push_str(text),
        _ if text.is_empty() => {}
        _ => pieces.push(Piece { tag, text: text.to_owned() }),
    }
}

const fn tag(tag: ChangeTag) -> Tag {
    match tag {
        ChangeTag::Equal => Tag::Same,
        ChangeTag::Delete => Tag::Expected,
        ChangeTag::Insert => Tag::Found,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn shown(lines: &[Line]) -> Vec<String> {
        let line = |line: &Line| match line {
            Line::Place(place) => place.clone(),
            Line::Text(tag, text) => format!("{}{text}", tag.sign()),
        };
        lines.iter().map(line).collect()
    }

    #[test]
    fn a_diff_shows_changed_lines_with_context() {
        assert_eq!(shown(&unified("a\nb\nc\n", "a\nB\nc\n")), [" a", "-b", "+B", " c"]);
        let long: String = (0..20).map(|at| format!("{at}\n")).collect();
        assert_eq!(shown(&unified(&long, &long.replace("15\n", "x\n")))[0], "@@ -14,5 +14,5 @@");
    }

    #[test]
    fn a_missing_line_break_at_the_end_is_named() {
        assert_eq!(shown(&unified("a\n", "a")), ["-a", "+a (no line break at the end)"]);
        assert_eq!(shown(&unified("a\nb", "a\nc")), [" a", "-b", "+c"]);
    }

    #[test]
    fn a_carriage_return_is_visible() {
        assert_eq!(shown(&unified("a\r\nb", "a\nb")), ["-a\\r", "+a", " b"]);
    }

    #[test]
    fn words_are_marked() {
        let (left, right) = pieces("select a from t", "select b from t");
        let changed =
            |pieces: Vec<Piece>| pieces.into_iter().filter(|piece| piece.tag != Tag::Same).map(|piece| piece.text).collect::<Vec<_>>();
        assert_eq!((changed(left), changed(right)), (vec!["a".to_owned()], vec!["b".to_owned()]));
    }

    #[test]
    fn equal_lines_far_from_a_change_are_left_out() {
        let long: String = (0..90).map(|at| format!("line {at}\n")).collect();
        let rows = hunks(&long, &long.replace("line 80\n", "line eighty\n"));
        assert_eq!(rows.first(), Some(&Row::Skipped(77)));
        assert_eq!(rows.last(), Some(&Row::Skipped(6)));
        assert_eq!(rows.len(), 9, "three lines before and behind the change");
        let short: String = (0..6).map(|at| format!("line {at}\n")).collect();
        let rows = hunks(&short, &short.replace("line 0\n", "line none\n"));
        assert!(rows.iter().all(|row| matches!(row, Row::Pair(..))), "few are shown: {rows:?}");
    }

    #[test]
    fn columns_stand_side_by_side() {
        let rows = columns("a\nb\nc", "a\nc");
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[1], (Some(vec![Piece { tag: Tag::Expected, text: "b".to_owned() }]), None));
    }
}

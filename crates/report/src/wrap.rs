//! Text in columns: width as a terminal counts it, wrapping, cutting, filling up.
//!
//! Lives here: geometry. The text is neutral already (`clean`).

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

const LONGEST_ADDRESS: usize = 300;

/// Columns a text takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// Breaks at spaces so that no line is wider than `width`; words that are wider are broken behind a comma, or where they must.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(10);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let gap = usize::from(!line.is_empty());
        if self::width(&line) + gap + self::width(word) <= width {
            if gap == 1 {
                line.push(' ');
            }
            line.push_str(word);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        let mut rest = word;
        while self::width(rest) > width && !is_address(word) {
            let fits = fitting(rest, width);
            // A long list without blanks breaks behind a comma.
            let comma = rest.get(..fits).and_then(|head| head.rfind(',')).map(|at| at + 1);
            let (head, tail) = rest.split_at(comma.unwrap_or(fits));
            lines.push(head.to_owned());
            rest = tail;
        }
        line.push_str(rest);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// A URL or a path is opened or pasted: broken it leads nowhere. What is longer than such are is a value.
fn is_address(word: &str) -> bool {
    word.len() <= LONGEST_ADDRESS && (word.contains("://") || word.contains('/') && !word.contains(','))
}

/// Broken where so many columns are full: nothing is lost, blanks neither.
pub(crate) fn broken(text: &str, width: usize) -> Vec<String> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while self::width(rest) > width.max(1) {
        let fits = fitting(rest, width.max(1));
        // Blanks at the end of a line nobody sees: they begin the next.
        let seen = rest.get(..fits).map_or(0, |head| head.trim_end_matches(' ').len());
        let (head, tail) = rest.split_at(if seen > 0 { seen } else { fits });
        parts.push(head.to_owned());
        rest = tail;
    }
    parts.push(rest.to_owned());
    parts
}

/// Cut to `width` columns, with `…` where something is missing.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if self::width(text) <= width {
        return text.to_owned();
    }
    let head = text.split_at(fitting(text, width.saturating_sub(1))).0;
    format!("{head}…")
}

/// Filled with spaces up to `width` columns.
pub(crate) fn fill(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(self::width(text))))
}

/// How many bytes of the text fit: at least one character, so that a loop ends.
fn fitting(text: &str, width: usize) -> usize {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > width && at > 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit() {
        assert_eq!(wrap("one two three four", 10), ["one two", "three four"]);
        assert_eq!(wrap("", 10), [""]);
        assert_eq!(wrap("abcdefghijklmnop", 10), ["abcdefghij", "klmnop"]);
        assert_eq!(wrap("x ONE,TWO,THREE,ABCDEFGHIJKL,Z", 10), ["x", "ONE,TWO,", "THREE,", "ABCDEFGHIJ", "KL,Z"]);
        assert_eq!(wrap("表表表表表表表", 10), ["表表表表表", "表表"]);
        assert_eq!(wrap("see https://example.org/a/b now", 10), ["see", "https://example.org/a/b", "now"]);
        assert!(wrap(&format!("a {}/", "x".repeat(400)), 10).iter().all(|line| width(line) <= 10));
        assert_eq!(wrap("in parity/production.jsonl", 10), ["in", "parity/production.jsonl"]);
    }

    #[test]
    fn breaking_loses_nothing() {
        assert_eq!(broken("  one two  three", 6), ["  one", " two", "  thre", "e"]);
        assert_eq!(broken("short", 6), ["short"]);
    }

    #[test]
    fn cutting_and_filling_count_columns() {
        assert_eq!(cut("production", 5), "prod…");
        assert_eq!(cut("表表表", 5), "表表…");
        assert_eq!(fill("表", 4), "表  ");
        assert_eq!(fill("production", 4), "production");
    }
}

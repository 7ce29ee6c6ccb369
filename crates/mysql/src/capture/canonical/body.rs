//! Code of routines, triggers and events, which servers keep as it was typed, comments and all; `folded` makes it comparable.

use super::Context;

/// The code without the own database's name in front of others, with one kind of line end, and without the end of the
/// statement, which clients leave on or take off.
///
/// Where the name also stands alone in the code it may be an alias or a variable, and is left where it is.
#[must_use]
pub fn body(text: &str, context: Context<'_>) -> String {
    let text = text.trim_end_matches(|c: char| c == ';' || c.is_whitespace()).trim_start().replace("\r\n", "\n");
    let Some(own) = context.scope.one().filter(|own| text.contains(own)) else { return text };
    let mut cuts = Vec::new();
    let mut rest = &*text;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let at = text.len() - rest.len();
        let (length, name) = piece(rest, first);
        let (taken, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        if name.as_deref() == Some(own) && !matches!(before, '.' | '@') {
            match after.strip_prefix('.').filter(|after| after.starts_with(|c: char| c == '`' || is_word(c))) {
                Some(_) => cuts.push(at..at + length + 1),
                None => return text,
            }
        }
        before = taken.chars().next_back().unwrap_or(before);
        rest = after;
    }
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    for cut in cuts {
        kept.push_str(text.get(from..cut.start).unwrap_or_default());
        from = cut.end;
    }
    kept.push_str(text.get(from..).unwrap_or_default());
    kept
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// How long the piece is that begins here, and the identifier it is, if it is one.
#[must_use]
pub fn piece(rest: &str, first: char) -> (usize, Option<String>) {
    match first {
        '`' => {
            let length = quoted(rest, '`', false);
            let name = rest.get(1..length.saturating_sub(1)).map(|inner| inner.replace("``", "`"));
            (length, name)
        }
        '\'' | '"' => (quoted(rest, first, true), None),
        '#' => (rest.find('\n').unwrap_or(rest.len()), None),
        '-' if rest.strip_prefix("--").is_some_and(|after| after.chars().next().is_none_or(char::is_whitespace)) => {
            (rest.find('\n').unwrap_or(rest.len()), None)
        }
        '/' if rest.starts_with("/*") && !rest.starts_with("/*!") => (rest.find("*/").map_or(rest.len(), |at| at + 2), None),
        c if is_word(c) => {
            let length = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            (length, rest.get(..length).map(str::to_owned))
        }
        c => (c.len_utf8(), None),
    }
}

/// The length of what stands in quotes, with them. Doubled quotes end and begin again, which comes to the same.
fn quoted(rest: &str, quote: char, escapes: bool) -> usize {
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == '\\' && escapes {
            chars.next();
        } else if c == quote {
            return at + c.len_utf8();
        }
    }
    rest.len()
}

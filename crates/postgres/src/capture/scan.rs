//! Reading the server's own printing of a definition: keywords outside of quotes and parentheses.
//!
//! Only for text the server deparsed: it doubles quotes and backslashes and writes no comments and no dollar quotes. Users'
//! SQL is not for this file.

/// Where the keyword stands outside of quotes and parentheses, as a word of its own, from `from` on.
#[must_use]
pub fn keyword(text: &str, from: usize, word: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    let mut depth = 0_u32;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\'' | b'"' => {
                at = closing_quote(bytes, at)?;
            }
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            _ if depth == 0
                && starts_with(bytes, at, word)
                && at.checked_sub(1).is_none_or(|before| !in_word(bytes, before))
                && !in_word(bytes, at + word.len()) =>
            {
                return Some(at);
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The text inside the first parentheses from `from` on, and where it ends (behind the closing one).
#[must_use]
pub fn parenthesised(text: &str, from: usize) -> Option<(&str, usize)> {
    let bytes = text.as_bytes();
    let start = from + text.get(from..)?.find('(')?;
    let mut depth = 0_u32;
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\'' | b'"' => at = closing_quote(bytes, at)?,
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return Some((text.get(start + 1..at)?, at + 1));
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The statements of a text, split at semicolons outside of quotes and parentheses, trimmed.
#[must_use]
pub fn statements(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let (mut found, mut start, mut at, mut depth) = (Vec::new(), 0, 0, 0_u32);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\'' | b'"' => at = closing_quote(bytes, at).unwrap_or(bytes.len()),
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b';' if depth == 0 => {
                found.extend(text.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    found.extend(text.get(start..));
    found.into_iter().map(str::trim).filter(|statement| !statement.is_empty()).collect()
}

/// Where the quote that opens at `at` closes; a doubled one does not.
fn closing_quote(bytes: &[u8], at: usize) -> Option<usize> {
    let quote = bytes.get(at)?;
    let mut at = at + 1;
    loop {
        if bytes.get(at)? == quote {
            if bytes.get(at + 1) != Some(quote) {
                return Some(at);
            }
            at += 1;
        }
        at += 1;
    }
}

fn starts_with(bytes: &[u8], at: usize, word: &str) -> bool {
    bytes.get(at..at + word.len()).is_some_and(|found| found == word.as_bytes())
}

fn in_word(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte == b'$' || *byte >= 0x80)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::{keyword, parenthesised, statements};

    #[test]
    fn keywords_in_names_strings_and_parentheses_do_not_count() {
        let text = r#"CREATE TRIGGER "a WHEN (b" AFTER UPDATE ON app.when_ FOR EACH ROW WHEN ((old.a = ') WHEN ('::text)) EXECUTE FUNCTION app.f('WHEN (x)')"#;
        let at = keyword(text, 0, "WHEN").unwrap();
        assert_eq!(parenthesised(text, at).unwrap().0, "(old.a = ') WHEN ('::text)");
        assert_eq!(keyword("CREATE TRIGGER t EXECUTE FUNCTION app.f('WHEN')", 0, "WHEN"), None);
    }

    #[test]
    fn doubled_quotes_and_backslashes_do_not_end_a_string() {
        assert_eq!(parenthesised(r"x (E'it''s \\' || ')') y", 0).unwrap().0, r"E'it''s \\' || ')'");
        assert_eq!(keyword("'open", 0, "WHEN"), None);
    }

    #[test]
    fn statements_are_split_outside_of_strings() {
        assert_eq!(
            statements("INSERT INTO a VALUES (';');\n UPDATE b SET c = (SELECT 1);\n"),
            ["INSERT INTO a VALUES (';')", "UPDATE b SET c = (SELECT 1)"]
        );
    }
}

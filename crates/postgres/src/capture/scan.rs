//! Reading the server's own printing of a definition: keywords outside of quotes and parentheses.
//!
//! Only for text the server deparsed, by the tokens of `grammar::token`. Users' SQL is not for this file.

use crate::grammar::token::{Sort, Token, tokens};

/// The tokens from `from` on, each with how many parentheses and brackets are open before it. They end where a quote does not.
fn depths(text: &str, from: usize, is_counted: impl Fn(Sort) -> bool) -> impl Iterator<Item = (Token, u32)> {
    let mut depth = 0_u32;
    let rest = text.get(from..).unwrap_or_default();
    tokens(rest).take_while(|token| token.sort != Sort::Broken).map(move |token| {
        let here = depth;
        match token.sort {
            Sort::Open | Sort::Bracket if is_counted(token.sort) => depth += 1,
            Sort::Close | Sort::BracketEnd if is_counted(token.sort) => depth = depth.saturating_sub(1),
            _ => {}
        }
        (Token { start: token.start + from, end: token.end + from, ..token }, here)
    })
}

const fn is_parenthesis(sort: Sort) -> bool {
    matches!(sort, Sort::Open | Sort::Close)
}

/// Where the keyword stands outside of quotes and parentheses, as a word of its own, from `from` on.
#[must_use]
pub fn keyword(text: &str, from: usize, word: &str) -> Option<usize> {
    let is_it = |(token, depth): &(Token, u32)| *depth == 0 && token.sort == Sort::Word && text.get(token.start..token.end) == Some(word);
    depths(text, from, |_| true).find(is_it).map(|(token, _)| token.start)
}

/// The text inside the first parentheses from `from` on, and where it ends (behind the closing one).
#[must_use]
pub fn parenthesised(text: &str, from: usize) -> Option<(&str, usize)> {
    let mut tokens = depths(text, from, is_parenthesis).filter(|(token, _)| is_parenthesis(token.sort));
    let (start, depth) = tokens.find(|(token, _)| token.sort == Sort::Open)?;
    let (end, _) = tokens.find(|(token, inner)| token.sort == Sort::Close && *inner == depth + 1)?;
    Some((text.get(start.end..end.start)?, end.end))
}

/// The statements of a text, split at semicolons outside of quotes and parentheses, trimmed.
#[must_use]
pub fn statements(text: &str) -> Vec<&str> {
    let ends = depths(text, 0, is_parenthesis).filter(|(token, depth)| *depth == 0 && text.get(token.start..token.end) == Some(";"));
    let (mut found, mut start) = (Vec::new(), 0);
    for (token, _) in ends {
        found.extend(text.get(start..token.start));
        start = token.end;
    }
    found.extend(text.get(start..));
    found.into_iter().map(str::trim).filter(|statement| !statement.is_empty()).collect()
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

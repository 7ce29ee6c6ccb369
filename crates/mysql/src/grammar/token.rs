//! Text cut into tokens as MySQL and MariaDB cut it under `sql_mode = ''`, with nothing left out: every byte belongs to a token,
//! comments, space and what does not end included. Nothing is understood here.
//! <https://dev.mysql.com/doc/refman/en/lexical-structure.html> (language structure), <https://dev.mysql.com/doc/refman/en/comments.html>

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sort {
    Space,
    /// `# …` and `-- …` to the end of the line, without it; `/* … */`.
    Comment,
    /// `/*!50100` or `/*M!100301`: what comes next is executed by servers from that version on.
    Opening,
    /// The `*/` that closes it.
    Closing,
    /// A bare word or number.
    Word,
    /// A name in backticks.
    Name,
    /// A text in single or double quotes.
    Text,
    /// One character of anything else.
    Sign,
    /// A quote or comment that does not end, to the end of the text.
    Broken,
}

/// One token and its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    pub sort: Sort,
    pub text: &'a str,
}

/// The tokens of a text, in order and without a gap between them.
pub fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let (mut rest, mut is_executable) = (text, false);
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let (sort, length) = token(rest, first, is_executable).unwrap_or((Sort::Broken, rest.len()));
        let (text, after) = rest.split_at_checked(length.max(first.len_utf8())).unwrap_or((rest, ""));
        rest = after;
        match sort {
            Sort::Opening => is_executable = true,
            Sort::Closing => is_executable = false,
            _ => {}
        }
        Some(Token { sort, text })
    })
}

/// The token that a text begins with.
pub fn first(text: &str) -> Option<Token<'_>> {
    tokens(text).next()
}

/// The token that begins the text and its length; `None` where it does not end.
fn token(rest: &str, first: char, is_executable: bool) -> Option<(Sort, usize)> {
    Some(match first {
        _ if first.is_whitespace() => (Sort::Space, run(rest, char::is_whitespace)),
        '#' => (Sort::Comment, run(rest, |c| c != '\n')),
        // Two hyphens begin a comment only before a space or at the end: 5--3 is a sum.
        '-' if rest.strip_prefix("--").is_some_and(|after| after.chars().next().is_none_or(|c| c.is_whitespace() || c.is_control())) => {
            (Sort::Comment, run(rest, |c| c != '\n'))
        }
        '*' if is_executable && rest.starts_with("*/") => (Sort::Closing, 2),
        '/' if rest.starts_with("/*") => {
            let executed = ["/*!", "/*M!"].into_iter().find(|opening| rest.starts_with(opening)).filter(|_| rest.contains("*/"));
            match executed {
                Some(opening) => {
                    let digits = run(rest.get(opening.len()..).unwrap_or_default(), |c| c.is_ascii_digit());
                    (Sort::Opening, opening.len() + digits)
                }
                // From behind the opening: `/*/` does not end itself.
                None => (Sort::Comment, 2 + rest.get(2..)?.find("*/")? + 2),
            }
        }
        '`' => (Sort::Name, quoted(rest, first)?),
        '\'' | '"' => (Sort::Text, quoted(rest, first)?),
        _ if is_word(first) => (Sort::Word, run(rest, is_word)),
        _ => (Sort::Sign, first.len_utf8()),
    })
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$') || !c.is_ascii()
}

/// The length of the characters at the beginning that are so.
fn run(text: &str, is_so: impl Fn(char) -> bool) -> usize {
    text.find(|c: char| !is_so(c)).unwrap_or(text.len())
}

/// The length of what stands in quotes, with them: a doubled one does not close, and in texts a backslash hides what is next.
fn quoted(rest: &str, quote: char) -> Option<usize> {
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == quote && chars.next_if(|(_, next)| *next == quote).is_none() {
            return Some(at + quote.len_utf8());
        }
        if c == '\\' && quote != '`' {
            chars.next()?;
        }
    }
    None
}

impl Token<'_> {
    /// What a name or text says: without its quotes, doubled ones single, and what backslashes stand for.
    /// <https://dev.mysql.com/doc/refman/en/string-literals.html>
    #[must_use]
    pub fn unquoted(&self) -> String {
        self.said(false)
    }

    /// The same, but `\%` and `\_` stay as they are written: only LIKE takes the backslash off.
    #[must_use]
    pub fn unquoted_for_like(&self) -> String {
        self.said(true)
    }

    fn said(&self, keeps_patterns: bool) -> String {
        let mut chars = self.text.chars();
        let quote = chars.next().unwrap_or('`');
        chars.next_back();
        let mut text = String::with_capacity(self.text.len());
        while let Some(c) = chars.next() {
            match c {
                '\\' if quote != '`' => match chars.next() {
                    Some(kept @ ('%' | '_')) if keeps_patterns => text.extend(['\\', kept]),
                    other => text.extend(other.map(meant)),
                },
                _ if c == quote => {
                    chars.next();
                    text.push(c);
                }
                _ => text.push(c),
            }
        }
        text
    }
}

/// What a backslash and that character stand for.
#[must_use]
pub const fn meant(escaped: char) -> char {
    match escaped {
        '0' => '\0',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'b' => '\u{8}',
        'Z' => '\u{1a}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn listed(text: &str) -> Vec<(Sort, &str)> {
        tokens(text).filter(|token| token.sort != Sort::Space).map(|token| (token.sort, token.text)).collect()
    }

    #[test]
    fn quotes_and_comments_of_all_sorts() {
        use Sort::{Broken, Closing, Comment, Name, Opening, Sign, Text, Word};
        assert_eq!(listed("a -- b\nc#d"), [(Word, "a"), (Comment, "-- b"), (Word, "c"), (Comment, "#d")]);
        assert_eq!(listed("5--3"), [(Word, "5"), (Sign, "-"), (Sign, "-"), (Word, "3")]);
        assert_eq!(listed("/*!50100 x*/ /*+ y */"), [(Opening, "/*!50100"), (Word, "x"), (Closing, "*/"), (Comment, "/*+ y */")]);
        assert_eq!(listed("`a``b\\` 'it\\'s'\"\"\"\""), [(Name, "`a``b\\`"), (Text, "'it\\'s'"), (Text, "\"\"\"\"")]);
        for text in ["'a", "`a``", "/* b", "'\\", "/*!", "/*/"] {
            assert_eq!(listed(text), [(Broken, text)]);
        }
    }

    #[test]
    fn what_is_quoted_is_told() {
        let told = |text: &str| tokens(text).map(|token| token.unquoted()).collect::<String>();
        assert_eq!(told("`a``b\\`"), "a`b\\");
        assert_eq!(told("'it''s \\'\\n\\q\"\"'"), "it's '\nq\"\"");
    }

    fn texts() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            prop::sample::select(vec![
                "'",
                "''",
                "\"",
                "`",
                "``",
                "\\",
                "--",
                "-- ",
                "#",
                "\n",
                " ",
                "\t",
                "/*",
                "*/",
                "/*!",
                "/*!50100 ",
                "/*M!100301",
                "/*+",
                "/",
                "*",
                "(",
                ")",
                ",",
                ".",
                "@",
                "1",
                "0x1F",
                "a",
                "é",
                "😀",
                "_latin1'x'",
                "\u{a0}",
            ])
            .prop_map(str::to_owned),
            "[ -~]{0,3}",
        ];
        prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn every_byte_is_in_a_token(text in prop_oneof![texts(), any::<String>()]) {
            let all: Vec<Token<'_>> = tokens(&text).collect();
            prop_assert!(all.iter().all(|token| !token.text.is_empty()));
            prop_assert_eq!(all.iter().map(|token| token.text).collect::<String>(), text.as_str());
            let broken = all.iter().position(|token| token.sort == Sort::Broken);
            prop_assert!(broken.is_none_or(|at| at + 1 == all.len()));
        }
    }
}

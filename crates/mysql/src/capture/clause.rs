//! Tokens of SQL as servers print it, for the few clauses that only SHOW CREATE tells. No parser: `grammar::token` cuts, here
//! comments are left out and quotes taken off. What does not end is `Broken`; what reads it then finds nothing, which is a gap.

use crate::grammar::token::{self, Sort};
use crate::ident::Ident;

/// One token. The text of a comment is none, that of an executable comment (`/*!50100 …*/`) is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token<'a> {
    /// A bare word or number.
    Word(&'a str),
    /// A name in backticks, these taken off.
    Name(String),
    /// A text in quotes, these taken off.
    Text(String),
    Sign(char),
    /// A quote or comment that does not end.
    Broken,
}

impl Token<'_> {
    /// Whether it is that keyword.
    pub fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(found) if found.eq_ignore_ascii_case(word))
    }

    /// What it says as a value: bare or in quotes of either sort.
    pub fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            Self::Name(word) | Self::Text(word) => Some(word),
            Self::Sign(_) | Self::Broken => None,
        }
    }

    /// What it names: in backticks or bare.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Word(name) => Some(name),
            Self::Name(name) => Some(name),
            _ => None,
        }
    }
}

/// The tokens of a text that was printed without ANSI_QUOTES and NO_BACKSLASH_ESCAPES, as our sessions do.
pub fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    token::tokens(text).filter_map(|found| match found.sort {
        Sort::Space | Sort::Comment | Sort::Opening | Sort::Closing => None,
        Sort::Word => Some(Token::Word(found.text)),
        Sort::Name => Some(Token::Name(found.unquoted())),
        Sort::Text => Some(Token::Text(found.unquoted())),
        Sort::Sign => found.text.chars().next().map(Token::Sign),
        Sort::Broken => Some(Token::Broken),
    })
}

/// The tokens inside of the parenthesis that opens at `at`, and where it closes.
pub fn group<'t, 'a>(tokens: &'t [Token<'a>], at: usize) -> Option<(&'t [Token<'a>], usize)> {
    let mut depth = 0_usize;
    for (place, token) in tokens.iter().enumerate().skip(at) {
        match token {
            Token::Sign('(') => depth += 1,
            Token::Sign(')') => depth = depth.checked_sub(1)?,
            Token::Broken => return None,
            _ => {}
        }
        if depth == 0 {
            return if place == at { None } else { Some((tokens.get(at + 1..place)?, place)) };
        }
    }
    None
}

/// Parts between the commas that are inside of no parenthesis.
pub fn parts<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let mut depth = 0_usize;
    tokens
        .split(|token| {
            match token {
                Token::Sign('(') => depth += 1,
                Token::Sign(')') => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && *token == Token::Sign(',')
        })
        .filter(|part| !part.is_empty())
        .collect()
}

/// Tokens as text again, in one form: a space behind commas and between words.
pub fn shown(tokens: &[Token<'_>]) -> String {
    let mut text = String::new();
    let (mut glued, mut is_introducer) = (true, false);
    for token in tokens {
        let is_sign = matches!(token, Token::Sign(_));
        // An introducer (`_latin1'a'`) belongs to its text.
        if !(glued || is_sign || is_introducer && matches!(token, Token::Text(_))) {
            text.push(' ');
        }
        match token {
            Token::Word(word) => text.push_str(word),
            Token::Name(name) => text.push_str(&Ident(name).to_string()),
            Token::Text(quoted) => text.push_str(&format!("'{}'", quoted.replace('\\', "\\\\").replace('\'', "''"))),
            Token::Sign(',') => text.push_str(", "),
            Token::Sign(sign) => text.push(*sign),
            Token::Broken => text.push('…'),
        }
        glued = is_sign;
        is_introducer = matches!(token, Token::Word(word) if word.starts_with('_'));
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn listed(text: &str) -> String {
        let words = tokens(text).map(|token| match token {
            Token::Word(word) => word.to_owned(),
            Token::Name(name) => format!("<{name}>"),
            Token::Text(text) => format!("[{text}]"),
            Token::Sign(sign) => sign.to_string(),
            Token::Broken => "BROKEN".to_owned(),
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn quotes_hide_what_is_inside() {
        assert_eq!(listed("COMMENT='it''s \\' UNION=(' `a``b,(`"), "COMMENT = [it's ' UNION=(] <a`b,(>");
        assert_eq!(listed("`a\\`=\"x\"\"y\""), "<a\\> = [x\"y]");
        assert_eq!(listed("naïve_1$ 1.5"), "naïve_1$ 1 . 5");
    }

    #[test]
    fn comments_are_skipped_and_executable_ones_are_not() {
        assert_eq!(listed("a -- b\nc # d\n/* e ' */ f /*/ g */ h"), "a c f h");
        assert_eq!(listed("5--3"), "5 - - 3");
        assert_eq!(
            listed("k (`t`) /*!50100 WITH PARSER `ngram` */ /*M!100301 COMPRESSED*/ x"),
            "k ( <t> ) WITH PARSER <ngram> COMPRESSED x"
        );
        assert_eq!(listed("--"), "");
    }

    #[test]
    fn what_does_not_end_is_broken() {
        for text in ["'a", "`a``", "a /* b", "'\\", "/*!"] {
            assert!(listed(text).ends_with("BROKEN"), "{text}");
        }
    }

    #[test]
    fn groups_and_parts_follow_the_parentheses() {
        let all: Vec<_> = tokens("x (a, f(b, c), 'd,(') y").collect();
        let (inner, end) = group(&all, 1).unwrap();
        assert_eq!(parts(inner).len(), 3);
        assert!(all.get(end + 1).unwrap().is("Y"));
        assert!(group(&all, 0).is_none());
        let open: Vec<_> = tokens("(a, (b)").collect();
        assert!(group(&open, 0).is_none());
        assert!(group(&[Token::Sign(')')], 0).is_none());
    }
}

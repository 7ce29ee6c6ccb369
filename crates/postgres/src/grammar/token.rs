//! Text cut into tokens as PostgreSQL's scanner cuts it, with nothing left out: every byte belongs to a token, comments, space and
//! what does not end included. Nothing is understood here.
//!
//! One thing is finer than in the server's scanner: a sign is one character, so that an operator is the signs that stand together.
//! Neighbours: the server's own scanner (in `mod`'s parser), which the tests hold this one against.
//! <https://www.postgresql.org/docs/current/sql-syntax-lexical.html>

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sort {
    Space,
    /// From `--` to the end of the line, without it; or `/* … */`, which may hold others.
    Comment,
    /// An unquoted word: keyword, type, or name.
    Word,
    /// A name in double quotes, `U&` included.
    Quoted,
    /// A text in single quotes: its prefix (`E`, `B`, `X`, `U&`) included, and the parts on further lines.
    Literal,
    /// `$tag$ … $tag$`
    Dollar,
    Number,
    /// `$1`
    Parameter,
    Open,
    Close,
    /// `[`
    Bracket,
    /// `]`
    BracketEnd,
    Dot,
    /// `..`
    Range,
    Comma,
    /// `::`
    Cast,
    /// One character of an operator, or a semicolon.
    Sign,
    /// What does not end, to the end of the text.
    Broken,
}

/// One token by its byte offsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub sort: Sort,
    pub start: usize,
    pub end: usize,
}

/// The tokens of a text, in order and without a gap between them.
pub fn tokens(text: &str) -> impl Iterator<Item = Token> + '_ {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let byte = *bytes.get(at)?;
        let start = at;
        let (sort, end) = token(bytes, at, byte).unwrap_or((Sort::Broken, bytes.len()));
        // Always forward, and never past the end.
        at = end.clamp(start + 1, bytes.len());
        Some(Token { sort, start, end: at })
    })
}

/// The token that begins there and where it ends; `None` where it does not.
fn token(bytes: &[u8], at: usize, byte: u8) -> Option<(Sort, usize)> {
    let next = bytes.get(at + 1).copied();
    Some(match byte {
        _ if is_space(byte) => (Sort::Space, run(bytes, at, is_space)),
        b'-' if next == Some(b'-') => (Sort::Comment, run(bytes, at, |byte| !is_line_end(byte))),
        b'/' if next == Some(b'*') => (Sort::Comment, comment(bytes, at)?),
        b'\'' => (Sort::Literal, literal(bytes, at, plain)?),
        b'E' | b'e' if next == Some(b'\'') => (Sort::Literal, literal(bytes, at + 1, escaped)?),
        b'B' | b'b' | b'X' | b'x' if next == Some(b'\'') => (Sort::Literal, literal(bytes, at + 1, bits)?),
        b'U' | b'u' if next == Some(b'&') && bytes.get(at + 2) == Some(&b'\'') => (Sort::Literal, literal(bytes, at + 2, plain)?),
        b'U' | b'u' if next == Some(b'&') && bytes.get(at + 2) == Some(&b'"') => (Sort::Quoted, name(bytes, at + 2)?),
        b'"' => (Sort::Quoted, name(bytes, at)?),
        b'$' if next.is_some_and(|byte| byte.is_ascii_digit()) => (Sort::Parameter, run(bytes, at + 1, |byte| byte.is_ascii_digit())),
        b'$' => match tag(bytes, at) {
            Some(opened) => (Sort::Dollar, dollar(bytes, at, opened)?),
            None => (Sort::Sign, at + 1),
        },
        b'0'..=b'9' => (Sort::Number, number(bytes, at)),
        b'.' if next == Some(b'.') => (Sort::Range, at + 2),
        b'.' if next.is_some_and(|byte| byte.is_ascii_digit()) => (Sort::Number, number(bytes, at)),
        b'(' => (Sort::Open, at + 1),
        b')' => (Sort::Close, at + 1),
        b'[' => (Sort::Bracket, at + 1),
        b']' => (Sort::BracketEnd, at + 1),
        b'.' => (Sort::Dot, at + 1),
        b',' => (Sort::Comma, at + 1),
        b':' if next == Some(b':') => (Sort::Cast, at + 2),
        _ if begins_word(byte) => (Sort::Word, run(bytes, at, |byte| begins_word(byte) || byte.is_ascii_digit() || byte == b'$')),
        _ => (Sort::Sign, at + 1),
    })
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

const fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

const fn begins_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

/// The offset behind the bytes from `at` on that are so.
fn run(bytes: &[u8], at: usize, is_so: impl Fn(u8) -> bool) -> usize {
    at + bytes.get(at..).unwrap_or_default().iter().take_while(|byte| is_so(**byte)).count()
}

/// Behind a comment that opens there. It may hold others.
fn comment(bytes: &[u8], at: usize) -> Option<usize> {
    let (mut at, mut depth) = (at + 2, 1_usize);
    while depth > 0 {
        match (bytes.get(at)?, bytes.get(at + 1)) {
            (b'/', Some(b'*')) => (at, depth) = (at + 2, depth + 1),
            (b'*', Some(b'/')) => (at, depth) = (at + 2, depth - 1),
            _ => at += 1,
        }
    }
    Some(at)
}

/// Behind a name in quotes; a doubled one closes nothing.
fn name(bytes: &[u8], at: usize) -> Option<usize> {
    doubled(bytes, at, b'"', false)
}

/// Behind a part of a text.
fn plain(bytes: &[u8], at: usize) -> Option<usize> {
    doubled(bytes, at, b'\'', false)
}

fn escaped(bytes: &[u8], at: usize) -> Option<usize> {
    doubled(bytes, at, b'\'', true)
}

/// Bits hold no quote, doubled or not.
fn bits(bytes: &[u8], at: usize) -> Option<usize> {
    let end = run(bytes, at + 1, |byte| byte != b'\'');
    (end < bytes.len()).then_some(end + 1)
}

fn doubled(bytes: &[u8], at: usize, quote: u8, escapes: bool) -> Option<usize> {
    let mut at = at + 1;
    loop {
        match bytes.get(at)? {
            b'\\' if escapes => at += 2,
            byte if *byte == quote => {
                if bytes.get(at + 1) != Some(&quote) {
                    return Some(at + 1);
                }
                at += 2;
            }
            _ => at += 1,
        }
    }
}

/// Behind a text and its parts on further lines.
fn literal(bytes: &[u8], at: usize, part: impl Fn(&[u8], usize) -> Option<usize>) -> Option<usize> {
    let mut end = part(bytes, at)?;
    while let Some(next) = further(bytes, end) {
        end = part(bytes, next)?;
    }
    Some(end)
}

/// Where the next part of a text begins: behind space and comments with a line's end among them.
fn further(bytes: &[u8], at: usize) -> Option<usize> {
    let (mut at, mut has_line_end) = (at, false);
    loop {
        match bytes.get(at)? {
            b'\'' if has_line_end => return Some(at),
            b'-' if bytes.get(at + 1) == Some(&b'-') => {
                at = run(bytes, at, |byte| !is_line_end(byte));
                // Such a comment ends with its line.
                bytes.get(at)?;
            }
            byte if is_space(*byte) => {
                has_line_end |= is_line_end(*byte);
                at += 1;
            }
            _ => return None,
        }
    }
}

/// Behind `$tag$`, if one stands there.
fn tag(bytes: &[u8], at: usize) -> Option<usize> {
    let begins = bytes.get(at + 1)?;
    if *begins != b'$' && !begins_word(*begins) {
        return None;
    }
    let end = run(bytes, at + 1, |byte| begins_word(byte) || byte.is_ascii_digit());
    (bytes.get(end) == Some(&b'$')).then_some(end + 1)
}

/// Behind the same tag again.
fn dollar(bytes: &[u8], at: usize, opened: usize) -> Option<usize> {
    let tag = bytes.get(at..opened)?;
    let found = bytes.get(opened..)?.windows(tag.len()).position(|window| window == tag)?;
    Some(opened + found + tag.len())
}

/// Behind `12`, `1.50`, `.5`, `1e-5`, `0x1F`, `1_000`.
fn number(bytes: &[u8], at: usize) -> usize {
    let is = |at: usize, set: &[u8]| bytes.get(at).is_some_and(|byte| set.contains(byte));
    if is(at, b"0") && is(at + 1, b"xXoObB") {
        let end = run(bytes, at + 2, |byte| byte.is_ascii_hexdigit() || byte == b'_');
        if end > at + 2 {
            return end;
        }
    }
    let digits = |at: usize| run(bytes, at, |byte| byte.is_ascii_digit() || byte == b'_');
    let mut end = digits(at);
    // `1..10` is a range.
    if is(end, b".") && !is(end + 1, b".") {
        end = digits(end + 1);
    }
    if is(end, b"eE") {
        let sign = usize::from(is(end + 1, b"+-"));
        let after = digits(end + 1 + sign);
        if after > end + 1 + sign {
            end = after;
        }
    }
    end
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;

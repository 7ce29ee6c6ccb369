//! SQL cut into tokens, as MySQL and MariaDB print it under `sql_mode = ''`: backslash escapes, strings in either quotes.
//!
//! Also undoes what MySQL does to the text of checks, defaults, generated columns and index expressions before
//! information_schema shows it: the whole text is escaped once more (`_utf8mb4\'x\'`), and the bytes of its literals are
//! taken for latin1 (`_utf8mb4\'Ã¼\'` is `'ü'`).

use std::borrow::Cow;

/// A token with its meaning: what it says, without how it was quoted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Token {
    /// A back-quoted identifier.
    Name(String),
    /// Anything bare: a keyword, a function, a unit, a name a server left unquoted. As written.
    Word(String),
    /// A string with the character set it was introduced with; not with those of connections, which servers add.
    Text {
        charset: Option<String>,
        text: String,
    },
    Number(String),
    /// `0x4142`: a number where one is asked for.
    Hex(String),
    /// `X'4142'`: always a string in MariaDB. MySQL prints it like a `Hex`.
    HexText(String),
    /// `@x`, `@@global.x`.
    Variable(String),
    /// Operators and punctuation.
    Op(&'static str),
    /// A hint or a conditional comment, verbatim.
    Hint(String),
}

const OPS: &[&str] = &[
    "<=>", "->>", "<=", ">=", "<>", "!=", "<<", ">>", ":=", "&&", "||", "->", "(", ")", ",", ".", ";", "+", "-", "*", "/", "%", "=", "<",
    ">", "!", "~", "&", "|", "^", "{", "}", "[", "]", ":", "?",
];

/// Character sets in which ASCII text means what it says.
const PLAIN: &[&str] = &[
    "ascii", "latin1", "latin2", "latin5", "latin7", "cp1250", "cp1251", "cp1256", "cp1257", "cp850", "cp852", "cp866", "koi8r", "koi8u",
    "greek", "hebrew", "keybcs2", "macce", "macroman", "dec8", "hp8", "armscii8", "geostd8", "tis620", "euckr", "gb2312", "gb18030",
    "ujis", "eucjpms",
];

/// Whether an underscore and that name introduce a literal.
#[must_use]
pub fn is_charset(name: &str) -> bool {
    PLAIN.contains(&name)
        || matches!(
            name,
            "binary" | "utf8" | "utf8mb3" | "utf8mb4" | "ucs2" | "utf16" | "utf16le" | "utf32" | "big5" | "gbk" | "sjis" | "cp932" | "swe7"
        )
}

/// The tokens of the text; `None` where something is not closed or not SQL.
#[must_use]
pub fn cut(text: &str) -> Option<Vec<Token>> {
    match scan(text, false) {
        Scan::Done(tokens) => Some(tokens),
        Scan::Broken => None,
        Scan::Escaped => match scan(&unescape(text), true) {
            Scan::Done(tokens) => Some(tokens),
            _ => None,
        },
    }
}

enum Scan {
    Done(Vec<Token>),
    /// A backslash outside of quotes: the text was escaped as a whole.
    Escaped,
    Broken,
}

fn scan(text: &str, was_escaped: bool) -> Scan {
    let mut found: Vec<Token> = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else { return Scan::Done(found) };
        let next = match first {
            '\\' if !was_escaped => return Scan::Escaped,
            '`' => quoted(rest, '`', false).map(|(name, rest)| (Some(Token::Name(name)), rest)),
            '\'' | '"' => quoted(rest, first, true).map(|(text, rest)| (Some(string(&mut found, text, was_escaped)), rest)),
            '#' => Some((None, line(rest))),
            '-' if rest.starts_with("--") && rest[2..].chars().next().is_none_or(char::is_whitespace) => Some((None, line(rest))),
            '/' if rest.starts_with("/*") => comment(rest),
            '@' => Some(variable(rest)),
            '.' if rest[1..].starts_with(|c: char| c.is_ascii_digit())
                && !matches!(found.last(), Some(Token::Name(_) | Token::Word(_))) =>
            {
                Some(number(rest))
            }
            c if c.is_ascii_digit() => Some(number(rest)),
            c if is_word(c) => word(rest),
            _ => OPS.iter().find_map(|op| rest.strip_prefix(op).map(|rest| (Some(Token::Op(op)), rest))),
        };
        let Some((token, after)) = next else { return Scan::Broken };
        found.extend(token);
        rest = after;
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}

fn line(text: &str) -> &str {
    text.split_once('\n').map_or("", |(_, rest)| rest)
}

fn comment(text: &str) -> Option<(Option<Token>, &str)> {
    let end = text.get(2..)?.find("*/")? + 4;
    let (comment, rest) = text.split_at_checked(end)?;
    let is_hint = comment.starts_with("/*+") || comment.starts_with("/*!") || comment.starts_with("/*M!");
    Some((is_hint.then(|| Token::Hint(comment.to_owned())), rest))
}

/// What stands in quotes, and the text behind it. Doubled quotes are one; backslashes escape in strings.
/// <https://dev.mysql.com/doc/refman/en/string-literals.html>
fn quoted(text: &str, quote: char, escapes: bool) -> Option<(String, &str)> {
    let mut chars = text.char_indices().skip(1).peekable();
    let mut content = String::new();
    while let Some((at, c)) = chars.next() {
        if c == quote {
            if chars.next_if(|(_, next)| *next == quote).is_none() {
                return text.get(at + c.len_utf8()..).map(|rest| (content, rest));
            }
            content.push(c);
        } else if c == '\\' && escapes {
            match chars.next()?.1 {
                // Both stay as they are: only LIKE takes the backslash off.
                kept @ ('%' | '_') => content.extend(['\\', kept]),
                other => content.push(meant(other)),
            }
        } else {
            content.push(c);
        }
    }
    None
}

const fn meant(escaped: char) -> char {
    match escaped {
        '0' => '\0',
        'b' => '\u{8}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'Z' => '\u{1a}',
        other => other,
    }
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => plain.extend(chars.next().map(meant)),
            c => plain.push(c),
        }
    }
    plain
}

/// The string token, with its introducer taken from the tokens before it.
fn string(found: &mut Vec<Token>, text: String, was_escaped: bool) -> Token {
    let charset = match found.last() {
        Some(Token::Word(word)) => word.strip_prefix('_').map(str::to_ascii_lowercase).filter(|name| is_charset(name)),
        _ => None,
    };
    if charset.is_some() {
        found.pop();
    }
    let is_unicode = charset.as_deref().is_none_or(|name| matches!(name, "utf8" | "utf8mb3" | "utf8mb4"));
    let text = if was_escaped && is_unicode { as_written(text) } else { text };
    Token::Text { charset: charset.filter(|_| !is_unicode), text }
}

/// The tokens without the character sets of texts whose bytes are the same in UTF-8; `None` where there are none. A server
/// that converts such a text forgets its character set.
#[must_use]
pub fn without_charsets(tokens: &[Token]) -> Option<Vec<Token>> {
    let mut is_changed = false;
    let bare = tokens.iter().map(|token| match token {
        Token::Text { charset: Some(charset), text } if text.is_ascii() && PLAIN.contains(&&**charset) => {
            is_changed = true;
            Token::Text { charset: None, text: text.clone() }
        }
        other => other.clone(),
    });
    let bare = bare.collect();
    is_changed.then_some(bare)
}

/// Bytes that were taken for latin1, read as what they are.
fn as_written(text: String) -> String {
    if text.is_ascii() {
        return text;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or(text)
}

fn variable(text: &str) -> (Option<Token>, &str) {
    let marks = text.len() - text.trim_start_matches('@').len();
    let after = text.get(marks..).unwrap_or_default();
    if let Some((name, rest)) =
        after.chars().next().filter(|c| matches!(c, '`' | '\'' | '"')).and_then(|quote| quoted(after, quote, quote != '`'))
    {
        return (Some(Token::Variable(format!("{}`{}`", "@".repeat(marks), name.replace('`', "``")))), rest);
    }
    let end = after.find(|c: char| !(is_word(c) || c == '.')).unwrap_or(after.len());
    let (name, rest) = after.split_at_checked(end).unwrap_or((after, ""));
    (Some(Token::Variable(format!("{}{}", "@".repeat(marks), name.to_lowercase()))), rest)
}

/// `12`, `1.50`, `1e-5`, `.5`, `0x1F`, `0b101`; a name that begins with digits is a word.
fn number(text: &str) -> (Option<Token>, &str) {
    let end = text.find(|c: char| !is_word(c)).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    if let Some(digits) = word.strip_prefix("0x").filter(|digits| digits.chars().all(|c| c.is_ascii_hexdigit())) {
        return (Some(Token::Hex(digits.to_ascii_uppercase())), rest);
    }
    if let Some(token) = word.strip_prefix("0b").filter(|digits| !digits.is_empty()).and_then(bits) {
        return (Some(token), rest);
    }
    let bytes = text.as_bytes();
    let digits = |from: usize| from + bytes.get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = digits(0);
    if bytes.get(at) == Some(&b'.') {
        at = digits(at + 1);
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let after = digits(at + 1 + sign);
        if after > at + 1 + sign {
            at = after;
        }
    }
    if text.get(at..).is_some_and(|rest| rest.starts_with(is_word)) && !word.is_empty() {
        return (Some(Token::Word(word.to_owned())), rest);
    }
    let (number, rest) = text.split_at_checked(at).unwrap_or((text, ""));
    let number = number.to_ascii_lowercase();
    (Some(Token::Number(if number.starts_with('.') { format!("0{number}") } else { number })), rest)
}

/// Binary digits as servers print them: in bytes.
fn bits(digits: &str) -> Option<Token> {
    let mut hex = String::new();
    let padded = format!("{digits:0>width$}", width = digits.len().div_ceil(8) * 8);
    for byte in padded.as_bytes().chunks(8) {
        let byte = u8::from_str_radix(std::str::from_utf8(byte).ok()?, 2).ok()?;
        hex.push_str(&format!("{byte:02X}"));
    }
    Some(Token::Hex(hex))
}

fn word(text: &str) -> Option<(Option<Token>, &str)> {
    let end = text.find(|c: char| !is_word(c)).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end)?;
    if let Some(inner) = rest.strip_prefix('\'') {
        let closed = || inner.split_once('\'');
        if word.eq_ignore_ascii_case("x") {
            let (digits, rest) = closed().filter(|(digits, _)| digits.chars().all(|c| c.is_ascii_hexdigit()))?;
            return Some((Some(Token::HexText(digits.to_ascii_uppercase())), rest));
        }
        if word.eq_ignore_ascii_case("b") {
            let (digits, rest) = closed()?;
            return Some((Some(bits(digits)?), rest));
        }
        // The national character set: utf8mb3.
        if word.eq_ignore_ascii_case("n") {
            return quoted(rest, '\'', true).map(|(text, rest)| (Some(Token::Text { charset: None, text }), rest));
        }
    }
    Some((Some(Token::Word(word.to_owned())), rest))
}

/// A back-quoted identifier.
#[must_use]
pub fn name(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A string in one form: what would not show is escaped. `\%` and `\_` stand as they were written.
#[must_use]
pub fn text(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 2);
    shown.push('\'');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' => shown.push_str("''"),
            '\\' if chars.peek().is_some_and(|next| matches!(next, '%' | '_')) => shown.push('\\'),
            '\\' => shown.push_str("\\\\"),
            '\0' => shown.push_str("\\0"),
            '\u{8}' => shown.push_str("\\b"),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            '\u{1a}' => shown.push_str("\\Z"),
            c => shown.push(c),
        }
    }
    shown.push('\'');
    shown
}

/// The token as canonical text prints it.
#[must_use]
pub fn shown(token: &Token) -> Cow<'_, str> {
    match token {
        Token::Name(it) => name(it).into(),
        Token::Word(word) => word.to_lowercase().into(),
        Token::Text { charset, text: it } => charset.as_ref().map_or_else(|| text(it), |charset| format!("_{charset}{}", text(it))).into(),
        Token::Number(number) => number.into(),
        Token::Hex(digits) => format!("0x{digits}").into(),
        Token::HexText(digits) => format!("x'{digits}'").into(),
        Token::Variable(variable) => variable.into(),
        Token::Op(op) => (*op).into(),
        Token::Hint(hint) => hint.into(),
    }
}

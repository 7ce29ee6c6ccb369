//! What tokens of SQL mean, as MySQL and MariaDB print them under `sql_mode = ''`: names, texts with their character sets, numbers,
//! operators. `grammar::token` cuts; here neighbours are joined (`x'41'`, `1.5e3`, `@@global.a`) and what says nothing is left out.
//!
//! Also undoes what MySQL does to the text of checks, defaults, generated columns and index expressions before
//! information_schema shows it: the whole text is escaped once more (`_utf8mb4\'x\'`), and the bytes of its literals are
//! taken for latin1 (`_utf8mb4\'Ã¼\'` is `'ü'`).

use crate::grammar::token::{self as grammar, Sort};
use std::borrow::Cow;

/// A token with its meaning: what it says, without how it was quoted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Token {
    /// A back-quoted identifier.
    Name(String),
    /// Anything bare: a keyword, a function, a unit, a name a server left unquoted. As written.
    Word(String),
    /// A string with the character set it was introduced with; with those of UTF-8 only where all are asked for ([`cut_whole`]).
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

/// The tokens of the text; `None` where something is not closed or not SQL. Without the character sets of connections, which servers
/// add.
#[must_use]
pub fn cut(text: &str) -> Option<Vec<Token>> {
    let mut tokens = cut_whole(text)?;
    retain_charsets(&mut tokens, |charset| !is_unicode(charset));
    Some(tokens)
}

/// Takes away the character sets of literals that are not kept.
pub fn retain_charsets(tokens: &mut [Token], is_kept: impl Fn(&str) -> bool) {
    for token in tokens {
        if let Token::Text { charset, .. } = token {
            *charset = charset.take().filter(|charset| is_kept(charset));
        }
    }
}

/// The tokens of the text, with whatever literals are introduced with.
#[must_use]
pub fn cut_whole(text: &str) -> Option<Vec<Token>> {
    match scan(text, false) {
        Scan::Done(tokens) => Some(tokens),
        Scan::Broken => None,
        Scan::Escaped => match scan(&unescape(text), true) {
            Scan::Done(tokens) => Some(tokens),
            _ => None,
        },
    }
}

/// Whether it is one of those that connections have.
#[must_use]
pub fn is_unicode(charset: &str) -> bool {
    matches!(charset, "utf8" | "utf8mb3" | "utf8mb4")
}

/// A text of ours without the words that introduce literals in UTF-8; `None` where there are none.
#[must_use]
pub fn unintroduced(text: &str) -> Option<String> {
    if !text.contains("_utf8") {
        return None;
    }
    let all: Vec<grammar::Token<'_>> = grammar::tokens(text).collect();
    let introduces = |at: usize| {
        let is_word = all.get(at).is_some_and(|word| word.sort == Sort::Word && word.text.strip_prefix('_').is_some_and(is_unicode));
        is_word && all.get(at + 1).is_some_and(|next| next.sort == Sort::Text)
    };
    let kept = (0..all.len()).filter(|at| !introduces(*at));
    let bare: String = kept.filter_map(|at| all.get(at)).map(|token| token.text).collect();
    (bare != text).then_some(bare)
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
    while let Some(next) = grammar::first(rest) {
        let after = rest.get(next.text.len()..).unwrap_or_default();
        let is_after_name = matches!(found.last(), Some(Token::Name(_) | Token::Word(_)));
        let read = match next.sort {
            Sort::Comment if next.text.starts_with("/*+") => Some((Some(Token::Hint(next.text.to_owned())), after)),
            Sort::Space | Sort::Comment => Some((None, after)),
            Sort::Opening => executed(rest),
            Sort::Name => Some((Some(Token::Name(next.unquoted())), after)),
            Sort::Text => Some((Some(string(&mut found, next.unquoted_for_like(), was_escaped)), after)),
            Sort::Word if next.text.starts_with(|c: char| c.is_ascii_digit()) => Some(number(rest)),
            Sort::Word => word(next.text, after),
            Sort::Sign => match next.text {
                "\\" if !was_escaped => return Scan::Escaped,
                "@" => Some(variable(rest)),
                "." if !is_after_name && after.starts_with(|c: char| c.is_ascii_digit()) => Some(number(rest)),
                _ => OPS.iter().find_map(|op| rest.strip_prefix(op).map(|after| (Some(Token::Op(op)), after))),
            },
            Sort::Closing | Sort::Broken => None,
        };
        let Some((token, after)) = read else { return Scan::Broken };
        found.extend(token);
        rest = after;
    }
    Scan::Done(found)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}

/// A comment that servers execute, verbatim.
fn executed(text: &str) -> Option<(Option<Token>, &str)> {
    let (comment, rest) = text.split_at_checked(text.get(2..)?.find("*/")? + 4)?;
    Some((Some(Token::Hint(comment.to_owned())), rest))
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => plain.extend(chars.next().map(grammar::meant)),
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
    let text = if was_escaped && charset.as_deref().is_none_or(is_unicode) { as_written(text) } else { text };
    Token::Text { charset: charset.map(|name| super::charset(&name)), text }
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
    if let Some(quoted) = grammar::first(after).filter(|token| matches!(token.sort, Sort::Name | Sort::Text)) {
        let name = name(&quoted.unquoted_for_like());
        return (Some(Token::Variable(format!("{}{name}", "@".repeat(marks)))), after.get(quoted.text.len()..).unwrap_or_default());
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

/// A bare word, with the text behind it where it says what that is.
fn word<'a>(word: &str, rest: &'a str) -> Option<(Option<Token>, &'a str)> {
    if let Some(text) = grammar::first(rest).filter(|token| token.sort == Sort::Text && token.text.starts_with('\'')) {
        let after = rest.get(text.text.len()..).unwrap_or_default();
        let digits = text.text.trim_matches('\'');
        match word {
            "x" | "X" => {
                let is_hex = digits.chars().all(|c| c.is_ascii_hexdigit());
                return is_hex.then(|| (Some(Token::HexText(digits.to_ascii_uppercase())), after));
            }
            "b" | "B" => return Some((Some(bits(digits)?), after)),
            // The national character set: utf8mb3.
            "n" | "N" => return Some((Some(Token::Text { charset: None, text: text.unquoted_for_like() }), after)),
            _ => {}
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

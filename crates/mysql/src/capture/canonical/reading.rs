//! A printed text as a whole: in canonical form where it is understood, token by token where not.
//!
//! And what cannot be told apart across vendors: a text that is not understood, a query (each vendor's optimizer rewrites
//! it before it is printed), and constructs that mean or print otherwise elsewhere. Their marks hold names and literals only:
//! where those agree and the texts do not, the two are not comparable.

use super::Context;
use super::parser::{Parser, Unread};
use super::token::{self, Token};
use evenkeel_core::manifest::{Mark, Object};
use std::collections::BTreeSet;

/// MariaDB's versions are above, MySQL's below (`Flavor::number`).
const BETWEEN_VENDORS: u16 = 1000;

/// A mark that holds between any two servers.
const ANYWHERE: u16 = 0;

/// From MariaDB 11 on LOCALTIME is printed as CURTIME(), which is something else, and SESSION_USER() is no longer USER().
const SINCE_11: u16 = 1100;
const BEFORE_11: &[(&str, &str)] = &[("curtime(", "current_timestamp("), ("session_user(", "user(")];

/// What a text is.
#[derive(Clone, Copy)]
enum What<'a> {
    Expression,
    /// A query, and how its columns are called outside, where that is said there.
    Query(&'a [String]),
}

impl What<'_> {
    const fn is_query(self) -> bool {
        matches!(self, Self::Query(_))
    }
}

/// An expression in canonical form.
#[must_use]
pub fn expression(text: &str, context: Context<'_>) -> String {
    read(text, context, What::Expression).text
}

/// A view's query in canonical form, with the names of the view's columns where it lists them: MariaDB writes those into the
/// query.
#[cfg(test)]
#[must_use]
pub fn definition(text: &str, columns: &[String], context: Context<'_>) -> String {
    read(text, context, What::Query(columns)).text
}

/// An expression in canonical form, with the character sets that its literals were given by hand: what is built of it is the same then.
/// They are not hashed (`folded`), for MySQL adds the connection's own.
#[must_use]
pub fn exact(text: &str, context: Context<'_>) -> String {
    let is_mariadb = context.flavor.is_mariadb();
    introduced(text, context, What::Expression, |charset| is_mariadb || charset != "utf8mb4")
}

/// The same of a view's query, as SHOW CREATE VIEW prints it: both vendors print there what was written and nothing else.
#[must_use]
pub fn exact_definition(text: &str, columns: &[String], context: Context<'_>) -> String {
    introduced(text, context, What::Query(columns), |_| true)
}

/// With the character sets of literals that are kept; without any of UTF-8 where the text would not be the same otherwise.
fn introduced(raw: &str, context: Context<'_>, what: What<'_>, is_kept: impl Fn(&str) -> bool) -> String {
    let bare = read(raw, context, what).text;
    if !raw.contains("_utf8") {
        return bare;
    }
    let Some(mut tokens) = token::cut_whole(raw) else { return bare };
    token::retain_charsets(&mut tokens, |charset| !token::is_unicode(charset) || is_kept(charset));
    let whole = understood(&tokens, context, what).map_or_else(|| plain(&tokens, context), |(text, _)| text);
    if token::unintroduced(&whole).as_deref() == Some(&*bare) { whole } else { bare }
}

/// Notes on the object what its property, made of that printed text, cannot be compared with.
pub fn marks(object: &mut Object, property: &str, raw: &str, context: Context<'_>) {
    note(object, property, raw, What::Expression, context);
}

/// The same of a view's query.
pub fn marks_of_query(object: &mut Object, property: &str, raw: &str, columns: &[String], context: Context<'_>) {
    note(object, property, raw, What::Query(columns), context);
}

fn note(object: &mut Object, property: &str, raw: &str, what: What<'_>, context: Context<'_>) {
    let Some(index) = object.kind.spec().index_of(property) else { return };
    let is_query = what.is_query();
    let Reading { text, is_understood, is_doubtful } = read(raw, context, what);
    let mut add = |boundary, equivalent: String, reason: &str| {
        object.marks.push(Mark { property: index, boundary, equivalent: equivalent.into(), reason: reason.into() });
    };
    if !is_understood || is_query || is_doubtful {
        let reason = match (is_understood, is_query) {
            (false, _) => "the text is compared as it is printed, and each vendor prints it in its own way",
            (true, true) => "each vendor rewrites queries in its own way before it stores them",
            (true, false) => "it holds something that vendors print or treat differently",
        };
        add(BETWEEN_VENDORS, loose(&text), reason);
    }
    // Queries are stored as they are printed, and so they stay.
    if let Some(bare) = bare(raw, context).filter(|_| !is_query) {
        if context.flavor.is_mariadb() {
            add(BETWEEN_VENDORS, bare, "MariaDB forgets the character set of a text (`_latin1'x'`) that it converts, and MySQL does not");
        } else {
            let reason = "MySQL's SHOW CREATE TABLE, and so a dump, forgets the character set of a text (`_latin1'x'`) that is converted";
            add(ANYWHERE, bare, reason);
        }
    }
    if context.flavor.is_mariadb() && context.flavor.number >= SINCE_11 {
        let before = BEFORE_11.iter().fold(text.clone(), |text, (now, before)| text.replace(now, before));
        if before != text {
            add(SINCE_11, before, "MariaDB prints LOCALTIME as CURTIME(), and tells SESSION_USER() from USER(), from version 11 on");
        }
    }
}

/// Notes on a view's column that its type is the vendor's own computation: what it is made of is compared with the view and
/// its tables.
pub fn computed(column: &mut Object) {
    for property in ["type", "collation", "not_null"].into_iter().filter_map(|name| column.kind.spec().index_of(name)) {
        let reason = "each vendor computes the types of expressions in its own way";
        column.marks.push(Mark { property, boundary: BETWEEN_VENDORS, equivalent: "".into(), reason: reason.into() });
    }
}

/// The canonical text without character sets that a server may forget; `None` where there are none.
fn bare(raw: &str, context: Context<'_>) -> Option<String> {
    let tokens = token::without_charsets(&token::cut(raw)?)?;
    Some(understood(&tokens, context, What::Expression).map_or_else(|| plain(&tokens, context), |(text, _)| text))
}

struct Reading {
    text: String,
    is_understood: bool,
    is_doubtful: bool,
}

fn read(raw: &str, context: Context<'_>, what: What<'_>) -> Reading {
    let unread = |text| Reading { text, is_understood: false, is_doubtful: false };
    // Most defaults: a number or a word in quotes.
    let inner = raw.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    let is_plain = inner.map_or_else(
        || !raw.is_empty() && raw.bytes().all(|byte| byte.is_ascii_digit()),
        |inner| inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b':' | b'_')),
    );
    if is_plain && !what.is_query() {
        return Reading { text: raw.to_owned(), is_understood: true, is_doubtful: false };
    }
    let Some(tokens) = token::cut(raw) else { return unread(raw.trim().to_owned()) };
    let once = understood(&tokens, context, what);
    // What is not read back to itself was not understood.
    let stable = once.filter(|(text, _)| {
        let again = token::cut(text).and_then(|tokens| understood(&tokens, context, what));
        again.is_some_and(|(again, _)| again == *text)
    });
    match stable {
        Some((text, is_doubtful)) => Reading { text, is_understood: true, is_doubtful },
        None => {
            let text = plain(&tokens, context);
            let is_stable = token::cut(&text).is_some_and(|tokens| plain(&tokens, context) == text);
            unread(if is_stable { text } else { raw.trim().to_owned() })
        }
    }
}

fn understood(tokens: &[Token], context: Context<'_>, what: What<'_>) -> Option<(String, bool)> {
    let mut parser = Parser::new(tokens, context);
    let text = match what {
        What::Query(columns) => parser.named(columns).map(|query| query.text()),
        What::Expression => parser.expression().map(|it| it.text()),
    };
    let read = text.and_then(|text| {
        parser.eat_op(";");
        if parser.is_at_end() { Ok(text) } else { Err(Unread) }
    });
    read.ok().map(|text| (text, parser.is_doubtful))
}

/// The tokens one after the other, with the own database left out where it can be nothing else.
fn plain(tokens: &[Token], context: Context<'_>) -> String {
    let own = context.scope.one();
    let is = |at: usize, op: &str| matches!(tokens.get(at), Some(Token::Op(found)) if *found == op);
    let is_name = |at: usize| matches!(tokens.get(at), Some(Token::Name(_)));
    let after_table_word = |at: usize| {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        matches!(before, Some(Token::Word(word)) if matches!(&*word.to_ascii_lowercase(), "from" | "join" | "straight_join"))
    };
    let mut text = String::new();
    let (mut at, mut is_glued) = (0, true);
    while let Some(token) = tokens.get(at) {
        let is_first = !(at > 0 && is(at - 1, "."));
        let is_database = matches!(token, Token::Name(name) if own == Some(name)) && is_first && is(at + 1, ".") && is_name(at + 2);
        if is_database && (is(at + 3, ".") && is_name(at + 4) || is(at + 3, "(") || after_table_word(at)) {
            at += 2;
            continue;
        }
        let is_dot = is(at, ".") && matches!(tokens.get(at.wrapping_sub(1)), Some(Token::Name(_))) && is_name(at + 1);
        if !(is_glued || is_dot || is(at, ")") || is(at, ",")) {
            text.push(' ');
        }
        text.push_str(&token::shown(token));
        is_glued = is_dot || is(at, "(");
        at += 1;
    }
    text
}

/// Words and operators that vendors agree on, whatever else they do.
const TELLING: &[&str] = &["sum", "min", "max", "avg", "union", "except", "intersect", "having", "like", "<", ">", "<=", ">="];

/// The text with one `?` for what information_schema cannot show, or shows as several.
fn basic(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars().map(|c| if c > '\u{ffff}' { '?' } else { c }) {
        if !(c == '?' && shown.ends_with('?')) {
            shown.push(c);
        }
    }
    shown
}

/// Names and literals of the text, each once, sorted: what a vendor's way of printing does not touch.
fn loose(text: &str) -> String {
    let Some(tokens) = token::cut(text) else {
        let words: BTreeSet<&str> = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect();
        return words.into_iter().collect::<Vec<_>>().join(" ");
    };
    let kept: BTreeSet<String> = tokens
        .iter()
        .filter_map(|token| match token {
            // What MariaDB calls a derived table that it made.
            Token::Name(name) if name.starts_with("__") => None,
            Token::Name(name) => Some(token::name(&name.to_lowercase())),
            Token::Text { text, .. } => Some(token::text(&basic(text))),
            // Truth, the counted star, the first row of an EXISTS.
            Token::Number(number) if matches!(&**number, "0" | "1") => None,
            Token::Number(number) => Some(number.clone()),
            Token::Hex(digits) | Token::HexText(digits) => Some(format!("0x{digits}")),
            Token::Variable(variable) => Some(variable.clone()),
            Token::Word(word) => Some(word.to_lowercase()).filter(|word| TELLING.contains(&&**word)),
            Token::Op(op) => Some((*op).to_owned()).filter(|op| TELLING.contains(&&**op)),
            Token::Hint(_) => None,
        })
        .collect();
    kept.into_iter().collect::<Vec<_>>().join(" ")
}

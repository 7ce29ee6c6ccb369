//! What can still not be told apart once spellings are equal, as keys: equal keys under different texts mean "not comparable".
//!
//! Two causes. Special spellings (`TRIM(BOTH FROM v)`) hide implicit casts that calls show (`btrim((v)::text)`), and only
//! the types of all parts would say whether the cast was there. And `EXTRACT` called `date_part` (double precision)
//! before 14 and calls its own function (numeric) since: the same script means another computation.

use super::rewrite::{Found, Part, rewrite};
use super::token::{Kind, Tokens};
use crate::flavor;

/// Calls that have a special spelling.
const CALLS: &[&str] = &[
    "timezone",
    "\"substring\"",
    "btrim",
    "ltrim",
    "rtrim",
    "\"position\"",
    "\"overlay\"",
    "\"normalize\"",
    "is_normalized",
    "\"overlaps\"",
    "pg_collation_for",
    "\"xmlexists\"",
];

/// Whether the text, printed by that major version, may be in need of a key.
pub fn is_likely(text: &str, major: u16) -> bool {
    has_cast(text) || changed_in_14(text, major)
}

fn has_cast(text: &str) -> bool {
    text.contains(")::") && CALLS.iter().any(|name| text.contains(name))
}

/// The text without casts around the arguments of such calls. `None` where there are none.
pub fn uncast(text: &str) -> Option<String> {
    if !has_cast(text) {
        return None;
    }
    rewrite(&Tokens::of(text)?, argument)
}

/// An argument that is a cast as a whole, at its first token: what is cast, alone.
fn argument<'a>(tokens: &Tokens<'a>, at: usize, to: usize) -> Option<Found<'a>> {
    // The call's own parentheses are rewritten whole, argument by argument.
    if !is_call(tokens, at) || at + 1 >= to {
        return None;
    }
    let (open, close) = (at + 1, tokens.partner(at + 1));
    let mut parts = vec![Part::Plain(tokens.text(at)), Part::Plain("(")];
    let mut from = open + 1;
    let commas: Vec<usize> = tokens.level(from, close).filter(|at| tokens.kind(*at) == Kind::Comma).collect();
    for (nth, end) in commas.into_iter().chain([close]).enumerate() {
        if nth > 0 {
            parts.push(Part::Plain(", "));
        }
        let (mut first, mut last) = (from, end);
        while let Some(inner) = cast(tokens, first, last) {
            (first, last) = inner;
        }
        parts.push(Part::Range(first, last));
        from = end + 1;
    }
    parts.push(Part::Plain(")"));
    Some(Found { end: close + 1, parts })
}

/// Whether such a call begins here.
pub fn is_call(tokens: &Tokens<'_>, at: usize) -> bool {
    CALLS.contains(&tokens.text(at)) && (at == 0 || tokens.kind(at - 1) != Kind::Dot) && tokens.kind(at + 1) == Kind::Open
}

/// What is cast, where the tokens are one cast: `(x)::type`.
pub fn cast(tokens: &Tokens<'_>, from: usize, to: usize) -> Option<(usize, usize)> {
    let close = tokens.partner(from);
    let whole = tokens.kind(from) == Kind::Open && tokens.kind(close + 1) == Kind::Cast && close + 2 < to;
    (whole && type_end(tokens, close + 2) >= to).then_some((from + 1, close))
}

/// After the type's name that begins here.
fn type_end(tokens: &Tokens<'_>, from: usize) -> usize {
    let mut at = from;
    loop {
        match tokens.kind(at) {
            Kind::Quoted | Kind::Dot => at += 1,
            Kind::Word if tokens.is_name(at) => at += 1,
            Kind::Open if tokens.gap(at - 1, at).is_empty() => at = tokens.partner(at) + 1,
            Kind::Bracket | Kind::BracketEnd => at += 1,
            _ => return at.min(tokens.all.len()),
        }
    }
}

/// Whether the text, printed by that major version, may hold a computation that changed in 14.
pub fn changed_in_14(text: &str, major: u16) -> bool {
    if major < flavor::EXTRACT { text.contains("date_part(") } else { text.contains("EXTRACT(") }
}

/// The text with `EXTRACT` as `date_part`, and without the casts that follow from the type of its result.
pub fn before_14(text: &str) -> Option<String> {
    let dated = rewrite(&Tokens::of(text)?, extract);
    let text = dated.as_deref().unwrap_or(text);
    let plain = rewrite(&Tokens::of(text)?, number);
    plain.or(dated)
}

fn extract<'a>(tokens: &Tokens<'a>, at: usize, _: usize) -> Option<Found<'a>> {
    if !tokens.is(at, "EXTRACT") || tokens.kind(at + 1) != Kind::Open {
        return None;
    }
    let close = tokens.partner(at + 1);
    let from = tokens.find("FROM", at + 2, close)?;
    let field = tokens.text(at + 2).trim_matches('"');
    let parts = vec![Part::Made(format!("date_part('{field}'::text, ")), Part::Range(from + 1, close), Part::Plain(")")];
    Some(Found { end: close + 1, parts })
}

/// `(x)::numeric` and `(x)::double precision`: `x`, in parentheses only where it is more than one name, number or call.
fn number<'a>(tokens: &Tokens<'a>, at: usize, _: usize) -> Option<Found<'a>> {
    if tokens.kind(at) != Kind::Open {
        return None;
    }
    let close = tokens.partner(at);
    if tokens.kind(close + 1) != Kind::Cast {
        return None;
    }
    let end = match (tokens.text(close + 2), tokens.text(close + 3)) {
        ("numeric", _) => close + 3,
        ("double", "precision") => close + 4,
        _ => return None,
    };
    // Length and scale, or an array: not what this is about.
    if matches!(tokens.kind(end), Kind::Open | Kind::Bracket) {
        return None;
    }
    let content = tokens.level(at + 1, close).count();
    let call = content == 2 && tokens.kind(close - 1) == Kind::Close && tokens.kind(at + 1) != Kind::Open;
    let parts = if content == 1 || call {
        vec![Part::Range(at + 1, close)]
    } else {
        vec![Part::Plain("("), Part::Range(at + 1, close), Part::Plain(")")]
    };
    Some(Found { end, parts })
}

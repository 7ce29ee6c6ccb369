//! Spellings of function calls that the SQL standard gives special words to.
//!
//! Since version 14 the server prints them the way they were written (`x AT TIME ZONE 'utc'`), before it printed the
//! call (`timezone('utc'::text, x)`). The call is what both have in common. `EXTRACT` is not here: it calls another
//! function since 14 (`loose` says what follows).
//!
//! And casts of whole arrays, `v IN ('a', 'b')` on a `varchar` column: stored as `(ARRAY[…])::text[]`, read back from a
//! dump as `ARRAY[(…)::text, …]`. The second is what every reading makes of the first.
//!
//! And `AS` before the alias of the table that UPDATE, DELETE or MERGE changes: newer minor versions print it.

use super::rewrite::{Found, Part};
use super::token::{Kind, Tokens};

/// Any of these in a text makes it worth cutting it into tokens.
const SIGNS: &[&str] = &[
    " AT TIME ZONE ",
    "SUBSTRING(",
    "TRIM(",
    "POSITION(",
    "OVERLAY(",
    "NORMALIZE",
    " OVERLAPS ",
    "COLLATION FOR ",
    "XMLEXISTS(",
    " NO INDENT)",
    " IS DOCUMENT",
    "(ARRAY[",
    "UPDATE ",
    "DELETE FROM ",
    "MERGE INTO ",
];

/// Whether the text may hold a spelling that is replaced here.
pub fn is_likely(text: &str) -> bool {
    // Every sign has a capital letter; most defaults have none.
    text.bytes().any(|byte| byte.is_ascii_uppercase()) && SIGNS.iter().any(|sign| text.contains(sign))
}

/// The spelling that begins at this token, as a call.
pub fn call<'a>(tokens: &Tokens<'a>, at: usize, _: usize) -> Option<Found<'a>> {
    if tokens.kind(at) == Kind::Open {
        return grouped(tokens, at);
    }
    if tokens.kind(at) != Kind::Word || at > 0 && tokens.kind(at - 1) == Kind::Dot {
        return None;
    }
    if tokens.is(at, "AS") && is_target(tokens, at) {
        return Some(Found { end: at + 2, parts: vec![Part::Range(at + 1, at + 2)] });
    }
    if tokens.are(at, &["COLLATION", "FOR"]) && tokens.kind(at + 2) == Kind::Open {
        let end = tokens.partner(at + 2) + 1;
        return Some(Found { end, parts: called("pg_collation_for", [(at + 3, end - 1)]) });
    }
    if tokens.kind(at + 1) != Kind::Open {
        return None;
    }
    let (from, close) = (at + 2, tokens.partner(at + 1));
    let find = |keyword| tokens.find(keyword, from, close);
    let parts = match tokens.text(at) {
        "SUBSTRING" => match (find("FROM"), find("FOR"), find("SIMILAR"), find("ESCAPE")) {
            (Some(start), Some(length), ..) => called("\"substring\"", [(from, start), (start + 1, length), (length + 1, close)]),
            (Some(start), None, ..) => called("\"substring\"", [(from, start), (start + 1, close)]),
            (.., Some(pattern), Some(escape)) => called("\"substring\"", [(from, pattern), (pattern + 1, escape), (escape + 1, close)]),
            _ => return None,
        },
        "TRIM" => {
            let name = match tokens.text(from) {
                "BOTH" => "btrim",
                "LEADING" => "ltrim",
                "TRAILING" => "rtrim",
                _ => return None,
            };
            let source = find("FROM")?;
            if source == from + 1 { called(name, [(source + 1, close)]) } else { called(name, [(source + 1, close), (from + 1, source)]) }
        }
        "POSITION" => {
            let inside = find("IN")?;
            called("\"position\"", [bare(tokens, inside + 1, close), bare(tokens, from, inside)])
        }
        "OVERLAY" => {
            let (new, start) = (find("PLACING")?, find("FROM")?);
            match find("FOR") {
                Some(length) => called("\"overlay\"", [(from, new), (new + 1, start), (start + 1, length), (length + 1, close)]),
                None => called("\"overlay\"", [(from, new), (new + 1, start), (start + 1, close)]),
            }
        }
        "NORMALIZE" => match tokens.level(from, close).find(|at| tokens.kind(*at) == Kind::Comma) {
            Some(comma) => with_form("\"normalize\"", (from, comma), tokens.text(comma + 1)),
            None => called("\"normalize\"", [(from, close)]),
        },
        "XMLEXISTS" => {
            let passing = find("PASSING")?;
            called("\"xmlexists\"", [bare(tokens, from, passing), bare(tokens, passing + 1, close)])
        }
        // Only 16 and newer can indent, and they say when they do not.
        "XMLSERIALIZE" if close >= from + 2 && tokens.are(close - 2, &["NO", "INDENT"]) => called("XMLSERIALIZE", [(from, close - 2)]),
        _ => return None,
    };
    Some(Found { end: close + 1, parts })
}

/// Spellings that come in parentheses of their own.
fn grouped<'a>(tokens: &Tokens<'a>, open: usize) -> Option<Found<'a>> {
    let (from, close) = (open + 1, tokens.partner(open));
    let end = close + 1;
    if tokens.is(from, "ARRAY") && tokens.kind(from + 1) == Kind::Bracket && tokens.partner(from + 1) + 1 == close {
        return array(tokens, from + 1, close);
    }
    let sign = tokens.level(from, close).find(|at| {
        tokens.are(*at, &["AT", "TIME", "ZONE"]) || tokens.is(*at, "OVERLAPS") || tokens.is(*at, "NORMALIZED") || tokens.is(*at, "DOCUMENT")
    })?;
    match tokens.text(sign) {
        "AT" => Some(Found { end, parts: called("timezone", [(sign + 3, close), (from, sign)]) }),
        "OVERLAPS" => {
            let (first, second) = (bare(tokens, from, sign), bare(tokens, sign + 1, close));
            Some(Found { end, parts: called("\"overlaps\"", [first, second]) })
        }
        "NORMALIZED" if tokens.is(sign - 1, "IS") => Some(Found { end, parts: called("is_normalized", [(from, sign - 1)]) }),
        "NORMALIZED" if sign >= from + 3 && tokens.is(sign - 2, "IS") => {
            Some(Found { end, parts: with_form("is_normalized", (from, sign - 2), tokens.text(sign - 1)) })
        }
        // Parentheses around it come and go with minor versions.
        "DOCUMENT" if sign + 1 == close && tokens.is(sign - 1, "IS") && is_own(tokens, open, sign - 1, close) => {
            Some(Found { end, parts: vec![Part::Range(from, close)] })
        }
        _ => None,
    }
}

/// `(ARRAY[a, b])::type[]`: each element cast for itself.
fn array<'a>(tokens: &Tokens<'a>, bracket: usize, close: usize) -> Option<Found<'a>> {
    let name = close + 2;
    let last = (name..tokens.all.len()).take_while(|at| matches!(tokens.kind(*at), Kind::Word | Kind::Quoted | Kind::Dot)).last()?;
    // One dimension, no length: the types are what the elements get.
    let plain = tokens.kind(close + 1) == Kind::Cast && tokens.kind(last + 1) == Kind::Bracket && tokens.partner(last + 1) == last + 2;
    if !plain || matches!(tokens.kind(last + 3), Kind::Bracket) {
        return None;
    }
    let typ = tokens.text.get(tokens.all.get(name)?.start..tokens.all.get(last)?.end)?;
    let mut parts = vec![Part::Plain("ARRAY[")];
    let mut from = bracket + 1;
    let commas: Vec<usize> = tokens.level(from, close - 1).filter(|at| tokens.kind(*at) == Kind::Comma).collect();
    for (nth, to) in commas.into_iter().chain([close - 1]).enumerate() {
        if from == to || tokens.is(from, "ARRAY") {
            return None;
        }
        parts.push(Part::Plain(if nth == 0 { "(" } else { ", (" }));
        parts.push(Part::Range(from, to));
        parts.push(Part::Plain(")::"));
        parts.push(Part::Plain(typ));
        from = to + 1;
    }
    parts.push(Part::Plain("]"));
    Some(Found { end: last + 3, parts })
}

/// Whether `AS` follows the name of the table that a statement changes: `UPDATE ONLY a.b AS c`. In INSERT all versions print it.
fn is_target(tokens: &Tokens<'_>, at: usize) -> bool {
    let before = |at: usize, step: usize| at.checked_sub(step).filter(|at| *at < tokens.all.len());
    let Some(mut place) = before(at, 1).filter(|_| tokens.is_name(at + 1)) else { return false };
    if !tokens.is_name(place) {
        return false;
    }
    while let Some(schema) = before(place, 2).filter(|schema| tokens.kind(place - 1) == Kind::Dot && tokens.is_name(*schema)) {
        place = schema;
    }
    if let Some(only) = before(place, 1).filter(|only| tokens.is(*only, "ONLY")) {
        place = only;
    }
    let follows = |keywords: &[&str]| before(place, keywords.len()).is_some_and(|start| tokens.are(start, keywords));
    follows(&["UPDATE"]) || follows(&["DELETE", "FROM"]) || follows(&["MERGE", "INTO"])
}

/// Whether the parentheses belong to `x IS DOCUMENT` alone: no call's, no cast's, no other operator in them.
fn is_own(tokens: &Tokens<'_>, open: usize, is: usize, close: usize) -> bool {
    let called = open > 0 && matches!(tokens.kind(open - 1), Kind::Word | Kind::Quoted) && tokens.gap(open - 1, open).is_empty();
    let held = matches!(tokens.kind(close + 1), Kind::Cast | Kind::Dot | Kind::Bracket);
    let mixed = tokens.level(open + 1, is).any(|at| {
        tokens.kind(at) == Kind::Sign || tokens.kind(at) == Kind::Comma || ["NOT", "AND", "OR"].iter().any(|word| tokens.is(at, word))
    });
    !called && !held && !mixed
}

/// `name(first, second …)`.
fn called<'a>(name: &'static str, arguments: impl IntoIterator<Item = (usize, usize)>) -> Vec<Part<'a>> {
    let mut parts = vec![Part::Plain(name), Part::Plain("(")];
    for (nth, (from, to)) in arguments.into_iter().enumerate() {
        if nth > 0 {
            parts.push(Part::Plain(", "));
        }
        parts.push(Part::Range(from, to));
    }
    parts.push(Part::Plain(")"));
    parts
}

/// A call whose last argument is a Unicode normal form, which calls take as text.
fn with_form<'a>(name: &'static str, argument: (usize, usize), form: &str) -> Vec<Part<'a>> {
    let mut parts = called(name, [argument]);
    parts.pop();
    parts.push(Part::Made(format!(", '{}'::text)", form.to_ascii_lowercase())));
    parts
}

/// Without the one pair of parentheses around it that belongs to the spelling.
fn bare(tokens: &Tokens<'_>, from: usize, to: usize) -> (usize, usize) {
    if tokens.kind(from) == Kind::Open && tokens.partner(from) + 1 == to { (from + 1, to - 1) } else { (from, to) }
}

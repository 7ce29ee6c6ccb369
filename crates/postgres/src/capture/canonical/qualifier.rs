//! Column qualifiers of queries that read from one relation: printed up to version 15, left out since 16.
//!
//! The server's rule: the outermost query with exactly one entry in its range table prints `a`, any other prints `t.a`;
//! queries inside it always do. In ORDER BY recent minor versions qualify a name that is also an output column's;
//! there, too, it is left out: the server never prints an output column's name in ORDER BY unless it is that column.

use super::token::{Kind, Tokens};

/// Ends a FROM clause.
const AFTER_FROM: &[&str] = &["WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR"];
const SET_OPERATIONS: &[&str] = &["UNION", "INTERSECT", "EXCEPT"];

/// Whether the text may hold a qualifier.
pub fn is_likely(text: &str) -> bool {
    text.contains('.')
}

/// The query without the qualifiers of its one relation. `None` where it stays as it is.
pub fn without(text: &str) -> Option<String> {
    let tokens = Tokens::of(text)?;
    let end = tokens.all.len();
    let select = tokens.find("SELECT", 0, end)?;
    if tokens.level(select, end).any(|at| SET_OPERATIONS.iter().any(|word| tokens.is(at, word))) {
        return None;
    }
    let from = tokens.find("FROM", select, end)?;
    let after = tokens.level(from, end).find(|at| AFTER_FROM.iter().any(|word| tokens.is(*at, word))).unwrap_or(end);
    if !is_single(&tokens, from + 1, after) {
        return None;
    }
    let mut kept = String::with_capacity(text.len());
    let mut copied = 0;
    let mut at = select;
    while at < end {
        if at == from {
            at = after;
            continue;
        }
        if tokens.kind(at) == Kind::Open && is_query(&tokens, at) {
            at = tokens.partner(at) + 1;
            continue;
        }
        if is_column(&tokens, at) {
            let (first, name) = (tokens.all.get(at)?, tokens.all.get(at + 2)?);
            kept.push_str(text.get(copied..first.start)?);
            copied = name.start;
            at += 3;
            continue;
        }
        at += 1;
    }
    kept.push_str(text.get(copied..)?);
    (copied > 0).then_some(kept)
}

/// One relation, function or query, with whatever follows its name.
fn is_single(tokens: &Tokens<'_>, from: usize, to: usize) -> bool {
    let joined = tokens.level(from, to).any(|at| tokens.kind(at) == Kind::Comma || tokens.is(at, "JOIN"));
    // Joins come in parentheses.
    let nested = tokens.kind(from) == Kind::Open && !is_query(tokens, from);
    from < to && !joined && !nested
}

/// Whether the parentheses hold a query.
fn is_query(tokens: &Tokens<'_>, open: usize) -> bool {
    let (from, close) = (open + 1, tokens.partner(open));
    ["SELECT", "WITH", "VALUES"].iter().any(|word| tokens.is(from, word))
        || tokens.level(from, close).any(|at| SET_OPERATIONS.iter().any(|word| tokens.is(at, word)))
}

/// `relation.column`, and neither a type, a collation nor a function of a schema.
fn is_column(tokens: &Tokens<'_>, at: usize) -> bool {
    if !(tokens.is_name(at) && tokens.kind(at + 1) == Kind::Dot && tokens.is_name(at + 2)) {
        return false;
    }
    if matches!(tokens.kind(at + 3), Kind::Open | Kind::Dot) {
        return false;
    }
    let Some(before) = at.checked_sub(1) else { return true };
    !matches!(tokens.kind(before), Kind::Cast | Kind::Dot) && !["COLLATE", "AS", "RETURNING"].iter().any(|word| tokens.is(before, word))
}

//! Code of routines, triggers and events, which servers keep as it was typed, comments and all; `folded` makes it comparable.

use super::Context;
use crate::grammar::token::{Sort, Token, tokens};

/// The code without the own database's name in front of others, with one kind of line end, and without the end of the
/// statement, which clients leave on or take off.
///
/// Where the name also stands alone in the code it may be an alias or a variable, and is left where it is.
#[must_use]
pub fn body(text: &str, context: Context<'_>) -> String {
    let text = text.trim_end_matches(|c: char| c == ';' || c.is_whitespace()).trim_start().replace("\r\n", "\n");
    let Some(own) = context.scope.one().filter(|own| text.contains(own)) else { return text };
    let all: Vec<Token<'_>> = tokens(&text).collect();
    let is_name = |token: Option<&Token<'_>>| token.is_some_and(|token| matches!(token.sort, Sort::Word | Sort::Name));
    let (mut kept, mut at) = (String::with_capacity(text.len()), 0);
    while let Some(token) = all.get(at) {
        let is_own = match token.sort {
            Sort::Word => token.text == own,
            Sort::Name => token.unquoted() == own,
            _ => false,
        };
        if is_own && !kept.ends_with(['.', '@']) {
            if all.get(at + 1).is_none_or(|next| next.text != ".") || !is_name(all.get(at + 2)) {
                return text;
            }
            kept.push_str(all.get(at + 2).map_or("", |name| name.text));
            at += 3;
            continue;
        }
        kept.push_str(token.text);
        at += 1;
    }
    kept
}

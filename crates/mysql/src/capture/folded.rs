//! Names of columns inside of values, whose case both vendors ignore: one spelling, which is hashed and compared, beside the
//! text as it is shown. MySQL keeps a check as it was typed, whatever the column is called.
//!
//! Neighbour: `core::manifest` knows it of the names of objects.

use crate::grammar::token::{Sort, Token, tokens};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{AS_TEXT, Object};

/// How names of columns stand in a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// Lists of nothing else, expressions among them.
    Names,
    /// An expression over columns of one table.
    Expression,
    /// A query, whose tables are named as they are spelled.
    Query,
}

/// Gives the values of an object that hold such names their one spelling.
pub fn names(object: &mut Object) {
    let properties: &[(&str, Holds)] = match object.kind {
        Kind::Index => &[("keys", Holds::Names)],
        Kind::Constraint => &[("columns", Holds::Names), ("referenced_columns", Holds::Names), ("expression", Holds::Expression)],
        Kind::Column => &[("generated", Holds::Expression), ("default", Holds::Expression)],
        Kind::Table => &[("partition_by", Holds::Expression), ("subpartition_by", Holds::Expression)],
        Kind::Trigger => &[("columns", Holds::Names)],
        Kind::View => &[("definition", Holds::Query)],
        _ => return,
    };
    for (property, holds) in properties {
        let Some(index) = object.kind.spec().index_of(property) else { continue };
        let spelled = match object.get_at(index) {
            Some(Value::Text(text)) => folded(text, *holds),
            Some(Value::List(items)) => {
                let spelled: Vec<Option<String>> = items.iter().map(|item| folded(item, *holds)).collect();
                spelled.iter().any(Option::is_some).then(|| {
                    let items = items.iter().zip(spelled).map(|(item, spelled)| spelled.unwrap_or_else(|| item.to_string()));
                    items.collect::<Vec<_>>().join("\n")
                })
            }
            _ => None,
        };
        object.set_normal_at(index, spelled.map(|text| format!("{AS_TEXT}{text}").into()));
    }
}

/// The text with its names of columns in lower case; `None` where they are.
fn folded(text: &str, holds: Holds) -> Option<String> {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        return None;
    }
    // A list of columns has their bare names, whatever they are made of, and expressions in parentheses.
    if holds == Holds::Names && !text.starts_with('(') {
        return Some(text.to_lowercase()).filter(|lower| lower != text);
    }
    let all: Vec<Token<'_>> = tokens(text).collect();
    let spelled: String = (0..all.len())
        .filter_map(|at| Some((at, all.get(at)?)))
        .map(|(at, token)| {
            let is_column = token.sort == Sort::Name && (holds != Holds::Query || is_column(&all, at));
            if is_column { token.text.to_lowercase() } else { token.text.to_owned() }
        })
        .collect();
    (spelled != text).then_some(spelled)
}

/// Whether a name in a query is one of a column: the last of several with dots between that do not stand where a table does,
/// or what AS makes of one.
fn is_column(all: &[Token<'_>], at: usize) -> bool {
    let is_sign = |at: Option<usize>, sign: &str| at.and_then(|at| all.get(at)).is_some_and(|token| token.text == sign);
    let is_word = |at: Option<usize>, words: &[&str]| {
        at.and_then(|at| all.get(at)).is_some_and(|token| token.sort == Sort::Word && words.contains(&token.text))
    };
    // The token before, without space and without parentheses.
    let before = |mut at: usize, open: bool| loop {
        at = at.checked_sub(1)?;
        let token = all.get(at)?;
        if token.sort != Sort::Space && !(open && token.text == "(") {
            return Some(at);
        }
    };
    if is_sign(Some(at + 1), ".") {
        return false;
    }
    if is_word(before(at, false), &["as"]) {
        return true;
    }
    let mut first = at;
    while let Some(dot) = first.checked_sub(1).filter(|dot| is_sign(Some(*dot), ".")) {
        first = dot.saturating_sub(1);
    }
    first != at && !is_word(before(first, true), &["from", "join", "straight_join"])
}

#[cfg(test)]
mod tests {
    use super::{Holds, folded};

    #[test]
    fn columns_have_one_spelling_and_nothing_else_has() {
        let query = |text| folded(text, Holds::Query);
        assert_eq!(
            query("select `T`.`Day` as `Day`, 'Day' as `x` from `Db`.`T` join (`Db`.`U`) where `T`.`ID` > 1").as_deref(),
            Some("select `T`.`day` as `day`, 'Day' as `x` from `Db`.`T` join (`Db`.`U`) where `T`.`id` > 1")
        );
        assert_eq!(query("select `t`.`a` as `a` from `T` `t`"), None);
        assert_eq!(folded("`A` <> 'B' and f(`c`)", Holds::Expression).as_deref(), Some("`a` <> 'B' and f(`c`)"));
        assert_eq!(folded("Day(5) desc", Holds::Names).as_deref(), Some("day(5) desc"));
        assert_eq!(folded("(lower(`A`) = 'A')", Holds::Names).as_deref(), Some("(lower(`a`) = 'A')"));
        assert_eq!(folded("day", Holds::Names), None);
    }
}

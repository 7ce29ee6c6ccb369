//! One spelling of values, which is hashed and compared, beside the text as it is shown: of names of columns, whose case both
//! vendors ignore (MySQL keeps a check as it was typed, whatever the column is called), of code, whose white space and
//! comments do nothing, and of literals in UTF-8, to which servers add the name of that by themselves.
//!
//! Neighbour: `core::manifest` knows it of the names of objects.

use super::canonical;
use crate::grammar::token::{Sort, Token, tokens};
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{AS_TEXT, ITEM_END, Object};

/// How names of columns stand in a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// Lists of nothing else, expressions among them.
    Names,
    /// An expression over columns of one table.
    Expression,
    /// A query, whose tables are named as they are spelled.
    Query,
    /// Code as it was typed.
    Code,
}

/// Gives the values of an object that hold such names their one spelling.
pub fn names(object: &mut Object) {
    let properties: &[(&str, Holds)] = match object.kind {
        Kind::Index => &[("keys", Holds::Names)],
        Kind::Constraint => &[("columns", Holds::Names), ("referenced_columns", Holds::Names), ("expression", Holds::Expression)],
        Kind::Column => &[("generated", Holds::Expression), ("default", Holds::Expression)],
        Kind::Table => &[("partition_by", Holds::Expression), ("subpartition_by", Holds::Expression)],
        Kind::Trigger => &[("columns", Holds::Names), ("body", Holds::Code)],
        Kind::Function | Kind::Procedure | Kind::Event => &[("body", Holds::Code)],
        Kind::Package => &[("specification", Holds::Code), ("body", Holds::Code)],
        Kind::View => &[("definition", Holds::Query)],
        _ => return,
    };
    // Code is cut as under these modes' absence; where it has such a sign, a quote may end elsewhere.
    let modes = match object.get("sql_mode") {
        Some(Value::List(modes)) => &modes[..],
        _ => &[],
    };
    let odd: Vec<char> = ODD.iter().filter(|(mode, _)| modes.iter().any(|set| **set == **mode)).map(|(_, sign)| *sign).collect();
    for (property, holds) in properties {
        if *holds == Holds::Code && object.text(property).is_some_and(|code| code.contains(odd.as_slice())) {
            continue;
        }
        let Some(index) = object.kind.spec().index_of(property) else { continue };
        let spelled = match object.get_at(index) {
            Some(Value::Text(text)) => folded(text, *holds),
            Some(Value::List(items)) => {
                let spelled: Vec<Option<String>> = items.iter().map(|item| folded(item, *holds)).collect();
                spelled.iter().any(Option::is_some).then(|| {
                    let items = items.iter().zip(spelled).map(|(item, spelled)| spelled.unwrap_or_else(|| item.to_string()));
                    items.collect::<Vec<_>>().join(&ITEM_END.to_string())
                })
            }
            _ => None,
        };
        object.set_normal_at(index, spelled.map(|text| format!("{AS_TEXT}{text}").into()));
    }
}

/// Modes that change where quotes end, and the sign that they do it to.
const ODD: &[(&str, char)] = &[("ANSI_QUOTES", '"'), ("NO_BACKSLASH_ESCAPES", '\\')];

/// Signs that mean something else with space between.
const PAIRS: &[&str] = &["<=", ">=", "=>", "<>", "!=", "<<", ">>", ":=", "&&", "||", "->", "--", "/*", "*/"];

/// Code with one space wherever some may stand, and without comments; `None` where it is so, or its end is not clear. Comments that
/// are executed, and hints, are code.
fn bare(text: &str) -> Option<String> {
    let mut spelled = String::with_capacity(text.len());
    let (mut last, mut is_apart): (Option<Token<'_>>, bool) = (None, false);
    for token in tokens(text) {
        match token.sort {
            Sort::Broken => return None,
            Sort::Space => is_apart = true,
            Sort::Comment if !token.text.starts_with("/*+") => is_apart = true,
            _ => {
                if let Some(last) = last {
                    let is_telling = match (last.sort, token.sort) {
                        // A function's name, or what introduces a literal.
                        (Sort::Word | Sort::Name, _) if token.text == "(" || token.sort == Sort::Text => true,
                        (Sort::Sign, Sort::Sign) => PAIRS.iter().any(|pair| *pair == [last.text, token.text].concat()),
                        _ => false,
                    };
                    let is_part = [last.text, token.text].iter().any(|text| matches!(*text, "." | "@"));
                    if is_apart || !(is_telling || is_part) {
                        spelled.push(' ');
                    }
                }
                spelled.push_str(token.text);
                (last, is_apart) = (Some(token), false);
            }
        }
    }
    (spelled != text).then_some(spelled)
}

/// The text with its names of columns in lower case, and without the character sets of UTF-8 that literals name; `None` where it is so.
fn folded(text: &str, holds: Holds) -> Option<String> {
    if holds == Holds::Code {
        return bare(text);
    }
    let plain = canonical::unintroduced(text);
    lowered(plain.as_deref().unwrap_or(text), holds).or(plain)
}

fn lowered(text: &str, holds: Holds) -> Option<String> {
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
    use super::{Holds, bare, folded};

    #[test]
    fn white_space_and_comments_do_nothing_and_all_else_does() {
        let same = |a: &str, b: &str| bare(a).unwrap_or_else(|| a.to_owned()) == bare(b).unwrap_or_else(|| b.to_owned());
        let code = "begin set @x=1; select f(a),'b  c' from `t x`; end";
        for other in [
            "begin\n  set @x = 1 ;\n  select f( a ), 'b  c' from `t x`;\nend",
            "begin /* why */ set @x=1; -- so\n select f(a),'b  c' # or so\n from `t x`; end",
        ] {
            assert!(same(code, other), "{other}");
        }
        for other in [
            "begin set @x=1; select f(a),'b c' from `t x`; end",
            "begin set @x=1; select f (a),'b  c' from `t x`; end",
            "begin set @x=1; select f(a),'b  c' from `t  x`; end",
            "begin set @x=1; /*! select 1; */ select f(a),'b  c' from `t x`; end",
            "begin set @x=1; select /*+ hint */ f(a),'b  c' from `t x`; end",
            "begin set @x=2; select f(a),'b  c' from `t x`; end",
            "begin -- set @x=1;\n select f(a),'b  c' from `t x`; end",
        ] {
            assert!(!same(code, other), "{other}");
        }
        for (a, b) in
            [("do a <= b", "do a < = b"), ("do x'41'", "do x '41'"), ("do 1.5", "do 1 .5"), ("do /*!50000 1 */ 2", "do /*!80000 1 */ 2")]
        {
            assert!(!same(a, b), "{a}");
        }
        assert!(same("do /*!50000 1 */ 2", "do  /*!50000  1*/  2"));
        assert_eq!(bare("do 'open"), None);
    }

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
        assert_eq!(
            folded("`a` <> _utf8mb3'B_utf8' and f(_latin1'x')", Holds::Expression).as_deref(),
            Some("`a` <> 'B_utf8' and f(_latin1'x')")
        );
        assert_eq!(folded("(concat(`A`,_utf8mb4'A'))", Holds::Names).as_deref(), Some("(concat(`a`,'A'))"));
    }
}

//! What information_schema cannot show: it is utf8mb3, so a character beyond U+FFFF arrives as `?` (`????` in MariaDB's expressions),
//! and defaults of binary columns lose bytes. Two different emoji would look equal. Only where a text holds a `?` is the object
//! itself asked: SHOW CREATE for code and queries, DEFAULT() for literals. What stays in doubt is a gap.
//! <https://dev.mysql.com/doc/refman/en/charset-metadata.html>
//!
//! Of code it also leaves out what character set a literal names (`_latin1'a'`), and shows escapes as what they stand for
//! (measured on both vendors), so that all code that may hold a literal is asked for.
//!
//! Comments are not asked for: both vendors store them in utf8mb3, so that a `?` is what there is.
//!
//! Neighbours: `special` (asking), `lossy_column` (columns and checks).

use super::canonical::is_charset;
use super::reader::{Read, Reader};
use super::special::{self, Unread};
use super::statements::{Filled, Statement};
use super::stored::named;
use crate::connect::rows::Row;
use crate::grammar::token;
use crate::ident::Ident;
use evenkeel_core::manifest::{Object, Reason};
use std::collections::{BTreeSet, HashMap};

const DETAIL: &str = "it holds characters beyond U+FFFF, which information_schema cannot show, and what SHOW CREATE prints could not be \
                      matched with the rest";

/// Why a text is not known, where the server shows one with `?` only.
pub fn unknown() -> Unread {
    Unread::new(Reason::Failed, DETAIL)
}

/// Why code is not known.
fn unmatched() -> Unread {
    Unread::new(Reason::Failed, "the code that is listed and the one SHOW CREATE prints could not be matched")
}

/// Whether something may be lost.
pub fn is_doubtful(text: &str) -> bool {
    text.contains('?')
}

/// Whether the list may show code otherwise than it was typed: it holds a literal.
pub fn is_doubtful_code(text: &str) -> bool {
    text.contains(['?', '\'', '"']) || text.contains("0x") || text.contains("0b")
}

const fn is_beyond(c: char) -> bool {
    c as u32 > 0xFFFF
}

/// The text that was shown as `cut`, out of the `whole` definition that holds it. `None` where that is not certain.
pub fn restore(cut: &str, whole: &str) -> Option<String> {
    if !whole.chars().any(is_beyond) {
        return Some(cut.to_owned());
    }
    let (cut, whole) = (cut.trim_end(), whole.trim_end());
    let mut found = BTreeSet::new();
    for mark in ["?", "????"] {
        let mut lossy = String::with_capacity(whole.len());
        // Where a character of the lossy text begins, and where it does in the whole one.
        let mut places = HashMap::new();
        for (at, c) in whole.char_indices() {
            places.insert(lossy.len(), at);
            if is_beyond(c) {
                lossy.push_str(mark);
            } else {
                lossy.push(c);
            }
        }
        places.insert(lossy.len(), whole.len());
        let mut from = 0;
        while let Some(at) = lossy.get(from..).and_then(|rest| rest.find(cut)).map(|at| at + from) {
            let end = at + cut.len();
            if let (Some(begin), Some(end)) = (places.get(&at), places.get(&end)) {
                found.insert(whole.get(*begin..*end)?.to_owned());
            }
            from = at + lossy.get(at..)?.chars().next().map_or(1, char::len_utf8);
        }
    }
    let only = found.pop_first();
    only.filter(|_| found.is_empty())
}

/// Code as it was typed, at the end of the `whole` definition: from where on this agrees with the `listed` text, whatever
/// the literals hold. `None` where that is not certain.
pub fn typed(listed: &str, whole: &str) -> Option<String> {
    let ends = |c: char| c == ';' || c.is_whitespace();
    let (listed, whole) = (listed.trim_end_matches(ends), whole.trim_end_matches(ends));
    let mut pieces = Vec::<(usize, &str)>::new();
    let mut at = 0;
    for token in token::tokens(whole) {
        pieces.push((at, token.text));
        at += token.text.len();
    }
    let mut found = (0..pieces.len()).filter_map(|at| {
        let (from, _) = pieces.get(at)?;
        agrees(listed, pieces.get(at..)?).then(|| whole.get(*from..)).flatten()
    });
    let only = found.next()?;
    found.next().is_none().then(|| only.to_owned())
}

const fn is_quote(c: char) -> bool {
    matches!(c, '\'' | '"' | '`')
}

/// Whether the list would show these pieces of code so. It shows literals in ways of its own.
fn agrees(listed: &str, pieces: &[(usize, &str)]) -> bool {
    let mut rest = listed;
    // Text that must come next, and whether anything may stand before it.
    let (mut exact, mut is_loose) = (String::new(), false);
    let mut next = |exact: &mut String, is_loose: bool| {
        let found = if is_loose { rest.find(&**exact) } else { rest.starts_with(&**exact).then_some(0) };
        let after = found.and_then(|at| rest.get(at + exact.len()..));
        exact.clear();
        after.map(|after| rest = after).is_some()
    };
    for (_, text) in pieces {
        let quote = text.chars().next().filter(|c| is_quote(*c));
        let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
        match quote {
            Some(quote) if quote != '`' || inner.contains('`') || inner.contains(is_beyond) => {
                exact.push(quote);
                if !next(&mut exact, is_loose) {
                    return false;
                }
                is_loose = true;
                exact.push(quote);
            }
            None if text.strip_prefix('_').is_some_and(|name| is_charset(&name.to_ascii_lowercase())) => {}
            _ => {
                for c in text.chars() {
                    if is_beyond(c) {
                        if !next(&mut exact, is_loose) {
                            return false;
                        }
                        is_loose = true;
                    } else {
                        exact.push(c);
                    }
                }
            }
        }
        // What was not loose is found at once, or not at all.
        if !is_loose && !exact.is_empty() && !next(&mut exact, false) {
            return false;
        }
    }
    if is_loose { rest.ends_with(&*exact) } else { rest.is_empty() }
}

/// A name of the server, with its database.
pub fn place(reader: &Reader<'_>, schema: &str, name: &str) -> String {
    let schema = if schema.is_empty() { reader.scope.one().unwrap_or_default() } else { schema };
    format!("{}.{}", Ident(schema), Ident(name))
}

/// A text in doubt: what shows the whole, in which column of the answer, and whether that ends with the text, as it does with
/// code.
pub struct Doubt {
    pub statement: Filled,
    pub column: usize,
    pub is_last: bool,
    pub text: Box<str>,
}

/// The texts as they are, in the same order.
pub async fn settle(reader: &Reader<'_>, doubts: &[Doubt], doing: &str) -> Read<Vec<Result<String, Unread>>> {
    let statements: Vec<Filled> = doubts.iter().map(|doubt| doubt.statement.clone()).collect();
    let answers = special::ask(reader, &statements, doing).await?;
    let hidden = || Unread::new(Reason::Privilege, "the account may not read how it was created, which alone tells all of it");
    let whole = |(doubt, answer): (&Doubt, Result<Row, Unread>)| {
        let whole = answer.and_then(|row| row.text(doubt.column).ok().flatten().ok_or_else(hidden))?;
        // SHOW CREATE VIEW leaves the current database out; a text that holds its name elsewhere is not found then.
        let bare = reader.scope.one().map(|own| doubt.text.replace(&format!("{}.", Ident(own)), ""));
        if doubt.is_last {
            return typed(&doubt.text, &whole).ok_or_else(unmatched);
        }
        let found = restore(&doubt.text, &whole);
        found.or_else(|| restore(&bare?, &whole)).ok_or_else(unknown)
    };
    Ok(doubts.iter().zip(answers).map(whole).collect())
}

/// Bodies as they are, by the number of their row; those that are in no doubt are left out.
pub type Bodies = HashMap<usize, Result<String, Unread>>;

/// Settles the column `_body` of triggers and events, whose code SHOW CREATE prints at the end.
pub async fn bodies(reader: &Reader<'_>, rows: &[(Object, Row)], show: &Statement, column: usize) -> Read<Bodies> {
    let mut doubts = Vec::new();
    for (at, (object, row)) in rows.iter().enumerate() {
        if let Some(text) = named(row, "_body")?.filter(|text| is_doubtful_code(text)) {
            let name = object.identity.parts().last().unwrap_or_default();
            let statement = show.fill(&[&place(reader, object.identity.part(0), name)]);
            doubts.push((at, Doubt { statement, column, is_last: true, text }));
        }
    }
    settled(reader, doubts).await
}

/// As `bodies`, for doubts by the number of their row.
pub async fn settled(reader: &Reader<'_>, doubts: Vec<(usize, Doubt)>) -> Read<Bodies> {
    let (rows, doubts): (Vec<usize>, Vec<Doubt>) = doubts.into_iter().unzip();
    let found = settle(reader, &doubts, "reading code as it was typed").await?;
    Ok(rows.into_iter().zip(found).collect())
}

#[cfg(test)]
mod tests {
    use super::{restore, typed};

    #[test]
    fn code_is_found_behind_its_head_whatever_the_list_makes_of_literals() {
        let whole = "CREATE PROCEDURE `p`(a int, `select ` int)\n    COMMENT 'select 1'\nselect _latin1'a', 'it\\'s' /* _latin1'x' */, _ucs2 0x0041, `_latin1`, '😀' -- it's\n";
        let listed = "select 'a', 'it's' /* _latin1'x' */,  0x0041, `_latin1`, '?' -- it's\n;";
        let expected = "select _latin1'a', 'it\\'s' /* _latin1'x' */, _ucs2 0x0041, `_latin1`, '😀' -- it's";
        assert_eq!(typed(listed, whole).as_deref(), Some(expected));
        assert_eq!(typed("select 'a'", whole), None);
        let doubled = "do 'it''s', `a``b`";
        for listed in ["do 'it's', `aa`bb`", doubled] {
            assert_eq!(typed(listed, &format!("CREATE PROCEDURE `p`()\n{doubled}")).as_deref(), Some(doubled));
        }
        assert_eq!(typed("set x = 1", "CREATE PROCEDURE `p`()\nset x = 1").as_deref(), Some("set x = 1"));
        assert_eq!(typed("set x = 1", "CREATE PROCEDURE `p`()\nset x = 12"), None);
        assert_eq!(typed("set x = 12", "CREATE PROCEDURE `p`()\nset x = 1"), None);
        assert_eq!(typed("do 'a'", "CREATE PROCEDURE `p`()\ndo _foo'a'"), None);
        // Two places look like it.
        assert_eq!(typed("do 'a' do 'b'", "do 'a' do 'a' do 'b'"), None);
    }

    #[test]
    fn what_was_lost_is_found_again_where_it_is_certain() {
        let whole = "CREATE VIEW `v` AS select '😀' AS `a`,'?'";
        assert_eq!(restore("select '?' AS `a`,'?'", whole).as_deref(), Some("select '😀' AS `a`,'?'"));
        assert_eq!(restore("select '????' AS `a`,'?'", whole).as_deref(), Some("select '😀' AS `a`,'?'"));
        assert_eq!(restore("select 'b?'", whole), None);
        // Two texts look like it.
        assert_eq!(restore("'?'", "f('😀', '?')"), None);
        // Nothing is lost.
        assert_eq!(restore("x '?'", "no matter how é it is printed").as_deref(), Some("x '?'"));
        assert_eq!(restore("???", "😀😀"), None);
    }
}

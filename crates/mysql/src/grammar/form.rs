//! A definition with its own word for how it may be done: `ALGORITHM` and `LOCK`, which the server refuses where it cannot do it so.
//!
//! <https://dev.mysql.com/doc/refman/en/innodb-online-ddl-operations.html>, <https://mariadb.com/kb/en/alter-table/#algorithm>

use super::token::{Sort, Token, tokens};
use evenkeel_core::statement::{Nature, Statement};

/// From what costs least. What a server or a statement has no word for it refuses.
pub(super) const FORMS: [&str; 9] = [
    "ALGORITHM=INSTANT",
    "ALGORITHM=NOCOPY, LOCK=NONE",
    "ALGORITHM=NOCOPY, LOCK=SHARED",
    "ALGORITHM=INPLACE, LOCK=NONE",
    "ALGORITHM=INPLACE, LOCK=SHARED",
    "ALGORITHM=INPLACE, LOCK=EXCLUSIVE",
    "ALGORITHM=COPY, LOCK=NONE",
    "ALGORITHM=COPY, LOCK=SHARED",
    "ALGORITHM=COPY, LOCK=EXCLUSIVE",
];
/// It cannot be done so: a wrong use of words, an algorithm that is not known, one or a lock that is not supported, with its reason, a table
/// that has had too many changes of that sort.
/// <https://dev.mysql.com/doc/mysql-errors/9.0/en/server-error-reference.html>
const UNFIT: [&str; 6] = ["1221", "1800", "1801", "1845", "1846", "4092"];

/// Whether a server says by that code that a statement cannot be done in the form that it asks for.
pub fn is_unfit(code: &str) -> bool {
    UNFIT.contains(&code)
}

/// The statement in one of these forms; nothing of what has no such words, or says them itself.
pub(super) fn in_form(statement: &Statement, text: &str, form: &str) -> Option<String> {
    if statement.nature != Nature::Definition || statement.odd.is_some() {
        return None;
    }
    let all: Vec<(usize, Token<'_>)> = tokens(text)
        .scan(0, |at, token| {
            let begin = *at;
            *at += token.text.len();
            Some((begin, token))
        })
        .collect();
    // What only some servers read is read by them; and what does not end.
    let is_hidden = |token: &Token<'_>| matches!(token.sort, Sort::Opening | Sort::Closing | Sort::Broken);
    let is_word = |token: &Token<'_>, word: &str| token.sort == Sort::Word && token.text.eq_ignore_ascii_case(word);
    let says = |word: &str| all.iter().any(|(_, token)| is_word(token, word));
    if all.iter().any(|(_, token)| is_hidden(token)) || says("algorithm") || says("lock") {
        return None;
    }
    let said: Vec<&(usize, Token<'_>)> = all.iter().filter(|(_, token)| !matches!(token.sort, Sort::Space | Sort::Comment)).collect();
    match statement.tag.as_str() {
        "ALTER TABLE" => {
            let mut rest = said.iter().skip_while(|(_, token)| !is_word(token, "table")).skip(1).peekable();
            while rest.next_if(|(_, token)| is_word(token, "if") || is_word(token, "exists")).is_some() {}
            let is_name = |token: &Token<'_>| matches!(token.sort, Sort::Word | Sort::Name);
            let (mut at, mut last) = *rest.next().copied().filter(|(_, token)| is_name(token))?;
            while rest.next_if(|(_, token)| token.sort == Sort::Sign && token.text == ".").is_some() {
                (at, last) = *rest.next().copied().filter(|(_, token)| is_name(token))?;
            }
            // How long it waits stands before everything else.
            if rest.peek().is_none_or(|(_, token)| is_word(token, "wait") || is_word(token, "nowait") || token.text == ";") {
                return None;
            }
            let (before, after) = text.split_at_checked(at + last.text.len())?;
            Some(format!("{before} {form},{after}"))
        }
        "CREATE INDEX" | "DROP INDEX" => {
            let (at, last) = said.iter().rev().find(|(_, token)| token.text != ";")?;
            let (before, after) = text.split_at_checked(at + last.text.len())?;
            Some(format!("{before} {}{after}", form.replace(',', "")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::grammar::MysqlGrammar;
    use evenkeel_core::statement::{Grammar, Piece};

    #[test]
    fn words_stand_where_the_server_reads_them() {
        let form = "ALGORITHM=INPLACE, LOCK=NONE";
        for (text, wanted) in [
            ("ALTER TABLE t ADD c int", Some("ALTER TABLE t ALGORITHM=INPLACE, LOCK=NONE, ADD c int")),
            (
                "alter table if exists `a``b`.t /* x */ add c int;",
                Some("alter table if exists `a``b`.t ALGORITHM=INPLACE, LOCK=NONE, /* x */ add c int;"),
            ),
            (
                "ALTER TABLE `table` ADD PARTITION (PARTITION p VALUES LESS THAN (1))",
                Some("ALTER TABLE `table` ALGORITHM=INPLACE, LOCK=NONE, ADD PARTITION (PARTITION p VALUES LESS THAN (1))"),
            ),
            ("CREATE UNIQUE INDEX i ON t (c) -- why", Some("CREATE UNIQUE INDEX i ON t (c) ALGORITHM=INPLACE LOCK=NONE -- why")),
            ("DROP INDEX i ON t;", Some("DROP INDEX i ON t ALGORITHM=INPLACE LOCK=NONE;")),
            ("ALTER TABLE t ADD c int, ALGORITHM=COPY", None),
            ("ALTER TABLE t ADD c int, LOCK=SHARED", None),
            ("ALTER TABLE t WAIT 1 ADD c int", None),
            ("ALTER TABLE t /*!50100 ADD c int */", None),
            ("ALTER TABLE t", None),
            ("ALTER TABLE t COMMENT 'algorithm'", Some("ALTER TABLE t ALGORITHM=INPLACE, LOCK=NONE, COMMENT 'algorithm'")),
            ("ALTER VIEW v AS SELECT 1", None),
            ("CREATE TABLE t (c int)", None),
            ("INSERT INTO t VALUES (1)", None),
        ] {
            let pieces = MysqlGrammar.split(text);
            let statement = pieces.iter().find_map(Piece::statement).unwrap();
            assert_eq!(in_form(statement, text, form).as_deref(), wanted, "{text}");
        }
    }
}

//! What a statement does that no definition shows: other names, rows that are made, columns that go and come. Neighbour: `tag`.
//!
//! <https://dev.mysql.com/doc/refman/en/alter-table.html>, <https://mariadb.com/kb/en/alter-table/>

use super::token::{Sort, tokens};
use evenkeel_core::statement::{Beyond, Unseen};

/// A word or name; whether it was quoted, so that it is no keyword.
struct Said {
    text: String,
    is_name: bool,
}

impl Said {
    fn is(&self, word: &str) -> bool {
        !self.is_name && self.text.eq_ignore_ascii_case(word)
    }

    fn is_one(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }
}

/// What stands between the verb and the column: `IF EXISTS`.
const BETWEEN: &[&str] = &["column", "if", "exists", "not"];
/// What goes or comes that is no column.
const OTHERS: &[&str] = &[
    "constraint",
    "index",
    "key",
    "foreign",
    "primary",
    "unique",
    "check",
    "fulltext",
    "spatial",
    "vector",
    "partition",
    "default",
    "system",
    "period",
];

/// Of one statement.
pub(super) fn of(text: &str) -> Beyond {
    let said: Vec<Said> = tokens(text)
        .filter_map(|token| match token.sort {
            Sort::Word => Some(Said { text: token.text.to_owned(), is_name: false }),
            Sort::Name => Some(Said { text: token.text.trim_matches('`').replace("``", "`"), is_name: true }),
            _ => None,
        })
        .collect();
    let unseen = |unseen| Beyond { unseen: Some(unseen), ..Beyond::default() };
    let made = said.iter().position(|word| word.is("table"));
    match said.first() {
        Some(first) if first.is("rename") && made.is_some() => unseen(Unseen::Renames),
        Some(first) if first.is("create") && made.is_some_and(|made| made <= 3) && is_filled(&said, text) => unseen(Unseen::MakesRows),
        Some(first) if first.is("alter") && made.is_some_and(|made| made <= 3) => altered(&said),
        _ => Beyond::default(),
    }
}

/// Whether a table is made of the rows of a query: `SELECT` stands where its definition ends, and in no expression of it.
fn is_filled(said: &[Said], text: &str) -> bool {
    if !said.iter().any(|word| word.is("select")) {
        return false;
    }
    let mut depth = 0_usize;
    for token in tokens(text) {
        match (token.sort, token.text) {
            (Sort::Sign, "(") => depth += 1,
            (Sort::Sign, ")") => depth = depth.saturating_sub(1),
            (Sort::Word, word) if depth == 0 && word.eq_ignore_ascii_case("select") => return true,
            _ => {}
        }
    }
    // In parentheses of its own: CREATE TABLE a AS (SELECT …), CREATE TABLE a (SELECT …).
    said.windows(2).any(|pair| matches!(pair, [before, select] if select.is("select") && before.is("as")))
        || matches!(said.get(3), Some(word) if word.is("select"))
}

/// Of ALTER TABLE.
fn altered(said: &[Said]) -> Beyond {
    let mut beyond = Beyond::default();
    let name = |mut at: usize| {
        while said.get(at).is_some_and(|word| word.is_one(BETWEEN)) {
            at += 1;
        }
        said.get(at).filter(|word| !word.is_one(OTHERS)).map(|word| (at, word.text.clone()))
    };
    for (at, word) in said.iter().enumerate() {
        if word.is("rename") {
            beyond.unseen = Some(Unseen::Renames);
        } else if word.is("change") {
            // A column with the name that it has is only defined anew.
            if let Some((at, old)) = name(at + 1)
                && said.get(at + 1).is_some_and(|new| !new.text.eq_ignore_ascii_case(&old))
            {
                beyond.unseen = Some(Unseen::Renames);
            }
        } else if word.is("drop") && said.get(at + 1).is_some_and(|next| next.is("default")) {
            beyond.unseen = beyond.unseen.or(Some(Unseen::TakesDefault));
        } else if word.is("drop") {
            beyond.drops.extend(name(at + 1).map(|(_, name)| name.to_lowercase()));
        } else if word.is("add") {
            beyond.adds.extend(name(at + 1).map(|(_, name)| name.to_lowercase()));
        }
    }
    beyond
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_schema_shows_is_told_and_texts_are_no_words() {
        for (text, wanted) in [
            ("RENAME TABLE a TO b", Some(Unseen::Renames)),
            ("RENAME USER a TO b", None),
            ("ALTER TABLE a RENAME b", Some(Unseen::Renames)),
            ("ALTER TABLE a CHANGE COLUMN b c int", Some(Unseen::Renames)),
            ("ALTER TABLE a CHANGE `b` B bigint", None),
            ("ALTER TABLE a ALTER b DROP DEFAULT", Some(Unseen::TakesDefault)),
            ("CREATE TABLE a SELECT 1", Some(Unseen::MakesRows)),
            ("CREATE TABLE a (b int) AS SELECT 1", Some(Unseen::MakesRows)),
            ("CREATE TABLE a AS (SELECT 1)", Some(Unseen::MakesRows)),
            ("CREATE TABLE a (b int COMMENT 'as select')", None),
            ("ALTER TABLE a ADD `rename` int COMMENT 'rename to b'", None),
        ] {
            assert_eq!(of(text).unseen, wanted, "{text}");
        }
        let beyond = of(
            "ALTER TABLE a DROP COLUMN b, DROP `c`, ADD COLUMN IF NOT EXISTS D int, ADD e int, DROP KEY f, ADD INDEX g (e), DROP PRIMARY KEY",
        );
        assert_eq!((beyond.drops, beyond.adds), (vec!["b".to_owned(), "c".to_owned()], vec!["d".to_owned(), "e".to_owned()]));
    }
}

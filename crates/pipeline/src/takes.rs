//! What a definition surely does to rows where each is a commit of its own and nobody sees any: a closed list. Whatever is not in it may do
//! anything.

use evenkeel_core::statement::{Nature, Statement};
use evenkeel_core::trace::has_word;

/// Definitions that no row is part of.
const BESIDE_ROWS: [&str; 14] = [
    "CREATE INDEX",
    "DROP INDEX",
    "CREATE VIEW",
    "ALTER VIEW",
    "DROP VIEW",
    "CREATE PROCEDURE",
    "DROP PROCEDURE",
    "CREATE FUNCTION",
    "DROP FUNCTION",
    "CREATE TRIGGER",
    "DROP TRIGGER",
    "CREATE EVENT",
    "DROP EVENT",
    "CREATE SEQUENCE",
];

/// Whether it only makes new things, and takes nothing from rows that are there.
#[must_use]
pub fn only_makes(statement: &Statement, text: &str) -> bool {
    if !is_plain(statement) {
        return false;
    }
    match statement.tag.as_str() {
        tag if BESIDE_ROWS.contains(&tag) => !has_word(text, "ignore"),
        "CREATE TABLE" => !has_word(text, "replace") && !has_word(text, "select"),
        "ALTER TABLE" => {
            clauses(text).is_some_and(|(_, clauses)| clauses.iter().all(|clause| clause.first().is_some_and(|word| word == "add")))
        }
        _ => false,
    }
}

/// Whether all that it takes away are these tables, and these columns by table and name; or no row is part of it.
#[must_use]
pub fn takes_only(statement: &Statement, text: &str, tables: &[&str], columns: &[(&str, &str)]) -> bool {
    if !is_plain(statement) {
        return false;
    }
    let is_one = |name: &str| tables.iter().any(|table| table.eq_ignore_ascii_case(name));
    match statement.tag.as_str() {
        tag if BESIDE_ROWS.contains(&tag) => !has_word(text, "ignore"),
        "DROP TABLE" => {
            let words = words(text);
            let names = words.iter().skip(2).filter(|word| !["if", "exists", "restrict", "cascade", ","].contains(&word.as_str()));
            words.first().is_some_and(|word| word == "drop")
                && words.get(1).is_some_and(|word| word == "table")
                && names.clone().count() > 0
                && names.into_iter().all(|name| is_one(name))
        }
        "ALTER TABLE" => clauses(text).is_some_and(|(table, clauses)| clauses.iter().all(|clause| drops(clause, &table, columns))),
        _ => false,
    }
}

fn is_plain(statement: &Statement) -> bool {
    statement.nature == Nature::Definition && statement.odd.is_none() && statement.beyond.unseen.is_none()
}

/// Whether a clause of ALTER TABLE takes one of these columns away, or what is no column.
fn drops(clause: &[String], table: &str, columns: &[(&str, &str)]) -> bool {
    let words: Vec<&str> = clause.iter().map(String::as_str).collect();
    let is_one = |name: &str| columns.iter().any(|(of, column)| of.eq_ignore_ascii_case(table) && column.eq_ignore_ascii_case(name));
    match words.as_slice() {
        ["drop", "index" | "key" | "constraint" | "check", _] | ["drop", "foreign", "key", _] | ["drop", "primary", "key"] => true,
        ["drop", "column", "if", "exists", name] | ["drop", "column", name] => is_one(name),
        ["drop", name] => !["index", "key", "system", "partition"].contains(name) && is_one(name),
        _ => false,
    }
}

/// The table and the clauses of a plain `ALTER TABLE t …`; nothing of any other.
fn clauses(text: &str) -> Option<(String, Vec<Vec<String>>)> {
    let words = words(text);
    let [alter, of, table, rest @ ..] = words.as_slice() else { return None };
    if alter != "alter" || of != "table" || rest.is_empty() {
        return None;
    }
    // Commas within parentheses are of one clause.
    let (mut depth, mut all, mut now) = (0_usize, Vec::new(), Vec::new());
    for word in rest {
        match word.as_str() {
            "(" => depth += 1,
            ")" => depth = depth.checked_sub(1)?,
            "," if depth == 0 => {
                all.push(std::mem::take(&mut now));
                continue;
            }
            _ => {}
        }
        now.push(word.clone());
    }
    all.push(now);
    (depth == 0).then(|| (table.clone(), all))
}

/// Words in small letters, without the marks around names; texts in quotes are one word, comments of the server make it unreadable.
fn words(text: &str) -> Vec<String> {
    let text = text.trim().trim_end_matches(';').trim();
    let mut all: Vec<String> = Vec::new();
    let mut chars = text.chars().peekable();
    let mut now = String::new();
    while let Some(one) = chars.next() {
        let starts_comment = one == '/' && chars.peek() == Some(&'*') || one == '-' && chars.peek() == Some(&'-') || one == '#';
        if starts_comment {
            // Whatever stands there may be said to the server.
            return vec!["?".to_owned()];
        }
        match one {
            '`' | '\'' | '"' => {
                let mut said = String::new();
                let mut is_closed = false;
                for other in chars.by_ref() {
                    if other == one {
                        is_closed = true;
                        break;
                    }
                    if other == '\\' {
                        // What it hides depends on the session's settings.
                        return vec!["?".to_owned()];
                    }
                    said.push(other);
                }
                if !is_closed {
                    return vec!["?".to_owned()];
                }
                now.push_str(&said);
                // A name of its own, also where it is empty or a keyword's.
                all.push(std::mem::take(&mut now).to_lowercase());
            }
            '(' | ')' | ',' => {
                if !now.is_empty() {
                    all.push(std::mem::take(&mut now).to_lowercase());
                }
                all.push(one.to_string());
            }
            one if one.is_whitespace() => {
                if !now.is_empty() {
                    all.push(std::mem::take(&mut now).to_lowercase());
                }
            }
            one => now.push(one),
        }
    }
    if !now.is_empty() {
        all.push(now.to_lowercase());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use evenkeel_core::statement::{Beyond, Shows};

    fn statement(tag: &str) -> Statement {
        Statement {
            tag: tag.to_owned(),
            nature: Nature::Definition,
            alone: false,
            shows: Shows::Anything,
            beyond: Beyond::default(),
            odd: None,
        }
    }

    #[test]
    fn what_is_not_surely_harmless_is_not_called_so() {
        let alter = statement("ALTER TABLE");
        let columns = [("a", "x"), ("a", "z")];
        for (text, expected) in [
            ("alter table a drop x", true),
            ("ALTER TABLE `a` DROP COLUMN `x`, drop index y, drop foreign key z;", true),
            ("alter table a drop z, drop w", false),
            ("alter table a drop z, add column z int", false),
            ("alter table b drop x", false),
            ("alter ignore table a drop x", false),
            ("alter table a drop system versioning", false),
            ("alter table pt truncate partition p0", false),
            ("alter table pt drop partition p0", false),
            ("alter table a discard tablespace", false),
            ("alter table a /*! drop w, */ drop x", false),
            ("alter table a drop x, engine = memory", false),
        ] {
            assert_eq!(takes_only(&alter, text, &["e"], &columns), expected, "{text}");
        }
        let drop = statement("DROP TABLE");
        for (text, expected) in [
            ("drop table e", true),
            ("drop table if exists `e`", true),
            ("drop table e, f", false),
            ("drop table f", false),
            ("drop table shop.e", false),
        ] {
            assert_eq!(takes_only(&drop, text, &["e"], &columns), expected, "{text}");
        }
        for (text, expected) in [
            ("alter table a add x int, add index y (x, z)", true),
            ("alter table a add x int, modify y int", false),
            ("alter ignore table a add unique u (n)", false),
            ("alter table a add x int, drop y", false),
            ("alter table a add x int comment 'user\\'s id', modify y tinyint", false),
            ("alter table a add x int comment 'its, id'", true),
        ] {
            assert_eq!(only_makes(&alter, text), expected, "{text}");
        }
        let create = statement("CREATE TABLE");
        assert!(only_makes(&create, "create table a (x int)") && !only_makes(&create, "create or replace table a (x int)"));
    }
}

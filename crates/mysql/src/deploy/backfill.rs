//! Changing a table part after part: the statements, and what the server says to them.
//!
//! Neighbours: `claim`, which opens the sessions; `filled`, which counts. Does not live here: how large a part is (`pipeline/backfill`).

use crate::grammar::token::{Sort, tokens};
use crate::ident::{Ident, Literal};
use evenkeel_core::fault::Trouble;
use evenkeel_core::manifest::Object;
use evenkeel_core::port::{Answer, Backfiller, Change, KeyColumn, Ran, Range, Refused, Session, Walked};

/// MySQL's and MariaDB's.
#[derive(Debug, Clone, Copy)]
pub struct MysqlBackfiller;

/// Types whose values say nothing of anybody.
const NUMBERS: [&str; 6] = ["tinyint", "smallint", "mediumint", "int", "bigint", "uuid"];
/// Types whose values are the same when they are read and written as texts.
const TEXTS: [&str; 6] = ["decimal", "date", "datetime", "char", "varchar", "year"];
/// Types whose values are written as bytes.
const BYTES: [&str; 2] = ["binary", "varbinary"];

/// Refusals that quote a value first: a duplicate, one of another type, one that is cut.
const VALUES: [&str; 6] = ["1062", "1292", "1366", "1411", "1525", "1586"];

impl Backfiller for MysqlBackfiller {
    fn column(&self, column: &Object) -> Result<bool, String> {
        let of_type = column.text("type").unwrap_or_default();
        let word = word(of_type);
        if NUMBERS.contains(&word) {
            return Ok(true);
        }
        if TEXTS.contains(&word) || BYTES.contains(&word) {
            return Ok(false);
        }
        Err(format!("a table is not walked by a column of type {of_type}: its values are not the same when they are written as texts"))
    }

    fn shown(&self, walked: &Walked) -> String {
        walked.shown(&table(walked), &keys(walked))
    }

    fn tried(&self, session: &mut dyn Session, walked: &Walked) -> Result<Answer, Box<Trouble>> {
        let (Change::Set(change) | Change::Statement(change)) = &walked.change;
        if let Some(refused) = [change, &walked.condition].into_iter().find_map(|text| several(text)) {
            return Ok(Answer::Refused(refused));
        }
        // Each text by itself first: one that closes a parenthesis of ours, or goes on behind it, is none.
        let mut texts = vec![read(&table(walked), &walked.condition)];
        if let Change::Set(set) = &walked.change {
            texts.push(format!("EXPLAIN UPDATE {} SET {set}\n", table(walked)));
        }
        texts.push(format!("EXPLAIN {}", changing(walked, "FALSE")));
        for text in &texts {
            if let refused @ Answer::Refused(_) = session.run(text)? {
                return Ok(refused);
            }
        }
        Ok(Answer::Ran(Ran::default()))
    }

    fn last(&self, session: &mut dyn Session, walked: &Walked) -> Result<Answer, Box<Trouble>> {
        session.run(&format!("SELECT {} FROM {} ORDER BY {} LIMIT 1", texts(walked), table(walked), order(walked, " DESC")))
    }

    fn end(&self, session: &mut dyn Session, walked: &Walked, range: Range<'_>, rows: u64) -> Result<Answer, Box<Trouble>> {
        session.run(&format!(
            "SELECT {} FROM (SELECT {} FROM {} WHERE {} ORDER BY {} LIMIT {rows}) AS evenkeel_part ORDER BY {} LIMIT 1",
            texts(walked),
            keys(walked),
            table(walked),
            within(walked, range),
            order(walked, ""),
            order(walked, " DESC")
        ))
    }

    fn change(&self, session: &mut dyn Session, walked: &Walked, range: Range<'_>) -> Result<Answer, Box<Trouble>> {
        let within = within(walked, range);
        let changed = match session.run(&changing(walked, &within))? {
            Answer::Ran(ran) => ran.affected,
            refused @ Answer::Refused(_) => return Ok(refused),
        };
        let mut answer = session.run(&format!("SELECT count(*) FROM {} WHERE {within} AND ({}\n)", table(walked), walked.condition))?;
        if let Answer::Ran(ran) = &mut answer {
            ran.rows.iter_mut().for_each(|row| row.insert(0, Some(changed.to_string())));
        }
        Ok(answer)
    }

    fn said(&self, refused: &Refused) -> String {
        said(&refused.code, &refused.message)
    }

    fn knows_its_own(&self, _: &Change) -> bool {
        false
    }
}

/// A text as it is read by itself: the last line of it may be a comment.
pub(super) fn read(table: &str, condition: &str) -> String {
    format!("EXPLAIN SELECT {condition}\n AS evenkeel_one FROM {table}")
}

/// That a text is more than one: this protocol takes several statements.
pub(super) fn several(text: &str) -> Option<Refused> {
    let is_more =
        tokens(text).any(|token| token.text == ";" && token.sort == Sort::Sign || matches!(token.sort, Sort::Broken | Sort::Opening));
    let message = "it holds a semicolon, a comment that servers read, or a quote that does not end".to_owned();
    is_more.then_some(Refused { code: "1064".to_owned(), message, position: None })
}

/// What the server says against a row, without values of it. <https://dev.mysql.com/doc/mysql-errors/9.0/en/server-error-reference.html>
pub(super) fn said(code: &str, message: &str) -> String {
    // SIGNAL has a number of its own, unless code gives it another, for which those of applications are free.
    let is_code = ["1642", "1643", "1644"].contains(&code) || !code.parse::<u32>().is_ok_and(|number| (1000..5000).contains(&number));
    if is_code {
        return format!("code of the database refuses it; what it says may have values of rows, and is not shown ({code})");
    }
    if VALUES.contains(&code) {
        let before = message.split('\'').next().unwrap_or_default();
        let key = message.rfind(" for key ").and_then(|at| message.get(at..)).unwrap_or_default();
        return format!("{before}'…'{key} ({code})");
    }
    format!("{message} ({code})")
}

/// `int` of `int(11) unsigned`.
fn word(of_type: &str) -> &str {
    of_type.split(['(', ' ']).next().unwrap_or_default()
}

fn changing(walked: &Walked, within: &str) -> String {
    walked.changing(&table(walked), &format!("{within} AND ({}\n)", walked.condition))
}

/// A part. Rows are not compared as rows: no index is used for that.
fn within(walked: &Walked, range: Range<'_>) -> String {
    let to = beside(&walked.key, range.to, false);
    match range.behind {
        Some(behind) => format!("({}) AND ({to})", beside(&walked.key, behind, true)),
        None => format!("({to})"),
    }
}

/// Of rows behind a key, or up to it.
fn beside(key: &[KeyColumn], values: &[String], is_behind: bool) -> String {
    let (beyond, also) = if is_behind { (">", ">=") } else { ("<", "<=") };
    let pairs: Vec<(String, String)> =
        key.iter().zip(values).map(|(column, value)| (Ident(&column.name).to_string(), literal(column, value))).collect();
    let mut arms = Vec::new();
    for (at, (name, value)) in pairs.iter().enumerate() {
        let before: String = pairs.iter().take(at).map(|(name, value)| format!("{name} = {value} AND ")).collect();
        let is_last = at + 1 == pairs.len();
        let sign = if is_last && !is_behind { also } else { beyond };
        arms.push(format!("{before}{name} {sign} {value}"));
    }
    match pairs.first() {
        // The first column's bound alone is what an index is used for.
        Some((name, value)) if arms.len() > 1 => format!("{name} {also} {value} AND ({})", arms.join(" OR ")),
        Some(_) | None => arms.join(" OR "),
    }
}

fn literal(column: &KeyColumn, value: &str) -> String {
    if BYTES.contains(&word(&column.of_type)) {
        return if value.is_empty() { "''".to_owned() } else { format!("x'{value}'") };
    }
    Literal(value).to_string()
}

fn table(walked: &Walked) -> String {
    name(&walked.schema, &walked.table)
}

/// A name with its database, where it has one.
pub(super) fn name(schema: &str, table: &str) -> String {
    if schema.is_empty() { Ident(table).to_string() } else { format!("{}.{}", Ident(schema), Ident(table)) }
}

fn keys(walked: &Walked) -> String {
    walked.key.iter().map(|column| Ident(&column.name).to_string()).collect::<Vec<_>>().join(", ")
}

/// Under names of their own: ORDER BY takes the name of what is selected for that.
fn texts(walked: &Walked) -> String {
    let one = |(at, column): (usize, &KeyColumn)| {
        let name = Ident(&column.name);
        let is_bytes = BYTES.contains(&word(&column.of_type));
        if is_bytes { format!("hex({name}) AS evenkeel_{at}") } else { format!("{name} AS evenkeel_{at}") }
    };
    walked.key.iter().enumerate().map(one).collect::<Vec<_>>().join(", ")
}

fn order(walked: &Walked, direction: &str) -> String {
    walked.key.iter().map(|column| format!("{}{direction}", Ident(&column.name))).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_bounded_by_its_first_column_and_told_by_all() {
        let column = |name: &str, of_type: &str| KeyColumn { name: name.to_owned(), of_type: of_type.to_owned() };
        let (key, values) = ([column("a", "int"), column("b", "varbinary(8)")], ["5".to_owned(), "00ff".to_owned()]);
        assert_eq!(beside(&key, &values, true), "`a` >= '5' AND (`a` > '5' OR `a` = '5' AND `b` > x'00ff')");
        assert_eq!(beside(&key, &values, false), "`a` <= '5' AND (`a` < '5' OR `a` = '5' AND `b` <= x'00ff')");
        assert_eq!(beside(&[column("a", "int")], &["5".to_owned()], true), "`a` > '5'");
        assert_eq!(beside(&[column("a", "int")], &["5".to_owned()], false), "`a` <= '5'");
        let refused = |code: &str, message: &str| Refused { code: code.to_owned(), message: message.to_owned(), position: None };
        let said = MysqlBackfiller.said(&refused("1062", "Duplicate entry 'ann' for key 'accounts.mail'"));
        assert_eq!(said, "Duplicate entry '…' for key 'accounts.mail' (1062)");
        for code in ["1644", "31001"] {
            assert!(!MysqlBackfiller.said(&refused(code, "bad ann")).contains("ann"), "{code}");
        }
        for (text, is_more) in [("a = ';'", false), ("a = 1; drop table t", true), ("a -- ;", false), ("a /*! or 1 */", true), ("'a", true)]
        {
            assert_eq!(several(text).is_some(), is_more, "{text}");
        }
    }
}

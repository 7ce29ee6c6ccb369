//! Changing a table part after part: the statements, and what the server says to them. Values of keys are no part of a text.
//!
//! Neighbours: `claim`, which opens the sessions; `filled`, which counts. Does not live here: how large a part is (`pipeline/backfill`).

use crate::ident::{qualified, quoted};
use evenkeel_core::fault::Trouble;
use evenkeel_core::manifest::Object;
use evenkeel_core::port::{Answer, Backfiller, Change, Range, Refused, Session, Walked};

/// PostgreSQL's.
#[derive(Debug, Clone, Copy)]
pub struct PostgresBackfiller;

/// Types whose values say nothing of anybody.
const NUMBERS: [&str; 4] = ["smallint", "integer", "bigint", "uuid"];

impl Backfiller for PostgresBackfiller {
    fn column(&self, column: &Object) -> Result<bool, String> {
        Ok(column.text("type").is_some_and(|of_type| NUMBERS.contains(&of_type)))
    }

    fn shown(&self, walked: &Walked) -> String {
        walked.shown(&table(walked), &keys(walked))
    }

    fn tried(&self, session: &mut dyn Session, walked: &Walked) -> Result<Answer, Box<Trouble>> {
        // Each text by itself first: one that closes a parenthesis of ours, or goes on behind it, is none.
        let table = table(walked);
        let mut texts = vec![format!("EXPLAIN SELECT {}\n AS one FROM {table}", walked.condition)];
        if let Change::Set(set) = &walked.change {
            texts.push(format!("EXPLAIN UPDATE {table} SET {set}\n"));
        }
        for text in &texts {
            if let refused @ Answer::Refused(_) = session.ask(text, &[])? {
                return Ok(refused);
            }
        }
        let none: Vec<String> = Vec::new();
        let values: Vec<Option<&str>> = walked.key.iter().map(|_| None).collect();
        session.ask(&format!("EXPLAIN {}", changing(walked, Range { behind: None, to: &none })), &values)
    }

    fn last(&self, session: &mut dyn Session, walked: &Walked) -> Result<Answer, Box<Trouble>> {
        session.ask(&format!("SELECT {} FROM {} ORDER BY {} LIMIT 1", texts(walked), table(walked), order(walked, " DESC")), &[])
    }

    fn end(&self, session: &mut dyn Session, walked: &Walked, range: Range<'_>, rows: u64) -> Result<Answer, Box<Trouble>> {
        let (table, keys, within) = (table(walked), keys(walked), within(walked, range));
        let sql = format!(
            "SELECT {} FROM (SELECT {keys} FROM {table} WHERE {within} ORDER BY {} LIMIT {rows}) AS part ORDER BY {} LIMIT 1",
            texts(walked),
            order(walked, ""),
            order(walked, " DESC")
        );
        session.ask(&sql, &values(range))
    }

    fn change(&self, session: &mut dyn Session, walked: &Walked, range: Range<'_>) -> Result<Answer, Box<Trouble>> {
        let answer = session.ask(&changing(walked, range), &values(range))?;
        let Change::Statement(_) = &walked.change else { return Ok(answer) };
        let Answer::Ran(ran) = answer else { return Ok(answer) };
        let left = format!("SELECT pg_catalog.count(*)::pg_catalog.text FROM {} WHERE {}", table(walked), todo(walked, range));
        let mut counted = match session.ask(&left, &values(range))? {
            Answer::Ran(counted) => counted,
            refused @ Answer::Refused(_) => return Ok(refused),
        };
        for row in &mut counted.rows {
            row.insert(0, Some(ran.affected.to_string()));
        }
        Ok(Answer::Ran(counted))
    }

    fn said(&self, refused: &Refused) -> String {
        said(&refused.code, &refused.message)
    }

    fn knows_its_own(&self, change: &Change) -> bool {
        matches!(change, Change::Set(_))
    }
}

/// What the server says against a row, without values of it: violations of constraints name the row behind the sentence, faults of data have
/// the value within it, and what code of the database's own says nobody knows.
/// <https://www.postgresql.org/docs/18/errcodes-appendix.html>
pub(super) fn said(code: &str, message: &str) -> String {
    let message = match code.get(..2) {
        Some("23") => message.split(" (").next().unwrap_or_default(),
        Some("22") => {
            return format!("{} ({code})", message.split_once('"').map_or(message.to_owned(), |(before, _)| format!("{before}\"…\"")));
        }
        // Of the connection, of what is asked for, of rights, of states, of means.
        Some("08" | "0A" | "25" | "28" | "34" | "3D" | "3F" | "40" | "42" | "53" | "54" | "55" | "57" | "58" | "72" | "XX") => message,
        _ => "code of the database refuses it; what it says may have values of rows, and is not shown",
    };
    format!("{message} ({code})")
}

/// What a part is changed by; of SET with a row that says how many were changed, and how many of those need it still.
fn changing(walked: &Walked, range: Range<'_>) -> String {
    let todo = todo(walked, range);
    match &walked.change {
        Change::Set(set) => format!(
            "WITH evenkeel_changed AS (UPDATE {} SET {set}\n WHERE {todo} RETURNING CASE WHEN ({}\n) THEN 1 ELSE 0 END AS still) \
             SELECT pg_catalog.count(*)::pg_catalog.text, COALESCE(pg_catalog.sum(still), 0)::pg_catalog.text FROM evenkeel_changed",
            table(walked),
            walked.condition
        ),
        Change::Statement(_) => walked.changing(&table(walked), &todo),
    }
}

fn todo(walked: &Walked, range: Range<'_>) -> String {
    format!("{} AND ({}\n)", within(walked, range), walked.condition)
}

/// A part: the first values are of the key behind which it begins.
fn within(walked: &Walked, range: Range<'_>) -> String {
    let keys = format!("({})", keys(walked));
    let at = |first: usize| {
        let one = |(at, column): (usize, &evenkeel_core::port::KeyColumn)| format!("${}::{}", first + at, column.of_type);
        let all: Vec<String> = walked.key.iter().enumerate().map(one).collect();
        format!("({})", all.join(", "))
    };
    match range.behind {
        Some(_) => format!("{keys} > {} AND {keys} <= {}", at(1), at(1 + walked.key.len())),
        None => format!("{keys} <= {}", at(1)),
    }
}

fn values<'a>(range: Range<'a>) -> Vec<Option<&'a str>> {
    range.behind.unwrap_or_default().iter().chain(range.to).map(|value| Some(value.as_str())).collect()
}

fn table(walked: &Walked) -> String {
    qualified(&walked.schema, &walked.table)
}

fn named(walked: &Walked) -> impl Iterator<Item = String> {
    walked.key.iter().map(|column| quoted(&column.name))
}

fn keys(walked: &Walked) -> String {
    named(walked).collect::<Vec<_>>().join(", ")
}

fn texts(walked: &Walked) -> String {
    // Under names of their own: ORDER BY takes the name of what is selected for that, and texts are in another order.
    named(walked).enumerate().map(|(at, name)| format!("{name}::pg_catalog.text AS evenkeel_{at}")).collect::<Vec<_>>().join(", ")
}

fn order(walked: &Walked, direction: &str) -> String {
    named(walked).map(|name| format!("{name}{direction}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_of_a_row_is_said() {
        let said = |code: &str, message: &str| {
            PostgresBackfiller.said(&Refused { code: code.to_owned(), message: message.to_owned(), position: None })
        };
        let unique = "duplicate key value violates unique constraint \"accounts_mail\" (Key (mail)=(ann@example.org) already exists.)";
        assert_eq!(said("23505", unique), "duplicate key value violates unique constraint \"accounts_mail\" (23505)");
        assert_eq!(said("22P02", "invalid input syntax for type integer: \"ann\""), "invalid input syntax for type integer: \"…\" (22P02)");
        assert!(!said("P0001", "bad value ann").contains("ann"));
        assert_eq!(said("42703", "column \"nobody\" does not exist"), "column \"nobody\" does not exist (42703)");
    }
}

//! Tables that are changed part after part, as they are written. Neighbour: `pipeline/backfill`, which changes them.

use super::raw::{RawBackfill, RawDual};
use crate::args::duration;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::manifest::shown_parts;
use evenkeel_core::port::Change;
use evenkeel_pipeline::backfill::{Backfill, misread};
use evenkeel_pipeline::dual::Dual;
use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;
use toml::Spanned;

/// The usual, where nothing is written.
const TARGET: Duration = Duration::from_millis(500);
const MOST: u64 = 10_000;
const LAG: Duration = Duration::from_millis(1500);
const BLOCKED: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// What is written, and the usual where nothing is.
///
/// # Errors
/// A value that is none; nothing that is to be done, or more than one; no condition.
pub fn demands(
    raw: BTreeMap<String, Spanned<RawBackfill>>,
    place: &dyn Fn(Range<usize>) -> String,
) -> Result<BTreeMap<String, Backfill>, Box<Trouble>> {
    let one = |(name, raw): (String, Spanned<RawBackfill>)| {
        let origin = place(raw.span());
        let backfill = of(&name, origin, raw.into_inner(), place)?;
        Ok((name, backfill))
    };
    raw.into_iter().map(one).collect()
}

fn of(name: &str, origin: String, raw: RawBackfill, place: &dyn Fn(Range<usize>) -> String) -> Result<Backfill, Box<Trouble>> {
    let wrong = |key: &str, expected: &str, found: String, origin: String, fix: &str| {
        let trouble = Trouble::new(Class::Configuration, format!("cannot read {key} under [backfill.{name}]"));
        Box::new(trouble.expected(expected).found(found).origin(origin).fix(fix))
    };
    let time = |key: &str, text: &Option<Spanned<String>>, usual: Duration| {
        let Some(text) = text else { return Ok(usual) };
        let expected = "a length of time such as 500ms";
        duration(text.get_ref()).map_err(|why| wrong(key, expected, why, place(text.span()), &format!("{key} = \"500ms\"")))
    };
    let text = |key: &str, text: &Spanned<String>| {
        let is_empty = text.get_ref().trim().is_empty();
        if is_empty {
            Err(wrong(key, "a text", "none".to_owned(), place(text.span()), "write it, or remove the line"))
        } else {
            Ok(text.get_ref().clone())
        }
    };
    if shown_parts(&raw.table).is_none_or(|parts| parts.is_empty() || parts.len() > 2) {
        let expected = "a table as reports show it: with its schema, where such names have one";
        return Err(wrong("table", expected, format!("{:?}", raw.table), origin, "table = \"app.accounts\""));
    }
    let change = match (&raw.set, &raw.statement) {
        (Some(set), None) => Change::Set(text("set", set)?),
        (None, Some(statement)) => {
            let sql = text("statement", statement)?;
            if let Some(found) = misread(&sql) {
                let expected = "a statement that names its rows by {todo}, once, and means no others";
                let fix = "statement = \"INSERT INTO app.mails SELECT id, mail FROM app.accounts WHERE {todo}\"";
                return Err(wrong("statement", expected, found, place(statement.span()), fix));
            }
            Change::Statement(sql)
        }
        (set, _) => {
            let found = if set.is_some() { "both" } else { "neither" };
            return Err(wrong("what is to be done", "set, or statement", found.to_owned(), origin, "set = \"mail_lower = lower(mail)\""));
        }
    };
    let Some(condition) = &raw.r#where else {
        let expected = "where: which rows need it, and which is false of a row once it was changed; by that no row is changed twice";
        return Err(wrong("where", expected, "none".to_owned(), origin, "where = \"mail_lower IS NULL\""));
    };
    let condition = text("where", condition)?;
    let key = match &raw.key {
        Some(key) if key.get_ref().is_empty() || key.get_ref().iter().any(|column| column.trim().is_empty()) => {
            return Err(wrong("key", "columns of a unique key", "none".to_owned(), place(key.span()), "key = [\"id\"]"));
        }
        Some(key) => key.get_ref().clone(),
        None => Vec::new(),
    };
    let most = match &raw.most {
        Some(most) if (1..=1_000_000).contains(most.get_ref()) => *most.get_ref(),
        Some(most) => {
            let expected = "rows of a part at the most, from 1 to 1000000";
            return Err(wrong("most", expected, most.get_ref().to_string(), place(most.span()), "most = 10000"));
        }
        None => MOST,
    };
    Ok(Backfill {
        name: name.to_owned(),
        table: raw.table,
        key,
        change,
        condition,
        target: time("target", &raw.target, TARGET)?,
        most,
        lag: time("lag", &raw.lag, LAG)?,
        blocked: time("blocked", &raw.blocked, BLOCKED)?,
        pause: time("pause", &raw.pause, Duration::ZERO)?,
        patience: time("patience", &raw.patience, PATIENCE)?,
        origin,
    })
}

/// What is old and new, while both are alive.
///
/// # Errors
/// A value that is none.
pub fn duals(
    raw: BTreeMap<String, Spanned<RawDual>>,
    place: &dyn Fn(Range<usize>) -> String,
) -> Result<BTreeMap<String, Dual>, Box<Trouble>> {
    let one = |(name, raw): (String, Spanned<RawDual>)| {
        let origin = place(raw.span());
        let raw = raw.into_inner();
        let wrong = |key: &str, expected: &str, found: String, origin: String, fix: &str| {
            let trouble = Trouble::new(Class::Configuration, format!("cannot read {key} under [dual.{name}]"));
            Err(Box::new(trouble.expected(expected).found(found).origin(origin).fix(fix)))
        };
        let is_name = |text: &str, most: usize| shown_parts(text).is_some_and(|parts| (1..=most).contains(&parts.len()));
        if !is_name(&raw.table, 2) {
            return wrong("table", "a table as reports show it", format!("{:?}", raw.table), origin, "table = \"app.accounts\"");
        }
        if raw.differs.get_ref().trim().is_empty() {
            let expected = "what is true of a row in which old and new disagree";
            return wrong(
                "differs",
                expected,
                "none".to_owned(),
                place(raw.differs.span()),
                "differs = \"mail_lower IS DISTINCT FROM lower(mail)\"",
            );
        }
        if let Some(old) = raw.old.iter().find(|old| !is_name(old.get_ref(), 3)) {
            let expected = "columns and tables as reports show them";
            return wrong("old", expected, format!("{:?}", old.get_ref()), place(old.span()), "old = [\"app.accounts.mail\"]");
        }
        let old = raw.old.into_iter().map(Spanned::into_inner).collect();
        let dual = Dual { name: name.clone(), table: raw.table, differs: raw.differs.into_inner(), old, origin };
        Ok((name, dual))
    };
    raw.into_iter().map(one).collect()
}

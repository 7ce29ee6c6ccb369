//! Sequences of MariaDB.

use super::text::word;
use super::{Maker, MysqlDialect, Target, flag, integer, loses};
use crate::ident::Quoted;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Hazard, Statement, Way, World, Written};
use std::ops::RangeInclusive;

pub struct Sequences;

impl Maker for Sequences {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let mut sql = format!("CREATE SEQUENCE {}", to.whole(object));
        if let Some(typ) = object.text("type") {
            sql.push_str(&format!(" AS {typ}"));
        }
        sql.push_str(&values(object));
        if let Some(engine) = object.text("engine") {
            sql.push_str(&format!(" ENGINE={}", word(engine)?));
        }
        if let Some(comment) = object.text("comment") {
            sql.push_str(&format!(" COMMENT={}", Quoted::of(comment)));
        }
        Ok(vec![Statement::new(format!("{sql};"))])
    }

    fn way(&self, _: &Change<'_>, _: (&World<'_>, &World<'_>), _: &MysqlDialect) -> Way {
        Way::InPlace
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        let name = to.whole(change.to);
        let mut statements = Vec::new();
        if let Some(typ) = change.attributes.contains(&"type").then(|| change.to.text("type").unwrap_or("bigint")) {
            statements.push(Statement::new(format!("ALTER SEQUENCE {name} AS {typ};")));
        }
        if change.attributes.iter().any(|attribute| !matches!(*attribute, "engine" | "comment" | "type")) {
            statements.push(counted(change, &name));
        }
        if change.touches("engine") {
            let engine = change.to.text("engine").ok_or("its engine is not known")?;
            statements.push(Statement::new(format!("ALTER TABLE {name} ENGINE={};", word(engine)?)));
        }
        if change.touches("comment") {
            let comment = Quoted::of(change.to.text("comment").unwrap_or_default());
            statements.push(Statement::new(format!("ALTER TABLE {name} COMMENT={comment};")));
        }
        Ok(statements)
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        Ok(vec![loses(format!("DROP SEQUENCE {};", to.whole(object)), format!("where {} stands", object.display()))])
    }
}

/// Where it stands is in no manifest, and the server refuses bounds that this lies outside of.
fn counted(change: &Change<'_>, name: &str) -> Statement {
    let (was, is) = (bounds(change.from), bounds(change.to));
    let values = values(change.to);
    // Where it began, at least, it may stand.
    let begins = integer(change.from, "start").unwrap_or(1);
    if was.start() > is.end() || was.end() < is.start() || !is.contains(&begins) {
        let what = format!("where {} stands: it begins anew", change.to.display());
        return loses(format!("ALTER SEQUENCE {name}{values} RESTART;"), what);
    }
    let statement = Statement::new(format!("ALTER SEQUENCE {name}{values};"));
    if is.contains(was.start()) && is.contains(was.end()) {
        return statement;
    }
    let fails =
        format!("{} stands outside of {} to {}, numbers that are set aside for it included", change.to.display(), is.start(), is.end());
    statement.hazard(Hazard::FailsIf(fails))
}

/// Which numbers it gives.
fn bounds(object: &Object) -> RangeInclusive<i64> {
    integer(object, "minimum").unwrap_or(1)..=integer(object, "maximum").unwrap_or(i64::MAX)
}

/// All of them: bounds, start and step hold each other.
fn values(object: &Object) -> String {
    let number = |property: &str| integer(object, property).unwrap_or(1);
    let maximum = integer(object, "maximum").map_or_else(|| "NOMAXVALUE".to_owned(), |maximum| format!("MAXVALUE {maximum}"));
    let cycle = if flag(object, "cycle") { "CYCLE" } else { "NOCYCLE" };
    format!(
        " START WITH {} MINVALUE {} {maximum} INCREMENT BY {} CACHE {} {cycle}",
        number("start"),
        number("minimum"),
        number("increment"),
        number("cache")
    )
}

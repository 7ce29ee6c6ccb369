//! Sequences of MariaDB.

use super::text::word;
use super::{Maker, MysqlDialect, Target, flag, integer, loses};
use crate::ident::Quoted;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Statement, Way, World, Written};

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
            statements.push(Statement::new(format!("ALTER SEQUENCE {name}{};", values(change.to))));
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

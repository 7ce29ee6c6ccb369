//! Domains and their checks.

use super::text::{last, whole};
use super::{Maker, Target, flag, is_not};
use crate::ident::{quoted, shortened};
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Hazard, Statement, Way, World, Written};

pub struct Domains;
pub struct Constraints;

impl Maker for Domains {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        let mut sql = format!("CREATE DOMAIN {} AS {}", whole(object), object.text("type").ok_or("its type is not known")?);
        if let Some(collation) = object.text("collation") {
            sql.push_str(&format!(" COLLATE {collation}"));
        }
        if let Some(default) = object.text("default") {
            sql.push_str(&format!(" DEFAULT {default}"));
        }
        if flag(object, "not_null") {
            if let Some(name) = object.text("not_null_name") {
                sql.push_str(&format!(" CONSTRAINT {}", quoted(name)));
            }
            sql.push_str(" NOT NULL");
        }
        Ok(vec![Statement::new(format!("{sql};"))])
    }

    fn way(&self, change: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        if change.touches("type") || change.touches("collation") { Way::Replace } else { Way::InPlace }
    }

    fn alter(&self, change: &Change<'_>, _: &Target<'_>) -> Written {
        let object = change.to;
        let alter = |what: &str| Statement::new(format!("ALTER DOMAIN {} {what};", whole(object)));
        let mut statements = Vec::new();
        if change.touches("default") {
            statements.push(match object.text("default") {
                Some(default) => alter(&format!("SET DEFAULT {default}")),
                None => alter("DROP DEFAULT"),
            });
        }
        if change.touches("not_null") {
            statements.push(match (flag(object, "not_null"), object.text("not_null_name")) {
                (true, Some(name)) => alter(&format!("ADD CONSTRAINT {} NOT NULL", quoted(name))),
                (true, None) => alter("SET NOT NULL"),
                (false, _) => alter("DROP NOT NULL"),
            });
            if flag(object, "not_null")
                && let Some(statement) = statements.pop()
            {
                statements.push(statement.hazard(Hazard::FailsIf(format!("a column of type {} holds NULL", whole(object)))));
            }
        } else if change.touches("not_null_name") {
            let name = |domain: &Object| {
                quoted(&domain.text("not_null_name").map_or_else(|| shortened(&[domain.identity.part(1)], "not_null"), str::to_owned))
            };
            statements.push(alter(&format!("RENAME CONSTRAINT {} TO {}", name(change.from), name(object))));
        }
        Ok(statements)
    }
}

impl Maker for Constraints {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let domain = whole(object);
        let expression = object.text("expression").ok_or("its condition is not known")?;
        let add = format!("ALTER DOMAIN {domain} ADD CONSTRAINT {} CHECK ({expression})", last(object));
        if is_not(object, "validated") || !to.making.form.offline {
            let mut statements = vec![Statement::new(format!("{add} NOT VALID;"))];
            if !is_not(object, "validated") {
                let sql = format!("ALTER DOMAIN {domain} VALIDATE CONSTRAINT {};", last(object));
                statements.push(Statement::new(sql).hazard(Hazard::FailsIf(format!("a value of {domain} does not meet it"))));
            }
            return Ok(statements);
        }
        Ok(vec![Statement::new(format!("{add};"))])
    }

    fn way(&self, change: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        if change.only(&["validated"]) && !is_not(change.to, "validated") { Way::InPlace } else { Way::Replace }
    }

    fn alter(&self, change: &Change<'_>, _: &Target<'_>) -> Written {
        Ok(vec![Statement::new(format!("ALTER DOMAIN {} VALIDATE CONSTRAINT {};", whole(change.to), last(change.to)))])
    }

    fn drop(&self, object: &Object, _: &Target<'_>) -> Written {
        Ok(vec![Statement::new(format!("ALTER DOMAIN {} DROP CONSTRAINT {};", whole(object), last(object)))])
    }
}

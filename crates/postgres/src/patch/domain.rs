//! Domains and their checks.

use super::text::{last, whole};
use super::{Maker, Target, flag, is_not};
use crate::ident::{quoted, shortened};
use evenkeel_core::kind::Kind;
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

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
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
            if let Some(column) = held_within(object, to.making.from).filter(|_| flag(object, "not_null")) {
                return Err(not_within(&column));
            }
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
        let held = || to.making.from.find(Kind::Domain, &[object.identity.part(0), object.identity.part(1)]);
        let is_anew = |domain: &Object| to.making.is_aside(domain) || to.making.made.contains(&World::name_of(domain));
        let is_new = held().is_some_and(is_anew);
        if !is_not(object, "validated")
            && !is_new
            && let Some(column) = held().and_then(|domain| held_within(domain, to.making.from))
        {
            return Err(not_within(&column));
        }
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

    fn way(&self, change: &Change<'_>, from: &World<'_>, to: &World<'_>) -> Way {
        if change.only(&["validated"]) && !is_not(change.to, "validated") {
            return Way::InPlace;
        }
        let of = |world: &World<'_>| {
            let domain = world.find(Kind::Domain, &[change.to.identity.part(0), change.to.identity.part(1)])?;
            Some(["type", "collation"].map(|property| domain.get(property).cloned()))
        };
        let domain = from.find(Kind::Domain, &[change.from.identity.part(0), change.from.identity.part(1)]);
        // One that is made anew has no values when it is asked for.
        let stays = of(from) == of(to) && !is_not(change.to, "validated");
        let held = domain.filter(|_| stays).and_then(|domain| held_within(domain, from));
        held.map_or(Way::Replace, |column| Way::Refuse(not_within(&column)))
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        let domain = to.making.from.find(Kind::Domain, &[change.from.identity.part(0), change.from.identity.part(1)]);
        if let Some(column) = domain.and_then(|domain| held_within(domain, to.making.from)) {
            return Err(not_within(&column));
        }
        Ok(vec![Statement::new(format!("ALTER DOMAIN {} VALIDATE CONSTRAINT {};", whole(change.to), last(change.to)))])
    }

    fn drop(&self, object: &Object, _: &Target<'_>) -> Written {
        Ok(vec![Statement::new(format!("ALTER DOMAIN {} DROP CONSTRAINT {};", whole(object), last(object)))])
    }
}

/// A column that holds values of a domain within others: in arrays, rows or ranges. The server looks at none of these, and asks nothing more
/// of the domain then. <https://www.postgresql.org/docs/current/sql-alterdomain.html#SQL-ALTERDOMAIN-NOTES>
fn held_within(domain: &Object, world: &World<'_>) -> Option<String> {
    let domain = world.same(domain)?;
    let is_array = |object: &Object| object.text("type").is_some_and(|typ| typ.ends_with("[]"));
    let mut seen: Vec<(&Object, bool)> = Vec::new();
    let mut waiting = vec![(domain, false)];
    while let Some((object, within)) = waiting.pop() {
        for user in world.told_users(object) {
            let is_within = match user.kind {
                Kind::Column | Kind::Domain => within || is_array(user),
                Kind::CompositeType | Kind::RangeType => true,
                _ => continue,
            };
            if user.kind == Kind::Column {
                if is_within && world.parent(user).is_some_and(|table| table.kind == Kind::Table) && holds(user, object) {
                    return Some(user.display());
                }
                continue;
            }
            if !seen.iter().any(|(other, known)| other.key() == user.key() && *known == is_within) {
                seen.push((user, is_within));
                waiting.push((user, is_within));
            }
        }
    }
    None
}

/// Whether it is of that type, and does not only name it in a default.
fn holds(column: &Object, typ: &Object) -> bool {
    let name = whole(typ);
    let is_it = |text: &str| text.trim_end_matches("[]").split('(').next() == Some(name.as_str());
    column.text("type").is_some_and(is_it)
}

fn not_within(column: &str) -> String {
    format!(
        "{column} holds its values within others, which the server does not look into: it asks nothing more of such a domain. Take the column \
         out of the way, or write a check on its table"
    )
}

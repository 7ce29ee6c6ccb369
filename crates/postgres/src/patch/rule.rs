//! Rewrite rules and row-level security policies.

use super::text::{last, upper, whole};
use super::{Maker, Target, flag, list};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Hazard, Statement, Way, World, Written};

pub struct Rules;
pub struct Policies;

/// ALTER TABLE … ENABLE of a rule or trigger.
pub fn enable(object: &Object, word: &str) -> Statement {
    enable_as(object, object.text("enabled"), word)
}

pub fn enable_as(object: &Object, enabled: Option<&str>, word: &str) -> Statement {
    let words = match enabled {
        Some("disabled") => "DISABLE",
        Some("replica") => "ENABLE REPLICA",
        Some("always") => "ENABLE ALWAYS",
        _ => "ENABLE",
    };
    Statement::new(format!("ALTER TABLE {} {words} {word} {};", whole(object), last(object)))
}

impl Maker for Rules {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        let mut sql =
            format!("CREATE RULE {} AS ON {} TO {}", last(object), upper(object.text("event").unwrap_or_default()), whole(object));
        if let Some(condition) = object.text("condition") {
            sql.push_str(&format!(" WHERE {condition}"));
        }
        let also = if flag(object, "instead") { "INSTEAD" } else { "ALSO" };
        let action = object.text("action").ok_or("what it does is not known")?;
        let action = if action == "NOTHING" { action.to_owned() } else { format!("({})", action.trim_end_matches(';')) };
        let mut statements = vec![Statement::new(format!("{sql} DO {also} {action};"))];
        if object.get("enabled").is_some() {
            statements.push(enable(object, "RULE"));
        }
        Ok(statements)
    }

    fn way(&self, change: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        if change.only(&["enabled"]) { Way::InPlace } else { Way::Replace }
    }

    fn alter(&self, change: &Change<'_>, _: &Target<'_>) -> Written {
        Ok(vec![enable(change.to, "RULE")])
    }
}

fn roles(object: &Object, to: &Target<'_>) -> Result<String, String> {
    let roles = list(object, "roles");
    if roles.is_empty() {
        return Ok("PUBLIC".to_owned());
    }
    Ok(roles.iter().map(|role| to.role(role)).collect::<Result<Vec<_>, _>>()?.join(", "))
}

impl Maker for Policies {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let mut sql = format!(
            "CREATE POLICY {} ON {} AS {} FOR {} TO {}",
            last(object),
            whole(object),
            upper(object.text("type").unwrap_or("permissive")),
            upper(object.text("command").unwrap_or("all")),
            roles(object, to)?
        );
        for (property, words) in [("using", "USING"), ("check", "WITH CHECK")] {
            if let Some(condition) = object.text(property) {
                sql.push_str(&format!(" {words} ({condition})"));
            }
        }
        let statement = Statement::new(format!("{sql};"));
        let is_permissive = object.text("type").is_none();
        Ok(vec![if is_permissive && !to.making.form.throwaway {
            statement.hazard(Hazard::Opens(format!("rows of {} to those it names", whole(object))))
        } else {
            statement
        }])
    }

    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        list(object, "roles").iter().filter_map(|role| world.find(Kind::Role, &[role])).collect()
    }

    fn way(&self, change: &Change<'_>, from: &World<'_>, to: &World<'_>) -> Way {
        let is_taken_away = |property: &str| change.from.get(property).is_some() && change.to.get(property).is_none();
        // What it calls and what goes is in the way of the columns that it is altered after.
        let calls = from.told_needs(change.from).any(|needed| needed.kind == Kind::Function && to.same(needed).is_none());
        if change.only(&["roles", "using", "check"]) && !is_taken_away("using") && !is_taken_away("check") && !calls {
            Way::InPlace
        } else {
            Way::Replace
        }
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        let object = change.to;
        let mut sql = format!("ALTER POLICY {} ON {}", last(object), whole(object));
        if change.touches("roles") {
            sql.push_str(&format!(" TO {}", roles(object, to)?));
        }
        for (property, words) in [("using", "USING"), ("check", "WITH CHECK")] {
            if let Some(condition) = object.text(property).filter(|_| change.touches(property)) {
                sql.push_str(&format!(" {words} ({condition})"));
            }
        }
        let opens = Hazard::Opens(format!("perhaps other rows of {}, or to others", whole(object)));
        Ok(vec![Statement::new(format!("{sql};")).hazard(opens)])
    }

    fn drop(&self, object: &Object, _: &Target<'_>) -> Written {
        let statement = Statement::new(format!("DROP POLICY {} ON {};", last(object), whole(object)));
        // Of a restrictive one, what it forbade is open.
        let is_restrictive = object.text("type") == Some("restrictive");
        Ok(vec![if is_restrictive { statement.hazard(Hazard::Opens(format!("rows of {} that it hid", whole(object)))) } else { statement }])
    }
}

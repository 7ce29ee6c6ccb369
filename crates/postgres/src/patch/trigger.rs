//! Triggers and event triggers.

use super::named::call;
use super::rule::{enable, enable_as};
use super::text::{last, relation, upper, whole};
use super::{Maker, Target, flag, list};
use crate::ident::{literal, quoted};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Statement, Way, World, Written};

pub struct Triggers;
pub struct EventTriggers;

impl Maker for Triggers {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        // The partitioned table's brings it when its table is attached; only whether it fires is its own.
        if flag(object, "copied") {
            return Ok(Vec::new());
        }
        let constraint = if flag(object, "constraint") { "CONSTRAINT " } else { "" };
        let events = list(object, "events").iter().map(|event| {
            let columns: Vec<String> = list(object, "columns").iter().map(|column| quoted(column)).collect();
            if &**event == "update" && !columns.is_empty() { format!("UPDATE OF {}", columns.join(", ")) } else { upper(event) }
        });
        let mut sql = format!(
            "CREATE {constraint}TRIGGER {} {} {} ON {}",
            last(object),
            upper(object.text("timing").unwrap_or_default()),
            events.collect::<Vec<_>>().join(" OR "),
            whole(object)
        );
        if let Some(other) = object.text("constraint_from") {
            sql.push_str(&format!(" FROM {}", relation(other)?));
        }
        match (flag(object, "deferrable"), flag(object, "initially_deferred")) {
            (_, true) => sql.push_str(" DEFERRABLE INITIALLY DEFERRED"),
            (true, false) => sql.push_str(" DEFERRABLE"),
            (false, false) => {}
        }
        let tables: Vec<String> = [("old_table", "OLD"), ("new_table", "NEW")]
            .iter()
            .filter_map(|(property, word)| object.text(property).map(|name| format!("{word} TABLE AS {}", quoted(name))))
            .collect();
        if !tables.is_empty() {
            sql.push_str(&format!(" REFERENCING {}", tables.join(" ")));
        }
        sql.push_str(&format!(" FOR EACH {}", upper(object.text("level").unwrap_or("row"))));
        if let Some(condition) = object.text("condition") {
            sql.push_str(&format!(" WHEN ({condition})"));
        }
        let function = call(object, "function").ok_or("its function is not known")?;
        let arguments: Vec<String> = list(object, "arguments").iter().map(|argument| literal(argument)).collect();
        let mut statements = vec![Statement::new(format!("{sql} EXECUTE FUNCTION {function}({});", arguments.join(", ")))];
        if object.get("enabled").is_some() {
            statements.push(enable(object, "TRIGGER"));
        }
        Ok(statements)
    }

    fn finish(&self, object: &Object, _: &Target<'_>) -> Written {
        Ok(if flag(object, "copied") { vec![enable(object, "TRIGGER")] } else { Vec::new() })
    }

    fn finish_needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<Vec<&'w Object>> {
        if !flag(object, "copied") {
            return None;
        }
        let table = world.find(Kind::Table, &[object.identity.part(0), object.identity.part(1)]);
        let parent = table.and_then(|table| table.text("partition_of")).and_then(|parent| world.shown("table", parent));
        let copied = parent
            .and_then(|parent| world.find(Kind::Trigger, &[parent.identity.part(0), parent.identity.part(1), object.identity.part(2)]));
        Some(table.into_iter().chain(copied).collect())
    }

    fn way(&self, change: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        if change.only(&["enabled"]) { Way::InPlace } else { Way::Replace }
    }

    fn alter(&self, change: &Change<'_>, _: &Target<'_>) -> Written {
        // A copy is set after the one it is of.
        Ok(if flag(change.to, "copied") { Vec::new() } else { vec![enable(change.to, "TRIGGER")] })
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        if flag(object, "copied") {
            // Not listed, it is as the nearest one above.
            let copied = above(object, to.making.to).or_else(|| above(object, to.making.from));
            return Ok(vec![enable_as(object, copied.and_then(|copied| copied.text("enabled")), "TRIGGER")]);
        }
        Ok(vec![Statement::new(format!("DROP TRIGGER {} ON {};", last(object), whole(object)))])
    }
}

impl Maker for EventTriggers {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        let name = quoted(object.identity.part(0));
        let tags: Vec<String> = list(object, "tags").iter().map(|tag| literal(tag)).collect();
        let when = if tags.is_empty() { String::new() } else { format!(" WHEN TAG IN ({})", tags.join(", ")) };
        let event = object.text("event").ok_or("its event is not known")?;
        let function = call(object, "function").ok_or("its function is not known")?;
        let mut statements = vec![Statement::new(format!("CREATE EVENT TRIGGER {name} ON {event}{when} EXECUTE FUNCTION {function}();"))];
        if object.get("enabled").is_some() {
            statements.extend(event_enabled(object));
        }
        Ok(statements)
    }

    fn way(&self, change: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        if change.only(&["enabled"]) { Way::InPlace } else { Way::Replace }
    }

    fn alter(&self, change: &Change<'_>, _: &Target<'_>) -> Written {
        Ok(event_enabled(change.to))
    }
}

/// The nearest trigger above that a copy follows.
fn above<'w>(copy: &Object, world: &World<'w>) -> Option<&'w Object> {
    let mut table = world.find(Kind::Table, &[copy.identity.part(0), copy.identity.part(1)])?;
    // Nothing is nested so deep.
    for _ in 0..64 {
        table = world.shown("table", table.text("partition_of")?)?;
        let found = world.find(Kind::Trigger, &[table.identity.part(0), table.identity.part(1), copy.identity.part(2)]);
        if found.is_some() {
            return found;
        }
    }
    None
}

fn event_enabled(object: &Object) -> Vec<Statement> {
    let words = match object.text("enabled") {
        Some("disabled") => "DISABLE",
        Some("replica") => "ENABLE REPLICA",
        Some("always") => "ENABLE ALWAYS",
        _ => "ENABLE",
    };
    vec![Statement::new(format!("ALTER EVENT TRIGGER {} {words};", quoted(object.identity.part(0))))]
}

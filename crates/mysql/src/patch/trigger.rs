//! Triggers, each behind the one that runs before it.

use super::{Maker, Target, integer, list, stored};
use crate::ident::Ident;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Statement, World, Written};

pub struct Triggers;

/// Those of the same table, moment and events, but itself.
fn beside<'w>(trigger: &Object, world: &World<'w>) -> Vec<&'w Object> {
    let all = world.parts_of_kind(trigger.identity.part(0), trigger.identity.part(1), Kind::Trigger);
    let same = |other: &&Object| ["timing", "events"].iter().all(|property| other.get(property) == trigger.get(property));
    all.filter(same).filter(|other| other.identity != trigger.identity).collect()
}

fn rank(trigger: &Object) -> i64 {
    integer(trigger, "rank").unwrap_or_default()
}

impl Maker for Triggers {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let body = object.text("body").ok_or("its body is not known")?;
        let events: Vec<String> = list(object, "events").iter().map(|event| event.to_ascii_uppercase()).collect();
        let columns: Vec<String> = list(object, "columns").iter().map(|name| Ident(name).to_string()).collect();
        let of = if columns.is_empty() { String::new() } else { format!(" OF {}", columns.join(", ")) };
        let events: Vec<String> = events.into_iter().map(|event| if event == "UPDATE" { format!("UPDATE{of}") } else { event }).collect();
        let others = beside(object, to.making.to);
        let before = others.iter().filter(|other| rank(other) < rank(object)).max_by_key(|other| rank(other));
        // Of those behind, one that stays where it is.
        let stays = |other: &&&Object| to.making.from.same(other).is_some() && !to.is_made(other);
        let behind = others.iter().filter(|other| rank(other) > rank(object)).filter(stays).min_by_key(|other| rank(other));
        let place = match (before, behind) {
            (Some(before), _) => format!(" FOLLOWS {}", Ident(before.identity.part(2))),
            (None, Some(behind)) => format!(" PRECEDES {}", Ident(behind.identity.part(2))),
            (None, None) => String::new(),
        };
        // MariaDB keeps the statement as it is written, and a dump of it names what it names: the database is said before.
        let keeps_statement = to.flavor().is_mariadb();
        let (name, table) = if keeps_statement {
            (Ident(object.identity.part(2)).to_string(), Ident(object.identity.part(1)).to_string())
        } else {
            (to.dialect.place.qualified(object.identity.part(0), object.identity.part(2)), to.whole(object))
        };
        let sql = format!(
            "CREATE{} TRIGGER {} {} {} ON {} FOR EACH ROW{place}\n{body};",
            stored::definer(object, to)?,
            name,
            object.text("timing").ok_or("its moment is not known")?.to_ascii_uppercase(),
            events.join(" OR "),
            table
        );
        let mut statements = stored::kept(object, Statement::new(sql), to)?;
        if keeps_statement {
            statements.insert(0, Statement::new(format!("USE {};", to.dialect.place.database(object.identity.part(0)))));
        }
        Ok(statements)
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        let name = to.dialect.place.qualified(object.identity.part(0), object.identity.part(2));
        Ok(vec![Statement::new(format!("DROP TRIGGER {name};"))])
    }

    /// The ones before it, so that it can be put behind them.
    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        beside(object, world).into_iter().filter(|other| rank(other) < rank(object)).collect()
    }
}

//! Publications, their tables, and subscriptions, whose connection is in no manifest.

use super::text::{columns, whole};
use super::{Maker, Target, flag, list};
use crate::ident::{literal, quoted};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Statement, Way, World, Written};

pub struct Publications;
pub struct Tables;
pub struct Subscriptions;

fn options(object: &Object) -> String {
    let operations = object.text("operations").unwrap_or("insert, update, delete, truncate");
    let mut options =
        vec![format!("publish = {}", literal(operations)), format!("publish_via_partition_root = {}", flag(object, "via_root"))];
    if let Some(columns) = object.text("generated_columns") {
        options.push(format!("publish_generated_columns = {columns}"));
    }
    options.join(", ")
}

fn schemas(items: &[Box<str>]) -> String {
    items.iter().map(|schema| quoted(schema)).collect::<Vec<_>>().join(", ")
}

impl Maker for Publications {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        let mut what = String::new();
        if flag(object, "all_tables") {
            what.push_str(" FOR ALL TABLES");
        } else if !list(object, "schemas").is_empty() {
            what.push_str(&format!(" FOR TABLES IN SCHEMA {}", schemas(list(object, "schemas"))));
        }
        Ok(vec![Statement::new(format!("CREATE PUBLICATION {}{what} WITH ({});", quoted(object.identity.part(0)), options(object)))])
    }

    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        list(object, "schemas").iter().filter_map(|schema| world.find(Kind::Schema, &[schema])).collect()
    }

    fn way(&self, change: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        if change.touches("all_tables") { Way::Replace } else { Way::InPlace }
    }

    fn alter(&self, change: &Change<'_>, _: &Target<'_>) -> Written {
        let name = quoted(change.to.identity.part(0));
        let mut statements = Vec::new();
        if change.touches("schemas") {
            let (was, is) = (list(change.from, "schemas"), list(change.to, "schemas"));
            let pick = |from: &[Box<str>], other: &[Box<str>]| -> Vec<Box<str>> {
                from.iter().filter(|one| !other.contains(one)).cloned().collect()
            };
            let (gone, new) = (pick(was, is), pick(is, was));
            if !gone.is_empty() {
                statements.push(Statement::new(format!("ALTER PUBLICATION {name} DROP TABLES IN SCHEMA {};", schemas(&gone))));
            }
            if !new.is_empty() {
                statements.push(Statement::new(format!("ALTER PUBLICATION {name} ADD TABLES IN SCHEMA {};", schemas(&new))));
            }
        }
        if !change.only(&["schemas"]) {
            let mut options = options(change.to);
            if change.touches("generated_columns") && change.to.get("generated_columns").is_none() {
                options.push_str(", publish_generated_columns = none");
            }
            statements.push(Statement::new(format!("ALTER PUBLICATION {name} SET ({options});")));
        }
        Ok(statements)
    }
}

fn table(object: &Object) -> String {
    let mut sql = whole(object);
    if !list(object, "columns").is_empty() {
        sql.push_str(&format!(" {}", columns(list(object, "columns"))));
    }
    if let Some(filter) = object.text("filter") {
        sql.push_str(&format!(" WHERE ({filter})"));
    }
    sql
}

impl Maker for Tables {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        // The table alone: its children are named by themselves.
        Ok(vec![Statement::new(format!("ALTER PUBLICATION {} ADD TABLE ONLY {};", quoted(object.identity.part(2)), table(object)))])
    }

    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        world.find(Kind::Publication, &[object.identity.part(2)]).into_iter().collect()
    }

    fn drop(&self, object: &Object, _: &Target<'_>) -> Written {
        Ok(vec![Statement::new(format!("ALTER PUBLICATION {} DROP TABLE ONLY {};", quoted(object.identity.part(2)), whole(object)))])
    }
}

impl Maker for Subscriptions {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let name = quoted(object.identity.part(0));
        let publications: Vec<String> = list(object, "publications").iter().map(|one| quoted(one)).collect();
        let slot = object.text("slot").map_or_else(|| "NONE".to_owned(), literal);
        let mut options = vec!["connect = false".to_owned(), format!("slot_name = {slot}")];
        for property in ["synchronous_commit", "streaming", "origin"] {
            options.extend(object.text(property).map(|value| format!("{property} = {value}")));
        }
        for property in ["binary", "two_phase", "disable_on_error", "run_as_owner", "failover"] {
            if flag(object, property) {
                options.push(format!("{property} = true"));
            }
        }
        if super::is_not(object, "password_required") {
            options.push("password_required = false".to_owned());
        }
        let sql = |connection: &str| {
            format!(
                "CREATE SUBSCRIPTION {name} CONNECTION {connection} PUBLICATION {} WITH ({});",
                publications.join(", "),
                options.join(", ")
            )
        };
        // One that leads nowhere would read as equal, for where it leads is in no manifest.
        if !to.making.form.throwaway {
            let reason = "its connection may hold a secret and is in no manifest; by hand, with that in place of the dots";
            return Err(format!("{reason}: {}", sql("'...'").trim_end_matches(';')));
        }
        let sql = sql("'host=/nowhere password=none'");
        let mut statements = vec![Statement::new(sql)];
        if !super::is_not(object, "enabled") && object.get("slot").is_some() {
            statements.push(Statement::new(format!("ALTER SUBSCRIPTION {name} ENABLE;")));
        }
        Ok(statements)
    }

    fn way(&self, change: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        let settable = [
            "publications",
            "enabled",
            "binary",
            "streaming",
            "synchronous_commit",
            "disable_on_error",
            "password_required",
            "run_as_owner",
            "origin",
        ];
        if change.only(&settable) {
            Way::InPlace
        } else {
            Way::Refuse("its slot and transactions are set up with the publisher: a person's work".to_owned())
        }
    }

    fn alter(&self, change: &Change<'_>, _: &Target<'_>) -> Written {
        let (object, name) = (change.to, quoted(change.to.identity.part(0)));
        let mut statements = Vec::new();
        let mut options = Vec::new();
        for attribute in change.attributes {
            match *attribute {
                "publications" => {
                    let names: Vec<String> = list(object, "publications").iter().map(|one| quoted(one)).collect();
                    let sql = format!("ALTER SUBSCRIPTION {name} SET PUBLICATION {} WITH (refresh = false);", names.join(", "));
                    statements.push(Statement::new(sql));
                }
                "enabled" => {}
                "streaming" => options.push(format!("streaming = {}", object.text("streaming").unwrap_or("off"))),
                "synchronous_commit" => {
                    options.push(format!("synchronous_commit = {}", object.text("synchronous_commit").unwrap_or("off")))
                }
                "origin" => options.push(format!("origin = {}", object.text("origin").unwrap_or("any"))),
                "password_required" => options.push(format!("password_required = {}", !super::is_not(object, "password_required"))),
                flag_name => options.push(format!("{flag_name} = {}", flag(object, flag_name))),
            }
        }
        if !options.is_empty() {
            statements.push(Statement::new(format!("ALTER SUBSCRIPTION {name} SET ({});", options.join(", "))));
        }
        if change.touches("enabled") {
            let word = if super::is_not(object, "enabled") { "DISABLE" } else { "ENABLE" };
            statements.push(Statement::new(format!("ALTER SUBSCRIPTION {name} {word};")));
        }
        Ok(statements)
    }

    /// The publisher is not asked: what it keeps for the subscription is said.
    fn drop(&self, object: &Object, _: &Target<'_>) -> Written {
        let name = quoted(object.identity.part(0));
        let slot = object.text("slot");
        let loses = slot.map_or_else(
            || format!("what subscription {name} would bring"),
            |slot| {
                format!("what subscription {name} would bring; slot {slot} at its publisher stays, and keeps log there until it is dropped")
            },
        );
        let mut statements = vec![super::loses(format!("ALTER SUBSCRIPTION {name} DISABLE;"), loses)];
        if slot.is_some() {
            statements.push(Statement::new(format!("ALTER SUBSCRIPTION {name} SET (slot_name = NONE);")));
        }
        statements.push(super::loses(format!("DROP SUBSCRIPTION {name};"), format!("subscription {name}")));
        Ok(statements)
    }
}

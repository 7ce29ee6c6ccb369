//! Foreign-data wrappers, servers and user mappings. What may be secret is in no manifest: then they are refused.

use super::named::call;
use super::text::option_changes;
use super::{Maker, Target, list};
use crate::ident::{literal, quoted};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Statement, Way, World, Written};

pub struct Wrappers;
pub struct Servers;
pub struct Mappings;

fn options(object: &Object, lists: &[&str], to: &Target<'_>) -> Result<String, String> {
    let options = to.foreign_options(lists.iter().flat_map(|property| list(object, property)))?;
    Ok(if options.is_empty() { String::new() } else { format!(" OPTIONS ({})", options.join(", ")) })
}

impl Maker for Wrappers {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let mut sql = format!("CREATE FOREIGN DATA WRAPPER {}", quoted(object.identity.part(0)));
        for (property, word) in [("handler", "HANDLER"), ("validator", "VALIDATOR")] {
            if let Some(function) = call(object, property) {
                sql.push_str(&format!(" {word} {function}"));
            }
        }
        sql.push_str(&options(object, &["options"], to)?);
        Ok(vec![Statement::new(format!("{sql};"))])
    }

    fn way(&self, _: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        Way::InPlace
    }

    fn alter(&self, change: &Change<'_>, _: &Target<'_>) -> Written {
        let name = quoted(change.to.identity.part(0));
        let mut sql = format!("ALTER FOREIGN DATA WRAPPER {name}");
        for (property, word) in [("handler", "HANDLER"), ("validator", "VALIDATOR")] {
            if change.touches(property) {
                sql.push_str(&call(change.to, property).map_or_else(|| format!(" NO {word}"), |function| format!(" {word} {function}")));
            }
        }
        if change.touches("options") {
            sql.push_str(&format!(" OPTIONS ({})", option_changes(list(change.from, "options"), list(change.to, "options"))?));
        }
        Ok(vec![Statement::new(format!("{sql};"))])
    }
}

impl Maker for Servers {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let mut sql = format!("CREATE SERVER {}", quoted(object.identity.part(0)));
        for (property, word) in [("type", "TYPE"), ("version", "VERSION")] {
            if let Some(text) = object.text(property) {
                sql.push_str(&format!(" {word} {}", literal(text)));
            }
        }
        let wrapper = object.text("wrapper").ok_or("its wrapper is not known")?;
        sql.push_str(&format!(" FOREIGN DATA WRAPPER {}{};", quoted(wrapper), options(object, &["place", "options"], to)?));
        Ok(vec![Statement::new(sql)])
    }

    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        object.text("wrapper").and_then(|wrapper| world.find(Kind::ForeignDataWrapper, &[wrapper])).into_iter().collect()
    }

    fn way(&self, change: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        if change.touches("wrapper") || change.touches("type") { Way::Replace } else { Way::InPlace }
    }

    fn alter(&self, change: &Change<'_>, _: &Target<'_>) -> Written {
        let mut sql = format!("ALTER SERVER {}", quoted(change.to.identity.part(0)));
        if change.touches("version") {
            sql.push_str(
                &change.to.text("version").map_or_else(|| " VERSION NULL".to_owned(), |version| format!(" VERSION {}", literal(version))),
            );
        }
        let of = |object: &Object| -> Vec<Box<str>> {
            ["place", "options"].iter().flat_map(|property| list(object, property)).cloned().collect()
        };
        if change.touches("options") || change.touches("place") {
            sql.push_str(&format!(" OPTIONS ({})", option_changes(&of(change.from), &of(change.to))?));
        }
        Ok(vec![Statement::new(format!("{sql};"))])
    }
}

impl Maker for Mappings {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let user = to.role(object.identity.part(1))?;
        Ok(vec![Statement::new(format!("CREATE USER MAPPING FOR {user} SERVER {};", quoted(object.identity.part(0))))])
    }

    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        let server = world.find(Kind::ForeignServer, &[object.identity.part(0)]);
        server.into_iter().chain(world.find(Kind::Role, &[object.identity.part(1)])).collect()
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        let user = to.role(object.identity.part(1))?;
        Ok(vec![Statement::new(format!("DROP USER MAPPING FOR {user} SERVER {};", quoted(object.identity.part(0))))])
    }
}

//! Schemas, extensions, languages and access methods: what others stand in or on.

use super::named::{call, named};
use super::{Maker, Target, flag, list};
use crate::ident::{literal, quoted};
use crate::remedy::is_older;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Hazard, Statement, Way, World, Written};

pub struct Schemas;
pub struct Extensions;
pub struct Versions;
pub struct Languages;
pub struct AccessMethods;

const PLPGSQL: &str = "plpgsql";
/// What belongs to it.
const MEMBERS: &str = "members";

impl Maker for Schemas {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        Ok(vec![Statement::new(format!("CREATE SCHEMA {};", quoted(object.identity.part(0))))])
    }
}

impl Maker for Extensions {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let name = object.identity.part(0);
        let schema = object.text("schema").map(|schema| format!(" SCHEMA {}", quoted(schema))).unwrap_or_default();
        let version = to.making.to.find(Kind::ExtensionVersion, &[name]).and_then(|version| version.text("version"));
        let plain = format!("CREATE EXTENSION {}{schema}", quoted(name));
        let Some(version) = version else { return Ok(vec![Statement::new(format!("{plain};"))]) };
        let exact = format!("{plain} VERSION {}", quoted(version));
        let speaks = name != PLPGSQL && to.making.to.find(Kind::Extension, &[PLPGSQL]).is_some();
        Ok(vec![Statement::new(match (to.making.form.throwaway, speaks) {
            (false, _) => format!("{exact};"),
            // A throwaway server has what it has.
            (true, true) => {
                let body = format!("BEGIN {exact}; EXCEPTION WHEN invalid_parameter_value THEN {plain}; END");
                format!("DO {};", literal(&body))
            }
            (true, false) => format!("{plain};"),
        })])
    }

    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        object.text("schema").and_then(|schema| world.find(Kind::Schema, &[schema])).into_iter().collect()
    }

    fn way(&self, change: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        if change.only(&["schema", MEMBERS]) { Way::InPlace } else { Way::Replace }
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        let name = quoted(change.to.identity.part(0));
        let mut statements = Vec::new();
        if change.touches("schema") {
            let schema = change.to.text("schema").ok_or("its schema is not known")?;
            statements.push(Statement::new(format!("ALTER EXTENSION {name} SET SCHEMA {};", quoted(schema))));
        }
        if change.touches(MEMBERS) {
            let (was, is) = (list(change.from, MEMBERS), list(change.to, MEMBERS));
            // What is free on the other side; all else is as the extension's version has it.
            for (verb, listed, others, world) in [("DROP", was, is, to.making.to), ("ADD", is, was, to.making.from)] {
                for object in listed.iter().filter(|member| !others.contains(member)).filter_map(|member| world.named(member)) {
                    let named = named(object).ok_or_else(|| format!("{} cannot be named", World::name_of(object)))?;
                    let statement = Statement::new(format!("ALTER EXTENSION {name} {verb} {named};"));
                    let (before, after) = if verb == "ADD" { super::access::around(object, to)? } else { (Vec::new(), Vec::new()) };
                    statements.extend(before.into_iter().chain([statement]).chain(after));
                }
            }
        }
        Ok(statements)
    }
}

impl Maker for Versions {
    fn create(&self, _: &Object, _: &Target<'_>) -> Written {
        Ok(Vec::new())
    }

    fn made_with<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<&'w Object> {
        world.find(Kind::Extension, &[object.identity.part(0)])
    }

    fn way(&self, change: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        match (change.from.text("version"), change.to.text("version")) {
            (Some(from), Some(to)) if !is_older(from, to) => {
                Way::Refuse(format!("an extension is updated to what is newer, and {to} is not known to be newer than {from}"))
            }
            (Some(_), Some(_)) => Way::InPlace,
            _ => Way::Refuse("its version is not known".to_owned()),
        }
    }

    fn alter(&self, change: &Change<'_>, _: &Target<'_>) -> Written {
        let (name, version) = (change.to.identity.part(0), change.to.text("version").ok_or("its version is not known")?);
        let from = change.from.text("version").unwrap_or_default();
        let fails = format!(
            "the server has no files that lead {name} from {from} to {version}, as pg_extension_update_paths({}) tells",
            literal(name)
        );
        let sql = format!("ALTER EXTENSION {} UPDATE TO {};", quoted(name), literal(version));
        Ok(vec![Statement::new(sql).hazard(Hazard::FailsIf(fails))])
    }

    fn drop(&self, _: &Object, _: &Target<'_>) -> Written {
        Ok(Vec::new())
    }
}

impl Maker for Languages {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        let trusted = if flag(object, "trusted") { "TRUSTED " } else { "" };
        let mut sql = format!("CREATE {trusted}LANGUAGE {}", quoted(object.identity.part(0)));
        for (property, word) in [("handler", "HANDLER"), ("inline", "INLINE"), ("validator", "VALIDATOR")] {
            if let Some(function) = call(object, property) {
                sql.push_str(&format!(" {word} {function}"));
            }
        }
        Ok(vec![Statement::new(format!("{sql};"))])
    }
}

impl Maker for AccessMethods {
    fn create(&self, object: &Object, _: &Target<'_>) -> Written {
        let typ = object.text("type").ok_or("its type is not known")?.to_ascii_uppercase();
        let handler = call(object, "handler").ok_or("its handler is not known")?;
        Ok(vec![Statement::new(format!("CREATE ACCESS METHOD {} TYPE {typ} HANDLER {handler};", quoted(object.identity.part(0))))])
    }
}

//! Schemas, extensions, languages and access methods: what others stand in or on.

use super::named::call;
use super::{Maker, Target, flag};
use crate::ident::quoted;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Statement, Way, World, Written};

pub struct Schemas;
pub struct Extensions;
pub struct Languages;
pub struct AccessMethods;

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
        // A throwaway server has what it has; the version is compared apart.
        let version = version.filter(|_| !to.making.form.throwaway).map(|version| format!(" VERSION {}", quoted(version)));
        Ok(vec![Statement::new(format!("CREATE EXTENSION {}{schema}{};", quoted(name), version.unwrap_or_default()))])
    }

    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        object.text("schema").and_then(|schema| world.find(Kind::Schema, &[schema])).into_iter().collect()
    }

    fn way(&self, change: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        if change.only(&["schema"]) { Way::InPlace } else { Way::Replace }
    }

    fn alter(&self, change: &Change<'_>, _: &Target<'_>) -> Written {
        let schema = change.to.text("schema").ok_or("its schema is not known")?;
        Ok(vec![Statement::new(format!("ALTER EXTENSION {} SET SCHEMA {};", quoted(change.to.identity.part(0)), quoted(schema)))])
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

//! What ALTER ROLE and ALTER DATABASE set.

use super::routine::setting;
use super::{Maker, Target};
use crate::ident::{dotted, quoted};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Statement, Way, World, Written};

pub struct Overrides;

const READ_ONLY: &str = "default_transaction_read_only";

fn whose(object: &Object, to: &Target<'_>) -> Result<String, String> {
    let (role, scope) = (object.identity.part(0), object.identity.part(1));
    let database = quoted(&to.dialect.database);
    Ok(match (role, scope) {
        ("every role", "this database") => format!("DATABASE {database}"),
        ("every role", _) => "ROLE ALL".to_owned(),
        (role, "this database") => format!("ROLE {} IN DATABASE {database}", to.role(role)?),
        (role, _) => format!("ROLE {}", to.role(role)?),
    })
}

impl Maker for Overrides {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let name = object.identity.part(2);
        if name == READ_ONLY && !to.making.form.throwaway {
            return Err("a database that is read-only by default refuses what is to be done after it: a person's work".to_owned());
        }
        let value = object.text("value").ok_or("its value is not known")?;
        Ok(vec![Statement::new(format!("ALTER {} SET {};", whose(object, to)?, setting(name, value)?))])
    }

    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        world.find(Kind::Role, &[object.identity.part(0)]).into_iter().collect()
    }

    fn way(&self, _: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        Way::InPlace
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        self.create(change.to, to)
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        Ok(vec![Statement::new(format!("ALTER {} RESET {};", whose(object, to)?, dotted(object.identity.part(2))))])
    }
}

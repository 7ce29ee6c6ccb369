//! Databases.

use super::text::collated;
use super::{Maker, MysqlDialect, Target, flag, loses};
use crate::ident::Quoted;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Statement, Way, World, Written};

pub struct Schemas;

impl Maker for Schemas {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let mut sql = format!("CREATE DATABASE {}", to.dialect.place.database(object.identity.part(0)));
        if let Some(collation) = object.text("collation") {
            sql.push_str(&format!(" {}", collated(collation)?));
        }
        if flag(object, "encrypted") {
            sql.push_str(" DEFAULT ENCRYPTION = 'Y'");
        }
        if let Some(comment) = object.text("comment") {
            sql.push_str(&format!(" COMMENT = {}", Quoted::of(comment)));
        }
        Ok(vec![Statement::new(format!("{sql};"))])
    }

    fn way(&self, change: &Change<'_>, _: (&World<'_>, &World<'_>), _: &MysqlDialect) -> Way {
        if change.touches("read_only") {
            return Way::Refuse("whether a database can be changed at all is said by hand: ALTER DATABASE … READ ONLY".to_owned());
        }
        Way::InPlace
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        let object = change.to;
        let mut sql = format!("ALTER DATABASE {}", to.dialect.place.database(object.identity.part(0)));
        if change.touches("collation") {
            sql.push_str(&format!(" {}", collated(object.text("collation").ok_or("its collation is not known")?)?));
        }
        if change.touches("encrypted") {
            sql.push_str(if flag(object, "encrypted") { " DEFAULT ENCRYPTION = 'Y'" } else { " DEFAULT ENCRYPTION = 'N'" });
        }
        if change.touches("comment") {
            sql.push_str(&format!(" COMMENT = {}", Quoted::of(object.text("comment").unwrap_or_default())));
        }
        Ok(vec![Statement::new(format!("{sql};"))])
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        let sql = format!("DROP DATABASE {};", to.dialect.place.database(object.identity.part(0)));
        Ok(vec![loses(sql, format!("everything in {}", object.display()))])
    }
}

/// Whether a database is neither among those that were captured nor one that every server has.
pub fn is_outside(database: &str, world: &World<'_>) -> bool {
    let is_own = world.manifest.endpoint.database == database || world.find(Kind::Schema, &[database]).is_some();
    !is_own && !OWN.contains(&database)
}

/// Databases that every server has by itself.
pub const OWN: &[&str] = &["information_schema", "mysql", "performance_schema", "sys"];

#[cfg(test)]
pub mod tests {
    use evenkeel_core::kind::Engine;
    use evenkeel_core::manifest::{Endpoint, Manifest, NodeRole};

    /// Of a database that holds nothing.
    pub fn manifest() -> Manifest {
        let endpoint = Endpoint {
            engine: Engine::MySql,
            server_version: "9.7.0".to_owned(),
            server_major: 907,
            database: "shop".to_owned(),
            role: "root".to_owned(),
            node: String::new(),
            node_role: NodeRole::Primary,
            captured_at: String::new(),
            roles: Default::default(),
            whose: Default::default(),
        };
        Manifest::new(endpoint, Vec::new(), Vec::new(), Vec::new())
    }
}

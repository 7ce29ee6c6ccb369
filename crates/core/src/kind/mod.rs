//! What evenkeel knows about an environment: kinds of objects, and the properties each kind declares once.
//!
//! Lives here: dimensions, kinds, property classes, the declarations (one file per kind beside this one).
//! Does not live here: how an engine reads an object (`postgres/capture`), nor what a difference means to a
//! gate (`gate`). Digest, compare, policy and every report are written once over these declarations.

mod catalog;
mod property;
mod rank;
mod value;

pub use catalog::{ALL, CONSTRAINT_SPACES, Kind};
pub use property::{Class, Neutral, Property, Shape, Tolerance};
pub use rank::Rank;
pub use value::Value;

use serde::{Deserialize, Serialize};

/// A family of database servers; a value that travels with data, never a reason to branch outside an engine crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    PostgreSql,
    MySql,
    MariaDb,
}

impl Engine {
    /// Every engine, in the order reports name them.
    pub const ALL: [Self; 3] = [Self::PostgreSql, Self::MySql, Self::MariaDb];

    /// A version as the vendor writes it: `14`, `10.11`.
    #[must_use]
    pub fn version_words(self, version: u16) -> String {
        match self {
            Self::PostgreSql => version.to_string(),
            Self::MySql | Self::MariaDb => format!("{}.{}", version / 100, version % 100),
        }
    }

    /// `PostgreSQL`, or `PostgreSQL 14` where it begins there.
    fn since_words(self, since: u16) -> String {
        if since == 0 { self.name().to_owned() } else { format!("{} {}", self.name(), self.version_words(since)) }
    }

    /// Whether two servers have enough in common to be compared at all.
    #[must_use]
    pub const fn comparable(self, other: Self) -> bool {
        matches!((self, other), (Self::PostgreSql, Self::PostgreSql) | (Self::MySql | Self::MariaDb, Self::MySql | Self::MariaDb))
    }

    /// The vendor's spelling.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PostgreSql => "PostgreSQL",
            Self::MySql => "MySQL",
            Self::MariaDb => "MariaDB",
        }
    }
}

/// Which servers have a kind or a property, and since which version. Data: judgement asks it, nothing branches on a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Engines {
    postgresql: Option<u16>,
    mysql: Option<u16>,
    mariadb: Option<u16>,
}

impl Engines {
    /// Every supported version of every engine.
    pub const ALL: Self = Self { postgresql: Some(0), mysql: Some(0), mariadb: Some(0) };
    /// PostgreSQL only.
    pub const POSTGRESQL: Self = Self { mysql: None, mariadb: None, ..Self::ALL };
    /// MySQL and MariaDB.
    pub const MYSQL_FAMILY: Self = Self { postgresql: None, ..Self::ALL };
    /// MySQL, not MariaDB.
    pub const MYSQL: Self = Self { postgresql: None, mariadb: None, ..Self::ALL };
    /// MariaDB, not MySQL.
    pub const MARIADB: Self = Self { postgresql: None, mysql: None, ..Self::ALL };

    /// The first version that has it, 0 for every supported one; `None` where the engine does not have it.
    #[must_use]
    pub const fn since(&self, engine: Engine) -> Option<u16> {
        match engine {
            Engine::PostgreSql => self.postgresql,
            Engine::MySql => self.mysql,
            Engine::MariaDb => self.mariadb,
        }
    }

    /// Whether that version of that engine has it.
    #[must_use]
    pub fn has(&self, engine: Engine, version: u16) -> bool {
        self.since(engine).is_some_and(|since| version >= since)
    }

    /// Whether some server has both.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        Engine::ALL.into_iter().any(|engine| self.since(engine).is_some() && other.since(engine).is_some())
    }

    /// The same, but from that version of that engine on.
    #[must_use]
    pub const fn from(mut self, engine: Engine, version: u16) -> Self {
        match engine {
            Engine::PostgreSql => self.postgresql = Some(version),
            Engine::MySql => self.mysql = Some(version),
            Engine::MariaDb => self.mariadb = Some(version),
        }
        self
    }

    /// In words for the reference: empty where every supported server has it.
    #[must_use]
    pub fn words(&self) -> String {
        let known: Vec<(Engine, Option<u16>)> = Engine::ALL.into_iter().map(|engine| (engine, self.since(engine))).collect();
        if known.iter().all(|(_, since)| *since == Some(0)) {
            return String::new();
        }
        let named = known.into_iter().filter_map(|(engine, since)| since.map(|since| engine.since_words(since)));
        named.collect::<Vec<_>>().join(", ")
    }
}

/// One side of an environment. Every kind belongs to exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dimension {
    Schema,
    Configuration,
    Data,
    Topology,
    Privileges,
    History,
}

impl Dimension {
    /// All dimensions in the order reports show them.
    pub const ALL: [Self; 6] = [Self::Schema, Self::Configuration, Self::Data, Self::Topology, Self::Privileges, Self::History];

    /// The word users type and read.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Configuration => "configuration",
            Self::Data => "data",
            Self::Topology => "topology",
            Self::Privileges => "privileges",
            Self::History => "history",
        }
    }

    /// The dimension with that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dimension| dimension.name() == name)
    }
}

/// How much a difference weighs. Ordered: `Inform < Warn < Block`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Inform,
    Warn,
    Block,
}

impl Severity {
    /// The word users type and read.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inform => "inform",
            Self::Warn => "warn",
            Self::Block => "block",
        }
    }
}

/// Where an object hangs, so that a missing table is one difference and not forty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parent {
    /// Belongs to nothing: an extension, a setting.
    None,
    /// Belongs to the schema named by the first part of its identity.
    Schema,
    /// Belongs to the relation named by the first two parts of its identity (a table, view or other relation).
    Relation,
    /// Belongs to the object of another kind that has the same identity: what is known about an index hangs on the index.
    Twin(Kind),
    /// Belongs to the relation whose qualified parts are in the named list property (`[schema, name]`).
    Property(&'static str),
    /// Its identity is `[kind of object, object…]`: ownership, grants.
    Object,
}

/// The declaration of one kind.
#[derive(Debug)]
pub struct Spec {
    /// Singular, as in reports, JSON and finding ids: `materialized-view`.
    pub name: &'static str,
    pub plural: &'static str,
    pub dimension: Dimension,
    /// What names the object. When the first part is `schema`, the object lives in that schema.
    pub identity: &'static [&'static str],
    /// What names it instead where names are unique within a table only (indexes of MySQL); empty where nothing else does.
    pub within_table: &'static [&'static str],
    pub parent: Parent,
    /// The servers that have such objects at all.
    pub engines: Engines,
    pub properties: &'static [Property],
    /// Properties that describe the object in one line when it stands alone in a report.
    pub summary: &'static [&'static str],
    /// Why it matters when one side lacks the object.
    pub why: &'static str,
    /// How much it weighs when one side lacks the object.
    pub missing: Severity,
}

impl Spec {
    /// The names of the parts of an identity with so many of them; `None` where the kind has no such identity.
    #[must_use]
    pub fn identity_of(&self, parts: usize) -> Option<&'static [&'static str]> {
        [self.identity, self.within_table].into_iter().find(|names| names.len() == parts && !names.is_empty())
    }

    /// Whether the first identity part names a schema.
    #[must_use]
    pub fn in_schema(&self) -> bool {
        self.identity.first().is_some_and(|part| *part == "schema")
    }

    /// The place of a property, common ones (`comment`, `security_labels`, `needs`) after the declared ones.
    #[must_use]
    pub fn index_of(&self, name: &str) -> Option<u8> {
        let declared = self.properties.iter().position(|property| property.name == name);
        let place =
            declared.or_else(|| property::COMMON.iter().position(|property| property.name == name).map(|at| at + self.properties.len()));
        place.and_then(|at| u8::try_from(at).ok())
    }

    /// The property at that place.
    #[must_use]
    pub fn property(&self, index: u8) -> Option<&'static Property> {
        let index = usize::from(index);
        match index.checked_sub(self.properties.len()) {
            None => self.properties.get(index),
            Some(common) => property::COMMON.get(common),
        }
    }

    /// Whether servers of that vendor have a property of that name.
    #[must_use]
    pub fn property_on(&self, name: &str, engine: Engine) -> bool {
        self.index_of(name).and_then(|at| self.property(at)).is_some_and(|property| property.engines.since(engine).is_some())
    }

    /// Every property, the common ones last.
    pub fn all_properties(&self) -> impl Iterator<Item = &'static Property> + use<> {
        self.properties.iter().chain(property::COMMON.iter())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn declarations_are_sound() {
        let mut names = BTreeSet::new();
        for kind in ALL {
            let spec = kind.spec();
            assert!(names.insert(spec.name), "two kinds are called {}", spec.name);
            assert_eq!(Kind::from_name(spec.name), Some(*kind));
            let mut properties = BTreeSet::new();
            for property in spec.all_properties() {
                assert!(properties.insert(property.name), "{}.{} is declared twice", spec.name, property.name);
                assert!(!property.doc.is_empty() && !property.why.is_empty(), "{}.{}", spec.name, property.name);
                let part = spec.identity.contains(&property.name) || property.name != "table" && spec.within_table.contains(&property.name);
                assert!(!part, "{}.{} is identity too", spec.name, property.name);
            }
            for name in spec.summary {
                assert!(properties.contains(name), "{} sums up an undeclared {name}", spec.name);
            }
            if let Parent::Property(name) = spec.parent {
                assert!(properties.contains(name), "{} hangs on an undeclared {name}", spec.name);
            }
            assert!(properties.len() < 200, "{} has too many properties for a u8 place", spec.name);
        }
    }
}

//! Names of objects as SQL.

use crate::ident::Ident;
use evenkeel_core::manifest::{ALL_DATABASES, Object};

/// Where statements run: with the one database that was captured, or with names that carry theirs.
#[derive(Debug, Clone)]
pub struct Place {
    /// `None` where all databases were captured.
    own: Option<String>,
}

impl Place {
    /// From an endpoint's database.
    #[must_use]
    pub fn new(database: &str) -> Self {
        Self { own: (database != ALL_DATABASES).then(|| database.to_owned()) }
    }

    /// Whether one database was captured.
    #[must_use]
    pub const fn is_one(&self) -> bool {
        self.own.is_some()
    }

    /// A database; the own one where the name is empty.
    #[must_use]
    pub fn database(&self, shown: &str) -> String {
        let name = if shown.is_empty() { self.own.as_deref().unwrap_or_default() } else { shown };
        Ident(name).to_string()
    }

    /// An object of the form schema and name.
    #[must_use]
    pub fn whole(&self, object: &Object) -> String {
        self.qualified(object.identity.part(0), object.identity.part(1))
    }

    /// The table of an object of the form schema, table and name.
    #[must_use]
    pub fn table_of(&self, object: &Object) -> String {
        self.whole(object)
    }

    /// A name with its database.
    #[must_use]
    pub fn qualified(&self, schema: &str, name: &str) -> String {
        format!("{}.{}", self.database(schema), Ident(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_database_is_put_back() {
        assert_eq!(Place::new("sh`op").qualified("", "t"), "`sh``op`.`t`");
        assert_eq!(Place::new(ALL_DATABASES).qualified("crm", "t"), "`crm`.`t`");
    }
}

//! What of a server is captured: one database, or all that are not the server's own. And how its objects are named.
//!
//! Where one database is captured, its objects are named without it: staging and production may call it differently, and
//! must match all the same. Names inside of stored texts lose it too (`canonical`).

use crate::ident::Literal;
use std::sync::Arc;

/// The server's own databases.
const SYSTEM: &[&str] = &["information_schema", "mysql", "performance_schema", "sys"];

/// Whether a database is the server's own.
#[must_use]
pub fn is_system(database: &str) -> bool {
    SYSTEM.contains(&database)
}

/// The captured databases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    One(Arc<str>),
    All,
    /// Whatever database a session is in; for statements that are printed, not sent.
    Current,
}

impl Scope {
    /// The database of a connection; all of them where it names none.
    #[must_use]
    pub fn of(database: &str) -> Self {
        if database.is_empty() { Self::All } else { Self::One(database.into()) }
    }

    /// The one database, where it is one.
    #[must_use]
    pub fn one(&self) -> Option<&str> {
        match self {
            Self::One(name) => Some(name),
            Self::All | Self::Current => None,
        }
    }

    /// The SQL condition that a column names a captured database. MariaDB's `information_schema` compares without case and
    /// accents, so that `shop` would be given the events of `SHOP`: bytes are compared as well, which is right wherever
    /// databases that differ so little can stand side by side. The plain comparison lets the server open one directory only.
    /// <https://dev.mysql.com/doc/refman/en/identifier-case-sensitivity.html>
    #[must_use]
    pub fn condition(&self, column: &str) -> String {
        match self {
            Self::Current => format!("{column} = database()"),
            Self::One(name) => {
                let name = Literal(name);
                format!("{column} = {name} and (@@lower_case_table_names = 2 or cast({column} as binary) = cast({name} as binary))")
            }
            Self::All => {
                let names: Vec<String> = SYSTEM.iter().map(|name| format!("'{name}'")).collect();
                format!("cast({column} as binary) not in ({})", names.join(", "))
            }
        }
    }

    /// The database's name in identities: empty for the one that is captured alone.
    #[must_use]
    pub fn shown(&self, database: &str) -> Arc<str> {
        match self {
            Self::One(name) if **name == *database => "".into(),
            _ => database.into(),
        }
    }
}

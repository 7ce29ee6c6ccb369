//! What any stage has to say: one thing it found, about what, where the expectation comes from, and what to do.
//!
//! Lives here: the typed parts. A comparison's difference is a finding with more to it (`compare`), an exception that has run out is
//! one (`policy`); so will be a lint hit, a history's verdict, a closed gate. Does not live here: sentences (`report`). No stage
//! parses another's prose, and no sentence decides anything.

use crate::kind::{Dimension, Kind, Severity};
use std::fmt;

/// One thing found; `S` says about what. A stage that speaks of one sort of thing only says so in its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding<S = Subject> {
    /// Stable, never given another meaning: `EK-column-type`, `EK-waiver-expired`.
    pub id: String,
    pub severity: Severity,
    pub subject: S,
    pub expected: Option<String>,
    pub found: Option<String>,
    /// Where the expectation comes from.
    pub origin: Origin,
    /// Why it matters.
    pub why: String,
    /// The page of a manual that says more.
    pub manual: Option<String>,
    pub remedy: Option<Remedy>,
}

impl Finding {
    /// The dimension whose expectation is not kept, where it is one's.
    #[must_use]
    pub fn dimension(&self) -> Option<Dimension> {
        let is_of_history = matches!(self.subject, Subject::Migration { .. }) || self.id.starts_with("EK-migration-");
        is_of_history.then_some(Dimension::History)
    }
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// An object of an environment, or a property of it.
    Object(Thing),
    /// A statement, or a line of a file.
    Place(Place),
    /// What a migration tool records as one unit.
    Migration { tool: String, key: String },
    /// An environment as the user calls it.
    Environment { name: String },
    /// An exception that a team has agreed on.
    Waiver { pattern: String, place: Place },
}

/// An object of an environment and perhaps one property of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    pub dimension: Dimension,
    pub kind: Kind,
    /// As a person writes it: `app.orders.id`.
    pub object: String,
    /// Name and value of each identity part.
    pub identity: Vec<(&'static str, String)>,
    pub attribute: Option<&'static str>,
}

impl Thing {
    /// The schema it belongs to, or is; of owners and grants that of their object.
    #[must_use]
    pub fn schema(&self) -> Option<String> {
        let part = |wanted: &str| self.identity.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_str());
        match (self.kind, part("schema")) {
            (Kind::Schema, _) => part("name").map(str::to_owned),
            (_, Some(schema)) => Some(schema.to_owned()),
            // A grant's object is written as a person writes it, and a schema's own name stands alone.
            (_, None) if part("kind") == Some("schema") => part("object").map(str::to_owned),
            (_, None) => {
                part("object").and_then(crate::manifest::first_shown_part).filter(|(_, rest)| !rest.is_empty()).map(|(name, _)| name)
            }
        }
    }
}

/// A place in a file. Lines and columns begin with 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub file: String,
    pub line: u32,
    pub column: Option<u32>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        self.column.map_or(Ok(()), |column| write!(f, ":{column}"))
    }
}

/// Where an expectation comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It was captured on that side; `set_by` says who set the value there, where the server knows.
    Captured { side: Which, set_by: Option<String> },
    /// Somebody wrote it down.
    Written(Place),
    /// A manual says so: its address.
    Manual(&'static str),
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// SQL that runs as it stands.
    Statements(String),
    /// A step in words, for a person.
    Step(String),
}

impl Remedy {
    /// The SQL, where it is that.
    #[must_use]
    pub fn statements(&self) -> Option<&str> {
        match self {
            Self::Statements(sql) => Some(sql),
            Self::Step(_) => None,
        }
    }

    /// The words, where it is these.
    #[must_use]
    pub fn step(&self) -> Option<&str> {
        match self {
            Self::Statements(_) => None,
            Self::Step(words) => Some(words),
        }
    }
}

/// Which side of a comparison something is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Which {
    Reference,
    Candidate,
    Both,
}

/// The id of a table or column that was put aside in place of being dropped.
pub const DEFERRED: &str = "EK-deferred";

/// The id of an exception whose last day is over.
pub const WAIVER_EXPIRED: &str = "EK-waiver-expired";

/// The id of a role that may be called otherwise on the other side.
pub const ROLE_NAME: &str = "EK-role-name-suspected";

/// The id of an environment that is not where its manifest was captured.
pub const PLACE_CHANGED: &str = "EK-place-changed";
/// The id of a server that does not say which one it is.
pub const SOURCE_HIDDEN: &str = "EK-source-hidden";
/// The id of a history that the configuration takes out.
pub const HISTORY_NOWHERE: &str = "EK-history-nowhere";
/// The id of an environment that somebody has halted.
pub const HALTED: &str = "EK-environment-halted";
/// The id of an environment that somebody has locked.
pub const LOCKED: &str = "EK-environment-locked";
/// The id of an exception that excuses nothing.
pub const WAIVER_UNUSED: &str = "EK-waiver-unused";

/// Ids that findings had in earlier versions. Nothing is called so again: scripts and exceptions would take the one for the other.
pub const RETIRED: &[(&str, &str)] = &[("EK-policy-expired", "an exception that has run out; `EK-waiver-expired` since 0.1")];

/// The id of what a rule finds about objects of a kind.
#[must_use]
pub fn id(kind: &str, rule: &str) -> String {
    format!("EK-{kind}-{}", rule.replace('_', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::ALL;

    #[test]
    fn no_rule_takes_an_id_that_was_retired() {
        for kind in ALL {
            let rules = kind.spec().all_properties().map(|property| property.name);
            for rule in rules.chain(["missing", "extra", "name", "leftover", "column-order", "extension"]) {
                let id = id(kind.name(), rule);
                assert!(RETIRED.iter().all(|(retired, _)| *retired != id) && id != WAIVER_EXPIRED && id != ROLE_NAME, "{id}");
            }
        }
    }

    #[test]
    fn a_place_reads_as_editors_open_it() {
        let place = Place { file: "evenkeel.toml".to_owned(), line: 14, column: None };
        assert_eq!(place.to_string(), "evenkeel.toml:14");
        assert_eq!(Place { column: Some(3), ..place }.to_string(), "evenkeel.toml:14:3");
    }
}

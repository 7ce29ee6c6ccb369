//! What to do about a difference on MySQL and MariaDB that no statement of a patch is about: faults of single objects.
//!
//! Lives here: which fix for which fault, each proven in `tests/every_property`: applied, captured, compared; `name` turns shown names
//! back into SQL, for `patch` too. Does not live here: whatever one state of an object is made another by (`patch`).

pub(crate) mod name;

use crate::ident::Ident;
use crate::knowledge::settings;
use evenkeel_core::compare::{Case, Change, Reasoning, Remedies};
use evenkeel_core::finding::Remedy;
use evenkeel_core::kind::{Engine, Kind};
use evenkeel_core::manifest::Manifest;
use name::Place;

/// Remedies for one candidate.
#[derive(Debug, Clone)]
pub struct MysqlRemedies {
    /// The database that was captured alone; its objects are named without it.
    place: Place,
    engine: Engine,
}

impl MysqlRemedies {
    /// For the candidate that was captured.
    #[must_use]
    pub fn new(candidate: &Manifest) -> Self {
        let endpoint = &candidate.endpoint;
        Self { place: Place::new(&endpoint.database), engine: endpoint.engine }
    }

    /// States that are a fault of their own; the fix belongs to the side that has it.
    fn unsound(&self, case: &Case<'_>) -> Option<String> {
        let object = case.candidate.or(case.reference)?;
        match (object.kind, case.attribute?) {
            (Kind::Index, "enabled") => Some(format!("ALTER TABLE {} ENABLE KEYS;", self.place.table_of(object))),
            (Kind::Constraint, "enforced") => {
                Some(format!("ALTER TABLE {} ALTER CHECK {} ENFORCED;", self.place.table_of(object), Ident(object.identity.part(2))))
            }
            (Kind::Schema, "read_only") => Some(format!("ALTER DATABASE {} READ ONLY = 0;", self.place.database(object.identity.part(0)))),
            _ => None,
        }
    }
}

impl Remedies for MysqlRemedies {
    fn fix(&self, case: &Case<'_>) -> Option<Remedy> {
        if case.change == Change::Unsound { self.unsound(case).map(Remedy::Statements) } else { None }
    }

    fn reasoning(&self, case: &Case<'_>) -> Option<Reasoning> {
        // That a vendor or version has a setting at all is not what the table is about.
        if case.kind != Kind::Setting || case.attribute != Some("value") {
            return None;
        }
        let known = settings::known(case.reference.or(case.candidate)?.identity.part(0))?;
        Some(Reasoning { why: known.why.to_owned(), source: settings::source(known, self.engine) })
    }
}

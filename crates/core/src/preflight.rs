//! What a build needs and a target lacks: the nouns. Who is asked is `pipeline/preflight`'s business.

use crate::finding::{Finding, Origin, Place, Remedy, Subject, Which};
use crate::kind::Severity;

/// The id of something that a build needs and a target lacks.
pub const LACKING: &str = "EK-preflight-missing";
/// Why that matters.
pub const LACKING_WHY: &str = "The build starts, and fails at the first request that needs it.";

/// A query of a build, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub sql: String,
    pub place: Place,
    /// What the build expects of it; nothing where nobody wrote that down.
    pub expected: Option<Shape>,
    /// Why it is no query that can be asked about.
    pub odd: Option<String>,
    /// How often it is asked beside the others.
    pub weight: u64,
}

/// Columns with their types, and types of parameters, in the server's own words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shape {
    pub columns: Vec<(String, String)>,
    pub parameters: Vec<String>,
}

/// Something that is not there as the build needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// Where the query stands; nothing of what a manifest expects.
    pub place: Option<Place>,
    pub query: Option<String>,
    /// The server's code.
    pub code: Option<String>,
    /// As it is shown, or as the query names it.
    pub object: Option<String>,
    /// What is wrong, in words.
    pub what: String,
    /// The nearest name that is there.
    pub nearest: Option<String>,
    /// The migration of the folder that makes it, and what the record says of that.
    pub migration: Option<String>,
    pub recorded: Option<String>,
}

impl Lack {
    /// Of the target as a whole.
    #[must_use]
    pub fn of(what: String) -> Self {
        Self { what, place: None, query: None, code: None, object: None, nearest: None, migration: None, recorded: None }
    }
}

/// What came out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preflight {
    pub label: String,
    pub lacks: Vec<Lack>,
    /// Queries that nobody could ask about, with the reason.
    pub not_understood: Vec<(Place, String)>,
    pub queries: usize,
    pub objects: usize,
    /// Migrations of the artifact that is to have run there.
    pub migrations: usize,
    /// The run of evenkeel's that brought the artifact there, where its journal has one.
    pub ran: Option<Ran>,
    pub gaps: Vec<String>,
}

/// A run that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    pub number: u32,
    /// RFC 3339, in UTC.
    pub ended: String,
    pub by: String,
}

impl Preflight {
    /// 1 where something is missing, 2 where something could not be told.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        let is_whole = self.gaps.is_empty() && self.not_understood.is_empty() && self.queries + self.objects + self.migrations > 0;
        match (self.lacks.is_empty(), is_whole) {
            (false, _) => 1,
            (true, true) => 0,
            (true, false) => 2,
        }
    }
}

impl Preflight {
    /// What is lacking.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        self.lacks.iter().map(|lack| self.finding(lack)).collect()
    }

    fn finding(&self, lack: &Lack) -> Finding {
        let subject = match &lack.place {
            Some(place) => Subject::Place(place.clone()),
            None => Subject::Environment { name: self.label.clone() },
        };
        let migration = lack.migration.as_ref().map(|migration| {
            let recorded = lack.recorded.as_ref().map(|recorded| format!(", recorded as {recorded}")).unwrap_or_default();
            format!("run the migration that makes it: {migration}{recorded}")
        });
        let nearest = lack.nearest.as_ref().map(|nearest| format!("the nearest name that is there: {nearest}"));
        let code = lack.code.as_ref().map(|code| format!(" ({code})")).unwrap_or_default();
        Finding {
            id: LACKING.to_owned(),
            severity: Severity::Block,
            subject,
            expected: lack.object.clone(),
            found: Some(format!("{}{code}", lack.what)),
            origin: lack.place.clone().map_or(Origin::Captured { side: Which::Reference, set_by: None }, Origin::Written),
            why: LACKING_WHY.to_owned(),
            manual: None,
            remedy: migration.or(nearest).map(Remedy::Step),
        }
    }

    /// Everything that could not be told, in words.
    #[must_use]
    pub fn open(&self) -> Vec<String> {
        let odd = self.not_understood.iter().map(|(place, why)| format!("{place}: {why}"));
        self.gaps.iter().cloned().chain(odd).collect()
    }
}

/// The name that is nearest to one that is not there; nothing where none is near.
#[must_use]
pub fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    const FAR: usize = 3;
    let own = |shown: &str| shown.rsplit('.').next().unwrap_or(shown).to_lowercase();
    let wanted = own(name);
    let most = FAR.min(wanted.chars().count() / 2);
    let near = names.filter_map(|other| {
        let distance = strsim::damerau_levenshtein(&wanted, &own(other));
        (distance <= most).then_some((distance, other))
    });
    near.min().map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_near_is_named() {
        let names = ["public.accounts.email", "public.accounts.note", "public.orders"];
        assert_eq!(nearest("emial", names.into_iter()), Some("public.accounts.email"));
        assert_eq!(nearest("order", names.into_iter()), Some("public.orders"));
        assert_eq!(nearest("x", names.into_iter()), None);
    }

    #[test]
    fn nothing_asked_is_nothing_told() {
        assert_eq!(Preflight::default().exit_code(), 2);
        assert_eq!(Preflight { queries: 1, ..Preflight::default() }.exit_code(), 0);
        let gap = Preflight { queries: 1, gaps: vec!["x".to_owned()], ..Preflight::default() };
        assert_eq!(gap.exit_code(), 2);
    }
}

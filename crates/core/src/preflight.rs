//! What a build needs and a target lacks: the nouns. Who is asked is `pipeline/preflight`'s business.

use crate::finding::Place;

/// A query of a build, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub sql: String,
    pub place: Place,
    /// What the build expects of it; nothing where nobody wrote that down.
    pub expected: Option<Shape>,
    /// Why it is no query that can be asked about.
    pub odd: Option<String>,
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

/// What came out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preflight {
    pub label: String,
    pub lacks: Vec<Lack>,
    /// Queries that nobody could ask about, with the reason.
    pub not_understood: Vec<(Place, String)>,
    pub queries: usize,
    pub objects: usize,
    pub gaps: Vec<String>,
}

impl Preflight {
    /// 1 where something is missing, 2 where something could not be told.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        let is_whole = self.gaps.is_empty() && self.not_understood.is_empty() && self.queries + self.objects > 0;
        match (self.lacks.is_empty(), is_whole) {
            (false, _) => 1,
            (true, true) => 0,
            (true, false) => 2,
        }
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

//! Exceptions a team has agreed on: each with a reason, an owner and an end. Never changes a digest.

use crate::compare::{Change, Comparison, Difference, Which};
use crate::kind::{Dimension, Severity};
use globset::{Glob, GlobMatcher};
use jiff::civil::Date;

/// One exception.
#[derive(Debug, Clone)]
pub struct Waiver {
    /// As written: `schema:partman.*`, `index:app.*_old`, `app.scratch`.
    pub pattern: String,
    scope: Option<Scope>,
    object: GlobMatcher,
    pub dimension: Option<Dimension>,
    attribute: Option<GlobMatcher>,
    pub reason: String,
    pub owner: String,
    /// The last day it holds.
    pub until: Date,
    /// Where it is written: `evenkeel.toml:14`.
    pub origin: String,
}

#[derive(Debug, Clone)]
enum Scope {
    Dimension(Dimension),
    Kind(String),
}

/// A waiver as it is written.
#[derive(Debug, Clone)]
pub struct Draft {
    pub object: String,
    pub dimension: Option<Dimension>,
    pub attribute: Option<String>,
    pub reason: String,
    pub owner: String,
    pub until: Date,
    pub origin: String,
}

impl Waiver {
    /// Compiles the patterns.
    ///
    /// # Errors
    /// The reason a pattern cannot be read, as text for a person.
    pub fn new(draft: Draft) -> Result<Self, String> {
        let glob = |text: &str| Glob::new(text).map(|glob| glob.compile_matcher()).map_err(|error| error.to_string());
        let (scope, object) = match draft.object.split_once(':') {
            None => (None, draft.object.as_str()),
            Some((prefix, rest)) => match (Dimension::from_name(prefix), crate::kind::Kind::from_name(prefix)) {
                (Some(dimension), _) => (Some(Scope::Dimension(dimension)), rest),
                (None, Some(kind)) => (Some(Scope::Kind(kind.name().to_owned())), rest),
                (None, None) => return Err(format!("{prefix:?} is neither a dimension nor a kind of object")),
            },
        };
        Ok(Self {
            scope,
            object: glob(object)?,
            attribute: draft.attribute.as_deref().map(glob).transpose()?,
            pattern: draft.object,
            dimension: draft.dimension,
            reason: draft.reason,
            owner: draft.owner,
            until: draft.until,
            origin: draft.origin,
        })
    }

    /// Whether it is about that difference.
    #[must_use]
    pub fn covers(&self, difference: &Difference) -> bool {
        let in_scope = match &self.scope {
            None => true,
            Some(Scope::Dimension(dimension)) => difference.dimension == *dimension,
            Some(Scope::Kind(kind)) => difference.kind == kind,
        };
        in_scope
            && self.dimension.is_none_or(|dimension| dimension == difference.dimension)
            // An exception for properties does not excuse that the whole object is missing.
            && self.attribute.as_ref().is_none_or(|glob| difference.attribute.is_some_and(|attribute| glob.is_match(attribute)))
            && self.object.is_match(&difference.object)
    }
}

/// A difference that is excused, and by what.
#[derive(Debug, Clone)]
pub struct Ignored {
    pub difference: Difference,
    pub waiver: Waiver,
}

/// Takes the excused differences out. A waiver past its day excuses nothing and is a difference of its own.
pub fn apply(comparison: &mut Comparison, waivers: &[Waiver], today: Date) -> Vec<Ignored> {
    let mut ignored = Vec::new();
    let differences = std::mem::take(&mut comparison.differences);
    for difference in differences {
        match waivers.iter().find(|waiver| waiver.until >= today && waiver.covers(&difference)) {
            Some(waiver) => ignored.push(Ignored { difference, waiver: waiver.clone() }),
            None => comparison.differences.push(difference),
        }
    }
    let expired = waivers.iter().filter(|waiver| waiver.until < today).map(expired);
    comparison.differences.splice(0..0, expired);
    ignored
}

fn expired(waiver: &Waiver) -> Difference {
    Difference {
        id: "EK-policy-expired".to_owned(),
        dimension: waiver.dimension.unwrap_or(Dimension::Schema),
        kind: "policy",
        object: waiver.pattern.clone(),
        identity: vec![("object", waiver.pattern.clone())],
        attribute: Some("until"),
        change: Change::Unsound,
        which: Which::Both,
        expected: Some("a day that is not over".to_owned()),
        found: Some(format!("{} (owner {}, reason: {})", waiver.until, waiver.owner, waiver.reason)),
        detail: Vec::new(),
        severity: Severity::Block,
        origin: waiver.origin.clone(),
        why: "An exception that has run out excuses nothing: someone agreed to look at it again by then.".to_owned(),
        fix: Some(format!("ask {} whether it still holds; then move `until`, or remove the exception ({})", waiver.owner, waiver.origin)),
    }
}

//! Exceptions a team has agreed on: each with a reason, an owner and an end. Never changes a digest.

use crate::compare::{Comparison, Difference};
use crate::finding::{Finding, Origin, Place, Remedy, Subject, Thing, WAIVER_EXPIRED, WAIVER_UNUSED};
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
    /// Whatever is of that schema, in all dimensions.
    schema: Option<GlobMatcher>,
    pub reason: String,
    pub owner: String,
    /// The last day it holds.
    pub until: Date,
    /// Where it is written: `evenkeel.toml:14`.
    pub place: Place,
}

#[derive(Debug, Clone)]
enum Scope {
    Dimension(Dimension),
    Kind(crate::kind::Kind),
}

/// A waiver as it is written.
#[derive(Debug, Clone)]
pub struct Draft {
    pub object: String,
    pub dimension: Option<Dimension>,
    pub attribute: Option<String>,
    pub schema: Option<String>,
    pub reason: String,
    pub owner: String,
    pub until: Date,
    pub place: Place,
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
                (None, Some(kind)) => (Some(Scope::Kind(kind)), rest),
                (None, None) => return Err(format!("{prefix:?} is neither a dimension nor a kind of object")),
            },
        };
        Ok(Self {
            scope,
            object: glob(object)?,
            attribute: draft.attribute.as_deref().map(glob).transpose()?,
            schema: draft.schema.as_deref().map(glob).transpose()?,
            pattern: draft.object,
            dimension: draft.dimension,
            reason: draft.reason,
            owner: draft.owner,
            until: draft.until,
            place: draft.place,
        })
    }

    /// What it may be about.
    fn dimensions(&self) -> Vec<Dimension> {
        let scope = match &self.scope {
            Some(Scope::Dimension(dimension)) => Some(*dimension),
            Some(Scope::Kind(kind)) => Some(kind.spec().dimension),
            None => None,
        };
        scope.or(self.dimension).map_or_else(|| Dimension::ALL.to_vec(), |dimension| vec![dimension])
    }

    /// Whether it is about that difference.
    #[must_use]
    pub fn covers(&self, difference: &Difference) -> bool {
        self.is_about(&difference.subject)
    }

    /// Whether it is about an object, or that property of one.
    #[must_use]
    pub fn is_about(&self, about: &Thing) -> bool {
        let in_scope = match &self.scope {
            None => true,
            Some(Scope::Dimension(dimension)) => about.dimension == *dimension,
            Some(Scope::Kind(kind)) => about.kind == *kind,
        };
        in_scope
            && self.dimension.is_none_or(|dimension| dimension == about.dimension)
            // An exception for properties does not excuse that the whole object is missing.
            && self.attribute.as_ref().is_none_or(|glob| about.attribute.is_some_and(|attribute| glob.is_match(attribute)))
            && self.schema.as_ref().is_none_or(|schema| about.schema().is_some_and(|name| schema.is_match(name)))
            && self.object.is_match(&about.object)
    }
}

/// A difference that is excused, and by what.
#[derive(Debug, Clone)]
pub struct Ignored {
    pub difference: Difference,
    pub waiver: Waiver,
}

/// Takes the excused differences and shared faults out. A waiver past its day excuses nothing and is a finding of its own.
pub fn apply(comparison: &mut Comparison, waivers: &[Waiver], today: Date) -> Vec<Ignored> {
    let mut ignored = Vec::new();
    for list in [&mut comparison.differences, &mut comparison.shared] {
        for difference in std::mem::take(list) {
            match waivers.iter().find(|waiver| waiver.until >= today && waiver.covers(&difference)) {
                Some(waiver) => ignored.push(Ignored { difference, waiver: waiver.clone() }),
                None => list.push(difference),
            }
        }
    }
    comparison.findings.extend(waivers.iter().filter(|waiver| waiver.until < today).map(expired));
    // One that is about what was not compared may be of use elsewhere.
    let is_unused = |waiver: &&Waiver| {
        let used = ignored.iter().any(|ignored: &Ignored| waiver.covers(&ignored.difference));
        waiver.until >= today
            && !used
            && waiver.dimensions().iter().all(|dimension| comparison.outcomes.iter().any(|it| it.dimension == *dimension && it.compared))
    };
    let unused: Vec<Finding> = waivers.iter().filter(is_unused).map(unused).collect();
    comparison.findings.extend(unused);
    ignored
}

fn unused(waiver: &Waiver) -> Finding {
    Finding {
        id: WAIVER_UNUSED.to_owned(),
        severity: Severity::Inform,
        subject: Subject::Waiver { pattern: waiver.pattern.clone(), place: waiver.place.clone() },
        expected: Some("a difference that it excuses".to_owned()),
        found: None,
        origin: Origin::Written(waiver.place.clone()),
        why: "It excuses nothing here: its pattern is mistyped, or it has done its work.".to_owned(),
        manual: None,
        remedy: Some(Remedy::Step(format!("correct the pattern, or remove the exception ({})", waiver.place))),
    }
}

fn expired(waiver: &Waiver) -> Finding {
    Finding {
        id: WAIVER_EXPIRED.to_owned(),
        severity: Severity::Block,
        subject: Subject::Waiver { pattern: waiver.pattern.clone(), place: waiver.place.clone() },
        expected: Some("a day that is not over".to_owned()),
        found: Some(format!("{} (owner {}, reason: {})", waiver.until, waiver.owner, waiver.reason)),
        origin: Origin::Written(waiver.place.clone()),
        why: "An exception that has run out excuses nothing: someone agreed to look at it again by then.".to_owned(),
        manual: None,
        remedy: Some(Remedy::Step(format!(
            "ask {} whether it still holds; then move `until`, or remove the exception ({})",
            waiver.owner, waiver.place
        ))),
    }
}

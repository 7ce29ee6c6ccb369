//! What to do about a difference: asked of the engine, which alone knows the statement.

use super::Change;
use crate::finding::Remedy;
use crate::kind::Kind;
use crate::manifest::Object;

/// One difference a remedy is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    pub kind: Kind,
    pub attribute: Option<&'static str>,
    pub reference: Option<&'a Object>,
    pub candidate: Option<&'a Object>,
    pub change: Change,
}

/// Why one object matters more, or otherwise, than its kind says: knowledge of the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reasoning {
    pub why: String,
    /// The page of the manual that says so.
    pub source: String,
}

/// Knows what to do about a difference.
pub trait Remedies {
    /// What makes the candidate like the reference; `None` where nothing is known to be right.
    fn fix(&self, case: &Case<'_>) -> Option<Remedy>;

    /// Why this difference matters, where more is known than its declaration says.
    fn reasoning(&self, _case: &Case<'_>) -> Option<Reasoning> {
        None
    }
}

/// Knows nothing to do.
#[derive(Debug, Clone, Copy)]
pub struct NoRemedies;

impl Remedies for NoRemedies {
    fn fix(&self, _: &Case<'_>) -> Option<Remedy> {
        None
    }
}

//! What to do about a difference: asked of the engine, which alone knows the statement.

use super::Change;
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

/// Knows what to do about a difference.
pub trait Remedies {
    /// A statement or step that makes the candidate like the reference; `None` where none is known to be right.
    fn fix(&self, case: &Case<'_>) -> Option<String>;
}

/// Knows nothing to do.
#[derive(Debug, Clone, Copy)]
pub struct NoRemedies;

impl Remedies for NoRemedies {
    fn fix(&self, _: &Case<'_>) -> Option<String> {
        None
    }
}

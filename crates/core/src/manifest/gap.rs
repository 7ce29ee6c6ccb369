//! What could not be seen, and what would cure it. A gap makes a verdict "could not tell"; it opens no gate.

use super::Object;
use crate::kind::{Class, Dimension, Kind};
use serde::{Deserialize, Serialize};

/// Why something could not be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The role lacks a privilege.
    Privilege,
    /// This version of evenkeel does not read it.
    NotCaptured,
    /// A bounded wait ran out: someone else holds a lock.
    Locked,
    /// The schema changed while it was read.
    Changed,
    /// The server version has no such thing, or evenkeel does not know the version.
    Version,
    /// Needs something that was not given: a migration role, a heartbeat table.
    NotConfigured,
    /// Two objects cannot be told apart.
    Ambiguous,
    /// Both sides were seen, and their servers say the same in ways that cannot be set beside each other. Comparing finds
    /// it; no manifest holds it.
    NotComparable,
    /// The server refused or failed.
    Failed,
}

/// One thing that could not be seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gap {
    pub dimension: Dimension,
    /// The kind that is not complete; `None` for the whole dimension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The one object it is about; `None` for the whole kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// The one property it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    pub reason: Reason,
    pub detail: String,
    /// A statement or step that cures it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cure: Option<String>,
}

impl Gap {
    /// A whole dimension was not seen.
    #[must_use]
    pub const fn dimension(dimension: Dimension, reason: Reason, detail: String) -> Self {
        Self { dimension, kind: None, object: None, attribute: None, reason, detail, cure: None }
    }

    /// A kind was not seen, or not completely.
    #[must_use]
    pub fn kind(kind: Kind, reason: Reason, detail: String) -> Self {
        let spec = kind.spec();
        Self { kind: Some(spec.name.to_owned()), ..Self::dimension(spec.dimension, reason, detail) }
    }

    /// One object was not seen completely.
    #[must_use]
    pub fn object(object: &Object, reason: Reason, detail: String) -> Self {
        Self { object: Some(object.display()), ..Self::kind(object.kind, reason, detail) }
    }

    /// One property of a kind or object was not seen.
    #[must_use]
    pub fn attribute(mut self, name: &str) -> Self {
        self.attribute = Some(name.to_owned());
        self
    }

    /// Whether a digest depends on what was not seen: a cosmetic property is in none.
    #[must_use]
    pub fn concerns_digest(&self) -> bool {
        let kind = self.kind.as_deref().and_then(Kind::from_name);
        let property = kind.zip(self.attribute.as_deref()).and_then(|(kind, name)| {
            let spec = kind.spec();
            spec.index_of(name).and_then(|index| spec.property(index))
        });
        property.is_none_or(|property| matches!(property.class, Class::Semantic | Class::Order))
    }

    /// With what cures it.
    #[must_use]
    pub fn cure(mut self, cure: impl Into<String>) -> Self {
        self.cure = Some(cure.into());
        self
    }
}

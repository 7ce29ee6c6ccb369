//! How much a setting matters to a migration: a property of the kinds of settings, stored under its name.

use super::Severity;

/// What a difference in a setting weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// A migration does something else where it is another.
    MustMatch,
    /// A migration may take another time or way.
    ShouldMatch,
    /// It is another in every environment.
    Expected,
}

impl Rank {
    const ALL: [Self; 3] = [Self::MustMatch, Self::ShouldMatch, Self::Expected];

    /// As manifests and reports have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::MustMatch => "must match",
            Self::ShouldMatch => "should match",
            Self::Expected => "expected to differ",
        }
    }

    /// The rank of that name; what is none says nothing about the weight.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rank| rank.name() == name)
    }

    #[must_use]
    pub const fn weight(self) -> Severity {
        match self {
            Self::MustMatch => Severity::Block,
            Self::ShouldMatch => Severity::Warn,
            Self::Expected => Severity::Inform,
        }
    }
}

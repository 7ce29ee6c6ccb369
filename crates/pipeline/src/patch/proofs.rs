//! What was proven before, so that the same is not tried again. Where it is kept is the business of whoever runs this.

/// A proof of an earlier run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Before {
    /// What it was tried on.
    pub server: String,
    /// When.
    pub at: String,
}

/// Proofs of earlier runs, by what they rest on.
pub trait Proofs: Sync {
    /// `None` where there is none, or it cannot be read.
    fn before(&self, ground: &str) -> Option<Before>;

    /// Keeps one, if it can.
    fn keep(&self, ground: &str, server: &str);
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy)]
pub struct NoProofs;

impl Proofs for NoProofs {
    fn before(&self, _: &str) -> Option<Before> {
        None
    }

    fn keep(&self, _: &str, _: &str) {}
}

//! The one thing the wiring chooses: a family of servers, and what it can be asked for.

use crate::compare::Remedies;
use crate::kind;
use crate::manifest::Manifest;
use std::collections::BTreeMap;

/// A family of servers.
pub trait Engine: Sync {
    /// Brings the texts of a manifest that an earlier version of evenkeel wrote to today's canonical and normal forms.
    fn renew(&self, manifest: &mut Manifest);

    /// What to do about differences of a candidate, given its manifest and its own names of shared roles.
    fn remedies(&self, candidate: &Manifest, roles: &BTreeMap<String, String>) -> Box<dyn Remedies>;
}

/// Every family that was built in.
pub trait Engines: Sync {
    fn of(&self, engine: kind::Engine) -> &dyn Engine;
}

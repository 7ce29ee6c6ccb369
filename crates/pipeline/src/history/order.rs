//! The order to run a repair where it counts. Neighbours: `apply` and `orphans`, which carry it out.

use evenkeel_core::port::{Act, Intention, Owner, Store};
use std::time::Duration;

/// Who wants it, and under which conditions.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    pub store: &'a dyn Store,
    /// As it is configured.
    pub environment: &'a str,
    pub by: &'a str,
    pub owner: &'a Owner,
    /// Whether the process of a run is there still; nothing where that cannot be told.
    pub is_there: &'a dyn Fn(&Owner) -> Option<bool>,
    /// What the user calls the snapshot that was taken before.
    pub snapshot: &'a str,
    pub reason: Option<&'a str>,
    /// The parity lock that keeps it from being changed, in words.
    pub locked: Option<&'a str>,
    pub allow_destructive: bool,
    /// For how long locks of others are asked for.
    pub patience: Duration,
}

impl Order<'_> {
    /// What is written down before anything is done: on which server and database, from which schema on, which acts.
    pub(super) fn intention(&self, target: String, ground: String, acts: Vec<Act>) -> Intention {
        Intention {
            verb: "repair".to_owned(),
            environment: self.environment.to_owned(),
            target,
            by: self.by.to_owned(),
            owner: self.owner.clone(),
            reason: self.reason.map(str::to_owned),
            snapshot: Some(self.snapshot.to_owned()),
            ground,
            digest: Intention::digest_of(&acts),
            artifact: None,
            rewritten: None,
            acts,
        }
    }
}

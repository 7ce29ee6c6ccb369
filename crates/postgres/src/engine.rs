//! The port: what PostgreSQL can be asked for, before any server is named. Neighbour: `environment`, one server.

use crate::capture;
use crate::remedy::PostgresRemedies;
use evenkeel_core::compare::Remedies;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::Engine;
use std::collections::BTreeMap;

/// PostgreSQL.
#[derive(Debug, Clone, Copy)]
pub struct Postgres;

impl Engine for Postgres {
    fn renew(&self, manifest: &mut Manifest) {
        capture::renew(manifest);
    }

    fn remedies(&self, candidate: &Manifest, roles: &BTreeMap<String, String>) -> Box<dyn Remedies> {
        Box::new(PostgresRemedies::new(candidate, roles.clone()))
    }
}

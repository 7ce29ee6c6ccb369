//! The port: what MySQL and MariaDB can be asked for, before any server is named. Neighbour: `environment`, one server.

use crate::remedy::MysqlRemedies;
use evenkeel_core::compare::Remedies;
use evenkeel_core::manifest::{CANONICAL, Manifest};
use evenkeel_core::port::Engine;
use std::collections::BTreeMap;

/// MySQL and MariaDB.
#[derive(Debug, Clone, Copy)]
pub struct Mysql;

impl Engine for Mysql {
    /// Texts of all versions so far are the same here.
    fn renew(&self, manifest: &mut Manifest) {
        manifest.canonical = CANONICAL;
    }

    fn remedies(&self, candidate: &Manifest, roles: &BTreeMap<String, String>) -> Box<dyn Remedies> {
        Box::new(MysqlRemedies::new(candidate, roles.clone()))
    }
}

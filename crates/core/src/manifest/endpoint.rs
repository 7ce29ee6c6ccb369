//! Where a manifest was captured: server, database, role, node, time. No secrets.

use crate::kind::Engine;
use serde::{Deserialize, Serialize};

/// What the node was when it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeRole {
    Primary,
    Standby,
}

/// Where a manifest comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    pub engine: Engine,
    /// Full version as the server tells it: `15.8`.
    pub server_version: String,
    /// What `since` and version boundaries are compared with: 15; for MySQL and MariaDB major × 100 + minor.
    pub server_major: u16,
    pub database: String,
    /// The role that read it.
    pub role: String,
    /// Host and port, or socket folder; no user, no password.
    pub node: String,
    pub node_role: NodeRole,
    /// When the capture began, RFC 3339 in UTC.
    pub captured_at: String,
}

/// What stands for the database where all of a server were captured at once.
pub const ALL_DATABASES: &str = "(all)";

impl Endpoint {
    /// Whether all databases of the server were captured: then objects are named with theirs, otherwise without.
    #[must_use]
    pub fn is_whole_server(&self) -> bool {
        self.database == ALL_DATABASES
    }
}

//! Where a manifest was captured: server, database, role, node, time. No secrets.

use crate::kind::Engine;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// Names of roles that were mapped when it was read: shared name to the name on that server. Everything in the manifest has the
    /// shared ones.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<String, String>,
    /// Which running server and which database of it was read. It is in no file: two manifests are never one database.
    #[serde(skip)]
    pub whose: Whose,
}

/// Where the content of a manifest comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Whose {
    /// A file, which is nobody's server.
    #[default]
    File,
    Server(Instance),
    /// A server that does not say which one it is.
    Hidden {
        /// The statement that lets it be seen.
        cure: Option<String>,
    },
}

/// A database of a running server. A replica, a clone and the same server after a restart are others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// What the server says of itself, as its engine sees fit.
    pub server: String,
    /// What a server and its replicas have in common, where they have such a thing.
    pub cluster: Option<String>,
    /// When it was started, in microseconds of the epoch.
    pub started: i64,
    /// How far two readings of one start may lie apart, in microseconds: none where the server knows the moment. One that only
    /// counts whole seconds since then is read at two moments.
    pub slack: u64,
    pub database: String,
}

impl Instance {
    /// Whether both are one database of one running server.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.server == other.server
            && self.database == other.database
            && self.started.abs_diff(other.started) <= self.slack.min(other.slack)
    }
}

/// What stands for the database where all of a server were captured at once.
pub const ALL_DATABASES: &str = "(all)";

impl Endpoint {
    /// Whether all databases of the server were captured: then objects are named with theirs, otherwise without.
    #[must_use]
    pub fn is_whole_server(&self) -> bool {
        self.database == ALL_DATABASES
    }

    /// Whether both were read from one database of one running server; nothing where that cannot be told.
    #[must_use]
    pub fn is_same_database(&self, other: &Self) -> Option<bool> {
        match (&self.whose, &other.whose) {
            (Whose::File, _) | (_, Whose::File) => Some(false),
            (Whose::Server(one), Whose::Server(two)) => Some(one.is(two)),
            // Two versions are two servers, whatever else they hide.
            _ if self.engine != other.engine || self.server_version != other.server_version => Some(false),
            _ => None,
        }
    }

    /// What a server and its replicas have in common, where it is known.
    #[must_use]
    pub fn cluster(&self) -> Option<&str> {
        match &self.whose {
            Whose::Server(instance) => instance.cluster.as_deref(),
            Whose::File | Whose::Hidden { .. } => None,
        }
    }
}

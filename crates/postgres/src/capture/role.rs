//! What roles are called: the one place that maps a server's role names to the names environments share.
//!
//! Two things differ between environments that are alike: names the user maps (`ENV.roles`), and the superuser that made
//! the cluster, who is `postgres` here and `rdsadmin` there. That one is shown as `(bootstrap superuser)`.

use super::reader::Read;
use super::rows;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tokio_postgres::Row;

/// What `PUBLIC` is called; the catalogs write it as role 0.
pub const PUBLIC: &str = "PUBLIC";
/// What the superuser that made the cluster is called, whatever its name.
pub const BOOTSTRAP: &str = "(bootstrap superuser)";
/// The number every cluster gives that superuser.
const BOOTSTRAP_OID: u32 = 10;

/// Roles by number, and by their name on the server.
#[derive(Debug, Default)]
pub struct Roles {
    shown: HashMap<u32, Arc<str>>,
    by_name: HashMap<Box<str>, u32>,
}

rows::columns!(At { oid, name });

impl Roles {
    /// From rows of oid and name; `neutral` maps a shared name to the name on this server.
    pub fn of(roles: &[Row], neutral: &BTreeMap<String, String>) -> Read<Self> {
        let mut all = Self::default();
        for (row, at) in rows::each::<At>(roles)? {
            let (oid, name) = (rows::oid(row, at.oid)?, rows::text(row, at.name)?);
            let mapped = neutral.iter().find(|(_, server)| server.as_str() == &*name).map(|(shared, _)| Arc::from(shared.as_str()));
            let shown = mapped.unwrap_or_else(|| if oid == BOOTSTRAP_OID { BOOTSTRAP.into() } else { Arc::from(&*name) });
            all.shown.insert(oid, shown);
            all.by_name.insert(name, oid);
        }
        Ok(all)
    }

    /// The shared name of the role with that number; `PUBLIC` for 0.
    #[must_use]
    pub fn shown(&self, oid: u32) -> Arc<str> {
        match oid {
            0 => PUBLIC.into(),
            oid => self.shown.get(&oid).cloned().unwrap_or_else(|| format!("role {oid}, which is gone").into()),
        }
    }

    /// The shared name of the role that this server calls so.
    #[must_use]
    pub fn role_name(&self, name: &str) -> Arc<str> {
        self.by_name.get(name).map_or_else(|| Arc::from(name), |oid| self.shown(*oid))
    }
}

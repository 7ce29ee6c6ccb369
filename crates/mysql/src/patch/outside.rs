//! What stands in a database that was not captured: no throwaway server has it, so nothing that needs it can be tried.

use super::{is_foreign_key, view};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Object, shown_parts};
use evenkeel_core::patch::World;

/// Whether a database is neither among those that were captured nor one that every server has.
pub fn is_outside(database: &str, world: &World<'_>) -> bool {
    let is_own = world.manifest.endpoint.database == database || world.find(Kind::Schema, &[database]).is_some();
    !is_own && !OWN.contains(&database)
}

/// Databases that every server has by itself.
pub const OWN: &[&str] = &["information_schema", "mysql", "performance_schema", "sys"];

/// # Errors
/// What it needs there, and what to do.
pub fn needs_nothing_outside(object: &Object, world: &World<'_>) -> Result<(), String> {
    let needed = match object.kind {
        Kind::View => view::outside(object, world),
        _ if is_foreign_key(object) => object
            .text("references")
            .filter(|shown| {
                let parts = shown_parts(shown).unwrap_or_default();
                parts.len() > 1 && parts.first().is_some_and(|database| is_outside(database, world))
            })
            .map(str::to_owned),
        _ => None,
    };
    match needed {
        Some(needed) => Err(format!(
            "it needs {needed}, in a database that was not captured with this one, so that no throwaway server has it to try it: a person's work"
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
pub mod tests {
    use evenkeel_core::kind::Engine;
    use evenkeel_core::manifest::{Endpoint, Manifest, NodeRole};

    /// Of a database that holds nothing.
    pub fn manifest() -> Manifest {
        let endpoint = Endpoint {
            engine: Engine::MySql,
            server_version: "9.7.0".to_owned(),
            server_major: 907,
            database: "shop".to_owned(),
            role: "root".to_owned(),
            node: String::new(),
            node_role: NodeRole::Primary,
            captured_at: String::new(),
            roles: Default::default(),
            whose: Default::default(),
        };
        Manifest::new(endpoint, Vec::new(), Vec::new(), Vec::new())
    }
}

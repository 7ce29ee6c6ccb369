//! Kind `user-mapping`: that it exists. Its options hold passwords, and the server hides even their names from most roles,
//! so they are not compared.

use crate::kind::{Dimension, Engines, Parent, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "user-mapping",
    plural: "user mappings",
    dimension: Dimension::Schema,
    identity: &["server", "user"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::POSTGRESQL,
    properties: &[],
    summary: &[],
    why: "The role cannot read foreign tables of the server without it.",
    missing: Severity::Block,
};

//! Kind `access-method`: of tables and indexes, made by users.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "access-method",
    plural: "access methods",
    dimension: Dimension::Schema,
    identity: &["name"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("type", "`table` or `index`.", "It stores something else."),
        Property::text("handler", "The function that implements it.", "Storage behaves differently."),
    ],
    summary: &["type", "handler"],
    why: "Tables or indexes that name it cannot exist without it.",
    missing: Severity::Block,
};

//! Kind `enum`: enumerated types.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "enum",
    plural: "enums",
    dimension: Dimension::Schema,
    identity: &["schema", "name"],
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::list("labels", "Labels in sort order.", "Writing a label that is missing fails (SQLSTATE 22P02); the order decides comparisons. A label cannot be removed again."),
    ],
    summary: &["labels"],
    why: "Columns and functions of the type cannot exist without it.",
    missing: Severity::Block,
};

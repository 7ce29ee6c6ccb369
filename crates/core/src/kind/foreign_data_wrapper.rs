//! Kind `foreign-data-wrapper`.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "foreign-data-wrapper",
    plural: "foreign-data wrappers",
    dimension: Dimension::Schema,
    identity: &["name"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("handler", "Function that runs foreign scans.", "Foreign tables cannot be read without it."),
        Property::text("validator", "Function that checks options.", "Wrong options are accepted."),
        Property::list("options", "Options, sorted; values only where they cannot be secret.", "Foreign tables behave differently."),
    ],
    summary: &["handler"],
    why: "Foreign servers of the wrapper cannot exist without it.",
    missing: Severity::Block,
};

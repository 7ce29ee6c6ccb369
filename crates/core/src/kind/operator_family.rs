//! Kind `operator-family`: operator classes that belong together, and what they share across types.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "operator-family",
    plural: "operator families",
    dimension: Dimension::Schema,
    identity: &["schema", "name", "method"],
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::list("operators", "Operators across types, or for types without a class of their own, as `strategy operator`.", "Conditions across types use the index or not."),
        Property::list("functions", "Support functions across types as `number (types) function`.", "Conditions across types use the index or not."),
    ],
    summary: &[],
    why: "Operator classes of the family cannot exist without it.",
    missing: Severity::Block,
};

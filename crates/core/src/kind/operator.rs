//! Kind `operator`: told apart by name and operand types; shells without a function are left out, as a dump does.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "operator",
    plural: "operators",
    dimension: Dimension::Schema,
    identity: &["schema", "signature"],
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("function", "The function behind it.", "It computes something else."),
        Property::text("returns", "Result type.", "Expressions get another type."),
        Property::text("commutator", "The operator with sides swapped.", "The planner turns conditions around or not."),
        Property::text("negator", "The operator that means the opposite.", "The planner simplifies NOT or not."),
        Property::text("restrict", "Function that estimates how many rows match.", "Plans change."),
        Property::text("join", "Function that estimates how many rows join.", "Plans change."),
        Property::flag("hashes", "Hash joins may use it.", "Plans change."),
        Property::flag("merges", "Merge joins may use it.", "Plans change."),
    ],
    summary: &["function", "returns"],
    why: "Queries and indexes that use it cannot exist without it.",
    missing: Severity::Block,
};

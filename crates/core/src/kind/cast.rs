//! Kind `cast`: casts made by users; those between a range and its multirange come with the type.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "cast",
    plural: "casts",
    dimension: Dimension::Schema,
    identity: &["source", "target"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("method", "`function`, `binary` (same bytes) or `inout` (through text).", "Values are converted differently."),
        Property::text("function", "The converting function.", "Values are converted differently."),
        Property::text("context", "`explicit`, `assignment` or `implicit`.", "Statements without a written cast work in one environment only, or become ambiguous.").neutral(Neutral::Text("explicit")),
    ],
    summary: &["method", "context"],
    why: "Statements that need the conversion fail where it is missing.",
    missing: Severity::Block,
};

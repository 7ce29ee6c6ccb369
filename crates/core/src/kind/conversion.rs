//! Kind `conversion`: between encodings.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "conversion",
    plural: "conversions",
    dimension: Dimension::Schema,
    identity: &["schema", "name"],
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("source", "Encoding it converts from.", "It serves another encoding."),
        Property::text("target", "Encoding it converts to.", "It serves another encoding."),
        Property::text("function", "The converting function.", "Text is converted differently."),
        Property::flag("default", "Used when clients speak the source encoding.", "Text of clients is converted by it or not."),
    ],
    summary: &["source", "target"],
    why: "Text between these encodings is converted differently, or not at all.",
    missing: Severity::Block,
};
